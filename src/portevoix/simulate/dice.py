"""Chance that falls the same on every machine: only `random()` is drawn, whose sequence Python promises to keep."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws named by a key: the same key gives the same draws, whatever else was drawn before."""

    __slots__ = ("random",)

    def __init__(self, *key: object) -> None:
        # seeded by text (SHA-512): the same on every platform and Python version
        self.random = random.Random("/".join(map(str, key))).random  # noqa: S311 - no secret hangs on it

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + self.random() * (high - low)

    def pick(self, among: Sequence[T]) -> T:
        """One of them, each as likely."""
        return among[int(self.random() * len(among))]

    def weighted(self, among: Sequence[tuple[T, float]]) -> T:
        """One of the values, as likely as its weight says."""
        total = 0.0
        for _, weight in among:  # not sum(): Python 3.12 began to round it otherwise
            total += weight
        left = self.random() * total
        for value, weight in among:
            left -= weight
            if left < 0:
                return value
        return among[-1][0]

    def shuffled(self, among: Sequence[T]) -> list[T]:
        """All of them, in any order."""
        rest = list(among)
        for last in range(len(rest) - 1, 0, -1):
            other = int(self.random() * (last + 1))
            rest[last], rest[other] = rest[other], rest[last]
        return rest

    def count(self, expected: float) -> int:
        """How many happen where this many are expected: a binomial of many small chances, close to Poisson's."""
        trials = int(expected * 8) + 8
        return sum(self.random() < expected / trials for _ in range(trials))
