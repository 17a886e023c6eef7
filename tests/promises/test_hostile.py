"""Hostile files: a letter, or a clear error and exit 1; never a traceback and never a lost row."""

import gzip
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix import PortevoixError, Voice
from tests.promises.running import portevoix

ROWS = 40
GOOD = "".join(f"2026-10-{1 + n % 28:02};la ligne coupe encore, dossier {n}\n" for n in range(ROWS))


def csv(header: str = "date;commentaire\n", body: str = GOOD, encoding: str = "utf-8") -> bytes:
    return (header + body).encode(encoding)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], int]] = {
    # name: (file name, content, expected exit code)
    "an empty file": ("x.csv", lambda: b"", 1),
    "a header alone": ("x.csv", lambda: b"date;commentaire\n", 1),
    "blank lines": ("x.csv", lambda: b"\n\n\n\r\n", 1),
    "bytes of nothing known": ("x.csv", lambda: bytes(range(256)) * 40, 1),
    "a gzip cut short": ("x.csv.gz", lambda: gzip.compress(csv() * 50)[:200], 1),
    "JSON that stops": ("x.json", lambda: b'[{"text": "bonjour"}, {"text": ', 1),
    "a zip that is no workbook": ("x.xlsx", lambda: zipped({"a.txt": b"x"}), 1),
    "a zip bomb": ("x.xlsx", lambda: zipped({"xl/worksheets/sheet1.xml": b"0" * 400_000_000}), 1),
    "a header of a million columns": (
        "x.csv",
        lambda: (";".join(f"c{n}" for n in range(1_000_000)) + "\n").encode(),
        1,
    ),
    "ragged rows": ("x.csv", lambda: csv(body=GOOD + "2026-10-01\n2026-10-01;trop;de;cellules\n"), 0),
    "a cell of a megabyte": (
        "x.csv",
        lambda: csv(body=GOOD + "2026-10-03;" + "très long " * 110_000 + "\n"),
        0,
    ),
    "NUL bytes": ("x.csv", lambda: csv(body=GOOD + "2026-10-03;avant\0après la coupure\n"), 0),
    "formulas": (
        "x.csv",
        lambda: csv(body=GOOD + "2026-10-03;\"=cmd|'/c calc'!A1 la box ne marche pas\"\n" * 6),
        0,
    ),
    "markup and scripts": (
        "x.csv",
        lambda: csv(body=GOOD + "2026-10-03;<script>alert(1)</script> la box <b>coupe</b> & s'éteint\n" * 6),
        0,
    ),
    "right-to-left marks": (
        "x.csv",
        lambda: csv(body=GOOD + "2026-10-03;\u202ela box\u202c coupe \u200f tout le temps\n" * 6),
        0,
    ),
    "UTF-16": ("x.csv", lambda: csv(encoding="utf-16"), 0),
    "cp1252": (
        "x.csv",
        lambda: csv(body=GOOD + "2026-10-03;déçu… très déçu, 30 € perdus\n", encoding="cp1252"),
        0,
    ),
    "lone surrogates": (
        "x.jsonl",
        lambda: b"".join(
            json.dumps({"text": "la ligne coupe \ud800 encore"}).encode() + b"\n" for _ in range(20)
        ),
        0,
    ),
    "other languages alone": (
        "x.csv",
        lambda: csv("text\n", "その回線は毎晩切れます\nЛиния обрывается каждый вечер\n" * 10),
        0,
    ),
}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_gives_a_letter_or_a_clear_error(what: str, tmp_path: Path) -> None:
    name, content, code = HOSTILE[what]
    (tmp_path / name).write_bytes(content())
    run = portevoix("letter", name, "--out", "out", cwd=tmp_path)
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert "unexpected" not in run.stderr, run.stderr
    if code:
        assert run.stderr.startswith("portevoix: ")
        assert run.stderr.rstrip().endswith(".")
    else:
        page = (tmp_path / "out" / "letter.html").read_text("utf-8") + (
            tmp_path / "out" / "messages.html"
        ).read_text("utf-8")
        assert "<script" not in page
        assert "\u202e" not in page


cells = st.text(st.characters(exclude_characters='";\r\n\0', exclude_categories=["Cs", "Cc"]), max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=30),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_row_of_any_file_is_kept_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str
) -> None:
    file = tmp_path_factory.mktemp("any") / "x.csv"
    body = "".join(";".join(row) + "\n" for row in rows if any(cell.strip() for cell in row))
    file.write_bytes((("commentaire;note\n" + GOOD.replace(";", ",")) + body).encode(encoding, "replace"))
    with Voice(None) as voice:
        try:
            (taken,) = voice.collect(file)
        except PortevoixError:
            return
        assert taken.new + taken.known + taken.changed + taken.refused == body.count("\n") + ROWS
