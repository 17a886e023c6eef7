"""Receipts of erasure: the statement, its two signatures, and its place in the log. What a receipt proves: decision 0007."""

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portevoix.errors import BadHome
from portevoix.keep import tree
from portevoix.keep.home import Home, write_once
from portevoix.keep.ledger import Ledger
from portevoix.keep.records import Erasure, now
from portevoix.keep.verifier import (
    PAYLOAD_TYPE,
    PREDICATE_TYPE,
    ROLES,
    STATEMENT_TYPE,
    canonical,
    entry,
    key_id,
    note_key,
    pae,
    sealed,
)
from portevoix.nouns import Receipt

_FOLDER = "signing"
RECEIPTS = "receipts.jsonl"
METHOD = (
    "The AES-256-GCM key was overwritten in its file and the write-ahead log emptied; the rows were deleted, "
    "the files that had held them removed, the history of the tables cut."
)
KEPT = (
    "a keyed fingerprint of the person, so that their rows are refused when they come in again",
    "the counts and figures that were published before, without any reference to the person",
)
NOT_PROVEN = (
    "that no copy of the key or of the words was made before: backups, exports, letters already sent, screenshots",
    "that the inventory was complete: what was written under another address or number is another person here",
    "that the cells of the disk are physically blank",
    "the hour of the erasure, which the signers state; a time stamp only says that the receipt existed by then",
    "that the log shown to you is the one shown to everybody, unless witnesses whom you trust have co-signed it",
)


class Signers:
    """The two who sign receipts, the operator and the data protection officer: their keys lie in the home's `signing` folder."""

    def __init__(self, home: Home) -> None:
        self._folder = home.path / _FOLDER
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._keys = {role: self._key(role) for role in ROLES}
        if not (public := self._folder / "public.json").exists():
            write_once(public, json.dumps(self.published(), indent=2).encode() + b"\n")
        self.origin = f"portevoix/{self.public('operator').hex()[:16]}/{_epoch(self._folder)}"

    def _key(self, role: str) -> Ed25519PrivateKey:
        file = self._folder / f"{role}.key"
        if not file.exists():
            write_once(file, os.urandom(32))
        seed = file.read_bytes()
        if len(seed) != 32:
            raise BadHome(f"The signing key {file} is damaged: restore it from a backup.")
        return Ed25519PrivateKey.from_private_bytes(seed)

    def public(self, role: str) -> bytes:
        """The public key of a role, 32 bytes."""
        return self._keys[role].public_key().public_bytes_raw()

    def published(self) -> dict[str, Any]:
        """The public keys as `check --keys` and the verifier take them: to be handed out by a way of their own."""
        known = {"witnesses": found} if (found := self.witnesses()) else {}
        return {**{role: _text(self.public(role)) for role in ROLES}, **known}

    def witnesses(self) -> list[str]:
        """The public keys of the witnesses that have co-signed, each a line name+hash+key."""
        file = self._folder / "public.json"
        try:
            found = json.loads(file.read_text("utf-8")) if file.exists() else {}
            return [str(line) for line in found.get("witnesses", ())]
        except (ValueError, AttributeError, TypeError):
            raise BadHome(f"The file {file} is damaged: restore it from a backup.") from None

    def welcome(self, witness: str) -> bool:
        """Adds a witness to the public keys; whether they are new."""
        known = self.witnesses()
        if witness in known:
            return False
        content = {**self.published(), "witnesses": [*known, witness]}
        write_once(self._folder / "public.json", json.dumps(content, indent=2).encode() + b"\n")
        return True

    def seal(self, proof: Mapping[str, Any]) -> str:
        """The operator's signature over all of a completed receipt's proof."""
        return _text(self._keys["operator"].sign(sealed(proof)))

    def envelope(self, payload: bytes) -> dict[str, Any]:
        """The DSSE envelope of a statement, signed twice."""
        signatures = [
            {"keyid": key_id(self.public(role)), "sig": _text(self._keys[role].sign(pae(payload)))}
            for role in ROLES
        ]
        return {"payload": _text(payload), "payloadType": PAYLOAD_TYPE, "signatures": signatures}

    def note(self, size: int, root: bytes) -> str:
        """The head of the log as a signed note (C2SP checkpoint)."""
        body = f"{self.origin}\n{size}\n{_text(root)}\n"
        signature = self._keys["operator"].sign(body.encode())
        line = _text(note_key(self.origin, self.public("operator")) + signature)
        return f"{body}\n— {self.origin} {line}\n"


def issue(
    ledger: Ledger,
    signers: Signers,
    erasures: Sequence[Erasure],
    verification: Mapping[int, Mapping[str, Any]],
    closed: Sequence[str] = (),
) -> dict[int, Receipt]:
    """Signs and logs the receipts of erasures whose work is done, and closes them, in one commit.

    `verification` says, by erasure, what was searched and found; `closed` are the homes set aside that could not be opened.
    """
    backups = ledger.records.backups()
    with ledger.transaction() as db:
        log = ledger.entries(db)
        places = {leaf: place for place, (kind, leaf) in enumerate(log) if kind == "key"}
        statements = {
            erasure.id: _statement(
                erasure, places, signers.origin, verification[erasure.id], (backups, closed)
            )
            for erasure in erasures
        }
        payloads = {name: canonical(statement) for name, statement in statements.items()}
        leaves = [hashlib.sha256(payload).digest() for payload in payloads.values()]
        ledger.log(db, "erasure", leaves)
        hashed = tree.levels([entry(*one) for one in [*log, *(("erasure", leaf) for leaf in leaves)]])
        head = signers.note(len(hashed[0]), tree.root(hashed))
        receipts = {}
        for index, (name, statement) in enumerate(statements.items(), start=len(log)):
            keys = [_hexes(tree.path(hashed, key["index"])) for key in statement["predicate"]["keys"]]
            where = {"index": index, "path": _hexes(tree.path(hashed, index)), "keys": keys, "head": head}
            receipts[name] = Receipt(
                statement=statement, proof={"envelope": signers.envelope(payloads[name]), "log": where}
            )
        ledger.records.finish(
            db, {name: {"statement": one.statement, "proof": one.proof} for name, one in receipts.items()}
        )
        ledger.records.head(db, len(hashed[0]), head)
    return receipts


def _statement(
    erasure: Erasure,
    places: Mapping[bytes, int],
    origin: str,
    verification: Mapping[str, Any],
    elsewhere: tuple[Sequence[tuple[str, str]], Sequence[str]],
) -> dict[str, Any]:
    inventory = erasure.inventory or {}
    keys = [
        {"commitment": key, "index": places[bytes.fromhex(key)]}
        for key in inventory.get("keys", ())
        if bytes.fromhex(key) in places
    ]
    backups, closed = elsewhere
    older = [at for at, _ in backups if at <= inventory["destroyed_at"]]
    doubts = (
        [f"that the backup of {older[-1]} and those before it are gone; a restore erases again"]
        if older
        else []
    )
    doubts += [
        f"that {name} holds nothing of theirs: a restore set it aside, and it could not be opened; delete it"
        for name in closed
    ]
    predicate = {
        "origin": origin,
        "made_by": f"portevoix {version('portevoix')}",
        "asked_at": erasure.asked_at,
        "destroyed_at": inventory["destroyed_at"],
        "signed_at": max(now(), inventory["destroyed_at"]),
        "method": METHOD,
        "keys": keys,
        "erased": inventory["erased"],
        "ciphertexts": inventory["ciphertexts"],
        "verification": dict(verification),
        "kept": list(KEPT),
        "not_proven": [*NOT_PROVEN, *doubts],
    }
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": erasure.kind, "digest": {"sha256": erasure.subject}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }


def written(receipt: Receipt) -> str:
    """A receipt as the JSON document that `check` reads."""
    return json.dumps({"statement": receipt.statement, "proof": receipt.proof}, ensure_ascii=False, indent=2)


def publish(ledger: Ledger) -> None:
    """Hands all receipts to every folder of backups that can be reached: a restore erases by them what was erased since."""
    lines = "".join(json.dumps(receipt) + "\n" for receipt in ledger.records.receipts())
    for folder in {Path(name) for _, name in ledger.records.backups()}:
        if folder.is_dir():
            with contextlib.suppress(
                OSError
            ):  # a backup that can't be written: its restore takes receipts by hand
                write_once(folder / RECEIPTS, lines.encode())


def _epoch(folder: Path) -> str:
    """A random mark of this log: a home restored without its newest log begins another, so that no log forks unseen."""
    file = folder / "log"
    if not file.exists():
        write_once(file, os.urandom(4).hex().encode())
    return file.read_text("ascii")


def _hexes(digests: Sequence[bytes]) -> list[str]:
    return [digest.hex() for digest in digests]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
