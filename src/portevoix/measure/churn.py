"""Why they leave: several causes, each at equal others and at equal kind of customer, and what leaks the outcome."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from portevoix.measure import causes, columns, effects
from portevoix.measure.candidates import LEAST_SIDE, Cause, beside, dated, standing
from portevoix.measure.columns import Column
from portevoix.measure.figures import Figure, groups, numbers, of_customers, settled, splittable, table
from portevoix.measure.leakage import refusal
from portevoix.measure.logistic import Vector
from portevoix.measure.verdict import noted
from portevoix.settings import Settings

LEAST_LEAVERS, MOST_CAUSES = 10, 24


def churn(
    customers: ir.Table,
    cases: ir.Table,
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
) -> pa.Table:
    """`churn.rate`; then by `cause`: `churn.crude` and `churn.adjusted` (risk differences, -1..1), `churn.attributable`
    (the share of the leavers that would stay), `churn.ratio` (Mantel & Haenszel), `churn.e_value`; and `churn.refused`.

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
    logs = [
        (causes.of_cases(cases).to_pyarrow(), None),
        (causes.of_words(verbatims, labels).to_pyarrow(), "words"),
    ]
    found: list[Figure] = []
    for where, group in groups(rows, by):
        found += [{**where, **figure} for figure in _figures(_settled(group, logs), logs)]
    if found and logs[1][0].num_rows and not labels.count().to_pyarrow().as_py():
        found.append(_row("churn.adjusted", "words", None, n=0, people=0, basis="words", note=causes.UNREAD))
    return table(found, by, ["cause"])


def _settled(rows: pa.Table, logs: Sequence[tuple[pa.Table, str | None]]) -> pa.Table:
    people = rows["person"].to_pylist()
    when = [
        causes.matched(people, log, name)
        for log, _ in logs
        for name in causes.DERIVED
        if name in log.column_names
    ]
    return settled(rows, when)


def _figures(rows: pa.Table, logs: Sequence[tuple[pa.Table, str | None]]) -> list[Figure]:
    own = columns.own(rows)
    left = numbers(rows, "left")
    stated = columns.outcome(own) if np.isnan(left).all() else None
    gone = (~np.isnan(left)).astype(np.float64) if stated is None else stated[1]
    n, leavers = len(gone), int(gone.sum())
    if min(leavers, n - leavers) < LEAST_LEAVERS:
        return []
    found = [_rate(gone)]
    kept: list[Column] = []
    for name, values in own.items():
        column = columns.column(name, values)
        if column is None:
            continue
        reason = refusal(column, gone)
        if reason is not None:
            found.append(_refused(name, reason, n))
        else:
            kept.append(column)
    own_causes, about = standing(rows, kept, gone)
    happened = dated(rows, left, logs, {column.name.lower() for column in kept})
    usable = [cause for cause in (*happened, *own_causes) if cause.smaller >= LEAST_SIDE][:MOST_CAUSES]
    return found + _effects(usable, about, gone)


def _effects(usable: Sequence[Cause], about: Sequence[Column], gone: Vector) -> list[Figure]:
    """The figures of every cause; each is adjusted for the others and for who the customers are."""
    found: list[Figure] = []
    shown: list[tuple[str, effects.Estimate, int]] = []
    for cause in usable:
        others, held = beside(cause, usable, about)
        has = np.column_stack([cause.has, *(other.has for other in others)])
        equal = effects.standardised(
            effects.Causes(has, columns.covariates(held, len(gone)), gone), cause.weights
        )
        found += _told(cause, equal, has[:, 1:], gone)
        shown.append((cause.name, equal.difference, cause.levels))
    notes = iter(noted(shown))
    return [{**row, "note": next(notes)} if row["name"] == "churn.adjusted" else row for row in found]


def _told(cause: Cause, equal: effects.Standardised, others: Vector, gone: Vector) -> list[Figure]:
    inside = cause.weights > 0
    crude = effects.plain(cause.has[inside], gone[inside])
    ratio = effects.mantel_haenszel(cause.has[inside], _strata(others[inside]), gone[inside])
    shown: dict[str, Any] = {"n": cause.counted, "people": cause.smaller}
    shown["basis"] = "words" if cause.source == "words" else None
    said = cause.source if cause.column else None
    return [
        _row("churn.crude", cause.name, crude, **shown, note=said),
        _row("churn.adjusted", cause.name, equal.difference, **shown),
        _row("churn.attributable", cause.name, equal.attributable, **shown),
        _row(
            "churn.ratio", cause.name, ratio, unit="ratio", **shown, note="within strata of the other causes"
        ),
        _row("churn.e_value", cause.name, _e(equal), unit="ratio", **shown),
    ]


def _strata(others: Vector) -> NDArray[np.int64]:
    _, codes = np.unique(others, axis=0, return_inverse=True)
    return codes.reshape(-1).astype(np.int64)


def _e(equal: effects.Standardised) -> float:
    return (
        effects.e_value(equal.with_ / equal.without)
        if equal.without > 0 and equal.with_ > 0
        else float("nan")
    )


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
