"""What a text says by the order of its words, in whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.label import order

WORDS, SIZE, OUTPUTS = 40, 6, 5


@pytest.fixture(scope="module")
def arrays():
    chance = np.random.default_rng(4)

    def whole(*shape):
        return chance.integers(-127, 128, shape).astype(np.int8)

    def scale(size, value):
        return chance.uniform(0.5, 1.5, size).astype(np.float32) * np.float32(value)

    return {
        "near_scale": np.array([0.4], np.float32),
        **{f"order{i}": whole(3 * SIZE, SIZE) for i in range(2)},
        **{f"order{i}_scale": scale(SIZE, 0.004) for i in range(2)},
        **{f"order{i}_bias": scale(SIZE, 3) for i in range(2)},
        **{f"order_{name}": whole(SIZE, OUTPUTS) for name in ("top", "mean")},
        **{f"order_{name}_scale": scale(OUTPUTS, 1e-4) for name in ("top", "mean")},
        "order_bias": scale(OUTPUTS, 1),
    }


def said(texts, arrays):
    total = np.random.default_rng(5).integers(-300, 300, (WORDS, SIZE)).astype(np.int32)
    made = np.concatenate([order.nothing(SIZE), order.words_of(total, arrays)])
    word = np.array([w for text in texts for w in text], np.int32)
    text = np.repeat(np.arange(len(texts), dtype=np.int32), [len(t) for t in texts])
    return order.heard(made, word, text, len(texts), arrays)


def plainly(text, arrays):
    """The same, a word after the other, in floats of double length."""
    total = np.random.default_rng(5).integers(-300, 300, (WORDS, SIZE))
    plain = np.rint(total[text] / order.COARSE)
    rows = np.clip(np.rint(plain * float(arrays["near_scale"][0])), -order.MOST, order.MOST)
    for i, entering in enumerate((plain, None)):
        rows = _added(rows if entering is None else entering, rows, i, arrays)
    ends = [arrays[f"order_{name}"].astype(float) * arrays[f"order_{name}_scale"] for name in ("top", "mean")]
    mean = np.rint(np.rint(rows.sum(0)) * order.MEAN_STEP / len(text))
    return np.rint(rows.max(0)) @ ends[0] + mean @ ends[1] + arrays["order_bias"]


def _added(entering, rows, i, arrays):
    layer = arrays[f"order{i}"].astype(float).reshape(3, SIZE, SIZE)
    fine = 16 if i == 0 else 2**20
    out = rows.copy()
    for at in range(len(rows)):
        new = 0
        for place, beside in enumerate((at - order.REACH[i], at, at + order.REACH[i])):
            if 0 <= beside < len(rows):
                says = entering[beside] @ layer[place] * arrays[f"order{i}_scale"].astype(float)
                new = new + np.rint((says + (place == 1) * arrays[f"order{i}_bias"]) * fine)
        new = np.floor((new + 8) / 16) if i == 0 else new / fine
        out[at] = np.minimum(rows[at] + np.maximum(new, 0), order.MOST)
    return out


texts_ = st.lists(st.lists(st.integers(0, WORDS - 1), max_size=25), min_size=1, max_size=12)


@given(texts_)
def test_words_in_their_order_are_read_as_written_down_plainly(arrays, texts):
    got = said(texts, arrays)
    for text, one in zip(texts, got, strict=True):
        if text:
            assert np.allclose(one, plainly(text, arrays), atol=0.05)
        else:
            assert np.array_equal(one, arrays["order_bias"])


@given(texts_)
def test_a_text_says_the_same_whatever_stands_beside_it(arrays, texts):
    assert np.array_equal(said(texts, arrays), np.vstack([said([text], arrays) for text in texts]))


def test_a_long_text_is_read_as_a_short_one_is(arrays):
    text = np.random.default_rng(6).integers(0, WORDS, 3000).tolist()
    assert np.allclose(said([text, [1]], arrays)[0], plainly(text, arrays), atol=0.05)


def test_the_order_of_words_counts(arrays):
    assert not np.array_equal(said([[1, 2, 3, 4, 5]], arrays), said([[5, 3, 1, 2, 4]], arrays))


def test_sums_stay_exact_at_their_largest():
    size = 96
    assert order.MOST * 127 * 3 * size < 2**24
    assert order._WIDEST * 127 * size < 2**24
    assert (order.MOST * order.MEAN_STEP + 1) * 127 * size < 2**24
    assert 3 * order._LOUDEST + order._FINE // 2 < 2**15
