"""CSV and its cousins, as people's tools write them: any delimiter, preambles, ragged rows, stray quotation marks."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from portevoix.collect.grid import Grid, Record, find_header, modal_width
from portevoix.collect.opening import MAX_LINE, lines
from portevoix.collect.reading import Refused
from portevoix.errors import BadSource

_DELIMITERS = ",;\t|"
_NONE = "\x1f"
_SEP_LINE = re.compile(r'\s*"?sep=(.)"?\s*')
_SAMPLE_LINES, _SAMPLE_SIZE = 1000, 1 << 21
_CELL = MAX_LINE
_Reader = Iterator[list[str]]
_PATIENCE = 500
"""How many quotation marks that never close are put up with; each may cost reading `_CELL` characters again."""

_GUARD = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
"""How a cell begins that was kept from running as a formula, by `label`, by other tools' exports, by people."""

OPEN_QUOTE = "a quotation mark opens on this line and does not close"


def grid(open_text: Callable[[], TextIO], name: str, is_known: Callable[[str], bool]) -> Grid:
    """Columns and records of a delimited text.

    The delimiter is the one that cuts most rows into the same number of cells (`sep=` on the first line overrules); the
    header is the first full row. What stands above it and rows of another width are refused, by physical line.
    """
    csv.field_size_limit(_CELL)
    with open_text() as stream:
        sample, whole = _sample(lines(stream, name))
    said = _SEP_LINE.fullmatch(sample[0])
    above = 1 if said else 0
    delimiter = said[1] if said else _delimiter(sample, whole, is_known)
    rows = [
        (line, _bare(cells))
        for line, cells in _parsed(iter(sample[above:]), delimiter, above, whole)
        if any(cells)
    ]
    if not rows:
        raise BadSource(f"{name} has no row that can be read: there is nothing but blank lines in it.")
    width, _ = modal_width([cells for _, cells in rows])
    if delimiter == _NONE:
        width = 1
    header = find_header([cells for _, cells in rows], width, is_known)
    at = above if header.index is None else rows[header.index][0]

    def records(blank: bool = False) -> Iterator[Record | Refused]:
        with open_text() as stream:
            below = islice(lines(stream, name), above, None)
            raw = _raw(below, delimiter, above, len(header.columns), blank)
            yield from _records(raw, len(header.columns), at, header.index is not None)

    def every() -> Iterator[Record | Refused]:
        first = at if header.index is None else at + 1
        return (
            row for row in records(blank=True) if (row.line if isinstance(row, Refused) else row[0]) >= first
        )

    return Grid(header.columns, records, header.notes, every)


def _sample(source: Iterator[str]) -> tuple[list[str], bool]:
    sample: list[str] = []
    size = 0
    for line in islice(source, _SAMPLE_LINES):
        sample.append(line)
        size += len(line)
        if size > _SAMPLE_SIZE:
            return sample, next(source, None) is None
    return sample, next(source, None) is None


def _parsed(source: Iterator[str], delimiter: str, above: int, whole: bool) -> list[tuple[int, list[str]]]:
    """The sample's records with the lines on which they begin; the last is dropped where the sample may cut it."""
    reader = csv.reader(source, delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begins = above + 1
    try:
        for cells in reader:
            rows.append((begins, cells))
            begins = above + reader.line_num + 1
    except csv.Error:
        pass  # a cell beyond all limits: what was read before it is sample enough
    return rows if whole or len(rows) < 2 else rows[:-1]


def _delimiter(sample: Sequence[str], whole: bool, is_known: Callable[[str], bool]) -> str:
    best, choice = (0.0, False, 0), _NONE
    first = sample[0].strip().strip('"')
    if is_known(first) and not any(delimiter in first for delimiter in _DELIMITERS):
        return choice
    for delimiter in _DELIMITERS:
        rows = [cells for _, cells in _parsed(iter(sample), delimiter, 0, whole) if any(cells)]
        width, share = modal_width(rows)
        worth = (round(share, 1), width > 1 and len(rows[0]) == width, width)
        if width > 1 and share >= (0.8 if width == 2 else 0.5) and worth > best:
            best, choice = worth, delimiter
    return choice


def _records(
    raw: Iterator[tuple[int, list[str]] | Refused], width: int, at: int, has_header: bool
) -> Iterator[Record | Refused]:
    """Records below the header, each with the physical line on which it begins."""
    for item in raw:
        if isinstance(item, Refused):
            yield item
            continue
        line, cells = item
        if line < at:
            yield Refused(line=line, reason="it stands above the header")
        elif line == at and has_header:
            continue
        elif len(cells) == width:
            yield item
        elif len(cells) > width and not any(cells[width:]):
            yield line, cells[:width]
        else:
            reason = f"it has {len(cells)} cells where the header has {width}"
            yield Refused(line=line, reason=reason, cells=cells)


class _Feed:
    """Lines for a csv reader, keeping those of the record under way so that it can be begun again elsewhere."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.pending: deque[str] = deque()
        self.taken: list[str] = []
        self.done = False

    def __iter__(self) -> Iterator[str]:
        while (line := self.pending.popleft() if self.pending else next(self.source, None)) is not None:
            self.taken.append(line)
            yield line
        self.done = True
        yield "end"  # an open quotation mark shows itself: it swallows this line too

    def skip_one(self) -> None:
        """Give all lines of the record back but its first one."""
        self.pending.extendleft(reversed(self.taken[1:]))
        self.taken.clear()
        self.done = False


def _raw(
    source: Iterator[str], delimiter: str, above: int, width: int, blank: bool
) -> Iterator[tuple[int, list[str]] | Refused]:
    """Every record, of any width; with `blank`, those of empty cells too. A quotation mark that swallows the rows below
    costs its own line only.
    """
    feed = _Feed(source)
    line, recoveries = above + 1, 0
    reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)
    while True:
        cells, sound = _next(reader, feed, delimiter, width)
        if feed.done and not feed.taken:
            return
        if cells is not None:
            if any(cells) or (blank and cells):
                yield line, _bare(cells)
            line += len(feed.taken)
            feed.taken.clear()
        else:
            recoveries += 1
            if recoveries > _PATIENCE:
                raise BadSource(
                    f"More than {_PATIENCE} quotation marks never close, the last on line {line}: repair the file."
                )
            yield Refused(line=line, reason=OPEN_QUOTE, cells=[feed.taken[0].rstrip("\r\n")])
            feed.skip_one()
            line += 1
        if not sound:
            reader = csv.reader(iter(feed), delimiter=delimiter, strict=True)


def _bare(cells: list[str]) -> list[str]:
    """Cells without the apostrophe that keeps a spreadsheet from running them."""
    if not any(cell.startswith("'") for cell in cells):
        return cells
    return [cell[1:] if _GUARD.match(cell) else cell for cell in cells]


def _next(reader: _Reader, feed: _Feed, delimiter: str, width: int) -> tuple[list[str] | None, bool]:
    """The next record's cells, None where its first line opens a quotation mark astray; and whether the reader can go on.

    A line with quotation marks out of place is read as leniently as can be, if it stands alone.
    """
    try:
        cells = next(reader)
    except csv.Error:
        return (_alone(feed.taken[0], delimiter) if len(feed.taken) == 1 and not feed.done else None), False
    if len(feed.taken) > 1 and len(cells) != width and feed.taken[0].count(delimiter) == width - 1:
        below = _alone(feed.taken[1], delimiter) or []
        if (
            any(below) and len(below) == width
        ):  # two rows of the right width, but for a quotation mark in the first
            return None, False
    return cells, True


def _alone(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line by itself; None if a quotation mark stays open at its end."""
    try:
        rows = list(csv.reader([line, "end"], delimiter=delimiter))
    except csv.Error:
        return None
    return rows[0] if rows[1:] == [["end"]] else None
