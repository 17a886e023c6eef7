"""Whether a stretch of capitals is a person's name: by what introduces it, by its own form, by what it closes."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from portevoix.collect import introductions as forms
from portevoix.collect.introductions import COMPANIES
from portevoix.collect.known import (
    PLACES,
    is_common,
    is_felt,
    is_given,
    is_name,
    is_rare,
    is_surely_given,
    plain,
)

_INITIAL = re.compile(r"[A-ZÀ-Þ](?:h|hr)?\.?(?:-?[A-ZÀ-Þ]\.?)?")
ANDS = (" et ", " and ", " & ", " + ")
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


class Spot(NamedTuple):
    """A stretch of capitals that may be a name, and what stands around it."""

    name: str
    words: list[str]
    low: str
    last: str
    before: str
    after: str

    @property
    def low_words(self) -> list[str]:
        """Its words as the lists have them."""
        return plain(self.name).replace(".", "").split()

    @property
    def odd(self) -> bool:
        """Whether no word of it is an everyday one, nor a feeling."""
        return not any(map(is_common, self.words)) and not (len(self.words) == 1 and is_felt(self.name))


def has_given(words: Sequence[str]) -> bool:
    """Whether one of some words is a given name, alone or before a hyphen."""
    return any(is_given(word) or is_given(word.split("-")[0]) for word in words)


def is_company(spot: Spot) -> bool:
    """Whether a name is a company's, by what is known or by its "&"."""
    words = plain(spot.name).split()
    if spot.before.endswith(("& ", "&")) and not spot.before.endswith(("[name] & ", "[name]&")):
        return True
    if words[0] in COMPANIES or " ".join(words[:2]) in COMPANIES or spot.after.startswith((" & ", "&")):
        return True
    return f"{words[-1]}{plain(spot.after)}".startswith(forms.COMPANY_STARTS)


def are_two(spot: Spot) -> bool:
    """Whether a name and the one after its "&" sign a comment together, so that it is no company's."""
    return (is_given(spot.name) or spot.before[-1:] == "\n") and _TOGETHER.match(spot.after) is not None


def is_introduced(spot: Spot) -> bool:
    """Whether what stands before or after a name says that it is a person's."""
    words, low, last, after = spot.words, spot.low, spot.last, spot.after
    first = words[0]
    if f"{last} {spot.low_words[0]}" in forms.TITLED_BRANDS:
        return False
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


def _is_thing(spot: Spot) -> bool:
    """Whether a name is a place's or a thing's: after its article or its kind, or before the code of a State."""
    if spot.last.isdigit():
        return True
    if spot.last in forms.NOT_BEFORE and spot.low.rstrip(" .").endswith(f" {spot.last}"):
        return True
    return len(spot.words) == 2 and spot.words[1].isupper() and spot.words[1].lower() in forms.STATES


def _greeted(spot: Spot) -> bool:
    """Whether a name follows a greeting, and the greeting ends with it."""
    words = spot.words
    if not forms.ends(spot.low.rstrip(" ,"), spot.last, forms.GREETINGS):
        return False
    given = has_given(words[:1])
    if len(words) == 1 and _is_town(plain(spot.name)):
        return False
    stops = _STOPS.match(spot.after) is not None
    shouted = len(words) == 1 and spot.name.isupper()
    odd = len(spot.name) > 2 and not shouted and len(words) < 4 and (spot.odd or _has_initial(words))
    return (given or odd) and (stops or _SPEAKS.match(spot.after) is not None)


def _is_town(low: str) -> bool:
    """Whether a plain word is a place, and a given name to few people at most."""
    return low in PLACES and not (is_name(low) and not is_rare(low))


def _has_initial(words: Sequence[str]) -> bool:
    """Whether a surname follows an initial and its stop: it may be an everyday word."""
    return (
        len(words) == 2
        and words[0][1:2] == "."
        and _INITIAL.fullmatch(words[0]) is not None
        and len(words[1]) > 2
    )


def _says_who(spot: Spot) -> bool:
    """Whether a name is what somebody says to be called, or of somebody whose part in the story is said."""
    called = spot.low_words[0]
    given = has_given(spot.words[:1]) and called not in forms.NOT_A_SELF and not _is_town(called)
    pair = len(spot.words) > 1 and not (spot.name.isupper() and not given) and spot.odd
    if (pair or given) and forms.ends(spot.low, spot.last, forms.SELF):
        return True
    if (given or (pair and spot.low.rstrip().endswith("|")) or (pair and spot.low == " ")) and _HERE.match(
        spot.after
    ):
        return True
    return (pair or _is_sure(spot)) and not _stopped(spot) and forms.ends(spot.low, spot.last, forms.ROLES)


def _stopped(spot: Spot) -> bool:
    """Whether the sentence before a name has ended."""
    return spot.before.rstrip(" \u00a0")[-1:] in ("!", "?", "…")


def _is_sure(spot: Spot) -> bool:
    first = spot.words[0]
    return is_surely_given(first) or is_surely_given(first.split("-")[0])


def _named_by_itself(spot: Spot) -> bool:
    """Whether a name shows by its own form, or by a given name and what stands beside it, that it is a person's."""
    words, low, last, after = spot.words, spot.low, spot.last, spot.after
    first = words[0]
    if first.isupper() and len(first) > 2 and len(words) > 1 and has_given(words[1:]):
        if not words[1].isupper() and (is_surely_given(words[1]) or not is_common(first)):
            return True  # the surname in capitals comes first
    if len(words) == 2 and "." in first and _INITIAL.fullmatch(first):
        return not is_common(words[1]) and len(words[1]) > 2 and words[1] != "M."
    if not has_given(words[:1]) or (len(words) > 1 and first.endswith(("'s", "’s"))):
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


def _is_second(spot: Spot) -> bool:
    """Whether a name closes a line after another and "and", or is what somebody says to be called."""
    if forms.ends(spot.low, spot.last, forms.SECOND):
        return len(spot.words) < 4 and (_ENDS_LINE.match(spot.after) is not None or _is_sure(spot))
    alone = len(spot.words) == 1 and forms.ends(spot.low, spot.last, forms.NAMED)
    return alone and _is_called(spot.words[0]) and _AGAIN.match(spot.after) is not None


def _is_called(name: str) -> bool:
    """Whether a capital after "I am" can be a name: no word of what people are."""
    low = plain(name)
    return (
        2 < len(name) < 16
        and not name.isupper()
        and name.isalpha()
        and not is_common(name)
        and not is_felt(name)
        and not _is_town(low)
        and low not in forms.NOT_A_SELF
        and low not in forms.NOT_LOW
    )


def is_closing(spot: Spot) -> bool:
    """Whether a name closes a comment, or stands alone under it, as people sign."""
    name, words = spot.name, spot.words
    together = spot.after.startswith(ANDS) and _TOGETHER.match(spot.after) is not None
    said = spot.low.rstrip(" .:|")
    last_word = forms.last_word(said)
    signed = forms.ends(said, last_word, forms.SIGNED)
    beside = signed and spot.after.lstrip()[:1] in (",", "(")
    if len(words) > 4 or not (together or beside or _ENDS_LINE.match(spot.after)):
        return False
    parting = forms.ends(said, last_word, forms.PARTING)
    if signed:
        word = (is_common(words[0]) and not name.isupper() and not has_given(words[1:])) or (
            len(words) == 1 and is_felt(name)
        )
        return not (word or _CLOSING_TYPO.match(plain(name)))
    if parting and has_given(words[:1]):
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


def _is_agents(spot: Spot, gap: str) -> bool:
    """Whether a name stands after the sign with which agents sign: "^Helen", "-Becky", "/JP"."""
    head = spot.before.rstrip(" ")[-2:-1]
    if spot.after.strip(" .!)\n") or len(spot.words) > 2 or (gap == "/" and head not in ("", " ")):
        return False
    if spot.name.isupper():
        return len(spot.name) == 2 or gap == "^"
    return gap != "/" and spot.odd and len(spot.name) > 2


def _stands_alone(spot: Spot, gap: str, last: bool, together: bool) -> bool:
    """Whether a name at the end, or on a line of its own, is a signature that no word introduces."""
    words, name = spot.words, spot.name
    alone = gap == "\n" and (last or spot.after.count("\n") < 4)
    if has_given(words) and not (name.isupper() and len(words) == 1 and is_rare(plain(name))):
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
