"""Leaves one domain out at a time: how the polarity learned elsewhere reads it. Writes training/domains.json.

    PORTEVOIX_DATA=../shared/data python -m training.domains

The polarity expert alone is measured (the last layer adds to it in the shipped model). The words of the domain left out
are known to the vocabulary, its stars are not; nor are comments of it that were read by hand.
"""

import json
from pathlib import Path

import numpy as np

from training import corpora
from training.__main__ import LOUD, even, opinion, polarity_expert
from training.learn import Design
from training.vectors import vectors


def main():
    design = Design(corpora.people())
    near = LOUD * vectors(corpora.unlabelled(), design.codes["word"], design.codes["pair"])
    examples = corpora.starred("train")
    _, _, x = design([e.text for e in examples])
    company = design.company(x, near)
    y = np.array([e.known["stars"] for e in examples])
    domain = np.array([e.domain for e in examples])
    weight = even(domain, y)
    found = {}
    for left_out in corpora.STARRED:
        kept = domain != left_out
        expert = polarity_expert(x[kept], company[kept], y[kept], weight[kept])
        dev = [e for e in corpora.starred("dev", [left_out]) if e.known["stars"] != 0]
        _, _, unseen = design([e.text for e in dev])
        odds = opinion(unseen, design.company(unseen, near), expert)
        true = np.array([e.known["stars"] for e in dev])
        right = (odds[:, 2] > odds[:, 0]) == (true > 0)
        balanced = float(np.mean([right[true == c].mean() for c in (-1, 1)]))
        found[left_out] = {
            "accuracy": round(float(right.mean()), 4),
            "balanced": round(balanced, 4),
            "n": len(dev),
        }
        print(left_out, found[left_out], flush=True)
    (Path(__file__).parent / "domains.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
