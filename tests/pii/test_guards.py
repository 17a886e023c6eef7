"""The quick ways out of the scrubber change nothing of what it finds: they only spare searches that would find nothing."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.collect import citing, digits, persons, plates, scrub, uncapitalised
from tests.pii import invented, marked

ALWAYS = re.compile("")
PARTS = (
    "Bonjour|bonjour|Madame|mme|M.|m.|je suis|je m'appelle|Cordialement|cdt|merci|Merci|, |.|!|:|\n|-|Julie|julie|Nadia Ferhat|DUPONT|Le Goff|"
    "et|Rose|né le|12/03/1981|1990|dossier n°|order number is|code promo|loi n°|12|4521|75011 Paris|3 rue des Lilas|14 High Street|AB-123-CD|"
    "AB12 CDE|voiture|plaque|06 12 34 56 78|+33 6 39 98 12 45|FR76|GB29NWBK60161331926819|192.168.1.12|@julie|a@b.fr|réservation|K7T2QP|ABC 12345|"
    "Très|L'appli|service client|votre équipe|[name]|[phone]|(|)"
).split("|")


@pytest.fixture
def unguarded(monkeypatch):
    """A function that scrubs a text with every guard open, and one that scrubs it as it is."""

    def without(text: str) -> str:
        with monkeypatch.context() as patch:
            for name in ("_STREET_EN", "_GROUPED", "_LETTERS_FIRST", "_PLACE_SAID"):
                patch.setattr(digits, name, ALWAYS)
            for name in ("_BESIDE", "_HYPHENED"):
                patch.setattr(plates, name, ALWAYS)
            patch.setattr(digits, "has", lambda *_: True)
            patch.setattr(plates, "has", lambda *_: True)
            patch.setattr(scrub, "_AT", ALWAYS)
            patch.setattr(citing, "_may_sell", lambda _: True)
            patch.setattr(persons, "_is_said", lambda *_: False)
            for name in ("_may_introduce", "_may_say_who", "_may_be_signed", "_may_end_on_a_name"):
                patch.setattr(uncapitalised, name, lambda *_: True)
            return scrub.scrub(text)

    return without


def test_guards_change_nothing_on_marked_comments(unguarded):
    comments = [
        *marked.written("varied"),
        *marked.written("second"),
        *marked.written("heldout"),
        *marked.written("tuned"),
    ]
    for comment in [*comments, *invented.comments(400)]:
        assert scrub.scrub(comment.text) == unguarded(comment.text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PARTS), max_size=14).map(" ".join))
def test_guards_change_nothing_on_what_is_put_together(unguarded, text):
    assert scrub.scrub(text) == unguarded(text)


@pytest.mark.parametrize("before", ["dossier", "client", "du", "mon", "carte d'identité", "rue", "", "le 12"])
def test_a_word_that_may_cite_is_never_passed_over(before):
    for text in (before, f"{before} n°", f"mon contrat {before} :", f"le {before} est le "):
        assert citing.is_cited_or_law(text) == (citing._CITED.search(text) is not None)
