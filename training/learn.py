"""Learns the linear experts and, over what they say out of fold, the last layer."""

import zlib

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from portevoix.label import scoring
from training.heads import EMOTIONS, INTENTS, OPINIONS, PROBLEMS, QUESTIONS
from training.matrix import BLOCKS, Counter, by_text

FOLDS = 4
LIMITS = {"word": 22_000, "part": 34_000, "pair": 60_000, "denied": 4_000, "seed": 100}
"""At most so many features a kind: those that the most comments share."""
STEADY = 0.3
"""Added to the squared length of a clause before it divides: very short clauses don't shout."""
OPINION = {opinion: i for i, opinion in enumerate(OPINIONS)}


class Design:
    """Texts as rows of weighted features, with lengths that add up over clauses, as at run time."""

    def __init__(self, people, written=()):
        """A feature enters from five comments of people on, or from five that the project wrote itself."""
        self.counter = Counter()
        counts = self.counter([*people, *written])
        self.codes, self.loud = {}, {}
        self._keep = {}
        for kind in BLOCKS:
            matrix = counts.clause[kind]
            docs = by_text(matrix, counts.owner, len(people) + len(written))
            docs.data[:] = 1
            told, wrote = (
                np.asarray(part.sum(0)).ravel() for part in (docs[: len(people)], docs[len(people) :])
            )
            df = told + wrote
            order = np.lexsort((np.arange(len(df)), -df))[: LIMITS[kind]]
            fewest = 1 if kind == "seed" else 5
            keep = np.sort(order[np.maximum(told, wrote)[order] >= fewest])
            codes = np.array(list(self.counter.columns[kind]), np.uint32)[keep]
            by_code = np.argsort(codes)
            self._keep[kind], self.codes[kind] = keep[by_code], codes[by_code]
            idf = (np.log((len(people) + len(written)) / df[keep[by_code]]) + 1) / 4
            # rounded as the artefact holds them, so that training and run time divide alike
            self.loud[kind] = np.round(np.clip(idf * BLOCKS[kind] * 64, 1, 255)) / 64
        self.counter.frozen = True

    def __call__(self, texts):
        counts = self.counter(texts)
        parts, square = [], np.zeros(len(counts.owner))
        for kind in BLOCKS:
            matrix = counts.clause[kind]
            matrix.resize((matrix.shape[0], int(self._keep[kind].max()) + 1))
            matrix = matrix[:, self._keep[kind]]
            square += matrix @ (self.loud[kind] ** 2)
            parts.append(matrix @ sp.diags(self.loud[kind]))
        clause = sp.hstack(parts).tocsr().astype(np.float32)
        whole = by_text(clause, counts.owner, len(texts))
        whole_square = np.bincount(counts.owner, square, len(texts))
        return counts, _shrunk(clause, square), _shrunk(whole, whole_square)

    def company(self, x, vectors):
        """The vectors of the words and pairs of each row, added up with the weights of its features."""
        words, pairs = self.span("word"), self.span("pair")
        n = words.stop - words.start
        return np.asarray(x[:, words] @ vectors[:n] + x[:, pairs] @ vectors[n:], np.float32)

    def fold_in(self, weights, vectors):
        """Weights of features alone, from weights of features and of their vectors: the sum is the same."""
        n = sum(len(codes) for codes in self.codes.values())
        out = weights[:n].copy()
        words, pairs = self.span("word"), self.span("pair")
        cut = words.stop - words.start
        out[words] += vectors[:cut] @ weights[n:]
        out[pairs] += vectors[cut:] @ weights[n:]
        return out

    def span(self, kind):
        """The columns of a kind of feature."""
        at = 0
        for name in BLOCKS:
            if name == kind:
                return slice(at, at + len(self.codes[name]))
            at += len(self.codes[name])
        raise KeyError(kind)


def _shrunk(matrix, square):
    return (sp.diags((1 / np.sqrt(square + STEADY)).astype(np.float32)) @ matrix).tocsr()


def clause_labels(rows, counts):
    """Which clause shows which opinion: the clauses that hold most of its evidence."""
    labels = np.zeros((len(counts.owner), len(OPINIONS)), bool)
    of = {}
    for clause, text in enumerate(counts.owner):
        of.setdefault(text, []).append(clause)
    for i, row in enumerate(rows):
        for m in row["mentions"]:
            if m["polarity"] == 0:
                continue
            shared = [
                (min(counts.stop[c], m["stop"]) - max(counts.start[c], m["start"]), c) for c in of.get(i, [])
            ]
            most = max(shared, default=(0, 0))[0]
            for size, clause in shared:
                if size > 0 and size >= 0.5 * most:
                    labels[clause, OPINION[m["theme"], m["polarity"]]] = True
    return labels


def sign(value, cut=0.15):
    return int(value > cut) - int(value < -cut)


def comment_labels(rows):
    """By head name, a boolean column a comment."""
    out = {}
    for t, s in OPINIONS:
        out[f"theme:{t}:{s}"] = [
            any(m["theme"] == t and m["polarity"] == s for m in r["mentions"]) for r in rows
        ]
    for s in (-1, 0, 1):
        out[f"sentiment:{s}"] = [sign(r["sentiment"]) == s for r in rows]
    for q in QUESTIONS:
        for s in (-1, None, 1):
            out[f"{q}:{s or 0}"] = [r[q] == s for r in rows]
    out |= {f"problem:{p}": [r["problem"] == p for r in rows] for p in PROBLEMS}
    out |= {f"emotion:{e}": [e in r["emotions"] for r in rows] for e in EMOTIONS}
    out |= {f"intent:{e}": [e in r["intents"] for r in rows] for e in INTENTS}
    return {k: np.array(v, bool) for k, v in out.items()}


def folds(rows):
    return np.array([zlib.crc32(row["id"].encode()) % FOLDS for row in rows])


def many(x, labels, c, weight=None, dense=None, steps=70):
    """Logistic regressions of all columns of `labels` at once: weights [features, columns] and biases.

    `dense` are further features a row; their weights come last.
    """
    y = labels.astype(np.float32)
    x = x.astype(np.float32)
    used = np.flatnonzero(np.asarray((x != 0).sum(0)).ravel())
    everything, x = x.shape[1], x[:, used]
    turned = x.T.tocsr()
    n, k = x.shape[1], y.shape[1]
    width = dense.shape[1] if dense is not None else 0
    pull = (c if weight is None else c * weight[:, None]) * np.ones((len(y), 1), np.float32)

    def loss(flat):
        w = flat.reshape(-1, k).astype(np.float32)
        odds = x @ w[:n] + w[-1]
        if width:
            odds += dense @ w[n : n + width]
        value = (np.logaddexp(0, odds) - y * odds) * pull
        slope = (1 / (1 + np.exp(-odds)) - y) * pull
        grad = np.empty_like(w)
        grad[:n] = turned @ slope + w[:n]
        if width:
            grad[n : n + width] = dense.T @ slope + w[n : n + width]
        grad[-1] = slope.sum(0)
        return float(value.sum(dtype=np.float64)) + 0.5 * float((w[:-1] ** 2).sum()), grad.ravel().astype(
            np.float64
        )

    start = np.zeros((n + width + 1, k))
    rate = np.clip(y.mean(0), 1e-4, 1 - 1e-4)
    start[-1] = np.log(rate / (1 - rate))
    found = minimize(
        loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps, "maxcor": 6}
    )
    w = found.x.reshape(-1, k).astype(np.float32)
    full = np.zeros((everything + width, k), np.float32)
    full[used] = w[:n]
    full[everything:] = w[n:-1]
    return full, w[-1]


def opinions(odds):
    """A clause's opinions from its 47 columns, by the very function of run time."""
    return scoring._opinions(odds.astype(np.float32))


def last_layer_input(order_odds, counts, clause_odds, comment_odds):
    """What the last layer sees, as `scoring.score` builds it, in whole numbers of 1/16."""
    best = scoring._best(opinions(clause_odds), counts.owner, len(comment_odds))
    sizes = np.bincount(counts.owner, np.asarray(counts.tokens), len(comment_odds))
    posted = np.bincount(counts.owner, counts.posted, len(comment_odds)) > 0
    seen = np.hstack([order_odds, best, comment_odds, scoring._size(sizes), scoring._posted(posted)])
    return np.clip(np.rint(seen * 16), -127, 127).astype(np.float32)


HEADS = {
    "theme": ("binary", [f"theme:{t}:{s}" for t, s in OPINIONS]),
    "sentiment": ("softmax", [f"sentiment:{s}" for s in (-1, 0, 1)]),
    **{q: ("softmax", [f"{q}:{s}" for s in (-1, 0, 1)]) for q in QUESTIONS},
    "problem": ("softmax", [f"problem:{p}" for p in PROBLEMS]),
    "emotion": ("binary", [f"emotion:{e}" for e in EMOTIONS]),
    "intent": ("binary", [f"intent:{e}" for e in INTENTS]),
}


def fit_straight(x, labels, weight, c=0.015):
    """For each head logistic regressions over all scores: weights [inputs, outputs] and biases."""
    weights, biases = [], []
    for kind, names in HEADS.values():
        y = np.stack([labels[n] for n in names], 1)
        for one in [y.argmax(1)] if kind == "softmax" else list(y.T):
            model = LogisticRegression(C=c, max_iter=1000, random_state=0).fit(x / 16, one, weight)
            weights.append(model.coef_.T)
            biases.append(model.intercept_)
    return np.hstack(weights).astype(np.float32), np.concatenate(biases).astype(np.float32)


def probabilities(odds):
    """By head, shares of the last layer's outputs."""
    out, at = {}, 0
    for head, (kind, names) in HEADS.items():
        z = odds[:, at : at + len(names)]
        at += len(names)
        out[head] = 1 / (1 + np.exp(-z)) if kind == "binary" else _softmax(z)
    return out


def _softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def macro(y, said):
    return float(
        np.mean(
            [
                2 * ((y == v) & (said == v)).sum() / max(1, (y == v).sum() + (said == v).sum())
                for v in set(y.tolist())
            ]
        )
    )


def micro(y, said, missed=0):
    return float(2 * (y & said).sum() / max(1, y.sum() + said.sum() + missed))


def choose_favours(y, share, rounds=3):
    """Factors by class that make macro-F1 best on out-of-fold shares."""
    favour = np.ones(share.shape[1])
    for _ in range(rounds):
        for k in range(len(favour)):
            tried = []
            for f in (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0):
                now = favour.copy()
                now[k] = f
                tried.append((macro(y, (share * now).argmax(1)) - 0.002 * abs(np.log(f)), -abs(np.log(f)), f))
            favour[k] = max(tried)[2]
    return favour


def choose_cuts(y, share, missed=0, slack=0.06):
    """One cut for all columns, then each a little apart where that pays."""
    grid = np.arange(0.2, 0.6, 0.01)
    best = max(grid, key=lambda t: micro(y, share >= t, missed))
    cuts = np.full(share.shape[1], best)
    for k in np.argsort(-y.sum(0)):
        if y[:, k].sum() < 40:
            continue
        scores = []
        for d in np.arange(-slack, slack + 0.001, 0.01):
            now = cuts.copy()
            now[k] = best + d
            scores.append((micro(y, share >= now, missed), -abs(d), best + d))
        cuts[k] = max(scores)[2]
    return cuts
