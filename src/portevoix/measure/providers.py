"""Who is worth keeping: outcomes at equal case mix, never means."""

from collections.abc import Sequence
from math import sqrt
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from portevoix.measure.answers import Row, as_table, outcomes, shares
from portevoix.measure.contacts import brought
from portevoix.measure.linking import DAY, gaps, linked, windows, with_next
from portevoix.measure.scorecard import Z, beta_mean, bonus, due, funnel, over_dispersion, shrink, wilson
from portevoix.measure.tallies import SCORES, UNKNOWN, keys_of, tally
from portevoix.measure.tickets import Known, Tickets
from portevoix.settings import Settings

_MIX = ("theme", "channel", "product")
_PRIOR = 20.0
"""Cases that the next wider mix weighs in the expectation of a narrow one."""
_ENOUGH_TO_SPREAD = 5
_UNLIKE = 2.5758
_DIFFER = 0.025
"""Nothing is paid where providers as far apart as this are met more often than this when none differs (Cochran's Q)."""


class Score(NamedTuple):
    """One provider's cases: how many, solved at the first contact, expected so at equal mix, with its variance."""

    provider: str
    n: int
    people: int
    hits: int
    expected: float
    variance: float


def providers(
    cases: ir.Table,
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
) -> pa.Table:
    """Scorecards by result, one row a figure and `provider`: the share of mature cases solved at the first contact.

    `providers.raw` (Wilson); `.expected`, what an ordinary one would reach on the same themes, channels and products, with
    its funnel as interval; `.adjusted`, the overall share times observed over expected; `.shrunk`, what is believed of
    it, with its 95 % interval; `.p_better`, the probability of being above the expected; `.bonus`, a share of the fee.
    Signs of gaming: `.closed_unanswered`, `.split`, `.surveyed`. Shares 0..1. Empty with fewer than two providers.
    See docs/numbers/providers.md.
    """
    by = [name for name in by if name != "provider"]  # it is split by provider in any case
    with brought(cases, verbatims, labels, by) as tickets:
        rows = [] if tickets is None else _cards(tickets, verbatims, by)
    return as_table(rows, by, ["provider"])


def _cards(tickets: Tickets, verbatims: ir.Table, by: Sequence[str]) -> list[Row]:
    named = Tickets(tickets.rows.filter(tickets.rows.provider.notnull()), tickets.known)
    keys, basis = keys_of(by), named.known.basis
    with linked(named, windows(gaps(tickets)), by).cache() as told:
        groups = _scores(told, named.known, keys)
    rows: list[Row] = []
    for place, scores in groups.items():
        if len(scores) > 1:
            where = {**dict(zip(keys, place, strict=True)), "basis": basis}
            rows += [{**where, **row} for row in scorecards(scores)]
    return [*rows, *_signs(named, verbatims, keys)] if rows else []


def scorecards(scores: Sequence[Score]) -> list[Row]:
    """The figures of each provider of one group; `scores` has two or more, each with cases."""
    overall = sum(score.hits for score in scores) / sum(score.n for score in scores)
    differences = np.array([(score.hits - score.expected) / score.n for score in scores])
    errors = np.array([sqrt(score.variance) / score.n for score in scores])
    believed = shrink(differences, errors)
    phi = over_dispersion(differences / errors) if len(scores) >= _ENOUGH_TO_SPREAD else 1.0
    rows: list[Row] = []
    for place, score in enumerate(scores):
        value, deviation = float(believed.value[place]), float(believed.deviation[place])
        paid = bonus(value, float(believed.p_better[place]), score.n) if believed.chance < _DIFFER else 0.0
        wider = float(believed.wider[place])
        ends = (value - Z * deviation, value + Z * deviation)
        low, high = wilson(score.hits, score.n)
        times = overall * score.n / score.expected if score.expected else 1.0
        raw = score.hits / score.n
        inside = funnel(score.n, score.expected, phi)
        figures = {
            "raw": (raw, low, high, "not at equal work"),
            "expected": (score.expected / score.n, *inside, None),
            "adjusted": (_share(raw * times), _share(low * times), _share(high * times), _place(raw, inside)),
            "shrunk": (*(_share(overall + value + part) for part in (0.0, -Z * wider, Z * wider)), None),
            "p_better": (float(believed.p_better[place]), None, None, None),
            "bonus": (
                paid,
                min(paid, *map(due, ends)),
                max(paid, *map(due, ends)),
                None if paid else "not proven",
            ),
        }
        rows += [
            {"provider": score.provider, "name": f"providers.{name}", "value": one, "low": least, "high": most,
             "n": score.n, "people": score.people, "unit": "share", "note": note}
            for name, (one, least, most, note) in figures.items()
        ]  # fmt: skip
    return rows


def expectations(strata: Sequence[Row]) -> list[float]:
    """The share expected in each row's mix, whoever does the work: that of all providers together there, drawn to that of
    its theme, itself drawn to that of all, each as twenty cases would.
    """
    sums: dict[tuple[Any, ...], list[float]] = {}
    for row in strata:
        for depth in (0, 1, len(_MIX)):
            both = sums.setdefault(tuple(row[name] for name in _MIX[:depth]), [0.0, 0.0])
            both[0] += row["hits"]
            both[1] += row["n"]
    found = []
    for row in strata:
        share = sums[()][0] / sums[()][1]
        for depth in (1, len(_MIX)):
            hits, n = sums[tuple(row[name] for name in _MIX[:depth])]
            share = beta_mean(hits, n, _PRIOR * share, _PRIOR * (1 - share))
        found.append(share)
    return found


def _scores(told: ir.Table, known: Known, keys: Sequence[str]) -> dict[tuple[Any, ...], list[Score]]:
    """The mature cases of each group by provider, with what was expected of them."""
    held = outcomes(told, known)["fcr"]
    mix = {name: ibis.coalesce(told[name], UNKNOWN) for name in _MIX}
    rows = told.select("who", "provider", *keys, **mix, held=held).filter(lambda t: t.held.notnull())
    people = tally(rows, [*keys, "provider"], {"held": rows.held}).to_pyarrow().to_pylist()
    places = [*keys, "provider", *_MIX]
    strata = rows.group_by(places).aggregate(n=rows.count(), hits=rows.held.sum()).order_by(places)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in strata.to_pyarrow().to_pylist():
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    counted = {(*(row[key] for key in keys), row["provider"]): row["held_p"] for row in people}
    return {place: _summed(group, place, counted) for place, group in sorted(groups.items())}


def _summed(strata: Sequence[Row], place: tuple[Any, ...], people: dict[tuple[Any, ...], int]) -> list[Score]:
    found: dict[str, Score] = {}
    for row, share in zip(strata, expectations(strata), strict=True):
        name, n = row["provider"], row["n"]
        old = found.get(name, Score(name, 0, people[(*place, name)], 0, 0.0, 0.0))
        variance = old.variance + n * max(share * (1 - share), 1e-6)
        found[name] = Score(
            name, old.n + n, old.people, old.hits + row["hits"], old.expected + n * share, variance
        )
    return [found[name] for name in sorted(found)]


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def _place(raw: float, inside: tuple[float, float]) -> str | None:
    if inside[0] <= raw <= inside[1]:
        return None
    return "above its funnel" if raw > inside[1] else "below its funnel"


def _signs(tickets: Tickets, verbatims: ir.Table, keys: Sequence[str]) -> list[Row]:
    """Signs of gaming by provider: claims before any answer, cases that continue one of the day before, people surveyed."""
    rows, known = tickets.rows, tickets.known
    nothing, whole = ibis.null("int64"), ibis.literal(1).cast("int64")
    signs = {}
    if known.basis == "log" and known.replied and known.claimed:
        early = rows.answered.isnull() | (rows.answered > rows.claimed)
        signs["closed_unanswered"] = ibis.ifelse(rows.claimed.notnull(), early.cast("int64"), nothing)
    if known.basis == "log":
        rows = with_next(rows)
        soon = ibis.coalesce(rows.next - rows.at <= DAY, False)
        signs["split"] = ibis.ifelse(rows.motive.notnull(), soon.cast("int64"), nothing)
    scored = ibis.literal(False)
    for name in SCORES:
        scored = scored | verbatims[name].notnull()
    asked = verbatims.filter(scored & verbatims.person.notnull() & verbatims.provider.notnull())
    asked = asked.select(asked_who="person", asked_provider="provider").distinct().mutate(asked=whole)
    rows = rows.mutate(**signs)
    found = _compared(rows, [*signs], keys, known.basis)
    people = rows.select("who", "provider", *keys).distinct()
    both = people.left_join(asked, [people.who == asked.asked_who, people.provider == asked.asked_provider])
    surveyed = _compared(both.mutate(surveyed=ibis.coalesce(both.asked, 0)), ["surveyed"], keys, known.basis)
    return found + (surveyed if any(row["value"] for row in surveyed) else [])


def _compared(rows: ir.Table, names: Sequence[str], keys: Sequence[str], basis: str) -> list[Row]:
    """The shares of each provider, with a note where one is unlike the others together (99 %)."""
    if not names:
        return []
    places = [*keys, "provider"]
    found = shares(rows, {f"providers.{name}": name for name in names}, places, basis)
    shown: list[Row] = []
    for row in sorted(found, key=lambda row: (row["name"], *(str(row[place]) for place in places))):
        group = [
            one for one in found if one["name"] == row["name"] and all(one[key] == row[key] for key in keys)
        ]
        n = sum(one["n"] for one in group) - row["n"]
        hits = sum(one["hits"] for one in group) - row["hits"]
        shown.append({**row, "note": _unlike(row["hits"], row["n"], hits, n)})
    return shown


def _unlike(hits: float, n: float, others: float, rest: float) -> str | None:
    if not rest:
        return None
    share = (hits + others) / (n + rest)
    error = sqrt(share * (1 - share) * (1 / n + 1 / rest))
    z = (hits / n - others / rest) / error if error else 0.0
    if abs(z) < _UNLIKE:
        return None
    return "more than the others" if z > 0 else "less than the others"
