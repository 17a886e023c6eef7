"""What a text says by the order of its words: two layers over their vectors, then its largest and its mean values.

A layer adds to each word what it makes of the word and of two others, `REACH` before and after; `training/sequence.py`
learns it. Every value is a whole number, every product one of whole numbers below 2^24 held in float32, so that the
sums are exact in any order and on any machine. What the first layer makes of a word does not depend on its neighbours:
it is computed once a word (`words_of`), and a text only adds it up.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from portevoix.label.pieces import Ints

Floats = npt.NDArray[np.float32]
Small = npt.NDArray[np.int16]
Arrays = dict[str, npt.NDArray[Any]]

REACH = (1, 2)
"""How far each layer looks to either side; training uses the same."""
GAP = max(REACH)
"""Rows of nothing between two texts, so that none sees its neighbour."""
MOST = 450
"""The largest value of a word: 450 × 127 × 3 × 96 values still add up exactly in float32."""
MEAN_STEP = 2.0
"""A mean is held in halves."""
_FINE, _SHIFT, _LOUDEST = 16, 4, 10_900
"""The first layer adds up in 16ths; three of the loudest stay within 16 bits."""
COARSE, _WIDEST = 2, 1_300
"""Vectors enter the first layer in steps of two, so that its sums are exact as well."""
_AT_ONCE = 1024
_FEW = 8
"""Texts that must have a word at a place for it to be taken from all of them at once."""


def words_of(total: npt.NDArray[np.int32], arrays: Arrays) -> tuple[Small, Small]:
    """Words as the layers read them, from the sums of their vectors: [words, size], and what the first layer makes of
    each as the word before, as the word itself and as the one after: [words, 3, size], in 16ths.
    """
    size = total.shape[1]
    plain = np.clip(np.rint(total.astype(np.float32) / COARSE), -_WIDEST, _WIDEST)
    vector = np.clip(np.rint(plain * arrays["near_scale"]), -MOST, MOST).astype(np.int16)
    layer = arrays["order0"].astype(np.float32).reshape(3, size, size)
    made = np.empty((len(total), 3, size), np.int16)
    for place in range(3):
        says = (plain @ layer[place]) * arrays["order0_scale"]
        if place == 1:
            says += arrays["order0_bias"]
        made[:, place] = np.clip(np.rint(says * np.float32(_FINE)), -_LOUDEST, _LOUDEST)
    return vector, made


def heard(vectors: Small, made: Small, word: Ints, text: Ints, texts: int, arrays: Arrays) -> Floats:
    """Log-odds of each text's outputs: [texts, outputs].

    `vectors` and `made` by word (`words_of`); `word` and `text` of each token, in order.
    """
    size = np.bincount(text, minlength=texts)
    first = GAP + np.cumsum(size + GAP) - size - GAP
    width = vectors.shape[1]
    x = np.zeros((len(word) + GAP * (texts + 1), width), np.float32)
    row = np.arange(len(word)) + GAP * (text + 1)
    x[row] = _added(vectors, made, word, np.flatnonzero(np.diff(text)))
    seen = _second_layer(x, arrays)
    top, total = _pooled(seen, first, size)
    mean = np.rint(total * np.float32(MEAN_STEP) / np.maximum(size, 1)[:, None].astype(np.float32))
    out = (top @ arrays["order_top"].astype(np.float32)) * arrays["order_top_scale"]
    out += (mean @ arrays["order_mean"].astype(np.float32)) * arrays["order_mean_scale"]
    return np.asarray(out + arrays["order_bias"], np.float32)


def _added(vectors: Small, made: Small, word: Ints, ends: npt.NDArray[np.int64]) -> Small:
    """Words with what the first layer adds to them; `ends` are the last words of texts, but for the last text's."""
    total = made[word, 1]
    if len(word) > 1:
        for beside, here, there in ((word[:-1], total[1:], 0), (word[1:], total[:-1], 2)):
            of = made[beside, there]
            of[ends] = 0
            here += of
    total += _FINE // 2
    total >>= _SHIFT
    np.clip(total, 0, MOST, out=total)
    total += vectors[word]
    return np.asarray(np.minimum(total, np.int16(MOST)))


def _second_layer(x: Floats, arrays: Arrays) -> Floats:
    """What the second layer makes of all rows, some at a time, with the rows beside that it looks at."""
    size, reach = x.shape[1], REACH[1]
    layer = arrays["order1"].astype(np.float32).reshape(3, size, size)
    out = np.empty_like(x)
    padded = np.zeros((len(x) + 2 * reach, size), np.float32)
    padded[reach : reach + len(x)] = x
    new, more = np.empty((2, _AT_ONCE, size), np.float32)
    for begin in range(0, len(x), _AT_ONCE):
        rows = min(_AT_ONCE, len(x) - begin)
        some, beside = new[:rows], more[:rows]
        np.matmul(padded[begin : begin + rows], layer[0], out=some)
        for place in (1, 2):
            at = begin + place * reach
            some += np.matmul(padded[at : at + rows], layer[place], out=beside)
        some *= arrays["order1_scale"]
        some += arrays["order1_bias"]
        np.rint(some, out=some)
        np.clip(some, 0, MOST, out=some)
        some += x[begin : begin + rows]
        np.minimum(some, np.float32(MOST), out=out[begin : begin + rows])
    return out


def _pooled(seen: Floats, first: npt.NDArray[np.int64], size: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The largest and the added values of texts, zeros for one without words.

    The first words of all are taken at once, then all second ones, as long as several texts have as many; the rest of a
    longer text is taken by itself.
    """
    order = np.argsort(-size, kind="stable")
    longest, begin = size[order], first[order]
    top = np.zeros((len(size), seen.shape[1]), np.float32)
    total = np.zeros_like(top)
    most = int(longest[min(_FEW, len(size)) - 1]) if len(size) else 0
    for step in range(most):
        here = int(np.searchsorted(-longest, -step))
        some = seen[begin[:here] + step]
        total[:here] += some
        top[:here] = np.maximum(top[:here], some) if step else some
    for place in range(int(np.searchsorted(-longest, -most))):
        rest = seen[begin[place] + most : begin[place] + longest[place]]
        total[place] += rest.sum(axis=0)
        top[place] = np.maximum(top[place], rest.max(axis=0)) if most else rest.max(axis=0)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return top[back], total[back]
