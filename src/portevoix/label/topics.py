"""What people talk about that no theme holds: comments grouped by the words that they share and that the others lack.

Words that comments without a theme use more than the rest are put together by the comments that hold them; each group then
asks every comment whether it is of it (naive Bayes, several rounds). Topics known from before are asked first, so that one which
lives on keeps its id. No word is kept: a topic is the comments that have it, and its name is read off them each time.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from portevoix.label import features
from portevoix.label.bags import AT_LEAST
from portevoix.label.pieces import BREAK, END, WORD, Reader, cut, fold

MOST = 60
"""Topics at most."""
_FEWEST = 8
"""Comments that a topic takes to be born; it lives on from AT_LEAST people."""
_TERMS, _COMMON, _TELLING, _NEAR = 1_000, 0.15, 1.6, 0.30
_SETTLED, _ROUNDS, _TOGETHER, _OWN, _LONG = 6, 2, 0.5, 0.25, 1.5
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, repr=False)
class Comments:
    """Some comments: ids, people (None: unknown), scrubbed texts, and whether a theme holds them."""

    ids: Sequence[str]
    people: Sequence[str | None]
    texts: Sequence[str]
    held: Sequence[bool]


@dataclass(frozen=True, slots=True, repr=False)
class Topic:
    """A topic: its id, its comments with how sure each is, and its name: words that five people of it used, or more."""

    id: str
    verbatims: dict[str, float]
    name: tuple[str, ...] = ()


@dataclass(slots=True, repr=False)
class _Bag:
    """All comments as numbers: token i is term `term[i]` of comment `doc[i]`, each once; doc is sorted."""

    ids: list[str] = field(default_factory=list)
    person: list[int] = field(default_factory=list)
    copy: list[int] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    doc: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    term: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def find(portions: Iterable[Comments], before: Mapping[str, str]) -> list[Topic]:
    """The topics of comments, the largest first, without names. `before` maps verbatims to the topics they had.

    A topic that splits leaves its id to the larger part; of two that merge the larger one's stays. Deterministic.
    """
    bag = _read(portions)
    docs = len(bag.ids)
    if not docs or not len(bag.term):
        return []
    kept = _supported(bag)
    names: list[str | None] = list(sorted(set(before.values())))
    at = {topic: k for k, topic in enumerate(names)}
    home = np.array([at.get(before.get(name), -1) for name in bag.ids], np.int64)
    sure = np.zeros(docs, np.float32)
    for _ in range(_SETTLED):
        last = home
        home, sure = _refined(bag, kept, home, len(names))
        home, names = _lasting(bag, home, names)
        fresh = _grown(bag, kept, ~np.array(bag.held, bool) & (home < 0))
        home = np.where(fresh >= 0, fresh + len(names), home)
        names += [None] * (int(fresh.max()) + 1)
        home, sure = _refined(bag, kept, home, len(names))
        home, names = _lasting(bag, home, names)
        if len(last) and np.array_equal(last, home):
            break
    return _topics(bag, home, sure, names)


def _lasting(bag: _Bag, home: Ints, names: Sequence[str | None]) -> tuple[Ints, list[str | None]]:
    """The groups that are large enough, in their order: those without a name yet take more comments."""
    size = np.bincount(home[home >= 0], minlength=len(names))
    kept = [
        k
        for k, known in enumerate(names)
        if size[k] >= (_FEWEST if known is None else AT_LEAST)
        and _people(bag, np.flatnonzero(home == k)) >= AT_LEAST
    ]
    number = np.full(len(names) + 1, -1, np.int64)
    number[kept] = np.arange(len(kept))
    return np.asarray(number[home], np.int64), [names[k] for k in kept]


def _read(portions: Iterable[Comments]) -> _Bag:
    bag, reader = _Bag(), Reader(10**9)
    stem_of: list[int] = []
    stems: dict[str, int] = {}
    people: dict[str, int] = {}
    copies: dict[bytes, int] = {}
    docs, terms = [], []
    for part in portions:
        base = len(bag.ids)
        pieces = reader.read(part.texts)
        _, kinds, words = reader.tables()
        for word in reader.words[len(stem_of) :]:
            stem_of.append(_stem(word, stems))
        known = np.array(stem_of, np.int64)
        doc = np.repeat(np.arange(len(part.texts), dtype=np.int64), np.diff(pieces.bounds))
        fit = (words[pieces.piece] >= 0) & (kinds[pieces.piece] == WORD)
        term = known[words[pieces.piece[fit]]]
        pair = np.unique((doc[fit] + base)[term >= 0] * (1 << 32) + term[term >= 0])
        docs.append(pair >> 32)
        terms.append(pair & 0xFFFFFFFF)
        bag.ids += part.ids
        bag.held += part.held
        for name, person, text in zip(part.ids, part.people, part.texts, strict=True):
            bag.person.append(people.setdefault(person or f"\0{name}", len(people)))
            same = hashlib.blake2b(" ".join(text.lower().split()).encode("utf-8", "replace"), digest_size=12)
            bag.copy.append(copies.setdefault(same.digest(), len(copies)))
    bag.stems = list(stems)
    bag.doc = np.concatenate(docs) if docs else bag.doc
    bag.term = np.concatenate(terms) if terms else bag.term
    return bag


@cache
def _small() -> frozenset[str]:
    """Words that every comment has, folded: they tell no topic."""
    return frozenset((files("portevoix.label") / "lexicon" / "small.txt").read_text("utf-8").split())


def _stem(word: str, stems: dict[str, int]) -> int:
    """The number of a word without its plural; -1 for what can tell no topic: small words, feelings, themes' own words."""
    if len(word) < 3 or word.startswith("<") or word in _small() or word in features.NEGATORS:
        return -1
    if features.seed_codes(word):
        return -1
    stem = word[:-1] if len(word) > 4 and word[-1] in "sx" else word
    return stems.setdefault(stem, len(stems))


def _supported(bag: _Bag) -> npt.NDArray[np.bool_]:
    """Which terms at least five people used, in as many different comments."""
    fewest = np.full(len(bag.stems), 1 << 40)
    for who in (bag.person, bag.copy):
        pair = np.unique(bag.term * (1 << 32) + np.array(who, np.int64)[bag.doc]) >> 32
        fewest = np.minimum(fewest, np.bincount(pair, minlength=len(bag.stems)))
    return np.asarray(fewest >= AT_LEAST)


def _grown(bag: _Bag, kept: npt.NDArray[np.bool_], free: npt.NDArray[np.bool_]) -> Ints:
    """New groups among the free comments: the number of each one's group, or -1."""
    none = np.full(len(bag.ids), -1, np.int64)
    size, rest = int(free.sum()), int((~free).sum())
    mine = free[bag.doc]
    inside = np.bincount(bag.term[mine], minlength=len(bag.stems)).astype(np.float64)
    outside = np.bincount(bag.term[~mine], minlength=len(bag.stems)).astype(np.float64)
    gap = np.log((inside + 0.5) / (size - inside + 0.5)) - np.log((outside + 0.5) / (rest - outside + 0.5))
    telling = gap / np.sqrt(1 / (inside + 0.5) + 1 / (outside + 0.5))
    fit = kept & (inside >= AT_LEAST) & (inside <= max(50.0, _COMMON * size))
    if rest >= 100:
        fit &= telling > _TELLING
    chosen = np.flatnonzero(fit)
    chosen = chosen[np.lexsort((chosen, -telling[chosen]))][:_TERMS]
    if len(chosen) < 2:
        return none
    place = np.full(len(bag.stems), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    there = mine & (place[bag.term] >= 0)
    doc, term = bag.doc[there], place[bag.term[there]]
    group = _linked(_together(doc, term, len(chosen)))
    weight = np.log(size / inside[chosen])
    groups = int(group.max()) + 1
    rows, doc = np.unique(doc, return_inverse=True)
    score = np.bincount(doc * groups + group[term], weight[term], len(rows) * groups).reshape(-1, groups)
    number = np.bincount(doc * groups + group[term], minlength=len(rows) * groups).reshape(-1, groups)
    best = score.argmax(1)
    surely = number[np.arange(len(rows)), best] >= 2
    found = none
    found[rows[surely]] = best[surely]
    return _large(found, bag)


def _together(doc: Ints, term: Ints, terms: int) -> Floats:
    """How alike the company of terms is: the cosine of their rows of co-occurrence, each scaled by how often they come."""
    shared = np.zeros((terms, terms), np.float32)
    edges = np.searchsorted(doc, np.arange(0, int(doc[-1]) + 4096, 4096))
    for a, b in itertools.pairwise([*edges.tolist(), len(doc)]):
        if a < b:
            some = np.zeros((int(doc[b - 1] - doc[a]) + 1, terms), np.float32)
            some[doc[a:b] - doc[a], term[a:b]] = 1
            shared += some.T @ some
    times = np.sqrt(np.diagonal(shared))
    near = shared / np.maximum(1e-6, np.outer(times, times))
    near[shared < 3] = 0
    np.fill_diagonal(near, 0.5)
    near /= np.maximum(1e-6, np.linalg.norm(near, axis=1, keepdims=True))
    return np.asarray(near @ near.T, np.float32)


def _linked(near: Floats) -> Ints:
    """Terms in groups by average linkage, until the two nearest groups are further apart than _NEAR."""
    n = len(near)
    near = near.copy()
    np.fill_diagonal(near, -1)
    size, group = np.ones(n), np.arange(n)
    best = near.max(1)
    while True:
        a = int(best.argmax())
        if best[a] < _NEAR:
            break
        b = int(near[a].argmax())
        a, b = min(a, b), max(a, b)
        row = (near[a] * size[a] + near[b] * size[b]) / (size[a] + size[b])
        row[(near[a] < -0.5) | (near[b] < -0.5)] = -1
        near[a], near[:, a], near[b], near[:, b] = row, row, -1, -1
        near[a, a] = -1
        size[a] += size[b]
        group[group == b] = a
        best = np.maximum(near.max(1), -1)
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def _large(home: Ints, bag: _Bag) -> Ints:
    """Groups of enough comments and people, numbered by size; -1 for the rest."""
    groups = int(home.max()) + 1 if len(home) else 0
    if groups <= 0:
        return home
    size = np.bincount(home[home >= 0], minlength=groups)
    many = [
        k for k in range(groups) if size[k] >= _FEWEST and _people(bag, np.flatnonzero(home == k)) >= AT_LEAST
    ]
    many = sorted(many, key=lambda k: (-size[k], k))[:MOST]
    number = np.full(groups + 1, -1, np.int64)
    number[many] = np.arange(len(many))
    return np.asarray(number[home], np.int64)


def _people(bag: _Bag, docs: Ints) -> int:
    return min(len({bag.person[i] for i in docs}), len({bag.copy[i] for i in docs}))


def _refined(bag: _Bag, kept: npt.NDArray[np.bool_], home: Ints, groups: int) -> tuple[Ints, Floats]:
    """Comments asked again by all groups what they are about: the number of the group, or -1, and how sure."""
    docs, terms = len(bag.ids), len(bag.stems)
    fit = kept[bag.term]
    doc, term = bag.doc[fit], bag.term[fit]
    every = np.bincount(term, minlength=terms).astype(np.float64)
    sure, words = np.zeros(docs, np.float32), np.bincount(doc, minlength=docs)
    if not groups or not (home >= 0).any():
        return np.full(docs, -1, np.int64), sure
    for _ in range(_ROUNDS):
        there = home[doc] >= 0
        inside = np.bincount(home[doc[there]] * terms + term[there], minlength=groups * terms)
        inside = inside.reshape(groups, terms).astype(np.float64)
        size = np.bincount(home[home >= 0], minlength=groups).astype(np.float64)[:, None]
        rest = np.maximum(0, every[None, :] - inside)
        odds = np.log((inside + 0.1) / (size + 1)) - np.log((rest + 0.5) / (docs - size + 1))
        odds[(inside < 3) | (odds < 1.0) | (inside < _OWN * every[None, :])] = 0
        prior = np.log(np.maximum(size[:, 0], 0.5) / np.maximum(1, docs - size[:, 0]))
        which, by = np.nonzero(odds.T)
        first = np.searchsorted(which, np.arange(terms + 1))
        times = np.diff(first)[term]
        row = np.repeat(doc, times)
        at = np.repeat(first[term] - np.append(0, np.cumsum(times)[:-1]), times) + np.arange(int(times.sum()))
        score = np.bincount(row * groups + by[at], odds[by[at], which[at]], docs * groups).reshape(
            docs, groups
        )
        number = np.bincount(row * groups + by[at], minlength=docs * groups).reshape(docs, groups)
        long = np.log(np.maximum(1.0, words / np.maximum(1.0, np.median(words[home >= 0]))))[:, None]
        score = np.where(number >= 2, score, score - 1.5) + prior - _LONG * long
        score[:, size[:, 0] < 3] = -30
        home = _merged(score, home)
        best = score[np.arange(docs), np.maximum(home, 0)]
        sure = np.asarray(1 / (1 + np.exp(-np.clip(best, -30, 30))), np.float32)
    return home, sure


def _merged(score: npt.NDArray[np.float64], home: Ints) -> Ints:
    """Each comment's group, once groups that mostly claim the same comments are one: the larger one's."""
    claims = (score > 0).astype(np.float32)
    shared = claims.T @ claims
    size = np.diagonal(shared).copy()
    into = np.arange(len(size))
    for a, b in itertools.combinations(np.lexsort((np.arange(len(size)), -size)).tolist(), 2):
        if size[b] and into[b] == b and shared[a, b] / size[b] >= _TOGETHER:
            into[b] = into[a]
    best = into[score.argmax(1)]
    return np.where(score.max(1) > 0, best, -1)


def _topics(bag: _Bag, home: Ints, sure: Floats, names: Sequence[str | None]) -> list[Topic]:
    found = []
    for k, known in enumerate(names):
        mine = {bag.ids[i]: round(min(0.999, float(sure[i])), 3) for i in np.flatnonzero(home == k)}
        own = hashlib.sha256("\n".join(sorted(mine)).encode("utf-8", "replace")).hexdigest()
        found.append(Topic(known or f"topic-{own[:8]}", mine))
    return sorted(found, key=lambda topic: (-len(topic.verbatims), topic.id))[:MOST]


def name(
    texts: Sequence[str],
    people: Sequence[str | None],
    others: Sequence[str],
    barred: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Up to three words or pairs of words that tell some texts from others; each was written by five people or more.

    No numbers, no redaction marks, nothing `barred` (first names, insults), no word that is written with a capital inside
    sentences: a name.
    """
    mine, surface, capitals = _held_words(texts, people, barred)
    rest, _, _ = _held_words(others, [None] * len(others), barred)
    fit = [
        (
            len(who)
            * np.log((len(who) / len(texts)) / ((len(rest.get(term, ())) + 0.5) / (len(others) + 1))),
            term,
        )
        for term, who in mine.items()
        if len(who) >= AT_LEAST and capitals[term] < 0.5 * surface[term].total()
    ]
    chosen: list[tuple[str, ...]] = []
    for _, term in sorted(fit, key=lambda pair: (-pair[0] * (1 + 0.3 * (len(pair[1]) - 1)), pair[1])):
        if not any(set(term) & set(one) for one in chosen):
            chosen.append(term)
        if len(chosen) == 3:
            break
    return tuple(min(surface[term].items(), key=lambda item: (-item[1], item[0]))[0] for term in chosen)


Terms = tuple[str, ...]


def _held_words(
    texts: Sequence[str], people: Sequence[str | None], barred: frozenset[str]
) -> tuple[dict[Terms, set[object]], dict[Terms, Counter[str]], Counter[Terms]]:
    """Words and pairs of neighbours: who wrote them, how, and how often with a capital inside a sentence."""
    who: dict[Terms, set[object]] = {}
    surface: dict[Terms, Counter[str]] = {}
    capitals: Counter[Terms] = Counter()
    stems: dict[str, int] = {}
    names: dict[int, str] = {}
    for text, person in zip(texts, people, strict=True):
        before: tuple[str, str, bool] | None = None
        gap = ""
        start = True
        for piece in cut(text):
            word, kind = fold(piece)
            if kind != WORD or piece.lower() in barred:
                before = before if not piece.strip() else None
                start = (start and not piece.strip()) or kind in (END, BREAK)
                gap = piece if not piece.strip() else ""
                continue
            number = _stem(word, stems)
            if number < 0:
                before, start = None, False
                continue
            stem = names.setdefault(number, list(stems)[number] if number >= len(names) else "")
            capital = piece[0].isupper() and not start
            pairs: list[tuple[Terms, str, bool]] = [((stem,), piece.lower(), capital)]
            if before is not None:
                pairs.append(((before[0], stem), before[1] + gap + piece.lower(), capital or before[2]))
            for term, written, big in pairs:
                who.setdefault(term, set()).add(person or text)
                surface.setdefault(term, Counter())[written] += 1
                capitals[term] += big
            before, start = (stem, piece.lower(), capital), False
    return who, surface, capitals
