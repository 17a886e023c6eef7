"""Least squares on counted patterns of answers, and again on a thousand samples of respondents drawn with replacement."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from portevoix.measure.logistic import Vector

SAMPLES, SEED = 1000, 4
_CHUNK = 50


class Patterns(NamedTuple):
    """Distinct rows of answers: predictors (u x p), outcome (u), and how many respondents gave each (u)."""

    predictors: Vector
    outcome: Vector
    counts: Vector


class Contrast(NamedTuple):
    """What the bottom and the top of an attribute do to satisfaction, against its middle (Brandt 1987).

    `asymmetry` is the share of the range that is reward less that which is penalty: -1 dissatisfier, +1 satisfier.
    `clipped`: a penalty above or a reward below zero was taken for zero.
    """

    range: float
    reward: float
    penalty: float
    asymmetry: float
    clipped: bool


def covariances(patterns: Patterns, counts: Vector) -> Vector:
    """Covariances of predictors and outcome, ... x (p + 1) x (p + 1), for one or many sets of counts (... x u)."""
    rows = np.column_stack([patterns.predictors, patterns.outcome])
    rows = rows - np.average(rows, axis=0, weights=patterns.counts)
    size = rows.shape[1]
    products = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    n = counts.sum(axis=-1)[..., None]
    middle = counts @ rows / n
    square = (counts @ products / n).reshape(*counts.shape[:-1], size, size)
    found: Vector = square - middle[..., :, None] * middle[..., None, :]
    return found


def resampled(patterns: Patterns) -> Iterator[Vector]:
    """The covariances of 1,000 samples of the respondents, fifty at a time, from a fixed seed."""
    rng = np.random.default_rng(SEED)
    n = int(patterns.counts.sum())
    for _ in range(SAMPLES // _CHUNK):
        drawn = rng.multinomial(n, patterns.counts / n, size=_CHUNK).astype(np.float64)
        yield covariances(patterns, drawn)


def contrast(penalty: float, reward: float) -> Contrast:
    """The contrast of an attribute from its two slopes; nan where neither moves anything.

    >>> round(contrast(-2.0, 0.3).asymmetry, 4)
    -0.7391
    """
    down, up = max(0.0, -penalty), max(0.0, reward)
    both = down + up
    if not both:
        return Contrast(0.0, 0.0, 0.0, float("nan"), True)
    return Contrast(both, up / both, down / both, (up - down) / both, penalty > 0 or reward < 0)
