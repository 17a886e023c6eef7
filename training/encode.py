"""Texts as numbers for training, by the very pieces that the labeller reads at run time."""

import zlib
from collections import Counter

import numpy as np

from portevoix.label.pieces import Reader

PAD, UNKNOWN, MASK = 0, 1, 2
FIRST = 3
MINIMUM = 5
"""A word or a part of a word enters the vocabulary from this many different comments on."""


def parts_of(word):
    """Stable 32-bit codes of the 3- to 5-letter parts of a folded word."""
    if word.startswith("<") or len(word) < 3:
        return []
    edged = f"<{word}>".encode("utf-8", "surrogatepass")
    return sorted({zlib.crc32(edged[i : i + n]) for n in (3, 4, 5) for i in range(len(edged) - n + 1)})


class Vocabulary:
    """The words and parts of words that at least MINIMUM comments share."""

    def __init__(self, words, parts):
        self.words, self.parts = list(words), np.asarray(parts, np.uint32)
        self.number = {word: FIRST + i for i, word in enumerate(self.words)}
        self.part = {int(code): 1 + i for i, code in enumerate(self.parts)}

    @classmethod
    def of(cls, texts, parts=40_000):
        reader = Reader(10**9)
        pieces = reader.read(texts)
        _, _, word = reader.tables()
        flat = word[pieces.piece]
        doc = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(pieces.bounds))[flat >= 0]
        n = len(reader.words)
        pairs = np.unique(doc * n + flat[flat >= 0])
        df = np.bincount(pairs % n, minlength=n)
        known = sorted((w for i, w in enumerate(reader.words) if df[i] >= MINIMUM))
        # a part's comments: at most the sum over its words, at least the largest; the largest is the safe count
        best, total = Counter(), Counter()
        for i, w in enumerate(reader.words):
            for code in parts_of(w):
                best[code] = max(best[code], int(df[i]))
                total[code] += int(df[i])
        kept = [code for code, count in best.items() if count >= MINIMUM]
        kept = sorted(sorted(kept, key=lambda c: (-total[c], c))[:parts])
        return cls(known, kept)


class Encoder:
    """Texts as padded rows of vocabulary numbers; parts of words by distinct word."""

    def __init__(self, vocabulary, width=16):
        self.vocabulary, self.width = vocabulary, width
        self.reader = Reader(10**9)
        self._rows = []

    def __call__(self, texts):
        """For each text an array of numbers of distinct words (rows of `table`), and where they stand."""
        pieces = self.reader.read(texts)
        length, _, word = self.reader.tables()
        flat = word[pieces.piece]
        stop = np.cumsum(length[pieces.piece])
        out = []
        for i in range(len(texts)):
            a, b = pieces.bounds[i], pieces.bounds[i + 1]
            keep = flat[a:b] >= 0
            ends = stop[a:b] - (stop[a - 1] if a else 0)
            starts = ends - length[pieces.piece[a:b]]
            out.append((flat[a:b][keep] + FIRST, starts[keep], ends[keep]))
        return out

    def table(self):
        """By distinct word (offset FIRST): its vocabulary number, and its parts padded with 0."""
        v = self.vocabulary
        number = np.full(len(self.reader.words) + FIRST, UNKNOWN, np.int64)
        number[:FIRST] = (PAD, UNKNOWN, MASK)
        parts = np.zeros((len(number), self.width), np.int64)
        for i, w in enumerate(self.reader.words):
            number[i + FIRST] = v.number.get(w, UNKNOWN)
            codes = [v.part[c] for c in parts_of(w) if c in v.part][: self.width]
            parts[i + FIRST, : len(codes)] = codes
        return number, parts
