"""One pass over the words: texts become pieces, pieces become numbers, and nothing is looked at twice.

A text is cut into pieces that partition it (`"".join(pieces) == text`), so that a piece's place is the sum of the
lengths before it. Each distinct piece is understood once: folded (case, accents, elision, SMS spelling) and classed.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

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


class Reader:
    """Numbers for pieces, kept between batches; forgets all when it has met `room` distinct pieces.

    `length`, `kind` and `word` say, for a piece's number, its code points, its class and the number of its folded
    word; `words` lists the folded words. Numbers depend on what was read before, so nothing downstream may depend
    on them other than as names.
    """

    def __init__(self, room: int = 150_000) -> None:
        self.room = room
        self.forget()

    def forget(self) -> None:
        """Empties the memory of pieces and words."""
        self.words: list[str] = []
        self._numbers = _Numbers(self)
        self._word_numbers: dict[str, int] = {}
        self._told: dict[Callable[[str], bool], list[bool]] = {}
        self._passed: dict[Callable[[str], bool], npt.NDArray[np.bool_]] = {}
        self._tables = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32))
        self._length: list[int] = []
        self._kind: list[int] = []
        self._word: list[int] = []

    @property
    def crowded(self) -> bool:
        """Whether it has met as many pieces as it has room for."""
        return len(self._numbers) > self.room

    def read(self, texts: Sequence[str]) -> Pieces:
        """The texts as numbers of pieces, in order."""
        found = [_PIECE.findall(text) for text in texts]
        bounds = np.zeros(len(found) + 1, np.int32)
        np.cumsum([len(pieces) for pieces in found], out=bounds[1:])
        flat = map(self._numbers.__getitem__, chain.from_iterable(found))
        return Pieces(np.fromiter(flat, np.int32, count=int(bounds[-1])), bounds)

    def tables(self) -> tuple[Ints, Ints, Ints]:
        """Length, class and word of every piece met so far, by its number (-1: no word)."""
        if len(self._tables[0]) < len(self._length):
            told = (self._length, self._kind, self._word)
            self._tables = (
                np.array(told[0], np.int32),
                np.array(told[1], np.int32),
                np.array(told[2], np.int32),
            )
        return self._tables

    def that(self, test: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Whether each word met so far passes a test, by its number; False put last is found by -1, no word.

        Each word is asked once: give the same function each time.
        """
        told = self._told.setdefault(test, [])
        if len(told) < len(self.words):
            told += [test(word) for word in self.words[len(told) :]]
            self._passed[test] = np.array([*told, False], bool)
        return self._passed.get(test, np.zeros(1, bool))

    def take_in(self, piece: str) -> int:
        """The number of a piece met for the first time."""
        word, kind = fold(piece)
        number = len(self._length)
        self._length.append(len(piece))
        self._kind.append(kind)
        if not word:
            self._word.append(-1)
        else:
            self._word.append(self._word_numbers.setdefault(word, len(self.words)))
            if self._word[-1] == len(self.words):
                self.words.append(word)
        return number


class _Numbers(dict[str, int]):
    """A dictionary that asks its reader about what it has not met."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __missing__(self, piece: str) -> int:
        self[piece] = number = self.reader.take_in(piece)
        return number
