"""What an endpoint answered, kept so that nothing is asked twice: labels and places under a keyed digest, no words."""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from threading import Lock

from portevoix.errors import WrongUse
from portevoix.label.answers import Opinion


class Cache:
    """Answers by text, for one way of asking (`asked`: its digest); in `folder`, or in memory without.

    A text's key is an HMAC under a secret that lies in the folder, readable by its owner alone, so that nobody who has the file
    without it can try out comments. Safe from several threads and processes. Raises WrongUse where the folder can't be written.
    """

    def __init__(self, folder: str | None, asked: str) -> None:
        self._asked, self._lock = asked, Lock()
        try:
            self._secret, place = secrets.token_bytes(32), ":memory:"
            if folder is not None:
                where = Path(folder)
                where.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._secret, place = _secret(where / "secret"), str(where / "answers.sqlite")
            self._file = sqlite3.connect(place, timeout=30, check_same_thread=False, isolation_level=None)
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, labels TEXT NOT NULL)"
            )
        except (OSError, sqlite3.Error) as error:
            raise WrongUse(
                f"The endpoint's cache in {folder} cannot be opened or written: name another folder."
            ) from error

    def get(self, text: str) -> Sequence[Opinion] | None:
        """What was answered of a text."""
        with self._lock:
            row = self._file.execute(
                "SELECT labels FROM answers WHERE key = ?", (self._key(text),)
            ).fetchone()
        return None if row is None else [Opinion(*one) for one in json.loads(row[0])]

    def put(self, text: str, opinions: Sequence[Opinion]) -> None:
        """Remembers what was answered of a text."""
        row = (self._key(text), json.dumps([astuple(one) for one in opinions]))
        with self._lock:
            self._file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", row)

    def _key(self, text: str) -> bytes:
        said = f"{self._asked}\n{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, said, hashlib.sha256)


def _secret(file: Path) -> bytes:
    """The folder's secret, made once, whoever comes first."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    content = file.read_bytes()
    if len(content) != 32:
        raise OSError("the secret is cut short")
    return content
