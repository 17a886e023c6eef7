"""What a text says by the order of its words: two layers over their vectors, then its largest and its mean values.

A layer adds to each word what it makes of the word and of two others, `REACH` before and after; `training/sequence.py`
learns it. Products are those of whole numbers below 2^24 held in float32, so that their sums are exact in any order;
what else is added up is added one after the other: the numbers are the same on any machine. What the first layer makes of a
word does not depend on its neighbours: it is computed once a word (`words_of`), and a text only adds it up.
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
_AT_ONCE = 512
_FEW = 8
"""Texts that must have a word at a place for it to be taken from all of them at once."""


def words_of(total: npt.NDArray[np.int32], arrays: Arrays) -> Small:
    """Words as the layers read them, from the sums of their vectors: [words, 4, size].

    What the first layer makes of each as the word before, as the word itself and as the one after, in 16ths; and the word.
    """
    size = total.shape[1]
    plain = np.clip(np.rint(total.astype(np.float32) / COARSE), -_WIDEST, _WIDEST)
    layer = arrays["order0"].astype(np.float32).reshape(3, size, size)
    made = np.empty((len(total), 4, size), np.int16)
    for place in range(3):
        says = (plain @ layer[place]) * arrays["order0_scale"]
        if place == 1:
            says += arrays["order0_bias"]
        made[:, place] = np.clip(np.rint(says * np.float32(_FINE)), -_LOUDEST, _LOUDEST)
    made[:, 3] = np.clip(np.rint(plain * arrays["near_scale"]), -MOST, MOST)
    return made


def nothing(size: int) -> Small:
    """What stands between two texts, as `words_of` gives a word."""
    return np.zeros((1, 4, size), np.int16)


def heard(made: Small, word: Ints, text: Ints, texts: int, arrays: Arrays) -> Floats:
    """Log-odds of each text's outputs: [texts, outputs].

    `made`: `nothing`, then the words (`words_of`); `word` (the first is 0) and `text` of each token, in order.
    """
    size = np.bincount(text, minlength=texts)
    first = GAP + np.cumsum(size + GAP) - size - GAP
    row = np.zeros(len(word) + GAP * (texts + 1), np.intp)
    row[np.arange(len(word)) + GAP * (text + 1)] = word + 1
    seen = _layers(made, row, arrays)
    top, total = (np.rint(part) for part in _pooled(seen, first, size))
    mean = np.rint(total * np.float32(MEAN_STEP) / np.maximum(size, 1)[:, None].astype(np.float32))
    out = (top @ arrays["order_top"].astype(np.float32)) * arrays["order_top_scale"]
    out += (mean @ arrays["order_mean"].astype(np.float32)) * arrays["order_mean_scale"]
    return np.asarray(out + arrays["order_bias"], np.float32)


def _layers(made: Small, row: npt.NDArray[np.intp], arrays: Arrays) -> Floats:
    """What both layers make of rows of words, some at a time, each time with the rows beside that they look at."""
    size, (near, far) = made.shape[2], REACH
    row = np.pad(row, near + far)
    layer = arrays["order1"].astype(np.float32)
    out = np.empty((len(row) - 2 * (near + far), size), np.float32)
    beside = np.empty((_AT_ONCE, 3 * size), np.float32)
    for begin in range(0, len(out), _AT_ONCE):
        end = min(begin + _AT_ONCE, len(out))
        x = _first_layer(made, row[begin : end + 2 * (near + far)])
        some, new = beside[: end - begin], out[begin:end]
        for place in range(3):
            some[:, place * size : (place + 1) * size] = x[place * far : place * far + len(new)]
        np.matmul(some, layer, out=new)
        new *= arrays["order1_scale"]
        new += arrays["order1_bias"]
        np.maximum(new, 0, out=new)
        new += x[far : far + len(new)]
        np.minimum(new, np.float32(MOST), out=new)
    return out


def _first_layer(made: Small, row: npt.NDArray[np.intp]) -> Floats:
    """Words with what the first layer adds to them, but for the first and the last; nothing in the gaps between texts."""
    here = made.take(row, axis=0)
    total = here[1:-1, 1] + here[:-2, 0]
    total += here[2:, 2]
    total += np.int16(_FINE // 2)
    total >>= _SHIFT
    np.maximum(total, 0, out=total)
    total += here[1:-1, 3]
    np.minimum(total, MOST, out=total)
    total[row[1:-1] == 0] = 0
    return total.astype(np.float32)


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
