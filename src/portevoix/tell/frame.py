"""What stands around the briefs, the same in every form of the letter: heading, dates, topics, what to see next."""

import datetime
from typing import Any

from portevoix.nouns import Letter, Quote
from portevoix.tell.tongue import Tongue, capital, plain


def heading(letter: Letter, speech: Tongue) -> str:
    """The letter's name, the company's when it is known."""
    company, page = letter.base.get("company"), speech.words["page"]
    return str(speech.say(page["of"], company=plain(str(company))) if company else page["title"])


def dateline(letter: Letter, speech: Tongue) -> str:
    """The day, or the days, that the letter speaks of."""
    period, day = letter.period, letter.day
    if day is None or period.since is None:
        return capital(str(speech.words["page"]["undated"]))
    if period.since == day:
        return capital(str(speech.grammar.dated(day)))
    return capital(str(speech.grammar.stretch(period.since, day)))


def numberline(letter: Letter, speech: Tongue) -> str:
    """The number and what reading takes."""
    page = speech.words["page"]
    number = page["number"].format(n=letter.number)
    reading = speech.form(page["reading"], letter.seconds).format(n=letter.seconds)
    return str(speech.grammar.typeset(f"{number} · {reading}"))


def rubric(kind: str, speech: Tongue) -> str:
    """The small line above a brief: what kind of news it is."""
    return str(speech.grammar.typeset(speech.words["page"]["kind"].get(kind, "")))


def preheader(letter: Letter, speech: Tongue) -> str:
    """What a mailbox shows beside the subject: the first brief's title and what was read, 40 to 90 characters."""
    n, s = int(letter.base.get("verbatims", 0)), letter.seconds
    messages = f"{speech.grammar.digits(n)} {speech.form('message|messages', n)}"
    seconds = f"{s} {speech.form('seconde|secondes' if letter.lang == 'fr' else 'second|seconds', s)}"
    line = str(speech.words["page"]["preheader"].format(messages=messages, seconds=seconds))
    first = letter.briefs[0].title if letter.briefs else ""
    longer = f"{first}. {line}" if first and not first.endswith("?") else line
    return str(speech.grammar.typeset(longer if len(longer) <= 90 else line))


def between(quote: Quote, speech: Tongue) -> str:
    """The words as they were written, between the language's quotation marks; what is told in the letter's own stands without."""
    if not quote.exact:
        return quote.text
    words = " ".join(quote.text.split())
    return f"«\u202f{words}\u202f»" if speech.lang == "fr" else f"“{words}”"


def speaker(quote: Quote, speech: Tongue) -> str:
    """Through what somebody spoke, and whether these are their words."""
    page = speech.words["page"]
    parts = [quote.speaker or "", "" if quote.exact else str(speech.grammar.typeset(page["paraphrased"]))]
    return " · ".join(part for part in parts if part)


def withdrawn(letter: Letter, speech: Tongue) -> str:
    """What stands for the quotes whose authors asked to be forgotten; empty where nobody did."""
    n = int(letter.base.get("withdrawn") or 0)
    said = speech.form(speech.words["page"]["withdrawn"], n).format(n=speech.opening(n, feminine=True))
    return str(speech.grammar.typeset(said)) if n else ""


def topics(letter: Letter, speech: Tongue) -> list[dict[str, Any]]:
    """What customers speak of most: name, count, width of the bar in hundredths of the largest."""
    topics = letter.base.get("topics") or []
    most = max((topic["count"] for topic in topics), default=1)
    return [
        {
            "name": topic["name"],
            "count": speech.grammar.digits(topic["count"]),
            "width": max(2, round(100 * topic["count"] / most)),
        }
        for topic in topics
    ]


def bars(letter: Letter, speech: Tongue, width: int) -> list[str]:
    """The same as lines of text."""
    lines = topics(letter, speech)
    name = max(len(topic["name"]) for topic in lines)
    number = max(len(topic["count"]) for topic in lines)
    room = max(5, width - name - number - 6)
    return [
        f"  {topic['name']:<{name}}  {topic['count']:>{number}}  {'█' * max(1, room * topic['width'] // 100)}"
        for topic in lines
    ]


def also(letter: Letter, speech: Tongue) -> str:
    """The topics that come next, and the letter before."""
    also = letter.base.get("also") or []
    parts = [
        f"{topic['name'][:1].lower()}{topic['name'][1:]} ({speech.messages(topic['count'])})"
        for topic in also
    ]
    earlier = letter.base.get("earlier")
    if earlier:
        date = speech.grammar.dated(datetime.date.fromisoformat(earlier["day"]), year=False)
        parts.insert(0, speech.words["page"]["earlier"].format(title=earlier["title"], date=date))
    return f"{speech.grammar.typeset(speech.grammar.listed(parts))}." if parts else ""
