"""The step of the GitHub action that scans.

Reads its inputs from variables and leaves `verdict`, `findings`, `run` and `sarif` as outputs, the report as the
summary of the job, and annotations in the log. Exits as the scan does, so that the policy decides.

File names and records are hostile. What the scan prints stands between `stop-commands` and a token that nobody can
guess; what is printed outside of it has no text but ours, or that of `--format github`, which is made for it.
"""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

PASS, POLICY_SAYS_NO, COULD_NOT_FINISH, NOTHING_SCANNED = range(4)
# The exit codes that leave a run.
FINISHED = (PASS, POLICY_SAYS_NO, NOTHING_SCANNED)


def lines(name: str) -> list[str]:
    """The lines of an input that are not empty."""
    return [line.strip() for line in os.environ.get(name, "").splitlines() if line.strip()]


def mistake(what: str) -> None:
    """Ends the step over an input. `what` has no text but ours."""
    print(f"::error title=toadstone::{what}")
    sys.exit(unfinished())


def output(name: str, value: str) -> None:
    """Sets an output. A delimiter that nobody can guess keeps the value from setting others."""
    end = secrets.token_hex(16)
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(f"{name}<<{end}\n{value}\n{end}\n")


def summarise(text: str) -> None:
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as file:
        file.write(text)


def arguments(out: str) -> list[str]:
    """The arguments of `scan`; paths stand behind `--`, so that none is taken for an option."""
    paths = lines("INPUT_PATHS")
    if not paths:
        mistake("the input `paths` is empty: name the files or folders to scan, one a line")
    given = ["--out", out]
    for option, name in (("--config", "INPUT_CONFIG"), ("--fail-on", "INPUT_FAIL_ON")):
        value = os.environ.get(name, "").strip()
        given += [f"{option}={value}"] if value else []
    return ["scan", *given, *lines("INPUT_ARGS"), "--", *paths]


def scan(program: str, out: str) -> int:
    """Scans, with commands in the log switched off. Errors go the same way as the report: two pipes have no order."""
    command = [program, *arguments(out)]
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        return subprocess.run(command, stderr=subprocess.STDOUT, check=False).returncode
    finally:
        print(f"\n::{token}::", flush=True)


def report(program: str, out: str, form: str) -> str:
    """The run in another format. Its exit code is that of the scan, so only "could not finish" is a failure."""
    done = subprocess.run([program, "report", out, "--format", form], capture_output=True, check=False)
    if done.returncode not in FINISHED:
        raise OSError(f"the run cannot be reported as {form}")
    return done.stdout.decode("utf-8")


def results(program: str, out: str, code: int) -> None:
    """Leaves what a finished run gives."""
    run = json.loads(Path(out, "run.json").read_text(encoding="utf-8"))
    findings = json.loads(Path(out, "findings.json").read_text(encoding="utf-8"))["findings"]
    summary, annotations = report(program, out, "markdown"), report(program, out, "github")
    if os.environ.get("INPUT_UPLOAD_SARIF", "").strip().lower() == "true":
        # Not in the checkout, where a link of that name could lead anywhere.
        sarif = Path(os.environ["RUNNER_TEMP"], f"toadstone-{secrets.token_hex(4)}.sarif")
        sarif.write_text(report(program, out, "sarif"), encoding="utf-8")
        output("sarif", str(sarif))
    output("verdict", "nothing-scanned" if code == NOTHING_SCANNED else run["verdict"])
    output("findings", str(len(findings)))
    output("run", out)
    summarise(summary)
    print(annotations, end="", flush=True)


def unfinished() -> int:
    output("verdict", "unfinished")
    summarise("## ⚪ toadstone: unfinished\n\n**The scan could not finish**: the log says why. This is not a pass.\n")
    print("::error title=toadstone::the scan could not finish; the lines above say why")
    return COULD_NOT_FINISH


def main() -> int:
    program = os.environ.get("TOADSTONE") or "toadstone"
    out = (os.environ.get("INPUT_OUT") or "toadstone-run").strip()
    if any(ord(c) < 32 for c in out):
        mistake("the input `out` has a control character in it: name one folder")
    try:
        code = scan(program, out)
        # Whatever lies in the folder after another code is of another time.
        if code not in FINISHED:
            return unfinished()
        results(program, out, code)
    except OSError as error:
        print(f"toadstone: {error.strerror or error}")
        return unfinished()
    return code


if __name__ == "__main__":
    sys.exit(main())
