"""Columns that all but decide the outcome: made from it, or written after it. They are refused as drivers, and named."""

import numpy as np

from portevoix.measure.columns import Column, speaks_of_leaving
from portevoix.measure.logistic import Vector

TELLING, HALF = 0.95, 0.5
_ENOUGH, _EVERYBODY = 30, 0.99
_BINS = 20


def refusal(column: Column, outcome: Vector) -> str | None:
    """Why a column can't be a driver, or None.

    By its name (it speaks of leaving), or because, learned on one half of the customers, it ranks those of the other
    half so well that a leaver stands above a stayer 95 times in a hundred.
    """
    if speaks_of_leaving(column.name):
        return "its name says that it was made from the outcome"
    always = _always(column, outcome)
    if always >= HALF:
        return f"it all but decides the outcome: {always:.0%} of the leavers stand where everybody left"
    telling = telling_apart(column, outcome)
    if telling >= TELLING:
        return f"it all but decides the outcome: it tells leavers from stayers {telling:.0%} of the time"
    return None


def _always(column: Column, outcome: Vector) -> float:
    """The share of the leavers at levels, of thirty customers or more, where 99 in a hundred left."""
    counts = np.bincount(column.codes, minlength=len(column.levels))
    left = np.bincount(column.codes, weights=outcome, minlength=len(column.levels))
    everybody = (counts >= _ENOUGH) & (left >= _EVERYBODY * counts)
    return float(left[everybody].sum() / max(1.0, outcome.sum()))


def telling_apart(column: Column, outcome: Vector) -> float:
    """How often a leaver ranks above a stayer by the risks of the column's levels (area under the curve), 0..1.

    Each half of the customers (every second one) is ranked by the risks of the other half. Numbers are cut into twentieths.
    """
    codes = _twentieths(column.numbers) if column.numbers is not None else column.codes
    half = np.arange(len(codes)) % 2 == 0
    areas = []
    for learn, test in ((half, ~half), (~half, half)):
        if not 0 < outcome[test].sum() < test.sum() or not learn.any():
            return 0.5
        counts = np.bincount(codes[learn], minlength=codes.max() + 1)
        left = np.bincount(codes[learn], weights=outcome[learn], minlength=codes.max() + 1)
        risks = (left + outcome[learn].mean()) / (counts + 1)
        areas.append(area(risks[codes[test]], outcome[test]))
    return float(np.mean(areas))


def area(score: Vector, outcome: Vector) -> float:
    """The area under the curve: how often a leaver's score is above a stayer's, ties by half."""
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n1 = outcome.sum()
    n0 = len(outcome) - n1
    return float((ranks @ outcome - n1 * (n1 + 1) / 2) / (n1 * n0))


def _twentieths(numbers: Vector) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    known = numbers[np.isfinite(numbers)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]))
    codes = np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="right"))
    return codes.astype(np.int64)
