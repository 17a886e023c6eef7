"""The figures of the reference, recomputed on DuckDB: Rocks 2016, measuringu.com, Wilson, Benjamini and Hochberg 1995."""

import re
from datetime import date
from statistics import NormalDist, stdev

import pyarrow as pa
import pytest

from portevoix.measure.change import change, discovered
from portevoix.measure.experience import experience
from portevoix.measure.ranges import Sums, gap_of_means, gap_of_tickets, mean, p_value, ticket, wilson
from portevoix.measure.scores import ces, csat, nps
from portevoix.nouns import Period
from tests.conftest import ROOT
from tests.measure.conftest import Bench, answers

NEAR = 1e-3
NOW = Period(kind="week", since=date(2026, 1, 8), until=date(2026, 1, 15))
BEFORE = Period(kind="week", since=date(2026, 1, 1), until=date(2026, 1, 8))


def _three(columns):
    """Three questions answered in so many ways each; the marginals are what matters."""
    lists = {
        name: [score + 1 for score, n in enumerate(ns) for _ in range(n)] for name, ns in columns.items()
    }
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def test_cxi_1_the_index_is_the_mean_of_good_less_bad(bench: Bench):
    rows = _three(
        {
            "enjoyable": [10, 30, 40, 80, 40],
            "easy": [4, 16, 40, 90, 50],
            "needs_met": [6, 14, 30, 100, 50],
        }
    )
    found = bench.named(experience, rows)
    assert found["experience.enjoyable"].value == pytest.approx(40)
    assert found["experience.easy"].value == pytest.approx(60)
    assert found["experience.needs_met"].value == pytest.approx(65)
    assert found["experience"].value == pytest.approx(55)
    assert found["experience"].note == "band: poor"
    assert {measure.n for measure in found.values()} == {200}


def test_cxi_2_the_interval_follows_the_spread_of_respondents(bench: Bench):
    names = ("enjoyable", "easy", "needs_met")
    people = "555 445 344 234 122 455 333 544 224 444".split()
    found = bench.named(experience, [dict(zip(names, map(int, person), strict=True)) for person in people])
    assert [round(found[f"experience.{name}"].value) for name in names] == [20, 40, 70]
    index = found["experience"]
    assert index.value == pytest.approx(43.333, abs=NEAR)
    student = 2.262157  # 97.5 % point with 9 degrees of freedom
    assert (index.high - index.low) / 2 / student == pytest.approx(22.798, abs=0.05)
    assert (index.high + index.low) / 2 == pytest.approx(index.value)


BANDS = {
    "91": "excellent",
    "85": "excellent",
    "84.9": "good",
    "79": "good",
    "71": "okay",
    "70": "okay",
    "65": "okay",
    "63": "poor",
    "59": "poor",
    "55": "poor",
    "54.9": "very poor",
    "52": "very poor",
    "32": "very poor",
    "-40": "very poor",
}


def test_cxi_3_bands(bench: Bench):
    rows = []
    for points in BANDS:
        tenths = round(float(points) * 10)  # of a thousand people, so many more are content than not
        content, unhappy = max(tenths, 0), max(-tenths, 0)
        for score, n in ((5, content), (1, unhappy), (3, 1000 - content - unhappy)):
            rows += [{**dict.fromkeys(("enjoyable", "easy", "needs_met"), score), "channel": points}] * n
    found = [m for m in bench.measures(experience, rows, by=("channel",)) if m.name == "experience"]
    assert {m.where["channel"]: m.note for m in found} == {p: f"band: {band}" for p, band in BANDS.items()}
    assert all(m.value == pytest.approx(float(m.where["channel"])) for m in found)


def _sums_of(mean: float, sd: float, n: int) -> dict[str, float]:
    return {"n": n, "s": n * mean, "q": (n - 1) * sd**2 + n * mean**2}


def test_cxi_4_six_points_more_may_be_chance(bench: Bench):
    now, before = _sums_of(0.61, 0.70, 420), _sums_of(0.55, 0.72, 400)
    row = {f"{k}1": v for k, v in now.items()} | {f"{k}0": v for k, v in before.items()}
    table = bench.given([row], pa.schema([(name, pa.float64()) for name in row]))
    gap = gap_of_means(
        Sums(table.n1, table.s1, table.q1), Sums(table.n0, table.s0, table.q0), table.n1 / table.n1
    )
    found = table.select(**gap._asdict(), p=p_value(gap.score)).to_pyarrow().to_pylist()[0]
    assert found["value"] == pytest.approx(6)
    assert 6 / found["score"] == pytest.approx(4.963, abs=NEAR)
    assert found["score"] == pytest.approx(1.209, abs=NEAR)
    assert found["p"] == pytest.approx(0.2266, abs=1e-4)
    assert found["low"] < 0 < found["high"]


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "value", "low", "high"),
    [
        (50, 30, 20, 30.000, 14.051, 44.201),
        (162, 108, 54, 33.333, 24.945, 41.110),
        (291, 476, 395, -8.950, -13.308, -4.546),
        (6, 3, 1, 50.000, -0.203, 77.126),
        (10, 0, 0, 100.0, 47.504, 100.0),
        (60, 0, 40, 20.000, 0.617, 38.218),
    ],
    ids=["NPS-1", "NPS-2", "NPS-3", "NPS-4", "NPS-5", "NPS-6"],
)
def test_nps_and_its_adjusted_wald_interval(bench, promoters, passives, detractors, value, low, high):
    (found,) = bench.measures(nps, answers("nps", {9: promoters, 7: passives, 6: detractors}))
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=NEAR)
    assert (found.n, found.unit, found.basis) == (promoters + passives + detractors, "points", "asked")


def test_nps_cuts_at_nine_and_at_six(bench: Bench):
    rows = [row for answer in range(11) for row in answers("nps", {answer: 30}, channel=str(answer))]
    found = {int(m.where["channel"]): m.value for m in bench.measures(nps, rows, by=("channel",))}
    assert found == {answer: 100 if answer >= 9 else 0 if answer >= 7 else -100 for answer in range(11)}


@pytest.mark.parametrize(
    ("times", "gap", "low", "high", "note"),
    [(1, 10, -5.30, 25.00, "within noise"), (10, 10, 5.16, 14.81, None)],
    ids=["n=200 is noise", "n=2000 is news"],
)
def test_the_same_ten_points_of_nps(bench: Bench, times, gap, low, high, note):
    before = answers("nps", {9: 80 * times, 7: 70 * times, 6: 50 * times}, said_on=date(2026, 1, 3))
    now = answers("nps", {9: 90 * times, 7: 70 * times, 6: 40 * times}, said_on=date(2026, 1, 9))
    found = bench.named(change, before + now, periods=(NOW, BEFORE))["change.nps"]
    assert (found.value, found.low, found.high) == pytest.approx((gap, low, high), abs=0.01)
    assert (found.low + found.high) / 2 == pytest.approx(9.852 if times == 1 else 9.985, abs=NEAR)
    assert (found.note, found.n) == (note, 400 * times)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"), [(84, 120, 61.285, 77.474), (0, 10, 0, 27.753), (10, 10, 72.247, 100)]
)
def test_csat_and_wilson(bench: Bench, x: int, n: int, low: float, high: float):
    (found,) = bench.measures(csat, answers("csat", {4: x, 3: n - x}))
    assert (found.value, found.low, found.high) == pytest.approx((x / n, low / 100, high / 100), abs=1e-5)
    assert (found.unit, found.n) == ("share", n)


def test_ces_2_on_seven_points(bench: Bench):
    counts = dict(enumerate([4, 3, 5, 8, 20, 35, 25], start=1))
    found = bench.named(ces, answers("ces", counts))
    share = found["ces"]
    assert (share.value, share.low, share.high) == pytest.approx((0.8, 0.71117, 0.86663), abs=1e-5)
    assert found["ces.mean"].value == pytest.approx(5.42)
    assert found["ces.net"].value == pytest.approx(68)
    assert found["ces.mean"].low < 5.42 < found["ces.mean"].high
    spread = stdev(score for score, n in counts.items() for _ in range(n))
    assert found["ces.mean"].high - 5.42 == pytest.approx(1.984217 * spread / 10, abs=1e-5)  # t, 99 degrees


def test_ces_1_has_the_mean_of_its_vector_but_is_not_told_apart_by_the_measure(bench: Bench):
    # CES 1.0 (1-5, low is good) must not be mapped to `ces`: its "very high effort", 5, would count as easy
    found = bench.named(ces, answers("ces", dict(enumerate([25, 30, 20, 15, 10], start=1))))
    assert found["ces.mean"].value == pytest.approx(2.55)
    assert found["ces"].value == pytest.approx(0.10)


def test_fdr_1_four_discoveries_of_fifteen(bench: Bench):
    ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
          0.6528, 0.7590, 1.0]  # fmt: skip
    rows = [{"p": p, "family": 1, "name": str(place)} for place, p in enumerate(reversed(ps))]
    rows += [{"p": 0.04, "family": 0, "name": "alone"}]
    table = bench.given(rows, pa.schema([("p", pa.float64()), ("family", pa.int64()), ("name", pa.string())]))
    found = discovered(table, "p", "family", ["name"]).to_pyarrow().to_pylist()
    assert sorted(row["p"] for row in found if row["discovered"] and row["family"]) == ps[:4]
    assert [row["discovered"] for row in found if not row["family"]] == [True]


def test_a_step_up_procedure_rescues_what_a_step_down_would_lose(bench: Bench):
    rows = [{"p": p, "family": 1, "name": "x"} for p in (0.03, 0.035, 0.04, 0.049)]
    table = bench.given(rows, pa.schema([("p", pa.float64()), ("family", pa.int64()), ("name", pa.string())]))
    assert all(discovered(table, "p", "family", ["name"]).discovered.to_pyarrow().to_pylist())


def test_p_values_are_those_of_the_normal_distribution(bench: Bench):
    scores = [step / 10 for step in range(-69, 70)]
    table = bench.given([{"z": score} for score in scores], pa.schema([("z", pa.float64())]))
    found = table.select("z", p=p_value(table.z)).to_pyarrow().to_pylist()
    for row in found:
        exact = 2 * NormalDist().cdf(-abs(row["z"]))
        assert row["p"] == pytest.approx(exact, rel=1e-9)


def test_wilson_of_nobody_is_null(bench: Bench):
    table = bench.given([{"n": 0, "x": 0}], pa.schema([("n", pa.int64()), ("x", pa.int64())]))
    assert table.select(value=wilson(table.n, table.x).value).to_pyarrow()["value"].to_pylist() == [None]


def _of_sums(bench: Bench, function, *sides: tuple[float, float, float]):
    """What a function of sums says of sides given as (answers, mean, variance) of tickets."""
    rows = {
        f"{name}{place}": value
        for place, (n, middle, variance) in enumerate(sides)
        for name, value in zip("nsq", (n, n * middle, n * (variance + middle**2)), strict=True)
    }
    table = bench.given([rows], pa.schema([(name, pa.float64()) for name in rows]))
    told = function(*(Sums(*(table[f"{name}{place}"] for name in "nsq")) for place in range(len(sides))))
    return table.select(**told._asdict()).to_pyarrow().to_pylist()[0]


@pytest.mark.parametrize(
    ("n", "margin", "variance"),
    [(385, 10, 1.0), (269, 10, 0.7), (193, 10, 0.5), (1537, 5, 1.0), (1076, 5, 0.7), (769, 5, 0.5),
     (4269, 3, 1.0), (2988, 3, 0.7), (2135, 3, 0.5), (9604, 2, 1.0), (6723, 2, 0.7), (4802, 2, 0.5)],
)  # fmt: skip
def test_so_many_answers_bound_nps_to_that_margin(bench: Bench, n: int, margin: float, variance: float):
    found = _of_sums(bench, ticket, (n, 0.0, variance))
    assert (found["high"] - found["low"]) / 2 == pytest.approx(margin, rel=0.011)


@pytest.mark.parametrize(("n", "margin"), [(2213, 3), (797, 5), (200, 10)])
def test_cxi_5_so_many_respondents_bound_the_index(bench: Bench, n: int, margin: float):
    found = _of_sums(bench, lambda sums: mean(sums, sums.n / sums.n), (n, 0.0, 0.72**2))
    assert (found["high"] - found["low"]) / 2 == pytest.approx(margin, rel=0.01)


@pytest.mark.parametrize(
    ("n", "points", "variance"),
    [(1099, 10, 0.7), (785, 10, 0.5), (4396, 5, 0.7), (3140, 5, 0.5), (12210, 3, 0.7), (8721, 3, 0.5)],
)
def test_so_many_answers_a_wave_show_a_change_four_times_in_five(bench, n, points, variance):
    found = _of_sums(bench, gap_of_tickets, (n, points / 100, variance), (n, 0.0, variance))
    assert found["score"] == pytest.approx(NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8), rel=0.01)


def test_every_vector_of_the_list_names_a_test_that_is_there():
    """docs/numbers/vectors.md: each row names a test, or says why there is none."""
    rows = [
        line.split("|") for line in (ROOT / "docs" / "numbers" / "vectors.md").read_text("utf-8").splitlines()
    ]
    rows = [[cell.strip() for cell in row[1:-1]] for row in rows if len(row) > 3][2:]
    assert len(rows) > 40
    known = {
        f"{file.name}::{name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)
    }
    named = [name for row in rows for name in re.findall(r"`(test_\w+\.py::test_\w+)`", row[-1])]
    assert [name for name in named if name not in known] == []
    assert [row[0] for row in rows if "`test_" not in row[-1] and not row[-1].startswith("none:")] == []
