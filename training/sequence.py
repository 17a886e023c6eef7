"""Learns what words mean in their order: a small convolutional network, first on gaps in texts, then on labels.

A word is the sum of the vectors of itself and of its parts; two layers, each added to what it reads, see three words
(`REACH` apart), so that an output knows of three words before and after. A text is its largest and its mean values.
Written out in numpy, gradients and all: it is small, and the same seed gives the same numbers.
"""

import zlib
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import scipy.sparse as sp

from portevoix.label import features as F
from portevoix.label.order import COARSE, GAP, MEAN_STEP, MOST, REACH
from portevoix.label.pieces import Reader
from training import corpora
from training.learn import FOLDS, HEADS, folds

SIZE = 96
LONGEST = 200
"""Words of a text that are read in training."""
WINDOW, WINDOWS = 64, 128
HIDDEN_SHARE, BLANK_SHARE, DRAWN = 0.2, 0.85, 3000
"""Words that are guessed, how many of these are blanked, and how many wrong words each guess is told from."""
GUESSING_EPOCHS, GUESSING_RATE = 3, 2e-3
EPOCHS, BATCH, RATE = 10, 112, 2.5e-3
DROPPED, DROPPED_WORDS, DROPPED_LAYER = 0.2, 0.05, 0.1
STAR_SHARE, POST_SHARE = 0.5, 0.25
"""Starred comments and posts an epoch, beside each labelled comment."""
DECAY = 0.01


class Words:
    """Texts as numbers of words, and words as rows of the features that make them."""

    def __init__(self, design):
        self.reader = Reader(10**9)
        self.known = {kind: design.codes[kind] for kind in ("word", "part")}
        self.width = sum(map(len, self.known.values()))
        self.name = np.zeros(0, np.int64)
        self.features = sp.csr_matrix((0, self.width), dtype=np.float32)

    def __call__(self, texts):
        """A text's words, as numbers; the tables grow with the words met."""
        pieces = self.reader.read(texts)
        word = self.reader.tables()[2][pieces.piece]
        here = word >= 0
        text = np.repeat(np.arange(len(texts)), np.diff(pieces.bounds))[here]
        self._grow()
        return np.split(word[here], np.cumsum(np.bincount(text, minlength=len(texts)))[:-1])

    def _grow(self):
        new = self.reader.words[len(self.name) :]
        codes = [F.word_code(word) for word in new]
        name = _place(self.known["word"], codes)
        parts = [F.part_codes(word) for word in new]
        owner = np.repeat(np.arange(len(new)), [len(p) for p in parts])
        part = _place(self.known["part"], [code for p in parts for code in p])
        row = np.concatenate([np.flatnonzero(name >= 0), owner[part >= 0]])
        column = np.concatenate([name[name >= 0], part[part >= 0] + len(self.known["word"])])
        shape = (len(new), self.width)
        more = sp.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
        self.features = sp.vstack([self.features, more]).tocsr()
        self.name = np.concatenate([self.name, name])


def _place(known, codes):
    codes = np.array(codes, np.uint32)
    where = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.where(known[where] == codes, where, -1)


def begin(words, near, chance):
    """The first parameters: a word's vector from its company, the rest by chance."""
    n = len(words.known["word"])
    company = near[:n] / np.maximum(np.linalg.norm(near[:n], axis=1, keepdims=True), 1e-6)
    company -= company.mean(0)
    _, turn = np.linalg.eigh(company.T @ company)
    company = company @ turn[:, ::-1][:, :SIZE]
    vectors = np.vstack([0.3 * company / company.std(), chance.normal(0, 0.02, (words.width - n, SIZE))])
    edge = 1 / np.sqrt(3 * SIZE)
    out = {"vectors": vectors, "blank": np.zeros(SIZE)}
    for i in range(len(REACH)):
        out[f"layer{i}"] = chance.uniform(-edge, edge, (3 * SIZE, SIZE))
        out[f"bias{i}"] = chance.uniform(-edge, edge, SIZE)
    return {name: value.astype(np.float32) for name, value in out.items()}


def flat(texts):
    """Texts one after the other with gaps between: word of each row (-1: a gap), and where each text begins."""
    gap = np.full(GAP, -1, np.int64)
    size = np.array([len(t) for t in texts])
    first = GAP + np.cumsum(size + GAP) - size - GAP
    return np.concatenate([gap, *(part for text in texts for part in (text, gap))]), first, size


class Pass:
    """One pass over rows of words, forward when made, backward when told the slope of its last values."""

    def __init__(self, words, parts, row, blank=None, chance=None):
        self.words, self.parts, self.blank = words, parts, blank
        self.there = np.flatnonzero(row >= 0)
        self.distinct, self.which = np.unique(row[self.there], return_inverse=True)
        self.made_of = words.features[self.distinct]
        x = np.zeros((len(row), SIZE), np.float32)
        x[self.there] = (self.made_of @ parts["vectors"])[self.which]
        if blank is not None:
            x[blank] = parts["blank"]
        self.live = (row >= 0)[:, None].astype(np.float32)
        self.seen, self.on = [], []
        for i, reach in enumerate(REACH):
            beside = _beside(x, reach)
            new = beside @ parts[f"layer{i}"] + parts[f"bias{i}"]
            on = (new > 0) * self.live
            if chance is not None:
                on *= (chance.random(new.shape, np.float32) >= DROPPED_LAYER) / np.float32(1 - DROPPED_LAYER)
            self.seen.append(beside)
            self.on.append(on)
            x = x + new * on
        self.out = x

    def back(self, slope):
        """The slopes of the parameters."""
        grads = {}
        for i in reversed(range(len(REACH))):
            new = slope * self.on[i]
            grads[f"layer{i}"], grads[f"bias{i}"] = self.seen[i].T @ new, new.sum(0)
            slope = slope + _gathered(new @ self.parts[f"layer{i}"].T, REACH[i])
        if self.blank is not None:
            grads["blank"] = slope[self.blank].sum(0)
            slope[self.blank] = 0
        where = (self.which, np.arange(len(self.which)))
        shape = (len(self.distinct), len(self.which))
        words = sp.csr_matrix((np.ones(len(self.which), np.float32), where), shape=shape)
        grads["vectors"] = self.made_of.T.tocsr() @ (words @ slope[self.there])
        return grads


def _beside(x, reach):
    """Each row with those `reach` before and after."""
    out = np.zeros((len(x), 3 * SIZE), np.float32)
    out[reach:, :SIZE], out[:, SIZE : 2 * SIZE], out[:-reach, 2 * SIZE :] = x[:-reach], x, x[reach:]
    return out


def _gathered(beside, reach):
    out = beside[:, SIZE : 2 * SIZE].copy()
    out[:-reach] += beside[reach:, :SIZE]
    out[reach:] += beside[:-reach, 2 * SIZE :]
    return out


class Steps:
    """AdamW over named parameters, with slopes cut to length 1 and a rate that rises and falls as a cosine."""

    def __init__(self, parts, rate, steps):
        self.parts, self.rate, self.steps, self.t = parts, rate, steps, 0
        self.first = {name: np.zeros_like(value) for name, value in parts.items()}
        self.second = {name: np.zeros_like(value) for name, value in parts.items()}

    def __call__(self, grads):
        self.t += 1
        share = self.t / self.steps
        rate = self.rate * min(1, share / 0.1) * ((1 + np.cos(np.pi * share)) / 2 + 0.02)
        length = np.sqrt(sum(float(np.vdot(g, g)) for g in grads.values()))
        cut = np.float32(min(1, 1 / max(length, 1e-9)))
        a, b = 1 - 0.9**self.t, 1 - 0.98**self.t
        for name, grad in grads.items():
            for at in range(0, len(grad), 2000):  # a part that fits the processor's memory at a time
                g, p, m, v = (
                    x[at : at + 2000] for x in (grad, self.parts[name], self.first[name], self.second[name])
                )
                g *= cut
                m *= 0.9
                m += 0.1 * g
                v *= 0.98
                v += 0.02 * g * g
                p *= 1 - rate * DECAY
                p -= (rate / a) * m / (np.sqrt(v / b) + 1e-8)


def guess(words, parts, stream, clock, seed=0):
    """Learns from texts alone: words that are hidden are guessed among others from those around them."""
    chance = np.random.default_rng(seed)
    names = words.name
    often = np.bincount(names[stream][names[stream] >= 0], minlength=len(words.known["word"])) + 1.0
    drawn = often**0.6 / (often**0.6).sum()
    told = {"answers": 0.3 * parts["vectors"][: len(often)], "lean": np.log(often / often.sum()).astype("f")}
    parts |= told
    windows = stream[: len(stream) // WINDOW * WINDOW].reshape(-1, WINDOW)
    order = np.concatenate([chance.permutation(len(windows)) for _ in range(GUESSING_EPOCHS)])
    step = Steps(parts, GUESSING_RATE, len(order) // WINDOWS)
    total = 0.0
    for at in range(0, len(order) // WINDOWS * WINDOWS, WINDOWS):
        row, _, _ = flat(windows[order[at : at + WINDOWS]])
        name = np.where(row >= 0, names[row], -1)
        asked = np.flatnonzero((chance.random(len(row)) < HIDDEN_SHARE) & (name >= 0))
        blank = asked[chance.random(len(asked)) < BLANK_SHARE]
        passed = Pass(words, parts, row, blank)
        among = np.unique(np.concatenate([name[asked], chance.choice(len(often), DRAWN, p=drawn)]))
        right = np.searchsorted(among, name[asked])
        hidden, answers = passed.out[asked], parts["answers"][among]
        z = hidden @ answers.T + parts["lean"][among]
        z -= np.log(np.minimum(1, DRAWN * drawn[among] + 1e-9)).astype(np.float32)
        z -= z.max(1, keepdims=True)
        total -= float(z[np.arange(len(asked)), right].mean())
        z = np.exp(z)
        whole = z.sum(1, keepdims=True)
        total += float(np.log(whole).mean())
        z /= whole
        z[np.arange(len(asked)), right] -= 1
        z /= len(asked)
        slope = np.zeros_like(passed.out)
        slope[asked] = z @ answers
        grads = passed.back(slope)
        for key, some in (("answers", z.T @ hidden), ("lean", z.sum(0))):
            grads[key] = np.zeros_like(parts[key])
            grads[key][among] = some
        step(grads)
        if step.t % 200 == 0:
            clock(f"  words guessed: step {step.t} of {step.steps}, loss {total / 200:.3f}")
            total = 0.0
    for name in told:
        del parts[name]


def outputs():
    """After the outputs of HEADS, the themes of either polarity, the stars, the sentiment of a post.

    Which outputs are told one by one, and those of which one holds: [(first, last)]."""
    alone, groups, at = [], [], 0
    for kind, names in HEADS.values():
        if kind == "binary":
            alone += range(at, at + len(names))
        else:
            groups.append((at, at + len(names)))
        at += len(names)
    alone += range(at, at + 15)
    return np.array(alone), [*groups, (at + 15, at + 18), (at + 18, at + 21)]


ALONE, GROUPS = outputs()
WIDTH = len(ALONE) + sum(b - a for a, b in GROUPS)


def pooled(out, first, size):
    """A text's largest and mean values; nothing for a text without words."""
    there = np.flatnonzero(size)
    top, mean = (np.zeros((len(size), SIZE), np.float32) for _ in "ab")
    for i in there:
        own = out[first[i] : first[i] + size[i]]
        top[i], mean[i] = own.max(0), own.mean(0)
    return np.hstack([top, mean])


def slope_of(z, y):
    """The slope of the loss at outputs `z` for what is known, `y` (NaN: not known)."""
    said = 1 / (1 + np.exp(-z))
    for a, b in GROUPS:
        risen = np.exp(z[:, a:b] - z[:, a:b].max(1, keepdims=True))
        said[:, a:b] = risen / risen.sum(1, keepdims=True)
    return np.nan_to_num(said - y).astype(np.float32)


def teach(words, parts, texts, known, weight, kinds, seed=0):
    """Learns from labels: `known` [texts, WIDTH] with NaN for what is not known; `kinds`: 0 labelled, 1 starred, 2 posts."""
    chance = np.random.default_rng(seed)
    parts = {name: value.copy() for name, value in parts.items()}
    parts["end"] = chance.normal(0, 0.02, (2 * SIZE, WIDTH)).astype(np.float32)
    parts["end_bias"] = np.zeros(WIDTH, np.float32)
    of = [np.flatnonzero(kinds == kind) for kind in range(3)]
    share = (1.0, STAR_SHARE, POST_SHARE)
    taken = [int(min(len(o), s * len(of[0]))) for o, s in zip(of, share, strict=True)]
    step = Steps(parts, RATE, EPOCHS * -(-sum(taken) // BATCH))
    for _ in range(EPOCHS):
        order = np.concatenate([chance.permutation(o)[:n] for o, n in zip(of, taken, strict=True)])
        chance.shuffle(order)
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            row, first, size = flat([texts[i] for i in some])
            blank = np.flatnonzero((row >= 0) & (chance.random(len(row)) < DROPPED_WORDS))
            passed = Pass(words, parts, row, blank, chance)
            pool = pooled(passed.out, first, size)
            keep = (chance.random(pool.shape, np.float32) >= DROPPED) / np.float32(1 - DROPPED)
            z = (pool * keep) @ parts["end"] + parts["end_bias"]
            g = slope_of(z, known[some]) * (weight[some] / weight[some].sum())[:, None]
            back = (g @ parts["end"].T) * keep
            slope = np.zeros_like(passed.out)
            for i, (a, n) in enumerate(zip(first.tolist(), size.tolist(), strict=True)):
                if n:
                    slope[a + passed.out[a : a + n].argmax(0), np.arange(SIZE)] = back[i, :SIZE]
                    slope[a : a + n] += back[i, SIZE:] / n
            grads = passed.back(slope)
            grads["end"], grads["end_bias"] = (pool * keep).T @ g, g.sum(0)
            step(grads)
    return parts


def say(words, parts, texts):
    """What the network says of texts, in log-odds."""
    out = []
    for at in range(0, len(texts), 256):
        row, first, size = flat(texts[at : at + 256])
        out.append(pooled(Pass(words, parts, row).out, first, size) @ parts["end"] + parts["end_bias"])
    return np.vstack(out)


def known_of(by_comment, signs):
    """What is known of labelled comments, of starred ones and of posts: [all of them, WIDTH], NaN where nothing is."""
    told = np.hstack([by_comment, by_comment[:, 0:30:2] | by_comment[:, 1:30:2]]).astype(np.float32)
    known = np.full((len(told) + sum(map(len, signs)), WIDTH), np.nan, np.float32)
    known[: len(told), : told.shape[1]] = told
    at, column = len(told), told.shape[1]
    for y in signs:
        known[at : at + len(y), column : column + 3] = np.eye(3)[y + 1]
        at, column = at + len(y), column + 3
    return known


def one_fold(job):
    """A network that never saw a fold, and what it says of it; of the last job, the network."""
    words, parts, texts, known, weight, kinds, learned, asked = job
    some = np.flatnonzero(learned)
    taught = teach(words, parts, [texts[i] for i in some], known[some], weight[some], kinds[some])
    if asked is None:
        return taught
    return say(words, taught, [texts[i] for i in asked])


def crossed(design, near, rows, by_comment, weight, sets, clock):
    """What networks that saw none of them say of labelled comments, of starred ones and of posts; and the network of all.

    `sets`: (examples, signs, which of them are not among the labelled) of the stars, then of the posts.
    """
    words = Words(design)
    plain = corpora.unlabelled()
    stream = np.concatenate(
        [word for at in range(0, len(plain), 20_000) for word in words(plain[at : at + 20_000])]
    )
    said = [row["text"] for row in rows] + [e.text for examples, _, _ in sets for e in examples]
    texts = [text[:LONGEST] for text in words(said)]
    words.reader = None
    parts = begin(words, near, np.random.default_rng(0))
    guess(words, parts, stream, clock)
    kinds = np.repeat(np.arange(3), [len(rows), *(len(y) for _, y, _ in sets)])
    known = known_of(by_comment, [y for _, y, _ in sets])
    new = np.concatenate([np.ones(len(rows), bool), *(new for _, _, new in sets)])
    weight = np.append(weight, np.ones(len(kinds) - len(rows), np.float32))
    by_text = [zlib.crc32(corpora.same(text).encode("utf-8", "surrogatepass")) % FOLDS for text in said]
    fold = np.where(kinds == 0, np.append(folds(rows), np.zeros(len(kinds) - len(rows), int)), by_text)
    jobs = [
        (words, parts, texts, known, weight, kinds, (fold != k) & new, np.flatnonzero(fold == k))
        for k in range(FOLDS)
    ]
    jobs.append((words, parts, texts, known, weight, kinds, fold >= 0, None))
    with ProcessPoolExecutor(2) as pool:
        learned = list(pool.map(one_fold, jobs))
    odds = np.zeros(known.shape, np.float32)
    for k in range(FOLDS):
        odds[fold == k] = learned[k]
    taught = learned[FOLDS]
    clock("words in their order")
    return np.split(odds, np.flatnonzero(np.diff(kinds)) + 1), held(words, taught, texts[: len(rows)])


def held(words, parts, texts):
    """The network in whole numbers, as `portevoix.label.order` reads it."""
    row, _, _ = flat(texts)
    unit = float(np.quantile(np.abs(Pass(words, parts, row).out[row >= 0]), 0.9999)) / MOST
    n = len(words.known["word"])
    edge = float(np.quantile(np.abs(parts["vectors"]), 0.9999)) / 127
    near = np.clip(np.rint(parts["vectors"] / edge), -127, 127).astype(np.int8)
    out = {
        "near_word": near[:n],
        "near_part": near[n:],
        "near_scale": np.float32(edge * COARSE / unit).reshape(1),
    }
    ends = {"order_top": (parts["end"][:SIZE], unit), "order_mean": (parts["end"][SIZE:], unit / MEAN_STEP)}
    for i in range(len(REACH)):
        ends[f"order{i}"] = (parts[f"layer{i}"], edge * COARSE / unit if i == 0 else 1.0)
        out[f"order{i}_bias"] = (parts[f"bias{i}"] / unit).astype(np.float32)
    for name, (matrix, scale) in ends.items():
        top = np.maximum(np.abs(matrix).max(0), 1e-6) / 127
        out[name] = np.rint(matrix / top).astype(np.int8)
        out[f"{name}_scale"] = (top * scale).astype(np.float32)
    out["order_bias"] = parts["end_bias"].astype(np.float32)
    return out
