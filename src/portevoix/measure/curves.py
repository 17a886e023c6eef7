"""What one point of a score adds to money or to a risk, by the best of three curves, at equal kind of customer."""

from collections.abc import Sequence
from math import sqrt

import numpy as np

from portevoix.measure import logistic
from portevoix.measure.effects import Estimate, Z
from portevoix.measure.logistic import Vector

TOP = 10.0


def _line(score: Vector) -> Vector:
    return np.column_stack([np.ones(len(score)), score])


def _bend(score: Vector) -> Vector:
    return np.column_stack([np.ones(len(score)), score, score * score / TOP])


def _steps(score: Vector) -> Vector:
    return np.column_stack([np.ones(len(score)), score >= 7, score >= 9]).astype(np.float64)


_CURVES = (_line, _bend, _steps)


def straight(score: Vector, y: Vector, held: Vector) -> Estimate:
    """What one point more adds to the mean of y, by the best of the three curves (least squares, robust error)."""
    n, best = len(y), None
    for curve in _CURVES:
        design = curve(score)
        if np.linalg.matrix_rank(design) < design.shape[1]:
            continue
        design = np.column_stack([design, held])
        inverse = np.linalg.inv(
            design.T @ design
            + np.diag(np.r_[np.zeros(design.shape[1] - held.shape[1]), np.full(held.shape[1], 1.0)])
        )
        beta = inverse @ (design.T @ y)
        residual = y - design @ beta
        bic = n * np.log(max(float(residual @ residual) / n, 1e-300)) + design.shape[1] * np.log(n)
        if best is None or bic < best[0]:
            best = (bic, curve, beta, residual, inverse, design)
    if best is None:
        return around(0.0, float("inf"))
    _, curve, beta, residual, inverse, design = best
    step = (np.column_stack([curve(np.minimum(score + 1, TOP)), held]) - design).mean(axis=0)
    pull = design @ inverse @ step * residual
    return around(float(step @ beta), float(np.sqrt(pull @ pull * n / max(1, n - design.shape[1]))))


def leaving(score: Vector, gone: Vector, held: Vector) -> Estimate:
    """What one point more does to the risk of leaving, by the best of the three curves (logistic)."""
    ones, best = np.ones(len(gone)), None
    for curve in _CURVES:
        design = curve(score)
        if np.linalg.matrix_rank(design) < design.shape[1]:
            continue
        ridge = np.r_[1e-9, np.full(design.shape[1] - 1, 1e-3), np.full(held.shape[1], 1.0)]
        design = np.column_stack([design, held])
        found = logistic.fit(design, gone, ones, ridge)
        at = np.clip(logistic.risk(design, found.beta), 1e-12, 1 - 1e-12)
        bic = -2 * float(gone @ np.log(at) + (1 - gone) @ np.log(1 - at)) + design.shape[1] * np.log(
            len(gone)
        )
        if best is None or bic < best[0]:
            best = (bic, curve, found)
    if best is None:
        return around(0.0, float("inf"))
    _, curve, found = best
    design, raised = (np.column_stack([curve(at), held]) for at in (score, np.minimum(score + 1, TOP)))
    now, then = (logistic.risk(side, found.beta) for side in (design, raised))
    slope = ((then * (1 - then)) @ raised - (now * (1 - now)) @ design) / len(gone)
    pull = design @ found.inverse @ slope * (gone - now) + ((then - now) - (then - now).mean()) / len(gone)
    return around(float((then - now).mean()), float(np.sqrt(pull @ pull)))


def around(value: float, error: float) -> Estimate:
    """A value with its normal 95 % interval."""
    return Estimate(value, value - Z * error, value + Z * error, error)


def scaled(term: Estimate, by: float) -> Estimate:
    """An estimate times a number that is taken as known."""
    return around(term.value * by, term.error * abs(by))


def summed(terms: Sequence[Estimate]) -> Estimate:
    """The sum of estimates whose errors are taken as independent."""
    return around(sum(term.value for term in terms), sqrt(sum(term.error**2 for term in terms)))
