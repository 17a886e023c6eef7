"""What was found in texts, column by column: the labels before they are a table, and the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from portevoix.nouns import Label

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("lang", "sentiment", "theme", "emotion", "intent", "needs_met", "easy", "enjoyable", "problem")
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """Labels in the order of their texts, then of KINDS, then of their places. `text` is the place of the text among
    those that were read, `kind` that of the kind in KINDS; NaN stands for null.
    """

    text: Ints
    kind: Ints
    value: list[str]
    polarity: Numbers
    start: Numbers
    stop: Numbers
    confidence: Numbers

    def rows(self) -> Iterator[tuple[int, str, str, float | None, int | None, int | None, float]]:
        """The labels one by one: text, kind, value, polarity, start, stop, confidence."""
        yield from zip(
            self.text.tolist(),
            map(KINDS.__getitem__, self.kind.tolist()),
            self.value,
            _nullable(self.polarity),
            _nullable(self.start, int),
            _nullable(self.stop, int),
            self.confidence.tolist(),
            strict=True,
        )

    def table(self, ids: Sequence[str], name: str) -> "pa.Table":
        """The labels as a table of `schema_of(Label)`, signed by `name`; `ids` are those of the texts."""
        import pyarrow as pa

        from portevoix.tables import schema_of

        schema = schema_of(Label)
        columns = {
            "verbatim": _strings([ids[at] for at in self.text.tolist()]),
            "kind": _strings([KINDS[at] for at in self.kind.tolist()]),
            "value": _strings(self.value),
            "polarity": _numbers(self.polarity),
            "start": _numbers(self.start, whole=True),
            "stop": _numbers(self.stop, whole=True),
            "confidence": _numbers(self.confidence),
            "by": _strings([name] * len(self.value)),
        }
        return pa.Table.from_arrays([columns[field.name] for field in schema], schema=schema)

    def without(self, these: npt.NDArray[np.bool_]) -> "Found":
        """The others."""
        kept = ~these
        value = [self.value[at] for at in np.flatnonzero(kept).tolist()]
        columns = (self.polarity, self.start, self.stop, self.confidence)
        return Found(self.text[kept], self.kind[kept], value, *(column[kept] for column in columns))

    def joined(self, more: "Finds", places: Ints) -> "Found":
        """These and more; text i of `more` is text `places[i]` here."""
        together = self.as_finds()
        together.text += [places[text] for text in more.text]
        together.kind += more.kind
        together.value += more.value
        together.numbers += more.numbers
        return together.sorted()

    def as_finds(self) -> "Finds":
        """The same, to be added to."""
        finds = Finds()
        finds.text, finds.kind, finds.value = [self.text], [self.kind], list(self.value)
        finds.numbers = [np.stack([self.polarity, self.start, self.stop, self.confidence])]
        return finds


class Finds:
    """Labels found in a batch, kind after kind, before they are put in the order of the texts."""

    def __init__(self) -> None:
        self.text: list[Ints] = []
        self.kind: list[Ints] = []
        self.value: list[str] = []
        self.numbers: list[Numbers] = []

    def add(
        self,
        text: Ints,
        kind: int,
        value: Sequence[str],
        confidence: npt.ArrayLike,
        polarity: npt.ArrayLike = np.nan,
        start: npt.ArrayLike = np.nan,
        stop: npt.ArrayLike = np.nan,
    ) -> None:
        """Adds labels of one kind; NaN stands for null."""
        n = len(text)
        self.text.append(text)
        self.kind.append(np.full(n, kind))
        self.value += value
        numbers = np.empty((4, n))
        for row, column in zip(numbers, (polarity, start, stop, confidence), strict=True):
            row[:] = np.asarray(column, np.float64)
        self.numbers.append(numbers)

    def sorted(self) -> Found:
        """All of them, in order; numbers are rounded to a thousandth."""
        if not self.text:
            none = np.zeros(0, np.int64)
            return Found(none, none, [], *(np.zeros(0) for _ in range(4)))
        text, kind = np.concatenate(self.text), np.concatenate(self.kind)
        polarity, start, stop, confidence = np.concatenate(self.numbers, axis=1)
        order = np.lexsort((np.nan_to_num(start, nan=-1), kind, text))
        value = list(map(self.value.__getitem__, order.tolist()))
        return Found(
            text[order],
            kind[order],
            value,
            np.round(polarity, 3)[order],
            start[order],
            stop[order],
            np.round(confidence, 3)[order],
        )


def of_table(table: "pa.Table") -> Found:
    """The labels of a table whose ids are the places of the texts ("0", "1", …); kinds that nobody knows are left out."""
    kinds = [KINDS.index(kind) if kind in KINDS else -1 for kind in table["kind"].to_pylist()]
    finds = Finds()
    finds.text, finds.kind = [np.array(table["verbatim"].to_pylist(), np.int64)], [np.array(kinds, np.int64)]
    finds.value = table["value"].to_pylist()
    numbers = [table[name].to_pylist() for name in ("polarity", "start", "stop", "confidence")]
    finds.numbers = [np.array(numbers, np.float64).reshape(4, -1)]
    found = finds.sorted()
    return found.without(found.kind < 0)


def _nullable(column: Numbers, whole: type[int] | None = None) -> list[Any]:
    values: list[Any] = column.tolist()
    if whole is None:
        return [None if value != value else value for value in values]
    return [None if value != value else whole(value) for value in values]


def _strings(values: Sequence[str]) -> "pa.Array":
    """Texts as Arrow keeps them; made of buffers, as `pyarrow.array` would load pandas where it is installed."""
    import pyarrow as pa

    parts = [value.encode() for value in values]
    offsets = np.zeros(len(parts) + 1, np.int32)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(parts))]
    return pa.Array.from_buffers(pa.string(), len(parts), buffers)


def _numbers(values: Numbers, whole: bool = False) -> "pa.Array":
    import pyarrow as pa

    there = ~np.isnan(values)
    held = np.where(there, values, 0).astype(np.int64 if whole else np.float64)
    missing = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(
        pa.int64() if whole else pa.float64(), len(values), [missing, pa.py_buffer(held)]
    )
