"""Laws that hold whatever customers answer, and coverage: a 95 % interval is right 95 times in a hundred."""

from itertools import product
from math import comb

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.measure.ranges import (
    Sums,
    gap_of_means,
    gap_of_shares,
    gap_of_tickets,
    mean,
    ratio,
    ticket,
    whole,
    wilson,
)
from portevoix.measure.result import measures_of
from portevoix.measure.scores import nps
from tests.measure.conftest import Bench

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
scores = st.lists(st.integers(0, 10), min_size=5, max_size=60)


def _columns(bench: Bench, **columns):
    return bench.con.create_table(
        f"law{next(bench._numbers)}",
        pa.table({name: np.asarray(column) for name, column in columns.items()}),
        temp=True,
    )


def _run(table, range_):
    return [column.to_numpy() for column in table.select(*range_).to_pyarrow().columns]


def _compositions(n: int):
    return [(p, n - p - d, d) for p in range(n + 1) for d in range(n + 1 - p)]


def test_a_score_stays_in_its_bounds_and_inside_its_interval(bench: Bench):
    cases = np.array([case for n in range(2, 41) for case in _compositions(n)])
    p, d = cases[:, 0], cases[:, 2]
    table = _columns(bench, n=cases.sum(1), s=p - d, q=p + d)
    sums = Sums(table.n, table.s, table.q)
    for range_ in (ticket(sums), mean(sums, whole(1))):
        value, low, high = _run(table, range_)
        assert (np.abs(value) <= 100).all()
        assert (low >= -100).all()
        assert (high <= 100).all()
        assert (low <= value).all()
        assert (value <= high).all()
        assert (low < high).all()


def test_a_share_stays_in_its_bounds_and_inside_its_interval(bench: Bench):
    cases = np.array([(n, x) for n in range(1, 120) for x in range(n + 1)])
    table = _columns(bench, n=cases[:, 0], x=cases[:, 1])
    value, low, high = _run(table, wilson(table.n, table.x))
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert (low <= value + 1e-12).all()
    assert (value <= high + 1e-12).all()


def test_differences_change_sign_when_the_sides_are_swapped(bench: Bench):
    cases = np.array([(*a, *b) for a, b in product(_compositions(6), _compositions(9))])
    table = _columns(bench, n1=cases[:, :3].sum(1), s1=cases[:, 0] - cases[:, 2], q1=cases[:, 0] + cases[:, 2],
                     n0=cases[:, 3:].sum(1), s0=cases[:, 3] - cases[:, 5], q0=cases[:, 3] + cases[:, 5])  # fmt: skip
    now, before = Sums(table.n1, table.s1, table.q1), Sums(table.n0, table.s0, table.q0)
    pairs = [
        (gap_of_tickets(now, before), gap_of_tickets(before, now)),
        (gap_of_means(now, before, whole(1)), gap_of_means(before, now, whole(1))),
        (
            gap_of_shares(table.n1, table.q1, table.n0, table.q0),
            gap_of_shares(table.n0, table.q0, table.n1, table.q1),
        ),
    ]
    for one, other in pairs:
        value, low, high, _ = _run(table, one)
        swapped, least, most, _ = _run(table, other)
        assert np.allclose(value, -swapped)
        assert np.allclose(low, -most)
        assert np.allclose(high, -least)
        assert (low <= value + 1e-9).all()
        assert (value <= high + 1e-9).all()


def test_a_ratio_is_inverted_when_the_sides_are_swapped(bench: Bench):
    cases = np.array(list(product(range(1, 30), repeat=2)))
    table = _columns(bench, a=cases[:, 0], b=cases[:, 1])
    value, low, high, _ = _run(table, ratio(table.a, 7, table.b, 28, whole(2)))
    swapped, least, most, _ = _run(table, ratio(table.b, 28, table.a, 7, whole(2)))
    assert np.allclose(value * swapped, 1)
    assert np.allclose(low * most, 1)
    assert np.allclose(high * least, 1)
    assert (low < value).all()
    assert (value < high).all()


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.8, 0.15, 0.05), (0.3, 0.3, 0.4)])
@pytest.mark.parametrize("n", [10, 20, 50])
def test_the_interval_of_nps_is_right_ninety_three_times_in_a_hundred_or_more(bench: Bench, shares, n: int):
    """Exact, over every outcome of n answers: plain Wald falls to 86 % here (Rocks 2016)."""
    cases = np.array(_compositions(n))
    table = _columns(bench, n=cases.sum(1), s=cases[:, 0] - cases[:, 2], q=cases[:, 0] + cases[:, 2])
    _, low, high = _run(table, ticket(Sums(table.n, table.s, table.q)))
    truth = 100 * (shares[0] - shares[2])
    odds = np.array([comb(n, p) * comb(n - p, d) * shares[0] ** p * shares[1] ** m * shares[2] ** d for p, m, d in cases])  # fmt: skip
    assert odds.sum() == pytest.approx(1)
    assert odds[(low <= truth) & (truth <= high)].sum() > 0.93


@pytest.mark.parametrize("n", [8, 20, 60])
@pytest.mark.parametrize("content", [0.3, 0.6, 0.85])
def test_the_interval_of_the_index_is_right_ninety_three_times_in_a_hundred_or_more(bench: Bench, n: int, content: float):  # fmt: skip
    """Three correlated items a person: a mood, then items that follow it two times in three."""
    rng = np.random.default_rng(3)
    draws = 4000
    shares = [content, (1 - content) / 2, (1 - content) / 2]
    mood = rng.choice([1, 0, -1], (draws, n, 1), p=shares)
    own = rng.choice([1, 0, -1], (draws, n, 3), p=shares)
    sixths = 2 * np.where(rng.random((draws, n, 3)) < 2 / 3, mood, own).sum(2)
    table = _columns(bench, n=np.full(draws, n), s=sixths.sum(1), q=(sixths**2).sum(1))
    _, low, high = _run(table, mean(Sums(table.n, table.s, table.q), whole(6)))
    truth = 100 * (shares[0] - shares[2])
    assert ((low <= truth) & (truth <= high)).mean() > 0.93


@few
@given(scores, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(bench: Bench, given_scores: list[int], rng):
    rows = [{"nps": score} for score in given_scores]
    shuffled = rng.sample(rows, len(rows))
    assert bench.measures(nps, rows) == bench.measures(nps, shuffled)


@few
@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from("abc")), min_size=5, max_size=60))
def test_groups_add_up_to_the_whole(bench: Bench, given_rows: list[tuple[int, str]]):
    rows = [{"nps": score, "channel": channel} for score, channel in given_rows]
    (whole_,) = bench.measures(nps, rows)
    groups = nps(bench.verbatims(rows), bench.labels(), by=("channel",)).to_pyarrow().to_pylist()
    assert sum(group["n"] for group in groups) == whole_.n
    assert sum(group["n"] * group["value"] for group in groups) / whole_.n == pytest.approx(whole_.value)


@few
@given(scores)
def test_twice_as_many_answers_make_a_narrower_interval(bench: Bench, given_scores: list[int]):
    rows = [{"nps": score} for score in given_scores]
    (once,) = bench.measures(nps, rows)
    (twice,) = bench.measures(nps, rows * 2)
    assert twice.value == pytest.approx(once.value)
    assert twice.high - twice.low < once.high - once.low


@few
@given(scores)
def test_nps_is_what_a_hand_would_count(bench: Bench, given_scores: list[int]):
    (found,) = bench.measures(nps, [{"nps": score} for score in given_scores])
    promoters, detractors = sum(s >= 9 for s in given_scores), sum(s <= 6 for s in given_scores)
    assert found.value == pytest.approx(100 * (promoters - detractors) / len(given_scores))
    assert measures_of(pa.table({**{c: [] for c in ("name", "value", "low", "high", "n", "people", "unit", "basis", "note")}})) == []  # fmt: skip
