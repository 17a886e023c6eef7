"""One letter, four ways to read it: text for a terminal, HTML for mail, JSON for programs, and the messages behind it."""

import json as _json
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from portevoix.nouns import Brief, Letter, Quote
from portevoix.tell import frame
from portevoix.tell.tongue import Tongue, tongue

SHOWN = 200
"""Messages listed behind one brief, at most; the letter's JSON holds all their identifiers."""

LIGHT = {
    "desk": "#f1eee7",
    "paper": "#fffdf8",
    "ink": "#22201c",
    "soft": "#5f594f",
    "accent": "#a4321f",
    "good": "#2d6a43",
    "rule": "#ded7c9",
    "card": "#f7f2e7",
    "bar": "#b8543f",
    "track": "#ece5d7",
    "link": "#7d2a1b",
}
DARK = {
    "desk": "#14130f",
    "paper": "#1d1b17",
    "ink": "#ece7dc",
    "soft": "#b5ac9c",
    "accent": "#f0917c",
    "good": "#8ecba3",
    "rule": "#3b372f",
    "card": "#292620",
    "bar": "#d9745e",
    "track": "#35312a",
    "link": "#f3b3a3",
}
_FONTS = {
    "serif": "font-family:Georgia,'Times New Roman',Times,serif;",
    "sans": "font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;",
}
_UNSEEN = {
    code: None
    for span in (
        (0x00, 0x09),
        (0x0B, 0x20),
        (0x7F, 0xA0),
        (0x200B, 0x2010),
        (0x202A, 0x202F),
        (0x2060, 0x2070),
    )
    for code in range(*span)
}
"""Control and direction marks: a hostile one could turn the words around it."""
_GOOD = frozenset({"fall", "better", "praise"})


def as_dict(letter: Letter) -> dict[str, Any]:
    """The letter as `letter --json` prints it: day, number, lang, period, words, seconds, quiet, briefs, quotes, base.

    `quotes` are exact words; what the letter tells in its own words is `base.retold`.
    """
    period = letter.period
    retold = [_said(quote) for quote in letter.quotes if not quote.exact]
    return {
        "day": letter.day and letter.day.isoformat(),
        "number": letter.number,
        "lang": letter.lang,
        "period": {
            "kind": period.kind,
            "since": period.since and period.since.isoformat(),
            "until": period.until and period.until.isoformat(),
        },
        "words": letter.words,
        "seconds": letter.seconds,
        "quiet": letter.quiet,
        "briefs": [
            {
                "kind": brief.kind,
                "title": brief.title,
                "text": brief.text,
                "measures": [measure.as_dict() for measure in brief.measures],
                "verbatims": list(brief.verbatims),
            }
            for brief in letter.briefs
        ],
        "quotes": [_said(quote) for quote in letter.quotes if quote.exact],
        "base": {**letter.base, **({"retold": retold} if retold else {})},
    }


def _said(quote: Quote) -> dict[str, Any]:
    return {"verbatim": quote.verbatim, "text": quote.text}


def json(letter: Letter) -> str:
    """The same as a string: UTF-8 kept, two spaces of indent, the same bytes for the same letter."""
    return _json.dumps(as_dict(letter), ensure_ascii=False, indent=2)


def text(letter: Letter, width: int = 72) -> str:
    """The letter for a terminal or a plain mail: `width` columns (40 at least), no colour, a line end at the end."""
    speech, width = tongue(letter.lang), max(40, width)
    page = speech.words["page"]
    lines = [
        frame.heading(letter, speech).upper(),
        frame.dateline(letter, speech),
        frame.numberline(letter, speech),
        "═" * width,
        "",
    ]
    for brief in letter.briefs:
        lines += [f"{frame.rubric(brief.kind, speech).upper()}", *_wrapped(brief.title, width), ""]
        lines += [*_wrapped(brief.text, width, "  "), ""]
    gone = frame.withdrawn(letter, speech)
    if letter.quotes or gone:
        lines += ["─" * width, "", speech.grammar.typeset(page["quotes"]), ""]
        for quote in letter.quotes:
            lines += [
                *_wrapped(frame.between(quote, speech), width, "  │ "),
                f"  └ {frame.speaker(quote, speech)}".rstrip(),
                "",
            ]
        lines += [*_wrapped(gone, width, "  │ "), ""] if gone else []
    if letter.base.get("topics"):
        lines += [
            "─" * width,
            "",
            speech.grammar.typeset(page["topics"]),
            "",
            *frame.bars(letter, speech, width),
            "",
        ]
    also = frame.also(letter, speech)
    if also:
        lines += [*_wrapped(f"{page['also']} — {also}", width), ""]
    lines += ["─" * width, *_wrapped(str(letter.base.get("text", "")), width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def html(letter: Letter, messages: str | None = "messages.html") -> str:
    """The letter as a mail: one column of 600 px, light and dark, no image, no script, nothing from outside.

    `messages`: address of the page of `messages_html`, where each brief and each quote opens the words behind it; None for
    a letter without links.
    """
    speech = tongue(letter.lang)
    page = _page(speech)
    briefs = []
    for i, brief in enumerate(letter.briefs, start=1):
        n = len(brief.verbatims)
        briefs.append(
            {
                "rubric": frame.rubric(brief.kind, speech),
                "good": brief.kind in _GOOD or _rose(brief),
                "title": brief.title,
                "text": brief.text,
                "href": f"{messages}#b{i}" if messages and n else None,
                "link": page["read_few"]  # where the words say "fewer than five", so does the link
                if n < 5 and brief.kind in ("fall", "worse")
                else speech.form(page["read"], n).format(n=speech.grammar.digits(n)),
            }
        )
    quotes = [
        {
            "text": frame.between(quote, speech),
            "exact": quote.exact,
            "speaker": frame.speaker(quote, speech),
            "href": f"{messages}#q{i}" if messages else None,
        }
        for i, quote in enumerate(letter.quotes, start=1)
    ]
    return _template("letter.html.j2").render(
        **_common(letter, speech),
        dateline=frame.dateline(letter, speech),
        numberline=frame.numberline(letter, speech),
        preheader=frame.preheader(letter, speech),
        briefs=briefs,
        quotes=quotes,
        withdrawn=frame.withdrawn(letter, speech),
        topics=frame.topics(letter, speech),
        also=frame.also(letter, speech),
        base=letter.base.get("text", ""),
    )


def messages_html(letter: Letter, words: Mapping[str, str], back: str | None = "letter.html") -> str:
    """The page of the messages behind each brief (`#b1`…) and each quote (`#q1`…): `SHOWN` a brief, and it says so.

    `words`: redacted texts by verbatim id; one that is missing shows as no longer available. `back`: the letter's address.
    """
    speech = tongue(letter.lang)
    anchors = {quote.verbatim: (f"q{i}", quote) for i, quote in enumerate(letter.quotes, start=1)}
    listed: set[str] = set()
    sections = []
    for brief in letter.briefs:
        quoted = [each for each in brief.verbatims if each in anchors]
        rest = [each for each in brief.verbatims if each not in anchors]
        shown = (quoted + rest)[:SHOWN]
        items = [_item(each, words.get(each), anchors if each not in listed else {}) for each in shown]
        listed.update(shown)
        n = len(brief.verbatims)
        capped = (
            _page(speech)["capped"].format(shown=SHOWN, n=speech.grammar.digits(n)) if n > SHOWN else None
        )
        sections.append({"title": brief.title, "text": brief.text, "rows": items, "capped": capped})
    return _template("messages.html.j2").render(**_common(letter, speech), sections=sections, back=back)


def _item(
    verbatim: str, words: str | None, anchors: Mapping[str, tuple[str, Quote]]
) -> dict[str, str | None]:
    anchor, quote = anchors.get(verbatim, (None, None))
    before, said, after = words, None, ""
    if words is not None and quote is not None and words[quote.start : quote.stop] == quote.text:
        before, said, after = words[: quote.start], quote.text, words[quote.stop :]
    parts = {"text": words, "before": before, "quote": said, "after": after}
    return {"anchor": anchor, **{name: part and part.translate(_UNSEEN) for name, part in parts.items()}}


def _rose(brief: Brief) -> bool:
    """Whether a brief tells of a score that rose for certain."""
    return brief.kind == "score" and any(
        m.name.startswith("change.") and (m.low or 0.0) > 0 and not m.note for m in brief.measures
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("portevoix.tell", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _page(speech: Tongue) -> dict[str, Any]:
    page = speech.words["page"]
    return {
        key: speech.grammar.typeset(value) if isinstance(value, str) else value for key, value in page.items()
    }


def _common(letter: Letter, speech: Tongue) -> dict[str, Any]:
    return {
        "lang": letter.lang,
        "heading": frame.heading(letter, speech),
        "page": _page(speech),
        "c": LIGHT,
        "d": DARK,
        "f": _FONTS,
    }


def _wrapped(words: str, width: int, indent: str = "") -> list[str]:
    """Lines of `width` columns at most; a no-break space never breaks."""
    lines = textwrap.wrap(
        words.replace("\u202f", "\ue000").replace("\u00a0", "\ue001"),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return [line.replace("\ue000", "\u202f").replace("\ue001", "\u00a0") for line in lines]
