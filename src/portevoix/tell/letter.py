"""The day's letter: findings chosen, put into words, cut to the minute, counted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from portevoix.nouns import Brief, Letter, Quote
from portevoix.tell import calm, choice, compose, quotes
from portevoix.tell.draft import Draft
from portevoix.tell.facts import Facts
from portevoix.tell.finding import PEOPLE, Finding, by_theme, count
from portevoix.tell.tongue import Tongue, capital, tongue

WORDS_PER_MINUTE = {"fr": 195, "en": 228}
"""Reading aloud at ease (IReST, 2012): the slower, safer reading."""

BUDGET = {"fr": 165, "en": 200}
"""Words that the body may take; below the promise (180 and 220), since some count an elision as two."""

FEW = 20
"""Messages under which nothing is concluded."""

_NUMBER = re.compile(r"\d[\d\u202f\u00a0.,]*\d|\d")


def write(facts: Facts) -> Letter:
    """The letter that the facts allow, in `facts.lang` (fr or en; anything else raises WrongUse).

    Two to four briefs when something is to tell; one, and `quiet`, when nothing moved or too little was read. The same
    facts give the same letter. The body (titles, texts, quotes) stays under 180 French words or 220 English ones.
    """
    speech = tongue(facts.lang)
    told: list[Finding] = []
    if facts.base.verbatims < FEW:
        drafts, quiet = [calm.few(facts, speech)], True
    elif not _readable(facts):
        drafts, quiet = [calm.unread(facts, speech)], True
    else:
        findings = choice.choose(facts)
        quiet = not findings
        told = [choice.evidence(facts, f) if f.theme else _behind(facts, f) for f in findings]
        drafts = _drafts(told, facts, speech) if told else [calm.quiet(facts, speech)]
    said = quotes.choose(told, facts, speech)
    if quiet and not told:
        said = ()
    drafts, said = _cut(drafts, said, facts.lang)
    briefs = tuple(_brief(draft) for draft in drafts)
    words = count_words(_body(briefs, said))
    until = facts.period.until
    return Letter(
        day=until - timedelta(days=1) if until else None,
        number=facts.number,
        lang=facts.lang,
        period=facts.period,
        briefs=briefs,
        quotes=said,
        words=words,
        seconds=round(60 * words / WORDS_PER_MINUTE[facts.lang]),
        quiet=quiet,
        base=_base(facts, speech, {b.subject[:-1] for b in briefs}),
    )


def _behind(facts: Facts, finding: Finding) -> Finding:
    """A score or a volume with the verbatims that it stands on, where they can be had."""
    measures = [m for m in (finding.now, finding.other) if m is not None]
    return replace(finding, ids=calm.opens(facts, measures))


def count_words(texts: Sequence[str]) -> int:
    """Words as a reader takes them: what spaces part and holds a letter or a digit; a number counts two.

    >>> count_words(["L’écart : 1\u202f234 messages, 3\u00a0%"])
    6
    """
    words = 0
    for text in texts:
        numbers = _NUMBER.findall(text)
        rest = _NUMBER.sub("0", text)
        words += sum(any(c.isalnum() for c in token) for token in rest.split()) + len(numbers)
    return words


def _body(briefs: Sequence[Brief], said: Sequence[Quote]) -> list[str]:
    return [text for brief in briefs for text in (brief.title, brief.text)] + [quote.text for quote in said]


def _readable(facts: Facts) -> bool:
    themes = any(m.name.startswith("themes.") and m.value is not None for m in facts.measures)
    return themes or choice.score(facts) is not None


def _drafts(findings: Sequence[Finding], facts: Facts, speech: Tongue) -> list[Draft]:
    used: set[str] = set()
    drafts = [compose.compose(finding, facts, speech, used) for finding in findings]
    first = next((draft for draft in drafts if draft.kind in ("rise", "cluster")), None)
    if first is not None:
        compose.act(first, facts, speech, used)
    return drafts


def _brief(draft: Draft) -> Brief:
    return Brief(
        kind=draft.kind,
        title=draft.title,
        text=" ".join(sentence for _, sentence in draft.sentences),
        measures=tuple(draft.measures),
        verbatims=draft.ids,
        subject=draft.subject,
    )


def _cut(drafts: list[Draft], said: tuple[Quote, ...], lang: str) -> tuple[list[Draft], tuple[Quote, ...]]:
    """The most dispensable sentences go first, then the second quote, then the last brief."""

    def size() -> int:
        return count_words(_body([_brief(draft) for draft in drafts], said))

    while size() > BUDGET[lang] or any(len(draft.sentences) > 4 for draft in drafts):
        long = [draft for draft in drafts if len(draft.sentences) > 4] if size() <= BUDGET[lang] else drafts
        cuts = [
            (rank, d, i)
            for d, draft in enumerate(long)
            for i, (rank, _) in enumerate(draft.sentences)
            if rank
        ]
        if cuts:
            _, d, i = max(cuts)
            del long[d].sentences[i]
        elif len(said) > 1:
            said = said[:1]
        elif len(drafts) > 2:
            drafts = drafts[:-1]
        else:
            break
    return drafts, said


def _base(facts: Facts, speech: Tongue, told: set[str]) -> Mapping[str, Any]:
    base = facts.base
    topics = _topics(facts, speech)
    earlier = max(facts.told, key=lambda each: (each.day, each.title), default=None)
    return {
        "verbatims": base.verbatims,
        "before": base.before,
        "total": base.total,
        "people": base.people,
        "labelled": base.labelled,
        "other_language": base.other_language,
        "refused": base.refused,
        "undated": base.undated,
        "sources": list(base.sources),
        "channels": list(base.channels),
        "company": facts.company,
        "topics": topics[:4],
        "also": [topic for topic in topics[4:] if topic["theme"] not in told][:3],
        "earlier": {"day": earlier.day.isoformat(), "title": earlier.title} if earlier else None,
        "text": _base_text(facts, speech),
    }


def _topics(facts: Facts, speech: Tongue) -> list[dict[str, Any]]:
    """Themes by how many messages speak of them, those that fewer than five people mention left out."""
    shares = by_theme(facts.measures, "themes.share")
    counted = [(count(m), theme) for theme, m in shares.items() if theme != "overall"]
    ranked = sorted((pair for pair in counted if pair[0] >= PEOPLE), key=lambda pair: (-pair[0], pair[1]))
    name = speech.grammar.typeset
    return [{"theme": theme, "name": capital(name(speech.name(theme))), "count": n} for n, theme in ranked]


def _base_text(facts: Facts, speech: Tongue) -> str:
    """What was read and what was left aside, in plain words."""
    base, words, period = facts.base, speech.words["base"], facts.period
    lines = []
    messages = f"{speech.grammar.digits(base.verbatims)} {speech.form('message|messages', base.verbatims)}"
    if period.since is None or period.until is None:
        lines.append(words["undated"].format(messages=messages))
    else:
        last = period.until - timedelta(days=1)
        single = period.since == last
        date = speech.grammar.on(last) if single else speech.grammar.stretch(period.since, last)
        lines.append(words["day" if single else "range"].format(messages=messages, date=date))
    if len(base.channels) > 1:
        lines.append(words["channels"].format(n=speech.count(len(base.channels))))
    for key, n in (
        ("other_language", base.other_language),
        ("refused", base.refused),
        ("no_date", base.undated),
    ):
        if n and not (key == "no_date" and period.since is None):
            lines.append(speech.form(words[key], n).format(N=speech.opening(n)))
    score = choice.score(facts)
    if score is not None and score.now.basis in ("stars", "words"):
        lines.append(words[score.now.basis])
    return str(speech.grammar.typeset(" ".join(lines)))
