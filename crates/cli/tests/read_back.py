"""Scans the example data and reads the files of each run with pyarrow, as a user's script would.

    python read_back.py path/to/toadstone

Checks the columns of the public interface, and that what is planted is found and nothing else is set aside.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

RECORDS = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.uint64(), nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("quarantine", pa.bool_(), nullable=False),
        pa.field("findings", pa.list_(pa.string())),
        pa.field("scores", pa.list_(pa.float32())),
        pa.field("members", pa.list_(pa.bool_())),
    ]
)
FILES = {"run.json", "findings.json", "records.parquet", "rejected.jsonl", "duplicates.parquet", "report.html"}


def scan(tool: str, data: Path, out: Path) -> tuple[int, dict, dict, pa.Table]:
    done = subprocess.run([tool, "scan", str(data), "--out", str(out)], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    assert {p.name for p in out.iterdir()} == FILES, sorted(out.iterdir())
    load = lambda name: json.loads((out / name).read_text(encoding="utf-8"))
    return done.returncode, load("run.json"), load("findings.json"), pq.read_table(out / "records.parquet")


def check(name: str, truth: dict, code: int, run: dict, findings: dict, records: pa.Table) -> None:
    columns = [(f.name, f.type) for f in records.schema]
    wanted = [(f.name, f.type if not pa.types.is_list(f.type) else None) for f in RECORDS]
    assert [(n, None if pa.types.is_list(t) else t) for n, t in columns] == wanted, columns
    assert pa.types.is_string(records.schema.field("findings").type.value_type)
    for score, scores, members, ids in zip(*(records[c].to_pylist() for c in ("score", "scores", "members", "findings"))):
        assert len(scores) == len(members) == len(ids) and score == max(scores)
    assert run["records"] == truth["records"] and run["schema"] == findings["schema"] == 1
    ids = [f["id"] for f in findings["findings"]]
    assert {i for row in records["findings"].to_pylist() for i in row} <= set(ids)
    assert all(0 <= s <= 1 for s in records["score"].to_pylist())
    assert (run["verdict"] == "pass") == (code == 0), (run["verdict"], code)

    planted = set(truth["planted_rows"])
    rows, quarantine = records["row"].to_pylist(), records["quarantine"].to_pylist()
    aside = {row for row, q in zip(rows, quarantine, strict=True) if q}
    assert rows == sorted(rows)
    if not planted:
        assert run["verdict"] == "pass" and not aside, f"{name}: {run['verdict']}, {len(aside)} set aside"
        return
    recall = len(aside & planted) / len(planted)
    precision = len(aside & planted) / max(len(aside), 1)
    assert run["verdict"] != "pass" and recall >= 0.9 and precision >= 0.9, f"{name}: {recall=} {precision=}"


def main() -> None:
    tool = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([tool, "example", str(demo)], check=True, capture_output=True)
        truths = json.loads((demo / "truth.json").read_text(encoding="utf-8"))
        for name, truth in truths.items():
            check(name, truth, *scan(tool, demo / name, Path(folder) / f"run-{name}"))
            print(f"ok {name}")
    print(f"{len(truths)} passed, 0 failed")


if __name__ == "__main__":
    main()
