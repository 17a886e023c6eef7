"""Is this count more than chance: predictive tails, limits, sequential charts, many tests at once, and how good alarms were.

Counts a day or a week, x; none of it needs more than the gamma function.
"""

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from portevoix.measure.logistic import Vector
from portevoix.measure.purchases import log_gamma

_HALF = 0.5


class Chart(NamedTuple):
    """A sequential chart: its statistic, its limit at each step, and the place of the first alarm (from 1), or None."""

    statistic: Vector
    limit: Vector
    alarm: int | None


class Judged(NamedTuple):
    """How alarms met events: days from onset to alarm and from alarm to the company's own reaction (None where
    missed), the share of events found, the share of alarms that were right, the false ones, and those per 100 days.
    """

    delays: list[int | None]
    leads: list[int | None]
    found: float
    right: float
    false: list[int]
    false_per_100: float


def poisson_tail(x: int, mean: float) -> float:
    """P(X >= x) of a Poisson count.

    >>> round(poisson_tail(11, 4.0), 6)
    0.00284
    """
    places = np.arange(x, dtype=np.float64)
    return 1.0 if x <= 0 else _rest(places * log(mean) - mean - log_gamma(places + 1))


def negative_binomial_tail(x: int, mean: float, size: float) -> float:
    """P(X >= x) of a negative binomial count: variance mean + mean² / size.

    >>> round(negative_binomial_tail(11, 4.0, 2.0), 5)
    0.05395
    """
    places = np.arange(x, dtype=np.float64)
    chance = size / (size + mean)
    terms = log_gamma(places + size) - log_gamma(np.full(1, size)) - log_gamma(places + 1)
    return 1.0 if x <= 0 else _rest(terms + size * log(chance) + places * log(1 - chance))


def predictive_tail(x: int, baseline: Vector, exposure: Vector | None = None, now: float = 1.0) -> float:
    """P(X >= x) after a baseline, with what the baseline doesn't know of its own mean (gamma-Poisson, prior ½).

    `exposure` is what each baseline count is out of (messages, days), `now` the same of this one.
    """
    size = _HALF + float(baseline.sum())
    out_of = float(len(baseline) if exposure is None else exposure.sum())
    return negative_binomial_tail(x, size * now / out_of, size)


def spread_tail(x: int, baseline: Vector, exposure: Vector, now: float) -> float:
    """The same where baseline counts are livelier than Poisson: their variance over their mean, at least 1, is carried."""
    size = _HALF + float(baseline.sum())
    mean = size * now / float(exposure.sum())
    variance = liveliness(baseline, exposure) * mean + mean * mean / size
    return negative_binomial_tail(x, mean, mean * mean / (variance - mean))


def liveliness(counts: Vector, exposure: Vector) -> float:
    """Variance over mean of counts out of exposures (Pearson), never below 1."""
    expected = exposure * counts.sum() / max(exposure.sum(), 1e-12)
    known = expected > 0
    if known.sum() < 2:
        return 1.0
    return max(1.0, float(((counts - expected)[known] ** 2 / expected[known]).sum() / (known.sum() - 1)))


def share_tail(x: int, n: float, before: int, out_of: float) -> float:
    """P of x or more out of n now, given x + before in all: the conditional binomial test of two rates."""
    total, share = x + before, n / (n + out_of)
    places = np.arange(x, dtype=np.float64)
    choose = log_gamma(np.full(1, total + 1.0)) - log_gamma(places + 1) - log_gamma(total - places + 1)
    return 1.0 if x <= 0 else _rest(choose + places * log(share) + (total - places) * log(1 - share))


def farrington(mean: float, spread: float, baselines: int, chance: float = 0.995) -> float:
    """The upper limit of a count on the two-thirds power scale, simplified from Farrington and others (1996)."""
    spread_ = spread * (1 + 1 / baselines)
    return float(mean * (1 + 2 / 3 * NormalDist().inv_cdf(chance) * sqrt(spread_ / mean)) ** 1.5)


def ewma(x: Vector, mean: float, weight: float = 0.2, width: float = 2.7) -> Chart:
    """The exponentially weighted mean of counts against its limit, at Poisson spread."""
    statistic, at = [], mean
    for value in x:
        at = weight * float(value) + (1 - weight) * at
        statistic.append(at)
    steps = np.arange(1, len(x) + 1)
    limit = mean + width * sqrt(mean) * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * steps)))
    return _chart(np.asarray(statistic), limit, strict=True)


def cusum(x: Vector, mean: float, raised: float, limit: float = 5.0) -> Chart:
    """The Poisson CUSUM tuned to a rise from `mean` to `raised`."""
    reference = (raised - mean) / (log(raised) - log(mean))
    statistic, at = [], 0.0
    for value in x:
        at = max(0.0, at + float(value) - reference)
        statistic.append(at)
    return _chart(np.asarray(statistic), np.full(len(x), limit), strict=False)


def adjusted(chances: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's (1995) adjusted p: the smallest share of false discoveries at which each is one."""
    order = sorted(range(len(chances)), key=chances.__getitem__, reverse=True)
    found, least = [0.0] * len(chances), 1.0
    for back, place in enumerate(order):
        least = min(least, chances[place] * len(chances) / (len(chances) - back))
        found[place] = least
    return found


def judged(events: Sequence[tuple[int, int, int]], alarms: Sequence[int], days: int) -> Judged:
    """Alarms against events, each (onset, peak, the company's own reaction), within `days` of one topic.

    An alarm is right from an event's onset to its peak; two in one event find it once. A missed event has no lead.
    """
    firsts = [min((a for a in alarms if on <= a <= peak), default=None) for on, peak, _ in events]
    false = [a for a in alarms if not any(on <= a <= peak for on, peak, _ in events)]
    quiet = days - sum(peak - on + 1 for on, peak, _ in events)
    return Judged(
        [None if first is None else first - on for first, (on, _, _) in zip(firsts, events, strict=True)],
        [
            None if first is None else human - first
            for first, (_, _, human) in zip(firsts, events, strict=True)
        ],
        sum(first is not None for first in firsts) / len(events) if events else float("nan"),
        1 - len(false) / len(alarms) if alarms else float("nan"),
        false,
        100 * len(false) / quiet if quiet > 0 else float("nan"),
    )


def _chart(statistic: Vector, limit: Vector, *, strict: bool) -> Chart:
    over = np.flatnonzero(statistic > limit if strict else statistic >= limit)
    return Chart(statistic, limit, int(over[0]) + 1 if len(over) else None)


def _rest(logs: Vector) -> float:
    """What is left of 1 after the terms below; never under the smallest that a double can tell from it."""
    highest = float(logs.max())
    return max(1e-16, 1 - exp(highest) * float(np.exp(logs - highest).sum()))
