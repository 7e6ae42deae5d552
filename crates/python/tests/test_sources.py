"""Who brought the records."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pytest
from conftest import command

import toadstone


@pytest.fixture(scope="module")
def sourced(chat: pyarrow.Table) -> pyarrow.Table:
    return chat.drop(["source"]).append_column("source", pyarrow.array([f"site-{n % 5}" for n in range(chat.num_rows)]))


def test_a_ledger_of_a_table(sourced: pyarrow.Table, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(sourced, tmp_path / "x.parquet")
    told = json.loads(command("sources", tmp_path / "x.parquet", "--format", "json", "--by", "source"))
    found = toadstone.sources(sourced, by="source", out=tmp_path / "out")
    assert found.ledger["records"] == sourced.num_rows
    assert found.ledger["sources"] == told["sources"] and len(found.ledger["sources"]) == 5
    assert json.loads((tmp_path / "out" / "sources.json").read_text()) == found.ledger
    assert "site-3" in found.report() and found.report("html").startswith("<!DOCTYPE html>")
    assert repr(found) == "<toadstone.Sources: 3,000 records by source>"


def test_a_mistake_is_said(sourced: pyarrow.Table) -> None:
    with pytest.raises(toadstone.Error, match="no column says the author") as caught:
        toadstone.sources(sourced, by="author")
    assert "--by source" in (caught.value.help or "")
    with pytest.raises(toadstone.Error, match="no format is called `pdf`"):
        toadstone.sources(sourced, no_scan=True).report("pdf")  # type: ignore[arg-type]
