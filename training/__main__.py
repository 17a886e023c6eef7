"""One command: reads the data folder, learns, writes the artefact and its card. Seeded: the same data, the same file.

PORTEVOIX_DATA=../shared/data python -m training
"""

import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from training import corpora
from training.export import save
from training.heads import OPINIONS, THEMES
from training.learn import (
    FOLDS,
    HEADS,
    Design,
    choose_cuts,
    choose_favours,
    clause_labels,
    comment_labels,
    fit_last,
    folds,
    last_layer_input,
    macro,
    many,
    micro,
    probabilities,
)
from training.vectors import vectors

VERSION = 2
LOUD = 0.5
"""How loud the vectors of words and pairs are beside the words and pairs themselves."""
CLAUSE_C, COMMENT_C, STARS_C = 8.0, 3.0, 4.0
STEPS, COMMENT_STEPS = 110, 80
STARS_WEIGHT = {"books": 0.3}
LAST_SHARE = {"insurance": 1500, "restaurants": 1500, "books": 1500, "play": 900, "shops": 700, "banks": 600,
              "television": 1500, "tweets": 3000}  # fmt: skip
"""Comments of each set that the last layer's sentiment learns from, beside those read by hand."""
LAST_WEIGHT = 0.25


def any_sign(labels):
    """Columns of themes, from columns of opinions: a theme is there if either polarity is."""
    return labels[:, 0 : 2 * len(THEMES) : 2] | labels[:, 1 : 2 * len(THEMES) : 2]


def clause_columns(labels):
    """The clause's 47 columns: opinions, themes, negative, positive."""
    signs = np.stack([labels[:, 0::2].any(1), labels[:, 1::2].any(1)], 1)
    return np.hstack([labels, any_sign(labels), signs])


def one_fold(job):
    """Clause and comment experts that never saw a fold, and what they say of it (None: experts on everything)."""
    xc, ec, yc, kc, xw, ew, yw, kw, clauses, comments = job
    a = many(xc[clauses], yc[clauses], CLAUSE_C, kc[clauses], ec[clauses], STEPS)
    b = many(xw[comments], yw[comments], COMMENT_C, kw[comments], ew[comments], COMMENT_STEPS)
    if clauses.all():
        return a, b
    n, m = xc.shape[1], xw.shape[1]
    said = xc[~clauses] @ a[0][:n] + ec[~clauses] @ a[0][n:] + a[1]
    whole = xw[~comments] @ b[0][:m] + ew[~comments] @ b[0][m:] + b[1]
    return said, whole


def polarity_expert(x, y, weight):
    return many(x, np.stack([y == s for s in (-1, 0, 1)], 1), STARS_C, weight, steps=60)


def crossed(x, y, weight, parts=3):
    """What a polarity expert says of comments that it did not see."""
    out = np.zeros((len(y), 3), np.float32)
    group = np.arange(len(y)) % parts
    for k in range(parts):
        w, b = polarity_expert(x[group != k], y[group != k], weight[group != k])
        out[group == k] = x[group == k] @ w + b
    return out


class Clock:
    def __init__(self):
        self.start = time.time()

    def __call__(self, what):
        print(f"{time.time() - self.start:7.0f} s  {what}", flush=True)


def main(without=(), folder=None):
    clock = Clock()
    real, written = corpora.read_by_hand("train"), corpora.written()
    rows = real + written
    weight = np.where(np.arange(len(rows)) < len(real), 1.0, corpora.WRITTEN_WEIGHT).astype(np.float32)
    mine = {corpora.same(row["text"]) for row in rows}
    design = Design(corpora.people(), [row["text"] for row in written])
    clock(f"features: { {kind: len(codes) for kind, codes in design.codes.items()} }")
    near = LOUD * vectors(corpora.unlabelled(), design.codes["word"], design.codes["pair"])
    clock("vectors")
    counts, xc, xw = design([row["text"] for row in rows])
    ec, ew = design.company(xc, near), design.company(xw, near)
    labels = comment_labels(rows)
    names = list(labels)
    by_comment = np.stack([labels[name] for name in names], 1)
    yc = clause_columns(clause_labels(rows, counts))
    yw = np.hstack([by_comment, any_sign(by_comment)])
    fold = folds(rows)
    jobs = [
        (xc, ec, yc, weight[counts.owner], xw, ew, yw, weight, fold[counts.owner] != k, fold != k)
        for k in (*range(FOLDS), FOLDS)
    ]
    with ProcessPoolExecutor(2) as pool:
        learned = list(pool.map(one_fold, jobs))
    said, whole = np.zeros(yc.shape, np.float32), np.zeros(yw.shape, np.float32)
    for k in range(FOLDS):
        said[fold[counts.owner] == k], whole[fold == k] = learned[k]
    (cw, cb), (ww, wb) = learned[FOLDS]
    cw, ww = design.fold_in(cw, near), design.fold_in(ww, near)
    clock("experts of clauses and comments")
    stars = [e for e in corpora.starred("train") if e.domain not in without]
    tweets = corpora.tweets("train") + corpora.tweets("train", "en")
    experts, honest, extra = {}, [], []
    for name, examples, key in (("stars", stars, "stars"), ("tweets", tweets, "tweet")):
        _, _, x = design([e.text for e in examples])
        y = np.array([e.known[key] for e in examples])
        pull = np.array([STARS_WEIGHT.get(e.domain, 1.0) for e in examples])
        new = np.array([corpora.same(e.text) not in mine for e in examples])
        experts[name] = polarity_expert(x, y, pull)
        unseen = polarity_expert(x[new], y[new], pull[new])
        honest.append(xw @ unseen[0] + unseen[1])
        extra.append((examples, y, new, crossed(x, y, pull), x))
        clock(f"polarity of {name}")
    more = last_extra(extra, design, (cw, cb), (ww, wb), experts)
    clock("further comments for the last layer")
    sizes = np.bincount(counts.owner, np.asarray(counts.tokens), len(rows))
    seen = last_layer_input(counts.owner, said, np.hstack([whole, *honest]), sizes)
    missed = sum(m["polarity"] == 0 for row in real for m in row["mentions"])
    odds = np.zeros((len(rows), sum(len(n) for _, n in HEADS.values())), np.float32)
    for k in range(FOLDS):
        w, b = fit_last(
            seen[fold != k], {n: v[fold != k] for n, v in labels.items()}, more, weight=weight[fold != k]
        )
        odds[fold == k] = seen[fold == k] / 16 @ w + b
    n = len(real)  # cuts are for customers' own words
    outputs = choose(probabilities(odds[:n]), {name: seen_[:n] for name, seen_ in labels.items()}, missed)
    clock("cuts")
    groups = [
        ("clause", [f"{t}:{s}" for t, s in OPINIONS] + list(THEMES) + ["-1", "1"], cw, cb),
        ("comment", names + list(THEMES), ww, wb),
        ("stars", ["-1", "0", "1"], *experts["stars"]),
        ("tweets", ["-1", "0", "1"], *experts["tweets"]),
    ]
    last = fit_last(seen, labels, more, weight=weight)
    size = save(
        design, groups, last, {"outputs": outputs}, version=VERSION, **({"folder": folder} if folder else {})
    )
    clock(f"written, {size / 1e6:.1f} MB")


def last_extra(sets, design, clause, comment, experts):
    """Inputs of the last layer for comments known by their stars: own polarity experts crossed, the others as they are."""
    inputs, signs = [], []
    for at, (examples, y, new, own, _) in enumerate(sets):
        taken, room = [], dict(LAST_SHARE)
        for i in np.random.default_rng(11).permutation(len(examples)):
            e = examples[i]
            if new[i] and room.get(e.domain, 0) > 0 and (y[i] != 0 or e.domain == "tweets"):
                room[e.domain] -= 1
                taken.append(i)
        taken = np.array(sorted(taken))
        counts, xc, xw = design([examples[i].text for i in taken])
        other = "tweets" if at == 0 else "stars"
        across = xw @ experts[other][0] + experts[other][1]
        polar = [own[taken], across] if at == 0 else [across, own[taken]]
        sizes = np.bincount(counts.owner, np.asarray(counts.tokens), len(taken))
        whole = np.hstack([xw @ comment[0] + comment[1], *polar])
        inputs.append(last_layer_input(counts.owner, xc @ clause[0] + clause[1], whole, sizes))
        signs.append(y[taken])
    inputs, signs = np.vstack(inputs), np.concatenate(signs)
    return inputs, signs, np.full(len(signs), LAST_WEIGHT)


def choose(share, labels, missed):
    """By head, its columns, names, and the cuts or favours that out-of-fold scores like best."""
    outputs, at = {}, 0
    for head, (kind, names) in HEADS.items():
        y = np.stack([labels[n] for n in names], 1)
        entry = {"columns": [at, at + len(names)], "names": [n.split(":", 1)[1] for n in names]}
        at += len(names)
        if kind == "binary":
            lost = missed if head == "theme" else 0
            cuts = choose_cuts(y, share[head], lost)
            entry["cuts"] = [round(float(c), 3) for c in cuts]
            entry["cv"] = round(micro(y, share[head] >= cuts, lost), 4)
        else:
            favour = choose_favours(y.argmax(1), share[head])
            entry["favour"] = [round(float(f), 3) for f in favour]
            entry["cv"] = round(macro(y.argmax(1), (share[head] * favour).argmax(1)), 4)
        print(f"          {head}: {entry['cv']}", flush=True)
        outputs[head] = entry
    return outputs


if __name__ == "__main__":
    main()
