"""What a letter is written from: numbers and services that the order of things hands in; `tell` fetches nothing itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from portevoix.nouns import Measure, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What was read: counts of verbatims in the period, in the period before, in the whole home, and what was left aside."""

    verbatims: int
    before: int | None
    total: int
    people: int | None = None
    other_language: int = 0
    refused: int = 0
    undated: int = 0
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    labelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A brief of an earlier letter: so that titles don't come back and a third day says so."""

    day: date
    subject: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a letter may say.

    `measures`: of the period, overall. `changes`: the period against `before`; a change that chance explains carries
    the note "within noise". `splits`: measures by segment, `where` naming the segment. `mentions(theme, polarity)`:
    one row a mention of the period with verbatim, person, said_at, said_on, start, stop, confidence and the category
    columns. `words(ids)`: the redacted texts, by id. `told`: briefs of the last two weeks' letters.
    `spread(column)`: how many customer verbatims of the period hold each value of a column, against which a
    concentration of mentions is judged. `behind(measure)`: the verbatims of the period that a score
    (by its name, basis and `where`) stands on; all of them for "verbatims" and "volume". `hours()`: how many
    by local hour of `timezone`, 0 to 23, of those with a time of day. `weekday(theme, polarity)`: how many verbatims
    mentioned it on each day of the stretch before that has the period's weekday. `quotable`: channels whose words may be
    quoted though they are private.
    """

    lang: str
    number: int
    period: Period
    before: Period | None
    base: Base
    measures: Sequence[Measure]
    changes: Sequence[Measure] = ()
    splits: Sequence[Measure] = ()
    mentions: Callable[[str, int], pa.Table]
    words: Callable[[Sequence[str]], Mapping[str, str]]
    told: Sequence[Told] = ()
    spread: Callable[[str], Mapping[str, int]] | None = None
    behind: Callable[[Measure], Sequence[str]] | None = None
    hours: Callable[[], Mapping[int, int]] | None = None
    timezone: str = "Europe/Paris"
    company: str | None = None
    weekday: Callable[[str, int], Sequence[int]] | None = None
    quotable: Sequence[str] = ()
