"""Whom a customer brought in, and what that is worth (Kumar, Petersen & Leone 2007, 2010); rankings side by side."""

from collections.abc import Sequence
from math import atanh, hypot, sqrt, tanh
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from portevoix.measure.effects import Estimate, Z, share_of
from portevoix.measure.logistic import Vector

_MANY = 20_000
CORNERS = ("Champions", "Affluents", "Advocates", "Misers")


class Recruit(NamedTuple):
    """One who would not have come without the referral: their margin, the reward paid for them, what keeping them
    costs, and the cost of winning a customer that was saved.
    """

    margin: float
    reward: float = 0.0
    upkeep: float = 0.0
    saved: float = 0.0


def referral_value(
    brought: Sequence[Sequence[Recruit]], saved: Sequence[Sequence[float]], discount: float
) -> float:
    """What a customer's referrals are worth, by year, the first being a year away.

    `brought`: recruits of type one, each with what they are worth that year. `saved`: for those of type two, who would
    have come anyway, the cost of winning them that was spared.

    >>> round(referral_value([[Recruit(98, 40, 18, 5)] * 2], [[5, 5]], 0.15), 4)
    86.9565
    """
    years = max(len(brought), len(saved))
    total = 0.0
    for year in range(years):
        one = (
            sum(r.margin - r.reward - r.upkeep + r.saved for r in brought[year])
            if year < len(brought)
            else 0.0
        )
        two = sum(saved[year]) if year < len(saved) else 0.0
        total += (one + two) / (1 + discount) ** (year + 1)
    return total


def credited(people: pa.ChunkedArray, referred_by: pa.ChunkedArray, since: Vector) -> NDArray[np.int64]:
    """For each customer, the place of the one who brought them: credited once, to the first referrer alone.

    -1 for those who name nobody of the table, themselves, or somebody who came after them.
    """
    places = pc.index_in(referred_by, value_set=people.combine_chunks()).fill_null(-1)
    found: NDArray[np.int64] = places.to_numpy().astype(np.int64)
    late = since[found] > since
    found[late | (found == np.arange(len(found)))] = -1
    return found


def top(values: Vector, count: int) -> Vector:
    """How much each belongs to the `count` highest, 0..1: those who tie for the last places share them."""
    cut = np.sort(values)[::-1][count - 1]
    above, tied = values > cut, values == cut
    member: Vector = above + tied * ((count - above.sum()) / tied.sum())
    return member


def overlap(one: Vector, other: Vector, count: int) -> Estimate:
    """The share of the `count` highest of one ranking that is among those of the other, with Wilson's interval."""
    common = float(np.sort(top(one, count) * top(other, count)).sum()) / count
    return share_of(common * count, count)


def share_of_recruits(member: Vector, brought: Vector) -> Estimate:
    """Of all that customers brought, the share that those of a set did (`member` 0..1), 0..1.

    Wilson's interval on as many recruits as they are worth: those of one customer came together, so they tell less than
    as many of different ones (the variance of a ratio over customers, never below the binomial's).
    """
    total = float(brought.sum())
    share = float(np.sort(member * brought).sum()) / total
    errors = np.sort(brought * (member - share))
    variance = float(errors @ errors) / total**2
    plain = share * (1 - share) / total
    worth = total * min(1.0, plain / variance if variance > 0 else float(total / (brought @ brought)))
    return share_of(share * worth, worth)


def rank_correlation(one: Vector, other: Vector, again: Sequence[Vector] = ()) -> Estimate:
    """Spearman's, ties by the middle rank, with the interval of Bonett & Wright (2000); nan where one doesn't vary.

    `again` holds `one` as it might as well have been estimated: what the correlation moves by over them is carried in
    the interval (on every k-th of very many customers).
    """
    order = np.lexsort((one, other))
    value = _spearman(one[order], other[order])
    if np.isnan(value) or len(one) < 4:
        return Estimate(float("nan"), float("nan"), float("nan"), 0.0)
    middle = _fisher(value)
    error = sqrt((1 + value * value / 2) / (len(one) - 3))
    if again:
        some = order[:: max(1, len(order) // _MANY)]
        moved = [rho for drawn in again if not np.isnan(rho := _spearman(drawn[some], other[some]))]
        error = (
            hypot(error, float(np.std([_fisher(rho) for rho in moved], ddof=1))) if len(moved) > 1 else error
        )
    return Estimate(value, tanh(middle - Z * error), tanh(middle + Z * error), error)


def _spearman(one: Vector, other: Vector) -> float:
    ranks = [_ranks(values) for values in (one, other)]
    if min(rank.std() for rank in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _fisher(rho: float) -> float:
    return atanh(max(-0.999999, min(0.999999, rho)))


def corners(lifetime: Vector, referral: Vector) -> NDArray[np.int64]:
    """The corner of each customer, its place in `CORNERS`: above the median or not of what they are worth, and of what
    they bring.

    Where half bring nothing, to bring anything is to be above.
    """
    rich = lifetime > np.median(lifetime)
    bringing = referral > max(0.0, float(np.median(referral)))
    return 2 * (~rich).astype(np.int64) + ~bringing


def _ranks(values: Vector) -> Vector:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle: Vector = np.cumsum(counts) - (counts - 1) / 2
    return middle[inverse]
