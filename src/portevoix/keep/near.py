"""What is asked of a few days: their verbatims and labels read once, and what was counted of a day remembered while nothing of it changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from portevoix.keep import facts, views
from portevoix.keep.store import Store
from portevoix.nouns import Period

Question = Callable[[Any, Any], Any]
_NEAR, _FEW = timedelta(days=31), timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Near:
    """The fact tables by those of their files that may hold verbatims of some days, or labels of these."""

    store: Store
    since: date
    until: date

    def _files(self) -> list[str]:
        last = self.until - timedelta(days=1)
        return facts.between(self.store.home.facts, "verbatims", "said_on", self.since, last)

    def batched(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        if name == "labels":
            return self.store.engine.part(name, lambda: self.store.seen.labels(self._files()))
        return self.store.engine.part(name, self._files)

    def table(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        return self.batched(name).drop(*(set(facts.INNER) & set(facts.TABLES[name].names)))

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        return self.store.run(expression)


def held(store: Store, model: str, by: Sequence[str], period: Period) -> tuple[Any, Any] | None:
    """The verbatims of a short period, with the columns of `by`, and their labels that count, held in memory: read once
    for all that is asked of them. None where the period has no bounds or is longer than a month.
    """
    if period.since is None or period.until is None or period.until - period.since > _NEAR:
        return None
    tables = _Near(store, period.since, period.until)
    of = (store.versions(), model, tuple(by), period)
    rows = store.engine.held(
        "said", of, lambda: store.run(views.table(store, "verbatims", by, period, tables))
    )

    def read() -> pa.Table:
        ends = store.run(rows.aggregate(low=rows.id.min(), high=rows.id.max())).to_pylist()[0]
        said = views.labels(store, model, tables)
        # told as a range, parts of files are passed over by their statistics; a join alone reads them whole
        said = said.filter(said.verbatim.between(ends["low"] or "", ends["high"] or ""))
        return store.run(said.semi_join(rows, [("verbatim", "id")]))

    return rows, store.engine.held("read", of, read)


def daily(store: Store, model: str) -> Callable[[Question, int, date | None], list[dict[str, Any]]]:
    """A way to ask a question of verbatims and labels whose answer has rows a day, `said_on`: what it gave of a day is
    remembered until a verbatim of that day, or a label of one, changes.

    Asked of so many days up to one, else up to the newest of customers. What is said of a day must depend on its
    verbatims and their labels alone.
    """

    def answers(question: Question, length: int, last: date | None) -> list[dict[str, Any]]:
        newest = last or max((day for day, _ in views.days(store)), default=None)
        if newest is None:
            return []
        days_ = [newest - timedelta(days=back) for back in reversed(range(length))]
        changed = store.seen.changed(days_)
        before = store.seen.counted.get((question, model), {})
        kept = {day: before[day] for day in days_ if day in before and before[day][0] == changed[day]}
        for since, until in _runs([day for day in days_ if day not in kept]):
            found: dict[date, list[dict[str, Any]]] = {}
            for row in store.run(_asked(store, model, question, since, until)).to_pylist():
                found.setdefault(row["said_on"], []).append(row)
            run = (day for day in days_ if since <= day < until)
            kept |= {day: (changed[day], found.get(day, [])) for day in run}
        store.seen.counted[question, model] = kept
        return [row for day in days_ for row in kept[day][1]]

    return answers


def _asked(store: Store, model: str, question: Question, since: date, until: date) -> Any:  # noqa: ANN401 - ibis ships no types
    """A question of some days: of what is held where they are few, else of the files that may hold them."""
    period = Period(kind="all", since=since, until=until)
    if until - since > _FEW or (both := held(store, model, (), period)) is None:
        tables = _Near(store, since, until)
        return question(
            views.table(store, "verbatims", (), period, tables), views.labels(store, model, tables)
        )
    return store.engine.written((question, *(one.op() for one in both)), lambda: question(*both))


def _runs(days_: Sequence[date]) -> list[tuple[date, date]]:
    """Days that follow each other, as from when until when (exclusive)."""
    found: list[tuple[date, date]] = []
    for day in days_:
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + timedelta(days=1))
        else:
            found.append((day, day + timedelta(days=1)))
    return found
