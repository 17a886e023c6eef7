"""Whose words may be quoted: public ones, and private ones with their author's leave or by the company's settings."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from portevoix.tell.facts import Facts
from portevoix.tell.tongue import tongue

UNKNOWN = "unknown"
"""What the setting `quotable` calls messages whose channel nobody knows."""
PUBLIC = frozenset(
    "avis review reviews tweet tweets twitter x facebook instagram tiktok youtube linkedin reddit mastodon bluesky post posts "
    "google trustpilot tripadvisor booking yelp forum store play social sociaux trusted verifies verified".split()
)
PRIVATE = frozenset(
    "messenger whatsapp dm mp private prive privee direct mail mails email emails courriel courrier letter ticket tickets survey "
    "surveys enquete enquetes sondage questionnaire chat tchat phone telephone call calls appel appels sms form formulaire "
    "boutique agence interne internal".split()
)
_WORD = re.compile(r"[a-z0-9]+")


def quotable(row: Mapping[str, Any], facts: Facts) -> bool:
    """Whether the words of a message may stand in a letter.

    What its source's column `quotable` says comes first. Then the channel: reviews and posts are public, everything else is
    private unless the setting `quotable` names it. Without a channel, a message with stars, or from a file called after
    reviews or posts, is public; any other is "unknown" and private.
    """
    if row.get("quotable") is not None:
        return bool(row["quotable"])
    channel = str(row.get("channel") or "")
    if not channel:
        source = str(row.get("verbatim") or "").partition("/")[0]
        return public(source) or row.get("stars") is not None or UNKNOWN in facts.quotable
    return public(channel) or any(_same(channel, named) for named in facts.quotable)


@cache
def public(channel: str) -> bool:
    """Whether everybody can read what is said through a channel of this name; a name that says both is private."""
    said = set(_WORD.findall(_plain(channel)))
    return bool(said & PUBLIC) and not said & PRIVATE


@cache
def _same(channel: str, named: str) -> bool:
    """Whether two names are of one channel, in either language: "enquête" is "survey"."""
    one, other = channel.casefold(), named.casefold()
    if _plain(one) == _plain(other):
        return True
    known = [tongue(lang).words["channels"] for lang in ("fr", "en")]
    return any(one in names and names[one] == names.get(other) for names in known)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name))
    return "".join(c for c in letters if not unicodedata.combining(c)).lower()
