"""A brief in the making, and how its wordings are picked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portevoix.nouns import Measure
from portevoix.tell.choice import Finding
from portevoix.tell.facts import Facts
from portevoix.tell.tongue import Tongue, pick

READ = 1500
"""Messages read for shared words, at most, per finding."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A brief before it is cut to the minute: sentences by how dispensable they are (0: never cut)."""

    finding: Finding
    kind: str
    title: str
    subject: str
    sentences: list[tuple[int, str]] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    ids: tuple[str, ...] = ()

    def add(self, sentence: str, dispensable: int = 0) -> None:
        """One more sentence at the end."""
        self.sentences.append((dispensable, sentence))


def worded(options: Sequence[str], facts: Facts, key: str, used: set[str]) -> str:
    """One wording of several, the same for the same letter; `used` are those that the letter has already."""
    choice = pick(options, facts.period.until, facts.number, key, avoid=frozenset(used))
    used.add(choice)
    return choice


def title(
    options: Sequence[str], facts: Facts, speech: Tongue, subject: str, used: set[str], **slots: str
) -> str:
    """A title that no letter of the last two weeks had, as long as one is left."""
    recent = {told.title for told in facts.told}
    ready = [speech.say(option, **slots) for option in options]
    return worded(
        [option for option in ready if option not in recent] or ready, facts, f"title {subject}", used
    )


def filled(
    options: Sequence[str], facts: Facts, speech: Tongue, key: str, used: set[str], **slots: str
) -> str:
    """One of the wordings, filled; those that this letter has used come last."""
    return speech.say(worded(options, facts, f"{options[0]} {key}", used), **slots)


def when(facts: Facts, speech: Tongue) -> str:
    """The period inside a sentence: "vendredi", "cette semaine"."""
    if facts.period.kind == "day" and facts.period.since:
        return str(speech.grammar.weekday(facts.period.since))
    return str(speech.words["when"].get(facts.period.kind, speech.words["when"]["all"]))


def usual(facts: Facts, speech: Tongue) -> tuple[str, str]:
    """What the period is compared with, after a comparison and at a sentence's head."""
    usual = speech.words["usual"]
    return usual[facts.period.kind], usual[facts.period.kind.capitalize()]
