"""The master key, under which the keys of people lie wrapped: how it is locked, opened, and gives way to another.

A file apart from the keys holds it: as it is (the file's mode and the disk's encryption guard it), under a passphrase (scrypt), or
wrapped by a command of the company's own key management. Neither the passphrase nor the key is ever an argument of a command,
part of a message or of a `repr`.
"""

import base64
import hashlib
import json
import os
import secrets
import subprocess
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portevoix.errors import BadHome, WrongUse
from portevoix.keep.home import write_once

FILE, NEXT = "master.key", "master.next"
WAYS = ("file", "passphrase", "kms")
_TAG = b"portevoix master key v1"
_COST = 1 << 17
"""Scrypt's n, with r = 8 and p = 1: 128 MiB and about half a second for each guess."""
_LARGEST_COST, _PATIENCE, _LARGEST = 1 << 20, 120, 1 << 16


@dataclass(frozen=True, slots=True, repr=False)
class Unlocking:
    """Who opens a locked master key: `kms` wraps and unwraps, `command` says the passphrase, `ask` asks a person for it.

    Commands are lists, a program and its arguments; `ask` is given what to ask.
    """

    kms: Sequence[str] = ()
    command: Sequence[str] = ()
    ask: Callable[[str], str] | None = None

    def way(self) -> str:
        """How a new home locks its master key, where nobody said otherwise."""
        return "kms" if self.kms else "passphrase" if self.command else "file"

    def passphrase(self, new: bool = False) -> bytes:
        """The passphrase, by the command if there is one, else by asking; a new one is asked for twice."""
        if self.command:
            said = _run(self.command, "passphrase_command", b"").decode("utf-8", "replace").rstrip("\r\n")
        elif self.ask is None:
            raise BadHome(
                "The home is locked by a passphrase and nobody can be asked: set passphrase_command in portevoix.toml, or "
                "run this on a terminal."
            )
        else:
            said = self.ask("New passphrase: " if new else "Passphrase: ")
            if new and self.ask("The same again: ") != said:
                raise WrongUse("The two passphrases differ: nothing was changed.")
        if new and len(said) < 8:
            raise WrongUse("The new passphrase has fewer than 8 characters: nothing was changed.")
        return unicodedata.normalize("NFC", said).encode("utf-8", "replace")

    def wrap(self, verb: str, content: bytes) -> bytes:
        """What the key management makes of a content: `verb` "wrap" or "unwrap" is its last argument, the rest on stdin."""
        if not self.kms:
            raise BadHome(
                "The master key is wrapped by a key management: set kms in portevoix.toml to its command."
            )
        return _run([*self.kms, verb], "kms", content)


def name_of(master: bytes) -> str:
    """How the file of keys names the master that they lie under: nobody can find the key by it."""
    return hashlib.sha256(_TAG + master).hexdigest()


def make(folder: Path, unlocking: Unlocking, way: str, file: str = FILE) -> bytes:
    """A new master key, locked in a file of the folder."""
    master = secrets.token_bytes(32)
    content: dict[str, Any] = {"name": name_of(master), "locked_by": way}
    if way == "passphrase":
        salt, nonce = os.urandom(16), os.urandom(12)
        under = AESGCM(_derived(unlocking.passphrase(new=True), salt, _COST))
        content |= {"salt": _text(salt), "n": _COST}
        content["key"] = _text(nonce + under.encrypt(nonce, master, _bound(content)))
    elif way == "kms":
        wrapped = unlocking.wrap("wrap", base64.b64encode(master) + b"\n")
        content["key"] = _text(wrapped)
        if not wrapped or _unwrapped(unlocking, wrapped) != master:
            raise BadHome(
                "The command of the setting kms does not give back what it wrapped: nothing was changed."
            )
    else:
        content["key"] = _text(master)
    write_once(folder / file, json.dumps(content, indent=1).encode())
    return master


def opened(folder: Path, name: str, unlocking: Unlocking) -> bytes:
    """The master key of this name. Raises BadHome where it is lost, damaged, or the passphrase is not its own."""
    damaged = None
    for file in (folder / FILE, folder / NEXT):
        try:
            content = _content(file)
        except (
            BadHome
        ) as error:  # or it was being overwritten when its process was killed: the next one counts then
            damaged = error
            continue
        if content.get("name") == name:
            master = _opened(content, unlocking, file)
            if name_of(master) != name:
                raise BadHome(
                    f"The file {file} holds another master key than it says: restore it from a backup."
                )
            return master
    raise damaged or BadHome(
        f"The home {folder} has lost its {FILE}: restore it from a backup, no word can be read without it."
    )


def locked_by(folder: Path) -> str | None:
    """How the master key is locked; None where there is no file of it."""
    found = _content(folder / FILE).get("locked_by")
    return str(found) if found in WAYS else None


def settle(folder: Path, name: str | None) -> None:
    """Ends a change of the master key that was cut: the new one takes the place where the keys lie under it, else it goes.

    The caller holds the home. What goes is overwritten first.
    """
    old, new = folder / FILE, folder / NEXT
    if not new.exists():
        return
    if _is(new, name):
        _overwrite(old)
        new.replace(old)
    elif name is not None and not _is(old, name):
        raise BadHome(f"Neither {old} nor {new} is the master key of this home: restore it from a backup.")
    else:
        _overwrite(new)
        new.unlink()
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(content: Mapping[str, Any], unlocking: Unlocking, file: Path) -> bytes:
    try:
        way, key = content["locked_by"], base64.b64decode(content["key"], validate=True)
        if way == "kms":
            return _unwrapped(unlocking, key)
        if way == "file":
            return key
        salt, cost = base64.b64decode(content["salt"]), content["n"]
        if way != "passphrase" or type(cost) is not int or not 2 <= cost <= _LARGEST_COST:
            raise ValueError
        under = AESGCM(_derived(unlocking.passphrase(), salt, cost))
        bound = _bound({name: content[name] for name in content if name != "key"})
        return under.decrypt(key[:12], key[12:], bound)
    except InvalidTag:
        raise BadHome("The passphrase is not the one of this home: nothing was opened.") from None
    except (ValueError, LookupError, TypeError):
        raise BadHome(f"The file {file} is damaged: restore it from a backup.") from None


def _unwrapped(unlocking: Unlocking, wrapped: bytes) -> bytes:
    try:
        master = base64.b64decode(unlocking.wrap("unwrap", wrapped).strip(), validate=True)
    except ValueError:
        master = b""
    if len(master) != 32:
        raise BadHome("The command of the setting kms gave back something else than the master key.")
    return master


def _derived(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase)


def _bound(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True).encode()


def _run(command: Sequence[str], setting: str, content: bytes) -> bytes:
    """What a command of the settings answers; its own messages go to stderr as they are."""
    try:
        done = subprocess.run(list(command), input=content, stdout=subprocess.PIPE, timeout=_PATIENCE)  # noqa: S603
    except subprocess.TimeoutExpired:
        reason = f"takes more than {_PATIENCE} seconds"
    except (OSError, ValueError):
        reason = "cannot be run"
    else:
        if done.returncode == 0 and len(done.stdout) <= _LARGEST:
            return done.stdout
        reason = f"ended with {done.returncode}" if done.returncode else "answers too much"
    raise BadHome(f"The command of the setting {setting} {reason}: nothing was opened or changed.")


def _content(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise BadHome(f"The file {file} is damaged: restore it from a backup.") from None
    return found if isinstance(found, dict) else {}


def _is(file: Path, name: str | None) -> bool:
    """Whether a file holds the master key of this name; not where it is damaged, as one is that was being overwritten."""
    try:
        return name is not None and _content(file).get("name") == name
    except BadHome:
        return False


def _overwrite(file: Path) -> None:
    """Writes noise over a file that goes: on disks that write in place, nothing of it is left."""
    try:
        with file.open("r+b") as stream:
            stream.write(os.urandom(file.stat().st_size))
            stream.flush()
            os.fsync(stream.fileno())
    except FileNotFoundError:
        return


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
