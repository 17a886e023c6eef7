"""What moved or stands in a theme, put into words."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from portevoix.nouns import Measure
from portevoix.tell import expressions, spread
from portevoix.tell.choice import Finding, count, echoes
from portevoix.tell.draft import READ, Draft, filled, title, usual, when
from portevoix.tell.facts import Facts
from portevoix.tell.tongue import Tongue, capital, pick, plain


def told(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """Complaints or praise that rose, or that stand: how many of how many, compared, in whose words."""
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    _opening(draft, facts, speech, used)
    if finding.change is not None:
        _compared(draft, facts, speech, used)
    elif finding.kind == "pain":
        key = "heaviest" if finding.heaviest else "first_pain" if finding.rank == 1 else "next_pain"
        draft.add(filled(say[key], facts, speech, draft.subject, used), 1)
        points = round(abs((finding.other.value if finding.other else 0.0) or 0.0))
        if points:
            amount = speech.count(points) + " " + speech.form("point|points", points)
            draft.add(filled(say["effect"], facts, speech, draft.subject, used, points=amount), 2)
    elif finding.kind == "praise" and finding.rank == 1:
        draft.add(filled(say["first_praise"], facts, speech, draft.subject, used), 4)
    _shared_words(draft, facts, speech, used)


def fall(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """Complaints that fell: how many were to be expected, how many came."""
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    n = count(finding.now)
    key = "fall_none" if n == 0 else "fall_few" if n < 5 else "fall_count"
    slots = {
        "e": speech.count(_expected(finding), feminine=True),
        "n": speech.count(n, feminine=True),
        "name": speech.name(finding.theme),
    }
    draft.add(filled(say[key], facts, speech, draft.subject, used, **slots))
    times = speech.grammar.times_less((finding.now.value or 0.0) / before(finding)) if n >= 5 else None
    if times:
        habit = usual(facts, speech)[0]
        draft.add(filled(say["times_less"], facts, speech, draft.subject, used, times=times, usual=habit), 2)
    draft.add(filled(say["fall_chance"], facts, speech, draft.subject, used), 1)


def worse(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """Praise that fell: how much came, how much was to be expected."""
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    n = count(finding.now)
    forms = pick(speech.entry(finding.theme)["pos"], facts.period.until, draft.subject)
    slots = {
        "n": speech.count(n),
        "e": speech.count(_expected(finding)),
        "clause": speech.form(forms.replace("{name}", speech.name(finding.theme)), max(n, 2)),
        "When": capital(when(facts, speech)),
    }
    draft.add(
        filled(
            say["praise_fall_few" if n < 5 else "praise_fall_count"],
            facts,
            speech,
            draft.subject,
            used,
            **slots,
        )
    )
    draft.add(filled(say["fall_chance"], facts, speech, draft.subject, used), 1)


def _theme_title(finding: Finding, facts: Facts, speech: Tongue, used: set[str]) -> str:
    shape = {"rise": "rise", "fall": "fall", "pain": "pain"}.get(finding.kind, "praise")
    name, plain_titles = speech.name(finding.theme), speech.words["titles"]
    options = speech.entry(finding.theme)[shape]
    if finding.kind == "worse":
        options = plain_titles["praise_fall"]
    elif finding.polarity < 0 and _grave(finding, facts, speech):
        options = [plain_titles[f"grave_{shape}"]]
    return title(options, name, finding, facts, speech, used, name=name)


def _grave(finding: Finding, facts: Facts, speech: Tongue) -> bool:
    """Whether death, illness, danger, violence or ruin stand in several of the messages: then nothing plays."""
    texts = facts.words(finding.ids[:READ])
    grave = frozenset(speech.words["lists"]["grave"].split())
    held = sum(
        not grave.isdisjoint(text.lower().replace("'", " ").replace("’", " ").split())
        for text in texts.values()
    )
    return held >= 2 and held >= 0.1 * max(1, len(texts))


def _opening(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """How many of how many said it, in the shape that suits the size."""
    finding, say = draft.finding, speech.words["say"]
    n, total = count(finding.now), finding.now.n
    entry = speech.entry(finding.theme)
    forms = pick(entry["neg" if finding.polarity < 0 else "pos"], facts.period.until, draft.subject)
    forms = forms.replace("{name}", speech.name(finding.theme))
    share = n / total if total else 0.0
    near = speech.grammar.fraction(share, "message")
    people = {str(row["person"]) for row in finding.rows if row.get("person")}
    slots = {
        "n": speech.count(n),
        "N": speech.opening(n),
        "total": speech.grammar.digits(total),
        "clause": speech.form(forms, n),
        "where": _where(draft, facts, speech),
        "When": capital(when(facts, speech)),
    }
    timed = "" if facts.period.kind == "all" else "_when"
    if near is not None and n >= 12:
        phrase, many = near
        slots.update(F=capital(phrase), clause=speech.form(forms, 2 if many else 1))
        options = say["fraction"]
    elif total >= 2000 and share >= 0.05:
        slots.update(p=speech.grammar.percent(share), clause=speech.form(forms, 2))
        options = say["percent"]
    elif len(people) == n == len(finding.rows) and n > 1:
        options = say[f"people{timed}"]
    else:
        options = say[f"count{timed}"]
    if n > 99:
        options = [option for option in options if not option.startswith("{N}")]
    draft.add(filled(options, facts, speech, draft.subject, used, **slots))


def _where(draft: Draft, facts: Facts, speech: Tongue) -> str:
    """Where the mentions gather, as the end of a sentence: ", les deux tiers par tchat"."""
    finding = draft.finding
    columns = [column for column in finding.columns if column not in echoes(facts)]
    found = spread.gather(finding.rows, columns, facts.spread, facts.hours, facts.timezone)
    if found is None:
        return ""
    draft.measures.append(
        Measure(
            name="gathering",
            where={**finding.now.where, found.column: found.value},
            value=found.k / found.m,
            n=found.m,
            unit="share",
        )
    )
    where = speech.words["where"]
    if found.column == "hour":
        side, hour = found.value.split()
        place = where[side].format(hour=hour)
    elif found.column == "channel" and found.value.lower() in speech.words["channels"]:
        place = speech.words["channels"][found.value.lower()]
    else:
        value = plain(found.value)
        kind = found.column if found.column in where else "other"
        if found.column.lower() in ("city", "town", "ville", "commune"):
            kind = "place"
        place = where[kind].format(value=value)
    return f", {speech.grammar.part(found.k / found.m)} {place}"


def before(finding: Finding) -> float:
    """The share in the stretch before: what it is now less what it gained."""
    return max(0.0, (finding.now.value or 0.0) - ((finding.change.value if finding.change else 0.0) or 0.0))


def _expected(finding: Finding) -> int:
    return round(before(finding) * finding.now.n)


def _compared(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    old, expected = before(finding), _expected(finding)
    habit, ordinary = usual(facts, speech)
    times = speech.grammar.times_more((finding.now.value or 0.0) / old) if old > 0 else None
    if finding.change is None or expected == 0:
        if old == 0:
            draft.add(filled(say["none_before"], facts, speech, draft.subject, used))
    elif times:
        draft.add(filled(say["times_more"], facts, speech, draft.subject, used, times=times, usual=habit))
    else:
        slots = {"e": speech.count(expected, feminine=False), "Usual": ordinary}
        draft.add(filled(say["expected"], facts, speech, draft.subject, used, **slots))


def _shared_words(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    if len(finding.rows) < expressions.PEOPLE:
        return
    rows = _sample(finding.rows)
    sample = [str(row["verbatim"]) for row in rows]
    against = _sample(facts.mentions(finding.theme, -finding.polarity).to_pylist())
    texts = facts.words([*sample, *(str(row["verbatim"]) for row in against)])
    found = expressions.shared(rows, texts, speech, against)
    if found is None or found.words in used:
        return
    used.add(found.words)
    rank = 5 if finding.good else 3
    k = len(found.verbatims)
    options = [each for each in say["words_count"] if k < 100 or not each.startswith("{K}")]
    if len(sample) < len(finding.ids) or k == len(finding.ids):
        draft.add(filled(say["words_some"], facts, speech, draft.subject, used, words=found.words), rank)
        return
    where: Mapping[str, str] = {**finding.now.where, "words": found.words}
    draft.measures.append(
        Measure(name="expression", where=where, value=k / len(rows), n=len(rows), unit="share")
    )
    slots = {"k": speech.count(k), "K": speech.opening(k), "words": found.words}
    draft.add(filled(options, facts, speech, draft.subject, used, **slots), rank)


def _sample(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """At most `READ` mentions, drawn by their ids: the same ones every time, whatever their order."""
    if len(rows) <= READ:
        return list(rows)
    return sorted(rows, key=lambda row: blake2b(str(row["verbatim"]).encode(), digest_size=8).digest())[:READ]
