import json
import shutil
import time
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from portevoix.errors import BadModel
from portevoix.label.features import part_codes, seed_codes, seed_lists, word_code
from portevoix.label.model import KINDS, open_model

SHIPPED = Path(str(files("portevoix.label") / "model"))


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def test_an_altered_model_is_refused_and_says_what_to_do(copy):
    raw = bytearray((copy / "cx.npz").read_bytes())
    raw[len(raw) // 2] ^= 1
    (copy / "cx.npz").write_bytes(bytes(raw))
    with pytest.raises(BadModel, match="Install portevoix again"):
        open_model(copy)


@pytest.mark.parametrize("name", ["cx.npz", "cx.json"])
def test_a_missing_model_file_is_refused_and_says_what_to_do(copy, name):
    (copy / name).unlink()
    with pytest.raises(BadModel, match="Install portevoix again"):
        open_model(copy)


@pytest.mark.parametrize("card", ["", "[]", "{}", "{", '{"format": 1}'])
def test_a_card_that_is_no_card_is_refused(copy, card):
    (copy / "cx.json").write_text(card, "utf-8")
    with pytest.raises(BadModel):
        open_model(copy)


def test_a_format_from_the_future_is_refused(copy):
    card = json.loads((copy / "cx.json").read_text("utf-8"))
    (copy / "cx.json").write_text(json.dumps(card | {"format": 99}), "utf-8")
    with pytest.raises(BadModel, match="format"):
        open_model(copy)


def test_the_model_is_small_and_opens_fast():
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 25_000_000
    best = min(_seconds(open_model) for _ in range(3))
    assert best < 0.5, "a quarter of a second on a quiet machine"


def _seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def test_features_are_stored_as_codes_sorted_and_each_once():
    model = open_model()
    for kind in KINDS:
        codes = model.arrays[f"codes_{kind}"]
        assert codes.dtype == np.uint32
        assert (np.diff(codes.astype(np.int64)) > 0).all()
        assert len(codes) == len(model.arrays[f"rows_{kind}"]) == len(model.arrays[f"loud_{kind}"])


def test_codes_are_the_same_on_every_machine():
    assert word_code("cher") == 3901919899
    assert part_codes("cher") == sorted(part_codes("cher"))
    assert len(part_codes("cher")) == 9


def test_seed_stems_reach_the_forms_of_a_word():
    assert word_code("@price") in seed_codes("tarifs")
    assert word_code("@honesty") in seed_codes("arnaqueurs")
    assert seed_codes("xyzzy") == []


def test_the_codebook_names_and_defines_fifteen_themes_in_two_languages():
    from portevoix.label.themes import codebook

    book = codebook()
    assert len(book) == 15
    assert all(theme.fr and theme.en and theme.definition.endswith(".") for theme in book.values())
    assert set(book) <= set(seed_lists())


@pytest.mark.slow
@pytest.mark.data
def test_every_word_the_model_knows_was_written_in_five_comments(data, monkeypatch):
    monkeypatch.setenv("PORTEVOIX_DATA", str(data))
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    from training.promise import fewest_comments

    assert fewest_comments(open_model()) >= 5
