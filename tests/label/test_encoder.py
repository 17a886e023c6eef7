import hashlib
import json
import shutil

import pytest

from portevoix import plugs
from portevoix.errors import BadModel, UnknownName, WrongUse
from portevoix.label import encoder, hub
from portevoix.label.engines import Routed, find, told
from portevoix.label.found import KINDS

pytest.importorskip("onnxruntime", reason="the extra onnx is absent")
pytest.importorskip("onnx", reason="onnx is absent: no model can be made")

from tests.label.tiny import NAMES
from tests.label.tiny import encoder as made

SAID = [
    "C'est beaucoup trop cher et nul pour ce que c'est.",
    "L'accueil est parfait, vraiment parfait !",
    "",
    "👍",
    "Das ist leider nicht sehr gut und ich bin nicht zufrieden",
    "The service is great but slow",
]


def of(labeller, texts, kind):
    found = find(labeller, texts)
    return [row[:1] + row[2:] for row in found.rows() if row[1] == kind]


def test_an_encoder_reads_its_head_and_the_default_model_all_others(tmp_path, labeller):
    mine = encoder.load(str(made(tmp_path / "avis-fr", labels={"head": "sentiment", "labels": NAMES})))
    moods = of(mine, SAID, "sentiment")
    assert [(at, value) for at, value, *_ in moods] == [(0, "negative"), (1, "positive"), (5, "positive")]
    assert moods[0][2] < -0.99
    assert moods[0][-1] > 0.99
    assert -1 <= moods[2][2] <= 1
    for kind in KINDS:
        if kind != "sentiment":
            assert of(mine, SAID, kind) == of(labeller, SAID, kind)
    assert mine.name.startswith(f"{labeller.name}+avis-fr@")
    assert set(mine.read([str(i) for i in range(6)], SAID)["by"].to_pylist()) == {mine.name}


def test_a_config_says_the_head_by_the_names_of_its_outputs(tmp_path):
    stars = {"id2label": {str(i): f"{i + 1} star{'s' * (i > 0)}" for i in range(5)}}
    weights = {"nul": [9, 0, 0, 0, 0], "correct": [0, 0, 0, 5, 0], "parfait": [0, 0, 0, 0, 9]}
    five = encoder.load(str(made(tmp_path / "five", weights, config=stars)))
    moods = of(five, ["C'est nul", "C'est correct", "C'est parfait"], "sentiment")
    assert [value for _, value, *_ in moods] == ["negative", "positive", "positive"]
    assert moods[1][2] < moods[2][2]
    made(tmp_path / "what", config={"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}})
    with pytest.raises(BadModel, match=r"labels\.json with head"):
        encoder.load(str(tmp_path / "what"))


def test_several_intents_may_be_said_at_once_where_the_outputs_are_apart(tmp_path):
    weights = {"arnaque": [5, 5, -5], "merci": [-5, -5, 5], "bonjour": [-5, -5, -5]}
    labels = {
        "head": "intent",
        "labels": ["complaint", "warn", "praise"],
        "activation": "sigmoid",
        "cut": 0.5,
    }
    mine = encoder.load(str(made(tmp_path / "intents", weights, labels)))
    told_of = of(mine, ["C'est une arnaque", "Un grand merci", "bonjour à vous, je suis là"], "intent")
    assert [(at, value) for at, value, *_ in told_of] == [(0, "complaint"), (0, "warn"), (1, "praise")]


def test_themes_are_read_clause_by_clause_and_the_clause_is_their_evidence(tmp_path):
    weights = {"cher": [6, 0, -6], "parfait": [-6, 6, -6], "place": [0, 0, 0]}
    labels = {"head": "theme", "labels": ["price:-1", "advisor:1", None], "activation": "sigmoid", "cut": 0.6}
    mine = encoder.load(str(made(tmp_path / "themes", weights, labels)))
    text = "[name] est parfait, mais c'est beaucoup trop cher. Voilà."
    mentions = of(mine, [text, SAID[3]], "theme")
    assert [(value, polarity) for _, value, polarity, *_ in mentions] == [("advisor", 1.0), ("price", -1.0)]
    assert [text[start:stop] for *_, start, stop, _ in mentions] == [
        "est parfait,",
        "mais c'est beaucoup trop cher.",
    ]


def test_what_stands_beside_a_text_does_not_change_what_is_said_of_it(tmp_path):
    mine = encoder.load(
        str(made(tmp_path / "m", labels={"head": "sentiment", "labels": NAMES, "longest": 16}))
    )
    texts = [
        "C'est cher",
        "L'accueil est parfait " * 400,
        "nul " * 9,
        "Je ne sais pas quoi dire de ce service",
    ] * 20
    together = of(mine, texts, "sentiment")
    assert [row[1:] for row in together[:4]] == [of(mine, [text], "sentiment")[0][1:] for text in texts[:4]]
    assert together[1][1] == "positive", "a long text is cut, not refused"


def test_no_text_makes_an_encoder_raise(tmp_path):
    mine = encoder.load(str(made(tmp_path / "m", labels={"head": "sentiment", "labels": NAMES})))
    wild = [
        "",
        "a",
        "\x00",
        "le prix \ud800 est cher",
        "trop cher " * 100_000,
        "<b>le prix</b> est &eacute; trop",
        "\n",
        "‮prix‬",
    ]
    found = mine.read([str(i) for i in range(len(wild))], wild)
    assert found["kind"].to_pylist().count("lang") == len(wild)


def test_a_file_that_is_missing_altered_or_of_another_kind_is_refused_with_what_to_do(tmp_path):
    whole = made(tmp_path / "whole", labels={"head": "sentiment", "labels": NAMES})
    digest = hashlib.sha256((whole / "model.onnx").read_bytes()).hexdigest()

    def broken(change):
        folder = tmp_path / f"broken{len(list(tmp_path.iterdir()))}"
        shutil.copytree(whole, folder)
        change(folder)
        with pytest.raises(BadModel, match=r"[.:;].*\.$") as error:
            encoder.load(str(folder))
        return str(error.value)

    def declare(folder, **more):
        (folder / "labels.json").write_text(
            json.dumps({"head": "sentiment", "labels": NAMES} | more), "utf-8"
        )

    assert "tokenizer.json" in broken(lambda f: (f / "tokenizer.json").unlink())
    assert "export" in broken(lambda f: (f / "model.onnx").unlink())
    assert "labels.json" in broken(lambda f: (f / "labels.json").unlink())
    assert "damaged" in broken(lambda f: (f / "model.onnx").write_bytes(b"no model"))
    assert "JSON" in broken(lambda f: (f / "labels.json").write_text("{"))
    assert "declares" in broken(lambda f: declare(f, sha256={"model.onnx": "0" * 64}))
    assert "activation" in broken(lambda f: declare(f, activation="relu"))
    assert "head" in broken(lambda f: declare(f, head="mood"))
    assert "no sentiment" in broken(lambda f: declare(f, labels=["negative", "blue", "positive"]))
    declare(whole, sha256={"model.onnx": digest})
    encoder.load(str(whole))
    declare(whole, labels=["negative", "positive"])
    with pytest.raises(BadModel, match="each of its outputs"):
        find(encoder.load(str(whole)), SAID)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A hub cache of the test's own, with one model in it, and no way out."""
    import huggingface_hub.constants as told

    folder = tmp_path / "hub" / "models--atelier--avis-fr"
    made(folder / "snapshots" / COMMIT, name="onnx/model.onnx")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(COMMIT)
    monkeypatch.setattr(told, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(told, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path


def test_a_model_of_the_hub_is_read_from_the_cache_at_its_commit(cache):
    mine = hub.load(f"atelier/avis-fr@{COMMIT}")
    assert [value for _, value, *_ in of(mine, SAID, "sentiment")] == ["negative", "positive", "positive"]
    assert "+avis-fr@" in mine.name
    with pytest.raises(WrongUse, match="OWNER/NAME@COMMIT"):
        hub.load("atelier/avis-fr@main")
    with pytest.raises(BadModel, match="not on this machine"):
        hub.load(f"atelier/other@{COMMIT}")


def test_labellers_come_in_by_one_door_with_what_they_want_to_be_told(tmp_path):
    folder = made(tmp_path / "m", labels={"head": "sentiment", "labels": NAMES})
    assert plugs.labeller(f"onnx:{folder}").name == plugs.labeller(str(folder)).name
    assert plugs.labeller("cx").name.startswith("cx@")
    for name in ("cx:here", "onnx", "hub"):
        with pytest.raises(WrongUse, match=r"write (cx alone|onnx:PLACE|hub:PLACE)"):
            plugs.labeller(name)
    with pytest.raises(UnknownName):
        plugs.labeller("onyx:here")


def test_comments_of_which_the_model_is_unsure_go_up_to_another_and_are_counted(tmp_path, labeller):
    upper = encoder.load(str(made(tmp_path / "m", labels={"head": "sentiment", "labels": NAMES})))
    texts = [*SAID, "Le produit est livré dans un carton, à voir.", "Bof, sans plus, cher mais correct"]
    sure = {row[0]: row[-1] for row in of(labeller, texts, "sentiment")}
    unsure = [at for at, confidence in sure.items() if confidence < 0.7]
    assert 0 < len(unsure) < len(sure)
    both = Routed(labeller, upper, 0.7)
    first, second, mixed = (find(one, texts) for one in (labeller, upper, both))

    def rows(found, at):
        return [row for row in found.rows() if row[0] == at]

    for at in range(len(texts)):
        assert rows(mixed, at) == rows(second if at in unsure else first, at)
    assert told(both) == {"routed": len(unsure)}
    assert told(both) == {}
    assert both.name == f"{labeller.name}<0.7>{upper.name}"
