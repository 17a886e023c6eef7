"""Names of persons, by the forms that introduce them: titles, greetings, "je m'appelle", signatures, a given name and a surname."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from portevoix.collect import introductions as forms
from portevoix.collect import uncapitalised
from portevoix.collect.introductions import COMPANIES, NOT_NAMES, PARTICLES
from portevoix.collect.known import PLACES, is_common, is_given, is_name, is_rare, is_surely_given, plain
from portevoix.collect.pen import PLAIN, Pen

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
_INITIAL = re.compile(r"[A-ZÀ-Þ](?:h|hr)?\.?(?:-?[A-ZÀ-Þ]\.?)?")
_ANDS = (" et ", " and ", " & ", " + ")
_TOGETHER = re.compile(r"\s(?:et|and|&|\+)\s[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’.-]*){0,2}\W*(?:\Z|\n)")
_ENDS_LINE = re.compile(
    r"(?: x{1,4}\b)?[^\w\n\[|/–—-]*(?:\Z|\n|[ \t]*(?:[-–—|/,]\s?)?\[(?:phone|email|address|number)|,? t[eé]l|\s[-–—]\s)"
)
_HERE = re.compile(r"[ ,]{1,2}(?:here|speaking|calling|à l['’]appareil|a écrit|wrote|wrote:|writes)\b")
_AGAIN = re.compile(r" (?:again|from|speaking|calling|encore|de [A-Z])\b|\s?[,.!\n]|\Z")


_STOPS = re.compile(r"\s*(?:[^\w\s]|\Z)|\n")
_SPEAKS = re.compile(
    r",? ?(?:we|i|i['’]m|you|your|please|pls|thanks|thank|can|could|may|kindly|sorry|just|this|my|je|j['’]|nous|vous|votre|pouvez|suite|c['’]est|"
    r"voici|mon|ma|tu|t['’]|bonjour)\b",
    re.IGNORECASE,
)
_DOES = re.compile(
    r" (?:m['’]|nous |vous |a |ma |n['’]?a |qui|que j|(?:est |était |was |is )(?!une? |an? |the |l[ae] |l['’])|has |had |helped|who|told|said|called|et [A-Z])|"
    r", (?:votre|mon |ma |notre|une? |le |la |conseill|agent|technic|vendeu|service|du |de l|client|your|my |from |at |the )|"
    r" \((?:agent|conseill|support|client)|>|\s(?:du (?:service|sav|support|standard|\d)|de (?:l['’]a|la h|chez)|at the|from )"
)
_LABEL = re.compile(r"(?:nom|name|complet|signature|signe): \Z")
_HALF_DAYS = (" a. m. ", " p. m. ")
_WEAK = frozenset("de par avec pour with by then puis spoke".split())
_TITLED = re.compile(r"(?<!\w)(?:Me|Pr|Prof|Capt|Sgt|Rev|Vve|Veuve|Maîtres?)\.? \Z")
_CLOSING_TYPO = re.compile(r"(?:cord|cdl|salut|sincer|respect|amical|regard|merc|than)\w{0,12}\Z")


_SEEN = 32
_AHEAD = 160
"""Characters before and after a chain of capitals that decide on it."""


class _Spot(NamedTuple):
    """A stretch of capitals that may be a name, and what stands around it."""

    name: str
    words: list[str]
    low: str
    last: str
    before: str
    after: str

    @property
    def low_words(self) -> list[str]:
        return plain(self.name).replace(".", "").split()

    @property
    def odd(self) -> bool:
        """Whether no word of it is an everyday one."""
        return not any(map(is_common, self.words))


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
    spot = _Spot(name, name.split(), low, forms.last_word(low), before + text[:start], text[end:] + after)
    held = spot.low_words
    if not (_introduced(spot) or _closing(spot)) or not forms.COMPANY_WORDS.isdisjoint(
        held[len(held) == 1 :]
    ):
        return None
    return None if _is_company(spot) and not _are_two(spot) else (start, end)


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
    telling = first or _has_given(parts) or (len(parts) > 1 and "initial" in words)
    return first and len(words) == 1, not telling and forms.TITLE_WORDS.isdisjoint(words)


def _is_said(string: str, start: int, stop: int) -> bool:
    """Whether a chain stands in the midst of a line after a word that neither introduces nor closes."""
    alone = " " not in string[start:stop]
    if start == 0 and alone:
        return True
    before = string[max(0, start - 24) : start]
    if not _ON.match(string, stop) or ("\n" in before and not (alone and not string.startswith(_ANDS, stop))):
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


def _has_given(words: Sequence[str]) -> bool:
    return any(is_given(word) or is_given(word.split("-")[0]) for word in words)


def _is_company(spot: _Spot) -> bool:
    words = plain(spot.name).split()
    if spot.before.endswith(("& ", "&")) and not spot.before.endswith(("[name] & ", "[name]&")):
        return True
    if words[0] in COMPANIES or " ".join(words[:2]) in COMPANIES or spot.after.startswith((" & ", "&")):
        return True
    return f"{words[-1]}{plain(spot.after)}".startswith(forms.COMPANY_STARTS)


def _are_two(spot: _Spot) -> bool:
    """Whether a name and the one after its "&" sign a comment together, so that it is no company's."""
    return (is_given(spot.name) or spot.before[-1:] == "\n") and _TOGETHER.match(spot.after) is not None


def _introduced(spot: _Spot) -> bool:
    """Whether what stands before or after a name says that it is a person's."""
    words, low, last, after = spot.words, spot.low, spot.last, spot.after
    first = words[0]
    if forms.ends(low, last, forms.TITLES) and not low.endswith(_HALF_DAYS):
        whole = len(first) > 2 and "." not in first[:2]
        return whole if low.endswith(". ") else len(spot.name) > 1 or after[:1] in " ,.!\n"
    if _TITLED.search(spot.before):
        return not is_common(first)
    if forms.ends(low, last, forms.SURE):
        return _LABEL.search(low) is not None or not is_common(first)
    if low.endswith("l' ") or after.lower().lstrip().startswith(forms.BRANDS):
        return False
    if _is_second(spot):
        return True
    if _is_thing(spot):
        return False
    return _greeted(spot) or _says_who(spot) or _named_by_itself(spot)


def _is_thing(spot: _Spot) -> bool:
    """Whether a name is a place's or a thing's: after its article or its kind, or before the code of a State."""
    if spot.last.isdigit():
        return True
    if spot.last in forms.NOT_BEFORE and spot.low.rstrip(" .").endswith(f" {spot.last}"):
        return True
    return len(spot.words) == 2 and spot.words[1].isupper() and spot.words[1].lower() in forms.STATES


def _greeted(spot: _Spot) -> bool:
    """Whether a name follows a greeting, and the greeting ends with it."""
    words = spot.words
    if not forms.ends(spot.low.rstrip(" ,"), spot.last, forms.GREETINGS):
        return False
    given = _has_given(words[:1])
    stops = _STOPS.match(spot.after) is not None
    shouted = len(words) == 1 and spot.name.isupper()
    odd = len(spot.name) > 2 and not shouted and len(words) < 4 and (spot.odd or _has_initial(words))
    return (given or odd) and (stops or _SPEAKS.match(spot.after) is not None)


def _has_initial(words: Sequence[str]) -> bool:
    """Whether a surname follows an initial and its stop: it may be an everyday word."""
    return (
        len(words) == 2
        and words[0][1:2] == "."
        and _INITIAL.fullmatch(words[0]) is not None
        and len(words[1]) > 2
    )


def _says_who(spot: _Spot) -> bool:
    """Whether a name is what somebody says to be called, or of somebody whose part in the story is said."""
    given = _has_given(spot.words[:1]) and spot.low_words[0] not in forms.NOT_A_SELF
    pair = len(spot.words) > 1 and not (spot.name.isupper() and not given) and spot.odd
    if (pair or given) and forms.ends(spot.low, spot.last, forms.SELF):
        return True
    if (given or (pair and spot.low.rstrip().endswith("|")) or (pair and spot.low == " ")) and _HERE.match(
        spot.after
    ):
        return True
    return (pair or _is_sure(spot)) and not _stopped(spot) and forms.ends(spot.low, spot.last, forms.ROLES)


def _stopped(spot: _Spot) -> bool:
    """Whether the sentence before a name has ended."""
    return spot.before.rstrip(" \u00a0")[-1:] in ("!", "?", "…")


def _is_sure(spot: _Spot) -> bool:
    first = spot.words[0]
    return is_surely_given(first) or is_surely_given(first.split("-")[0])


def _named_by_itself(spot: _Spot) -> bool:
    """Whether a name shows by its own form, or by a given name and what stands beside it, that it is a person's."""
    words, low, last, after = spot.words, spot.low, spot.last, spot.after
    first = words[0]
    if first.isupper() and len(first) > 2 and len(words) > 1 and _has_given(words[1:]):
        if not words[1].isupper() and (is_surely_given(words[1]) or not is_common(first)):
            return True  # the surname in capitals comes first
    if len(words) == 2 and "." in first and _INITIAL.fullmatch(first):
        return not is_common(words[1]) and len(words[1]) > 2 and words[1] != "M."
    if not _has_given(words[:1]):
        return False
    sure = _is_sure(spot)
    if _STOPS.match(spot.after) and forms.ends(low.rstrip(" ,"), last, forms.ADDRESSED):
        return True
    if forms.ends(low, last, forms.GIVEN) and not _stopped(spot):
        return sure or len(words) > 1 or last not in _WEAK
    if len(words) > 1:
        second = plain(words[1].strip(".,"))
        return sure or not (is_common(second) or second in PLACES or is_rare(plain(first.strip(".,"))))
    if forms.OF_A_TEAM.match(after) or forms.OF_A_CLIENT.match(after):
        return True
    speaks = (spot.low == " " or spot.low.endswith(" | ")) and re.match(r" ?: ", after)
    return sure and not first.isupper() and bool(speaks or _DOES.match(after))


def _is_second(spot: _Spot) -> bool:
    """Whether a name closes a line after another and "and", or is what somebody says to be called."""
    if forms.ends(spot.low, spot.last, forms.SECOND):
        return len(spot.words) < 4 and (_ENDS_LINE.match(spot.after) is not None or _is_sure(spot))
    alone = len(spot.words) == 1 and forms.ends(spot.low, spot.last, forms.NAMED)
    return alone and _is_called(spot.words[0]) and _AGAIN.match(spot.after) is not None


def _is_called(name: str) -> bool:
    """Whether a capital after "I am" can be a name: no word of what people are."""
    low = _heard(name)
    return (
        2 < len(name) < 16
        and not name.isupper()
        and name.isalpha()
        and not is_common(name)
        and not low.endswith(("ed", "ing"))
        and low not in forms.NOT_A_SELF
        and low not in forms.NOT_LOW
    )


def _closing(spot: _Spot) -> bool:
    """Whether a name closes a comment, or stands alone under it, as people sign."""
    name, words = spot.name, spot.words
    together = spot.after.startswith(_ANDS) and _TOGETHER.match(spot.after) is not None
    said = spot.low.rstrip(" .:|")
    last_word = forms.last_word(said)
    signed = forms.ends(said, last_word, forms.SIGNED)
    beside = signed and spot.after.lstrip()[:1] in (",", "(")
    if len(words) > 4 or not (together or beside or _ENDS_LINE.match(spot.after)):
        return False
    parting = forms.ends(said, last_word, forms.PARTING)
    if signed:
        word = is_common(words[0]) and not name.isupper() and not _has_given(words[1:])
        return not (word or _CLOSING_TYPO.match(plain(name)))
    if parting and _has_given(words[:1]):
        return True
    gap = spot.before.rstrip(" \u00a0>*_")[-1:]
    if gap not in (",", ".", "!", "?", "…", "\n", "-", "–", "—", ":", ")", "^", "~", "/"):
        return False
    if gap in ("^", "~", "/"):
        return _is_agents(spot, gap)
    if parting:
        acronym = name.isupper() and 2 < len(name) < 5
        odd = spot.odd or (gap == "\n" and len(words) == 2 and not all(map(is_common, words)))
        return len(name) > 1 and not acronym and odd
    last = not spot.after.strip(" .!\n")
    if gap in ("-", "–", "—") and last and len(words) == 1 and _is_agents(spot, gap):
        return True
    return _stands_alone(spot, gap, last, together)


def _is_agents(spot: _Spot, gap: str) -> bool:
    """Whether a name stands after the sign with which agents sign: "^Helen", "-Becky", "/JP"."""
    head = spot.before.rstrip(" ")[-2:-1]
    if spot.after.strip(" .!)\n") or len(spot.words) > 2 or (gap == "/" and head not in ("", " ")):
        return False
    if spot.name.isupper():
        return len(spot.name) == 2 or gap == "^"
    return gap != "/" and spot.odd and len(spot.name) > 2


def _stands_alone(spot: _Spot, gap: str, last: bool, together: bool) -> bool:
    """Whether a name at the end, or on a line of its own, is a signature that no word introduces."""
    words, name = spot.words, spot.name
    alone = gap == "\n" and (last or spot.after.count("\n") < 4)
    if _has_given(words) and not (name.isupper() and len(words) == 1 and is_rare(plain(name))):
        listed = gap == "," and spot.before.rstrip(" ,").rpartition(" ")[2][:1].isupper()
        return (last or alone or together) and not listed and gap != ":"
    if gap == ":":
        return False
    if together and gap == "\n":
        return True
    if (last or alone) and len(words) > 1 and _INITIAL.fullmatch(words[0]):
        return True
    if not last or len(words) != 2 or spot.name.isupper() or len(words[0]) < 3 or not spot.odd:
        return False
    return gap == "\n" or len(words[1].strip(".")) == 1
