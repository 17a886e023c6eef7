"""Names of persons, by the forms that introduce them: titles, greetings, "je m'appelle", signatures, a given name and a surname."""

import re
from collections.abc import Sequence
from functools import lru_cache

from portevoix.collect import introductions as forms
from portevoix.collect import uncapitalised
from portevoix.collect.introductions import NOT_NAMES, PARTICLES
from portevoix.collect.known import is_common, is_name, plain
from portevoix.collect.pen import PLAIN, Pen
from portevoix.collect.spots import ANDS, Spot, are_two, has_given, is_closing, is_company, is_introduced

_INITIALS = r"(?:(?:h|hr)?\.(?:-?[A-ZÀ-ÖØ-Þ]\.)?|-[A-ZÀ-Þ]\.?(?!\w))"
_NAME = rf"[A-ZÀ-ÖØ-Þ](?:{_INITIALS}(?:[A-ZÀ-ÖØ-Þ][\w'’-]+)?|[\w'’]+(?:-[\w'’]+)*|(?!\w))"
# the look-behind stands after the capital so that the search jumps from capital to capital
_CHAIN = re.compile(
    rf"[A-ZÀ-ÖØ-Þ](?<![\w@#\[].)(?:{_INITIALS}(?:[A-ZÀ-ÖØ-Þ][\w'’-]+)?|[\w'’]+(?:-[\w'’]+)*|(?=[ ][A-ZÀ-Þ]))"
    rf"(?:[ \u00a0](?:(?:de|du|des|le|la|van|von|el|ben|den|der|dos|da|di|della|bin|al|y|d['’](?=[A-Z]))[ \u00a0]?(?<=[ \u00a0'’]))*{_NAME}){{0,5}}"
)
_WORD = re.compile(r"[^ \u00a0]+")
_LONE = re.compile(r"[A-Z]\Z")
_GOES_ON = re.compile(r"['’]| {1,2}(?!(?:et|and)\b)[a-zà-ÿ]")
_ON = re.compile(r"[^\w\n]{1,3}(?!here|speaking|calling|à l|a écrit|wrote|writes)\w")
_OPENS = re.compile(r"(?:\A|[!?…]|[a-zà-ÿ]{4}\.)[ \n]{0,2}\Z")
_ELIDED = re.compile(r"[CDJLMNQST]['’][a-zà-ÿ]")
_SEEN = 32
_AHEAD = 160
"""Characters before and after a chain of capitals that decide on it."""


def mask(text: str, pen: Pen = PLAIN) -> str:
    """A text with the names that a form introduces replaced by [name]."""
    return uncapitalised.mask(pen.sub(_CHAIN, _chain, text), pen)


def pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """What finds an author's own names, whole or part by part, in any of the ways that a capital writes them."""
    whole = {name.strip() for name in names if len(name.strip()) > 2 and name.strip()[0].isalpha()}
    parts = {
        part for name in whole for part in re.split(r"[\s,;]+", name) if len(part) > 2 and part[0].isalpha()
    }
    ways = {form for part in parts for form in (part.capitalize(), part.title(), part.upper())} | whole
    ways = {form for form in ways if form[0].isupper() or " " in form}
    if not ways:
        return None
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(ways, key=lambda f: (-len(f), f))))})(?!\w)"
    )


def _chain(found: re.Match[str]) -> str:
    """A chain of capitals with the name in it hidden, if what stands around it says that there is one."""
    text, string = found[0], found.string
    start, stop = found.span()
    nobody, bare = _alone(text)
    if nobody or (bare and _is_said(string, start, stop)):
        return text
    name = _name(text, string[max(0, start - _SEEN) : start], string[stop : stop + _AHEAD])
    return f"{text[: name[0]]}[name]{text[name[1] :]}" if name else text


@lru_cache(maxsize=1 << 12)
def _name(text: str, before: str, after: str) -> tuple[int, int] | None:
    """Where in a chain of capitals a name is; by what introduces it, in the chain or before it, and what stands after it.

    Remembered, since a text is read again after each change, and what people write around names is often the same.
    """
    words = [(m.start(), m.end(), _heard(m[0])) for m in _WORD.finditer(text)]
    if len(words) == 1 and (
        words[0][2] in forms.NEVER_FIRST or _begins_a_sentence(before, after, words[0][2])
    ):
        return None
    if len(words) > 1 and _LONE.match(text, words[-1][0]) and not _GOES_ON.match(after):
        words[-1] = (*words[-1][:2], "initial")
    i, stop, low = _name_in(words, forms.heard(before), text)
    if i == stop:
        return None
    start, end = words[i][0], words[stop - 1][1]
    name = text[start:end]
    spot = Spot(name, name.split(), low, forms.last_word(low), before + text[:start], text[end:] + after)
    held = spot.low_words
    if not (is_introduced(spot) or is_closing(spot)) or not forms.COMPANY_WORDS.isdisjoint(
        held[len(held) == 1 :]
    ):
        return None
    return None if is_company(spot) and not are_two(spot) else (start, end)


def _name_in(words: Sequence[tuple[int, int, str]], low: str, text: str) -> tuple[int, int, str]:
    """Where in a chain a name may be, and what is heard before it."""
    i = 0
    for at, (_, _, word) in enumerate(words[:-1]):
        if word in forms.TITLE_WORDS and (word != "m" or at == 0 or not is_name(words[at - 1][2])):
            i = at + 1
    if i == 0 and words[0][2] in forms.ROLES and len(words) > 1:
        i = 1
    low += "".join(f"{word} " for _, _, word in words[:i])
    while i < len(words) and words[i][2] in forms.NEVER_FIRST and not _begins(words, i, low):
        low += words[i][2] + " "
        i += 1
    stop = i
    shouted = text.isupper()
    while stop < len(words) and (words[stop][2] not in NOT_NAMES or words[stop][2] in PARTICLES):
        if shouted and stop > i and is_common(words[stop][2]):
            break
        stop += 1
    while stop > i and words[stop - 1][2] in PARTICLES:
        stop -= 1
    return i, stop, low


def _begins_a_sentence(before: str, after: str, word: str) -> bool:
    """Whether a word has its capital from where it stands, with its sentence after it."""
    return not is_name(word) and bool(_GOES_ON.match(after) and _OPENS.search(before[-7:]))


@lru_cache(maxsize=1 << 14)
def _alone(text: str) -> tuple[bool, bool]:
    """Of a chain by itself: whether it is one word that begins no name; whether it holds neither a given name nor an introduction."""
    parts = text.split()
    words = [_heard(word) for word in _WORD.findall(text)]
    first = words[0] in forms.NEVER_FIRST
    telling = (
        first or has_given(parts) or (len(parts) > 1 and ("initial" in words or words[0] in forms.ROLES))
    )
    return first and len(words) == 1, not telling and forms.TITLE_WORDS.isdisjoint(words)


def _is_said(string: str, start: int, stop: int) -> bool:
    """Whether a chain stands in the midst of a line after a word that neither introduces nor closes."""
    alone = " " not in string[start:stop]
    if start == 0 and alone:
        return True
    before = string[max(0, start - 24) : start]
    if not _ON.match(string, stop) or ("\n" in before and not (alone and not string.startswith(ANDS, stop))):
        return False
    for word in reversed(before.split()):
        kind = _introduces(word)
        if kind is not None:
            return not kind
    return start < 24


@lru_cache(maxsize=1 << 14)
def _introduces(word: str) -> bool | None:
    """Whether a word, with the signs around it, may end what introduces a name; None for signs alone."""
    last = forms.last_word(forms.heard(word))
    return last in forms.INTRODUCING if last.strip(" .:|") else None


@lru_cache(maxsize=4096)
def _heard(word: str) -> str:
    """A word as the lists have it; an initial and its dot are no word, nor are "J'" and what it says."""
    if word[1:2] == "." and word != "M.":
        return "initial"
    return "je" if _ELIDED.match(word) else plain(word.strip(".,'"))


def _begins(words: Sequence[tuple[int, int, str]], i: int, low: str) -> bool:
    """Whether a particle begins a name after a title: "Le Goff", "de La Tour", but not "le Directeur"."""
    if words[i][2] not in PARTICLES or not forms.ends(low, forms.last_word(low), forms.TITLES):
        return False
    after = next((word for _, _, word in words[i:] if word not in PARTICLES), "")
    return bool(after) and after not in NOT_NAMES
