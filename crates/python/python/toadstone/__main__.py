"""The command `toadstone`; `python -m toadstone` is the same."""

from __future__ import annotations

import sys

from ._native import main as run


def main() -> int:
    """Runs the program with the words of this process' command line, and gives its exit code."""
    return run(["toadstone", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
