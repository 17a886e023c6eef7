"""The exact words behind an opinion: the clause that says it, cut to the stretch that weighs most."""

import numpy as np
import numpy.typing as npt

from portevoix.label.model import Weights
from portevoix.label.pieces import NUMBER, WORD, Ints, Pieces, Reader
from portevoix.label.scoring import Scores

LONGEST = 9
"""Tokens of evidence at most."""


def spans(
    clause: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
    scores: Scores,
    pieces: Pieces,
    reader: Reader,
    weights: Weights,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Start and stop, in code points of its text, of what shows opinion `column[i]` in clause `clause[i]`.

    A stretch begins and ends on a word and holds at most LONGEST tokens: those whose weights say most.
    """
    length, kinds, _ = reader.tables()
    tokens = scores.tokens
    stop_at = np.cumsum(length[pieces.piece], dtype=np.int64)
    begin_at = stop_at - length[pieces.piece]
    base = np.append(begin_at, 0)[np.minimum(pieces.bounds[:-1], max(0, len(begin_at) - 1))]
    wordlike = np.isin(kinds[pieces.piece[tokens.piece]], (WORD, NUMBER))
    first, last = scores.first[clause], scores.last[clause]
    width = last - first
    flat = np.repeat(first - np.append(0, np.cumsum(width)[:-1]), width) + np.arange(int(width.sum()))
    weight = weights.row[tokens.word[flat], np.repeat(column, width)].astype(np.int64)
    from_token, to_token = _stretch(weight, width, flat, wordlike, first)
    piece_from, piece_to = tokens.piece[from_token], tokens.piece[to_token]
    origin = base[scores.owner[clause]]
    stop = stop_at[piece_to] - origin
    return begin_at[piece_from] - origin, stop


def _stretch(
    weight: npt.NDArray[np.int64],
    width: Ints,
    flat: npt.NDArray[np.int64],
    wordlike: npt.NDArray[np.bool_],
    first: Ints,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First and last token (both included) of the heaviest stretch of each clause."""
    begins = np.append(0, np.cumsum(width)[:-1])
    run = np.append(0, np.cumsum(weight))
    from_token, to_token = np.empty(len(width), np.int64), np.empty(len(width), np.int64)
    for i, (a, n) in enumerate(zip(begins.tolist(), width.tolist(), strict=True)):
        low, high = a, a + n
        if n > LONGEST:
            windows = run[a + LONGEST : a + n + 1] - run[a : a + n + 1 - LONGEST]
            low = a + int(windows.argmax())
            high = low + LONGEST
        while low < high - 1 and not wordlike[flat[low]]:
            low += 1
        while high - 1 > low and not wordlike[flat[high - 1]]:
            high -= 1
        from_token[i], to_token[i] = flat[low], flat[high - 1]
    return from_token, to_token
