"""The labels of comments read for training: ids and labels alone, their shape, and that none is of a part held out."""

import json
from functools import cache
from pathlib import Path

import pytest

from tests.label.test_written import EMOTIONS, INTENTS, THEMES

FOLDER = Path(__file__).parents[2] / "training" / "labels"
LANGS = ("fr", "en")
KEYS = {
    "id",
    "sentiment",
    "mentions",
    "emotions",
    "intents",
    "needs_met",
    "easy",
    "enjoyable",
    "problem",
}


@cache
def rows(lang: str) -> tuple[dict, ...]:
    with (FOLDER / f"{lang}.jsonl").open(encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


@pytest.mark.parametrize("lang", LANGS)
def test_labels_have_the_known_values_and_no_words(lang):
    assert rows(lang)
    for row in rows(lang):
        name = row["id"]
        assert set(row) == KEYS, name
        assert row["sentiment"] in (-1, -0.5, 0, 0.5, 1), name
        assert row["problem"] in ("none", "open", "solved", "relapsed"), name
        assert all(row[key] in (None, -1, 1) for key in ("needs_met", "easy", "enjoyable")), name
        assert set(row["emotions"]) <= EMOTIONS, name
        assert set(row["intents"]) <= INTENTS, name
        for m in row["mentions"]:
            assert set(m) == {"theme", "polarity", "start", "stop"}, name
            assert m["theme"] in THEMES, name
            assert m["polarity"] in (-1, 0, 1), name
            assert 0 <= m["start"] < m["stop"], name


def test_a_comment_is_read_once():
    ids = [row["id"] for lang in LANGS for row in rows(lang)]
    assert len(ids) == len(set(ids))


@pytest.mark.data
def test_every_id_leads_to_a_comment_that_no_dev_part_holds(data, monkeypatch):
    monkeypatch.setenv("PORTEVOIX_DATA", str(data))
    from training import corpora

    aside = corpora.held_out()
    found = corpora.read_further()
    assert len(found) == sum(len(rows(lang)) for lang in LANGS), "none shares its text with a dev part"
    for row in found:
        assert corpora.same(row["text"]) not in aside
        assert all(m["stop"] <= len(row["text"]) for m in row["mentions"]), row["id"]
