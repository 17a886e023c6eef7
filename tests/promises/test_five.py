"""Groups under five people are never told, wherever people are counted, however much each of them wrote."""

import csv
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from portevoix import plugs
from portevoix.cli import app
from portevoix.errors import PortevoixError
from portevoix.simulate import write
from portevoix.voice import Voice
from tests.promises.running import portevoix

RARE = "Rareté"
COLUMNS = ("channel", "provider", "segment", "city")
TIMES = 12
LETTERS = {"letter", "tell"}
COUNT_PEOPLE = {*LETTERS, "measure", "keep record"}
WANT_MORE = {"robust", "revenue"}
"""Measures whose own floor is far above five: segments of these files are too small for them."""
EXEMPT = {
    "collect": "rows of one file, to whoever holds it",
    "label": "rows of one file, to whoever holds it",
    "learn": "examples of one file, by theme from five on",
    "evaluate": "comments of one file that people labelled, to whoever holds it",
    "simulate": "nobody is real",
    "plugs": "code",
    "forget": "addressed to the person",
    "check": "a receipt, addressed to the person",
    "keep check": "rows and keys, to whoever keeps the home",
    "keep compact": "nothing",
    "keep backup": "a path",
    "keep restore": "keys and receipts, to whoever keeps the home",
    "keep undo": "rows of one batch, to whoever keeps the home",
    "keep purge": "rows past their term, to whoever keeps the home",
    "keep rotate": "keys, to whoever keeps the home",
    "keep head": "entries of the log",
    "keep witness": "entries of the log",
    "keep receipt": "a receipt, addressed to the person",
    "keep export": "addressed to the person",
}


def commands() -> set[str]:
    (keep,) = [group for group in app.registered_groups if group.name == "keep"]
    own = {one.name or one.callback.__name__ for one in app.registered_commands}
    return own | {
        f"keep {one.name or one.callback.__name__}" for one in keep.typer_instance.registered_commands
    }


def test_every_command_counts_people_or_says_why_it_need_not() -> None:
    assert commands() == COUNT_PEOPLE | set(EXEMPT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated company where four people, who write and open cases a dozen times as much, have a place of their own."""
    where = tmp_path_factory.mktemp("five")
    write.write(where, customers=400, days=30, seed=7)
    tables = {name: rows(where / f"{name}.csv") for name in ("verbatims", "customers", "cases")}
    wrote = {row["person"] for row in tables["verbatims"] if row["author"] == "customer"}
    few = sorted(wrote & {row["person"] for row in tables["cases"]})[:4]
    assert len(few) == 4
    for name, table in tables.items():
        theirs = [row for row in table if row["person"] in few]
        for row, column in itertools.product(theirs, COLUMNS):
            row.update({column: RARE} if column in row else {})
        if name != "customers":
            table += [{**row, "id": f"{row['id']}-{n}"} for n in range(TIMES) for row in theirs]
        with (where / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, table[0])
            writer.writeheader()
            writer.writerows(table)
    return where


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def voice(folder: Path) -> Iterator[Voice]:
    with Voice(None) as opened:
        opened.collect(*(f"{name}:{folder / name}.csv" for name in ("verbatims", "customers", "cases")))
        yield opened


@pytest.mark.parametrize("name", sorted(plugs.measures))
def test_no_measure_tells_of_a_group_under_five(name: str, voice: Voice) -> None:
    told = 0
    for column in COLUMNS:
        try:
            found = voice.measure(name, by=column)
        except PortevoixError:  # no such column, or too little on the whole
            continue
        rare = [one for one in found if RARE in one.where.values()]
        assert [one for one in rare if one.value is not None or one.low is not None] == []
        told += len(found) - len(rare)
    assert told or name in WANT_MORE, f"{name} said nothing at all of these files"


def test_the_group_is_there_to_be_told_of(voice: Voice) -> None:
    (rare,) = [one for one in voice.measure("nps", by="channel") if one.where["channel"] == RARE]
    assert rare.note == "fewer than 5"


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where four people write most of the complaints of one theme, all from one town."""
    where = tmp_path_factory.mktemp("loud")
    said = [(f"c{n}", "Lyon" if n % 2 else "Nantes", "Le conseiller était très aimable.") for n in range(40)]
    said += [(f"f{n % 4}", RARE, f"La facture est fausse, facture {n} doublée.") for n in range(48)]
    with (where / "avis.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("person", "city", "comment"), *said])
    (where / "clients.csv").write_text(
        "person,since\n" + "".join(f"f{n},2025-01-01\n" for n in range(4)), "utf-8"
    )
    assert portevoix("collect", "avis.csv", "customers:clients.csv", cwd=where).returncode == 0
    return where


@pytest.mark.parametrize("command", sorted(LETTERS))
def test_no_letter_tells_of_a_group_under_five(command: str, loud: Path) -> None:
    run = portevoix(command, "--out", "out", "--json", cwd=loud)
    assert run.returncode == 0, run.stderr
    letter = json.loads(run.stdout)
    assert "billing" not in [topic["theme"] for topic in letter["base"]["topics"]]
    assert not [brief for brief in letter["briefs"] if RARE in brief["text"] or "billing" in brief["kind"]]
    assert not [
        one
        for brief in letter["briefs"]
        for one in brief["measures"]
        if one["where"].get("theme") == "billing"
    ]
    assert RARE not in (loud / "out" / "letter.html").read_text("utf-8")


def test_a_theme_of_five_people_is_told(loud: Path, tmp_path: Path) -> None:
    content = (loud / "avis.csv").read_text("utf-8").replace("f0,", "g0,", 6)
    (tmp_path / "avis.csv").write_text(content, "utf-8")
    letter = json.loads(portevoix("letter", "avis.csv", "--json", cwd=tmp_path).stdout)
    assert "billing" in [topic["theme"] for topic in letter["base"]["topics"]]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_record_of_processing_counts_no_group_under_five(lang: str, loud: Path) -> None:
    data = json.loads(portevoix("keep", "record", "--json", "--lang", lang, cwd=loud).stdout)["data"]
    few = "moins de cinq" if lang == "fr" else "fewer than five"
    assert data["lignes du fichier des clients" if lang == "fr" else "lines of the customers' books"] == few
