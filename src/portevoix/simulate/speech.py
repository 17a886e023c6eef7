"""Puts a saying into words: phrases of the bank, in the manner of the channel, typed as this person types."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from portevoix.simulate.dice import Dice
from portevoix.simulate.sayings import Mention, Saying
from portevoix.simulate.slots import Identity, filled, identity_of
from portevoix.simulate.spelling import Habit, as_typed, habit_of
from portevoix.simulate.world import CHAT, FIBRE, MAIL, PHONE, REVIEW, SURVEY, TICKET, TWEET, local

Bank = dict[str, Any]
_SIGNS = {-1: "negative", 1: "positive"}
_PROPER = ("Filandelle",)
_TWEET_LENGTH = 280


@cache
def bank() -> Bank:
    """The phrases that ship with the package, by file."""
    folder = files("portevoix.simulate") / "bank"
    names = ("negative", "positive", "stories", "frames", "foreign")
    return {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in names}


class Speaker:
    """Everybody's voice. Each list of phrases is a deck: none comes back before all have been said."""

    def __init__(self, seed: int) -> None:
        self.seed, self.bank = seed, bank()
        self.decks: dict[str, tuple[Dice, list[str]]] = {}
        self.said: set[str] = set()

    def words(self, saying: Saying) -> str:
        """The text of a saying; empty where only scores were given."""
        if not saying.worded:
            return ""
        turn = _Turn(self, saying)
        if saying.agent:
            return turn.agent()
        if saying.lang != "fr":
            return turn.foreign()
        return {SURVEY: turn.survey, REVIEW: turn.review, TWEET: turn.tweet, MAIL: turn.mail}.get(
            saying.channel, turn.request
        )()

    def draw(self, name: str, phrases: Sequence[str]) -> str:
        """The next phrase of a deck, shuffled anew when it is used up."""
        dice, deck = self.decks.get(name) or (Dice(self.seed, "deck", name), [])
        if not deck:
            deck = dice.shuffled(phrases)
        self.decks[name] = (dice, deck)
        return deck.pop()


class _Turn:
    """One person's turn to speak."""

    def __init__(self, speaker: Speaker, saying: Saying) -> None:
        self.speaker, self.saying = speaker, saying
        self.dice = Dice(speaker.seed, "words", saying.key)
        self.identity: Identity = identity_of(speaker.seed, saying.who)
        self.habit: Habit = habit_of(speaker.seed, saying.who.person)
        self.sad = saying.mood < 0

    def frame(self, name: str, chance: float = 1.0) -> str:
        """A phrase of the frames, or nothing."""
        if not self.dice.chance(chance):
            return ""
        return self._fill(self.speaker.draw(name, self.speaker.bank["frames"][name]))

    def opinion(self, mention: Mention, short: float = 0.0) -> str:
        """The phrase that carries a mention; one that somebody said before only where no fresh one is found soon."""
        brief = mention.story == "short" or self.dice.chance(short)
        for _ in range(6):
            text = self._fill(self.speaker.draw(*self._phrases(mention, brief)))
            if brief or text not in self.speaker.said:
                break
        self.speaker.said.add(text)
        return text

    def _phrases(self, mention: Mention, brief: bool) -> tuple[str, Sequence[str]]:
        """The deck of a mention: its name and its phrases."""
        stories = self.speaker.bank["stories"]
        if mention.story in stories:
            return mention.story, stories[mention.story]["texts"]
        part = self.speaker.bank["negative" if mention.polarity < 0 else "positive"]
        theme = part["neutral"]["overall"] if mention.polarity == 0 else part[mention.theme]
        product = "fibre" if self.saying.who.product == FIBRE else "tele"
        name = f"{mention.theme}{mention.polarity}{product}"
        short = theme.get("short", []) + theme.get(f"short_{product}", [])
        if brief and short:
            return f"{name}short", short
        return name, theme.get("any", []) + theme.get(product, [])

    def body(self, short: float = 0.0) -> str:
        """All the opinions: side by side, or against each other."""
        parts = [(mention.polarity, self.opinion(mention, short)) for mention in self.saying.mentions]
        if not parts:
            return ""
        sign, text = parts[0]
        for other, more in parts[1:]:
            if sign * other < 0 and not any(mark in text[:-1] for mark in ".?!"):
                joint = self.frame("contrast_posneg" if other < 0 else "contrast_negpos")
                text = text.removesuffix(".") + joint + _lower(more)
            else:
                text = f"{_stopped(text)} {more}"
            sign = other
        return text

    def survey(self) -> str:
        text = self.body(short=0.35)
        lone = self.saying.mentions[0].story == "short"
        if not lone and self.saying.mood and self.dice.chance(0.22):
            text = _joined(_stopped(text), self.frame("feel_neg" if self.sad else "feel_pos"))
        if self.dice.chance(0.5):
            text = text.removesuffix(".")
        return self._typed(text)

    def review(self) -> str:
        if self.sad:
            parts = [
                self.frame("open_review_neg", 0.5),
                self.body(),
                self.frame("feel_neg", 0.4),
                self._end(0.45),
            ]
            parts[2:2] = [self.frame("detail", 0.2), self.frame("irony", 0.15)]
        else:
            praise = self.saying.mood > 0
            parts = [self.frame("open_review_pos", 0.4 * praise), self.body(0.1)]
            parts += [self.frame("feel_pos", 0.3 * praise), self.frame("recommend", 0.35 * praise)]
        return self._typed(_joined(*map(_stopped, parts)))

    def tweet(self) -> str:
        again = self.saying.role == "again"
        body = self.body()
        tail = ""
        if self.sad:
            tail = self.frame("irony", 0.3) or self.frame("feel_neg", 0.2) or self.frame("ask", 0.25)
        elif self.saying.mood > 0:
            tail = self.frame("feel_pos", 0.3)
        text = self._typed(_joined(_stopped(body), tail), formal=False)
        handle = self.frame("handle", 0.9 if again else 0.75)
        if handle.startswith("Merci") and self.sad:
            handle = "@Filandelle"
        marks = [
            self.frame("tags", 0.25 * self.sad),
            self.frame("emoji_neg" if self.sad else "emoji_pos", 0.3),
        ]
        whole = _joined(_greeted(handle, text), *marks)
        return whole if len(whole) <= _TWEET_LENGTH else _greeted(handle, self._typed(body, formal=False))

    def request(self) -> str:
        """A ticket, a chat or what was said on the telephone."""
        channel, thanks = self.saying.channel, self.saying.role == "thanks"
        formal = channel == TICKET
        hello = self.frame({CHAT: "hello_chat", PHONE: "hello_phone"}.get(channel, "hello"), 0.75)
        text = self.body()
        if not thanks:
            extra = [self.frame("detail", 0.25), self.frame("feel_neg", 0.3)]
            extra += [self.frame("ask", {TICKET: 0.75, CHAT: 0.45}.get(channel, 0.5)), self._end(0.12)]
            text = _joined(_stopped(text), *extra)
        identity = self.frame("identity", 0.08 if channel in (TICKET, CHAT) and not thanks else 0.0)
        bye = self.frame("bye_ticket", 0.5) if formal and not thanks else ""
        if formal and hello and self.dice.chance(0.45):
            text = f"{hello}\n{self._typed(text)}"
        else:
            text = _greeted(hello, self._typed(text))
        return _joined(_stopped(text) if identity or bye else text, identity, bye)

    def mail(self) -> str:
        """Greeting, story, demand, farewell and often a name, on lines of their own."""
        if self.saying.role == "thanks":
            lines = [self.frame("hello"), self._typed(self.body()), self.frame("bye_mail", 0.6)]
        else:
            story = [
                self.frame("open_neg", 0.6),
                self.body(),
                self.frame("feel_neg", 0.55),
                self.frame("ask", 0.85),
            ]
            story += [self._end(0.3)]
            text = self._typed(_joined(*map(_stopped, story)))
            lines = [
                self.frame("hello"),
                _joined(text, self.frame("identity", 0.22)),
                self.frame("bye_mail", 0.9),
            ]
        if self.dice.chance(0.55):
            lines.append(f"{self.identity.first} {self.identity.last}")
        return "\n".join(line for line in lines if line)

    def foreign(self) -> str:
        phrases = self.speaker.bank["foreign"]
        sign = "negative" if self.sad else "positive"
        if not self.saying.mentions:
            return self._fill(self.speaker.draw(f"other{sign}", phrases["other"][sign]))
        theme = self.saying.mentions[0].theme
        return self._fill(self.speaker.draw(f"en{theme}{sign}", phrases["en"][theme][sign]["texts"]))

    def agent(self) -> str:
        """What the company answers."""
        frames, theme = self.speaker.bank["frames"], self.saying.mentions[0].theme
        phrase = self.speaker.draw(f"agent {self.saying.role}", frames["agent"][self.saying.role])
        subjects = frames["subjects"].get(theme, ["concernant votre demande"])
        return filled(phrase, self.saying, self.identity, self.dice, sujet=self.dice.pick(subjects))

    def _end(self, chance: float) -> str:
        """A threat, or for those who really leave, their leave; a warning to others in reviews."""
        left = self.saying.who.left_at
        if left and (left - local(self.saying.at).date()).days < 25 and self.dice.chance(0.6):
            return self.frame("gone")
        if self.saying.channel == REVIEW and self.dice.chance(0.5):
            return self.frame("warn", chance)
        return self.frame("threat", chance)

    def _fill(self, phrase: str) -> str:
        return filled(phrase, self.saying, self.identity, self.dice)

    def _typed(self, text: str, *, formal: bool | None = None) -> str:
        if formal is None:
            formal = self.saying.channel in (MAIL, TICKET)
        return as_typed(text, self.habit, self.dice, formal=formal)


def _lower(text: str) -> str:
    return text if text.startswith(_PROPER) else text[:1].lower() + text[1:]


def _greeted(hello: str, text: str) -> str:
    """The greeting and the text, whose capital goes where the greeting does not end a sentence."""
    if hello and hello[-1] not in ".!?":
        text = _lower(text) if hello.endswith(",") or not hello.startswith("@") else text
    return _joined(hello, text)


def _stopped(text: str) -> str:
    """The text with a full stop, where it has no end of its own."""
    return text if not text or text[-1] in ".?!,…" else f"{text}."


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
