"""Change: news when it is one, "within noise" when it isn't."""

import random
from datetime import date, timedelta

import pytest

from portevoix.errors import WrongUse
from portevoix.measure.change import change
from portevoix.nouns import Period
from portevoix.settings import Settings
from tests.measure.conftest import Bench, answers

NOW = Period(kind="week", since=date(2026, 2, 2), until=date(2026, 2, 9))
BEFORE = Period(kind="week", since=date(2026, 1, 26), until=date(2026, 2, 2))
DAYS = {"now": date(2026, 2, 3), "before": date(2026, 1, 27)}


def week(since: date, n: int, **more):
    return [{"said_on": since + timedelta(days=place % 7), **more} for place in range(n)]


def test_three_months_of_history_outside_the_periods_count_for_no_score(bench: Bench):
    rows = answers("nps", {10: 50}, said_on=DAYS["before"]) + answers("nps", {10: 50}, said_on=DAYS["now"])
    rows += answers("nps", {0: 500}, said_on=date(2025, 12, 1)) + answers("nps", {0: 500})
    found = bench.named(change, rows, periods=(NOW, BEFORE))["change.nps"]
    assert (found.value, found.n, found.note) == (0, 100, "within noise")


def test_days_at_the_edges_belong_to_one_period(bench: Bench):
    rows = answers("nps", {10: 30}, said_on=NOW.since) + answers("nps", {0: 30}, said_on=NOW.until)
    rows += answers("nps", {0: 30}, said_on=BEFORE.since)
    found = bench.named(change, rows, periods=(NOW, BEFORE))["change.nps"]
    assert (found.value, found.n) == (200, 60)


def test_one_basis_serves_both_periods(bench: Bench):
    rows = answers("nps", {10: 50}, said_on=DAYS["now"]) + answers("stars", {1: 50}, said_on=DAYS["before"])
    found = bench.named(change, rows, periods=(NOW, BEFORE))
    assert "change.nps" not in found  # asked now, starred before: not the same question


def test_a_difference_under_the_minimum_is_not_worth_telling(bench: Bench):
    rows = answers("nps", {10: 5200, 0: 4800}, said_on=DAYS["now"])
    rows += answers("nps", {10: 5000, 0: 5000}, said_on=DAYS["before"])
    sure = bench.named(change, rows, periods=(NOW, BEFORE))["change.nps"]
    assert (sure.value, sure.note) == (pytest.approx(4), None)
    assert sure.low > 0
    demanding = bench.named(change, rows, periods=(NOW, BEFORE), settings=Settings(minimum_change=5))[
        "change.nps"
    ]
    assert (demanding.value, demanding.note) == (pytest.approx(4), "within noise")


def test_the_index_and_its_items_change_together(bench: Bench):
    good, bad = (
        dict.fromkeys(("enjoyable", "easy", "needs_met"), 5),
        {"enjoyable": 5, "easy": 1, "needs_met": 5},
    )
    rows = [{**good, "said_on": DAYS["before"]}] * 60 + [{**good, "said_on": DAYS["now"]}] * 20
    rows += [{**bad, "said_on": DAYS["now"]}] * 40
    found = bench.named(change, rows, periods=(NOW, BEFORE))
    assert found["change.experience"].value == pytest.approx(-200 * 40 / 60 / 3)
    assert found["change.experience.easy"].value == pytest.approx(-200 * 40 / 60)
    assert found["change.experience.easy"].note is None
    assert found["change.experience.enjoyable"].note == "within noise"


def _spoken(n_now: int, n_before: int, now: dict, before: dict):
    rows = week(NOW.since, n_now) + week(BEFORE.since, n_before)
    labels = [(f"v{place}", "lang", "fr", None) for place in range(n_now + n_before)]
    for start, share in ((0, now), (n_now, before)):
        for theme, n in share.items():
            labels += [(f"v{start + place}", "theme", theme, -1.0) for place in range(n)]
    return rows, labels


def test_a_theme_that_doubles_is_news(bench: Bench):
    rows, labels = _spoken(400, 400, {"billing": 120, "price": 40}, {"billing": 60, "price": 40})
    found = {
        (m.name, m.where.get("theme")): m for m in bench.measures(change, rows, labels, periods=(NOW, BEFORE))
    }
    billing = found["change.themes.negative", "billing"]
    assert (billing.value, billing.note, billing.n) == (pytest.approx(0.15), None, 800)
    assert found["change.themes.negative", "price"].note == "within noise"


def test_a_theme_that_was_never_heard_before_can_be_news(bench: Bench):
    rows, labels = _spoken(200, 200, {"billing": 30}, {})
    found = {m.name: m for m in bench.measures(change, rows, labels, periods=(NOW, BEFORE)) if m.where}
    assert (found["change.themes.negative"].value, found["change.themes.negative"].note) == (0.15, None)


def test_one_angry_person_is_not_a_theme(bench: Bench):
    rows, labels = _spoken(200, 200, {"billing": 30}, {})
    rows = [{**row, "person": "p"} if place < 30 else row for place, row in enumerate(rows)]
    found = {m.name: m for m in bench.measures(change, rows, labels, periods=(NOW, BEFORE)) if m.where}
    assert found["change.themes.negative"].note == "within noise"


def test_among_many_themes_a_lucky_one_stays_silent(bench: Bench):
    # 24 against 10 of 400 passes alone (p = 0.015), not as the best of thirteen quiet themes
    quiet = {f"theme{place}": 20 for place in range(12)}
    rows, labels = _spoken(400, 400, {"billing": 24, **quiet}, {"billing": 10, **quiet})
    found = {m.where["theme"]: m for m in bench.measures(change, rows, labels, periods=(NOW, BEFORE))
             if m.name == "change.themes.negative"}  # fmt: skip
    assert found["billing"].low > 0
    assert found["billing"].value >= 0.015
    assert found["billing"].note == "within noise"
    rows, labels = _spoken(400, 400, {"billing": 24}, {"billing": 10})
    found = {m.name: m for m in bench.measures(change, rows, labels, periods=(NOW, BEFORE)) if m.where}
    assert found["change.themes.negative"].note is None


def test_the_families_share_one_five_per_cent(bench: Bench):
    """A score at p = .03 passes alone and was news; with the themes and the volume tested beside it, it is chance."""
    rows = answers("nps", {10: 230, 0: 170}, said_on=DAYS["now"])
    rows += answers("nps", {10: 200, 0: 200}, said_on=DAYS["before"])
    found = bench.named(change, rows, periods=(NOW, BEFORE))["change.nps"]
    assert found.low > 0
    assert found.note == "within noise"
    rows = answers("nps", {10: 250, 0: 150}, said_on=DAYS["now"])
    rows += answers("nps", {10: 200, 0: 200}, said_on=DAYS["before"])
    assert bench.named(change, rows, periods=(NOW, BEFORE))["change.nps"].note is None


@pytest.mark.slow
def test_when_nothing_changes_hardly_anything_is_announced(bench: Bench):
    rng = random.Random(7)
    announced = tried = 0
    for _ in range(5):
        rows = week(NOW.since, 300) + week(BEFORE.since, 300)
        rows = [{**row, "nps": rng.choice([10, 10, 8, 3])} for row in rows]
        labels = [(f"v{place}", "lang", "fr", None) for place in range(600)]
        labels += [(f"v{place}", "theme", theme, rng.choice([-1.0, -1.0, 1.0]))
                   for place in range(600) for theme in ("a", "b", "c", "d", "e", "f") if rng.random() < 0.15]  # fmt: skip
        found = bench.measures(change, rows, labels, periods=(NOW, BEFORE))
        tried += len(found)
        announced += sum(measure.note is None for measure in found)
    assert tried >= 100
    assert announced <= 3


def test_volume_is_a_ratio_of_days(bench: Bench):
    month = Period(kind="month", since=date(2026, 1, 5), until=date(2026, 2, 2))
    rows = week(NOW.since, 140) + [
        row for start in range(4) for row in week(month.since + timedelta(7 * start), 70)
    ]
    found = bench.named(change, rows, periods=(NOW, month))["change.volume"]
    assert (found.value, found.unit, found.note, found.n) == (pytest.approx(2), "ratio", None, 420)
    # log ratio of Poisson counts with half a message more a side
    error = (1 / 140.5 + 1 / 280.5) ** 0.5
    centre = 140.5 / 280.5 * 4
    assert (found.low, found.high) == pytest.approx((centre * 2.71828**(-1.96 * error), centre * 2.71828**(1.96 * error)), rel=1e-4)  # fmt: skip


def test_days_that_are_lively_by_habit_make_a_wider_interval(bench: Bench):
    lively = [row for start in range(4)
              for day, n in enumerate((60, 5, 5, 5, 5, 5, 5))
              for row in [{"said_on": BEFORE.since - timedelta(21) + timedelta(7 * start + day)}] * n]  # fmt: skip
    found = bench.named(change, lively + week(NOW.since, 130), periods=(NOW, BEFORE))["change.volume"]
    assert found.value == pytest.approx(130 / 90)
    assert found.note == "within noise"
    even = [
        row for start in range(4) for row in week(BEFORE.since - timedelta(21) + timedelta(7 * start), 90)
    ]
    found = bench.named(change, even + week(NOW.since, 130), periods=(NOW, BEFORE))["change.volume"]
    assert found.note is None


def test_a_split_compares_each_group_with_itself(bench: Bench):
    rows = answers("nps", {10: 60}, said_on=DAYS["now"], channel="mail")
    rows += answers("nps", {0: 60}, said_on=DAYS["before"], channel="mail")
    rows += answers("nps", {7: 60}, said_on=DAYS["now"], channel="chat")
    rows += answers("nps", {7: 60}, said_on=DAYS["before"], channel="chat")
    found = bench.measures(change, rows, by=("channel",), periods=(NOW, BEFORE))
    assert {m.where["channel"]: m.value for m in found if m.name == "change.nps"} == {"mail": 200, "chat": 0}
    assert {m.where["channel"]: m.value for m in found if m.name == "change.volume"} == {"mail": 1, "chat": 1}


def test_four_people_on_one_side_stay_silent(bench: Bench):
    rows = answers("nps", {10: 100}, said_on=DAYS["now"]) + answers("nps", {0: 4}, said_on=DAYS["before"])
    found = bench.named(change, rows, periods=(NOW, BEFORE))["change.nps"]
    assert (found.value, found.note) == (None, "fewer than 5")


@pytest.mark.parametrize("periods", [None, (NOW, None), (Period(kind="all", since=None, until=None), None)])
def test_without_a_period_before_there_is_no_change(bench: Bench, periods):
    assert bench.measures(change, answers("nps", {10: 100}, said_on=DAYS["now"]), periods=periods) == []


def test_nobody_wrote_before(bench: Bench):
    assert bench.measures(change, answers("nps", {10: 100}, said_on=DAYS["now"]), periods=(NOW, BEFORE)) == []


def test_a_day_is_in_one_period_only(bench: Bench):
    rows = answers("nps", {10: 40}, said_on=DAYS["now"])
    with pytest.raises(WrongUse, match="said_on"):
        bench.measures(change, rows, by=("said_on",), periods=(NOW, BEFORE))
