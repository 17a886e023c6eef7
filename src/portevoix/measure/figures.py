"""Figures that a fit made, as the Arrow table of a measure; and the rows of a table split into groups."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from portevoix.errors import WrongUse
from portevoix.measure import columns
from portevoix.measure.tallies import COLUMNS, UNKNOWN

NOISE = "within noise"
_TYPES = {"name": pa.string(), "value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "n": pa.int64(),
          "people": pa.int64(), "unit": pa.string(), "basis": pa.string(), "note": pa.string()}  # fmt: skip
_NUMBERS = ("person", "since", "left_at", "revenue", "margin", "more")
Figure = dict[str, Any]


def table(figures: Sequence[Figure], by: Sequence[str] = (), more: Sequence[str] = ()) -> pa.Table:
    """The contract's columns; `by` and `more` name the columns of `where`, null where a figure lacks them."""
    places = [*by, *more]
    schema = pa.schema(
        [*((name, pa.string()) for name in places), *((name, _TYPES[name]) for name in COLUMNS)]
    )
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in schema.names} for row in figures], schema=schema
    )


def splittable(by: Sequence[str], reserved: Sequence[str] = ()) -> None:
    """Raises WrongUse for a split of customers that can't be shown: an amount, a date, a result's own column."""
    for name in by:
        if name in (*_NUMBERS, *COLUMNS, *reserved):
            raise WrongUse(
                f"This measure can't be split by '{name}': it is a date, an amount or a result's own column. "
                "Split by a column of categories, such as segment or product."
            )


def seconds(instant: ir.Value) -> ir.Value:
    """Whole seconds since 1970: an engine may give fractions of them where it promises whole numbers."""
    return instant.epoch_seconds().cast("float64").floor().cast("int64")


def of_customers(customers: ir.Table, by: Sequence[str]) -> pa.Table:
    """One row a customer: person, since and left (seconds since 1970), revenue, margin, referred_by, the split, and the
    columns that `columns.own` knows.
    """
    shown = customers.select(
        person=customers.person,
        since=seconds(customers.since),
        left=seconds(customers.left_at),
        revenue=customers.revenue,
        margin=customers.margin,
        referred_by=customers.referred_by,
        more=customers.more,
        **{f"by{place}": customers[name].cast("string") for place, name in enumerate(by)},
    )
    return columns.apart(shown.to_pyarrow())


def numbers(rows: pa.Table, name: str) -> NDArray[np.float64]:
    """A column as floats, nan where it is null or not finite."""
    found = rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return np.where(np.isfinite(found), found, np.nan)


def settled(rows: pa.Table, more: Sequence[NDArray[np.float64]] = ()) -> pa.Table:
    """The customers in an order that their content decides (and `more` of it), never their pseudonyms: sums of floats
    come out the same in every home.
    """
    if not len(rows):
        return rows
    keys = [*(numbers(rows, name) for name in ("since", "left", "revenue", "margin")), *more]
    keys += [own.codes.astype(np.float64) for own in columns.own(rows).values()]
    order = np.argsort(keys[0], kind="stable")
    first = keys[0][order]
    same = (first[1:] == first[:-1]) | np.isnan(first[:-1])
    tied = np.r_[False, same] | np.r_[same, False]
    few = order[tied]
    order[tied] = few[np.lexsort([key[few] for key in reversed(keys)])]
    return rows.take(pa.array(order))


def groups(rows: pa.Table, by: Sequence[str]) -> Iterator[tuple[Mapping[str, str], pa.Table]]:
    """The groups of a split with the values that name them, in order; the whole, unnamed, without a split."""
    if not by:
        yield {}, rows
        return
    codes = np.zeros(len(rows), dtype=np.int64)
    names: list[tuple[str, ...]] = [()]
    for place in range(len(by)):
        column = rows[f"by{place}"].cast(pa.string()).fill_null(UNKNOWN).combine_chunks().dictionary_encode()
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        codes = codes * len(column.dictionary) + column.indices.to_numpy()
        names = [(*name, level) for name in names for level in column.dictionary.to_pylist()]
    for name, code in sorted((name, code) for code, name in enumerate(names)):
        places = np.flatnonzero(codes == code)
        if len(places):
            yield dict(zip(by, name, strict=True)), rows.take(pa.array(places))
