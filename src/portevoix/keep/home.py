"""The home: one folder that holds everything, its format, its secret and its lock."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from deltalake.exceptions import DeltaError

from portevoix.errors import BadHome, Busy

FORMAT = 2
_OURS = ("secret.key", "home.json", ".gitignore", "lock")
_PATIENCE = 30.0
DRAFT, READY = ".restoring", ".restored"
"""What a restore calls its work beside the home's place, until it is whole, and until the home that stood there is aside."""


class Home:
    """A folder of Portevoix, opened; created where it is not there yet.

    Holds `facts/` (Delta tables), `ledger.db`, `keys.db`, `secret.key` and `home.json` with the format's version.
    A one-shot home (`path` None) keeps its keys and its ledger in memory only: what it leaves on disk when killed
    can't be read by anyone. Raises BadHome where the folder is something else, newer, or can't be written.
    """

    def __init__(self, path: str | Path | None) -> None:
        self.one_shot = path is None
        self.path = Path(tempfile.mkdtemp(prefix="portevoix-")) if path is None else Path(path)
        if not self.one_shot:
            stands(self.path)
        try:
            self.secret = self._open()
        except OSError as error:
            if isinstance(error, BadHome):
                raise
            raise BadHome(
                f"The home {self.path} cannot be opened: {error.strerror or 'input or output error'}."
            ) from error

    @property
    def facts(self) -> Path:
        """Where the fact tables live."""
        return self.path / "facts"

    def _open(self) -> bytes:
        mark, secret = self.path / "home.json", self.path / "secret.key"
        if self.one_shot:
            # the same file gives the same ids each time, and nothing is left to protect afterwards
            return b"portevoix one-shot home".ljust(32, b"\0")
        if mark.exists():
            return self._known(mark, secret)
        strange = self.path.exists() and any(not one.name.startswith(_OURS) for one in self.path.iterdir())
        if strange and not mark.exists():  # it may have appeared since: another process makes the home too
            raise BadHome(
                f"The folder {self.path} holds other things and is no home of Portevoix: name another --home."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        with self.writing():
            if mark.exists():  # another process was making it
                return self._known(mark, secret)
            (self.path / ".gitignore").write_text("*\n", "utf-8")
            if not secret.exists():
                write_once(secret, secrets.token_bytes(32))
            write_once(mark, json.dumps({"format": FORMAT}).encode())
            return secret.read_bytes()

    def _known(self, mark: Path, secret: Path) -> bytes:
        try:
            version = int(json.loads(mark.read_text("utf-8"))["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadHome(f"The file {mark} is damaged: restore it from a backup.") from error
        if version > FORMAT:
            raise BadHome(
                f"The home {self.path} was written by a newer Portevoix (format {version}): upgrade Portevoix."
            )
        if not secret.exists() or len(key := secret.read_bytes()) != 32:
            raise BadHome(
                f"The home {self.path} has lost its secret.key: restore it from a backup, nothing can be read without it."
            )
        return key

    def format(self) -> int:
        """The version of the home's format."""
        version: int = json.loads((self.path / "home.json").read_text("utf-8"))["format"]
        return version

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the home for one writer; a second one waits up to 30 seconds, then Busy says who holds it."""
        if self.one_shot:
            yield
            return
        try:
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BadHome(f"The home {self.path} cannot be written: {error.strerror}.") from error
        try:
            self._wait(handle)
            with explained(self.path):
                os.ftruncate(handle, 0)
                os.pwrite(handle, str(os.getpid()).encode(), 0)
                for left in (
                    DRAFT,
                    READY,
                ):  # of a restore that was killed: an erasure would not reach its words
                    shutil.rmtree(self.path.with_name(self.path.name + left), ignore_errors=True)
                yield
        finally:
            os.close(handle)

    def _wait(self, handle: int) -> None:
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > patience:
                    holder = os.pread(handle, 20, 0).decode("ascii", "replace") or "unknown"
                    raise Busy(
                        f"The home {self.path} is being written by process {holder}: try again when it is done."
                    ) from None
                time.sleep(0.05)
                continue
            lock = self.path / "lock"
            if not lock.exists() or lock.stat().st_ino != os.fstat(handle).st_ino:
                raise Busy(f"A backup was restored as {self.path} meanwhile: nothing was written, try again.")
            return

    def close(self) -> None:
        """Removes a one-shot home; leaves any other as it is."""
        if self.one_shot:
            shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Says in a sentence what a full disk, a read-only folder or a torn file make SQLite and Delta say."""
    try:
        yield
    except DeltaError:
        raise BadHome(
            f"The facts of {path} cannot be read or written: the disk is full, or a file is missing or damaged; "
            "see portevoix keep check."
        ) from None
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        damaged = not isinstance(cause, sqlite3.OperationalError)
        advice = (
            "restore it from a backup"
            if damaged
            else "what was acknowledged before is kept; make room and try again"
        )
        raise BadHome(f"The home {path} cannot be written or read ({cause}): {advice}.") from None


def write_once(path: Path, content: bytes) -> None:
    """Writes a small private file so that it is there whole or not at all, also after a crash."""
    draft = path.with_name(path.name + f".{os.getpid()}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def stands(path: Path) -> bool:
    """Whether there is a home at a path; one that a restore was killed in moving there is moved first."""
    if not path.exists() and (ready := path.with_name(path.name + READY)).exists():
        with contextlib.suppress(FileNotFoundError):  # another process did it
            ready.rename(path)
    return (path / "home.json").exists()
