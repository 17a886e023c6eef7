"""The benchmark of planted truths runs, and no measure is left out of it."""

import sys

import pytest

from portevoix import plugs
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT))
from bench import truths

TRIALS = truths.trials()


@pytest.mark.parametrize("trial", sorted(TRIALS), ids=" ".join)
def test_a_planted_truth_is_near_its_figure_and_chance_is_no_crowd_of_findings(trial):
    name, kind = trial
    _, _, figures = truths.one((name, kind, 0))
    if kind == "planted":
        assert sum(figures.values()) >= len(figures) / 2
    else:
        assert len(figures) <= 3


def test_every_measure_is_tried():
    tried = {name.split()[0] for name, kind in TRIALS if kind == "planted"}
    elsewhere = {
        "robust",
        "topics",
    }  # an extra with its own planted truth; themes found without a list of them
    assert set(plugs.measures) - {"nps", "csat", "ces", "experience"} - elsewhere <= tried
