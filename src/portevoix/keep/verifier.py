"""Checks a receipt of erasure, alone: `python verifier.py receipt.json keys.json [--person ADDRESS --claim CODE]`.

Needs Python and the package `cryptography`, no network and nothing else of Portevoix; with `--tsa`, also the file
`timestamp.py` beside it. Exit 0 it holds, 3 it does not, 2 wrong use. What a receipt that holds proves, and what it doesn't,
stands in its own `not_proven` list.

A receipt has the statement in clear, the same bytes in a DSSE envelope with the signatures of the operator and of the data
protection officer, and where they stand in a log (RFC 9162 tree, its head a signed note in C2SP's checkpoint form). One that
was completed later also has a later head of the log, with a proof that the log only grew, the co-signatures of witnesses, a
time stamp (RFC 3161), and the operator's seal over all of it. Every field counts: one that is altered, missing or added
makes it fail.
"""

import argparse
import base64
import binascii
import hashlib
import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:portevoix:erasure:1"
ROLES = ("operator", "dpo")
LOG_KEY, WITNESS_KEY = 1, 4
"""The kinds of Ed25519 keys that sign notes: a log's, and a witness's."""
_SUBJECT = b"portevoix receipt subject v1"
_SEAL = b"portevoix completed receipt v1\n"
_SKEW = timedelta(minutes=5)
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


@dataclass(frozen=True, slots=True)
class Holds:
    """What a receipt that holds shows: its statement, the witnesses (name, when) whose keys were given, how many others
    co-signed, whether there is a time stamp, and the latest instant it can have been made (None without a root).
    """

    statement: dict[str, Any]
    witnesses: tuple[tuple[str, datetime], ...] = ()
    others: int = 0
    stamped: bool = False
    before: datetime | None = None

    def said(self) -> list[str]:
        """What came to the receipt after it was signed, in sentences."""
        names = "".join(f"; {name}, {when:%Y-%m-%d %H:%M} UTC" for name, when in self.witnesses)
        lines = [f"Co-signed by {len(self.witnesses)} of the witnesses whose keys were given{names}."]
        if self.others:
            lines.append(f"Co-signatures of others, which prove nothing here: {self.others}.")
        if self.before is not None:
            lines.append(
                f"Time stamp: the receipt existed on {self.before:%Y-%m-%d at %H:%M:%S} UTC at the latest."
            )
        else:
            lines.append(
                "Time stamp: there is one, not checked without the authority's root."
                if self.stamped
                else "Time stamp: none."
            )
        return lines


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head of a log: its origin, size and root, the note as the operator signed it, the co-signatures under it."""

    origin: str
    size: int
    root: bytes
    signed: str
    cosigned: tuple[str, ...]

    @property
    def body(self) -> bytes:
        """What signatures and co-signatures are about."""
        return "".join(f"{line}\n" for line in self.signed.split("\n")[:3]).encode()


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


def note_key(name: str, public: bytes, kind: int = LOG_KEY) -> bytes:
    """The four bytes by which a signed note names a key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def sealed(proof: Mapping[str, Any]) -> bytes:
    """What the operator signs of a completed receipt's proof."""
    return _SEAL + canonical({name: proof[name] for name in ("envelope", "log", "anchor")})


def cosigned(body: bytes, when: int) -> bytes:
    """What a witness signs of a head, at a POSIX time (C2SP tlog-cosignature v1)."""
    return b"cosignature/v1\ntime %d\n%s" % (when, body)


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


def grown(first: int, second: int, old: bytes, new: bytes, path: Sequence[bytes]) -> None:
    """That a log of `second` entries and root `new` begins with the `first` ones of root `old` (RFC 9162, 2.1.4).

    Refused where the path does not show it; a log of no entry begins every log.
    """
    if not 0 <= first <= second:
        raise Refused("The log has fewer entries than before.")
    steps = list(path)
    found = _heads(first, second, old, steps) if first else (old, new)
    if steps or found != (old, new):
        raise Refused("The log does not contain the one it was before: entries were taken out or altered.")


def _heads(first: int, second: int, old: bytes | None, steps: list[bytes]) -> tuple[bytes, bytes]:
    """The roots of the first entries and of all, by a path that is taken from its end; `old` where they begin the tree."""
    if first == second and old is not None:
        return old, old
    if not steps:
        raise Refused("A path from one head of the log to the next is too short.")
    side = steps.pop()
    if first == second:
        return side, side
    half = 1 << (second - 1).bit_length() - 1
    if first <= half:
        before, after = _heads(first, half, old, steps)
        return before, node(after, side)
    before, after = _heads(first - half, second - half, None, steps)
    return node(side, before), node(side, after)


def verify(
    receipt: str,
    keys: str,
    person: str | None = None,
    claim: str | None = None,
    *,
    witnesses: int = 0,
    tsa: bytes | None = None,
) -> Holds:
    """What a receipt shows that holds under these public keys; Refused where it does not.

    With `person` and `claim`, the receipt must also be that person's. At least `witnesses` of those whose keys are given must
    have co-signed the log; with `tsa` (PEM, the root of a time-stamping authority) there must be a time stamp that holds.
    """
    try:
        return _verified(receipt, keys, (person, claim), witnesses, tsa)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
        raise Refused("The receipt is malformed.") from None


def _verified(
    receipt: str, keys: str, whose: tuple[str | None, str | None], witnesses: int, tsa: bytes | None
) -> Holds:
    trusted, known = _trusted(_loaded(keys, "file of public keys"))
    whole = _fields(_loaded(receipt, "receipt"), {"statement", "proof"}, "receipt")
    later = {"anchor", "seal"} if set(whole["proof"]) & {"anchor", "seal"} else set()
    proof = _fields(whole["proof"], {"envelope", "log"} | later, "proof")
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
    if not predicate["asked_at"] <= predicate["destroyed_at"] <= predicate["signed_at"]:
        raise Refused(
            "The statement says that the keys were destroyed before it was asked, or signed before."
        )
    head = _logged(
        _fields(proof["log"], {"index", "path", "keys", "head"}, "log"), payload, predicate, trusted
    )
    found = Holds(statement)
    if later:
        _check(trusted["operator"], _bytes(proof["seal"], 64), sealed(proof), "seal of the completed receipt")
        found = _anchored(proof["anchor"], head, statement, (trusted["operator"], known), tsa)
    if len(found.witnesses) < witnesses:
        raise Refused(
            f"Witnesses of known key who co-signed: {len(found.witnesses)}; asked for: {witnesses}."
        )
    if tsa is not None and found.before is None:
        raise Refused("The receipt has no time stamp.")
    if whose != (None, None):
        _whose(statement, whose[0] or "", whose[1] or "")
    return found


def _anchored(
    anchor: Any,  # noqa: ANN401 - JSON from outside
    old: Head,
    statement: dict[str, Any],
    keys: tuple[bytes, Mapping[tuple[str, bytes], bytes]],
    tsa: bytes | None,
) -> Holds:
    """What a later head of the log, its witnesses and its time stamp show."""
    _fields(anchor, {"head", "consistency", "time"}, "part that came later")
    head = read_head(anchor["head"], old.origin, keys[0])
    grown(old.size, head.size, old.root, head.root, _path(anchor["consistency"]))
    signed, others = witnesses_of(head, keys[1])
    before = None
    if anchor["time"] is not None:
        before = _stamped(_bytes(anchor["time"]), head, statement["predicate"]["signed_at"], tsa)
    return Holds(statement, signed, others, anchor["time"] is not None, before)


def witnesses_of(
    head: Head, known: Mapping[tuple[str, bytes], bytes]
) -> tuple[tuple[tuple[str, datetime], ...], int]:
    """The witnesses of known key who co-signed a head (name, when), and how many others did; each once."""
    found: dict[tuple[str, bytes], datetime | None] = {}
    for line in head.cosigned:
        name, signature = _note_line(line)
        if len(signature) != 76 or (key := (name, signature[:4])) in found:
            raise Refused("A co-signature is malformed, or stands there twice.")
        when = int.from_bytes(signature[4:12])
        found[key] = None
        if key in known:
            _check(known[key], signature[12:], cosigned(head.body, when), f"co-signature of {name}")
            found[key] = datetime.fromtimestamp(when, UTC)
    signed = tuple((name, when) for (name, _), when in found.items() if when is not None)
    return signed, len(found) - len(signed)


def _stamped(reply: bytes, head: Head, signed_at: str, tsa: bytes | None) -> datetime | None:
    """The time of a time stamp over a head, which must hold where a root is given."""
    if tsa is None:
        return None
    try:
        stamps = importlib.import_module(f"{__package__}.timestamp" if __package__ else "timestamp")
    except ImportError:
        raise Refused("To check a time stamp, put timestamp.py beside this file.") from None
    try:
        when: datetime = stamps.checked(reply, head.signed.encode(), tsa)
    except ValueError as error:
        raise Refused(f"The time stamp does not hold. {error}") from None
    if not datetime.fromisoformat(signed_at) - _SKEW <= when <= datetime.now(UTC) + _SKEW:
        raise Refused("The time stamp is from before the receipt, or from the future.")
    return when


def _whose(statement: Mapping[str, Any], person: str, claim: str) -> None:
    named = [one.get("digest", {}).get("sha256") for one in statement["subject"]]
    if named != [subject(person, claim)]:
        raise Refused("The receipt is about somebody else, or the claim code is not the one given with it.")


def _trusted(keys: Any) -> tuple[dict[str, bytes], dict[tuple[str, bytes], bytes]]:  # noqa: ANN401 - JSON from outside
    """The keys of the signers by role, and those of the witnesses by name and short hash."""
    more = {"witnesses"} if isinstance(keys, dict) and "witnesses" in keys else set()
    known = _fields(keys, set(ROLES) | more, "file of public keys")
    found = {role: _bytes(known[role], 32) for role in ROLES}
    witnesses = dict(read_key(line) for line in known.get("witnesses", []))
    everybody = [*found.values(), *witnesses.values()]
    if len(set(everybody)) < len(everybody) or len(witnesses) < len(known.get("witnesses", [])):
        raise Refused("Two of the public keys are the same: each must be of somebody else.")
    return found, witnesses


def operator_of(keys: str) -> bytes:
    """The operator's public key in a file of public keys."""
    return _trusted(_loaded(keys, "file of public keys"))[0]["operator"]


def read_key(line: str) -> tuple[tuple[str, bytes], bytes]:
    """The name and short hash of a witness, and their public key, from the line name+hash+key that they published."""
    name, _, rest = line.strip().partition("+")
    mark, _, text = rest.partition("+")
    content = _bytes(text, 33)
    short = note_key(name, content[1:], WITNESS_KEY)
    if not name.isprintable() or name.split() != [name] or content[0] != WITNESS_KEY or mark != short.hex():
        raise Refused("A public key of a witness is not written as name+hash+key.")
    return (name, short), content[1:]


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
) -> Head:
    head = read_head(log["head"], predicate["origin"], trusted["operator"])
    if head.cosigned:
        raise Refused("The first head of the log has other signatures than the operator's.")
    mine = entry("erasure", hashlib.sha256(payload).digest())
    if root_of(mine, _index(log["index"]), head.size, _path(log["path"])) != head.root:
        raise Refused("The statement does not stand in the log.")
    keys, paths = predicate["keys"], log["keys"]
    if not isinstance(keys, list) or not isinstance(paths, list) or len(keys) != len(paths):
        raise Refused("The proof does not name the destroyed keys one by one.")
    for key, path in zip(keys, paths, strict=True):
        _fields(key, {"commitment", "index"}, "key")
        if _index(key["index"]) >= log["index"]:
            raise Refused("A key was committed after it was destroyed.")
        leaf = entry("key", _hex(key["commitment"]))
        if root_of(leaf, key["index"], head.size, _path(path)) != head.root:
            raise Refused("A destroyed key was never committed in the log.")
    return head


def read_head(note: Any, origin: Any, operator: bytes) -> Head:  # noqa: ANN401 - JSON from outside
    """A signed note: origin, size, root, an empty line, the operator's signature, then those of witnesses, unchecked."""
    if not isinstance(note, str) or not isinstance(origin, str):
        raise Refused("The head of the log is missing.")
    lines = note.split("\n")
    if len(lines) < 6 or lines[0] != origin or lines[3] or lines[-1]:
        raise Refused("The head of the log is no signed note of this log.")
    name, signature = _note_line(lines[4])
    if name != origin or len(signature) != 68 or str(_number(lines[1])) != lines[1]:
        raise Refused("The head of the log is no signed note of this log.")
    if signature[:4] != note_key(origin, operator):
        raise Refused("The head of the log is signed with another key.")
    head = Head(origin, int(lines[1]), _bytes(lines[2], 32), "\n".join(lines[:5]) + "\n", tuple(lines[5:-1]))
    _check(operator, signature[4:], head.body, "signature of the log's head")
    return head


def _note_line(line: str) -> tuple[str, bytes]:
    """The name and the signature of one line under a signed note."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not parts[1]:
        raise Refused("A line under the head of the log is no signature.")
    return parts[1], _bytes(parts[2])


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
    parser.add_argument("--person", metavar="ADDRESS", help="whose the receipt should be")
    parser.add_argument("--claim", metavar="CODE", help="the code that was given with it")
    parser.add_argument("--witnesses", type=int, default=0, help="how many must have co-signed the log")
    parser.add_argument("--tsa", metavar="PEM", help="the root by which its time stamp must hold")
    given = parser.parse_args(arguments)
    try:
        texts = [Path(name).read_text("utf-8") for name in (given.receipt, given.keys)]
        root = Path(given.tsa).read_bytes() if given.tsa else None
    except (OSError, UnicodeDecodeError):
        sys.stderr.write("The receipt, the file of public keys or the root cannot be read.\n")
        return 2
    try:
        found = verify(texts[0], texts[1], given.person, given.claim, witnesses=given.witnesses, tsa=root)
    except Refused as error:
        sys.stderr.write(f"It does not hold. {error}\n")
        return 3
    sys.stdout.write("\n".join(["It holds.", *found.said(), "Not proven:", ""]))
    for line in found.statement["predicate"]["not_proven"]:
        sys.stdout.write(f"- {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
