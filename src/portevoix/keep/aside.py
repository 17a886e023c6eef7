"""Homes that a restore set aside beside this one: whoever is forgotten here is forgotten there too."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from portevoix.errors import PortevoixError
from portevoix.keep import search
from portevoix.keep.home import Home
from portevoix.keep.records import Erasure
from portevoix.keep.removing import carry_out
from portevoix.keep.scope import Scope, scopes
from portevoix.keep.store import Store
from portevoix.keep.suppress import person_mark

MARK = ".before-"
"""What the name of a home that was set aside has after the name of the one that took its place."""


@dataclass(slots=True)
class Followed:
    """What an erasure did in the homes set aside: counts of the search there, and the homes that could not be opened."""

    searched: Counter[str] = field(default_factory=Counter)
    closed: list[Path] = field(default_factory=list)


def homes(home: Home) -> list[Path]:
    """The homes that were set aside for this one, oldest first."""
    if home.one_shot:
        return []
    beside = [
        one for one in home.path.absolute().parent.iterdir() if one.name.startswith(home.path.name + MARK)
    ]
    return [one for one in sorted(beside) if _secret(one) == home.secret]


def _secret(path: Path) -> bytes | None:
    try:
        return (path / "secret.key").read_bytes()
    except OSError:
        return None


def follow(store: Store, pending: Sequence[Erasure], addresses: Sequence[str]) -> Followed:
    """Erases in the homes set aside whoever was ever forgotten here, and what is past the terms of pending purges.

    The caller holds the home. One that can't be opened (damaged, or under another passphrase) is named, not touched.
    """
    done = Followed()
    for path in homes(store.home):
        try:
            with _opened(path, store) as other, other.home.writing():
                needles = carry_out(other, _scope(store, other, pending))
                other.keys.rewrite()
                done.searched.update(search.everywhere(other.home, needles, addresses))
        except (PortevoixError, OSError):
            done.closed.append(path)
    return done


def commitments(store: Store, marks: Set[bytes]) -> dict[bytes, list[bytes]]:
    """The commitments of the keys that people and verbatims of these marks have in the homes set aside, by mark."""
    found: dict[bytes, list[bytes]] = {}
    for path in homes(store.home):
        with contextlib.suppress(PortevoixError, OSError), _opened(path, store) as other:
            known = _marks(other)
            for name, key in other.keys.every() if not marks.isdisjoint(known.values()) else ():
                if known[name] in marks:
                    found.setdefault(known[name], []).append(key)
    return found


def find(store: Store, person: str) -> tuple[str, bytes] | None:
    """The kind ("person" or "verbatim") and the mark of somebody whom only a home that was set aside still knows."""
    for path in homes(store.home):
        with contextlib.suppress(PortevoixError, OSError), _opened(path, store) as other:
            if (name := other.keys.find(person)) is not None:
                return "person", _marks(other, [name])[name]
            if other.knows(person.strip()):
                return "verbatim", other.verbatim_mark(person.strip())
    return None


def _scope(store: Store, other: Store, pending: Sequence[Erasure]) -> Scope:
    """What has to go from a home that was set aside, also what a run that was killed left there without its key."""
    suppressed, destroyed = store.ledger.records.suppressed(), store.ledger.records.destroyed()
    marks = _marks(other)
    people = set(other.keys.finders(marks))
    gone = {name for name, key in other.keys.every() if key in destroyed or marks[name] in suppressed}
    named, lone = _owners(other)
    wishes = [
        *(("person", name) for name in sorted(gone & people | named - set(marks))),
        *(("verbatim", name) for name in sorted(gone - people | lone - set(marks))),
    ]
    whole = Scope()
    for one in scopes(
        other, [*(_wish(n, *wish) for n, wish in enumerate(wishes, start=1)), *_terms(pending)]
    ).values():
        whole.add(one)
    return whole


def _owners(other: Store) -> tuple[set[str], set[str]]:
    """The people who have a row, and the verbatims of nobody in particular."""
    named: set[str] = set()
    for table in ("verbatims", "cases", "customers"):
        rows = other.engine.table(table).select("person").distinct()
        named |= set(other.run(rows)["person"].to_pylist()) - {None}
    words = other.engine.table("verbatims")
    return named, set(other.run(words.filter(words.person.isnull()).select("id"))["id"].to_pylist())


def _terms(pending: Sequence[Erasure]) -> Iterator[Erasure]:
    return (replace(one, id=-one.id) for one in pending if one.kind == "purge")


def _wish(number: int, kind: str, name: str) -> Erasure:
    return Erasure(id=number, mark=b"", kind=kind, name=name, subject="", asked_at="", inventory=None)


def _marks(other: Store, names: Iterable[str] | None = None) -> dict[str, bytes]:
    """The mark of each key's owner in the list of those who asked to be forgotten."""
    known = [name for name, _ in other.keys.every()] if names is None else list(names)
    finders = other.keys.finders(known)
    return {
        name: person_mark(other.home.secret, finders[name]) if name in finders else other.verbatim_mark(name)
        for name in known
    }


@contextlib.contextmanager
def _opened(path: Path, store: Store) -> Iterator[Store]:
    other = Store(path, unlocking=store.unlocking, spare=False)
    try:
        yield other
    finally:
        other.close()
