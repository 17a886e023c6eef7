"""Between segments: both groups and their difference, for any measure, with an interval and with many looks paid for."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import portevoix as pv
from portevoix.measure.result import measures_of
from portevoix.measure.scorecard import wilson
from portevoix.measure.scores import nps
from portevoix.measure.segments import Side, difference, with_differences
from portevoix.nouns import Measure
from portevoix.settings import Settings
from tests.conftest import ROOT
from tests.measure.conftest import Bench, answers


def _share(x: int, n: int) -> Side:
    return Side(x / n, *wilson(x, n), n, n)


def test_newcombes_published_interval_of_two_shares():
    gap = difference(_share(56, 70), [_share(48, 80)])
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_against_several_it_is_the_mean_of_the_others_by_their_n():
    one, two, three = _share(30, 60), _share(10, 50), _share(70, 100)
    assert difference(one, [two, three]).value == pytest.approx(0.5 - 80 / 150)


sides = st.builds(
    lambda x, n: _share(min(x, n), n),
    st.integers(min_value=0, max_value=60),
    st.integers(min_value=1, max_value=60),
)


@given(sides, sides)
def test_swapping_the_sides_turns_the_difference_round(one: Side, other: Side):
    there, back = difference(one, [other]), difference(other, [one])
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))
    assert there.low <= there.value <= there.high
    assert -1 <= there.low
    assert there.chance == pytest.approx(back.chance)


@given(sides, sides)
def test_what_is_unlikely_enough_has_an_interval_without_zero(one: Side, other: Side):
    gap = difference(one, [other])
    assert (gap.chance < 0.05 - 1e-9) <= (gap.low >= 0 or gap.high <= 0)


def _split(bench: Bench, rows, **options) -> list[Measure]:
    table = nps(bench.verbatims(rows), bench.labels(), by=("channel",)).to_pyarrow()
    return measures_of(with_differences(table, ("channel",), **options))


def test_web_customers_suffer_and_tv_customers_do_not_is_a_claim_that_is_tested(bench: Bench):
    rows = answers("nps", {10: 60, 7: 20, 0: 20}, channel="tv") + answers(
        "nps", {10: 20, 7: 20, 0: 60}, channel="web"
    )
    shown = {(one.name, one.where["channel"]): one for one in _split(bench, rows)}
    gap = shown["nps.difference", "tv"]
    assert (gap.value, gap.n, gap.note, gap.where["against"]) == (80, 200, None, "web")
    assert 55 < gap.low < gap.high < 101
    assert {name for name, _ in shown} == {"nps", "nps.difference"}


def test_a_segment_of_four_people_and_one_without_a_name_are_compared_with_nobody(bench: Bench):
    rows = (
        answers("nps", {10: 60, 0: 40}, channel="tv")
        + answers("nps", {0: 50})
        + answers("nps", {0: 4}, channel="web")
    )
    assert not any(one.name.endswith(".difference") for one in _split(bench, rows))


def test_a_difference_too_small_to_matter_is_no_finding(bench: Bench):
    rows = answers("nps", {10: 5200, 0: 4800}, channel="tv") + answers(
        "nps", {10: 4900, 0: 5100}, channel="web"
    )
    (found,) = [one for one in _split(bench, rows) if one.name == "nps.difference"]
    assert found.note is None
    (found,) = [one for one in _split(bench, rows, minimum_change=7.0) if one.name == "nps.difference"]
    assert (found.note, found.low > 0) == ("within noise", True)


def test_of_three_segments_each_is_compared_with_the_others(bench: Bench):
    rows = [
        row
        for name, n in (("a", 40), ("b", 50), ("c", 60))
        for row in answers("nps", {10: n, 0: 30}, channel=name)
    ]
    gaps = [one for one in _split(bench, rows) if one.name == "nps.difference"]
    assert [(one.where["channel"], one.where["against"]) for one in gaps] == [
        (name, "the others") for name in "abc"
    ]


def test_differences_stay_within_the_groups_of_the_earlier_columns(bench: Bench):
    rows = [
        row
        for product in ("fibre", "tv")
        for channel in ("mail", "web")
        for row in answers("nps", {10: 40, 0: 20}, product=product, channel=channel)
    ]
    table = nps(bench.verbatims(rows), bench.labels(), by=("product", "channel")).to_pyarrow()
    found = [
        one for one in measures_of(with_differences(table, ("product", "channel"))) if "against" in one.where
    ]
    assert [(one.where["product"], one.where["channel"]) for one in found] == [
        ("fibre", "mail"),
        ("tv", "mail"),
    ]


def test_many_segments_alike_are_seldom_told_apart():
    """Twelve towns of the same worth, six figures each: BH over all of them finds something in a table of twenty."""
    rng, found = np.random.default_rng(1), 0
    for _ in range(200):
        rows = []
        for place in range(12):
            for figure in range(6):
                x = int(rng.binomial(80, 0.3))
                low, high = wilson(x, 80)
                rows.append({"town": f"t{place}", "name": f"m.{figure}", "value": x / 80, "low": low, "high": high, "n": 80,
                             "people": 80, "unit": "share", "basis": "asked", "note": None})  # fmt: skip
        table = with_differences(pa.Table.from_pylist(rows, schema=_SCHEMA), ("town",))
        found += any(row["against"] and row["note"] is None for row in table.to_pylist())
    assert found <= 20


_SCHEMA = pa.schema(
    [("town", pa.string()), ("name", pa.string()), *((part, pa.float64()) for part in ("value", "low", "high")),
     ("n", pa.int64()), ("people", pa.int64()), *((part, pa.string()) for part in ("unit", "basis", "note"))]
)  # fmt: skip


def test_every_measure_of_the_shipped_example_says_its_differences():
    with pv.Voice(None, settings=Settings()) as voice:
        for kind in ("verbatims", "customers", "cases"):
            voice.collect(f"{kind}:{ROOT / 'examples' / f'{kind}.csv'}")
        for name, split in (
            ("nps", "product"),
            ("churn", "product"),
            ("answers", "provider"),
            ("value", "product"),
        ):
            assert any(one.name.endswith(".difference") for one in voice.measure(name, by=split)), name
        assert not any("against" in one.where for one in voice.measure("providers", by="provider"))
