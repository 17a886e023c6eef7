"""From tickets to cases: the same person about the same thing, as long as they come back within a window."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from portevoix.measure.tallies import keys_of
from portevoix.measure.tickets import Tickets

DAY = 86_400
DEFAULT = 7 * DAY
LEAST = 2 * DAY
"""Under 48 hours the gaps of somebody who writes every evening (24 h and a bit) would cut one problem into several."""
_LONGEST = 14
_TAIL = 45
_ENOUGH_GAPS = 30
_Z = 1.6449


def with_next(tickets: ir.Table) -> ir.Table:
    """Adds `next`, when the same person next comes about the same thing; null where they never do, or nothing may be linked."""
    order = ibis.window(group_by=["who", "motive"], order_by=["at", "id"])
    later = tickets.at.lead().over(order)
    return tickets.mutate(next=ibis.ifelse(tickets.motive.notnull(), later, ibis.null("int64")))


def with_return(tickets: ir.Table) -> ir.Table:
    """Adds `return_`, when the same person first comes about the same thing strictly after `told`; null where they never do."""
    linked = tickets.motive.notnull()
    opens = tickets.filter(linked).select("id", "who", "motive", when=tickets.at, opened=tickets.at, place=0)
    told = tickets.filter(linked & tickets.told.notnull())
    told = told.select("id", "who", "motive", when=told.told, opened=ibis.null("int64"), place=1)
    both = opens.union(told)
    after = ibis.window(
        group_by=["who", "motive"], order_by=["when", "place", "id"], preceding=0, following=None
    )
    both = both.mutate(return_=both.opened.min().over(after))
    both = both.filter(both.place == 1).select(told_id="id", return_="return_")
    return tickets.left_join(both, tickets.id == both.told_id).drop("told_id")


def gaps(tickets: Tickets) -> pa.Table:
    """The recontact-gap curve's counts: for each theme and whole day of gap, who came back then and who was last seen.

    Columns theme, day (0 to 45, later ones as 45), again (1, or 0 where nothing came until the end), n.
    """
    rows = with_next(tickets.rows).filter(lambda t: t.motive.notnull() & t.theme.notnull())
    end = ibis.literal(tickets.known.end).cast("int64")
    gap = ibis.greatest(ibis.coalesce(rows.next, end) - rows.ends, 0)
    day = ibis.least((gap.cast("float64") / ibis.literal(DAY).cast("float64")).floor().cast("int64"), _TAIL)
    rows = rows.select("theme", day=day, again=(rows.next.notnull() & (day < _TAIL)).cast("int64"))
    return rows.group_by(["theme", "day", "again"]).aggregate(n=rows.count()).to_pyarrow()


def windows(counts: pa.Table) -> dict[str, int]:
    """The window of each theme in seconds, where its recontact-gap curve shows one; see `window_of`."""
    found: dict[str, int] = {}
    for theme in sorted(set(counts["theme"].to_pylist())):
        again, last = np.zeros(_TAIL + 1), np.zeros(_TAIL + 1)
        for row in counts.to_pylist():
            if row["theme"] == theme:
                (again if row["again"] else last)[row["day"]] += row["n"]
        if (days := window_of(again, last)) is not None:
            found[theme] = days * DAY
    return found


def window_of(again: np.ndarray, last: np.ndarray) -> int | None:
    """The window in days: the first from two on after which people come back no more often than they always do.

    `again[d]` came back d days after, `last[d]` were last seen then. What they always do is the daily hazard from the
    15th to the 44th day. All the days from a window to the 14th are compared with it together (one-sided, 5 %): a
    single quiet day ends nothing. At most 14 days; None under thirty recontacts, or where too few could be watched for
    as long as the base takes: then the window is seven days.
    """
    at_risk = (again + last)[::-1].cumsum()[::-1]
    watched = at_risk[_LONGEST + 1 : _TAIL].sum()
    if again.sum() < _ENOUGH_GAPS or watched < 30 * _ENOUGH_GAPS:
        return None
    base = again[_LONGEST + 1 : _TAIL].sum() / watched
    for day in range(LEAST // DAY, _LONGEST):
        expected = base * at_risk[day : _LONGEST + 1].sum()
        if again[day : _LONGEST + 1].sum() <= expected + _Z * np.sqrt(expected) + 0.5:
            return day
    return _LONGEST


def linked(
    tickets: Tickets, windows: Mapping[str, int], by: Sequence[str] = (), default: int = DEFAULT
) -> ir.Table:
    """One row a case: the tickets of one person about one thing, chained while the gap is at most the theme's window.

    Columns: the split's keys, `who`, `theme`, `channel`, `provider`, `product` of its first ticket; `window`; `opened`, `last`
    (its last contact), `ends`; `tickets`, `contacts`, `returns`; the first `answered`, `claimed`, `told`; `solved` the last,
    `unsolved` and `unclaimed` how many tickets have none; `mature`, 1 where the window has passed. Seconds since 1970.
    """
    rows = tickets.rows.mutate(window=sized(tickets.rows.theme, windows, default))
    order = {"group_by": ["who", "motive", "alone"], "order_by": ["at", "id"]}
    rows = rows.mutate(alone=ibis.ifelse(rows.motive.isnull(), rows.id, ""))
    before = rows.ends.max().over(ibis.window(**order, preceding=(None, 1)))
    starts = before.isnull() | (rows.at - before > rows.window)
    rows = rows.mutate(starts=starts.cast("int64"))
    rows = rows.mutate(number=rows.starts.sum().over(ibis.window(**order, preceding=None, following=0)))
    first = ["theme", "channel", "provider", "product", "window", *keys_of(by)]
    cases = rows.group_by(["who", "motive", "alone", "number"]).aggregate(
        **{name: rows[name].max(where=rows.starts == 1) for name in first},
        opened=rows.at.min(),
        last=rows.at.max(),
        ends=rows.ends.max(),
        tickets=rows.count().cast("int64"),
        contacts=rows.contacts.sum().cast("int64"),
        returns=(rows.returns.sum() + rows.count() - 1).cast("int64"),
        **{name: rows[name].min() for name in ("answered", "claimed", "told")},
        solved=rows.solved.max(),
        unsolved=rows.solved.isnull().cast("int64").sum().cast("int64"),
        unclaimed=rows.claimed.isnull().cast("int64").sum().cast("int64"),
        last_claim=rows.claimed.max(),
    )
    end = ibis.literal(tickets.known.end).cast("int64")
    return cases.mutate(mature=(cases.ends + cases.window <= end).cast("int64"))


def sized(theme: ir.Value, windows: Mapping[str, int], default: int = DEFAULT) -> ir.Value:
    """The window of each row's theme, in seconds."""
    branches = [(theme == name, ibis.literal(size).cast("int64")) for name, size in sorted(windows.items())]
    usual = ibis.literal(default).cast("int64")
    return ibis.cases(*branches, else_=usual) if branches else usual
