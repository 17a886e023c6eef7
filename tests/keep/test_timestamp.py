"""Time stamps: what an authority made with openssl signs is accepted, and nothing else."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from portevoix.keep import timestamp
from portevoix.keep.timestamp import BadStamp
from tests.keep.stamping import STAMPING, Authority, certificate

MESSAGE = b"the head of a log"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def reply(authority: Authority) -> bytes:
    return authority.reply(timestamp.request(MESSAGE))


def test_a_time_stamp_holds_here_and_for_openssl(authority: Authority, reply: bytes) -> None:
    when = timestamp.checked(reply, MESSAGE, authority.root)
    assert abs(when - datetime.now(UTC)) < timedelta(minutes=2)
    assert authority.holds(reply, MESSAGE)


def test_a_time_stamp_about_something_else_is_refused_here_and_by_openssl(
    authority: Authority, reply: bytes
) -> None:
    with pytest.raises(BadStamp, match="about something else"):
        timestamp.checked(reply, MESSAGE + b"!", authority.root)
    assert not authority.holds(reply, MESSAGE + b"!")


@pytest.mark.parametrize(("curve", "ess"), [(True, "sha256"), (False, "sha1"), (True, "sha512")])
def test_authorities_with_other_keys_and_digests_are_read(tmp_path: Path, curve: bool, ess: str) -> None:
    other = Authority(tmp_path / "other", curve, ess)
    timestamp.checked(other.reply(timestamp.request(MESSAGE)), MESSAGE, other.root)


def test_another_authority_s_root_does_not_do(reply: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadStamp, match="does not lead to the root"):
        timestamp.checked(reply, MESSAGE, Authority(tmp_path / "stranger").root)
    with pytest.raises(BadStamp, match="no certificate"):
        timestamp.checked(reply, MESSAGE, b"nothing")


def test_no_altered_byte_gives_another_time(authority: Authority, reply: bytes) -> None:
    """What nobody signed may be altered (a certificate that isn't needed), the time and its subject may not."""
    when, other = timestamp.checked(reply, MESSAGE, authority.root), []
    for place in range(len(reply)):
        changed = reply[:place] + bytes([reply[place] ^ 0x55]) + reply[place + 1 :]
        try:
            if timestamp.checked(changed, MESSAGE, authority.root) != when:
                other.append(place)
        except BadStamp:
            continue
    assert other == []
    for size in range(0, len(reply), 7):
        with pytest.raises(BadStamp):
            timestamp.checked(reply[:size], MESSAGE, authority.root)


def test_a_certificate_that_is_not_for_time_stamps_alone_is_refused(
    authority: Authority, reply: bytes
) -> None:
    stamp, issuer = timestamp.read(reply, MESSAGE), ("Between", authority.middle)
    web = ExtendedKeyUsageOID.SERVER_AUTH
    for usage, critical in (((), True), ((web,), True), ((*STAMPING, web), True), (STAMPING, False)):
        wrong = certificate("Stamps", authority.key, issuer, usage=usage, critical=critical)
        with pytest.raises(BadStamp):
            timestamp.trusted(dataclasses.replace(stamp, authority=wrong), authority.root)
    right = certificate("Stamps", authority.key, issuer, usage=STAMPING)
    timestamp.trusted(dataclasses.replace(stamp, authority=right), authority.root)


def test_a_certificate_that_was_not_valid_then_is_refused(authority: Authority, reply: bytes) -> None:
    stamp, issuer = timestamp.read(reply, MESSAGE), ("Between", authority.middle)
    for days in ((-30, -1), (1, 30)):
        wrong = certificate("Stamps", authority.key, issuer, usage=STAMPING, days=days)
        with pytest.raises(BadStamp, match="not valid then"):
            timestamp.trusted(dataclasses.replace(stamp, authority=wrong), authority.root)


def test_a_certificate_that_may_not_sign_others_signs_nobody(authority: Authority, reply: bytes) -> None:
    stamp = timestamp.read(reply, MESSAGE)
    between = certificate("Between", authority.middle, ("Root", authority.top), above=False)
    with pytest.raises(BadStamp):
        timestamp.trusted(dataclasses.replace(stamp, others=(between,)), authority.root)
    with pytest.raises(BadStamp):
        timestamp.trusted(dataclasses.replace(stamp, others=()), authority.root)


def test_sha1_and_a_request_that_was_rejected_are_refused(authority: Authority) -> None:
    (authority.folder / "data").write_bytes(MESSAGE)
    authority.openssl("-query", "-data", "data", "-sha1", "-cert", "-out", "sha1.tsq")
    old = authority.reply((authority.folder / "sha1.tsq").read_bytes())
    with pytest.raises(BadStamp, match="digest that is not accepted"):
        timestamp.checked(old, MESSAGE, authority.root)
    authority.openssl("-query", "-data", "data", "-sha384", "-cert", "-out", "sha384.tsq")
    refused = authority.reply((authority.folder / "sha384.tsq").read_bytes())
    with pytest.raises(BadStamp, match="refused the request"):
        timestamp.checked(refused, MESSAGE, authority.root)


def test_a_reply_without_its_certificate_is_refused(authority: Authority) -> None:
    (authority.folder / "data").write_bytes(MESSAGE)
    authority.openssl("-query", "-data", "data", "-sha256", "-out", "bare.tsq")
    bare = authority.reply((authority.folder / "bare.tsq").read_bytes())
    with pytest.raises(BadStamp, match="did not come with it"):
        timestamp.checked(bare, MESSAGE, authority.root)


def test_what_is_no_reply_at_all_is_refused(authority: Authority) -> None:
    pem = authority.own.public_bytes(Encoding.PEM)
    for content in (
        b"",
        b"0",
        b"0\x80",
        b"\x30\x82\xff\xff",
        pem,
        timestamp.request(MESSAGE),
        b"\x00" * 300_000,
    ):
        with pytest.raises(BadStamp):
            timestamp.checked(content, MESSAGE, authority.root)
