"""From cells to the noun's rows: each field read by its kind, each failure set aside by line."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from portevoix.collect import categories, dates, scales
from portevoix.collect.clean import clean
from portevoix.collect.grid import Record
from portevoix.collect.naming import plain
from portevoix.collect.plan import AMOUNTS, AUTHORS, COUNTS, MOMENTS, NOUNS, YES_NO, Plan, lang
from portevoix.collect.profiles import amount, is_nothing
from portevoix.collect.reading import Batch, Refused
from portevoix.collect.scrub import scrub

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000
_REMEMBERED = 20_000
_IDS = 1_000_000
_NO_WORDS = frozenset({"null", "nan", "(null)", "\\n", "undefined", "#n/a"})
_IDENTIFIERS = frozenset({"own_id", "person", "thread", "in_reply_to", "referred_by"})
_DIGITS = frozenset("0123456789-/.: ")
_QUOTED = 20
_Cells = Sequence[Sequence[str]]


def schema(kind: str) -> "pa.Schema":
    """The columns of `Batch.rows` for a kind: the noun's own without `id`, then own_id, row and line."""
    import pyarrow as pa

    from portevoix.tables import schema_of

    own = [field for field in schema_of(NOUNS[kind]) if field.name != "id"]
    ours = [("own_id", pa.string(), True), ("row", pa.binary(), False), ("line", pa.int64(), False)]
    return pa.schema([*own, *(pa.field(name, kind_, nullable=null) for name, kind_, null in ours)])


def remembering(function: Callable[[str], Any]) -> Callable[[str], Any]:
    """A function of a cell that remembers what it said of the last twenty thousand different cells."""
    known: dict[str, Any] = {}

    def read(cell: str) -> Any:  # noqa: ANN401 - as the function
        if cell not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[cell] = function(cell)
        return known[cell]

    return read


class Shaper:
    """Shapes the records of one reading of a source, by its plan. It remembers cells, and the categories seen so far."""

    def __init__(self, plan: Plan, timezone: str) -> None:
        self.plan = plan
        self.schema = schema(plan.kind)
        zone = ZoneInfo(timezone)
        self.moments = {name: dates.reader(zone, first) for name, first in plan.day_first.items()}
        self.scales = {
            name: scales.reader(scales.SCALES[name]) for name in plan.fields if name in scales.SCALES
        }
        self.category = remembering(_category)
        self.lang = remembering(lambda cell: None if is_nothing(cell) else lang(cell))
        self.author = remembering(lambda cell: AUTHORS.get(plain(cell), "customer"))
        self.seen: dict[str, set[str]] = {key: set() for key in plan.more}
        self.overflown: set[str] = set()
        self.ids: dict[str, bytes] = {}
        self.shared = 0

    def batches(self, records: Iterator[Record | Refused]) -> Iterator[Batch]:
        """Ten thousand rows at a time; memory stays that of one batch."""
        waiting: list[Record] = []
        refused: list[Refused] = []
        for item in records:
            if isinstance(item, Refused):
                refused.append(item)
            else:
                waiting.append(item)
            if len(waiting) >= BATCH or len(refused) >= BATCH:
                yield self.batch(waiting, refused)
                waiting, refused = [], []
        if waiting or refused:
            yield self.batch(waiting, refused)

    def batch(self, records: Sequence[Record], refused: Sequence[Refused]) -> Batch:
        """Some records as a batch; `refused` are those that could not even be cut into cells."""
        import pyarrow as pa

        lines = [line for line, _ in records]
        cells: _Cells = list(zip(*(row for _, row in records), strict=True)) or [()] * len(self.plan.columns)
        rows: dict[int, str] = {}
        alone: list[Refused] = []
        columns = {name: self._read(name, cells, lines, rows, alone) for name in self.plan.fields}
        _refuse_void(self.plan.kind, columns, len(records), rows)
        columns["more"] = self._more(cells, len(records))
        columns["row"] = [hashlib.sha256(json.dumps(row).encode()).digest() for _, row in records]
        columns["line"] = lines
        if self.plan.kind == "verbatims" and "own_id" in columns:
            self._tell_apart(columns["own_id"], columns["row"])
        kept = [i for i in range(len(records)) if i not in rows]
        arrays = [
            pa.array(_chosen(columns.get(field.name), kept, field), field.type) for field in self.schema
        ]
        aside = [*refused, *(Refused(line=lines[i], reason=why) for i, why in rows.items())]
        aside += [cell for cell in alone if cell.line not in {lines[i] for i in rows}] if rows else alone
        return Batch(
            rows=pa.Table.from_arrays(arrays, schema=self.schema), refused=sorted(aside, key=lambda r: r.line)
        )

    def notes(self) -> list[str]:
        """What only the whole source could tell, in sentences."""
        most = categories.MOST
        told = [
            f"The column '{key}' has more than {most} values further down; those after the first {most} are left out."
            for key in sorted(self.overflown)
        ]
        if self.shared:
            told.append(
                f"Rows with an earlier row's identifier and other words: {self.shared}; they are kept apart, without it."
            )
        return told

    def _read(
        self, name: str, cells: _Cells, lines: list[int], rows: dict[int, str], alone: list[Refused]
    ) -> list[Any]:
        column = cells[self.plan.fields[name]]
        if name == "text":
            return self._words(column, cells)
        if name in MOMENTS:
            return self._moments(name, column, cells, rows)
        if name in self.scales or name in COUNTS or name in AMOUNTS:
            return self._numbers(name, column, lines, alone)
        if name in _IDENTIFIERS:
            return [None if is_nothing(cell) else clean_identifier(cell) for cell in column]
        if name == "quotable":  # what is neither a yes nor a no gives no leave
            return [None if is_nothing(cell) else YES_NO.get(plain(cell), False) for cell in column]
        read = {"lang": self.lang, "author": self.author}.get(name, self.category)
        return [read(cell) for cell in column]

    def _words(self, column: Sequence[str], cells: _Cells) -> list[str]:
        said = ["" if len(cell) < 10 and cell.strip().lower() in _NO_WORDS else cell for cell in column]
        if not self.plan.names:
            return [scrub(cell) for cell in said]
        names = zip(*(cells[at] for at in self.plan.names), strict=True)
        return [
            scrub(cell, [n for n in own if not is_nothing(n)]) for cell, own in zip(said, names, strict=True)
        ]

    def _moments(self, name: str, column: Sequence[str], cells: _Cells, rows: dict[int, str]) -> list[Any]:
        read = self.moments[name]
        joined = (
            name == ("said_at" if self.plan.kind == "verbatims" else "opened_at")
            and self.plan.time is not None
        )
        times = cells[self.plan.time] if joined and self.plan.time is not None else [""] * len(column)
        values: list[Any] = []
        for i, (cell, time) in enumerate(zip(column, times, strict=True)):
            if is_nothing(cell):
                values.append(None)
                continue
            values.append(read(cell, "" if is_nothing(time) else time))
            if values[-1] is None:
                shown = f" ({cell})" if len(cell) < _QUOTED and set(cell) <= _DIGITS else ""
                where = self.plan.columns[self.plan.fields[name]]
                rows.setdefault(i, f"its date in '{where}' cannot be read{shown}")
        return values

    def _numbers(self, name: str, column: Sequence[str], lines: list[int], alone: list[Refused]) -> list[Any]:
        where = self.plan.columns[self.plan.fields[name]]
        scale = self.scales.get(name)
        values: list[Any] = []
        for i, cell in enumerate(column):
            if is_nothing(cell):
                values.append(None)
                continue
            value = scale(cell)[0] if scale else _amount(cell, whole=name in COUNTS)
            values.append(
                int(value) if value is not None and name not in AMOUNTS and name != "stars" else value
            )
            if value is None:
                expected = f"a score of {scales.SCALES[name]}" if scale else "a number"
                alone.append(
                    Refused(
                        line=lines[i],
                        column=where,
                        reason=f"the cell of '{where}' is not {expected}; the rest of the row is kept",
                    )
                )
        return values

    def _tell_apart(self, ids: list[str | None], digests: list[bytes]) -> None:
        """Rows that differ under one identifier are different things that people said: the later ones go without it."""
        for i, own in enumerate(ids):
            if own is None:
                continue
            first = self.ids.get(own)
            if first is None:
                if len(self.ids) < _IDS:
                    self.ids[own] = digests[i][:8]
            elif first != digests[i][:8]:
                ids[i] = None
                self.shared += 1

    def _more(self, cells: _Cells, size: int) -> list[list[tuple[str, str]]]:
        kept: list[list[tuple[str, str]]] = [[] for _ in range(size)]
        for key, at in self.plan.more.items():
            seen, open_ended = self.seen[key], key in self.plan.forced or self.plan.kind == "customers"
            for i, cell in enumerate(cells[at]):
                value = self.category(cell)
                if value is None:
                    continue
                if not open_ended and value not in seen:
                    if len(seen) >= categories.MOST or len(value) > categories.LONGEST:
                        self.overflown.add(key)
                        continue
                    seen.add(value)
                kept[i].append((key, value))
        return kept


def _chosen(values: Sequence[Any] | None, kept: list[int], field: "pa.Field") -> list[Any]:
    if values is None:
        default = None if field.nullable else {"author": "customer"}.get(field.name, "")
        return [default] * len(kept)
    return [values[i] for i in kept]


def _refuse_void(kind: str, columns: dict[str, list[Any]], size: int, rows: dict[int, str]) -> None:
    """Rows that say nothing: neither words nor score, no customer, no case."""
    needed, reason = {
        "verbatims": (("text", *scales.SCALES), "it has neither words nor a score"),
        "customers": (("person",), "it has no customer's identifier"),
        "cases": (
            ("own_id", "person", "opened_at"),
            "it has neither a number, nor a person, nor an opening date",
        ),
    }[kind]
    there = [columns[name] for name in needed if name in columns]
    for i in range(size):
        if all(values[i] is None or values[i] == "" for values in there):
            rows.setdefault(i, reason)


def clean_identifier(cell: str) -> str | None:
    """An identifier as it is written, without blanks around it and marks that can't be seen; None if nothing is left."""
    return (cell.strip() if cell.isascii() and cell.isprintable() else " ".join(clean(cell).split())) or None


def _category(cell: str) -> str | None:
    return None if is_nothing(cell) else " ".join(scrub(cell).split()) or None


def _amount(cell: str, *, whole: bool) -> float | None:
    value = amount(cell)
    return value if value is None or not whole or (value >= 0 and value.is_integer()) else None
