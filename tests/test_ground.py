"""The ground: nouns, errors, plug-ins, settings, tables, and what the terminal shows."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix import errors, plugs, settings, terminal
from portevoix.errors import PortevoixError, UnknownName, WrongUse
from portevoix.label.sheet import guarded
from portevoix.nouns import Case, Customer, Label, Measure, Verbatim
from portevoix.tables import schema_of

NPS = Measure(name="nps", value=34.2, low=27.0, high=41.1, n=612, unit="points", basis="asked")


def test_a_measure_reads_as_a_sentence_and_never_without_its_n() -> None:
    assert str(NPS) == "nps +34 (between +27 and +41, 612 answers)"
    few = Measure(name="nps", where={"channel": "tweet"}, value=None, n=3, unit="points", note="fewer than 5")
    assert str(few) == "nps channel=tweet: fewer than 5 (3 answers)"


def test_a_measure_as_json_has_iso_dates_and_strings_in_where() -> None:
    dated = Measure(
        name="x",
        where={"theme": "price"},
        value=0.5,
        n=9,
        unit="share",
        since=date(2026, 11, 1),
        until=date(2026, 12, 1),
    )
    row = dated.as_dict()
    assert (row["since"], row["until"], row["where"]) == ("2026-11-01", "2026-12-01", {"theme": "price"})


@pytest.mark.parametrize("noun", [Verbatim, Label, Case, Customer])
def test_tables_derive_from_the_nouns_with_their_nulls(noun: type) -> None:
    schema = schema_of(noun)
    assert list(schema.names) == [field.name for field in noun.__dataclass_fields__.values()]
    assert not schema.field(0).nullable


def test_a_verbatim_of_a_table_can_have_no_person() -> None:
    assert schema_of(Verbatim).field("person").nullable
    assert schema_of(Verbatim).field("more").type == pa.map_(pa.string(), pa.string())


def test_every_error_is_caught_by_one_name_and_keeps_its_nature() -> None:
    found = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, PortevoixError)
    ]
    assert len(found) >= 9
    assert all(error.__doc__ for error in found)
    assert errors.BrokenPromise.exit_code == 3
    assert WrongUse.exit_code == 2
    assert issubclass(UnknownName, LookupError)


def test_a_name_that_nobody_declared_is_answered_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'nps'") as caught:
        plugs.measures["npz"]
    assert "csat" in caught.value.known


def test_a_plug_in_that_cannot_be_loaded_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    door = plugs.Door("portevoix.measures", "measure")
    monkeypatch.setattr(
        type(door), "points", {"odd": EntryPoint("odd", "absent_module:odd", "portevoix.measures")}
    )
    with pytest.raises(PortevoixError, match=r"'odd' \(absent_module:odd\) cannot be loaded"):
        door["odd"]


def test_settings_come_from_the_file_then_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "portevoix.toml"
    file.write_text('lang = "en"\ntimezone = "Europe/London"\nbands = [90, 80, 70, 60]\n')
    found = settings.load(file, {"PORTEVOIX_LANG": "fr", "PORTEVOIX_MINIMUM_CHANGE": "5", "BATCH_SIZE": "3"})
    assert (found.lang, found.timezone, found.bands, found.minimum_change) == (
        "fr",
        "Europe/London",
        (90, 80, 70, 60),
        5.0,
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('lang = "de"', "fr or en"),
        ('timezone = "Mars/Olympus"', "no known time zone"),
        ("bands = [1, 2, 3, 4]", "four numbers, falling"),
        ("langue = 'fr'", "Did you mean 'lang'"),
        ("lang = ", "not valid TOML"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_with_what_to_do(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "portevoix.toml"
    file.write_text(text)
    with pytest.raises((WrongUse, UnknownName), match=says):
        settings.load(file, {})


def test_a_number_of_the_environment_that_is_none_is_refused() -> None:
    with pytest.raises(WrongUse, match="PORTEVOIX_MINIMUM_CHANGE is 'beaucoup'"):
        settings.load("absent.toml", {"PORTEVOIX_MINIMUM_CHANGE": "beaucoup"})


@given(st.text(min_size=1, max_size=20))
def test_no_cell_of_a_spreadsheet_runs_as_a_formula(value: str) -> None:
    shown = guarded(value)
    assert shown in (value, f"'{value}")
    assert shown[0] not in "=+-@\t\r＝＋－＠" or re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?", shown)


def test_measures_as_csv_spread_where_over_columns(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.csv_out([NPS, Measure(name="nps", where={"city": "=1+1"}, value=-3.5, n=8, unit="points")])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["city"] for row in rows] == ["", "'=1+1"]
    assert [float(row["value"]) for row in rows] == [34.2, -3.5]


def test_measures_in_a_pipe_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.measures_table([NPS])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split("\t") == ["nps", "+34.2", "+27.0 … +41.1", "612", "answers", ""]
