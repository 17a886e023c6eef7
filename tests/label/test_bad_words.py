"""Bad words in, one row each out, by the command line, whatever reads them; and the same bytes however many processes read."""

import hashlib
import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import portevoix
from tests.label.test_endpoint import GOOD, Server

BAD = {
    "empty": "",
    "one": "a",
    "long": "x" * 1_000_000,
    "long words": "prix trop cher " * 70_000,
    "emoji": "👍🎉😡",
    "german": "Das ist leider nicht sehr gut und ich bin nicht zufrieden",
    "chinese": "我非常喜欢这个产品",
    "html": "<p>Le <b>prix</b> est &eacute;lev&eacute;</p><script>alert(1)</script>",
    "controls": "trop\x00 cher\x07 et\x1b[31m nul\x7f",
    "surrogate": "le prix \ud800 est trop cher",
    "bidi": "\u202eprix trop cher\u202c",
    "blank": " \n\t ",
    "marks": "[email][name] [phone]",
    "sound": "Livraison rapide, mais prix trop cher.",
}
UNREAD = {"empty", "long", "emoji", "german", "chinese", "blank", "marks"}


def label(folder, *words, **more):
    run = [sys.executable, "-m", "portevoix", "label", "bad.jsonl", *words]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, **more)


@pytest.fixture
def bad(tmp_path):
    rows = [json.dumps({"id": name, "text": text}) + "\n" for name, text in BAD.items()]
    (tmp_path / "bad.jsonl").write_text("".join(rows), "utf-8")
    return tmp_path


def checked(run):
    assert run.returncode == 0, run.stderr
    rows = [json.loads(line) for line in run.stdout.split("\n")[:-1]]
    assert [row["id"] for row in rows] == list(BAD)
    for row in rows:
        given = BAD[row["id"]]
        assert all(
            m["start"] is None or given[m["start"] : m["stop"]] == m["evidence"] for m in row["mentions"]
        )
        if row["id"] in UNREAD:
            assert row["lang"] == "other"
            assert (row["sentiment"], row["mentions"], row["emotions"], row["problem"]) == (
                None,
                [],
                [],
                None,
            )
        else:
            assert row["lang"] in ("fr", "en")
    assert not any(word in run.stderr for word in ("prix", "cher", "Traceback"))
    return rows


def test_the_default_model_gives_one_row_for_each_bad_comment(bad):
    rows = checked(label(bad))
    assert {m["theme"] for m in rows[-1]["mentions"]} >= {"price"}


def test_an_encoder_gives_one_row_for_each_bad_comment(bad):
    pytest.importorskip("onnxruntime", reason="the extra onnx is absent")
    pytest.importorskip("onnx", reason="onnx is absent: no model can be made")
    from tests.label.tiny import NAMES, encoder

    encoder(bad / "tiny", labels={"head": "sentiment", "labels": NAMES})
    rows = checked(label(bad, "--model", "tiny"))
    assert rows[-1]["sentiment"] < 0


def test_an_endpoint_gives_one_row_for_each_bad_comment(bad):
    mention = {"theme": "price", "polarity": -1, "evidence": "trop cher"}
    server = Server(lambda comment, n: (200, GOOD | {"mentions": [mention]}))
    try:
        (bad / "portevoix.toml").write_text(f'[endpoint]\nurl = "{server.url}"\nmodel = "m"\n', "utf-8")
        run = label(bad, "--model", "endpoint")
        checked(run)
        assert "Calls of the endpoint: " in run.stderr
    finally:
        server.shutdown()
        server.server_close()


def test_a_route_is_counted_and_said(bad):
    mention = {"theme": "price", "polarity": -1, "evidence": "trop cher"}
    server = Server(lambda comment, n: (200, GOOD | {"mentions": [mention]}))
    try:
        told = f'[endpoint]\nurl = "{server.url}"\nmodel = "m"\n[route]\nbelow = 0.95\nto = "endpoint"\n'
        (bad / "portevoix.toml").write_text(told, "utf-8")
        run = label(bad)
        checked(run)
        assert f"handed up to the other one: {len(server.asked)}." in run.stderr
        assert 0 < len(server.asked) < len(BAD) - len(UNREAD)
    finally:
        server.shutdown()
        server.server_close()


def test_a_home_is_read_by_the_reader_that_the_settings_name(bad):
    server = Server(lambda comment, n: (200, GOOD))
    try:
        told = f'model = "endpoint"\n[endpoint]\nurl = "{server.url}"\nmodel = "m"\n'
        (bad / "portevoix.toml").write_text(told, "utf-8")
        (bad / "avis.csv").write_text(
            "id,text\n1,Trop cher et lea@example.org ne répond pas\n2,Très bon accueil\n"
        )
        told = []
        for words in (["collect", "avis.csv"], ["label"], ["label"]):
            run = [sys.executable, "-m", "portevoix", *words]
            told.append(subprocess.run(run, cwd=bad, capture_output=True, text=True, check=True))
        assert [run.stdout for run in told[1:]] == ["2 read\n", "0 read\n"]
        assert "Calls of the endpoint: 2." in told[1].stderr
        assert len(server.asked) == 2
        assert "example.org" not in json.dumps(server.asked)
    finally:
        server.shutdown()
        server.server_close()


def test_an_altered_model_is_refused_by_the_command_with_what_to_do(bad):
    package = Path(shutil.copytree(Path(portevoix.__file__).parent, bad / "altered" / "portevoix"))
    model = package / "label" / "model" / "cx.npz"
    raw = bytearray(model.read_bytes())
    raw[len(raw) // 2] ^= 1
    for change in (lambda: model.write_bytes(bytes(raw)), model.unlink):
        change()
        run = label(bad, env={"PYTHONPATH": str(bad / "altered")})
        assert run.returncode == 1
        assert "Install portevoix again" in run.stderr
        assert "Traceback" not in run.stderr


def test_labels_are_the_bytes_that_they_were_for_this_model(labeller):
    """What speed may not change. Another model, or another reading on purpose, writes these digests anew."""
    said = [text for text in BAD.values() if len(text) < 1_000] + [
        "Très satisfait du service, mais les prix augmentent chaque année.",
        "Injoignable au [phone] depuis lundi, personne ne répond !!! Je résilie.",
        "The staff was friendly, quick delivery; I would recommend.",
        "pas cher mais nul, sav inexistant... j'attends tjs mon remboursement",
        "long " * 3_000 + "mais parfait",
    ] * 3
    table = labeller.read([str(at) for at in range(len(said))], said)
    read = [label for label in table.to_pylist() if label["kind"] != "lang"]  # which has tests of its own
    digest = hashlib.sha256(json.dumps(read).encode()).hexdigest()
    model = json.loads((files("portevoix.label") / "model" / "cx.json").read_text("utf-8"))["version"]
    if model not in LABELS:
        pytest.skip(
            f"No labels of model {model} are known from before: add them once its reading is settled."
        )
    assert digest == LABELS[model]


LABELS = {4: "2346c45dcec282e4db8d437405d4d3ea71ed0aae49a3372eebc73ba4a23ac466"}
