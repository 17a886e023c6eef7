"""One key a person: the only place that encrypts and decrypts words.

AES-256-GCM. A key is stored wrapped under the master key, in a SQLite file apart from the facts. Its commitment,
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

from portevoix.errors import BadHome, BrokenPromise, Busy
from portevoix.keep import master
from portevoix.keep.master import Unlocking

T = TypeVar("T")
_SCHEMA = 1
_COMMITMENT = b"portevoix key commitment v1"
_CHUNK = 500
_OPEN = Unlocking()


class Keys:
    """The keys of a home by name: a person's pseudonym, or the id of a verbatim whose author is unknown.

    `path` None keeps them in memory. `log` receives the commitments of new keys before any of them is stored. The master key
    lies beside the file and is opened by `unlocking` when a key is needed, not before.
    """

    def __init__(
        self,
        path: Path | None,
        secret: bytes,
        log: Callable[[Sequence[bytes]], None],
        unlocking: Unlocking = _OPEN,
    ) -> None:
        self._secret, self._log = secret, log
        self._folder, self._unlocking = path and path.parent, unlocking
        self._master: tuple[str | None, AESGCM] | None = None
        self._refused: tuple[str, str] | None = None
        if path is not None and not path.exists():
            path.touch(mode=0o600)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=30)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.execute("pragma secure_delete=on")
        self._db.execute(
            "create table if not exists keys (name text primary key, finder blob unique, wrapped blob not null) without rowid"
        )
        self._db.execute("create table if not exists master (name text not null)")

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

    def rotate(self, way: str | None = None) -> int:
        """Makes a new master key, wraps every key anew under it and destroys the old one; how many keys they were.

        `way` is "file", "passphrase" or "kms"; None leaves it as it is. Killed at any instant, all keys lie under the one or
        the other, and both are there until `settle_master`. The caller holds the home.
        """
        if self._folder is None:
            raise BadHome("Keys in memory have no master key that could be changed.")
        self.settle_master()
        present = master.locked_by(self._folder)
        old = self._under(self._name())
        under = AESGCM(
            new := master.make(
                self._folder,
                self._unlocking,
                way or (present if present and not self._unlocking.kms else self._unlocking.way()),
                master.NEXT,
            )
        )
        name = master.name_of(new)
        self._db.execute("begin immediate")
        try:
            rows = self._db.execute("select name, wrapped from keys").fetchall()
            self._db.executemany(
                "update keys set wrapped = ? where name = ?",
                ((_wrapped(under, each, _unwrapped(old, each, wrapped)), each) for each, wrapped in rows),
            )
            self._db.execute("delete from master")
            self._db.execute("insert into master values (?)", (name,))
            self._db.execute("commit")
        except BaseException:
            self._db.execute("rollback")
            master.settle(self._folder, self._name())
            raise
        self._master = (name, under)
        self.settle_master()
        return len(rows)

    def unsettled(self) -> bool:
        """Whether a change of the master key was cut before its end."""
        return self._folder is not None and (self._folder / master.NEXT).exists()

    def settle_master(self) -> None:
        """Ends a change of the master key that was cut; the caller holds the home."""
        if self._folder is not None and self.unsettled():
            self.rewrite()  # so that what lay under the old one is in no free page
            master.settle(self._folder, self._name())

    def _name(self) -> str | None:
        row = self._db.execute("select name from master").fetchone()
        return row and str(row[0])

    def _under(self, name: str | None) -> AESGCM:
        """What the keys lie under: the master of this name, or what the first homes derived from their secret."""
        if self._master is None or self._master[0] != name:
            if self._refused is not None and self._refused[0] == name:
                raise BadHome(self._refused[1])  # nobody is asked twice in one run
            if name is None or self._folder is None:
                key = hmac.digest(self._secret, b"portevoix wrapping key v1", "sha256")
            else:
                key = self._opened(self._folder, name)
            self._master = (name, AESGCM(key))
        return self._master[1]

    def _opened(self, folder: Path, name: str) -> bytes:
        try:
            return master.opened(folder, name, self._unlocking)
        except BadHome as error:
            self._refused = (name, str(error))
            raise

    def _raw(self, names: Sequence[str]) -> Iterator[tuple[str, bytes, bytes]]:
        for chunk in _chunks(names):
            rows, name = self._read(chunk)
            if not rows:
                continue
            try:
                under = self._under(name)
            except BadHome:
                if self._name() == name:
                    raise
                rows, name = self._read(chunk)  # another process changed the master key meanwhile
                under = self._under(name)
            yield from ((each, _unwrapped(under, each, wrapped), wrapped) for each, wrapped in rows)

    def _read(self, names: Sequence[str]) -> tuple[list[tuple[str, bytes]], str | None]:
        """The wrapped keys of some names and the name of the master they lie under, of one instant."""
        marks = ",".join("?" * len(names))
        self._db.execute("begin")
        try:
            query = f"select name, wrapped from keys where name in ({marks})"  # noqa: S608
            return self._db.execute(query, names).fetchall(), self._name()
        finally:
            self._db.execute("commit")

    def _known(self, names: Sequence[str]) -> list[str]:
        marks = ",".join("?" * len(names))
        return [name for (name,) in self._db.execute(f"select name from keys where name in ({marks})", names)]  # noqa: S608

    def _load(self, names: set[str]) -> dict[str, AESGCM]:
        return {name: AESGCM(key) for name, key, _ in self._raw(sorted(names))}

    def _create(self, wanted: Sequence[tuple[str, bytes | None]]) -> None:
        if not wanted:
            return
        under, name = self._beginning()
        rows, commitments = [], []
        for each, finder in wanted:
            key = secrets.token_bytes(32)
            commitments.append(commitment(key))
            rows.append((each, finder, _wrapped(under, each, key)))
        self._log(commitments)
        self._db.execute("begin immediate")
        if name is not None:
            self._db.execute("insert into master values (?)", (name,))
        self._db.executemany("insert into keys values (?, ?, ?)", rows)
        self._db.execute("commit")

    def _beginning(self) -> tuple[AESGCM, str | None]:
        """What new keys are wrapped under, and the name of the master where this is a home's first key."""
        name = self._name()
        first = self._db.execute("select 1 from keys limit 1").fetchone() is None
        if name is not None or self._folder is None or not first:
            return self._under(name), None
        key = master.make(self._folder, self._unlocking, self._unlocking.way())
        self._master = (master.name_of(key), AESGCM(key))
        return self._master[1], self._master[0]


def commitment(key: bytes) -> bytes:
    """What the log holds of a key from before its first use: nobody can find the key by it, the key can be told by it."""
    return hashlib.sha256(_COMMITMENT + key).digest()


def _wrapped(under: AESGCM, name: str, key: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + under.encrypt(nonce, key, name.encode())


def _unwrapped(under: AESGCM, name: str, wrapped: bytes) -> bytes:
    try:
        return under.decrypt(wrapped[:12], wrapped[12:], name.encode())
    except InvalidTag:
        raise BrokenPromise("A key in keys.db was altered, or its master key is not its own.") from None


def _bound(verbatim: str, name: str) -> bytes:
    """What sealed words are tied to: moved to another row or person, they don't open."""
    return f"{_SCHEMA}|{verbatim}|{name}".encode()


def _chunks(names: Sequence[T]) -> Iterable[Sequence[T]]:
    return (names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK))
