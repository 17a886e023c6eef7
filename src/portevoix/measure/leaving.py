"""Leaving as it goes on, with a cause and without it: each customer is without it until the day they have it.

The curves are those of Simon & Makuch (1984), the ratio of the rates is Mantel & Haenszel's over the days on which
somebody left (error by Robins, Breslow & Greenland 1986). Nobody counts as let down before they were (immortal time).
"""

from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np

from portevoix.measure.effects import Estimate, Z
from portevoix.measure.logistic import Vector
from portevoix.measure.survival import Curve, bounds

LEAST = 10


class Leaving(NamedTuple):
    """The share that would have left by the end with the cause all along and without it, the ratio of the rates of leaving
    (nan where nobody without it left), and over how many days.
    """

    with_: Estimate
    without: Estimate
    ratio: Estimate
    days: int


def leaving(had: Vector, left: Vector, since: Vector, end: float) -> Leaving | None:
    """From when each had the cause, left, and came (seconds; nan: never, not yet, unknown), watched until `end`.

    Begins once ten have the cause. None where nobody leaves after that, or fewer than ten are on a side.
    """
    exit_ = np.where(np.isnan(left), end, left)
    exposed = had < exit_
    came = np.where(np.isnan(since), -np.inf, since)
    if exposed.sum() < LEAST:
        return None
    start = np.sort(had[exposed])[LEAST - 1]
    days = np.unique(left[(left > start) & (left <= end)])
    if not len(days):
        return None

    def before(times: Vector) -> Vector:
        found: Vector = np.searchsorted(np.sort(times), days, side="left").astype(np.float64)
        return found

    def on(times: Vector) -> Vector:
        inside = np.isin(times, days)
        return np.bincount(np.searchsorted(days, times[inside]), minlength=len(days)).astype(np.float64)

    n1 = before(np.maximum(had, came)[exposed]) - before(exit_[exposed])
    n0 = before(came) - before(exit_) - n1
    d1, d0 = on(left[exposed]), on(left[~exposed])
    if min(n1.max(), n0.max()) < LEAST:
        return None
    length = round((end - start) / 86400)
    return Leaving(_incidence(days, n1, d1), _incidence(days, n0, d0), _ratio(n1, d1, n0, d0), length)


def _incidence(days: Vector, at_risk: Vector, gone: Vector) -> Estimate:
    """1 - Kaplan and Meier at the end, with its log-log interval."""
    known = at_risk > 0
    days, at_risk, gone = days[known], at_risk[known], gone[known]
    left: Vector = np.cumprod(1 - gone / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where((gone > 0) & (at_risk > gone), gone / (at_risk * (at_risk - gone)), 0.0)
    low, high = bounds(Curve(days, at_risk, gone, left, np.cumsum(steps).astype(np.float64)))
    if not gone.sum():  # nobody left yet: what Wilson says of none among as many
        return Estimate(0.0, 0.0, float(Z**2 / (at_risk[0] + Z**2)), 0.0)
    return Estimate(1 - float(left[-1]), 1 - float(high[-1]), 1 - float(low[-1]), 0.0)


def _ratio(n1: Vector, d1: Vector, n0: Vector, d0: Vector) -> Estimate:
    n = np.maximum(n1 + n0, 1)
    top, below = float((d1 * n0 / n).sum()), float((d0 * n1 / n).sum())
    if not top or not below:
        return Estimate(float("nan"), float("nan"), float("nan"), 0.0)
    error = sqrt(float((n1 * n0 * (d1 + d0) / n**2).sum()) / (top * below))
    middle = log(top / below)
    return Estimate(top / below, exp(middle - Z * error), exp(middle + Z * error), error)
