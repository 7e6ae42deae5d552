"""What the tests of Spark and Ray share: tables of the example data, and what the command finds in them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet
from conftest import command

import toadstone


def tables(example: Path, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each file of the example data as a Parquet file of several row groups, and the command's run on it."""
    for path in sorted(example.iterdir()):
        if path.suffix not in (".csv", ".jsonl"):
            continue
        read = pyarrow.csv.read_csv if path.suffix == ".csv" else pyarrow.json.read_json
        file, run = folder / f"{path.stem}.parquet", folder / f"run-{path.stem}"
        pyarrow.parquet.write_table(read(path), file, row_group_size=500)
        found(file, run)
        yield file, run


def found(data: Path, run: Path) -> None:
    """Runs the command; the verdict is no failure."""
    code = subprocess.run([*_words("scan", data, "--out", run)], capture_output=True, check=False).returncode
    assert code in (0, 1)


def _words(*words: object) -> list[str]:
    from conftest import COMMAND

    return [str(COMMAND), *map(str, words)]


def same(scan: toadstone.Scan, run: Path, saved: Path) -> None:
    """The files of a scan are those of the command's run."""
    scan.save(saved)
    assert (saved / "findings.json").read_bytes() == (run / "findings.json").read_bytes()
    records = [pyarrow.parquet.read_table(folder / "records.parquet") for folder in (saved, run)]
    assert records[0].equals(records[1])
    duplicates = [pyarrow.parquet.read_table(folder / "duplicates.parquet") for folder in (saved, run)]
    assert duplicates[0].equals(duplicates[1])
    accounts = [json.loads((folder / "run.json").read_text()) for folder in (saved, run)]
    assert accounts[0]["records"] == accounts[1]["records"] > 0


@contextmanager
def killing(pattern: str, after: float) -> Iterator[list[int]]:
    """Kills a process whose command line has the pattern, as soon as there is one after so many seconds."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        time.sleep(after)
        while not over.is_set() and not killed:
            found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=False).stdout
            for pid in [int(pid) for pid in found.split()][-1:]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            time.sleep(0.02)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


__all__ = ["command", "found", "killing", "same", "tables"]
