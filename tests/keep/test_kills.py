"""Fifty kills; `make kills` does two thousand and prints the figures of docs/reliability.md."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2])
def test_commands_killed_at_any_instant_lose_nothing_double_nothing_and_go_on(seed: int) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.keep.killing", "25", str(seed)]
    # a process of its own: it forks, and what other tests have opened does not bear that
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "lost: 0\ndoubled: 0\ndoes not open: 0\nother: 0\n" in run.stdout
    killed = int(run.stdout.split("in all: ")[1].split(" ")[0])
    assert killed >= 22


def test_the_judge_of_kills_sees_what_is_lost_doubled_or_left_over() -> None:
    from tests.keep.killing import judged

    whole = {
        "texts": ["a", "b"],
        "people": [["a", "b"]],
        "labels": [],
        "letters": [],
        "pending": 0,
        "sources": [],
    }
    fine = {"now": whole, "then": whole, "problems": []}
    assert judged("collect", whole, whole, fine) == []
    assert judged("collect", whole, whole, {**fine, "now": {**whole, "texts": ["a"]}}) == ["lost"]
    assert "doubled" in judged("collect", whole, whole, {**fine, "then": {**whole, "texts": ["a", "b", "b"]}})
    assert judged("collect", whole, whole, {**fine, "then": {**whole, "pending": 1}}) == ["other: pending"]
    assert judged("collect", whole, whole, {**fine, "problems": ["a key is gone"]}) == [
        "other: a key is gone"
    ]
