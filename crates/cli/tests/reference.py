"""Seals and the reference implementation of OpenSSF Model Signing: each accepts what the other signs.

usage: reference.py TOADSTONE  (with model-signing and pyOpenSSL installed)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOADSTONE = Path(sys.argv[1]).resolve()
CERTIFICATES = Path(__file__).resolve().parents[2] / "seal/tests/certificates"
REFERENCE = [sys.executable, "-m", "model_signing"]


def run(command, expected=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != expected:
        sys.exit(f"{' '.join(map(str, command))}\nexit code {done.returncode}, not {expected}\n{done.stdout}{done.stderr}")
    return done.stdout


def ours(*args, expected=0):
    return run([TOADSTONE, *args], expected)


def reference(*args, expected=0):
    return run([*REFERENCE, *args], expected)


def data(root):
    """Three folders: records, names and sizes of all kinds, and many files in depth."""
    records = root / "records"
    records.mkdir()
    rows = [json.dumps({"text": f"text {i}", "label": str(i % 3), "source": f"s{i % 5}"}) for i in range(2000)]
    (records / "train.jsonl").write_text("\n".join(rows) + "\n")
    (records / "test.csv").write_text("text,label\n" + "".join(f'"a, {i}",{i % 2}\n' for i in range(300)))
    names = root / "names"
    names.mkdir()
    for name in ["a", "B", "a-b", "a.b", "a b", "\u00e9", "\U0001f600", "z" * 200, "empty", "\uffee"]:
        (names / name).write_bytes(b"" if name == "empty" else name.encode() * 5000)
    deep = root / "deep"
    for i in range(200):
        folder = deep / f"d{i % 7}" / f"e{i % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"f{i}.bin").write_bytes(bytes([i % 256]) * i)
    return [records, names, deep]


def by_key(folder, root, curve):
    key, public = root / f"{curve}.pem", root / f"{curve}.pub.pem"
    if not key.exists():
        ours("keygen", key, "--curve", curve)
    seal = root / f"{folder.name}.{curve}.seal"
    ours("seal", folder, "--key", key, "--out", seal)
    reference("verify", "key", folder, "--signature", seal / "seal.sig", "--public_key", public)
    signature = root / f"{folder.name}.{curve}.sig"
    reference("sign", "key", folder, "--signature", signature, "--private_key", key)
    ours("verify", signature, folder, "--key", public)
    return signature, public, seal


def by_certificate(folder, root):
    key, leaf, between, authority = (CERTIFICATES / name for name in ["signer.key", "signer.pem", "between.pem", "root.pem"])
    seal = root / f"{folder.name}.certificate.seal"
    ours("seal", folder, "--key", key, "--certificate", leaf, "--certificate", between, "--out", seal)
    ours("verify", seal, folder, "--authority", authority)
    reference("verify", "certificate", folder, "--signature", seal / "seal.sig", "--certificate_chain", authority)
    signature = root / f"{folder.name}.certificate.sig"
    reference("sign", "certificate", folder, "--signature", signature, "--private_key", key,
              "--signing_certificate", leaf, "--certificate_chain", between)
    ours("verify", signature, folder, "--authority", authority)
    ours("verify", signature, folder, "--authority", CERTIFICATES / "stranger.pem", expected=1)


def main():
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        os.environ["XDG_STATE_HOME"] = str(root / "state")
        for folder, curve in zip(data(root), ["p256", "p384", "p521"]):
            signature, public, seal = by_key(folder, root, curve)
            by_certificate(folder, root)
            changed = next(path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size)
            changed.write_bytes(b"x" + changed.read_bytes()[1:])
            ours("verify", signature, folder, "--key", public, expected=1)
            reference("verify", "key", folder, "--signature", seal / "seal.sig", "--public_key", public, expected=1)
    print("seals and model-signing agree")


main()
