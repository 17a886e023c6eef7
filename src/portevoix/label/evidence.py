"""The exact words behind an opinion: the clause that says it, cut to the stretch that weighs most."""

from typing import Any

import numpy as np
import numpy.typing as npt

from portevoix.label.model import Weights
from portevoix.label.pieces import NUMBER, WORD, Pieces, Reader
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
    low, high = _heaviest(clause, column, scores, weights)
    from_token, to_token = _trimmed(low, high, wordlike)
    piece_from, piece_to = tokens.piece[from_token], tokens.piece[to_token]
    origin = base[scores.owner[clause]]
    stop = stop_at[piece_to] - origin
    return begin_at[piece_from] - origin, stop


def _heaviest(
    clause: npt.NDArray[np.int64], column: npt.NDArray[np.int64], scores: Scores, weights: Weights
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First and last token (both included) of the LONGEST tokens in a row that weigh most, in each clause."""
    low, high = scores.first[clause].astype(np.int64), scores.last[clause].astype(np.int64) - 1
    long = np.flatnonzero(high - low >= LONGEST)
    if len(long):
        flat, begins = stretches(low[long], high[long] + 1)
        weight = weights.row[scores.tokens.word[flat], np.repeat(column[long], high[long] + 1 - low[long])]
        run = np.append(0, np.cumsum(weight, dtype=np.int64))
        opens, windows = stretches(begins[:-1], begins[1:] - LONGEST + 1)
        best = first_highest(run[opens + LONGEST] - run[opens], windows)
        low[long] = flat[opens[best]]
        high[long] = low[long] + LONGEST - 1
    return low, high


def _trimmed(
    low: npt.NDArray[np.int64], high: npt.NDArray[np.int64], wordlike: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same stretches, beginning and ending on a word; on the last token, where they have none."""
    places = np.flatnonzero(wordlike)
    following = np.append(places, len(wordlike))[np.searchsorted(places, low)]
    low = np.minimum(following, high)
    before = np.append(-1, places)[np.searchsorted(places, high, side="right")]
    return low, np.maximum(before, low)


def stretches(
    first: npt.NDArray[np.integer], stop: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All places from `first[i]` until `stop[i]`, one stretch after the other; and where each stretch begins among them, and all end."""
    bounds = np.append(0, np.cumsum(stop - first)).astype(np.int64)
    return np.repeat(first - bounds[:-1], np.diff(bounds)) + np.arange(bounds[-1]), bounds


def first_highest(values: npt.NDArray[Any], bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where the highest value of each stretch `bounds[i]:bounds[i + 1]` stands, the first of equals; none is empty."""
    if len(bounds) == 1:
        return bounds[:0]
    highest = np.repeat(np.maximum.reduceat(values, bounds[:-1]), np.diff(bounds))
    return np.minimum.reduceat(np.where(values == highest, np.arange(len(values)), len(values)), bounds[:-1])
