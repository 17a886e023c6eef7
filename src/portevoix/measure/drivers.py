"""What moves the score: how much of it each driver explains, in which direction, and whether it can only disappoint."""

from collections.abc import Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from portevoix.measure.causes import UNREAD
from portevoix.measure.figures import NOISE, Figure, table
from portevoix.measure.linear import Patterns, contrast, covariances, resampled
from portevoix.measure.logistic import Vector
from portevoix.measure.shapley import MOST, coefficients, explained, shares
from portevoix.measure.tallies import customers, keys_of
from portevoix.measure.themes import mentions, read
from portevoix.measure.verdict import chance, survivors
from portevoix.settings import Settings

ITEMS = ("needs_met", "easy", "enjoyable")
LEAST_ANSWERS, LEAST_SAID = 100, 30
_WHOLE = "overall"
_DISCOVERIES = 0.02  # items and themes together: under 5 %, the bootstrap's own error being a little small
_SCORES = {"nps": "asked", "csat": "asked", "stars": "stars"}


class Family(NamedTuple):
    """Drivers of one kind: their names, how many people stand behind each, whether low and high are its ends."""

    kind: str
    names: tuple[str, ...]
    people: tuple[int, ...]
    middle: float


def drivers(
    verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = (), settings: Settings | None = None
) -> pa.Table:
    """By `driver`: `drivers.share` (of what all explain together, 0..1), `drivers.effect` (points of the score, -100..100,
    that one step up is worth at equal other drivers), `drivers.first` (the chance that it explains most),
    `drivers.penalty` and `.reward` (what its bottom and its top do, in points), `drivers.asymmetry` (-1 it can only
    disappoint, +1 only please); and `drivers.r2`, how much all explain.

    The score is NPS, else CSAT, else stars of the same verbatim. Drivers are the three questions where they were
    asked, and the twelve most frequent themes (-1 complaint, 0 not mentioned, +1 praise; "overall" is the score in words, no driver of it). Intervals: 1,000 samples of
    the answers. The note of an effect is "within noise" where chance explains it (Benjamini and Hochberg at 5 %). An
    association, not a cause. Empty under a hundred answers with a score.
    """
    rows = customers(verbatims, by)
    keys = keys_of(by)
    score = _score(rows)
    if score is None:
        return table([], by, ["driver"])
    rows = rows.mutate(score=_points(rows[score], score))
    rows = rows.filter(rows.score.notnull())
    found = _figures(*_asked(rows, keys), keys, _SCORES[score])
    told = _told(rows, labels, keys)
    found += _figures(*told, keys, _SCORES[score]) if told else _unread(labels)
    named = dict(zip(keys, by, strict=True))
    return table(
        [{named.get(key, key): value for key, value in row.items()} for row in found], by, ["driver"]
    )


def _score(rows: ir.Table) -> str | None:
    """The score that at least a hundred verbatims have: NPS before CSAT before stars."""
    counted = (
        rows.aggregate(**{name: _points(rows[name], name).count() for name in _SCORES})
        .to_pyarrow()
        .to_pylist()[0]
    )
    return next((name for name in _SCORES if counted[name] >= LEAST_ANSWERS), None)


def _points(answer: ir.Value, name: str) -> ir.Value:
    """A score in points, -100..100: promoters less detractors, or a five-point scale from end to end."""
    if name == "nps":
        known = answer.between(0, 10)
        ticket = ibis.cases(
            (~known, ibis.null("int64")), (answer >= 9, 100), (answer <= 6, -100), (answer.notnull(), 0)
        )
        return ticket.cast("int64")
    return ibis.ifelse(answer.between(1, 5), ((answer - 3) * 50).cast("int64"), ibis.null("int64"))


def _asked(rows: ir.Table, keys: Sequence[str]) -> tuple[Family, pa.Table]:
    full = rows.filter(*(rows[item].between(1, 5) for item in ITEMS))
    counted = full.group_by([*keys, "score", *ITEMS]).aggregate(n=full.count(), people=full.who.nunique())
    found = counted.rename({f"d{place}": item for place, item in enumerate(ITEMS)}).to_pyarrow()
    people = full.aggregate(people=full.who.nunique()).to_pyarrow()["people"][0].as_py()
    return Family("items", ITEMS, (people,) * len(ITEMS), 3.0), found


def _told(rows: ir.Table, labels: ir.Table, keys: Sequence[str]) -> tuple[Family, pa.Table] | None:
    """The patterns of themes in the verbatims that were read; None where none was, or no theme is frequent enough."""
    rows = read(rows, labels)
    said = mentions(labels)
    told = rows.join(said.filter(said.theme != _WHOLE), rows.id == said.verbatim)
    counted = told.group_by("theme").aggregate(n=told.count(), people=told.who.nunique())
    frequent = counted.order_by([ibis.desc("n"), "theme"]).limit(MOST).to_pyarrow().to_pylist()
    frequent = sorted((row for row in frequent if row["n"] >= LEAST_SAID), key=lambda row: row["theme"])
    if not frequent:
        return None
    names = tuple(row["theme"] for row in frequent)
    each = told.group_by("id").aggregate(
        **{f"d{place}": told.balance.max(where=told.theme == name) for place, name in enumerate(names)}
    )
    wide = rows.left_join(each, "id")
    wide = wide.select(
        *keys, "score", **{f"d{place}": ibis.coalesce(wide[f"d{place}"], 0) for place in range(len(names))}
    )
    places = [f"d{place}" for place in range(len(names))]
    found = wide.group_by([*keys, "score", *places]).aggregate(n=wide.count()).to_pyarrow()
    return Family("themes", names, tuple(row["people"] for row in frequent), 0.0), found


def _unread(labels: ir.Table) -> list[Figure]:
    if labels.count().to_pyarrow().as_py():
        return []
    empty = {"value": None, "low": None, "high": None, "n": 0, "people": 0, "unit": "share"}
    return [{"name": "drivers.share", "driver": "themes", **empty, "basis": "words", "note": UNREAD}]


def _figures(family: Family, rows: pa.Table, keys: Sequence[str], basis: str) -> list[Figure]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, key in enumerate(
        zip(*(rows[name].to_pylist() for name in keys), strict=True) if keys else [()] * len(rows)
    ):
        groups.setdefault(key, []).append(place)
    found = []
    for key in sorted(groups):
        patterns = _patterns(rows.take(pa.array(groups[key])), len(family.names))
        if patterns.counts.sum() >= LEAST_ANSWERS and np.ptp(patterns.outcome) > 0:
            where = dict(zip(keys, key, strict=True))
            found += [{**where, "basis": basis, **row} for row in _fitted(family, patterns)]
    return found


def _patterns(rows: pa.Table, size: int) -> Patterns:
    """The rows in an order of their own, whatever order the engine gave them in."""
    columns = [
        rows[name].to_numpy().astype(np.float64)
        for name in (*(f"d{place}" for place in range(size)), "score", "n")
    ]
    order = np.lexsort(columns)
    columns = [column[order] for column in columns]
    return Patterns(np.column_stack(columns[:size]), columns[-2], columns[-1])


def _fitted(family: Family, patterns: Patterns) -> list[Figure]:
    own = covariances(patterns, patterns.counts)
    worth = explained(own)
    ends = patterns._replace(predictors=_ends(patterns.predictors, family.middle))
    drawn = [(explained(sample), coefficients(sample)) for sample in resampled(patterns)]
    worths, slopes = (np.concatenate(part) for part in zip(*drawn, strict=True))
    parts = shares(worths) / np.maximum(worths[:, -1:], 1e-12)
    n = int(patterns.counts.sum())
    shown = {"n": n, "people": n, "unit": "share", "note": None}
    name = "drivers.r2"
    found = [{"name": name, "driver": family.kind, **shown, **_ranged(worth[-1], worths[:, -1])}]
    found += _weights(
        family, patterns, shares(worth) / max(worth[-1], 1e-12), parts, coefficients(own), slopes
    )
    tilts = np.concatenate([coefficients(sample) for sample in resampled(ends)])
    return found + _contrasts(family, ends, coefficients(covariances(ends, ends.counts)), tilts)


def _weights(
    family: Family, patterns: Patterns, part: Vector, parts: Vector, slope: Vector, slopes: Vector
) -> list[Figure]:
    n = int(patterns.counts.sum())
    first = np.bincount(parts.argmax(axis=1), minlength=len(family.names)) / len(parts)
    kept = survivors(
        [chance(value, error) for value, error in zip(slope, slopes.std(axis=0), strict=True)], _DISCOVERIES
    )
    found = []
    for place, name in enumerate(family.names):
        shown = {"driver": name, "n": n, "people": family.people[place]}
        sign = "more is better" if slope[place] > 0 else "more is worse"
        note = sign if kept[place] else NOISE
        found += [
            {"name": "drivers.share", **shown, **_ranged(part[place], parts[:, place]), "unit": "share", "note": note},
            {"name": "drivers.effect", **shown, **_ranged(slope[place], slopes[:, place]), "unit": "points",
             "note": None if kept[place] else NOISE},
            {"name": "drivers.first", **shown, "value": float(first[place]), "unit": "share", "note": None},
        ]  # fmt: skip
    return found


def _contrasts(family: Family, ends: Patterns, tilt: Vector, tilts: Vector) -> list[Figure]:
    """Penalty and reward of each driver that thirty answers or more have at either end."""
    found: list[Figure] = []
    counts = ends.counts @ ends.predictors
    n = int(ends.counts.sum())
    for place, name in enumerate(family.names):
        low, high = 2 * place, 2 * place + 1
        if min(counts[low], counts[high]) < LEAST_SAID:
            continue
        shown = {"driver": name, "n": n, "people": int(min(counts[low], counts[high], family.people[place]))}
        both = contrast(tilt[low], tilt[high])
        found += [
            {"name": "drivers.penalty", **shown, **_ranged(tilt[low], tilts[:, low]), "unit": "points"},
            {"name": "drivers.reward", **shown, **_ranged(tilt[high], tilts[:, high]), "unit": "points"},
            {"name": "drivers.asymmetry", **shown, **_leaning(both.asymmetry, tilts[:, [low, high]]), "unit": "ratio",
             "note": _kind(both.asymmetry) + (", an end of the wrong sign taken for 0" if both.clipped else "")},
        ]  # fmt: skip
    return found


def _ends(predictors: Vector, middle: float) -> Vector:
    """Two columns a driver: 1 at its bottom, 1 at its top (below and above the middle)."""
    pairs = [(predictors[:, j] < middle, predictors[:, j] > middle) for j in range(predictors.shape[1])]
    return np.column_stack([end for pair in pairs for end in pair]).astype(np.float64)


def _leaning(value: float, pairs: Vector) -> Figure:
    drawn = np.array([contrast(*pair).asymmetry for pair in pairs])
    return _ranged(value, drawn[np.isfinite(drawn)]) if np.isfinite(drawn).any() else {"value": value}


def _kind(asymmetry: float) -> str:
    return "dissatisfier" if asymmetry < -0.2 else "satisfier" if asymmetry > 0.2 else "both ways"


def _ranged(value: float, drawn: Vector) -> Figure:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        "value": float(value),
        "low": min(float(low), float(value)),
        "high": max(float(high), float(value)),
    }
