"""Takes a scope away from a home: its keys first, then references, rows, and every earlier version of the tables."""

from collections.abc import Iterable, Sequence

from portevoix.keep import facts
from portevoix.keep.scope import Scope
from portevoix.keep.store import Store

_CHUNK = 5000


def carry_out(store: Store, scope: Scope) -> list[bytes]:
    """Takes a scope away: keys, references in letters, rows, and every earlier version of the tables.

    Returns the bytes that may stand nowhere from now on. The caller holds the home; each step can be taken again.
    """
    folder = store.home.facts
    needles = store.keys.destroy(scope.keys)
    store.ledger.withdraw(set(scope.verbatims))
    store.ledger.reopen()
    for table, column, names in (
        ("cases", "person", scope.people),
        ("cases", "id", scope.cases),
        ("customers", "person", [*scope.people, *scope.customers]),
        ("labels", "verbatim", scope.verbatims),
        ("verbatims", "id", scope.verbatims),  # last: by these the rest is found again
    ):
        for chunk in _chunks(names):
            facts.remove(folder, table, facts.among(column, chunk))
    for chunk in _chunks(scope.people):
        facts.clear(folder, "customers", "referred_by", facts.among("referred_by", chunk))
    if scope.batches and facts.has(folder, "labels", "batch"):
        facts.remove(folder, "labels", f"batch in ({', '.join(map(str, scope.batches))})")
    for table in facts.TABLES:
        facts.scour(folder, table)
    for batch in scope.batches:
        store.ledger.undone(batch)
    store.ledger.settle()
    return needles


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK))
