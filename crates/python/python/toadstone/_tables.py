"""Tables for Python."""

from __future__ import annotations

from typing import Any


def arrow(table: Any) -> Any:
    """A `pyarrow.Table`; without pyarrow the table as it is, which speaks the Arrow PyCapsule interface."""
    try:
        import pyarrow
    except ImportError:
        return table
    return pyarrow.table(table)
