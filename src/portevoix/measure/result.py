"""From a measure's Arrow table to `Measure` nouns, with the small groups silenced."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from portevoix.measure.tallies import COLUMNS
from portevoix.nouns import Measure

FEWEST_PEOPLE = 5
FEWEST_ANSWERS = 30
TOO_FEW_PEOPLE = "fewer than 5"
TOO_FEW_ANSWERS = "fewer than 30"

_SILENCE: Mapping[str, str] = {
    "experience": "answers from 1 to 5 to the three questions (needs_met, easy, enjoyable), stars, or labelled comments",
    "nps": "answers from 0 to 10, stars, or labelled comments",
    "csat": "answers from 1 to 5, stars, or labelled comments",
    "ces": "answers from 1 to 7 (high is easy), or labelled comments that speak of effort",
    "themes": "comments in French or English in which a theme was found",
    "answers": "a helpdesk's cases with their opening dates, or dated messages of known persons with a desk's answers",
    "providers": "cases of two providers or more whose window has passed, with the provider's name on them",
    "journeys": "dated cases or messages of known persons, with the channel that they came by",
    "change": "two periods that both hold comments: dates in the source, and something before",
    "churn": "customers of whom ten or more have left and ten or more have stayed (left_at, or a column that says who left)",
    "robust": "what churn needs, and two hundred customers or more with a cause that thirty have and thirty don't",
    "drivers": "a hundred verbatims with a score (NPS, CSAT or stars), and the three questions or labelled comments beside it",
    "value": "thirty customers or more with a margin or a revenue, and who referred whom (referred_by, or a count of referrals)",
    "topics": "comments in French or English",
    "emerging": "dated comments over three weeks or more in which a theme was found",
    "revenue": "a hundred customers or more with a revenue and a score of their own (NPS, CSAT or stars)",
}


def silence(name: str, few: bool = False) -> str:
    """The sentence to say when a measure comes back empty, or of too `few` people: what it would have needed.

    >>> silence("nps")
    'There is nothing to measure nps on: it needs answers from 0 to 10, stars, or labelled comments.'
    """
    needs = _SILENCE.get(name, "other columns")
    if few:
        return f"There is too little to measure {name} on: it needs {needs}, from five people or more."
    return f"There is nothing to measure {name} on: it needs {needs}."


def measures_of(table: pa.Table, since: date | None = None, until: date | None = None) -> list[Measure]:
    """A measure's table as nouns, sorted by `where` then name, differences last; nothing is rounded.

    Under five people a row keeps its n and loses its value; when all the rows of a measure in one place are so,
    the first stands for them. Under 30 answers the note says so, unless it has something weightier to say. A value
    that isn't a finite number becomes null with a note.
    """
    places = [name for name in table.column_names if name not in COLUMNS]
    found = [(_measure(row, places, since, until), row["people"]) for row in table.to_pylist()]
    found.sort(key=lambda pair: _order(pair[0]))
    kept: dict[tuple[object, ...], list[Measure]] = {}
    for measure, people in found:
        root = (tuple(measure.where.items()), measure.name.split(".")[0])
        kept.setdefault(root, []).append(_noted(measure, people))
    return [measure for group in kept.values() for measure in _folded(group)]


def reweighed(
    weighed: pa.Table, plain: pa.Table, about: pa.Table, since: date | None = None, until: date | None = None
) -> list[Measure]:
    """A weighed measure beside the plain one (`nps.unweighted`), and the figures about its weights.

    A weighed figure keeps the plain one's n; its interval, and its silence, are those of as many answers as it is worth.
    """
    counts = {(one.name, *one.where.items()): one.n for one in measures_of(plain)}
    found = [
        replace(one, n=counts[(one.name, *one.where.items())], note=one.note or "weighted")
        for one in measures_of(weighed, since, until)
    ]
    left = [
        replace(one, name=f"{one.name}.unweighted")
        for one in measures_of(plain, since, until)
        if not one.name.endswith(".difference")
    ]
    return [*found, *left, *measures_of(about, since, until)]


def _measure(row: Mapping[str, Any], places: list[str], since: date | None, until: date | None) -> Measure:
    numbers = {name: _finite(row[name]) for name in ("value", "low", "high")}
    if numbers["value"] is None:
        numbers = dict.fromkeys(numbers)
    return Measure(
        name=row["name"],
        where={place: str(row[place]) for place in places if row[place] is not None},
        **numbers,
        n=row["n"],
        since=since,
        until=until,
        unit=row["unit"],
        basis=row["basis"],
        note=row["note"],
    )


def _noted(measure: Measure, people: int) -> Measure:
    if people < FEWEST_PEOPLE:
        return replace(measure, value=None, low=None, high=None, note=TOO_FEW_PEOPLE)
    if measure.value is None:
        return replace(measure, note=measure.note or "no value")
    if measure.n < FEWEST_ANSWERS:
        return replace(measure, note=measure.note or TOO_FEW_ANSWERS)
    return measure


def _folded(group: list[Measure]) -> list[Measure]:
    return group[:1] if all(measure.note == TOO_FEW_PEOPLE for measure in group) else group


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _order(measure: Measure) -> tuple[object, ...]:
    """Figures by place, then what compares two places."""
    return ("against" in measure.where, tuple(measure.where.items()), measure.name)
