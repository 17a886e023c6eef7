"""Whatever a spreadsheet or a terminal is given, no name or value from outside runs in it."""

import csv
import io
from pathlib import Path

import pytest

from tests.promises.running import portevoix

RUNS = tuple("=+-@\t\r\n＝＋－＠")
WILD = "=HYPERLINK(1)"
OUTPUTS = (
    ("measure", "nps", "--by", "channel", "--csv"),
    ("measure", "nps", "--by", "channel"),
    ("measure", "nps", "--by", WILD, "--csv"),
    ("collect", "--refused"),
    ("keep", "undo"),
    ("plugs",),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose source, columns and values all begin as formulas do, and would also steer a terminal."""
    where = tmp_path_factory.mktemp("formulas")
    rows = [("channel", "nps", WILD, "comment")]
    channels = [f"{sign}cmd|A1\x1b[31m" for sign in RUNS if sign.strip()]
    rows += [
        (channels[n % len(channels)], str(n % 11), ("matin", "midi", "soir")[n % 3], f"Trop cher, avis {n}")
        for n in range(12 * len(channels))
    ]
    with (where / "=cmd|A1.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(
            [*rows, ("trop", "de", "cellules", "ici", "bien", "trop")]
        )
    assert portevoix("collect", "=cmd|A1.csv", cwd=where).returncode == 0
    return where


@pytest.mark.parametrize("output", OUTPUTS, ids=" ".join)
def test_no_cell_that_is_printed_begins_as_a_formula(output: tuple[str, ...], folder: Path) -> None:
    run = portevoix(*output, cwd=folder)
    assert run.returncode == 0, run.stderr
    delimiter = "," if "--csv" in output else "\t"
    rows = list(csv.reader(io.StringIO(run.stdout), delimiter=delimiter))
    seen = [
        cell
        for row in rows
        for cell in row
        if any(name in cell for name in ("cmd", "HYPERLINK", "portevoix"))
    ]
    assert seen
    firsts = [row[0] for row in rows] if delimiter == "\t" else [cell for row in rows for cell in row]
    wild = [cell for cell in firsts if cell.startswith(RUNS) and not is_number(cell)]
    assert wild == []


@pytest.mark.parametrize("output", [*OUTPUTS, ("collect", "--dry-run", "=cmd|A1.csv")], ids=" ".join)
def test_no_name_from_outside_steers_the_terminal(output: tuple[str, ...], folder: Path) -> None:
    run = portevoix(*output, cwd=folder)
    assert "\x1b" not in run.stdout + run.stderr


def is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
