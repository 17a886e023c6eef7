"""Tables of a company for the measures that read customers, cases and words together: drawn from seeds, truths planted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from portevoix.nouns import Case, Customer
from portevoix.tables import schema_of
from tests.measure.conftest import Bench

START = datetime(2026, 3, 1)
DAYS = 60


class Company:
    """The four tables on a bench, from rows that hold only what matters; further columns of `by` are strings."""

    def __init__(
        self,
        bench: Bench,
        customers: Sequence[Mapping[str, Any]],
        cases: Sequence[Mapping[str, Any]] = (),
        said: Sequence[Mapping[str, Any]] = (),
        labels: Sequence[tuple[str, str, str, float | None]] = (),
        by: Sequence[str] = (),
    ) -> None:
        schema = pa.schema([*schema_of(Customer), *(pa.field(name, pa.string()) for name in by)])
        rows = [{"more": [], **row} for row in customers]
        self.customers = bench.given(
            [{**row, "more": list(dict(row["more"]).items())} for row in rows], schema
        )
        numbered = [{"id": f"k{place}", "more": [], **row} for place, row in enumerate(cases)]
        self.cases = bench.given(numbered, schema_of(Case))
        self.verbatims = bench.verbatims(said)
        self.labels = bench.labels(labels)


def day(number: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=float(number))


def local(number: int) -> date:
    return day(number).date()


def leavers(
    seed: int, n: int = 1200, small: float = 0.0, network: float = 0.0, base: float = 0.08
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Customers and cases: the risk of leaving within sixty days, and what an unanswered problem and a bad network add.

    A bad network makes unanswered problems three times as frequent; problems come in the first half, leaving after.
    """
    rng = np.random.default_rng(seed)
    bad = rng.random(n) < 0.3
    ignored = rng.random(n) < np.where(bad, 0.3, 0.1)
    gone = rng.random(n) < base + small * ignored + network * bad
    segments = rng.choice(["pro", "senior", "young"], n)
    customers, cases = [], []
    for place in range(n):
        person = f"p{place:05d}"
        left = day(35 + int(rng.integers(0, 25))) if gone[place] else None
        customers.append(
            {
                "person": person,
                "since": day(-int(rng.integers(100, 2000))),
                "left_at": left,
                "more": {"network": "poor" if bad[place] else "good", "segment": str(segments[place])},
            }
        )
        if ignored[place] or rng.random() < 0.3:
            opened = day(rng.uniform(0, 28))
            answered = None if ignored[place] else opened + timedelta(hours=float(rng.uniform(0.1, 20)))
            cases.append({"person": person, "theme": "billing", "opened_at": opened, "answered_at": answered})
    return customers, cases
