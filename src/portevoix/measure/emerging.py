"""What rises: themes complained of more than their own past explains, few enough alerts to be read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from portevoix.measure.bursts import bursts
from portevoix.measure.counts import liveliness, spread_tail
from portevoix.measure.effects import Z
from portevoix.measure.figures import NOISE, Figure, table
from portevoix.measure.logistic import Vector
from portevoix.measure.tallies import customers, keys_of
from portevoix.measure.themes import mentions, read
from portevoix.measure.verdict import survivors
from portevoix.settings import Settings

WINDOWS, BASELINE, LEAST_BASELINE = (2, 7), 56, 14
_REACH = BASELINE + max(WINDOWS)
LEAST_PEOPLE, LEAST_DAYS, BUDGET = 3, 2, 3
OVER = "rises, but over the alert budget"
_SAME_DAYS = 6


Daily = Callable[[Callable[[ir.Table, ir.Table], ir.Table], int, date | None], list[Figure]]
"""Answers a question that has rows a day (`said_on`), of so many days up to one, else up to the newest."""


class Counts(NamedTuple):
    """What is known of the last weeks: the newest day that was read, messages by day, complaints by theme and day, and how
    many people complain of each theme in each window.
    """

    last: date
    messages: list[Figure]
    complaints: list[Figure]
    people: dict[int, dict[tuple[str, ...], int]]


class Rise(NamedTuple):
    """A theme's last days against its past: the window in days, complaints in it and messages, their share over that of the past with
    its interval, the chance of as many (both windows tried), and whether two of its days have any.
    """

    window: int
    x: int
    out_of: int
    ratio: float
    low: float
    high: float
    chance: float
    spread_out: bool


def emerging(
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
    names: Mapping[str, str] | None = None,
    daily: Daily | None = None,
) -> pa.Table:
    """By `theme`, and by topic where topics were found: `emerging.ratio` (the share of messages that complain of it in the last 2 or 7 days, over that share in
    the 8 weeks before), `emerging.complaints` (how many in those days), and `emerging.burst` (the weight of a
    burst that is still on, its first day in the note).

    Shares, so that a lively day is no rise; the past is that of the same weekdays where there are enough. The note of
    a ratio is null for an alert: chance (gamma-Poisson predictive, at the theme's own liveliness) survives Benjamini
    and Hochberg at 5 % over all themes and groups, three people or more on two days or more, and within a budget of
    three alerts. `daily` answers what is asked day by day, and may remember days. A topic is shown by its words in `names`, by its id where no word of it has five people. Last days are those of the newest dated message. Empty under three weeks of dated messages.
    """
    keys = keys_of(by)
    counts = (_remembered(daily) if daily else None) or _counted(verbatims, labels, by)
    if counts is None:
        return table([], by, ["theme"])
    found = _figures(counts, keys)
    found = [{**row, "theme": (names or {}).get(row["theme"], row["theme"])} for row in found]
    named = dict(zip(keys, by, strict=True))
    return table([{named.get(key, key): value for key, value in row.items()} for row in found], by, ["theme"])


def _counted(verbatims: ir.Table, labels: ir.Table, by: Sequence[str]) -> Counts | None:
    """The counts of the rows that were read in the last weeks; their labels alone are looked at, and once."""
    keys = keys_of(by)
    dated = verbatims.filter(verbatims.said_on.notnull())
    everybody = dated.filter(dated.author == "customer").select("id", "said_on")
    last = read(everybody, labels).said_on.max().to_pyarrow().as_py()
    if last is None:
        return None
    dated = dated.filter(dated.said_on >= ibis.literal(last - timedelta(days=_REACH - 1)))
    with _heard(dated, labels, by).cache() as rows, _told(rows, labels, keys).cache() as told:
        messages = _messages(rows, keys).to_pyarrow().to_pylist()
        complaints = _complaints(told, keys).to_pyarrow().to_pylist()
        people = {window: _people(told, keys, last, window) for window in WINDOWS}
    return Counts(last, messages, complaints, people)


def _remembered(daily: Daily) -> Counts | None:
    """The same, asked day by day; None where no message of the last weeks was read."""
    counts = daily(_by_day, _REACH, None)
    last = max((row["said_on"] for row in counts), default=None)
    if last is None:
        return None
    counts = daily(_by_day, _REACH, last)
    people: dict[int, dict[tuple[str, ...], int]] = {}
    told = daily(_who_by_day, max(WINDOWS), last)
    for window in WINDOWS:
        who: dict[tuple[str, ...], set[str]] = {}
        for row in told:
            if row["said_on"] > last - timedelta(days=window):
                who.setdefault((row["theme"],), set()).update(row["who"])
        people[window] = {place: len(names) for place, names in who.items()}
    messages, complaints = (
        [row for row in counts if (row["theme"] is None) is all_] for all_ in (True, False)
    )
    return Counts(last, messages, complaints, people)


def _by_day(verbatims: ir.Table, labels: ir.Table) -> ir.Table:
    """Messages that were read by day, without a theme, and complaints by day and theme."""
    rows = _heard(verbatims, labels, ())
    messages = _messages(rows, ()).mutate(theme=ibis.null("string"))
    complaints = _complaints(_told(rows, labels, ()), ())
    return messages.select("theme", "said_on", "n").union(complaints.select("theme", "said_on", "n"))


def _who_by_day(verbatims: ir.Table, labels: ir.Table) -> ir.Table:
    """Who complains of what on which day."""
    told = _told(_heard(verbatims, labels, ()), labels, ())
    return told.group_by("theme", "said_on").aggregate(who=told.who.collect(distinct=True))


def _heard(dated: ir.Table, labels: ir.Table, by: Sequence[str]) -> ir.Table:
    """Customers' messages that were read: id, who, said_on and the split columns."""
    rows = read(customers(dated, by), labels).inner_join(dated.select("id", "said_on"), "id")
    return rows.select("id", "who", "said_on", *keys_of(by))


def _told(rows: ir.Table, labels: ir.Table, keys: Sequence[str]) -> ir.Table:
    """One row a message and theme that it complains of."""
    said = labels.semi_join(rows, labels.verbatim == rows.id)
    complaints = mentions(said, ("theme", "topic")).filter(lambda t: t.worst < 0)
    return rows.join(complaints, rows.id == complaints.verbatim).select("who", "theme", "said_on", *keys)


def _messages(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    return rows.group_by([*keys, "said_on"]).aggregate(n=rows.count())


def _complaints(told: ir.Table, keys: Sequence[str]) -> ir.Table:
    return told.group_by([*keys, "theme", "said_on"]).aggregate(n=told.count())


def rise(mentioned: Vector, out_of: Vector, weekdays: NDArray[np.int64]) -> Rise | None:
    """The strongest rise of a daily series at its end; None under two weeks of past or without a mention in the end."""
    tried = [found for window in WINDOWS if (found := _rise(mentioned, out_of, weekdays, window))]
    if not tried:
        return None
    best = min(tried, key=lambda one: (one.chance, one.window))
    return best._replace(chance=min(1.0, best.chance * len(WINDOWS)))


def _rise(mentioned: Vector, out_of: Vector, weekdays: NDArray[np.int64], window: int) -> Rise | None:
    x, n = mentioned[-window:], float(out_of[-window:].sum())
    past = np.arange(len(mentioned)) < len(mentioned) - window
    past &= np.arange(len(mentioned)) >= len(mentioned) - window - BASELINE
    past &= out_of > 0
    if past.sum() < LEAST_BASELINE or not x.sum():
        return None
    same = past & np.isin(weekdays, weekdays[-window:])
    past = same if same.sum() >= _SAME_DAYS else past
    before, base = mentioned[past], out_of[past]
    chance = spread_tail(int(x.sum()), before, base, n)
    error = np.sqrt(liveliness(before, base) * (1 / (x.sum() + 0.5) + 1 / (before.sum() + 0.5)))
    middle = (x.sum() + 0.5) / (before.sum() + 0.5) * base.sum() / n
    ratio = x.sum() / before.sum() * base.sum() / n if before.sum() else middle
    low, high = middle * np.exp(-Z * error), middle * np.exp(Z * error)
    return Rise(
        window,
        int(x.sum()),
        int(n),
        float(ratio),
        float(low),
        float(high),
        chance,
        int((x > 0).sum()) >= LEAST_DAYS,
    )


def _people(told: ir.Table, keys: Sequence[str], last: date, window: int) -> dict[tuple[str, ...], int]:
    """How many people complain of each theme in the last days."""
    recent = told.filter(told.said_on > ibis.literal(last - timedelta(days=window)))
    counted = (
        recent.group_by([*keys, "theme"]).aggregate(people=recent.who.nunique()).to_pyarrow().to_pylist()
    )
    return {tuple(row[key] for key in (*keys, "theme")): row["people"] for row in counted}


def _figures(counts: Counts, keys: Sequence[str]) -> list[Figure]:
    start = min(row["said_on"] for row in counts.messages)
    length = (counts.last - start).days + 1
    days = [start + timedelta(days=place) for place in range(length)]
    weekdays = np.array([day.weekday() for day in days])
    totals = _series(counts.messages, keys, start, length)
    found: list[tuple[Figure, Rise]] = []
    more: list[Figure] = []
    silent = 0
    for key, mentioned in sorted(_series(counts.complaints, [*keys, "theme"], start, length).items()):
        out_of = totals[key[:-1]]
        risen = rise(mentioned, out_of, weekdays)
        if risen is None:
            silent += 1
            continue
        place = dict(zip((*keys, "theme"), key, strict=True))
        shown = {
            **place,
            "n": risen.out_of,
            "people": counts.people[risen.window].get(key, 0),
            "basis": "words",
        }
        found.append(({"name": "emerging.ratio", **shown, "value": risen.ratio, "low": risen.low, "high": risen.high,
                       "unit": "ratio"}, risen))  # fmt: skip
        more.append({"name": "emerging.complaints", **shown, "value": risen.x, "unit": "messages",
                     "note": f"in the last {risen.window} days"})  # fmt: skip
        on = [burst for burst in bursts(mentioned, out_of).found if burst.last == length - 1]
        more += [{"name": "emerging.burst", **shown, "value": burst.weight, "unit": "nats",
                  "note": f"since {days[burst.first].isoformat()}"} for burst in on]  # fmt: skip
    return [*_alerted(found, silent), *more]


def _alerted(found: Sequence[tuple[Figure, Rise]], silent: int) -> list[Figure]:
    """The ratios with their notes: null for the alerts, the surest first while the budget lasts.

    The `silent` themes, not complained of these days, were looked at too: they count among the tests.
    """
    kept = survivors([*(risen.chance for _, risen in found), *([1.0] * silent)])
    alerts = [
        place
        for place, (figure, risen) in enumerate(found)
        if kept[place] and risen.low > 1 and risen.spread_out and figure["people"] >= LEAST_PEOPLE
    ]
    alerts.sort(key=lambda place: (found[place][1].chance, -found[place][1].low, place))
    notes: dict[int, str | None] = dict.fromkeys(alerts[:BUDGET])
    notes |= dict.fromkeys(alerts[BUDGET:], OVER)
    return [{**figure, "note": notes.get(place, NOISE)} for place, (figure, _) in enumerate(found)]


def _series(
    rows: Sequence[Figure], keys: Sequence[str], start: date, length: int
) -> dict[tuple[str, ...], Vector]:
    found: dict[tuple[str, ...], Vector] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        found.setdefault(key, np.zeros(length))[(row["said_on"] - start).days] = row["n"]
    return found
