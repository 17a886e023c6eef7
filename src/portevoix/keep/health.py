"""Whether a home is whole: every promise that can be checked on what lies there, checked."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from portevoix.errors import PortevoixError
from portevoix.keep import facts, tree
from portevoix.keep.home import explained
from portevoix.keep.inventory import PLACES
from portevoix.keep.store import Store
from portevoix.keep.verifier import entry

_WAL = ("-wal", "-shm", "-journal")
_PORTION = 20_000
Silent = Callable[[int], None]


def problems(store: Store, step: Silent = lambda rows: None) -> Iterator[str]:
    """What is wrong with a home, in sentences; nothing where it is whole. `step` hears of rows done."""
    found = False
    for check in (_places, _log, _keys, _files):
        for one in _told(store, check(store)):
            found = found or check is _files
            yield one
    if not found:
        yield from _told(store, itertools.chain(_doubles(store), _words(store, step), _orphans(store)))


def _told(store: Store, check: Iterator[str]) -> Iterator[str]:
    """What a check says, and what it could not even read."""
    try:
        with explained(store.home.path):
            yield from check
    except (PortevoixError, OSError) as error:
        yield str(error)


def counts(store: Store) -> dict[str, int]:
    """What was checked: rows of each table, keys, entries of the log, receipts."""
    with explained(store.home.path):
        found = {name: _rows(store, name) for name in facts.TABLES}
    with store.ledger.transaction() as db:
        log = len(store.ledger.entries(db))
    keys = sum(1 for _ in store.keys.every())
    return {**found, "keys": keys, "log": log, "receipts": len(store.ledger.records.receipts())}


def leftovers(store: Store) -> list[Path]:
    """Files of tables that no table names: of a run that was killed, or of earlier versions; `keep compact` removes them."""
    found: list[Path] = []
    for table in facts.TABLES:
        known = {Path(path).name for path in facts.files(store.home.facts, table)}
        folder = store.home.facts / table
        found += [file for file in sorted(folder.glob("*.parquet")) if file.name not in known]
    return found


def _rows(store: Store, name: str) -> int:
    return int(store.run(store.engine.table(name).aggregate(n=lambda t: t.count()))["n"][0].as_py())


def _places(store: Store) -> Iterator[str]:
    for child in sorted(store.home.path.iterdir()):
        name = child.name
        for ending in _WAL:
            name = name.removesuffix(ending)
        if name not in PLACES and not name.endswith(".tmp"):
            yield f"{child.name} does not belong in a home: what lies there is not erased with the rest."


def _log(store: Store) -> Iterator[str]:
    """The signed heads of the log are those of the log as it is."""
    with store.ledger.transaction() as db:
        leaves = [entry(*one) for one in store.ledger.entries(db)]
    for size, note in store.ledger.records.heads():
        if len(leaves) < size:
            yield f"The log has {len(leaves)} entries, and a signed head of {size}: entries were taken out."
            continue
        root = tree.base64_root(tree.levels(leaves[:size]))
        if note.split("\n")[2] != root:
            yield f"The log is not the one whose head was signed at {size} entries: it was altered."
    for erasure in store.ledger.records.pending():
        yield f"An erasure asked for at {erasure.asked_at} is not finished: the next collect, label or tell finishes it."


def _keys(store: Store) -> Iterator[str]:
    """Every key opens, was committed before its use, and none was destroyed before."""
    with store.ledger.transaction() as db:
        committed = {leaf for kind, leaf in store.ledger.entries(db) if kind == "key"}
    destroyed = store.ledger.records.destroyed()
    stray = back = 0
    for _, commitment in store.keys.every():
        stray += commitment not in committed
        back += commitment in destroyed
    if stray:
        yield f"{stray} keys were never committed in the log."
    if back:
        yield f"{back} keys that were destroyed are back: restore the home from a backup with portevoix keep restore."


def _files(store: Store) -> Iterator[str]:
    """Every file of every table is there and can be decoded to its last cell."""
    for table in facts.TABLES:
        for path in facts.files(store.home.facts, table):
            try:
                with pq.ParquetFile(path) as file:
                    for group in range(file.num_row_groups):
                        file.read_row_group(group)
            except (OSError, ValueError) as error:
                yield f"{Path(path).name} of the table {table} cannot be read ({type(error).__name__}): restore a backup."


def _doubles(store: Store) -> Iterator[str]:
    """No row stands twice."""
    for table, key in facts.KEY.items():
        if table == "labels" or facts.version(store.home.facts, table) < 0:
            continue
        rows = store.engine.table(table)
        twice = rows.group_by(key).aggregate(n=lambda t: t.count()).filter(lambda t: t.n > 1)
        if number := int(store.run(twice.aggregate(n=lambda t: t.count()))["n"][0].as_py()):
            yield f"{number} rows of the table {table} stand there more than once."


def _words(store: Store, step: Silent) -> Iterator[str]:
    """Every sealed word opens with a key that is there."""
    lost = 0
    for ids, people, words in store.sealed(_PORTION):
        rows = [
            (name, person or name, cipher)
            for name, person, cipher in zip(ids, people, words, strict=True)
            if cipher is not None
        ]
        lost += store.keys.decrypt(rows).count(None)
        step(len(ids))
    if lost:
        yield f"The words of {lost} verbatims have no key: restore keys.db, or they are lost."


def _orphans(store: Store) -> Iterator[str]:
    """Labels and letters speak of verbatims that are there."""
    words = store.engine.table("verbatims").select("id")
    labels = store.engine.table("labels")
    lone = labels.anti_join(words, [("verbatim", "id")]).aggregate(n=lambda t: t.count())
    if number := int(store.run(lone)["n"][0].as_py()):
        yield f"{number} labels are about verbatims that are not there."
