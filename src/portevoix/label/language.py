"""French, English or something else: a vote of words and of letters, fast enough to ask of every comment.

How much more often a word stands in French texts than in English ones was counted (`training/languages.py`); the small words of a dozen
neighbours, their letters and words that neither language knows speak against both. A text without a word is "other"; up to three
words that nobody knows ("Nickel chrome") pass for French.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from portevoix.label.pieces import WORD, Column, Pieces, Reader

Votes = npt.NDArray[np.float64]
LANGS = ("fr", "en", "other")

_ELSEWHERE = frozenset(
    """
    aan abbiamo aber agli agora ahora ainda akan aldrig ale alla alles allo allt alltid alt altid altijd ama amb anche ancora antes ao aos
    aquele aquest aquesta aquests aqui atau ate att auch auf aus avete bagus bara barang bardzo bedankt bei beim belum bene bij bir bis bisa
    bitte biz blev boa bom bona buena bueno bukan bun buna buona buono buruk byl byla bylo cand care che chegou chi cliente clientes cok
    compra compte con consegna cuando cui cum czy da dagen daha dal dalig dalla dank danke dar dari darlig das dass dat degil degli dei del
    della delle dello dels dem den dengan depois der desde deze dia dias din dinero dni dobra dobry dois donde door dopo doua drie duas dues
    dwa dziekuje ederim een efter ein eine einem einen einer einfach el ela ele eller els em ens entrega envio erano erg esta estan estava
    este estic esto estou estoy ett fara fik foarte foi fost fran fue fueron fur gange gangen geen geldi gerne gia gibi gli goed goede
    gostei graag gracias gracies grazie gut gute guzel ha haar haben hace hacer hade han hanno har hasta hat hatte havde hay heb hebben
    heeft heel hem het heute hi hic ho hoe hon hos hun hver ich icin iemand igen ihr ihre ik ikke ile im imi immer ingen inget ini ins inte
    intet isso ist isto itu ja jag jak jeg jest jestem jij juga jullie juz kadar kami kann karena kasih keer kein keine keinen kotu kun kwam
    lagi las leider llego lo loja lor los luni maand maar mai mala malo massa mea med meget mehr mein meine mejor mereu meses meu meus meva
    mia miei mijn mille mina minha minhas mio mit mitt moj moja molt molta molti molto molts mucha muchas mucho muchos muita muito mult
    multa multumesc musteri muy mycket na naar nach nada nadie nao nar nas nel nella nem nessuno nic nicht nichts niciodata nie niemand
    niente niet nigdy nikt nimeni nimic ningu ningun noch nog nooit nostre num numa nunca nur o obrigada obrigado och oder og ohne once onde
    ons onze ook os otima otimo otra otro ottima ottimo pada pedido pel pela pelas pelo pelos pels pentru peor perche pero pessimo piu poco
    pois polecam porem porque preu prezzo prodotto produto prosze przez przy puede quan quando quem quero questa questi questo quiero razy
    recomendo sangat sao sau saya schlecht schnell schon sehr sei seit sekali semana semanas sempre sense senza servei servicio servizio seu
    seva siamo siempre siete sitt siz skal slecht slechte snel som sono sonra stata stato su sua sudah sul sulla sunt sus tack tak tambe
    tambien ten tengo terima tesekkur tidak tienda tiene til till toate todas todo todos torno trei troppo trzy tudo tutta tutti tutto tva
    twee tylko uber uden uit uma umas una und unde uno uns unser unter untuk urun utan vaig vam veces veio vez vezes vielen vil vill voce
    voces volte von voor vorrei vostra vull war waren weer weil weken wenn werd werden wie wieder wij wil wir wird wo wordt wszystko wurde
    ya yang yok zawsze zijn zile zle zonder zu zum zur""".split()
)
"""Small words of other languages, without accents, that French and English don't have."""
_FRENCH_LETTERS = frozenset("êùîëïûœ")
_SHARED_LETTERS = frozenset("éèàçôâ")
_FOREIGN_LETTERS = frozenset("ãõñáíóúìòășțşğıłśźżćńęąåäøæßöżčřěšž¿¡·İ")
_ENGLISH_ENDS = ("ing", "tion's", "ould", "ght", "ness", "ful", "ly")
_FOREIGN_ENDS = (
    "cao", "coes", "mente", "zione", "zioni", "cion", "ciones", "dade", "dades", "idad", "heid", "lijk", "keit", "schaft", "ungen", "issimo", "issima",
    "ando", "endo", "eggio", "ului", "ilor", "iert", "aggio", "czny", "nych", "owie", "lik", "lar", "ler", "iyor", "yorum", "nya", "kan", "elijke",
)  # fmt: skip
_LONG = 5
_OWN, _SHARED, _STRANGE = 1.2, 0.5, 1.5
"""What a letter of French alone, one that French shares, and one that it hasn't say."""
_FIRST = 2000
"""Characters of a text whose letters are asked."""


def language(text: str) -> str:
    """The language of a text: fr, en or other (which nobody labels further: other languages, no word at all).

    >>> language("Très satisfait du service"), language("Very good service"), language("👍"), language("")
    ('fr', 'en', 'other', 'other')
    """
    reader = Reader()
    return LANGS[int(Voters(reader).vote(reader.read([text]), [text])[0])]


@cache
def _counted() -> dict[str, float]:
    """How much more often a word is French than English, as a natural logarithm."""
    told = (files("portevoix.label") / "lexicon" / "languages.txt").read_text("utf-8").split()
    return {word: int(ratio) / 10 for word, ratio in zip(told[::2], told[1::2], strict=True)}


class Voters:
    """The same vote over a whole batch: what each distinct word and piece says is looked up once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._start()

    def _start(self) -> None:
        self._says, self._letters = Column(np.float64, 5), Column(np.float64, 2)

    def vote(self, pieces: Pieces, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """For each text, the place of its language in LANGS."""
        self._catch_up()
        n = len(texts)
        _, kinds, numbers = self.reader.tables()
        owners = np.repeat(np.arange(n), np.diff(pieces.bounds))
        spoken = np.flatnonzero(kinds[pieces.piece] == WORD)
        owner, word = owners[spoken], numbers[pieces.piece[spoken]]
        fr, en, elsewhere, unknown, latin = (
            np.bincount(owner, column[word], n).astype(np.float64) for column in self._says.values.T
        )
        letters = self._of_letters(pieces, owners, texts)
        count = np.bincount(owner, minlength=n)
        return _decide(fr + letters[:, 0], en, elsewhere + letters[:, 1], unknown, latin, count)

    def _catch_up(self) -> None:
        words, pieces = self.reader.words, self.reader.pieces
        if len(self._says.values) > len(words) or len(self._letters.values) > len(pieces):
            self._start()
        new = [_says(word) for word in words[len(self._says.values) :]]
        self._says.add(np.array(new, np.float64).reshape(-1, 5))
        fresh = [_letters(piece.lower()) for piece in pieces[len(self._letters.values) :]]
        self._letters.add(np.array(fresh, np.float64).reshape(-1, 2))

    def _of_letters(
        self, pieces: Pieces, owners: npt.NDArray[np.int64], texts: Sequence[str]
    ) -> npt.NDArray[np.float64]:
        """What the letters of each text say for French, and for elsewhere."""
        french, foreign = (column[pieces.piece] for column in self._letters.values.T)
        told = np.zeros((len(texts), 2))
        for weight in (_SHARED, _OWN):
            told[owners[french == weight], 0] = weight
        told[:, 1] = _STRANGE * np.minimum(2, np.bincount(owners, foreign, len(texts)))
        for at in [at for at, text in enumerate(texts) if len(text) > _FIRST]:
            own, strange = _letters(texts[at][:_FIRST].lower())
            told[at] = own, _STRANGE * min(2, strange)
        return told


def _letters(text: str) -> tuple[float, int]:
    """What the letters of a text in small letters say for French, and how many are foreign."""
    if text.isascii():
        return 0.0, 0
    french = (
        _OWN
        if not _FRENCH_LETTERS.isdisjoint(text)
        else _SHARED
        if not _SHARED_LETTERS.isdisjoint(text)
        else 0.0
    )
    if _FOREIGN_LETTERS.isdisjoint(text):
        return french, 0
    return french, sum(text.count(letter) for letter in _FOREIGN_LETTERS)


def _says(word: str) -> tuple[float, float, float, float, float]:
    """What a word adds to French, to English, to elsewhere, whether nobody knows it, and whether its letters are Latin."""
    ratio = _counted().get(word)
    strange = float(word in _ELSEWHERE)
    if ratio is None:
        english = 0.4 * word.endswith(_ENGLISH_ENDS)
        ends = 0.7 * (len(word) > _LONG and word.endswith(_FOREIGN_ENDS))
        return 0.0, english, max(strange, ends), float(len(word) > 2 and not strange), float(word.isascii())
    sure = min(1.0, abs(ratio) / 3) * (0.3 if strange else 1.0)
    return sure * (ratio > 0), sure * (ratio < 0), strange, 0.0, float(word.isascii())


def _decide(
    fr: Votes, en: Votes, elsewhere: Votes, unknown: Votes, latin: Votes, count: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    best = np.maximum(fr, en)
    lang = np.where(fr >= en, 0, 1)
    lang = np.where((best == 0) & (count > 3), 2, lang)
    # the four shares were chosen on held-aside French and English and on half of the sentences of tests/label/languages.txt
    against = elsewhere + 0.5 * unknown
    lang = np.where((against > 0.8 * best) & (elsewhere >= 1), 2, lang)
    lang = np.where((against > best) & (unknown >= 2) & (count > 3), 2, lang)
    lang = np.where((unknown > 0.7 * count) & (count > 3), 2, lang)
    return np.where((count == 0) | (latin * 2 < count), 2, lang)
