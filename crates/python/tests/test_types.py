"""Types: the package, its stub, and a program that uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import toadstone

HERE = Path(__file__).parent


def mypy(*words: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", HERE.parent / "pyproject.toml", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_program_is_checked_against_the_installed_package() -> None:
    mypy(HERE / "typed_program.py")


def test_the_package_is_typed() -> None:
    mypy("-p", "toadstone")


def test_the_stub_is_the_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "toadstone._native", "--ignore-disjoint-bases"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_everything_public_is_documented() -> None:
    for name in toadstone.__all__:
        thing = getattr(toadstone, name)
        if not name.startswith("__"):
            assert thing.__doc__, name
        if isinstance(thing, type) and not issubclass(thing, (tuple, dict)):
            own = [member for member in vars(thing) if not member.startswith("_")]
            assert all(getattr(thing, member).__doc__ for member in own), (name, own)
