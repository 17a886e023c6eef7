"""How well topics that no theme holds are found: comments of our own planted among customers'. Writes docs/topics.md.

PORTEVOIX_DATA=../shared/data python -m bench.topics
"""

import gzip
import json
import os
import random
import resource
import time
from collections import Counter, defaultdict
from pathlib import Path

from bench.planted import planted
from portevoix.label import topics
from portevoix.label.reader import load

ROOT = Path(__file__).parents[1]
EACH, AMONG, SEEDS, MANY = 40, 3_000, (4, 5, 6), 100_000
SURE = 0.5


def reviews():
    folder = Path(os.environ.get("PORTEVOIX_DATA", ROOT.parent / "shared" / "data")) / "reviews"
    with gzip.open(folder / "fr_insurance_reviews.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line)["text"] for line in stream]


def held(labeller, texts):
    """Whether a theme holds each text, as a home asks it."""
    found = [False] * len(texts)
    for label in labeller.read([str(i) for i in range(len(texts))], texts).to_pylist():
        if label["kind"] == "theme" and label["confidence"] >= SURE:
            found[int(label["verbatim"])] = True
    return found


def mixture(words, seed):
    chance = random.Random(seed)
    rows = [(f"other-{i}", text) for i, text in enumerate(chance.sample(words, AMONG))]
    rows += [
        (f"{name}-{i}", text) for name, texts in planted(EACH, 7).items() for i, text in enumerate(texts)
    ]
    chance.shuffle(rows)
    return [name for name, _ in rows], [text for _, text in rows]


def one(labeller, words, seed):
    """A row a planted topic: found in how many topics, with what purity and recall; and how many ids stay the next day."""
    ids, texts = mixture(words, seed)
    themed = held(labeller, texts)
    whole = topics.Comments(ids, [None] * len(ids), texts, themed)
    day = len(ids) * 3 // 4
    first = topics.find([topics.Comments(ids[:day], [None] * day, texts[:day], themed[:day])], {})
    before = {name: topic.id for topic in first for name in topic.verbatims}
    second = topics.find([whole], before)
    again = topics.find([whole], {name: topic.id for topic in second for name in topic.verbatims})
    kept = {topic.id for topic in first} & {topic.id for topic in second}
    rows = defaultdict(list)
    said = dict(zip(ids, texts, strict=True))
    for topic in second:
        ((name, n),) = Counter(verbatim.split("-")[0] for verbatim in topic.verbatims).most_common(1)
        own = [said[verbatim] for verbatim in topic.verbatims]
        called = topics.name(own, [None] * len(own), texts[:AMONG])
        rows[name].append((len(topic.verbatims), n / len(topic.verbatims), n / EACH, " · ".join(called)))
    free = Counter(name.split("-")[0] for name, yes in zip(ids, themed, strict=True) if not yes)
    same = {t.id: set(t.verbatims) for t in second} == {t.id: set(t.verbatims) for t in again}
    return rows, free, len(first), len(kept), same


def at_size(labeller, words):
    """Seconds and megabytes to find topics in MANY comments that were read already."""
    themed = held(labeller, words)
    n = len(words)
    start = time.perf_counter()

    def portions():
        for at in range(0, MANY, 10_000):
            mine = range(at, at + 10_000)
            yield topics.Comments(
                [str(i) for i in mine], [None] * len(mine), [words[i % n] + f" {i}" for i in mine], [themed[i % n] for i in mine]
            )  # fmt: skip

    found = topics.find(portions(), {})
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(found)


def main():
    labeller, words = load(), reviews()
    lines = ["# Topics that no theme holds\n", "Written by `python -m bench.topics`.\n"]
    lines += [
        f"Six topics of {EACH} comments each, written by the project (`bench/planted.py`), are planted among {AMONG:,} reviews of",
        "insurers, drawn anew for each seed; three quarters come first, all of them the next day. The parameters were chosen",
        "while looking at these same planted comments among other reviews (seeds 1 to 3), and planted comments are put together from",
        "parts, so real topics are harder than these figures. Free: the planted",
        "comments that no theme holds; purity: the share of a topic's comments that were planted as such; recall: the share of the",
        "planted ones that it has.\n",
        "| seed | planted | free | topics | comments | purity | recall | its words |",
        "|--:|---|--:|--:|--:|--:|--:|---|",
    ]
    told = []
    for seed in SEEDS:
        rows, free, first, kept, same = one(labeller, words, seed)
        for name in planted(1, 7):
            mine = rows.get(name, [])
            size, recall = sum(r[0] for r in mine), sum(r[2] for r in mine)
            purity = sum(r[0] * r[1] for r in mine) / size if size else 0
            shown = (
                f"{size} | {purity:.2f} | {recall:.2f} | {' / '.join(r[3] for r in mine)}"
                if mine
                else "– | – | 0.00 | not found"
            )
            lines.append(f"| {seed} | {name} | {free[name]} | {len(mine)} | {shown} |")
        others = [r for name, some in rows.items() if name == "other" for r in some]
        told.append(
            f"- seed {seed}: {kept} of the {first} topics of the first day have the same id the next day; run again on the same "
            f"comments, {'nothing changes' if same else 'something changes'}; topics that are none of the planted ones: {len(others)}."
        )
    lines += ["", *told]
    seconds, size, number = at_size(labeller, words)
    lines += [
        "",
        f"In {MANY:,} comments that were read already: {seconds:.0f} s, {size:,.0f} MB at most (reading included), {number} topics.",
    ]
    (ROOT / "docs" / "topics.md").write_text("\n".join(lines) + "\n" + HOW, "utf-8")
    print("\n".join(lines))


HOW = """
## How

`portevoix measure topics` reads the comments that no theme holds with a confidence of one half, and groups them by words that they
share and that the others lack; feelings, small words and the themes' own words don't count. Each group then asks every comment
whether it is of it. What is found is kept as labels (`kind` "topic"), so that `measure emerging` sees it rise, and an erasure or
`keep undo` takes it along. No word and no centre of a topic is stored: the next run knows a topic again by its comments, and its name is
read off their words each time: words or pairs of words that five people wrote or more, no first names, no word that is
written like a name. A topic lives while five people speak of it. One that splits leaves its id to the larger part; of two that
merge, the larger one's id stays. What a person said no theme holds is free, too.

What it does not do: a topic of fewer than eight comments is not born; a topic whose words are those of a theme (parking, under
"place") is held by it; comments that share no words with each other are told apart even where they mean the same.
"""

if __name__ == "__main__":
    main()
