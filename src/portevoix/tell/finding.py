"""What could be told: one finding, and the few questions that are asked of its measures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portevoix.nouns import Measure

PEOPLE = 5
"""People behind a number before it is told."""

GRAVITY = {
    "contract": 1.5,
    "honesty": 1.4,
    "refund": 1.4,
    "billing": 1.3,
    "reliability": 1.3,
    "resolution": 1.2,
    "delivery": 1.1,
    "reach": 1.1,
    "product": 1.1,
    "place": 0.7,
    "overall": 0.5,
}
"""How much a theme weighs at equal size: leaving, trust and money before comfort."""

SCORES = ("experience", "nps", "csat", "ces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that could be told. `kind`: rise, fall (complaints), better, worse (praise), cluster, pain, praise, score, split, volume.

    `now` is the measure of the period, `change` what it gained or lost, `score` the headline told with it, `rows` one mention a verbatim, `ids` all the
    verbatims behind, `rank` its place among its kind.
    """

    kind: str
    subject: str
    weight: float = 0.0
    good: bool = False
    theme: str = ""
    polarity: int = 0
    now: Measure
    change: Measure | None = None
    other: Measure | None = None
    score: Measure | None = None
    rank: int = 1
    heaviest: bool = False
    ids: tuple[str, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    columns: tuple[str, ...] = ()


def real(change: Measure | None) -> bool:
    """Whether a change is more than chance: it has a value, an interval without zero, and no note of noise."""
    if change is None or change.value is None or "within noise" in (change.note or ""):
        return False
    if change.low is None or change.high is None:
        return False
    return change.low > 0 or change.high < 0


def count(measure: Measure) -> int:
    """How many verbatims a share stands for."""
    return round((measure.value or 0.0) * measure.n)


def by_theme(measures: Iterable[Measure], name: str) -> dict[str, Measure]:
    """A theme's measures, overall, that have a value."""
    return {
        m.where["theme"]: m
        for m in measures
        if m.name == name and set(m.where) == {"theme"} and m.value is not None
    }
