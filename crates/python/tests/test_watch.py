"""What happens while a scan runs: progress, other threads, Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

import toadstone


@pytest.fixture(scope="module")
def long(chat: pyarrow.Table) -> pyarrow.Table:
    """Data that takes some seconds."""
    return pyarrow.concat_tables([chat] * 8)


def test_progress_is_told(long: pyarrow.Table) -> None:
    told: list[toadstone.Progress] = []
    scan = toadstone.scan(long, progress=told.append)
    assert len(told) >= 3
    assert [p.records for p in told] == sorted(p.records for p in told)
    assert told[-1].bytes_per_pass == scan.run["inputs"][0]["bytes"] > 0
    assert told[-1].records >= long.num_rows and told[-1].passes >= 1
    assert 0 < told[0].seconds < told[-1].seconds


def test_an_exception_of_progress_stops(long: pyarrow.Table) -> None:
    def enough(progress: toadstone.Progress) -> None:
        raise LookupError("enough")

    start = time.monotonic()
    with pytest.raises(LookupError, match="enough"):
        toadstone.scan(long, progress=enough)
    assert time.monotonic() - start < 1.5


def test_other_threads_run(long: pyarrow.Table) -> None:
    steps, done = [0], threading.Event()

    def step() -> None:
        while not done.wait(0.01):
            steps[0] += 1

    thread = threading.Thread(target=step)
    thread.start()
    start = time.monotonic()
    toadstone.scan(long)
    seconds = time.monotonic() - start
    done.set()
    thread.join()
    assert steps[0] > seconds * 20


def test_scans_run_side_by_side(chat: pyarrow.Table) -> None:
    found: list[list[toadstone.Finding]] = []
    threads = [threading.Thread(target=lambda: found.append(toadstone.scan(chat).findings)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and found[0] == found[1] == found[2]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_within_a_second(long: pyarrow.Table, tmp_path: Path) -> None:
    table = pyarrow.concat_tables([long] * 10)
    pyarrow.parquet.write_table(table, tmp_path / "long.parquet", row_group_size=3000)
    program = """if True:
        import time, toadstone
        begun = []
        def progress(p):
            if not begun and p.records:
                begun.append(1)
                print("begun", flush=True)
        try:
            toadstone.scan("long.parquet", out="run", progress=progress)
        except KeyboardInterrupt:
            print("stopped", flush=True)
        print(toadstone.scan("long.parquet", only="hidden-text").verdict)
    """
    for wait in (0.2, 1.0, 2.5):
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
        time.sleep(wait)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - start < 1, wait
        # The process goes on, and can scan again.
        assert process.stdout.readline() == "pass\n"
        assert process.wait(60) == 0
        assert [path.name for path in tmp_path.iterdir()] == ["long.parquet"]


def test_a_bar_is_drawn_if_asked(chat: pyarrow.Table, capfd: pytest.CaptureFixture[str]) -> None:
    toadstone.scan(chat, progress=True)
    assert "records" in capfd.readouterr().err
    toadstone.scan(chat, progress=False)
    toadstone.scan(chat)
    assert capfd.readouterr().err == ""
