"""Time stamps by an authority outside the company (RFC 3161): the request, and the reply checked offline.

Needs the package `cryptography` alone, which decodes the DER and follows the chain of certificates; lies beside `verifier.py`
where that is used as a single file. What a time stamp says: these bytes existed at this time at the latest.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, Default, Explicit, Implicit
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

_Oid = x509.ObjectIdentifier
_SIGNED_DATA, _TST_INFO = _Oid("1.2.840.113549.1.7.2"), _Oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE, _DIGEST = _Oid("1.2.840.113549.1.9.3"), _Oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATES = (_Oid("1.2.840.113549.1.9.16.2.12"), _Oid("1.2.840.113549.1.9.16.2.47"))
_HASHES: dict[_Oid, Callable[[], hashes.HashAlgorithm]] = {
    _Oid(name): kind
    for kind, names in {
        hashes.SHA256: ("2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"),
        hashes.SHA384: ("2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"),
        hashes.SHA512: ("2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"),
    }.items()
    for name in names
}
"""Digests, RSA and ECDSA with them; SHA-1 and MD5 are refused."""
_WHEN = re.compile(rb"(\d{14})(?:\.(\d{1,6})\d*)?Z")
_LARGEST = 1 << 17


class BadStamp(ValueError):
    """A time stamp that does not hold; the message says why."""


@asn1.sequence
class _Algorithm:
    oid: _Oid
    nothing: asn1.Null | None


@asn1.sequence
class _Imprint:
    algorithm: _Algorithm
    digest: bytes


@asn1.sequence
class _Request:
    version: int
    imprint: _Imprint
    certificates: Annotated[bool, Default(False)]


@asn1.sequence
class _Status:
    status: int
    text: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class _Content:
    kind: _Oid
    content: Annotated[TLV, Explicit(0)]


@asn1.sequence
class _Reply:
    status: _Status
    token: _Content | None


@asn1.sequence
class _Inside:
    kind: _Oid
    content: Annotated[bytes, Explicit(0)]


@asn1.sequence
class _Signer:
    version: int
    who: TLV
    digest: _Algorithm
    attributes: TLV
    algorithm: _Algorithm
    signature: bytes
    unsigned: Annotated[list[TLV] | None, Implicit(1)]


@asn1.sequence
class _SignedData:
    version: int
    digests: TLV
    inside: _Inside
    # a SET in the standard, but authorities write their chain in it unsorted, which strict DER would refuse
    certificates: Annotated[list[x509.Certificate] | None, Implicit(0)]
    revoked: Annotated[list[TLV] | None, Implicit(1)]
    signers: asn1.SetOf[_Signer]


@asn1.sequence
class _Accuracy:
    seconds: int | None
    millis: Annotated[int | None, Implicit(0)]
    micros: Annotated[int | None, Implicit(1)]


@asn1.sequence
class _Info:
    version: int
    policy: _Oid
    imprint: _Imprint
    serial: int
    when: TLV
    accuracy: _Accuracy | None
    ordering: Annotated[bool, Default(False)]
    nonce: int | None
    authority: Annotated[list[TLV] | None, Implicit(0)]
    extensions: Annotated[list[TLV] | None, Implicit(1)]


@asn1.sequence
class _Attribute:
    kind: _Oid
    values: TLV


@asn1.sequence
class _Attributes:
    items: list[_Attribute]


@asn1.sequence
class _Issuer:
    names: TLV
    serial: int


@asn1.sequence
class _OldCertificateId:
    digest: bytes
    issuer: _Issuer | None


@asn1.sequence
class _CertificateId:
    algorithm: _Algorithm | None
    digest: bytes
    issuer: _Issuer | None


@asn1.sequence
class _OldSigning:
    certificates: list[_OldCertificateId]
    policies: list[TLV] | None


@asn1.sequence
class _Signing:
    certificates: list[_CertificateId]
    policies: list[TLV] | None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp whose signature holds: when, the authority's certificate, and the others that came with it."""

    when: datetime
    authority: x509.Certificate
    others: tuple[x509.Certificate, ...]


def request(message: bytes) -> bytes:
    """A request (`.tsq`) for a time stamp over SHA-256 of a message, with the authority's certificate in the reply."""
    digest = hashlib.sha256(message).digest()
    algorithm = _Algorithm(oid=_Oid("2.16.840.1.101.3.4.2.1"), nothing=asn1.Null())
    imprint = _Imprint(algorithm=algorithm, digest=digest)
    return asn1.encode_der(_Request(version=1, imprint=imprint, certificates=True))


def checked(reply: bytes, message: bytes, roots: bytes) -> datetime:
    """When a message existed at the latest, by a reply (`.tsr`) whose chain leads to one of these roots (PEM).

    Raises BadStamp with the reason: another message, a signature that does not hold, a certificate that is not for time
    stamps, was not valid then or leads elsewhere.
    """
    stamp = read(reply, message)
    trusted(stamp, roots)
    return stamp.when


def trusted(stamp: Stamp, roots: bytes) -> None:
    """That the certificate of a time stamp was valid then, is for time stamps alone, and leads to one of these roots (PEM)."""
    try:
        store = verification.Store(x509.load_pem_x509_certificates(roots))
    except ValueError:
        raise BadStamp("The root given is no certificate in PEM.") from None
    policy = (
        verification.PolicyBuilder()
        .store(store)
        .time(stamp.when)
        .extension_policies(ca_policy=_authorities(), ee_policy=_stamping())
    )
    try:
        policy.build_client_verifier().verify(stamp.authority, list(stamp.others))
    except verification.VerificationError:
        raise BadStamp(
            "The certificate of the time-stamping authority does not lead to the root given, or was not valid then."
        ) from None


def read(reply: bytes, message: bytes) -> Stamp:
    """The time stamp of a reply about a message, signed by the certificate that came with it: whose, the chain must tell.

    Raises BadStamp with the reason.
    """
    try:
        answer = asn1.decode_der(_Reply, reply[:_LARGEST])
        if answer.token is None or answer.status.status not in (0, 1):
            raise BadStamp("The time-stamping authority refused the request.")
        data = answer.token.content.parse(_SignedData)
        info = asn1.decode_der(_Info, data.inside.content)
        (signer,) = data.signers.as_list()
        attributes = _attributes(signer.attributes)
        authority = _signing(attributes, data.certificates or [])
    except BadStamp:
        raise
    except (ValueError, TypeError, LookupError, x509.InvalidVersion):
        raise BadStamp("The reply is no time stamp of RFC 3161.") from None
    if (answer.token.kind, data.inside.kind) != (_SIGNED_DATA, _TST_INFO):
        raise BadStamp("The reply holds something else than a time stamp.")
    if info.imprint.digest != _hashed(info.imprint.algorithm, message):
        raise BadStamp("The time stamp is about something else.")
    named = attributes.get(_DIGEST), attributes.get(_CONTENT_TYPE)
    digest = b"\x04" + _length(_hashed(signer.digest, data.inside.content))
    if named != (digest, b"\x06\x0b" + bytes.fromhex("2a864886f70d0109100104")):
        raise BadStamp("The signed attributes of the time stamp are about something else.")
    _verify(authority, signer)
    return Stamp(
        _when(info.when), authority, tuple(one for one in data.certificates or [] if one != authority)
    )


def _attributes(signed: Any) -> dict[_Oid, bytes]:  # noqa: ANN401 - cryptography's Tlv has no public name
    """The signed attributes by kind; each has one value."""
    if bytes(signed.tag_bytes) != b"\xa0":
        raise BadStamp("The time stamp has no signed attributes.")
    items = asn1.decode_der(_Attributes, b"\x30" + _length(b"\x30" + _length(bytes(signed.data)))).items
    if len({one.kind for one in items}) != len(items):
        raise BadStamp("The time stamp has a signed attribute twice.")
    return {one.kind: bytes(one.values.data) for one in items}


def _signing(attributes: dict[_Oid, bytes], certificates: list[x509.Certificate]) -> x509.Certificate:
    """The certificate that the signed attributes name (RFC 5035), among those that came."""
    old, new = (attributes.get(kind) for kind in _SIGNING_CERTIFICATES)
    for one in certificates:
        content = one.public_bytes(Encoding.DER)
        if new is not None:
            named = asn1.decode_der(_Signing, new).certificates[0]
            if _hashed(named.algorithm, content) == named.digest:
                return one
        elif old is not None:
            first = asn1.decode_der(_OldSigning, old).certificates[0]
            if hashlib.sha1(content, usedforsecurity=False).digest() == first.digest:
                return one
    raise BadStamp("The certificate that signed the time stamp did not come with it.")


def _verify(authority: x509.Certificate, signer: Any) -> None:  # noqa: ANN401 - a class made by cryptography
    """That the authority signed the attributes: RSA (PKCS #1), ECDSA or Ed25519."""
    signature = signer.signature
    message = b"\x31" + _length(bytes(signer.attributes.data))
    kind = _HASHES.get(signer.algorithm.oid) or _HASHES.get(signer.digest.oid)
    try:
        public = authority.public_key()
        if isinstance(public, rsa.RSAPublicKey) and kind:
            public.verify(signature, message, padding.PKCS1v15(), kind())
        elif isinstance(public, ec.EllipticCurvePublicKey) and kind:
            public.verify(signature, message, ec.ECDSA(kind()))
        elif isinstance(public, ed25519.Ed25519PublicKey):
            public.verify(signature, message)
        else:
            raise BadStamp("The time stamp is signed by a method that is not accepted here.")
    except BadStamp:
        raise
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise BadStamp("The signature of the time stamp does not hold.") from None


def _stamping() -> verification.ExtensionPolicy:
    """An authority's certificate must be for time stamps alone (RFC 3161, 2.3)."""

    def only(policy: object, certificate: object, usage: x509.ExtendedKeyUsage) -> None:
        if list(usage) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            raise BadStamp("The certificate is not for time stamps alone.")

    return verification.ExtensionPolicy.permit_all().require_present(
        x509.ExtendedKeyUsage, verification.Criticality.CRITICAL, only
    )


def _authorities() -> verification.ExtensionPolicy:
    """Those above it must be allowed to sign certificates."""

    def may_sign(policy: object, certificate: object, usage: x509.KeyUsage | None) -> None:
        if usage is not None and not usage.key_cert_sign:
            raise BadStamp("A certificate of the chain may not sign others.")

    def is_above(policy: object, certificate: object, basic: x509.BasicConstraints) -> None:
        if not basic.ca:
            raise BadStamp("A certificate of the chain may not sign others.")

    agnostic = verification.Criticality.AGNOSTIC
    return (
        verification.ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, agnostic, is_above)
        .may_be_present(x509.KeyUsage, agnostic, may_sign)
    )


def _when(content: Any) -> datetime:  # noqa: ANN401 - cryptography's Tlv has no public name
    found = _WHEN.fullmatch(bytes(content.data))
    if bytes(content.tag_bytes) != b"\x18" or found is None:
        raise BadStamp("The time of the time stamp is malformed.")
    try:
        moment = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise BadStamp("The time of the time stamp is malformed.") from None
    return moment.replace(microsecond=int((found[2] or b"0").ljust(6, b"0")))


def _hashed(algorithm: Any, message: bytes) -> bytes:  # noqa: ANN401 - a class made by cryptography
    """The digest of a message; by SHA-256 where no algorithm is named."""
    kind = _HASHES.get(algorithm.oid) if algorithm else hashes.SHA256
    if kind is None:
        raise BadStamp("The time stamp uses a digest that is not accepted here.")
    found = hashes.Hash(kind())
    found.update(message)
    return found.finalize()


def _length(content: bytes) -> bytes:
    """A content with its DER length before it."""
    size = len(content)
    if size < 128:
        return bytes([size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([0x80 | len(digits)]) + digits + content
