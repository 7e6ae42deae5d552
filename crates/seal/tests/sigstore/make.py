"""Makes a small Sigstore anew, with authority, log of certificates and log of signatures, and a data set
of one file that was signed with it without a key of the signer's own. Needs the package `cryptography`."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HERE = Path(__file__).parent
SIGNED = datetime(2026, 1, 2, 3, 4, 5)
SECONDS = int((SIGNED - datetime(1970, 1, 1)).total_seconds())
SCTS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def b64(data):
    return base64.b64encode(data).decode()


def sign(key, data):
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def spki(key):
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_id(key):
    return hashlib.sha256(spki(key)).digest()


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)] if text else [])


def usage(**wanted):
    fields = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
              "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{field: wanted.get(field, False) for field in fields})


def builder(subject, key, issuer, ages):
    made = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
    return made.public_key(key.public_key()).serial_number(len(subject) + 77).not_valid_before(
        ages[0]).not_valid_after(ages[1])


def authority(subject, key, issuer, issuer_key, length):
    made = builder(subject, key, issuer, (datetime(2025, 1, 1), datetime(2035, 1, 1)))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=length), True)
    return made.add_extension(usage(key_cert_sign=True), True).sign(issuer_key, hashes.SHA384())


def tls(data, width):
    return len(data).to_bytes(width, "big") + data


root_key, between_key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP384R1())
root = authority("root", root_key, "root", root_key, 1)
between = authority("between", between_key, "root", root_key, 0)
certificates_key, entries_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))

# The certificate, first as its log sees it, then with what the log said.
before = builder("", signer_key, "between", (SIGNED - timedelta(minutes=1), SIGNED + timedelta(minutes=9)))
before = before.add_extension(usage(digital_signature=True), True)
before = before.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False)
before = before.add_extension(x509.SubjectAlternativeName([x509.RFC822Name("carol@example.org")]), True)
issuer = b"https://accounts.example.org"
before = before.add_extension(
    x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1"), issuer), False)
before = before.add_extension(
    x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8"), b"\x0c" + tls(issuer, 1)), False)
tbs = before.sign(between_key, hashes.SHA384()).tbs_certificate_bytes
at = (SECONDS * 1000 - 500).to_bytes(8, "big")
told = b"\0\0" + at + b"\0\1" + key_id(between_key) + tls(tbs, 3) + b"\0\0"
sct = b"\0" + key_id(certificates_key) + at + b"\0\0" + b"\4\3" + tls(sign(certificates_key, told), 2)
scts = tls(tls(sct, 2), 2)
leaf = before.add_extension(x509.UnrecognizedExtension(SCTS, b"\x04" + tls(scts, 1)), False)
leaf = leaf.sign(between_key, hashes.SHA384())

# What is signed.
data = b'{"text":"signed without a key"}\n'
(HERE / "data").mkdir(exist_ok=True)
(HERE / "data" / "train.jsonl").write_bytes(data)
digest = hashlib.sha256(data)
statement = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "data", "digest": {"sha256": hashlib.sha256(digest.digest()).hexdigest()}}],
    "predicateType": "https://model_signing/signature/v1.0",
    "predicate": {
        "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
        "resources": [{"name": "train.jsonl", "algorithm": "sha256", "digest": digest.hexdigest()}],
    },
}
payload = json.dumps(statement).encode()
kind = b"application/vnd.in-toto+json"
signature = sign(signer_key, b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))

# The log of signatures: this entry is the third of five.
body = {
    "apiVersion": "0.0.1",
    "kind": "dsse",
    "spec": {
        "envelopeHash": {"algorithm": "sha256", "value": "00" * 32},
        "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
        "signatures": [{"signature": b64(signature), "verifier": b64(leaf.public_bytes(Encoding.PEM))}],
    },
}
body = json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
promise = {"body": b64(body), "integratedTime": SECONDS, "logID": key_id(entries_key).hex(), "logIndex": 1002}
promise = sign(entries_key, json.dumps(promise, separators=(",", ":"), sort_keys=True).encode())
leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in (b"a", b"b", body, b"d", b"e")]


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


left = node(leaves[0], leaves[1])
top = node(node(left, node(leaves[2], leaves[3])), leaves[4])
text = f"log.example.org - 1\n5\n{b64(top)}\n"
by = b64(key_id(entries_key)[:4] + sign(entries_key, text.encode()))
proof = {"logIndex": "2", "treeSize": "5", "rootHash": b64(top),
         "hashes": [b64(leaves[3]), b64(left), b64(leaves[4])],
         "checkpoint": {"envelope": f"{text}\n\N{EM DASH} log.example.org {by}\n"}}
entry = {
    "logIndex": "1002",
    "logId": {"keyId": b64(key_id(entries_key))},
    "kindVersion": {"kind": "dsse", "version": "0.0.1"},
    "integratedTime": str(SECONDS),
    "inclusionPromise": {"signedEntryTimestamp": b64(promise)},
    "inclusionProof": proof,
    "canonicalizedBody": b64(body),
}
bundle = {
    "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "verificationMaterial": {
        "certificate": {"rawBytes": b64(leaf.public_bytes(Encoding.DER))}, "tlogEntries": [entry]},
    "dsseEnvelope": {"payload": b64(payload), "payloadType": kind.decode(), "signatures": [{"sig": b64(signature)}]},
}
(HERE / "data.sig").write_text(json.dumps(bundle, indent=1) + "\n")


def log(key):
    valid = {"start": "2025-01-01T00:00:00.000Z"}
    public = {"rawBytes": b64(spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": valid}
    return {"hashAlgorithm": "SHA2_256", "publicKey": public, "logId": {"keyId": b64(key_id(key))}}


chain = [{"rawBytes": b64(c.public_bytes(Encoding.DER))} for c in (between, root)]
trusted = {
    "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "tlogs": [log(entries_key)],
    "certificateAuthorities": [{
        "certChain": {"certificates": chain}, "validFor": {"start": "2025-01-01T00:00:00Z"}}],
    "ctlogs": [log(certificates_key)],
}
(HERE / "trusted_root.json").write_text(json.dumps(trusted, indent=1) + "\n")
