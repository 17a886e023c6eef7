"""When there is little to tell: a quiet day, a handful of messages, words that could not be read."""

from collections.abc import Sequence

from portevoix.nouns import Measure
from portevoix.tell import choice
from portevoix.tell.draft import Draft, title
from portevoix.tell.facts import Facts
from portevoix.tell.finding import Finding, count
from portevoix.tell.tongue import Tongue, pick
from portevoix.tell.usual import even


def few(facts: Facts, speech: Tongue) -> Draft:
    """Too little was read: said so, nothing more."""
    n, say, titles = facts.base.verbatims, speech.words["say"], speech.words["titles"]
    name = "few" if n else "silent"
    options = [speech.say(pick(say[name], facts.period.until, facts.number), messages=speech.messages(n))]
    if n:
        options.append(speech.say(pick(say["few_more"], facts.period.until, facts.number)))
    draft = _plain_draft("few", _titled(titles[name], "few_name", "few", facts, speech), options)
    draft.measures.append(_read(facts))
    draft.ids = _opened(facts, draft) or _all_behind(facts)
    return draft


def unread(facts: Facts, speech: Tongue) -> Draft:
    """Much was received, but no theme and no score could be read in it."""
    say, titles, n = speech.words["say"], speech.words["titles"], facts.base.verbatims
    foreign = facts.base.other_language >= 0.8 * n
    text = speech.say(pick(say["unread_language" if foreign else "unread"], n), messages=speech.messages(n))
    draft = _plain_draft("few", _titled(titles["unread"], "few_name", "few", facts, speech), [text])
    draft.measures.append(_read(facts))
    draft.ids = _opened(facts, draft)
    return draft


def quiet(facts: Facts, speech: Tongue) -> Draft:
    """Nothing moved: how much was read, what weighs as ever, and good evening."""
    say, n = speech.words["say"], facts.base.verbatims
    draft = _plain_draft(
        "quiet", _titled(speech.words["titles"]["quiet"], "calm", "quiet", facts, speech), []
    )
    draft.measures.append(_read(facts))
    ratio = even(facts)
    key = "plain" if ratio is None else "same" if 0.75 <= ratio <= 1.33 else "more" if ratio > 1 else "less"
    draft.add(speech.say(pick(say[f"quiet_{key}"], n), N=speech.opening(n)))
    ids: list[str] = []
    for polarity, word in ((-1, "pain"), (1, "praise")):
        top = next(iter(choice.standing(facts, polarity)), None)
        if top is not None:
            top = choice.evidence(facts, top)
            draft.measures.append(top.now)
            ids += [each for each in top.ids if each not in set(ids)]
            template = pick(say[f"quiet_{word}"], facts.period.until, facts.number)
            draft.add(speech.say(template, name=speech.name(top.theme), n=speech.count(count(top.now))))
    draft.ids = _opened(facts, draft) or tuple(ids)
    draft.add(pick(say[f"bye_{facts.period.kind}"], facts.period.until, facts.number))
    draft.sentences = [(rank, speech.grammar.typeset(sentence)) for rank, sentence in draft.sentences]
    return draft


def _nothing(kind: str) -> Finding:
    return Finding(kind=kind, subject=kind, now=Measure(name="verbatims", value=None, n=0, unit="count"))


def _titled(options: Sequence[str], name: str, kind: str, facts: Facts, speech: Tongue) -> str:
    return title(options, speech.words["titles"][name], _nothing(kind), facts, speech, set())


def _plain_draft(kind: str, heading: str, sentences: Sequence[str]) -> Draft:
    said = [(0, each) for each in sentences]
    return Draft(finding=_nothing(kind), kind=kind, title=heading, subject=kind, sentences=said)


def _read(facts: Facts) -> Measure:
    n = facts.base.verbatims
    since, until = facts.period.since, facts.period.until
    return Measure(name="verbatims", value=float(n), n=n, since=since, until=until, unit="count")


def _all_behind(facts: Facts) -> tuple[str, ...]:
    """Every verbatim in which a theme was read: so few that they are better opened than counted."""
    themes = sorted({m.where["theme"] for m in facts.measures if "theme" in m.where})
    tables = [facts.mentions(theme, polarity) for theme in themes for polarity in (-1, 0, 1)]
    return tuple(sorted({str(each) for table in tables for each in table["verbatim"].to_pylist()}))


def _opened(facts: Facts, draft: Draft) -> tuple[str, ...]:
    """All that was read, where it can be had."""
    return opens(facts, [m for m in draft.measures if m.name == "verbatims"])


def opens(facts: Facts, measures: Sequence[Measure]) -> tuple[str, ...]:
    """The verbatims that measures stand on, each once, where they can be had."""
    return tuple(dict.fromkeys(each for m in measures for each in (facts.behind(m) if facts.behind else ())))
