"""The step of the GitHub action that gets the program, and leaves its path as the output `program`.

An archive is believed only if its SHA-256 is the one that the workflow names, or that the release names; of an
archive only the one file is taken, whatever else it holds.
"""

import hashlib
import io
import os
import platform
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import venv
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/toadstone/toadstone"
VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
TARGETS = {
    ("Linux", "x86_64"): "x86_64-unknown-linux-gnu",
    ("Linux", "aarch64"): "aarch64-unknown-linux-gnu",
    ("Darwin", "x86_64"): "x86_64-apple-darwin",
    ("Darwin", "arm64"): "aarch64-apple-darwin",
}
# An archive is some tens of megabytes; a server that sends more is not to fill the disk.
LIMIT = 256 << 20


class Mistake(Exception):
    """What the workflow has to change, as one sentence."""


def given(name: str) -> str:
    return os.environ.get(name, "").strip()


def version(needed: str) -> str:
    """The version that was asked for, as it can stand in an address or a requirement."""
    text = given("INPUT_VERSION").removeprefix("v")
    if not text:
        raise Mistake(f"`install: {needed}` needs the input `version`, such as 0.1.0")
    if not VERSION.fullmatch(text):
        raise Mistake("the input `version` is no version: it looks like 0.1.0")
    return text


def fetch(address: str) -> bytes:
    if not address.startswith(("https://", "file://")):
        raise Mistake("the input `mirror` has to begin with https:// or file://")
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            data = answer.read(LIMIT + 1)
    except OSError as error:
        raise Mistake(f"cannot download {address}: {error}") from error
    if len(data) > LIMIT:
        raise Mistake(f"{address} is larger than {LIMIT >> 20} MiB, which no archive of toadstone is")
    return data


def wanted(address: str) -> str:
    """The digest that the archive must have."""
    digest = given("INPUT_CHECKSUM").lower() or fetch(f"{address}.sha256").decode("ascii", "replace")[:64].lower()
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise Mistake("the SHA-256 of the archive has to be 64 hexadecimal digits")
    return digest


def program_in(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            if member.isfile() and Path(member.name).name == "toadstone" and member.size <= LIMIT:
                return tar.extractfile(member).read()
    raise Mistake("the archive holds no program called toadstone")


def from_release(folder: Path) -> Path:
    target = TARGETS.get((platform.system(), platform.machine()))
    if target is None:
        raise Mistake("there is no release for this machine: use `install: cargo`")
    number = version("release")
    address = f"{given('INPUT_MIRROR').rstrip('/')}/v{number}/toadstone-{number}-{target}.tar.gz"
    archive, digest = fetch(address), wanted(address)
    if hashlib.sha256(archive).hexdigest() != digest:
        raise Mistake("the archive does not have the SHA-256 that was asked for, and was not used")
    program = folder / "toadstone"
    program.write_bytes(program_in(archive))
    program.chmod(0o755)
    return program


def from_cargo(folder: Path) -> Path:
    """Built from the source beside this script, which is the version of the action, or from a tag."""
    where = ["--path", str(SOURCE / "crates" / "cli")]
    if given("INPUT_VERSION"):
        where = ["--git", REPOSITORY, "--tag", f"v{version('cargo')}", "toadstone"]
    # In the folder of the source, its toolchain file is heeded.
    subprocess.run(["cargo", "install", "--locked", "--root", str(folder), *where], cwd=SOURCE, check=True)
    return folder / "bin" / "toadstone"


def from_pip(folder: Path) -> Path:
    number = version("pip")
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--only-binary", ":all:"]
    subprocess.run([*pip, f"toadstone=={number}"], check=True)
    return folder / "bin" / "toadstone"


def from_path(_: Path) -> Path:
    found = shutil.which("toadstone")
    if found is None:
        raise Mistake("`install: none` needs toadstone in PATH, and it is not there")
    return Path(found)


WAYS = {"release": from_release, "cargo": from_cargo, "pip": from_pip, "none": from_path}


def main() -> None:
    way = WAYS.get(given("INPUT_INSTALL") or "cargo")
    if way is None:
        raise Mistake(f"the input `install` is one of {', '.join(WAYS)}")
    folder = Path(given("RUNNER_TEMP") or "/tmp") / f"toadstone-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    program = way(folder)
    end = secrets.token_hex(16)
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        file.write(f"program<<{end}\n{program}\n{end}\n")


def fail(what: str) -> None:
    """Ends the step with an annotation of one line."""
    print("::error title=toadstone::" + " ".join(what.split()).replace("%", "%25"))
    sys.exit(2)


if __name__ == "__main__":
    try:
        main()
    except Mistake as error:
        fail(str(error))
    except subprocess.CalledProcessError:
        fail("toadstone could not be installed; the lines above say why")
