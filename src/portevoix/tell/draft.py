"""A brief in the making, and how its wordings are picked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from portevoix.nouns import Measure
from portevoix.tell.facts import Facts
from portevoix.tell.finding import Finding
from portevoix.tell.tongue import Tongue, capital, pick

LONGEST_RUN = 14
"""Letters of two weeks are remembered: a longer run is known to be longer, not how long."""

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
    options: Sequence[str],
    about: str,
    finding: Finding,
    facts: Facts,
    speech: Tongue,
    used: set[str],
    **slots: str,
) -> str:
    """A title that no letter of the last two weeks had; when all were used, a plain one that counts the days or is dated.

    `about` is what the plain one speaks of.
    """
    recent = {told.title for told in facts.told}
    ready = [speech.say(option, **slots) for option in options]
    fresh = [option for option in ready if option not in recent]
    until, plain = facts.period.until, speech.words["titles"]
    if fresh or until is None:
        return worded(fresh or ready, facts, f"title {finding.subject}", used)
    days, step = run(finding, facts), speech.words["step"].get(facts.period.kind, "")
    if 3 <= days <= LONGEST_RUN:
        return speech.say(plain["run"], Name=capital(about), rank=speech.grammar.rank(days, step), step=step)
    date = speech.grammar.dated(until - timedelta(days=1), year=False, name=False)
    return speech.say(plain["dated"], Name=capital(about), date=date)


def run(finding: Finding, facts: Facts) -> int:
    """How many letters in a row, with this one, tell the same thing the same way; 1 when the one before did not."""
    step = {"day": 1, "week": 7}.get(facts.period.kind)
    if step is None or facts.period.until is None:
        return 1
    day, length = facts.period.until - timedelta(days=1), 1
    told = {(t.day, t.subject, t.kind) for t in facts.told}
    while (day - timedelta(days=step * length), finding.subject, finding.kind) in told:
        length += 1
    return length


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
