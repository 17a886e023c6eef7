"""Weighing the answers of a survey to what is known of all customers: raking to margins, and who stayed silent.

Deming & Stephan (1940) for the raking, Kish (1965) for the effective number of answers, Schouten, Cobben & Bethlehem
(2009) for how evenly people answered. Weights cure nothing among those who never answer within a margin.
"""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from math import isfinite, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from portevoix.errors import BadSource, TooFew
from portevoix.measure.effects import share_of
from portevoix.measure.figures import Figure, table
from portevoix.measure.logistic import Vector
from portevoix.measure.tallies import WEIGHT

ASKED: Mapping[str, tuple[str, ...]] = {
    "nps": ("nps",),
    "csat": ("csat",),
    "ces": ("ces",),
    "experience": ("needs_met", "easy", "enjoyable"),
}
"""The measures that can be weighed, and the questions whose answers are."""
MOST, UNITS = 5.0, 10_000
"""No answer may count more than so many average ones. Weights are whole numbers of so many to an average answer."""
_ROUNDS, _NEAR = 1000, 1e-10
_INVITED = "invited"


class Margins(NamedTuple):
    """What is known of all customers: by column, the share of each value (adding up to 1); how many were invited."""

    shares: Mapping[str, Mapping[str, float]]
    invited: int | None


def margins(path: str | Path) -> Margins:
    """Margins from a file: CSV with the columns column, value, share; or TOML with a table a column, `pro = 0.1`.

    Shares, percentages or counts: each column is brought to 1. How many were invited may stand there too: `invited = 2000`,
    in a CSV a row whose column is "invited". Raises BadSource for what can't be read as that.
    """
    file = Path(path)
    try:
        text = file.read_text("utf-8-sig")
        known = tomllib.loads(text) if file.suffix.lower() == ".toml" else _rows(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise BadSource(f"The margins {file} cannot be read ({type(error).__name__}).") from error
    shares, invited = {}, known.pop(_INVITED, None)
    for column, values in known.items():
        if not isinstance(values, Mapping) or not values or not all(map(_amount, values.values())):
            raise BadSource(
                f"The margin '{column}' in {file} wants a share above 0 for each value, for instance pro = 0.1."
            )
        total = sum(values.values())
        shares[column] = {str(value): float(share) / total for value, share in values.items()}
    if not shares:
        raise BadSource(
            f"There is no margin in {file}: write column,value,share in a CSV, or a TOML table a column."
        )
    if invited is not None and (not _amount(invited) or int(invited) != invited):
        raise BadSource(f"'invited' in {file} wants a whole number of people.")
    return Margins(shares, None if invited is None else int(invited))


def _rows(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    reader = csv.DictReader(text.splitlines())
    if not {"column", "value", "share"} <= {str(name).strip().lower() for name in reader.fieldnames or ()}:
        raise csv.Error("columns")
    for line in reader:
        row = {str(name).strip().lower(): str(cell or "").strip() for name, cell in line.items()}
        try:
            share = float(row["share"].replace(",", ".").rstrip("% "))
        except ValueError as error:
            raise csv.Error("share") from error
        if row["column"] == _INVITED:
            found[_INVITED] = share
        else:
            found.setdefault(row["column"], {})[row["value"]] = share
    return found


def _amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value > 0


def rake(counts: Vector, levels: Sequence[Sequence[str]], targets: Sequence[Mapping[str, float]]) -> Vector:
    """The weight of an answer in each cell, 1 on average, that brings every margin to its target.

    `counts` answers a cell; `levels` the value of each cell in each margin; `targets` the share of each value. Raises
    TooFew where a margin can't be reached.
    """
    wanted = counts.sum()
    fitted = counts.astype(np.float64).copy()
    places = [
        (np.array([list(target).index(level) for level in column]), np.array(list(target.values())) * wanted)
        for column, target in zip(levels, targets, strict=True)
    ]
    for _ in range(_ROUNDS):
        for codes, target in places:
            held = np.bincount(codes, fitted, len(target))
            fitted = fitted * (target / np.maximum(held, 1e-300))[codes]
        gaps = [np.abs(np.bincount(codes, fitted, len(target)) - target).max() for codes, target in places]
        if max(gaps) < _NEAR * wanted:
            found: Vector = fitted / counts
            return found
    raise TooFew(
        "These margins contradict each other in these answers: leave one out, or put values together."
    )


def weighed(verbatims: ir.Table, measure: str, known: Margins) -> tuple[ir.Table, pa.Table]:
    """The answers to a measure's questions with their weights, and the figures about the weights.

    `verbatims` holds the margins' columns as strings. Answers without a value for one of them are left out, and counted.
    Raises TooFew for a value that the margins lack, for one that nobody answered from, and for a weight above `MOST`.
    """
    names = list(known.shares)
    rows = verbatims.filter(
        verbatims.author == "customer", *(verbatims[one].notnull() for one in ASKED[measure])
    )
    inner = {f"margin{place}": rows[name] for place, name in enumerate(names)}
    counted = (
        rows.select(**inner).group_by(list(inner)).aggregate(n=lambda t: t.count()).order_by(list(inner))
    )
    cells = counted.to_pyarrow().to_pylist()
    lost = sum(cell["n"] for cell in cells if None in cell.values())
    cells = [cell for cell in cells if None not in cell.values()]
    if not cells:
        raise TooFew(
            f"No answer to {measure} has a value for {' and '.join(names)}: there is nothing to weigh."
        )
    levels = [[cell[place] for cell in cells] for place in inner]
    for name, column in zip(names, levels, strict=True):
        _same_values(name, set(column), set(known.shares[name]))
    counts = np.array([cell["n"] for cell in cells], dtype=np.float64)
    weights = rake(counts, levels, list(known.shares.values()))
    if weights.max() > MOST:
        worst = cells[int(weights.argmax())]
        place = ", ".join(f"{name} {worst[key]}" for name, key in zip(names, inner, strict=True))
        raise TooFew(
            f"To fit these margins an answer from {place} would count {weights.max():.1f} times an average one, more than "
            f"{MOST:.0f}: too few answered there. Put values together, or leave a margin out."
        )
    whole = np.rint(weights * UNITS).astype(np.int64)
    weight = ibis.cases(
        *(
            (
                _all(rows[name] == cell[key] for name, key in zip(names, inner, strict=True)),
                ibis.literal(int(each)).cast("int64"),
            )
            for cell, each in zip(cells, whole, strict=True)
        )
    )
    rows = rows.mutate(**{WEIGHT: weight})
    return rows.filter(rows[WEIGHT].notnull()), _about(counts, weights, lost, levels, known)


def _same_values(name: str, seen: set[str], known: set[str]) -> None:
    if missing := sorted(seen - known):
        raise TooFew(
            f"The margin '{name}' says nothing of {', '.join(missing)}, and there are answers from there: add the share."
        )
    if silent := sorted(known - seen):
        raise TooFew(
            f"Nobody of {name} {', '.join(silent)} answered: put it together with another value of the margin."
        )


def _all(conditions: Any) -> ir.Value:  # noqa: ANN401 - ibis ships no types
    found = ibis.literal(True)
    for condition in conditions:
        found = found & condition
    return found


def _about(
    counts: Vector, weights: Vector, lost: int, levels: Sequence[Sequence[str]], known: Margins
) -> pa.Table:
    """Figures about the weights: n_eff, deff, the largest, answers left out; where it is known who was invited, who answered."""
    n = int(counts.sum())
    deff = design_effect(np.repeat(weights, counts.astype(np.int64)))
    shown = {"n": n, "people": n}
    found: list[Figure] = [
        {
            "name": "weights.n_eff",
            "value": n / deff,
            **shown,
            "unit": "answers",
            "note": "what the weighed answers are worth",
        },
        {"name": "weights.deff", "value": deff, **shown, "unit": "ratio"},
        {"name": "weights.largest", "value": float(weights.max()), **shown, "unit": "ratio"},
        {
            "name": "weights.left_out",
            "value": lost,
            **shown,
            "unit": "answers",
            "note": "no value for a margin",
        },
    ]
    if known.invited is not None and known.invited >= n + lost:
        rate = share_of(n + lost, known.invited)
        asked = {"n": known.invited, "people": known.invited}
        found.append(
            {
                "name": "weights.response_rate",
                "value": rate.value,
                "low": rate.low,
                "high": rate.high,
                **asked,
                "unit": "share",
            }
        )
        for (name, target), column in zip(known.shares.items(), levels, strict=True):
            held = [counts[[level == value for level in column]].sum() for value in target]
            invited = np.array(list(target.values())) * known.invited
            found.append({"name": "weights.evenness", "margin": name, **asked, "unit": "ratio", "note": "1: everybody as likely to answer",
                          "value": r_indicator(np.array(held) / invited, invited)})  # fmt: skip
    return table(found, (), ["margin"])


def design_effect(weights: Vector) -> float:
    """How many weighed answers tell as much as one plain answer: n · Σw² / (Σw)² (Kish)."""
    return float(len(weights) * (weights @ weights) / weights.sum() ** 2)


def r_indicator(propensities: Vector, counts: Vector) -> float:
    """1 - 2 · the standard deviation of the chances to answer over all those invited: 1 where all are as likely to.

    >>> round(r_indicator(np.array([0.30, 0.20, 0.05]), np.array([2000.0, 3000.0, 5000.0])), 4)
    0.7978
    """
    middle = float(np.average(propensities, weights=counts))
    variance = float(counts @ (propensities - middle) ** 2 / (counts.sum() - 1))
    return 1 - 2 * sqrt(variance)
