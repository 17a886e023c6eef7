"""A witness: somebody outside the company who co-signs the head of its log, and never two that contradict each other.

Works on files alone. What goes in is the body of C2SP's tlog-witness `add-checkpoint`, what comes out is a co-signature of
C2SP's tlog-cosignature v1: any other witness that speaks them serves as well. A witness keeps, in a folder of their own, their
key and the largest head of each log that they co-signed.
"""

import base64
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portevoix.errors import BadHome, BrokenPromise, PortevoixError, WrongUse
from portevoix.keep.home import write_once
from portevoix.keep.verifier import WITNESS_KEY, Head, Refused, cosigned, grown, note_key, read_head

_KEY, _SEEN, _FORKS = "witness.key", "seen.json", "forks.txt"
_STEPS = 63


class Behind(PortevoixError, ValueError):
    """A head was handed out with a proof from another size than the one that this witness saw last."""


def cosign(folder: Path, request: str, operator: bytes | None = None) -> str:
    """Co-signs the head in a request, where the log only grew since the last one; the reply to hand back.

    `folder` is the witness's own, made at first use; its name is theirs. `operator` is the public key of the log's operator
    (32 bytes), needed for a log that is new to them. Raises BrokenPromise where the log is not the one that was co-signed
    before (the two heads are kept as evidence), Behind where the proof begins elsewhere.
    """
    key = _open(folder)
    name = folder.absolute().name
    with _alone(folder):
        seen = _seen(folder / _SEEN)
        since, steps, note = _parts(request)
        origin = note.partition("\n")[0]
        known = seen.get(origin)
        if known is None and operator is None:
            raise WrongUse("This log is new to the witness: name its public keys with --keys.")
        public = base64.b64decode(known["operator"]) if known else operator or b""
        if operator not in (None, public):
            raise BrokenPromise(
                "The head is not co-signed. This log was known under another key of its operator."
            )
        try:
            head = read_head(note, origin, public)
            last = read_head(known["head"], origin, public) if known else None
        except Refused as error:
            raise BrokenPromise(f"The head is not co-signed. {error}") from None
        try:
            _follows(head, last, since, steps)
        except Refused as error:
            with (folder / _FORKS).open("a", encoding="utf-8") as evidence:
                evidence.write(f"{last.signed if last else ''}\n{head.signed}\n")
            raise BrokenPromise(
                f"The head is not co-signed. {error} Both heads are kept in {folder / _FORKS}."
            ) from None
        seen[origin] = {"operator": base64.b64encode(public).decode(), "head": head.signed}
        write_once(
            folder / _SEEN, json.dumps(seen, indent=1).encode()
        )  # before anybody sees the co-signature
    when = int(time.time())
    signature = (
        note_key(name, _raw(key), WITNESS_KEY) + when.to_bytes(8) + key.sign(cosigned(head.body, when))
    )
    return f"{public_line(folder)}\n— {name} {base64.b64encode(signature).decode()}\n"


def public_line(folder: Path) -> str:
    """The public key of a witness, name+hash+key: theirs to publish."""
    name, public = folder.absolute().name, _raw(_open(folder))
    text = base64.b64encode(bytes([WITNESS_KEY]) + public).decode()
    return f"{name}+{note_key(name, public, WITNESS_KEY).hex()}+{text}"


def _follows(head: Head, last: Head | None, since: int, steps: list[bytes]) -> None:
    """That a head continues the last one that was seen; one that was seen before is co-signed again."""
    if last is None:
        if since:
            raise Behind(
                "This witness has seen nothing of this log yet: ask with portevoix keep head --since 0."
            )
        grown(0, head.size, b"", head.root, steps)
    elif head.size == last.size:
        if head.root != last.root:
            raise Refused(f"The log was forked: it has another root at {head.size} entries than before.")
    elif head.size < last.size or since != last.size:
        raise Behind(
            f"This witness has co-signed {last.size} entries of this log: ask with portevoix keep head --since {last.size}."
        )
    else:
        grown(last.size, head.size, last.root, head.root, steps)


def _parts(request: str) -> tuple[int, list[bytes], str]:
    """The old size, the proof and the head of a request."""
    before, _, note = request.partition("\n\n")
    first, *lines = before.split("\n")
    size = first.removeprefix("old ")
    try:
        if not first.startswith("old ") or str(int(size[:19])) != size or len(lines) > _STEPS:
            raise ValueError
        steps = [base64.b64decode(line, validate=True) for line in lines]
    except ValueError:
        steps = [b""]
    if any(len(step) != 32 for step in steps):
        raise WrongUse("The request is not one of portevoix keep head: its proof is malformed.")
    return int(size), steps, note


def _open(folder: Path) -> Ed25519PrivateKey:
    name = folder.absolute().name
    if not name or name.split() != [name] or "+" in name:
        raise WrongUse(
            "A witness is named after their folder: without spaces or +, for instance auditor.example."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / _KEY).exists():
            if (folder / _SEEN).exists():
                raise BadHome(f"The witness {folder} has lost {_KEY}: restore it from a backup.")
            write_once(folder / _KEY, os.urandom(32))
        seed = (folder / _KEY).read_bytes()
        key = Ed25519PrivateKey.from_private_bytes(seed)
    except ValueError:
        raise BadHome(f"The key {folder / _KEY} is damaged: restore it from a backup.") from None
    except OSError as error:
        if isinstance(error, BadHome):
            raise
        raise BadHome(f"The folder {folder} of the witness cannot be used: {error.strerror}.") from None
    return key


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def _seen(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return {
            str(name): {"operator": str(one["operator"]), "head": str(one["head"])}
            for name, one in found.items()
        }
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        raise BadHome(
            f"The file {file} is damaged: restore it, or this witness could co-sign a fork without knowing."
        ) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the witness's folder, so that no two heads are compared with the same earlier one."""
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
