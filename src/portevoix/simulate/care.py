"""Problems from their first message to their real end: answered is not solved, and the two centres differ."""

from dataclasses import replace
from datetime import datetime, timedelta

from portevoix.nouns import Case
from portevoix.simulate.dice import Dice
from portevoix.simulate.people import Subscriber
from portevoix.simulate.sayings import Mention, Saying
from portevoix.simulate.world import (
    CHAT,
    CLOSER,
    DROPS,
    END,
    MAIL,
    PHONE,
    SOLVER,
    TICKET,
    TWEET,
    local,
    moment,
)

HARD = ("reliability", "delivery", "speed")
"""Problems that take a technician: the closing centre gets fewer of them, which flatters it."""
CLOSERS_SHARE = {True: 0.35, False: 0.55}
SOLVED_WHEN_CLAIMED = {SOLVER: 0.90, CLOSER: 0.55}
"""How often a problem that a centre says is solved is solved; hard problems, ten points less."""
_CLAIM_HOURS = {SOLVER: (14, 80), CLOSER: (2, 20)}
_SOLVE_HOURS = {SOLVER: (20, 90), CLOSER: (70, 260)}
_ANSWER_MINUTES = {TWEET: (4, 16), CHAT: (1, 9), PHONE: (1, 12), TICKET: (90, 1500), MAIL: (180, 2400)}
_AGAIN = Mention("resolution", -1, "again")


class Desk:
    """The care desk: cases and their messages, numbered in the order in which they are planned."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.cases: list[Case] = []
        self.sayings: list[Saying] = []

    def say(self, at: datetime, who: Subscriber, channel: str, **more: object) -> int | None:
        """Plans one message; None, and nothing said, once the run is over or the customer has left."""
        if at >= END or not who.here(local(at).date()):
            return None
        key = len(self.sayings)
        self.sayings.append(Saying(key=key, at=at, who=who, channel=channel, **more))  # type: ignore[arg-type]
        return key

    def provider(self, theme: str) -> str:
        """The centre that gets a problem of this theme."""
        return CLOSER if self.dice.chance(CLOSERS_SHARE[theme in HARD]) else SOLVER

    def handle(self, who: Subscriber, at: datetime, channel: str, mention: Mention) -> None:
        """A problem that is answered, said to be solved, and comes back if it was not."""
        number, provider = self._number(), self.provider(mention.theme)
        opening = self._open(who, at, channel, mention, number, provider)
        if opening is None:
            return
        answered = at + self._answer_delay(channel)
        self._agent(who, answered, channel, "answer", number, provider, opening, mention)
        claimed = answered + self._hours(_CLAIM_HOURS[provider], mention)
        if channel in (TICKET, MAIL):
            self._agent(who, claimed, channel, "closing", number, provider, opening, mention)
        solved, contacts, relapses = claimed, 1, 0
        if not self.dice.chance(SOLVED_WHEN_CLAIMED[provider] - 0.1 * (mention.theme in HARD)):
            back = claimed
            for _ in range(1 + self.dice.chance(0.35)):
                back += timedelta(hours=self.dice.between(8, 90))
                if self._return(who, back, channel, mention, number, provider, opening):
                    contacts, relapses = contacts + 1, relapses + 1
            solved = back + timedelta(hours=self.dice.between(*_SOLVE_HOURS[provider]))
        elif self.dice.chance(0.3):
            thanks = (Mention("resolution", 1, "thanks"),)
            at_ = claimed + timedelta(hours=self.dice.between(1, 20))
            talk = {"mood": 2, "mentions": thanks, "thread": number, "provider": provider}
            contacts += self.say(at_, who, channel, role="thanks", **talk) is not None
        times = {"answered_at": answered, "claimed_at": claimed, "solved_at": solved}
        self._close(number, who, at, mention, provider, channel, contacts, relapses, times)

    def ignore(self, who: Subscriber, at: datetime, channel: str, mention: Mention) -> None:
        """A small problem that nobody answers, however often the customer asks."""
        number, provider = self._number(), self.provider(mention.theme)
        opening = self._open(who, at, channel, mention, number, provider)
        if opening is None:
            return
        contacts, back = 1, at
        for _ in range(self.dice.whole(0, 2)):
            back += timedelta(hours=self.dice.between(50, 170))
            talk = {"mood": -2, "mentions": (_AGAIN, mention), "thread": number, "reply_to": opening}
            contacts += self.say(back, who, channel, role="again", provider=provider, **talk) is not None
        self._close(number, who, at, mention, provider, channel, contacts, 0, {})

    def drop(self, who: Subscriber, at: datetime, channel: str, story: str, returns: float) -> None:
        """A line that drops in the evening: answered in minutes, said to be solved by noon, gone again at night."""
        number, provider = self._number(), self.provider("reliability")
        mention = Mention("reliability", -1, story)
        opening = self._open(who, at, channel, mention, number, provider)
        if opening is None:
            return
        answered = at + timedelta(minutes=self.dice.between(4, 14))
        self._agent(who, answered, channel, "answer", number, provider, opening, mention)
        claimed = moment(local(at).date() + timedelta(days=1), self.dice.between(8.5 * 60, 11.5 * 60))
        contacts, relapses, evening = 1, 0, local(at).date() + timedelta(days=1)
        while moment(evening, 0) < END:
            back = moment(evening, self.dice.between(20 * 60 + 3, 23 * 60 + 20))
            again = Mention("reliability", -1, f"drops{(evening - DROPS).days + 1}")
            if self.dice.chance(returns) and self._return(
                who, back, channel, again, number, provider, opening, 10
            ):
                contacts, relapses = contacts + 1, relapses + 1
            evening += timedelta(days=1)
        times = {"answered_at": answered, "claimed_at": claimed}
        self._close(number, who, at, mention, provider, channel, contacts, relapses, times)

    def _number(self) -> str:
        return f"D{len(self.cases) + 1:06d}"

    def _open(
        self, who: Subscriber, at: datetime, channel: str, mention: Mention, number: str, provider: str
    ) -> int | None:
        mood = -2 if self.dice.chance(0.6) else -1
        mentions = (mention,)
        if channel == MAIL and self.dice.chance(0.35):
            more = self.dice.pick(("reach", "resolution", "speed", "honesty"))
            mentions += (Mention(more, -1),) if more != mention.theme else ()
        talk = {"mood": mood, "mentions": mentions, "thread": number, "provider": provider}
        return self.say(at, who, channel, role="opening", **talk)

    def _agent(
        self,
        who: Subscriber,
        at: datetime,
        channel: str,
        role: str,
        number: str,
        provider: str,
        opening: int,
        mention: Mention,
    ) -> None:
        talk = {"mentions": (mention,), "thread": number, "provider": provider, "reply_to": opening}
        self.say(at, who, channel, role=role, **talk)

    def _return(
        self,
        who: Subscriber,
        at: datetime,
        channel: str,
        mention: Mention,
        number: str,
        provider: str,
        opening: int,
        minutes: int | None = None,
    ) -> bool:
        """The customer comes back with the same problem; the centre says that it is sorry."""
        again = mention if mention.story.startswith("drops") else Mention(mention.theme, -1)
        talk = {"mood": -2, "mentions": (_AGAIN, again), "thread": number, "provider": provider}
        key = self.say(at, who, channel, role="again", reply_to=opening, **talk)
        if key is None:
            return False
        delay = timedelta(minutes=minutes) if minutes else self._answer_delay(channel)
        self._agent(who, at + delay, channel, "excuse", number, provider, key, mention)
        return True

    def _answer_delay(self, channel: str) -> timedelta:
        return timedelta(seconds=int(60 * self.dice.between(*_ANSWER_MINUTES[channel])))

    def _hours(self, among: tuple[int, int], mention: Mention) -> timedelta:
        hours = self.dice.between(*among) * (1.5 if mention.theme in HARD else 1)
        return timedelta(seconds=int(3600 * hours))

    def _close(
        self,
        number: str,
        who: Subscriber,
        at: datetime,
        mention: Mention,
        provider: str,
        channel: str,
        contacts: int,
        relapses: int,
        times: dict[str, datetime],
    ) -> None:
        """The case as it is known at the end of the run: what has not come yet is not known."""
        case = Case(
            id=number,
            person=who.person,
            theme=mention.theme,
            opened_at=at,
            contacts=contacts,
            relapses=relapses,
            provider=provider,
            channel=channel,
        )
        gone = moment(who.left_at, 0) if who.left_at else END
        known = {name: when for name, when in times.items() if when < min(END, gone)}
        self.cases.append(replace(case, **known))
