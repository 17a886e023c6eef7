"""A canary sentence goes through everything and appears in no log, error, repr or temporary file."""

import os
import tempfile
from pathlib import Path

import pytest

from portevoix import Verbatim, Voice
from tests.promises.running import portevoix

CANARY = "le xylophone turquoise de la voisine grésille"


def bytes_under(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_words_reach_no_error_and_no_temporary_file(tmp_path: Path) -> None:
    spill = tmp_path / "tmp"
    spill.mkdir()
    rows = [f"2026-11-{day:02};10;{CANARY} {day}" for day in range(1, 20)]
    (tmp_path / "avis.csv").write_text(
        "date;nps;commentaire\n" + "\n".join(rows) + f"\npas une date;11;{CANARY}\n{CANARY}\n", "utf-8"
    )
    run = portevoix("letter", "avis.csv", "--home", "home", cwd=tmp_path, TMPDIR=str(spill))
    assert run.returncode == 0, run.stderr
    refused = portevoix("collect", "--refused", "--home", "home", cwd=tmp_path, TMPDIR=str(spill))
    assert refused.stdout.strip(), "the test wants rows that are set aside"
    assert "xylophone" not in run.stderr + refused.stdout + refused.stderr
    for folder in (spill, tmp_path / "home"):
        for file, content in bytes_under(folder).items():
            assert b"xylophone" not in content, file


def test_a_fault_shows_its_place_and_not_the_words(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(
        "import portevoix.collect.files as f\n"
        "def source(*a, **k): raise ValueError('xylophone turquoise')\n"
        "f.source = source\n"
        "import sys; sys.argv = ['portevoix', 'letter', 'avis.csv']\n"
        "from portevoix.cli import main; main()\n"
    )
    import subprocess
    import sys

    run = subprocess.run(
        [sys.executable, "broken.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "unexpected ValueError at broken.py:2" in run.stderr
    assert "xylophone" not in run.stderr
    assert "Traceback" not in run.stderr


def test_the_repr_of_a_verbatim_shows_its_id_alone() -> None:
    assert repr(Verbatim(id="avis/1", text=CANARY)) == "Verbatim('avis/1')"


def test_a_one_shot_letter_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "avis.csv").write_text(f"commentaire\n{CANARY}\nRAS, tout va bien chez moi\n", "utf-8")
    with Voice(None) as voice:
        voice.letter(tmp_path / "avis.csv")
    assert os.listdir(tmp_path) == ["avis.csv"]
