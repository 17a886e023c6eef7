"""Names of persons, by the forms that introduce them: titles, greetings, "je m'appelle", signatures, a given name and a surname."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from portevoix.collect import introductions as forms
from portevoix.collect.given_names import GIVEN_NAMES
from portevoix.collect.introductions import COMPANIES, NOT_NAMES, PARTICLES
from portevoix.collect.pen import PLAIN, Pen

_INITIALS = r"(?:(?:h|hr)?\.(?:-?[A-ZÀ-ÖØ-Þ]\.)?|-[A-ZÀ-Þ]\.?(?!\w))"
_NAME = rf"[A-ZÀ-ÖØ-Þ](?:{_INITIALS}(?:[A-ZÀ-ÖØ-Þ][\w'’-]+)?|[\w'’]+(?:-[\w'’]+)*|(?!\w))"
# the look-behind stands after the capital so that the search jumps from capital to capital
_CHAIN = re.compile(
    rf"[A-ZÀ-ÖØ-Þ](?<![\w@#\[].)(?:{_INITIALS}(?:[A-ZÀ-ÖØ-Þ][\w'’-]+)?|[\w'’]+(?:-[\w'’]+)*|(?=[ ][A-ZÀ-Þ]))"
    rf"(?:[ \u00a0](?:(?:de|du|des|le|la|van|von|el|ben|den|der|dos|da|di|della|bin|al|y|d['’](?=[A-Z]))[ \u00a0]?(?<=[ \u00a0'’]))*{_NAME}){{0,5}}"
)
_WORD = re.compile(r"[^ \u00a0]+")
_PLAIN = str.maketrans(
    "àâäáãéèêëîïíôöóùûüúçñÀÂÄÁÃÉÈÊËÎÏÍÔÖÓÙÛÜÚÇÑ’", "aaaaaeeeeiiiooouuuucnAAAAAEEEEIIIOOOUUUUCN'"
)
_AROUND = str.maketrans(dict.fromkeys('\t\u00a0\u202f([«»",;!?-–—/>*_', " ") | {"\n": " | "})
_GIVEN = frozenset(name.translate(_PLAIN).lower() for name in GIVEN_NAMES)
_LOW = re.compile(
    r"(?P<before>(?<!\w)(?:(?:[Mm]rs?|[Mm]me|[Mm]lle)\.?|(?<!\.)m\.|(?:je suis|ici|c['’]est) (?:madame|monsieur|mademoiselle)|"
    r"[Jj]e m['’ ]?app?el+e?s?|[Mm]y name(?: is|['’]s)|(?P<greeting>[Cc]her|[Cc]h[eè]re|[Dd]ear|hi|hey|[Bb]onjour|[Bb]onsoir|[Ss]alut|[Hh]ello|Hi|Hey|[Cc]oucou))[ ])(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,})(?!\w)(?P<more> [a-zà-ÿ][a-zà-ÿ'’-]{2,})?(?!\w)"
)
_LOW_SELF = re.compile(
    r"(?P<before>(?<!\w)(?:this is|i['’ ]?m|i am|(?:bonjour|bonsoir|salut|hello|allo|allô|coucou|moi|hi)[ ,!]{1,3}(?:c['’ ]?est|je suis|ici)) )"
    r"(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,})(?P<more> [a-zà-ÿ][a-zà-ÿ'’-]{2,})?(?=\s*(?:[,.!:\n]|\Z)| (?:again|from|here|speaking|calling|et|and|de|du|encore)\b)",
    re.IGNORECASE,
)
_LOW_SIGNED = re.compile(
    r"(?P<before>(?<!\w)(?:(?P<sure>cordialement|cordialmt|cordialment|cordialemnt|salutations|respectueusement|sincèrement|amicalement|cdlt|cdt|crdt|slts|distinguées|distingués|"
    r"(?:kind |best )?regards|rgds|sincerely|faithfully|yours truly|bien à (?:vous|toi))|merci|merci (?:beaucoup|bcp|encore|à vous)|(?:merci )?(?:par |d[ '’]?)avance|thanks(?: again| a lot| so much)?|"
    r"(?:many|with) thanks|thank you|thank u|thx|cheers|all the best|best wishes|best|take care|(?:bonne|belle|excellente) (?:journée|soirée|continuation|semaine|année)|bon week-?end|bises?|bisous|"
    r"à (?:très )?bientôt|au revoir|votre (?:retour|réponse)|your (?:help|reply|response|time))(?P<gap>\s*[,.!:\n–—-]*\s*))"
    r"(?P<it>(?:[a-zà-ÿ]\.? )?[a-zà-ÿ][a-zà-ÿ'’-]{2,30}(?: [a-zà-ÿ][a-zà-ÿ'’-]{1,30})?)(?=[\s.!]*\Z)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?P<before>[.!?…,)\n][ \n]+(?:[-–—] ?)?)(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,20})(?P<more> [a-zà-ÿ][a-zà-ÿ'’-]{1,20}\.?)?(?=[ .!]*\Z)"
)
_LONE = re.compile(r"[A-Z]\Z")
_GOES_ON = re.compile(r"['’]| {1,2}[a-zà-ÿ]")
_ON = re.compile(r"[^\w\n]{1,3}(?!here|speaking|calling|à l|a écrit|wrote|writes)\w")
_OPENS = re.compile(r"(?:\A|[!?…]|[a-zà-ÿ]{4}\.)[ \n]{0,2}\Z")
_ELIDED = re.compile(r"[CDJLMNQST]['’][a-zà-ÿ]")
_INITIAL = re.compile(r"[A-ZÀ-Þ](?:h|hr)?\.?(?:-?[A-ZÀ-Þ]\.?)?")
_SIGNS = "'’-–—.,:;!?…()[]«»\"*_/"
_PARTS = re.compile(r"[^\w'-]")
_ANDS = (" et ", " and ", " & ", " + ")
_TOGETHER = re.compile(r"\s(?:et|and|&|\+)\s[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’.-]*){0,2}\W*(?:\Z|\n)")
_ENDS_LINE = re.compile(
    r"(?: x{1,4}\b)?[^\w\n\[|/–—-]*(?:\Z|\n|[ \t]*(?:[-–—|/,]\s?)?\[(?:phone|email|address|number)|,? t[eé]l|\s[-–—]\s)"
)
_HERE = re.compile(r"[ ,]{1,2}(?:here|speaking|calling|à l['’]appareil|a écrit|wrote|wrote:|writes)\b")
_AGAIN = re.compile(r" (?:again|from|speaking|calling|encore|de [A-Z])\b|\s?[,.!\n]|\Z")


def mask(text: str, pen: Pen = PLAIN) -> str:
    """A text with the names that a form introduces replaced by [name]."""
    text = pen.sub(_CHAIN, _chain, text)
    words = text.split()
    if not words:
        return text
    if _may_introduce(words, text):
        text = pen.sub(_LOW, _low, text)
    if _may_say_who(words[:24]):
        text = pen.sub(_LOW_SELF, _low_self, text)
    if _may_be_signed(words, text):
        text = pen.sub(_LOW_SIGNED, _low_signed, text)
    if _may_end_on_a_name(words):
        text = pen.sub(_LAST, _last, text)
    return text


def _may_introduce(words: Sequence[str], text: str) -> bool:
    """Whether a word in small letters that may be a name follows one that introduces it."""
    if ".m" in text or ",m" in text:  # a title glued to the sentence before it
        return True
    return not forms.LOW_ENDS.isdisjoint(words) and any(
        word in forms.LOW_ENDS and _may_sign(after) for word, after in pairwise(words)
    )


def _may_say_who(head: Sequence[str]) -> bool:
    """Whether the first words of a comment may say who writes, without a capital."""
    said = not forms.ENGLISH_SELF.isdisjoint(head) or not (
        forms.FRENCH_SELF.isdisjoint(head) or forms.GREETS.isdisjoint(head)
    )
    return said and any(map(_is_given_low, head))


def _may_be_signed(words: Sequence[str], text: str) -> bool:
    return text[-1] not in "]?" and _may_sign(words[-1]) and forms.closes(words)


def _may_end_on_a_name(words: Sequence[str]) -> bool:
    return _is_given_low(words[-1]) or _is_given_low(words[max(0, len(words) - 2)])


@lru_cache(maxsize=1 << 14)
def _may_sign(word: str) -> bool:
    """Whether a word may be a name without its capital: none that the lists say is no name."""
    return word.strip(_SIGNS).translate(_PLAIN).lower() not in forms.NOT_LOW


@lru_cache(maxsize=1 << 14)
def _is_given_low(word: str) -> bool:
    """Whether a word, with the signs around it, is a given name that is no word as well."""
    low = word.strip(_SIGNS).translate(_PLAIN).lower()
    return any(
        part in _GIVEN and part not in forms.WORDS_TOO and part not in forms.NOT_LOW
        for part in (low, *_PARTS.split(low))
    )


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
    """Walk a chain of capitals: what introduces (in the chain or before it), then what it introduces."""
    text = found[0]
    string = found.string
    nobody, plain = _alone(text)
    if nobody or (plain and _is_said(string, found.start(), found.end())):
        return text
    words = [(m.start(), m.end(), _heard(m[0])) for m in _WORD.finditer(text)]
    if len(words) == 1 and (words[0][2] in forms.NEVER_FIRST or _begins_a_sentence(found, words[0][2])):
        return text
    low = (
        " " + string[max(0, found.start() - 30) : found.start()].translate(_AROUND).translate(_PLAIN).lower()
    )
    if len(words) > 1 and _LONE.match(text, words[-1][0]) and not _GOES_ON.match(string, found.end()):
        words[-1] = (*words[-1][:2], "initial")
    i = 0
    while i < len(words) and words[i][2] in forms.NEVER_FIRST and not _begins(words, i, low):
        low += words[i][2] + " "
        i += 1
    stop = i
    while stop < len(words) and (words[stop][2] not in NOT_NAMES or words[stop][2] in PARTICLES):
        stop += 1
    while stop > i and words[stop - 1][2] in PARTICLES:
        stop -= 1
    if i == stop:
        return text
    start, end = words[i][0], words[stop - 1][1]
    name = text[start:end]
    at = found.start() + end
    before = string[max(0, found.start() + start - 24) : found.start() + start]
    if not (_introduced(low, name, string[at : at + 24]) or _closing(before, low, name, string, at)):
        return text
    if _is_company(name, string[at : at + 24]) and not _are_two(name, string, found.start() + start, at):
        return text
    return f"{text[:start]}[name]{text[end:]}"


def _begins_a_sentence(found: re.Match[str], word: str) -> bool:
    """Whether a word has its capital from where it stands, with its sentence after it."""
    string, start = found.string, found.start()
    opens = _OPENS.search(string[max(0, start - 7) : start])
    return bool(opens and _GOES_ON.match(string, found.end())) and word not in _GIVEN


@lru_cache(maxsize=1 << 14)
def _alone(text: str) -> tuple[bool, bool]:
    """Of a chain by itself: whether it is one word that begins no name; whether it holds neither a given name nor an introduction."""
    words = [_heard(word) for word in _WORD.findall(text)]
    first = words[0] in forms.NEVER_FIRST
    return first and len(words) == 1, not first and not _has_given(text.split())


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
    words = word.translate(_AROUND).translate(_PLAIN).lower().rsplit(None, 1)
    last = words[-1].strip(" .:|") if words else ""
    return last in forms.INTRODUCING if last else None


@lru_cache(maxsize=4096)
def _heard(word: str) -> str:
    """A word as the lists have it; an initial and its dot are no word, nor are "J'" and what it says."""
    if word[1:2] == "." and word != "M.":
        return "initial"
    return "je" if _ELIDED.match(word) else word.strip(".,'").translate(_PLAIN).lower()


def _begins(words: list[tuple[int, int, str]], i: int, low: str) -> bool:
    """Whether a particle begins a name after a title: "Le Goff", "de La Tour", but not "le Directeur"."""
    if words[i][2] not in PARTICLES or not forms.ends(low, forms.last_word(low), forms.TITLES):
        return False
    after = next((word for _, _, word in words[i:] if word not in PARTICLES), "")
    return bool(after) and after not in NOT_NAMES


@lru_cache(maxsize=1 << 14)
def _is_given(word: str) -> bool:
    return word.strip(".,").translate(_PLAIN).lower() in _GIVEN


def _has_given(words: Sequence[str]) -> bool:
    return any(_is_given(word) or _is_given(word.split("-")[0]) for word in words)


def _is_company(name: str, after: str) -> bool:
    words = name.translate(_PLAIN).lower().split()
    if words[0] in COMPANIES or " ".join(words[:2]) in COMPANIES or after.startswith((" & ", "&")):
        return True
    return f"{words[-1]}{after.translate(_PLAIN).lower()}".startswith(forms.COMPANY_STARTS)


def _are_two(name: str, string: str, start: int, at: int) -> bool:
    """Whether a name and the one after its "&" sign a comment together, so that it is no company's."""
    return (_is_given(name) or string[start - 1 : start] == "\n") and _TOGETHER.match(string, at) is not None


def _introduced(low: str, name: str, after: str) -> bool:
    words = name.split()
    first = words[0]
    last = forms.last_word(low)
    if forms.ends(low, last, forms.TITLES):
        return len(first) > 2 and "." not in first[:2] if low.endswith(".") else len(name) > 1
    if forms.ends(low, last, forms.SURE):
        return True
    if low.endswith("l'") or after.lower().lstrip().startswith(forms.BRANDS):
        return False
    given = _has_given(words[:1])
    if _is_second(low, last, words, after):
        return True
    stops = after[:1] in ("", ",", "\n", "!", ".", ":", ";")
    if stops and forms.ends(low.rstrip(" ,"), last, forms.GREETINGS):
        return given or (len(name) > 2 and not (len(words) == 1 and name.isupper()) and len(words) < 4)
    pair = len(words) > 1 and not (name.isupper() and not given)
    if (pair or given) and forms.ends(low, last, forms.SELF):
        return True
    if _HERE.match(after) and (given or pair):
        return True
    if (
        first.isupper()
        and len(first) > 2
        and len(words) > 1
        and _has_given(words[1:])
        and not words[1].isupper()
    ):
        return True  # the surname in capitals comes first
    if not given:
        return False
    addressed = stops and forms.ends(low.rstrip(" ,"), last, forms.ADDRESSED)
    return (
        len(words) > 1
        or addressed
        or forms.ends(low, last, forms.GIVEN)
        or bool(forms.OF_A_TEAM.match(after) or forms.OF_A_CLIENT.match(after))
    )


def _is_second(low: str, last: str, words: list[str], after: str) -> bool:
    """Whether a name closes a line after another and "and", or is what somebody says to be called."""
    if forms.ends(low, last, forms.SECOND):
        return len(words) < 4 and _ENDS_LINE.match(after) is not None
    alone = len(words) == 1 and forms.ends(low, last, forms.NAMED)
    return alone and _is_called(words[0]) and _AGAIN.match(after) is not None


def _is_called(name: str) -> bool:
    """Whether a capital after "I am" can be a name: no word of what people are."""
    low = _heard(name)
    return (
        2 < len(name) < 16
        and not name.isupper()
        and name.isalpha()
        and low not in forms.NOT_A_SELF
        and low not in forms.NOT_LOW
    )


def _closing(before: str, low: str, name: str, string: str, at: int) -> bool:
    """Whether a name closes a comment, or stands alone under it, as people sign."""
    after = string[at : at + 24]
    words = name.split()
    together = after.startswith(_ANDS) and _TOGETHER.match(string, at) is not None
    said = low.rstrip(" .:|")
    last_word = forms.last_word(said)
    signed = forms.ends(said, last_word, forms.SIGNED)
    beside = signed and after[:1] in (",", "(")
    if len(words) > 4 or not (together or beside or _ENDS_LINE.match(after)):
        return False
    parting = forms.ends(said, last_word, forms.PARTING)
    if signed or (parting and _has_given(words[:1])):
        return True
    gap = before.rstrip(" \u00a0>*_")[-1:]
    if gap not in (",", ".", "!", "?", "…", "\n", "-", "–", "—", ":", ")"):
        return False
    if parting:
        return len(name) > 2 or len(name) == 2
    last = not string[at:].strip(" .!\n")
    alone = gap == "\n" and (last or string.count("\n", at) < 4)
    if _has_given(words):
        listed = gap == "," and before.rstrip(" ,").rpartition(" ")[2][:1].isupper()
        return (last or alone) and not listed and gap != ":"
    if gap == ":":
        return False
    if together and gap == "\n":
        return True
    if (last or alone) and len(words) > 1 and _INITIAL.fullmatch(words[0]):
        return True
    if not last or len(words) != 2 or name.isupper() or len(words[0]) < 3:
        return False
    return gap == "\n" or len(words[1].strip(".")) == 1


def _low(found: re.Match[str]) -> str:
    word = found["it"].translate(_PLAIN)
    if word in forms.NOT_LOW or (found["greeting"] and (word not in _GIVEN or word in forms.WORDS_TOO)):
        return found[0]
    return f"{found['before']}[name]{_beyond(word, found)}"


def _low_self(found: re.Match[str]) -> str:
    word = found["it"].translate(_PLAIN).lower()
    stays = word in forms.NOT_LOW or word not in _GIVEN or word in forms.WORDS_TOO
    return found[0] if stays else f"{found['before']}[name]{_beyond(word, found)}"


def _beyond(word: str, found: re.Match[str]) -> str:
    """What follows a name's first small word: nothing where its second word is the name's too."""
    more = found["more"] or ""
    second = more[1:].translate(_PLAIN).lower()
    ends = found.string[found.end() : found.end() + 1] in ("", ",", ".", "!", "\n") and word in _GIVEN
    named = (
        second
        and second not in forms.NOT_LOW
        and (ends or (second in _GIVEN and second not in forms.WORDS_TOO))
    )
    return "" if named else more


def _last(found: re.Match[str]) -> str:
    """A given name in small letters that closes a comment, alone or before a surname."""
    word, more = (found[part].translate(_PLAIN).lower() if found[part] else "" for part in ("it", "more"))
    named = word in _GIVEN and word not in forms.WORDS_TOO and word not in forms.NOT_LOW
    if not named or more.strip(" .") in forms.NOT_LOW or (more and "\n" not in found["before"]):
        return found[0]
    return f"{found['before']}[name]"


def _low_signed(found: re.Match[str]) -> str:
    """A signature without a capital: one or two words that close the comment, and say nothing else."""
    words = found["it"].translate(_PLAIN).lower().split()
    if any(word.strip(".") in forms.NOT_LOW for word in words) or " ".join(words) in COMPANIES:
        return found[0]
    if (
        words[0] in _GIVEN
        or (found["sure"] and words[0].endswith("."))
        or (found["sure"] and found["gap"].strip(" ") and (len(words) == 1 or "\n" in found["gap"]))
        or (words[0] in forms.RARE and len(words) == 1 and found["gap"].strip(" "))
    ):
        return f"{found['before']}[name]"
    return found[0]
