import hashlib
import io
import os
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix import plugs
from portevoix.label import reader
from portevoix.label.export import rows
from portevoix.label.found import KINDS, of_table
from portevoix.label.reader import load
from portevoix.nouns import Label
from portevoix.tables import schema_of

SOME = [
    "Les prix augmentent chaque année, mais le conseiller a été très aimable.",
    "",
    "Personne ne répond au téléphone depuis deux semaines, je résilie !!!",
    "👍👍",
    "Great service, very fast delivery.",
    "Das ist leider nicht sehr gut und ich bin nicht zufrieden mit der Lieferung",
    "Livraison rapide. Colis conforme ; je recommande.",
]
HOSTILE = [
    "", " ", "a", "\x00", "\ud800", "é\ud83d", "\n\n\n", "😡" * 500, "!" * 3000, "[email]", "[email][name] [phone]",
    "<script>alert('prix')</script>", "\u202eprix trop cher\u202c", "=1+1", "a" * 20_000, "1" * 20_000,
    "prix trop cher " * 70_000, "\t\r\n\x0b\x85\u2028", "e\u0301" * 50, "\ufffd", "l'", "''''", "[", "]", "[a", "مرحبا بكم",
    "很好的服务", "mais", "mais mais mais", ",,,,", "?", ":)", "<3", "Mr. Dupont m'a aidé.",
]  # fmt: skip

texts_of = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="abcdeéèà ,.!?'’[]()\n:;)-1239😡€\ud800\x00", max_size=80),
        st.lists(
            st.sampled_from(
                "prix trop cher mais service rapide [email] [name] , . ! pas de réponse l' n' site bug".split(
                    " "
                )
            ),
            max_size=25,
        ).map(" ".join),
    ),
    max_size=8,
)


def read(labeller, texts):
    return labeller.read([f"v/{i}" for i in range(len(texts))], texts)


def digest(table):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def check(table, texts):
    assert table.schema == schema_of(Label)
    order = [int(key.split("/")[1]) for key in table.column("verbatim").to_pylist()]
    assert order == sorted(order)
    langs = [int(r["verbatim"].split("/")[1]) for r in table.to_pylist() if r["kind"] == "lang"]
    assert langs == list(range(len(texts)))
    for row in table.to_pylist():
        text = texts[int(row["verbatim"].split("/")[1])]
        assert row["kind"] in KINDS
        assert 0 <= row["confidence"] <= 1
        if row["kind"] == "theme":
            shown = text[row["start"] : row["stop"]]
            assert 0 <= row["start"] < row["stop"] <= len(text)
            assert shown.strip() == shown
            assert "[email]" not in shown
            assert "[name]" not in shown
            assert row["polarity"] in (-1.0, 1.0)
        if row["kind"] == "sentiment":
            assert -1 <= row["polarity"] <= 1


def test_the_labeller_comes_in_by_its_door():
    assert plugs.labellers["cx"]().name.startswith("cx@")


def test_labels_have_the_columns_of_the_noun_and_keep_the_order(labeller):
    check(read(labeller, SOME), SOME)


def test_only_french_and_english_get_more_than_a_language(labeller):
    table = read(labeller, SOME).to_pylist()
    langs = {r["verbatim"]: r["value"] for r in table if r["kind"] == "lang"}
    assert [langs[f"v/{i}"] for i in range(len(SOME))] == ["fr", "other", "fr", "other", "en", "other", "fr"]
    more = {r["verbatim"] for r in table if r["kind"] != "lang"}
    assert more == {"v/0", "v/2", "v/4", "v/6"}


def test_each_read_comment_has_one_sentiment_and_one_problem(labeller):
    table = read(labeller, SOME).to_pylist()
    for kind in ("sentiment", "problem"):
        assert [r["verbatim"] for r in table if r["kind"] == kind] == ["v/0", "v/2", "v/4", "v/6"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_never_raises(labeller, text):
    texts = ["Très bon accueil", text, "Trop cher"]
    check(read(labeller, texts), texts)


@given(texts_of)
@settings(max_examples=150, deadline=None)
def test_any_texts_keep_their_order_and_their_offsets(texts):
    labeller = _shared()
    check(read(labeller, texts), texts)


@given(texts_of)
@settings(max_examples=60, deadline=None)
def test_a_comment_reads_the_same_whatever_stands_beside_it(texts):
    together = read(_shared(), texts).to_pylist()
    for i, text in enumerate(texts):
        alone = [dict(row, verbatim=f"v/{i}") for row in read(_shared(), [text]).to_pylist()]
        assert alone == [row for row in together if row["verbatim"] == f"v/{i}"]


_ONE = []


def _shared():
    if not _ONE:
        _ONE.append(load())
    return _ONE[0]


def test_a_full_memory_of_words_changes_no_label(labeller):
    small = load()
    small._reader.room = 1
    assert digest(read(small, SOME * 3)) == digest(read(labeller, SOME * 3))


def test_labels_are_the_same_byte_for_byte_in_another_process(labeller):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_reader import SOME, digest, read\n"
        "from portevoix.label.reader import load\n"
        "print(digest(read(load(), SOME)))"
    )
    here = os.path.dirname(__file__)
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code, here],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": seed},
        )
        assert run.stdout.strip() == digest(read(labeller, SOME)), run.stderr


def test_ids_and_texts_of_different_length_are_refused(labeller):
    with pytest.raises(ValueError, match="one id for each text"):
        labeller.read(["a"], [])


def test_no_text_gives_an_empty_table(labeller):
    assert labeller.read([], []).num_rows == 0
    assert labeller.read([], []).schema == schema_of(Label)


def test_reading_needs_neither_scikit_learn_nor_torch():
    code = (
        "import sys; from portevoix.label.reader import load; load().read(['a'], ['Trop cher'])\n"
        "print(sorted(m for m in ('sklearn', 'scipy', 'torch', 'pandas', 'duckdb', 'ibis') if m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_rows_give_one_object_a_comment_in_the_shape_of_the_command(labeller):
    found = list(rows(SOME, labeller.find(SOME)))
    assert [row["id"] for row in found] == [str(i) for i in range(len(SOME))]
    assert found == list(rows(SOME, of_table(labeller.read([str(i) for i in range(len(SOME))], SOME))))
    assert list(found[0]) == [
        "id", "lang", "sentiment", "mentions", "emotions", "intents", "needs_met", "easy", "enjoyable", "problem", "redacted",
    ]  # fmt: skip
    assert found[1] == {
        "id": "1", "lang": "other", "sentiment": None, "mentions": [], "emotions": [], "intents": [], "needs_met": None,
        "easy": None, "enjoyable": None, "problem": None, "redacted": "",
    }  # fmt: skip
    for row, text in zip(found, SOME, strict=True):
        for mention in row["mentions"]:
            assert mention["evidence"] == text[mention["start"] : mention["stop"]]
            assert list(mention) == ["theme", "polarity", "start", "stop", "evidence", "confidence"]


def test_the_default_labeller_is_what_load_returns():
    assert isinstance(load(), reader.Labeller)
