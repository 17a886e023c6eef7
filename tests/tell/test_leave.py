"""Whose words may be quoted, what stands in their place, and what is shown where a quote was withdrawn."""

import json
from dataclasses import replace

import pytest

from portevoix.nouns import Letter
from portevoix.tell import leave, render
from portevoix.tell.letter import write
from tests.tell import invented


@pytest.mark.parametrize(
    ("row", "may"),
    [
        ({"channel": "avis"}, True),
        ({"channel": "Google Reviews"}, True),
        ({"channel": "Twitter"}, True),
        ({"channel": "Réseaux sociaux"}, True),
        ({"channel": "mail"}, False),
        ({"channel": "enquête"}, False),
        ({"channel": "Twitter DM"}, False),
        ({"channel": "Facebook Messenger"}, False),
        ({"channel": "guichet"}, False),
        ({"channel": "mail", "quotable": True}, True),
        ({"channel": "avis", "quotable": False}, False),
        ({"verbatim": "avis_2026/12"}, True),
        ({"verbatim": "TrustpilotReviews/12"}, True),
        ({"verbatim": "enquete_avis/12"}, False),
        ({"verbatim": "export/12"}, False),
        ({"verbatim": "export/12", "stars": 4.0}, True),
    ],
)
def test_reviews_and_posts_may_be_quoted_and_private_words_only_with_leave(row, may: bool) -> None:
    assert leave.quotable(row, invented.busy_day()) is may


def test_a_setting_gives_leave_for_a_channel_whatever_its_language() -> None:
    facts = replace(invented.busy_day(), quotable=("survey", "unknown", "Guichet"))
    assert leave.quotable({"channel": "enquête"}, facts)
    assert leave.quotable({"channel": "guichet"}, facts)
    assert leave.quotable({"verbatim": "export/12"}, facts)
    assert not leave.quotable({"channel": "mail"}, facts)
    assert not leave.quotable({"channel": "enquête", "quotable": False}, facts)


def told(lang: str, *quotable: bool | None) -> tuple[Letter, invented.Words]:
    words = invented.Words(lang)
    for one in quotable:
        words.say("reliability", -1, 20, quotable=one)
    measures = [invented.share("themes.negative", 30, 412, theme="reliability")]
    return write(invented.facts(words, lang=lang, before=None, measures=measures)), words


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("quotable", [None, False])
def test_words_without_leave_are_told_in_the_letters_own_and_marked(lang: str, quotable: bool | None) -> None:
    letter, words = told(lang, quotable)
    (quote,) = letter.quotes
    assert not quote.exact
    assert quote.text[-1] == "."
    for form in (render.text(letter), render.html(letter), render.json(letter)):
        assert not any(text.split(".")[0] in form for text in words.texts.values())
    assert f"«\u202f{quote.text}" not in render.text(letter)
    assert {"fr": "sans citer", "en": "not quoted"}[lang] in render.text(letter)
    assert {"fr": "sans citer", "en": "not quoted"}[lang] in render.html(letter)
    assert json.loads(render.json(letter))["base"]["retold"]
    assert not json.loads(render.json(letter))["quotes"]


def test_with_leave_for_some_only_theirs_are_quoted() -> None:
    words = invented.Words()
    words.say("reliability", -1, 30, quotable=None)
    rows = words.rows[("reliability", -1)]
    rows[17]["quotable"] = True
    measures = [invented.share("themes.negative", 30, 412, theme="reliability")]
    (quote,) = write(invented.facts(words, before=None, measures=measures)).quotes
    assert quote.exact
    assert quote.verbatim == rows[17]["verbatim"]


@pytest.mark.parametrize(
    ("lang", "gone", "shown"),
    [
        ("fr", 1, "Citation retirée à la demande de son auteur."),
        ("fr", 2, "Deux citations retirées à la demande de leurs auteurs."),
        ("en", 1, "Quote withdrawn at its author’s request."),
    ],
)
def test_a_withdrawn_quote_leaves_a_mark_in_every_form(lang: str, gone: int, shown: str) -> None:
    letter, _ = told(lang, True)
    assert shown not in render.text(letter)
    letter = replace(letter, quotes=(), base={**letter.base, "withdrawn": gone})
    assert shown in render.text(letter).replace("\n  │ ", " ")
    assert shown in render.html(letter)
    assert json.loads(render.json(letter))["base"]["withdrawn"] == gone
