"""`toadstone.spark`, with executors that are processes of their own."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from cluster import command, found, killing, same, tables
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import toadstone.spark

#: What an executor's command line has.
EXECUTOR = "CoarseGrainedExecutorBackend"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    options = {
        "spark.ui.enabled": "false",
        "spark.log.level": "OFF",
        # Several partitions of what is small.
        "spark.sql.files.maxPartitionBytes": "64k",
        "spark.sql.files.openCostInBytes": "0",
        "spark.deploy.maxExecutorRetries": "100",
    }
    session = SparkSession.builder.master("local-cluster[2,1,1024]").config(map=options).getOrCreate()
    yield session
    session.stop()


def test_findings_are_those_of_the_command(spark: SparkSession, example: Path, tmp_path: Path) -> None:
    partitions = 0
    for file, run in tables(example, tmp_path):
        df = spark.read.parquet(str(file))
        partitions = max(partitions, df.rdd.getNumPartitions())
        same(toadstone.spark.scan(df, name=str(file)), run, tmp_path / f"spark-{file.stem}")
    assert partitions > 1


def test_places_may_be_columns(spark: SparkSession, chat: pyarrow.Table, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    half = chat.num_rows // 2
    pyarrow.parquet.write_table(chat.slice(half), data / "b.parquet", row_group_size=400)
    pyarrow.parquet.write_table(chat.slice(0, half), data / "a.parquet", row_group_size=400)
    found(data, tmp_path / "run")
    df = spark.read.parquet(str(data))
    path = F.regexp_replace("_metadata.file_path", "^file:(//)?", "").alias("its_file")
    df = df.select("*", path, F.col("_metadata.row_index").alias("its_row")).repartition(5, "its_row")
    scan = toadstone.spark.scan(df, place=("its_file", "its_row"))
    same(scan, tmp_path / "run", tmp_path / "spark")
    marks = scan.marks.toPandas()
    assert set(marks["file"]) == {str(data / "a.parquet"), str(data / "b.parquet")}
    assert len(marks) == scan.records.num_rows


@pytest.mark.parametrize("after", [0.5, 3.0])
def test_a_lost_executor_changes_nothing(
    spark: SparkSession, chat: pyarrow.Table, of_command: Path, tmp_path: Path, after: float
) -> None:
    file = of_command.parent / "chat.parquet"
    with killing(EXECUTOR, after) as killed:
        scan = toadstone.spark.scan(spark.read.parquet(str(file)), name=str(file))
    assert killed
    same(scan, of_command, tmp_path / "spark")


def test_what_is_set_aside_is_taken_out(spark: SparkSession, of_command: Path, tmp_path: Path) -> None:
    file = of_command.parent / "chat.parquet"
    command("clean", file, "--out", tmp_path / "cleaned")
    cleaned = toadstone.spark.clean(spark.read.parquet(str(file)), name=str(file))
    assert rows(cleaned.kept) == pyarrow.parquet.read_table(tmp_path / "cleaned" / "kept" / file.name).to_pylist()
    removed = pyarrow.parquet.read_table(tmp_path / "cleaned" / "quarantine" / file.name)
    assert rows(cleaned.removed) == removed.to_pylist()
    assert len(cleaned.scans) > 1
    assert not any(cleaned.scans[-1].records.column("quarantine").to_pylist())


def rows(df: DataFrame) -> list[dict[str, object]]:
    return df.toArrow().to_pylist()


def test_rows_that_are_others_each_time_are_noticed(spark: SparkSession) -> None:
    def others(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            texts = [f"a text with the name {uuid.uuid4()}" for _ in range(batch.num_rows)]
            yield pyarrow.RecordBatch.from_pydict({"text": texts})

    df = spark.range(2000).mapInArrow(others, "text string")
    with pytest.raises(toadstone.Error, match="changed while it was being scanned"):
        toadstone.spark.scan(df)


def test_mistakes_are_told_as_on_the_command_line(spark: SparkSession) -> None:
    df = spark.range(10).select(F.lit("x").alias("text"))
    with pytest.raises(toadstone.Error, match="no detector"):
        toadstone.spark.scan(df, only="planted-triger")
    nameless = spark.range(10).select(F.lit("x").alias("text"), F.lit(None).cast("string").alias("f"), "id")
    with pytest.raises(ValueError, match="does not name the file of every record"):
        toadstone.spark.scan(nameless, place=("f", "id"))
