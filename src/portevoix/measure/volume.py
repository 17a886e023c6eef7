"""More messages than usual, or fewer: counts by day, which are livelier than chance alone."""

from collections.abc import Sequence
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from portevoix.measure.ranges import Gap, ratio, whole
from portevoix.measure.tallies import BEFORE, NOW, customers, grouped, keys_of, tally
from portevoix.nouns import Period

_BASELINE = timedelta(days=28)


def volume(verbatims: ir.Table, by: Sequence[str], periods: tuple[Period, Period]) -> ir.Table:
    """Customers' messages a day, now over before, by group: value, low, high, n (both periods), people (the larger side).

    The interval is that of a ratio of Poisson counts, widened by the root of the spread of the daily counts before
    now: quasi-Poisson, so that a Monday isn't news. Groups silent in one of the periods have no ratio and no row.
    """
    now, before = periods
    keys = keys_of(by)
    rows = customers(verbatims, by, periods)
    counted = tally(rows, [*keys, "period"], {"all": ibis.literal(1).cast("int64")})
    sides = {
        f"{name}{when}": ibis.coalesce(counted[f"all_{name}"].sum(where=counted.period == when), 0).cast(
            "int64"
        )
        for name in "np"
        for when in (NOW, BEFORE)
    }
    both = grouped(counted, keys, sides)
    both = _with_spread(both.filter((both.n1 > 0) & (both.n0 > 0)), verbatims, by, periods)
    gap = ratio(both.n1, _days(now), both.n0, _days(before), both.spread)
    figures = {part: getattr(gap, part) for part in Gap._fields}
    return both.mutate(**figures, n=both.n1 + both.n0, people=ibis.greatest(both.p1, both.p0))


def _with_spread(
    both: ir.Table, verbatims: ir.Table, by: Sequence[str], periods: tuple[Period, Period]
) -> ir.Table:
    """Adds `spread`: variance over mean of the daily counts before now, never under 1.

    The days are those of the four weeks before now (or of the whole period before, where it reaches further back),
    from the first message on; a day without messages counts as 0.
    """
    now, before = periods
    keys = keys_of(by)
    if now.since is None or before.since is None:
        return both.mutate(spread=whole(1))
    start = min(before.since, now.since - _BASELINE)
    past = customers(verbatims, by, (now, Period(kind="all", since=start, until=now.since)))
    past = past.filter(past.period == BEFORE)
    daily = past.group_by([*keys, "said_on"]).aggregate(messages=past.count())
    sums = grouped(
        daily, keys, {"total": daily.messages.sum(), "squares": (daily.messages * daily.messages).sum()}
    )
    sums = sums.cross_join(past.aggregate(first=past.said_on.min()))
    days = ibis.literal(now.since).delta(sums["first"], unit="day").cast("float64")
    total = sums.total.cast("float64").nullif(0)
    variance = (sums.squares.cast("float64") - total * total / days) / (days - whole(1)).nullif(0)
    spread = ibis.greatest(whole(1), ibis.coalesce(variance * days / total, whole(1)))
    sums = sums.select(**{f"{key}_past": sums[key] for key in keys}, spread=spread)
    if not keys:
        return both.cross_join(sums)
    joined = both.left_join(sums, [both[key] == sums[f"{key}_past"] for key in keys])
    joined = joined.drop(*(f"{key}_past" for key in keys))
    return joined.mutate(spread=ibis.coalesce(joined.spread, whole(1)))


def _days(period: Period) -> int:
    if period.since is None or period.until is None:
        return 1
    return max(1, (period.until - period.since).days)
