"""Finds poison in training data, before you train on it.

    >>> import toadstone
    >>> scan = toadstone.scan("train.parquet")  # or a table of pyarrow, polars, pandas, datasets
    >>> scan.verdict
    'block'
"""

from __future__ import annotations

import atexit

from . import _native
from ._clean import Cleaned, clean
from ._error import Error
from ._native import VERSION as __version__
from ._native import Sealed
from ._progress import Progress
from ._scan import Scan, scan
from ._seals import Verified, seal, verify
from ._sources import Sources, sources
from ._types import Finding

# Work that Ctrl-C stopped tidies up before the process ends.
atexit.register(_native.settle)

__all__ = [
    "Cleaned",
    "Error",
    "Finding",
    "Progress",
    "Scan",
    "Sealed",
    "Sources",
    "Verified",
    "__version__",
    "clean",
    "scan",
    "seal",
    "sources",
    "verify",
]
