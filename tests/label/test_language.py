from pathlib import Path

import pytest

from portevoix.label.clauses import clauses
from portevoix.label.language import language
from portevoix.label.pieces import Reader, cut, fold
from training import corpora, languages

LINES = [
    ("Très bon service", "fr"), ("Nickel", "fr"), ("RAS", "fr"), ("Rapide et efficace", "fr"), ("je recommande", "fr"),
    ("pas de réponse à mes mails", "fr"), ("prix attractif", "fr"), ("l'application ne marche pas", "fr"), ("Merci", "fr"),
    ("Very good service", "en"), ("I have been waiting for two weeks", "en"), ("great staff", "en"), ("Not happy", "en"),
    ("the app keeps crashing", "en"), ("Best restaurant ever", "en"), ("They never answered my email", "en"),
    ("Das Essen war sehr gut und die Bedienung nett", "other"), ("El servicio es muy malo y no me gusta", "other"),
    ("Il servizio non è buono e sono molto deluso della consegna", "other"), ("很好的服务", "other"), ("مرحبا بكم في المتجر", "other"),
    ("", "other"), ("👍👍👍", "other"), ("123 456", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lang"), LINES)
def test_a_short_line_finds_its_language(text, lang):
    assert language(text) == lang


SENTENCES = [
    line.split("\t")
    for line in (Path(__file__).parent / "languages.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("part", ["held", "tuned"])
def test_sentences_of_a_dozen_other_languages_pass_for_neither(part):
    alone = [
        language(text) == "other"
        for lang, mine, text in SENTENCES
        if mine == part and lang not in ("fr", "en")
    ]
    assert sum(alone) >= 0.94 * len(alone)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_short_french_and_english_sentences_are_known(lang):
    known = [language(text) == lang for mine, _, text in SENTENCES if mine == lang]
    assert sum(known) >= len(known) - 1


@pytest.mark.data
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_six_words_of_a_customer_tell_the_language(data, monkeypatch, lang):
    monkeypatch.setenv("PORTEVOIX_DATA", str(data))
    names = {"fr": ("fr_insurance_reviews", "fr_umsab_tweets"), "en": ("en_banking77", "en_umsab_tweets")}[
        lang
    ]
    texts = [
        " ".join(row["text"].split()[:6])
        for name in names
        for row in corpora.rows(name)
        if languages.held(row)
    ]
    right = [language(text) == lang for text in texts if len(text.split()) == 6]
    assert sum(right) >= 0.99 * len(right)


def split(text):
    reader = Reader()
    pieces = reader.read([text])
    number = clauses(pieces, reader)
    parts = {}
    for clause, piece in zip(number.tolist(), cut(text), strict=True):
        parts[clause] = parts.get(clause, "") + piece
    return [part.strip(" ,;:.!?…\n") for part in parts.values() if part.strip(" ,;:.!?…\n")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Prix corrects mais service lent.", ["Prix corrects", "mais service lent"]),
        ("M. Martin est aimable. Merci", ["M. Martin est aimable", "Merci"]),
        ("Très déçu… je pars !", ["Très déçu", "je pars"]),
        ("Bon accueil, prix honnêtes, site clair", ["Bon accueil", "prix honnêtes", "site clair"]),
        ("Bonjour, je voudrais un devis", ["Bonjour, je voudrais un devis"]),
        ("Ligne une\nligne deux", ["Ligne une", "ligne deux"]),
        ("Écrire à [email] pour rien", ["Écrire à", "[email]", "pour rien"]),
        ("Good food but slow service", ["Good food", "but slow service"]),
    ],
)
def test_sentences_and_contrasts_end_clauses(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize(
    ("piece", "word"),
    [
        ("Réactivité", "reactivite"),
        ("tjrs", "toujours"),
        ("TROOOOP", "trop"),
        ("qu’", "que"),
        ("bcp", "beaucoup"),
        ("cœur", "coeur"),
    ],
)
def test_spellings_of_a_word_fold_together(piece, word):
    assert fold(piece)[0] == word


@pytest.mark.parametrize("text", ["", "l'été", "a\ud800b", "[email] 12,50 € !!! :) …\r\n x"])
def test_pieces_joined_again_are_the_text(text):
    assert "".join(cut(text)) == text
