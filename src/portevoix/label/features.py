"""What the weights are asked about: words, their parts, pairs of neighbours, words under a negation, seed expressions.

Everything is additive over the tokens of a clause, so that a distinct word is understood once and a clause is a sum.
A feature has a 32-bit code that is the same on every machine (`zlib.crc32`, never Python's `hash`).
"""

import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from portevoix.label.clauses import clauses
from portevoix.label.pieces import WORD, Ints, Pieces, Reader

Codes = npt.NDArray[np.uint32]

NEGATORS = frozenset("pas jamais aucun aucune rien sans plus ni non nullement guere no not never none cannot can_t "
                     "don_t won_t didn_t doesn_t isn_t wasn_t couldn_t without nothing t".split())  # fmt: skip
"""Words after which the next words of the clause count as denied ("t": didn't, once cut)."""
POSTED = frozenset(("@", "#", "https", "http", "rt"))
"""Words that mark a post on a network, where much is said that is no opinion of a company."""
SCOPE = 4
"""Tokens that a negation reaches."""

_PAIR, DENIED = 0x9E3779B1, 0xC2B2AE35


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch (pieces that carry a word): word number, clause, text, piece, and whether denied."""

    word: Ints
    clause: Ints
    text: Ints
    piece: Ints
    denied: npt.NDArray[np.bool_]


def tokens_of(pieces: Pieces, reader: Reader, negator: npt.NDArray[np.bool_]) -> Tokens:
    """The tokens of a batch; `negator` says of each word number whether it denies what follows."""
    _, kinds, words = reader.tables()
    word = words[pieces.piece]
    here = np.flatnonzero(word >= 0).astype(np.int32)
    word = word[here]
    text = np.repeat(np.arange(len(pieces.bounds) - 1, dtype=np.int32), np.diff(pieces.bounds))[here]
    clause = clauses(pieces, reader)[here]
    denied = np.zeros(len(word), bool)
    says_no = negator[word] & (kinds[pieces.piece[here]] == WORD)
    for step in range(1, SCOPE + 1):
        denied[step:] |= says_no[:-step] & (clause[step:] == clause[:-step])
    return Tokens(word, clause, text, here, denied & ~says_no)


def pair_codes(code: Codes, clause: Ints) -> Codes:
    """The code of each token with the next one; 0 where the clause ends before."""
    pair = np.zeros_like(code)
    if len(code) > 1:
        pair[:-1] = np.where(clause[:-1] == clause[1:], _mix(code[:-1], code[1:], _PAIR), 0)
    return pair


def _mix(a: Codes, b: Codes, salt: int) -> Codes:
    with np.errstate(over="ignore"):
        mixed = (a * np.uint32(salt)) ^ (
            b + np.uint32(0x7F4A7C15) + (a << np.uint32(6)) + (a >> np.uint32(2))
        )
        return np.asarray(np.maximum(mixed, np.uint32(1)), np.uint32)


def word_code(word: str) -> int:
    """The code of a word by itself.

    >>> word_code("cher")
    3901919899
    """
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def part_codes(word: str) -> list[int]:
    """Codes of the 3- to 5-letter parts of a word with its edges, each once."""
    if word.startswith("<") or len(word) < 3:
        return []
    edged = f"<{word}>"
    parts = {edged[i : i + n] for n in (3, 4, 5) for i in range(len(edged) - n + 1)}
    return sorted({word_code(f"~{part}") for part in parts})


def parts_of(words: Sequence[str]) -> tuple[npt.NDArray[np.int64], Codes]:
    """The codes of the parts of many words, as `part_codes` gives them for one, and the place of the word of each, in order."""
    owners, parts = [], []
    plain = [at for at, word in enumerate(words) if word.isascii() and len(word) > 2 and word[0] != "<"]
    if plain:
        edged = "".join(f"<{words[at]}>" for at in plain).encode()
        size = np.array([len(words[at]) + 2 for at in plain])
        left = np.repeat(np.cumsum(size), size) - np.arange(size.sum())
        place = np.repeat(np.array(plain), size)
        letters = np.frombuffer(edged + b"\0" * 5, np.uint8)
        state = np.full(len(edged), _after(np.uint32(0xFFFFFFFF), np.uint8(ord("~"))), np.uint32)
        for length in range(1, 6):
            state = _after(state, letters[length - 1 : length - 1 + len(edged)])
            if length >= 3:
                whole = left >= length
                owners.append(place[whole])
                parts.append(~state[whole])
    for at, word in enumerate(words):
        if not word.isascii():
            codes = part_codes(word)
            owners.append(np.full(len(codes), at))
            parts.append(np.array(codes, np.uint32))
    if not owners:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    both = np.concatenate(owners).astype(np.uint64) << np.uint64(32) | np.concatenate(parts)
    both.sort()
    both = both[np.diff(both, prepend=~both[:1]) != 0]  # each once
    return (both >> np.uint64(32)).astype(np.int64), both.astype(np.uint32)


def _after(state: Codes | np.uint32, letter: npt.NDArray[np.uint8] | np.uint8) -> Codes:
    """The state of a CRC-32 after one more byte."""
    return np.asarray(_crc_steps()[(state ^ letter) & np.uint32(0xFF)] ^ (state >> np.uint32(8)), np.uint32)


@cache
def _crc_steps() -> Codes:
    steps = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        steps = (steps >> np.uint32(1)) ^ (np.uint32(0xEDB88320) * (steps & np.uint32(1)))
    return steps


def seed_codes(word: str) -> list[int]:
    """Codes of the seed lists that hold a word."""
    exact, stems, heads = _seeds()
    lists = set(exact.get(word, ()))
    for length in range(3, len(word) + 1) if word[:3] in heads else ():
        lists.update(stems.get(word[:length], ()))
    return sorted(word_code(f"@{name}") for name in lists)


@cache
def _seeds() -> tuple[dict[str, set[str]], dict[str, set[str]], frozenset[str]]:
    """Which lists have a whole word, which have a stem, and how stems begin."""
    exact: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for name, seeds in seed_lists().items():
        for seed in seeds:
            if " " not in seed:
                (stems if seed.endswith("*") else exact).setdefault(seed.rstrip("*"), set()).add(name)
    return exact, stems, frozenset(stem[:3] for stem in stems)


@cache
def seed_lists() -> Mapping[str, list[str]]:
    """Every seed list of `lexicon/` by name: the codebook's themes, then the lists of sentiment and of states."""
    folder = files("portevoix.label") / "lexicon"
    book = tomllib.loads((folder / "codebook.toml").read_text("utf-8"))
    lists = {theme: entry["seeds_fr"] + entry["seeds_en"] for theme, entry in book.items()}
    words = tomllib.loads((folder / "words.toml").read_text("utf-8"))
    return lists | {name: entry["fr"] + entry["en"] for name, entry in words.items()}
