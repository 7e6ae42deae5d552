"""Finds poison in training data, before you train on it.

    >>> import toadstone
    >>> scan = toadstone.scan("train.parquet")  # or a table of pyarrow, polars, pandas, datasets
    >>> scan.verdict
    'block'
"""

from __future__ import annotations

from ._error import Error
from ._native import VERSION as __version__
from ._progress import Progress
from ._scan import Scan, scan
from ._types import Finding

__all__ = ["Error", "Finding", "Progress", "Scan", "__version__", "scan"]
