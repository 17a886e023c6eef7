"""Short ways of writing what customers brought and what desks answered, on tables with the columns that `keep` hands over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from portevoix.nouns import Case
from portevoix.tables import schema_of
from tests.measure.conftest import Bench

START = datetime(2026, 1, 5, 8, 0)
CASES = schema_of(Case)


def hours(number: float) -> datetime:
    """An instant so many hours after the start."""
    return START + timedelta(hours=number)


def tables(
    bench: Bench,
    *,
    cases: Sequence[dict[str, Any]] = (),
    verbatims: Sequence[dict[str, Any]] = (),
    themes: Sequence[tuple[str, str]] = (),
    labels: Sequence[tuple[str, str, str, float | None]] = (),
    extra: Sequence[str] = (),
) -> tuple[Any, Any, Any]:
    """Cases, verbatims and labels as a measure gets them; `themes` are complaints, (verbatim, theme)."""
    schema = pa.schema([*CASES, *(pa.field(name, pa.string()) for name in extra)])
    logged = [{"id": f"log/{place:06}", "more": [], **row} for place, row in enumerate(cases)]
    said = [*((verbatim, "theme", theme, -1.0) for verbatim, theme in themes), *labels]
    return (
        bench.given(logged, schema),
        bench.verbatims(verbatims, extra if not cases else ()),
        bench.labels(said),
    )


def talk(
    person: str, theme: str, times: Sequence[float], answered: Sequence[float | None] = (), **more: Any
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Messages of a person about a theme at so many hours, each answered so many minutes later (None: never)."""
    rows: list[dict[str, Any]] = []
    themes = []
    for place, hour in enumerate(times):
        name = f"src/{person}-{theme}-{place}"
        rows.append({"id": name, "person": person, "said_at": hours(hour), "channel": "tweet", **more})
        themes.append((name, theme))
        minutes = answered[place] if place < len(answered) else None
        if minutes is not None:
            reply = {"id": f"{name}-answer", "author": "agent", "said_at": hours(hour + minutes / 60), **more}
            rows.append({**reply, "person": person, "in_reply_to": name.removeprefix("src/")})
    return rows, themes


def found(table: pa.Table, **where: str) -> dict[str, dict[str, Any]]:
    """The rows of one place by name."""
    rows = [row for row in table.to_pylist() if all(row.get(key) == value for key, value in where.items())]
    return {row["name"]: row for row in rows if where or row.get("theme") is None}
