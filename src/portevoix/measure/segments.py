"""Between segments: what one has less what the others have, with the interval of that difference, for every measure.

Made from the figures themselves: values and intervals of groups that don't share answers, put together by MOVER (Zou &
Donner 2008), which keeps intervals that lean to one side. On two shares with Wilson's interval it is Newcombe's (1998).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import erfc, isfinite, sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

import pyarrow as pa

from portevoix.measure.tallies import COLUMNS, UNKNOWN
from portevoix.measure.verdict import survivors

NOISE, FEW, OTHERS = "within noise", "fewer than 30", "the others"
FEWEST_PEOPLE, FEWEST_ANSWERS = 5, 30
COUNTS = ("customers", "calls", "messages")
"""Units of what is counted: it grows with the segment, so its difference says nothing."""
_WIDEST = {"share": 1.0, "points": 200.0}
_Z = NormalDist().inv_cdf(0.975)
Row = Mapping[str, Any]


class Side(NamedTuple):
    """A figure with its interval, how many answers it stands on and how many people."""

    value: float
    low: float
    high: float
    n: int
    people: int


class Gap(NamedTuple):
    """A difference with its 95 % interval, and the two-sided chance of it if there were none."""

    value: float
    low: float
    high: float
    chance: float


def with_differences(table: pa.Table, by: Sequence[str], minimum_change: float = 0.0) -> pa.Table:
    """A measure's table with a row more for each difference: its name plus ".difference", `against` whom in a column.

    Segments of the last column split by are compared, within each group of the earlier ones: two of them with each
    other, the first less the second; of more, each with the mean of the others, weighed by their n. Left out: the
    segment "unknown", those under five people, figures without an interval, counts.

    The note is null for a difference: it survives Benjamini and Hochberg at 5 % over all those of the table, and reaches
    `minimum_change` (points; a share, half as many hundredths). Otherwise "within noise", or "fewer than 30" where a
    side stands on fewer answers. Whoever speaks in both segments makes the interval too wide rather than too narrow.
    """
    if not by or by[-1] not in table.column_names:
        return table
    found = list(_differences(table.to_pylist(), by[-1], [*table.column_names]))
    if not found:
        return table
    kept = survivors([gap.chance for _, gap in found])
    rows = [
        {**row, "note": _note(row, shown, minimum_change)}
        for (row, _), shown in zip(found, kept, strict=True)
    ]
    schema = pa.schema([("against", pa.string()), *table.schema])
    old = table.add_column(0, "against", pa.nulls(table.num_rows, pa.string()))
    return pa.concat_tables([old.cast(schema), pa.Table.from_pylist(rows, schema=schema)])


def difference(one: Side, others: Sequence[Side]) -> Gap:
    """A figure less the mean of others, weighed by their n; all of them independent.

    >>> gap = difference(Side(0.8, 0.69, 0.88, 70, 70), [Side(0.6, 0.49, 0.70, 80, 80)])
    >>> f"{gap.value:.2f} {gap.low:.2f} {gap.high:.2f}"
    '0.20 0.05 0.34'
    """
    whole = sum(side.n for side in others)
    weights = [side.n / whole for side in others]
    value = one.value - sum(weight * side.value for weight, side in zip(weights, others, strict=True))
    pairs = list(zip(weights, others, strict=True))
    below = (one.value - one.low) ** 2 + sum((w * (side.high - side.value)) ** 2 for w, side in pairs)
    above = (one.high - one.value) ** 2 + sum((w * (side.value - side.low)) ** 2 for w, side in pairs)
    towards = sqrt(below if value > 0 else above)  # the arm on the side of zero
    chance = erfc(_Z * abs(value) / towards / sqrt(2)) if towards else float(value == 0)
    return Gap(value, value - sqrt(below), value + sqrt(above), chance)


def _differences(
    rows: Sequence[Row], split: str, columns: Sequence[str]
) -> Iterator[tuple[dict[str, Any], Gap]]:
    places = [name for name in columns if name not in COLUMNS and name != split]
    families: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        if row[split] in (None, UNKNOWN) or _side(row) is None or row["unit"] in COUNTS:
            continue
        if split == "provider" and row["name"].startswith("providers."):
            continue  # at equal work each is compared with the expected already; a league table it is not
        key = (row["name"], row["basis"], *(row[name] for name in places))
        families.setdefault(key, {})[row[split]] = row
    for _, segments in sorted(families.items(), key=lambda item: [str(part) for part in item[0]]):
        names = sorted(segments)
        if len(names) < 2:
            continue
        for name in names[:1] if len(names) == 2 else names:
            yield _row(segments, name, split)


def _row(segments: Mapping[str, Row], name: str, split: str) -> tuple[dict[str, Any], Gap]:
    row = segments[name]
    rest = [other for other in segments if other != name]
    sides = [side for other in rest if (side := _side(segments[other]))]
    one = _side(row)
    if one is None:
        raise TypeError(name)
    gap = difference(one, sides)
    against = rest[0] if len(rest) == 1 else OTHERS
    most = _WIDEST.get(row["unit"], float("inf"))
    figures = {"value": gap.value, "low": max(-most, gap.low), "high": min(most, gap.high)}
    counts = {
        "n": one.n + sum(side.n for side in sides),
        "people": min(one.people, sum(s.people for s in sides)),
    }
    smaller = min(one.n, sum(side.n for side in sides))
    return {**row, split: name, "against": against, "name": f"{row['name']}.difference", **figures, **counts,
            "note": FEW if smaller < FEWEST_ANSWERS else None}, gap  # fmt: skip


def _side(row: Row) -> Side | None:
    """A row as a side of a comparison; None where it has no whole interval, or stands on too few people."""
    value, low, high = row["value"], row["low"], row["high"]
    if None in (value, low, high) or not all(map(isfinite, (value, low, high))):
        return None
    if row["people"] < FEWEST_PEOPLE or not row["n"]:
        return None
    return Side(value, min(low, value), max(high, value), row["n"], row["people"])


def _note(row: Row, shown: bool, minimum_change: float) -> str | None:
    least = {"points": minimum_change, "share": minimum_change / 200}.get(row["unit"], 0.0)
    if not shown or abs(row["value"]) < least:
        return NOISE
    note: str | None = row["note"]
    return note
