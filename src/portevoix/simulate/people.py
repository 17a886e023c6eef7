"""Who the subscribers are: what they pay, whom they brought, what their line is worth, and who leaves for what."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from portevoix.simulate.dice import Dice
from portevoix.simulate.planted import Planted
from portevoix.simulate.world import BAD, CITIES, FIBRE, GOOD, LAST, SEGMENTS, TELE

IGNORED = {GOOD: 0.08, BAD: 0.30}
"""The share whose small problem nobody answers: more where the network is bad, which confounds the two."""
_LINE = {FIBRE: 0.30, TELE: 0.12}
_MONTHLY = {FIBRE: (29, 52), TELE: (38, 79)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A customer with what the company's books know, and what only the simulation knows.

    `ignored`: a small problem of theirs is never answered. `recommender`: one of the few who bring others in.
    `woman`: how their sentences agree.
    """

    person: str
    woman: bool
    since: date
    left_at: date | None = None
    revenue: float
    margin: float
    referred_by: str | None = None
    product: str
    segment: str
    city: str
    network: str
    ignored: bool
    recommender: bool
    reach: int

    @property
    def tenure(self) -> int:
        """Months from the first day to the last."""
        return ((self.left_at or LAST) - self.since).days * 12 // 365

    def here(self, day: date) -> bool:
        """Whether they are still customers on that day."""
        return self.left_at is None or day < self.left_at


def subscribers(customers: int, days: int, seed: int, planted: Planted) -> list[Subscriber]:
    """All of them, by person; the leavers of each stratum (network, unanswered) are an exact count, not a draw."""
    dice = Dice(seed, "people")
    people = [_born(number, dice) for number in range(1, customers + 1)]
    return _leaving(_referred(people, dice), days, dice, planted)


def _born(number: int, dice: Dice) -> Subscriber:
    product = FIBRE if dice.chance(0.6) else TELE
    segment = dice.weighted(SEGMENTS)
    recommender = dice.chance(0.07)
    # a recommender came early and pays little: a ranking by revenue loses them
    days = dice.whole(1500, 3600) if recommender else dice.whole(120, 3000)
    low, high = _MONTHLY[product]
    monthly = dice.between(low, (low + high) / 2 if recommender else high) * (1.7 if segment == "pro" else 1)
    revenue = round(monthly * 12, 2)
    network = BAD if dice.chance(_LINE[product]) else GOOD
    loud = dice.random()
    reach = (
        dice.whole(18_000, 160_000)
        if loud < 0.004
        else dice.whole(900, 9000)
        if loud < 0.08
        else dice.whole(4, 700)
    )
    return Subscriber(
        person=f"C{number:06d}",
        woman=dice.chance(0.5),
        since=LAST - timedelta(days=days),
        revenue=revenue,
        margin=round(revenue * dice.between(0.12, 0.38), 2),
        product=product,
        segment=segment,
        city=dice.weighted(CITIES),
        network=network,
        ignored=dice.chance(IGNORED[network]),
        recommender=recommender,
        reach=reach,
    )


def _referred(people: list[Subscriber], dice: Dice) -> list[Subscriber]:
    """A quarter came through somebody: five times in six through a recommender who was there before."""
    stars = [one for one in people if one.recommender]
    out = []
    for one in people:
        by = None
        if not one.recommender and dice.chance(0.27):
            by = dice.pick(stars if stars and dice.chance(0.85) else people)
            if by.since >= one.since:
                by = None
        out.append(replace(one, referred_by=by.person) if by else one)
    return out


def _leaving(people: list[Subscriber], days: int, dice: Dice, planted: Planted) -> list[Subscriber]:
    gone: dict[str, date] = {}
    first = LAST - timedelta(days=days - 1)
    for network in (GOOD, BAD):
        for ignored in (False, True):
            stratum = [one.person for one in people if one.network == network and one.ignored == ignored]
            risk = planted.base + planted.unanswered * ignored + planted.network * (network == BAD)
            for person in dice.shuffled(stratum)[: round(risk * len(stratum))]:
                # nobody leaves before their problem was left unanswered (it comes in the first half)
                gone[person] = first + timedelta(days=dice.whole(days * 6 // 10, days - 1))
    return [replace(one, left_at=gone.get(one.person)) for one in people]
