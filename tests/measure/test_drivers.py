"""drivers: PRC-1 of the measures' reference, planted weights, and what a score without a link must not say."""

from itertools import product

import numpy as np
import pytest

import portevoix as pv
from portevoix.measure.drivers import _ends, drivers
from portevoix.measure.linear import Patterns, contrast, covariances
from portevoix.measure.result import measures_of
from portevoix.measure.shapley import coefficients
from tests.conftest import ROOT
from tests.measure.conftest import Bench

THEMES = ("billing", "price", "speed")


def _said(seed: int, weights: tuple[float, ...], n: int = 900):
    """NPS answers and the themes that they speak of, each weighing so many points of ten on the score."""
    rng = np.random.default_rng(seed)
    signs = rng.choice([-1, 0, 1], size=(n, len(THEMES)), p=[0.2, 0.7, 0.1])
    score = np.clip(np.rint(7.5 + signs @ np.array(weights) + rng.normal(0, 1.5, n)), 0, 10).astype(int)
    rows = [{"id": f"v{place}", "person": f"p{place}", "nps": int(score[place])} for place in range(n)]
    labels = [(f"v{place}", "lang", "fr", None) for place in range(n)]
    labels += [
        (f"v{place}", "theme", theme, float(signs[place, which]))
        for place in range(n)
        for which, theme in enumerate(THEMES)
        if signs[place, which]
    ]
    return rows, labels


def _measured(bench: Bench, rows, labels, **options):
    table = drivers(bench.verbatims(rows), bench.labels(labels), **options)
    return {(m.name, m.where.get("driver")): m for m in measures_of(table)}


def test_the_contrasts_of_the_reference():
    rows = [
        (a, b, 6 - 2 * (a == 1) + 0.3 * (a == 3) - 0.3 * (b == 1) + 1.5 * (b == 3))
        for a, b in product((1, 2, 3), repeat=2)
    ]
    table = np.array(rows, dtype=float)
    ends = Patterns(_ends(table[:, :2], 2.0), table[:, 2], np.ones(len(table)))
    slopes = coefficients(covariances(ends, ends.counts))
    assert slopes == pytest.approx([-2, 0.3, -0.3, 1.5], abs=1e-6)
    a, b = contrast(*slopes[:2]), contrast(*slopes[2:])
    assert (a.range, a.reward, a.penalty, a.asymmetry) == pytest.approx(
        (2.3, 0.1304, 0.8696, -0.7391), abs=5e-5
    )
    assert (b.range, b.reward, b.penalty, b.asymmetry) == pytest.approx(
        (1.8, 0.8333, 0.1667, 0.6667), abs=5e-5
    )
    assert contrast(0.5, 1.0).clipped
    assert contrast(0.5, 1.0).asymmetry == 1


def test_the_heaviest_theme_comes_first_with_its_direction(bench: Bench):
    found = _measured(bench, *_said(1, (2.0, 0.8, 0.0)))
    share = {theme: found["drivers.share", theme].value for theme in THEMES}
    assert share["billing"] > share["price"] > share["speed"]
    assert sum(share.values()) == pytest.approx(1)
    assert found["drivers.first", "billing"].value > 0.99
    assert found["drivers.share", "billing"].note == "more is better"
    assert found["drivers.effect", "billing"].low > 0
    assert found["drivers.effect", "billing"].note is None
    assert found["drivers.effect", "speed"].note == "within noise"
    assert found["drivers.share", "speed"].note == "within noise"
    assert all(
        measure.low <= measure.value <= measure.high for measure in found.values() if measure.low is not None
    )


def test_a_theme_that_the_score_goes_down_with_has_a_share_and_says_more_is_worse(bench: Bench):
    found = _measured(bench, *_said(2, (-1.5, 0.0, 0.0)))
    assert found["drivers.share", "billing"].value > 0.9
    assert found["drivers.share", "billing"].note == "more is worse"
    assert found["drivers.effect", "billing"].high < 0


def test_a_theme_that_can_only_disappoint_is_a_dissatisfier(bench: Bench):
    rng = np.random.default_rng(3)
    rows, labels = _said(3, (0.0, 0.0, 0.0))
    complaints = {v for v, _, value, polarity in labels if value == "billing" and polarity == -1}
    for row in rows:
        row["nps"] = int(np.clip(8 - 5 * (row["id"] in complaints) + rng.integers(0, 3), 0, 10))
    found = _measured(bench, rows, labels)
    assert found["drivers.penalty", "billing"].high < 0
    reward = found["drivers.reward", "billing"]
    assert reward.low < 20
    assert found["drivers.asymmetry", "billing"].note.startswith("dissatisfier")


def test_the_three_questions_are_drivers_where_they_were_asked(bench: Bench):
    rng = np.random.default_rng(4)
    items = rng.integers(1, 6, size=(400, 3))
    rows = [
        {"person": f"p{n}", "nps": int(np.clip(round(1.2 * easy + 0.8 * met + rng.normal()), 0, 10)), "needs_met": int(met),
         "easy": int(easy), "enjoyable": int(fun)}
        for n, (met, easy, fun) in enumerate(items)
    ]  # fmt: skip
    found = _measured(bench, rows, [])
    assert found["drivers.share", "easy"].value > found["drivers.share", "needs_met"].value
    assert found["drivers.effect", "enjoyable"].note == "within noise"
    assert found["drivers.share", "themes"].note == "fewer than 5"
    assert found["drivers.share", "themes"].basis == "words"
    assert found["drivers.r2", "items"].value > 0.3


def test_answers_drawn_apart_from_the_words_find_no_driver(bench: Bench):
    false = 0
    for seed in range(8):
        rows, labels = _said(seed, (0.0, 0.0, 0.0), n=300)
        found = _measured(bench, rows, labels)
        false += any(m.note is None for (name, _), m in found.items() if name == "drivers.effect")
    assert false <= 1


def test_under_a_hundred_scores_nothing_is_said(bench: Bench):
    assert _measured(bench, *_said(5, (2.0, 0.0, 0.0), n=99)) == {}


def test_the_order_of_rows_changes_nothing(bench: Bench):
    rows, labels = _said(6, (1.0, 0.5, 0.0), n=300)
    assert _measured(bench, rows, labels) == _measured(bench, rows[::-1], labels[::-1])


def test_the_shipped_example_is_moved_by_what_customers_speak_of():
    with pv.Voice(None) as voice:
        voice.collect(ROOT / "examples" / "verbatims.csv")
        found = {(m.name, m.where.get("driver")): m for m in voice.measure("drivers")}
    assert found["drivers.effect", "easy"].low > 0
    themes = {driver for name, driver in found if name == "drivers.effect"} - {
        "needs_met",
        "easy",
        "enjoyable",
    }
    assert len([theme for theme in themes if found["drivers.effect", theme].low > 0]) >= 3
    assert ("drivers.effect", "overall") not in found
