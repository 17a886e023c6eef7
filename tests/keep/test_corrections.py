"""What people read in comments wins over the model, and goes with the comment."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest

from portevoix.errors import UnknownName, WrongUse
from portevoix.keep import facts, views
from portevoix.nouns import Label
from portevoix.tables import schema_of
from portevoix.voice import Voice

COMMENTS = [
    ("1", "ana@example.org", "Trop cher, et personne ne répond au téléphone depuis lundi."),
    ("2", "bea@example.org", "Le conseiller a été charmant, merci à lui !"),
    ("3", "", "Site en panne hier soir, mon appli ne marche plus."),
    ("4", "", "Je voudrais savoir si la salle est accessible ?"),
]


def write(path: Path, columns: str, rows: list[tuple]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns.split())
        writer.writerows(rows)
    return path


def mention(theme: str, polarity: int, evidence: str | None = None) -> dict:
    return {"theme": theme, "polarity": polarity, "evidence": evidence}


@pytest.fixture
def voice(tmp_path: Path):
    with Voice(tmp_path / "voice") as opened:
        opened.collect(write(tmp_path / "avis.csv", "id email commentaire", COMMENTS))
        opened.label()
        yield opened


def said(voice: Voice, verbatim: str, kind: str = "theme") -> list[tuple]:
    table = views.labels(voice._store, voice._model)
    rows = voice._store.run(table.filter((table.verbatim == verbatim) & (table.kind == kind))).to_pylist()
    return sorted((row["value"], row["polarity"], row["by"]) for row in rows)


def theirs(voice: Voice, name: str, columns: str, rows: list[tuple]):
    return voice.collect(f"labels:{write(voice._store.home.path.parent / name, columns, rows)}")[0]


def test_a_correction_takes_the_place_of_all_the_model_said_of_its_kind(voice):
    assert {value for value, *_ in said(voice, "avis/1")} == {"price", "reach"}
    voice.correct("avis/1", by="lea", mentions=[mention("reach", -1, "personne ne répond")])
    assert said(voice, "avis/1") == [("reach", -1.0, "human:lea")]
    assert said(voice, "avis/1", "problem") == [("open", None, voice._model)]


def test_a_person_can_say_that_there_is_no_such_label(voice):
    voice.correct("avis/2", by="lea", mentions=[], needs_met=None)
    assert said(voice, "avis/2") == said(voice, "avis/2", "needs_met") == []


def test_the_evidence_of_a_correction_is_found_in_the_words(voice):
    voice.correct("avis/1", by="lea", mentions=[mention("Prix et tarifs", -1, "cher")])
    (row,) = voice._store.run(
        views.labels(voice._store, voice._model).filter(lambda t: t.by == "human:lea")
    ).to_pylist()
    assert COMMENTS[0][2][row["start"] : row["stop"]] == "cher"
    with pytest.raises(WrongUse, match="evidence of a mention is not in the words"):
        voice.correct("avis/1", by="lea", mentions=[mention("price", -1, "pas dans le texte")])


def test_corrections_survive_a_change_of_model(voice):
    voice.correct("avis/1", by="lea", mentions=[mention("price", -1)])
    label = {"verbatim": "avis/1", "value": "fr", "confidence": 1.0, "by": "other@1"}
    more = [{**label, "kind": "lang"}, {**label, "kind": "theme", "value": "speed", "polarity": 1.0}]
    more += [{**label, "kind": "emotion", "value": "joy"}]
    voice._store.add_labels(pa.Table.from_pylist(more, schema=schema_of(Label)))
    rows = voice._store.run(views.labels(voice._store, "other@1")).to_pylist()
    assert {(row["kind"], row["value"], row["by"]) for row in rows} == {
        ("lang", "fr", "other@1"),
        ("theme", "price", "human:lea"),
        ("emotion", "joy", "other@1"),
    }


def test_corrections_stay_when_the_row_comes_again_with_other_words_but_lose_their_place(voice, tmp_path):
    voice.correct("avis/1", by="lea", mentions=[mention("price", -1, "Trop cher")])
    voice.collect(
        write(tmp_path / "avis.csv", "id email commentaire", [("1", "ana@example.org", "Bien trop cher !")])
    )
    voice.label()
    (row,) = voice._store.run(
        views.labels(voice._store, voice._model).filter(lambda t: t.kind == "theme")
        .filter(lambda t: t.verbatim == "avis/1")
    ).to_pylist()  # fmt: skip
    assert (row["value"], row["by"], row["start"], row["stop"]) == ("price", "human:lea", None, None)


def test_what_label_writes_comes_back_signed(voice, tmp_path):
    from portevoix.labelling import label_file

    out = tmp_path / "lu.jsonl"
    label_file(tmp_path / "avis.csv", out)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    before = {row["id"]: said(voice, f"avis/{row['id']}") for row in rows}
    rows[3]["mentions"] = [
        {"theme": "place", "polarity": 0, "start": 22, "stop": 45, "evidence": "si la salle est accessible"}
    ]
    for row in rows:
        row["by"] = "lea"
    out.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    taken = voice.collect(f"labels:{out}")[0]
    assert (taken.new, taken.refused) == (4, 0)
    assert said(voice, "avis/4") == [("place", 0.0, "human:lea")]
    assert [(v, p) for v, p, _ in said(voice, "avis/1")] == [(v, p) for v, p, _ in before["1"]]


def test_rows_of_one_theme_each_make_one_correction(voice):
    rows = [
        ("1", "price", "-1", "lea"),
        ("1", "speed", "-1", "lea"),
        ("2", "", "", "lea"),
        ("3", "price", "1", ""),
    ]
    taken = theirs(voice, "lu.csv", "id theme polarity by", rows)
    assert (taken.new, taken.refused) == (2, 0)
    assert [value for value, *_ in said(voice, "avis/1")] == ["price", "speed"]
    assert said(voice, "avis/2") == []
    assert {by for *_, by in said(voice, "avis/3")} == {voice._model}


def test_bad_rows_are_set_aside_with_the_reason_and_none_of_their_comment_is_kept(voice):
    rows = [
        ("1", "price", "-1", "lea"),
        ("1", "no such theme", "-1", "lea"),
        ("2", "price", "maybe", "lea"),
        ("77", "price", "-1", "lea"),
        ("4", "price", "-1", "lea@example.org"),
        ("3", "price", "-1", "lea"),
    ]
    taken = theirs(voice, "lu.csv", "id theme polarity by", rows)
    assert (taken.new, taken.refused) == (1, 5)
    reasons = {line: reason for _, line, reason in voice.refused()}
    assert sorted(reasons) == [2, 3, 4, 5, 6]
    assert "same comment" in reasons[2]
    assert "no codebook here knows" in reasons[3]
    assert "polarity" in reasons[4]
    assert "No comment of this identifier" in reasons[5]
    assert "short name" in reasons[6]
    assert "maybe" not in str(reasons)
    assert {by for *_, by in said(voice, "avis/1")} == {voice._model}


def test_a_file_taken_in_twice_adds_nothing(voice):
    rows = [("1", "price", "-1", "lea")]
    theirs(voice, "lu.csv", "id theme polarity by", rows)
    held = facts.version(voice._store.home.facts, "labels")
    taken = theirs(voice, "lu.csv", "id theme polarity by", rows)
    assert (taken.new, taken.changed, taken.known) == (0, 0, 1)
    assert facts.version(voice._store.home.facts, "labels") == held


def test_the_last_correction_counts_and_undoing_it_brings_the_one_before_back(voice):
    theirs(voice, "lu.csv", "id theme polarity by", [("1", "price", "-1", "lea")])
    theirs(voice, "relu.csv", "id theme polarity by", [("1", "speed", "-1", "bob")])
    assert said(voice, "avis/1") == [("speed", -1.0, "human:bob")]
    number = voice.keep_batches()[-1][0]
    receipt = voice.keep_undo(number)
    assert receipt.statement["predicate"]["erased"]["labels"] == 1
    assert said(voice, "avis/1") == [("price", -1.0, "human:lea")]
    assert voice.keep_check()[1] == []


def test_corrections_go_with_the_person(voice):
    voice.correct("avis/1", by="lea", mentions=[mention("price", -1, "Trop cher")])
    voice.forget(["ana@example.org"], lambda *_: None)
    table = voice._store.engine.table("labels")
    assert "avis/1" not in set(voice._store.run(table.select("verbatim"))["verbatim"].to_pylist())
    assert voice.keep_check()[1] == []
    taken = theirs(voice, "lu.csv", "id theme polarity by", [("1", "price", "-1", "lea")])
    assert (taken.new, taken.refused) == (0, 1)


def test_comments_without_identifiers_are_known_by_their_words(tmp_path):
    with Voice(tmp_path / "voice") as voice:
        voice.collect(write(tmp_path / "avis.csv", "commentaire", [(text,) for *_, text in COMMENTS]))
        voice.label()
        rows = [(COMMENTS[3][2], "place", "0", "lea")]
        taken = theirs(voice, "lu.csv", "commentaire theme polarity by", rows)
        assert taken.new == 1
        (row,) = voice._store.run(
            views.labels(voice._store, voice._model).filter(lambda t: t.by == "human:lea")
        ).to_pylist()
        assert voice._store.words([row["verbatim"]]) == {row["verbatim"]: COMMENTS[3][2]}


def test_a_home_older_than_corrections_takes_them(tmp_path):
    with Voice(tmp_path / "voice") as voice:
        voice.collect(write(tmp_path / "avis.csv", "id email commentaire", COMMENTS))
        labels = voice._labeller.read(["avis/1"], [COMMENTS[0][2]])
        from deltalake import write_deltalake

        write_deltalake(str(voice._store.home.facts / "labels"), labels)
        assert said(voice, "avis/1", "lang") == [("fr", None, voice._model)]
        voice.keep_undo(1)
        voice.collect(tmp_path / "avis.csv")
        voice.label()
        voice.correct("avis/1", by="lea", mentions=[mention("price", -1)])
        assert said(voice, "avis/1") == [("price", -1.0, "human:lea")]
        assert voice.keep_check()[1] == []


def test_corrections_are_examples_to_learn_from(tmp_path):
    from portevoix.labelling import label_file

    kinds = [
        ("parking", "Le parking est {} et mal éclairé, place {}."),
        ("musique", "La musique est {} dans la salle {}."),
    ]
    rows = [
        (f"{theme}-{i}", text.format(("complet", "petit", "bruyante", "forte")[i % 4], i))
        for theme, text in kinds
        for i in range(12)
    ]
    with Voice(tmp_path / "voice") as voice:
        voice.collect(write(tmp_path / "avis.csv", "id commentaire", rows))
        for key, _ in rows:
            theme = "place" if key.startswith("parking") else "overall"
            voice.correct(f"avis/{key}", by="lea", mentions=[mention(theme, -1)])
        figures, notes = voice.learn(tmp_path / "mine")
    assert figures["examples"] == 24
    assert set(figures["themes"]) == {"place", "overall"}
    assert notes[0] == "Comments of the home whose themes people read: 24."
    label_file(tmp_path / "avis.csv", tmp_path / "out.jsonl", codebook=tmp_path / "mine")
    first = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert [one["theme"] for one in first["mentions"]] == ["place"]


def test_an_unknown_head_is_refused_by_name(voice):
    with pytest.raises(UnknownName, match="mentions"):
        voice.correct("avis/1", by="lea", mention=[])
