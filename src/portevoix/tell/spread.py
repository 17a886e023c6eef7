"""Where mentions gather: over the columns of categories and the hours of the day, against the whole."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

_NOT_CATEGORIES = frozenset(
    "id verbatim person said_at said_on start stop confidence text evidence theme value kind polarity by lang author "
    "thread in_reply_to status quotable stars nps csat ces enjoyable easy needs_met reach".split()
)
_PROOF = 0.001
_FLOOR = 5


@dataclass(frozen=True, slots=True)
class Gathering:
    """`k` of `m` messages hold `value` in `column`, more than chance gives: `big` of all `total` do."""

    column: str
    value: str
    k: int
    m: int
    big: int
    total: int


def gather(
    rows: Sequence[Mapping[str, Any]],
    columns: Iterable[str],
    spread: Callable[[str], Mapping[str, int]] | None,
    hours: Callable[[], Mapping[int, int]] | None,
    timezone: str,
) -> list[Gathering]:
    """The value and the hour where the mentions gather most, if at least half and more than chance: at most one of each.

    The surer comes first. A place counts from five people on, whatever they write; those unknown are one a message.

    `rows`: one a verbatim. The test is the hypergeometric tail, at one in a thousand divided by the values tried.
    """
    if len(rows) < 2 * _FLOOR:
        return []
    found: list[tuple[float, Gathering]] = []
    for column in columns:
        whole = spread(column) if spread is not None else {}
        inside = [
            (str(row[column]), _who(row))
            for row in rows
            if row.get(column) not in (None, "") and "[" not in str(row[column])
        ]
        here = Counter(value for value, _ in inside)
        several = Counter(value for value, _ in set(inside))
        proven = _proven(column, here, whole, list(here), len(rows))
        found += [hit for hit in proven if several[hit[1].value] >= _FLOOR]
    if hours is not None:
        found += _hours(rows, hours(), timezone)
    kept: dict[bool, Gathering] = {}
    for _, gathering in sorted(found, key=lambda pair: (pair[0], pair[1].column, pair[1].value)):
        kept.setdefault(gathering.column == "hour", gathering)
    return list(kept.values())


def categories(table: pa.Table) -> list[str]:
    """The columns of a table of mentions that hold categories."""
    return [f.name for f in table.schema if pa.types.is_string(f.type) and f.name not in _NOT_CATEGORIES]


def _who(row: Mapping[str, Any]) -> str:
    """Who said it; somebody unknown is one for each message."""
    return str(row.get("person") or row["verbatim"])


def _proven(
    column: str, here: Mapping[str, int], whole: Mapping[str, int], values: list[str], m: int
) -> list[tuple[float, Gathering]]:
    total, drawn = sum(whole.values()), sum(here.values())
    found = []
    for value in values:
        k, big = here[value], whole.get(value, 0)
        if k < _FLOOR or 2 * k < m or big < k or total < drawn or big == total:
            continue
        chance = tail(k, drawn, big, total)
        if chance < _PROOF / len(values) and k / drawn >= 1.25 * big / total:
            found.append((chance, Gathering(column, value, k, m, big, total)))
    return found


def _hours(
    rows: Sequence[Mapping[str, Any]], whole: Mapping[int, int], timezone: str
) -> list[tuple[float, Gathering]]:
    zone = ZoneInfo(timezone)
    dated = [row for row in rows if row.get("said_at")]
    moments = [row["said_at"].replace(tzinfo=UTC).astimezone(zone) for row in dated]
    said = [(moment.hour, _who(row)) for moment, row in zip(moments, dated, strict=True)]
    if len({(moment.hour, moment.minute) for moment in moments}) < _FLOOR:
        return []  # days without hours
    cuts = {f"after {hour}": range(hour, 24) for hour in range(17, 23)}
    cuts.update({f"before {hour}": range(hour) for hour in range(8, 11)})
    here = {name: sum(moment.hour in hours for moment in moments) for name, hours in cuts.items()}
    everywhere = {name: sum(whole.get(hour, 0) for hour in hours) for name, hours in cuts.items()}
    found = []
    for value, k in here.items():
        if len({who for hour, who in said if hour in cuts[value]}) < _FLOOR:
            continue
        pair = {value: k, "rest": len(moments) - k}
        rest = sum(whole.values()) - everywhere[value]
        found += [
            hit
            for hit in _proven("hour", pair, {value: everywhere[value], "rest": rest}, [value], len(rows))
            if hit[0] < _PROOF / len(cuts)
        ]
    return found


def tail(k: int, drawn: int, marked: int, total: int) -> float:
    """P(at least `k` marked among `drawn`), drawn without replacement from `total` of which `marked` are marked.

    >>> round(tail(2, 2, 5, 10), 4)
    0.2222
    """

    def choices(n: int, r: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(r + 1) - math.lgamma(n - r + 1)

    low, high = max(k, drawn + marked - total), min(drawn, marked)
    base = choices(total, drawn)
    return min(
        1.0,
        math.fsum(
            math.exp(choices(marked, i) + choices(total - marked, drawn - i) - base)
            for i in range(low, high + 1)
        ),
    )
