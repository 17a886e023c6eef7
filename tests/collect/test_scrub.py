"""Personal data leave the words; prices, dates and everything else that says something stay."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.collect.clean import clean
from portevoix.collect.scrub import scrub

HERE = Path(__file__).parent
_PLANTED = re.compile(r"⟦(\w+):([^⟧]*)⟧")


def labelled():
    """(text, expected text after scrubbing) of the invented set."""
    for line in (HERE / "pii.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield _PLANTED.sub(r"\2", line), _PLANTED.sub(r"[\1]", line)


@pytest.mark.parametrize(("text", "expected"), list(labelled()))
def test_personal_data_leave_and_the_rest_stays(text, expected):
    assert scrub(text) == expected


def test_the_labelled_set_has_every_mark_and_as_many_traps():
    pairs = list(labelled())
    planted = {
        kind
        for line in (HERE / "pii.txt").read_text("utf-8").splitlines()
        for kind, _ in _PLANTED.findall(line)
    }
    assert planted == {
        "email",
        "phone",
        "iban",
        "card",
        "nir",
        "siret",
        "plate",
        "address",
        "number",
        "name",
        "handle",
        "link",
        "ip",
        "birth",
    }
    assert sum(text == expected for text, expected in pairs) >= 40


def test_a_corsican_nir_and_one_with_a_wrong_key_are_told_apart():
    assert scrub("NIR 2 84 05 2A 006 084 06 svp").startswith("NIR [")
    assert "[nir]" in scrub("2 55 08 14 168 025 38")
    assert "025" not in scrub("2 55 08 14 168 025 37")  # masked all the same, as a long number


def test_the_authors_own_name_is_masked_in_the_authors_words():
    assert (
        scrub("Petit souci, signé Petit. Un petit souci.", ["Petit"])
        == "[name] souci, signé [name]. Un petit souci."
    )
    assert scrub("rouvier jeanne ici, JEANNE ROUVIER", ["Jeanne Rouvier"]).endswith("[name] [name]")
    assert scrub("Rien à dire", ["", "J"]) == "Rien à dire"


def test_html_becomes_text_and_hearts_survive():
    assert (
        clean("<p>Bonjour&nbsp;!<br/>Tr&egrave;s <b>d&eacute;&ccedil;u</b></p>")
        == "Bonjour\u00a0!\nTrès déçu"
    )
    assert clean("<script>alert('x')</script>Merci <3 et 2 < 3 & 4 > 1") == "Merci <3 et 2 < 3 & 4 > 1"
    assert clean("R&amp;D, &#8364;12") == "R&D, €12"
    assert "<" not in clean("<<b>script>alert(1)<</b>/script>" * 30)


def test_invisible_marks_go_and_typography_stays():
    assert clean("a\x00b\u202ec\u200fd\ufeff\ud800e") == "abcde"
    assert clean("1\u202f234\u00a0€\r\nligne\tdeux") == "1\u202f234\u00a0€\nligne\tdeux"
    assert clean("=cmd|' /C calc'!A0") == "=cmd|' /C calc'!A0"


_PIECES = st.sampled_from(
    [line for line, _ in labelled()]
    + [
        "<b>",
        "&amp;",
        "&lt;",
        "M. ",
        "Mme ",
        "@",
        "06",
        " 12 34 56 78",
        "Cordialement, ",
        "Jean ",
        "n° ",
        "\n",
        "[name]",
        "FR76",
        "2A",
        "+33",
        "www.",
        "12 rue ",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=8), max_size=6).map("".join))
@settings(max_examples=300, deadline=None)
def test_scrubbing_twice_is_scrubbing_once(text):
    once = scrub(text)
    assert scrub(once) == once
    assert clean(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize("hostile", ["<" * 200_000, "&" * 200_000, "1 " * 200_000, "A " * 200_000, "@" * 200_000, "a." * 100_000, "1.1." * 50_000,
                                     "www." * 50_000, "M. " * 100_000, "FR76 " * 50_000, "<p" * 100_000, "&amp;" * 50_000, "12 rue de " * 30_000,
                                     "Jean de " * 50_000, "<!--" * 50_000, "<script>" * 40_000, "</script>" + "<style>" * 40_000, "-1" * 100_000, "a@a" * 50_000])  # fmt: skip
@pytest.mark.timeout(20)
def test_hostile_texts_take_no_longer_than_others(hostile):
    scrub(hostile)
