"""Names of persons that are written in small letters, by the forms that introduce them and by their place."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from portevoix.collect import introductions as forms
from portevoix.collect.introductions import COMPANIES
from portevoix.collect.known import is_felt, is_name, is_name_alone, is_word, plain
from portevoix.collect.pen import Pen

_LOW = re.compile(
    r"(?P<before>(?<!\w)(?:(?:[Mm]rs?|[Mm]me|[Mm]lle)\.?|(?<!\.)m\.|(?:je suis|ici|c['’]est) (?:madame|monsieur|mademoiselle)|(?P<title>[Mm]adame|[Mm]onsieur|[Mm]ademoiselle)|"
    r"(?P<said>[Jj]e m['’ ]?app?el+e?s?|[Mm]y name(?: is|['’]s))|(?P<greeting>[Mm]erci(?: bcp| beaucoup| encore)?|[Bb]ravo|[Tt]hanks|[Tt]hx|[Tt]y|[Ss]lt|[Cc]her|[Cc]h[eè]re|[Dd]ear|hi|hey|[Bb]onjour|[Bb]onsoir|[Ss]alut|[Hh]ello|Hi|Hey|[Cc]oucou)(?! (?:[Mm]adame|[Mm]onsieur|[Mm]ademoiselle|[Mm]r|[Mm]me|[Mm]lle|m\.)\b))[ ])(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,})(?!\w)(?P<more> [a-zà-ÿ][a-zà-ÿ'’-]{2,})?(?!\w)"
)
_LOW_SELF = re.compile(
    r"(?P<before>(?<!\w)(?:this is|i['’ ]?m|i am|(?:(?:bonjour|bonsoir|salut|hello|allo|allô|coucou|slt|bjr|moi|hi)[ ,!]{1,3}|\A)(?:c['’ ]?est|c|je suis|ici)) )"
    r"(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,})(?P<more> [a-zà-ÿ][a-zà-ÿ'’-]{2,})?(?=\s*(?:[,.!:\n]|\Z)| (?:again|from|here|speaking|calling|et|and|de|du|encore|g|j['’ ]?ai|je|jai)\b)",
    re.IGNORECASE,
)
_LOW_SIGNED = re.compile(
    r"(?P<before>(?<!\w)(?:(?P<sure>cordialement|cordialmt|cordialment|cordialemnt|salutations|respectueusement|sincèrement|amicalement|cdlt|cdt|crdt|crdlt|cdmt|slts|distinguées|distingués|"
    r"(?:kind |best )?regards|rgds|sincerely|faithfully|yours truly|bien à (?:vous|toi))|merci|merci (?:beaucoup|bcp|encore|à vous)|(?:merci )?(?:par |d[ '’]?)avance|thanks(?: again| a lot| so much)?|"
    r"(?:many|with) thanks|thank you|thank u|thx|cheers|all the best|best wishes|best|take care|(?:bonne|belle|excellente) (?:journée|soirée|continuation|semaine|année)|bon week-?end|bises?|bisous|"
    r"à (?:très )?bientôt|au revoir|votre (?:retour|réponse)|your (?:help|reply|response|time))(?P<gap>\s*[,.!:\n–—-]*\s*))"
    r"(?P<it>(?:[a-zà-ÿ]\.? )?[a-zà-ÿ][a-zà-ÿ'’-]{2,30}(?: [a-zà-ÿ][a-zà-ÿ'’-]{1,30})?)(?=[\s.!]*\Z)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?P<before>[.!?…,)\n][ \n]+(?:[-–—] ?)?)(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,20})(?P<more> [a-zà-ÿ][a-zà-ÿ'’-]{1,20}\.?)?(?=[ .!]*\Z)"
)
_HEAD = 120
_SIGNS = "'’-–—.,:;!?…()[]«»\"*_/"
_PARTS = re.compile(r"[^\w'-]")


def _is_alone(low: str) -> bool:
    """Whether a plain word is a given name and nothing else: one that needs no capital."""
    return is_name_alone(low) and not is_word(low) and low not in forms.NOT_LOW


def mask(text: str, pen: Pen) -> str:
    """A text with the names in small letters that a form introduces replaced by [name]."""
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
    if not forms.LOW_TITLES.isdisjoint(words):
        for word, after in pairwise(words):
            if word in forms.LOW_TITLES and _may_sign(after):
                return True
    if not forms.LOW_GREETS.isdisjoint(words):
        for word, after in pairwise(words):
            if word in forms.LOW_GREETS and _is_given_low(after):
                return True
    return False


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
    return plain(word.strip(_SIGNS)) not in forms.NOT_LOW


@lru_cache(maxsize=1 << 14)
def _is_given_low(word: str) -> bool:
    """Whether a word, with the signs around it, is a given name that is no word as well."""
    low = plain(word.strip(_SIGNS))
    return any(map(_is_alone, (low, *_PARTS.split(low))))


def _low(found: re.Match[str]) -> str:
    word = plain(found["it"])
    if (
        word in forms.NOT_LOW
        or "'" in word[:2]
        or word.startswith("je-")
        or (found["title"] and is_word(word))
        or (found["said"] and is_word(word) and not is_name(word))
        or (found["greeting"] and not _is_alone(word))
    ):
        return found[0]
    return f"{found['before']}[name]{_beyond(word, found)}"


def _low_self(found: re.Match[str]) -> str:
    word = plain(found["it"])
    return found[0] if not _is_alone(word) else f"{found['before']}[name]{_beyond(word, found)}"


def _beyond(word: str, found: re.Match[str]) -> str:
    """What follows a name's first small word: nothing where its second word is the name's too."""
    more = found["more"] or ""
    second = plain(more[1:])
    ends = found.string[found.end() : found.end() + 1] in ("", ",", ".", "!", "\n") and is_name(word)
    named = second and second not in forms.NOT_LOW and (ends or _is_alone(second))
    return "" if named else more


def _last(found: re.Match[str]) -> str:
    """A given name in small letters that closes a comment, alone or before a surname."""
    word, more = (plain(found[part]) if found[part] else "" for part in ("it", "more"))
    named = _is_alone(word)
    if not named or more.strip(" .") in forms.NOT_LOW or (more and "\n" not in found["before"]):
        return found[0]
    return f"{found['before']}[name]"


def _low_signed(found: re.Match[str]) -> str:
    """A signature without a capital: one or two words that close the comment, and say nothing else."""
    words = plain(found["it"]).split()
    if (
        any(word.strip(".") in forms.NOT_LOW for word in words)
        or is_felt(found["it"])
        or (" ".join(words) in COMPANIES or words[0] in COMPANIES)
    ):
        return found[0]
    if (
        _is_alone(words[0])
        or (found["sure"] and words[0].endswith("."))
        or (found["sure"] and found["gap"].strip(" ") and (len(words) == 1 or "\n" in found["gap"]))
        or (words[0] in forms.RARE and len(words) == 1 and found["gap"].strip(" "))
    ):
        return f"{found['before']}[name]"
    return found[0]
