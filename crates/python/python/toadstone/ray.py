"""Scans of Ray datasets where they are.

The blocks of the dataset are read by Ray tasks, whose states are brought together in other tasks: whoever asks holds
what was found and not what was read. The findings are those of the command `toadstone scan` on the same rows.
toadstone has to be installed, in the same version, on every node.

What Ray has to do again, because a worker was lost, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from . import _native
from ._apart import HOMES, SAMPLE, Options, order, run
from ._progress import Progress
from ._scan import Scan

if TYPE_CHECKING:
    import pyarrow
    import ray
    import ray.data
    from typing_extensions import Unpack

__all__ = ["Cleaned", "clean", "scan"]

#: How often a task is tried again whose worker was lost.
_RETRIES = 10


class Cleaned(NamedTuple):
    """Records that stay, records that were set aside, and every scan on the way; the last one sets nothing aside."""

    kept: ray.data.Dataset
    removed: ray.data.Dataset
    scans: list[Scan]


def scan(
    ds: ray.data.Dataset,
    *,
    name: str = "data",
    buckets: int | None = None,
    progress: Callable[[Progress], object] | bool | None = None,
    **options: Unpack[Options],
) -> Scan:
    """Finds planted records in a dataset.

    Args:
        ds: The records. It is materialized: its blocks stay in Ray's object store while it is scanned.
        name: What the table is called where records are named. Rows are counted from 0 in its order.
        buckets: Parts in which rows with equal keys are brought together. Default: twice the cores.
        progress: As in `toadstone.scan`.
        options: `out`, `config`, `map`, `only`, `skip`, `fail_on`, `seed` as in `toadstone.scan`, and `memory`, which
            the states in each task may take ("512M"); beyond it they go to temporary files.

    Raises:
        toadstone.Error: What the command line would have said.
        Exception: What Ray raises, where it gives up.
    """
    return _scan(_Blocks.of(ds), name, buckets, [], progress, options)


def clean(
    ds: ray.data.Dataset,
    *,
    name: str = "data",
    buckets: int | None = None,
    progress: Callable[[Progress], object] | bool | None = None,
    **options: Unpack[Options],
) -> Cleaned:
    """Takes out what the policy sets aside, and scans again until nothing more has to go.

    The arguments are those of `scan`.
    """
    blocks = _Blocks.of(ds)
    gone: set[int] = set()
    scans = []
    while True:
        scans.append(_scan(blocks, name, buckets, [(0, row) for row in sorted(gone)], progress, options))
        new = {record["row"] for record in scans[-1].records.to_pylist() if record["quarantine"]}
        if new <= gone:
            kept, removed = blocks.divided(gone)
            return Cleaned(kept, removed, scans)
        gone |= new


class _Blocks(NamedTuple):
    """The blocks of a dataset, and what the first row of each is numbered."""

    refs: list[ray.ObjectRef[Any]]
    first: list[int]
    #: Rows of all.
    rows: int

    @classmethod
    def of(cls, ds: ray.data.Dataset) -> _Blocks:
        import ray.data

        context = ray.data.DataContext.get_current()
        before = context.execution_options.preserve_order
        context.execution_options.preserve_order = True
        try:
            refs = ds.materialize().get_internal_block_refs()
        finally:
            context.execution_options.preserve_order = before
        first, total = [], 0
        for rows in ray.get([_task(_count).remote(ref) for ref in refs]):
            first.append(total)
            total += rows
        return cls(refs, first, total)

    def sample(self) -> pyarrow.Table:
        import pyarrow
        import ray

        parts: list[pyarrow.Table] = []
        for ref in self.refs:
            part = ray.get(_task(_head).remote(ref))
            if part.num_rows:
                parts.append(part)
            if sum(part.num_rows for part in parts) >= SAMPLE:
                break
        return pyarrow.concat_tables(parts, promote_options="default") if parts else pyarrow.table({})

    def divided(self, gone: set[int]) -> tuple[ray.data.Dataset, ray.data.Dataset]:
        """The records that are not in `gone`, and those that are."""
        import ray
        import ray.data

        divide, shared = _task(_divide), ray.put(gone)
        parts = [
            [divide.remote(shared, ref, first, wanted) for ref, first in zip(self.refs, self.first, strict=True)]
            for wanted in (False, True)
        ]
        kept, removed = (ray.data.from_arrow_refs(part) for part in parts)
        return kept, removed


def _scan(
    blocks: _Blocks,
    name: str,
    buckets: int | None,
    gone: Sequence[tuple[int, int]],
    progress: Callable[[Progress], object] | bool | None,
    options: Options,
) -> Scan:
    import ray

    resources: dict[str, float] = cast(Any, ray).cluster_resources()
    parts = buckets or max(1, 2 * int(resources.get("CPU", 1)))

    def ask(job: bytes) -> Iterator[bytes]:
        shared = ray.put(job)
        observe = _task(_observe, num_returns=parts)
        placed = enumerate(zip(blocks.refs, blocks.first, strict=True))
        observed = [observe.remote(shared, ref, first, parts, number) for number, (ref, first) in placed]
        if parts == 1:
            observed = [[ref] for ref in observed]
        gather = _task(_gather)
        waiting = [gather.remote(shared, *pieces) for pieces in zip(*observed, strict=True)]
        while waiting:
            done, waiting = ray.wait(waiting, num_returns=1)
            yield from ray.get(done[0])

    return Scan(run(order([name], blocks.rows, blocks.sample(), gone, options), ask, progress))


def _task(function: Callable[..., Any], **options: Any) -> Any:
    import ray

    return ray.remote(function).options(max_retries=_RETRIES, **options)


def _arrow(block: Any) -> pyarrow.Table:
    """A block as a table; blocks of pandas are converted."""
    import pyarrow

    return block if isinstance(block, pyarrow.Table) else pyarrow.Table.from_pandas(block, preserve_index=False)


def _count(block: Any) -> int:
    return len(block)


def _head(block: Any) -> pyarrow.Table:
    return _arrow(block).slice(0, SAMPLE)


def _observe(job: bytes, block: Any, first: int, buckets: int, number: int) -> Any:
    observer = _native.Observer(job)
    for batch in _arrow(block).to_batches(max_chunksize=8192):
        observer.observe(batch, 0, first)
        first += batch.num_rows
    pieces: list[list[bytes]] = [[] for _ in range(buckets)]
    for bucket, piece in observer.pieces(False, buckets, number % HOMES):
        pieces[bucket].append(piece)
    return pieces if buckets > 1 else pieces[0]


def _gather(job: bytes, *pieces: list[bytes]) -> list[bytes]:
    observer = _native.Observer(job)
    for some in pieces:
        for piece in some:
            observer.receive(piece)
    return [piece for _, piece in observer.pieces(True, 1, 0)]


def _divide(gone: set[int], block: Any, first: int, wanted: bool) -> pyarrow.Table:
    import pyarrow

    table = _arrow(block)
    rows = range(first, first + table.num_rows)
    return table.filter(pyarrow.array([(row in gone) == wanted for row in rows], pyarrow.bool_()))
