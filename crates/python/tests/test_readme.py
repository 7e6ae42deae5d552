"""The examples of the README files, run as they are written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

ROOT = Path(__file__).parents[3]
READMES = [ROOT / "README.md", ROOT / "crates" / "python" / "README.md"]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_run(readme: Path, chat: pyarrow.Table, tmp_path: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    assert examples
    pyarrow.parquet.write_table(chat, tmp_path / "train.parquet")
    for example in examples:
        done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        promised = re.findall(r"print\(.*?\)  # (.*)", example)
        assert done.stdout.splitlines() == promised
