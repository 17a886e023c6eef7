"""Hostile documents: they neither fill the memory, read other files, write outside, reach out, nor run code."""

import ast
import hashlib
import io
import json
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import portevoix
from portevoix import Voice
from portevoix.errors import BadModel
from portevoix.label import taught
from tests.promises.workbooks import OFFICE, RELATIONS, SHEET, STRINGS, packed, parts

TEXTS = [f"la ligne coupe encore, dossier {n}" for n in range(40)]
ROOM = 12 << 30
"""Bytes of address space: an engine and its threads reserve some; what these bombs unpack to is more."""


def laughs() -> str:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(11)
    )
    return f"<!DOCTYPE sst [{entities}]>"


BOMBS = {
    "entities that multiply": lambda: packed(parts(TEXTS, laughs(), "<si><t>&l10;</t></si>")),
    "strings larger than they say": lambda: packed(
        parts(TEXTS, more=f"<si><t>{'a' * 50_000_000}</t></si>"), {STRINGS: 5000}
    ),
    "a sheet larger than it says": lambda: packed(
        {**parts(TEXTS), SHEET: parts(TEXTS)[SHEET] + " " * 50_000_000}, {SHEET: 5000}
    ),
    "elements within elements": lambda: packed(parts(TEXTS, more="<si>" * 200_000)),
    "an archive in itself": lambda: packed({"xl/worksheets/sheet1.xml": "PK", "inner.zip": "PK\x03\x04" * 9}),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_or_read_and_never_unpacked(bomb: str, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(BOMBS[bomb]())
    done = subprocess.run(
        [sys.executable, "-m", "portevoix", "collect", "x.xlsx"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
    )
    assert done.returncode in ((1,) if "than" in bomb else (0, 1)), done.stderr[-500:]
    assert "Traceback" not in done.stderr
    assert "fault of Portevoix" not in done.stderr
    assert "lollol" not in done.stdout + done.stderr


def test_no_entity_reads_another_file(tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("canari-que-personne-ne-lit", "utf-8")
    dtd = f'<!DOCTYPE sst [<!ENTITY other SYSTEM "file://{tmp_path / "private.txt"}">]>'
    (tmp_path / "x.xlsx").write_bytes(packed(parts(TEXTS, dtd, "<si><t>lu : &other;</t></si>")))
    with Voice(tmp_path / "voice") as voice:
        try:
            voice.collect(tmp_path / "x.xlsx")
        except portevoix.PortevoixError:
            return
        ids = voice._store.run(voice._store.table("verbatims").select("id"))["id"].to_pylist()
        assert "canari" not in " ".join(voice._store.words(ids).values())


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and who came to it."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    server.accept()[0].close()
                except TimeoutError:
                    continue
                came.append("somebody")

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], came
        over.set()
        thread.join()


def test_no_address_in_a_document_is_visited(listener: tuple[int, list[str]], tmp_path: Path) -> None:
    port, came = listener
    url = f"http://127.0.0.1:{port}/image.png"
    dtd = f'<!DOCTYPE sst SYSTEM "{url}">'
    texts = [f"voir {url} pour le dossier {n}" for n in range(40)]
    content = parts(texts, dtd)
    content["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r9" Type="{OFFICE}/externalLink" Target="{url}" '
        'TargetMode="External"/></Relationships>'
    )
    formula = f'<row r="42"><c r="A42"><f>WEBSERVICE("{url}")</f><v>1</v></c></row></sheetData>'
    content[SHEET] = content[SHEET].replace("</sheetData>", formula)
    (tmp_path / "x.xlsx").write_bytes(packed(content))
    lines = [f'<img src=""{url}""> =IMPORTDATA(""{url}"") dossier {n}' for n in range(40)]
    (tmp_path / "x.csv").write_text("commentaire\n" + "".join(f'"{line}"\n' for line in lines), "utf-8")
    with Voice(tmp_path / "voice") as voice:
        for name in ("x.xlsx", "x.csv"):
            voice.collect(tmp_path / name)
        voice.label()
        voice.write(voice.tell("fr"), tmp_path / "letter")
    with socket.create_connection(("127.0.0.1", port)):
        pass
    for _ in range(50):
        if came:
            break
        threading.Event().wait(0.1)
    assert came == ["somebody"], "only this test"
    page = (tmp_path / "letter").rglob("*.html")
    assert not any(f'src="{url}' in file.read_text("utf-8") for file in page)


def test_an_archive_writes_nothing_outside(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    content = parts(TEXTS)
    for name in ("../outside.xml", "../../outside.xml", f"{tmp_path}/outside.xml", "xl/../../../outside.xml"):
        content[name] = "<x/>"
    (inside / "..xlsx.xlsx").write_bytes(packed(content))
    with Voice(inside / "voice") as voice:
        voice.collect(inside / "..xlsx.xlsx")
    assert not list(tmp_path.rglob("outside*"))
    assert {one.name for one in tmp_path.iterdir()} == {"a"}
    assert {one.name for one in (tmp_path / "a").iterdir()} == {"b"}


class Canary:
    """What a pickled object could do when it is read."""

    def __reduce__(self) -> tuple:
        return os.mkdir, (os.environ["CANARY"],)


def test_a_model_that_would_run_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", str(tmp_path / "it ran"))
    memory = io.BytesIO()
    np.savez_compressed(memory, allow_pickle=True, weights=np.array([Canary()], dtype=object))
    card = {
        "format": taught.FORMAT,
        "sha256": hashlib.sha256(memory.getvalue()).hexdigest(),
        "stands_on": "x",
    }
    (tmp_path / "codebook.npz").write_bytes(memory.getvalue())
    (tmp_path / "codebook.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(BadModel):
        taught.load(tmp_path, object())
    assert not (tmp_path / "it ran").exists()
    with np.load(io.BytesIO(memory.getvalue()), allow_pickle=True) as file:
        list(file.values())
    assert (tmp_path / "it ran").exists(), "the canary would have run"


RUNS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle"}


def test_no_file_is_read_in_a_way_that_runs_code() -> None:
    """Pickles go between a process and those that it started itself, by pipes; no file is ever read so."""
    source = Path(portevoix.__file__).parent
    for file in sorted(source.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if file.name != "crew.py":
                assert not {name.split(".")[0] for name in names} & RUNS_CODE, file
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            assert called not in ("eval", "exec", "torch.load", "os.system"), file
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            assert given.get("shell", "False") == "False", file
            assert given.get("allow_pickle", "False") == "False", file
            if called == "np.load":
                assert given.get("allow_pickle") == "False", file
