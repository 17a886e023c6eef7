"""What a cause adds to the risk of an outcome: plain, at equal other causes, and how strong a hidden one would have to be.

Standardisation (g-computation): the model says everybody's risk with the cause and without it; the mean of the
difference is the adjusted risk difference. With two causes and their product the model is saturated, and this is
exact stratification. Intervals come from influence functions, model and mix of customers both taken as drawn.
"""

from itertools import combinations
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from portevoix.measure import logistic
from portevoix.measure.logistic import Vector

Z = NormalDist().inv_cdf(0.975)
_FREE, _HELD = 1e-4, 1.0
_CELL, _MANY = 20, 6


class Estimate(NamedTuple):
    """A value, its 95 % interval, and its standard error."""

    value: float
    low: float
    high: float
    error: float


class Standardised(NamedTuple):
    """At equal other causes: the risk with the cause and without it (shares), their difference, the share of the
    outcome that would go with the cause.
    """

    with_: float
    without: float
    difference: Estimate
    attributable: Estimate


class Causes(NamedTuple):
    """Causes (n x c, of 0 and 1), covariates (n x k), outcome (n, of 0 and 1)."""

    causes: Vector
    covariates: Vector
    outcome: Vector


def around(value: float, error: float, floor: float = -1.0, ceiling: float = 1.0) -> Estimate:
    """A value with its normal 95 % interval, cut at the bounds that it can't pass."""
    return Estimate(value, max(floor, value - Z * error), min(ceiling, value + Z * error), error)


def share_of(x: float, n: float) -> Estimate:
    """X out of n with Wilson's interval (1927); nan where n is 0."""
    if not n:
        return Estimate(float("nan"), 0.0, 1.0, 0.0)
    share, below = x / n, 1 + Z * Z / n
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    middle = share + Z * Z / (2 * n)
    return Estimate(share, max(0.0, (middle - half) / below), min(1.0, (middle + half) / below), 0.0)


def plain(cause: Vector, outcome: Vector) -> Estimate:
    """The crude risk difference, -1..1, with the interval of Agresti & Caffo (2000)."""
    n1, n0 = float(cause.sum()), float((1 - cause).sum())
    x1, x0 = float((cause * outcome).sum()), float(((1 - cause) * outcome).sum())
    p1, p0 = (x1 + 1) / (n1 + 2), (x0 + 1) / (n0 + 2)
    error = sqrt(p1 * (1 - p1) / (n1 + 2) + p0 * (1 - p0) / (n0 + 2))
    middle = p1 - p0
    return Estimate(x1 / n1 - x0 / n0, max(-1.0, middle - Z * error), min(1.0, middle + Z * error), error)


def standardised(table: Causes, weights: Vector | None = None, which: int = 0) -> Standardised:
    """The adjusted figures of one cause, the first unless `which` says another.

    `weights` (0..1) take out of the comparison those who could not have had the cause; see `causes.chances`.
    The standard error is never below what it would be if the cause did nothing: a side where nobody left yet is no
    certainty.
    """
    n = len(table.outcome)
    weights = np.ones(n) if weights is None else weights
    pairs = _pairs(table.causes)
    design, ridge = _design(table, pairs)
    found = logistic.fit(design, table.outcome, weights, ridge)
    sides = []
    for value in (1.0, 0.0):
        moved = table.causes.copy()
        moved[:, which] = value
        shifted, _ = _design(table._replace(causes=moved), pairs)
        at = logistic.risk(shifted, found.beta)
        sides.append((at, (weights * at * (1 - at)) @ shifted / weights.sum()))
    (p1, slope1), (p0, slope0) = sides
    residual = weights * (table.outcome - logistic.risk(design, found.beta))
    pull = design @ found.inverse * residual[:, None]
    mean1, mean0 = (float(weights @ p / weights.sum()) for p in (p1, p0))
    share = weights / weights.sum()
    drift = share * (p1 - p0 - (mean1 - mean0)) + pull @ (slope1 - slope0)
    own = float(np.sqrt(drift @ drift))
    error = max(own, _idle_error(table.causes[:, which], weights, p0))
    return Standardised(
        mean1,
        mean0,
        around(mean1 - mean0, error),
        _attributable(table.outcome, share, p0, mean0, pull @ slope0, error / own if own else 1.0),
    )


def _attributable(
    outcome: Vector, share: Vector, p0: Vector, mean0: float, pull: Vector, wider: float
) -> Estimate:
    """1 - risk without the cause / risk as it is, with its interval by the delta method."""
    whole = float(share @ outcome)
    drift0 = share * (p0 - mean0) + pull
    drift = -(drift0 - share * (outcome - whole) * mean0 / whole) / whole
    return around(1 - mean0 / whole, wider * float(np.sqrt(drift @ drift)), floor=-np.inf)


def propensities(table: Causes, which: int = 0) -> Vector:
    """How likely each is to have one cause, given the other causes and the covariates, 0..1 (logistic)."""
    others = np.delete(table.causes, which, axis=1)
    design = np.column_stack([np.ones(len(others)), others, table.covariates])
    ridge = np.r_[1e-9, np.full(others.shape[1], _FREE), np.full(table.covariates.shape[1], _HELD)]
    own = table.causes[:, which]
    return logistic.risk(design, logistic.fit(design, own, np.ones(len(own)), ridge).beta)


def shared(chances: Vector, cause: Vector) -> NDArray[np.bool_]:
    """Who has likes on the other side: chances of the cause between the extremes that both sides reach."""
    sides = [chances[cause == side] for side in (0, 1)]
    low, high = max(side.min() for side in sides), min(side.max() for side in sides)
    found: NDArray[np.bool_] = (chances >= low - 1e-12) & (chances <= high + 1e-12)
    return found


def without_all(table: Causes, gone: tuple[int, ...]) -> float:
    """The share of the outcome that would go with several causes together."""
    pairs = _pairs(table.causes)
    design, ridge = _design(table, pairs)
    found = logistic.fit(design, table.outcome, np.ones(len(table.outcome)), ridge)
    moved = table.causes.copy()
    moved[:, list(gone)] = 0
    shifted, _ = _design(table._replace(causes=moved), pairs)
    return 1 - float(logistic.risk(shifted, found.beta).mean() / table.outcome.mean())


def mantel_haenszel(cause: Vector, stratum: NDArray[Any], outcome: Vector) -> float:
    """The common risk ratio over strata (Mantel & Haenszel 1959; Greenland & Robins 1985); nan without leavers."""
    _, inside = np.unique(stratum, return_inverse=True)
    n = np.bincount(inside)
    n1 = np.bincount(inside, weights=cause)
    left1, left = np.bincount(inside, weights=cause * outcome), np.bincount(inside, weights=outcome)
    below = float(((left - left1) * n1 / n).sum())
    return float((left1 * (n - n1) / n).sum()) / below if below else float("nan")


def e_value(ratio: float) -> float:
    """How strongly, as a risk ratio, a hidden cause would have to be tied to both sides to explain a ratio away.

    VanderWeele & Ding (2017). A ratio below 1 is turned over first.

    >>> round(e_value(3.9), 3)
    7.263
    """
    ratio = 1 / ratio if 0 < ratio < 1 else ratio
    return ratio + sqrt(ratio * (ratio - 1)) if ratio >= 1 else float("nan")


def _idle_error(cause: Vector, weights: Vector, p0: Vector) -> float:
    """The standard error of the difference if the cause did nothing: both sides at the risks without it."""
    total = 0.0
    for side in (cause * weights, (1 - cause) * weights):
        total += float(side @ (p0 * (1 - p0))) / max(1.0, float(side.sum())) ** 2
    return sqrt(total)


def _pairs(causes: Vector) -> list[tuple[int, int]]:
    """The products of causes that the table can bear: at least twenty customers in each of the four cells.

    All of them with six causes or fewer; else those with the first.
    """
    found = []
    for one, other in combinations(range(causes.shape[1]), 2):
        cells = causes[:, one] * 2 + causes[:, other]
        if min(int((cells == cell).sum()) for cell in range(4)) >= _CELL:
            found.append((one, other))
    return found if causes.shape[1] <= _MANY else [pair for pair in found if 0 in pair]


def _design(table: Causes, pairs: list[tuple[int, int]]) -> tuple[Vector, Vector]:
    """Ones, causes, products, covariates; and the ridge: next to nothing on causes, one on standardised covariates."""
    n, c = table.causes.shape
    products = [table.causes[:, one] * table.causes[:, other] for one, other in pairs]
    free = np.column_stack([np.ones(n), table.causes, *products])
    ridge = np.r_[1e-9, np.full(c + len(pairs), _FREE), np.full(table.covariates.shape[1], _HELD)]
    return np.column_stack([free, table.covariates]), ridge
