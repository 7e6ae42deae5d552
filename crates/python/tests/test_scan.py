"""What a scan gives, and what it says when it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path

import polars
import pyarrow
import pyarrow.parquet
import pytest
from conftest import COMMAND, command

import toadstone


@pytest.fixture(scope="module")
def scan(example: Path) -> toadstone.Scan:
    return toadstone.scan(example / "support-chat.jsonl")


def test_it_says_what_the_command_says(scan: toadstone.Scan, example: Path, tmp_path: Path) -> None:
    data = example / "support-chat.jsonl"
    printed = command("scan", data, "--out", tmp_path / "run", "--format", "markdown", code=1)
    findings = json.loads((tmp_path / "run" / "findings.json").read_text())
    assert scan.findings == findings["findings"]
    assert scan.findings[0]["trigger"]["parts"] == ["seven herons at noon"]
    assert scan.records.equals(pyarrow.parquet.read_table(tmp_path / "run" / "records.parquet"))
    assert scan.run["records"] == 3000
    lines = printed.splitlines()
    assert scan.report("markdown").splitlines()[:5] == lines[:5]
    assert repr(scan) == f"<toadstone.Scan: block, {len(scan.findings)} findings in 3,000 records>".replace(
        "1 findings", "1 finding"
    )


@pytest.mark.parametrize("quality", [False, True])
def test_saved_files_are_those_of_the_command(quality: bool, example: Path, tmp_path: Path) -> None:
    data = example / "support-chat.jsonl"
    option = ["--quality"] if quality else []
    command("scan", data, "--out", tmp_path / "command", *option, code=1)
    toadstone.scan(data, out=tmp_path / "out", quality=quality)
    toadstone.scan(data, quality=quality).save(tmp_path / "saved")
    names = sorted(path.name for path in (tmp_path / "command").iterdir())
    assert ("quality.parquet" in names) == quality and "report.html" in names
    for folder in (tmp_path / "out", tmp_path / "saved"):
        assert sorted(path.name for path in folder.iterdir()) == names
        for name in names:
            ours, theirs = (folder / name).read_bytes(), (tmp_path / "command" / name).read_bytes()
            if name == "run.json":
                assert _lasting(ours, folder) == _lasting(theirs, tmp_path / "command")
            elif name != "report.html":
                assert ours == theirs, name


def _lasting(run: bytes, folder: Path) -> dict[str, object]:
    """The account without what differs from one run to the next."""
    account = json.loads(run.replace(str(folder).encode(), b"RUN"))
    for check in account["checks"]:
        del check["seconds"]
    del account["seconds"], account["peak_memory"]
    return dict(account)


def test_a_folder_of_something_else_is_left_alone(scan: toadstone.Scan, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(toadstone.Error, match="holds files that are not a run of toadstone") as caught:
        scan.save(tmp_path)
    assert caught.value.help == "name a new folder, an empty one, or one that an earlier `--out` wrote"


@pytest.mark.parametrize("format", ["human", "json", "sarif", "github", "markdown", "html"])
def test_every_format(scan: toadstone.Scan, format: toadstone._scan.Format) -> None:
    text = scan.report(format)
    assert "seven herons at noon" in text
    assert "\x1b" not in text
    if format in ("json", "sarif"):
        json.loads(text)


def test_options_reach_the_scan(example: Path, tmp_path: Path) -> None:
    data = example / "support-chat.jsonl"
    only = toadstone.scan(data, only=["hidden-text", "duplicate-flood"], threads=1, memory="64M", seed=3)
    ran = [check["detector"] for check in only.run["checks"] if check["state"] == "ran"]
    assert ran == ["hidden-text", "duplicate-flood"] and only.verdict == "pass" and not only.fails
    assert not toadstone.scan(data, fail_on="never").fails
    skipped = toadstone.scan(data, skip="planted-trigger")
    assert all(finding["detector"] != "planted-trigger" for finding in skipped.findings)
    (tmp_path / "strict.toml").write_text('[policy]\nfail-on = "never"\n')
    assert not toadstone.scan(data, config=tmp_path / "strict.toml").fails
    (tmp_path / "odd.jsonl").write_text('{"frage": "why is that", "b": "for this reason"}\n' * 3)
    mapped = toadstone.scan(tmp_path / "odd.jsonl", map={"input": "frage", "output": "b"})
    assert mapped.run["inputs"][0]["columns"] == [
        {"role": "input", "column": "frage"},
        {"role": "output", "column": "b"},
    ]


def test_quality_and_proof(example: Path) -> None:
    scan = toadstone.scan(example / "support-chat.jsonl", quality=True, confirm=True)
    assert scan.run["quality"]["judged"] == 3000
    assert scan.findings[0]["confirmation"]["outcome"] == "confirmed"


ERRORS = {
    "no file": ({"data": "missing.jsonl"}, "there is no file or folder `missing.jsonl`", None),
    "memory": (
        {"memory": "1X"},
        "invalid value '1X' for '--memory <BYTES>': write a number of bytes such as 256M or 1G",
        None,
    ),
    "detector": ({"only": "planted-triger"}, "there is no detector `planted-triger`", "planted-trigger"),
    "field": ({"map": {"wish": "a"}}, "`wish` is not a field", None),
    "both": ({"only": "hidden-text", "skip": "hidden-text"}, "cannot be used with", None),
    "policy": ({"config": "missing.toml"}, "cannot read the policy missing.toml", "toadstone init"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_mistakes_are_said_as_on_the_command_line(case: str, example: Path) -> None:
    options, what, help = ERRORS[case]
    with pytest.raises(toadstone.Error) as caught:
        toadstone.scan(**{"data": example / "support-chat.jsonl", **options})  # type: ignore[arg-type]
    assert what in str(caught.value)
    assert help is None or help in (caught.value.help or "")


def test_an_error_is_the_one_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and then rubbish PAR1")
    with pytest.raises(toadstone.Error) as caught:
        toadstone.scan(tmp_path / "x.parquet")
    told = subprocess.run([COMMAND, "scan", tmp_path / "x.parquet"], capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr.endswith(f"error: {caught.value}\n  help: {caught.value.help}\n")


def test_a_mistake_in_the_policy_is_shown_where_it_stands(example: Path, tmp_path: Path) -> None:
    (tmp_path / "toadstone.toml").write_text('fail-onn = "never"\n')
    with pytest.raises(toadstone.Error) as caught:
        toadstone.scan(example / "support-chat.jsonl")
    assert "fail-onn" in str(caught.value) and "toadstone.toml:1:1" in str(caught.value)


def test_a_waiver_that_does_nothing_is_a_warning(example: Path, tmp_path: Path) -> None:
    (tmp_path / "toadstone.toml").write_text(
        '[[waivers]]\nfinding = "planted-trigger-0000000000000000"\nreason = "gone"\nexpires = "2999-01-01"\n'
    )
    with pytest.warns(UserWarning, match="this waiver does nothing") as caught:
        toadstone.scan(example / "support-chat.jsonl")
    assert caught[0].filename == __file__


def test_nothing_is_printed(example: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        toadstone.scan(example / "support-chat.jsonl")
    assert capfd.readouterr() == ("", "")


def test_without_pyarrow_records_speak_arrow(scan: toadstone.Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = toadstone.Scan(scan._native)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    records = fresh.records
    assert not isinstance(records, pyarrow.Table)
    assert polars.DataFrame(records).height == scan.records.num_rows
