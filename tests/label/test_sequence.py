"""The network that reads words in their order: what it learns goes down the slope of what it says."""

from types import SimpleNamespace

import numpy as np
import pytest

sp = pytest.importorskip("scipy.sparse")
pytest.importorskip("sklearn")


def test_the_slopes_of_the_network_are_those_of_small_steps(monkeypatch):
    from training import sequence

    monkeypatch.setattr(sequence, "SIZE", 6)
    chance = np.random.default_rng(1)
    made_of = sp.random(30, 20, 0.3, format="csr", random_state=2)
    words = SimpleNamespace(features=made_of, width=20, known={"word": np.arange(10)})
    parts = sequence.begin(words, chance.normal(size=(10, 8)), chance)
    parts = {name: value.astype(np.float64) for name, value in parts.items()}
    row, first, size = sequence.flat([chance.integers(0, 30, n) for n in (5, 0, 7)])
    pull = chance.normal(size=(3, 12))

    def value(parts):
        passed = sequence.Pass(words, parts, row, np.array([first[0] + 1]))
        return passed, float((sequence.pooled(passed.out, first, size) * pull).sum())

    passed, _ = value(parts)
    slope = np.zeros(passed.out.shape)
    for i, (a, n) in enumerate(zip(first, size, strict=True)):
        if n:
            slope[a + passed.out[a : a + n].argmax(0), np.arange(6)] = pull[i, :6]
            slope[a : a + n] += pull[i, 6:] / n
    grads = passed.back(slope)
    step, near, asked = 1e-3, 0, 0
    for name, part in parts.items():
        for _ in range(12):
            place = tuple(chance.integers(0, n) for n in part.shape)
            up, down = ({key: held.copy() for key, held in parts.items()} for _ in range(2))
            up[name][place] += step
            down[name][place] -= step
            told = (value(up)[1] - value(down)[1]) / (2 * step)
            near += abs(told - grads[name][place]) < 0.02
            asked += 1
    assert near >= 0.9 * asked  # a step may cross a bend


def test_what_is_not_known_teaches_nothing():
    from training import sequence

    z = np.random.default_rng(0).normal(size=(2, sequence.WIDTH)).astype(np.float32)
    known = np.full(z.shape, np.nan, np.float32)
    known[1, :3] = 1
    slope = sequence.slope_of(z, known)
    assert not slope[0].any()
    assert slope[1, :3].all()
    assert not slope[1, 3:].any()
