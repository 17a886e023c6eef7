"""The doubly robust estimate: beside a planted truth that a plain comparison misses, and over the same causes as churn."""

import numpy as np
import pytest

from portevoix.measure.result import measures_of
from portevoix.measure.robust import doubly_robust, robust
from tests.measure.company import Company, leavers
from tests.measure.conftest import Bench

pytest.importorskip("doubleml")


@pytest.mark.slow
def test_a_crooked_confounder_is_seen_through():
    """Truth .06; who is let down depends on a step and a product, so that no straight line holds it equal."""
    rng = np.random.default_rng(42)
    x = rng.normal(size=(2000, 4))
    odds = -0.8 + 1.2 * (x[:, 0] > 0.5) + 0.8 * x[:, 1] * x[:, 2]
    let_down = (rng.random(2000) < 1 / (1 + np.exp(-odds))).astype(float)
    risk = 0.08 + 0.06 * let_down + 0.12 * (x[:, 0] > 0.5) + 0.05 * (x[:, 1] * x[:, 2] > 0)
    gone = (rng.random(2000) < risk).astype(float)
    plain = gone[let_down == 1].mean() - gone[let_down == 0].mean()
    found = doubly_robust(let_down, x, gone)
    assert found.low < 0.06 < found.high
    assert abs(found.value - 0.06) < abs(plain - 0.06)
    assert doubly_robust(let_down, x, gone) == found


@pytest.mark.slow
def test_the_same_causes_as_churn(bench: Bench):
    company = Company(bench, *leavers(12, n=1500, small=0.15, network=0.15))
    table = robust(company.customers, company.cases, company.verbatims, company.labels)
    found = {one.where["cause"]: one for one in measures_of(table)}
    assert found["unanswered"].low < 0.15 < found["unanswered"].high
    assert found["network"].low < 0.15 < found["network"].high
    assert found["network"].note is None
    assert not robust(company.customers.limit(100), company.cases, company.verbatims, company.labels).num_rows
