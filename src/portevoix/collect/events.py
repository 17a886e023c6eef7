"""Event logs: a row is an event of a case, and the events of one case fold into one row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from portevoix.collect.grid import Record
from portevoix.collect.naming import plain
from portevoix.collect.plan import Plan
from portevoix.collect.profiles import Profile, amount, is_nothing
from portevoix.collect.reading import Refused
from portevoix.errors import BadSource

MOST_CASES = 2_000_000
"""Cases of one log that are folded in memory."""
_REPEATED = 0.1
_ORDER = re.compile(
    r"(sys )?mod count|(event|update|change|modification|history|version|sequence) ?(number|numero|count|no|num|id)?|seq|revision"
)
_CATEGORY = re.compile(r"categor(y|ie)")
_SUBCATEGORY = re.compile(r"sub ?categor(y|ie)|sous categorie")
_LAST = frozenset({"claimed_at", "solved_at", "provider"})
_LARGEST = frozenset({"contacts", "relapses"})


@dataclass(slots=True)
class EventLog:
    """How the events of a case fold: `order` is the column that numbers them (None: as they stand in the file)."""

    plan: Plan
    width: int
    order: int | None
    joined: tuple[int, int] | None
    used: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Case:
    line: int
    cells: list[str]
    since: list[float]
    began: float


def event_log(plan: Plan, profiles: Sequence[Profile]) -> EventLog | None:
    """An event log where at least one row in ten of the sample repeats a case's number; None otherwise.

    Then the case's theme is its category and subcategory together, where it has both, and each stays a column to split
    by. The plan is changed accordingly, and says so.
    """
    at = plan.fields.get("own_id")
    if plan.kind != "cases" or at is None:
        return None
    numbers = profiles[at]
    if not numbers.filled or 1 - numbers.distinct / numbers.filled < _REPEATED:
        return None
    log = EventLog(plan, len(plan.columns), _order(profiles), _joined(plan))
    if log.joined is not None:
        for where in log.joined:
            plan.more[plan.columns[where]] = where
            plan.forced.add(plan.columns[where])
            plan.why[where] = "a category, as it was at the first event"
        plan.fields["theme"] = log.width
        plan.columns.append(" / ".join(plan.columns[where] for where in log.joined))
        plan.why[log.width] = "what the case is about, as it was at the first event"
    wanted = {*plan.fields.values(), *plan.more.values(), *([] if plan.time is None else [plan.time])}
    log.used = sorted(where for where in wanted if where < log.width)
    plan.notes.append(
        "Several rows share a case's number: they are read as events, and the events of a case become one row."
    )
    return log


def folded(records: Iterator[Record | Refused], log: EventLog) -> Iterator[Record | Refused]:
    """One record a case, in the order in which they first come; rows that could not be cut pass through first.

    Of each column the first value that an event has, but the last for the claim, the solution and the provider, and the
    largest for counts; the theme is that of the first event, known or not. Cells that the plan doesn't use come back empty.
    Memory is that of the cases; raises BadSource beyond two million of them.
    """
    number = log.plan.fields["own_id"]
    last = {log.plan.fields[name] for name in _LAST if name in log.plan.fields}
    largest = {log.plan.fields[name] for name in _LARGEST if name in log.plan.fields}
    cases: dict[str, _Case] = {}
    for place, item in enumerate(records):
        if isinstance(item, Refused):
            yield item
            continue
        line, cells = item
        name = cells[number].strip() or f"\x00{line}"
        when = _when(cells, log.order, place)
        case = cases.get(name)
        if case is None:
            if len(cases) >= MOST_CASES:
                raise BadSource(f"The log has more than {MOST_CASES:,} cases: cut it into files by year.")
            kept = [cells[where] for where in log.used]
            cases[name] = _Case(line, [*kept, _theme(cells, log)], [when] * len(kept), when)
            continue
        for slot, where in enumerate(log.used):
            _take(
                case,
                slot,
                cells[where],
                when,
                "last" if where in last else "largest" if where in largest else "",
            )
        if when < case.began:
            case.began, case.cells[-1] = when, _theme(cells, log)
    for case in cases.values():
        row = [""] * log.width
        for slot, where in enumerate(log.used):
            row[where] = case.cells[slot]
        yield case.line, [*row, case.cells[-1]] if log.joined is not None else row


def _take(case: _Case, slot: int, cell: str, when: float, rule: str) -> None:
    """Lets an event's cell in, where the rule of its column prefers it to the one that is there."""
    if is_nothing(cell):
        return
    held = case.cells[slot]
    if is_nothing(held):
        better = True
    elif rule == "largest":
        better = (amount(cell) or 0) > (amount(held) or 0)
    elif rule == "last":
        better = when >= case.since[slot]
    else:
        better = when < case.since[slot]
    if better:
        case.cells[slot], case.since[slot] = cell, when


def _when(cells: Sequence[str], order: int | None, place: int) -> float:
    number = None if order is None else amount(cells[order])
    return float(place) if number is None else number


def _theme(cells: Sequence[str], log: EventLog) -> str:
    if log.joined is None:
        return ""
    return " / ".join(cell.strip() for cell in (cells[where] for where in log.joined) if not is_nothing(cell))


def _order(profiles: Sequence[Profile]) -> int | None:
    """The column of whole numbers that counts a case's events."""
    for at, p in enumerate(profiles):
        if _ORDER.fullmatch(plain(p.name)) and p.filled == p.rows and p.numbers == 1.0:
            return at
    return None


def _joined(plan: Plan) -> tuple[int, int] | None:
    """The columns of category and subcategory, unless a mapping gave the theme another one."""
    names = [plain(column) for column in plan.columns]
    category = next((at for at, name in enumerate(names) if _CATEGORY.fullmatch(name)), None)
    subcategory = next((at for at, name in enumerate(names) if _SUBCATEGORY.fullmatch(name)), None)
    if (
        category is None
        or subcategory is None
        or plan.fields.get("theme") not in (None, category, subcategory)
    ):
        return None
    if "as the mapping says" in plan.why.get(plan.fields.get("theme", -1), ""):
        return None
    return category, subcategory
