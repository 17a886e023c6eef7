"""What is said, before any word: who, when, where, about what, with which scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portevoix.simulate.dice import Dice
from portevoix.simulate.people import Subscriber
from portevoix.simulate.world import BAD, FIBRE, REVIEW, SURVEY, TELE


class Mention(NamedTuple):
    """An opinion that the words must carry: a theme, a polarity, and the story that it belongs to, if any."""

    theme: str
    polarity: int
    story: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One message to be put into words.

    `role`: alone, opening, again (the same problem, once more), thanks, or an agent's answer, excuse, closing.
    `mood`: -2 to 2. `key`: the order of planning, unique. `worded`: False for a survey of scores only.
    """

    key: int
    at: datetime
    who: Subscriber
    channel: str
    role: str = "alone"
    mood: int = 0
    mentions: tuple[Mention, ...] = ()
    scores: Mapping[str, int] = field(default_factory=dict)
    thread: str | None = None
    reply_to: int | None = None
    provider: str | None = None
    worded: bool = True
    lang: str = "fr"

    @property
    def agent(self) -> bool:
        """Whether the company speaks."""
        return self.role in ("answer", "excuse", "closing")


_MOODS = {
    (TELE, False): (0.01, 0.03, 0.07, 0.33, 0.56),
    (TELE, True): (0.04, 0.07, 0.13, 0.36, 0.40),
    (FIBRE, False): (0.11, 0.16, 0.19, 0.31, 0.23),
    (FIBRE, True): (0.33, 0.26, 0.16, 0.17, 0.08),
}
_NPS = {-2: (0, 4), -1: (3, 6), 0: (6, 8), 1: (7, 9), 2: (9, 10)}

_NEGATIVE = {
    FIBRE: "reliability 20 price 13 resolution 12 reach 12 delivery 9 speed 8 overall 7 advisor 6 contract 5 honesty 5 "
    "digital 2 refund 4 billing 3 product 3 place 1",
    TELE: "price 22 product 19 reliability 10 contract 9 reach 9 resolution 7 speed 6 overall 5 honesty 4 billing 3 "
    "advisor 4 delivery 4 refund 3 digital 2 place 1",
}
_POSITIVE = {
    FIBRE: "overall 22 advisor 20 delivery 12 speed 11 reliability 11 price 8 resolution 8 product 5 reach 4 digital 2 "
    "place 2 honesty 2 refund 2 contract 2 billing 1",
    TELE: "product 28 overall 22 advisor 13 reliability 9 price 8 delivery 5 speed 4 resolution 4 digital 2 place 2 "
    "reach 2 honesty 2 contract 2 refund 1 billing 1",
}


def _weights(text: str) -> list[tuple[str, float]]:
    parts = text.split()
    return [(theme, float(weight)) for theme, weight in zip(parts[::2], parts[1::2], strict=True)]


THEMES = {
    -1: {product: _weights(text) for product, text in _NEGATIVE.items()},
    1: {product: _weights(text) for product, text in _POSITIVE.items()},
}


def mood_of(who: Subscriber, dice: Dice) -> int:
    """How content they are today, -2 to 2: television pleases, fibre wears out, a bad network does the most."""
    weights = list(_MOODS[who.product, who.network == BAD])
    if who.recommender:
        weights[0], weights[1], weights[4] = 0.0, weights[1] / 2, weights[4] + 0.3
    return dice.weighted(list(zip((-2, -1, 0, 1, 2), weights, strict=True)))


def opinions(who: Subscriber, mood: int, dice: Dice) -> tuple[Mention, ...]:
    """One to three opinions on different themes that suit the mood; an even mood praises one and regrets another."""
    signs = {
        -2: (-1, -1) if dice.chance(0.55) else (-1,),
        -1: (-1,) if dice.chance(0.7) else (1, -1),
        0: (1, -1) if dice.chance(0.75) else (-1,),
        1: (1,) if dice.chance(0.72) else (1, -1),
        2: (1, 1) if dice.chance(0.45) else (1,),
    }[mood]
    found: list[Mention] = []
    for sign in signs:
        theme = dice.weighted(THEMES[sign][who.product])
        if theme not in [mention.theme for mention in found]:
            found.append(Mention(theme, sign))
    return tuple(found)


def scores_of(mood: int, dice: Dice, *, after_contact: bool) -> dict[str, int]:
    """Answers of a survey: after a contact csat and ces, else nps and the three questions."""

    def near(top: int, shift: int = 0) -> int:
        middle = (top + 1) // 2
        step = dice.weighted([(-1, 0.16), (0, 0.66), (1, 0.18)])
        return max(1, min(top, middle + round(mood * (middle - 1) / 2) + step + shift))

    if after_contact:
        return {"csat": near(5), "ces": near(7)}
    return {"nps": dice.whole(*_NPS[mood]), "enjoyable": near(5), "easy": near(5), "needs_met": near(5)}


def stars_of(mood: int, dice: Dice) -> dict[str, int]:
    """The stars of a review."""
    return {"stars": max(1, min(5, 3 + mood + dice.weighted([(-1, 0.1), (0, 0.8), (1, 0.1)])))}


def scored(channel: str, mood: int, dice: Dice, *, after_contact: bool) -> dict[str, int]:
    """The scores that go with a message of this channel."""
    if channel == SURVEY:
        return scores_of(mood, dice, after_contact=after_contact)
    return stars_of(mood, dice) if channel == REVIEW else {}
