"""Seals: made and checked here, and by the command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import command

import toadstone


@pytest.fixture
def data(example: Path, tmp_path: Path) -> Path:
    command("keygen", tmp_path / "key.pem")
    shutil.copytree(example, tmp_path / "data")
    return tmp_path / "data"


def test_sealed_and_verified(data: Path, tmp_path: Path) -> None:
    sealed = toadstone.seal(data, key=tmp_path / "key.pem")
    assert sealed.path == tmp_path / "data.seal" and sealed.sequence == 1
    assert sealed.files == sum(path.is_file() for path in data.rglob("*")) and sealed.records > 3000
    assert len(sealed.root) == 64 and sealed.bytes > 1_000_000 and sealed.created.endswith("Z") and sealed.series
    verified = toadstone.verify(data, key=tmp_path / "key.pub.pem")
    assert verified and verified.valid and verified.verdict == "valid" and verified.problems == []
    assert verified.account["verdict"] == "valid" and verified.account["files"] == sealed.files
    assert verified.report().startswith("VALID")
    command("verify", data, "--key", tmp_path / "key.pub.pem")
    assert toadstone.seal(data, key=tmp_path / "key.pem").sequence == 2


def test_a_change_shows(data: Path, tmp_path: Path) -> None:
    toadstone.seal(data, key=tmp_path / "key.pem")
    (data / "support-chat.jsonl").write_text("{}\n")
    (data / "new").write_text("")
    verified = toadstone.verify(data, key=tmp_path / "key.pub.pem")
    assert not verified and verified.verdict == "invalid"
    assert any("support-chat.jsonl" in problem for problem in verified.problems)
    assert any("new" in problem for problem in verified.problems)
    assert repr(verified) == f"<toadstone.Verified: invalid, {len(verified.problems)} problems>"


def test_mistakes_are_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(toadstone.Error, match="no.pem"):
        toadstone.seal(data, key=tmp_path / "no.pem")
    with pytest.raises(toadstone.Error):
        toadstone.verify(data, key=tmp_path / "key.pub.pem")
    with pytest.raises(toadstone.Error, match="no format is called `pdf`"):
        toadstone.seal(data, key=tmp_path / "key.pem")
        toadstone.verify(data, key=tmp_path / "key.pub.pem").report("pdf")  # type: ignore[arg-type]
