"""Problems from their first message to their real end: answered is not solved, and the two centres differ."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portevoix.nouns import Case
from portevoix.simulate.dice import Dice
from portevoix.simulate.people import Subscriber
from portevoix.simulate.sayings import Mention, Saying
from portevoix.simulate.world import (
    CHAT,
    CLOSER,
    DROPS,
    END,
    FIX,
    MAIL,
    PHONE,
    SOLVER,
    TICKET,
    TWEET,
    awake,
    local,
    moment,
)

HARD = ("reliability", "delivery", "speed")
"""Problems that take a technician: the closing centre gets fewer of them, which flatters it."""
CLOSERS_SHARE = {True: 0.35, False: 0.55}
SOLVED_WHEN_CLAIMED = {SOLVER: 0.88, CLOSER: 0.34}
"""How often a problem that a centre says is solved is solved; hard problems, ten points less."""
COMES_BACK = 0.7
"""How many of the unsolved write again; the others wait in silence."""
_CLAIM_HOURS = {SOLVER: (14, 80), CLOSER: (2, 20)}
_SOLVE_HOURS = {SOLVER: (20, 90), CLOSER: (70, 260)}
_ANSWER_MINUTES = {TWEET: (4, 16), CHAT: (1, 9), PHONE: (1, 12), TICKET: (90, 1500), MAIL: (180, 2400)}
_AGAIN = Mention("resolution", -1, "again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What stays the same through a case; `opening` is the key of its first message."""

    number: str
    who: Subscriber
    at: datetime
    channel: str
    mention: Mention
    provider: str
    opening: int


class Desk:
    """The care desk: cases and their messages, numbered in the order in which they are planned."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.cases: list[Case] = []
        self.sayings: list[Saying] = []

    def say(self, at: datetime, who: Subscriber, channel: str, **more: Any) -> int | None:  # noqa: ANN401 - as Saying
        """Plans one message; None, and nothing said, once the run is over or the customer has left."""
        if at >= END or not who.here(local(at).date()):
            return None
        key = len(self.sayings)
        self.sayings.append(Saying(key=key, at=at, who=who, channel=channel, **more))
        return key

    def provider(self, theme: str) -> str:
        """The centre that gets a problem of this theme."""
        return CLOSER if self.dice.chance(CLOSERS_SHARE[theme in HARD]) else SOLVER

    def handle(self, who: Subscriber, at: datetime, channel: str, mention: Mention) -> None:
        """A problem that is answered, said to be solved, and is not always."""
        problem = self._open(who, at, channel, mention)
        if problem is None:
            return
        provider, hard = problem.provider, mention.theme in HARD
        answered = self._answered(at, channel)
        self._agent(problem, answered, "answer")
        claimed = awake(answered + self._hours(_CLAIM_HOURS[provider], 1.5 if hard else 1))
        if channel in (TICKET, MAIL):
            self._agent(problem, claimed, "closing")
        solved, contacts, relapses = claimed, 1, 0
        if self.dice.chance(SOLVED_WHEN_CLAIMED[provider] - 0.1 * hard):
            if self.dice.chance(0.3):
                contacts += (
                    self._customer(problem, awake(claimed + self._hours((1, 20))), "thanks") is not None
                )
        else:
            back = claimed
            for _ in range(self.dice.chance(COMES_BACK) * (1 + self.dice.chance(0.35))):
                back = awake(back + self._hours((8, 90)))
                if mention.story == "crash" and local(back).date() >= FIX:
                    break  # the correction reached them first
                relapses += self._return(problem, back)
            contacts += relapses
            solved = awake(back + self._hours(_SOLVE_HOURS[provider]))
        times = {"answered_at": answered, "claimed_at": claimed, "solved_at": solved}
        self._close(problem, contacts, relapses, times)

    def ignore(self, who: Subscriber, at: datetime, channel: str, mention: Mention) -> None:
        """A small problem that nobody answers, however often the customer asks."""
        problem = self._open(who, at, channel, mention)
        if problem is None:
            return
        contacts, back = 1, at
        for _ in range(self.dice.whole(0, 2)):
            back = awake(back + self._hours((50, 170)))
            contacts += self._customer(problem, back, "again") is not None
        self._close(problem, contacts, 0, {})

    def drop(self, who: Subscriber, at: datetime, channel: str, returns: float) -> None:
        """A line that drops in the evening: answered in minutes, said to be solved by noon, gone again at night."""
        day = local(at).date()
        problem = self._open(who, at, channel, _dropped(day))
        if problem is None:
            return
        answered = at + self._minutes((4, 14))
        self._agent(problem, answered, "answer")
        claimed = moment(day + timedelta(days=1), self.dice.between(8.5 * 60, 11.5 * 60))
        relapses, evening = 0, day + timedelta(days=1)
        while moment(evening, 0) < END:
            back = moment(evening, self.dice.between(20 * 60 + 3, 23 * 60 + 20))
            if self.dice.chance(returns):
                relapses += self._return(problem, back, _dropped(evening))
            evening += timedelta(days=1)
        times = {"answered_at": answered, "claimed_at": claimed}
        self._close(problem, 1 + relapses, relapses, times)

    def _open(self, who: Subscriber, at: datetime, channel: str, mention: Mention) -> Problem | None:
        number, provider = f"D{len(self.cases) + 1:06d}", self.provider(mention.theme)
        mentions: tuple[Mention, ...] = (mention,)
        if channel == MAIL and self.dice.chance(0.35):
            more = self.dice.pick(("reach", "resolution", "speed", "honesty"))
            mentions += (Mention(more, -1),) if more != mention.theme else ()
        talk = {"role": "opening", "mentions": mentions, "thread": number, "provider": provider}
        key = self.say(at, who, channel, mood=-2 if self.dice.chance(0.6) else -1, **talk)
        if key is None:
            return None
        return Problem(
            number=number, who=who, at=at, channel=channel, mention=mention, provider=provider, opening=key
        )

    def _agent(self, problem: Problem, at: datetime, role: str, to: int | None = None) -> None:
        talk = {"mentions": (problem.mention,), "thread": problem.number, "provider": problem.provider}
        reply = problem.opening if to is None else to
        self.say(at, problem.who, problem.channel, role=role, reply_to=reply, **talk)

    def _customer(
        self, problem: Problem, at: datetime, role: str, mention: Mention | None = None
    ) -> int | None:
        """Thanks, or the same problem again; None, and nothing said, where it is too late."""
        mentions: tuple[Mention, ...] = (Mention("resolution", 1, "thanks"),)
        if role == "again":
            story = "" if problem.mention.story == "outage" else problem.mention.story
            same = mention or Mention(problem.mention.theme, -1, story)
            mentions = (_AGAIN, same) if same.theme != "resolution" else (_AGAIN,)
        talk = {"thread": problem.number, "provider": problem.provider, "reply_to": problem.opening}
        mood = 2 if role == "thanks" else -2
        return self.say(at, problem.who, problem.channel, role=role, mood=mood, mentions=mentions, **talk)

    def _return(self, problem: Problem, at: datetime, mention: Mention | None = None) -> bool:
        """The customer comes back with the same problem; the centre says that it is sorry."""
        key = self._customer(problem, at, "again", mention)
        if key is None:
            return False
        soon = at + self._minutes((4, 14)) if mention else self._answered(at, problem.channel)
        self._agent(problem, soon, "excuse", key)
        return True

    def _answered(self, at: datetime, channel: str) -> datetime:
        """When the desk of this channel answers a message of that instant: written ones wait for the morning."""
        answer = at + self._minutes(_ANSWER_MINUTES[channel])
        return awake(answer) if channel in (TICKET, MAIL) else answer

    def _minutes(self, among: tuple[int, int]) -> timedelta:
        return timedelta(seconds=int(60 * self.dice.between(*among)))

    def _hours(self, among: tuple[int, int], times: float = 1) -> timedelta:
        return timedelta(seconds=int(3600 * times * self.dice.between(*among)))

    def _close(self, problem: Problem, contacts: int, relapses: int, times: dict[str, datetime]) -> None:
        """The case as it is known at the end of the run: what has not come yet is not known."""
        known = {name: when if when < END else None for name, when in times.items()}
        case = Case(
            id=problem.number,
            person=problem.who.person,
            theme=problem.mention.theme,
            opened_at=problem.at,
            answered_at=known.get("answered_at"),
            claimed_at=known.get("claimed_at"),
            solved_at=known.get("solved_at"),
            contacts=contacts,
            relapses=relapses,
            provider=problem.provider,
            channel=problem.channel,
        )
        self.cases.append(case)


def _dropped(evening: date) -> Mention:
    return Mention("reliability", -1, f"drops{(evening - DROPS).days + 1}")
