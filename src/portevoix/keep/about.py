"""Everything that a home holds about one person, for them to read and take away (articles 15 and 20 of the GDPR)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from portevoix.keep.erase import Nobody
from portevoix.keep.records import Erasure, now
from portevoix.keep.scope import scopes
from portevoix.keep.store import Store

_INNER = ("row", "batch")


def person(store: Store, name: str) -> dict[str, Any]:
    """What is held about a person, by address, customer number or pseudonym, or about the author of a verbatim by its id.

    Their verbatims with the words, what was answered to them, all that was read in both, their cases, their line in the
    customers' books, and the numbers of the letters that quote or list them. Instants are in UTC. Raises Nobody where nobody
    of this name is known.
    """
    pseudonym = store.keys.find(name)
    if pseudonym is None and not store.knows(name.strip()):
        raise Nobody(
            "Nobody of this address, number, pseudonym or verbatim id is known here. Write it as it stood in the files that "
            "were collected; of somebody who was forgotten nothing is held."
        )
    scope = scopes(store, [_wish(pseudonym, name.strip())])[0]
    rows = _rows(store, "verbatims", "id", scope.verbatims)
    texts = store.words(scope.verbatims)
    for row in rows:
        row["text"] = texts.get(row["id"], "")
    theirs = [pseudonym] if pseudonym else []
    customer = _rows(store, "customers", "person", theirs)
    return {
        "made_at": now(),
        "person": pseudonym,
        "verbatims": [row for row in rows if row["id"] not in set(scope.replies)],
        "answers": [row for row in rows if row["id"] in set(scope.replies)],
        "labels": _rows(store, "labels", "verbatim", scope.verbatims),
        "cases": _rows(store, "cases", "person", theirs),
        "customer": customer[0] if customer else None,
        "letters": sorted(store.ledger.letters_on(set(scope.verbatims))),
    }


def _wish(pseudonym: str | None, verbatim: str) -> Erasure:
    kind, name = ("person", pseudonym) if pseudonym else ("verbatim", verbatim)
    return Erasure(id=0, mark=b"", kind=kind, name=name, subject="", asked_at="", inventory=None)


def _rows(store: Store, table: str, column: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a table that have one of these names, as JSON can say them; cells that are empty are left out."""
    wanted = store.engine.load("about", pa.table({column: pa.array(names, pa.string())}))
    rows = store.table(table).semi_join(wanted, column)
    found = store.run(
        rows.order_by([name for name in ("said_at", "opened_at", column) if name in rows.columns])
    )
    return [_said(row) for row in found.to_pylist()]


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or name in _INNER:
            continue
        if isinstance(value, datetime):
            value = f"{value.isoformat()}Z"
        elif isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, list):
            value = dict(value)
        said[name] = value
    return said
