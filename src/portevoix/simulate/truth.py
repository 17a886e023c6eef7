"""The planted truths of a run, counted in its tables and in what each message was meant to say: no model reads a word."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from portevoix.nouns import Case, Measure
from portevoix.simulate import world
from portevoix.simulate.books import churn, referrals
from portevoix.simulate.journeys import spared
from portevoix.simulate.plan import Plan
from portevoix.simulate.sayings import Saying
from portevoix.simulate.world import DROPS, END, ERROR, FIX, LAST, OUTAGE, local

Truth = dict[str, Any]
ITEMS = ("needs_met", "easy", "enjoyable")
_NEXT = LAST + timedelta(days=1)


def truths(run: Plan) -> Iterator[Truth]:
    """Measures as `Measure.as_dict`, each with the `kind` of the truth that it states; values rounded to six places."""
    said = [saying for saying in run.sayings if not saying.agent]
    for kind, measures in (
        ("volume", _volumes(said, run)),
        ("outage", _outage(said)),
        ("growing_error", _error(said, run)),
        ("fix", _fix(said, run)),
        ("relapse", _relapse(said, run.cases)),
        ("provider", _providers(run.cases)),
        ("score", _scores(said, run)),
        ("theme", _themes(said, run)),
        ("churn", churn(run)),
        ("referral", referrals(run)),
        ("journey", spared(run.cases, run.first, run.planted)),
    ):
        for measure in measures:
            value = None if measure.value is None else round(measure.value, 6)
            yield {**measure.as_dict(), "value": value, "kind": kind}


def _day(saying: Saying) -> date:
    return local(saying.at).date()


def _within(said: Sequence[Saying], since: date, until: date) -> list[Saying]:
    return [saying for saying in said if since <= _day(saying) < until]


def _count(where: dict[str, str], found: Sequence[Saying], since: date, until: date, note: str) -> Measure:
    people = len({saying.who.person for saying in found})
    return Measure(
        name="volume",
        where=where,
        value=len(found),
        n=len(found),
        since=since,
        until=until,
        unit="messages",
        note=f"{note}; {people} people",
    )


def _story(said: Sequence[Saying], *stories: str) -> list[Saying]:
    return [saying for saying in said if any(mention.story in stories for mention in saying.mentions)]


def _volumes(said: Sequence[Saying], run: Plan) -> Iterator[Measure]:
    yield _count({}, said, run.first, _NEXT, "messages of customers")
    yield _count({}, _within(said, LAST, _NEXT), LAST, _NEXT, "messages of customers on the last day")


def _outage(said: Sequence[Saying]) -> Iterator[Measure]:
    until = OUTAGE + timedelta(days=1)
    found = _within(_story(said, "outage"), OUTAGE, until)
    where = {"city": world.OUTAGE_CITY, "theme": "reliability"}
    yield _count(where, found, OUTAGE, until, "all of the town's services down from 9:40 to 17:00")


def _error(said: Sequence[Saying], run: Plan) -> Iterator[Measure]:
    found = _story(said, "option")
    for since, until in (
        (ERROR, ERROR + timedelta(days=7)),
        (ERROR + timedelta(days=7), _NEXT),
        (LAST, _NEXT),
    ):
        note = "an option that nobody asked for stands on the bills, and more of them every day"
        yield _count({"theme": "billing"}, _within(found, since, until), since, until, note)
    for since, until in ((max(run.first, ERROR - timedelta(days=14)), ERROR), (LAST, _NEXT)):
        yield from _shares(said, since, until, only="billing")


def _fix(said: Sequence[Saying], run: Plan) -> Iterator[Measure]:
    for since, until in ((run.first, FIX), (FIX, _NEXT)):
        yield from _shares(said, since, until, only="digital")


def _relapse(said: Sequence[Saying], cases: Sequence[Case]) -> Iterator[Measure]:
    drops = ("drops1", "drops2", "drops3")
    where = {"city": world.DROPS_CITY, "theme": "reliability"}
    for number in range(3):
        day = DROPS + timedelta(days=number)
        until = day + timedelta(days=1)
        yield _count(
            where, _within(_story(said, *drops), day, until), day, until, "the line drops after 20:00"
        )
    threads = {saying.thread for saying in _story(said, *drops)}
    dropped = [case for case in cases if case.id in threads]
    shown = {"since": DROPS, "until": _NEXT, "where": where, "n": len(dropped)}
    yield _share(
        "cases.relapsed", [bool(case.relapses) for case in dropped], shown, "cases of the evening drops"
    )
    yield _share(
        "cases.solved", [case.solved_at is not None for case in dropped], shown, "answered, never solved"
    )
    yield _time("cases.answered", dropped, lambda case: case.answered_at, shown)


def _providers(cases: Sequence[Case]) -> Iterator[Measure]:
    """Per centre: what it says, what is true, and who had to come back within seven days of what it said."""
    for provider in (world.SOLVER, world.CLOSER):
        mine = [case for case in cases if case.provider == provider and case.claimed_at]
        old = [case for case in mine if case.claimed_at and case.claimed_at <= END - timedelta(days=7)]
        shown = {"where": {"provider": provider}, "n": len(mine)}
        yield _time("cases.claimed", mine, lambda case: case.claimed_at, shown)
        yield _time(
            "cases.solved", [case for case in mine if case.solved_at], lambda case: case.solved_at, shown
        )
        true = [case.claimed_at == case.solved_at for case in old]
        back = [bool(case.relapses) for case in old]
        shown = {"where": {"provider": provider}, "n": len(old)}
        yield _share("cases.solved_when_claimed", true, shown, "claimed seven days before the end or earlier")
        yield _share("cases.relapsed", back, shown, "claimed seven days before the end or earlier")


def _share(name: str, hits: Sequence[bool], shown: dict[str, Any], note: str) -> Measure:
    value = sum(hits) / len(hits) if hits else None
    return Measure(name=name, value=value, unit="share", note=note, **shown)


def _time(name: str, cases: Sequence[Case], to: Callable[[Case], Any], shown: dict[str, Any]) -> Measure:
    """The median seconds from opening to what is known of the end."""
    times = [(to(case) - case.opened_at).total_seconds() for case in cases if to(case) and case.opened_at]
    note = "median of the cases where it is known"
    value = median(times) if times else None
    return Measure(name=name, value=value, unit="seconds", note=note, **{**shown, "n": len(times)})


def _scores(said: Sequence[Saying], run: Plan) -> Iterator[Measure]:
    for product in (None, world.FIBRE, world.TELE):
        rows = [saying.scores for saying in said if product in (None, saying.who.product)]
        shown = {"since": run.first, "until": _NEXT, "where": {"product": product} if product else {}}
        nps = [(score["nps"] >= 9) - (score["nps"] <= 6) for score in rows if "nps" in score]
        yield _mean("nps", nps, 100, "points", shown)
        full = [score for score in rows if all(item in score for item in ITEMS)]
        items = {item: [(score[item] >= 4) - (score[item] <= 2) for score in full] for item in ITEMS}
        index = [sum(three) for three in zip(*items.values(), strict=True)]
        yield _mean("experience", index, 100 / 3, "points", shown)
        for item, signs in items.items():
            yield _mean(f"experience.{item}", signs, 100, "points", shown)
        yield _mean("csat", [int(score["csat"] >= 4) for score in rows if "csat" in score], 1, "share", shown)
        yield _mean("ces", [int(score["ces"] >= 5) for score in rows if "ces" in score], 1, "share", shown)


def _mean(name: str, values: Sequence[int], scale: float, unit: str, shown: dict[str, Any]) -> Measure:
    value = scale * sum(values) / len(values) if values else None
    return Measure(name=name, value=value, n=len(values), unit=unit, basis="asked", **shown)


def _themes(said: Sequence[Saying], run: Plan) -> Iterator[Measure]:
    for since in (run.first, LAST - timedelta(days=6), LAST):
        yield from _shares(said, since, _NEXT)


def _shares(said: Sequence[Saying], since: date, until: date, only: str = "") -> Iterator[Measure]:
    """The share of the messages in French or English that were meant to speak of a theme, for better and for worse."""
    read = [saying for saying in _within(said, since, until) if saying.worded and saying.lang != "other"]
    counts: Counter[tuple[str, str]] = Counter()
    for saying in read:
        for theme in {mention.theme for mention in saying.mentions}:
            signs = {mention.polarity for mention in saying.mentions if mention.theme == theme}
            counts["share", theme] += 1
            counts["negative", theme] += -1 in signs
            counts["positive", theme] += 1 in signs
    for theme in sorted({theme for _, theme in counts} if not only else {only}):
        for part in ("share", "negative", "positive"):
            yield Measure(
                name=f"themes.{part}",
                where={"theme": theme},
                value=counts[part, theme] / len(read) if read else None,
                n=len(read),
                since=since,
                until=until,
                unit="share",
                basis="words",
                note="as the messages were meant",
            )
