"""What the formats have in common: named columns, numbered records, and finding the header above them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from portevoix.collect.reading import Refused
from portevoix.errors import BadSource

MAX_COLUMNS = 2000
_PREAMBLE = 30

Record = tuple[int, Sequence[str]]
"""A line number and the cells, as many as there are columns; an absent cell is an empty string."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A source as columns and records: `records()` starts again from the first one each time.

    `every()` gives the rows below the header one by one, blank ones too: what `records` passes over comes as Refused.
    """

    columns: list[str]
    records: Callable[[], Iterator[Record | Refused]]
    notes: list[str] = field(default_factory=list)
    every: Callable[[], Iterator[Record | Refused]] | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is among the first records (None: there is none), the columns' names, what to say about it."""

    index: int | None
    columns: list[str]
    notes: list[str]


def modal_width(rows: Sequence[Sequence[str]]) -> tuple[int, float]:
    """The commonest number of cells above one, and the share of the rows that have it; (1, 0.0) without any."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return 1, 0.0
    width, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    return width, times / len(rows)


def find_header(rows: Sequence[Sequence[str]], width: int, is_known: Callable[[str], bool]) -> Header:
    """The first full row, if it reads as names; else the columns are numbered and no row is spent.

    `is_known` tells a name that Portevoix knows. Raises BadSource above 2,000 columns.
    """
    if width > MAX_COLUMNS:
        raise BadSource(
            f"The header has {width} columns; at most {MAX_COLUMNS} are read. Keep the useful ones and try again."
        )
    first = rows[0] if rows else []
    if len(first) == width - 1 and all(not row[-1].strip() for row in rows[1:] if len(row) == width):
        rows = [[*first, ""], *rows[1:]]  # each row ends with a delimiter, the header does not
    full = [i for i, row in enumerate(rows[:_PREAMBLE]) if len(row) == width]
    index = next(
        (i for i in full if sum(1 for cell in rows[i] if cell.strip()) * 2 >= width), full[0] if full else 0
    )
    names = [tidy_name(cell) for cell in rows[index]]
    if _is_data(names, is_known):
        columns = [f"column {i + 1}" for i in range(width)]
        return Header(
            None, columns, [f"The file has no header: its columns are called column 1 to column {width}."]
        )
    return Header(index, *_unique(names))


def tidy_name(name: str) -> str:
    """A column's name on one line, without marks that can't be seen."""
    seen = "".join(c if c.isprintable() else " " for c in name if c not in "\ufeff\u200e\u200f\u200b")
    return " ".join(seen.split())


_DATUM = re.compile(
    r"[-+]?\d+([.,]\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*|\S+@\S+\.\S+|https?://.*", re.DOTALL
)


def _is_data(names: list[str], is_known: Callable[[str], bool]) -> bool:
    known = sum(1 for name in names if is_known(name))
    data = sum(1 for name in names if _DATUM.fullmatch(name) or len(name) > 300)
    if len(names) == 1 and not known:
        return data > 0 or len(names[0].split()) > 2
    return data > known


def _unique(names: list[str]) -> tuple[list[str], list[str]]:
    columns: list[str] = []
    taken: set[str] = set()
    twice: list[str] = []
    for position, name in enumerate(names, start=1):
        wanted = unique = name or f"column {position}"
        times = 1
        while unique in taken:
            times += 1
            unique = f"{wanted} ({times})"
        if times > 1:
            twice.append(wanted)
        taken.add(unique)
        columns.append(unique)
    notes = [
        f"Several columns are called '{name}'; the later ones are numbered." for name in dict.fromkeys(twice)
    ]
    return columns, notes
