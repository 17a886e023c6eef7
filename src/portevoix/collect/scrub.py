"""Personal data out of the words, before anything is kept.

What has a checksum is certain (IBAN, card, NIR, SIRET); the rest is by form and by what stands around it, and is masked when
probable. Names that no form introduces are not all found: no list of names is complete.
"""

import re
from collections.abc import Iterable, Sequence

from portevoix.collect import digits, persons
from portevoix.collect.clean import clean
from portevoix.collect.pen import PLAIN, Pen, Tracer

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s?[\[(](?:at|arobase)[\])]\s?|\sarobase\s)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"«»\[\]]+", re.IGNORECASE)
_SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?[.,;:!?)]*", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@\w{2,30}(?!\w)")


def scrub(text: str, names: Sequence[str] = ()) -> str:
    """A text that is safe to keep: cleaned (see `clean`), each piece of personal data replaced by what it was.

    Marks: [email] [link] [handle] [ip] [iban] [card] [nir] [siret] [phone] [number] [plate] [address] [name]. `names` are
    the author's own, masked wherever the text has them. Prices, dates, durations, years and the addresses of sites stay;
    a link deeper than its site does not. `scrub(scrub(x)) == scrub(x)`.
    """
    return _scrubbed(text, names, PLAIN)


def traced(text: str, names: Sequence[str] = ()) -> tuple[str, list[int], list[int]]:
    """`scrub`, and where its characters come from: character i stands for `text[starts[i]:stops[i]]`, code points.

    A mark's characters stand for all that it hides, so that words outside the marks touch no personal data.
    """
    tracer = Tracer(text)
    return _scrubbed(text, names, tracer), tracer.starts, tracer.stops


def _scrubbed(text: str, names: Sequence[str], pen: Pen) -> str:
    text = clean(text, pen)
    own = persons.pattern(names) if names else None
    while True:
        masked = _once(text if own is None else pen.sub(own, "[name]", text), pen)
        if masked == text:
            return text
        text = clean(masked, pen)  # each round takes digits, capitals or an @ away, so it ends


def scrub_all(texts: Iterable[str]) -> list[str]:
    """`scrub` of each text, in order."""
    return [scrub(text) for text in texts]


def _once(text: str, pen: Pen) -> str:
    if "@" in text or "arobase" in text or "at)" in text or "at]" in text:
        text = pen.sub(_HANDLE, "[handle]", pen.sub(_EMAIL, "[email]", text))
    if "://" in text or "ww." in text or "WW." in text:
        text = pen.sub(_LINK, lambda found: found[0] if _SITE.fullmatch(found[0]) else "[link]", text)
    return persons.mask(digits.mask(text, pen), pen)
