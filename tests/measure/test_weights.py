"""Weights: RAK-1 and the R-indicator of the reference, refusals in sentences, and the whole way through the command."""

import numpy as np
import pytest

import portevoix as pv
from portevoix.errors import BadSource, TooFew, UnknownName, WrongUse
from portevoix.measure.result import reweighed
from portevoix.measure.scores import nps
from portevoix.measure.weights import Margins, design_effect, margins, r_indicator, rake, weighed
from tests.measure.conftest import Bench

COUNTS = np.array([40.0, 30.0, 20.0, 10.0])
LEVELS = (["a", "a", "b", "b"], ["x", "y", "x", "y"])
TARGETS = ({"a": 0.5, "b": 0.5}, {"x": 0.55, "y": 0.45})


def test_rak_1_weights_design_effect_and_odds_ratio():
    weights = rake(COUNTS, LEVELS, TARGETS)
    assert weights == pytest.approx([0.625, 0.8333, 1.5, 2.0], abs=1e-3)
    fitted = COUNTS * weights
    assert fitted == pytest.approx([25, 25, 30, 20], abs=1e-2)
    assert fitted[0] * fitted[3] / fitted[1] / fitted[2] == pytest.approx(40 * 10 / 30 / 20)
    deff = design_effect(np.repeat(weights, COUNTS.astype(int)))
    assert (deff, 100 / deff) == pytest.approx((1.2146, 82.33), abs=1e-2)


def test_the_r_indicator_of_the_reference():
    assert r_indicator(np.array([0.3, 0.2, 0.05]), np.array([2000.0, 3000.0, 5000.0])) == pytest.approx(
        0.7978, abs=1e-4
    )


def _rows():
    """NPS by cell 50, 20, 10, -30, as in RAK-1."""
    cells = {("a", "x"): (40, 20), ("a", "y"): (30, 6), ("b", "x"): (20, 2), ("b", "y"): (10, -3)}
    rows = []
    for (segment, product), (n, net) in cells.items():
        for place in range(n):
            score = (10 if net > 0 else 0) if place < abs(net) else 8
            rows.append({"segment": segment, "product": product, "nps": score})
    return rows


def _weighed(bench: Bench, rows, **options):
    known = Margins({"segment": TARGETS[0], "product": TARGETS[1]}, options.pop("invited", None))
    table, about = weighed(bench.verbatims(rows), "nps", known)
    measured = [
        nps(some, bench.labels(), **options).to_pyarrow()
        for some in (table, table.drop("weight of an answer"))
    ]
    return {one.name: one for one in reweighed(*measured, about)}


def test_rak_1_the_weighed_score_beside_the_plain_one(bench: Bench):
    found = _weighed(bench, _rows(), invited=800)
    assert found["nps"].value == pytest.approx(14.5, abs=1e-2)
    assert found["nps.unweighted"].value == pytest.approx(25)
    assert (found["nps"].n, found["nps.unweighted"].n, found["nps"].note) == (100, 100, "weighted")
    assert found["weights.n_eff"].value == pytest.approx(82.33, abs=1e-2)
    plain, own = (found[name].high - found[name].low for name in ("nps.unweighted", "nps"))
    assert own > plain
    assert found["weights.response_rate"].value == pytest.approx(0.125)
    assert 0 < found["weights.evenness"].value < 1


def test_weights_of_one_change_nothing(bench: Bench):
    rows = [
        {"segment": name, "product": "x", "nps": score} for name in "ab" for score in [10] * 30 + [0] * 20
    ]
    table, about = weighed(bench.verbatims(rows), "nps", Margins({"segment": {"a": 0.5, "b": 0.5}}, None))
    measured = [nps(some, bench.labels()).to_pyarrow() for some in (table, table.drop("weight of an answer"))]
    found = {one.name: one for one in reweighed(*measured, about)}
    for part in ("value", "low", "high"):
        assert getattr(found["nps"], part) == pytest.approx(getattr(found["nps.unweighted"], part))


def test_answers_without_a_value_for_a_margin_are_left_out_and_counted(bench: Bench):
    found = _weighed(bench, [*_rows(), *({"segment": None, "product": "x", "nps": 0} for _ in range(7))])
    assert (found["nps"].n, found["weights.left_out"].value) == (100, 7)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"segment": "c", "product": "x", "nps": 9}], "says nothing of c"),
        ([], "Nobody of segment b answered"),
    ],
)
def test_a_value_that_only_one_side_knows_is_refused(bench: Bench, rows, sentence):
    own = [row for row in _rows() if rows or row["segment"] != "b"]
    with pytest.raises(TooFew, match=sentence):
        _weighed(bench, own + rows)


def test_a_weight_beyond_the_limit_is_refused_with_the_place(bench: Bench):
    rows = [{"segment": "a", "nps": 9}] * 99 + [{"segment": "b", "nps": 9}]
    with pytest.raises(TooFew, match=r"from segment b would count 50\.0 times"):
        weighed(bench.verbatims(rows), "nps", Margins({"segment": {"a": 0.5, "b": 0.5}}, None))


def test_margins_that_no_weights_reach_are_refused():
    with pytest.raises(TooFew, match="contradict"):
        rake(np.array([10.0, 10.0]), (["a", "b"], ["x", "y"]), ({"a": 0.5, "b": 0.5}, {"x": 0.9, "y": 0.1}))


def test_margins_are_read_from_csv_and_toml_as_shares_percentages_or_counts(tmp_path):
    (tmp_path / "m.csv").write_text(
        "column,value,share\nsegment,pro,10 %\nsegment,jeune,90\ninvited,,2000\n", "utf-8"
    )
    (tmp_path / "m.toml").write_text("invited = 2000\n[segment]\npro = 1\njeune = 9\n", "utf-8")
    for name in ("m.csv", "m.toml"):
        known = margins(tmp_path / name)
        assert known.invited == 2000
        assert known.shares["segment"] == pytest.approx({"pro": 0.1, "jeune": 0.9})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "segment,pro\n",
        "column,value,share\nsegment,pro,many\n",
        "column,value,share\nsegment,pro,-1\n",
        "\x00",
    ],
)
def test_a_file_of_no_margins_is_refused_in_a_sentence(tmp_path, text):
    (tmp_path / "m.csv").write_text(text, "utf-8")
    with pytest.raises(BadSource, match=r"m\.csv"):
        margins(tmp_path / "m.csv")
    with pytest.raises(BadSource, match="cannot be read"):
        margins(tmp_path / "absent.csv")


def test_the_whole_way(tmp_path):
    lines = ["comment,nps,segment"]
    lines += ["bien,10,pro"] * 30 + ["bof,3,pro"] * 10 + ["bien,10,jeune"] * 20 + ["bof,3,jeune"] * 40
    (tmp_path / "avis.csv").write_text("\n".join(lines), "utf-8")
    (tmp_path / "m.csv").write_text("column,value,share\nsegment,pro,0.2\nsegment,jeune,0.8\n", "utf-8")
    (tmp_path / "town.csv").write_text("column,value,share\ntown,Rennes,1\n", "utf-8")
    with pv.Voice(None) as voice:
        voice.collect(tmp_path / "avis.csv")
        found = {one.name: one for one in voice.measure("nps", weights=tmp_path / "m.csv")}
        assert found["nps"].value == pytest.approx(100 * (0.2 * 0.5 - 0.8 / 3), abs=1e-2)
        with pytest.raises(WrongUse, match="nps, csat, ces, experience"):
            voice.measure("churn", weights=tmp_path / "m.csv")
        with pytest.raises(UnknownName, match="town"):
            voice.measure("nps", weights=tmp_path / "town.csv")
