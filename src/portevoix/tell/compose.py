"""A finding put into words: a title and a few sentences, each with the measures that its figures come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from portevoix.nouns import Measure
from portevoix.tell import expressions, spread
from portevoix.tell.choice import Finding, count, real
from portevoix.tell.facts import Facts
from portevoix.tell.tongue import Tongue, capital, pick, plain

_READ = 1500
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


def compose(finding: Finding, facts: Facts, speech: Tongue, used: set[str]) -> Draft:
    """The draft of one finding. `used`: wordings that this letter has already, and those it adds."""
    draft = Draft(
        finding=finding,
        kind=finding.kind,
        title="",
        subject=finding.subject,
        measures=[finding.now],
        ids=finding.ids,
    )
    for extra in (finding.change, finding.other):
        if extra is not None:
            draft.measures.append(extra)
    writer = {"score": _score, "split": _split, "fall": _fall, "worse": _worse}.get(finding.kind, _told)
    writer(draft, facts, speech, used)
    again = _again(finding, facts, speech)
    if again:
        draft.sentences.insert(0, (2, again))
    return draft


def _choose(options: Sequence[str], facts: Facts, key: str, used: set[str]) -> str:
    choice = pick(options, facts.period.until, facts.number, key, avoid=frozenset(used))
    used.add(choice)
    return choice


def title(
    options: Sequence[str], facts: Facts, speech: Tongue, subject: str, used: set[str], **slots: str
) -> str:
    """A title that no letter of the last two weeks had, as long as one is left."""
    recent = {told.title for told in facts.told}
    ready = [speech.say(option, **slots) for option in options]
    return _choose(
        [option for option in ready if option not in recent] or ready, facts, f"title {subject}", used
    )


def _theme_title(finding: Finding, facts: Facts, speech: Tongue, used: set[str]) -> str:
    shape = {"rise": "rise", "fall": "fall", "pain": "pain"}.get(finding.kind, "praise")
    if finding.kind == "worse":
        return title(speech.words["titles"]["praise_fall"], facts, speech, finding.subject, used)
    if finding.polarity < 0 and _grave(finding, facts, speech):
        plain_title = speech.words["titles"][f"grave_{shape}"]
        return capital(speech.say(plain_title, name=speech.name(finding.theme)))
    return title(speech.entry(finding.theme)[shape], facts, speech, finding.subject, used)


def _grave(finding: Finding, facts: Facts, speech: Tongue) -> bool:
    """Whether death, illness, danger, violence or ruin stand in several of the messages: then nothing plays."""
    texts = facts.words(finding.ids[:_READ])
    grave = frozenset(speech.words["lists"]["grave"].split())
    held = sum(
        not grave.isdisjoint(text.lower().replace("'", " ").replace("’", " ").split())
        for text in texts.values()
    )
    return held >= 2 and held >= 0.1 * max(1, len(texts))


def _again(finding: Finding, facts: Facts, speech: Tongue) -> str:
    """As in "Troisième jour de suite." when the letters just before told the same thing the same way."""
    step = {"day": 1, "week": 7}.get(facts.period.kind)
    if step is None or facts.period.until is None or finding.kind not in ("rise", "fall", "better", "worse"):
        return ""
    day, run = facts.period.until - timedelta(days=1), 1
    told = {(t.day, t.subject, t.kind) for t in facts.told}
    while (day - timedelta(days=step * run), finding.subject, finding.kind) in told:
        run += 1
    if run < 2:
        return ""
    name = speech.words["step"][facts.period.kind]
    rank = capital(speech.grammar.rank(run, name))
    return speech.say(pick(speech.words["say"]["again"], finding.subject), Rank=rank, step=name)


def _when(facts: Facts, speech: Tongue) -> str:
    if facts.period.kind == "day" and facts.period.since:
        return str(speech.grammar.weekday(facts.period.since))
    return str(speech.words["when"].get(facts.period.kind, speech.words["when"]["all"]))


def volume(draft: Draft) -> int:
    """How many messages a finding stands on: those that it lists, else what the share says."""
    finding = draft.finding
    n = len(finding.ids) or count(finding.now)
    if n != count(finding.now):
        where = dict(finding.now.where)
        draft.measures.append(Measure(name="mentions", where=where, value=float(n), n=n, unit="count"))
    return n


def _told(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    _opening(draft, facts, speech, used)
    if finding.change is not None:
        _compared(draft, facts, speech, used)
        draft.add(
            _filled(say["chance"], facts, speech, draft.subject, used), 1 if finding.kind == "rise" else 3
        )
    elif finding.kind == "pain":
        key = "first_pain" if finding.rank == 1 else "next_pain"
        draft.add(_filled(say[key], facts, speech, draft.subject, used), 1)
        points = round(abs((finding.other.value if finding.other else 0.0) or 0.0))
        if points:
            name = speech.count(points) + " " + speech.form("point|points", points)
            draft.add(_filled(say["effect"], facts, speech, draft.subject, used, points=name), 2)
    elif finding.kind == "praise" and finding.rank == 1:
        draft.add(_filled(say["first_praise"], facts, speech, draft.subject, used), 2)
    _shared_words(draft, facts, speech, used)


def act(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """What somebody could do before noon: at most one a letter, so the letter decides where."""
    todo = speech.entry(draft.finding.theme)["act"]
    draft.add(_filled(speech.words["say"]["act"], facts, speech, draft.subject, used, act=todo), 4)


def _filled(
    options: Sequence[str], facts: Facts, speech: Tongue, key: str, used: set[str], **slots: str
) -> str:
    """One of the wordings, filled; those that this letter has used come last."""
    return speech.say(_choose(options, facts, f"{options[0]} {key}", used), **slots)


def _opening(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    """How many of how many said it, in the shape that suits the size."""
    finding, say = draft.finding, speech.words["say"]
    n, total = volume(draft), finding.now.n
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
        "When": capital(_when(facts, speech)),
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
    draft.add(_filled(options, facts, speech, draft.subject, used, **slots))


def _where(draft: Draft, facts: Facts, speech: Tongue) -> str:
    """Where the mentions gather, as the end of a sentence: ", les deux tiers par tchat"."""
    finding = draft.finding
    found = spread.gather(finding.rows, finding.columns, facts.spread, facts.hours, facts.timezone)
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


def _usual(facts: Facts, speech: Tongue) -> tuple[str, str]:
    usual = speech.words["usual"]
    return usual[facts.period.kind], usual[facts.period.kind.capitalize()]


def _compared(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    old, expected = before(finding), _expected(finding)
    usual, ordinary = _usual(facts, speech)
    times = speech.grammar.times_more((finding.now.value or 0.0) / old) if old > 0 else None
    if finding.change is None or expected == 0:
        if old == 0:
            draft.add(_filled(say["none_before"], facts, speech, draft.subject, used))
    elif times:
        draft.add(_filled(say["times_more"], facts, speech, draft.subject, used, times=times, usual=usual))
    else:
        slots = {"e": speech.count(expected, feminine=False), "Usual": ordinary}
        draft.add(_filled(say["expected"], facts, speech, draft.subject, used, **slots))


def _fall(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    n = volume(draft)
    key = "fall_none" if n == 0 else "fall_few" if n < 5 else "fall_count"
    slots = {
        "e": speech.count(_expected(finding), feminine=True),
        "n": speech.count(n, feminine=True),
        "name": speech.name(finding.theme),
    }
    draft.add(_filled(say[key], facts, speech, draft.subject, used, **slots))
    times = speech.grammar.times_less((finding.now.value or 0.0) / before(finding)) if n >= 5 else None
    if times:
        usual = _usual(facts, speech)[0]
        draft.add(_filled(say["times_less"], facts, speech, draft.subject, used, times=times, usual=usual), 2)
    draft.add(_filled(say["fall_chance"], facts, speech, draft.subject, used), 1)


def _worse(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    draft.title = _theme_title(finding, facts, speech, used)
    n = volume(draft)
    forms = pick(speech.entry(finding.theme)["pos"], facts.period.until, draft.subject)
    slots = {
        "n": speech.count(n),
        "e": speech.count(_expected(finding)),
        "clause": speech.form(forms.replace("{name}", speech.name(finding.theme)), max(n, 2)),
        "When": capital(_when(facts, speech)),
    }
    draft.add(
        _filled(
            say["praise_fall_few" if n < 5 else "praise_fall_count"],
            facts,
            speech,
            draft.subject,
            used,
            **slots,
        )
    )
    draft.add(_filled(say["fall_chance"], facts, speech, draft.subject, used), 1)


def _shared_words(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say = draft.finding, speech.words["say"]
    sample = finding.ids[:_READ]
    kept = set(sample)
    rows = [row for row in finding.rows if str(row["verbatim"]) in kept]
    found = expressions.shared(rows, facts.words(sample), speech) if len(rows) >= expressions.PEOPLE else None
    if found is None or found.words in used:
        return
    used.add(found.words)
    k = len(found.verbatims)
    if len(sample) < len(finding.ids) or k == len(finding.ids):
        draft.add(_filled(say["words_some"], facts, speech, draft.subject, used, words=found.words), 3)
        return
    where: Mapping[str, str] = {**finding.now.where, "words": found.words}
    draft.measures.append(
        Measure(name="expression", where=where, value=k / len(rows), n=len(rows), unit="share")
    )
    slots = {"k": speech.count(k), "K": speech.opening(k), "words": found.words}
    draft.add(_filled(say["words_count"], facts, speech, draft.subject, used, **slots), 3)


def figure(value: float, unit: str, speech: Tongue, mark: bool = True) -> str:
    """A score as it is printed: whole points, a whole percentage, one decimal for a mean."""
    if unit == "share":
        return str(speech.grammar.percent(value) if mark else speech.grammar.digits(100 * value))
    return str(speech.grammar.digits(value, 0 if unit == "points" else 1))


def _score(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, say, titles = draft.finding, speech.words["say"], speech.words["titles"]
    now, change = finding.now, finding.change
    b = now.value or 0.0
    slots = _score_slots(now, speech)
    if change is None:
        key = "score_state" if now.low is not None and now.high is not None else "score_state_bare"
        draft.title = title(
            titles["score_stars" if now.basis == "stars" else "score_state"],
            facts,
            speech,
            draft.subject,
            used,
        )
    else:
        a = b - (change.value or 0.0)
        slots["a"] = figure(a, now.unit, speech, mark=False)
        same = figure(a, now.unit, speech) == figure(b, now.unit, speech)
        key = "score_flat" if same else "score_real" if real(change) else "score_maybe"
        way = "up" if b > a else "down"
        name = "score_flat" if same else f"score_{'' if key == 'score_real' else 'maybe_'}{way}"
        points = abs(round(b) - round(a)) if now.unit == "points" else 0
        amount = f"{speech.opening(points)} {speech.form('point|points', points)}"
        options = [option for option in titles[name] if points or "{N}" not in option]
        draft.title = title(options, facts, speech, draft.subject, used, N=amount)
    for i, sentence in enumerate(_sentences(_filled(say[key], facts, speech, draft.subject, used, **slots))):
        draft.add(sentence, 0 if i == 0 or key == "score_maybe" else 2)


def _score_slots(now: Measure, speech: Tongue) -> dict[str, str]:
    entry = speech.words["scores"][now.name]
    basis = speech.words["basis"].get(now.basis or "asked", "").replace("{estimated}", entry["estimated"])
    answers = speech.form(speech.words["answers"][now.basis or "asked"], now.n)
    slots = {"Score": capital(entry["name"]), "score": entry["name"], "basis": basis, "answers": answers}
    slots.update(n=speech.grammar.digits(now.n), b=figure(now.value or 0.0, now.unit, speech))
    if now.low is not None and now.high is not None:
        slots.update(
            low=figure(now.low, now.unit, speech, mark=False), high=figure(now.high, now.unit, speech)
        )
    return slots


def _split(draft: Draft, facts: Facts, speech: Tongue, used: set[str]) -> None:
    finding, high = draft.finding, draft.finding.other
    if high is None:
        return
    low = finding.now
    ((column, first),) = low.where.items()
    slots = _score_slots(low, speech)
    slots.update(
        a=figure(low.value or 0.0, low.unit, speech, mark=False),
        b=figure(high.value or 0.0, low.unit, speech),
        first=speech.quoted(first),
        second=speech.quoted(high.where[column]),
        column=speech.words["columns"].get(column) or speech.quoted(column),
        m=speech.grammar.digits(low.n),
        n=speech.grammar.digits(high.n),
    )
    draft.title = title(speech.words["titles"]["split"], facts, speech, draft.subject, used)
    for i, sentence in enumerate(
        _sentences(_filled(speech.words["say"]["split"], facts, speech, draft.subject, used, **slots))
    ):
        draft.add(sentence, 0 if i == 0 else 2)


def _sentences(text: str) -> list[str]:
    """Our own text cut at its full stops."""
    parts = text.split(". ")
    return [part if part.endswith(".") else f"{part}." for part in parts]
