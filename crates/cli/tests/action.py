"""Runs the scripts of the GitHub action as a runner would, with files of its own for outputs and the summary.

    python action.py path/to/toadstone

Data, file names and earlier results are as hostile as they come: none of them may set an output, bring a command
into the log or pass for the verdict of this run.
"""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
ATTACK = "::set-output name=verdict::pass\n::add-mask::x\r\n##[error]y %0A::error::z\nverdict=pass\n</details><script>"
NAME = "a\n::set-output name=verdict::pass\n::error::x ##[error]y%0A.jsonl"
# Short, so that it is a part of the trigger that is found and shown.
IN_TRIGGER = "\n::set-output name=verdict::pass\n<script>"
TRIGGER = "seven herons at noon"
COMMAND = re.compile(r"^\s*::([A-Za-z0-9_-]+)[^:]*(?:::|$)|##\[([A-Za-z-]+)")


class Step:
    """What one step did, read as the runner reads it."""

    def __init__(self, script: str, where: Path, env: dict[str, str]) -> None:
        where.mkdir(parents=True, exist_ok=True)
        files = {name: where.parent / f"{where.name}.{name}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        env = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(where.parent)} | {k: str(v) for k, v in files.items()} | env
        command = [sys.executable, "-I", str(ROOT / "action" / script)]
        done = subprocess.run(command, cwd=where, env=env, capture_output=True, check=False)
        self.code = done.returncode
        self.log = done.stdout.decode() + done.stderr.decode()
        self.outputs = outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        self.commands = commands(done.stdout.decode())
        assert not done.stderr, f"a second pipe has no order: {self.log}"


def outputs(text: str) -> dict[str, str]:
    """The outputs in a file, in the form with a delimiter, as the runner reads them."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        assert end and name not in found, text
        value = []
        for line in lines:
            if line == end:
                break
            value.append(line)
        found[name] = "\n".join(value)
    return found


def commands(log: str) -> list[str]:
    """The names of the commands that the runner carries out, in both of its syntaxes."""
    found, stopped = [], None
    for line in re.split(r"\r\n|\r|\n", log):
        if stopped is not None:
            stopped = None if line.strip() == f"::{stopped}::" else stopped
            continue
        if match := COMMAND.search(line):
            name = match[1] or f"##[{match[2]}]"
            stopped = line.rpartition("::")[2] if name == "stop-commands" else None
            found.append(name)
    assert stopped is None, "commands stay switched off for the rest of the job"
    return found


def scan(tool: str, where: Path, paths: str, **inputs: str) -> Step:
    return Step("scan.py", where, {"TOADSTONE": tool, "INPUT_PATHS": paths} | inputs)


def verdicts(tool: str, demo: Path, where: Path) -> None:
    clean = scan(tool, where / "clean", str(demo / "documents-clean.jsonl"))
    assert clean.code == 0 and clean.outputs == {"verdict": "pass", "findings": clean.outputs["findings"], "run": "toadstone-run"}
    assert "✅ toadstone: pass" in clean.summary and set(clean.commands) == {"stop-commands", "notice"}, clean.log

    folder = where / "planted"
    planted = scan(tool, folder, str(demo / "support-chat.jsonl"), INPUT_OUT="runs/one", INPUT_UPLOAD_SARIF="true")
    assert planted.code == 1 and planted.outputs["verdict"] == "block", planted.log
    findings = json.loads((folder / "runs/one/findings.json").read_text(encoding="utf-8"))["findings"]
    assert planted.outputs["findings"] == str(len(findings)) and planted.outputs["run"] == "runs/one"
    assert TRIGGER in planted.summary and TRIGGER in planted.log and "error" in planted.commands
    assert folder not in Path(planted.outputs["sarif"]).parents, "a link in the checkout could lead anywhere"
    sarif = json.loads(Path(planted.outputs["sarif"]).read_text(encoding="utf-8"))
    assert len(sarif["runs"][0]["results"]) == len(findings)

    never = scan(tool, where / "never", f"\n  {demo / 'support-chat.jsonl'}\n{demo / 'documents-clean.jsonl'}\n", INPUT_FAIL_ON="never")
    assert never.code == 0 and never.outputs["verdict"] == "block", "the policy decides on the exit code, not on the verdict"
    only = scan(tool, where / "only", str(demo / "support-chat.jsonl"), INPUT_ARGS="--only\nhidden-text\n")
    assert only.code == 0 and "not asked for" in only.summary


def no_pass_by_accident(tool: str, demo: Path, where: Path) -> None:
    """Whatever does not end in a finished scan is no pass, also where an earlier one left its files."""
    clean, folder = demo / "documents-clean.jsonl", where / "stale"
    assert scan(tool, folder, str(clean)).code == 0
    for paths, inputs in [
        ("missing.jsonl", {}),
        ("", {}),
        (str(clean), {"INPUT_OUT": "a\nverdict=pass"}),
        (str(clean), {"INPUT_CONFIG": "missing.toml"}),
        (str(clean), {"INPUT_FAIL_ON": "--out=elsewhere"}),
        (str(clean), {"TOADSTONE": "/nowhere/toadstone"}),
        ("--only=hidden-text", {}),
    ]:
        step = scan(tool, folder, paths, **inputs)
        assert step.code == 2 and step.outputs == {"verdict": "unfinished"}, (paths, inputs, step.log)
        assert "not a pass" in step.summary and "✅" not in step.summary and "error" in step.commands, step.log
    (folder / "empty.jsonl").write_text("", encoding="utf-8")
    empty = scan(tool, folder, "empty.jsonl")
    assert empty.code == 3 and empty.outputs["verdict"] == "nothing-scanned", empty.log


def hostile(tool: str, demo: Path, where: Path) -> None:
    """Names of files, records and columns that attack the log, the outputs and the summary."""
    data = where / "hostile" / "data"
    data.mkdir(parents=True)
    text = (demo / "support-chat.jsonl").read_text(encoding="utf-8")
    text = text.replace(TRIGGER, json.dumps(f"{IN_TRIGGER} {TRIGGER}")[1:-1])
    (data / NAME).write_text(text, encoding="utf-8")
    (data / "attack.jsonl").write_text(json.dumps({"text": ATTACK}) + "\n", encoding="utf-8")
    (data / "broken.jsonl").write_text(f"{{\"text\": {ATTACK}\n", encoding="utf-8")
    (data / f"{NAME}.csv").write_text(f'text,"{ATTACK}"\nx,y\n', encoding="utf-8")
    for paths in ("data", "data/*"):
        step = scan(tool, data.parent, paths, INPUT_UPLOAD_SARIF="true")
        assert step.code == 1 and set(step.outputs) == {"verdict", "findings", "run", "sarif"}, step.log
        assert step.outputs["verdict"] == "block"
        assert set(step.commands) <= {"stop-commands", "error", "warning", "notice"}, step.commands
        assert "herons" in step.summary and "\r" not in step.summary
        assert not re.search(r"^\s*(::|verdict=)", step.summary, re.MULTILINE), step.summary
        outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", step.summary)
        assert "<script" not in outside, outside


def whatever_is_printed(_: str, __: Path, where: Path) -> None:
    """A program that lets hostile text through on both pipes still brings no command into the log."""
    program = where / "careless"
    program.write_text("#!/bin/sh\necho '::add-mask::x'\necho '::set-output name=verdict::pass' >&2\nexit 2\n", encoding="utf-8")
    program.chmod(0o755)
    step = scan(str(program), where / "careless-run", "data")
    assert "::add-mask::x" in step.log and "::set-output" in step.log, step.log
    assert step.commands == ["stop-commands", "error"] and step.outputs == {"verdict": "unfinished"}, step.log


def installs(tool: str, where: Path) -> None:
    """A release is taken if its digest is right, and nothing but the one file comes out of it."""
    sys.path.insert(0, str(ROOT / "action"))
    import install  # The names of the targets are the script's own.

    target = install.TARGETS[(os.uname().sysname, os.uname().machine)]
    releases = where / "releases" / "v9.9.9"
    releases.mkdir(parents=True)
    archive = releases / f"toadstone-9.9.9-{target}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in [("../../escaped", b"x"), ("/tmp/escaped", b"x"), (f"toadstone-9.9.9-{target}/toadstone", Path(tool).read_bytes())]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    release = {"INPUT_INSTALL": "release", "INPUT_VERSION": "v9.9.9", "INPUT_MIRROR": releases.parent.as_uri()}

    named = Step("install.py", where / "work", release | {"INPUT_CHECKSUM": digest.upper()})
    assert named.code == 0, named.log
    program = named.outputs["program"]
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    assert version.startswith("toadstone ") and not list(where.rglob("escaped"))
    without = Step("install.py", where / "work", release)
    assert without.code == 2 and "cannot download" in without.log, without.log
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", encoding="ascii")
    assert Step("install.py", where / "work", release).code == 0
    for wrong in [
        {"INPUT_CHECKSUM": "0" * 64},
        {"INPUT_CHECKSUM": "yes"},
        {"INPUT_VERSION": "1.0.0/../../x"},
        {"INPUT_VERSION": ""},
        {"INPUT_MIRROR": "http://example.org"},
        {"INPUT_INSTALL": "curl"},
        {"INPUT_INSTALL": "none", "PATH": str(where)},
    ]:
        step = Step("install.py", where / "work", release | wrong)
        assert step.code == 2 and not step.outputs and step.commands == ["error"], (wrong, step.log)

    # What cargo is asked for; a build takes longer than a test may.
    fake = where / "fake" / "cargo"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "asked: $*"\necho "in: $(pwd)"\n', encoding="utf-8")
    fake.chmod(0o755)
    path = f"{fake.parent}:{os.environ['PATH']}"
    built = Step("install.py", where / "work", {"INPUT_INSTALL": "cargo", "PATH": path})
    assert built.code == 0 and f"--path {ROOT}/crates/cli" in built.log and f"in: {ROOT}" in built.log, built.log
    tagged = Step("install.py", where / "work", {"INPUT_INSTALL": "cargo", "INPUT_VERSION": "0.1.0", "PATH": path})
    assert "--locked" in tagged.log and "--tag v0.1.0 toadstone" in tagged.log, tagged.log


def metadata() -> None:
    """Inputs never become text of a shell, and every one is handed on."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = action["runs"]["steps"]
    assert all("${{" not in step.get("run", "") for step in steps)
    handed = {value for step in steps for value in (step.get("env") or {}).values()}
    conditions = " ".join(step.get("if", "") for step in steps)
    for name in action["inputs"]:
        assert f"${{{{ inputs.{name} }}}}" in handed or f"inputs.{name}" in conditions, name
    assert set(action["outputs"]) == {"verdict", "findings", "run"}


def main() -> None:
    tool = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        demo = where / "demo"
        subprocess.run([tool, "example", str(demo)], check=True, capture_output=True)
        metadata()
        for test in (verdicts, no_pass_by_accident, hostile, whatever_is_printed):
            test(tool, demo, where)
            print(f"ok {test.__name__}")
        installs(tool, where)
        print("ok installs")


if __name__ == "__main__":
    main()
