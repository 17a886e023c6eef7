"""What a customer under contract is still worth: the retention curve by tenure, and margins to come, discounted."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from portevoix.measure.logistic import Vector

YEAR = 365.25 * 86400
HORIZON, DISCOUNT = 5, 0.10
SHORTEST = 28 * 86400
_PRIOR, _LEAST_LEAVERS = 5.0, 5
_DRAWS, _SEED = 60, 4


class Retention(NamedTuple):
    """The chance of leaving within each year of tenure (the last one holds for all later years), from so many leavers in
    so many years lived, by year of tenure.
    """

    risks: Vector
    deaths: Vector
    lived: Vector

    @property
    def leavers(self) -> int:
        """How many leavers it stands on."""
        return int(self.deaths.sum())


def worth(
    margin: float, retention: float, discount: float, years: int | None = None, first_now: bool = False
) -> float:
    """The margins to come at a constant yearly retention: m·r/(1+d-r) without end, or over so many years.

    With `first_now`, this year's margin is counted too.

    >>> round(worth(100, 0.8, 0.1), 3), round(worth(100, 0.8, 0.1, first_now=True), 3), round(worth(100, 0.8, 0.1, 5), 3)
    (266.667, 366.667, 212.41)
    """
    ratio = retention / (1 + discount)
    total = ratio / (1 - ratio) if years is None else sum(ratio**year for year in range(1, years + 1))
    return margin * (total + first_now)


def watched(since: Vector, left: Vector) -> tuple[float, float] | None:
    """From when to when leaving was watched (seconds): from about the first leaver to the last date of all.

    Before the first leaver, one more gap like those between leavers. None under five leavers or four weeks, which say
    too little of years.
    """
    gone = np.sort(left[~np.isnan(left)])
    if len(gone) < _LEAST_LEAVERS:
        return None
    end = float(max(gone[-1], np.nanmax(since)))
    start = float(gone[0]) - (end - float(gone[0])) / len(gone)
    return (start, end) if end - start >= SHORTEST else None


def retention(since: Vector, left: Vector, start: float, end: float) -> Retention:
    """The risk of leaving by year of tenure, from customers watched between two instants (seconds; `left` nan: still here).

    Years before the watch began count nothing: whoever left then is in no table (late entry). Each year's rate is
    pulled to the whole rate with the weight of five leavers, so that a year with few customers makes no jump.
    """
    last = np.where(np.isnan(left), end, left)
    entry, leave = (np.maximum(0.0, at - since) / YEAR for at in (np.maximum(since, start), last))
    gone = ~np.isnan(left)
    years = max(1, int(np.ceil(leave.max())))
    lived = np.array(
        [np.clip(leave - year, 0, 1) - np.clip(entry - year, 0, 1) for year in range(years)]
    ).clip(0)
    place = np.minimum(np.floor(leave[gone]).astype(np.int64), years - 1)
    deaths = np.bincount(place, minlength=years).astype(np.float64)
    time = lived.sum(axis=1)
    rate = deaths.sum() / max(time.sum(), 1e-12)
    if not rate:
        return Retention(np.zeros(years), deaths, time)
    rates = (deaths + _PRIOR) / (time + _PRIOR / rate)
    return Retention(1 - np.exp(-rates), deaths, time)


def redrawn(curve: Retention) -> Iterator[Retention]:
    """Curves that the same leavers would bear as well, from a fixed seed: the whole rate, then each year's, drawn from
    their gamma posteriors. How much a figure moves over them is what it owes to the luck of the leavers.
    """
    rng = np.random.default_rng(_SEED)
    for _ in range(_DRAWS):
        rate = rng.gamma(curve.deaths.sum() + 0.5) / max(curve.lived.sum(), 1e-12)
        rates = rng.gamma(curve.deaths + _PRIOR) / (curve.lived + _PRIOR / rate)
        yield curve._replace(risks=1 - np.exp(-rates))


def to_come(
    margin: Vector, tenure: Vector, curve: Retention, years: int = HORIZON, discount: float = DISCOUNT
) -> Vector:
    """The margins of the next years, discounted, each weighed by the chance to be still here; `tenure` in years."""
    total = np.zeros(len(tenure))
    here = np.ones(len(margin))
    for year in range(years):
        place = np.minimum(np.floor(tenure + year).astype(np.int64).clip(0), len(curve.risks) - 1)
        here = here * (1 - curve.risks[place])
        total += here / (1 + discount) ** (year + 1)
    found: Vector = margin * total
    return found
