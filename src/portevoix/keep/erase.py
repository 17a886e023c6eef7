"""Erasure, in an order that a kill at any instant can't break: wish, inventory, keys, letters, rows, history, search, receipt.

Each step can be taken again, and what is needed to find the rest goes last; so whoever comes next finishes.
"""

import base64
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from portevoix.errors import BrokenPromise, PortevoixError
from portevoix.keep import facts, search, tree
from portevoix.keep.receipt import Signers, issue
from portevoix.keep.records import Erasure, now
from portevoix.keep.store import Store
from portevoix.keep.suppress import person_mark
from portevoix.keep.verifier import entry, subject
from portevoix.nouns import Receipt

_CHUNK = 5000


class Nobody(PortevoixError, LookupError):
    """Nobody of this address, number, pseudonym or id is known in the home."""


@dataclass(slots=True, repr=False)
class Scope:
    """What an erasure takes away: verbatims by id (`replies` among them), people by pseudonym, keys by name."""

    verbatims: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)


def forget(store: Store, people: Sequence[str], hand: Callable[[str, str], None]) -> list[Receipt]:
    """Forgets people, by address, number, pseudonym, or a verbatim by its id; a receipt each, in their order; one who
    is named twice gets one.

    `hand` hears (person, claim code) of each as soon as the wish is kept: the code is the person's own, is stored nowhere,
    and can't be told again. Somebody who was forgotten before gets a receipt anew. Raises Nobody where one of them is
    unknown, before anything is done.
    """
    with store.home.writing():
        wishes: dict[bytes, dict[str, Any]] = {}
        claims: list[tuple[str, str]] = []
        for person in people:
            wish = _wish(store, person)
            if wish["mark"] not in wishes:
                claims.append((person, _claim()))
                wishes[wish["mark"]] = {**wish, "subject": subject(*claims[-1])}
        store.ledger.records.ask(list(wishes.values()))
        for person, claim in claims:
            hand(person, claim)
        receipts = finish(store, people)
        by_subject = {receipt.statement["subject"][0]["digest"]["sha256"]: receipt for receipt in receipts}
        return [by_subject[wish["subject"]] for wish in wishes.values()]


def _wish(store: Store, person: str) -> dict[str, Any]:
    records, mark = store.ledger.records, store.person_mark(person)
    name = store.keys.find(person)
    if name is not None:
        mark = person_mark(store.home.secret, store.keys.finders([name])[name])
        return {"mark": mark, "kind": "person", "name": name, "inventory": None}
    waiting = {erasure.mark: erasure for erasure in records.pending()}
    for kind, known in (("person", mark), ("verbatim", store.verbatim_mark(person.strip()))):
        if known in waiting:
            one = waiting[known]
            return {"mark": known, "kind": kind, "name": one.name, "inventory": one.inventory}
        if (before := records.finished(known)) is not None:
            return {"mark": known, "kind": kind, "name": None, "inventory": dict(before)}
    if store.knows(person.strip()):
        name = person.strip()
        return {"mark": store.verbatim_mark(name), "kind": "verbatim", "name": name, "inventory": None}
    raise Nobody(
        "Nobody of this address, number, pseudonym or verbatim id is known here: nothing was changed. "
        "Write it as it stood in the files that were collected."
    )


def _claim() -> str:
    code = base64.b32encode(secrets.token_bytes(15)).decode()
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def settle(store: Store) -> None:
    """Finishes the erasures that a run before this one began; quick where there are none."""
    if store.ledger.records.pending():
        with store.home.writing():
            finish(store)


def finish(store: Store, addresses: Iterable[str] = ()) -> list[Receipt]:
    """Carries all pending erasures to their receipts; the caller holds the home.

    `addresses` are searched for in clear at the end. Raises BrokenPromise where something is found after all; the
    erasures stay pending then.
    """
    pending = store.ledger.records.pending()
    scopes = {erasure.id: scope(store, [erasure]) for erasure in pending}
    for erasure in pending:
        if erasure.inventory is None:
            _count(store, erasure, scopes[erasure.id])
    needles = carry_out(store, _together(scopes.values()))
    for erasure in store.ledger.records.pending():
        if erasure.inventory and "destroyed_at" not in erasure.inventory:
            store.ledger.records.counted(erasure.id, {**erasure.inventory, "destroyed_at": now()})
    if any(erasure.inventory is not None for erasure in pending):
        store.keys.rewrite()  # what an earlier run deleted can't be searched for any more
    found = search.everywhere(store.home, needles, list(addresses))
    if found["found"]:
        raise BrokenPromise(
            f"After the erasure, {found['found']} pieces that should be gone were found in the home; it stays pending."
        )
    done = store.ledger.records.pending()
    receipts = issue(store.ledger, Signers(store.home), done, {erasure.id: found for erasure in done})
    store.ledger.settle()
    return list(receipts.values())


def scope(store: Store, erasures: Sequence[Erasure]) -> Scope:
    """What is left of those who are to be forgotten: their verbatims, and what was answered to them."""
    people = [one.name for one in erasures if one.kind == "person" and one.name]
    ids = [one.name for one in erasures if one.kind == "verbatim" and one.name]
    found = Scope(people=people, keys=[*people])
    if not people and not ids:
        return found
    table = store.engine.table("verbatims")
    own = store.run(
        table.filter(table.person.isin(people) | table.id.isin(ids)).select(
            "id", "person", "thread", "in_reply_to", "words"
        )
    ).to_pylist()
    answers = _answers(store, own)
    rows = sorted([*own, *answers], key=lambda row: str(row["id"]))
    found.verbatims = [row["id"] for row in rows]
    found.replies = [row["id"] for row in answers]
    found.keys += [row["id"] for row in rows if not row["person"]]
    found.sealed = [row["words"] for row in rows if row["words"]]
    return found


def _answers(store: Store, own: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What others than customers wrote in reply to these verbatims, or in a thread that is theirs alone."""
    mine = {row["id"] for row in own}
    threads = {(_source(row["id"]), row["thread"]) for row in own if row["thread"]}
    names = [name.partition("/")[2] for name in mine]
    table = store.engine.table("verbatims")
    beside = table.filter(table.in_reply_to.isin(names) | table.thread.isin([name for _, name in threads]))
    rows = store.run(beside.select("id", "person", "author", "thread", "in_reply_to", "words")).to_pylist()
    shared = {
        (_source(row["id"]), row["thread"])
        for row in rows
        if row["author"] == "customer" and row["id"] not in mine
    }
    return [
        row
        for row in rows
        if row["id"] not in mine
        and row["author"] != "customer"
        and (
            f"{_source(row['id'])}/{row['in_reply_to']}" in mine
            or (_source(row["id"]), row["thread"]) in threads - shared
        )
    ]


def _source(name: str) -> str:
    return name.partition("/")[0]


def _count(store: Store, erasure: Erasure, scope: Scope) -> None:
    """Keeps the inventory: numbers, commitments and the root of the sealed words, nothing that names anybody."""
    letters = store.ledger.letters_on(set(scope.verbatims))
    erased = {
        "verbatims": len(scope.verbatims) - len(scope.replies),
        "replies": len(scope.replies),
        "labels": _number(store, "labels", "verbatim", scope.verbatims),
        "cases": _number(store, "cases", "person", scope.people),
        "customers": _number(store, "customers", "person", scope.people),
        "referrals": _number(store, "customers", "referred_by", scope.people),
        "letters": sorted(letters),
    }
    root = tree.root(tree.levels([entry("words", sealed) for sealed in scope.sealed]))
    keys = sorted(key.hex() for key in store.keys.commitments(scope.keys).values())
    inventory = {"erased": erased, "ciphertexts": root.hex(), "keys": keys}
    store.ledger.records.counted(erasure.id, inventory, [store.verbatim_mark(name) for name in scope.replies])


def _number(store: Store, table: str, column: str, names: Sequence[str]) -> int:
    if not names:
        return 0
    rows = store.engine.table(table)
    wanted = store.engine.load("counted", pa.table({column: pa.array(names, pa.string())}))
    return int(store.run(rows.semi_join(wanted, column).aggregate(n=lambda t: t.count()))["n"][0].as_py())


def carry_out(store: Store, scope: Scope) -> list[bytes]:
    """Takes a scope away: keys, references in letters, rows, and every earlier version of the tables.

    Returns the bytes that may stand nowhere from now on.
    """
    folder = store.home.facts
    needles = store.keys.destroy(scope.keys)
    store.ledger.withdraw(set(scope.verbatims))
    store.ledger.reopen()
    for names in _chunks(scope.people):
        facts.clear(folder, "customers", "referred_by", facts.among("referred_by", names))
        facts.remove(folder, "customers", facts.among("person", names))
        facts.remove(folder, "cases", facts.among("person", names))
    for names in _chunks(scope.verbatims):
        facts.remove(folder, "labels", facts.among("verbatim", names))
    for names in _chunks(scope.verbatims):  # last: by these the rest is found again
        facts.remove(folder, "verbatims", facts.among("id", names))
    for table in facts.TABLES:
        facts.scour(folder, table)
    store.ledger.settle()
    return needles


def _together(scopes: Iterable[Scope]) -> Scope:
    whole = Scope()
    for one in scopes:
        whole.verbatims += one.verbatims
        whole.people += one.people
        whole.keys += one.keys
    return whole


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK))
