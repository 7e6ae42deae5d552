"""From what the user hands over to paths and tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, Union

if TYPE_CHECKING:
    import pyarrow


class ArrowStream(Protocol):
    """A table that speaks the Arrow PyCapsule interface: of pyarrow, polars, pandas, DuckDB, ..."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """A batch of records that speaks the Arrow PyCapsule interface."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


Path: TypeAlias = Union[str, "os.PathLike[str]"]
Table: TypeAlias = Union[ArrowStream, ArrowArray]
#: A path, several paths, a table (a dataset or a lazy frame is `Any` to type checkers), or tables by name.
Data: TypeAlias = Union[Path, Sequence[Path], Table, Mapping[str, Any], Any]


class Input(NamedTuple):
    """A table under a name."""

    name: str
    table: Table
    #: Whether it can be read only once, or is too large to be held.
    once: bool


class Inputs(NamedTuple):
    """What a command works on: either paths or tables."""

    paths: list[str]
    tables: list[Input]


def inputs(data: Data, name: str) -> Inputs:
    """Tells what `data` is; a table is called `name`."""
    if isinstance(data, (str, os.PathLike)):
        return Inputs([_path(data)], [])
    if isinstance(data, Mapping):
        return Inputs([], [_table(str(name), table) for name, table in data.items()])
    if _is_table(data):
        return Inputs([], [_table(name, data)])
    if isinstance(data, Iterable):
        paths = list(data)
        if paths and all(isinstance(path, (str, os.PathLike)) for path in paths):
            return Inputs([_path(path) for path in paths], [])
    raise TypeError(
        f"cannot read a {type(data).__module__}.{type(data).__qualname__}: give a path, a list of paths, a table "
        "of pyarrow, polars, pandas or datasets, or a dict of tables"
    )


def _path(path: Path) -> str:
    text: str | bytes = os.fspath(path)
    return os.fsdecode(text)


def _module(data: object) -> str:
    return type(data).__module__.partition(".")[0]


def _is_table(data: object) -> bool:
    if isinstance(data, type):
        return False
    known = _module(data) in ("datasets", "pandas", "polars", "pyarrow")
    return known or hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")


def _table(name: str, data: Any) -> Input:
    """Finds the Arrow interface of what is known not to have one of its own."""
    module = _module(data)
    if module == "datasets":
        return _of_datasets(name, data)
    if module == "polars" and hasattr(data, "collect"):
        data = data.collect()
    elif module == "pandas" and not hasattr(data, "__arrow_c_stream__"):
        import pyarrow

        data = pyarrow.Table.from_pandas(data)
    elif module == "pyarrow" and hasattr(data, "scanner"):
        return Input(name, data.scanner().to_reader(), once=True)
    elif module == "pyarrow" and hasattr(data, "to_reader") and hasattr(data, "projected_schema"):
        return Input(name, data.to_reader(), once=True)
    if not (hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__")):
        raise TypeError(f"`{name}` is a {type(data).__module__}.{type(data).__qualname__}, which is no table")
    # What is read batch by batch can be read only once; whatever else has a length is in memory.
    return Input(name, data, once=hasattr(data, "read_next_batch") or not hasattr(data, "__len__"))


def _of_datasets(name: str, data: Any) -> Input:
    """A dataset of Hugging Face: where it is, unless rows were selected or it is a stream."""
    import pyarrow

    if getattr(data, "_indices", True) is None:
        return Input(name, data.data.table, once=False)
    batches = _batches(data.with_format("arrow").iter(batch_size=1000))
    first = next(batches, None)
    if first is None:
        return Input(name, pyarrow.table({}), once=False)

    def all_batches() -> Iterator[pyarrow.RecordBatch]:
        yield first
        yield from batches

    return Input(name, pyarrow.RecordBatchReader.from_batches(first.schema, all_batches()), once=True)


def _batches(tables: Iterable[pyarrow.Table]) -> Iterator[pyarrow.RecordBatch]:
    for table in tables:
        yield from table.to_batches()
