"""What goes wrong."""

from __future__ import annotations


class Error(Exception):
    """A command could not finish; the text is that of the command line.

    Attributes:
        help: what to do about it, if there is something to say.
    """

    help: str | None

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help
