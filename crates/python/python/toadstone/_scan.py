"""`toadstone.scan`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from . import _native
from ._inputs import Data
from ._progress import Progress, telling
from ._request import order
from ._tables import arrow
from ._types import Finding, Verdict

if TYPE_CHECKING:
    import pyarrow

Format = Literal["human", "json", "sarif", "github", "markdown", "html"]


class Scan:
    """A scan that is done. In a notebook it shows itself."""

    def __init__(self, native: _native.Scan) -> None:
        self._native = native

    @property
    def verdict(self) -> Verdict:
        """What the policy says: `pass`, `review` or `block`."""
        return cast(Verdict, self._native.verdict)

    @property
    def fails(self) -> bool:
        """Whether a pipeline should stop: the policy says no, or nothing was scanned.

        It is what the exit code of the command is not 0 for.
        """
        return self._native.fails

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding, worst first, with the fields of `findings.json`."""
        found: list[Finding] = json.loads(self._native.findings())["findings"]
        return found

    @cached_property
    def run(self) -> dict[str, Any]:
        """The account of the run, with the fields of `run.json`: inputs, records, each check, ..."""
        account: dict[str, Any] = json.loads(self._native.run())
        return account

    @cached_property
    def records(self) -> pyarrow.Table:
        """A row for each suspicious record, with the columns of `records.parquet`.

        Without pyarrow it is an object that speaks the Arrow PyCapsule interface, for polars and others.
        """
        return arrow(self._native.records())

    def report(self, format: Format = "human") -> str:
        """The report as text, in a format of `--format`."""
        return self._native.report(format)

    def save(self, dir: str | os.PathLike[str]) -> None:
        """Writes the files of a run to a new folder, as `--out` does: run.json, findings.json, ..."""
        self._native.save(dir)

    def _repr_html_(self) -> str:
        return self._native.notebook()

    def __repr__(self) -> str:
        run, n = self.run, len(self.findings)
        return f"<toadstone.Scan: {self.verdict}, {n} finding{'' if n == 1 else 's'} in {run['records']:,} records>"


def scan(
    data: Data,
    *,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    map: Mapping[str, str] | None = None,
    only: str | Sequence[str] | None = None,
    skip: str | Sequence[str] | None = None,
    quality: bool = False,
    confirm: bool = False,
    fail_on: Literal["block", "review", "never"] | None = None,
    allow_unreadable: bool = False,
    memory: str | int = "1G",
    threads: int | None = None,
    seed: int = 0,
    name: str = "data",
    progress: Callable[[Progress], object] | bool | None = None,
) -> Scan:
    """Finds planted records: what triggers them, what they teach, who sent them.

    The findings are those of the command `toadstone scan` on a file with the same records. Python is not
    held meanwhile: other threads run, and Ctrl-C stops the scan.

    Args:
        data: A file, a folder, a glob or an address, or several; or a table of pyarrow (also a reader or a
            dataset), polars, pandas or Hugging Face `datasets`, or of whatever else speaks the Arrow PyCapsule
            interface; or a dict of tables, such as a `DatasetDict`. Tables in memory are read where they
            are; what can be read only once goes into a file in the system's temporary folder. A lazy frame
            is collected.
        out: Folder for run.json, findings.json, records.parquet, report.html and the others.
        config: The policy. Default: `toadstone.toml` of the current folder, if there is one.
        map: Which column is what, if it is not recognised: `{"input": "question"}`.
        only: Run only these detectors.
        skip: Do not run these detectors.
        quality: Also judge the quality of the texts. No part of the verdict.
        confirm: Prove findings: train small models with their records and without.
        fail_on: The verdict from which on `Scan.fails` is true, in place of the policy's.
        allow_unreadable: Go on without files that cannot be read; the run names them.
        memory: Bytes to stay below beside the data itself, such as `"256M"`; beyond it, temporary files are used.
        threads: Worker threads. Default: one for each core.
        seed: Seed of whatever is drawn.
        name: What a table is called where records are named.
        progress: Called with a `Progress` about ten times a second; or True or False for a bar of tqdm, which
            is drawn in notebooks and terminals by default.

    Raises:
        Error: What the command line would have said: a wrong option, a file that cannot be read, ...
        TypeError: `data` is nothing that can be read.
    """
    options = {
        "out": out,
        "config": config,
        "map": map,
        "only": only,
        "skip": skip,
        "quality": quality,
        "confirm": confirm,
        "fail-on": fail_on,
        "allow-unreadable": allow_unreadable,
        "memory": memory,
        "threads": threads,
        "seed": seed,
    }
    request = order(data, name, options)
    with telling(progress) as tell:
        return Scan(_native.scan(request, tell))
