"""DRV-1, DRV-2 of the measures' reference, and the attributable fractions of CAU-1 dealt by Shapley."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.errors import WrongUse
from portevoix.measure.shapley import coefficients, explained, shares

DRV1 = np.array([[1, 0.5, 0.3, 0.5], [0.5, 1, 0.4, 0.6], [0.3, 0.4, 1, 0.4], [0.5, 0.6, 0.4, 1]])
DRV2 = np.array([[1, 0.7, 0.6], [0.7, 1, 0.3], [0.6, 0.3, 1]])


def test_three_predictors_share_r2_as_in_the_reference():
    worth = explained(DRV1)
    assert worth[-1] == pytest.approx(0.434839, abs=5e-7)
    assert coefficients(DRV1) == pytest.approx([0.2452, 0.4129, 0.1613], abs=5e-5)
    parts = shares(worth)
    assert parts == pytest.approx([0.133457, 0.224354, 0.077028], abs=5e-7)
    assert 100 * parts / parts.sum() == pytest.approx([30.69, 51.59, 17.71], abs=6e-3)


def test_a_suppressor_has_a_share_and_the_other_sign():
    worth = explained(DRV2)
    assert worth[-1] == pytest.approx(0.388235, abs=5e-7)
    assert coefficients(DRV2) == pytest.approx([0.7647, -0.2353], abs=5e-5)
    assert shares(worth) == pytest.approx([0.329118, 0.059118], abs=5e-7)


def test_fractions_that_add_up_are_dealt_as_they_are():
    assert shares(np.array([0.0, 0.25, 0.375, 0.625])) == pytest.approx([0.25, 0.375])


def test_a_predictor_said_twice_shares_with_its_double_and_a_constant_gets_nothing():
    rng = np.random.default_rng(1)
    x, noise = rng.normal(size=(2, 500))
    rows = np.column_stack([x, x, np.zeros(500), x + noise])
    parts = shares(explained(np.cov(rows.T)))
    assert parts[0] == pytest.approx(parts[1], abs=1e-9)
    assert parts[2] == pytest.approx(0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(0, 10_000))
def test_shares_are_positive_add_up_to_r2_and_are_those_of_least_squares(size: int, seed: int):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(60, size + 1)) @ rng.normal(size=(size + 1, size + 1))
    worth = explained(np.corrcoef(rows.T))
    design = np.column_stack([np.ones(60), rows[:, :-1]])
    _, residual, *_ = np.linalg.lstsq(design, rows[:, -1], rcond=None)
    spread = ((rows[:, -1] - rows[:, -1].mean()) ** 2).sum()
    assert worth[-1] == pytest.approx(1 - residual[0] / spread, abs=1e-8)
    parts = shares(worth)
    assert parts.sum() == pytest.approx(worth[-1], abs=1e-9)
    assert (parts > -1e-9).all()


def test_many_samples_at_once_give_what_each_gives_alone():
    both = explained(np.stack([DRV1, DRV1 * 2]))
    assert both[0] == pytest.approx(explained(DRV1))
    assert both[1] == pytest.approx(both[0])


def test_more_than_twelve_predictors_are_refused_in_a_sentence():
    with pytest.raises(WrongUse, match="at most 12"):
        explained(np.eye(14))
