"""What is asked of a home again and again: verbatims by columns, days, mentions, counts. Ibis in, Arrow or counts out."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from portevoix.errors import UnknownName
from portevoix.keep import corrections
from portevoix.keep.store import Store
from portevoix.nouns import Case, Customer, Measure, Period, Verbatim

_NOUNS: dict[str, type] = {"verbatims": Verbatim, "customers": Customer, "cases": Case}
_UNSHOWN = {"id", "text", "more", "person", "thread", "in_reply_to", "referred_by", "quotable"}


def columns(store: Store, name: str = "verbatims") -> dict[str, str]:
    """The names that a table can be split by, as people type them: its fields, and the sources' own columns.

    Each is mapped to the field that holds it, or to "more".
    """
    fields_ = {field.name for field in fields(_NOUNS[name])} - _UNSHOWN
    own = store.ledger.columns(name)
    shown = {column: field for column, field in own.items() if field == "more" or field in fields_}
    return {**{field: field for field in sorted(fields_)}, **shown}


class Tables(Protocol):
    """Where fact tables are counted: a store (by DuckDB), or Spark over the same files."""

    def table(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """A fact table as an Ibis table, without sealed words."""
        ...

    def batched(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """The same with the batch of each row."""
        ...

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table of its own."""
        ...


def table(
    store: Store,
    name: str,
    by: Sequence[str] = (),
    period: Period | None = None,
    tables: Tables | None = None,
) -> Any:  # noqa: ANN401 - ibis ships no types
    """A fact table, its verbatims of a period, with the columns of `by` added as strings under the names typed.

    It is counted where `tables` says, else in the store's own engine. Raises UnknownName with the columns that exist.
    """
    rows = (tables or store).table(name)
    if name == "verbatims":
        rows = within(rows, period)
    elif name == "cases":
        rows = _opened(rows, period, store.zone)
    if not by:
        return rows
    known = columns(store, name)
    folded = {shown.casefold(): shown for shown in reversed(known)}
    for typed in by:
        if typed.casefold() not in folded:
            raise UnknownName("column to split by", typed, known)
    chosen = {typed: folded[typed.casefold()] for typed in by}
    return rows.mutate(
        **{
            typed: rows.more.get(shown) if known[shown] == "more" else rows[known[shown]].cast("string")
            for typed, shown in chosen.items()
        }
    )


def verbatims(store: Store, by: Sequence[str] = (), period: Period | None = None) -> Any:  # noqa: ANN401 - ibis ships no types
    """The verbatims of a period; see `table`."""
    return table(store, "verbatims", by, period)


def long(store: Store, columns_: Sequence[str], period: Period | None, names: tuple[str, str]) -> Any:  # noqa: ANN401 - ibis ships no types
    """The verbatims of a period laid under each other once a column, its name and its value under `names`."""
    parts = []
    for column in columns_:
        rows = verbatims(store, (column,), period)
        parts.append(
            rows.mutate(**{names[0]: ibis.literal(column), names[1]: rows[column]}).select(
                *store.table("verbatims").columns, *names
            )
        )
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def values(store: Store, period: Period | None, columns_: Sequence[str]) -> dict[str, int]:
    """How many values each column has among the customers' verbatims of a period."""
    names = [f"values{place}" for place in range(len(columns_))]
    rows = verbatims(store, tuple(columns_), period)
    rows = rows.filter(rows.author == "customer")
    counted = rows.aggregate(
        **{name: rows[column].nunique() for name, column in zip(names, columns_, strict=True)}
    )
    found = store.run(counted).to_pylist()[0]
    return {column: found[name] for name, column in zip(names, columns_, strict=True)}


def within(table: Any, period: Period | None) -> Any:  # noqa: ANN401 - ibis ships no types
    """The rows whose local day lies in a period; all of them when the period has no bounds."""
    if period is not None and period.since is not None:
        table = table.filter(table.said_on >= ibis.literal(period.since))
    if period is not None and period.until is not None:
        table = table.filter(table.said_on < ibis.literal(period.until))
    return table


def _opened(rows: Any, period: Period | None, zone: ZoneInfo) -> Any:  # noqa: ANN401 - ibis ships no types
    """The cases opened within the local days of a period."""

    def midnight(day: date) -> Any:  # noqa: ANN401 - ibis ships no types
        return ibis.literal(datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None))

    if period is not None and period.since is not None:
        rows = rows.filter(rows.opened_at >= midnight(period.since))
    if period is not None and period.until is not None:
        rows = rows.filter(rows.opened_at < midnight(period.until))
    return rows


def labels(store: Store, model: str, tables: Tables | None = None) -> Any:  # noqa: ANN401 - ibis ships no types
    """The labels that count: of each verbatim and kind what a person said last, else what the model in use says."""
    if not store.ledger.has("labels"):  # nobody corrected anything: nothing to weigh
        return (tables or store).table("labels").filter(lambda t: t.by == model)
    return corrections.counting((tables or store).batched("labels"), model).drop("batch")


def days(store: Store) -> list[tuple[date, int]]:
    """Customers' verbatims by local day, oldest first; those without a date are left out."""
    return store.seen.days()


def count(store: Store, period: Period | None = None) -> dict[str, int]:
    """Counts of customers' verbatims of a period: verbatims, people, undated (of all periods)."""
    rows = store.table("verbatims")
    rows = rows.filter(rows.author == "customer")
    undated = rows.filter(rows.said_on.isnull()).aggregate(n=lambda t: t.count())
    counted = within(rows, period).aggregate(
        verbatims=lambda t: t.count(), people=lambda t: t.person.nunique()
    )
    row = store.run(counted).to_pylist()[0]
    return {**row, "undated": store.run(undated)["n"][0].as_py()}


def languages(store: Store, model: str, period: Period | None = None) -> dict[str, int]:
    """How many verbatims of a period were read in each language; "other" was kept, not labelled.

    Those without words, a score alone, count in none.
    """
    read = labels(store, model).filter(lambda t: t.kind == "lang")
    said = store.engine.table("verbatims").filter(lambda t: t.words.notnull()).drop("words")
    joined = within(said, period).inner_join(read, [("id", "verbatim")])
    found = store.run(joined.group_by("value").aggregate(n=lambda t: t.count()))
    return dict(sorted(zip(found["value"].to_pylist(), found["n"].to_pylist(), strict=True)))


def mentions(
    store: Store, model: str, period: Period | None, by: Sequence[str], theme: str, polarity: int
) -> pa.Table:
    """The mentions of a theme with a polarity: the verbatim, who and when, the span, and the columns of `by`."""
    said = labels(store, model).filter(
        lambda t: (t.kind == "theme") & (t.value == theme) & (t.polarity == polarity)
    )
    spoken = verbatims(store, by, period).filter(lambda t: t.author == "customer")
    own = [name for name in by if name not in ("channel", "product", "provider", "segment")]
    joined = spoken.inner_join(said, [("id", "verbatim")]).select(
        "verbatim",
        "person",
        "said_at",
        "said_on",
        "channel",
        "product",
        "provider",
        "segment",
        "stars",
        "quotable",
        "start",
        "stop",
        "confidence",
        *own,
    )
    return store.run(joined.order_by("said_at", "verbatim", "start"))


def spread(store: Store, period: Period | None, name: str) -> dict[str, int]:
    """How many customers' verbatims of a period each value of a column has."""
    rows = verbatims(store, (name,), period)
    rows = rows.filter((rows.author == "customer") & rows[name].notnull())
    found = store.run(rows.group_by(name).aggregate(n=lambda t: t.count()).order_by(name))
    return dict(zip(found[name].to_pylist(), found["n"].to_pylist(), strict=True))


def unlabelled(store: Store, model: str) -> int:
    """How many customers' verbatims a model hasn't read yet."""
    waiting = store.waiting(store.engine, model)
    return int(store.run(waiting.aggregate(n=lambda t: t.count()))["n"][0].as_py())


def hours(store: Store, period: Period | None, timezone: str) -> dict[int, int]:
    """How many customers' verbatims of a period were said in each local hour, 0 to 23.

    Those on the stroke of local midnight are left out: a source that gives days alone says nothing of hours.
    """
    rows = within(store.table("verbatims"), period)
    rows = rows.filter((rows.author == "customer") & rows.said_at.notnull())
    rows = rows.mutate(hour=rows.said_at.truncate("h"))
    found = store.run(
        rows.group_by("hour").aggregate(
            n=lambda t: t.count(), sharp=lambda t: (t.said_at == t.hour).cast("int64").sum()
        )
    )
    counts = dict.fromkeys(range(24), 0)
    for row in found.to_pylist():
        local = row["hour"].replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).hour
        counts[local] += row["n"] - (row["sharp"] if local == 0 else 0)
    return counts


_ASKED = {"nps": ["nps"], "csat": ["csat"], "ces": ["ces"], "experience": ["needs_met", "easy", "enjoyable"]}
_SAID = {"nps": ["sentiment"], "csat": ["sentiment"], "ces": ["easy"], "experience": _ASKED["experience"]}


def behind(store: Store, model: str, period: Period | None, measure: Measure) -> list[str]:
    """The ids of the customers' verbatims that a score stands on; all of the period's for another name, oldest first."""
    rows = verbatims(store, tuple(measure.where), period)
    rows = rows.filter(rows.author == "customer")
    for name, value in measure.where.items():
        rows = rows.filter(rows[name] == value)
    score = measure.name.split(".")[0]
    if score in _ASKED and measure.basis == "words":
        read = labels(store, model).filter(lambda t: t.kind.isin(_SAID[score]))
        rows = rows.semi_join(read, [("id", "verbatim")])
    elif score in _ASKED:
        for column_ in _ASKED[score] if measure.basis == "asked" else ["stars"]:
            rows = rows.filter(rows[column_].notnull())
    found: list[str] = store.run(rows.select("said_at", "id").order_by("said_at", "id"))["id"].to_pylist()
    return found


def people(store: Store, ids: Sequence[str]) -> dict[str, str | None]:
    """Who said some verbatims, by pseudonym."""
    wanted = store.engine.load("whose", pa.table({"id": pa.array(ids, pa.string())}))
    found = store.run(store.table("verbatims").semi_join(wanted, "id").select("id", "person"))
    return dict(zip(found["id"].to_pylist(), found["person"].to_pylist(), strict=True))
