"""`toadstone.ray`, with two workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
import ray
import ray.data
from cluster import command, killing, same, tables

import toadstone.ray


@pytest.fixture(scope="module", autouse=True)
def workers() -> Iterator[None]:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=512 << 20)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def read(file: Path) -> ray.data.Dataset:
    return ray.data.read_parquet(str(file), override_num_blocks=5)


def test_findings_are_those_of_the_command(example: Path, tmp_path: Path) -> None:
    for file, run in tables(example, tmp_path):
        same(toadstone.ray.scan(read(file), name=str(file)), run, tmp_path / f"ray-{file.stem}")


@pytest.mark.parametrize("task", ["ray::_observe", "ray::_gather"])
def test_a_lost_worker_changes_nothing(of_command: Path, tmp_path: Path, task: str) -> None:
    file = of_command.parent / "chat.parquet"
    with killing(task, 0.0) as killed:
        scan = toadstone.ray.scan(read(file), name=str(file))
    assert killed
    same(scan, of_command, tmp_path / "ray")


def test_what_is_set_aside_is_taken_out(of_command: Path, tmp_path: Path) -> None:
    file = of_command.parent / "chat.parquet"
    command("clean", file, "--out", tmp_path / "cleaned")
    cleaned = toadstone.ray.clean(read(file), name=str(file))
    kept = pyarrow.parquet.read_table(tmp_path / "cleaned" / "kept" / file.name)
    assert cleaned.kept.take_all() == kept.to_pylist()
    removed = pyarrow.parquet.read_table(tmp_path / "cleaned" / "quarantine" / file.name)
    assert cleaned.removed.take_all() == removed.to_pylist()
    assert len(cleaned.scans) > 1


def test_mistakes_are_told_as_on_the_command_line() -> None:
    with pytest.raises(toadstone.Error, match="no detector"):
        toadstone.ray.scan(ray.data.from_items([{"text": "x"}] * 10), only="planted-triger")
