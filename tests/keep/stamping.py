"""A time-stamping authority of our own: certificates by `cryptography`, replies by `openssl ts`, as a real one gives them."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)
CONFIG = """[tsa]
default_tsa = ours
[ours]
serial = ./serial
signer_cert = ./tsa.pem
certs = ./chain.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha512
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_alg = {ess}
"""


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    name: str,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    issuer: "tuple[str, ec.EllipticCurvePrivateKey]",
    above: bool = False,
    usage: tuple = (),
    critical: bool = True,
    days: tuple[int, int] = (-30, 30),
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer[0]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=above, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(not above, False, False, False, False, above, above, False, False), critical=True
        )
    )
    if usage:
        made = made.add_extension(x509.ExtendedKeyUsage(usage), critical=critical)
    return made.sign(issuer[1], hashes.SHA256())


class Authority:
    """Answers requests; `root` is what whoever checks must know."""

    def __init__(self, folder: Path, curve: bool = False, ess: str = "sha256") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("openssl is not installed: no time-stamping authority can be made")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.top, self.middle = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
        root = certificate("Root", self.top, ("Root", self.top), above=True)
        self.between = certificate("Between", self.middle, ("Root", self.top), above=True, usage=STAMPING)
        self.own = certificate("Stamps", self.key, ("Between", self.middle), usage=STAMPING)
        self.root = root.public_bytes(Encoding.PEM)
        for name, content in {
            "root.pem": self.root,
            "chain.pem": self.between.public_bytes(Encoding.PEM),
            "tsa.pem": self.own.public_bytes(Encoding.PEM),
            "tsa.key": self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "serial": b"01\n",
            "tsa.cnf": CONFIG.format(ess=ess).encode(),
        }.items():
            (folder / name).write_bytes(content)

    def openssl(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(["openssl", "ts", *words], cwd=self.folder, capture_output=True)

    def reply(self, request: bytes) -> bytes:
        (self.folder / "q.tsq").write_bytes(request)
        self.openssl("-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-out", "r.tsr")
        return (self.folder / "r.tsr").read_bytes()

    def holds(self, reply: bytes, message: bytes) -> bool:
        """What openssl says of a reply."""
        (self.folder / "r.tsr").write_bytes(reply)
        (self.folder / "data").write_bytes(message)
        words = ("-data", "data", "-in", "r.tsr", "-CAfile", "root.pem", "-untrusted", "chain.pem")
        return self.openssl("-verify", *words).returncode == 0
