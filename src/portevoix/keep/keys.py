"""One key a person: the only place that encrypts and decrypts words.

AES-256-GCM. A key is stored wrapped under the home's secret, in a SQLite file apart from the facts. Its commitment,
SHA-256 over a tag and the key, is handed out at creation so that it is logged before the key is used.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portevoix.errors import BrokenPromise, Busy

T = TypeVar("T")
_SCHEMA = 1
_COMMITMENT = b"portevoix key commitment v1"
_CHUNK = 500


class Keys:
    """The keys of a home by name: a person's pseudonym, or the id of a verbatim whose author is unknown.

    `path` None keeps them in memory. `log` receives the commitments of new keys before any of them is stored.
    """

    def __init__(self, path: Path | None, secret: bytes, log: Callable[[Sequence[bytes]], None]) -> None:
        self._secret, self._log = secret, log
        self._wrap = AESGCM(hmac.digest(secret, b"portevoix wrapping key v1", "sha256"))
        if path is not None and not path.exists():
            path.touch(mode=0o600)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=30)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.execute("pragma secure_delete=on")
        self._db.execute(
            "create table if not exists keys (name text primary key, finder blob unique, wrapped blob not null) without rowid"
        )

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def finder(self, person: str) -> bytes:
        """How a person is found again: an HMAC of their normalised address or number under the home's secret."""
        return hmac.digest(
            self._secret, b"person|" + person.strip().casefold().encode("utf-8", "replace"), "sha256"
        )

    def pseudonyms(self, persons: Iterable[str]) -> dict[str, str]:
        """The pseudonym of each person, made at random for those who come for the first time."""
        finders = {person: self.finder(person) for person in persons}
        known: dict[bytes, str] = {}
        for chunk in _chunks(sorted(set(finders.values()))):
            marks = ",".join("?" * len(chunk))
            known.update(self._db.execute(f"select finder, name from keys where finder in ({marks})", chunk))  # noqa: S608
        new = {finder: f"p-{secrets.token_hex(8)}" for finder in sorted(set(finders.values()) - set(known))}
        self._create([(name, finder) for finder, name in new.items()])
        known.update(new)
        return {person: known[finder] for person, finder in finders.items()}

    def ensure(self, names: Iterable[str]) -> None:
        """Makes a key of their own for the verbatims in `names` that have none yet."""
        wanted = sorted(set(names))
        known = {name for chunk in _chunks(wanted) for name in self._known(chunk)}
        self._create([(name, None) for name in wanted if name not in known])

    def encrypt(self, rows: Sequence[tuple[str, str, str]]) -> list[bytes]:
        """Encrypts (verbatim's id, key's name, text) rows; every name must have a key."""
        keys = self._load({name for _, name, _ in rows})
        sealed = []
        for verbatim, name, text in rows:
            nonce = os.urandom(12)
            sealed.append(
                nonce + keys[name].encrypt(nonce, text.encode("utf-8", "replace"), _bound(verbatim, name))
            )
        return sealed

    def decrypt(self, rows: Sequence[tuple[str, str, bytes]]) -> list[str | None]:
        """Decrypts (verbatim's id, key's name, sealed words) rows; None where the key was destroyed.

        Raises BrokenPromise when words were altered or belong to another row.
        """
        keys = self._load({name for _, name, _ in rows})
        texts: list[str | None] = []
        for verbatim, name, sealed in rows:
            if name not in keys:
                texts.append(None)
                continue
            try:
                texts.append(keys[name].decrypt(sealed[:12], sealed[12:], _bound(verbatim, name)).decode())
            except InvalidTag:
                raise BrokenPromise(f"The words of {verbatim} were altered since they were kept.") from None
        return texts

    def find(self, person: str) -> str | None:
        """The pseudonym of a person by their address or number, or of the holder of this very pseudonym."""
        row = self._db.execute(
            "select name from keys where finder = ? or (name = ? and finder is not null)",
            (self.finder(person), person.strip()),
        ).fetchone()
        return row and str(row[0])

    def finders(self, names: Iterable[str]) -> dict[str, bytes]:
        """The finders of pseudonyms; names without a key, and those of verbatims, are left out."""
        found: dict[str, bytes] = {}
        for chunk in _chunks(sorted(set(names))):
            marks = ",".join("?" * len(chunk))
            query = f"select name, finder from keys where finder is not null and name in ({marks})"  # noqa: S608
            found.update(self._db.execute(query, chunk))
        return found

    def commitments(self, names: Iterable[str]) -> dict[str, bytes]:
        """The commitments of the keys of these names; those that have none are left out."""
        return {name: commitment(key) for name, key, _ in self._raw(sorted(set(names)))}

    def every(self) -> Iterator[tuple[str, bytes]]:
        """The name and the commitment of every key."""
        names = [name for (name,) in self._db.execute("select name from keys order by name")]
        for name, key, _ in self._raw(names):
            yield name, commitment(key)

    def destroy(self, names: Iterable[str]) -> list[bytes]:
        """Destroys keys for good: their rows overwritten, the write-ahead log emptied.

        Returns the bytes that may stand nowhere from now on, the keys and their wrapped forms, for a search of the files.
        """
        doomed = list(self._raw(sorted(set(names))))
        self._db.execute("begin immediate")
        self._db.executemany("delete from keys where name = ?", [(name,) for name, _, _ in doomed])
        self._db.execute("commit")
        self.settle()
        return [part for _, key, wrapped in doomed for part in (key, wrapped)]

    def settle(self) -> None:
        """Empties the write-ahead log into the file, so that nothing deleted stays in it."""
        busy, *_ = self._db.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise Busy("The file keys.db is being read by another process: try again when it is done.")

    def copy(self, path: Path) -> None:
        """Copies the keys as they are at this instant, for a backup kept apart."""
        target = sqlite3.connect(path)
        self._db.backup(target)
        target.close()
        path.chmod(0o600)

    def rewrite(self) -> None:
        """Writes the whole file again, so that no free page of it holds what was deleted."""
        self._db.execute("vacuum")
        self.settle()

    def _raw(self, names: Sequence[str]) -> Iterator[tuple[str, bytes, bytes]]:
        for chunk in _chunks(names):
            marks = ",".join("?" * len(chunk))
            query = f"select name, wrapped from keys where name in ({marks})"  # noqa: S608
            for name, wrapped in self._db.execute(query, chunk).fetchall():
                yield name, self._unwrap(name, wrapped), wrapped

    def _known(self, names: Sequence[str]) -> list[str]:
        marks = ",".join("?" * len(names))
        return [name for (name,) in self._db.execute(f"select name from keys where name in ({marks})", names)]  # noqa: S608

    def _load(self, names: set[str]) -> dict[str, AESGCM]:
        found: dict[str, AESGCM] = {}
        for chunk in _chunks(sorted(names)):
            marks = ",".join("?" * len(chunk))
            for name, wrapped in self._db.execute(
                f"select name, wrapped from keys where name in ({marks})",  # noqa: S608
                chunk,
            ):
                found[name] = AESGCM(self._unwrap(name, wrapped))
        return found

    def _unwrap(self, name: str, wrapped: bytes) -> bytes:
        try:
            return self._wrap.decrypt(wrapped[:12], wrapped[12:], name.encode())
        except InvalidTag:
            raise BrokenPromise("A key in keys.db was altered, or secret.key is not its own.") from None

    def _create(self, wanted: Sequence[tuple[str, bytes | None]]) -> None:
        if not wanted:
            return
        rows, commitments = [], []
        for name, finder in wanted:
            key, nonce = secrets.token_bytes(32), os.urandom(12)
            commitments.append(commitment(key))
            rows.append((name, finder, nonce + self._wrap.encrypt(nonce, key, name.encode())))
        self._log(commitments)
        self._db.execute("begin immediate")
        self._db.executemany("insert into keys values (?, ?, ?)", rows)
        self._db.execute("commit")


def commitment(key: bytes) -> bytes:
    """What the log holds of a key from before its first use: nobody can find the key by it, the key can be told by it."""
    return hashlib.sha256(_COMMITMENT + key).digest()


def _bound(verbatim: str, name: str) -> bytes:
    """What sealed words are tied to: moved to another row or person, they don't open."""
    return f"{_SCHEMA}|{verbatim}|{name}".encode()


def _chunks(names: Sequence[T]) -> Iterable[Sequence[T]]:
    return (names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK))
