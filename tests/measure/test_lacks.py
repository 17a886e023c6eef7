"""A request that can't be answered says what is missing, exit 1: every measure on every lack, through the command line."""

import csv
import json
import sys
from pathlib import Path

import pytest

from portevoix import cli, plugs

NAMES = [name for name in sorted(plugs.measures) if name not in ("robust", "topics")]
GOOD, BAD = "Le conseiller était aimable et rapide, merci.", "La facture est fausse et personne ne répond."


def _write(path: Path, columns: list[str], rows: list[list[object]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return str(path)


def _day(place: int) -> str:
    return f"2026-{1 + place // 28:02d}-{1 + place % 28:02d}T10:{place % 60:02d}:00"


def _company(folder: Path, n: int, *, dates: bool, persons: bool, varied: bool) -> list[str]:
    """Comments with scores, customers and cases; without dates, persons or variation where asked."""

    def when(place: int) -> str:
        return _day(place) if dates else ""

    comments = [
        [f"v{p}", when(p % 84), f"p{p:03d}" if persons else "", BAD if varied and p % 3 else GOOD,
         *((p % 11, 1 + p % 5, 1 + p % 7, 1 + p % 5, 1 + p % 4, 1 + p % 3) if varied else (9, 5, 6, 5, 5, 5))]
        for p in range(n)
    ]  # fmt: skip
    customers = [
        [f"p{p:03d}", when(0), when(60) if varied and p % 5 == 0 else "", 100 + p % 37 if varied else 100, 20,
         f"p{p % 10:03d}" if varied and p % 4 == 1 else "", "ab"[p % 2] if varied else "a"]
        for p in range(n)
    ]  # fmt: skip
    cases = [
        [f"c{p}", f"p{p:03d}" if persons else "", "billing", when(p % 84), when(p % 84), when(p % 84),
         ("Tilleul", "Ardoise")[p % 2] if varied else "Tilleul", ("phone", "chat")[p % 2] if varied else ""]
        for p in range(n)
    ]  # fmt: skip
    people = _write(
        folder / "customers.csv", "person since left_at revenue margin referred_by plan".split(), customers
    )
    return [
        _write(
            folder / "comments.csv",
            "id said_at person text nps csat ces enjoyable easy needs_met".split(),
            comments,
        ),
        *([f"customers:{people}"] if persons else []),
        "cases:" + _write(folder / "cases.csv", "id person theme opened_at answered_at claimed_at provider channel".split(), cases),
    ]  # fmt: skip


LACKS = {
    "no dates": {"n": 420, "dates": False, "persons": True, "varied": True},
    "no persons": {"n": 420, "dates": True, "persons": False, "varied": True},
    "too few": {"n": 3, "dates": True, "persons": True, "varied": True},
    "no variation": {"n": 420, "dates": True, "persons": True, "varied": False},
}
SILENT = {
    "no dates": {"answers", "providers", "journeys", "change", "emerging", "churn"},
    "no persons": {"churn", "value", "revenue"},
    "too few": set(NAMES),
    "no variation": {"churn", "value", "revenue", "drivers", "providers", "journeys", "emerging"},
}


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> dict[str, Path]:
    found = {}
    for lack, what in LACKS.items():
        folder = tmp_path_factory.mktemp("lack")
        sources = _company(folder, **what)
        assert _asked("collect", *sources, "--home", str(folder / "voice")) in (0, 1)
        found[lack] = folder / "voice"
    return found


def _asked(*words: str) -> int:
    sys.argv = ["portevoix", *words]
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_answered_says_what_is_missing(homes, capsys, monkeypatch, name: str, lack: str):
    monkeypatch.setattr(sys, "argv", sys.argv)
    code = _asked("measure", name, "--home", str(homes[lack]), "--json")
    shown = capsys.readouterr()
    if name in SILENT[lack]:
        assert code == 1, shown.out[:300]
        assert not shown.out
        assert shown.err.startswith("portevoix: ")
        assert "it needs" in shown.err or "it takes" in shown.err
    else:
        assert code == 0, shown.err
        assert any(row["value"] is not None for row in json.loads(shown.out))
    assert "unexpected" not in shown.err
