"""On the telecom operator's answers: figures that anyone can recompute from the file."""

import csv
import gzip
from pathlib import Path

import pytest

from portevoix.measure.scores import nps
from tests.measure.conftest import Bench


@pytest.mark.data
def test_nps_of_the_telecom_operator(bench: Bench, data: Path):
    path = data / "care" / "nps_verbatims_telecom.csv.gz"
    if not path.is_file():
        pytest.skip(f"needs {path.name} in the folder of real data")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    column = next(name for name in rows[0] if "nps" in name.lower() and rows[0][name].strip().isdigit())
    (found,) = bench.measures(
        nps, [{"nps": int(row[column])} for row in rows if row[column].strip().isdigit()]
    )
    assert (round(found.value, 2), found.n) == (-24.69, 2353)
