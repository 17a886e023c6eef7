"""Somebody's exact words: one or two sentences that make one want to pick up the phone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from functools import cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from portevoix.nouns import Quote
from portevoix.tell import places
from portevoix.tell.facts import Facts
from portevoix.tell.finding import Finding
from portevoix.tell.leave import quotable
from portevoix.tell.tongue import Tongue, capital, pick, tongue

LONGEST = 30
_SHORTEST = 6
_READ = 400
"""Messages read for a quote, at most, per finding."""

_ENDS = re.compile(r"(?<=[.!?…])[\"»”)]*\s+|\n+")
_BUTS = frozenset({"mais", "cependant", "sauf", "but", "however", "except"})
_DENIALS = frozenset(
    "pas plus jamais rien aucun aucune déçu déçue manque attendu not never no nothing don't didn't waited dissatisfied".split()
)
_CODE = re.compile(r"[._/\\\[\]]")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_UNFIT = re.compile(
    r"[\[\]<>{}|\\^~*#@_=]|https?:|www\.|\d{4,}|[!?]{3,}|\.{4,}|(.)\1{3,}|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
    r"|\b(?:m|mr|mrs|ms|mme|mlle|dr|monsieur|madame|mademoiselle)\b",
    re.IGNORECASE,
)


def choose(findings: Sequence[Finding], facts: Facts, speech: Tongue) -> tuple[Quote, ...]:
    """One quote of a complaint and, when the letter has good news of a theme, one of praise; none when none is fit.

    Each is a whole sentence of a redacted verbatim, `LONGEST` words at most, without a mark of redaction, an insult, a
    link, a long number, a title or a name, and not of a grave matter. Where only words without leave would be fit, what one
    of them says is told instead, in the letter's own words.
    """
    first = next((f for f in findings if f.polarity < 0 and f.kind != "fall"), None)
    second = next((f for f in findings if f.polarity > 0), None)
    quotes: list[Quote] = []
    for finding in (first, second):
        if finding is not None:
            quote = _best(finding, facts, speech, taken={q.verbatim for q in quotes})
            if quote is not None:
                quotes.append(quote)
    return tuple(quotes)


def _best(finding: Finding, facts: Facts, speech: Tongue, taken: set[str]) -> Quote | None:
    key = f"{facts.period.until}|{finding.subject}|"
    free = {str(row["verbatim"]) for row in finding.rows if quotable(row, facts)}
    rows = sorted(
        finding.rows, key=lambda row: (str(row["verbatim"]) not in free, _draw(key, str(row["verbatim"])))
    )[:_READ]
    rows = [row for row in rows if str(row["verbatim"]) not in taken]
    texts = facts.words([str(row["verbatim"]) for row in rows])
    allowed = {word.lower() for row in rows for column in finding.columns for word in _words(row.get(column))}
    allowed |= {word.lower() for word in _words(facts.company)}
    found = []
    for row in rows:
        text = texts.get(str(row["verbatim"]), "")
        for start, stop in _sentences(text, row):
            worth = _worth(text[start:stop], speech, allowed)
            if worth is not None:
                praise = finding.polarity > 0
                worth -= 2.5 * (
                    praise and not _DENIALS.isdisjoint(text[start:stop].lower().replace("’", "'").split())
                )
                worth += 2.0 * _about(start, stop, row) + float(row.get("confidence") or 0.0)
                private = str(row["verbatim"]) not in free
                found.append((private, -worth, _draw(key, str(row["verbatim"])), start, stop, row, text))
    if not found:
        return None
    private, *_, start, stop, row, text = min(found, key=lambda item: item[:4])
    if private:
        return _paraphrase(finding, row, facts, speech)
    return Quote(
        verbatim=str(row["verbatim"]),
        text=text[start:stop],
        start=start,
        stop=stop,
        whole=text[start:stop] == text.strip(),
        speaker=speaker(row, facts, speech),
    )


def _paraphrase(finding: Finding, row: Mapping[str, Any], facts: Facts, speech: Tongue) -> Quote:
    """What somebody said, as it was read, in none of their words."""
    entry = speech.entry(finding.theme)
    clause = pick(entry["neg" if finding.polarity < 0 else "pos"], str(row["verbatim"]))
    said = pick(speech.words["say"]["paraphrase"], str(row["verbatim"]))
    who = speech.form(speech.words["who"]["people"], 1).format(n=speech.count(1))
    text = speech.say(said, Who=capital(who), who=who, clause=speech.form(clause, 1))
    where = speaker(row, facts, speech)
    return Quote(verbatim=str(row["verbatim"]), text=text, start=0, stop=0, speaker=where, exact=False)


def _draw(key: str, verbatim: str) -> str:
    return blake2b((key + verbatim).encode(), digest_size=8).hexdigest()


def _words(value: object) -> list[str]:
    return _WORD.findall(str(value or ""))


def _sentences(text: str, row: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """The sentences that the mention's evidence touches, as offsets without the spaces around."""
    first, last = row.get("start"), row.get("stop")
    bounds = [0, *(m.end() for m in _ENDS.finditer(text)), len(text)]
    for begin, end in pairwise(bounds):
        piece = text[begin:end]
        start = begin + len(piece) - len(piece.lstrip())
        stop = begin + len(piece.rstrip())
        inside = first is None or last is None or (start < last and first < stop)
        if start < stop and inside:
            yield start, stop


def _worth(sentence: str, speech: Tongue, allowed: set[str]) -> float | None:
    """How much a sentence deserves to be quoted; None when it may not be."""
    words = _words(sentence)
    if (
        not _SHORTEST <= len(sentence.split()) <= LONGEST
        or len(words) > LONGEST + 8
        or _UNFIT.search(sentence)
    ):
        return None
    if not sentence.isprintable() or sum(c.isupper() for c in sentence) > 0.2 * len(sentence):
        return None
    lists = speech.words["lists"]
    lower = [word.lower() for word in words]
    if not _forbidden().isdisjoint(lower):
        return None
    for i, word in enumerate(words):
        if i and word[:1].isupper() and word.lower() not in allowed and not (word == "I" or len(word) == 1):
            return None  # a name, perhaps
    worth = 3.0 - abs(len(words) - 16) / 6
    worth += 1.2 * (not frozenset(lists["first_person"].split()).isdisjoint(lower))
    worth += 0.9 * (
        not frozenset(lists["time"].split()).isdisjoint(lower)
    )  # somebody who waits, or comes back
    worth += 0.4 * any(c.isdigit() for c in sentence) + 0.6 * sentence.endswith((".", "?"))
    worth += 0.7 * sentence[0].isupper() + 2.5 * _native(lower, speech)
    worth -= 1.5 * (lower[0] in lists["links"].split()) + 1.0 * (not _BUTS.isdisjoint(lower))
    worth -= 0.6 * (sentence.count("!") + sentence.count("..") + sentence.count("(") + sentence.count(" ."))
    return worth


def _native(words: Sequence[str], speech: Tongue) -> bool:
    """Whether a sentence is written in the letter's language, as far as its small words tell."""
    here, there = (
        sum(word in tongue(lang).words["lists"]["stop"].split() for word in words)
        for lang in (("fr", "en") if speech.lang == "fr" else ("en", "fr"))
    )
    return here > there


def _about(start: int, stop: int, row: Mapping[str, Any]) -> float:
    """The part of a sentence, 0 to 1, that the mention's evidence takes."""
    first, last = row.get("start"), row.get("stop")
    if first is None or last is None:
        return 0.0
    return float(max(0, min(last, stop) - max(first, start)) / (stop - start))


@cache
def _forbidden() -> frozenset[str]:
    """Insults, first names, grave words and those of health, of both languages: customers write in either."""
    lists = [tongue(lang).words["lists"] for lang in ("fr", "en")]
    return frozenset(
        " ".join(
            f"{each['insults']} {each['firstnames']} {each['grave']} {each['private']}" for each in lists
        ).split()
    )


def speaker(row: Mapping[str, Any], facts: Facts, speech: Tongue) -> str:
    """Through what somebody spoke, about what, when, from what is known: "Par téléphone, à propos de la télé, vendredi".

    Nothing is said of who they are: the columns tell of messages, not of people.
    """
    page, channel = speech.words["page"], str(row.get("channel") or "")
    reviewed = (
        not channel or speech.words["channels"].get(channel.lower()) == speech.words["channels"]["review"]
    )
    parts, stars = [], row.get("stars")
    if stars is not None and float(stars).is_integer():
        given = speech.form(page["stars"], int(stars)).format(n=speech.count(int(stars), feminine=True))
        parts = (
            [page["starred"].format(stars=given)]
            if reviewed
            else [places.channel(channel, speech, one=True), given]
        )
    elif channel:
        parts.append(places.channel(channel, speech, one=True))
    if row.get("product") and not _CODE.search(str(row["product"])):
        parts.append(places.product(str(row["product"]), speech))
    day = _day(row, facts)
    if day and facts.period.kind in ("day", "week"):
        parts.append(speech.grammar.weekday(day))
    elif day:
        since, until = facts.period.since, facts.period.until
        long = since is None or until is None or since.year != (until - timedelta(days=1)).year
        parts.append(page["dated"].format(date=speech.grammar.dated(day, year=long, name=False)))
    if not channel and stars is None:
        starred = any(m.basis == "stars" for m in facts.measures)
        parts.insert(0, page["reviewed" if starred else "someone"])
    return capital(str(speech.say(", ".join(parts))))


def _day(row: Mapping[str, Any], facts: Facts) -> date | None:
    """The local day of a message."""
    if row.get("said_on") is not None or row.get("said_at") is None:
        return row.get("said_on")
    local: date = row["said_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(facts.timezone)).date()
    return local
