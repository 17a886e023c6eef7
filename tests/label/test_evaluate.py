import importlib.util
import json
import subprocess
import sys

import pyarrow as pa
import pytest

from portevoix.errors import BadSource, TooFew, UnknownName
from portevoix.label.evaluate import evaluate, wilson
from portevoix.label.examples import Mention, examples
from portevoix.learning import evaluate_file, read_examples
from portevoix.nouns import Label
from portevoix.tables import schema_of


def rows(*cells):
    return [(f"r{n}", cell["text"], cell) for n, cell in enumerate(cells)]


def labels(*found):
    """(comment, kind, value, polarity, start, stop, confidence) as a table of labels."""
    names = ("verbatim", "kind", "value", "polarity", "start", "stop", "confidence")
    return pa.Table.from_pylist(
        [{**dict(zip(names, one, strict=True)), "by": "x@1"} for one in found], schema=schema_of(Label)
    )


def test_the_three_shapes_read_the_same_opinions():
    said = "Accueil parfait, trop cher"
    book = rows({"text": said, "mentions": json.dumps([{"theme": "advisor", "polarity": 1, "start": 0, "stop": 15}, {"theme": "price", "polarity": -1}])})  # fmt: skip
    aspects = rows({"text": said, "aspects": json.dumps([{"category": "advisor", "polarity": "positive", "from": 0, "to": 15}, {"category": "price", "polarity": "negative", "from": 0, "to": 0}])})  # fmt: skip
    flat = rows({"text": said, "theme": "advisor", "polarity": "positif"}, {"text": said, "theme": "price", "polarity": "-1"})  # fmt: skip
    spans = [Mention("advisor", 1, 0, 15), Mention("price", -1)]
    assert examples(["text", "mentions"], book)[0][0].mentions == spans
    assert examples(["text", "aspects"], aspects)[0][0].mentions == spans
    (one,), aside = examples(["text", "theme", "polarity"], flat)
    assert one.mentions == [Mention("advisor", 1), Mention("price", -1)]
    assert aside == []


def test_a_row_that_cannot_be_read_is_set_aside_by_its_number():
    found, aside = examples(
        ["text", "theme", "polarity"],
        rows(
            {"text": "cher", "theme": "price", "polarity": "-1"},
            {"text": "bof", "theme": "price", "polarity": "purple"},
        ),
    )
    assert (len(found), aside) == (1, [2])
    with pytest.raises(BadSource, match="No row"):
        examples(["text", "mentions"], rows({"text": "cher", "mentions": "{"}))
    with pytest.raises(BadSource, match="no labels"):
        examples(["text"], rows({"text": "cher"}))


def test_figures_are_those_that_a_hand_counts():
    read, _ = examples(
        ["text", "mentions", "sentiment"],
        rows(
            {"text": "trop cher", "mentions": '[{"theme": "price", "polarity": -1}]', "sentiment": "-1"},
            {
                "text": "accueil nul",
                "mentions": '[{"theme": "advisor", "polarity": -1}]',
                "sentiment": "-0.5",
            },
            {"text": "parfait", "mentions": "[]", "sentiment": "1"},
        ),
    )
    said = labels(
        ("0", "theme", "price", -1.0, 0, 9, 0.9),
        ("0", "sentiment", "negative", -1.0, None, None, 0.8),
        ("1", "theme", "advisor", 1.0, 0, 7, 0.7),
        ("1", "sentiment", "neutral", 0.0, None, None, 0.5),
        ("2", "sentiment", "positive", 1.0, None, None, 1.0),
    )
    report = evaluate(read, [one.text for one in read], said, ["price", "advisor"])
    heads = {row["head"]: row for row in report["heads"]}
    assert heads["theme × polarity"]["value"] == 0.5
    assert heads["theme"]["value"] == 1.0
    assert heads["polarity of a right theme"]["value"] == 0.5
    assert heads["theme × polarity"]["precision"] == 0.5
    assert heads["sentiment"]["value"] == pytest.approx((2 / 3 + 1) / 2)
    assert report["confusion"]["sentiment"]["negative"] == {"negative": 1, "neutral": 1, "positive": 0}
    gap = {row["head"]: row["ece"] for row in report["calibration"]}
    assert gap["theme × polarity"] == pytest.approx((0.1 + 0.7) / 2)
    assert gap["sentiment"] == pytest.approx((0.2 + 0.5 + 0.0) / 3)
    assert [(row["id"], row["said"], row["missed"]) for row in report["worst"]] == [
        ("r1", ["advisor +"], ["advisor −"])
    ]
    assert report["coverage"]["with_a_theme"] == pytest.approx(2 / 3)
    assert report == evaluate(read, [one.text for one in read], said, ["price", "advisor"])


def test_an_interval_holds_its_figure_and_narrows_with_the_number():
    few, many = wilson(8, 10), wilson(800, 1000)
    assert few[0] < many[0] < 0.8 < many[1] < few[1]
    assert wilson(0, 0) == (None, None)


def test_a_file_of_themes_that_the_labeller_does_not_know_says_so(tmp_path):
    path = tmp_path / "gold.csv"
    path.write_text(
        "text,theme,polarity\n" + "".join(f"le dessert {n} est délicieux,dessert,1\n" for n in range(30)),
        "utf-8",
    )
    report, _ = evaluate_file(path)
    assert report["unknown_themes"] == ["dessert"]
    assert {row["theme"]: row["recall"] for row in report["themes"]}["dessert"] == 0
    with pytest.raises(UnknownName, match="splt"):
        read_examples(path, where={"splt": "dev"})
    with pytest.raises(TooFew, match="--where"):
        read_examples(path, where={"theme": "starter"})


def test_words_are_shown_only_where_they_are_asked_for(tmp_path):
    path = tmp_path / "gold.csv"
    path.write_text(
        "id,text,theme,polarity\n"
        + "".join(f"{n},beurk {n} horreur du parking,price,1\n" for n in range(30)),
        "utf-8",
    )
    command = [sys.executable, "-m", "portevoix", "evaluate", str(path)]
    for options in ([], ["--json"]):
        quiet = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
        loud = subprocess.run([*command, *options, "--words"], capture_output=True, text=True, check=True)
        assert "beurk" not in quiet.stdout + quiet.stderr
        assert "beurk" in loud.stdout


@pytest.mark.data
def test_the_figures_are_those_of_the_codebook_s_own_scorer(data, labeller):
    gold = data / "codebook" / "labelled.jsonl"
    spec = importlib.util.spec_from_file_location("score", data / "codebook" / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    from portevoix.label.export import rows as exported

    read = [row for row in map(json.loads, gold.read_text("utf-8").splitlines()) if row["split"] == "dev"]
    texts = [row["text"] for row in read]
    said = list(exported(texts, labeller.find(texts)))
    wanted = score.f1_of_sets([score.opinions(a) for a in read], [score.opinions(b) for b in said])
    mood = score.macro_f1(
        [score.sign(a["sentiment"]) for a in read], [score.sign(b["sentiment"] or 0) for b in said]
    )
    report, _ = evaluate_file(gold, where={"split": "dev"})
    heads = {row["head"]: row for row in report["heads"]}
    assert heads["theme × polarity"]["value"] == pytest.approx(wanted, abs=0.004)
    assert heads["sentiment"]["value"] == pytest.approx(mood, abs=0.01)
    assert heads["theme × polarity"]["low"] < wanted < heads["theme × polarity"]["high"]
