"""The words: complete phrases, French typography, invented persons, and enough variety."""

import re
import sys
from collections import Counter

import pytest

from portevoix.simulate.dice import Dice
from portevoix.simulate.plan import plan
from portevoix.simulate.slots import filled, identity_of
from portevoix.simulate.speech import Speaker, bank

MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w[\w.-]*")
PHONE = re.compile(r"(?:\+33 ?|\b0)[1-9](?:[ .]?\d{2}){4}\b")
FICTION = ("639 98", "199 00", "261 91", "353 01", "465 71", "536 49")


def phrases(part):
    if isinstance(part, str):
        yield part
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from phrases(value)


@pytest.fixture(scope="module")
def small():
    return plan(60, 14, 1)


@pytest.mark.parametrize("name", ["negative", "positive", "stories", "frames", "foreign"])
def test_every_phrase_of_the_bank_can_be_said_in_every_way(small, name):
    customer = next(saying for saying in small.sayings if not saying.agent)
    identity = identity_of(1, customer.who)
    for phrase in phrases(bank()[name]):
        ways = max([part.count("|") + 1 for part in re.findall(r"\[([^\]]*)\]", phrase)] or [1])
        for turn in range(4 * ways):
            text = filled(phrase, customer, identity, Dice(phrase, turn), sujet="concernant votre facture")
            assert not re.search(r"[\[\]{}|]|  | [.,]", text), phrase
            assert text == text.strip() or phrase != phrase.strip(), phrase


def test_the_bank_has_hundreds_of_building_blocks():
    assert sum(1 for _ in phrases(bank())) > 500


def test_texts_have_no_unfilled_slot_no_double_space_and_no_stray_comma(run):
    for row in run.verbatims:
        assert not re.search(r"[\[\]{}|\t]|  | [.,](?!\d)|,[.,]|\.\.\.\.|^\s|\s$", row["text"]), row["id"]


def test_french_elides_before_a_vowel(run):
    hiatus = re.compile(
        r"\b(?:je|ne|me|se|de|que|le|la|ce|jusque) (?:[aeiouéèêà]|h(?:ier|uit heures|eur))", re.IGNORECASE
    )
    allowed = re.compile(r"\b(?:le onze|de un|de OK)\b", re.IGNORECASE)
    # customers who text lose their apostrophes on purpose: agents, mails and surveys in full spelling don't
    careful = [row for row in run.verbatims if row["author"] == "agent" or row["channel"] == "mail"]
    assert len(careful) > 500
    for row in careful:
        found = hiatus.search(row["text"])
        assert not found or allowed.search(row["text"]), (row["id"], found[0])


def test_words_agree_with_the_speaker(run):
    women = {
        row["person"]: row["text"]
        for row in run.verbatims
        if re.search(r"\bdéçue\b|\bsatisfaite\b", row["text"], re.I)
    }
    men = {row["person"] for row in run.verbatims if re.search(r"\bdéçu\b|\bsatisfait\b", row["text"], re.I)}
    assert women
    assert men
    assert not men & set(women)


def test_tweets_fit_in_a_tweet(run):
    tweets = [
        row["text"] for row in run.verbatims if row["channel"] == "tweet" and row["author"] == "customer"
    ]
    assert max(map(len, tweets)) <= 280


def test_texts_do_not_repeat_each_other_but_for_the_natural_short_ones(run):
    long = [row["text"] for row in run.verbatims if len(row["text"]) >= 25]
    counts = Counter(long)
    assert 1 - len(counts) / len(long) < 0.02


def test_personal_data_are_there_to_be_scrubbed_and_all_invented(run):
    texts = "\n".join(row["text"] for row in run.verbatims)
    mails, phones = MAIL.findall(texts), [found[0] for found in PHONE.finditer(texts)]
    assert min(len(mails), len(phones)) >= 10
    assert {mail.rstrip(".").split("@")[1] for mail in mails} <= {"example.com", "example.org", "example.net"}
    ranges = {prefix.replace(" ", "") for prefix in FICTION}
    assert {re.sub(r"\D", "", phone).removeprefix("33").lstrip("0")[:5] for phone in phones} <= ranges
    assert not re.search(r"https?://|www\.", texts)


def test_a_few_write_in_another_language(run):
    texts = [row["text"] for row in run.verbatims if row["text"]]
    english = sum(bool(re.search(r"\b(?:the|very|with|my)\b", text)) for text in texts)
    assert 0.002 < english / len(texts) < 0.03
    assert any("\u0600" <= c <= "\u06ff" for text in texts for c in text)


def test_work_grows_as_the_customers_do():
    def calls(customers):
        count = 0

        def counting(*_):
            nonlocal count
            count += 1

        sys.setprofile(counting)
        try:
            run = plan(customers, 14, 5)
            speaker = Speaker(5)
            for saying in run.sayings:
                speaker.words(saying)
        finally:
            sys.setprofile(None)
        return count, len(run.sayings)

    bank()
    (one, said), (two, twice) = calls(400), calls(800)
    assert 1.6 < twice / said < 2.4
    assert two < 2.5 * one
    assert two / twice < 5000
