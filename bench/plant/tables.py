"""Tables with a planted truth, and tables with nothing planted: one function a measure and kind, a seed in, figures out.

A planted one gives, by figure, the truth and the figure found; one with nothing planted gives the findings it was told.
Tables are drawn without words: labels say what a perfect reader would have read.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from portevoix.measure.result import measures_of
from portevoix.measure.segments import with_differences
from portevoix.nouns import Case, Customer, Label, Measure, Period, Verbatim
from portevoix.settings import Settings
from portevoix.tables import schema_of

START = datetime(2026, 3, 2)
CALM = ("within noise", "not shown")
Truths = dict[str, tuple[float, Measure]]
VERBATIMS = pa.schema(
    [field for field in schema_of(Verbatim) if field.name != "text"] + [pa.field("said_on", pa.date32())]
)
SCHEMAS = {
    "verbatims": VERBATIMS,
    "labels": schema_of(Label),
    "customers": schema_of(Customer),
    "cases": schema_of(Case),
}


@cache
def engine() -> Any:
    """One DuckDB a process."""
    con = ibis.duckdb.connect()
    con.raw_sql("SET threads = 1")
    ibis.set_backend(con)
    return con


def table(kind: str, by_: tuple[str, ...] = (), /, **columns: Any) -> Any:
    """A fact table from the columns that matter; the others are null, ids are numbered."""
    engine()
    schema = pa.schema([*SCHEMAS[kind], *(pa.field(name, pa.string()) for name in by_)])
    n = len(next(iter(columns.values()), ()))
    if "id" in schema.names and "id" not in columns:
        columns["id"] = [f"{kind[0]}/{place:06d}" for place in range(n)]
    defaults = {
        "author": ["customer"] * n,
        "more": [[] for _ in range(n)],
        "confidence": [1.0] * n,
        "by": ["truth@1"] * n,
    }
    arrays = []
    for field in schema:
        values = columns.get(field.name, defaults.get(field.name, [None] * n))
        values = values.tolist() if isinstance(values, np.ndarray) else list(values)
        arrays.append(pa.array([None if value != value else value for value in values], field.type))
    return engine().create_table(kind, pa.table(arrays, schema=schema), temp=True, overwrite=True)


_compiled: dict[Any, str] = {}


def measured(function: Callable[..., Any], *tables: Any, **options: Any) -> list[Measure]:
    """A measure's figures, and the differences between the segments of `by`.

    Tables of a kind have one name, so a measure that is a query is compiled once and asked again for each seed.
    """
    key = (function, repr(options), tuple(tuple(one.columns) for one in tables))
    if (sql := _compiled.get(key)) is not None:
        found = engine().con.sql(sql).to_arrow_table()
    else:
        found = function(*tables, **options)
        if not isinstance(found, pa.Table):
            _compiled[key] = engine().compile(found)
            found = found.to_pyarrow()
    return measures_of(with_differences(found, options.get("by", ()), Settings().minimum_change))


def named(found: list[Measure]) -> dict[str, Measure]:
    """Figures by name, with what they are about: "churn.adjusted unanswered"."""
    return {" ".join([one.name, *one.where.values()]): one for one in found}


def told(truths: Mapping[str, float], found: list[Measure]) -> Truths:
    """Each truth beside its figure; a figure that is missing raises KeyError."""
    shown = named(found)
    return {name: (truth, shown[name]) for name, truth in truths.items()}


def findings(found: list[Measure], *names: str) -> list[str]:
    """The figures of these names that a reader takes for a finding: a value, and a note that doesn't call it noise."""
    return [
        name
        for name, one in named(found).items()
        if one.name in names and one.value is not None and one.note not in CALM
    ]


def day(number: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=float(number))


def dates(numbers: Any) -> list[datetime | None]:
    """Days after the start as instants; None for nan."""
    return [None if number != number else day(number) for number in numbers]


def people(numbers: Any) -> list[str]:
    """Pseudonyms of numbered persons."""
    return [f"p{int(number):06d}" for number in numbers]


def labels(*kinds: tuple[str, str, Any, Any]) -> Any:
    """Labels as (kind, value, places of verbatims, polarity of each or None)."""
    rows: dict[str, list[Any]] = {"verbatim": [], "kind": [], "value": [], "polarity": []}
    for kind, value, places, polarity in kinds:
        rows["verbatim"] += [f"v/{place:06d}" for place in places]
        rows["kind"] += [kind] * len(places)
        rows["value"] += [value] * len(places)
        rows["polarity"] += [None] * len(places) if polarity is None else [float(sign) for sign in polarity]
    return table("labels", **rows)


def period(first: int, last: int) -> Period:
    """From one day after the start up to another."""
    return Period(kind="week", since=day(first).date(), until=day(last).date())
