"""One run, written once: the one that ships as the example."""

import csv
import json
from pathlib import Path
from typing import NamedTuple

import pytest

from portevoix.simulate.write import write

EXAMPLE = {"customers": 1500, "days": 45, "seed": 7}


class Written(NamedTuple):
    folder: Path
    verbatims: list[dict[str, str]]
    customers: list[dict[str, str]]
    cases: list[dict[str, str]]
    truths: list[dict]

    def truth(self, kind: str, name: str, **where: str) -> list[dict]:
        """The truths of this kind and name, in their order, whose place is this one."""
        return [t for t in self.truths if (t["kind"], t["name"], t["where"]) == (kind, name, where)]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("simulated")
    paths = write(folder, **EXAMPLE)
    assert [path.name for path in paths] == ["verbatims.csv", "customers.csv", "cases.csv", "truth.json"]
    return Written(folder, *map(read, paths[:3]), json.loads(paths[3].read_text("utf-8")))
