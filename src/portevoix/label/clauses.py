"""Sentences and clauses over pieces: where one thing that is said ends and the next begins."""

import numpy as np
import numpy.typing as npt

from portevoix.label.pieces import BREAK, COMMA, END, MARK, NUMBER, WORD, Ints, Pieces, Reader

CONTRASTS = frozenset(
    "mais cependant toutefois neanmoins pourtant sauf hormis but however although though except".split()
)
"""Words that turn a sentence round; each opens a clause of its own."""
ABBREVIATIONS = frozenset("mr mme mlle dr st ste av bd tel ref art cf ex etc no num m mrs ms vs".split())
SHORTEST = 2
"""Words that a comma's clause needs on its left to stand alone."""


def clauses(pieces: Pieces, reader: Reader) -> Ints:
    """For each piece, the number of its clause in the batch, from 0; a clause never spans two texts.

    A clause ends after . ! ? … and line breaks (not after an abbreviation's point), after a comma, semicolon, colon
    or bracket with at least two words before it, and before a word of contrast. A redaction mark stands alone.
    """
    _, kinds, words = reader.tables()
    kind, word = kinds[pieces.piece], words[pieces.piece]
    contrast, short, point = reader.that(_contrasts), reader.that(_is_short), reader.that(_is_point)
    is_word = (kind == WORD) | (kind == NUMBER)
    n = len(kind)
    opens = np.zeros(n + 1, bool)
    opens[pieces.bounds[:-1]] = True
    stops = (kind == BREAK) | (kind == END) | (kind == MARK)
    if n > 1:
        abbreviated = np.zeros(n, bool)
        abbreviated[1:] = (kind[1:] == END) & point[word[1:]] & (kind[:-1] == WORD) & short[word[:-1]]
        abbreviated[opens[:n]] = False
        stops &= ~abbreviated
    counted = np.concatenate(([0], np.cumsum(is_word)))
    last = _last_before(opens[:n] | np.concatenate(([False], stops[:-1])))
    stops |= (kind == COMMA) & (counted[:n] - counted[last] >= SHORTEST)
    opens[1:] |= stops
    opens[:n] |= (kind == MARK) | ((kind == WORD) & contrast[word])
    return np.cumsum(opens[:n]).astype(np.int32) - 1


def _contrasts(word: str) -> bool:
    return word in CONTRASTS


def _is_short(word: str) -> bool:
    return word in ABBREVIATIONS or len(word) == 1


def _is_point(word: str) -> bool:
    return word == "."


def _last_before(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """For each place, the nearest marked place at or before it (0 if none)."""
    return np.maximum.accumulate(np.where(marks, np.arange(len(marks)), 0))
