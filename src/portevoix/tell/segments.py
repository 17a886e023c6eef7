"""Groups that differ on the score: the columns worth comparing, and the widest gap that is more than chance."""

import math

from portevoix.nouns import Measure
from portevoix.tell import places
from portevoix.tell.facts import Facts
from portevoix.tell.finding import SCORES, Finding


def echoes(facts: Facts) -> frozenset[str]:
    """Columns that only repeat the score in other words ("detractor", "5 stars"): a gap between them tells nothing.

    Such a column has a value under which everybody gave the same, or values further apart than people ever are.
    """
    found = set()
    for name in {m.name for m in facts.splits if m.name in SCORES}:
        groups: dict[str, list[Measure]] = {}
        for m in facts.splits:
            if m.name == name and len(m.where) == 1 and m.value is not None and m.n >= 30:
                groups.setdefault(next(iter(m.where)), []).append(m)
        for column, group in groups.items():
            values = [(m.value or 0.0) * (100 if m.unit == "share" else 1) for m in group]
            ends = (0.0, 100.0) if group[0].unit == "share" else (-100.0, 100.0)
            stuck = any(min(abs(value - end) for end in ends) < 0.5 for value in values)
            if stuck or max(values) - min(values) > 0.7 * (ends[1] - ends[0]):
                found.add(column)
    return frozenset(found)


def split(facts: Facts, told: Finding | None) -> Finding | None:
    """The two segments of one column that differ most on the score told, if more than chance and by eight points.

    Every pair of a column counts as a try (Bonferroni), since the widest pair is picked after looking.
    """
    if told is None:
        return None
    columns: dict[str, list[Measure]] = {}
    for m in facts.splits:
        if m.name == told.now.name and len(m.where) == 1 and m.basis == told.now.basis:
            if m.value is not None and m.low is not None and m.high is not None and m.n >= 30:
                columns.setdefault(next(iter(m.where)), []).append(m)
    found = []
    for column, group in sorted(columns.items()):
        if column in echoes(facts) or not places.told(column):
            continue
        group = [m for m in group if "[" not in m.where[column]]  # a value that was redacted is no group
        if len(group) < 2:
            continue
        low = min(group, key=lambda m: (m.value or 0.0, str(m.where)))
        high = max(group, key=lambda m: (m.value or 0.0, str(m.where)))
        gap = (high.value or 0.0) - (low.value or 0.0)
        error = math.hypot(*(((m.high or 0.0) - (m.low or 0.0)) / 3.92 for m in (low, high)))
        tries = max(1, len(group) * (len(group) - 1) // 2)
        floor = {"points": 8.0, "share": 0.08}.get(told.now.unit, 0.0)
        if gap >= floor and gap > 0 and error > 0 and math.erfc(gap / error / math.sqrt(2)) < 0.05 / tries:
            found.append(
                Finding(kind="split", subject=f"split:{column}", weight=gap / error, now=low, other=high)
            )
    return max(found, key=lambda f: (f.weight, f.subject)) if found else None
