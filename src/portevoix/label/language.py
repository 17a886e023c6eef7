"""French, English or something else: a vote of small words and of letters, fast enough to ask of every comment.

A text without a word is "other"; up to three words that nobody knows ("Nickel chrome") pass for French.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from portevoix.label.pieces import WORD, Pieces, Reader

Votes = npt.NDArray[np.float64]
LANGS = ("fr", "en", "other")

FR = frozenset(
    "le la les l un une des du de d et est sont au aux ce cet cette ces je j tu il elle on nous vous ils elles me m te "
    "se s ne pas plus que qui quoi dont ou mais donc or ni car pour par sur sous dans en avec sans chez mon ma mes ton "
    "ta tes son sa ses notre nos votre vos leur leurs ai as avons avez ont suis es sommes etes etait ete etre avoir "
    "fait faire tres trop bien tout tous toute toutes rien jamais toujours encore deja aussi comme si quand apres avant "
    "depuis pendant merci bonjour service prix rapide assurance client clients satisfait satisfaite cher facile bon "
    "bonne mauvais mauvaise correct pratique efficace accueil conseiller conseillers reponse telephone simple recommande "
    "parfait nul nulle probleme dossier remboursement contrat tarif tarifs c y qualite ils leurs meme moins beaucoup "
    "aucun aucune personne jour jours mois ans semaine ca cela quel quelle voila alors puis ainsi ailleurs fuir eviter "
    "ras sympa super livraison commande colis produit attente impossible hyper rapport agreable excellent excellente "
    "top genial deception decu decue colere arnaque voleurs incompetents inadmissible bravo vraiment proscrire incroyable "
    "sinistre repas vue cadre menus voiture suite vol reglement mutuelle agence courrier magnifique superbe delicieux "
    "ambiance accueillant chaleureux prise charge equipe toute ici etes".split()
)
EN = frozenset(
    "the a an and is are was were be been am i you he she it we they me him her us them my your his its our their this "
    "that these those of to in on at for from with without by about into over under not no don t won can cannot can_t "
    "don_t didn doesn isn have has had do does did will would could should may might must but or so because when where "
    "who what which how why there here very too much many more most just never always again still after before since "
    "thanks thank please good great bad worst best easy fast slow price service customer company call phone help staff "
    "friendly quick excellent terrible awful poor nothing everything everyone anyone out up down off than then only all "
    "any some get got been wait waiting money card account email app love nice awesome helpful product quality "
    "delivery order recommend happy working broken rude expensive cheap ok thing things people time days weeks hours "
    "really work works one two first last your make makes want come came god open late other guests well even if hard such "
    "certain maybe three four ago go going know like see let look him got ta way new old day today night next "
    "while during off through between each few own same another around away yes yeah need needs try tried give "
    "made say said told think thought feel keep kept every year years month week hour minutes".split()
)
_ELSEWHERE = frozenset(
    "el los las una que por para con muy pero como esta este es son mi su nos der die das und ist nicht ein eine ich "
    "sie wir mit auf fur sehr il che di non per una sono molto della del gli e o os as um uma nao muito com para mais "
    "het een niet van ik je en zijn wij voor met ook sempre troppo perche questo y lo le si no ya donde cuando "
    "aber auch oder wenn kein keine war hat haben immer schon nach bei danke gracias bueno malo grazie servizio "
    "servicio nunca obrigado produto entrega".split()
)
_EITHER = frozenset("on as or me s t d m a an car sale plus non in main son ton".split())
"""Words of both languages: they count half."""
_FRENCH_LETTERS = frozenset("éèêàùçëîïôûœ")
_ENGLISH_ENDS = ("ing", "tion's", "ould", "ght", "ness", "ful", "ly")


def language(text: str) -> str:
    """The language of a text: fr, en or other (which nobody labels further: other languages, no word at all).

    >>> language("Très satisfait du service"), language("Very good service"), language("👍"), language("")
    ('fr', 'en', 'other', 'other')
    """
    reader = Reader()
    return LANGS[int(Voters(reader).vote(reader.read([text]), [text])[0])]


class Voters:
    """The same vote over a whole batch: what each distinct word says is looked up once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._seen = 0
        self._says = np.zeros((0, 4))

    def vote(self, pieces: Pieces, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """For each text, the place of its language in LANGS."""
        words = self.reader.words
        if self._seen > len(words):
            self._seen, self._says = 0, np.zeros((0, 4))
        if self._seen < len(words):
            new = [_says(word) for word in words[self._seen :]]
            self._says = np.concatenate([self._says, np.array(new, np.float64).reshape(-1, 4)])
            self._seen = len(words)
        _, kinds, numbers = self.reader.tables()
        spoken = kinds[pieces.piece] == WORD
        owner = np.repeat(np.arange(len(texts)), np.diff(pieces.bounds))[spoken]
        said = np.zeros((len(texts), 4))
        for column in range(4):
            said[:, column] = np.bincount(
                owner, self._says[numbers[pieces.piece[spoken]], column], len(texts)
            )
        count = np.bincount(owner, minlength=len(texts))
        accents = np.array(
            [not _FRENCH_LETTERS.isdisjoint(text[:2000].lower()) for text in texts], np.float64
        )
        return _decide(said[:, 0] + 1.2 * accents, said[:, 1], said[:, 2], said[:, 3], count)


def _says(word: str) -> tuple[float, float, float, float]:
    """What a word adds to French, to English, to elsewhere, and whether its letters are Latin."""
    share = 0.5 if word in _EITHER else 1.0
    english = share * (word in EN) + 0.4 * word.endswith(_ENGLISH_ENDS)
    return share * (word in FR), english, float(word in _ELSEWHERE), float(word.isascii())


def _decide(
    fr: Votes, en: Votes, elsewhere: Votes, latin: Votes, count: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    best = np.maximum(fr, en)
    lang = np.where(fr >= en, 0, 1)
    lang = np.where((best == 0) & (count > 3), 2, lang)
    lang = np.where((elsewhere > 1.3 * best) & (elsewhere >= 2), 2, lang)
    return np.where((count == 0) | (latin * 2 < count), 2, lang)
