"""Checks a receipt of erasure, alone: `python verifier.py receipt.json keys.json [--person ADDRESS --claim CODE]`.

Needs Python and the package `cryptography`, no network and nothing else of Portevoix. Exit 0 it holds, 3 it does not,
2 wrong use. What a receipt that holds proves, and what it doesn't, stands in its own `not_proven` list.

A receipt has the statement in clear, the same bytes in a DSSE envelope with the signatures of the operator and of the data
protection officer, and where they stand in a log (RFC 9162 tree, its head a signed note). Every field counts: one that is
altered, missing or added makes it fail.
"""

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:portevoix:erasure:1"
ROLES = ("operator", "dpo")
_SUBJECT = b"portevoix receipt subject v1"
_PREDICATE = {
    "origin",
    "made_by",
    "asked_at",
    "destroyed_at",
    "signed_at",
    "method",
    "keys",
    "erased",
    "ciphertexts",
    "verification",
    "kept",
    "not_proven",
}


class Refused(Exception):
    """A receipt that does not hold; the message says why."""


def canonical(content: Any) -> bytes:  # noqa: ANN401 - anything that JSON can say
    """The one way a statement is written: keys sorted, no spaces, UTF-8."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def pae(payload: bytes) -> bytes:
    """What the signatures of a DSSE envelope sign."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def entry(kind: str, leaf: bytes) -> bytes:
    """The hash of one entry of the log: a key's commitment ("key") or the digest of a statement ("erasure")."""
    return hashlib.sha256(b"\x00" + kind.encode() + b":" + leaf).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two nodes of the tree."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def subject(person: str, claim: str) -> str:
    """What ties a receipt to a person: nobody who lacks the claim code can tell whose it is."""
    code = claim.replace("-", "").replace(" ", "").upper().encode()
    who = person.strip().casefold().encode()
    return hashlib.sha256(_SUBJECT + b"\x00" + code + b"\x00" + who).hexdigest()


def key_id(public: bytes) -> str:
    """The name of a public key: its SHA-256."""
    return hashlib.sha256(public).hexdigest()


def note_key(name: str, public: bytes) -> bytes:
    """The four bytes by which a signed note names a key."""
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Refused("The log is smaller than the place that is claimed in it.")
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Refused("A path in the log is too long.")
        if place & 1 or place == last:
            found = node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Refused("A path in the log is too short.")
    return found


def verify(receipt: str, keys: str, person: str | None = None, claim: str | None = None) -> dict[str, Any]:
    """The statement of a receipt that holds under these public keys; Refused where it does not.

    With `person` and `claim`, the receipt must also be that person's.
    """
    try:
        return _verified(receipt, keys, person, claim)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Refused("The receipt is malformed.") from None


def _verified(receipt: str, keys: str, person: str | None, claim: str | None) -> dict[str, Any]:
    trusted = _trusted(_loaded(keys, "file of public keys"))
    whole = _fields(_loaded(receipt, "receipt"), {"statement", "proof"}, "receipt")
    proof = _fields(whole["proof"], {"envelope", "log"}, "proof")
    payload = _signed(
        _fields(proof["envelope"], {"payload", "payloadType", "signatures"}, "envelope"), trusted
    )
    if canonical(whole["statement"]) != payload:
        raise Refused("The statement in clear is not the one that was signed.")
    statement = _fields(whole["statement"], {"_type", "subject", "predicateType", "predicate"}, "statement")
    if (statement["_type"], statement["predicateType"]) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise Refused("The statement is of another type.")
    predicate = _fields(statement["predicate"], _PREDICATE, "predicate")
    if predicate["verification"].get("found") != 0:
        raise Refused("The statement itself says that something was found after the erasure.")
    _logged(_fields(proof["log"], {"index", "path", "keys", "head"}, "log"), payload, predicate, trusted)
    if person is not None or claim is not None:
        _whose(statement, person or "", claim or "")
    return statement


def _whose(statement: Mapping[str, Any], person: str, claim: str) -> None:
    named = [one.get("digest", {}).get("sha256") for one in statement["subject"]]
    if named != [subject(person, claim)]:
        raise Refused("The receipt is about somebody else, or the claim code is not the one given with it.")


def _trusted(keys: Any) -> dict[str, bytes]:  # noqa: ANN401 - JSON from outside
    known = _fields(keys, set(ROLES), "file of public keys")
    found = {role: _bytes(known[role], 32) for role in ROLES}
    if found["operator"] == found["dpo"]:
        raise Refused("The operator and the data protection officer have the same key.")
    return found


def _signed(envelope: Mapping[str, Any], trusted: Mapping[str, bytes]) -> bytes:
    if envelope["payloadType"] != PAYLOAD_TYPE:
        raise Refused("The envelope holds something else than a statement.")
    payload, signatures = _bytes(envelope["payload"]), envelope["signatures"]
    if not isinstance(signatures, list) or len(signatures) != len(ROLES):
        raise Refused("The envelope wants two signatures: the operator's and the data protection officer's.")
    for role, signature in zip(ROLES, signatures, strict=True):
        _fields(signature, {"keyid", "sig"}, "signature")
        if signature["keyid"] != key_id(trusted[role]):
            raise Refused(f"The signature of the {role} is made with another key.")
        _check(trusted[role], _bytes(signature["sig"], 64), pae(payload), f"signature of the {role}")
    return payload


def _logged(
    log: Mapping[str, Any], payload: bytes, predicate: Mapping[str, Any], trusted: Mapping[str, bytes]
) -> None:
    size, root = _head(log["head"], predicate["origin"], trusted["operator"])
    mine = entry("erasure", hashlib.sha256(payload).digest())
    if root_of(mine, _index(log["index"]), size, _path(log["path"])) != root:
        raise Refused("The statement does not stand in the log.")
    keys, paths = predicate["keys"], log["keys"]
    if not isinstance(keys, list) or not isinstance(paths, list) or len(keys) != len(paths):
        raise Refused("The proof does not name the destroyed keys one by one.")
    for key, path in zip(keys, paths, strict=True):
        _fields(key, {"commitment", "index"}, "key")
        if _index(key["index"]) >= log["index"]:
            raise Refused("A key was committed after it was destroyed.")
        leaf = entry("key", _hex(key["commitment"]))
        if root_of(leaf, key["index"], size, _path(path)) != root:
            raise Refused("A destroyed key was never committed in the log.")


def _head(head: Any, origin: Any, operator: bytes) -> tuple[int, bytes]:  # noqa: ANN401 - JSON from outside
    """The size and root of a signed note: origin, size, root, an empty line, and the operator's signature."""
    if not isinstance(head, str) or not isinstance(origin, str):
        raise Refused("The head of the log is missing.")
    lines = head.split("\n")
    if len(lines) != 6 or lines[0] != origin or lines[3] or lines[5]:
        raise Refused("The head of the log is no signed note of this log.")
    mark = f"— {origin} "
    if not lines[4].startswith(mark) or not lines[1].isascii() or str(_number(lines[1])) != lines[1]:
        raise Refused("The head of the log is no signed note of this log.")
    sealed = _bytes(lines[4][len(mark) :], 68)
    if sealed[:4] != note_key(origin, operator):
        raise Refused("The head of the log is signed with another key.")
    _check(operator, sealed[4:], "\n".join(lines[:3]).encode() + b"\n", "signature of the log's head")
    return int(lines[1]), _bytes(lines[2], 32)


def _check(public: bytes, signature: bytes, message: bytes, what: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise Refused(f"The {what} does not hold.") from None


def _loaded(text: str, what: str) -> Any:  # noqa: ANN401 - JSON from outside
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused(f"The {what} says something twice.")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Refused(f"The {what} is no JSON document.") from None


def _fields(content: Any, names: set[str], what: str) -> dict[str, Any]:  # noqa: ANN401 - JSON from outside
    if not isinstance(content, dict) or set(content) != names:
        raise Refused(f"The {what} has other fields than {', '.join(sorted(names))}.")
    return content


def _bytes(text: Any, length: int | None = None) -> bytes:  # noqa: ANN401 - JSON from outside
    try:
        found = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise Refused("A field that should be Base64 is not.") from None
    if base64.b64encode(found).decode() != text or (length is not None and len(found) != length):
        raise Refused("A field of Base64 has another length or spelling than it should.")
    return found


def _hex(text: Any) -> bytes:  # noqa: ANN401 - JSON from outside
    try:
        found = bytes.fromhex(text)
    except (TypeError, ValueError):
        raise Refused("A digest is not hexadecimal.") from None
    if found.hex() != text or len(found) != 32:
        raise Refused("A digest is not 64 hexadecimal digits.")
    return found


def _path(path: Any) -> list[bytes]:  # noqa: ANN401 - JSON from outside
    if not isinstance(path, list) or len(path) > 64:
        raise Refused("A path in the log is no list of digests.")
    return [_hex(step) for step in path]


def _index(number: Any) -> int:  # noqa: ANN401 - JSON from outside
    if type(number) is not int or number < 0:
        raise Refused("A place in the log is no number.")
    return number


def _number(text: str) -> int:
    try:
        return int(text) if len(text) < 19 else -1
    except ValueError:
        return -1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of this file."""
    parser = argparse.ArgumentParser(
        description="Checks a receipt of erasure offline: exit 0 holds, 3 does not."
    )
    parser.add_argument("receipt")
    parser.add_argument("keys")
    parser.add_argument("--person")
    parser.add_argument("--claim")
    given = parser.parse_args(arguments)
    try:
        texts = [Path(name).read_text("utf-8") for name in (given.receipt, given.keys)]
    except (OSError, UnicodeDecodeError):
        sys.stderr.write("The receipt or the file of public keys cannot be read.\n")
        return 2
    try:
        statement = verify(texts[0], texts[1], given.person, given.claim)
    except Refused as error:
        sys.stderr.write(f"It does not hold. {error}\n")
        return 3
    sys.stdout.write("It holds. Not proven:\n")
    for line in statement["predicate"]["not_proven"]:
        sys.stdout.write(f"- {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
