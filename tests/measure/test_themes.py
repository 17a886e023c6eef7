"""Themes: each verbatim votes once, out of those that were read."""

import pytest

from portevoix.measure.concentration import concentration
from portevoix.measure.themes import themes
from tests.measure.conftest import Bench


def read(total: int, lang: str = "fr"):
    return [(f"v{place}", "lang", lang, None) for place in range(total)]


def told(theme: str, polarity: float, places):
    return [(f"v{place}", "theme", theme, polarity) for place in places]


def by_name(found, theme: str):
    return {measure.name: measure for measure in found if measure.where["theme"] == theme}


def test_shares_are_out_of_all_that_was_read(bench: Bench):
    labels = read(80) + told("price", -1.0, range(20)) + told("price", 1.0, range(20, 24))
    labels += [(f"v{place}", "lang", "other", None) for place in range(80, 120)]
    found = by_name(bench.measures(themes, [{}] * 150, labels), "price")
    assert found["themes.share"].value == pytest.approx(24 / 80)
    assert found["themes.negative"].value == pytest.approx(20 / 80)
    assert found["themes.positive"].value == pytest.approx(4 / 80)
    assert found["themes.share"].n == 80
    assert (found["themes.share"].unit, found["themes.share"].basis) == ("share", "words")
    # Wilson, 24 of 80, by hand
    assert (found["themes.share"].low, found["themes.share"].high) == pytest.approx(
        (0.21065, 0.40768), abs=1e-4
    )


def test_ten_mentions_in_one_verbatim_are_one_vote(bench: Bench):
    labels = read(50) + told("price", -1.0, [0] * 10 + [1, 2, 3, 4])
    found = by_name(bench.measures(themes, [{}] * 50, labels), "price")
    assert found["themes.negative"].value == pytest.approx(5 / 50)


def test_net_sentiment_is_of_those_that_mention_the_theme_each_on_balance(bench: Bench):
    labels = read(60) + told("speed", 1.0, range(10)) + told("speed", -1.0, range(8, 30))  # two say both
    labels += told("speed", 0.0, range(30, 40)) + told(
        "speed", -1.0, [8, 8]
    )  # v8: one praise, three complaints
    found = by_name(bench.measures(themes, [{}] * 60, labels), "speed")
    # 8 content, 21 not, 1 torn, 10 neutral
    assert found["themes.net"].value == pytest.approx(100 * (8 - 21) / 40)
    assert (found["themes.net"].n, found["themes.share"].n) == (40, 60)
    assert found["themes.positive"].value == pytest.approx(10 / 60)
    assert found["themes.negative"].value == pytest.approx(22 / 60)


def test_the_effect_is_the_difference_between_those_who_complain_and_the_others(bench: Bench):
    rows = [{"nps": 0}] * 20 + [{"nps": 10}] * 10 + [{"nps": 10}] * 60 + [{"nps": 7}] * 10
    found = by_name(bench.measures(themes, rows, read(100) + told("billing", -1.0, range(30))), "billing")
    effect = found["themes.effect"]
    assert effect.value == pytest.approx(100 * ((10 - 20) / 30 - 60 / 70))
    assert (effect.basis, effect.note, effect.n, effect.unit) == ("asked", None, 100, "points")
    assert effect.low < effect.value < effect.high < 0


def test_the_effect_on_stars_and_on_words_says_what_it_stands_on(bench: Bench):
    labels = read(60) + told("billing", -1.0, range(20))
    rows = [{"stars": 1}] * 20 + [{"stars": 3.5}] * 40
    effect = by_name(bench.measures(themes, rows, labels), "billing")["themes.effect"]
    assert (effect.value, effect.basis, effect.note) == (pytest.approx(-125), "stars", "estimated from stars")
    labels += [(f"v{place}", "sentiment", "", -0.5 if place < 20 else 0.25) for place in range(60)]
    effect = by_name(bench.measures(themes, [{}] * 60, labels), "billing")["themes.effect"]
    assert (effect.value, effect.basis, effect.note) == (pytest.approx(-75), "words", "estimated from words")


def test_an_effect_without_anybody_on_the_other_side_is_not_told(bench: Bench):
    labels = read(40) + told("billing", -1.0, range(40)) + told("price", 1.0, range(20))
    found = bench.measures(themes, [{"nps": 3}] * 40, labels)
    assert "themes.effect" not in by_name(found, "billing")
    assert "themes.effect" not in by_name(found, "price")


def test_a_group_that_never_speaks_of_a_theme_has_a_share_of_zero(bench: Bench):
    rows = [{"channel": "mail"}] * 40 + [{"channel": "chat"}] * 40
    found = bench.measures(themes, rows, read(80) + told("price", -1.0, range(20)), by=("channel",))
    shares = {m.where["channel"]: m.value for m in found if m.name == "themes.negative"}
    assert shares == {"mail": 0.5, "chat": 0}


def test_four_people_make_no_net_sentiment(bench: Bench):
    labels = read(60) + told("reach", -1.0, range(4)) + told("price", -1.0, range(5))
    found = bench.measures(themes, [{}] * 60, labels)
    assert (by_name(found, "reach")["themes.net"].value, by_name(found, "price")["themes.net"].value) == (
        None,
        -100,
    )


def test_nothing_read_nothing_told(bench: Bench):
    assert bench.measures(themes, [{"nps": 3}] * 50) == []
    assert bench.measures(themes, [{}] * 50, read(50)) == []


def test_complaints_that_gather_in_one_town_are_found(bench: Bench):
    rows = [{"town": "Lyon"}] * 30 + [{"town": "Nantes"}] * 70 + [{"town": None}] * 20
    labels = (
        read(120) + told("reliability", -1.0, [*range(20), *range(30, 40)]) + told("reliability", 1.0, [99])
    )
    found = bench.measures(
        concentration,
        rows,
        labels,
        extra=("town",),
        columns=("town", "channel"),
        theme="reliability",
        polarity=-1,
    )
    lyon = {measure.name: measure for measure in found if measure.where.get("town") == "Lyon"}
    assert lyon["concentration"].value == pytest.approx(20 / 30)
    assert lyon["concentration"].where == {"theme": "reliability", "town": "Lyon"}
    assert lyon["concentration.excess"].value == pytest.approx(20 / 30 - 10 / 70)
    assert lyon["concentration.excess"].low > 0
    assert {measure.where.get("town") for measure in found} == {"Lyon", "Nantes"}


def test_a_town_of_four_people_is_never_named(bench: Bench):
    rows = [{"town": "Lyon", "person": f"p{place % 4}"} for place in range(40)] + [{"town": "Nantes"}] * 60
    labels = read(100) + told("reliability", -1.0, [*range(20), *range(40, 60)])
    found = bench.measures(
        concentration, rows, labels, extra=("town",), columns=("town",), theme="reliability", polarity=None
    )
    assert {measure.where["town"] for measure in found} == {"Nantes"}
