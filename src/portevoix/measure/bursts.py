"""When a topic bursts: Kleinberg's two states (KDD 2002) in batches, by exact Viterbi with back-tracking."""

from math import log
from typing import NamedTuple

import numpy as np

from portevoix.measure.logistic import Vector
from portevoix.measure.purchases import log_gamma


class Burst(NamedTuple):
    """From and to which batch (both inside, from 0), and how much better the raised state explains them."""

    first: int
    last: int
    weight: float


class Bursts(NamedTuple):
    """The state of each batch (0 usual, 1 raised) and the bursts they make."""

    states: list[int]
    found: list[Burst]


def bursts(mentions: Vector, out_of: Vector, times: float = 2.0, gamma: float = 1.0) -> Bursts:
    """The most likely states of batches with so many mentions out of so many messages.

    The raised state mentions the topic `times` as often as the whole; going up costs `gamma` · ln(batches), coming
    down nothing. Nothing is found where the topic is never or always mentioned.
    """
    usual = float(mentions.sum() / max(out_of.sum(), 1.0))
    if not 0 < usual < 1:
        return Bursts([0] * len(mentions), [])
    costs = np.array([_cost(mentions, out_of, share) for share in (usual, min(times * usual, 0.9999))])
    rise = gamma * log(len(mentions))
    total, came = np.array([0.0, np.inf]), []
    for cost in costs.T:
        ways = np.array([[total[0], total[1]], [total[0] + rise, total[1]]])
        came.append(ways.argmin(axis=1))
        total = ways.min(axis=1) + cost
    state, states = int(total.argmin()), []
    for back in reversed(came):
        states.append(state)
        state = int(back[state])
    states.reverse()
    return Bursts(states, _runs(states, costs[0] - costs[1]))


def _cost(mentions: Vector, out_of: Vector, share: float) -> Vector:
    choose = log_gamma(out_of + 1) - log_gamma(mentions + 1) - log_gamma(out_of - mentions + 1)
    cost: Vector = -(choose + mentions * log(share) + (out_of - mentions) * log(1 - share))
    return cost


def _runs(states: list[int], gain: Vector) -> list[Burst]:
    found, first = [], None
    for place, state in enumerate([*states, 0]):
        if state and first is None:
            first = place
        elif not state and first is not None:
            found.append(Burst(first, place - 1, float(gain[first:place].sum())))
            first = None
    return found
