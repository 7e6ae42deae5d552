"""Makes the certificates of the tests anew: two authorities, one below the other, and signers, of which
only `signer` is good. Needs the package `cryptography`. They are valid for 100 years, as tests cannot be
renewed."""

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HERE = Path(__file__).parent
AGES = (datetime(2025, 1, 1), datetime(2125, 1, 1))


def usage(*names):
    fields = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
              "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{field: field in names for field in fields})


AUTHORITY = [(x509.BasicConstraints(ca=True, path_length=None), True), (usage("key_cert_sign"), True)]
SIGNER = [(usage("digital_signature"), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False)]


def issue(file, name, key, issuer, extensions, ages=AGES):
    """Writes a certificate; `issuer` is a name and a key, and none for a root."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, signer_key = issuer or (subject, key)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(ages[0]).not_valid_after(ages[1])
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    certificate = builder.sign(signer_key, hashes.SHA256())
    (HERE / f"{file}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return subject, key


def ecdsa(curve=ec.SECP256R1):
    return ec.generate_private_key(curve())


root = issue("root", "root", rsa.generate_private_key(65537, 2048), None, AUTHORITY)
issue("stranger", "root", ecdsa(ec.SECP384R1), None, AUTHORITY)
between = issue("between", "between", ecdsa(ec.SECP521R1), root, AUTHORITY)
signer = issue("signer", "signer", ecdsa(), between, SIGNER)
issue("expired", "expired", ecdsa(), between, SIGNER, (datetime(2020, 1, 1), datetime(2021, 1, 1)))
issue("wrong-usage", "wrong usage", ecdsa(), between, [(usage("key_agreement"), True), SIGNER[1]])
server = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
issue("wrong-purpose", "wrong purpose", ecdsa(), between, [SIGNER[0], server])
foreign = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
issue("critical", "critical", ecdsa(), between, [*SIGNER, foreign])
issue("below", "below", ecdsa(), signer, SIGNER)
short = issue("short", "short", ecdsa(), None, [(x509.BasicConstraints(ca=True, path_length=0), True), AUTHORITY[1]])
low = issue("low", "low", ecdsa(), short, AUTHORITY)
issue("too-long", "too long", ecdsa(), low, SIGNER)
pem = signer[1].private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
(HERE / "signer.key").write_bytes(pem)
