"""Customers' own columns as arrays: categories with their levels, numbers in ranks; nothing of a row is ever printed."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from portevoix.measure.logistic import Vector

UNKNOWN = "unknown"
OTHER = "other"
MOST_LEVELS, NUMBERS_FROM = 20, 11
_NUMERIC_SHARE = 0.95
_OWN = "own: "

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


class Texts(NamedTuple):
    """One column of strings of all customers: `codes` into the sorted `levels`, -1 for none."""

    codes: NDArray[np.int64]
    levels: tuple[str, ...]

    def numbers(self) -> Vector:
        """The strings as numbers, a comma taken for a point; nan for what is none."""
        return np.array([*map(_number, self.levels), np.nan])[self.codes]


def apart(customers: pa.Table) -> pa.Table:
    """Customers with the further columns of `more` as columns of their own, which `own` gives back; without `more`."""
    more = customers["more"].combine_chunks()
    more = more.chunk(0) if isinstance(more, pa.ChunkedArray) else more
    found = customers.drop_columns(["more"])
    if not len(more):
        return found
    rows = np.repeat(np.arange(len(more)), np.diff(more.offsets.to_numpy()))
    first, last = more.offsets[0].as_py(), more.offsets[-1].as_py()
    names = more.keys.slice(first, last - first).dictionary_encode()
    items = more.items.slice(first, last - first)
    for place, name in sorted(enumerate(names.dictionary.to_pylist()), key=lambda pair: str(pair[1])):
        mine = pc.equal(names.indices, place)
        texts = items.filter(mine).cast(pa.string()).dictionary_encode()
        order = pc.sort_indices(texts.dictionary).to_numpy()
        rank = np.empty(len(order) + 1, dtype=np.int64)
        rank[order], rank[-1] = np.arange(len(order)), -1
        codes = np.full(len(more), -1)
        codes[rows[mine.to_numpy(zero_copy_only=False)]] = rank[texts.indices.fill_null(-1).to_numpy()]
        column = pa.DictionaryArray.from_arrays(
            pa.array(codes, mask=codes < 0), texts.dictionary.take(pa.array(order))
        )
        found = found.append_column(_OWN + name, column)
    return found


def own(customers: pa.Table) -> dict[str, Texts]:
    """The customers' further columns, by name."""
    found = {}
    for name in customers.column_names:
        if name.startswith(_OWN):
            column = customers[name].combine_chunks()
            column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
            codes = column.indices.fill_null(-1).to_numpy().astype(np.int64)
            found[name.removeprefix(_OWN)] = Texts(codes, tuple(column.dictionary.to_pylist()))
    return found


def column(name: str, texts: Texts) -> Column | None:
    """A column of strings as categories or numbers; None where it holds one value, or is as good as an identifier.

    Numbers are at least eleven distinct values of which 95 % read as finite numbers. Beyond the twenty most frequent
    levels, a category is "other"; a missing value is the level "unknown".
    """
    many = np.bincount(texts.codes + 1, minlength=len(texts.levels) + 1)[1:].tolist()
    bare = [level.strip() for level in texts.levels]
    counts: dict[str, int] = {}
    for level, count in zip(bare, many, strict=True):
        if level and count:
            counts[level] = counts.get(level, 0) + count
    filled = sum(counts.values())
    if len(counts) + (filled < len(texts.codes)) < 2:
        return None
    finite = sum(count for level, count in counts.items() if np.isfinite(_number(level)))
    if len(counts) >= NUMBERS_FROM and finite >= _NUMERIC_SHARE * filled:
        return numeric(name, texts.numbers())
    if len(counts) > max(200, filled // 5):
        return None
    ordered = sorted(counts, key=lambda level: (-counts[level], level))
    levels = sorted(ordered[:MOST_LEVELS])
    more = [OTHER] * (len(ordered) > MOST_LEVELS) + [UNKNOWN] * (filled < len(texts.codes))
    places = {level: place for place, level in enumerate(levels)}
    other, unknown = len(levels), len(levels) + (len(ordered) > MOST_LEVELS)
    among = [places.get(level, other) if level else unknown for level in bare]
    return Column(name, np.array([*among, unknown], dtype=np.int64)[texts.codes], (*levels, *more))


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


def outcome(columns: Mapping[str, Texts]) -> tuple[str, Vector] | None:
    """The column that says who left, as 1 and 0; a plain yes or no first, then a status; None without one."""
    best: tuple[int, str, Vector] | None = None
    for name, texts in columns.items():
        if not speaks_of_leaving(name) or (texts.codes < 0).any():
            continue
        words = [level.strip().lower() for level in texts.levels]
        kinds = {words[code] for code in np.unique(texts.codes)}
        if not kinds & _YES or not 2 <= len(kinds) <= 6:
            continue
        order = 0 if kinds <= _YES | _NO else 1
        if best is None or order < best[0]:
            best = (order, name, np.array([word in _YES for word in words], dtype=np.float64)[texts.codes])
    return best[1:] if best else None


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
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
