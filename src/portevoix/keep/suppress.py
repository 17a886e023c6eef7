"""Whom not to let in again: keyed marks of people and of verbatims, which tell nothing without the home's secret."""

import hmac
from collections.abc import Callable, Set
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

PERSON = "this person asked to be forgotten"
VERBATIM = "the author of these words asked for them to be forgotten"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is refused: its line in the source and why."""

    line: int
    reason: str
    column: str | None = None


def person_mark(secret: bytes, finder: bytes) -> bytes:
    """The mark of a person, made from the keyed finder of their address."""
    return hmac.digest(secret, b"forgotten person|" + finder, "sha256")


def verbatim_mark(secret: bytes, name: str) -> bytes:
    """The mark of a verbatim, made from its id."""
    return hmac.digest(secret, b"forgotten verbatim|" + name.encode(), "sha256")


def without(
    rows: pa.Table, column: str, marks: Set[bytes], mark: Callable[[str], bytes], reason: str
) -> tuple[pa.Table, list[Refusal]]:
    """The rows that may come in, and the refusals of the others; `column` is what is marked."""
    if not marks:
        return rows, []
    known: dict[str, bool] = {}
    stays = []
    for name in rows[column].to_pylist():
        if name and name not in known:
            known[name] = mark(name) in marks
        stays.append(not (name and known[name]))
    if all(stays):
        return rows, []
    mask = pa.array(stays)
    lines = rows["line"].filter(pc.invert(mask)).to_pylist()
    return rows.filter(mask), [Refusal(line, reason) for line in lines]


def cleared(rows: pa.Table, column: str, marks: Set[bytes], mark: Callable[[str], bytes]) -> pa.Table:
    """The rows with a column emptied where it names somebody who is forgotten."""
    if not marks or column not in rows.column_names:
        return rows
    names = [None if name and mark(name) in marks else name for name in rows[column].to_pylist()]
    return rows.set_column(rows.schema.get_field_index(column), column, pa.array(names, pa.string()))
