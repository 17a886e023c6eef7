"""Why they leave, once more by forests: right if either the risks or the chances of the cause are learned rightly.

Chernozhukov and others (2018), by DoubleML: the extra `robust`. It needs scikit-learn, takes minutes on many customers,
and is there to contradict `churn.adjusted`, not to replace it.
"""

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from portevoix.errors import PortevoixError
from portevoix.measure import columns, effects
from portevoix.measure.candidates import LEAST_SIDE, beside
from portevoix.measure.churn import Readied, in_order, logged, readied
from portevoix.measure.figures import NOISE, Figure, groups, of_customers, splittable, table
from portevoix.measure.logistic import Vector
from portevoix.measure.verdict import chance, survivors
from portevoix.settings import Settings

FEWEST = 5
"""Who left, and who stayed, with the cause and without it: fewer on any side say nothing."""
LEAST, FOLDS, TREES, SEED = 200, 5, 100, 1
_EDGE = 0.01


def robust(
    customers: ir.Table,
    cases: ir.Table,
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
) -> pa.Table:
    """`robust.difference` by `cause`: the risk of leaving with it less without it, -1..1, at equal other causes and equal kind
    of customer, doubly robust (random forests, five folds, from a fixed seed).

    The note is null where it survives Benjamini and Hochberg at 5 % over the causes, else "within noise". Raises
    PortevoixError where the extra is not installed. Empty where `churn` is, or under two hundred customers.
    """
    splittable(by, ("cause",))
    rows = of_customers(customers, by)
    logs = logged(cases, verbatims, labels)
    found: list[Figure] = []
    for where, group in groups(rows, by):
        ready = readied(in_order(group, logs), logs) if len(group) >= LEAST else None
        if ready is not None:
            found += [{**where, **figure} for figure in _figures(ready)]
    return table(found, by, ["cause"])


def _figures(ready: Readied) -> list[Figure]:
    found: list[Figure] = []
    estimates: list[effects.Estimate] = []
    for cause in ready.usable:
        others, held = beside(cause, ready.usable, ready.about)
        has = [other.has for other in others]
        about = np.column_stack([*has, columns.covariates(held, len(ready.gone))])
        inside = cause.weights >= 0.5  # who left before most had the cause could hardly have had it
        with_ = int(cause.has[inside].sum())
        if min(with_, int(inside.sum()) - with_) < LEAST_SIDE or not about.shape[1]:
            continue
        has_it, left = cause.has[inside] > 0, ready.gone[inside] > 0
        sides = [(has_it == one) & (left == other) for one in (True, False) for other in (True, False)]
        if min(int(side.sum()) for side in sides) < FEWEST:
            continue  # nobody, or all but everybody, left on one side: a forest would learn a constant
        estimate = doubly_robust(cause.has[inside], about[inside], ready.gone[inside])
        estimates.append(estimate)
        shown = {"n": int(inside.sum()), "people": min(with_, int(inside.sum()) - with_), "unit": "share"}
        figures = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        basis = "words" if cause.source == "words" else None
        found.append({"name": "robust.difference", "cause": cause.name, **figures, **shown, "basis": basis})
    kept = survivors([chance(one.value, one.error) for one in estimates])
    return [{**row, "note": None if shown else NOISE} for row, shown in zip(found, kept, strict=True)]


def doubly_robust(cause: Vector, about: Vector, outcome: Vector) -> effects.Estimate:
    """The average effect of a cause (0 and 1) on an outcome (0 and 1), -1..1, `about` (n x k) held equal.

    Raises PortevoixError where the extra is not installed.
    """
    try:
        from doubleml import DoubleMLData, DoubleMLIRM
        from sklearn.ensemble import RandomForestClassifier
    except ImportError as error:
        raise PortevoixError(
            "The measure robust needs DoubleML and scikit-learn: install portevoix with the extra 'robust'."
        ) from error

    def forest() -> Any:  # noqa: ANN401 - scikit-learn ships no types
        return RandomForestClassifier(
            TREES, max_features="sqrt", min_samples_leaf=20, random_state=SEED, n_jobs=1
        )

    data = DoubleMLData.from_arrays(about, outcome, cause)
    state = np.random.get_state()
    try:
        np.random.seed(SEED)  # the folds are drawn from numpy's own dice
        model = DoubleMLIRM(data, forest(), forest(), n_folds=FOLDS, ps_processor_config=_processor())
        model.fit()
    finally:
        np.random.set_state(state)
    return effects.around(float(model.coef[0]), float(model.se[0]))


def _processor() -> Any:  # noqa: ANN401 - DoubleML's own
    from doubleml.utils import PSProcessorConfig

    return PSProcessorConfig(clipping_threshold=_EDGE)
