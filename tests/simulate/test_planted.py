"""What a reader plants by --plant is in the run, in its truth.json, and found again by the measures."""

import json

import pytest

import portevoix as pv
from portevoix.errors import UnknownName, WrongUse
from portevoix.simulate.plan import plan
from portevoix.simulate.planted import Planted, planted
from portevoix.simulate.write import write


def test_what_is_planted_is_what_measures_find(tmp_path):
    own = planted(["web_first=0.5", "network=0.25", "unanswered=0"])
    write(tmp_path, customers=3000, days=60, seed=5, planted=own)
    truth = {
        (row["name"], row["where"].get("cause")): row
        for row in json.loads((tmp_path / "truth.json").read_text("utf-8"))
    }
    with pv.Voice(None) as voice:
        voice.collect(f"customers:{tmp_path / 'customers.csv'}", f"cases:{tmp_path / 'cases.csv'}")
        churn = {(one.name, one.where.get("cause")): one for one in voice.measure("churn")}
        spared = next(
            one for one in voice.measure("journeys") if one.name == "journeys.spared_calls" and not one.where
        )
    network, small = churn["churn.adjusted", "network"], churn["churn.adjusted", "unanswered"]
    assert network.low <= 0.25 <= network.high
    assert small.low <= 0 <= small.high
    told = truth["journeys.spared_calls", None]
    assert spared.low <= told["value"] <= spared.high
    assert told["value"] > 0.1
    assert "planted in usual problems: 0.5" in told["note"]


def test_without_tries_online_a_run_is_what_it_was():
    assert plan(120, 20, 3).cases == plan(120, 20, 3, Planted()).cases
    assert plan(120, 20, 3).cases != plan(120, 20, 3, Planted(web_first=1.0)).cases


@pytest.mark.parametrize("pair", ["network=2", "network", "network=much", "network=-0.1", "network=0.95"])
def test_a_share_that_is_none_is_refused(pair: str):
    with pytest.raises(WrongUse, match="plant"):
        planted([pair])


def test_a_name_that_nothing_is_planted_under_lists_those_that_are():
    with pytest.raises(UnknownName, match="web_first"):
        planted(["weather=0.5"])
