import subprocess
import sys

from portevoix.label.why import why


def test_each_label_comes_with_its_evidence_and_the_words_that_weighed(labeller):
    text = "Très satisfait du service, mais injoignable au [phone] depuis lundi"
    lang, reasons = why(labeller, text)
    table = labeller.read(["0"], [text]).to_pylist()
    assert lang == "fr"
    assert [(r.kind, r.value, r.confidence) for r in reasons] == [
        (row["kind"], row["value"], row["confidence"]) for row in table[1:]
    ]
    reach = next(r for r in reasons if r.value == "reach")
    assert reach.words[0][0] == "injoignable"
    assert reach.words[0][1] > 1
    assert "injoignable" in (reach.evidence or "")
    assert not [word for r in reasons for word, _ in r.words if word == "phone"], "a mark is no word"


def test_a_word_that_speaks_against_a_label_weighs_below_zero(labeller):
    _, reasons = why(labeller, "Très satisfait du service, mais injoignable depuis lundi")
    weights = dict(next(r for r in reasons if r.value == "praise").words)
    assert weights["satisfait"] > 0 > weights["injoignable"]


def test_words_of_another_language_or_none_have_no_reasons(labeller):
    assert why(labeller, "👍") == ("other", [])
    assert why(labeller, "") == ("other", [])


def test_a_long_comment_is_explained_in_the_time_of_a_short_one(labeller):
    text = " ".join(f"le service {n} est trop lent" for n in range(50_000))
    assert why(labeller, text)[0] == "fr"


def test_the_command_shows_scrubbed_words(tmp_path):
    path = tmp_path / "avis.csv"
    path.write_text("id,text\n7,Injoignable au 06 12 34 56 78 depuis lundi\n8,\n", "utf-8")
    command = [sys.executable, "-m", "portevoix", "label", str(path), "--why"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("7 · fr\n  Injoignable au [phone] depuis lundi\n    sentiment negative")
    assert run.stdout.endswith("8 · other\n\n")
    assert "06 12" not in run.stdout
