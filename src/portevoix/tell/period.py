"""Which stretch of days a letter speaks of, and against which it is compared."""

from collections.abc import Sequence
from datetime import date, timedelta

from portevoix.nouns import Period

ENOUGH = 30
"""Messages that a period needs before it is worth comparing."""


def choose(days: Sequence[tuple[date, int]]) -> tuple[Period, Period | None]:
    """The period that the data allow, and the stretch before it.

    `days`: days with their numbers of messages, in any order; days without messages may be absent. A day if the last
    one has 30 messages and at least four days in seven of a week or more before it have some; else the last seven
    days, else the last thirty, if they and the stretch before (4 weeks, 3 months, or what exists) have 30 messages
    each and that stretch is at least as long; else all. Without a dated message: a period without bounds.
    """
    counts: dict[date, int] = {}
    for day, n in days:
        if n > 0:
            counts[day] = counts.get(day, 0) + n
    if not counts:
        return Period(kind="all", since=None, until=None), None
    first, last = min(counts), max(counts)
    until = last + timedelta(days=1)
    for kind, length, reach in (("day", 1, 28), ("week", 7, 28), ("month", 30, 90)):
        since = until - timedelta(days=length)
        start = max(first, since - timedelta(days=reach))
        earlier = (since - start).days
        now = sum(n for day, n in counts.items() if since <= day)
        before = [n for day, n in counts.items() if start <= day < since]
        alive = kind != "day" or len(before) >= 4 / 7 * earlier
        if earlier >= max(7, length) and now >= ENOUGH and sum(before) >= ENOUGH and alive:
            return Period(kind=kind, since=since, until=until), Period(kind=kind, since=start, until=since)
    return Period(kind="all", since=first, until=until), None
