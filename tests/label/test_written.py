"""The comments written for training: their shape, their evidence, what they may not hold."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

WRITTEN = Path(__file__).parents[2] / "training" / "written"
LANGS = ("fr", "en")
KEYS = {
    "id", "text", "lang", "trade", "sentiment", "mentions", "emotions", "intents",
    "needs_met", "easy", "enjoyable", "problem",
}  # fmt: skip
THEMES = {
    "price", "billing", "refund", "product", "reliability", "delivery", "reach", "advisor",
    "resolution", "speed", "digital", "contract", "honesty", "place", "overall",
}  # fmt: skip
TRADES = {
    "telecom", "energy", "transport", "ecommerce", "apps", "retail", "hospitality",
    "bank", "public", "health", "leisure", "general",
}  # fmt: skip
EMOTIONS = {"joy", "gratitude", "anger", "disappointment", "worry", "surprise"}
INTENTS = {
    "complaint", "praise", "question", "request", "suggestion", "recommend", "warn", "churn", "loyal",
}  # fmt: skip
PERSONAL = {
    "an e-mail address": r"[\w.+-]+@[\w-]+\.\w+",
    "a web address": r"https?://|www\.",
    "a telephone number": r"(?:\+|\b0)\d(?:[ .-]?\d{2}){4}\b",
    "an account, card or file number": r"\b\d(?:[ -]?\d){7,}\b|\b[A-Z]{2}\d{2}(?: ?\w{4}){3,}",
    "a title and a name": r"\b(?:M\.|Mr|Mrs|Ms|Mme|Mlle|Dr|Monsieur|Madame) (?!Monsieur)[A-ZÉ][\w-]+",
    "an address": r"\b\d+,? (?:bis |ter )?(?:rue|avenue|boulevard|street|road)\b",
    "a handle": r"@(?!operateur\b|provider\b)\w+",
}


@cache
def rows(lang: str) -> tuple[dict, ...]:
    with (WRITTEN / f"{lang}.jsonl").open(encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


def same(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip() or text


@pytest.mark.parametrize("lang", LANGS)
def test_every_row_has_the_known_keys_and_values(lang):
    for row in rows(lang):
        name = row["id"]
        assert set(row) == KEYS, name
        assert row["lang"] == lang, name
        assert row["trade"] in TRADES, name
        assert row["sentiment"] in (-1, -0.5, 0, 0.5, 1), name
        assert row["problem"] in ("none", "open", "solved", "relapsed"), name
        assert all(row[key] in (None, -1, 1) for key in ("needs_met", "easy", "enjoyable")), name
        assert set(row["emotions"]) <= EMOTIONS, name
        assert len(row["emotions"]) <= 3, name
        assert set(row["intents"]) <= INTENTS, name
        assert len(row["intents"]) <= 4, name
        assert len(row["mentions"]) <= 6, name


@pytest.mark.parametrize("lang", LANGS)
def test_evidence_is_the_exact_words_at_start_and_stop(lang):
    for row in rows(lang):
        for mention in row["mentions"]:
            assert set(mention) == {"theme", "polarity", "evidence", "start", "stop"}, row["id"]
            assert mention["theme"] in THEMES, row["id"]
            assert mention["polarity"] in (-1, 0, 1), row["id"]
            evidence = mention["evidence"]
            assert row["text"][mention["start"] : mention["stop"]] == evidence, row["id"]
            assert evidence, row["id"]
            assert evidence == evidence.strip(), row["id"]
            assert len(evidence.split()) <= 12, row["id"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_theme_stands_twice_only_with_another_polarity(lang):
    for row in rows(lang):
        said = [(m["theme"], m["polarity"]) for m in row["mentions"]]
        assert len(said) == len(set(said)), row["id"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_whole_agrees_with_its_mentions(lang):
    for row in rows(lang):
        said = {m["polarity"] for m in row["mentions"]}
        if said == {-1}:
            assert row["sentiment"] < 0, row["id"]
            assert "complaint" in row["intents"], row["id"]
        if said == {1}:
            assert row["sentiment"] > 0, row["id"]
            assert "praise" in row["intents"], row["id"]
        if -1 not in said and row["mentions"]:
            assert row["problem"] in ("none", "solved"), row["id"]


def test_no_comment_and_no_identifier_stands_twice():
    every = [row for lang in LANGS for row in rows(lang)]
    assert len({row["id"] for row in every}) == len(every)
    assert all(re.fullmatch(rf"w-{row['lang']}-\d{{4}}", row["id"]) for row in every)
    twice = [text for text, n in Counter(same(row["text"]) for row in every).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("what", PERSONAL)
def test_no_personal_data_is_written(lang, what):
    found = [row["id"] for row in rows(lang) if re.search(PERSONAL[what], row["text"])]
    assert found == [], f"these rows hold what looks like {what}"


def test_every_theme_is_said_both_ways_in_many_words():
    words = Counter(
        pair
        for pair in {
            (m["theme"], m["polarity"], same(m["evidence"])) for row in rows("fr") for m in row["mentions"]
        }
    )
    different = Counter((theme, polarity) for theme, polarity, _ in words)
    assert {(t, p): different[t, p] for t in THEMES for p in (-1, 1) if different[t, p] < 60} == {}
    counted = Counter((m["theme"], m["polarity"]) for row in rows("fr") for m in row["mentions"])
    wide = ("reliability", "product", "delivery", "digital", "resolution", "reach")
    assert {theme: counted[theme, -1] for theme in wide if counted[theme, -1] < 200} == {}


def test_some_comments_say_nothing_to_label():
    for lang, least in (("fr", 100), ("en", 40)):
        silent = [row for row in rows(lang) if not row["mentions"] and row["sentiment"] == 0]
        assert len(silent) >= least


@pytest.mark.data
def test_no_comment_is_copied_from_the_labelled_set(data):
    with (data / "codebook" / "labelled.jsonl").open(encoding="utf-8") as file:
        labelled = {same(json.loads(line)["text"]) for line in file}
    copied = [row["id"] for lang in LANGS for row in rows(lang) if same(row["text"]) in labelled]
    longer = [i for i in copied if len(_text(i).split()) > 4]
    assert longer == []


def _text(name: str) -> str:
    return next(row["text"] for row in rows(name.split("-")[1]) if row["id"] == name)
