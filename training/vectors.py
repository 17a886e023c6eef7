"""Vectors of words and of pairs of words from the company they keep: what examples are too few to teach."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from portevoix.label import features as F
from portevoix.label.pieces import Reader

SIZE = 256
NEAR = (1.0, 1.0, 0.8, 0.6, 0.4)
"""What a neighbour counts, by its distance."""


def vectors(texts, words, pairs, seed=0):
    """Unit vectors of the codes `words`, then of the codes `pairs`: [words + pairs, SIZE].

    Positive pointwise mutual information of each unit with the words around it (contexts smoothed by the power
    3/4), reduced by a truncated singular value decomposition.
    """
    total = None
    for a in range(0, len(texts), 25_000):
        counted = _count(texts[a : a + 25_000], words, pairs)
        total = counted if total is None else total + counted
    row = np.asarray(total.sum(1)).ravel() + 1e-9
    column = np.asarray(total[: len(words)].sum(0)).ravel() ** 0.75
    column /= column.sum()
    found = total.tocoo()
    information = np.log(found.data / (row[found.row] * np.maximum(column[found.col], 1e-12)))
    kept = information > 0
    matrix = sp.csr_matrix((information[kept], (found.row[kept], found.col[kept])), shape=total.shape)
    u, s, _ = randomized_svd(matrix, n_components=SIZE, n_iter=3, random_state=seed)
    out = u * np.sqrt(s)
    return (out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)).astype(np.float32)


def _place(known, codes):
    where = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.where((known[where] == codes) & (codes > 0), where, -1)


def _count(texts, words, pairs):
    reader = Reader(10**9)
    pieces = reader.read(texts)
    negator = np.array([w in F.NEGATORS for w in reader.words], bool)
    tokens = F.tokens_of(pieces, reader, negator)
    code = np.array([F.word_code(w) for w in reader.words], np.uint32)[tokens.word]
    word = _place(words, code)
    pair = _place(pairs, F.pair_codes(code, tokens.clause))
    rows, columns, values = [], [], []

    def add(unit, context, same, value, base=0):
        kept = same & (unit >= 0) & (context >= 0)
        rows.append(base + unit[kept])
        columns.append(context[kept])
        values.append(np.full(int(kept.sum()), value, np.float32))

    text = tokens.text
    for distance, value in enumerate(NEAR, 1):
        same = text[distance:] == text[:-distance]
        add(word[:-distance], word[distance:], same, value)
        add(word[distance:], word[:-distance], same, value)
        if distance < len(NEAR):
            add(pair[distance:], word[:-distance], same, value, len(words))
            beyond = distance + 1
            add(pair[:-beyond], word[beyond:], text[beyond:] == text[:-beyond], value, len(words))
    shape = (len(words) + len(pairs), len(words))
    return sp.csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape
    )
