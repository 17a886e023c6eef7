"""Customers' own columns as arrays: categories with their levels, numbers in ranks; nothing of a row is ever printed."""

import re
from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from portevoix.measure.logistic import Vector

UNKNOWN = "unknown"
OTHER = "other"
MOST_LEVELS, NUMBERS_FROM = 20, 11
_NUMERIC_SHARE = 0.95

_STATUS = re.compile(
    r"churn|attrition|leav|left|cancel|terminat|r[ée]sili|d[ée]part|parti\b|perdu|\blost\b", re.I
)
_YES = {"yes", "1", "1.0", "true", "oui", "vrai", "churned", "left", "lost", "cancelled", "canceled", "gone",
        "terminated", "résilié", "resilie", "parti", "perdu"}  # fmt: skip
_NO = {"no", "0", "0.0", "false", "non", "faux", "stayed", "active", "current", "actif", "client"}
_WHO = re.compile(
    r"segment|product|produit|city|town|ville|region|région|country|pays|zip|postal|depart|gender|sex|civilit|\bage\b"
    r"|âge|under \d|senior|married|marital|partner|dependents|enfants|latitude|longitude|population|tenure|ancienn|since|\bmonths?\b|\byears?\b|quarter",
    re.I,
)


class Column(NamedTuple):
    """One column of all customers: `codes` into `levels` for categories, or `numbers` (nan where missing)."""

    name: str
    codes: NDArray[np.int64]
    levels: tuple[str, ...]
    numbers: Vector | None = None


def own(customers: pa.Table) -> dict[str, NDArray[np.object_]]:
    """The further columns of `more`, each with one string or None a customer, by name."""
    more = customers["more"].combine_chunks()
    more = more.chunk(0) if isinstance(more, pa.ChunkedArray) else more
    if not len(more):
        return {}
    lengths = np.diff(more.offsets.to_numpy())
    rows = np.repeat(np.arange(len(more)), lengths)
    first, last = more.offsets[0].as_py(), more.offsets[-1].as_py()
    names = np.asarray(more.keys.slice(first, last - first).to_pylist(), dtype=object)
    items = np.asarray(more.items.slice(first, last - first).to_pylist(), dtype=object)
    found: dict[str, NDArray[np.object_]] = {}
    for name in sorted(set(names.tolist())):
        column = np.full(len(more), None, dtype=object)
        mine = names == name
        column[rows[mine]] = items[mine]
        found[name] = column
    return found


def column(name: str, values: NDArray[np.object_]) -> Column | None:
    """A column of strings as categories or numbers; None where it holds one value, or is as good as an identifier.

    Numbers are at least eleven distinct values of which 95 % read as finite numbers. Beyond the twenty most frequent
    levels, a category is "other"; a missing value is the level "unknown".
    """
    texts = [None if value is None or not str(value).strip() else str(value).strip() for value in values]
    counts = Counter(text for text in texts if text is not None)
    if len(counts) + (None in texts) < 2:
        return None
    numbers = np.asarray([_number(text) for text in texts])
    filled = sum(counts.values())
    if len(counts) >= NUMBERS_FROM and np.isfinite(numbers).sum() >= _NUMERIC_SHARE * filled:
        return numeric(name, numbers)
    if len(counts) > max(200, filled // 5):
        return None
    ordered = sorted(counts, key=lambda level: (-counts[level], level))
    levels = sorted(ordered[:MOST_LEVELS])
    more = [OTHER] * (len(ordered) > MOST_LEVELS) + [UNKNOWN] * (filled < len(texts))
    places = {level: place for place, level in enumerate(levels)}
    other, unknown = len(levels), len(levels) + (len(ordered) > MOST_LEVELS)
    codes = [unknown if text is None else places.get(text, other) for text in texts]
    return Column(name, np.asarray(codes, dtype=np.int64), (*levels, *more))


def numeric(name: str, numbers: Vector) -> Column | None:
    """A column of numbers, with its fifths as levels; None where it doesn't vary."""
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    known = numbers[np.isfinite(numbers)]
    if len(known) < 2 or known.min() == known.max():
        return None
    edges = np.unique(np.quantile(known, [0.2, 0.4, 0.6, 0.8]))
    codes = np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="right"))
    levels = (*(f"{place + 1}" for place in range(len(edges) + 1)), UNKNOWN)
    return Column(name, codes.astype(np.int64), levels, numbers)


def covariates(columns: list[Column], n: int) -> Vector:
    """The columns as standardised covariates, n x k: a dummy a level but the most frequent; numbers as their rank and
    its square, with a dummy for the unknown.
    """
    parts: list[Vector] = []
    for one in columns:
        counts = np.bincount(one.codes, minlength=len(one.levels))
        if one.numbers is not None:
            ranks = _ranks(one.numbers)
            parts += [ranks, (ranks - 0.5) ** 2, np.isnan(one.numbers).astype(np.float64)]
            continue
        parts += [
            (one.codes == level).astype(np.float64)
            for level in range(len(one.levels))
            if counts[level] and level != int(counts.argmax())
        ]
    kept = [(part - part.mean()) / part.std() for part in parts if part.std() > 0]
    return np.column_stack(kept) if kept else np.zeros((n, 0))


def as_numbers(values: NDArray[np.object_]) -> Vector:
    """Strings as numbers, a comma taken for a point; nan for what is none."""
    found = np.asarray([_number(None if value is None else str(value)) for value in values])
    return np.where(np.isfinite(found), found, np.nan)


def says_who(name: str) -> bool:
    """Whether a column says who a customer is (segment, town, age, tenure…): adjusted for, never called a cause."""
    return bool(_WHO.search(name))


def speaks_of_leaving(name: str) -> bool:
    """Whether a column's name speaks of leaving: it says the outcome, or was made from it."""
    return bool(_STATUS.search(name)) or name.strip().lower() in (
        "customer status",
        "statut",
        "status",
        "statut client",
    )


def outcome(columns: dict[str, NDArray[np.object_]]) -> tuple[str, Vector] | None:
    """The column that says who left, as 1 and 0; a plain yes or no first, then a status; None without one."""
    best: tuple[int, str, Vector] | None = None
    for name, values in columns.items():
        if not speaks_of_leaving(name):
            continue
        words = [str(value).strip().lower() for value in values if value is not None]
        kinds = set(words)
        if len(words) < len(values) or not kinds & _YES or not 2 <= len(kinds) <= 6:
            continue
        order = 0 if kinds <= _YES | _NO else 1
        if best is None or order < best[0]:
            left = np.asarray([str(value).strip().lower() in _YES for value in values], dtype=np.float64)
            best = (order, name, left)
    return best[1:] if best else None


def _number(text: str | None) -> float:
    try:
        return float(text.replace(",", ".")) if text is not None else float("nan")
    except ValueError:
        return float("nan")


def _ranks(numbers: Vector) -> Vector:
    """Ranks of the known, ties shared, 0..1; the unknown stand in the middle."""
    known = np.isfinite(numbers)
    _, inverse, counts = np.unique(numbers[known], return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / known.sum()
    ranks = np.full(len(numbers), 0.5)
    ranks[known] = middle[inverse]
    return ranks
