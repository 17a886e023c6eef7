"""What leaves a measure: silence for small groups, nothing rounded, always the same order."""

from datetime import date

import pyarrow as pa
import pytest

from portevoix.measure.experience import experience
from portevoix.measure.result import measures_of, silence
from portevoix.measure.scores import nps
from portevoix.plugs import measures
from tests.measure.conftest import Bench, answers


def test_four_people_stay_silent_however_much_they_write(bench: Bench):
    rows = [{"nps": 10, "person": f"p{place % 4}"} for place in range(100)]
    (found,) = bench.measures(nps, rows)
    assert (found.value, found.low, found.high, found.note, found.n) == (
        None,
        None,
        None,
        "fewer than 5",
        100,
    )


def test_five_people_are_heard_with_a_warning(bench: Bench):
    (found,) = bench.measures(nps, [{"nps": 10, "person": f"p{place}"} for place in range(5)])
    assert (found.value, found.note) == (100, "fewer than 30")


def test_where_persons_are_unknown_each_row_is_one(bench: Bench):
    (found,) = bench.measures(nps, answers("nps", {10: 4}))
    assert found.note == "fewer than 5"
    (found,) = bench.measures(nps, answers("nps", {10: 5}))
    assert found.value == 100


def test_a_silent_group_is_one_row(bench: Bench):
    full = {"enjoyable": 5, "easy": 5, "needs_met": 5}
    rows = [{**full, "channel": "chat"}] * 3 + [{**full, "channel": "mail"}] * 40
    found = bench.measures(experience, rows, by=("channel",))
    chat = [measure for measure in found if measure.where == {"channel": "chat"}]
    assert [(measure.name, measure.value, measure.note) for measure in chat] == [
        ("experience", None, "fewer than 5")
    ]
    assert len(found) == 5


def _table(**columns):
    row = {"name": "x", "value": 1.0, "low": 0.0, "high": 2.0, "n": 50, "people": 50, "unit": "points",
           "basis": "asked", "note": None, **columns}  # fmt: skip
    return pa.Table.from_pylist([row])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), None])
def test_what_is_no_number_is_null_with_a_note(value):
    (found,) = measures_of(_table(value=value))
    assert (found.value, found.low, found.high, found.note) == (None, None, None, "no value")
    (found,) = measures_of(_table(low=value))
    assert (found.value, found.low) == (1, None)


def test_nothing_is_rounded_and_the_period_is_carried():
    (found,) = measures_of(_table(value=1 / 3), date(2026, 1, 1), date(2026, 1, 8))
    assert (found.value, found.since, found.until) == (1 / 3, date(2026, 1, 1), date(2026, 1, 8))


def test_a_weightier_note_is_kept():
    assert measures_of(_table(n=10, note="estimated from stars"))[0].note == "estimated from stars"
    assert measures_of(_table(n=10, people=3, note="estimated from stars"))[0].note == "fewer than 5"


def test_the_order_is_that_of_places_then_names(bench: Bench):
    full = {"enjoyable": 5, "easy": 5, "needs_met": 5}
    rows = [{**full, "channel": channel} for channel in "cabcab" for _ in range(10)]
    found = bench.measures(experience, rows, by=("channel",))
    assert [(measure.where["channel"], measure.name) for measure in found] == sorted(
        (channel, name)
        for channel in "abc"
        for name in ("experience", "experience.easy", "experience.enjoyable", "experience.needs_met")
    )


@pytest.mark.parametrize("name", ["experience", "nps", "csat", "ces", "themes", "change"])
def test_every_measure_says_what_it_lacked(name: str):
    assert callable(measures[name])
    assert silence(name).startswith(f"There is nothing to measure {name} on: it needs ")
    assert "other columns" not in silence(name)
