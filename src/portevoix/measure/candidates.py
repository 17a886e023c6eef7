"""Which causes of leaving a table can speak of: customers' own columns, and what the logs say happened to them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portevoix.measure import causes, columns
from portevoix.measure.columns import Column
from portevoix.measure.figures import numbers
from portevoix.measure.leakage import telling_apart
from portevoix.measure.logistic import Vector

LEAST_SIDE = 30
TWICE = 0.98


class Cause(NamedTuple):
    """A cause as 1 and 0 a customer, how much each customer counts in its comparison, and where it was read.

    `column` is the customers' column that it is a level of, `levels` how many it was chosen among. A cause of the logs
    has the second `at` which each had it first (nan: never), watched until `end`.
    """

    name: str
    has: Vector
    weights: Vector
    source: str
    column: Column | None = None
    levels: int = 1
    at: Vector | None = None
    end: float = 0.0

    @property
    def counted(self) -> int:
        """How many customers are compared."""
        return int((self.weights > 0).sum())

    @property
    def smaller(self) -> int:
        """How many stand on the smaller side."""
        with_ = int(self.has[self.weights > 0].sum())
        return min(with_, self.counted - with_)


def standing(rows: pa.Table, kept: Sequence[Column], gone: Vector) -> tuple[list[Cause], list[Column]]:
    """The causes that the customers' columns are, and the columns to adjust for (who they are, tenure, numbers, amounts).

    A column of numbers is both: its riskiest fifth is a cause, and for the others it is held equal.
    """
    about = [column for column in kept if columns.says_who(column.name) or column.numbers is not None]
    since, left = numbers(rows, "since"), numbers(rows, "left")
    for name in ("revenue", "margin"):
        about += [column] if (column := columns.numeric(name, numbers(rows, name))) else []
    if not np.isnan(since).all():
        start = np.nanmin(left) if not np.isnan(left).all() else np.nanmax(since)
        about = [column for column in about if not _counts_to_leaving(column.name)]
        about += [column] if (column := columns.numeric("since", start - since)) else []
    found = []
    for column in kept:
        if columns.says_who(column.name):
            continue
        level, among = _riskiest(column, gone)
        has = (column.codes == level).astype(np.float64)
        said = f"{column.name}: {_shown(column, level)}"
        found.append(Cause(column.name, has, np.ones(len(gone)), said, column, among))
    return found, about


def beside(
    cause: Cause, others: Sequence[Cause], about: Sequence[Column]
) -> tuple[list[Cause], list[Column]]:
    """What a cause is adjusted for: the other causes and columns, less those that say the same thing twice.

    A column of several levels comes in whole. One that tells who has the cause 98 times in a hundred leaves nobody to
    compare, and stays out.
    """
    near = [
        other
        for other in others
        if other is not cause
        and not (other.column and other.column.numbers is not None)  # held equal as a number
        and not (other.column and telling_apart(other.column, cause.has) >= TWICE)
    ]
    wide = [other.column for other in near if other.column and len(other.column.levels) > 2]
    kept = [column for column in [*about, *wide] if telling_apart(column, cause.has) < TWICE]
    return near, kept


def _shown(column: Column, level: int) -> str:
    """A level as people read it: a category's name, or from what to what a fifth of the numbers goes."""
    if column.numbers is None or column.levels[level] == columns.UNKNOWN:
        return column.levels[level]
    inside = column.numbers[column.codes == level]
    return f"from {inside.min():.4g} to {inside.max():.4g}"


def _counts_to_leaving(name: str) -> bool:
    return name.lower().startswith(("tenure", "ancien"))


def _riskiest(column: Column, gone: Vector) -> tuple[int, int]:
    """The level with the highest plain risk among those of thirty customers or more, and how many it was chosen among."""
    counts = np.bincount(column.codes, minlength=len(column.levels))
    risks = np.bincount(column.codes, weights=gone, minlength=len(column.levels)) / np.maximum(counts, 1)
    fit = [level for level in range(len(column.levels)) if counts[level] >= LEAST_SIDE] or [
        int(counts.argmax())
    ]
    return max(fit, key=lambda level: (risks[level], level)), max(1, len(fit) - 1)


def dated(
    rows: pa.Table, left: Vector, logs: Sequence[tuple[pa.Table, str | None]], taken: set[str]
) -> list[Cause]:
    """The causes read in the logs, before leaving, those of both logs together; a customers' own column of that name wins."""
    ends = [end for log, _ in logs if (end := pc.max(log["closed"]).as_py()) is not None]
    if not ends:
        return []
    end = max([*ends, *left[~np.isnan(left)]])
    happened = [(causes.matched(rows["person"], log), basis) for log, basis in logs]
    found = []
    for name in causes.DERIVED:
        read = [(had[name], basis) for had, basis in happened if name in had]
        if name == "unanswered":  # a helpdesk's log knows better than words what was answered
            read = next(([one] for one in read if not np.isnan(one[0]).all()), read)
        had = np.fmin.reduce([at for at, _ in read])
        if name in taken or np.isnan(had).all():
            continue
        has = causes.before_leaving(had, left, end)
        from_words = any(basis and not np.isnan(at).all() for at, basis in read)
        weights = causes.chances(had, has, left)
        found.append(Cause(name, has, weights, "words" if from_words else "cases", at=had, end=end))
    return found
