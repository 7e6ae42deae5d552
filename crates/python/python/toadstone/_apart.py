"""What scans of data on a cluster have in common."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from . import _native
from ._progress import Progress, telling
from ._request import words

if TYPE_CHECKING:
    import pyarrow

#: Rows by which the columns are recognised.
SAMPLE = 256
#: Gatherers that merge what has no key: so many states reach whoever asks, however many processes there are.
HOMES = 4


class Order(TypedDict):
    """What the native part is asked to do."""

    options: list[str]
    tables: list[str]
    rows: int
    sample: bytes
    gone: list[tuple[int, int]]


class Options(TypedDict, total=False):
    """Options of a scan on a cluster; see `toadstone.scan`."""

    out: str | os.PathLike[str] | None
    config: str | os.PathLike[str] | None
    map: Mapping[str, str] | None
    only: str | Sequence[str] | None
    skip: str | Sequence[str] | None
    fail_on: Literal["block", "review", "never"] | None
    memory: str | int
    seed: int


def order(
    tables: Sequence[str], rows: int, sample: pyarrow.Table, gone: Sequence[tuple[int, int]], options: Options
) -> Order:
    """The order for tables of so many rows, of which `sample` are the first; `memory` is that of each process."""
    import pyarrow.ipc

    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, sample.schema) as writer:
        writer.write_table(sample.slice(0, SAMPLE))
    named: dict[str, Any] = {"memory": "512M", **options}
    named["fail-on"] = named.pop("fail_on", None)
    stream: bytes = sink.getvalue().to_pybytes()
    return {"options": words(named), "tables": list(tables), "rows": rows, "sample": stream, "gone": list(gone)}


def run(
    order: Order, ask: Callable[[bytes], Iterable[bytes]], progress: Callable[[Progress], object] | bool | None
) -> _native.Scan:
    """Runs the scan; `ask` has the cluster do a job and gives the pieces of its states."""
    with telling(progress) as tell:
        return _native.scan_apart(order, ask, tell)
