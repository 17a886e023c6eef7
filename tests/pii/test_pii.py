"""The scrubber holds its floors on the marked comments (see docs/pii.md)."""

import pytest

from portevoix.collect.scrub import found
from tests.pii import invented, marked
from tests.pii.marked import FIXED

PARTS = {
    "second": lambda: marked.written("second"),
    "varied": lambda: marked.written("varied"),
    "held out": lambda: marked.written("heldout"),
    "tuned": lambda: marked.written("tuned"),
    "invented": lambda: invented.comments(1500),
}


@pytest.fixture(scope="module", params=sorted(PARTS))
def score(request):
    return marked.score(
        PARTS[request.param](), lambda text: [(it.start, it.stop, it.mark) for it in found(text)]
    )


def test_kinds_with_a_checksum_or_a_fixed_form_are_found(score):
    got, there = score.recall(FIXED)
    assert got >= 0.98 * there


def test_names_in_greetings_and_signatures_are_found(score):
    got, there = score.recall({"NAME"})
    assert got >= 0.90 * there


def test_what_is_hidden_is_personal(score):
    right, hidden = score.precision()
    assert right >= 0.95 * hidden


def test_what_another_hand_wrote_holds_at_what_the_page_says():
    """One aim is not reached on these (0.95 of precision): what is held is what was measured."""
    score = marked.score(
        marked.written("independent"), lambda text: [(it.start, it.stop, it.mark) for it in found(text)]
    )
    for (got, there), floor in (
        (score.recall(FIXED), 0.98),
        (score.recall({"NAME"}), 0.94),
        (score.precision(), 0.94),
    ):
        assert got >= floor * there


def test_accounts_of_companies_and_pages_of_words_stay_and_persons_do_not():
    kept = "@SNCF @Orange_France @AppleSupport voir https://www.exemple.fr/aide/nous-contacter.html"
    assert not found(kept)
    hidden = "@julie_martin @Fabien75 https://x.exemple.fr/avis/jean-dupont https://t.co/abcDEF https://exemple.fr/a?t=1"
    assert [it.mark for it in found(hidden)] == ["handle", "handle", "link", "link", "link"]


def test_the_sets_are_large_and_speak_both_languages():
    heldout = marked.written("heldout")
    assert len(heldout) >= 300
    assert sum(comment.lang == "fr" for comment in heldout) >= 190
    assert sum(comment.lang == "en" for comment in heldout) >= 100
    assert sum(not comment.spans for comment in heldout) >= 130
    assert not {c.text for c in heldout} & {c.text for c in marked.written("tuned")}


def test_the_certain_are_told_from_the_probable():
    told = {
        it.mark: it.certain
        for it in found("IBAN FR7630006000011234567890189, tél. 06 39 98 12 45, a.b@exemple.fr, Mme Rouvier")
    }
    assert told == {"iban": True, "phone": False, "email": True, "name": False}
    (slip,) = found("IBAN FR7630006000011234567890188")
    assert not slip.certain


def test_a_stretch_found_is_where_the_text_has_it():
    text = "<b>Bonjour&nbsp;Madame Lefort</b>, j'habite Résidence du Parc, bât. B, 7 rue des Fleurs, 33000 Bordeaux."
    assert [text[it.start : it.stop] for it in found(text)] == [
        "Lefort",
        "Résidence du Parc, bât. B, 7 rue des Fleurs, 33000 Bordeaux",
    ]
