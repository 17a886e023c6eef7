"""Exact words: whose may be quoted, and which words are nobody's in particular."""

import math
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.tell import expressions, quotes, spread
from portevoix.tell.letter import write
from portevoix.tell.tongue import tongue
from tests.tell import invented

GOOD = "Depuis trois semaines je rappelle chaque matin et chaque soir on me promet une réponse."
UNFIT = [
    "Depuis trois semaines [name] me promet chaque matin une réponse.",
    "Depuis trois semaines ce connard me promet chaque matin une réponse.",
    "Depuis trois semaines Karim me promet chaque matin une réponse.",
    "depuis trois semaines karim me promet chaque matin une réponse.",
    "Depuis trois semaines Zbigniewa me promet chaque matin une réponse.",
    "Depuis trois semaines on me promet une réponse sur https://exemple.fr chaque matin.",
    "Depuis trois semaines on me promet une réponse au dossier 48213377 chaque matin.",
    "DEPUIS TROIS SEMAINES ON ME PROMET CHAQUE MATIN UNE RÉPONSE.",
    "Depuis trois semaines <b>on me promet</b> chaque matin une réponse.",
    "Depuis le décès de ma mère on me promet chaque matin une réponse.",
    "Depuis trois semaines monsieur Untel me promet chaque matin une réponse.",
    "Trop court.",
    "et " * 31 + "voilà.",
]


def quoted(*texts: str, lang: str = "fr") -> list[str]:
    words = invented.Words()
    words.say("delivery", -1, len(texts))
    rows = words.rows[("delivery", -1)]
    for row, text in zip(rows, texts, strict=True):
        words.texts[row["verbatim"]] = text
        row["start"] = row["stop"] = None
    padded = words.say("delivery", -1, 0)
    facts = invented.nps_file(lang=lang, mentions=padded.mentions)
    facts = invented.facts(words, lang=lang, number=1, before=None, measures=facts.measures)
    return [quote.text for quote in write(facts).quotes]


def test_a_fit_sentence_is_quoted_as_it_was_written():
    assert quoted("Bonjour. " + GOOD + " Merci.") == [GOOD]


@pytest.mark.parametrize("text", UNFIT)
def test_words_that_could_hurt_or_name_somebody_are_not_quoted(text):
    assert quoted(text) == []


def test_the_same_quote_is_chosen_among_the_unfit():
    assert quoted(*UNFIT, GOOD) == [GOOD]


@given(st.text(max_size=300))
def test_a_quote_is_a_piece_of_its_message_or_nothing(text):
    words = invented.Words().say("delivery", -1, 1)
    (row,) = words.rows[("delivery", -1)]
    words.texts[row["verbatim"]] = text
    row["start"] = row["stop"] = None
    facts = invented.facts(
        words, before=None, measures=[invented.share("themes.negative", 30, 412, theme="delivery")]
    )
    for quote in write(facts).quotes:
        assert text[quote.start : quote.stop] == quote.text
        assert len(quote.text.split()) <= quotes.LONGEST


@pytest.mark.parametrize(
    ("row", "french", "english"),
    [
        (
            {"product": "Fibre", "channel": "chat", "stars": 2.0, "said_at": datetime(2026, 11, 20, 19, 0)},
            "Par tchat, deux étoiles, à propos de la fibre, vendredi",
            "By chat, two stars, about fibre, on Friday",
        ),
        (
            {"channel": "avis", "stars": 1.0, "said_at": datetime(2026, 11, 20, 19, 0)},
            "Dans un avis à une étoile, vendredi",
            "In a review of one star, on Friday",
        ),
        (
            {"product": "moto ancienne"},
            "Dans un message, côté moto ancienne",
            "In a message, about moto ancienne",
        ),
        ({"product": "X-12"}, "Dans un message, pour «\u202fX-12\u202f»", "In a message, for “X-12”"),
        ({"channel": "Guichet 4"}, "Par «\u202fGuichet 4\u202f»", "By “Guichet 4”"),
        ({}, "Dans un message", "In a message"),
    ],
)
def test_where_a_quote_was_said_is_told_from_what_is_known(row, french, english):
    assert quotes.speaker(row, invented.busy_day(), tongue("fr")) == french
    assert quotes.speaker(row, invented.busy_day(lang="en"), tongue("en")) == english


def test_a_quote_of_a_whole_file_gives_its_date():
    row = {"channel": "phone", "said_on": date(2025, 3, 12)}
    assert quotes.speaker(row, invented.starred_file(), tongue("fr")) == "Par téléphone, le 12 mars 2025"


def mention(i: int, person: str | None = None) -> dict[str, object]:
    return {"verbatim": f"v{i}", "person": person, "start": None, "stop": None}


def test_an_expression_belongs_to_five_people_at_least():
    texts = {f"v{i}": f"Ici mot{chr(97 + i)} plus de connexion hélas" for i in range(5)}
    found = expressions.shared([mention(i) for i in range(5)], texts, tongue("fr"))
    assert found is not None
    assert "plus de connexion" in found.words
    assert found.verbatims == tuple(f"v{i}" for i in range(5))
    assert expressions.shared([mention(i) for i in range(4)], texts, tongue("fr")) is None


def test_one_person_who_writes_five_times_is_one_person():
    texts = {f"v{i}": f"Ici mot{chr(97 + i)} plus de connexion hélas" for i in range(5)}
    assert expressions.shared([mention(i, "p") for i in range(5)], texts, tongue("fr")) is None


def test_five_copies_of_one_text_are_one_text():
    texts = {f"v{i}": "Ici plus de connexion" for i in range(9)}
    assert expressions.shared([mention(i) for i in range(9)], texts, tongue("fr")) is None


def test_marks_names_numbers_and_insults_are_in_no_expression():
    texts = {f"v{i}": f"mot{chr(97 + i)} [name] voleurs karim 06 ligne coupée" for i in range(8)}
    found = expressions.shared([mention(i) for i in range(8)], texts, tongue("fr"))
    assert found is not None
    assert found.words == "ligne coupée"


def test_an_expression_is_more_than_a_brand_and_praise_denies_nothing():
    said = ["chez Lunafibre Maison tout", "avec Lunafibre Maison hier", "pour Lunafibre Maison aussi"]
    texts = {f"v{i}": f"Mot{chr(97 + i)} {said[i % 3]} ligne pas rapide {chr(97 + i)}" for i in range(9)}
    rows = [mention(i) for i in range(9)]
    found = expressions.shared(rows, texts, tongue("fr"))
    assert found is not None
    assert "rapide" in found.words
    assert expressions.shared(rows, texts, tongue("fr"), praise=True) is None


def test_the_tail_of_the_hypergeometric_is_that_of_counting():
    exact = sum(math.comb(30, i) * math.comb(70, 20 - i) for i in range(9, 21)) / math.comb(100, 20)
    assert spread.tail(9, 20, 30, 100) == pytest.approx(exact, rel=1e-9)
    assert spread.tail(0, 20, 30, 100) == pytest.approx(1.0)


def test_a_gathering_is_told_only_against_the_whole():
    rows = [{"verbatim": f"v{i}", "city": "Nantes" if i < 24 else "Lille"} for i in range(36)]
    whole = {"Nantes": 80, "Lille": 320}
    (found,) = spread.gather(rows, ["city"], lambda column: whole, None, "Europe/Paris")
    assert (found.column, found.value, found.k, found.m) == ("city", "Nantes", 24, 36)
    usual = {"Nantes": 270, "Lille": 130}
    assert spread.gather(rows, ["city"], lambda column: usual, None, "Europe/Paris") == []
    assert spread.gather(rows, ["city"], None, None, "Europe/Paris") == []
