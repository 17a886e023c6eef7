"""From pieces to scores: sums of weights by clause and by comment, then the last layer over all of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portevoix.label import features
from portevoix.label.features import Tokens, tokens_of
from portevoix.label.model import Floats, Model, Weights
from portevoix.label.pieces import MARK, Ints, Pieces, Reader

STEADY = 0.3
"""Added to a squared length before it divides; training uses the same."""
STEP = 16.0
"""Scores enter the last layer as whole numbers of 1/16, within -127..127."""
LOUD = 64.0
"""Loudness is held in 64ths."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a batch scored.

    `clause`: one row a clause with its opinions' log-odds; clause c holds tokens `first[c]:last[c]` and belongs to
    text `owner[c]`. `final`: one row a text, log-odds of every output of the last layer.
    """

    tokens: Tokens
    first: Ints
    last: Ints
    owner: Ints
    clause: Floats
    final: Floats


def score(pieces: Pieces, reader: Reader, weights: Weights) -> Scores:
    """The scores of a batch; the same numbers for a text whatever stands beside it."""
    weights.catch_up()
    model = weights.model
    tokens = tokens_of(pieces, reader, weights.negator)
    texts = len(pieces.bounds) - 1
    first = np.flatnonzero(np.diff(tokens.clause, prepend=-1)).astype(np.int32)
    last = np.append(first[1:], len(tokens.clause)).astype(np.int32)
    owner = tokens.text[first]
    total, square = _sums(tokens, first, weights)
    scale, bias = model.arrays["scale"], model.arrays["bias"]
    opinions = model.columns["clause"]
    clause = _opinions(_divide(total[:, opinions], square) * scale[opinions] + bias[opinions])
    _, kinds, _ = reader.tables()
    marked = (
        np.logical_or.reduceat(kinds[pieces.piece[tokens.piece]] == MARK, first) if len(first) else first > 0
    )
    clause[marked] = -30.0
    whole, whole_square = _by_text(total, square, owner, texts)
    comment = _divide(whole, whole_square) * scale + bias
    best = _best(clause, owner, texts)
    size = np.bincount(tokens.text, minlength=texts)
    seen = np.concatenate([best, comment[:, opinions.stop :], _size(size)], 1)
    return Scores(tokens, first, last, owner, clause, _last_layer(seen, model))


def _opinions(odds: Floats) -> Floats:
    """A clause's opinions: half what is said for theme and polarity at once, half the weaker of theme and polarity.

    Columns of `odds`: the opinions (theme after theme, negative then positive), the themes, negative, positive.
    """
    themes = (odds.shape[1] - 2) // 3
    both, theme, sign = odds[:, : 2 * themes], odds[:, 2 * themes : 3 * themes], odds[:, 3 * themes :]
    apart = np.minimum(np.repeat(theme, 2, axis=1), np.tile(sign, themes))
    return np.asarray((both + apart) * np.float32(0.5), np.float32)


def _best(clause: Floats, owner: Ints, texts: int) -> Floats:
    """The best clause of each text for each opinion; `owner` is sorted."""
    best = np.full((texts, clause.shape[1]), -8.0, np.float32)
    if len(owner):
        start = np.flatnonzero(np.diff(owner, prepend=-1))
        best[owner[start]] = np.maximum(np.maximum.reduceat(clause, start, axis=0), -8.0)
    return best


def _sums(
    tokens: Tokens, first: Ints, weights: Weights
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Weights and squared loudness added up by clause, in whole numbers."""
    if not len(first):
        return np.zeros((0, weights.width), np.int32), np.zeros(0, np.int64)
    total = np.add.reduceat(weights.row[tokens.word], first, axis=0, dtype=np.int32)
    square = weights.square[tokens.word]
    clause = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(tokens.word))))
    pair = features.pair_codes(weights.code[tokens.word], tokens.clause)
    where, known = weights.places("pair", pair)
    known &= pair > 0
    loud = weights.model.arrays["loud_pair"][where].astype(np.int64)
    square = square + np.where(known, loud * loud, 0)
    _add(total, clause[known], weights.model.arrays["rows_pair"][where[known]])
    square = square + np.where(tokens.denied, weights.denied_square[tokens.word], 0)
    _add(total, clause[tokens.denied], weights.denied[tokens.word[tokens.denied]])
    return total, np.add.reduceat(square, first)


def _add(total: npt.NDArray[np.int32], clause: npt.NDArray[np.int64], rows: npt.NDArray[np.integer]) -> None:
    """Adds rows to their clauses; `clause` is sorted."""
    if len(clause):
        start = np.flatnonzero(np.diff(clause, prepend=-1))
        total[clause[start]] += np.add.reduceat(rows, start, axis=0, dtype=np.int32)


def _by_text(
    total: npt.NDArray[np.int32], square: npt.NDArray[np.int64], owner: Ints, texts: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    whole = np.zeros((texts, total.shape[1]), np.int32)
    _add(whole, owner.astype(np.int64), total)
    whole_square = np.zeros(texts, np.int64)
    np.add.at(whole_square, owner, square)
    return whole, whole_square


def _divide(total: npt.NDArray[np.int32], square: npt.NDArray[np.int64]) -> Floats:
    length = np.sqrt(square / (LOUD * LOUD) + STEADY).astype(np.float32)
    return np.asarray(total.astype(np.float32) / length[:, None], np.float32)


def _size(size: npt.NDArray[np.int64]) -> Floats:
    """How long a comment is, as the last layer sees it."""
    return np.asarray(np.minimum(np.log2(size + 1.0), 8.0), np.float32)[:, None]


def _last_layer(seen: Floats, model: Model) -> Floats:
    """Log-odds of the outputs; whole numbers below 2^24 in float32, so that the product is exact on any machine."""
    whole = np.clip(np.rint(seen * np.float32(STEP)), -127, 127).astype(np.float32)
    product: Floats = whole @ model.arrays["last"].astype(np.float32)
    return np.asarray(product * model.arrays["last_scale"] + model.arrays["last_bias"], np.float32)
