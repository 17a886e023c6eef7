"""Features of clauses and of comments as sparse matrices, by the functions that the labeller uses at run time."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from portevoix.label import features as F
from portevoix.label.pieces import Reader

BLOCKS = {"word": 1.0, "part": 0.5, "pair": 1.0, "denied": 0.8, "seed": 0.7}
"""How loud each kind of feature is before learning."""
MINIMUM = 5
"""A feature enters from this many different comments on."""


@dataclass
class Counts:
    """Rows x features, in counts; `blocks` maps a kind of feature to its matrix over hashed codes."""

    clause: dict
    owner: np.ndarray  # the text of each clause
    start: np.ndarray
    stop: np.ndarray
    tokens: np.ndarray  # how many tokens each clause holds
    posted: np.ndarray  # how many of them are signs of a post


class Counter:
    """Turns texts into counts by kind of feature, with codes as columns in order of first appearance."""

    def __init__(self):
        self.columns = {kind: {} for kind in BLOCKS}
        self.frozen = False

    def __call__(self, texts):
        reader = Reader(10**9)
        pieces = reader.read(texts)
        length, _, _ = reader.tables()
        negator = np.array([w in F.NEGATORS for w in reader.words], bool)
        tokens = F.tokens_of(pieces, reader, negator)
        code = np.array([F.word_code(w) for w in reader.words], np.uint32)[tokens.word]
        pair = F.pair_codes(code, tokens.clause)
        ids, clause = np.unique(tokens.clause, return_inverse=True)
        rows = len(ids)
        out = {
            "word": self._flat("word", code, clause, rows),
            "pair": self._flat("pair", pair, clause, rows),
            "denied": self._flat(
                "denied", np.where(tokens.denied, code ^ np.uint32(F.DENIED), 0), clause, rows
            ),
        }
        bag = sp.csr_matrix((np.ones(len(clause)), (clause, tokens.word)), shape=(rows, len(reader.words)))
        for kind, of in (("part", F.part_codes), ("seed", F.seed_codes)):
            out[kind] = (bag @ self._by_word(kind, reader.words, of)).tocsr()
        end = np.cumsum(length[pieces.piece])
        begin = end - length[pieces.piece]
        base = np.repeat(np.append(0, end)[pieces.bounds[:-1]], np.diff(pieces.bounds))
        first = np.unique(clause, return_index=True)[1]
        last = len(clause) - 1 - np.unique(clause[::-1], return_index=True)[1]
        start = (begin - base)[tokens.piece[first]]
        stop = (end - base)[tokens.piece[last]]
        signs = np.array([w in F.POSTED for w in reader.words], bool)[tokens.word]
        size, posted = np.bincount(clause, minlength=rows), np.bincount(clause, signs, minlength=rows)
        return Counts(out, tokens.text[first], start, stop, size, posted)

    def _number(self, kind, codes):
        known = self.columns[kind]
        if self.frozen:
            return np.array([known.get(c, -1) for c in codes], np.int64)
        return np.array([known.setdefault(c, len(known)) for c in codes], np.int64)

    def _flat(self, kind, codes, row, rows):
        distinct, where = np.unique(codes, return_inverse=True)
        number = self._number(kind, distinct[distinct > 0].tolist())
        if len(distinct) and distinct[0] == 0:
            number = np.append(-1, number)
        column = number[where]
        keep = column >= 0
        shape = (rows, max(1, len(self.columns[kind])))
        return sp.csr_matrix((np.ones(keep.sum(), np.float32), (row[keep], column[keep])), shape=shape)

    def _by_word(self, kind, words, of):
        at, codes = [], []
        for i, word in enumerate(words):
            found = of(word)
            at += [i] * len(found)
            codes += found
        column = self._number(kind, codes)
        keep = column >= 0
        shape = (len(words), max(1, len(self.columns[kind])))
        return sp.csr_matrix(
            (np.ones(keep.sum(), np.float32), (np.array(at)[keep], column[keep])), shape=shape
        )


def by_text(matrix, owner, texts):
    """Clause rows added up by text."""
    return (
        sp.csr_matrix(
            (np.ones(len(owner), np.float32), (owner, np.arange(len(owner)))), shape=(texts, len(owner))
        )
        @ matrix
    )
