"""What topics are found in, and how they are kept: as labels of the comments, so that they go with them."""

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from portevoix.keep import facts, views
from portevoix.keep.store import Store

SURE = 0.5
"""The confidence from which a theme holds a comment."""
_PORTION = 10_000
Portion = tuple[list[str], list[str | None], list[str], list[bool]]


def comments(store: Store, model: str) -> Iterator[Portion]:
    """Ids, people and words of the comments read in French or English, and whether a theme holds each, in portions."""
    labels = views.labels(store, model)
    known = labels.filter((labels.kind == "lang") & labels.value.isin(["fr", "en"]))
    themed = labels.filter((labels.kind == "theme") & (labels.confidence >= SURE))
    read = set(store.run(known.select("verbatim"))["verbatim"].to_pylist())
    held = set(store.run(themed.select("verbatim").distinct())["verbatim"].to_pylist())
    for ids, people, words in store.sealed(_PORTION):
        mine = [i for i, name in enumerate(ids) if name in read and words[i] is not None]
        texts = store.opened([ids[i] for i in mine], [people[i] for i in mine], [words[i] for i in mine])
        there = [i for i in mine if ids[i] in texts]
        yield (
            [ids[i] for i in there],
            [people[i] for i in there],
            [texts[ids[i]] for i in there],
            [ids[i] in held for i in there],
        )


def before(store: Store) -> dict[str, str]:
    """The topic that each comment had."""
    labels = store.engine.table("labels")
    found = store.run(labels.filter(labels.kind == "topic").select("verbatim", "value"))
    return dict(zip(found["verbatim"].to_pylist(), found["value"].to_pylist(), strict=True))


def keep(store: Store, model: str, topics: Iterable[tuple[str, Mapping[str, float]]]) -> None:
    """Puts these topics, each with its comments and how sure they are, in the place of those before, in one commit."""
    labels = views.labels(store, model)
    felt = store.run(labels.filter(labels.kind == "sentiment").select("verbatim", "polarity"))
    lean = dict(zip(felt["verbatim"].to_pylist(), felt["polarity"].to_pylist(), strict=True))
    rows = [
        {
            "verbatim": name,
            "kind": "topic",
            "value": topic,
            "polarity": _sign(lean.get(name)),
            "confidence": sure,
            "by": model,
        }
        for topic, verbatims in topics
        for name, sure in sorted(verbatims.items())
    ]
    table = pa.Table.from_pylist(rows, schema=facts.TABLES["labels"])
    old = store.engine.table("labels")
    kept = store.run(
        old.filter(old.kind == "topic").select("verbatim", "value", "by", "polarity")
    ).to_pylist()
    if {tuple(one.values()) for one in kept} != {
        (one["verbatim"], one["value"], one["by"], one["polarity"]) for one in rows
    }:
        with store.home.writing():
            facts.exchange(store.home.facts, "labels", table, "kind = 'topic'")


def _sign(lean: float | None) -> float | None:
    return None if lean is None else float((lean > 0.15) - (lean < -0.15))
