"""One pass over the words: texts become pieces, pieces become numbers, and nothing is looked at twice.

A text is cut into pieces that partition it (`"".join(pieces) == text`), so that a piece's place is the sum of the
lengths before it. Each distinct piece is understood once: folded (case, accents, elision, SMS spelling) and classed.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]

WORD, NUMBER, MARK, END, COMMA, BREAK, EMOJI, OTHER, SPACE = range(9)
"""Classes of pieces. MARK is a redaction mark such as [email]; END closes a sentence; SPACE is never a token."""

_PIECE = re.compile(
    r"[^\W\d_]{1,40}(?:['’ʼ`](?=[^\W\d_]))?"  # a word, or an elided one: l', qu', aujourd'
    r"| [^\S\n]{0,39}"
    r"|\[[^\W\d_][\w -]{0,22}\]"  # a redaction mark
    r"|\d{1,12}(?:[.,]\d{1,12})?"
    r"|\r?\n[\s]{0,40}"
    r"|[^\S\n]{1,40}"
    r"|[!?]{1,40}|\.{1,40}|…"
    r"|[:;=]-?[()DPp|/](?!\w)|<3"  # :) ;-) <3
    r"|.",
    re.DOTALL,
)
_LONG, _ROOM = 60, 200_000
"""Characters from which a stretch without a space is not remembered, and how many stretches are."""
_REPEAT = re.compile(r"(.)\1{2,}")

SHORT_FORMS = {
    "n": "ne", "qu": "que", "k": "que", "ke": "que", "ki": "qui", "qd": "quand", "pk": "pourquoi", "pq": "pourquoi",
    "pcq": "parce", "tt": "tout", "ts": "tous", "tte": "toute", "ttes": "toutes", "tjs": "toujours",
    "tjrs": "toujours", "tjr": "toujours", "toujour": "toujours", "bcp": "beaucoup", "bp": "beaucoup",
    "pb": "probleme", "pbs": "problemes", "pblm": "probleme", "pblms": "problemes", "rdv": "rendezvous",
    "tel": "telephone", "telephonne": "telephone", "msg": "message", "mess": "message", "svp": "stp", "mn": "minutes",
    "min": "minutes", "mins": "minutes", "rep": "reponse", "nb": "nombre", "gd": "grand", "gde": "grande",
    "vs": "vous", "ns": "nous", "ds": "dans", "ac": "avec", "avc": "avec", "pr": "pour", "pdt": "pendant",
    "lgtps": "longtemps", "lgtemps": "longtemps", "tps": "temps", "qq": "quelque", "qqn": "quelqu", "qqs": "quelques",
    "jms": "jamais", "jamai": "jamais", "mtn": "maintenant", "mnt": "maintenant", "aps": "pas", "pa": "pas",
    "cad": "cestadire", "nul": "nul", "tro": "trop", "tp": "trop", "mdr": "mdr", "lol": "mdr", "ptdr": "mdr",
    "bjr": "bonjour", "mrc": "merci", "mci": "merci", "st": "saint", "appli": "application", "app": "application",
    "apli": "application", "apps": "application", "applis": "application", "resto": "restaurant",
    "restos": "restaurant", "assu": "assurance", "info": "information", "infos": "informations",
    "pub": "publicite", "ordi": "ordinateur", "promo": "promotion", "promos": "promotions", "u": "you", "ur": "your",
    "thx": "thanks", "pls": "please", "plz": "please", "cant": "can_t", "dont": "don_t", "wont": "won_t",
    "didnt": "didn_t", "doesnt": "doesn_t", "isnt": "isn_t", "wasnt": "wasn_t", "couldnt": "couldn_t",
    "euro": "euros", "eur": "euros", "xk": "parce", "oki": "ok", "okay": "ok", "ras": "ras",
}  # fmt: skip
"""What people type for a word, after folding: light, and only what is never ambiguous in a comment."""

_SIGNS = {
    "€": "euros",
    "$": "dollars",
    "£": "pounds",
    "%": "percent",
    "&": "et",
    "+": "+",
    "@": "@",
    "#": "#",
}
_OPEN = '()[]{}«»"“”„:/|*'


@dataclass(frozen=True, slots=True)
class Pieces:
    """A batch of texts as flat arrays: `piece` holds numbers of pieces, text i owns `piece[bounds[i]:bounds[i + 1]]`."""

    piece: Ints
    bounds: Ints


def cut(text: str) -> list[str]:
    """The pieces of a text; joined again they are the text.

    >>> cut("L'accueil, parfait!!")
    ["L'", 'accueil', ',', ' ', 'parfait', '!!']
    """
    return _PIECE.findall(text)


def fold(piece: str) -> tuple[str, int]:
    """The folded word that a piece stands for, and its class; "" for a piece that carries nothing.

    >>> fold("Réactivité"), fold("qu'"), fold("12,50"), fold("!!!")
    (('reactivite', 0), ('que', 0), ('<2d>', 1), ('!!', 3))
    """
    first = piece[0]
    if first.isspace():
        return ("<br>", BREAK) if "\n" in piece else ("", SPACE)
    if first.isalpha():
        return _word(piece), WORD
    if first.isdigit():
        return _number(piece), NUMBER
    if first == "[" and len(piece) > 2:
        return "<mark>", MARK
    if first in "!?.…":
        return _ending(piece), END
    if first in ",;":
        return ("<smile>", EMOJI) if len(piece) > 1 else (first, COMMA)
    return _sign(piece)


def _sign(piece: str) -> tuple[str, int]:
    first = piece[0]
    if first in _SIGNS:
        return _SIGNS[first], OTHER
    if len(piece) > 1:
        return ("<smile>" if piece[-1] in ")DPp3" else "<frown>"), EMOJI
    if first in _OPEN:
        return ("(" if first in "(«“[" else ")" if first in ")»”]" else ":" if first == ":" else ""), COMMA
    category = unicodedata.category(first)
    return (first, EMOJI) if category == "So" else ("", SPACE if category[0] in "CZM" else OTHER)


def _word(piece: str) -> str:
    if piece.isascii():
        word = piece.lower().rstrip("'`")
    else:
        word = unicodedata.normalize("NFKD", piece.lower().replace("œ", "oe").replace("æ", "ae"))
        word = "".join(c for c in word if not unicodedata.combining(c) and c not in "'’ʼ`")
    word = _REPEAT.sub(r"\1", word)
    return SHORT_FORMS.get(word, word)


def _number(piece: str) -> str:
    whole = re.split("[.,]", piece)[0]
    if len(whole) == 4 and whole[:2] in ("19", "20"):
        return "<year>"
    if len(piece) == 1:
        return f"<{piece}>" if piece in "0123" else "<1d>"
    return f"<{min(len(whole), 5)}d>"


def _ending(piece: str) -> str:
    if "?" in piece:
        return "?" if len(piece) == 1 else "??"
    if "!" in piece:
        return "!" if len(piece) == 1 else "!!"
    return "." if len(piece) == 1 and piece != "…" else "..."


class Column:
    """An array that grows at its end, at the price of what is added: `values`."""

    def __init__(self, kind: npt.DTypeLike, *width: int) -> None:
        self._held = np.zeros((0, *width), kind)
        self.values = self._held

    def add(self, more: npt.NDArray[Any]) -> None:
        """Adds these."""
        size = len(self.values) + len(more)
        if size > len(self._held):
            held = np.empty((size + size // 4 + 1000, *self._held.shape[1:]), self._held.dtype)
            held[: len(self.values)] = self.values
            self._held = held
        self._held[len(self.values) : size] = more
        self.values = self._held[:size]


class Reader:
    """Numbers for pieces, kept between batches; forgets all when it has met `room` distinct pieces.

    `length`, `kind` and `word` say, for a piece's number, its code points, its class and the number of its folded
    word; `pieces` lists the pieces, `words` the folded words. Numbers depend on what was read before, so nothing downstream may depend
    on them other than as names.
    """

    def __init__(self, room: int = 150_000) -> None:
        self.room = room
        self.forget()

    def forget(self) -> None:
        """Empties the memory of pieces and words."""
        self.words: list[str] = []
        self.pieces: list[str] = []
        self._numbers = _Numbers(self)
        self._word_numbers: dict[str, int] = {}
        self._passed: dict[Callable[[str], bool], Column] = {}
        self._tables = Column(np.int32), Column(np.int32), Column(np.int32)
        self._fresh: list[tuple[int, int, int]] = []
        self._chunks = _Chunks(self._numbers)

    @property
    def crowded(self) -> bool:
        """Whether it has met as many pieces as it has room for."""
        return len(self._numbers) > self.room

    def read(self, texts: Sequence[str]) -> Pieces:
        """The texts as numbers of pieces, in order."""
        if len(self._chunks) > _ROOM:
            self._chunks = _Chunks(self._numbers)
        return self._chunks.read(texts)

    def tables(self) -> tuple[Ints, Ints, Ints]:
        """Length, class and word of every piece met so far, by its number (-1: no word)."""
        if self._fresh:
            for table, told in zip(self._tables, zip(*self._fresh, strict=True), strict=True):
                table.add(np.array(told, np.int32))
            self._fresh = []
        length, kind, word = (table.values for table in self._tables)
        return length, kind, word

    def that(self, test: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Whether each word met so far passes a test, by its number; False put last is found by -1, no word.

        Each word is asked once: give the same function each time.
        """
        passed = self._passed.setdefault(test, Column(bool))
        if len(passed.values) < len(self.words):
            passed.add(np.array([test(word) for word in self.words[len(passed.values) :]], bool))
        return np.append(passed.values, False)

    def take_in(self, piece: str) -> int:
        """The number of a piece met for the first time."""
        word, kind = fold(piece)
        at = -1
        if word:
            at = self._word_numbers.setdefault(word, len(self.words))
            if at == len(self.words):
                self.words.append(word)
        self.pieces.append(piece)
        self._fresh.append((len(piece), kind, at))
        return len(self.pieces) - 1


class _Numbers(dict[str, int]):
    """A dictionary that asks its reader about what it has not met."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __missing__(self, piece: str) -> int:
        self[piece] = number = self.reader.take_in(piece)
        return number


class _Chunks(dict[str, int]):
    """Numbers of what stands between two spaces, most of which was met before: its pieces are looked up all at once.

    A space ends a piece wherever it stands, but for other spaces beside it and within a mark: a text that has those is odd, and is
    cut as a whole.
    """

    ODD = 0

    def __init__(self, numbers: _Numbers) -> None:
        self.numbers = numbers
        self._pieces, self._ends = Column(np.int32), Column(np.int64)
        self._ends.add(np.zeros(1, np.int64))
        self._known = 1
        self._fresh: list[list[int]] = []  # the pieces of each chunk, then the space after it

    def __missing__(self, chunk: str) -> int:
        if len(chunk) > _LONG:
            return self.ODD
        number = self.ODD
        pieces = _PIECE.findall(chunk)
        if pieces and "[" not in pieces and not (chunk[0].isspace() or chunk[-1].isspace()):
            number, self._known = self._known, self._known + 1
            self._fresh.append(list(map(self.numbers.__getitem__, [*pieces, " "])))
        self[chunk] = number
        return number

    def read(self, texts: Sequence[str]) -> Pieces:
        """The texts as numbers of pieces, in order."""
        chunked = [text.split(" ") for text in texts]
        first = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(chunks) for chunks in chunked], out=first[1:])
        flat = map(self.__getitem__, chain.from_iterable(chunked))
        chunk = np.fromiter(flat, np.int64, count=int(first[-1]))
        known, ends = self._tables()
        begin, size = ends[chunk - 1], ends[chunk] - ends[chunk - 1]
        size[first[1:] - 1] -= 1  # no space stands after a text
        if not chunk.all():
            odd = np.flatnonzero(np.add.reduceat(chunk == self.ODD, first[:-1]))
            whole = [list(map(self.numbers.__getitem__, _PIECE.findall(texts[at]))) for at in odd.tolist()]
            size[np.repeat(np.isin(np.arange(len(texts)), odd), np.diff(first))] = 0
            size[first[odd]] = [len(pieces) for pieces in whole]
            begin[first[odd]] = len(known) + np.cumsum(size[first[odd]]) - size[first[odd]]
            known = np.concatenate([known, np.array(list(chain.from_iterable(whole)), np.int32)])
        bounds = np.zeros(len(texts) + 1, np.int32)
        if len(texts):
            np.cumsum(np.add.reduceat(size, first[:-1]), out=bounds[1:])
        return Pieces(known[np.repeat(begin - np.cumsum(size) + size, size) + np.arange(bounds[-1])], bounds)

    def _tables(self) -> tuple[Ints, npt.NDArray[np.int64]]:
        """The pieces of all chunks, and where those of each end."""
        if self._fresh:
            last = len(self._pieces.values)
            self._ends.add(last + np.cumsum([len(pieces) for pieces in self._fresh]))
            self._pieces.add(np.array(list(chain.from_iterable(self._fresh)), np.int32))
            self._fresh = []
        return self._pieces.values, self._ends.values
