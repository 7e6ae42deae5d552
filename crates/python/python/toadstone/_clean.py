"""`toadstone.clean`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from . import _native
from ._inputs import Data
from ._progress import Progress, telling
from ._request import order
from ._tables import arrow
from ._types import Verdict

if TYPE_CHECKING:
    import pyarrow


class Cleaned:
    """A cleaning that is done, or planned.

    Attributes:
        out: The folder with the result, if one was written.
    """

    out: Path | None

    def __init__(self, native: _native.Clean, out: Path | None, names: list[str]) -> None:
        self._native = native
        self._names = names
        self.out = out

    @property
    def verdict(self) -> Verdict:
        """What the policy says of what stays: `pass`, `review` or `block`."""
        return cast(Verdict, self._native.verdict)

    @property
    def fails(self) -> bool:
        """Whether a pipeline should stop: what stays has findings that need a person, or there was nothing."""
        return self._native.fails

    @cached_property
    def account(self) -> dict[str, Any]:
        """The sums, with the fields of `clean.json`: records, kept, removed, reasons, ..."""
        text = self._native.account() if self.out is None else (self.out / "clean.json").read_text("utf-8")
        account: dict[str, Any] = json.loads(text)
        return account

    @cached_property
    def changes(self) -> list[dict[str, Any]]:
        """Why each record went, with the fields of `changes.jsonl`: file, row, why, findings, ..."""
        return [json.loads(line) for line in self._native.changes().splitlines()]

    @property
    def kept(self) -> pyarrow.Table:
        """The records that stay, of the one table that was handed over; of others `tables` has them."""
        return self._only()[0]

    @property
    def removed(self) -> pyarrow.Table:
        """The records that were set aside, of the one table that was handed over."""
        return self._only()[1]

    @cached_property
    def tables(self) -> dict[str, tuple[pyarrow.Table, pyarrow.Table]]:
        """What stays and what was set aside of each table that was handed over, by its name."""
        divided = self._native.divided() if self._names else []
        return {name: (arrow(kept), arrow(aside)) for name, (kept, aside) in zip(self._names, divided)}

    def _only(self) -> tuple[pyarrow.Table, pyarrow.Table]:
        if len(self.tables) != 1:
            where = "the files are in `out`" if not self.tables else "`tables` has each by its name"
            raise AttributeError(f"there is no one table that was cleaned: {where}")
        return next(iter(self.tables.values()))

    def __repr__(self) -> str:
        kept, records = self.account["kept"], self.account["records"]
        return f"<toadstone.Cleaned: kept {kept:,} of {records:,} records, {self.verdict}>"


def clean(
    data: Data,
    out: str | os.PathLike[str] | None = None,
    *,
    config: str | os.PathLike[str] | None = None,
    map: Mapping[str, str] | None = None,
    only: str | Sequence[str] | None = None,
    skip: str | Sequence[str] | None = None,
    taint: bool = False,
    dedup: Literal["exact", "near"] | None = None,
    cap: str | Sequence[str] | None = None,
    quality: Literal["off", "report", "remove"] = "report",
    rounds: int = 10,
    decisions: str | os.PathLike[str] | None = None,
    allow_unreadable: bool = False,
    memory: str | int = "1G",
    threads: int | None = None,
    seed: int = 0,
    name: str = "data",
    progress: Callable[[Progress], object] | bool | None = None,
) -> Cleaned:
    """Takes out what was planted: scans, removes, and scans what is left until nothing more has to go.

    With `out`, writes a folder as `toadstone clean` does: kept/, quarantine/, changes.jsonl, clean.json. Of
    tables, `Cleaned.kept` and `Cleaned.removed` are what stays and what was set aside, with or without `out`.
    The data itself is never touched. Of files without `out`, it only says what would go.

    Args:
        data: As for `toadstone.scan`.
        out: Folder for the result: a new one, an empty one, or an earlier result.
        config: The policy. Default: `toadstone.toml` of the current folder, if there is one.
        map: Which column is what, if it is not recognised: `{"input": "question"}`.
        only: Run only these detectors.
        skip: Do not run these detectors.
        taint: Also remove what was made from records that findings set aside.
        dedup: Also remove copies, and keep one record of each group.
        cap: Let no source keep more than a share of the records: `"domain=2%"`.
        quality: What to do with records that fail rules of quality.
        rounds: Most scans.
        decisions: Carry out what people decided: a file that `toadstone review` wrote.
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
        "out": out,
        "dry-run": out is None,
        "config": config,
        "map": map,
        "only": only,
        "skip": skip,
        "taint": taint,
        "dedup": dedup,
        "cap": cap,
        "quality": quality,
        "rounds": rounds,
        "decisions": decisions,
        "allow-unreadable": allow_unreadable,
        "memory": memory,
        "threads": threads,
        "seed": seed,
    }
    request = order(data, name, options)
    with telling(progress) as tell:
        cleaned = _native.clean(request, tell)
    return Cleaned(cleaned, None if out is None else Path(out), [table.name for table in request["tables"]])
