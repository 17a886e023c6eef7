"""Backups, and their return: what was erased since is erased again before any word is read."""

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portevoix.errors import BadHome, BrokenPromise, Busy, PortevoixError, WrongUse
from portevoix.keep import aside, erase, facts, verifier
from portevoix.keep.home import DRAFT, READY, stands, write_once
from portevoix.keep.master import Unlocking
from portevoix.keep.receipt import RECEIPTS, Signers, publish
from portevoix.keep.store import Store
from portevoix.keep.suppress import person_mark

_MANIFEST = "manifest.json"
_OPEN = Unlocking()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: erasures known since the backup, keys destroyed again, and the home that was set aside."""

    receipts: int
    erased: int
    aside: Path | None


def finished(words: Path) -> bool:
    """Whether a backup was written to its end."""
    return (words / _MANIFEST).exists()


def backup(store: Store, folder: Path, keys: Path, held: bool = False) -> Path:
    """Copies a home: the facts and the ledger under `folder`, the keys under `keys`, so that they can lie apart.

    Returns the new folder of the words. Without its manifest, written last, a backup counts for nothing. `held`: the caller
    holds the home already.
    """
    name = datetime.now(UTC).strftime("portevoix-%Y%m%dT%H%M%S%fZ")
    words, secrets = folder / name, keys / f"{name}.keys"
    with contextlib.nullcontext() if held else store.home.writing():
        try:
            secrets.mkdir(parents=True, mode=0o700)
            words.mkdir(parents=True, exist_ok=True)
            Signers(
                store.home
            )  # made now if they never signed: what they sign later must hold for this backup
            store.ledger.records.backed_up(str(folder.absolute()))
            _copy_words(store, words)
            store.keys.copy(secrets / "keys.db")
            own = [file for file in ("master.key",) if (store.home.path / file).exists()]
            for file in ("secret.key", *own, *_signing(store.home.path)):
                _copy(store.home.path / file, secrets / file)
            digests = {"words": _digests(words), "keys": _digests(secrets)}
            write_once(words / _MANIFEST, json.dumps(digests, indent=1).encode())
            publish(store.ledger)
        except OSError as error:
            raise BadHome(f"The backup cannot be written to {folder}: {error.strerror}.") from error
    return words


def _copy_words(store: Store, words: Path) -> None:
    for table in facts.TABLES:
        target, log = words / "facts" / table, store.home.facts / table / "_delta_log"
        for file in map(Path, facts.files(store.home.facts, table)):
            _copy(file, target / file.name)
        for file in log.iterdir() if log.is_dir() else ():
            _copy(file, target / "_delta_log" / file.name)
    store.ledger.copy(words / "ledger.db")
    _copy(store.home.path / "home.json", words / "home.json")


def _signing(home: Path) -> list[str]:
    return [str(file.relative_to(home)) for file in sorted((home / "signing").glob("*")) if file.is_file()]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _digests(folder: Path) -> dict[str, str]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != _MANIFEST]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def restore(
    words: Path,
    keys: Path,
    home: Path,
    receipts: Sequence[Mapping[str, Any]] = (),
    unlocking: Unlocking = _OPEN,
) -> Restored:
    """Brings a backup back as `home`, erasing again first what was erased since it was made.

    Erasures are known from the home that stands there still, from the receipts beside the backup, and from those given; each
    must hold under the signers' keys. A home that stands there is set aside, not destroyed. `unlocking` opens the master key of
    the backup, which may be another than the home's. Raises BrokenPromise where the backup is not whole.
    """
    _whole(words, keys)
    present = _present(home, keys)
    with present.home.writing() if present else contextlib.nullcontext():
        try:
            draft = _draft(words, keys, home, present)
            known = [*_held(words.parent / RECEIPTS, draft), *_holding(receipts, draft)]
            back = Store(draft, unlocking=unlocking, spare=False)
            try:
                known += present.ledger.records.receipts() if present else []
                if present is None or not back.ledger.adopt(present.ledger):
                    (draft / "signing" / "log").unlink(missing_ok=True)  # another log: the newest is not here
                erased = _replay(back, known)
            finally:
                back.close()
        finally:
            if present is not None:
                present.close()
        set_aside = _exchange(home, draft)
    if set_aside is not None and known:
        with contextlib.closing(Store(home, unlocking=unlocking)) as store, store.home.writing():
            aside.follow(store, (), ())
    return Restored(receipts=len(known), erased=erased, aside=set_aside)


def _draft(words: Path, keys: Path, home: Path, present: Store | None) -> Path:
    """The backup, put together beside the home's place."""
    draft = home.with_name(home.name + DRAFT)
    if draft.exists():
        shutil.rmtree(draft)
    shutil.copytree(keys, draft)
    shutil.copytree(words, draft, dirs_exist_ok=True, ignore=shutil.ignore_patterns(_MANIFEST, "home.json"))
    for file in _signing(home) if present else ():
        _copy(home / file, draft / file)
    _copy(words / "home.json", draft / "home.json")
    return draft


def _exchange(home: Path, draft: Path) -> Path | None:
    """Puts a restored home in its place; the one that stood there, set aside.

    Killed between the two, the next to open the home finishes: under this name the restored one is whole.
    """
    ready = home.with_name(home.name + READY)
    if ready.exists():
        shutil.rmtree(ready)
    old = None
    if home.exists():
        _alone(home)
        draft.rename(ready)
        old = home.with_name(f"{home.name}{aside.MARK}{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}")
        home.rename(old)
        ready.rename(home)
    else:
        draft.rename(home)
    return old


def _alone(home: Path) -> None:
    """Makes sure that nobody has the home open: on closing, SQLite would take the new home's files for its own."""
    for file in (home / "ledger.db", home / "keys.db"):
        db = sqlite3.connect(file, timeout=10)
        try:
            db.execute("pragma journal_mode = delete")
        except sqlite3.OperationalError:
            raise Busy(f"The home {home} is open in another process: end it, then restore.") from None
        except sqlite3.DatabaseError:
            continue  # damaged: that is why a backup comes back
        finally:
            db.close()


def _whole(words: Path, keys: Path) -> None:
    try:
        manifest = json.loads((words / _MANIFEST).read_text("utf-8"))
        found = {"words": _digests(words), "keys": _digests(keys)}
    except (OSError, ValueError):
        raise WrongUse(f"The folder {words} is no finished backup of Portevoix.") from None
    if found != manifest:
        raise BrokenPromise(
            f"The backup {words} with the keys {keys} is not the one that was made: files are missing or altered."
        )


def _present(home: Path, keys: Path) -> Store | None:
    """The home that stands where the backup goes, if it is one of the same secret and can be opened."""
    if not stands(home):
        if home.exists() and any(home.iterdir()):
            raise BadHome(
                f"The folder {home} holds other things and is no home of Portevoix: name another --home."
            )
        return None
    try:
        present = Store(home)
    except PortevoixError:
        return None
    if present.home.secret != (keys / "secret.key").read_bytes():
        present.close()
        raise WrongUse(f"The home {home} is another one than the backup's: name another --home.")
    return present


def _held(file: Path, draft: Path) -> list[Mapping[str, Any]]:
    try:
        lines = file.read_text("utf-8").splitlines()
        return _holding([json.loads(line) for line in lines], draft)
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise BrokenPromise(
            f"The receipts in {file} cannot be read: what they erased could come back."
        ) from None


def _holding(receipts: Iterable[Mapping[str, Any]], draft: Path) -> list[Mapping[str, Any]]:
    """The receipts, each of which holds under the home's own signers."""
    found = list(receipts)
    public = draft / "signing" / "public.json"
    for receipt in found:
        try:
            if not public.exists():
                raise verifier.Refused("The backup is older than the signers' keys.")
            verifier.verify(json.dumps(receipt), public.read_text("utf-8"))
        except verifier.Refused as error:
            raise BrokenPromise(f"A receipt given to the restore does not hold. {error}") from None
    return found


def _replay(store: Store, receipts: Sequence[Mapping[str, Any]]) -> int:
    """Destroys again each key that a receipt of an erasure names, and whoever is on the list of the forgotten; how many."""
    subjects: dict[bytes, tuple[str, str]] = {}
    for receipt in receipts:
        subject = receipt["statement"]["subject"][0]
        if subject["name"] == "undo":
            continue  # whoever restores a backup may want just that batch back
        for key in receipt["statement"]["predicate"]["keys"]:
            subjects[bytes.fromhex(key["commitment"])] = (subject["name"], subject["digest"]["sha256"])
    suppressed = store.ledger.records.suppressed()
    finders = store.keys.finders(name for name, _ in store.keys.every())
    wishes = []
    for name, commitment in list(store.keys.every()):
        person = name in finders
        mark = person_mark(store.home.secret, finders[name]) if person else store.verbatim_mark(name)
        if commitment in subjects or mark in suppressed:
            _, subject = subjects.get(commitment, ("", mark.hex()))
            kind = "person" if person else "verbatim"
            wishes.append({"mark": mark, "kind": kind, "name": name, "inventory": None, "subject": subject})
    with store.home.writing():
        store.ledger.records.ask(wishes)
        erase.finish(store)
    return len(wishes)
