"""The benchmark compares like with like: the questions by hand find the numbers of the measures."""

from pathlib import Path

import ibis
import pytest

from bench.by_hand import QUESTIONS
from portevoix import plugs
from portevoix.simulate.tables import write_tables


@pytest.mark.parametrize("name", ["nps", "csat", "ces", "experience", "nps --by channel", "themes"])
def test_a_question_by_hand_counts_the_answers_of_the_measure(name: str, tmp_path: Path):
    said, read, *_ = write_tables(tmp_path, 12_000, 5)
    con = ibis.duckdb.connect()
    sql, by = QUESTIONS[name]
    hand = con.con.sql(sql.replace("{v}", str(said)).replace("{l}", str(read))).to_arrow_table().to_pylist()
    measured = plugs.measures[name.split()[0]](con.read_parquet(said), con.read_parquet(read), by=by)
    found = [row for row in measured.to_pyarrow().to_pylist() if row["name"] in _HEADS]
    column, place = _HEADS[found[0]["name"]], "theme" if name == "themes" else (by or (None,))[0]
    by_hand = {row.get(place): (row[f"{column}_n"], row[f"{column}_p"]) for row in hand}
    by_measure = {row.get(place): (row["n"], row["people"]) for row in found}
    assert by_hand == by_measure


_HEADS = {
    "nps": "nps_",
    "csat": "csat_",
    "ces": "ces_",
    "experience": "experience_",
    "themes.net": "net",
}
