"""Where words and identities may rest in a home: every file, every column of text. What is not named here has no place there."""

PLACES = {
    "home.json": "the format's version",
    "secret.key": "the secret under which ids and pseudonyms stand",
    "keys.db": "the keys, wrapped; with its write-ahead log",
    "master.key": "the master key that they are wrapped under, locked or not",
    "master.next": "the one that takes its place, while the keys are wrapped anew",
    "ledger.db": "batches, letters without words, the log, erasures; with its write-ahead log",
    "signing": "the two signers' keys, and their public halves",
    "facts": "the tables; words sealed, people by pseudonym, columns of categories in clear",
    "spill": "what a large question needs for the time of its answer; words sealed",
    "lock": "who writes",
    ".gitignore": "keeps the home out of git",
}
"""Every place of a home, and what may rest there: nothing else belongs in it, and no place holds words in clear."""

SEALED, PSEUDONYM, CATEGORY, OURS, KEYED = "sealed", "pseudonym", "category", "ours", "keyed"
"""What a column of text may hold: words under a person's key; who, by a random name; a category of many, scrubbed, never free
text; Portevoix's own words and numbers; digests and ciphertexts that tell nothing without a secret."""

COLUMNS = {
    "verbatims": {
        "words": SEALED,
        "person": PSEUDONYM,
        "row": KEYED,
        "id": "the source's name and its own number of the row, else a keyed digest",
        "thread": "the source's own number of a conversation",
        "in_reply_to": "the source's own number of a row",
        **dict.fromkeys(("author", "lang"), OURS),
        **dict.fromkeys(("channel", "provider", "product", "segment", "status", "more"), CATEGORY),
    },
    "labels": {
        "verbatim": "the id of a verbatim",
        "kind": OURS,
        "value": "a value of the codebook, by its name",
        "by": "a model's name, or that of the colleague who corrected",
    },
    "customers": {"person": PSEUDONYM, "referred_by": PSEUDONYM, "row": KEYED, "more": CATEGORY},
    "cases": {
        "id": "the source's name and its own number of the case",
        "person": PSEUDONYM,
        "row": KEYED,
        **dict.fromkeys(("theme", "provider", "channel", "more"), CATEGORY),
    },
    "batches": {
        "source": "the file's stem",
        "kind": OURS,
        "digest": KEYED,
        "columns": "the file's own column names",
    },
    "refused": {"reason": OURS},
    "read": {"model": OURS},
    "letters": {
        "lang": OURS,
        "standing": KEYED,
        "content": "Portevoix's own sentences, figures, references to verbatims, and expressions that five people or more share",
    },
    "log": {"kind": OURS, "leaf": KEYED},
    "erasures": {
        "mark": KEYED,
        "kind": OURS,
        "name": "a pseudonym or an id, from the wish to the end of the work",
        "subject": KEYED,
        "asked_at": OURS,
        "inventory": "counts and commitments",
        "receipt": "counts, commitments, signatures",
    },
    "suppressed": {"mark": KEYED},
    "heads": {"note": OURS},
    "anchors": {"by": "the name of a witness or of a clock", "content": "signatures"},
    "backups": {"at": OURS, "folder": "where a backup was put"},
    "keys": {"name": "a pseudonym or an id", "finder": KEYED, "wrapped": KEYED},
    "master": {"name": KEYED},
}
"""Every column that could hold text, of the fact tables and of both SQLite files. Only the first of these is words."""
