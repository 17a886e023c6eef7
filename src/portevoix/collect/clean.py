"""Text made safe to keep and to show: no invisible controls, no markup, everything that a person wrote."""

import html
import re

from portevoix.collect.pen import PLAIN, Edit, Pen

_DIRTY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff<&]"
)
_MARKS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_NEWLINES = re.compile("\r\n?|\x85")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,32}\d{0,2});")
_HIDDEN = re.compile(r"<(?:(?P<kind>script|style)\b[^<>]*>|!--)", re.IGNORECASE)
_ENDS = {kind: re.compile(rf"</{kind}\s*>", re.IGNORECASE) for kind in ("script", "style")} | {
    None: re.compile("-->")
}
_BREAKS = re.compile(r"</?(?:p|br|div|li|tr|h[1-6]|blockquote|ul|ol|table)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:a|abbr|acronym|b|big|body|button|center|cite|code|dd|dl|dt|em|embed|font|footer|form|head|header|hr|html|i|iframe|img|input|label|"
    r"link|main|mark|meta|nav|noscript|object|option|pre|q|s|samp|script|section|select|small|span|strike|strong|style|sub|sup|svg|tbody|td|"
    r"textarea|tfoot|th|thead|title|tt|u|var|video|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_ROUNDS = 8


def clean(text: str, pen: Pen = PLAIN) -> str:
    """A text without control characters, marks of direction, lone surrogates, HTML tags and entities; ends trimmed.

    New lines and every space of typography stay; "<3" and "a < b" are no markup. `clean(clean(x)) == clean(x)`.
    """
    if not _DIRTY.search(text):
        return pen.strip(text)
    text = pen.sub(_MARKS, "", pen.sub(_NEWLINES, "\n", text))
    for _ in range(_ROUNDS):
        plain = _plain(text, pen)
        if plain == text:
            return pen.strip(text)
        text = plain
    # markup nested in markup to hide some: its brackets go, so that nothing is left to unwrap
    return pen.strip(text.replace("<", " ").replace("&", " "))


def _plain(text: str, pen: Pen) -> str:
    if "<" in text:
        text = pen.put(text, _hidden(text))
        text = pen.sub(_BREAKS, "\n", text)
        text = pen.sub(_TAGS, "", text)
    if "&" in text:
        text = pen.sub(_ENTITY, lambda found: html.unescape(found[0]), text)
    return pen.sub(_MARKS, "", pen.sub(_NEWLINES, "\n", text))


def _hidden(text: str) -> list[Edit]:
    """Where scripts, styles and comments are, each to be a space; linear in the text, whatever it opens and never closes."""
    spans: list[Edit] = []
    at = 0
    unclosed: set[str | None] = set()
    for opening in _HIDDEN.finditer(text):
        kind = opening["kind"] and opening["kind"].lower()
        if opening.start() < at or kind in unclosed:
            continue
        end = _ENDS[kind].search(text, opening.end())
        if end is None:
            unclosed.add(kind)
            continue
        at = end.end()
        spans.append((opening.start(), at, " "))
    return spans
