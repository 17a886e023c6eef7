"""One command: reads the data folder, learns, writes the artefact and its card. Seeded: the same data, the same file.

PORTEVOIX_DATA=../shared/data python -m training
"""

import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from training import corpora, last, sequence
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
    folds,
    last_layer_input,
    macro,
    many,
    micro,
    probabilities,
)
from training.vectors import vectors

VERSION = 4
LOUD = 0.5
"""How loud the vectors of words and pairs are beside the words and pairs themselves."""
CLAUSE_C, COMMENT_C, STARS_C = 8.0, 3.0, 4.0
STEPS, COMMENT_STEPS = 110, 80
FEW, MOST_PULL = 2_000, 4.0
"""A class of a domain with fewer comments counts as if it had so many, each at most so much."""
LAST_SHARE = {"insurance": 1500, "restaurants": 1500, "books": 1500, "play": 900, "shops": 700, "banks": 600,
              "television": 1500, "tweets": 4500}  # fmt: skip
"""Comments of each set that the last layer's sentiment learns from, beside those read by hand."""
STARS_WEIGH, POSTS_WEIGH = 1.0, 0.5
"""What they weigh there."""


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
    return opinion(xc[~clauses], ec[~clauses], a), opinion(xw[~comments], ew[~comments], b)


def polarity_expert(x, company, y, weight):
    """Weights of negative, neutral, positive over features and the company of their words."""
    return many(x, np.stack([y == s for s in (-1, 0, 1)], 1), STARS_C, weight, company, steps=60)


def even(domains, y):
    """Weights that let a small domain, or a rare class of one, be heard."""
    _, group = np.unique([f"{d} {s}" for d, s in zip(domains, y, strict=True)], return_inverse=True)
    weight = np.clip(FEW / np.bincount(group), 1.0, MOST_PULL)[group]
    return np.where(y == 0, 1.0, weight)


def opinion(x, company, expert):
    """What an expert says of rows of features, and of their company."""
    w, b = expert
    n = x.shape[1]
    return x @ w[:n] + company @ w[n:] + b


def crossed(x, company, y, weight, parts=3):
    """What a polarity expert says of comments that it did not see."""
    out = np.zeros((len(y), 3), np.float32)
    # by chance: a set whose classes take turns would lose one of them with each part
    group = np.random.default_rng(5).permutation(len(y)) % parts
    for k in range(parts):
        seen, unseen = group != k, group == k
        out[unseen] = opinion(
            x[unseen], company[unseen], polarity_expert(x[seen], company[seen], y[seen], weight[seen])
        )
    return out


class Clock:
    def __init__(self):
        self.start = time.time()

    def __call__(self, what):
        print(f"{time.time() - self.start:7.0f} s  {what}", flush=True)


def main(folder=None):
    clock = Clock()
    real, written = corpora.read_by_hand("train") + corpora.read_further(), corpora.written()
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
    clause, comment = learned[FOLDS]
    clock("experts of clauses and comments")
    experts, honest, extra = polarity(design, near, mine, xw, ew, clock)
    (order, *orders), held = sequence.crossed(
        design, near, rows, by_comment, weight, [one[:3] for one in extra], clock
    )
    seen = last_layer_input(order, counts, said, np.hstack([whole, *honest]))
    more = last_extra(extra, orders, design, near, clause, comment, experts)
    clock("further comments for the last layer")
    outputs = choose_outputs(seen, labels, weight, fold, more, real)
    clock("cuts")
    groups = [
        ("clause", [f"{t}:{s}" for t, s in OPINIONS] + list(THEMES) + ["-1", "1"], *clause),
        ("comment", names + list(THEMES), *comment),
        *((name, ["-1", "0", "1"], *experts[name]) for name in ("stars", "tweets")),
    ]
    groups = [(name, columns, design.fold_in(w, near), b) for name, columns, w, b in groups]
    layer = last.fit(seen, labels, weight, more)
    layer[-1][-3:] -= np.log(outputs["sentiment"]["favour"])  # posts are read as they are
    size = save(
        design,
        groups,
        layer,
        {"outputs": outputs},
        version=VERSION,
        arrays=held,
        **({"folder": folder} if folder else {}),
    )
    clock(f"written, {size / 1e6:.1f} MB")


def polarity(design, near, mine, xw, ew, clock):
    """The experts of stars and of posts; what experts that saw none of the comments read by hand say of these; and
    the sets, for the last layer."""
    experts, honest, extra = {}, [], []
    tweets = corpora.tweets("train") + corpora.tweets("train", "en") + corpora.airlines()
    for name, examples, key in (("stars", corpora.starred("train"), "stars"), ("tweets", tweets, "tweet")):
        _, _, x = design([e.text for e in examples])
        company = design.company(x, near)
        y = np.array([e.known[key] for e in examples])
        pull = even([e.domain for e in examples], y)
        new = np.array([corpora.same(e.text) not in mine for e in examples])
        experts[name] = polarity_expert(x, company, y, pull)
        honest.append(opinion(xw, ew, polarity_expert(x[new], company[new], y[new], pull[new])))
        extra.append((examples, y, new, crossed(x, company, y, pull)))
        clock(f"polarity of {name}")
    return experts, honest, extra


def choose_outputs(seen, labels, weight, fold, more, real):
    """The cuts and favours that scores out of fold like best, for customers' own words."""
    odds = None
    for k in range(FOLDS):
        layer = last.fit(
            seen[fold != k], {n: v[fold != k] for n, v in labels.items()}, weight[fold != k], more
        )
        said = last.said(seen[fold == k], layer)
        odds = np.zeros((len(seen), said.shape[1]), np.float32) if odds is None else odds
        odds[fold == k] = said
    n = len(real)
    missed = sum(m["polarity"] == 0 for row in real for m in row["mentions"])
    return choose(probabilities(odds[:n]), {name: values[:n] for name, values in labels.items()}, missed)


def last_extra(sets, orders, design, near, clause, comment, experts):
    """Inputs of the last layer for comments known by their stars: own polarity experts crossed, the others as they are."""
    inputs, signs, posts = [], [], []
    for at, (examples, y, new, own) in enumerate(sets):
        taken, room = [], dict(LAST_SHARE)
        for i in np.random.default_rng(11).permutation(len(examples)):
            e = examples[i]
            if new[i] and room.get(e.domain, 0) > 0 and (y[i] != 0 or e.domain == "tweets"):
                room[e.domain] -= 1
                taken.append(i)
        taken = np.array(sorted(taken))
        counts, xc, xw = design([examples[i].text for i in taken])
        ec, ew = design.company(xc, near), design.company(xw, near)
        across = opinion(xw, ew, experts["tweets" if at == 0 else "stars"])
        polar = [own[taken], across] if at == 0 else [across, own[taken]]
        whole = np.hstack([opinion(xw, ew, comment), *polar])
        inputs.append(last_layer_input(orders[at][taken], counts, opinion(xc, ec, clause), whole))
        signs.append(y[taken])
        posts.append(np.full(len(taken), at == 1))
    signs = np.concatenate(signs)
    posts = np.concatenate(posts)
    return np.vstack(inputs), signs, np.where(posts, POSTS_WEIGH, STARS_WEIGH), posts


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
