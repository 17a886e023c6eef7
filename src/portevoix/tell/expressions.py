"""Words that several people share: the only customers' words that a brief may print."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from portevoix.tell.tongue import Tongue, tongue

PEOPLE = 5
"""People who must have written an expression before it is anyone's to print."""

_LONGEST = 7
_WORTH = 0.015
"""The share of the mentions that must hold an expression before "the same words come up" is fair to say."""

_PRAISING = frozenset({"sans", "aucun", "aucune", "rien", "jamais", "without", "no", "never", "nothing"})
"""Denials that praise uses as well: "sans attente", "aucun souci", "never a problem"."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W\d_]+)*", re.UNICODE)
_MARK = re.compile(r"\[[^\]]*\]")
_PAUSE = re.compile(r"[.;:!?,()\n«»\"“”…/|]+|\s[-–—]+|[-–—]+\s")
Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """`words` as the first of its authors wrote it, in lower case, and the verbatims that hold it."""

    words: str
    verbatims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lists:
    stop: frozenset[str]
    start: frozenset[str]
    negations: frozenset[str]
    barred: frozenset[str]
    denials: frozenset[str]


def shared(
    rows: Sequence[Mapping[str, Any]],
    texts: Mapping[str, str],
    speech: Tongue,
    others: Sequence[Mapping[str, Any]] = (),
    praise: bool = False,
) -> Expression | None:
    """The expression of two to seven words that most people share in what they said; None under five people.

    `others`: what is said of the same theme the other way round (its texts are in `texts` too): words that come up
    there a third as often or more are the theme's, not the opinion's, and are left out.

    `rows`: mentions, of which only the part between `start` and `stop` is read. Copies of one text count as one
    person, and people unknown count by text. Numbers, marks of redaction, insults and first names are never part of
    it, of `praise` no denial either, and it is more than names. Among expressions that the same people share, the longest that reads as a phrase is taken.
    """
    lists = _lists(speech)
    barred = lists.barred | (lists.denials if praise else frozenset())
    names = _names([_evidence(texts.get(str(row["verbatim"]), ""), row) for row in rows])
    people: dict[Gram, set[str]] = defaultdict(set)
    copies: dict[Gram, set[str]] = defaultdict(set)
    held: dict[Gram, set[str]] = defaultdict(set)
    surface: dict[Gram, str] = {}
    closing: dict[Gram, int] = defaultdict(int)
    for row in rows:
        verbatim = str(row["verbatim"])
        text = texts.get(verbatim, "")
        person, copy = str(row.get("person") or f"\x00{verbatim}"), " ".join(text.lower().split())
        for gram, (words, closes) in _grams(_evidence(text, row), barred).items():
            people[gram].add(person)
            copies[gram].add(copy)
            held[gram].add(verbatim)
            surface.setdefault(gram, words)
            closing[gram] += closes
    support = {gram: min(len(people[gram]), len(copies[gram])) for gram in held}
    floor = max(PEOPLE, round(_WORTH * len(rows)))
    common = _common(others, texts, barred, 3 * len(rows) / len(others) if others else 0.0)
    fit = [
        g
        for g, n in support.items()
        if n >= floor and n > common.get(g, 0.0) and _telling(g, lists) and not _only(g, names, lists)
    ]
    if not fit:
        return None
    best = max(
        fit, key=lambda gram: (support[gram] * _ease(gram, lists) * _whole(gram, support, lists), gram)
    )
    return Expression(surface[best], tuple(sorted(held[best])))


def _common(
    rows: Sequence[Mapping[str, Any]], texts: Mapping[str, str], barred: frozenset[str], scale: float
) -> Mapping[Gram, float]:
    """How often each run of words comes up in other mentions, at the weight `scale`."""
    found: dict[Gram, float] = defaultdict(float)
    for row in rows:
        for gram in _grams(_evidence(texts.get(str(row["verbatim"]), ""), row), barred):
            found[gram] += scale
    return found


def _lists(speech: Tongue) -> _Lists:
    """The letter's own small words, and those of the other language: customers write in either."""
    own, other = (_sets(lang) for lang in (("fr", "en") if speech.lang == "fr" else ("en", "fr")))
    barred = own["insults"] | own["firstnames"] | other["insults"] | other["firstnames"]
    denials = (own["negations"] | other["negations"]) - _PRAISING
    stop = own["stop"] | (other["stop"] - own["negations"])
    return _Lists(stop, own["start"], own["negations"], barred, denials)


def _names(pieces: Sequence[str]) -> frozenset[str]:
    """Words that stand inside sentences five times or more, with a capital nearly every time: brands, people, towns."""
    seen: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for piece in pieces:
        for i, word in enumerate(_WORD.findall(piece)):
            if i and not word.isupper():
                seen[word.lower()][0] += 1
                seen[word.lower()][1] += word[0].isupper()
    return frozenset(word for word, (n, capitals) in seen.items() if n >= PEOPLE and capitals >= 0.7 * n)


@cache
def _sets(lang: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in tongue(lang).words["lists"].items()}


def _evidence(text: str, row: Mapping[str, Any]) -> str:
    start, stop = row.get("start"), row.get("stop")
    if start is None or stop is None or not 0 <= start < stop <= len(text):
        return text[:400]
    return text[start:stop]


def _grams(text: str, barred: frozenset[str]) -> dict[Gram, tuple[str, bool]]:
    """Runs of words inside pauses: as they were written, and whether a pause follows."""
    found: dict[Gram, tuple[str, bool]] = {}
    for piece in _PAUSE.split(_MARK.sub(".", text).lower().replace("\u2019", "'")):
        spans = list(_WORD.finditer(piece))
        words = [span.group() for span in spans]
        fine = [word not in barred and not any(c.isdigit() for c in word) for word in words]
        for size in range(2, _LONGEST + 2):
            for i in range(len(words) - size + 1):
                if all(fine[i : i + size]):
                    said = piece[spans[i].start() : spans[i + size - 1].end()]
                    found.setdefault(tuple(words[i : i + size]), (said, i + size == len(words)))
    return found


def _telling(gram: Gram, lists: _Lists) -> bool:
    """Whether a run of words says something by itself and neither begins nor ends in the middle of a phrase."""
    first, last = gram[0], gram[-1]
    if len(gram) > _LONGEST:
        return False
    if first in lists.stop and first not in lists.start and first not in lists.negations:
        return False
    if last in lists.stop or (last in lists.negations and first not in lists.negations and len(gram) < 4):
        return False
    content = _content(gram, lists)
    return content >= 2 or (content == 1 and not lists.negations.isdisjoint(gram))


def _only(gram: Gram, names: frozenset[str], lists: _Lists) -> bool:
    """Whether nothing but names (a brand, a person, a town) is left of a run of words without its small ones."""
    return all(word in lists.stop or word in lists.negations or word in names for word in gram)


def _content(gram: Gram, lists: _Lists) -> int:
    return sum(word not in lists.stop and word not in lists.negations for word in gram)


def _ease(gram: Gram, lists: _Lists) -> float:
    """How well an expression reads: more words of content, an article or a negation kept at its head."""
    head = gram[0] in lists.start or gram[0] in lists.negations
    return 1 + 0.35 * min(_content(gram, lists), 3) + 0.03 * len(gram) + 0.1 * head


def _whole(gram: Gram, support: Mapping[Gram, int], lists: _Lists) -> float:
    """Half, when nearly all who share an expression put the same small word before it, or "pas" after it."""
    needed = 0.7 * support[gram]
    headless = any(support.get((word, *gram), 0) >= needed for word in lists.stop)
    tailless = any(support.get((*gram, word), 0) >= needed for word in lists.negations)
    return 0.5 if headless or tailless else 1.0
