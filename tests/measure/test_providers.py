"""Results, not means: the vectors of measures.md §7, and small samples that win nothing by luck."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.measure.providers import Score, expectations, providers, scorecards
from portevoix.measure.result import measures_of, silence
from portevoix.measure.scorecard import (
    Deal,
    beta_mean,
    binomial_quantile,
    bonus,
    due,
    funnel,
    over_dispersion,
    shrink,
    wilson,
)
from tests.measure.care import found, hours, tables
from tests.measure.conftest import Bench

REFERENCE = {"billing": 0.85, "technical": 0.60, "move": 0.70}
WORK = {"Alpha": (700, 200, 100), "Bravo": (100, 800, 100), "Cygne": (30, 15, 5), "Delta": (1000, 1000, 500), "Echo": (300, 300, 150)}  # fmt: skip
SOLVED = {"Alpha": 772, "Bravo": 655, "Cygne": 46, "Delta": 1700, "Echo": 536}
BASEBALL = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]
"""Hits in 45 at-bats of the eighteen players of Efron & Morris (1977)."""


def _sco_1() -> list[Score]:
    scores = []
    for name, work in WORK.items():
        parts = list(zip(work, REFERENCE.values(), strict=True))
        expected = sum(n * share for n, share in parts)
        variance = sum(n * share * (1 - share) for n, share in parts)
        scores.append(Score(name, sum(work), 50, SOLVED[name], expected, variance))
    return scores


def _sides(scores: list[Score]) -> tuple[np.ndarray, np.ndarray]:
    d = np.array([(score.hits - score.expected) / score.n for score in scores])
    return d, np.array([score.variance**0.5 / score.n for score in scores])


def test_sco_1_differences_their_errors_and_scores():
    d, se = _sides(_sco_1())
    assert [score.expected for score in _sco_1()] == pytest.approx([785, 635, 38, 1800, 540])
    assert d == pytest.approx([-0.013, 0.02, 0.16, -0.04, -0.0053], abs=1e-4)
    assert se == pytest.approx([0.0126, 0.015, 0.0582, 0.0087, 0.0159], abs=1e-4)
    assert d / se == pytest.approx([-1.0334, 1.3311, 2.748, -4.6004, -0.336], abs=1e-3)


def test_sco_1_shrunk_by_dersimonian_and_laird():
    believed = shrink(*_sides(_sco_1()))
    assert believed.tau**2 == pytest.approx(0.000977, abs=1e-6)
    assert believed.tau == pytest.approx(0.0313, abs=1e-4)
    assert believed.mu == pytest.approx(-0.00014, abs=1e-5)
    assert believed.believed == pytest.approx([0.8606, 0.8124, 0.2238, 0.9282, 0.795], abs=1e-4)
    assert believed.value == pytest.approx([-0.0112, 0.0162, 0.0357, -0.0371, -0.0043], abs=1e-4)
    assert believed.deviation == pytest.approx([0.0117, 0.0135, 0.0275, 0.0084, 0.0142], abs=1e-4)
    assert believed.p_better == pytest.approx([0.1684, 0.8845, 0.9025, 0.0, 0.3815], abs=2e-4)


def test_sco_1_over_dispersion_raw_and_winsorised():
    d, se = _sides(_sco_1())
    assert over_dispersion(d / se, 0.0) == pytest.approx(6.334, abs=1e-3)
    assert over_dispersion(d / se) == pytest.approx(1.722, abs=1e-3)


def test_sco_1_raw_ranks_alpha_twelve_points_above_bravo_and_equal_work_turns_it_round():
    rows = {(row["provider"], row["name"]): row for row in scorecards(_sco_1())}
    assert rows["Alpha", "providers.raw"]["value"] - rows["Bravo", "providers.raw"]["value"] > 0.11
    adjusted = {name: rows[name, "providers.adjusted"]["value"] for name in WORK}
    assert adjusted == pytest.approx(
        {"Alpha": 0.6882, "Bravo": 0.7219, "Cygne": 0.8471, "Delta": 0.6609, "Echo": 0.6946}, abs=1e-4
    )
    paid = {name: rows[name, "providers.bonus"]["value"] for name in WORK}
    assert paid == {"Alpha": 0, "Bravo": 0, "Cygne": 0, "Delta": -0.05, "Echo": 0}
    assert rows["Delta", "providers.adjusted"]["note"] == "below its funnel"
    assert rows["Bravo", "providers.adjusted"]["note"] is None


def test_a_gate_of_ninety_pays_a_small_provider_for_its_luck_and_a_minimum_of_cases_does_not():
    believed = shrink(*_sides(_sco_1()))
    loose = Deal(gate=0.9, least=1)
    assert bonus(float(believed.value[2]), float(believed.p_better[2]), 50, loose) == 0.05
    assert bonus(float(believed.value[2]), 0.99, 50) == 0


@pytest.mark.parametrize(
    ("difference", "points"),
    [(-0.0136, -0.0073), (0.0129, 0.0059), (0.0222, 0.0243), (-0.0384, -0.05), (-0.0078, 0.0)],
)
def test_bonus_before_its_gate(difference: float, points: float):
    assert due(difference) == pytest.approx(points, abs=2e-4)


def test_efm_1_eighteen_players():
    """Morris's correction (k - 3) / (k - 1) carries DerSimonian and Laird's B to the paper's c."""
    shares = np.array(BASEBALL) / 45
    mean = shares.mean()
    believed = shrink(shares, np.full(18, (mean * (1 - mean) / 45) ** 0.5))
    c = 1 - (15 / 17) * (1 - float(believed.believed[0]))
    assert mean == pytest.approx(0.2654, abs=1e-4)
    assert c == pytest.approx(0.2124, abs=1e-3)
    assert mean + c * (shares[0] - mean) == pytest.approx(0.2940, abs=1e-3)
    assert mean + c * (shares[-1] - mean) == pytest.approx(0.2422, abs=1e-3)


@pytest.mark.parametrize(
    ("n", "limits"), [(100, [1, 3, 13, 17]), (300, [10, 14, 31, 37]), (1000, [50, 58, 91, 101])]
)
def test_fun_1_exact_binomial_limits(n: int, limits: list[int]):
    assert [binomial_quantile(n, 0.074, level) for level in (0.001, 0.025, 0.975, 0.999)] == limits


def test_beta_binomial_vectors():
    pairs = [(18, 20), (40, 50), (150, 200), (760, 1000), (3650, 5000)]
    assert [beta_mean(hits, n, 37, 13) for hits, n in pairs] == pytest.approx(
        [0.7857, 0.77, 0.748, 0.759, 0.7301], abs=1e-4
    )


def test_a_funnel_narrows_with_size_and_widens_with_over_dispersion():
    small, large, wide = funnel(50, 35, 1), funnel(5000, 3500, 1), funnel(5000, 3500, 4)
    assert small[0] < large[0] < 0.7 < large[1] < small[1]
    assert wide[0] < large[0]
    assert wide[1] > large[1]


def test_where_nobody_differs_all_are_the_mean_and_nothing_is_paid():
    rows = scorecards([Score(name, 200, 50, 140, 140.0, 42.0) for name in "ABC"])
    assert {row["value"] for row in rows if row["name"] == "providers.p_better"} == {0.5}
    assert {row["value"] for row in rows if row["name"] == "providers.bonus"} == {0.0}


def test_a_rare_mix_is_expected_to_do_as_its_theme():
    strata = [
        {"theme": "bill", "channel": "phone", "product": "a", "n": 1000, "hits": 800},
        {"theme": "bill", "channel": "chat", "product": "a", "n": 1, "hits": 0},
    ]
    assert expectations(strata)[1] == pytest.approx(0.76, abs=0.01)


def _cases(provider: str, theme: str, n: int, solved: int) -> list[dict]:
    return [
        {"person": f"{provider}{theme}{place}", "theme": theme, "provider": provider, "channel": "phone",
         "opened_at": hours(place % 24), "answered_at": hours(place % 24 + 1), "claimed_at": hours(place % 24 + 2),
         "contacts": 1 if place < solved else 2, "relapses": int(place >= solved)}
        for place in range(n)
    ]  # fmt: skip


def test_the_one_with_harder_work_is_not_punished_for_it(bench: Bench):
    """Easy succeeds 85 times in a hundred, hard 50, for both: raw differs by 25 points and nothing else does."""
    cases = _cases("Easy", "bill", 400, 340) + _cases("Easy", "line", 100, 50)
    cases += _cases("Hard", "bill", 100, 85) + _cases("Hard", "line", 400, 200)
    cases.append({"person": "z", "opened_at": hours(900)})
    table = providers(*tables(bench, cases=cases))
    easy, hard = found(table, provider="Easy"), found(table, provider="Hard")
    assert easy["providers.raw"]["value"] - hard["providers.raw"]["value"] == pytest.approx(0.21)
    assert easy["providers.adjusted"]["value"] == pytest.approx(hard["providers.adjusted"]["value"], abs=0.01)
    assert easy["providers.bonus"]["value"] == hard["providers.bonus"]["value"] == 0


def test_the_one_who_does_better_at_equal_work_is_paid_and_the_other_pays(bench: Bench):
    cases = _cases("Good", "line", 400, 340) + _cases("Bad", "line", 400, 200)
    cases.append({"person": "z", "opened_at": hours(900)})
    table = providers(*tables(bench, cases=cases))
    assert found(table, provider="Good")["providers.bonus"]["value"] == 0.05
    assert found(table, provider="Bad")["providers.bonus"]["value"] == -0.05
    assert found(table, provider="Good")["providers.p_better"]["value"] > 0.99


def test_closing_before_an_answer_and_splitting_cases_show(bench: Bench):
    cases = _cases("Plain", "line", 100, 90) + _cases("Sly", "line", 100, 90)
    for case in cases[100:150]:
        case["answered_at"] = None
    cases += [{**case, "opened_at": hours(20 + place % 5)} for place, case in enumerate(cases[150:190])]
    cases.append({"person": "z", "opened_at": hours(900)})
    table = providers(*tables(bench, cases=cases))
    sly, plain = found(table, provider="Sly"), found(table, provider="Plain")
    assert sly["providers.closed_unanswered"]["note"] == "more than the others"
    assert sly["providers.split"]["note"] == "more than the others"
    assert plain["providers.closed_unanswered"]["value"] == 0


def test_a_provider_whose_people_are_seldom_asked_shows(bench: Bench):
    """Both solve as much; of a hundred people served, sixty answered a survey about one and twenty about the other."""
    cases = _cases("Plain", "line", 100, 90) + _cases("Sly", "line", 100, 90)
    cases.append({"person": "z", "opened_at": hours(900)})
    asked = [
        {"person": f"{provider}line{place}", "provider": provider, "csat": 5, "said_at": hours(50)}
        for provider, n in (("Plain", 60), ("Sly", 20))
        for place in range(n)
    ]
    table = providers(*tables(bench, cases=cases, verbatims=asked))
    sly, plain = found(table, provider="Sly"), found(table, provider="Plain")
    assert (sly["providers.surveyed"]["value"], sly["providers.surveyed"]["note"]) == (
        0.2,
        "less than the others",
    )
    assert plain["providers.surveyed"]["value"] == 0.6
    none = found(providers(*tables(bench, cases=cases)), provider="Sly")
    assert "providers.surveyed" not in none  # where nobody is surveyed, nobody withholds


def test_one_provider_alone_has_no_scorecard(bench: Bench):
    table = providers(
        *tables(bench, cases=[*_cases("Only", "line", 100, 90), {"person": "z", "opened_at": hours(900)}])
    )
    assert measures_of(table) == []
    assert "two providers" in silence("providers")


def test_five_people_or_nothing(bench: Bench):
    cases = _cases("Big", "line", 100, 50) + [
        {**case, "person": "one"} for case in _cases("Small", "line", 40, 40)
    ]
    cases.append({"person": "z", "opened_at": hours(900)})
    shown = measures_of(providers(*tables(bench, cases=cases)))
    assert all(one.value is None for one in shown if one.where["provider"] == "Small")


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(
    st.lists(st.tuples(st.integers(1, 3000), st.floats(0.05, 0.95), st.floats(0, 1)), min_size=2, max_size=12)
)
def test_shrinking_never_leaves_the_span_and_shares_stay_shares(work):
    scores = [
        Score(str(place), n, 9, round(n * hit), n * share, n * share * (1 - share))
        for place, (n, share, hit) in enumerate(work)
    ]
    d, se = _sides(scores)
    believed = shrink(d, se)
    assert believed.value.min() >= min(d.min(), believed.mu) - 1e-9
    assert believed.value.max() <= max(d.max(), believed.mu) + 1e-9
    assert ((believed.believed >= 0) & (believed.believed < 1)).all()
    for row in scorecards(scores):
        low, high = (0, 1) if row["name"] != "providers.bonus" else (-0.05, 0.05)
        assert low <= row["value"] <= high
        if row["low"] is not None and row["name"] != "providers.expected":
            assert row["low"] - 1e-9 <= row["value"] <= row["high"] + 1e-9


def test_chance_alone_is_seldom_paid():
    """Five equal providers, 200 draws: at most one in twenty gets or pays anything."""
    rng = np.random.default_rng(5)
    paid = 0
    for _ in range(200):
        hits = rng.binomial(400, 0.7, 5)
        scores = [
            Score(str(place), 400, 99, int(h), 400 * hits.mean() / 400, 400 * 0.21)
            for place, h in enumerate(hits)
        ]
        paid += sum(row["value"] != 0 for row in scorecards(scores) if row["name"] == "providers.bonus")
    assert paid / 1000 < 0.05


def test_wilson_is_the_one_of_the_other_shares():
    assert wilson(152, 200) == pytest.approx((0.6963, 0.8139), abs=1e-4)
    assert NormalDist().cdf(1.959964) == pytest.approx(0.975)
