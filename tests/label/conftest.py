import os
from pathlib import Path

import pytest

from portevoix.label.reader import load

DATA = Path(os.environ.get("PORTEVOIX_DATA") or Path(__file__).parents[3] / "shared" / "data")


@pytest.fixture(scope="session")
def labeller():
    return load()


@pytest.fixture(scope="session")
def data():
    if not (DATA / "codebook" / "labelled.jsonl").is_file():
        pytest.skip("The data folder is absent; set PORTEVOIX_DATA to measure accuracy.")
    return DATA
