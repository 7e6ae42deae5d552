"""A program that uses the package; `mypy --strict` looks at it."""

from __future__ import annotations

from pathlib import Path

import pandas

import toadstone


def watch(progress: toadstone.Progress) -> None:
    print(f"{progress.records} records after {progress.seconds:.1f} s")


def gate(path: Path, frame: pandas.DataFrame) -> list[str]:
    scan = toadstone.scan([path, "more/*.parquet"], only=["planted-trigger"], progress=watch)
    if scan.verdict == "block":
        scan.save("run")
    titles = [finding["title"] for finding in scan.findings if finding["severity"] == "high"]
    for finding in scan.findings:
        trigger = finding.get("trigger")
        if trigger is not None:
            titles += trigger["parts"]
        for sample in finding["samples"]:
            titles.append(f"{sample['file']}:{sample['row']}")
    try:
        cleaned = toadstone.clean(frame, dedup="exact")
    except toadstone.Error as error:
        return [str(error), error.help or ""]
    titles += [str(change["why"]) for change in cleaned.changes]
    if not toadstone.verify(path, key="key.pub.pem"):
        raise SystemExit(1)
    ledger: dict[str, object] = toadstone.sources({"train": frame}, by="domain").ledger
    return [*titles, str(ledger["by"]), scan.report("markdown")]
