import json
import sqlite3
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from portevoix.errors import BrokenPromise
from portevoix.keep import erase, facts, verifier, views
from portevoix.keep.receipt import Signers, written
from portevoix.keep.store import Store
from portevoix.nouns import Case, Customer, Receipt, Verbatim
from portevoix.tables import schema_of
from tests.keep.coming import Batch, Coming
from tests.keep.test_store import store_schema, texts

ADDRESS = "client3@example.org"


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "voice")
    yield opened
    opened.close()


def forget(store: Store, *people: str) -> list[tuple[Receipt, str]]:
    claims: list[str] = []
    receipts = erase.forget(store, people, lambda _, claim: claims.append(claim))
    return list(zip(receipts, claims, strict=True))


def holds(store: Store, receipt: Receipt, person: str | None = None, claim: str | None = None) -> bool:
    try:
        verifier.verify(written(receipt), json.dumps(Signers(store.home).published()), person, claim)
    except verifier.Refused:
        return False
    return True


def erased(receipt: Receipt) -> dict:
    return receipt.statement["predicate"]["erased"]


class Given(Coming):
    """A source with the rows that a test gives."""

    def __init__(
        self, noun: type, rows: list[dict], kind: str = "verbatims", source: str = "tickets"
    ) -> None:
        super().__init__([json.dumps(row, default=str) for row in rows], source=source, kind=kind)
        self.noun, self.given = noun, rows

    def _rows(self, start: int, texts) -> pa.Table:
        columns = {
            column.name: pa.array([row.get(column.name) for row in self.given], column.type)
            for column in schema_of(self.noun)
            if column.name != "id"
        }
        if self.noun is not Customer:
            columns["own_id"] = pa.array([row["own_id"] for row in self.given])
        columns["row"] = pa.array([text.encode() for text in texts], pa.binary())
        columns["line"] = pa.array([place + 2 for place in range(len(texts))])
        return pa.table(columns)

    def batches(self):
        yield Batch(self._rows(0, self.texts))


def conversation(store: Store) -> None:
    """Two customers with a ticket each, both answered by an agent, and a thread that the two share."""
    rows = [
        {"own_id": "1", "text": "ma box violette", "person": "lea@example.org", "author": "customer", "thread": "T1"},
        {"own_id": "2", "text": "Bonjour, la box", "person": None, "author": "agent", "in_reply_to": "1", "thread": "T1"},
        {"own_id": "3", "text": "nous rappelons", "person": None, "author": "agent", "thread": "T1"},
        {"own_id": "4", "text": "facture double", "person": "max@example.org", "author": "customer", "thread": "T2"},
        {"own_id": "5", "text": "remboursé", "person": None, "author": "agent", "in_reply_to": "4", "thread": "T2"},
        {"own_id": "6", "text": "merci", "person": "lea@example.org", "author": "customer", "thread": "T2"},
        {"own_id": "7", "text": "à tous", "person": None, "author": "agent", "thread": "T2"},
    ]  # fmt: skip
    store.add(Given(Verbatim, [{**row, "more": []} for row in rows]), {})
    people = [
        {"person": "lea@example.org", "revenue": 10.0, "more": []},
        {"person": "max@example.org", "referred_by": "lea@example.org", "more": []},
    ]
    store.add(Given(Customer, people, "customers", "clients"), {})
    cases = [
        {"own_id": "C1", "person": "lea@example.org", "more": []},
        {"own_id": "C2", "person": "max@example.org", "more": []},
    ]
    store.add(Given(Case, cases, "cases", "cas"), {})


def ids(store: Store) -> set[str]:
    return set(store.run(store.table("verbatims").select("id"))["id"].to_pylist())


def test_a_forgotten_person_leaves_no_row_and_everybody_else_stays(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(30)], people=True), {})
    ((receipt, claim),) = forget(store, ADDRESS)
    assert texts(store) == sorted(f"texte {n}" for n in range(30) if n % 7 != 3)
    assert erased(receipt)["verbatims"] == 4
    assert holds(store, receipt, "Client3@Example.org", claim.lower())
    assert not holds(store, receipt, "client4@example.org", claim)
    assert not holds(store, receipt, ADDRESS, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA")


def test_answers_to_a_person_go_with_them_and_those_to_others_in_a_shared_thread_stay(store: Store) -> None:
    conversation(store)
    ((receipt, _),) = forget(store, "lea@example.org")
    assert ids(store) == {"tickets/4", "tickets/5", "tickets/7"}
    counts = {
        "verbatims": 2,
        "replies": 2,
        "labels": 0,
        "cases": 1,
        "customers": 1,
        "referrals": 1,
        "letters": [],
    }
    assert erased(receipt) == counts
    assert len(receipt.statement["predicate"]["keys"]) == 3
    left = store.run(store.table("customers").select("person", "referred_by")).to_pylist()
    assert [row["referred_by"] for row in left] == [None]


def test_the_forgotten_are_refused_row_by_row_when_their_file_comes_again(store: Store) -> None:
    conversation(store)
    forget(store, "lea@example.org")
    conversation(store)
    assert ids(store) == {"tickets/4", "tickets/5", "tickets/7"}
    assert sorted((line, why) for source, line, why in store.ledger.refused() if source == "tickets") == [
        (2, "this person asked to be forgotten"),
        (3, "the author of these words asked for them to be forgotten"),
        (4, "the author of these words asked for them to be forgotten"),
        (7, "this person asked to be forgotten"),
    ]
    left = store.run(store.table("customers").select("person", "referred_by")).to_pylist()
    assert [row["referred_by"] for row in left] == [None]


def test_words_of_nobody_in_particular_are_forgotten_by_their_id(store: Store) -> None:
    store.add(Coming(["un", "deux"], numbered=True), {})
    ((receipt, _),) = forget(store, "avis/0")
    assert texts(store) == ["deux"]
    assert holds(store, receipt)
    assert store.add(Coming(["un", "deux"], numbered=True), {}).refused == 1


def test_neither_the_key_nor_its_wrapped_form_stands_in_any_file(store: Store, tmp_path: Path) -> None:
    store.add(Coming([f"texte {n}" for n in range(300)], people=True), {})
    name = store.keys.find(ADDRESS)
    ((_, key, wrapped),) = store.keys._raw([name])
    assert any(wrapped in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    forget(store, ADDRESS)
    for file in tmp_path.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert wrapped not in content
        assert key not in content
        assert name.encode() not in content, f"{file.name} still knows the pseudonym"


def test_old_versions_of_the_tables_are_gone_from_disk(store: Store) -> None:
    for part in range(3):
        store.add(Coming([f"texte {part}-{n}" for n in range(10)], source=f"s{part}", people=True), {})
    forget(store, ADDRESS)
    folder = store.home.facts / "verbatims"
    assert {file.name for file in folder.glob("*.parquet")} == {
        Path(name).name for name in facts.files(store.home.facts, "verbatims")
    }
    log = b"".join(file.read_bytes() for file in (folder / "_delta_log").iterdir())
    assert b"DELETE" not in log, "the commit of the deletion names what was deleted"


def test_labels_of_the_forgotten_go_and_letters_lose_their_quotes_not_their_counts(store: Store) -> None:
    store.add(Coming(["un", "deux"], numbered=True, people=True), {})
    label = {"kind": "lang", "value": "fr", "confidence": 1.0, "by": "cx@1"}
    rows = [{**label, "verbatim": "avis/0"}, {**label, "verbatim": "avis/1"}]
    store.add_labels(pa.Table.from_pylist(rows, schema=store_schema()))
    content = {
        "standing": "s",
        "quotes": [{"verbatim": "avis/0", "text": None}, {"verbatim": "avis/1", "text": None}],
        "briefs": [{"text": "2 personnes", "verbatims": ["avis/0", "avis/1"]}],
        "base": {"verbatims": 2},
    }
    store.ledger.keep_letter(1, None, "fr", content)
    ((receipt, _),) = forget(store, "client0@example.org")
    assert erased(receipt)["labels"] == 1
    assert erased(receipt)["letters"] == [1]
    assert store.run(store.table("labels").select("verbatim"))["verbatim"].to_pylist() == ["avis/1"]
    kept = store.ledger.letter_standing("s")
    assert kept["quotes"] == [{"verbatim": "avis/1", "text": None}]
    assert kept["briefs"] == [{"text": "2 personnes", "verbatims": ["avis/1"]}]
    assert kept["base"] == {"verbatims": 2, "withdrawn": 1}


def test_many_are_forgotten_at_once_with_a_receipt_each_that_fits_no_other(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(30)], people=True), {})
    people = [f"client{n}@example.org" for n in range(5)]
    found = forget(store, *people, people[0])
    assert len(found) == 5
    for person, (receipt, claim) in zip(people, found, strict=True):
        assert holds(store, receipt, person, claim)
        assert not holds(store, receipt, people[0] if person != people[0] else people[1], claim)
    assert len(texts(store)) == len([n for n in range(30) if n % 7 > 4])


def test_a_pseudonym_names_a_person_too_and_an_unknown_one_changes_nothing(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(14)], people=True), {})
    name = store.keys.find(ADDRESS)
    with pytest.raises(erase.Nobody) as error:
        forget(store, name, "nobody@example.org")
    assert "nobody" not in str(error.value).split(":")[0].casefold().removeprefix("nobody of")
    assert len(texts(store)) == 14
    forget(store, name)
    assert len(texts(store)) == 12
    assert store.add(Coming([f"texte {n}" for n in range(15)], people=True), {}).refused == 2


def test_who_was_forgotten_before_gets_a_receipt_anew_about_the_same_keys(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(14)], people=True), {})
    ((first, _),) = forget(store, ADDRESS)
    ((second, claim),) = forget(store, ADDRESS)
    assert holds(store, second, ADDRESS, claim)
    assert second.statement["predicate"]["keys"] == first.statement["predicate"]["keys"]
    assert erased(second) == erased(first)
    assert holds(store, first), "a later head of the log takes nothing from an earlier receipt"


def test_what_was_asked_again_was_never_destroyed_before_it_was_asked(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(14)], people=True), {})
    ((first, _),) = forget(store, ADDRESS)
    time.sleep(1.1)  # receipts say the second
    ((second, _),) = forget(store, ADDRESS)
    for receipt in (first, second):
        said = receipt.statement["predicate"]
        assert said["asked_at"] <= said["destroyed_at"] <= said["signed_at"]
    old, new = first.statement["predicate"], second.statement["predicate"]
    assert (new["asked_at"], new["destroyed_at"]) == (old["asked_at"], old["destroyed_at"])
    assert new["signed_at"] > old["signed_at"]


def test_an_erasure_that_leaves_a_key_behind_gives_no_receipt_and_stays_pending(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(14)], people=True), {})
    ((_, key, _),) = store.keys._raw([store.keys.find(ADDRESS)])
    copy = store.home.path / "forgotten copy"
    copy.write_bytes(b"..." + key + b"...")
    with pytest.raises(BrokenPromise, match="stays pending"):
        forget(store, ADDRESS)
    assert len(store.ledger.records.pending()) == 1
    assert store.ledger.records.receipts() == []
    copy.unlink()
    erase.settle(store)
    assert store.ledger.records.pending() == []


def test_the_address_is_kept_nowhere_and_found_where_others_wrote_it(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(14)], people=True), {})
    ((clean, _),) = forget(store, ADDRESS)
    assert clean.statement["predicate"]["verification"]["elsewhere"] == 0
    row = {
        "own_id": "1",
        "text": "x",
        "author": "customer",
        "person": "other",
        "more": [("agent", "client2@example.org")],
    }
    store.add(Given(Verbatim, [row]), {})
    ((receipt, _),) = forget(store, "client2@example.org")
    assert receipt.statement["predicate"]["verification"]["elsewhere"] == 1


def test_readers_never_fail_while_people_are_forgotten(store: Store, tmp_path: Path) -> None:
    store.add(Coming([f"texte {n}" for n in range(70)], people=True), {})
    failures: list[BaseException] = []
    counts: list[int] = []
    done = threading.Event()

    def read() -> None:
        reader = Store(tmp_path / "voice")
        try:
            while not done.is_set():
                counts.append(views.count(reader)["verbatims"])
        except BaseException as error:
            failures.append(error)
        reader.close()

    thread = threading.Thread(target=read)
    thread.start()
    for n in range(5):
        forget(store, f"client{n}@example.org")
    done.set()
    thread.join()
    assert failures == []
    assert set(counts) <= {70, 60, 50, 40, 30, 20}


def test_the_log_only_grows_and_its_leaves_name_nobody(store: Store, tmp_path: Path) -> None:
    store.add(Coming([f"texte {n}" for n in range(14)], people=True), {})
    before = sqlite3.connect(tmp_path / "voice" / "ledger.db").execute("select * from log").fetchall()
    forget(store, ADDRESS)
    after = sqlite3.connect(tmp_path / "voice" / "ledger.db").execute("select * from log").fetchall()
    assert after[: len(before)] == before
    assert [kind for _, kind, _ in after[len(before) :]] == ["erasure"]
    assert all(len(leaf) == 32 for _, _, leaf in after)
