"""Leaving with a cause and without it, day by day: nobody is let down before they were."""

import numpy as np
import pytest

from portevoix.measure.leaving import leaving

DAY = 86_400.0


def _lived(seed: int, n: int, times: float):
    """Leaving at .006 a day, `times` as fast from the day of the cause; the cause comes at .01 a day; 60 days are watched."""
    rng = np.random.default_rng(seed)
    had = rng.exponential(100, n)
    first = rng.exponential(1 / 0.006, n)
    left = np.where(first < had, first, had + rng.exponential(1 / (0.006 * times), n))
    had = np.where((had < left) & (had < 60), had, np.nan)
    return had * DAY, np.where(left < 60, left, np.nan) * DAY, np.full(n, np.nan), 60 * DAY


@pytest.mark.parametrize("times", [1.0, 3.0])
def test_the_planted_ratio_of_rates_is_held_nineteen_times_in_twenty(times: float):
    held = 0
    for seed in range(100):
        found = leaving(*_lived(seed, 1500, times))
        held += found.ratio.low <= times <= found.ratio.high
    assert held >= 88


def test_a_naive_count_would_call_a_cause_kind_that_does_nothing():
    had, left, since, end = _lived(1, 20_000, 1.0)
    gone, has = ~np.isnan(left), ~np.isnan(had)
    assert gone[has].mean() < gone[~has].mean() - 0.05  # who left early had no time to be let down
    found = leaving(had, left, since, end)
    assert found.ratio.value == pytest.approx(1, abs=0.12)
    assert found.with_.value == pytest.approx(found.without.value, abs=0.03)
    assert found.without.value == pytest.approx(1 - np.exp(-0.006 * 60), abs=0.02)


def test_newcomers_are_at_risk_from_the_day_they_come():
    had, left, since, end = _lived(2, 20_000, 2.0)
    late = np.random.default_rng(0).random(20_000) < 0.3
    since[late] = 20 * DAY
    seen = ~late | np.isnan(left) | (left > 20 * DAY)
    had = np.where(late, np.fmax(had, 20 * DAY), had)
    found = leaving(had[seen], left[seen], since[seen], end)
    assert found.without.value == pytest.approx(1 - np.exp(-0.006 * 60), abs=0.03)


def test_too_few_with_the_cause_or_nobody_leaving_says_nothing():
    had, left, since, end = _lived(3, 60, 1.0)
    assert leaving(np.where(np.arange(60) < 5, had, np.nan), left, since, end) is None
    assert leaving(had, np.full(60, np.nan), since, end) is None
