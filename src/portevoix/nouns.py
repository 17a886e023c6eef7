"""The six nouns of the house. Frozen, standard library only; tables derive from them (`portevoix.tables`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verbatim:
    """One thing that one person said.

    `said_at` is an instant in UTC without zone mark, None when the source has no dates. `person` is a pseudonym.
    Ranges: stars 1-5 (halves allowed), nps 0-10, csat 1-5, ces 1-7, enjoyable, easy and needs_met 1-5, reach >= 0
    (people who may read the author). `quotable`: whether its author lets it be quoted, None when nobody asked. `more` holds the further columns of the source that are safe to keep:
    categories, never words.

    >>> Verbatim(id="avis/1", text="Rien à dire")
    Verbatim('avis/1')
    """

    id: str
    text: str
    said_at: datetime | None = None
    person: str | None = None
    author: str = "customer"
    channel: str | None = None
    lang: str | None = None
    thread: str | None = None
    in_reply_to: str | None = None
    provider: str | None = None
    product: str | None = None
    segment: str | None = None
    stars: float | None = None
    nps: int | None = None
    csat: int | None = None
    ces: int | None = None
    enjoyable: int | None = None
    easy: int | None = None
    needs_met: int | None = None
    reach: int | None = None
    status: str | None = None
    quotable: bool | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Verbatim({self.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a model or a person read in a verbatim.

    `kind` is one of lang, sentiment, theme, emotion, intent, needs_met, easy, enjoyable, problem, topic. An empty `value` is a
    person's word that there is none. `polarity` is
    -1..1. `start` and `stop` are Unicode code points of the verbatim's text. `by` names the model and its version
    ("cx-fr@1") or the person ("human:lea").
    """

    verbatim: str
    kind: str
    value: str
    polarity: float | None = None
    start: int | None = None
    stop: int | None = None
    confidence: float
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One problem of one person, to its real end: answered is not solved."""

    id: str
    person: str | None = None
    theme: str | None = None
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    claimed_at: datetime | None = None
    solved_at: datetime | None = None
    contacts: int | None = None
    relapses: int | None = None
    provider: str | None = None
    channel: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person as the company's own books know them; a table beside the nouns."""

    person: str
    since: datetime | None = None
    left_at: datetime | None = None
    revenue: float | None = None
    margin: float | None = None
    referred_by: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number that never travels alone: with its interval, its n, its period and what it stands on.

    Scores are in points (-100..100), shares 0..1, durations in seconds. `since` is inclusive, `until` exclusive.
    `basis` is "asked" (survey answers), "stars" or "words" (estimated). A null `value` comes with a `note`.

    >>> print(Measure(name="nps", value=34.2, low=27.0, high=41.1, n=612, unit="points", basis="asked"))
    nps +34 (between +27 and +41, 612 answers)
    """

    name: str
    where: Mapping[str, str] = field(default_factory=dict)
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    since: date | None = None
    until: date | None = None
    unit: str
    basis: str | None = None
    note: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The measure as `measure --json` prints it: dates in ISO 8601, `where` as an object of strings."""
        return {
            "name": self.name,
            "where": dict(self.where),
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "unit": self.unit,
            "basis": self.basis,
            "note": self.note,
        }

    def __str__(self) -> str:
        place = "".join(f" {key}={value}" for key, value in self.where.items())
        if self.value is None:
            return f"{self.name}{place}: {self.note or 'no value'} ({self.n} answers)"

        def shown(x: float | None) -> str:
            if x is None:
                return "?"
            return f"{x:+.0f}" if self.unit == "points" else f"{x:.3g}"

        range_ = f"between {shown(self.low)} and {shown(self.high)}, " if self.low is not None else ""
        return f"{self.name}{place} {shown(self.value)} ({range_}{self.n} answers)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of days that a letter speaks of: `since` inclusive, `until` exclusive; both None for a source without dates.

    `kind` is "day", "week", "month" or "all".
    """

    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Somebody's exact words: a reference into a verbatim, and the words themselves when they may be shown.

    Where `exact` is False the text is the letter's own, about what they said: their words may not be shown.
    """

    verbatim: str
    text: str
    start: int
    stop: int
    whole: bool = False
    speaker: str | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One idea of the letter: a title, two or three sentences, the measures and all the verbatims behind it."""

    kind: str
    title: str
    text: str
    measures: tuple[Measure, ...] = ()
    verbatims: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A day in one minute. `seconds` is what reading the body takes, computed; `base` says what was read."""

    day: date | None
    number: int
    lang: str
    period: Period
    briefs: tuple[Brief, ...]
    quotes: tuple[Quote, ...]
    words: int
    seconds: int
    quiet: bool
    base: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Proof that a person was forgotten: the signed statement and where it stands in the log."""

    statement: Mapping[str, Any]
    proof: Mapping[str, Any]
