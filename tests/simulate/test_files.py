"""The files: the same bytes each time, the columns of the nouns, and rows that refer to each other rightly."""

import os
import subprocess
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest

from portevoix.errors import PortevoixError, WrongUse
from portevoix.nouns import Case, Customer, Measure, Verbatim
from portevoix.simulate.write import write

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("verbatims.csv", "customers.csv", "cases.csv", "truth.json")
RANGES = {"stars": (1, 5), "nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "enjoyable": (1, 5), "easy": (1, 5)}


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_example_is_what_its_command_writes(run, name):
    assert (EXAMPLES / name).read_bytes() == (run.folder / name).read_bytes()


def test_the_shipped_example_is_light():
    assert sum(path.stat().st_size for path in EXAMPLES.iterdir()) < 1_500_000


def test_another_process_with_another_hash_seed_and_time_zone_writes_the_same_bytes(tmp_path):
    code = "import sys; from pathlib import Path; from portevoix.simulate.write import write; "
    code += "write(Path(sys.argv[1]), customers=120, days=20, seed=3)"
    for name, zone in (("1", "UTC"), ("2", "Pacific/Auckland")):
        environment = os.environ | {"PYTHONHASHSEED": name, "TZ": zone}
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], env=environment, check=True)
    for name in NAMES:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_another_seed_tells_another_story(tmp_path):
    for seed in (1, 2):
        write(tmp_path / str(seed), customers=60, days=14, seed=seed)
    assert (tmp_path / "1" / "verbatims.csv").read_bytes() != (tmp_path / "2" / "verbatims.csv").read_bytes()


@pytest.mark.parametrize(("customers", "days"), [(49, 30), (100, 13), (100, 731)])
def test_a_run_too_small_or_too_long_is_refused_with_what_would_do(tmp_path, customers, days):
    with pytest.raises(WrongUse, match="wants"):
        write(tmp_path, customers=customers, days=days, seed=1)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(PortevoixError, match="-o"):
        write(tmp_path / "taken", customers=60, days=14, seed=1)


def test_columns_are_the_fields_of_the_nouns(run):
    def names(noun):
        return {field.name for field in fields(noun)}

    assert set(run.verbatims[0]) - names(Verbatim) == {"city"}
    assert names(Verbatim) - set(run.verbatims[0]) == {"lang", "more", "quotable"}
    assert set(run.cases[0]) == names(Case) - {"more"}
    assert set(run.customers[0]) - names(Customer) == {"product", "segment", "city", "network", "tenure"}
    assert all(set(truth) - {"kind"} == names(Measure) for truth in run.truths)


def test_rows_refer_to_rows_that_exist_and_came_before(run):
    people = {row["person"] for row in run.customers}
    cases = {row["id"] for row in run.cases}
    said = {}
    for row in run.verbatims:
        assert row["person"] in people
        assert not row["thread"] or row["thread"] in cases
        when = datetime.fromisoformat(row["said_at"])
        if row["in_reply_to"]:
            assert said[row["in_reply_to"]] <= when
        said[row["id"]] = when
    assert len(said) == len(run.verbatims)
    assert list(said.values()) == sorted(said.values())


def test_the_last_day_is_a_friday_and_carries_a_letter(run):
    days = [row["said_at"][:10] for row in run.verbatims if row["author"] == "customer"]
    assert (min(days), max(days)) == ("2026-10-07", "2026-11-20")
    assert days.count("2026-11-20") >= 100
    assert len(set(days)) == 45


def test_instants_carry_the_zone_of_paris_on_both_sides_of_the_change_of_hour(run):
    zones = {row["said_at"][:10] < "2026-10-25": row["said_at"][-6:] for row in run.verbatims}
    assert zones == {True: "+02:00", False: "+01:00"}


def test_scores_are_in_their_ranges_and_each_channel_carries_its_own(run):
    for row in run.verbatims:
        for name, (low, high) in RANGES.items():
            assert not row[name] or low <= int(row[name]) <= high
        survey, agent = row["channel"] == "enquête", row["author"] == "agent"
        assert bool(row["stars"]) == (row["channel"] == "avis")
        assert bool(row["nps"] or row["csat"]) == survey
        assert bool(row["reach"]) == (row["channel"] == "tweet" and not agent)
        assert row["text"] or survey
        assert row["thread"] or not agent


def test_nobody_speaks_after_leaving(run):
    left = {row["person"]: row["left_at"] for row in run.customers if row["left_at"]}
    assert left
    customers = [row for row in run.verbatims if row["author"] == "customer"]
    assert all(row["said_at"][:10] < left.get(row["person"], "9999") for row in customers)


def test_contacts_of_a_case_are_the_messages_of_its_customer(run):
    counts = {row["id"]: 0 for row in run.cases}
    for row in run.verbatims:
        if row["thread"] and row["author"] == "customer":
            counts[row["thread"]] += 1
    assert counts == {row["id"]: int(row["contacts"]) for row in run.cases}


def test_the_clocks_of_a_case_run_forwards(run):
    for row in run.cases:
        times = [row[name] for name in ("opened_at", "answered_at", "claimed_at", "solved_at") if row[name]]
        instants = list(map(datetime.fromisoformat, times))
        assert instants == sorted(instants)


def test_nobody_writes_in_the_dead_of_night(run):
    assert all("07" <= row["said_at"][11:13] or row["said_at"][11:13] == "00" for row in run.verbatims)
