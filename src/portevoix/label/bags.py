"""Texts as bags of the reader's own features, by clause and as a whole, with what the default model says of each."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portevoix.label import features
from portevoix.label.logistic import Floats, Ints, Sparse
from portevoix.label.pieces import NUMBER, WORD, fold
from portevoix.label.reader import Labeller
from portevoix.label.scoring import score

AT_LEAST = 5
"""Comments that a feature must come from: what is learned of people's words comes from at least five of them."""
Codes = npt.NDArray[np.uint32]


@dataclass(slots=True, repr=False)
class Read:
    """Texts that were cut and read. Clause c is `text[begin[c]:end[c]]` of text `owner[c]`, which is never empty of
    clauses but has no tokens maybe; `spots[c]` are the places of its words; `codes[c]` its features, `heads` the default
    model's log-odds of each clause, `whole` of each text; `seeded` which of a team's themes have a seed in each clause.
    """

    owner: Ints
    begin: Ints
    end: Ints
    spots: list[list[tuple[int, int, list[int]]]]
    codes: list[list[int]]
    heads: Floats
    whole: Floats
    seeded: Floats


def read(labeller: Labeller, texts: Sequence[str], seeds: Mapping[str, Sequence[str]] | None = None) -> Read:
    """Cuts texts into clauses as the default reader does, and asks it about each.

    `seeds`: words that speak of a theme, by theme; one that ends in * stands for all words that begin so.
    """
    lists = _Seeds(seeds or {})
    reader, weights = labeller._reader, labeller._weights
    pieces = reader.read(texts)
    scores = score(pieces, reader, weights)
    tokens = scores.tokens
    length, kinds, _ = reader.tables()
    stop = np.cumsum(length[pieces.piece], dtype=np.int64)
    base = np.concatenate(([0], np.cumsum([len(text) for text in texts])))[:-1]
    place_stop = stop[tokens.piece] - base[tokens.text]
    place_start = place_stop - length[pieces.piece[tokens.piece]]
    clause = np.repeat(np.arange(len(scores.first)), scores.last - scores.first)
    code = np.array([features.word_code(reader.words[word]) for word in tokens.word.tolist()], np.uint32)
    pairs = features.pair_codes(code, tokens.clause).tolist()
    known: dict[int, list[int]] = {}
    codes: list[list[int]] = [[] for _ in scores.first]
    spots: list[list[tuple[int, int, list[int]]]] = [[] for _ in scores.first]
    seeded = np.zeros((len(scores.first), lists.width), np.float32)
    wordlike = np.isin(kinds[pieces.piece[tokens.piece]], (WORD, NUMBER)).tolist()
    for i, (c, word, denied) in enumerate(
        zip(clause.tolist(), tokens.word.tolist(), tokens.denied.tolist(), strict=True)
    ):
        if word not in known:
            name = reader.words[word]
            known[word] = [features.word_code(name), *features.part_codes(name), *features.seed_codes(name)]
            lists.meet(word, name)
        mine = known[word]
        seeded[c, lists.of[word]] = 1
        codes[c] += mine
        if pairs[i]:
            codes[c].append(pairs[i] ^ 1)
        if denied:
            codes[c].append(mine[0] ^ features.DENIED)
        if wordlike[i]:
            spots[c].append((int(place_start[i]), int(place_stop[i]), mine))
    begin = place_start[scores.first] if len(scores.first) else np.zeros(0, np.int64)
    end = place_stop[scores.last - 1] if len(scores.first) else np.zeros(0, np.int64)
    owner = scores.owner.astype(np.int64)
    said = [texts[o][a:b] for o, a, b in zip(owner.tolist(), begin.tolist(), end.tolist(), strict=True)]
    heads = score(reader.read(said), reader, weights).final if said else scores.final[:0]
    return Read(
        owner, begin.astype(np.int64), end.astype(np.int64), spots, codes, heads, scores.final, seeded
    )


class _Seeds:
    """Which themes the seeds of a team's codebook let a word speak of."""

    def __init__(self, seeds: Mapping[str, Sequence[str]]) -> None:
        self.width = len(seeds)
        self.of: dict[int, list[int]] = {}
        self._themes: dict[str, set[int]] = {}
        for column, words in enumerate(seeds.values()):
            for word in words:
                folded = fold(word.removesuffix("*"))[0]
                self._themes.setdefault(folded + "*" * word.endswith("*"), set()).add(column)

    def meet(self, number: int, word: str) -> None:
        """Learns of a word, by its number."""
        heads = [word, *(word[:size] + "*" for size in range(1, len(word) + 1))] if self._themes else []
        self.of[number] = sorted({theme for head in heads for theme in self._themes.get(head, ())})


@dataclass(frozen=True, slots=True, repr=False)
class Vocabulary:
    """The features that are kept, sorted, with how telling each is (inverse document frequency)."""

    codes: Codes
    worth: Floats

    def rows(self, bags: Sequence[Sequence[int]]) -> Sparse:
        """Bags as rows of length 1: 1 + log of the count, times worth."""
        starts, indices, values = [0], [], []
        for bag in bags:
            codes, times = np.unique(np.array(bag, np.uint32), return_counts=True)
            where = np.minimum(np.searchsorted(self.codes, codes), max(0, len(self.codes) - 1))
            there = self.codes[where] == codes if len(self.codes) else np.zeros(len(codes), bool)
            value = (1 + np.log(times[there])) * self.worth[where[there]]
            norm = float(np.sqrt((value**2).sum())) or 1.0
            indices.append(where[there])
            values.append((value / norm).astype(np.float32))
            starts.append(starts[-1] + len(value))
        index = np.concatenate(indices).astype(np.int64) if indices else np.zeros(0, np.int64)
        value = np.concatenate(values) if values else np.zeros(0, np.float32)
        return Sparse(np.array(starts, np.int64), index, value, len(self.codes))


def vocabulary(bags: Sequence[Sequence[int]]) -> Vocabulary:
    """The features that at least five of the bags have."""
    met = np.concatenate(
        [np.unique(np.array(bag, np.uint32)) for bag in bags if bag] or [np.zeros(0, np.uint32)]
    )
    codes, times = np.unique(met, return_counts=True)
    kept = times >= AT_LEAST
    worth = np.log((1 + len(bags)) / (1 + times[kept])) + 1
    return Vocabulary(codes[kept], worth.astype(np.float32))


def whole_bags(found: Read, texts: int) -> list[list[int]]:
    """The bags of the texts: those of their clauses together."""
    bags: list[list[int]] = [[] for _ in range(texts)]
    for owner, codes in zip(found.owner.tolist(), found.codes, strict=True):
        bags[owner] += codes
    return bags


def unit(rows: Floats, middle: Floats, spread: Floats, length: float) -> Floats:
    """Rows put on one scale, each with the same length."""
    put = (rows - middle) / spread
    return np.asarray(length * put / np.maximum(1e-6, np.linalg.norm(put, axis=1, keepdims=True)), np.float32)


def fold_of(key: str, folds: int) -> int:
    """Which fold an example falls into, the same on every machine; parts of one review ("r1:0", "r1:1") fall together."""
    return zlib.crc32(key.rsplit(":", 1)[0].encode("utf-8", "surrogatepass")) % folds
