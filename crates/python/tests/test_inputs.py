"""Whatever the data is handed over as: the findings are those of the command on a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import datasets
import pandas
import polars
import pyarrow
import pyarrow.dataset
import pyarrow.parquet
import pytest
from conftest import without_names

import toadstone


def reader(table: pyarrow.Table) -> pyarrow.RecordBatchReader:
    """Gives the batches once, as a database would."""

    def batches() -> Iterator[pyarrow.RecordBatch]:
        yield from table.to_batches(max_chunksize=700)

    return pyarrow.RecordBatchReader.from_batches(table.schema, batches())


def shuffled_back(table: pyarrow.Table) -> datasets.Dataset:
    """A dataset whose rows are selected through a list of indices."""
    turned = datasets.Dataset(table.take(list(range(table.num_rows))[::-1]))
    return turned.select(list(range(table.num_rows))[::-1])


def streamed(table: pyarrow.Table) -> datasets.IterableDataset:
    return datasets.Dataset(table).to_iterable_dataset(num_shards=3)


KINDS: dict[str, Callable[[pyarrow.Table], Any]] = {
    "pyarrow table": lambda table: table,
    "pyarrow table in small chunks": lambda table: pyarrow.Table.from_batches(table.to_batches(max_chunksize=7)),
    "pyarrow slice": lambda table: pyarrow.concat_tables([table.slice(0, 5), table]).slice(5),
    "pyarrow batch": lambda table: table.combine_chunks().to_batches()[0],
    "pyarrow reader": reader,
    "pyarrow dataset": pyarrow.dataset.dataset,
    "polars frame": lambda table: polars.from_arrow(table),
    "polars lazy frame": lambda table: polars.from_arrow(table).lazy(),
    "polars series": lambda table: polars.from_arrow(table).to_struct("all"),
    "pandas frame": lambda table: table.to_pandas(),
    "datasets": datasets.Dataset,
    "datasets with indices": shuffled_back,
    "datasets stream": streamed,
    "datasets dict": lambda table: datasets.DatasetDict({"train": datasets.Dataset(table)}),
    "dict of tables": lambda table: {"train": table},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_gives_what_a_file_gives(kind: str, chat: pyarrow.Table, same: Callable[..., None]) -> None:
    same(toadstone.scan(KINDS[kind](chat)))


def test_only_the_arrow_interface_is_needed(chat: pyarrow.Table, same: Callable[..., None]) -> None:
    class Foreign:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return chat.__arrow_c_stream__(requested_schema)

    same(toadstone.scan(Foreign()))


@pytest.mark.parametrize("turn", [str, Path, lambda p: [p], lambda p: str(p.parent / "*.parquet"), lambda p: p.parent])
def test_paths(turn: Callable[[Path], Any], of_command: Path, same: Callable[..., None]) -> None:
    folder = of_command.parent
    path = folder / "only" / "chat.parquet"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((folder / "chat.parquet").read_bytes())
    same(toadstone.scan(turn(path)))


def test_types_of_columns_make_no_difference(chat: pyarrow.Table, tmp_path: Path) -> None:
    n = chat.num_rows
    sites = pyarrow.array([f"site-{i % 7}" for i in range(n)]).dictionary_encode()
    table = chat.drop(["source"]).append_column("source", sites)
    table = table.append_column("created", pyarrow.array(range(n), pyarrow.timestamp("ms", tz="Europe/Berlin")))
    table = table.append_column("meta", pyarrow.array([{"n": i, "of": [str(i)]} for i in range(n)]))
    pyarrow.parquet.write_table(table, tmp_path / "x.parquet")
    names = [table, polars.from_arrow(table), table.to_pandas(), tmp_path / "x.parquet"]
    scans = [toadstone.scan(data) for data in names]
    columns = [scan.run["inputs"][0]["columns"] for scan in scans]
    assert {"role": "source", "column": "source"} in columns[0]
    assert {"role": "created", "column": "created"} in columns[0]
    assert columns.count(columns[0]) == 4
    found = [without_names(scan.findings) for scan in scans]
    assert found[0] and found.count(found[0]) == 4
    assert all(scan.records.drop(["file"]).equals(scans[0].records.drop(["file"])) for scan in scans)


def test_the_name_is_where_records_are_named(chat: pyarrow.Table) -> None:
    scan = toadstone.scan(chat, name="chats of May")
    assert set(scan.records["file"].to_pylist()) == {"chats of May"}
    assert scan.run["inputs"][0]["name"] == "chats of May"
    both = toadstone.scan({"train": chat, "test": chat.slice(0, 100)})
    assert [file["name"] for file in both.run["inputs"]] == ["train", "test"]
    assert [file["records"] for file in both.run["inputs"]] == [chat.num_rows, 100]


def test_the_digest_tells_tables_apart(chat: pyarrow.Table) -> None:
    def digest(table: pyarrow.Table) -> str:
        digest: str = toadstone.scan(table, only="hidden-text").run["inputs"][0]["digest"]
        return digest

    first = digest(chat)
    assert len(first) == 32 and first == digest(chat)
    assert first != digest(chat.slice(1))


@pytest.mark.parametrize("nothing", [7, None, [], ["a", 3], object(), pandas.DataFrame])
def test_what_cannot_be_read_is_said(nothing: object) -> None:
    with pytest.raises(TypeError, match="cannot read a .*: give a path"):
        toadstone.scan(nothing)


def test_a_dict_of_something_else_is_said() -> None:
    with pytest.raises(TypeError, match="`x` is a builtins.str, which is no table"):
        toadstone.scan({"x": "path"})


def test_an_empty_table_is_no_pass(chat: pyarrow.Table) -> None:
    scan = toadstone.scan(chat.slice(0, 0))
    assert scan.verdict == "review" and scan.fails and scan.run["records"] == 0


def test_a_stream_that_fails_is_an_error(chat: pyarrow.Table) -> None:
    def batches() -> Iterator[pyarrow.RecordBatch]:
        yield chat.to_batches()[0]
        raise OSError("the line went dead")

    broken = pyarrow.RecordBatchReader.from_batches(chat.schema, batches())
    with pytest.raises(toadstone.Error, match="the table `data` cannot be read: .*the line went dead"):
        toadstone.scan(broken)


def test_damaged_memory_is_an_error() -> None:
    text = pyarrow.Array.from_buffers(
        pyarrow.string(), 2, [None, pyarrow.py_buffer(bytes([0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0])), pyarrow.py_buffer(b"ok\xff\xfe")]
    )
    with pytest.raises(toadstone.Error, match="the table `data` cannot be read: .*[Uu][Tt][Ff]"):
        toadstone.scan(pyarrow.table({"text": text}))
