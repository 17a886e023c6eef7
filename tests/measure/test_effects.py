"""CAU-1 and the E-value of the measures' reference, and the laws of standardisation."""

import numpy as np
import pytest

from portevoix.measure.effects import Causes, e_value, mantel_haenszel, plain, standardised, without_all
from portevoix.measure.logistic import fit, risk


def _table() -> Causes:
    """CAU-1: unanswered and bad network, so many customers and so many of them gone."""
    rows = []
    for network, unanswered, n, left in ((1, 1, 400, 120), (1, 0, 100, 20), (0, 1, 100, 15), (0, 0, 900, 45)):
        rows += [(unanswered, network, 1)] * left + [(unanswered, network, 0)] * (n - left)
    table = np.array(rows, dtype=float)
    return Causes(table[:, :2], np.zeros((len(table), 0)), table[:, 2])


def test_the_plain_and_the_adjusted_differences_of_the_reference_table():
    table = _table()
    crude = [plain(table.causes[:, which], table.outcome).value for which in (0, 1)]
    assert crude == pytest.approx([0.205, 0.22], abs=1e-12)
    unanswered, network = (standardised(table, which=which) for which in (0, 1))
    assert (unanswered.with_, unanswered.without) == pytest.approx((0.2, 0.1), abs=1e-5)
    assert unanswered.difference.value == pytest.approx(0.1, abs=1e-5)
    assert unanswered.with_ / unanswered.without == pytest.approx(2.0, abs=1e-4)
    assert (network.with_, network.without) == pytest.approx((0.2333, 0.0833), abs=5e-5)
    assert network.difference.value == pytest.approx(0.15, abs=1e-5)


def test_the_attributable_fractions_of_the_reference_table_add_up_here():
    table = _table()
    alone = [standardised(table, which=which).attributable.value for which in (0, 1)]
    assert alone == pytest.approx([0.25, 0.375], abs=1e-4)
    assert without_all(table, (0, 1)) == pytest.approx(0.625, abs=1e-4)


def test_the_common_ratio_and_the_e_value_of_the_reference():
    table = _table()
    assert mantel_haenszel(table.causes[:, 0], table.causes[:, 1], table.outcome) == pytest.approx(
        1.8293, abs=5e-5
    )
    assert [e_value(ratio) for ratio in (2.0, 3.9, 2.4)] == pytest.approx([3.4142, 7.263, 4.233], abs=5e-4)
    assert e_value(1 / 2) == pytest.approx(e_value(2))


def test_a_third_variable_that_makes_the_link_leaves_nothing_once_held_equal():
    rng = np.random.default_rng(5)
    hidden = (rng.random(4000) < 0.4).astype(float)
    cause = (rng.random(4000) < 0.1 + 0.6 * hidden).astype(float)
    left = (rng.random(4000) < 0.05 + 0.25 * hidden).astype(float)
    raw = plain(cause, left)
    equal = standardised(Causes(cause[:, None], (hidden[:, None] - hidden.mean()) / hidden.std(), left))
    assert raw.low > 0.08
    assert equal.difference.low < 0 < equal.difference.high


def test_a_column_that_separates_the_outcome_gives_finite_coefficients():
    design = np.column_stack([np.ones(40), np.r_[np.zeros(20), np.ones(20)]])
    outcome = design[:, 1].copy()
    found = fit(design, outcome, np.ones(40), np.array([1e-9, 1e-3]))
    assert np.isfinite(found.beta).all()
    assert risk(design, found.beta)[[0, -1]] == pytest.approx([0, 1], abs=0.01)


@pytest.mark.slow
def test_the_adjusted_difference_holds_the_planted_one_nineteen_times_in_twenty():
    """Risks add up on the scale of shares, which a logistic model without products would miss."""
    hits = {"difference": 0, "attributable": 0}
    for seed in range(200):
        rng = np.random.default_rng(seed)
        network = (rng.random(1500) < 0.25).astype(float)
        small = (rng.random(1500) < 0.08 + 0.22 * network).astype(float)
        left = (rng.random(1500) < 0.02 + 0.09 * small + 0.11 * network).astype(float)
        found = standardised(Causes(np.column_stack([small, network]), np.zeros((1500, 0)), left))
        gone = 0.09 * (0.08 + 0.22 * 0.25) / (0.02 + 0.09 * (0.08 + 0.22 * 0.25) + 0.11 * 0.25)
        hits["difference"] += found.difference.low <= 0.09 <= found.difference.high
        hits["attributable"] += found.attributable.low <= gone <= found.attributable.high
    assert min(hits.values()) >= 180, hits
