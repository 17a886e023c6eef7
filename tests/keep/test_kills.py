"""Fifty kills; `make kills` does two thousand and prints the figures of docs/reliability.md."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_commands_killed_at_any_instant_lose_nothing_double_nothing_and_go_on() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.keep.killing", "50", "1"]
    # a process of its own: it forks, and what other tests have opened does not bear that
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    (whole,) = (line for line in run.stdout.splitlines() if line.startswith("| in all |"))
    killed, *wrong = (int(cell) for cell in whole.split("|")[2:-1])
    assert wrong == [0, 0, 0, 0]
    assert killed >= 40


def test_a_child_is_killed_before_or_in_the_call_that_was_chosen(tmp_path: Path) -> None:
    from tests.keep.instants import run

    def work() -> str:
        for name in "abc":
            (tmp_path / name).mkdir()
            (tmp_path / name).rename(tmp_path / name.upper())
        return "x" * 200_000

    assert run(work, ("rename", 2)).code == -9
    assert sorted(child.name for child in tmp_path.iterdir()) == ["A", "b"]
    (tmp_path / "b").rmdir()
    (tmp_path / "A").rmdir()
    assert run(work, ("rename", 2), during=True).code == -9
    assert sorted(child.name for child in tmp_path.iterdir()) in (["A", "B"], ["A", "b"])
    for child in tmp_path.iterdir():
        child.rmdir()
    ran = run(work)
    assert (ran.code, len(str(ran.answer))) == (0, 200_000)
    assert [call for call in ran.calls if call != "write"] == ["mkdir", "rename"] * 3


def test_the_judge_of_kills_sees_what_is_lost_doubled_or_left_over() -> None:
    from tests.keep.killing import Command, judged

    whole = {"texts": ["a", "b"], "people": [["a", "b"]], "labels": [], "letters": [], "pending": 0}
    command = Command("collect", Path.exists, Path.exists, ["a", "b"], expected=whole)
    fine = {"now": whole, "then": whole, "problems": []}
    assert judged(command, fine) == []
    assert judged(command, {**fine, "now": {**whole, "texts": ["a"]}}) == ["lost"]
    assert "doubled" in judged(command, {**fine, "then": {**whole, "texts": ["a", "b", "b"]}})
    assert judged(command, {**fine, "then": {**whole, "pending": 1}}) == ["other: pending"]
    assert judged(command, {**fine, "problems": ["a key is gone"]}) == ["other: a key is gone"]
    back = {**fine, "now": {**whole, "texts": ["a", "b", "c"]}}
    assert "other: who was forgotten came back" in judged(
        Command("keep restore", Path.exists, Path.exists, expected=whole), back
    )
