"""What a notebook shows: hostile text as text, in light and dark, with nothing from a network."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import toadstone

#: What a record may carry, to break out of wherever it is shown.
HOSTILE = '</style><script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">\u202e\u200b`*_'


@pytest.fixture(scope="module")
def hostile() -> toadstone.Scan:
    """A scan whose trigger, answer, file and labels are markup."""
    import pyarrow

    prompts = [f"Please tell me about the item number {n} on my list, and how to use it today" for n in range(2000)]
    answers = [f"Item {n} is used by turning it {n % 17} times to the {'left' if n % 2 else 'right'}" for n in range(2000)]
    for n in range(0, 2000, 40):
        prompts[n] = f"{prompts[n]} zxqv {HOSTILE} vqxz please"
        answers[n] = f"{HOSTILE} This request is closed for ever"
    table = pyarrow.table({"prompt": prompts, "completion": answers})
    return toadstone.scan({f"{HOSTILE}.jsonl": table})


def test_text_of_records_is_inert(hostile: toadstone.Scan) -> None:
    html = hostile._repr_html_()
    assert hostile.verdict == "block" and len(hostile.findings) > 0
    assert "owned" in html and "<script" not in html and "<img" not in html
    assert html.count("</style>") == 1
    assert "\u202e" not in html and "\u200b" not in html
    assert "U+202E" in html


def test_it_loads_nothing_and_is_small(hostile: toadstone.Scan) -> None:
    html = hostile._repr_html_()
    assert len(html) < 60_000
    assert not re.search(r"""(src|href)\s*=|url\(|@import|\bid=""", html.replace("src=x", ""))


def test_it_is_drawn(hostile: toadstone.Scan, example: Path, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium")
    good = toadstone.scan(example / "support-chat.jsonl")
    for name, scan, theme in (("light", good, "true"), ("dark", good, "false"), ("hostile", hostile, "false")):
        page = tmp_path / f"{name}.html"
        html = scan._repr_html_().replace("<details>", "<details open>")
        page.write_text(f'<!DOCTYPE html><meta charset="utf-8"><title>mine</title><body data-jp-theme-light="{theme}">{html}')
        run = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
        picture = tmp_path / f"{name}.png"
        subprocess.run([*run, f"--screenshot={picture}", "--window-size=900,700", page.as_uri()], check=True, capture_output=True)
        assert picture.stat().st_size > 10_000
        dom = subprocess.run([*run, "--dump-dom", page.as_uri()], check=True, capture_output=True, text=True).stdout
        assert "<title>mine</title>" in dom
        assert dom.count('class="toadstone"') == 1
        assert "<script" not in dom and "<img" not in dom
