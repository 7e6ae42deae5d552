"""The hooks, run by the real pre-commit in repositories of their own.

    python pre_commit.py path/to/toadstone

A commit of planted data is stopped, one of clean data passes, and a file that is named like an option is a file. The
hook that builds from source gets a cargo that only puts the program in place: a build takes longer than a test may.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HOOKS = ".pre-commit-hooks.yaml"
CARGO = """#!/bin/sh
# Takes `cargo install ... --root DIR ...`, as the hook says it.
echo "$*" >> {calls}
[ "$1" = install ] || exit 64
while [ $# -gt 0 ]; do [ "$1" = --root ] && root=$2; shift; done
mkdir -p "$root/bin" && cp {tool} "$root/bin/toadstone"
"""


class Repository:
    """A git repository in which nothing of the user's own git settings holds."""

    def __init__(self, folder: Path, home: Path, path: str) -> None:
        self.folder = folder
        names = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "t"), ("EMAIL", "t@example.org"))}
        self.env = names | {"PATH": path, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "cache"), "GIT_CONFIG_NOSYSTEM": "1"}
        folder.mkdir(parents=True)
        self.run("git", "init", "-q", ".")

    def run(self, *command: str, code: int = 0) -> str:
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def commit(self, code: int = 0) -> str:
        self.run("git", "add", "-A")
        return self.run("git", "commit", "-q", "-m", "change", code=code)

    def add(self, source: Path, name: str) -> None:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    def remove(self, name: str) -> None:
        self.run("git", "rm", "-q", "-f", "--", name)


def hooks_repository(folder: Path, home: Path, path: str) -> Repository:
    """The part of this repository that the hooks need, as a revision that pre-commit can fetch."""
    repository = Repository(folder, home, path)
    for name in (HOOKS, "action/build-and-scan"):
        repository.add(ROOT / name, name)
    (folder / "action/build-and-scan").chmod(0o755)
    repository.commit()
    return repository


def user(folder: Path, hooks: Repository, home: Path, path: str, hook: str) -> Repository:
    repository = Repository(folder, home, path)
    rev = hooks.run("git", "rev-parse", "HEAD").strip()
    config = f"repos:\n  - repo: {hooks.folder}\n    rev: {rev}\n    hooks:\n      - id: {hook}\n"
    (folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    repository.run("pre-commit", "validate-config")
    repository.run("pre-commit", "install")
    repository.commit()
    return repository


def stops_and_lets_pass(repository: Repository, demo: Path) -> None:
    repository.add(demo / "documents-clean.jsonl", "data/clean documents.jsonl")
    told = repository.commit()
    assert "Passed" in told, told
    repository.add(demo / "support-chat.jsonl", "data/chat.jsonl")
    told = repository.commit(code=1)
    assert "seven herons at noon" in told and "Failed" in told, told
    repository.remove("data/chat.jsonl")
    (repository.folder / "package.json").write_text("{}\n", encoding="utf-8")
    assert "(no files to check)Skipped" in repository.commit()


def names_are_no_options(repository: Repository, demo: Path) -> None:
    """With `--config=...` as an option, planted data would bring the policy that lets it pass."""
    (repository.folder / "policy.jsonl").write_text('[policy]\nfail-on = "never"\n', encoding="utf-8")
    for name in ("--fail-on=never.jsonl", "--config=policy.jsonl", "--out=new.jsonl"):
        repository.add(demo / "support-chat.jsonl", name)
    told = repository.commit(code=1)
    assert "seven herons at noon" in told and "--config=policy.jsonl" in told, told
    assert not (repository.folder / "new.jsonl").exists()


def main() -> None:
    tool = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        demo, home, programs = where / "demo", where / "home", where / "programs"
        home.mkdir()
        programs.mkdir()
        subprocess.run([tool, "example", demo], check=True, capture_output=True)
        (programs / "toadstone").symlink_to(tool)
        path = f"{programs}:{os.environ['PATH']}"
        hooks = hooks_repository(where / "hooks", home, path)
        hooks.run("pre-commit", "validate-manifest", HOOKS)

        installed = user(where / "installed", hooks, home, path, "toadstone-scan")
        stops_and_lets_pass(installed, demo)
        names_are_no_options(installed, demo)
        print("ok toadstone-scan")

        calls, builders = where / "calls", where / "builders"
        builders.mkdir()
        cargo = builders / "cargo"
        cargo.write_text(CARGO.format(calls=calls, tool=tool), encoding="utf-8")
        cargo.chmod(0o755)
        source = user(where / "source", hooks, home, f"{builders}:{os.environ['PATH']}", "toadstone-scan-from-source")
        stops_and_lets_pass(source, demo)
        built = calls.read_text(encoding="utf-8").splitlines()
        assert len(built) == 1 and "--locked" in built[0] and "--path crates/cli" in built[0], built
        print("ok toadstone-scan-from-source")


if __name__ == "__main__":
    main()
