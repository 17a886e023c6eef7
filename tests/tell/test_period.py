"""Which stretch of days a letter speaks of."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portevoix.nouns import Period
from portevoix.tell.period import choose

LAST = date(2026, 11, 20)


def days(*counts: int) -> list[tuple[date, int]]:
    """Counts of the days that end on LAST."""
    return [(LAST - timedelta(days=len(counts) - 1 - i), n) for i, n in enumerate(counts)]


def test_a_lively_last_day_is_told_against_the_four_weeks_before():
    now, before = choose(days(*[40] * 60))
    assert now == Period(kind="day", since=LAST, until=LAST + timedelta(days=1))
    assert before == Period(kind="day", since=LAST - timedelta(days=28), until=LAST)


def test_a_week_of_history_is_enough_and_six_days_are_not():
    assert choose(days(*[40] * 8))[0].kind == "day"
    assert choose(days(*[40] * 7)) == (
        Period(kind="all", since=LAST - timedelta(days=6), until=LAST + timedelta(days=1)),
        None,
    )


def test_a_thin_last_day_gives_the_week():
    now, before = choose(days(*[10] * 60))
    assert (now.kind, now.since) == ("week", LAST - timedelta(days=6))
    assert before is not None
    assert (before.since, before.until) == (LAST - timedelta(days=34), LAST - timedelta(days=6))


def test_a_thin_week_gives_the_month_and_a_thin_month_gives_all():
    assert choose(days(*[2] * 200))[0].kind == "month"
    assert choose([(LAST - timedelta(days=40 * i), 5) for i in range(20)])[0].kind == "all"


def test_days_mostly_without_messages_are_not_compared_with_one_day():
    assert choose([(LAST, 50), *((LAST - timedelta(days=3 * i), 50) for i in range(1, 9))])[0].kind == "week"


def test_a_source_without_dates_has_a_period_without_bounds():
    assert choose([]) == (Period(kind="all", since=None, until=None), None)
    assert choose([(LAST, 0)]) == (Period(kind="all", since=None, until=None), None)


@given(st.dictionaries(st.integers(0, 400), st.integers(0, 90), max_size=90), st.randoms())
def test_the_stretch_before_ends_where_the_period_begins_and_order_doesnt_matter(counts, shuffle):
    given_days = [(LAST - timedelta(days=ago), n) for ago, n in counts.items()]
    now, before = choose(given_days)
    shuffle.shuffle(given_days)
    assert choose(given_days) == (now, before)
    alive = [day for day, n in given_days if n]
    if alive:
        assert now.until == max(alive) + timedelta(days=1)
    if before is not None:
        assert before.until == now.since
        assert before.since is not None
        assert before.since >= min(alive)
        inside = sum(n for day, n in given_days if now.since <= day < now.until)
        assert inside >= 30
