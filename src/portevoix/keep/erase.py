"""Erasure, in an order that a kill at any instant can't break: wish, inventory, keys, letters, rows, history, search, receipt.

Each step can be taken again, and what is needed to find the rest goes last; so whoever comes next finishes.
"""

import base64
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from portevoix.errors import BrokenPromise, PortevoixError
from portevoix.keep import aside, search, tree
from portevoix.keep.receipt import Signers, issue, publish
from portevoix.keep.records import Erasure, now
from portevoix.keep.removing import carry_out
from portevoix.keep.scope import Scope, scopes
from portevoix.keep.store import Store
from portevoix.keep.suppress import person_mark
from portevoix.keep.verifier import entry, subject
from portevoix.nouns import Receipt


class Nobody(PortevoixError, LookupError):
    """Nobody of this address, number, pseudonym or id is known in the home."""


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
            again = {"inventory": before.inventory, "asked_at": before.asked_at}
            return {"mark": known, "kind": kind, "name": None, **again}
    if store.knows(person.strip()):
        name = person.strip()
        return {"mark": store.verbatim_mark(name), "kind": "verbatim", "name": name, "inventory": None}
    if (known_aside := aside.find(store, person)) is not None:
        kind, mark = known_aside
        return {"mark": mark, "kind": kind, "name": None, "inventory": None}
    raise Nobody(
        "Nobody of this address, number, pseudonym or verbatim id is known here: nothing was changed. "
        "Write it as it stood in the files that were collected."
    )


def _claim() -> str:
    code = base64.b32encode(secrets.token_bytes(15)).decode()
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def settle(store: Store) -> None:
    """Finishes what a run before this one began, erasures or a change of the master key; quick where there is nothing."""
    if store.keys.unsettled():
        with store.home.writing():
            store.keys.settle_master()
    if store.ledger.records.pending():
        with store.home.writing():
            finish(store)


def finish(store: Store, addresses: Iterable[str] = ()) -> list[Receipt]:
    """Carries all pending erasures to their receipts; the caller holds the home.

    `addresses` are searched for in clear at the end. Raises BrokenPromise where something is found after all; the
    erasures stay pending then.
    """
    pending = store.ledger.records.pending()
    found, whole = scopes(store, pending), Scope()
    for one in found.values():
        whole.add(one)
    _count(store, [erasure for erasure in pending if erasure.inventory is None], found)
    needles = carry_out(store, whole)
    store.ledger.records.counted(
        {
            erasure.id: {"destroyed_at": max(now(), erasure.asked_at), **erasure.inventory}
            for erasure in store.ledger.records.pending()
            if erasure.inventory is not None
        }
    )
    if any(erasure.inventory is not None for erasure in pending):
        store.keys.rewrite()  # what an earlier run deleted can't be searched for any more
    others = aside.follow(store, pending, list(addresses))
    here = search.everywhere(store.home, needles, list(addresses))
    searched = {name: number + others.searched[name] for name, number in here.items()}
    if searched["found"]:
        raise BrokenPromise(
            f"After the erasure, {searched['found']} pieces that should be gone were found in the home; it stays pending."
        )
    done = store.ledger.records.pending()
    checked = {erasure.id: searched for erasure in done}
    receipts = issue(store.ledger, Signers(store.home), done, checked, [path.name for path in others.closed])
    store.ledger.settle()
    publish(store.ledger)
    return list(receipts.values())


def _count(store: Store, erasures: Sequence[Erasure], found: Mapping[int, Scope]) -> None:
    """Keeps the inventories: numbers, commitments and the root of the sealed words, nothing that names anybody."""
    if not erasures:
        return
    mine = {erasure.id: found[erasure.id] for erasure in erasures}
    labels = _tally(store, "labels", "verbatim", [name for one in mine.values() for name in one.verbatims])
    people = [name for one in mine.values() for name in one.people]
    cases, customers = _tally(store, "cases", "person", people), _tally(store, "customers", "person", people)
    referrals = _tally(store, "customers", "referred_by", people)
    letters = store.ledger.letters_on({name for one in mine.values() for name in one.verbatims})
    commitments = store.keys.commitments(name for one in mine.values() for name in one.keys)
    others = aside.commitments(store, {erasure.mark for erasure in erasures})
    marks = {erasure.id: erasure.mark for erasure in erasures}
    counted = {}
    for number, one in mine.items():
        own = set(one.verbatims)
        erased = {
            "verbatims": len(one.verbatims) - len(one.replies),
            "replies": len(one.replies),
            "labels": sum(labels[name] for name in one.verbatims) + _given(store, one.batches),
            "cases": len(one.cases) + sum(cases[name] for name in one.people),
            "customers": len(one.customers) + sum(customers[name] for name in one.people),
            "referrals": sum(referrals[name] for name in one.people),
            "letters": sorted(letter for letter, names in letters.items() if own & set(names)),
        }
        root = tree.root(tree.levels([entry("words", sealed) for sealed in one.sealed]))
        own_keys = {commitments[name] for name in one.keys if name in commitments}
        keys = sorted(key.hex() for key in own_keys.union(others.get(marks[number], ())))
        counted[number] = {"erased": erased, "ciphertexts": root.hex(), "keys": keys}
    replies = [store.verbatim_mark(name) for one in mine.values() for name in one.replies]
    store.ledger.records.counted(counted, replies)


def _given(store: Store, batches: Sequence[int]) -> int:
    """How many labels people gave in some batches."""
    labels = store.engine.table("labels")
    mine = labels.filter(labels.batch.isin(list(batches) or [-1]))
    return int(store.run(mine.aggregate(n=lambda t: t.count()))["n"][0].as_py())


def _tally(store: Store, table: str, column: str, names: Sequence[str]) -> Counter[str]:
    """How many rows of a table each name has."""
    if not names:
        return Counter()
    rows = store.engine.table(table)
    wanted = store.engine.load("counted", pa.table({column: pa.array(names, pa.string())}))
    found = store.run(rows.semi_join(wanted, column).group_by(column).aggregate(n=lambda t: t.count()))
    return Counter(dict(zip(found[column].to_pylist(), found["n"].to_pylist(), strict=True)))
