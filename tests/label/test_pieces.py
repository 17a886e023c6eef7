"""What is looked up all at once is what was looked up one by one: pieces, parts of words, languages."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portevoix.label import features
from portevoix.label.evidence import first_highest
from portevoix.label.language import LANGS, Voters, language
from portevoix.label.pieces import Column, Reader, cut

SPACED = st.text(alphabet=" \t\n\r\u00a0[]abcé'’1.,!?:;=-()P<3_😀", max_size=40)
TEXTS = st.lists(SPACED | st.text(max_size=40), max_size=12)
READER = Reader()


@given(TEXTS)
def test_a_batch_is_cut_as_each_of_its_texts(texts):
    pieces = READER.read(texts)
    told = [READER.pieces[number] for number in pieces.piece.tolist()]
    bounds = pieces.bounds.tolist()
    assert [told[a:b] for a, b in pairwise(bounds)] == [cut(text) for text in texts]


@given(st.lists(st.text(alphabet="aàéb<>ñж", max_size=9) | st.text(max_size=9), max_size=9))
def test_parts_of_many_words_are_those_of_each(words):
    owner, codes = features.parts_of(words)
    assert [codes[owner == at].tolist() for at in range(len(words))] == list(map(features.part_codes, words))


@given(st.lists(st.lists(st.integers(-3, 3), min_size=1, max_size=6), max_size=8))
def test_the_first_of_the_highest_is_found_in_each_stretch(stretches):
    bounds = np.cumsum([0, *map(len, stretches)])
    found = first_highest(np.array([n for part in stretches for n in part], np.int64), bounds)
    assert found.tolist() == [
        a + part.index(max(part)) for a, part in zip(bounds.tolist(), stretches, strict=False)
    ]


@given(st.lists(st.lists(st.integers(0, 9), max_size=5), max_size=30))
def test_a_column_holds_what_was_added(parts):
    column = Column(np.int64)
    for part in parts:
        column.add(np.array(part, np.int64))
    assert column.values.tolist() == [n for part in parts for n in part]


@given(TEXTS)
def test_a_text_has_the_same_language_alone_and_in_a_batch(texts):
    voters = Voters(READER)
    together = [LANGS[code] for code in voters.vote(READER.read(texts), texts)]
    assert together == [language(text) for text in texts]
