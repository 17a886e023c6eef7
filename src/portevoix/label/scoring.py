"""From pieces to scores: sums of weights by clause and by comment, then the last layer over all of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portevoix.label import features
from portevoix.label.features import Tokens, tokens_of
from portevoix.label.model import Floats, Model, Weights
from portevoix.label.order import heard
from portevoix.label.pieces import MARK, Ints, Pieces, Reader

STEADY = 0.3
"""Added to a squared length before it divides; training uses the same."""
STEP = 16.0
"""Scores enter the last layer as whole numbers of 1/16, within -127..127."""
LOUD = 64.0
"""Loudness is held in 64ths."""
LONG = 100
"""Members from which a sum is made by itself."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a batch scored.

    `clause`: one row a clause with its opinions' log-odds; clause c holds tokens `first[c]:last[c]` and belongs to
    text `owner[c]`. `final`: one row a text, log-odds of every output of the last layer; its
    last three are the sentiment of a post, which stands in the place of the sentiment where a text bears a post's marks.
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
    posted = np.bincount(tokens.text, weights.posted[tokens.word], texts) > 0
    order = heard(weights.made, tokens.word, tokens.text, texts, model.arrays)
    seen = np.concatenate([order, best, comment[:, opinions.stop :], _size(size), _posted(posted)], 1)
    final = _last_layer(seen, model)
    final[posted, model.sentiment] = final[posted, -3:]
    return Scores(tokens, first, last, owner, clause, final)


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
    size = np.diff(np.append(first, len(tokens.word)))
    total = _added(weights.row, tokens.word, size)
    square = weights.square[tokens.word]
    clause = np.repeat(np.arange(len(first)), size)
    pair = features.pair_codes(weights.code[tokens.word], tokens.clause)
    where, known = weights.places("pair", pair)
    known &= pair > 0
    loud = weights.model.arrays["loud_pair"][where].astype(np.int64)
    square = square + np.where(known, loud * loud, 0)
    pairs = np.bincount(clause[known], minlength=len(first))
    total += _added(weights.model.arrays["rows_pair"], where[known], pairs)
    denial = np.where(tokens.denied, weights.denied[tokens.word], -1)
    known = denial >= 0
    loud = weights.model.arrays["loud_denied"][denial].astype(np.int64)
    square = square + np.where(known, loud * loud, 0)
    denials = np.bincount(clause[known], minlength=len(first))
    total += _added(weights.model.arrays["rows_denied"], denial[known], denials)
    return total, np.add.reduceat(square, first)


def _added(
    rows: npt.NDArray[np.integer], which: npt.NDArray[np.integer], size: npt.NDArray[np.integer]
) -> npt.NDArray[np.int32]:
    """Sums of rows: the first of `which[:size[0]]`, the second of the next `size[1]`, and so on.

    All first members are added at once, then all second ones: many times faster than a sum after the other.
    """
    # sums of fewer than LONG numbers of 8 bits hold in 16
    total = np.zeros((len(size), rows.shape[1]), np.int16 if rows.dtype == np.int8 else np.int32)
    order = np.argsort(-size, kind="stable")
    longest, begin = size[order], (np.cumsum(size) - size)[order]
    long = int(np.searchsorted(-longest, -LONG))
    rest, begins = total[long:], begin[long:]
    steps = np.arange(int(longest[long]) if long < len(size) else 0)
    room = np.empty((len(rest), rows.shape[1]), rows.dtype)
    for step, here in enumerate(np.searchsorted(-longest[long:], -steps).tolist()):
        which_ones = which[begins[:here] + step]
        rest[:here] += np.take(rows, which_ones, axis=0, out=room[:here], mode="clip")
    back = np.empty(total.shape, np.int32)
    back[order] = total
    for place in range(long):
        members = which[begin[place] : begin[place] + longest[place]]
        back[order[place]] = rows[members].sum(axis=0, dtype=np.int32)
    return back


def _by_text(
    total: npt.NDArray[np.int32], square: npt.NDArray[np.int64], owner: Ints, texts: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    size = np.bincount(owner, minlength=texts)
    whole_square = np.zeros(texts, np.int64)
    if len(owner):
        whole_square[size > 0] = np.add.reduceat(square, np.flatnonzero(np.diff(owner, prepend=-1)))
    return _added(total, np.arange(len(owner)), size), whole_square


def _divide(total: npt.NDArray[np.int32], square: npt.NDArray[np.int64]) -> Floats:
    length = np.sqrt(square / (LOUD * LOUD) + STEADY).astype(np.float32)
    return np.asarray(total.astype(np.float32) / length[:, None], np.float32)


def _size(size: npt.NDArray[np.int64]) -> Floats:
    """How long a comment is, as the last layer sees it."""
    return np.asarray(np.minimum(np.log2(size + 1.0), 8.0), np.float32)[:, None]


def _posted(posted: npt.NDArray[np.bool_]) -> Floats:
    """Whether a comment bears the marks of a post, as the last layer sees it."""
    return np.where(posted, np.float32(4), np.float32(0))[:, None]


def _last_layer(seen: Floats, model: Model) -> Floats:
    """Log-odds of the outputs: a straight part, and one bent at nothing; see `training/last.py`.

    Both see whole numbers below 2^24 in float32, so that the products are exact on any machine.
    """
    arrays = model.arrays
    whole = np.clip(np.rint(seen * np.float32(STEP)), -127, 127).astype(np.float32)
    straight: Floats = whole @ arrays["last"].astype(np.float32)
    bent = (whole @ arrays["bent"].astype(np.float32)) * arrays["bent_scale"] + arrays["bent_bias"]
    turned: Floats = np.clip(np.rint(bent * np.float32(STEP)), 0, 127).astype(np.float32)
    turned = turned @ arrays["turn"].astype(np.float32)
    out = straight * arrays["last_scale"] + turned * arrays["turn_scale"] + arrays["last_bias"]
    return np.asarray(out, np.float32)
