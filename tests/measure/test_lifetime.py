"""CLV-1, CRV-1, CRV-2, BGN-1, PNB-1, GAM-1 of the measures' reference; recovery of planted parameters; CDNOW."""

import csv
import gzip
from datetime import date, datetime
from math import lgamma

import numpy as np
import pyarrow as pa
import pytest

from portevoix.errors import TooFew
from portevoix.measure.lifetime import YEAR, retention, to_come, worth
from portevoix.measure.purchases import (
    BgNbd,
    GammaGamma,
    ParetoNbd,
    Purchases,
    alive,
    bg_nbd,
    bg_nbd_likelihood,
    expected,
    expected_of_new,
    gamma_gamma,
    hypergeometric,
    log_gamma,
    never_again,
    pareto_nbd,
    spend,
)
from portevoix.measure.referrals import (
    CORNERS,
    Recruit,
    corners,
    credited,
    overlap,
    rank_correlation,
    referral_value,
    top,
)

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)


def _one(*values: float):
    return [np.array([value]) for value in values]


def test_margins_to_come_at_a_constant_retention():
    assert worth(100, 0.8, 0.1) == pytest.approx(266.6667, abs=1e-4)
    assert worth(100, 0.8, 0.1, first_now=True) == pytest.approx(366.6667, abs=1e-4)
    assert worth(100, 0.8, 0.1, years=5) == pytest.approx(212.4097, abs=1e-4)


def test_the_retention_curve_finds_the_risk_of_each_year_of_tenure_with_late_entry():
    rng = np.random.default_rng(1)
    since = rng.uniform(-6, 0, 40_000) * YEAR
    first = rng.exponential(1 / 0.4, 40_000)  # leaves at .4 a year in the first year, .1 after
    later = 1 + rng.exponential(1 / 0.1, 40_000)
    life = np.where(first < 1, first, later) * YEAR
    left = since + life
    seen = left > 0  # only those still here when the watch begins are in the table
    since, left = since[seen], left[seen]
    end = YEAR
    left = np.where(left < end, left, np.nan)
    curve = retention(since, left, 0.0, end)
    assert curve.risks[0] == pytest.approx(1 - np.exp(-0.4), abs=0.03)
    assert curve.risks[1:5] == pytest.approx(np.full(4, 1 - np.exp(-0.1)), abs=0.02)
    assert to_come(np.array([100.0]), np.array([2.0]), curve)[0] == pytest.approx(
        worth(100, np.exp(-0.1), 0.1, 5), rel=0.03
    )


def test_referral_value_of_the_reference():
    assert referral_value([[Recruit(98, 40, 18, 5)] * 2], [[5, 5]], 0.15) == pytest.approx(86.9565, abs=1e-4)
    years = [[Recruit(120, 30, 10, 60)], [Recruit(120, 0, 10, 0)]]
    assert referral_value(years, [[60]], 0.10) == pytest.approx(272.7273, abs=1e-4)


def test_a_recruit_is_credited_once_and_to_somebody_who_was_there():
    since = np.array([0.0, 5.0, 9.0, 1.0])
    people, by = pa.chunked_array([["a", "b", "c", "d"]]), pa.chunked_array([[None, "a", "c", "b"]])
    assert credited(people, by, since).tolist() == [-1, 0, -1, -1]
    people, by = pa.chunked_array([["a", "b"]]), pa.chunked_array([["b", "nobody"]])
    assert credited(people, by, np.array([np.nan, np.nan])).tolist() == [1, -1]


def test_rankings_share_their_ties_and_correlate_as_in_the_recalled_table():
    clv = np.array([1933, 1067, 633, 360, 313, 230, 190, 160, 137, 120], dtype=float)
    crv = np.array([40, 52, 90, 750, 930, 1020, 870, 96, 65, 46], dtype=float)
    assert rank_correlation(clv, crv).value == pytest.approx(-0.1515, abs=5e-5)
    assert overlap(clv, crv, 3).value == 0
    assert crv[4:7].sum() / crv.sum() == pytest.approx(0.7123, abs=5e-5)
    assert crv[:3].sum() / crv.sum() == pytest.approx(0.046, abs=5e-4)
    assert top(np.array([3.0, 1.0, 1.0, 0.0]), 2).tolist() == [1, 0.5, 0.5, 0]
    assert np.isnan(rank_correlation(clv, np.zeros(10)).value)


def test_the_four_corners():
    places = corners(np.array([9.0, 8.0, 1.0, 2.0]), np.array([1.0, 0.0, 3.0, 0.0]))
    assert [CORNERS[place] for place in places] == ["Champions", "Affluents", "Advocates", "Misers"]


def test_the_functions_under_the_likelihoods():
    x = np.array([0.01, 0.5, 1.0, 3.3, 7.999, 50.0, 2357.25])
    assert log_gamma(x) == pytest.approx([lgamma(value) for value in x], abs=1e-12, rel=1e-13)
    assert float(hypergeometric(1.0, 1.0, 2.0, 0.5)) == pytest.approx(2 * np.log(2), rel=1e-13)


def test_repeat_buying_of_the_reference():
    assert expected(PUBLISHED, 39, *_one(2, 30.43, 38.86))[0] == pytest.approx(1.226, abs=5e-4)
    assert alive(PUBLISHED, *_one(2, 30.43, 38.86))[0] == pytest.approx(0.7266, abs=5e-5)
    assert alive(PUBLISHED, *_one(1, 1.71, 38.86))[0] == pytest.approx(0.2121, abs=5e-5)
    assert alive(PUBLISHED, *_one(0, 0, 38.86))[0] == 1
    told = {1: 0.0533, 3: 0.1509, 32: 1.0452, 78: 1.8605}
    assert [expected_of_new(PUBLISHED, t) for t in told] == pytest.approx(list(told.values()), abs=5e-5)
    fitted = BgNbd(0.2426, 4.4135, 0.7929, 2.4258)
    told = {0.1429: 0.0078, 1: 0.0532, 3: 0.1506, 31.8571: 1.0405, 32: 1.0437, 78: 1.8579}
    assert [expected_of_new(fitted, t) for t in told] == pytest.approx(list(told.values()), abs=2e-4)
    assert expected(fitted, 39, *_one(2, 30.43, 38.86))[0] == pytest.approx(1.2259, abs=2e-4)
    assert never_again(BgNbd(0.2426, 4.4135, 0.7929, 2.4258), 39) == pytest.approx(0.573786, abs=6e-4)


def test_the_pareto_model_and_the_worth_of_a_purchase_of_the_reference():
    chance, times = pareto_nbd(ParetoNbd(0.5534, 10.5802, 0.6061, 11.6562), 52, 26, 30.86, 31)
    assert chance == pytest.approx(0.9979, abs=5e-5)
    assert times == pytest.approx(25.4549, abs=5e-4)
    model = GammaGamma(6.25, 3.74, 15.44)
    assert [spend(model, x, mean) for x, mean in ((2, 22.35), (1, 11.77), (0, 0))] == pytest.approx(
        [24.66, 18.92, 35.22], abs=5e-3
    )


def test_planted_parameters_are_found_again():
    rng = np.random.default_rng(2)
    n, age = 3000, 39.0
    rate, drop = rng.gamma(0.8, 1 / 5.0, n), rng.beta(1.2, 3.0, n)
    rows = []
    for own, chance in zip(rate, drop, strict=True):
        x, at, last = 0, 0.0, 0.0
        while (at := at + rng.exponential(1 / own)) <= age:
            x, last = x + 1, at
            if rng.random() < chance:
                break
        rows.append((x, last, age))
    x, recency, ages = np.array(rows, dtype=float).T
    found = bg_nbd(Purchases(x, recency, ages, np.ones(n)))
    planted = BgNbd(0.8, 5.0, 1.2, 3.0)
    assert bg_nbd_likelihood(found, Purchases(x, recency, ages, np.ones(n))) >= bg_nbd_likelihood(
        planted, Purchases(x, recency, ages, np.ones(n))
    )
    assert found.r / found.alpha == pytest.approx(0.16, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(1.2 / 4.2, rel=0.15)
    with pytest.raises(TooFew, match="bought twice"):
        bg_nbd(Purchases(np.zeros(50), np.zeros(50), ages[:50], np.ones(50)))


def test_planted_spending_is_found_again():
    rng = np.random.default_rng(3)
    x = rng.integers(1, 8, 4000).astype(float)
    rate = rng.gamma(4.0, 1 / 15.0, 4000)
    mean = rng.gamma(6.0 * x, 1 / rate) / x
    found = gamma_gamma(x, mean)
    assert found.p * found.v / (found.q - 1) == pytest.approx(6 * 15 / 3, rel=0.05)
    with pytest.raises(TooFew, match="bought twice"):
        gamma_gamma(np.zeros(100), np.zeros(100))


@pytest.mark.data
def test_cdnow_buys_again_as_published(data):
    """The file holds the whole cohort; the published fit is on a tenth of it, so it agrees within that tenth's error."""
    spent: dict[str, dict[date, float]] = {}
    with gzip.open(data / "care" / "cdnow_transactions.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            when = datetime.strptime(row["date"], "%Y%m%d").date()
            days = spent.setdefault(row["customer_id"], {})
            days[when] = days.get(when, 0.0) + float(row["dollar_value"])
    end, rows = date(1997, 9, 30), []
    for days in spent.values():
        known = sorted(day for day in days if day <= end)
        x = len(known) - 1
        mean = sum(days[day] for day in known[1:]) / x if x else 0.0
        rows.append((x, (known[-1] - known[0]).days / 7, (end - known[0]).days / 7, mean))
    table = np.array(rows)
    assert len(table) == 23_570
    distinct, counts = np.unique(table[:, :3], axis=0, return_counts=True)
    seen = Purchases(*distinct.T, counts.astype(float))
    found = bg_nbd(seen)
    assert bg_nbd_likelihood(found, seen) > bg_nbd_likelihood(BgNbd(0.2426, 4.4135, 0.7929, 2.4258), seen)
    assert found == pytest.approx((0.2426, 4.4135, 0.7929, 2.4258), rel=0.15)
    assert expected_of_new(found, 39) == pytest.approx(expected_of_new(PUBLISHED, 39), rel=0.03)
    again = table[:, 0] > 0
    assert gamma_gamma(table[again, 0], table[again, 3]) == pytest.approx((6.249, 3.745, 15.448), rel=0.06)
