"""emerging: CNT-1..4, BUR-1, BUR-2, SEQ-1, FDR-1, EVA-1 of the measures' reference; alerts on planted rises, and few on none."""

from datetime import date, timedelta
from math import isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import portevoix as pv
from portevoix.measure.bursts import bursts
from portevoix.measure.counts import (
    adjusted,
    cusum,
    ewma,
    farrington,
    judged,
    liveliness,
    negative_binomial_tail,
    poisson_tail,
    predictive_tail,
    share_tail,
    spread_tail,
)
from portevoix.measure.emerging import emerging, rise
from portevoix.measure.result import measures_of
from portevoix.measure.verdict import survivors
from tests.conftest import ROOT
from tests.measure.company import START
from tests.measure.conftest import Bench

BH1995 = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1,
]


def test_tails_of_counts_of_the_reference():
    baseline = np.array([3, 5, 4, 2, 6, 4, 3, 5], dtype=float)
    assert poisson_tail(11, 4.0) == pytest.approx(0.00284, abs=5e-6)
    assert predictive_tail(11, baseline) == pytest.approx(0.005645, abs=5e-7)
    assert predictive_tail(9, baseline) == pytest.approx(0.03106, abs=5e-6)
    lively = np.array([1, 9, 3, 0, 8, 2, 7, 2], dtype=float)
    mean, variance = lively.mean(), lively.var(ddof=1)
    assert (mean, variance) == (4, 12)
    assert negative_binomial_tail(11, mean, mean**2 / (variance - mean)) == pytest.approx(0.05395, abs=5e-6)
    assert share_tail(11, 900, 32, 7200) == pytest.approx(0.006206, abs=5e-7)
    assert farrington(4, 1, 8) == pytest.approx(10.5644, abs=5e-5)
    assert (11 - 4) / (farrington(4, 1, 8) - 4) == pytest.approx(1.0664, abs=5e-5)
    assert spread_tail(11, lively, np.ones(8), 1.0) > 0.05 > predictive_tail(11, lively)
    assert liveliness(lively, np.ones(8)) == pytest.approx(3)


def test_bursts_of_the_reference():
    counts = np.array([2, 3, 2, 4, 3, 9, 12, 11, 8, 3, 2, 3], dtype=float)
    sharp = bursts(counts, np.full(12, 200.0))
    assert sharp.states == [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert [(b.first, b.last) for b in sharp.found] == [(5, 8)]
    assert sharp.found[0].weight == pytest.approx(7.2999, abs=5e-5)
    assert bursts(counts, np.full(12, 200.0), gamma=3).found == []
    slow = bursts(np.array([2, 3, 2, 4, 3, 7, 8, 7, 8, 3, 2, 3], dtype=float), np.full(12, 200.0))
    assert slow.states == [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert slow.found[0].weight == pytest.approx(3.5499, abs=5e-5)
    assert bursts(np.zeros(5), np.full(5, 9.0)).found == []
    kept = bursts(np.array([3, 14, 12, 12, 9, 6, 6, 3, 5, 4, 12, 6], dtype=float), np.full(12, 200.0))
    assert kept.states == [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]  # a greedy search sees nothing here


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=2, max_size=9))
def test_no_other_states_cost_less_than_those_found(counts: list[int]):
    """All 2^n paths are tried."""
    from math import lgamma, log

    mentions = np.array(counts, dtype=float)
    usual = mentions.sum() / (50 * len(counts))
    if not 0 < usual < 1:
        return
    shares = (usual, min(2 * usual, 0.9999))

    def cost(states) -> float:
        total, before = 0.0, 0
        for state, r in zip(states, counts, strict=True):
            total += log(len(counts)) * (state > before)
            choose = lgamma(51) - lgamma(r + 1) - lgamma(51 - r)
            total -= choose + r * log(shares[state]) + (50 - r) * log(1 - shares[state])
            before = state
        return total

    paths = [[(number >> place) & 1 for place in range(len(counts))] for number in range(2 ** len(counts))]
    found = bursts(mentions, np.full(len(counts), 50.0)).states
    assert isclose(cost(found), min(map(cost, paths)), abs_tol=1e-9)


def test_sequential_charts_of_the_reference():
    x = np.array([4, 3, 5, 4, 6, 7, 8, 9, 11], dtype=float)
    chart = ewma(x, 4.0)
    assert chart.statistic == pytest.approx(
        [4.0, 3.8, 4.04, 4.032, 4.4256, 4.9405, 5.5524, 6.2419, 7.1935], abs=5e-5
    )
    assert chart.limit == pytest.approx(
        [5.08, 5.3831, 5.5462, 5.6421, 5.7006, 5.7371, 5.76, 5.7745, 5.7837], abs=5e-5
    )
    sums = cusum(x, 4.0, 8.0)
    assert sums.statistic == pytest.approx([0, 0, 0, 0, 0.2292, 1.4584, 3.6877, 6.9169, 12.1461], abs=1e-4)
    assert (chart.alarm, sums.alarm) == (8, 8)


@pytest.mark.slow
def test_the_cusum_runs_as_long_as_simulated():
    rng = np.random.default_rng(1)

    def run(mean: float) -> float:
        lengths = []
        for _ in range(400):
            chart = cusum(rng.poisson(mean, 2500).astype(float), 4.0, 8.0)
            lengths.append(chart.alarm or 2500)
        return float(np.mean(lengths))

    assert run(4.0) == pytest.approx(162, rel=0.15)
    assert run(8.0) == pytest.approx(3.02, rel=0.1)


def test_many_tests_of_the_reference():
    assert sum(survivors(BH1995)) == 4
    assert sum(survivors(BH1995, 0.05 / sum(1 / i for i in range(1, 16)))) == 3
    assert sum(p <= 0.05 / 15 for p in BH1995) == 3
    assert adjusted(BH1995)[:6] == pytest.approx([0.0015, 0.003, 0.0095, 0.0356, 0.0603, 0.0639], abs=5e-5)
    assert adjusted([]) == []
    assert survivors([]) == []


def test_alarms_against_events_of_the_reference():
    found = judged([(10, 20, 17), (40, 44, 44), (70, 78, 75)], [12, 13, 30, 43, 55, 90], 100)
    assert found.delays == [2, 3, None]
    assert found.leads == [5, 1, None]
    assert found.found == pytest.approx(0.6667, abs=5e-5)
    assert (found.right, found.false, found.false_per_100) == (0.5, [30, 55, 90], 4.0)


def _messages(seed: int, days: int = 60, raised: dict[str, float] | None = None, quiet: int = 10):
    """Forty messages a weekday, `quiet` on weekend days; six themes complained of in 5 % each, some more in the last 5 days."""
    rng = np.random.default_rng(seed)
    rows, labels = [], []
    for number in range(days):
        moment = START + timedelta(days=number)
        for _ in range(rng.poisson(quiet if moment.weekday() >= 5 else 40)):
            name = f"v{len(rows)}"
            rows.append(
                {
                    "id": name,
                    "person": f"p{rng.integers(0, 900)}",
                    "said_on": moment.date(),
                    "said_at": moment,
                }
            )
            labels.append((name, "lang", "fr", None))
            for theme in ("billing", "price", "speed", "delivery", "digital", "reach"):
                share = 0.05 * (raised or {}).get(theme, 1.0) if number >= days - 5 else 0.05
                if rng.random() < share:
                    labels.append((name, "theme", theme, -1.0))
    return rows, labels


def _measured(bench: Bench, rows, labels, **options):
    table = emerging(bench.verbatims(rows), bench.labels(labels), **options)
    return {(m.name, m.where.get("theme")): m for m in measures_of(table)}


def test_a_planted_rise_is_the_only_alert_and_says_since_when(bench: Bench):
    found = _measured(bench, *_messages(1, raised={"price": 3.0}))
    alerts = [theme for (name, theme), m in found.items() if name == "emerging.ratio" and m.note is None]
    assert alerts == ["price"]
    ratio = found["emerging.ratio", "price"]
    assert ratio.low < 3.0 < ratio.high
    since = found["emerging.burst", "price"].note.removeprefix("since ")
    assert abs((START.date() + timedelta(days=55) - date.fromisoformat(since)).days) <= 3
    assert found["emerging.complaints", "price"].value >= 10


def test_a_topic_rises_as_a_theme_does_and_is_shown_by_its_words(bench: Bench):
    rows, labels = _messages(1, raised={"price": 3.0})
    labels = [
        (name, "topic", "topic-1a2b", polarity) if value == "price" else (name, kind, value, polarity)
        for name, kind, value, polarity in labels
    ]
    found = _measured(bench, rows, labels, names={"topic-1a2b": "véranda · buée"})
    assert found["emerging.ratio", "véranda · buée"].note is None
    assert not any("topic-" in theme for _, theme in found)
    nameless = _measured(bench, rows, labels)  # under five people share no word of it
    assert nameless["emerging.ratio", "topic-1a2b"].note is None


def test_alerts_beyond_the_budget_say_so(bench: Bench):
    raised = dict.fromkeys(("billing", "price", "speed", "delivery"), 5.0)
    found = _measured(bench, *_messages(2, raised=raised))
    notes = [found["emerging.ratio", theme].note for theme in raised]
    assert notes.count(None) == 3
    assert notes.count("rises, but over the alert budget") == 1


def test_a_lively_day_of_everything_is_no_rise(bench: Bench):
    rows, labels = _messages(3)
    last = max(row["said_on"] for row in rows)
    extra = [(row["id"], f"again{row['id']}") for row in rows if row["said_on"] < last][:400]
    rows += [{"id": new, "person": new, "said_on": last, "said_at": START} for _, new in extra]
    names = dict(extra)
    labels += [
        (names[old], kind, value, polarity) for old, kind, value, polarity in list(labels) if old in names
    ]
    found = _measured(bench, rows, labels)
    assert all(m.note is not None for (name, _), m in found.items() if name == "emerging.ratio")


def test_what_is_said_on_weekends_only_is_no_news_on_a_weekend():
    weekdays = np.arange(70) % 7
    out_of = np.full(70, 60.0)
    rng = np.random.default_rng(4)
    mentioned = np.where(weekdays >= 5, rng.poisson(9, 70), rng.poisson(1, 70)).astype(float)
    assert weekdays[-1] == 6
    aware, blind = rise(mentioned, out_of, weekdays), rise(mentioned, out_of, np.zeros(70, dtype=np.int64))
    assert aware.chance > 0.3 > blind.chance
    assert aware.ratio < 1.5 < 2.5 < blind.ratio


def test_one_angry_person_or_a_single_day_is_no_topic(bench: Bench):
    rows, labels = _messages(5)
    last = max(row["said_on"] for row in rows)
    for number in range(40):
        name = f"angry{number}"
        rows.append(
            {"id": name, "person": "one", "said_on": last - timedelta(days=number % 3), "said_at": START}
        )
        labels += [(name, "lang", "fr", None), (name, "theme", "advisor", -1.0)]
    for number in range(40):
        name = f"day{number}"
        rows.append({"id": name, "person": f"d{number}", "said_on": last, "said_at": START})
        labels += [(name, "lang", "fr", None), (name, "theme", "honesty", -1.0)]
    found = _measured(bench, rows, labels)
    assert {m.note for (_, theme), m in found.items() if theme == "advisor"} == {"fewer than 5"}
    assert found["emerging.ratio", "honesty"].note == "within noise"


def test_under_three_weeks_or_without_dates_nothing_is_said(bench: Bench):
    assert _measured(bench, *_messages(6, days=14)) == {}
    rows, labels = _messages(6, days=30)
    assert _measured(bench, [{**row, "said_on": None} for row in rows], labels) == {}


def test_a_split_alerts_within_its_own_group(bench: Bench):
    rows, labels = _messages(7, raised={"price": 7.0})
    rows = [{**row, "product": "web"} for row in rows]
    calm, told = _messages(8)
    rows += [{**row, "id": "x" + row["id"], "product": "tv"} for row in calm]
    labels += [("x" + name, *rest) for name, *rest in told]
    table = emerging(bench.verbatims(rows), bench.labels(labels), by=["product"])
    alerts = [m.where for m in measures_of(table) if m.name == "emerging.ratio" and m.note is None]
    assert alerts == [{"product": "web", "theme": "price"}]


def test_replayed_day_by_day_a_rise_is_seen_within_days_and_calm_is_left_alone():
    rng = np.random.default_rng(9)
    weekdays, out_of = np.arange(120) % 7, np.full(120, 50.0)
    events, alarms, days = [], [], 0
    for _ in range(10):
        share = np.full(120, 0.05)
        share[90:100] = 0.2
        mentioned = rng.binomial(50, share).astype(float)
        seen = [
            d
            for d in range(40, 100)
            if rise(mentioned[: d + 1], out_of[: d + 1], weekdays[: d + 1]).chance < 0.01
        ]
        events += [(days + 90, days + 99, days + 97)]
        alarms += [days + d for d in seen]
        days += 120
    found = judged(events, alarms, days)
    assert found.found == 1.0
    assert np.mean([lead for lead in found.leads if lead is not None]) > 3
    assert found.false_per_100 < 1.5


def test_the_growing_error_of_the_shipped_example_is_an_alert():
    with pv.Voice(None) as voice:
        voice.collect(ROOT / "examples" / "verbatims.csv")
        found = {(m.name, m.where.get("theme")): m for m in voice.measure("emerging")}
    assert found["emerging.ratio", "billing"].note is None
    assert found["emerging.ratio", "billing"].low > 1.3
    assert found["emerging.ratio", "digital"].value < 1
