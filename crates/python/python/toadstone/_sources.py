"""`toadstone.sources`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from . import _native
from ._inputs import Data
from ._progress import Progress, telling
from ._request import order

By = Literal["source", "domain", "author", "annotator", "generator", "file"]


class Sources:
    """Who brought the records."""

    def __init__(self, native: _native.Sources) -> None:
        self._native = native

    @cached_property
    def ledger(self) -> dict[str, Any]:
        """Everything that is known, with the fields of `sources.json`: sources, budgets, topics, ..."""
        ledger: dict[str, Any] = json.loads(self._native.report("json"))
        return ledger

    def report(self, format: Literal["human", "json", "html"] = "human") -> str:
        """The report as text, in a format of `--format`."""
        return self._native.report(format)

    def __repr__(self) -> str:
        return f"<toadstone.Sources: {self.ledger['records']:,} records by {self.ledger['by']}>"


def sources(
    data: Data,
    *,
    by: By | None = None,
    budget: int | None = None,
    top: int | None = None,
    no_scan: bool = False,
    out: str | os.PathLike[str] | None = None,
    map: Mapping[str, str] | None = None,
    only: str | Sequence[str] | None = None,
    skip: str | Sequence[str] | None = None,
    allow_unreadable: bool = False,
    memory: str | int = "1G",
    threads: int | None = None,
    seed: int = 0,
    name: str = "data",
    progress: Callable[[Progress], object] | bool | None = None,
) -> Sources:
    """Tells who brought the records: shares, copies, suspicious records, and how few sources an attacker needs.

    Args:
        data: As for `toadstone.scan`.
        by: What counts as a source. Default: the first of these that the data has.
        budget: One more number of planted records to look at.
        top: Sources that are listed, at most 4096.
        no_scan: Do not run the detectors: faster, and no source is known to bring suspicious records.
        out: Folder for sources.json and sources.html.
        map: Which column is what, if it is not recognised: `{"source": "site"}`.
        only: Run only these detectors.
        skip: Do not run these detectors.
        allow_unreadable: Go on without files that cannot be read.
        memory: Bytes to stay below, such as `"256M"`; beyond it, temporary files are used.
        threads: Worker threads. Default: one for each core.
        seed: Seed of whatever is drawn.
        name: What a table is called where records are named.
        progress: As for `toadstone.scan`.

    Raises:
        Error: What the command line would have said.
        TypeError: `data` is nothing that can be read.
    """
    options = {
        "by": by,
        "budget": budget,
        "top": top,
        "no-scan": no_scan,
        "out": out,
        "map": map,
        "only": only,
        "skip": skip,
        "allow-unreadable": allow_unreadable,
        "memory": memory,
        "threads": threads,
        "seed": seed,
    }
    request = order(data, name, options)
    with telling(progress) as tell:
        return Sources(_native.sources(request, tell))
