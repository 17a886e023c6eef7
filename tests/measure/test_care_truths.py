"""On planted truths and on real logs: figures that anyone can count again."""

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portevoix.measure.answers import answers
from portevoix.measure.contacts import from_words
from portevoix.measure.linking import linked
from portevoix.measure.providers import providers
from portevoix.measure.survival import kaplan_meier, median
from portevoix.simulate.write import write
from portevoix.voice import Voice
from tests.conftest import ROOT
from tests.measure.care import found, tables
from tests.measure.conftest import Bench

EXAMPLES = ROOT / "examples"
TIMES = ("opened_at", "answered_at", "claimed_at", "solved_at")


def _utc(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell).astimezone(UTC).replace(tzinfo=None) if cell else None


def _cases(folder: Path, towns: bool = False) -> list[dict[str, Any]]:
    with (folder / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = [dict(row) for row in csv.DictReader(file)]
    for row in rows:
        row.update({name: _utc(row[name]) for name in TIMES})
        row.update({name: int(row[name]) for name in ("contacts", "relapses")})
    if towns:
        with (folder / "customers.csv").open(encoding="utf-8", newline="") as file:
            city = {row["person"]: row["city"] for row in csv.DictReader(file)}
        for row in rows:
            row["city"] = city[row["person"]]
    return rows


def _truths(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for truth in json.loads((folder / "truth.json").read_text("utf-8")):
        if truth["name"] == name:
            yield truth


def _finds(row: dict[str, Any], truth: float) -> bool:
    return bool(row["low"] <= truth <= row["high"])


@pytest.fixture(scope="module", params=["the example", 11])
def run(request, tmp_path_factory) -> Path:
    if request.param == "the example":
        return EXAMPLES
    folder = tmp_path_factory.mktemp("run")
    write(folder, customers=2000, days=60, seed=request.param)
    return folder


def test_the_planted_centre_that_closes_without_solving_is_found(bench: Bench, run: Path):
    table = answers(*tables(bench, cases=_cases(run)), by=("provider",))
    for truth in _truths(run, "cases.relapsed"):
        if "provider" in truth["where"]:
            assert _finds(found(table, **truth["where"])["answers.relapse_7d"], truth["value"])
    for truth in _truths(run, "cases.solved_when_claimed"):
        assert _finds(found(table, **truth["where"])["answers.answered_not_solved"], 1 - truth["value"])
    for truth in _truths(run, "cases.claimed"):
        assert _finds(found(table, **truth["where"])["answers.claimed_resolution"], truth["value"])
    solver, closer = found(table, provider="Tilleul"), found(table, provider="Ardoise")
    assert closer["answers.claimed_resolution"]["high"] < solver["answers.claimed_resolution"]["low"]
    assert closer["answers.claimed_gap"]["low"] > solver["answers.claimed_gap"]["high"]


def test_the_centre_that_closes_pays_and_the_one_that_solves_is_paid(bench: Bench, run: Path):
    table = providers(*tables(bench, cases=_cases(run)))
    assert found(table, provider="Ardoise")["providers.bonus"]["value"] < 0
    assert found(table, provider="Tilleul")["providers.bonus"]["value"] > 0


def test_the_lines_that_drop_in_the_evening_are_answered_in_minutes_and_never_solved(bench: Bench, run: Path):
    (relapsed,) = [truth for truth in _truths(run, "cases.relapsed") if "city" in truth["where"]]
    since = datetime.fromisoformat(relapsed["since"])
    cases = [
        case
        for case in _cases(run, towns=True)
        if case["city"] == "Rennes" and case["theme"] == "reliability"
    ]
    cases = [case for case in cases if case["opened_at"] >= since and case["opened_at"].hour >= 19]
    (answered,) = _truths(run, "cases.answered")
    table = found(answers(*tables(bench, cases=cases)))
    assert _finds(table["answers.first_response"], answered["value"])
    assert table["answers.real_resolution"]["value"] is None
    # two evenings of one person are two cases of the log and one problem here; what seven days will tell is not told yet
    assert 0.8 * relapsed["n"] <= table["answers.first_response"]["n"] <= relapsed["n"]
    assert "answers.relapse_7d" not in table


def test_the_words_alone_tell_the_two_centres_apart():
    with Voice(None) as voice:
        voice.collect(EXAMPLES / "verbatims.csv")
        shown = {(one.where["provider"], one.name): one for one in voice.measure("answers", by="provider")}
    assert {one.basis for one in shown.values()} == {"words"}
    assert shown["Ardoise", "answers.relapse_7d"].low > shown["Tilleul", "answers.relapse_7d"].high
    assert shown["Ardoise", "answers.fcr"].high < shown["Tilleul", "answers.fcr"].low


@pytest.mark.data
def test_relapses_of_the_incident_log_against_its_own_counter(data: Path):
    path = data / "care" / "itsm_incident_event_log.csv.gz"
    if not path.is_file():
        pytest.skip(f"needs {path.name} in the folder of real data")
    with Voice(None) as voice:
        voice.collect(path, kind="cases")
        shown = {one.name: one for one in voice.measure("answers") if not one.where}
    relapse, counter = shown["answers.relapse_7d"], shown["answers.reopened"]
    assert (round(relapse.value * relapse.n), relapse.n, relapse.basis) == (1631, 16_367, "log")
    assert (round(counter.value, 4), counter.n, counter.basis) == (0.0113, 20_769, "log counter")


@pytest.mark.data
def test_conversations_on_twitter(bench: Bench, data: Path):
    """Median first response 13.6 minutes; in 40.4 % the customer who opened writes again after the first reply."""
    path = data / "care" / "twcs_subset.csv.gz"
    if not path.is_file():
        pytest.skip(f"needs {path.name} in the folder of real data")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        tweets = [row for row in csv.DictReader(lines) if row["source"].startswith("mixed")]
    rows = [
        {"id": f"twcs/{row['tweet_id']}", "person": row["author_id"],
         "author": "customer" if row["inbound"] == "True" else "agent", "in_reply_to": row["in_response_to_tweet_id"] or None,
         "said_at": datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y").astimezone(UTC).replace(tzinfo=None)}
        for row in tweets
    ]  # fmt: skip
    tickets = from_words(*tables(bench, verbatims=rows)[1:])
    assert tickets is not None
    told = [case for case in linked(tickets, {}, default=10**9).to_pyarrow().to_pylist() if case["answered"]]
    waits = median(kaplan_meier([case["answered"] - case["opened"] for case in told], [1] * len(told)))
    assert waits.value is not None
    assert round(waits.value / 60, 1) == 13.6
    again = sum(case["last"] > case["answered"] for case in told) / len(told)
    assert round(100 * again, 1) == 40.4
