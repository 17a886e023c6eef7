"""What people read in comments: their labels stand in the labels table, and the latest of a kind wins over any model's."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from portevoix.keep import facts
from portevoix.keep.ledger import Taken
from portevoix.keep.store import Coming, Store

HUMAN = "human:"
"""What `Label.by` begins with where a person gave the label."""
_PORTION = 10_000
Label = dict[str, Any]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Refused:
    line: int
    reason: str


def latest(labels: Any) -> Any:  # noqa: ANN401 - ibis ships no types
    """The batch of the last correction of each verbatim and kind, from the labels table with its batches."""
    people = labels.filter(lambda t: t.by.startswith(HUMAN))
    return people.group_by("verbatim", "kind").aggregate(batch=lambda t: t.batch.max())


def counting(labels: Any, model: str) -> Any:  # noqa: ANN401 - ibis ships no types
    """The labels that count: of each verbatim and kind the last that a person gave, else those of the model.

    A person's label without a value says that there is none.
    """
    last = latest(labels)
    people = labels.filter(lambda t: t.by.startswith(HUMAN) & (t.value != ""))
    theirs = people.semi_join(last, ["verbatim", "kind", "batch"])
    models = labels.filter(lambda t: t.by == model).anti_join(last, ["verbatim", "kind"])
    return models.union(theirs)


def take(store: Store, coming: Coming, columns: Mapping[str, str], step: Callable[[int], None]) -> Taken:
    """Keeps the labels that people gave: comments corrected for the first time, again, and as they stood already.

    Each must be of a verbatim that is kept, and its evidence in its words; otherwise its rows are set aside.
    """
    with store.home.writing():
        batch = store.ledger.begin(coming.source, coming.kind, "", columns)
        taken = Taken(source=coming.source, kind=coming.kind)
        for part in coming.batches():
            refused = list(part.refused)
            found = _placed(store, part.rows.to_pylist(), refused)
            before = _standing(store, sorted({name for name, _ in found}))
            fresh = {place: labels for place, labels in found.items() if _bare(labels) != before.get(place)}
            known = {name for name, _ in before}
            named, moved = {name for name, _ in found}, {name for name, _ in fresh}
            if fresh:
                rows = [{**one, "batch": batch} for labels in fresh.values() for one in labels]
                table = pa.Table.from_pylist(rows, schema=facts.TABLES["labels"])
                facts.append(store.home.facts, "labels", table)
            store.ledger.refuse(batch, [(one.line, one.reason) for one in refused])
            taken = replace(
                taken,
                new=taken.new + len(moved - known),
                changed=taken.changed + len(moved & known),
                known=taken.known + len(named - moved),
                refused=taken.refused + len(refused),
            )
            step(len(part.rows))
        store.ledger.finish(batch, taken)
    return taken


def read_by_people(store: Store) -> dict[str, list[Label]]:
    """The themes that people read in verbatims, by id; an empty list where they said that there is none."""
    table = store.engine.table("labels")
    themes = table.filter(table.by.startswith(HUMAN) & (table.kind == "theme"))
    rows = store.run(
        themes.semi_join(latest(themes), ["verbatim", "kind", "batch"]).order_by("verbatim", "start", "value")
    )
    found: dict[str, list[Label]] = {}
    for one in rows.to_pylist():
        found.setdefault(one["verbatim"], []).extend([one] if one["value"] else [])
    return found


def _bare(labels: Iterable[Label]) -> set[tuple[Any, ...]]:
    return {(one["value"], one["polarity"], one["start"], one["stop"], one["by"]) for one in labels}


def _standing(store: Store, names: Sequence[str]) -> dict[Place, set[tuple[Any, ...]]]:
    """What people have said so far of some verbatims, by verbatim and kind."""
    table = store.engine.table("labels")
    wanted = store.engine.load("corrected", pa.table({"verbatim": pa.array(names, pa.string())}))
    people = table.filter(table.by.startswith(HUMAN)).semi_join(wanted, "verbatim")
    found: dict[Place, list[Label]] = defaultdict(list)
    for one in store.run(people.semi_join(latest(people), ["verbatim", "kind", "batch"])).to_pylist():
        found[one["verbatim"], one["kind"]].append(one)
    return {place: _bare(labels) for place, labels in found.items()}


def _placed(store: Store, rows: Sequence[Label], refused: list[Any]) -> dict[Place, list[Label]]:
    """The labels by verbatim and kind, their evidence where the words have it; of two groups the later one."""
    groups: dict[int, list[Label]] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row)
    named = _named(store, [group[0] for group in groups.values()])
    words = store.words(sorted({name for names in named for name in names}))
    named = [
        _told_apart(names, group[0]["text"], words)
        for names, group in zip(named, groups.values(), strict=True)
    ]
    found: dict[Place, list[Label]] = {}
    for group, names in zip(groups.values(), named, strict=True):
        reason = _wrong(names, group, words)
        if reason is not None:
            refused += [_Refused(line, reason) for line in sorted({one["line"] for one in group})]
            continue
        for name in names:
            mine: dict[Place, list[Label]] = defaultdict(list)
            for one in group:
                mine[name, one["kind"]].append(_label(name, words[name], one))
            found.update(mine)
    return found


def _told_apart(names: list[str], text: str | None, words: Mapping[str, str]) -> list[str]:
    """Of several verbatims those with the words that stand beside the labels, where there are any."""
    same = [name for name in names if words.get(name) == text]
    return same if len(names) > 1 and same else names


def _wrong(names: Sequence[str], group: Sequence[Label], words: Mapping[str, str]) -> str | None:
    if not names:
        return (
            "No comment of this identifier is kept here, nor one of these very words: nothing is corrected."
        )
    if len({name.partition("/")[0] for name in names}) > 1 and len({words.get(name) for name in names}) > 1:
        return "Several sources have a comment of this identifier: write it as source/identifier."
    if any(one["evidence"] and one["evidence"] not in words.get(name, "") for name in names for one in group):
        return "The evidence of a mention is not in the words of the comment."
    outside = [
        one for name in names for one in group
        if one["start"] is not None and not one["evidence"] and not _inside(one, words.get(name, ""))
    ]  # fmt: skip
    return "A start and a stop lie outside the words." if outside else None


def _inside(one: Label, words: str) -> bool:
    return one["stop"] is not None and 0 <= one["start"] < one["stop"] <= len(words)


def _label(name: str, words: str, one: Label) -> Label:
    start, stop = one["start"], one["stop"]
    if evidence := one["evidence"]:
        places = [at for at in range(len(words)) if words.startswith(evidence, at)]
        start = min(places, key=lambda at: abs(at - (start or 0)))
        stop = start + len(evidence)
    return {
        "verbatim": name,
        "kind": one["kind"],
        "value": one["value"],
        "polarity": one["polarity"],
        "start": start if stop is not None else None,
        "stop": stop if start is not None else None,
        "confidence": 1.0,
        "by": one["by"],
    }


def _named(store: Store, firsts: Sequence[Label]) -> list[list[str]]:
    """The verbatims that each group is about: of its id, in full or as its source has it, else of its very words."""
    ids = {one["name"] for one in firsts if one["name"]}
    full, own = _known(store, ids)
    lone = [one for one in firsts if one["name"] not in full and not own.get(one["name"]) and one["text"]]
    same = _same_words(store, {one["text"] for one in lone}) if lone else {}
    found = []
    for one in firsts:
        name = one["name"]
        if name in full:
            found.append([name])
        else:
            found.append(own.get(name) or same.get(one["text"], []))
    return found


def _known(store: Store, ids: Iterable[str]) -> tuple[set[str], dict[str, list[str]]]:
    """Those of some names that are ids of verbatims, and the ids that end in the others."""
    asked = store.engine.load("asked", pa.table({"asked": pa.array(sorted(ids), pa.string())}))
    table = store.engine.table("verbatims").filter(lambda t: t.author == "customer").select("id")
    full = set(store.run(table.semi_join(asked, table.id == asked.asked))["id"].to_pylist())
    tails = table.mutate(tail=table.id.substr(table.id.find("/") + 1))
    own: dict[str, list[str]] = defaultdict(list)
    for row in store.run(tails.semi_join(asked, tails.tail == asked.asked).order_by("id")).to_pylist():
        own[row["tail"]].append(row["id"])
    return full, own


def _same_words(store: Store, texts: set[str]) -> dict[str, list[str]]:
    """The verbatims that have exactly these words."""
    found: dict[str, list[str]] = defaultdict(list)
    for ids, _, _ in store.sealed(_PORTION):
        for name, words in store.words(ids).items():
            if words in texts:
                found[words].append(name)
    return found
