"""Where and about what: a column's value as a colleague would say it, without the marks of a spreadsheet."""

import re

from portevoix.tell.tongue import Tongue, plain

_NAME = re.compile(r"[^\W\d_]+(?:[ '’&-]+[^\W\d_]+){0,4}")
_TOWNS = frozenset({"city", "town", "ville", "commune"})
LOCAL = _TOWNS | {
    "region",
    "région",
    "state",
    "department",
    "département",
    "store",
    "shop",
    "magasin",
    "agence",
    "branch",
}
"""Columns of places: what gathers there of a sudden has a cause there."""
_OPINIONS = re.compile(
    r"sentiment|polarit|opinion|emotion|émotion|rating|score|stars?\b|étoile|etoile|\bnotes?\b|grade|nps|csat",
    re.IGNORECASE,
)


def told(column: str) -> bool:
    """Whether a column says where or about what, rather than what was felt: an opinion does not explain an opinion."""
    return not _OPINIONS.search(column)


def named(value: str, speech: Tongue) -> str:
    """A name or an ordinary word bare, anything else between quotation marks."""
    value = plain(value)
    return value if _NAME.fullmatch(value) else speech.quoted(value)


def product(value: str, speech: Tongue, group: bool = False) -> str:
    """As in "à propos de la télé", "pour Orange Bank", "côté moto"; `group`: of a product beside another, "côté télé"."""
    known = speech.words["products"].get(value.lower())
    if group and (known or _word(value)):
        name = known if speech.lang == "en" and known else plain(value).lower()
        return str(speech.words["where"]["product_group"]).format(value=name)
    if known:
        return str(speech.words["where"]["about"]).format(value=known)
    return _filled("product", value, speech)


def channel(value: str, speech: Tongue, one: bool = False) -> str:
    """As in "par téléphone", "dans les avis"; `one`: of one message, "dans un avis"."""
    known = (speech.words["said"].get(value.lower()) if one else None) or speech.words["channels"].get(
        value.lower()
    )
    return str(known) if known else str(speech.words["where"]["channel"]).format(value=speech.quoted(value))


def place(column: str, value: str, speech: Tongue, group: bool = False) -> str:
    """Where a message belongs, as the end of a sentence; `column` "hour" holds "after 20" or "before 9"."""
    where = speech.words["where"]
    if column == "hour":
        side, hour = value.split()
        return str(where[side]).format(hour=speech.grammar.hour(int(hour)))
    if column == "channel":
        return channel(value, speech)
    if column == "product":
        return product(value, speech, group)
    if column.lower() in _TOWNS:
        return str(where["place"]).format(value=named(value, speech))
    return _filled(column if column in ("segment", "provider") else "other", value, speech)


def _word(value: str) -> bool:
    """Whether a value is an ordinary word in lower case."""
    return value.islower() and _NAME.fullmatch(value) is not None


def _filled(kind: str, value: str, speech: Tongue) -> str:
    """One of two templates: for an ordinary word, and for a name or a code."""
    where = speech.words["where"]
    if _word(value) and f"{kind}_word" in where:
        return str(where[f"{kind}_word"]).format(value=plain(value))
    bare = kind in ("product", "provider")
    return str(where[kind]).format(value=named(value, speech) if bare else speech.quoted(value))
