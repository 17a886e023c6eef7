"""The main job, whole: a file in, a letter out; on simulated words, and on real ones where they are."""

import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from portevoix import TooFew, Voice
from tests.conftest import ROOT
from tests.promises.running import portevoix

EXAMPLE = ROOT / "examples" / "verbatims.csv"
SHAPE = {"day", "number", "lang", "period", "words", "seconds", "quiet", "briefs", "quotes", "base"}
MEASURE = {"name", "where", "value", "low", "high", "n", "since", "until", "unit", "basis", "note"}


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> dict:
    run = portevoix("letter", EXAMPLE, "--json", cwd=tmp_path_factory.mktemp("elsewhere"))
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def example() -> dict[str, dict[str, str]]:
    with EXAMPLE.open(encoding="utf-8", newline="") as rows:
        return {f"verbatims/{row['id']}": row for row in csv.DictReader(rows)}


def test_the_letter_has_the_published_shape_and_takes_less_than_a_minute(letter: dict) -> None:
    assert set(letter) == SHAPE
    assert letter["lang"] == "fr"
    assert 0 < letter["words"] <= 180
    assert letter["seconds"] <= 60
    assert letter["seconds"] == round(60 * letter["words"] / 195)
    assert 2 <= len(letter["briefs"]) <= 5
    for brief in letter["briefs"]:
        assert set(brief) == {"kind", "title", "text", "measures", "verbatims"}
        for measure in brief["measures"]:
            assert set(measure) == MEASURE
            assert measure["n"] > 0
            assert measure["low"] is None or measure["low"] <= measure["high"]


def test_every_brief_opens_the_verbatims_behind_it(letter: dict, example: dict) -> None:
    for brief in letter["briefs"]:
        assert brief["verbatims"], brief["kind"]
        assert set(brief["verbatims"]) <= set(example)


def test_every_quote_is_somebody_s_exact_words(letter: dict, example: dict) -> None:
    assert letter["quotes"]
    for quote in letter["quotes"]:
        assert quote["text"] in example[quote["verbatim"]]["text"]
        assert example[quote["verbatim"]]["author"] == "customer"
        assert "@" not in quote["text"]


def test_the_same_file_gives_the_same_letter_byte_for_byte_in_every_process(tmp_path: Path) -> None:
    for place in ("a", "b"):
        assert (
            portevoix(
                "letter", EXAMPLE, "--out", place, cwd=tmp_path, seed=str(len(place) + ord(place[0]))
            ).returncode
            == 0
        )
    for name in ("letter.html", "letter.txt", "letter.json", "messages.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_collecting_twice_changes_nothing_and_the_letter_keeps_its_number(tmp_path: Path) -> None:
    first = portevoix("letter", EXAMPLE, "--home", "h", "--json", cwd=tmp_path)
    second = portevoix("letter", EXAMPLE, "--home", "h", "--json", cwd=tmp_path)
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert first.stdout == second.stdout
    assert "0 new" in second.stderr


def test_a_letter_in_english_is_english(tmp_path: Path) -> None:
    run = portevoix("letter", EXAMPLE, "--lang", "en", "--json", cwd=tmp_path)
    english = json.loads(run.stdout)
    assert english["lang"] == "en"
    assert english["words"] <= 220
    assert english["seconds"] == round(60 * english["words"] / 228)


def test_progress_is_silent_in_a_pipe_and_no_escape_code_reaches_it(tmp_path: Path) -> None:
    run = portevoix("letter", EXAMPLE, cwd=tmp_path)
    assert "\x1b" not in run.stdout + run.stderr
    assert len(run.stderr.splitlines()) <= 3


def test_a_file_without_dates_still_gives_a_letter(tmp_path: Path) -> None:
    (tmp_path / "avis.csv").write_text(
        "commentaire\n" + "très déçu du délai, toujours rien reçu\nsuper accueil\n" * 20, "utf-8"
    )
    run = portevoix("letter", "avis.csv", "--json", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    letter = json.loads(run.stdout)
    assert letter["day"] is None
    assert letter["period"] == {"kind": "all", "since": None, "until": None}


def test_no_column_of_words_is_said_with_the_columns_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("code;montant\n12;3,5\n13;4,5\n", "utf-8")
    run = portevoix("letter", "x.csv", cwd=tmp_path)
    assert run.returncode == 1
    assert "code" in run.stderr
    assert "montant" in run.stderr
    assert "--map text=" in run.stderr


def test_wrong_use_exits_with_2_and_says_what_exists(tmp_path: Path) -> None:
    run = portevoix("measure", "npz", EXAMPLE, cwd=tmp_path)
    assert run.returncode == 1
    assert "Did you mean 'nps'" in run.stderr
    assert portevoix("letter", EXAMPLE, "--map", "text", cwd=tmp_path).returncode == 2
    assert portevoix("measure", "nps", EXAMPLE, "--since", "hier", cwd=tmp_path).returncode == 2
    assert portevoix("letter", "absent.csv", cwd=tmp_path).returncode == 1


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with Voice(tmp_path / "voice") as voice, pytest.raises(TooFew, match="collect a source first"):
        voice.tell()


def test_measures_come_as_table_json_and_csv_with_the_same_numbers(tmp_path: Path) -> None:
    as_json = json.loads(
        portevoix("measure", "nps", EXAMPLE, "--by", "product", "--json", cwd=tmp_path).stdout
    )
    as_csv = list(
        csv.DictReader(
            portevoix("measure", "nps", EXAMPLE, "--by", "product", "--csv", cwd=tmp_path).stdout.splitlines()
        )
    )
    assert [(row["product"], float(row["value"])) for row in as_csv] == [
        (m["where"]["product"], m["value"]) for m in as_json
    ]
    assert len(as_json) >= 2
    assert all(set(measure) == MEASURE for measure in as_json)


def test_the_nps_of_the_example_is_the_one_counted_by_hand(tmp_path: Path, example: dict) -> None:
    scores = [int(row["nps"]) for row in example.values() if row["nps"]]
    by_hand = 100 * (sum(s >= 9 for s in scores) - sum(s <= 6 for s in scores)) / len(scores)
    (measure,) = json.loads(portevoix("measure", "nps", EXAMPLE, "--json", cwd=tmp_path).stdout)
    assert measure["n"] == len(scores)
    assert measure["value"] == pytest.approx(by_hand)
    assert measure["basis"] == "asked"


# -- real words ----------------------------------------------------------------------------------------------------


@pytest.mark.data
def test_the_nps_of_the_telecom_verbatims_is_minus_24_69_on_2353_answers(data: Path, tmp_path: Path) -> None:
    source = data / "care" / "nps_verbatims_telecom.csv.gz"
    (measure,) = json.loads(portevoix("measure", "nps", source, "--json", cwd=tmp_path).stdout)
    assert (round(measure["value"], 2), measure["n"], measure["basis"]) == (-24.69, 2353, "asked")
    stages = json.loads(
        portevoix("measure", "nps", source, "--by", "SURVEY_SUB_TYPE", "--json", cwd=tmp_path).stdout
    )
    found = [m for m in stages if m["name"] == "nps"]
    assert {m["where"]["SURVEY_SUB_TYPE"]: (round(m["value"], 2), m["n"]) for m in found} == {
        "Order": (-9.98, 962),
        "First Payment": (-29.29, 1130),
        "Equipment Received": (-56.71, 231),
        "Service in Use": (-76.67, 30),
    }
    letter = portevoix("letter", source, "--json", cwd=tmp_path)
    assert letter.returncode == 0, letter.stderr
    assert json.loads(letter.stdout)["briefs"]


@pytest.mark.data
@pytest.mark.slow
def test_the_insurance_reviews_give_a_letter_whose_stars_can_be_recounted(data: Path, tmp_path: Path) -> None:
    source = data / "reviews" / "fr_insurance_reviews.jsonl.gz"
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    stars = Counter(row["stars"] for row in rows if row.get("stars"))
    (measure,) = json.loads(portevoix("measure", "csat", source, "--json", cwd=tmp_path).stdout)
    assert measure["n"] == sum(stars.values()) == 20673
    assert measure["value"] == pytest.approx((stars[4] + stars[5]) / 20673)
    assert measure["basis"] == "stars"
    run = portevoix("letter", source, "--json", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    letter = json.loads(run.stdout)
    texts = {f"fr_insurance_reviews/{row['id']}": row["text"] for row in rows}
    for quote in letter["quotes"]:
        assert quote["text"] in texts[quote["verbatim"]]


@pytest.mark.data
def test_the_public_complaints_give_a_letter_in_english(data: Path, tmp_path: Path) -> None:
    (source,) = (data / "raw" / "comcast").iterdir()
    run = portevoix("letter", source, "--json", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    letter = json.loads(run.stdout)
    assert letter["lang"] == "en"
    assert letter["base"]["total"] == 2224
