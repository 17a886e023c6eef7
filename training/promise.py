"""Holds promise 10 against the artefact: what is learned from people's words comes from at least five of them.

A word that fewer than five customers used may still come from the comments that the project wrote itself.
"""

import numpy as np

from portevoix.label import features
from portevoix.label.features import tokens_of
from portevoix.label.pieces import Reader
from training import corpora


def fewest_comments(model):
    """The smallest number of comments behind any word, pair or denied word of the model: of people, or of ours."""
    people = corpora.people()
    texts = [*people, *(row["text"] for row in corpora.written())]
    reader = Reader(10**9)
    pieces = reader.read(texts)
    negator = np.array([word in features.NEGATORS for word in reader.words], bool)
    tokens = tokens_of(pieces, reader, negator)
    code = np.array([features.word_code(word) for word in reader.words], np.uint32)[tokens.word]
    fewest = 10**9
    for kind, codes, kept in (
        ("word", code, np.ones(len(code), bool)),
        ("pair", features.pair_codes(code, tokens.clause), np.ones(len(code), bool)),
        ("denied", code ^ np.uint32(features.DENIED), tokens.denied),
    ):
        known = model.arrays[f"codes_{kind}"]
        where = np.minimum(np.searchsorted(known, codes), len(known) - 1)
        kept = kept & (known[where] == codes)
        seen = np.unique(tokens.text[kept].astype(np.int64) * len(known) + where[kept])
        theirs = seen < len(people) * len(known)
        counts = [
            np.bincount(part % len(known), minlength=len(known)) for part in (seen[theirs], seen[~theirs])
        ]
        fewest = min(fewest, int(np.maximum(*counts).min()))
    return fewest
