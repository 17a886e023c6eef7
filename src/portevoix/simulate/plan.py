"""The days of the operator as tables, truths first: who has which problem when, and who says what about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portevoix.errors import WrongUse
from portevoix.nouns import Case
from portevoix.simulate import world
from portevoix.simulate.care import Desk
from portevoix.simulate.dice import Dice
from portevoix.simulate.journeys import Journeys
from portevoix.simulate.people import Subscriber, subscribers
from portevoix.simulate.planted import Planted
from portevoix.simulate.sayings import THEMES, Mention, Saying, mood_of, opinions, scored
from portevoix.simulate.world import (
    CHAT,
    CLOSER,
    DROPS,
    END,
    ERROR,
    FIX,
    LAST,
    MAIL,
    OUTAGE,
    PHONE,
    REVIEW,
    SURVEY,
    TICKET,
    TWEET,
)

LEAST_CUSTOMERS, LEAST_DAYS, MOST_DAYS = 50, 14, 730
_CARE = (TWEET, CHAT, TICKET, MAIL, PHONE)
_WEEK = (1.1, 1.05, 1.0, 1.0, 1.0, 0.7, 0.55)
# messages a day and customer
_SURVEYS, _REVIEWS, _TWEETS, _PROBLEMS = 0.032, 0.0045, 0.0035, 0.0035
_OUTAGE = 0.034
_CRASHES, _CRASHES_LEFT, _MENDED = 0.0060, 0.0004, 0.0010
_ERRORS, _DOUBLES = 0.0165, 0.82
"""Messages of the last day about the error, and what the day before it had of them: they double in three and a half days."""
_DROPS, _DROPS_MORE, _DROPS_BACK = 0.0125, 0.0075, 0.65
_FOREIGN = (("fr", 0.97), ("en", 0.02), ("other", 0.01))
_ENGLISH = {
    -1: ("reliability", "price", "reach", "delivery", "resolution", "overall"),
    1: ("overall", "advisor", "speed", "product"),
}
_CHANNELS = {
    "drops": ((TWEET, 0.4), (CHAT, 0.2), (TICKET, 0.18), (MAIL, 0.1), (PHONE, 0.12)),
    "outage": ((TWEET, 0.5), (CHAT, 0.2), (PHONE, 0.18), (TICKET, 0.12)),
    "option": ((TICKET, 0.24), (MAIL, 0.22), (CHAT, 0.14), (TWEET, 0.1), (REVIEW, 0.12), (SURVEY, 0.18)),
    "crash": ((REVIEW, 0.3), (TWEET, 0.2), (CHAT, 0.15), (TICKET, 0.1), (SURVEY, 0.25)),
    "mended": ((REVIEW, 0.3), (TWEET, 0.25), (SURVEY, 0.45)),
    "problem": ((TICKET, 0.3), (MAIL, 0.22), (PHONE, 0.2), (CHAT, 0.18), (TWEET, 0.1)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run before any word is written: `sayings` by time, `ids` from a saying's key to its id."""

    first: date
    people: list[Subscriber]
    cases: list[Case]
    sayings: list[Saying]
    ids: dict[int, str]
    planted: Planted


def plan(customers: int, days: int, seed: int, planted: Planted | None = None) -> Plan:
    """The tables of a run that ends on `world.LAST`. Raises WrongUse under 50 customers and outside 14 to 730 days."""
    if customers < LEAST_CUSTOMERS:
        raise WrongUse(f"A simulation wants {LEAST_CUSTOMERS} customers or more; {customers} were asked for.")
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise WrongUse(f"A simulation wants {LEAST_DAYS} to {MOST_DAYS} days; {days} were asked for.")
    planted = planted or Planted()
    people = subscribers(customers, days, seed, planted)
    first = LAST - timedelta(days=days - 1)
    desk = Desk(Dice(seed, "desk"))
    _Days(desk, people, Dice(seed, "days"), Journeys(planted.web_first, Dice(seed, "web"))).live(first, days)
    sayings = sorted(desk.sayings, key=lambda saying: (saying.at, saying.key))
    width = max(5, len(str(len(sayings))))
    ids = {saying.key: f"V{number:0{width}d}" for number, saying in enumerate(sayings, 1)}
    return Plan(first=first, people=people, cases=desk.cases, sayings=sayings, ids=ids, planted=planted)


class _Days:
    def __init__(self, desk: Desk, people: list[Subscriber], dice: Dice, web: Journeys) -> None:
        self.desk, self.people, self.dice, self.web = desk, people, dice, web
        self.ignored: dict[date, list[Subscriber]] = {}

    def live(self, first: date, days: int) -> None:
        """Every day in its order: what is usual, then what befalls."""
        for one in self.people:
            if one.ignored:
                day = first + timedelta(days=self.dice.whole(0, min(days * 6 // 10, days - 7) - 1))
                self.ignored.setdefault(day, []).append(one)
        for number in range(days):
            day = first + timedelta(days=number)
            self.here = [one for one in self.people if one.here(day)]
            self._usual(day)
            self._outage(day)
            self._app(day)
            self._error(day)
            self._drops(day)

    def _many(self, share: float, day: date, weekly: bool = True) -> int:
        return self.dice.count(share * len(self.people) * (_WEEK[day.weekday()] if weekly else 1))

    def _usual(self, day: date) -> None:
        for _ in range(self._many(_SURVEYS, day)):
            self._alone(SURVEY, day)
        for channel, share in ((REVIEW, _REVIEWS), (TWEET, _TWEETS)):
            for _ in range(self._many(share, day)):
                self._alone(channel, day)
        for _ in range(self._many(_PROBLEMS, day)):
            who = self._anybody()
            theme = self.dice.weighted(
                [pair for pair in THEMES[-1][who.product] if pair[0] not in ("overall", "place")]
            )
            channel = self.dice.weighted(_CHANNELS["problem"])
            at = self._when(day)
            if channel == PHONE:
                self.web.before(self.desk, who, at, theme)
            self.desk.handle(who, at, channel, Mention(theme, -1))
        for who in self.ignored.get(day, []):
            theme = self.dice.pick(("billing", "contract", "refund", "delivery", "product", "digital"))
            channel = TICKET if self.dice.chance(0.5) else MAIL
            self.desk.ignore(who, self._when(day), channel, Mention(theme, -1))

    def _alone(self, channel: str, day: date) -> None:
        """A survey, a review or a tweet of somebody, in the mood that they are in."""
        who, dice = self._anybody(), self.dice
        lang = dice.weighted(_FOREIGN)
        mood = mood_of(who, dice)
        provider = self.desk.provider("") if channel == SURVEY and dice.chance(0.35) else None
        if provider == CLOSER and dice.chance(0.4):
            mood = max(-2, mood - 1)
        worded = channel != SURVEY or dice.chance(0.74)
        mentions: tuple[Mention, ...] = ()
        if worded and lang != "fr":
            mood = mood or -1
            mentions = self._foreign(lang, 1 if mood > 0 else -1)
        elif worded:
            mentions = self._opinions(who, channel, mood)
        scores = scored(channel, mood, dice, after_contact=provider is not None)
        talk = {"mentions": mentions, "scores": scores, "worded": worded, "lang": lang, "provider": provider}
        self.desk.say(self._when(day), who, channel, mood=mood, **talk)

    def _opinions(self, who: Subscriber, channel: str, mood: int) -> tuple[Mention, ...]:
        """What the mood says; of a survey, one in six has a word or two and no more."""
        if channel == SURVEY and self.dice.chance(0.2 if mood == 0 else 0.16):
            return (Mention("overall", (mood > 0) - (mood < 0), "short"),)
        return opinions(who, mood, self.dice)

    def _foreign(self, lang: str, sign: int) -> tuple[Mention, ...]:
        """English carries an opinion; the languages that nobody reads carry none."""
        return (Mention(self.dice.pick(_ENGLISH[sign]), sign, "english"),) if lang == "en" else ()

    def _told(self, story: str, mention: Mention, who: Subscriber, at: datetime, mood: int) -> None:
        """One message of a story: a case where the channel has a desk, else a message of its own."""
        channel = self.dice.weighted(_CHANNELS[story])
        if channel in _CARE and mention.polarity < 0:
            self.desk.handle(who, at, channel, mention)
        else:
            self.desk.say(
                at,
                who,
                channel,
                mood=mood,
                mentions=(mention,),
                scores=scored(channel, mood, self.dice, after_contact=False),
            )

    def _outage(self, day: date) -> None:
        if day != OUTAGE:
            return
        there = [one for one in self.here if one.city == world.OUTAGE_CITY]
        for who in self._some(there, self._many(_OUTAGE, day, weekly=False)):
            at = world.moment(day, self.dice.between(9 * 60 + 40, 17 * 60))
            self._told("outage", Mention("reliability", -1, "outage"), who, at, -2)

    def _app(self, day: date) -> None:
        share = _CRASHES if day < FIX else _CRASHES_LEFT
        for _ in range(self._many(share, day)):
            self._told("crash", Mention("digital", -1, "crash"), self._anybody(), self._when(day), -2)
        if day >= FIX:
            for _ in range(self._many(_MENDED, day)):
                self._told("mended", Mention("digital", 1, "mended"), self._anybody(), self._when(day), 2)

    def _error(self, day: date) -> None:
        if day < ERROR:
            return
        share = _ERRORS
        for _ in range((LAST - day).days):
            share *= _DOUBLES
        for who in self._some(self.here, self._many(share, day, weekly=False)):
            self._told("option", Mention("billing", -1, "option"), who, self._when(day), -2)

    def _drops(self, day: date) -> None:
        if day < DROPS:
            return
        there = [one for one in self.here if one.city == world.DROPS_CITY and one.product == world.FIBRE]
        share = _DROPS if day == DROPS else _DROPS_MORE
        for who in self._some(there, self._many(share, day, weekly=False)):
            at = world.moment(day, self.dice.between(20 * 60 + 3, 23 * 60 + 10))
            self.desk.drop(who, at, self.dice.weighted(_CHANNELS["drops"]), _DROPS_BACK)

    def _some(self, among: list[Subscriber], many: int) -> list[Subscriber]:
        """That many of them, nobody twice."""
        return self.dice.shuffled(among)[:many]

    def _anybody(self) -> Subscriber:
        return self.dice.pick(self.here)

    def _when(self, day: date) -> datetime:
        """A minute of the day: most write between eight and twenty-two, more at noon and in the evening."""
        start, stop = self.dice.weighted(
            [
                ((7, 9), 0.09),
                ((9, 12), 0.27),
                ((12, 14), 0.18),
                ((14, 18), 0.26),
                ((18, 20), 0.12),
                ((20, 23), 0.08),
            ]
        )
        at = world.moment(day, self.dice.between(start * 60, stop * 60))
        return min(at, END - timedelta(seconds=1))
