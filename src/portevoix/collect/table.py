"""A file of comments as its own table: every row in its order, whatever its state, and which column holds the words."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portevoix.collect.files import READER_VERSION, grid_of, sample_of
from portevoix.collect.grid import Grid, Record
from portevoix.collect.guess import decide
from portevoix.collect.naming import WORDS, confidence
from portevoix.collect.opening import Opened, look
from portevoix.collect.plan import Plan
from portevoix.collect.profiles import is_nothing, profile
from portevoix.collect.reading import Refused
from portevoix.collect.shape import clean_identifier
from portevoix.errors import BadSource

NO_WORDS = frozenset({"", "null", "nan", "(null)", "\\n", "undefined", "#n/a"})


@dataclass(slots=True, repr=False)
class Row:
    """A row of the source: its cells as they stand, its text as given (None: the row could not be cut into cells),
    its own identifier if it has one, and the names of its author.
    """

    cells: Sequence[str]
    text: str | None
    own_id: str | None
    names: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A source that was understood as one comment a row. `digest` stands for its content and for how it is read."""

    columns: list[str]
    words: int
    digest: str
    notes: list[str]
    read: Callable[[], Iterator[Row]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows from the first one, one for each row of the source, with memory for one."""
        return self.read()


def table(path: str | Path, mapping: Mapping[str, str | Sequence[str]] | None = None) -> Table:
    """Look at a file of comments and find its words, as `files.source` does, without leaving a row or a column out.

    Raises BadSource for what is no table or has no column of words, UnknownName for a mapping that names no column.
    """
    opened = look(Path(path))
    grid, notes = grid_of(opened)
    plan = _plan(grid, sample_of(grid), mapping or {}, opened)
    asked = json.dumps([READER_VERSION, sorted(plan.fields.items()), plan.names])

    def read() -> Iterator[Row]:
        row = _rows(plan)
        try:
            yield from map(row, (grid.every or grid.records)())
        except (OSError, EOFError, zlib.error) as error:
            raise BadSource(
                f"{opened.path.name} changed or vanished while it was read: try again."
            ) from error

    return Table(
        columns=grid.columns,
        words=plan.fields["text"],
        digest=hashlib.sha256(f"{opened.sha256} {asked}".encode()).hexdigest(),
        notes=[*notes, *grid.notes],
        read=read,
    )


def _plan(
    grid: Grid, first: list[Record], mapping: Mapping[str, str | Sequence[str]], opened: Opened
) -> Plan:
    cells = zip(*(row for _, row in first), strict=True) if first else ([] for _ in grid.columns)
    profiles = [profile(name, column) for name, column in zip(grid.columns, cells, strict=True)]
    named = max(profiles, key=lambda p: confidence(WORDS, p.name), default=None)
    # emoji alone, or nothing: the name says what the cells can't
    if "text" not in mapping and named and confidence(WORDS, named.name) == 1 and not named.words:
        mapping = {**mapping, "text": named.name}
    plan = decide("verbatims", profiles, mapping)
    if "text" not in plan.fields:
        raise BadSource(f"No column of {opened.path.name} holds words. Say which one with --map text=COLUMN.")
    return plan


def _rows(plan: Plan) -> Callable[[Record | Refused], Row]:
    """What makes rows of records, by a plan."""
    words, own = plan.fields["text"], plan.fields.get("own_id")

    def row(item: Record | Refused) -> Row:
        if isinstance(item, Refused):
            fitted = _fitted(item.cells, len(plan.columns), words)
            before = own is not None and own < words
            return Row(
                fitted, None, clean_identifier(fitted[own]) if before and own is not None else None, ()
            )
        _, cells = item
        text = cells[words]
        if len(text) < 10 and text.strip().lower() in NO_WORDS:
            text = ""
        named = None if own is None or is_nothing(cells[own]) else clean_identifier(cells[own])
        return Row(cells, text, named, [cells[at] for at in plan.names if not is_nothing(cells[at])])

    return row


def _fitted(cells: Sequence[str], width: int, words: int) -> list[str]:
    """The cells of a row of another width: what is missing is empty, what is too much stays with the last one."""
    if len(cells) == 1 < width:
        return [cells[0] if at == words else "" for at in range(width)]
    if len(cells) > width:
        return [*cells[: width - 1], ", ".join(cells[width - 1 :])]
    return [*cells, *[""] * (width - len(cells))]
