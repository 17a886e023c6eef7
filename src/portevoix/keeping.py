"""Looking after a home: forget, check, compact, back up, undo, purge. The part of Voice that keeps."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from portevoix.errors import PortevoixError, UnknownName, WrongUse
from portevoix.keep import about, anchors, backup, erase, facts, health, processing
from portevoix.keep.master import Unlocking
from portevoix.keep.records import Erasure, now
from portevoix.keep.scope import scopes
from portevoix.keep.store import Store
from portevoix.nouns import Receipt
from portevoix.settings import Settings


def unlocking(settings: Settings, ask: Callable[[str], str] | None = None) -> Unlocking:
    """Who opens a locked master key, by the settings; `ask` asks a person for the passphrase."""
    return Unlocking(settings.kms, settings.passphrase_command, ask)


class Keeping:
    """What Voice does with its home; see the methods."""

    settings: Settings
    _store: Store
    _progress: Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]

    def forget(self, people: Sequence[str], hand: Callable[[str, str], None]) -> list[Receipt]:
        """Forgets people for good, by address, number or pseudonym, or verbatims by id: a signed receipt each.

        `hand` hears (person, claim code) of each, once: the code ties the receipt to the person and is stored nowhere.
        Rows of theirs that come in again are refused. Raises an error, and changes nothing, where one is unknown.
        """
        if self._store.home.one_shot:
            raise WrongUse("A one-shot home forgets everything by itself.")
        return erase.forget(self._store, people, hand)

    def keep_check(self) -> tuple[dict[str, int], list[str], list[Path]]:
        """Verifies the home: what was counted, what is wrong (nothing where it is whole), files that may go."""
        with self._progress("checking", None) as step:
            found = list(health.problems(self._store, step))
        try:
            return health.counts(self._store), found, health.leftovers(self._store)
        except (PortevoixError, OSError):
            if not found:
                raise
            return {}, found, []  # too damaged to be counted

    def keep_compact(self) -> None:
        """Puts small files together and removes what no table needs any more; readers go on meanwhile."""
        with self._store.home.writing():
            for table in facts.TABLES:
                facts.compact(self._store.home.facts, table)
                facts.scour(self._store.home.facts, table)

    def keep_backup(self, folder: str | Path, keys: str | Path | None = None) -> Path:
        """Backs the home up: facts under `folder`, keys under `keys`, which should lie elsewhere; the new folder."""
        erase.settle(self._store)
        return backup.backup(self._store, Path(folder), Path(keys or folder))

    def keep_batches(self) -> list[tuple[int, str, str, str, int]]:
        """The batches that came in: (number, source, kind, when, rows new or changed)."""
        return self._store.ledger.batches()

    def keep_undo(self, batch: int) -> Receipt:
        """Takes a batch back: its rows and all that was read in them go for good; its file can be collected anew.

        Rows that the batch had changed go too: collect their earlier file again.
        """
        known = [str(number) for number, *_ in self._store.ledger.batches()]
        if str(batch) not in known:
            raise UnknownName("batch", str(batch), known)
        return self._plan("undo", str(batch))

    def keep_purge(self, today: date, dry_run: bool = False) -> tuple[dict[str, int], Receipt | None]:
        """Erases what is past the terms of the settings' `retention`: how many rows of each kind, and the receipt.

        A dry run only counts; so does a run that finds nothing.
        """
        terms = {
            name: _months_before(today, months).isoformat()
            for name, months in self.settings.retention.items()
        }
        if not terms:
            raise WrongUse(
                "No term is set: write a [retention] table in portevoix.toml, for instance verbatims = 36."
            )
        erase.settle(self._store)
        found = scopes(self._store, [_draft(json.dumps(terms))])[0]
        counts = {
            "verbatims": len(found.verbatims),
            "cases": len(found.cases),
            "customers": len(found.customers),
        }
        if dry_run or not any(counts.values()):
            return counts, None
        return counts, self._plan("purge", json.dumps(terms))

    def keep_rotate(self, passphrase: bool | None = None) -> int:
        """Makes a new master key, wraps every person's key anew under it, destroys the old one; how many keys they were.

        It stays locked as it is, by the settings' `kms` where there is one; `passphrase` locks it by one, or no more.
        """
        if self._store.home.one_shot:
            raise WrongUse("A one-shot home has no master key.")
        erase.settle(self._store)
        way = "passphrase" if passphrase else None
        if passphrase is False:
            way = "kms" if self.settings.kms else "file"
        with self._store.home.writing():
            return self._store.keys.rotate(way)

    def keep_head(self, folder: str | Path, since: int | None = None) -> list[Path]:
        """Signs the head of the log, and writes what witnesses and a time-stamping authority are to be given; the files.

        `since`: the size that a witness says they saw last, where it is not the one that came back from them.
        """
        erase.settle(self._store)
        return anchors.hand_out(self._store, Path(folder), since)

    def keep_reply(self, reply: bytes) -> list[str]:
        """Takes in what a witness or a time-stamping authority answered, checked; what it was, in words."""
        return anchors.take(self._store, reply)

    def keep_receipt(self, receipt: Mapping[str, Any]) -> Receipt:
        """A receipt of this home with the co-signatures and the time stamp that came in since."""
        return anchors.completed(self._store, receipt)

    def keep_export(self, person: str) -> dict[str, Any]:
        """All that is held about a person, words included, as JSON can say it; by the names that `forget` takes."""
        erase.settle(self._store)
        return about.person(self._store, person)

    def keep_record(self, lang: str) -> tuple[dict[str, Any], str]:
        """The record of processing (GDPR, article 30) of this home, as data and as a page in Markdown; fr or en."""
        found = processing.record(self._store, self.settings, lang)
        return found, processing.markdown(found, lang)

    def _plan(self, kind: str, name: str) -> Receipt:
        erase.settle(self._store)
        subject = hashlib.sha256(f"{kind}|{name}|{now()}".encode()).hexdigest()
        with self._store.home.writing():
            self._store.ledger.records.plan(kind, name, subject)
            receipts = erase.finish(self._store)
        return next(one for one in receipts if one.statement["subject"][0]["digest"]["sha256"] == subject)


def _draft(name: str) -> Erasure:
    return Erasure(id=0, mark=b"", kind="purge", name=name, subject="", asked_at="", inventory=None)


def _months_before(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    year, month = divmod(place, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise WrongUse(f"A term of {months} months reaches back before the calendar.")
