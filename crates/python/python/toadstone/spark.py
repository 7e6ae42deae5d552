"""Scans of Spark DataFrames where they are.

The rows are read by `mapInArrow`, brought together by Spark's own shuffle, and merged in few processes: the driver
holds what was found and not what was read. The findings are those of the command `toadstone scan` on the same rows.
toadstone has to be installed, in the same version, where the executors run Python.

What Spark has to do again, because an executor was lost, changes nothing. A DataFrame that gives other rows the next
time it is computed ends the scan with an error; write it to a table first.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _native
from ._apart import HOMES, SAMPLE, Options, order, run
from ._progress import Progress
from ._scan import Scan as _Scan

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession
    from typing_extensions import Unpack

__all__ = ["Cleaned", "Scan", "clean", "scan"]

#: A piece of a state, and the bucket that it has to go to.
_PIECES = "bucket int, piece binary"


class Scan(_Scan):
    """A scan that is done."""

    def __init__(self, native: _native.Scan, session: SparkSession) -> None:
        super().__init__(native)
        self._session = session

    @property
    def marks(self) -> DataFrame:
        """A row for each suspicious record: `file`, `row`, `score`, `quarantine`, `findings`."""
        rows = self.records.select(["file", "row", "score", "quarantine", "findings"]).to_pylist()
        schema = "file string, row long, score float, quarantine boolean, findings array<string>"
        return self._session.createDataFrame([tuple(row.values()) for row in rows], schema)


class Cleaned(NamedTuple):
    """Records that stay, records that were set aside, and every scan on the way; the last one sets nothing aside."""

    kept: DataFrame
    removed: DataFrame
    scans: list[Scan]


def scan(
    df: DataFrame,
    *,
    name: str = "data",
    place: tuple[str, str] | None = None,
    buckets: int | None = None,
    progress: Callable[[Progress], object] | bool | None = None,
    **options: Unpack[Options],
) -> Scan:
    """Finds planted records in a DataFrame.

    Args:
        df: The records.
        name: What the table is called where records are named. Rows are counted from 0 in its order.
        place: Columns with the file and the row of each record, in place of `name` and the order. They are not
            looked at as data. Parquet files give them as `_metadata.file_path` and `_metadata.row_index`.
        buckets: Parts in which rows with equal keys are brought together. Default: `spark.sql.shuffle.partitions`,
            but at most twice the cores.
        progress: As in `toadstone.scan`.
        options: `out`, `config`, `map`, `only`, `skip`, `fail_on`, `seed` as in `toadstone.scan`, and `memory`, which
            the states in each Python process may take ("512M"); beyond it they go to temporary files.

    Raises:
        toadstone.Error: What the command line would have said, or data that is another one each time.
        Exception: What Spark raises, where it gives up.
    """
    rows = _Rows.of(df, name, place)
    return _scan(rows, buckets, [], progress, options)


def clean(
    df: DataFrame,
    *,
    name: str = "data",
    place: tuple[str, str] | None = None,
    buckets: int | None = None,
    progress: Callable[[Progress], object] | bool | None = None,
    **options: Unpack[Options],
) -> Cleaned:
    """Takes out what the policy sets aside, and scans again until nothing more has to go.

    The arguments are those of `scan`. The DataFrames that come back are computed from `df` when they are used.
    """
    rows = _Rows.of(df, name, place)
    gone: set[tuple[int, int]] = set()
    scans = []
    while True:
        scans.append(_scan(rows, buckets, sorted(gone), progress, options))
        records = scans[-1].records.to_pylist()
        new = {(rows.tables.index(r["file"]), r["row"]) for r in records if r["quarantine"]}
        if new <= gone:
            kept, removed = rows.divided(gone)
            return Cleaned(kept, removed, scans)
        gone |= new


def _scan(
    rows: _Rows,
    buckets: int | None,
    gone: Sequence[tuple[int, int]],
    progress: Callable[[Progress], object] | bool | None,
    options: Options,
) -> Scan:
    session = rows.session
    parts = buckets or _parts(session)
    tag = f"toadstone-{uuid.uuid4()}"

    def ask(job: bytes) -> Iterator[bytes]:
        session.addTag(tag)
        shared = session.sparkContext.broadcast(job)
        try:
            pieces = rows.df.mapInArrow(_observing(shared, rows, parts), _PIECES)
            gathered = pieces.repartition(parts, "bucket").mapInArrow(_gathering(shared), _PIECES)
            yield from _whole(gathered)
        finally:
            shared.unpersist()

    asked = order(rows.tables, rows.rows, rows.sample(), gone, options)
    try:
        return Scan(run(asked, ask, progress), session)
    except BaseException:
        # Who is interrupted leaves nothing running.
        session.interruptTag(tag)
        raise


def _parts(session: SparkSession) -> int:
    configured = int(session.conf.get("spark.sql.shuffle.partitions", "200") or 200)
    return max(1, min(configured, 2 * session.sparkContext.defaultParallelism))


def _whole(gathered: DataFrame) -> Iterator[bytes]:
    """The pieces of all gatherers, where each bucket was gathered by one of them."""
    table = gathered.toArrow()
    seen: set[int] = set()
    pieces = []
    for bucket, piece in zip(table.column("bucket").to_pylist(), table.column("piece"), strict=True):
        if bucket >= 0:
            pieces.append(piece)
            continue
        buckets = set(memoryview(piece.as_py()).cast("I")) if piece.as_py() else set()
        if buckets & seen:
            raise RuntimeError("Spark divided rows with equal keys, so that their states cannot be merged")
        seen |= buckets
    for piece in pieces:
        yield piece.as_py()


class _Rows(NamedTuple):
    """Records with their places."""

    df: DataFrame
    tables: list[str]
    place: tuple[str, str] | None
    #: For each partition, what the first row is numbered, if places are not columns.
    first: dict[int, int]
    #: How many there are.
    rows: int

    @property
    def session(self) -> SparkSession:
        return self.df.sparkSession

    @classmethod
    def of(cls, df: DataFrame, name: str, place: tuple[str, str] | None) -> _Rows:
        if place is not None:
            tables = [row[0] for row in df.select(place[0]).distinct().collect()]
            if None in tables:
                raise ValueError(f"the column `{place[0]}` does not name the file of every record")
            # In the order of a folder.
            return cls(df, sorted(tables, key=str.encode), place, {}, df.count())
        counts = df.mapInArrow(_counting, "part int, rows long").collect()
        first, total = {}, 0
        for part, rows in sorted((row["part"], row["rows"]) for row in counts):
            first[part], total = total, total + rows
        return cls(df, [name], None, first, total)

    def sample(self) -> pyarrow.Table:
        rows = self.df.drop(*self.place) if self.place else self.df
        return rows.limit(SAMPLE).toArrow()

    def divided(self, gone: set[tuple[int, int]]) -> tuple[DataFrame, DataFrame]:
        """The records that are not in `gone`, and those that are."""

        def part(wanted: bool) -> Callable[[Iterable[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
            rows = _Placed(self)

            def divide(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
                import pyarrow

                for batch, places in rows.placed(batches):
                    yield batch.filter(pyarrow.array([(at in gone) == wanted for at in places], pyarrow.bool_()))

            return divide

        kept, removed = (self.df.mapInArrow(part(wanted), self.df.schema) for wanted in (False, True))
        return kept, removed


class _Placed:
    """What an executor needs of `_Rows`."""

    def __init__(self, rows: _Rows) -> None:
        self.place, self.first = rows.place, rows.first
        self.numbers = {name: number for number, name in enumerate(rows.tables)}

    def start(self) -> int:
        """What the first row of this partition is numbered."""
        part = _part()
        if part not in self.first:
            raise RuntimeError("the DataFrame has other partitions than when its rows were counted")
        return self.first[part]

    def numbered(self, batch: pyarrow.RecordBatch) -> tuple[pyarrow.RecordBatch, list[int], list[int]]:
        """Rows without the columns of their places, and their files and rows."""
        assert self.place is not None
        file, row = self.place
        files = [self.numbers[name] for name in batch.column(file).to_pylist()]
        kept = [name for name in batch.schema.names if name not in self.place]
        return batch.select(kept), files, batch.column(row).to_pylist()

    def placed(
        self, batches: Iterable[pyarrow.RecordBatch]
    ) -> Iterator[tuple[pyarrow.RecordBatch, list[tuple[int, int]]]]:
        """Whole rows with their places."""
        at = 0 if self.place else self.start()
        for batch in batches:
            if self.place:
                _, files, rows = self.numbered(batch)
                yield batch, list(zip(files, rows, strict=True))
            else:
                yield batch, [(0, row) for row in range(at, at + batch.num_rows)]
                at += batch.num_rows


def _part() -> int:
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None, "rows are read by executors"
    return context.partitionId()


def _counting(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    rows = sum(batch.num_rows for batch in batches)
    yield pyarrow.RecordBatch.from_pydict({"part": pyarrow.array([_part()], "int32"), "rows": [rows]})


def _observing(shared: Any, rows: _Rows, buckets: int) -> Callable[..., Iterator[pyarrow.RecordBatch]]:
    placed = _Placed(rows)

    def observe(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import pyarrow

        observer = _native.Observer(shared.value)
        at = 0 if placed.place else placed.start()
        for batch in batches:
            if placed.place:
                data, files, numbers = placed.numbered(batch)
                observer.observe_placed(data, pyarrow.array(files, "uint32"), pyarrow.array(numbers, "uint64"))
            else:
                observer.observe(batch, 0, at)
                at += batch.num_rows
        yield from _batches(observer.pieces(False, buckets, _part() % HOMES))

    return observe


def _gathering(shared: Any) -> Callable[..., Iterator[pyarrow.RecordBatch]]:
    def gather(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import struct

        observer = _native.Observer(shared.value)
        seen: set[int] = set()
        for batch in batches:
            seen.update(batch.column("bucket").to_pylist())
            for piece in batch.column("piece"):
                observer.receive(piece.as_py())
        yield from _batches(observer.pieces(True, 1, 0))
        yield from _batches([(-1, struct.pack(f"={len(seen)}I", *sorted(seen)))])

    return gather


def _batches(pieces: Iterable[tuple[int, bytes]]) -> Iterator[pyarrow.RecordBatch]:
    import pyarrow

    for bucket, piece in pieces:
        columns = {"bucket": pyarrow.array([bucket], "int32"), "piece": pyarrow.array([piece], "binary")}
        yield pyarrow.RecordBatch.from_pydict(columns)
