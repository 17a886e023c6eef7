import csv
import json
import random
import subprocess
import sys

import numpy as np
import pytest

from portevoix.errors import BadModel, BadSource, TooFew
from portevoix.label import taught
from portevoix.label.logistic import Dense, Shared, Sparse, fit, likeness
from portevoix.label.why import why
from portevoix.labelling import label_file
from portevoix.learning import evaluate_file, learn_file

SAID = {
    ("parking", 1): ["parking gratuit et facile", "on se gare sans souci au parking", "grand parking pratique", "place de parking toujours libre"],
    ("parking", -1): ["impossible de se garer", "parking complet et cher", "aucune place de parking", "le parking est minuscule"],
    ("musique", 1): ["belle musique d'ambiance", "le concert était magnifique", "musique douce et agréable", "bonne programmation de musique"],
    ("musique", -1): ["musique beaucoup trop forte", "la musique est insupportable", "son affreux pendant le concert", "musique nulle et bruyante"],
}  # fmt: skip
BESIDE = [
    "merci à tous",
    "je reviendrai lundi",
    "nous étions quatre",
    "visite en famille",
    "bonjour",
    "c'était en mai",
]


def comments(n, seed):
    """Invented comments with one or two themes and where they stand."""
    chance = random.Random(seed)
    for i in range(n):
        text, mentions = "", []
        keys = chance.sample(sorted(SAID), chance.choice([1, 1, 2]))
        for theme, sign in keys:
            if theme in {m["theme"] for m in mentions}:
                continue
            words = chance.choice(SAID[theme, sign])
            mentions.append(
                {"theme": theme, "polarity": sign, "start": len(text), "stop": len(text) + len(words)}
            )
            text += words + chance.choice([", ", ". ", " mais "])
        yield {"id": f"c{seed}-{i}", "text": text + chance.choice(BESIDE), "mentions": mentions}


def gold(folder, name, n, seed):
    path = folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in comments(n, seed)), "utf-8")
    return path


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learned")
    figures, notes = learn_file(gold(folder, "gold.jsonl", 50, 1), folder / "cb")
    return folder, figures, notes


def test_twenty_examples_a_theme_are_enough_for_comments_never_seen(learned):
    folder, figures, _ = learned
    report, _ = evaluate_file(gold(folder, "other.jsonl", 80, 2), codebook_in=folder / "cb")
    heads = {row["head"]: row["value"] for row in report["heads"]}
    assert heads["theme"] > 0.9
    assert heads["polarity of a right theme"] > 0.8
    assert heads["evidence shares a word"] > 0.95
    assert report["unknown_themes"] == []
    assert 0 < figures["theme_f1"] <= 1


def test_label_reads_the_team_s_themes_and_the_default_heads(learned, tmp_path):
    folder, _, _ = learned
    path = tmp_path / "avis.csv"
    said = [
        "Impossible de se garer, mais belle musique d'ambiance",
        "",
        "👍",
        "écrire à a@b.fr : aucune place de parking",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *enumerate(said)])
    label_file(path, tmp_path / "out.jsonl", codebook=folder / "cb")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(m["theme"], m["polarity"]) for m in rows[0]["mentions"]] == [("parking", -1), ("musique", 1)]
    assert rows[0]["sentiment"] is not None
    assert [row["lang"] for row in rows] == ["fr", "other", "other", "fr"]
    for row, text in zip(rows, said, strict=True):
        assert all(text[m["start"] : m["stop"]] == m["evidence"] for m in row["mentions"])


def test_learning_again_gives_the_same_bytes(learned, tmp_path):
    folder, _, _ = learned
    learn_file(folder / "gold.jsonl", tmp_path / "cb")
    for name in ("codebook.json", "codebook.npz"):
        assert (tmp_path / "cb" / name).read_bytes() == (folder / "cb" / name).read_bytes()


def test_a_codebook_that_is_absent_altered_or_of_another_model_says_what_to_do(learned, tmp_path, labeller):
    folder, _, _ = learned
    with pytest.raises(BadModel, match="portevoix learn"):
        taught.load(tmp_path, labeller)
    for name, change in (("codebook.npz", b"x"), ("codebook.json", None)):
        copy = tmp_path / name
        copy.mkdir()
        for file in (folder / "cb").iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        if change:
            (copy / name).write_bytes((copy / name).read_bytes() + change)
        else:
            card = json.loads((copy / name).read_text("utf-8"))
            (copy / name).write_text(json.dumps({**card, "stands_on": "another"}))
        with pytest.raises(BadModel, match="learn it again"):
            taught.load(copy, labeller)


def test_a_theme_needs_five_examples_and_two_that_overlap_are_told(tmp_path):
    path = tmp_path / "gold.csv"
    rows = [f"le parking {n} est plein,{theme},-1" for n in range(25) for theme in ("parking", "garage")]
    rows += ["un hapax,rare,1"]
    path.write_text("text,theme,polarity\n" + "\n".join(rows) + "\n", "utf-8")
    _, notes = learn_file(path, tmp_path / "cb")
    assert any("'rare' has 1 examples and is left out" in note for note in notes)
    assert any("'garage' and 'parking' overlap: 25 comments" in note for note in notes)
    path.write_text("text,theme,polarity\ncher,price,-1\nbien,price,1\n", "utf-8")
    with pytest.raises(TooFew, match="5 examples"):
        learn_file(path, tmp_path / "cb2")
    assert not (tmp_path / "cb2").exists()


def test_no_word_of_fewer_than_five_people_is_in_a_codebook(tmp_path, labeller):
    from portevoix.label.features import word_code

    path = tmp_path / "gold.csv"
    rows = [f"le parking est plein{' zanzibarique' * (n < 4)},parking,-1" for n in range(30)]
    path.write_text(
        "id,text,theme,polarity\n" + "\n".join(f"{n},{row}" for n, row in enumerate(rows)) + "\n", "utf-8"
    )
    learn_file(path, tmp_path / "cb")
    codes = set(taught.load(tmp_path / "cb", labeller).arrays["codes"].tolist())
    assert word_code("parking") in codes
    assert word_code("zanzibarique") not in codes


def test_the_command_learns_and_tells_its_figures(tmp_path):
    path = gold(tmp_path, "gold.jsonl", 40, 3)
    (tmp_path / "themes.toml").write_text(
        '[parking]\nfr = "Stationnement"\nen = "Parking"\ndefinition = "where cars go"\n'
    )
    command = [
        sys.executable,
        "-m",
        "portevoix",
        "learn",
        str(path),
        "-o",
        str(tmp_path / "cb"),
        "--themes",
        str(tmp_path / "themes.toml"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 themes from 40 comments" in run.stdout
    assert "musique" in run.stderr
    card = json.loads((tmp_path / "cb" / "codebook.json").read_text("utf-8"))
    assert card["themes"][0]["fr"] == "Stationnement"


def test_a_seed_that_no_example_holds_speaks_for_its_theme(tmp_path, labeller):
    path = gold(tmp_path, "gold.jsonl", 50, 1)
    (tmp_path / "themes.toml").write_text(
        '[parking]\nseeds_fr = ["parking", "garer", "gare", "Bérlin*"]\n[musique]\nseeds_fr = ["musique", "concert"]\n',
        "utf-8",
    )
    found = {}
    for name, themes in (("with", tmp_path / "themes.toml"), ("without", None)):
        learn_file(path, tmp_path / name, themes=themes)
        mine = taught.load(tmp_path / name, labeller)
        found[name] = mine.odds(["les berlines partout", "rien"])[:, mine.themes.index("parking")]
    assert found["with"][0] - found["with"][1] > found["without"][0] - found["without"][1] + 0.5


@pytest.mark.parametrize("seeds", ['"parking"', '["place libre"]', '["*"]', "[3]"])
def test_seeds_that_are_no_words_are_refused_with_an_example(tmp_path, seeds):
    (tmp_path / "themes.toml").write_text(f"[parking]\nseeds_fr = {seeds}\n", "utf-8")
    with pytest.raises(BadSource, match="seeds_fr is a list of single words"):
        learn_file(gold(tmp_path, "gold.jsonl", 20, 1), tmp_path / "cb", themes=tmp_path / "themes.toml")


def test_logistic_regression_finds_the_point_where_the_slope_is_nothing():
    chance = np.random.default_rng(7)
    x = chance.normal(size=(200, 4)).astype(np.float32)
    y = (x @ np.array([[2.0], [-1.0], [0.0], [0.5]]) + chance.logistic(size=(200, 1)) > 0).astype(np.float32)
    (w,), b = fit([Dense(x)], y, np.ones_like(y), 1.0)
    likely = 1 / (1 + np.exp(-(x @ w + b)))
    assert np.abs(x.T @ (likely - y) + w).max() < 0.3
    assert w[0, 0] > 1 > 0 > w[1, 0]


def test_weights_sought_as_sums_of_rows_are_those_sought_one_by_one():
    chance = np.random.default_rng(11)
    full = (chance.normal(size=(90, 40)) * (chance.random((90, 40)) < 0.15)).astype(np.float32)
    row, column = np.nonzero(full)
    sparse = Sparse(np.searchsorted(row, np.arange(91)), column, full[row, column], 40)
    blocks = [sparse, Shared(sparse, np.repeat(np.arange(45), 2), 90, 0.5), Dense(full[:, :3] * 0.5)]
    alike = likeness(blocks, 90)
    whole = np.concatenate([full, 0.5 * full[np.repeat(np.arange(45), 2)], full[:, :3] * 0.5], 1)
    assert np.allclose(alike, whole @ whole.T, atol=1e-4)
    answers = (full[:, :2] + chance.normal(size=(90, 2)) > 0).astype(np.float32)
    counted = np.repeat((np.arange(90) % 3 > 0)[:, None], 2, 1).astype(np.float32)
    one, bias = fit(blocks, answers, counted, 3.0)
    other, same = fit(blocks, answers, counted, 3.0, alike)
    assert np.allclose(bias, same, atol=0.02)
    assert all(np.allclose(a, b, atol=0.02) for a, b in zip(one, other, strict=True))


def test_blocks_multiply_as_the_matrices_that_they_stand_for():
    chance = np.random.default_rng(3)
    full = chance.normal(size=(6, 5)) * (chance.random((6, 5)) < 0.4)
    full[2] = 0
    full = full.astype(np.float32)
    row, column = np.nonzero(full)
    starts = np.searchsorted(row, np.arange(7))
    sparse = Sparse(starts, column, full[row, column], 5)
    weights, rows = (
        chance.normal(size=(5, 3)).astype(np.float32),
        chance.normal(size=(6, 3)).astype(np.float32),
    )
    assert np.allclose(sparse.times(weights), full @ weights, atol=1e-5)
    assert np.allclose(sparse.back(rows), full.T @ rows, atol=1e-5)
    taken = np.array([4, 2, 0])
    assert np.allclose(sparse.take(taken).times(weights), full[taken] @ weights, atol=1e-5)
    owner = np.array([0, 0, 3, 5])
    shared = Shared(sparse, owner, 6, 0.5)
    assert np.allclose(shared.times(weights), 0.5 * full[owner] @ weights, atol=1e-5)
    assert np.allclose(shared.back(rows[:4]), 0.5 * full[owner].T @ rows[:4], atol=1e-5)


def test_why_shows_what_weighs_for_the_team_s_own_themes(learned, tmp_path, labeller):
    folder, _, _ = learned
    mine = taught.load(folder / "cb", labeller)
    lang, reasons = why(mine, "On se gare sans souci au parking, mais la musique est insupportable")
    assert lang == "fr"
    themes = {reason.value: reason for reason in reasons if reason.kind == "theme"}
    assert set(themes) == {"parking", "musique"}
    for theme, reason in themes.items():
        assert reason.words[0][0] == theme
        assert reason.words[0][1] > 0
    assert any(reason.kind == "sentiment" and reason.words for reason in reasons)
    path = tmp_path / "avis.csv"
    path.write_text("id,text\n1,Grand parking pratique et bonjour à tous\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "portevoix",
        "label",
        str(path),
        "--why",
        "--codebook",
        str(folder / "cb"),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "theme parking +" in run.stdout


def test_a_codebook_reads_in_several_processes_as_in_one(learned, tmp_path, labeller):
    folder, _, _ = learned
    path = gold(tmp_path, "many.jsonl", 4_100, 3)
    label_file(path, tmp_path / "several.jsonl", codebook=folder / "cb")
    label_file(path, tmp_path / "one.jsonl", labeller=taught.load(folder / "cb", labeller))
    assert (tmp_path / "several.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()
