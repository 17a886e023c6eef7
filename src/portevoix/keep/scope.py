"""What an erasure takes away: of people, of single verbatims, of one batch, of what is past its term."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from portevoix.keep.records import Erasure
from portevoix.keep.store import Store


@dataclass(slots=True, repr=False)
class Scope:
    """Names only: `verbatims` and `cases` by id, `customers` by pseudonym, `keys` by name, `batches` by number.

    `people` lose all of theirs, also where others refer to them; `replies` are those of `verbatims` that somebody else
    wrote to them; `sealed` are the words, as they were encrypted.
    """

    verbatims: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    def add(self, other: "Scope") -> None:
        """Takes in all of another scope."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))


def scopes(store: Store, erasures: Sequence[Erasure]) -> dict[int, Scope]:
    """What is left of each erasure, by its number."""
    found = _theirs(store, [one for one in erasures if one.kind in ("person", "verbatim") and one.name])
    for one in erasures:
        if one.kind == "undo" and one.name:
            found[one.id] = _batch(store, int(one.name))
        elif one.kind == "purge" and one.name:
            found[one.id] = _past(store, json.loads(one.name))
    return {one.id: found.get(one.id, Scope()) for one in erasures}


def _theirs(store: Store, erasures: Sequence[Erasure]) -> dict[int, Scope]:
    """The verbatims of people, and what others answered to them."""
    if not erasures:
        return {}
    of = {one.name: one.id for one in erasures}
    table = store.engine.table("verbatims")
    names = store.engine.load("names", pa.table({"name": pa.array(list(of), pa.string())}))
    columns = ("id", "person", "thread", "in_reply_to", "words")
    chosen = table.semi_join(names, table.person == names.name).select(*columns)
    single = table.semi_join(names, table.id == names.name).select(*columns)
    own = store.run(chosen.union(single, distinct=True)).to_pylist()
    found: dict[int, Scope] = {}
    for one in erasures:
        people = [one.name] if one.kind == "person" and one.name else []
        found[one.id] = Scope(people=people, keys=[*people])
    owner = {row["id"]: of.get(row["person"], of.get(row["id"], 0)) for row in own}
    answers = _answers(store, own, owner)
    owner.update({row["id"]: number for row, number in answers})
    for row in sorted([*own, *(row for row, _ in answers)], key=lambda row: str(row["id"])):
        one_scope = found[owner[row["id"]]]
        one_scope.verbatims.append(row["id"])
        one_scope.keys += [row["id"]] if not row["person"] else []
        one_scope.sealed += [row["words"]] if row["words"] else []
    for row, number in answers:
        found[number].replies.append(row["id"])
    return found


def _answers(
    store: Store, own: Sequence[Mapping[str, Any]], owner: Mapping[str, int]
) -> list[tuple[dict[str, Any], int]]:
    """What others than customers wrote in reply to these verbatims, or in a thread that is one person's alone."""
    mine = {row["id"] for row in own}
    threads: dict[tuple[str, str], set[int]] = {}
    for row in own:
        if row["thread"]:
            threads.setdefault((source(row["id"]), row["thread"]), set()).add(owner[row["id"]])
    given = {"name": [name.partition("/")[2] for name in mine] + [name for _, name in threads]}
    names = store.engine.load("asked", pa.table(given, schema=pa.schema([("name", pa.string())])))
    table = store.engine.table("verbatims")
    columns = ("id", "person", "author", "thread", "in_reply_to", "words")
    replies = table.semi_join(names, table.in_reply_to == names.name).select(*columns)
    beside = table.semi_join(names, table.thread == names.name).select(*columns)
    rows = [
        row for row in store.run(replies.union(beside, distinct=True)).to_pylist() if row["id"] not in mine
    ]
    shared = {(source(row["id"]), row["thread"]) for row in rows if row["author"] == "customer"}
    found = []
    for row in rows:
        asked = f"{source(row['id'])}/{row['in_reply_to']}"
        alone = threads.get((source(row["id"]), row["thread"]), set())
        if row["author"] == "customer":
            continue
        if asked in mine:
            found.append((row, owner[asked]))
        elif len(alone) == 1 and (source(row["id"]), row["thread"]) not in shared:
            found.append((row, next(iter(alone))))
    return found


def source(name: str) -> str:
    """The source of a verbatim, which its id begins with."""
    return name.partition("/")[0]


def _batch(store: Store, number: int) -> Scope:
    """The rows that one batch brought or changed."""
    found = Scope(batches=[number])
    rows = {name: store.engine.table(name) for name in ("verbatims", "cases", "customers")}
    return _taken(store, found, {name: table.filter(table.batch == number) for name, table in rows.items()})


def _past(store: Store, terms: Mapping[str, str]) -> Scope:
    """The rows that are past their term: `terms` maps a kind, or a kind and a channel, to the first day that stays."""
    tables = {name: store.engine.table(name) for name in ("verbatims", "cases", "customers")}
    words, cases, customers = (tables[name] for name in ("verbatims", "cases", "customers"))
    days = {
        "verbatims": words.said_on,
        "cases": _last(cases, "opened_at", "answered_at", "claimed_at", "solved_at"),
        "customers": customers.left_at.date(),
    }
    chosen = {}
    for kind, table in tables.items():
        own = {
            name.partition(".")[2]: date.fromisoformat(day)
            for name, day in terms.items()
            if name.split(".")[0] == kind
        }
        if not own:
            continue
        by_channel = {channel: day for channel, day in own.items() if channel}
        conditions = [(table.channel == channel) & (days[kind] < day) for channel, day in by_channel.items()]
        if "" in own:
            rest = days[kind] < own[""]
            if by_channel:
                rest &= table.channel.isnull() | ~table.channel.isin(list(by_channel))
            conditions.append(rest)
        condition = conditions[0]
        for more in conditions[1:]:
            condition |= more
        chosen[kind] = table.filter(condition)
    return _taken(store, Scope(), chosen)


def _last(table: Any, *columns: str) -> Any:  # noqa: ANN401 - ibis ships no types
    """The latest of some instants, as a day."""
    latest = table[columns[0]]
    for name in columns[1:]:
        latest = (table[name] > latest).ifelse(table[name], latest.fill_null(table[name]))
    return latest.date()


def _taken(store: Store, found: Scope, chosen: Mapping[str, Any]) -> Scope:
    """The scope of chosen rows: with the keys of words without a person, and of people of whom nothing is left."""
    people: set[str] = set()
    if "verbatims" in chosen:
        rows = store.run(chosen["verbatims"].select("id", "person", "words").order_by("id")).to_pylist()
        found.verbatims = [row["id"] for row in rows]
        found.keys = [row["id"] for row in rows if not row["person"]]
        found.sealed = [row["words"] for row in rows if row["words"]]
        people |= {row["person"] for row in rows if row["person"]}
    if "cases" in chosen:
        rows = store.run(chosen["cases"].select("id", "person")).to_pylist()
        found.cases = [row["id"] for row in rows]
        people |= {row["person"] for row in rows if row["person"]}
    if "customers" in chosen:
        found.customers = store.run(chosen["customers"].select("person"))["person"].to_pylist()
        people |= set(found.customers)
    found.keys += sorted(people - _staying(store, found))
    return found


def _staying(store: Store, found: Scope) -> set[str]:
    """The people who still have a row when a scope is gone."""
    staying: set[str] = set()
    gone = {"verbatims": found.verbatims, "cases": found.cases, "customers": found.customers}
    for name, key in (("verbatims", "id"), ("cases", "id"), ("customers", "person")):
        table = store.engine.table(name)
        lost = store.engine.load(f"lost_{name}", pa.table({key: pa.array(gone[name], pa.string())}))
        left = table.anti_join(lost, key)
        for column in ("person", "referred_by") if name == "customers" else ("person",):
            staying |= set(store.run(left.select(column).distinct())[column].to_pylist())
    return staying - {None}
