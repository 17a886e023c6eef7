"""Comparing those who did a different number of different things: expected at equal mix, shrunk, with a funnel."""

from math import comb, erfc, exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.975)


class Shrunk(NamedTuple):
    """For each provider: how much of its difference is believed (0..1), the difference then, its standard deviation, and
    the probability that it is above what is expected. `mu` and `tau` are the mean and the spread of true differences.
    `wider` is the deviation with what is not known of mu and tau themselves (Morris 1983); `chance` that of differences
    so far apart where nobody differs (Cochran's Q).
    """

    believed: Floats
    value: Floats
    deviation: Floats
    p_better: Floats
    mu: float
    tau: float
    wider: Floats
    chance: float


def shrink(differences: npt.ArrayLike, errors: npt.ArrayLike) -> Shrunk:
    """Empirical Bayes for differences with known standard errors, between-provider variance by DerSimonian & Laird (1986).

    B = tau² / (tau² + se²), value = mu + B (d - mu), deviation = se √B. Where tau is 0, nobody differs: the value is mu.
    """
    d, variance = np.asarray(differences, dtype=np.float64), np.asarray(errors, dtype=np.float64) ** 2
    weight = 1 / variance
    centre = (weight * d).sum() / weight.sum()
    scatter = (weight * (d - centre) ** 2).sum()
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    tau2 = max(0.0, float((scatter - (len(d) - 1)) / spread)) if len(d) > 1 else 0.0
    both = 1 / (variance + tau2)
    mu = float((both * d).sum() / both.sum())
    believed = tau2 / (tau2 + variance)
    value, deviation = mu + believed * (d - mu), np.sqrt(believed * variance)
    p_better = np.array([_above_zero(v, s) for v, s in zip(value, deviation, strict=True)])
    drawn = 1 - believed
    more = drawn**2 * (1 / both.sum() + 2 * (d - mu) ** 2 / max(1, len(d) - 3))
    wider = np.sqrt(deviation**2 + more)
    return Shrunk(
        believed,
        value,
        deviation,
        p_better,
        mu,
        sqrt(tau2),
        wider,
        chi_square_tail(float(scatter), len(d) - 1),
    )


def chi_square_tail(x: float, freedom: int) -> float:
    """P(X >= x) of a chi-square, by its recurrence from one and two degrees of freedom.

    >>> round(chi_square_tail(9.488, 4), 4), round(chi_square_tail(11.07, 5), 4)
    (0.05, 0.05)
    """
    if x <= 0 or freedom < 1:
        return 1.0
    total = erfc(sqrt(x / 2)) if freedom % 2 else exp(-x / 2)
    for k in range(3 if freedom % 2 else 4, freedom + 1, 2):
        total += exp((k / 2 - 1) * log(x / 2) - x / 2 - lgamma(k / 2))
    return total


def _above_zero(value: float, deviation: float) -> float:
    return NORMAL.cdf(value / deviation) if deviation > 0 else 0.5


def wilson(hits: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share hits / n (1927), the one of `ranges.wilson`, for sums that are computed already."""
    centre, half = hits / n + Z**2 / (2 * n), Z * sqrt(hits / n * (1 - hits / n) / n + Z**2 / (4 * n * n))
    return max(0.0, (centre - half) / (1 + Z**2 / n)), min(1.0, (centre + half) / (1 + Z**2 / n))


def over_dispersion(scores: npt.ArrayLike, cut: float = 0.2) -> float:
    """Mean of squared standard scores, those beyond the 20th and 80th percentiles drawn in to them (Spiegelhalter 2005)."""
    z = np.asarray(scores, dtype=np.float64)
    return float((np.clip(z, *np.quantile(z, [cut, 1 - cut])) ** 2).mean())


def binomial_quantile(n: int, share: float, level: float) -> int:
    """The smallest count that a binomial(n, share) stays at or below with probability `level`."""
    if share <= 0 or share >= 1:
        return 0 if share <= 0 else n
    total = 0.0
    for count in range(n + 1):
        total += _binomial(n, count, share)
        if total >= level:
            return count
    return n


def _binomial(n: int, count: int, share: float) -> float:
    if n < 500:
        return float(comb(n, count) * share**count * (1 - share) ** (n - count))
    ways = lgamma(n + 1) - lgamma(count + 1) - lgamma(n - count + 1)
    return exp(ways + count * log(share) + (n - count) * log(1 - share))


def funnel(n: int, expected: float, phi: float) -> tuple[float, float]:
    """Where 95 in 100 ordinary providers of this size lie, as shares 0..1: exact binomial limits, widened by √phi."""
    share, wider = expected / n, sqrt(max(1.0, phi))
    low, high = (binomial_quantile(n, share, level) / n for level in (0.025, 0.975))
    return max(0.0, share - (share - low) * wider), min(1.0, share + (high - share) * wider)


def beta_mean(hits: float, n: float, prior_hits: float, prior_misses: float) -> float:
    """The share once so many earlier hits and misses are counted in: the mean of the beta-binomial posterior."""
    return (hits + prior_hits) / (n + prior_hits + prior_misses)


class Deal(NamedTuple):
    """What is paid by result: nothing within `band`, then `rate` of the fee for each unit of difference, up to `cap`; and
    only where the probability of being better, or worse, reaches `gate`, on `least` cases or more.
    """

    band: float = 0.01
    rate: float = 2.0
    cap: float = 0.05
    gate: float = 0.95
    least: int = 100


def bonus(difference: float, p_better: float, n: int, deal: Deal = Deal()) -> float:  # noqa: B008 - a frozen tuple
    """The bonus (malus below 0) as a share of the fee, for a shrunk difference in shares 0..1."""
    if n < deal.least or max(p_better, 1 - p_better) < deal.gate:
        return 0.0
    return due(difference, deal)


def due(difference: float, deal: Deal = Deal()) -> float:  # noqa: B008 - a frozen tuple
    """What a difference is worth before gate and minimum."""
    beyond = max(0.0, abs(difference) - deal.band)
    return float(np.copysign(min(deal.cap, deal.rate * beyond), difference)) if beyond else 0.0
