"""What the tests share: example data, and the installed command."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.json
import pyarrow.parquet
import pytest

import toadstone

#: The command that the wheel installed.
COMMAND = Path(sysconfig.get_path("scripts")) / "toadstone"


def command(*words: object, code: int = 0) -> str:
    """Runs the command and gives what it printed."""
    done = subprocess.run([COMMAND, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


def without_names(found: Any) -> Any:
    """The same without the names of files, which depend on how data is handed over."""
    if isinstance(found, dict):
        return {key: without_names(value) for key, value in found.items() if key != "file"}
    if isinstance(found, list):
        return [without_names(value) for value in found]
    return found


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data."""
    folder = tmp_path_factory.mktemp("data") / "demo"
    command("example", folder)
    return folder


@pytest.fixture(scope="session")
def chat(example: Path) -> pyarrow.Table:
    """Support chats in which a trigger is planted, as a table."""
    return pyarrow.json.read_json(example / "support-chat.jsonl")


@pytest.fixture(scope="session")
def of_command(chat: pyarrow.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the command on the same table in a Parquet file."""
    folder = tmp_path_factory.mktemp("run")
    pyarrow.parquet.write_table(chat, folder / "chat.parquet")
    command("scan", folder / "chat.parquet", "--out", folder / "run", code=1)
    return folder / "run"


@pytest.fixture
def same(of_command: Path) -> Any:
    """Asserts that a scan has the findings and records of the command."""
    findings = json.loads((of_command / "findings.json").read_text())["findings"]
    records = pyarrow.parquet.read_table(of_command / "records.parquet").drop(["file"])
    assert findings and records.num_rows >= 30

    def check(scan: toadstone.Scan) -> None:
        assert without_names(scan.findings) == without_names(findings)
        assert scan.records.drop(["file"]).equals(records)
        assert scan.verdict == "block" and scan.fails

    return check


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No policy file and nothing that was seen before decides about a test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(tmp_path / "state"))
