"""The sets that the labeller learns from, read from the data folder; nothing of split dev ever leaves `fold="train"`."""

import csv
import gzip
import io
import json
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

STARRED = {
    "insurance": "fr_insurance_reviews",
    "restaurants": "fr_restaurants_tripadvisor",
    "books": "fr_book_reviews",
    "play": "fr_googleplay_reviews",
    "shops": "fr_ecommerce_trustpilot",
    "banks": "fr_bank_trustpilot",
    "television": "fr_allocine_tvseries",
}
"""Domains with stars (or, for television, positive and negative)."""

TEXTS = {
    "mirror_feedback_extra": 1.0, "forum_construire_qa": 1.0, "mlma_tweets_fr": 1.0, "xpersona_fr": 1.0,
    "vigogne_chat_fr": 1.0, "blagues_api": 1.0, "tatoeba_fra_eng": 0.35, "debats_presidentiels": 0.3,
    "beta_gouv_fr": 0.3, "ztec_blog": 1.0, "akinarticle_web": 0.3, "cfpp2000_spoken": 0.3, "dynamics365_docs_fr": 0.1,
}  # fmt: skip
"""Texts without labels, and the share of their lines that pretraining reads."""


def folder() -> Path:
    """The data folder: PORTEVOIX_DATA, by default ../shared/data from the project's root."""
    return Path(os.environ.get("PORTEVOIX_DATA") or Path(__file__).parents[2] / "shared" / "data")


def rows(name: str) -> list[dict]:
    """The rows of one set of `reviews/`."""
    with gzip.open(folder() / "reviews" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def codebook() -> list[dict]:
    """The comments labelled by reading."""
    with (folder() / "codebook" / "labelled.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def same(text: str) -> str:
    """What two copies of one comment share."""
    return " ".join(text.lower().split())


@dataclass
class Example:
    """A text with what is known of it: `known` maps a head to its value."""

    text: str
    lang: str
    domain: str
    known: dict = field(default_factory=dict)


def held_out() -> set[str]:
    """The texts of every dev split, codebook and sets alike, less those that the codebook gives for training."""
    texts = {same(row["text"]) for name in _all_sets() for row in rows(name) if row["split"] == "dev"}
    book = codebook()
    texts -= {same(row["text"]) for row in book if row["split"] == "train"}
    return texts | {same(row["text"]) for row in book if row["split"] == "dev"}


def _all_sets() -> list[str]:
    """Every set but SemEval's, which stay unseen: they measure how well a team's own codebook is learned."""
    names = (path.name.removesuffix(".jsonl.gz") for path in (folder() / "reviews").glob("*.jsonl.gz"))
    return sorted(name for name in names if "semeval" not in name)


def polarity_of(row: dict) -> int | None:
    """-1, 0, 1 from the stars or the label of a row; None for no star."""
    label = row.get("label")
    if label in ("positive", "negative", "neutral") and "stars" not in row:
        return {"positive": 1, "negative": -1, "neutral": 0}[label]
    stars = row.get("stars")
    if stars in (None, ""):
        return None
    stars = float(stars)
    return -1 if stars <= 2.5 and stars != 3 else 1 if stars >= 3.5 else 0


def starred(fold: str, only: list[str] | None = None) -> list[Example]:
    """The reviews with stars: head `stars` (-1, 0, 1)."""
    aside = held_out() if fold == "train" else set()
    examples = []
    for domain in only or STARRED:
        for row in rows(STARRED[domain]):
            if row["split"] != fold or same(row["text"]) in aside:
                continue
            polarity = polarity_of(row)
            if polarity is not None:
                examples.append(Example(row["text"], "fr", domain, {"stars": polarity}))
    return examples


def tweets(fold: str, lang: str = "fr") -> list[Example]:
    """Tweets in three classes: head `tweet` (-1, 0, 1)."""
    aside = held_out() if fold == "train" else set()
    return [
        Example(row["text"], lang, "tweets", {"tweet": polarity_of(row)})
        for row in rows(f"{lang}_umsab_tweets")
        if row["split"] == fold and same(row["text"]) not in aside
    ]


AIRLINES = 4
"""One post in so many of the airlines' is taken: enough for its words, without drowning the others'."""


def airlines() -> list[Example]:
    """Posts to airlines in three classes, labelled by hand: head `tweet`."""
    path = folder() / "care" / "airline_tweets_crowdflower.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        told = list(csv.DictReader(file))[::AIRLINES]
    signs = {"positive": 1, "negative": -1, "neutral": 0}
    return [Example(row["text"], "en", "tweets", {"tweet": signs[row["airline_sentiment"]]}) for row in told]


def read_by_hand(fold: str) -> list[dict]:
    """The codebook's comments of a split."""
    return [row for row in codebook() if row["split"] == fold]


READ_BY_ID = {"ins": "insurance", "bank": "banks", "ecom": "shops", "gplay": "play", "resto": "restaurants"}
"""What ids of `training/labels/` begin with, and the set that holds their words."""


def read_further() -> list[dict]:
    """The comments of `training/labels/`, with their words; none of a dev part."""
    words = {row["id"]: row["text"] for name in READ_BY_ID.values() for row in rows(STARRED[name])} | _care()
    aside, found = held_out(), []
    for lang in ("fr", "en"):
        with (Path(__file__).parent / "labels" / f"{lang}.jsonl").open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                text = words[row["id"]]
                if same(text) not in aside:
                    found.append({**row, "text": text, "lang": lang})
    return found


def _care() -> dict[str, str]:
    """English words of care by the ids that `training/labels/` gives them."""

    def table(name: str) -> list[dict]:
        path = folder() / "care" / f"{name}.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
            return list(csv.DictReader(file))

    told = {f"npsen-{i}": row["text"] for i, row in enumerate(table("nps_verbatims_telecom"))}
    told |= {f"twcs-{row['tweet_id']}": row["text"] for row in table("twcs_subset")}
    return told | {f"airline-{i}": row["text"] for i, row in enumerate(table("airline_tweets_crowdflower"))}


WRITTEN_WEIGHT = 0.5
"""What a comment written for training weighs beside one that a customer wrote: they are plainer than life."""


def written() -> list[dict]:
    """The comments that the project wrote itself (`training/written/`), wider in trades than the codebook's."""
    folder_ = Path(__file__).parent / "written"
    rows_ = [
        json.loads(line)
        for name in ("fr", "en")
        for line in (folder_ / f"{name}.jsonl").open(encoding="utf-8")
    ]
    aside = {same(row["text"]) for row in codebook() if row["split"] == "dev"}
    return [row for row in rows_ if same(row["text"]) not in aside]


def unlabelled(seed: int = 7) -> list[str]:
    """Everything to pretrain on: customers' words first, then informal and other French; no dev text."""
    import zstandard

    aside = held_out()
    texts = []
    for name in _all_sets():
        copies = 2 if name.startswith(("fr_insurance", "fr_bank", "fr_ecom", "fr_google")) else 1
        keep = [row["text"] for row in rows(name) if row["split"] != "dev" and same(row["text"]) not in aside]
        texts += keep * copies
    texts += [row["text"] for row in codebook() if row["split"] == "train"] * 2
    texts += [text for text in _care().values() if same(text) not in aside]
    chance = random.Random(seed)
    for name, share in TEXTS.items():
        path = folder() / "text" / f"{name}.txt.zst"
        with path.open("rb") as raw:
            stream = zstandard.ZstdDecompressor().stream_reader(raw)
            texts += [
                line.strip()
                for line in io.TextIOWrapper(stream, "utf-8")
                if chance.random() < share and len(line) > 20
            ]
    return texts


def people() -> list[str]:
    """One text a comment: what vocabularies are counted in (a word enters from five comments on)."""
    aside = held_out()
    texts = {same(r["text"]): r["text"] for name in _all_sets() for r in rows(name) if r["split"] != "dev"}
    texts |= {same(r["text"]): r["text"] for r in codebook() if r["split"] == "train"}
    texts |= {same(r["text"]): r["text"] for r in read_further()}
    texts |= {same(text): text for key, text in _care().items() if key.startswith("npsen-")}
    return [text for key, text in texts.items() if key not in aside]
