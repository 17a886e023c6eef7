"""Shares of R² among predictors that overlap (Lindeman, Merenda & Gold 1980; Lipovetsky & Conklin 2001), exactly.

The R² of all subsets comes from one sweep: each predictor in turn is either taken in (what is left is its Schur
complement) or left out, so that p predictors cost about 11 · 2^p operations, for many samples at once.
"""

from math import factorial

import numpy as np

from portevoix.errors import WrongUse
from portevoix.measure.logistic import Vector

MOST = 12
_NOTHING = 1e-10


def explained(correlations: Vector) -> Vector:
    """R² of every subset of predictors, ... x 2^p: bit j of the place says whether predictor j is in.

    `correlations` is ... x (p + 1) x (p + 1), the outcome last. A predictor that the others in the subset decide, or
    that doesn't vary, adds nothing. Raises WrongUse beyond twelve predictors.
    """
    size = correlations.shape[-1] - 1
    if size > MOST:
        raise WrongUse(
            f"Shares are exact for at most {MOST} predictors; {size} were given: keep the most frequent."
        )
    left = correlations[..., None, :, :]
    for _ in range(size):
        pivot, column, rest = left[..., 0, 0], left[..., 1:, 0], left[..., 1:, 1:]
        safe = np.where(pivot > _NOTHING, pivot, 1.0)
        scaled = column * np.where(pivot > _NOTHING, 1 / safe, 0.0)[..., None]
        inside = rest - scaled[..., :, None] * column[..., None, :]
        # the later predictor is the higher bit
        left = np.concatenate([rest, inside], axis=-3)
    total = correlations[..., -1, -1]
    residual = left[..., 0, 0] / np.where(total > _NOTHING, total, 1.0)[..., None]
    found: Vector = np.clip(1 - residual, 0.0, 1.0)
    return found


def shares(values: Vector) -> Vector:
    """What each player brings, ... x p, from the worth of every coalition, ... x 2^p: Shapley's average over orders.

    >>> shares(np.array([0.0, 1.0, 2.0, 3.0])).tolist()
    [1.0, 2.0]
    """
    count = values.shape[-1]
    size = count.bit_length() - 1
    places = np.arange(count)
    crowd = np.array([int(place).bit_count() for place in places])
    weights = np.array([factorial(s) * factorial(size - s - 1) / factorial(size) for s in range(size)])
    parts = []
    for player in range(size):
        without = places[(places >> player) & 1 == 0]
        gain = values[..., without | (1 << player)] - values[..., without]
        parts.append((gain * weights[crowd[without]]).sum(axis=-1))
    found: Vector = np.stack(parts, axis=-1)
    return found


def coefficients(covariances: Vector) -> Vector:
    """Least squares slopes, ... x p, from covariances, ... x (p + 1) x (p + 1), the outcome last."""
    inside, with_ = covariances[..., :-1, :-1], covariances[..., :-1, -1]
    ridge = (
        _NOTHING * np.eye(inside.shape[-1]) * np.maximum(inside.max(axis=(-2, -1)), 1e-300)[..., None, None]
    )
    found: Vector = np.linalg.solve(inside + ridge, with_[..., None])[..., 0]
    return found
