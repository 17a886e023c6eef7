"""Logistic regression on sparse rows, by L-BFGS, in numpy alone: many yes-or-no questions at once."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

Inner = Callable[[npt.NDArray[Any], npt.NDArray[Any]], float]

_MEMORY, _STEPS, _CLOSE = 10, 60, 2e-3
_FEW = 6_000
"""Rows up to which their likeness is held whole (144 MB) and weights are sought as sums of rows: many times faster."""
_COMMON = 16
"""A feature that one row in so many has is multiplied as a column, a rarer one by the rows that have it."""


class Block(Protocol):
    """Some features of all rows: what they give with weights (rows × questions), and the way back."""

    width: int

    def times(self, weights: Floats) -> Floats:
        """Rows × questions, from features × questions."""

    def back(self, rows: Floats) -> Floats:
        """Features × questions, from rows × questions."""

    def likeness(self) -> Floats:
        """Rows × rows: the products of all pairs."""


class Sparse:
    """Rows of few features: row i has `value[j]` at `index[j]` for j in `starts[i]:starts[i + 1]`."""

    def __init__(self, starts: Ints, index: Ints, value: Floats, width: int) -> None:
        self.starts, self.index, self.value, self.width = starts, index, value, width
        self.row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        self.order = np.argsort(index, kind="stable")
        self.columns, self.column_starts = np.unique(index[self.order], return_index=True)
        self._likeness: Floats | None = None

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

    def likeness(self) -> Floats:
        """As `Block.likeness`."""
        if self._likeness is None:
            rows = len(self.starts) - 1
            row, value = self.row[self.order], self.value[self.order]
            edges = np.append(self.column_starts, len(row)).tolist()
            common = np.flatnonzero(np.diff(edges) * _COMMON > rows)
            dense = np.zeros((rows, len(common)), np.float32)
            for place, column in enumerate(common.tolist()):
                a, b = edges[column], edges[column + 1]
                dense[row[a:b], place] = value[a:b]
            found = np.asarray(dense @ dense.T, np.float32)
            for column in np.flatnonzero(np.diff(edges) * _COMMON <= rows).tolist():
                a, b = edges[column], edges[column + 1]
                found[row[a:b, None], row[a:b]] += value[a:b, None] * value[a:b]
            self._likeness = found
        return self._likeness

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

    def likeness(self) -> Floats:
        """As `Block.likeness`."""
        found = self.block.likeness()[np.ix_(self.owner, self.owner)]
        return np.asarray(self.scale * self.scale * found, np.float32)


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

    def likeness(self) -> Floats:
        """As `Block.likeness`."""
        return np.asarray(self.rows @ self.rows.T, np.float32)


def likeness(blocks: Sequence[Block], rows: int) -> Floats | None:
    """How alike rows are over all blocks, for `fit` to use again and again; None where they are too many to hold."""
    if rows > _FEW:
        return None
    return np.asarray(sum(block.likeness() for block in blocks), np.float32)


def fit(
    blocks: Sequence[Block], answers: Floats, counted: Floats, cost: float, alike: Floats | None = None
) -> tuple[list[Floats], Floats]:
    """Weights of each block (features × questions) and the questions' biases.

    `answers` are 0 or 1, rows × questions; `counted` says how much each counts (0: not at all). `cost` is what a wrong
    answer costs beside a unit of squared weight: higher trusts the rows more. `alike` is the blocks' `likeness`.
    """
    if alike is not None:
        rows, bias = _by_rows(alike, answers, counted, cost)
        return [block.back(rows) for block in blocks], bias
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

    def inner(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
        return float(one @ other)

    best = _lbfgs(loss, np.zeros(int(edges[-1]) * questions), inner).reshape(-1, questions).astype(np.float32)
    return [best[a:b] for a, b in pairwise(edges[:-1])], best[-1]


def _by_rows(alike: Floats, answers: Floats, counted: Floats, cost: float) -> tuple[Floats, Floats]:
    """The same lowest point: weights are sums of rows, so how much of each row is sought (rows × questions), and the biases.

    A point holds those, then their products with `alike`, then the biases: so that an inner product of two points is that
    of the weights they stand for.
    """
    used = np.flatnonzero((counted > 0).any(1))
    near, right, worth = alike[np.ix_(used, used)], answers[used], counted[used] * np.float32(cost)
    n, questions = right.shape

    def loss(at: npt.NDArray[Any]) -> tuple[float, npt.NDArray[Any]]:
        mine, odds, bias = at[:n], at[n:-1] + at[-1], at[-1]
        likely = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        slope = ((likely - right) * worth).astype(np.float32)
        held = float((mine * at[n:-1]).sum() + 0.01 * (bias * bias).sum())
        missed = float(((np.logaddexp(0, odds) - right * odds) * worth).sum(dtype=np.float64))
        back = [
            slope + mine,
            near @ slope + at[n:-1],
            slope.sum(0, keepdims=True) + np.float32(0.01) * at[-1:],
        ]
        return missed + 0.5 * held, np.concatenate(back)

    def inner(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
        return float((one[:n] * other[n:-1]).sum(dtype=np.float64) + (one[-1] * other[-1]).sum())

    best = _lbfgs(loss, np.zeros((2 * n + 1, questions), np.float32), inner)
    rows = np.zeros((len(alike), questions), np.float32)
    rows[used] = best[:n]
    return rows, best[-1]


def _lbfgs(
    loss: Callable[[npt.NDArray[Any]], tuple[float, npt.NDArray[Any]]], at: npt.NDArray[Any], inner: Inner
) -> npt.NDArray[Any]:
    """The lowest point of a smooth convex loss (Liu and Nocedal 1989), steps halved until they pay."""
    value, slope = loss(at)
    first = inner(slope, slope) ** 0.5
    past: deque[tuple[npt.NDArray[Any], npt.NDArray[Any], float]] = deque(maxlen=_MEMORY)
    for _ in range(_STEPS):
        if inner(slope, slope) ** 0.5 <= _CLOSE * max(1.0, first):
            break
        way = -_direction(slope, past, inner)
        step, down = 1.0 if past else min(1.0, 1 / first), inner(way, slope)
        while True:
            there = at + step * way
            new, new_slope = loss(there)
            if new <= value + 1e-4 * step * down or step < 1e-8:
                break
            step /= 2
        moved, turned = there - at, new_slope - slope
        bend = inner(moved, turned)
        if bend > 1e-10:
            past.append((moved, turned, 1 / bend))
        at, value, slope = there, new, new_slope
    return at


def _direction(
    slope: npt.NDArray[Any],
    past: Sequence[tuple[npt.NDArray[Any], npt.NDArray[Any], float]],
    inner: Inner,
) -> npt.NDArray[Any]:
    way = slope.copy()
    given = []
    for moved, turned, rate in reversed(past):
        given.append(rate * inner(moved, way))
        way -= given[-1] * turned
    if past:
        moved, turned, rate = past[-1]
        way *= 1 / (rate * inner(turned, turned))
    for (moved, turned, rate), share in zip(past, reversed(given), strict=True):
        way += (share - rate * inner(turned, way)) * moved
    return way
