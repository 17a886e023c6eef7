"""Customers who buy when they like and never say that they left: BG/NBD, Pareto/NBD and Gamma-Gamma, by hand.

`x` is the number of repeat purchases, `recency` when the last was and `age` the time observed, both since the first
purchase and in one unit. Fader, Hardie & Lee (2005); Fader & Hardie, "The Gamma-Gamma model of monetary value" (2013).
"""

from collections.abc import Callable, Sequence
from math import log
from typing import NamedTuple

import numpy as np

from portevoix.errors import TooFew
from portevoix.measure.logistic import Vector

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_TERMS = 5000


class Purchases(NamedTuple):
    """Distinct histories and how many customers have each."""

    x: Vector
    recency: Vector
    age: Vector
    counts: Vector


class BgNbd(NamedTuple):
    """The four parameters: buying at gamma(r, alpha) rates, leaving at beta(a, b) chances after a purchase."""

    r: float
    alpha: float
    a: float
    b: float


class ParetoNbd(NamedTuple):
    """Buying at gamma(r, alpha) rates, leaving at gamma(s, beta) rates."""

    r: float
    alpha: float
    s: float
    beta: float


class GammaGamma(NamedTuple):
    """Purchases of a customer gamma(p, nu), nu gamma(q, v) over customers."""

    p: float
    q: float
    v: float


def log_gamma(x: Vector) -> Vector:
    """Ln Γ(x) for x > 0, within 1e-12: shifted above 8, then Stirling's series."""
    low = np.asarray(x, dtype=np.float64)
    shift = np.zeros_like(low)
    for step in range(8):
        shift += np.where(low < 8, np.log(np.where(low < 8, low, 1.0)), 0.0)
        low = np.where(low < 8, low + 1, low)
        if step == 7 or (low >= 8).all():
            break
    series = sum(term / low ** (2 * place + 1) for place, term in enumerate(_STIRLING))
    found: Vector = (low - 0.5) * np.log(low) - low + 0.5 * log(2 * np.pi) + series - shift
    return found


def hypergeometric(a: Vector | float, b: Vector | float, c: Vector | float, z: Vector | float) -> Vector:
    """Gauss's ₂F₁ for 0 <= z < 1, by its series."""
    a, b, c, z = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (a, b, c, z)))
    term = np.ones(a.shape)
    total = term.copy()
    for n in range(_TERMS):
        term = term * (a + n) * (b + n) / (c + n) * z / (n + 1)
        total += term
        if (np.abs(term) <= 1e-15 * np.abs(total)).all():
            break
    return total


def bg_nbd_likelihood(model: BgNbd, seen: Purchases) -> float:
    """The log-likelihood of the histories."""
    r, alpha, a, b = model
    x, recency, age, counts = seen
    head = log_gamma(r + x) - log_gamma(np.full(1, r)) + r * log(alpha)
    head += log_gamma(np.full(1, a + b)) + log_gamma(b + x) - log_gamma(np.full(1, b)) - log_gamma(a + b + x)
    here = -(r + x) * np.log(alpha + age)
    gone = log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + recency)
    return float(counts @ (head + np.where(x > 0, np.logaddexp(here, gone), here)))


def bg_nbd(seen: Purchases) -> BgNbd:
    """The most likely BG/NBD. Raises TooFew where nobody bought twice, or fewer than thirty customers are there."""
    if seen.counts.sum() < 30 or not (seen.x > 0).any():
        raise TooFew("Repeat buying needs at least thirty customers, and some who bought twice.")
    found = _simplex(lambda at: -bg_nbd_likelihood(BgNbd(*np.exp(at)), seen), np.log([0.5, 5.0, 1.0, 2.0]))
    return BgNbd(*(float(value) for value in np.exp(found)))


def alive(model: BgNbd, x: Vector, recency: Vector, age: Vector) -> Vector:
    """The chance that a customer still buys, 0..1; 1 for those who never came back (they can't have left since)."""
    r, alpha, a, b = model
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
    found: Vector = np.where(x > 0, 1 / (1 + odds), 1.0)
    return found


def expected(model: BgNbd, t: float, x: Vector, recency: Vector, age: Vector) -> Vector:
    """The purchases to expect of a customer in the next `t`."""
    r, alpha, a, b = model
    z = t / (alpha + age + t)
    some = hypergeometric(r + x, b + x, a + b + x - 1, z)
    count = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * some)
    found: Vector = count * alive(model, x, recency, age)
    return found


def expected_of_new(model: BgNbd, t: float) -> float:
    """The repeat purchases to expect of a new customer within `t`."""
    r, alpha, a, b = model
    some = float(hypergeometric(r, b, a + b - 1, t / (alpha + t)))
    return float((a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * some))


def never_again(model: BgNbd, t: float) -> float:
    """The chance that a new customer doesn't come back within `t`."""
    return float((model.alpha / (model.alpha + t)) ** model.r)


def pareto_nbd(model: ParetoNbd, t: float, x: float, recency: float, age: float) -> tuple[float, float]:
    """The chance of being alive, and the purchases to expect in the next `t` (Schmittlein, Morrison & Colombo 1987)."""
    r, alpha, s, beta = model
    top, second = (alpha, s + 1) if alpha >= beta else (beta, r + x)
    power, gap = r + s + x, abs(alpha - beta)

    def part(at: float) -> float:
        some = hypergeometric(power, second, power + 1, gap / (top + at))
        return float(some / (top + at) ** power)

    odds = s / power * (alpha + age) ** (r + x) * (beta + age) ** s * (part(recency) - part(age))
    chance = 1 / (1 + odds)
    times = (
        (r + x)
        * (beta + age)
        / ((alpha + age) * (s - 1))
        * (1 - ((beta + age) / (beta + age + t)) ** (s - 1))
    )
    return chance, chance * times


def gamma_gamma(x: Vector, mean: Vector) -> GammaGamma:
    """The most likely model of what repeat buyers spend: `x` >= 1 purchases of `mean` > 0 each.

    Raises TooFew under thirty such customers. It takes spending as independent of how often they buy: print the
    correlation beside it.
    """
    kept = (x > 0) & (mean > 0)
    x, mean = x[kept], mean[kept]
    if len(x) < 30:
        raise TooFew(
            "What a purchase is worth needs at least thirty customers who bought twice, with amounts."
        )

    def height(at: Vector) -> float:
        p, q, v = np.exp(at)
        px = p * x
        parts = log_gamma(px + q) - log_gamma(px) - log_gamma(np.full(1, q)) + q * log(v)
        parts += (px - 1) * np.log(mean) + px * np.log(x) - (px + q) * np.log(x * mean + v)
        return -float(parts.sum())

    return GammaGamma(
        *(float(value) for value in np.exp(_simplex(height, np.log([2.0, 2.0, float(mean.mean())]))))
    )


def spend(model: GammaGamma, x: float, mean: float) -> float:
    """What a purchase of a customer is worth, from their own mean and everybody's; needs q > 1 where x is 0."""
    p, q, v = model
    return (p * v + x * mean * p) / (p * x + q - 1)


def _simplex(height: Callable[[Vector], float], start: Sequence[float] | Vector) -> Vector:
    """The lowest point by Nelder & Mead (1965), restarted once from where it stopped."""
    best = np.asarray(start, dtype=np.float64)
    for size in (0.5, 0.1):
        best = _descended(height, best, size)
    return best


def _descended(height: Callable[[Vector], float], start: Vector, size: float) -> Vector:
    points = [start, *(start + size * row for row in np.eye(len(start)))]
    pairs = sorted(
        ((height(point), place, point) for place, point in enumerate(points)), key=lambda pair: pair[:2]
    )
    corners = [(h, point) for h, _, point in pairs]
    for _ in range(2000):
        corners.sort(key=lambda corner: corner[0])
        if corners[-1][0] - corners[0][0] < 1e-10 * (1 + abs(corners[0][0])):
            break
        middle = np.mean([point for _, point in corners[:-1]], axis=0)
        worst_height, worst = corners[-1]
        tried = middle + (middle - worst)
        reached = height(tried)
        if reached < corners[0][0]:
            further = middle + 2 * (middle - worst)
            far = height(further)
            corners[-1] = (far, further) if far < reached else (reached, tried)
        elif reached < corners[-2][0]:
            corners[-1] = (reached, tried)
        else:
            near = middle + 0.5 * ((tried if reached < worst_height else worst) - middle)
            if (level := height(near)) < min(reached, worst_height):
                corners[-1] = (level, near)
            else:
                first = corners[0][1]
                moved = [first + 0.5 * (point - first) for _, point in corners[1:]]
                corners = [corners[0], *((height(point), point) for point in moved)]
    return corners[0][1]
