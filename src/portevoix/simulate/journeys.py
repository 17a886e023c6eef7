"""From the web to the phone: a problem tried online first, then told again to somebody who answers the phone."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from portevoix.nouns import Case, Measure
from portevoix.simulate.care import Desk
from portevoix.simulate.dice import Dice
from portevoix.simulate.people import Subscriber
from portevoix.simulate.planted import Planted
from portevoix.simulate.sayings import Mention
from portevoix.simulate.world import LAST, PHONE, awake, local

WINDOW = timedelta(days=7)


class Journeys:
    """Plants the tries online that come before calls, with dice of their own: without any, the run is as it was."""

    def __init__(self, share: float, dice: Dice) -> None:
        self.share, self.dice = share, dice

    def before(self, desk: Desk, who: Subscriber, at: datetime, theme: str) -> None:
        """For the planted share of calls: the same problem, by chat, one to thirty hours earlier."""
        if self.share and self.dice.chance(self.share):
            earlier = awake(at - timedelta(seconds=int(3600 * self.dice.between(1, 30))))
            desk.handle(who, min(earlier, at - timedelta(minutes=10)), "tchat", Mention(theme, -1))


def spared(cases: Sequence[Case], first: date, planted: Planted) -> Iterator[Measure]:
    """Of the calls of the second week and later, the share that came within seven days of the same thing tried online."""
    tried: dict[tuple[str | None, str | None], list[datetime]] = {}
    for case in cases:
        if case.channel != PHONE and case.opened_at:
            tried.setdefault((case.person, case.theme), []).append(case.opened_at)
    since = first + WINDOW
    calls = [
        case
        for case in cases
        if case.channel == PHONE and case.opened_at and local(case.opened_at).date() >= since
    ]
    hits = sum(
        any(timedelta(0) < case.opened_at - at <= WINDOW for at in tried.get((case.person, case.theme), []))
        for case in calls
        if case.opened_at
    )
    yield Measure(
        name="journeys.spared_calls",
        value=hits / len(calls) if calls else None,
        n=len(calls),
        since=since,
        until=LAST + timedelta(days=1),
        unit="share",
        note=f"calls that followed a message about the same thing; planted in usual problems: {planted.web_first}",
    )
