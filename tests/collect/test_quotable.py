"""Whether a message may be quoted, as companies write it."""

import csv
from pathlib import Path

import pytest

from portevoix.settings import Settings
from portevoix.voice import Voice


def taken(
    folder: Path, column: str, cells: list[str], mapping: dict[str, str] | None = None
) -> list[bool | None]:
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "commentaire", column])
        writer.writerows(
            [n, f"Le colis numéro {n} est arrivé en retard", cell] for n, cell in enumerate(cells)
        )
    with Voice(folder / "voice", settings=Settings()) as voice:
        voice.collect(path, mapping=mapping)
        rows = voice._store.run(voice._store.table("verbatims").order_by("id"))
        return rows["quotable"].to_pylist()


@pytest.mark.parametrize(
    "column",
    [
        "quotable",
        "Citation autorisée",
        "Accord de publication",
        "Autorisation de citer",
        "consent_to_publish",
        "May we quote",
        "peut être cité",
    ],
)
def test_a_column_that_gives_leave_is_understood(tmp_path: Path, column: str) -> None:
    assert taken(tmp_path, column, ["oui", "Non", "YES", "no", "", "1", "0", "vrai"]) == [
        True, False, True, False, None, True, False, True,
    ]  # fmt: skip


def test_a_column_may_be_named_and_what_is_no_yes_gives_no_leave(tmp_path: Path) -> None:
    cells = ["oui", "peut-être", "à voir", ""]
    assert taken(tmp_path, "case 7", cells, {"quotable": "case 7"}) == [True, False, False, None]


def test_a_column_of_publications_is_no_leave(tmp_path: Path) -> None:
    assert taken(tmp_path, "publication", ["Le Monde", "Ouest-France", "Le Monde"]) == [None] * 3
