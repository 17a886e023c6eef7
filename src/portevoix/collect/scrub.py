"""Personal data out of the words, before anything is kept.

What has a checksum is certain (IBAN, card, NIR, SIRET); the rest is by form and by what stands around it, and is masked when
probable. Names that no form introduces are not all found: no list of names is complete.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from portevoix.collect import digits, nobody, persons
from portevoix.collect.clean import clean
from portevoix.collect.pen import PLAIN, Pen, Tracer

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:\s?@\s?|\s?[\[(](?:at|arobase)[\])]\s?|\sarobase\s)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_AT = re.compile(r"[@aA](?:(?<=@)|(?:t|robase)[\])]|robase\s)\s?[\w-]{1,63}\.[\w-]", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"«»\[\]]+", re.IGNORECASE)
_MARK = re.compile(r"\[(email|link|handle|ip|iban|card|nir|siret|phone|number|plate|address|birth|name)\]")
_HANDLE = re.compile(r"@(?<![\w@.].)\w{2,30}(?!\w)")


def scrub(text: str, names: Sequence[str] = ()) -> str:
    """A text that is safe to keep: cleaned (see `clean`), each piece of personal data replaced by what it was.

    Marks: [email] [link] [handle] [ip] [iban] [card] [nir] [siret] [phone] [number] [plate] [address] [birth] [name]. `names` are
    the author's own, masked wherever the text has them. Prices, dates, durations, years and the addresses of sites stay,
    and those of pages that hold words alone; so do the handles of companies. A link with a key in it does not. `scrub(scrub(x)) == scrub(x)`.
    """
    return _scrubbed(text, names, PLAIN)


def traced(text: str, names: Sequence[str] = ()) -> tuple[str, list[int], list[int]]:
    """`scrub`, and where its characters come from: character i stands for `text[starts[i]:stops[i]]`, code points.

    A mark's characters stand for all that it hides, so that words outside the marks touch no personal data.
    """
    masked, tracer = followed(text, names)
    return masked, *tracer.places()


def followed(text: str, names: Sequence[str] = ()) -> tuple[str, Tracer]:
    """`scrub`, and what tells afterwards, if it is asked, where the characters come from: `traced` at the price of `scrub`."""
    tracer = Tracer(text)
    return _scrubbed(text, names, tracer), tracer


class Found(NamedTuple):
    """A stretch of a text that `scrub` hides: `text[start:stop]`, code points; `mark` is what it leaves there."""

    start: int
    stop: int
    mark: str
    certain: bool


def found(text: str, names: Sequence[str] = ()) -> list[Found]:
    """What `scrub` hides in a text, in order, the certain told from the probable.

    Certain: an address, a link, a handle, and a number whose checksum is right. All the rest is probable, by form or by what
    stands around it: a person can look at it again.
    """
    masked, starts, stops = traced(text, names)
    spans: list[Found] = []
    for mark in _MARK.finditer(masked):
        # a later round may have taken what stands before a mark into it
        start, stop = stops[mark.start() - 1] if mark.start() else 0, stops[mark.end() - 1]
        start = min(starts[mark.start()], start + len(text[start:stop]) - len(text[start:stop].lstrip()))
        if text[start:stop] != mark[0]:  # else the text itself has the mark
            spans.append(Found(start, stop, mark[1], digits.certain(mark[1], text[start:stop])))
    return spans


def _scrubbed(text: str, names: Sequence[str], pen: Pen) -> str:
    text = clean(text, pen)
    own = persons.pattern(names) if names else None
    nameless = None
    while True:
        masked = _coded(text if own is None else pen.sub(own, "[name]", text), pen)
        if masked != nameless:
            seen, masked = masked, persons.mask(masked, pen)
            nameless = seen if masked == seen else None
        if masked == text:
            return text
        text = clean(masked, pen)  # each round takes digits, capitals or an @ away, so it ends


def _coded(text: str, pen: Pen) -> str:
    """Everything but names: what has a form of its own."""
    if "@" in text or "arobase" in text or "at)" in text or "at]" in text:
        if _AT.search(text):
            text = pen.sub(_EMAIL, "[email]", text)
        text = pen.sub(_HANDLE, _handle, text)
    if "://" in text or "ww." in text or "WW." in text:
        text = pen.sub(_LINK, _link, text)
    return digits.mask(text, pen)


def _link(found: re.Match[str]) -> str:
    return found[0] if nobody.is_plain_link(found[0]) else "[link]"


def _handle(found: re.Match[str]) -> str:
    return found[0] if nobody.is_company_handle(found[0]) else "[handle]"
