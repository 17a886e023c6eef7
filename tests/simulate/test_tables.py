"""The tables for benchmarks have the shape that a home hands over, and the measures count on them."""

from pathlib import Path

import ibis
import pyarrow.parquet as pq

from portevoix.measure.scores import nps
from portevoix.measure.themes import themes
from portevoix.simulate.tables import LABELS, VERBATIMS, write_tables


def test_the_same_arguments_give_the_same_rows(tmp_path: Path):
    one, two = (write_tables(tmp_path / name, 3_000, 5) for name in ("one", "two"))
    assert [pq.read_table(path) for path in one] == [pq.read_table(path) for path in two]


def test_there_are_two_labels_a_verbatim_each_of_a_verbatim_that_is_there(tmp_path: Path):
    said, read, *_ = (pq.read_table(path) for path in write_tables(tmp_path, 3_000, 5))
    assert said.schema.names == VERBATIMS.names
    assert read.schema.names == LABELS.names
    assert (len(said), len(read)) == (3_000, 6_000)
    assert set(read["verbatim"].to_pylist()) <= set(said["id"].to_pylist())


def test_measures_count_on_them(tmp_path: Path):
    write_tables(tmp_path, 3_000, 5)
    con = ibis.duckdb.connect()
    said, read = (con.read_parquet(tmp_path / f"{name}.parquet") for name in ("verbatims", "labels"))
    asked = nps(said, read).to_pyarrow().to_pylist()
    assert [row["basis"] for row in asked] == ["asked"]
    assert 700 < asked[0]["n"] < 1_000
    assert {row["name"] for row in themes(said, read).to_pyarrow().to_pylist()} >= {
        "themes.share",
        "themes.net",
    }
