"""Learns the last layer: over what all experts say, a straight part and a bent one, averaged."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from training.learn import HEADS, fit_straight

HIDDEN = 192
EPOCHS, BATCH = 30, 128
RATE, DECAY, DROPPED = 4e-3, 0.3, 0.2
BENT_SHARE = {"sentiment": 0.75}
"""What the bent part counts for, where it isn't half: stars teach it alone."""
POST = np.r_[30:61, 76:82, -8:0]
"""What a post is read by: all that its words in their order say but themes, the experts of stars and of posts, its size and kind."""
SPREAD = 0.1
"""Added to an input's spread before it divides."""


def columns():
    """(kind, first, last) of each head's outputs."""
    out, at = {}, 0
    for head, (kind, names) in HEADS.items():
        out[head] = (kind, at, at + len(names))
        at += len(names)
    return out


def slope(z, y, weight, lean):
    """The gradient of the loss for each output.

    `y` [rows, outputs] and `weight` [rows]; rows of `lean` (-1 or 1; 0: none) are known by their stars: they only say
    that positive is likelier than negative or the reverse, and nothing of neutral, which few stars tell. Rows whose
    `y` is NaN outside of sentiment (posts of known sentiment) are silent there.
    """
    out = np.zeros_like(z)
    for kind, a, b in columns().values():
        if kind == "binary":
            said = 1 / (1 + np.exp(-z[:, a:b]))
        else:
            said = np.exp(z[:, a:b] - z[:, a:b].max(1, keepdims=True))
            said /= said.sum(1, keepdims=True)
        out[:, a:b] = np.nan_to_num(said - y[:, a:b])
    _, a, b = columns()["sentiment"]
    leaning = lean != 0
    apart = 1 / (1 + np.exp(z[leaning, a] - z[leaning, b - 1])) - (lean[leaning] > 0)
    out[leaning, a], out[leaning, b - 1] = -apart, apart
    return out * weight[:, None]


def bent(x, y, weight, lean, seed=0):
    """A hidden layer beside a straight one, by AdamW with dropout: (A, B, b, C, c) of z = xA + max(0, xB + b)C + c."""
    chance = np.random.default_rng(seed)
    n, d, k = len(x), x.shape[1], y.shape[1]
    middle, spread = x.mean(0), x.std(0) + SPREAD
    x = ((x - middle) / spread).astype(np.float32)
    parts = [
        chance.uniform(-1, 1, (d, k)) / np.sqrt(d), chance.uniform(-1, 1, (d, HIDDEN)) / np.sqrt(d),
        chance.uniform(-1, 1, HIDDEN) / np.sqrt(d), np.zeros((HIDDEN, k)), chance.uniform(-1, 1, k) / np.sqrt(HIDDEN),
    ]  # fmt: skip
    parts = [p.astype(np.float32) for p in parts]
    first, second = [np.zeros_like(p) for p in parts], [np.zeros_like(p) for p in parts]
    steps, t = EPOCHS * -(-n // BATCH), 0
    for _ in range(EPOCHS):
        order = chance.permutation(n)
        for at in range(0, n, BATCH):
            some = order[at : at + BATCH]
            t += 1
            rate = RATE * _cycle(t / steps)
            grads = _gradients(x[some], y[some], weight[some], lean[some], parts, chance)
            for i, g in enumerate(grads):
                first[i] = 0.9 * first[i] + 0.1 * g
                second[i] = 0.999 * second[i] + 0.001 * g * g
                step = first[i] / (1 - 0.9**t) / (np.sqrt(second[i] / (1 - 0.999**t)) + 1e-8)
                parts[i] = parts[i] * (1 - rate * DECAY) - rate * step
    a, b, bias, c, end = parts
    a, b = a / spread[:, None], b / spread[:, None]
    return a, b, bias - middle @ b, c, end - middle @ a


def _cycle(share):
    """Up over the first third and down to nothing, as a cosine."""
    if share < 0.3:
        return 0.04 + 0.96 * (1 - np.cos(np.pi * share / 0.3)) / 2
    return (1 + np.cos(np.pi * (share - 0.3) / 0.7)) / 2


def _gradients(x, y, weight, lean, parts, chance):
    a, b, bias, c, end = parts
    keep = 1 - DROPPED
    seen = x * (chance.random(x.shape) < keep) / keep
    hidden = seen @ b + bias
    on = (hidden > 0) * (chance.random(hidden.shape) < keep) / keep
    out = hidden * on
    g = (slope(x @ a + out @ c + end, y, weight, lean) / len(x)).astype(np.float32)
    back = (g @ c.T) * on
    return x.T @ g, seen.T @ back, back.sum(0), out.T @ g, g.sum(0)


def fit(x, labels, weight, more):
    """The last layer over inputs in 1/16: logistic regressions and a bent layer, averaged, as (A, B, b, C, c).

    `more` are (inputs, sentiment, weight, is a post) of further comments of which the sentiment alone is known. The
    last three outputs are the sentiment of posts (`POST`).
    """
    w, end = fit_straight(x, labels, weight)
    names = [name for _, group in HEADS.values() for name in group]
    y = np.stack([labels[name] for name in names], 1).astype(np.float32)
    inputs, sign, pull, post = more
    known = np.full((len(inputs), y.shape[1]), np.nan, np.float32)
    _, first, last = columns()["sentiment"]
    known[post, first:last] = np.eye(3)[sign[post] + 1]
    lean = np.append(np.zeros(len(x), int), np.where(post, 0, sign))
    weight = np.append(weight, pull).astype(np.float32)
    everything = np.vstack([x, inputs]) / 16
    a, b, bias, c, c0 = bent(everything, np.vstack([y, known]), weight, lean)
    # a hidden unit is held in whole numbers of 1/16 up to 127, so that each is brought to that range
    top = np.maximum(np.quantile(np.maximum(everything @ b + bias, 0), 0.999, axis=0), 1e-3) / 7.9
    half = np.full(len(end), 0.5)
    for head, share in BENT_SHARE.items():
        _, first, last = columns()[head]
        half[first:last] = share
    model = LogisticRegression(C=0.015, max_iter=1000, random_state=0)
    model.fit(inputs[post][:, POST] / 16, sign[post], pull[post])
    posts = np.zeros((x.shape[1], 3))
    posts[POST] = model.coef_.T
    straight = np.hstack([w * (1 - half) + a * half, posts])
    turn = np.hstack([c * top[:, None] * half, np.zeros((len(c), 3))])
    return straight, b / top, bias / top, turn, np.append(end * (1 - half) + c0 * half, model.intercept_)


def said(x, layer):
    """The outputs of a last layer for inputs in 1/16."""
    a, b, bias, c, end = layer
    x = x / 16
    return x @ a + np.maximum(x @ b + bias, 0) @ c + end
