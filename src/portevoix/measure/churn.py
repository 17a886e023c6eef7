"""Why they leave: several causes, each at equal others and at equal kind of customer, and what leaks the outcome."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from portevoix.measure import causes, columns, effects
from portevoix.measure.candidates import LEAST_SIDE, Cause, beside, dated, standing
from portevoix.measure.columns import Column
from portevoix.measure.figures import Figure, groups, numbers, of_customers, settled, splittable, table
from portevoix.measure.leakage import refusal
from portevoix.measure.leaving import leaving
from portevoix.measure.logistic import Vector
from portevoix.measure.verdict import noted
from portevoix.settings import Settings

LEAST_LEAVERS, MOST_CAUSES = 10, 24
Logs = list[tuple[pa.Table, str | None]]
ALONE = "not told: too few without the cause are like those who have it"
UNLIKE = "who came through somebody was settled before: those with this cause differ in ways that the tables don't hold equal"


class Readied(NamedTuple):
    """Who left (1 and 0), the causes, the columns held equal, the rows of the refused columns."""

    gone: Vector
    usable: list[Cause]
    about: list[Column]
    refused: list[Figure]


def churn(
    customers: ir.Table,
    cases: ir.Table,
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
) -> pa.Table:
    """`churn.rate`; then by `cause`: `churn.crude` and `churn.adjusted` (risk differences, -1..1), `churn.attributable`
    (the share of the leavers that would stay), `churn.ratio` (Mantel & Haenszel), `churn.e_value`, `churn.overlap` (who could as
    well have had it as not), `churn.placebo` (the same on what was settled before); of a cause with its days
    `churn.leaving_with`, `.leaving_without` (shares, Simon & Makuch), `.hazard_ratio`; and `churn.refused`.

    Causes: unanswered problems, relapses, network and price from cases and labelled words, before leaving; and the
    customers' own columns that don't say who they are, a column of several levels by its riskiest. Who left is said by
    `left_at`, else by a column that speaks of churn. A refused column has no value; its note says why. The note of an
    adjusted difference is "within noise" where chance explains it (Benjamini and Hochberg at 5 % over the causes); that
    of the unanswered problems is the verdict. Without leavers and stayers (ten of each) the table is empty.
    """
    splittable(by, ("cause",))
    rows = of_customers(customers, by)
    if not rows.num_rows:
        return table([], by, ["cause"])
    logs = logged(cases, verbatims, labels)
    found: list[Figure] = []
    for where, group in groups(rows, by):
        found += [{**where, **figure} for figure in _figures(in_order(group, logs), logs)]
    if found and logs[1][0].num_rows and not labels.count().to_pyarrow().as_py():
        found.append(_row("churn.adjusted", "words", None, n=0, people=0, basis="words", note=causes.UNREAD))
    return table(found, by, ["cause"])


def logged(cases: ir.Table, verbatims: ir.Table, labels: ir.Table) -> Logs:
    """When each person first had each cause, by the helpdesk's log and by the words."""
    return [
        (causes.of_cases(cases).to_pyarrow(), None),
        (causes.of_words(verbatims, labels).to_pyarrow(), "words"),
    ]


def in_order(rows: pa.Table, logs: Logs) -> pa.Table:
    """The customers in an order that only their content decides."""
    return settled(rows, [at for log, _ in logs for at in causes.matched(rows["person"], log).values()])


def readied(rows: pa.Table, logs: Logs) -> Readied | None:
    """What the causes of leaving are read from: who left, the causes that can be told of, what is held equal, and the
    refused columns; None without ten leavers and ten stayers.
    """
    own = columns.own(rows)
    left = numbers(rows, "left")
    stated = columns.outcome(own) if np.isnan(left).all() else None
    gone = (~np.isnan(left)).astype(np.float64) if stated is None else stated[1]
    n, leavers = len(gone), int(gone.sum())
    if min(leavers, n - leavers) < LEAST_LEAVERS:
        return None
    refused: list[Figure] = []
    kept: list[Column] = []
    for name, values in own.items():
        column = columns.column(name, values)
        if column is None:
            continue
        reason = refusal(column, gone)
        if reason is not None:
            refused.append(_refused(name, reason, n))
        else:
            kept.append(column)
    own_causes, about = standing(rows, kept, gone)
    happened = dated(rows, left, logs, {column.name.lower() for column in kept})
    usable = [cause for cause in (*happened, *own_causes) if cause.smaller >= LEAST_SIDE][:MOST_CAUSES]
    return Readied(gone, usable, about, refused)


def _figures(rows: pa.Table, logs: Logs) -> list[Figure]:
    ready = readied(rows, logs)
    if ready is None:
        return []
    return [_rate(ready.gone), *ready.refused, *_effects(ready.usable, ready.about, ready.gone, rows)]


def _effects(usable: Sequence[Cause], about: Sequence[Column], gone: Vector, rows: pa.Table) -> list[Figure]:
    """The figures of every cause; each is adjusted for the others and for who the customers are."""
    found: list[Figure] = []
    shown: list[tuple[str, effects.Estimate, int]] = []
    brought = rows["referred_by"].is_valid().to_numpy().astype(np.float64)
    for cause in usable:
        others, held = beside(cause, usable, about)
        has = np.column_stack([cause.has, *(other.has for other in others)])
        table_ = effects.Causes(has, columns.covariates(held, len(gone)), gone)
        chances = effects.propensities(table_)
        inside = effects.shared(chances, cause.has) & (cause.weights > 0)
        found += [*_told(cause, has[:, 1:], gone), _overlap(cause, chances, inside), *_dated(cause, rows)]
        if inside.sum() < len(gone) / 2 or min(sides := _sides(cause, inside)) < LEAST_SIDE:
            found.append(
                _row(
                    "churn.adjusted", cause.name, None, n=int(inside.sum()), people=cause.smaller, note=ALONE
                )
            )
            continue
        equal = effects.standardised(table_, cause.weights * inside)
        counts: dict[str, Any] = {"n": int(inside.sum()), "people": min(sides), "basis": _basis(cause)}
        found += _equal(cause, equal, counts)
        if min(brought.sum(), len(brought) - brought.sum()) >= LEAST_SIDE:
            before = effects.standardised(table_._replace(outcome=brought), cause.weights * inside).difference
            said = None if before.low <= 0 <= before.high else UNLIKE
            found.append(_row("churn.placebo", cause.name, before, **counts, note=said))
        shown.append((cause.name, equal.difference, cause.levels))
    notes = iter(noted(shown))
    return [
        {**row, "note": next(notes)} if row["name"] == "churn.adjusted" and row["value"] is not None else row
        for row in found
    ]


def _sides(cause: Cause, inside: NDArray[np.bool_]) -> tuple[int, int]:
    with_ = int(cause.has[inside].sum())
    return with_, int(inside.sum()) - with_


def _basis(cause: Cause) -> str | None:
    return "words" if cause.source == "words" else None


def _told(cause: Cause, others: Vector, gone: Vector) -> list[Figure]:
    inside = cause.weights > 0
    crude = effects.plain(cause.has[inside], gone[inside])
    ratio = effects.mantel_haenszel(cause.has[inside], _strata(others[inside]), gone[inside])
    shown: dict[str, Any] = {"n": cause.counted, "people": cause.smaller, "basis": _basis(cause)}
    said = cause.source if cause.column else None
    within = "within strata of the other causes"
    return [
        _row("churn.crude", cause.name, crude, **shown, note=said),
        _row("churn.ratio", cause.name, ratio, unit="ratio", **shown, note=within),
    ]


def _equal(cause: Cause, equal: effects.Standardised, shown: Mapping[str, Any]) -> list[Figure]:
    """At equal other causes: the difference, the share of the leavers, and what a hidden cause would take."""
    return [
        _row("churn.adjusted", cause.name, equal.difference, **shown),
        _row("churn.attributable", cause.name, equal.attributable, **shown),
        _row("churn.e_value", cause.name, _e(equal), unit="ratio", **shown),
    ]


def _overlap(cause: Cause, chances: Vector, inside: NDArray[np.bool_]) -> Figure:
    """How many could as well have had the cause as not (chances of .05 to .95), and how many have no like to compare."""
    here = cause.weights > 0
    middle = float(((chances >= 0.05) & (chances <= 0.95))[here].mean())
    out = int(here.sum() - inside.sum())
    said = f"{out} customers have no like on the other side and are left out" if out else None
    return _row(
        "churn.overlap",
        cause.name,
        middle,
        n=cause.counted,
        people=cause.smaller,
        basis=_basis(cause),
        note=said,
    )


def _dated(cause: Cause, rows: pa.Table) -> list[Figure]:
    """For a cause with its days: the shares that leave with it and without it, and the ratio of the rates."""
    if cause.at is None:
        return []
    found = leaving(cause.at, numbers(rows, "left"), numbers(rows, "since"), cause.end)
    if found is None:
        return []
    shown: dict[str, Any] = {"n": cause.counted, "people": cause.smaller, "basis": _basis(cause)}
    over = f"over {found.days} days; each is without it until they have it"
    figures = [
        _row("churn.leaving_with", cause.name, found.with_, **shown, note=over),
        _row("churn.leaving_without", cause.name, found.without, **shown, note=over),
    ]
    if np.isfinite(found.ratio.value):
        figures.append(
            _row(
                "churn.hazard_ratio",
                cause.name,
                found.ratio,
                unit="ratio",
                **shown,
                note="not at equal other causes",
            )
        )
    return figures


def _strata(others: Vector) -> NDArray[np.int64]:
    _, codes = np.unique(others, axis=0, return_inverse=True)
    return codes.reshape(-1).astype(np.int64)


def _e(equal: effects.Standardised) -> effects.Estimate | float:
    """The E-value of the risk ratio and, as its lower end, that of the interval's nearer limit (1 where it holds none)."""
    if not (equal.without > 0 and equal.with_ > 0):
        return float("nan")
    value = effects.e_value(equal.with_ / equal.without)
    difference = equal.difference
    nearer = difference.low if difference.value > 0 else difference.high
    kept = nearer * difference.value > 0 and equal.without + nearer > 0
    least = effects.e_value(1 + nearer / equal.without) if kept else 1.0
    return effects.Estimate(value, min(least, value), value, 0.0)


def _rate(gone: Vector) -> Figure:
    n = len(gone)
    return _row("churn.rate", None, effects.share_of(float(gone.sum()), n), n=n, people=n)


def _refused(name: str, reason: str, n: int) -> Figure:
    return _row("churn.refused", name, None, n=n, people=n, note=reason)


def _row(
    name: str,
    cause: str | None,
    figure: effects.Estimate | float | None,
    *,
    unit: str = "share",
    basis: str | None = None,
    note: str | None = None,
    **counts: int,
) -> Figure:
    numbers_: Mapping[str, Any] = {"value": figure, "low": None, "high": None}
    if isinstance(figure, effects.Estimate):
        numbers_ = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {"name": name, "cause": cause, **numbers_, **counts, "unit": unit, "basis": basis, "note": note}
