"""Files and options given by mistake are refused with a sentence; one bad cell costs its own row only."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import portevoix
from portevoix.cli import app
from portevoix.collect.files import grid_of, source
from portevoix.collect.opening import look
from portevoix.errors import BadSource, WrongUse
from portevoix.label.sheet import kind_of

COMMENTS = (
    "date,note,commentaire\n2026-01-02,9,Très bien\nhier,8,Trop cher\n2026-01-04,10,Parfait et rapide\n"
)


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_one_unreadable_date_in_a_tiny_file_costs_its_row_and_not_the_column(tmp_path):
    (tmp_path / "avis.csv").write_text(COMMENTS, "utf-8")
    batches = list(source(tmp_path / "avis.csv").batches())
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    assert [row["said_at"].day for row in rows] == [1, 3]  # midnight in Paris, in UTC
    assert [refused.line for batch in batches for refused in batch.refused] == [3]


def test_a_tiny_column_of_other_things_is_no_column_of_dates(tmp_path):
    (tmp_path / "avis.csv").write_text(COMMENTS.replace("2026-01-04", "demain"), "utf-8")
    assert all(line.field != "said_at" for line in source(tmp_path / "avis.csv").understood)


@pytest.mark.parametrize(
    ("field", "column"), [("nps", "commentaire"), ("said_at", "commentaire"), ("reach", "commentaire")]
)
def test_a_column_given_to_a_field_that_none_of_its_values_fits_is_an_error(tmp_path, field, column):
    (tmp_path / "avis.csv").write_text(COMMENTS, "utf-8")
    with pytest.raises(BadSource, match=f"--map {field} wants another column"):
        source(tmp_path / "avis.csv", mapping={field: column})


def test_a_score_out_of_ten_that_nobody_explains_is_told_with_what_to_do(tmp_path):
    (tmp_path / "avis.csv").write_text(COMMENTS, "utf-8")
    (note,) = [note for note in source(tmp_path / "avis.csv").notes if "'note'" in note]
    assert "left out" in note
    assert '--map "nps=note"' in note
    assert any(
        line.field == "nps" for line in source(tmp_path / "avis.csv", mapping={"nps": "note"}).understood
    )


@pytest.mark.parametrize("module", ["voice.py", "cli.py", "collect/guess.py", "nouns.py"])
def test_a_program_named_as_a_table_is_refused(tmp_path, module):
    program = Path(portevoix.__file__).parent / module
    (tmp_path / "avis.csv").write_bytes(program.read_bytes())
    with pytest.raises(BadSource, match="reads like a program"):
        source(tmp_path / "avis.csv")


def test_a_web_page_named_as_a_table_is_refused(tmp_path):
    (tmp_path / "avis.csv").write_text(
        "<!doctype html>\n<html>\n<body>\n" + "<p>Très bien.</p>\n" * 9 + "</body>\n</html>\n", "utf-8"
    )
    with pytest.raises(BadSource, match="web page"):
        source(tmp_path / "avis.csv")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "avis.csv").write_bytes(bytes(range(256)) * 200)
    with pytest.raises(BadSource, match="no text"):
        source(tmp_path / "avis.csv")


def test_a_text_of_one_comment_a_line_is_still_a_table(tmp_path):
    lines = "Trop cher pour ce que c'est.|return refusé; je suis déçu|Merci !|5/5|for me it was great:|Très bien|RAS|Nul|Parfait".split(
        "|"
    )
    lines += ["Rien à dire, tout va bien.", "Livré en deux jours."]
    (tmp_path / "avis.txt").write_text("\n".join(lines * 3), "utf-8")
    grid, _ = grid_of(look(tmp_path / "avis.txt"))
    assert grid.columns == ["column 1"]


@pytest.mark.data
def test_no_real_export_is_taken_for_a_program(data):
    exports = [
        p
        for p in sorted(data.rglob("*"))
        if p.name.endswith((".csv", ".csv.gz", ".jsonl", ".jsonl.gz")) and p.stat().st_size < 30_000_000
    ]
    assert len(exports) > 20
    for path in exports:
        grid_of(look(path))


def test_a_folder_is_no_name_for_what_is_written(tmp_path):
    with pytest.raises(WrongUse, match="is a folder"):
        kind_of(Path())
    with pytest.raises(WrongUse, match="is a folder"):
        kind_of(tmp_path)


def test_two_ways_of_writing_at_once_are_wrong_use(tmp_path):
    (tmp_path / "avis.csv").write_text(COMMENTS, "utf-8")
    result = run("measure", "nps", str(tmp_path / "avis.csv"), "--json", "--csv")
    assert isinstance(result.exception, WrongUse)
    assert result.exception.exit_code == 2


@pytest.mark.parametrize("command", ["letter", "collect", "measure", "label", "forget"])
def test_the_help_shows_each_argument_once_bracketed(command):
    usage = run(command, "--help").output
    assert "[[" not in usage
    assert "]...]" not in usage
