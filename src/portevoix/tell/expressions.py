"""Words that several people share: the only customers' words that a brief may print."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portevoix.tell.tongue import Tongue

PEOPLE = 5
"""People who must have written an expression before it is anyone's to print."""

_WORD = re.compile(r"[^\W_]+(?:-[^\W\d_]+)*", re.UNICODE)
_MARK = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Expression:
    """`words` as the first of its authors wrote it, in lower case, and the verbatims that hold it."""

    words: str
    verbatims: tuple[str, ...]


def shared(rows: Sequence[Mapping[str, Any]], texts: Mapping[str, str], tongue: Tongue) -> Expression | None:
    """The expression of two to five words that most people share in what they said; None under five people.

    `rows`: mentions, of which only the part between `start` and `stop` is read. Copies of one text count as one
    person, and people unknown count by text. Numbers, marks of redaction, insults and first names are never part of it.
    """
    lists = tongue.words["lists"]
    stop = frozenset(lists["stop"].split())
    barred = frozenset(lists["insults"].split()) | frozenset(lists["firstnames"].split())
    negations = frozenset(lists["negations"].split())
    people: dict[tuple[str, ...], set[str]] = defaultdict(set)
    copies: dict[tuple[str, ...], set[str]] = defaultdict(set)
    held: dict[tuple[str, ...], set[str]] = defaultdict(set)
    surface: dict[tuple[str, ...], str] = {}
    for row in rows:
        verbatim = str(row["verbatim"])
        text = texts.get(verbatim, "")
        for gram, words in _grams(_evidence(text, row), stop, negations, barred).items():
            people[gram].add(str(row.get("person") or f"\x00{verbatim}"))
            copies[gram].add(" ".join(text.lower().split()))
            held[gram].add(verbatim)
            surface.setdefault(gram, words)
    fit = [gram for gram in held if min(len(people[gram]), len(copies[gram])) >= PEOPLE]
    if not fit:
        return None
    best = max(fit, key=lambda gram: (len(people[gram]) * (1 + 0.6 * min(len(gram), 4)), gram))
    return Expression(surface[best], tuple(sorted(held[best])))


def _evidence(text: str, row: Mapping[str, Any]) -> str:
    start, stop = row.get("start"), row.get("stop")
    if start is None or stop is None or not 0 <= start < stop <= len(text):
        return text[:400]
    return text[start:stop]


def _grams(
    text: str, stop: frozenset[str], negations: frozenset[str], barred: frozenset[str]
) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for piece in re.split(r"[.;:!?,()\n«»\"]+", _MARK.sub(".", text).lower().replace("\u2019", "'")):
        spans = list(_WORD.finditer(piece))
        words = [span.group() for span in spans]
        for size in range(2, 6):
            for i in range(len(words) - size + 1):
                gram = tuple(words[i : i + size])
                if _telling(gram, stop, negations, barred):
                    found.setdefault(gram, piece[spans[i].start() : spans[i + size - 1].end()])
    return found


def _telling(
    gram: tuple[str, ...], stop: frozenset[str], negations: frozenset[str], barred: frozenset[str]
) -> bool:
    if any(word in barred or any(c.isdigit() for c in word) for word in gram):
        return False
    if gram[-1] in stop or (gram[0] in stop and gram[0] not in negations):
        return False
    if gram[-1] in negations and gram[0] not in negations:
        return False
    content = sum(word not in stop and word not in negations for word in gram)
    return content >= 2 or (content == 1 and gram[0] in negations and len(gram) >= 2)
