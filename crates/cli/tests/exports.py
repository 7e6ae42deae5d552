"""Checks exports with the programs and schemas of those whose formats they are.

    python exports.py path/to/toadstone

Croissant is read by `mlcroissant`, which also loads the records with it; CycloneDX is validated against its
JSON schema; SPDX is read by the bindings that SPDX generates from its SHACL model. None of them needs a network.
The attestation of a scan, which exports name, is checked with another implementation of ECDSA.
"""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import mlcroissant
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_python_model import v3_0_1 as spdx

DETAILS = ["--license", "CC-BY-4.0", "--url", "https://example.org/notes", "--creator", "A team", "--description", "Notes"]


def run(tool: str, folder: Path, *args: str) -> str:
    env = os.environ | {"XDG_STATE_HOME": str(folder / "state"), "SOURCE_DATE_EPOCH": "1800000000"}
    done = subprocess.run([tool, *args], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def data(folder: Path) -> None:
    (folder / "data" / "sub").mkdir(parents=True)
    for part in (1, 2):
        notes = ({"text": f"note {part} {i}", "label": "ab"[i % 2], "source": f"s{i % 3}"} for i in range(50))
        (folder / "data" / f"part-{part}.jsonl").write_text("".join(json.dumps(note) + "\n" for note in notes))
    rows = (f"row {i},{i % 2},https://e{i % 4}.example/{i}\n" for i in range(30))
    (folder / "data" / "table.csv").write_text("text,label,url\n" + "".join(rows))
    # Names that are no addresses, and that would be markup elsewhere.
    (folder / "data" / "READ ME #1%.md").write_text("# Notes\n")
    (folder / "data" / "sub" / "<b>\u202ex [1]*.txt").write_text("text\n")


def attestation(folder: Path) -> None:
    envelope = json.loads((folder / "data.seal" / "scan-0001.sig").read_text())["dsseEnvelope"]
    kind, payload = envelope["payloadType"], base64.b64decode(envelope["payload"])
    signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    key = serialization.load_pem_public_key((folder / "key.pub.pem").read_bytes())
    key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), signed, ec.ECDSA(hashes.SHA256()))
    statement = json.loads(payload)
    seal = hashlib.sha256((folder / "data.seal" / "seal.json").read_bytes()).hexdigest()
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "seal.json", "digest": {"sha256": seal}}]
    for file in statement["predicate"]["inputs"]:
        assert file["sha256"] == hashlib.sha256((folder / "data" / file["name"]).read_bytes()).hexdigest()
    assert len(statement["predicate"]["inputs"]) == 5


def croissant(folder: Path, text: str, scanned: bool, complete: bool) -> None:
    path = folder / "data" / "croissant.json"
    path.write_text(text)
    dataset = mlcroissant.Dataset(jsonld=str(path))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors, issues.errors
    recommended = {"citeAs"} if complete else {"citeAs", "license"}
    assert len(issues.warnings) == len(recommended), issues.warnings
    assert json.loads(text)["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    digests = [file.sha256 for file in dataset.metadata.file_objects]
    assert len(digests) == 5 and all(len(digest) == 64 for digest in digests)
    # Without a scan only those columns are known that the leaves of the seal are made of.
    records = {r.uuid: list(dataset.records(r.uuid)) for r in dataset.metadata.record_sets}
    assert sorted(len(rows) for rows in records.values()) == [30, 100], records
    texts = {row["records-1/input-1"] for row in records["records-1"]} if scanned else set()
    assert not scanned or b"note 2 49" in texts
    assert json.loads(text)["prov:wasDerivedFrom"][0]["prov:label"] == "s0"
    path.unlink()


def cyclonedx(text: str) -> None:
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert error is None, error
    component = json.loads(text)["metadata"]["component"]
    assert component["type"] == "data" and component["data"][0]["type"] == "dataset"
    assert len(component["components"]) == 5


def spdx3(text: str) -> None:
    objects = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.StringIO(text), objects)
    # Writing checks what reading does not: that nothing required is missing.
    spdx.JSONLDSerializer().write(objects, io.BytesIO())
    assert not objects.missing_ids
    (package,) = objects.foreach_type(spdx.dataset_DatasetPackage)
    files = list(objects.foreach_type(spdx.software_File))
    assert len(files) == 5 and all(len(file.verifiedUsing[0].hashValue) == 64 for file in files)
    licenses = [r.relationshipType.rsplit("/", 1)[-1] for r in objects.foreach_type(spdx.Relationship) if r.from_ == package]
    assert sorted(licenses) == ["contains", "hasConcludedLicense", "hasDeclaredLicense"], licenses


def main() -> None:
    tool = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data(folder)
        run(tool, folder, "keygen", "key.pem")
        run(tool, folder, "seal", "data", "--key", "key.pem")
        for scanned in (False, True):
            if scanned:
                run(tool, folder, "scan", "data", "--seal", "data.seal", "--key", "key.pem")
                attestation(folder)
            for details in ([], DETAILS):
                export = lambda format: run(tool, folder, "export", "data.seal", "--format", format, *details)
                croissant(folder, export("croissant"), scanned, bool(details))
                cyclonedx(export("cyclonedx"))
                spdx3(export("spdx"))
                print(f"ok {scanned=} details={bool(details)}")
    print("4 passed, 0 failed")


if __name__ == "__main__":
    main()
