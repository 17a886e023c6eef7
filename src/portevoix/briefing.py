"""Gathers all that a letter may say: the period, its numbers, what changed, where it differs, and the voices behind."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from typing import Any

from portevoix import plugs
from portevoix.keep import near, views
from portevoix.keep.store import Store
from portevoix.measure.result import FEWEST_PEOPLE, TOO_FEW_PEOPLE, measures_of
from portevoix.measure.tallies import customers
from portevoix.measure.themes import by_theme, read
from portevoix.nouns import Brief, Letter, Measure, Period, Quote
from portevoix.settings import Settings
from portevoix.tell import period as periods
from portevoix.tell.facts import Base, Facts, Told
from portevoix.tell.finding import count, real

_NAMES = ("experience", "nps", "csat", "ces", "themes")
_MEMORY = timedelta(days=14)
_SPLITS = 8
_GROUPS = range(2, 21)
_LONG = ("split column", "split value")
_MISSING = "unknown"
_SAYING = {"themes.share": "mention_by", "themes.negative": "negative_by", "themes.positive": "positive_by"}


def gather(store: Store, settings: Settings, model: str, lang: str | None = None) -> Facts:
    """The facts of the last period that the words allow, ready for `tell.letter.write`.

    The first letter of a home, when nothing moved, speaks of all that was collected: its reader has no usual yet.
    """
    days = views.days(store)
    period, before = periods.choose(days)
    lang = lang or settings.lang or _language(store, model, period)
    changes = _changes(store, settings, model, period, before)
    day = period.until - timedelta(days=1) if period.until else None
    if before and not store.ledger.told_before(day) and not any(map(_news, changes)):
        period, before, changes = Period(kind="all", since=days[0][0], until=period.until), None, []
    spoken = views.languages(store, model, period)
    split = _splittable(store, period)
    measures = [measure for name in _NAMES for measure in _run(store, settings, model, name, period)]
    measures = _of_several(store, model, period, measures)
    return Facts(
        lang=lang,
        number=store.ledger.letter_number(day, lang),
        period=period,
        before=before,
        base=_base(store, period, before, spoken),
        measures=measures,
        changes=changes,
        splits=_splits(store, settings, model, period, split, measures),
        mentions=lambda theme, polarity: views.mentions(store, model, period, split, theme, polarity),
        words=store.words,
        spread=cache(lambda name: views.spread(store, period, name)),
        behind=lambda measure: views.behind(store, model, period, measure),
        hours=cache(lambda: views.hours(store, period, settings.timezone)),
        timezone=settings.timezone,
        told=_told(store, lang, day),
        company=settings.company,
        weekday=_weekday(store, model, period, before),
        quotable=settings.quotable,
    )


def _of_several(store: Store, model: str, period: Period, measures: Sequence[Measure]) -> list[Measure]:
    """Measures without the shares that five messages or more make up, but fewer than five people: one who writes often."""
    rows, labels = views.verbatims(store, (), period), views.labels(store, model)
    wide = by_theme(read(customers(rows, ()), labels), labels, ())
    who = {row["theme"]: row for row in store.run(wide).to_pylist()}

    def told_by_few(measure: Measure) -> bool:
        counted = _SAYING.get(measure.name)
        if counted is None or set(measure.where) != {"theme"}:
            return False
        people: int = who[measure.where["theme"]][counted]
        return count(measure) >= FEWEST_PEOPLE > people

    few = {"value": None, "low": None, "high": None, "note": TOO_FEW_PEOPLE}
    return [replace(measure, **few) if told_by_few(measure) else measure for measure in measures]  # type: ignore[arg-type]


def _weekday(
    store: Store, model: str, period: Period, before: Period | None
) -> Callable[[str, int], Sequence[int]] | None:
    """How many told of a theme on each same weekday before; None when the period is no day."""
    if period.kind != "day" or before is None or period.since is None or before.since is None:
        return None
    same = {period.since - timedelta(days=7 * i) for i in range(1, 53)}
    days = {day for day in same if day >= before.since}

    def told(theme: str, polarity: int) -> Sequence[int]:
        rows = views.mentions(store, model, before, (), theme, polarity)
        said = set(zip(rows["verbatim"].to_pylist(), rows["said_on"].to_pylist(), strict=True))
        return [sum(on == day for _, on in said) for day in sorted(days)]

    return told


def _news(change: Measure) -> bool:
    """Whether a change alone makes a first letter speak of its last days: more messages of the same are no news."""
    return change.name != "change.volume" and real(change)


def _language(store: Store, model: str, period: Period) -> str:
    spoken = views.languages(store, model, period)
    return "en" if spoken.get("en", 0) > spoken.get("fr", 0) else "fr"


def _changes(
    store: Store, settings: Settings, model: str, period: Period, before: Period | None
) -> list[Measure]:
    if before is None:
        return []
    return _run(store, settings, model, "change", None, before=(period, before))


def remembered(letter: Letter, standing: str) -> dict[str, Any]:
    """What the ledger keeps of a letter: quotes as references, so that no word outlives an erasure.

    `standing` says on what the letter stood: see `standing`.
    """
    quotes = [{**asdict(quote), "text": None if quote.exact else quote.text} for quote in letter.quotes]
    briefs = [
        {**asdict(brief), "measures": [one.as_dict() for one in brief.measures]} for brief in letter.briefs
    ]
    period = {**asdict(letter.period), "since": _iso(letter.period.since), "until": _iso(letter.period.until)}
    whole = {**asdict(letter), "day": _iso(letter.day), "period": period, "briefs": briefs, "quotes": quotes}
    return {**whole, "base": dict(letter.base), "standing": standing}


def recalled(content: Mapping[str, Any], words: Callable[[Sequence[str]], Mapping[str, str]]) -> Letter:
    """A letter as it was kept, its quotes filled in again; a quote whose words are gone is left out."""
    texts = words([quote["verbatim"] for quote in content["quotes"]])
    quotes = [
        Quote(**{**quote, "text": quote["text"] or texts[quote["verbatim"]][quote["start"] : quote["stop"]]})
        for quote in content["quotes"]
        if quote["verbatim"] in texts
    ]
    briefs = [
        Brief(
            **{
                **brief,
                "measures": tuple(_measure(one) for one in brief["measures"]),
                "verbatims": tuple(brief["verbatims"]),
            }
        )
        for brief in content["briefs"]
    ]
    period = content["period"]
    days = {name: _day(period[name]) for name in ("since", "until")}
    given = {name: value for name, value in content.items() if name != "standing"}
    return Letter(
        **{
            **given,
            "day": _day(content["day"]),
            "period": Period(kind=period["kind"], **days),
            "briefs": tuple(briefs),
            "quotes": tuple(quotes),
        }
    )


def standing(store: Store, settings: Settings, model: str, lang: str | None) -> str:
    """What a letter stands on: the facts, the model, the settings and this version; the same gives the same letter."""
    state = [store.versions(), store.ledger.sources(), model, asdict(settings), lang, version("portevoix")]
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(**{**row, "since": _day(row["since"]), "until": _day(row["until"])})


def _run(
    store: Store,
    settings: Settings,
    model: str,
    name: str,
    period: Period | None,
    by: Sequence[str] = (),
    before: tuple[Period, Period | None] | None = None,
    long: Sequence[str] = (),
) -> list[Measure]:
    """One measure over a period; nothing where it has nothing to say."""
    function: Callable[..., Any] = plugs.measures[name]
    given: Mapping[str, Any] = {
        "verbatims": views.long(store, long, period, _LONG) if long else views.verbatims(store, by, period),
        "labels": views.labels(store, model),
        "by": tuple(by),
    }
    if name in ("experience", "change"):
        given = {**given, "settings": settings}
    if before is not None:
        given = {**given, "periods": before}
        period = before[0]
    if period is not None and before is None and not long:
        if (held := near.held(store, model, by, period)) is not None:
            given = {**given, "verbatims": held[0], "labels": held[1]}
    table = store.run(function(**given))
    return measures_of(table, period.since if period else None, period.until if period else None)


def _splittable(store: Store, period: Period) -> tuple[str, ...]:
    """The columns that people can be told apart by: the fields that are in use, and the sources' own categories."""
    own = [name for name, field in views.columns(store).items() if field == "more"]
    values = views.values(store, period, ["channel", "product", "segment", "provider", *own])
    return tuple(name for name, n in values.items() if n in _GROUPS)[:_SPLITS]


def _splits(
    store: Store,
    settings: Settings,
    model: str,
    period: Period,
    columns: Sequence[str],
    measures: Sequence[Measure],
) -> list[Measure]:
    """The headline score by each column: the first of experience, nps and csat that was asked, else experience.

    All columns are measured at once, on the verbatims laid under each other once a column.
    """
    if not columns:
        return []
    asked = {measure.name for measure in measures if measure.basis == "asked" and not measure.where}
    name = next((name for name in ("experience", "nps", "csat") if name in asked), "experience")
    found = _run(store, settings, model, name, period, by=_LONG, long=columns)
    return [
        replace(measure, where={measure.where[_LONG[0]]: measure.where[_LONG[1]]})
        for measure in found
        if measure.where[_LONG[1]] != _MISSING
    ]


def _base(store: Store, period: Period, before: Period | None, spoken: Mapping[str, int]) -> Base:
    now, whole = views.count(store, period), views.count(store)
    taken = [source for source in store.ledger.sources() if source[1] == "verbatims"]
    return Base(
        verbatims=now["verbatims"],
        before=views.count(store, before)["verbatims"] if before else None,
        total=whole["verbatims"],
        people=now["people"] if now["people"] >= FEWEST_PEOPLE else None,
        other_language=spoken.get("other", 0),
        refused=sum(refused for _, _, refused in taken),
        undated=whole["undated"] if period.since else 0,
        sources=tuple(source for source, _, _ in taken),
        channels=tuple(sorted(views.spread(store, period, "channel"))),
        labelled=spoken.get("fr", 0) + spoken.get("en", 0),
    )


def _told(store: Store, lang: str, day: date | None) -> list[Told]:
    if day is None:
        return []
    return [
        Told(day=then, subject=brief["subject"], kind=brief["kind"], title=brief["title"])
        for then, content in store.ledger.letters(lang, day - _MEMORY, day)
        for brief in content["briefs"]
    ]
