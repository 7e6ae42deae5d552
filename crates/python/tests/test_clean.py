"""Cleaning, of files and of tables."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pyarrow.json
import pyarrow.parquet
import pytest
from conftest import command

import toadstone


def test_a_table_is_divided(chat: pyarrow.Table, example: Path) -> None:
    planted = json.loads((example / "truth.json").read_text())
    cleaned = toadstone.clean(chat)
    assert cleaned.kept.num_rows + cleaned.removed.num_rows == chat.num_rows
    assert cleaned.removed.num_rows == 30 == cleaned.account["removed"]
    assert cleaned.kept.schema.equals(chat.schema)
    rows = [change["row"] for change in cleaned.changes]
    assert cleaned.removed.equals(chat.take(rows))
    assert planted and {change["why"] for change in cleaned.changes} == {"finding"}
    assert all("to" not in change for change in cleaned.changes)
    assert cleaned.verdict == "pass" and not cleaned.fails
    assert not toadstone.scan(cleaned.kept).fails
    assert repr(cleaned) == "<toadstone.Cleaned: kept 2,970 of 3,000 records, pass>"


def test_tables_are_divided_as_files_are(chat: pyarrow.Table, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(chat, tmp_path / "chat.parquet")
    command("clean", tmp_path / "chat.parquet", "--out", tmp_path / "of-command")
    of_file = pyarrow.parquet.read_table(tmp_path / "of-command" / "kept" / "chat.parquet")
    assert toadstone.clean(chat).kept.equals(of_file)
    # A reader is put aside, and divided from there.
    reader = pyarrow.RecordBatchReader.from_batches(chat.schema, chat.to_batches(max_chunksize=100))
    assert toadstone.clean(reader).kept.combine_chunks().equals(of_file.combine_chunks())


def test_a_table_is_written(chat: pyarrow.Table, tmp_path: Path) -> None:
    cleaned = toadstone.clean(chat, tmp_path / "cleaned")
    assert cleaned.out == tmp_path / "cleaned"
    for part, table in (("kept", cleaned.kept), ("quarantine", cleaned.removed)):
        with pyarrow.ipc.open_stream(tmp_path / "cleaned" / part / "data.arrow") as stream:
            assert stream.read_all().equals(table)
    assert cleaned.account == json.loads((tmp_path / "cleaned" / "clean.json").read_text())
    lines = (tmp_path / "cleaned" / "changes.jsonl").read_text().splitlines()
    assert cleaned.changes == [json.loads(line) for line in lines]
    assert not toadstone.scan(tmp_path / "cleaned" / "kept").fails


def test_several_tables(chat: pyarrow.Table) -> None:
    clean = toadstone.scan(chat).records["row"].to_pylist()
    rest = chat.filter(pyarrow.array([row not in set(clean) for row in range(chat.num_rows)]))
    cleaned = toadstone.clean({"first": chat, "second": rest.slice(0, 500)})
    assert list(cleaned.tables) == ["first", "second"]
    assert cleaned.tables["first"][1].num_rows == 30
    assert cleaned.tables["second"][1].num_rows == 0 and cleaned.tables["second"][0].num_rows == 500
    with pytest.raises(AttributeError, match="`tables` has each by its name"):
        cleaned.kept


def test_files_are_cleaned_as_the_command_does(example: Path, tmp_path: Path) -> None:
    data = example / "support-chat.jsonl"
    command("clean", data, "--out", tmp_path / "of-command", "--dedup", "exact")
    cleaned = toadstone.clean(data, tmp_path / "cleaned", dedup="exact")
    files = sorted(p.relative_to(tmp_path / "cleaned") for p in (tmp_path / "cleaned").rglob("*") if p.is_file())
    assert len(files) == 4
    for file in files:
        assert (tmp_path / "cleaned" / file).read_bytes() == (tmp_path / "of-command" / file).read_bytes()
    assert cleaned.account["removed"] == len(cleaned.changes) >= 30
    with pytest.raises(AttributeError, match="the files are in `out`"):
        cleaned.kept


def test_files_without_a_place_are_only_looked_at(example: Path, tmp_path: Path) -> None:
    cleaned = toadstone.clean(example / "support-chat.jsonl")
    assert cleaned.account["removed"] == 30 and cleaned.tables == {}
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_said(chat: pyarrow.Table, tmp_path: Path) -> None:
    with pytest.raises(toadstone.Error, match="no column says the author"):
        toadstone.clean(chat, cap="author=2%")
