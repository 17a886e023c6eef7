"""What moved or stands in a theme, put into words."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from portevoix.nouns import Measure
from portevoix.tell import expressions, gauges, places, spread, usual
from portevoix.tell.draft import READ, Draft, filled, title, when
from portevoix.tell.facts import Facts
from portevoix.tell.finding import Finding, count
from portevoix.tell.segments import echoes
from portevoix.tell.tongue import Tongue, capital, pick


def told(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """Complaints or praise that rose, or that stand: how many of how many, compared, in whose words."""
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    where, *more = _gathered(draft, facts, speech)
    slots, share = _slots(
        draft, facts, speech, bool(where) or (finding.change is not None and facts.weekday is not None)
    )
    slots["where"] = f", {where}" if where else ""
    if finding.kind == "cluster":
        draft.add(filled(say["open"], facts, speech, draft.subject, used, **slots))
        _fragments(draft, more, speech)
        more = []
    elif finding.change is not None:
        _moved(draft, facts, speech, used, slots, share)
    else:
        draft.add(filled(say[_stance(finding, used)], facts, speech, draft.subject, used, **slots))
        _weighed(draft, facts, speech, used)
    _fragments(draft, more, speech)
    _shared_words(draft, facts, speech, used)
    _rarely(draft, speech)
    if finding.score is not None:
        draft.measures.append(finding.score)
        line = gauges.line(finding.score, speech)
        draft.add(filled(say["score_line"], facts, speech, draft.subject, used, **line))
    used -= {"\x00good", "\x00bad", "\x00apart"}
    used.add("\x00good" if finding.good else "\x00bad")  # what the next brief may turn from


def _fragments(draft: Draft, more: Sequence[str], speech: Tongue) -> None:
    """Where else they gather, in a few words: "Presque tous après 20 heures."."""
    mostly, who = speech.grammar.part(0.6), speech.words["who"]
    before = draft.sentences[-1][1].lower()
    for place in more:
        part = place.rpartition(" ")[0].split(" ", 2)[:2]
        again = " ".join(part).lower() in before
        said = place.replace(mostly, who["most"], 1)
        draft.add(speech.say(f"{who['and']} {said}." if again else f"{capital(said)}."), 2)


def _rarely(draft: Draft, speech: Tongue) -> None:
    """How few of the other messages come from the place where these gather."""
    local = next((m for m in draft.measures if m.name == "gathering.rest"), None)
    here = next((m.value or 0.0 for m in draft.measures if m.name == "gathering"), 0.0)
    share = (local.value or 0.0) if local else 0.0
    if not 0.005 <= share <= here / 2:
        return
    near = speech.grammar.fraction(share, "message")
    words, many = near or (speech.words["who"]["some"].format(p=speech.grammar.percent(share)), True)
    draft.add(speech.say(speech.form(speech.words["say"]["rarely"][0], 2 if many else 1), share=words), 2)


def _stance(finding: Finding, used: set[str]) -> str:
    """Which openings suit what stands: praise after a complaint turns the page, a second complaint adds to it."""
    if finding.good:
        return "open_good" if "\x00apart" in used else "open_but" if "\x00bad" in used else "open"
    return "open_next" if "\x00bad" in used else "open"


def _weighed(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """What stands, beside the rest: its cost in points, or its rank."""
    finding, say = draft.finding, speech.words["say"]
    points = round(abs((finding.other.value if finding.other else 0.0) or 0.0))
    if points:
        amount = speech.count(points) + " " + speech.form("point|points", points)
        key = "heaviest" if finding.heaviest else "effect"
        draft.add(
            filled(say[key], facts, speech, draft.subject, used, points=amount), 1 if finding.heaviest else 2
        )
    elif finding.rank == 1:
        key = "first_praise" if finding.good else "first_pain"
        draft.add(filled(say[key], facts, speech, draft.subject, used), 4 if finding.good else 2)


def _moved(
    draft: Draft, facts: Facts, speech: Tongue, used: set[str], slots: dict[str, str], share: bool
) -> None:
    """How many said it, set against the usual: by a multiple, by a count, or by nothing at all."""
    finding, say = draft.finding, speech.words["say"]
    ratio, expected, beside_it = usual.beside(draft, facts, speech, share)
    slots.update(beside_it, kind=speech.words["kinds"]["good" if finding.good else "bad"])
    slots["Kind"] = capital(slots["kind"])
    times = speech.grammar.multiple(ratio) if ratio else None
    if times and expected > 0:
        slots["than"] = speech.grammar.than(times, slots["of"])
        fused = not slots["where"] and not share and finding.theme != "overall"
        options = (
            say["rise_fused"]
            if fused and pick("123", facts.period.until, draft.subject) != "1"
            else say["rise"]
        )
    elif expected > 1:
        options = say["against"]
    else:
        options = say["rise_new"]
    for i, sentence in enumerate(
        gauges.sentences(filled(options, facts, speech, draft.subject, used, **slots))
    ):
        draft.add(sentence, 0 if i < 2 else 3)


def fall(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """Complaints that fell: how many would have been usual, how many came."""
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    n = count(finding.now)
    key = "fall_none" if n == 0 else "fall_few" if n < 5 else "fall_count"
    name = speech.name(finding.theme)
    ratio, _, beside_it = usual.beside(draft, facts, speech, feminine=True)
    slots = {
        **beside_it,
        "n": speech.count(n, feminine=True),
        "N": speech.opening(n, feminine=True),
        "name": name,
        "Name": capital(name),
    }
    options = say[key] + (say["fall_from"] if key == "fall_count" and slots["alike"] else [])
    draft.add(filled(options, facts, speech, draft.subject, used, **slots))
    times = speech.grammar.multiple(ratio) if ratio and n >= 5 else None
    if times:
        draft.add(filled(say["times_less"], facts, speech, draft.subject, used, times=times), 2)
    _proven(draft, facts, speech, used)


def worse(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """Praise that fell: how much came, how much would have been usual."""
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    n = count(finding.now)
    forms = pick(speech.entry(finding.theme)["pos"], facts.period.until, draft.subject)
    slots = {
        **usual.beside(draft, facts, speech)[2],
        "n": speech.count(n),
        "N": speech.opening(n),
        "clause": speech.form(forms.replace("{name}", speech.name(finding.theme)), max(n, 2)),
        "When": capital(when(facts, speech)),
    }
    key = "praise_fall_few" if n < 5 else "praise_fall_count"
    draft.add(filled(say[key], facts, speech, draft.subject, used, **slots))
    _proven(draft, facts, speech, used)


def _proven(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """That chance would not have done it: said once a letter, since nothing else is told as a change."""
    if "\x00proven" not in used:
        used.add("\x00proven")
        draft.add(filled(speech.words["say"]["fall_chance"], facts, speech, draft.subject, used), 1)


def _theme_title(finding: Finding, facts: Facts, speech: Tongue, used: set[str]) -> str:
    shape = {"rise": "rise", "fall": "fall", "pain": "pain", "cluster": "rise"}.get(finding.kind, "praise")
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


def _slots(draft: Draft, facts: Facts, speech: Tongue, counted: bool) -> tuple[dict[str, str], bool]:
    """Who said what, in the shape that suits the size; and whether it is told as a share."""
    finding = draft.finding
    n, total = count(finding.now), finding.now.n
    entry = speech.entry(finding.theme)
    forms = pick(entry["neg" if finding.polarity < 0 else "pos"], facts.period.until, draft.subject)
    forms = forms.replace("{name}", speech.name(finding.theme))
    share = n / total if total else 0.0
    near = speech.grammar.fraction(share, "message")
    people = {str(row["person"]) for row in finding.rows if row.get("person")}
    who, number, tail, shared = speech.words["who"], n, "", True
    digits = {"total": speech.grammar.digits(total), "n": speech.count(n)}
    if (
        near is not None and n >= 12 and (near[1] or not counted)
    ):  # one message in four are not all in one town
        phrase, many = near
        number, tail = (2 if many else 1), who["tail"].format(**digits)
        said = (phrase, capital(phrase))
    elif total >= 2000 and share >= 0.05:
        phrase = who["percent"].format(p=speech.grammar.percent(share), **digits)
        said, number = (phrase, phrase), 2
    else:
        shared = False
        key = "people" if len(people) == n == len(finding.rows) and n > 1 else "count"
        form = speech.form(who[key], n)
        said = (form.format(**digits), form.format(**{**digits, "n": speech.opening(n)}))
    name = speech.name(finding.theme)
    return {
        "who": said[0],
        "Who": said[1],
        "clause": speech.form(forms, number),
        "tail": tail,
        "name": name,
        "Name": capital(name),
        "When": capital(when(facts, speech)),
    }, shared


def _gathered(draft: Draft, facts: Facts, speech: Tongue) -> list[str]:
    """Where and when the mentions gather: "les deux tiers par tchat", "presque tous après 20 heures"; [""] if nowhere."""
    finding = draft.finding
    columns = [column for column in finding.columns if column not in echoes(facts) and places.told(column)]
    said = []
    gathered = spread.gather(finding.rows, columns, facts.spread, facts.hours, facts.timezone)
    if finding.kind == "cluster":  # the place is the news: it comes first
        local = [column for column in columns if column.lower() in places.LOCAL]
        spot = spread.gather(finding.rows, local, facts.spread, None, facts.timezone)[:1]
        gathered = spot + [found for found in gathered if found.column == "hour"]
        draft.measures += [
            Measure(
                name="gathering.rest",
                where={g.column: g.value},
                value=(g.big - g.k) / max(1, g.total - g.m),
                n=max(1, g.total - g.m),
                unit="share",
            )
            for g in spot
        ]
    for found in gathered:
        share = found.k / found.m
        where = {**finding.now.where, found.column: found.value}
        draft.measures.append(Measure(name="gathering", where=where, value=share, n=found.m, unit="share"))
        said.append(f"{speech.grammar.part(share)} {places.place(found.column, found.value, speech)}")
    return said or [""]


def _shared_words(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    if len(finding.rows) < expressions.PEOPLE:
        return
    rows = _sample(finding.rows)
    sample = [str(row["verbatim"]) for row in rows]
    against = _sample(facts.mentions(finding.theme, -finding.polarity).to_pylist())
    texts = facts.words([*sample, *(str(row["verbatim"]) for row in against)])
    found = expressions.shared(rows, texts, speech, against, praise=finding.polarity > 0)
    if found is None or found.words in used:
        return
    used.add(found.words)
    rank = 5 if finding.good else 3
    k = len(found.verbatims)
    where: Mapping[str, str] = {**finding.now.where, "words": found.words}
    draft.measures.append(
        Measure(name="expression", where=where, value=k / len(rows), n=len(rows), unit="share")
    )  # by it an erasure finds the sentence again
    options = [each for each in say["words_count"] if k < 100 or not each.startswith("{K}")]
    if len(sample) < len(finding.ids) or k == len(finding.ids):
        draft.add(filled(say["words_some"], facts, speech, draft.subject, used, words=found.words), rank)
        return
    slots = {"k": speech.count(k), "K": speech.opening(k), "words": found.words}
    draft.add(filled(options, facts, speech, draft.subject, used, **slots), rank)


def _sample(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """At most `READ` mentions, drawn by their ids: the same ones every time, whatever their order."""
    if len(rows) <= READ:
        return list(rows)
    return sorted(rows, key=lambda row: blake2b(str(row["verbatim"]).encode(), digest_size=8).digest())[:READ]
