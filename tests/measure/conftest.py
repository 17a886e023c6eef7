"""A real DuckDB, and tables with the columns that `keep` hands over, filled from short lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

import ibis
import pyarrow as pa
import pytest

from portevoix.measure.result import measures_of
from portevoix.nouns import Label, Measure, Verbatim
from portevoix.tables import schema_of

VERBATIMS = pa.schema(
    [field for field in schema_of(Verbatim) if field.name != "text"] + [pa.field("said_on", pa.date32())]
)
LABELS = schema_of(Label)
Row = Mapping[str, Any]


class Bench:
    """Tables in, measures out, on one DuckDB."""

    def __init__(self) -> None:
        self.con = ibis.duckdb.connect()
        self._numbers = count()

    def given(self, rows: Sequence[Row], schema: pa.Schema) -> Any:
        return self.con.create_table(
            f"t{next(self._numbers)}", pa.Table.from_pylist(list(rows), schema=schema), temp=True
        )

    def verbatims(self, rows: Sequence[Row], extra: Sequence[str] = ()) -> Any:
        """Customers' verbatims v0, v1, …; further category columns are named in `extra`."""
        schema = pa.schema([*VERBATIMS, *(pa.field(name, pa.string()) for name in extra)])
        return self.given(
            [{"id": f"v{place}", "author": "customer", "more": [], **row} for place, row in enumerate(rows)],
            schema,
        )

    def labels(self, rows: Sequence[tuple[str, str, str, float | None]] = ()) -> Any:
        """Labels as (verbatim, kind, value, polarity)."""
        names = ("verbatim", "kind", "value", "polarity")
        return self.given(
            [{**dict(zip(names, row, strict=True)), "confidence": 1.0, "by": "test@1"} for row in rows],
            LABELS,
        )

    def measures(
        self,
        function: Callable[..., Any],
        rows: Sequence[Row],
        labels: Sequence[tuple[str, str, str, float | None]] = (),
        extra: Sequence[str] = (),
        **options: Any,
    ) -> list[Measure]:
        table = function(self.verbatims(rows, extra), self.labels(labels), **options).to_pyarrow()
        return measures_of(table, date(2026, 1, 1), date(2026, 2, 1))

    def named(self, *args: Any, **options: Any) -> dict[str, Measure]:
        """The measures of a result without a split, by name."""
        found = self.measures(*args, **options)
        return {measure.name: measure for measure in found}


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.con.disconnect()


def answers(column: str, counts: Mapping[float, int], **more: Any) -> list[dict[str, Any]]:
    """So many rows with each answer."""
    return [{column: answer, **more} for answer, n in counts.items() for _ in range(n)]
