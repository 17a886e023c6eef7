"""A source for tests of the store: texts of our own in the shape that `collect` hands over."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from portevoix.nouns import Verbatim
from portevoix.tables import schema_of


@dataclass
class Refused:
    line: int
    reason: str
    column: str | None = None


@dataclass
class Batch:
    rows: pa.Table
    refused: list[Refused] = field(default_factory=list)


@dataclass
class Coming:
    texts: Sequence[str]
    source: str = "avis"
    kind: str = "verbatims"
    numbered: bool = False
    people: bool = False
    size: int = 1000
    first: datetime = datetime(2026, 3, 28, 12)
    refused: Sequence[Refused] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.texts).encode()).hexdigest()

    def batches(self) -> Iterator[Batch]:
        for start in range(0, len(self.texts), self.size):
            yield Batch(self._rows(start, self.texts[start : start + self.size]), list(self.refused))

    def _rows(self, start: int, texts: Sequence[str]) -> pa.Table:
        places = range(start, start + len(texts))
        given = {
            "text": list(texts),
            "author": ["customer"] * len(texts),
            "more": [[("ville", "Nantes")]] * len(texts),
            "said_at": [self.first + timedelta(hours=place % 50) for place in places],
            "person": [f"client{place % 7}@example.org" if self.people else None for place in places],
        }
        columns = {
            column.name: pa.array(given.get(column.name, [None] * len(texts)), column.type)
            for column in schema_of(Verbatim)
            if column.name != "id"
        }
        columns["own_id"] = pa.array([str(place) if self.numbered else None for place in places], pa.string())
        columns["row"] = pa.array([hashlib.sha256(text.encode()).digest() for text in texts], pa.binary())
        columns["line"] = pa.array([place + 2 for place in places], pa.int64())
        return pa.table(columns)
