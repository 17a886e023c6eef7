"""Logistic regression on sparse rows, by L-BFGS, in numpy alone: many yes-or-no questions at once."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_MEMORY, _STEPS, _CLOSE = 10, 60, 2e-3


class Block(Protocol):
    """Some features of all rows: what they give with weights (rows × questions), and the way back."""

    width: int

    def times(self, weights: Floats) -> Floats:
        """Rows × questions, from features × questions."""

    def back(self, rows: Floats) -> Floats:
        """Features × questions, from rows × questions."""


class Sparse:
    """Rows of few features: row i has `value[j]` at `index[j]` for j in `starts[i]:starts[i + 1]`."""

    def __init__(self, starts: Ints, index: Ints, value: Floats, width: int) -> None:
        self.starts, self.index, self.value, self.width = starts, index, value, width
        self.row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        self.order = np.argsort(index, kind="stable")
        self.columns, self.column_starts = np.unique(index[self.order], return_index=True)

    def times(self, weights: Floats) -> Floats:
        """As `Block.times`."""
        found = np.zeros((len(self.starts) - 1, weights.shape[1]), np.float32)
        filled = np.flatnonzero(np.diff(self.starts))
        if len(filled):
            parts = self.value[:, None] * weights[self.index]
            found[filled] = np.add.reduceat(parts, self.starts[filled], axis=0)
        return found

    def back(self, rows: Floats) -> Floats:
        """As `Block.back`."""
        found = np.zeros((self.width, rows.shape[1]), np.float32)
        if len(self.columns):
            parts = self.value[self.order, None] * rows[self.row[self.order]]
            found[self.columns] = np.add.reduceat(parts, self.column_starts, axis=0)
        return found

    def take(self, rows: Ints) -> "Sparse":
        """Some of the rows."""
        size = np.diff(self.starts)[rows]
        starts = np.concatenate(([0], np.cumsum(size)))
        flat = np.repeat(self.starts[rows] - starts[:-1], size) + np.arange(starts[-1])
        return Sparse(starts, self.index[flat], self.value[flat], self.width)


class Shared:
    """Features of what rows belong to: row i has those of `owner[i]`, `scale` times."""

    def __init__(self, block: Block, owner: Ints, owners: int, scale: float) -> None:
        self.block, self.owner, self.owners, self.scale = block, owner, owners, np.float32(scale)
        self.width = block.width

    def times(self, weights: Floats) -> Floats:
        """As `Block.times`."""
        return np.asarray(self.scale * self.block.times(weights)[self.owner], np.float32)

    def back(self, rows: Floats) -> Floats:
        """As `Block.back`."""
        total = np.zeros((self.owners, rows.shape[1]), np.float32)
        np.add.at(total, self.owner, rows)
        return self.block.back(self.scale * total)


class Dense:
    """Rows of many features."""

    def __init__(self, rows: Floats) -> None:
        self.rows, self.width = rows, rows.shape[1]

    def times(self, weights: Floats) -> Floats:
        """As `Block.times`."""
        return np.asarray(self.rows @ weights, np.float32)

    def back(self, rows: Floats) -> Floats:
        """As `Block.back`."""
        return np.asarray(self.rows.T @ rows, np.float32)


def fit(
    blocks: Sequence[Block], answers: Floats, counted: Floats, cost: float
) -> tuple[list[Floats], Floats]:
    """Weights of each block (features × questions) and the questions' biases.

    `answers` are 0 or 1, rows × questions; `counted` says how much each counts (0: not at all). `cost` is what a wrong
    answer costs beside a unit of squared weight: higher trusts the rows more.
    """
    edges = np.cumsum([0, *(block.width for block in blocks), 1])
    questions = answers.shape[1]

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(-1, questions).astype(np.float32)
        odds = weights[-1] + sum(
            block.times(weights[a:b]) for block, a, b in zip(blocks, edges, edges[1:], strict=False)
        )
        likely = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        worth = np.logaddexp(0, odds) - answers * odds
        slope = ((likely - answers) * counted * cost).astype(np.float32)
        back = [block.back(slope) for block in blocks] + [slope.sum(0, keepdims=True)]
        gradient = np.concatenate(back).astype(np.float64)
        kept = flat.reshape(-1, questions).copy()
        kept[-1] *= 0.01  # the bias is hardly held back
        return float(cost * (worth * counted).sum() + 0.5 * (kept * flat.reshape(-1, questions)).sum()), (
            gradient + kept
        ).ravel()

    best = _lbfgs(loss, np.zeros(int(edges[-1]) * questions)).reshape(-1, questions).astype(np.float32)
    return [best[a:b] for a, b in pairwise(edges[:-1])], best[-1]


def _lbfgs(
    loss: Callable[[npt.NDArray[np.float64]], tuple[float, npt.NDArray[np.float64]]],
    at: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """The lowest point of a smooth convex loss (Liu and Nocedal 1989), steps halved until they pay."""
    value, slope = loss(at)
    first = float(np.linalg.norm(slope))
    past: deque[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]] = deque(maxlen=_MEMORY)
    for _ in range(_STEPS):
        if np.linalg.norm(slope) <= _CLOSE * max(1.0, first):
            break
        way = -_direction(slope, past)
        step, down = 1.0 if past else min(1.0, 1 / first), float(way @ slope)
        while True:
            there = at + step * way
            new, new_slope = loss(there)
            if new <= value + 1e-4 * step * down or step < 1e-8:
                break
            step /= 2
        moved, turned = there - at, new_slope - slope
        bend = float(moved @ turned)
        if bend > 1e-10:
            past.append((moved, turned, 1 / bend))
        at, value, slope = there, new, new_slope
    return at


def _direction(
    slope: npt.NDArray[np.float64],
    past: Sequence[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]],
) -> npt.NDArray[np.float64]:
    way = slope.copy()
    given = []
    for moved, turned, rate in reversed(past):
        given.append(rate * float(moved @ way))
        way -= given[-1] * turned
    if past:
        moved, turned, rate = past[-1]
        way *= 1 / (rate * float(turned @ turned))
    for (moved, turned, rate), share in zip(past, reversed(given), strict=True):
        way += (share - rate * float(turned @ way)) * moved
    return way
