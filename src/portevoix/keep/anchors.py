"""What people outside the company say of the log: its signed head goes out in files, co-signatures and time stamps come back.

No network: the files travel as the company likes.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portevoix.errors import BrokenPromise, PortevoixError, WrongUse
from portevoix.keep import timestamp, tree
from portevoix.keep.home import write_once
from portevoix.keep.receipt import Signers
from portevoix.keep.store import Store
from portevoix.keep.verifier import (
    Head,
    Refused,
    entry,
    read_head,
    read_key,
    verify,
    witnesses_of,
)
from portevoix.nouns import Receipt

_TIME = "time"


class Alone(PortevoixError, LookupError):
    """Nobody outside has said anything yet of a head of the log that covers a receipt."""


def hand_out(store: Store, folder: Path, since: int | None = None) -> list[Path]:
    """Signs the head of the log as it is now, and writes what witnesses and a time-stamping authority are to be given.

    `head.txt` is the signed head, `head.tsq` the request for a time stamp, `request.txt` that for a witness who begins, and
    `request-NAME.txt` that for each witness who co-signed before, with the proof since then (`since`: from that size instead).
    """
    signers = Signers(store.home)
    with store.home.writing(), store.ledger.transaction() as db:
        hashed = tree.levels([entry(*one) for one in store.ledger.entries(db)])
        size = len(hashed[0])
        if not size:
            raise WrongUse("The log is empty: collect something first.")
        notes = dict(store.ledger.records.heads())
        note = notes.get(size, "")
        if note.partition("\n")[0] != signers.origin:
            note = signers.note(size, tree.root(hashed))
            store.ledger.records.head(db, size, note)
    requests = {"request.txt": 0}
    for seen, by, _ in store.ledger.records.anchors():
        if by != _TIME and notes.get(seen, "").startswith(f"{signers.origin}\n"):
            requests[f"request-{_name(by).replace('/', '-')}.txt"] = seen
    files = {"head.txt": note.encode(), "head.tsq": timestamp.request(note.encode())}
    for file, seen in requests.items():
        begin = seen if since is None else since
        if not 0 <= begin <= size:
            raise WrongUse(f"The log has {size} entries: --since is at most that.")
        proof = "".join(f"{base64.b64encode(step).decode()}\n" for step in tree.consistency(hashed, begin))
        files[file] = f"old {begin}\n{proof}\n{note}".encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_once(folder / name, content)
    return [folder / name for name in files]


def take(store: Store, reply: bytes) -> list[str]:
    """Takes in a reply, checked: the co-signatures of witnesses, with their public keys, or a time stamp; what it was.

    Raises BrokenPromise where it is about no head of this log, or does not hold.
    """
    signers = Signers(store.home)
    operator = signers.public("operator")
    with store.home.writing():
        notes = [note for _, note in store.ledger.records.heads() if note.startswith(f"{signers.origin}\n")]
        heads = [read_head(note, signers.origin, operator) for note in notes]
        if reply.startswith(b"0"):  # a SEQUENCE in DER
            return [_take_time(store, heads, reply)]
        return _take_witnesses(store, signers, heads, reply)


def _take_time(store: Store, heads: list[Head], reply: bytes) -> str:
    reason = "It is about no head that was handed out."
    for head in heads:
        try:
            stamp = timestamp.read(reply, head.signed.encode())
        except timestamp.BadStamp as error:
            reason = str(error)
            continue
        store.ledger.records.anchor(head.size, _TIME, reply)
        return f"time stamp of {stamp.when:%Y-%m-%d %H:%M:%S} UTC on {head.size} entries"
    raise BrokenPromise(f"The time stamp is not taken in. {reason}")


def _take_witnesses(store: Store, signers: Signers, heads: list[Head], reply: bytes) -> list[str]:
    try:
        lines = [line for line in reply.decode().splitlines() if line.strip()]
        signatures = [line for line in lines if line.startswith("— ")]
        keys = {line.strip(): read_key(line) for line in lines if not line.startswith("— ")}
        keys.update({line: read_key(line) for line in signers.witnesses()})
    except (UnicodeDecodeError, Refused):
        raise WrongUse("The reply is neither a time stamp nor that of a witness.") from None
    known, told = dict(keys.values()), []
    for line in signatures:
        found = None
        for head in heads:
            try:
                signed, _ = witnesses_of(Head(head.origin, head.size, head.root, head.signed, (line,)), known)
            except Refused:
                continue
            found = (head, signed) if signed else found
        if found is None:
            raise BrokenPromise(
                "A co-signature is about no head of this log, or of a witness whose public key is not in the reply."
            )
        head, ((name, when),) = found
        by = next(key for key, ((who, _), _) in keys.items() if who == name)
        if signers.welcome(by):
            told.append(f"new witness {name}: have them confirm that their public key is {by}")
        store.ledger.records.anchor(head.size, by, line.encode())
        told.append(f"co-signature of {name} of {when:%Y-%m-%d %H:%M:%S} UTC on {head.size} entries")
    if not signatures:
        raise WrongUse("The reply holds no co-signature.")
    return told


def completed(store: Store, receipt: Mapping[str, Any]) -> Receipt:
    """A receipt of this home with what was said since: a later head, the proof that the log only grew, witnesses, time.

    Of the heads that cover it, the one of which most was said, and of these the earliest. Raises Alone where there is none.
    """
    signers = Signers(store.home)
    try:
        verify(json.dumps(receipt), json.dumps(signers.published()))
    except Refused as error:
        raise BrokenPromise(f"The receipt does not hold under the keys of this home. {error}") from None
    statement, proof = receipt["statement"], receipt["proof"]
    if statement["predicate"]["origin"] != signers.origin:
        raise Alone("The receipt stands in an earlier log of this home, which ended before a restore.")
    first = read_head(proof["log"]["head"], signers.origin, signers.public("operator"))
    said: dict[int, dict[str, bytes]] = {}
    for size, by, content in store.ledger.records.anchors():
        said.setdefault(size, {})[by] = content
    notes = {
        size: note
        for size, note in store.ledger.records.heads()
        if size >= first.size and said.get(size) and note.startswith(f"{signers.origin}\n")
    }
    if not notes:
        raise Alone(
            "No witness has co-signed the log since this receipt, and no time stamp is there: portevoix keep head "
            "writes what they are to be given."
        )
    size = max(notes, key=lambda each: (len(said[each]), -each))
    with store.ledger.transaction() as db:
        leaves = [entry(*one) for one in store.ledger.entries(db)[:size]]
    lines = [content.decode() for by, content in sorted(said[size].items()) if by != _TIME]
    stamp = said[size].get(_TIME)
    anchor = {
        "head": notes[size] + "".join(f"{line}\n" for line in lines),
        "consistency": [step.hex() for step in tree.consistency(tree.levels(leaves), first.size)],
        "time": None if stamp is None else base64.b64encode(stamp).decode(),
    }
    whole = {"envelope": proof["envelope"], "log": proof["log"], "anchor": anchor}
    return Receipt(statement=statement, proof={**whole, "seal": signers.seal(whole)})


def _name(public: str) -> str:
    return public.partition("+")[0]
