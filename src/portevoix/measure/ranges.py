"""95 % intervals written as Ibis arithmetic, so that every engine computes the same numbers.

No float is ever written bare (an engine may read it as a decimal and round): `real` spells it as a ratio of whole
numbers. All sums that come in are whole numbers, so the order in which rows were added can't show.
"""

from decimal import Decimal
from statistics import NormalDist
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

_Z = NormalDist().inv_cdf(0.975)
_STUDENT = (
    (_Z**3 + _Z) / 4,
    (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96,
    (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / 384,
)


class Range(NamedTuple):
    """A value and its 95 % interval, as Ibis columns."""

    value: ir.Value
    low: ir.Value
    high: ir.Value


class Gap(NamedTuple):
    """A difference, its 95 % interval, and the standard score that tests it against zero."""

    value: ir.Value
    low: ir.Value
    high: ir.Value
    score: ir.Value


class Sums(NamedTuple):
    """What a group adds up to: answers, sum and sum of squares of whole-number tickets."""

    n: ir.Value
    s: ir.Value
    q: ir.Value


def whole(number: int) -> ir.Value:
    """A whole number as a double that every engine takes for a double."""
    return ibis.literal(int(number)).cast("float64")


def real(digits: str) -> ir.Value:
    """A decimal of at most 15 digits as a double: "0.65" is 65 / 100."""
    number = Decimal(digits)
    places = max(0, -int(number.as_tuple().exponent))
    return whole(int(number.scaleb(places))) / whole(10**places)


def wilson(n: ir.Value, x: ir.Value) -> Range:
    """A share x / n, 0..1, with Wilson's score interval (1927), which needs no luck at 0 or at 1."""
    n, x, z = n.cast("float64").nullif(0), x.cast("float64"), _z()
    share = x / n
    centre = share + z * z / (n * whole(2))
    half = z * (share * (whole(1) - share) / n + z * z / (n * n * whole(4))).sqrt()
    below = whole(1) + z * z / n
    return Range(share, _at_least((centre - half) / below, 0), _at_most((centre + half) / below, 1))


def ticket(sums: Sums) -> Range:
    """100 x the mean of -1/0/+1 tickets (an NPS, an item), in points, by adjusted Wald.

    Three answers are added, ¾ for, ¾ against and 1½ between (Lewis & Sauro; Rocks 2016 finds this family best), and
    the interval is cut at ±100.
    """
    centre, variance = _plus_three(sums)
    half = _z() * variance.sqrt()
    return Range(
        whole(100) * _mean(sums),
        _at_least(whole(100) * (centre - half), -100),
        _at_most(whole(100) * (centre + half), 100),
    )


def mean(sums: Sums, scale: ir.Value) -> Range:
    """100 x the mean of tickets in -scale..scale, in points: Student's interval around it, cut at ±100.

    The standard error is sd / √n, and never below that of n equal answers plus three (see `ticket`): ten people who
    all say the same don't make a certainty.
    """
    half = _student(sums.n.cast("float64") - whole(1)) * _squared_error(sums, scale).sqrt()
    middle = _mean(sums) / scale.cast("float64")
    return Range(
        whole(100) * middle,
        _at_least(whole(100) * (middle - half), -100),
        _at_most(whole(100) * (middle + half), 100),
    )


def gap_of_shares(n1: ir.Value, x1: ir.Value, n0: ir.Value, x0: ir.Value) -> Gap:
    """x1 / n1 - x0 / n0, -1..1, with the interval of Agresti & Caffo (2000): one success and one failure added a side."""
    n1, x1, n0, x0 = (column.cast("float64") for column in (n1, x1, n0, x0))
    two = whole(2)
    p1, p0 = (x1 + whole(1)) / (n1 + two), (x0 + whole(1)) / (n0 + two)
    error = (p1 * (whole(1) - p1) / (n1 + two) + p0 * (whole(1) - p0) / (n0 + two)).sqrt()
    half = _z() * error
    return Gap(
        x1 / n1.nullif(0) - x0 / n0.nullif(0),
        _at_least(p1 - p0 - half, -1),
        _at_most(p1 - p0 + half, 1),
        (p1 - p0) / error,
    )


def gap_of_tickets(now: Sums, before: Sums) -> Gap:
    """The difference of two `ticket` scores, in points, adjusted Wald on both sides (measuringu.com, two waves).

    Few and opposite answers pull the adjusted centre far from the plain difference: the interval is stretched to it.
    """
    centre1, variance1 = _plus_three(now)
    centre0, variance0 = _plus_three(before)
    error = (variance1 + variance0).sqrt()
    half = _z() * error
    value, middle = _mean(now) - _mean(before), centre1 - centre0
    low, high = ibis.least(middle - half, value), ibis.greatest(middle + half, value)
    return Gap(
        whole(100) * value,
        _at_least(whole(100) * low, -200),
        _at_most(whole(100) * high, 200),
        middle / error,
    )


def gap_of_means(now: Sums, before: Sums, scale: ir.Value) -> Gap:
    """The difference of two `mean` scores, in points, on each side's own spread.

    Student's, with the degrees of freedom of the smaller side: a little wider than Welch's, and short enough to read.
    """
    error = (_squared_error(now, scale) + _squared_error(before, scale)).sqrt()
    half = _student(ibis.least(now.n, before.n).cast("float64") - whole(1)) * error
    middle = (_mean(now) - _mean(before)) / scale.cast("float64")
    return Gap(
        whole(100) * middle,
        _at_least(whole(100) * (middle - half), -200),
        _at_most(whole(100) * (middle + half), 200),
        middle / error,
    )


def ratio(n1: ir.Value, days1: int, n0: ir.Value, days0: int, spread: ir.Value) -> Gap:
    """Messages a day now over messages a day before, on the log scale; `spread` >= 1 is how much livelier than
    Poisson the days are (variance over mean). Half a message is added a side; the score tests a ratio of 1.
    """
    n1, n0 = n1.cast("float64"), n0.cast("float64")
    half_more = real("0.5")
    days = whole(days0) / whole(days1)
    centre = ((n1 + half_more) / (n0 + half_more) * days).ln()
    error = (spread * (whole(1) / (n1 + half_more) + whole(1) / (n0 + half_more))).sqrt()
    half = _z() * error
    return Gap(n1 / n0.nullif(0) * days, (centre - half).exp(), (centre + half).exp(), centre / error)


def p_value(score: ir.Value) -> ir.Value:
    """The two-sided p of a standard score, within 1e-14; beyond ±7 it stays at that of 7.

    Hart's rational approximation (1968) as printed by West, "Better approximations to cumulative normal functions"
    (2005): engines have exp, not the normal distribution.
    """
    x = _at_most(score.abs(), 7)
    above = _horner(x, "0.0352624965998911 0.700383064443688 6.37396220353165 33.912866078383 112.079291497871 "
                       "221.213596169931 220.206867912376")  # fmt: skip
    below = _horner(x, "0.0883883476483184 1.75566716318264 16.064177579207 86.7807322029461 296.564248779674 "
                       "637.333633378831 793.826512519948 440.413735824752")  # fmt: skip
    return whole(2) * (-(x * x) / whole(2)).exp() * above / below


def _z() -> ir.Value:
    return real(f"{_Z:.14f}")


def _student(freedom: ir.Value) -> ir.Value:
    """The 97.5 % point of Student's t, by its expansion around the normal (Abramowitz & Stegun 26.7.5)."""
    v = freedom.nullif(0)
    first, second, third = (real(f"{coefficient:.12f}") for coefficient in _STUDENT)
    return _z() + (first + (second + third / v) / v) / v


def _horner(x: ir.Value, coefficients: str) -> ir.Value:
    total = whole(0)
    for digits in coefficients.split():
        total = total * x + real(digits)
    return total


def _mean(sums: Sums) -> ir.Value:
    return sums.s.cast("float64") / sums.n.cast("float64").nullif(0)


def _plus_three(sums: Sums) -> tuple[ir.Value, ir.Value]:
    """The mean of the tickets and its squared error once the three answers are added."""
    n = sums.n.cast("float64") + whole(3)
    middle = sums.s.cast("float64") / n
    return middle, ((sums.q.cast("float64") + real("1.5")) / n - middle * middle) / n


def _squared_error(sums: Sums, scale: ir.Value) -> ir.Value:
    """The squared standard error of the mean in units of `scale`, with its floor."""
    n, s, q = (column.cast("float64") for column in sums)
    unit = scale.cast("float64")
    spread = (q - s * s / n.nullif(0)) / (n - whole(1)).nullif(0) / n.nullif(0) / (unit * unit)
    floor = real("4.5") * (n + whole(1)) / ((n + whole(3)) * (n + whole(3)) * (n + whole(3)))
    return ibis.greatest(spread, floor)


def _at_least(column: ir.Value, edge: int) -> ir.Value:
    return ibis.greatest(column, whole(edge))


def _at_most(column: ir.Value, edge: int) -> ir.Value:
    return ibis.least(column, whole(edge))
