"""Scores, their splits and the number of messages, put into words."""

import re
from collections.abc import Sequence

from portevoix.nouns import Measure
from portevoix.tell import places
from portevoix.tell.choice import changes
from portevoix.tell.draft import Draft, filled, title
from portevoix.tell.facts import Facts
from portevoix.tell.finding import real
from portevoix.tell.tongue import Tongue, capital


def score(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """The score and what it gained or lost; one short sentence when chance could do as much; alone, with its margin."""
    finding, say, titles = draft.finding, speech.words["say"], speech.words["titles"]
    now, change = finding.now, finding.change
    b = now.value or 0.0
    slots = line(now, speech)
    if change is None:
        key, name = "score_state", "score_stars" if now.basis == "stars" else "score_state"
        amount = ""
    else:
        a = b - (change.value or 0.0)
        slots["a"] = figure(a, now.unit, speech, mark=False)
        same = figure(a, now.unit, speech) == figure(b, now.unit, speech)
        key = "score_flat" if same else "score_real" if real(change) else "score_maybe"
        way = "up" if b > a else "down"
        name = "score_flat" if same else f"score_{'' if key == 'score_real' else 'maybe_'}{way}"
        points = abs(round(b) - round(a)) if now.unit == "points" else 0
        amount = f"{speech.opening(points)} {speech.form('point|points', points)}" if points else ""
    options = [option for option in titles[name] if amount or "{N}" not in option]
    draft.title = title(options, slots["score"], finding, facts, speech, used, N=amount)
    for i, sentence in enumerate(sentences(filled(say[key], facts, speech, draft.subject, used, **slots))):
        draft.add(sentence, 0 if i == 0 else 2)
    if now.name == "experience" and (change is None or real(change)):
        _weakest(draft, facts, speech, used)


def split(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """The two segments that differ most on the score."""
    finding, high = draft.finding, draft.finding.other
    if high is None:
        return
    low = finding.now
    ((column, first),) = low.where.items()
    slots = line(low, speech)
    slots.update(
        a=figure(low.value or 0.0, low.unit, speech),
        b=figure(high.value or 0.0, low.unit, speech),
        first=places.place(column, first, speech, group=True),
        second=places.place(column, high.where[column], speech, group=True),
        column=_by(column, (first, high.where[column]), speech),
        m=speech.grammar.digits(low.n),
        n=speech.grammar.digits(high.n),
    )
    draft.title = title(
        speech.words["titles"]["split"], speech.words["titles"]["split_name"], finding, facts, speech, used
    )
    for i, sentence in enumerate(
        sentences(filled(speech.words["say"]["split"], facts, speech, draft.subject, used, **slots))
    ):
        draft.add(sentence, 0 if i == 0 else 2)


def _by(column: str, values: Sequence[str], speech: Tongue) -> str:
    """The column's name, where the values don't speak for themselves; nothing where they do."""
    if all(re.search(r"[^\W\d_]{3}", value) for value in values):
        return ""
    return str(speech.words["where"]["by"]).format(column=speech.quoted(_readable(column)))


def line(now: Measure, speech: Tongue) -> dict[str, str]:
    """The score, what it stands on, and between what it lies."""
    entry = speech.words["scores"][now.name]
    basis = speech.words["basis"].get(now.basis or "asked", "").replace("{estimated}", entry["estimated"])
    answers = speech.form(speech.words["answers"].get(now.basis, speech.words["answers"]["asked"]), now.n)
    margin = ""
    if now.low is not None and now.high is not None:
        low, high = figure(now.low, now.unit, speech, mark=False), figure(now.high, now.unit, speech)
        margin = (
            speech.words["basis"]["margin"].format(low=low, high=high)
            if low != high.removesuffix("%")
            else ""
        )
    return {
        "Score": capital(entry["name"]),
        "score": entry["name"],
        "basis": basis,
        "answers": answers,
        "n": speech.grammar.digits(now.n),
        "b": figure(now.value or 0.0, now.unit, speech),
        "margin": margin,
    }


def figure(value: float, unit: str, speech: Tongue, mark: bool = True) -> str:
    """A score as it is printed: whole points, a whole percentage, one decimal for a mean."""
    if unit == "share":
        return str(speech.grammar.percent(value) if mark else speech.grammar.digits(100 * value))
    return str(speech.grammar.digits(value, 0 if unit == "points" else 1))


def _readable(column: str) -> str:
    """A column's name as a person would write it: no underscore, no shouting."""
    name = column.replace("_", " ").strip()
    return name.lower() if name.isupper() else name


def sentences(text: str) -> list[str]:
    """Our own text cut at its full stops."""
    parts = text.split(". ")
    return [part if part.endswith(".") else f"{part}." for part in parts]


def volume(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """More messages than usual, or fewer."""
    say, titles, change = speech.words["say"], speech.words["titles"], draft.finding.change
    ratio = (change.value if change else None) or 1.0
    n = facts.base.verbatims
    draft.title = title(
        titles["volume_up" if ratio > 1 else "volume_down"],
        titles["crowd"],
        draft.finding,
        facts,
        speech,
        used,
    )
    times = speech.grammar.multiple(ratio)
    ordinary = speech.words["usual"][facts.period.kind.capitalize()]
    slots = {"N": speech.opening(n), "e": speech.count(round(n / ratio)), "ordinary": ordinary}
    if times:
        slots["than"] = speech.grammar.than(times, speech.words["usual"][facts.period.kind])
    key = "volume_times" if times else "volume_plain"
    draft.add(filled(say[key], facts, speech, draft.subject, used, **slots))
    if not changes(facts):  # the topics stand, when none of them moved
        draft.add(filled(say["volume_same"], facts, speech, draft.subject, used), 2)


def _weakest(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """The lowest of the three questions behind the index, when all three were asked."""
    names = speech.words["scores"]["experience"]["items"]
    found = {
        name: m
        for name in names
        for m in facts.measures
        if m.name == f"experience.{name}" and not m.where and m.value is not None and m.basis == "asked"
    }
    if draft.finding.now.basis != "asked" or len(found) < len(names):
        return
    name, low = min(found.items(), key=lambda item: (item[1].value or 0.0, item[0]))
    draft.measures.append(low)
    value = figure(low.value or 0.0, low.unit, speech)
    draft.add(
        filled(
            speech.words["say"]["weakest"], facts, speech, draft.subject, used, item=names[name], value=value
        ),
        3,
    )
