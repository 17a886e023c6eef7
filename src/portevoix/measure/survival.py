"""Time to an event when some have not seen it yet: Kaplan-Meier, its median and its restricted mean."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_Z = NormalDist().inv_cdf(0.975)


class Curve(NamedTuple):
    """Kaplan-Meier at each distinct time: at risk just before, events, what is left after, Greenwood's sum."""

    times: Floats
    at_risk: Floats
    events: Floats
    left: Floats
    greenwood: Floats


class Timed(NamedTuple):
    """A time and its 95 % interval; None for what the curve doesn't reach."""

    value: float | None
    low: float | None
    high: float | None


def kaplan_meier(times: npt.ArrayLike, events: npt.ArrayLike, counts: npt.ArrayLike | None = None) -> Curve:
    """The product-limit estimate (Kaplan & Meier 1958).

    `times` >= 0; `events` 1 where it happened then, 0 where nothing is known after (censored); `counts` how many share
    the row. Those censored at a time are still at risk of the events of that time.
    """
    when = np.asarray(times, dtype=np.float64)
    happened = np.asarray(events, dtype=np.float64)
    many = np.ones_like(when) if counts is None else np.asarray(counts, dtype=np.float64)
    distinct, place = np.unique(when, return_inverse=True)
    gone: Floats = np.bincount(place, many, len(distinct)).astype(np.float64)
    died: Floats = np.bincount(place, many * happened, len(distinct)).astype(np.float64)
    at_risk: Floats = np.cumsum(gone[::-1])[::-1].astype(np.float64)
    left: Floats = np.cumprod(1 - died / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(died > 0, died / (at_risk * (at_risk - died)), 0.0)
    return Curve(distinct, at_risk, died, left, np.cumsum(steps).astype(np.float64))


def median(curve: Curve) -> Timed:
    """When half have seen it, with the interval of Brookmeyer & Crowley (1982) on the log-log scale.

    None where fewer than half ever do within what was observed; the upper end alone may be None.
    """
    return Timed(*(_first(curve.times, left, 0.5) for left in (curve.left, *bounds(curve))))


def restricted_mean(curve: Curve, until: float) -> Timed:
    """The mean time without the event over the first `until`: the area under the curve, with Greenwood's interval
    (its variance times m / (m - 1), for m events).

    A curve that ends earlier keeps its last level. Cut at 0 and `until`. Where nothing ever happened, the lower end is
    that of a share of n in n (Wilson): nobody among ten is no certainty.
    """
    inside = curve.times < until
    edges = np.concatenate([[0.0], curve.times[inside], [until]])
    areas = np.diff(edges) * np.concatenate([[1.0], curve.left[inside]])
    value = float(areas.sum())
    after = areas[::-1].cumsum()[::-1][1:]  # the area still to come after each time
    at_risk, died = curve.at_risk[inside], curve.events[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(at_risk > died, after**2 * died / (at_risk * (at_risk - died)), 0.0)
    seen = float(died.sum())
    half = _Z * (float(parts.sum()) * seen / max(1.0, seen - 1)) ** 0.5
    if not seen:
        n = float(curve.at_risk[0]) if len(curve.at_risk) else 0.0
        return Timed(value, value * n / (n + _Z**2), value)
    return Timed(value, max(0.0, value - half), min(float(until), value + half))


def bounds(curve: Curve) -> tuple[Floats, Floats]:
    """Lower and upper 95 % bounds of what is left, log-log; where nobody is left, 0 below and the last bound above."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(curve.left)
        half = _Z * np.sqrt(curve.greenwood) / np.abs(log)
        low, high = np.exp(log * np.exp(half)), np.exp(log * np.exp(-half))
    low = np.where(curve.left >= 1, 1.0, np.where(curve.left <= 0, 0.0, low))
    high = np.where(curve.left >= 1, 1.0, high)
    known = curve.left > 0
    last = float(high[known][-1]) if known.any() else 1.0
    return low, np.where(known, high, last)


def _first(times: Floats, left: Floats, level: float) -> float | None:
    # a hair above one half is one half that rounding spoilt
    below = np.flatnonzero(left <= level + 1e-12)
    return float(times[below[0]]) if len(below) else None
