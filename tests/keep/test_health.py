import os
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from portevoix.errors import BadHome, BrokenPromise, Busy, UnknownName, WrongUse
from portevoix.keep import backup, facts, health
from portevoix.keep.home import DRAFT, READY
from portevoix.keep.store import Store
from portevoix.keeping import Keeping
from portevoix.nouns import Case, Customer, Verbatim
from portevoix.settings import Settings
from portevoix.voice import _Silence
from tests.keep.coming import Coming
from tests.keep.test_forget import ADDRESS, Given, conversation, forget, holds, ids
from tests.keep.test_store import texts

TWENTY = [f"texte {n}" for n in range(20)]


class Kept(Keeping):
    """What Voice keeps with, over a store of the test's own."""

    def __init__(self, store: Store, **settings) -> None:
        self._store, self.settings = store, Settings(**settings)
        self._progress = lambda what, total: _Silence()


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "voice")
    yield opened
    opened.close()


def problems(store: Store) -> list[str]:
    return list(health.problems(store))


def test_a_home_is_whole_after_all_that_can_be_done_to_it(store: Store) -> None:
    store.add(Coming(TWENTY, people=True), {})
    store.add(Coming(["seul"], source="b"), {})
    conversation(store)
    assert problems(store) == []
    forget(store, ADDRESS, "lea@example.org")
    Kept(store).keep_compact()
    assert problems(store) == []
    assert health.leftovers(store) == []
    assert health.counts(store)["verbatims"] == len(ids(store))


def test_an_altered_log_a_lost_key_and_altered_words_are_told(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    forget(store, ADDRESS)
    ledger = sqlite3.connect(tmp_path / "voice" / "ledger.db")
    (leaf,) = ledger.execute("select leaf from log where seq = 2").fetchone()
    ledger.execute("update log set leaf = ? where seq = 2", (bytes(32),))
    ledger.commit()
    assert any("altered" in one for one in problems(store))
    ledger.execute("update log set leaf = ? where seq = 2", (leaf,))
    ledger.commit()
    assert problems(store) == []
    ledger.execute("delete from log where seq = (select max(seq) from log)")
    ledger.commit()
    assert any("taken out" in one for one in problems(store))
    keys = sqlite3.connect(tmp_path / "voice" / "keys.db")
    keys.execute("delete from keys where name = (select min(name) from keys)")
    keys.commit()
    assert any("have no key" in one for one in problems(store))
    keys.execute("update keys set wrapped = zeroblob(60)")
    keys.commit()
    assert any("was altered" in one for one in problems(store))


def test_a_damaged_table_file_and_a_stranger_in_the_home_are_told(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    (path,) = facts.files(store.home.facts, "verbatims")
    (tmp_path / "voice" / "export.csv").write_text("x")
    assert any("export.csv does not belong" in one for one in problems(store))
    content = bytearray(Path(path).read_bytes())
    content[4:200] = bytes(196)
    Path(path).write_bytes(content)
    found = problems(store)
    assert any("cannot be read" in one or "altered" in one for one in found)


def test_a_destroyed_key_that_comes_back_is_told(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    store.keys.copy(tmp_path / "yesterday.db")
    forget(store, ADDRESS)
    old = sqlite3.connect(tmp_path / "yesterday.db").execute("select * from keys").fetchall()
    keys = sqlite3.connect(tmp_path / "voice" / "keys.db")
    keys.executemany("insert or ignore into keys values (?, ?, ?)", old)
    keys.commit()
    assert any("destroyed are back" in one for one in problems(store))


def test_compaction_keeps_every_row_and_leaves_one_file(store: Store) -> None:
    for part in range(6):
        store.add(Coming([f"texte {part}-{n}" for n in range(5)], source=f"s{part}"), {})
    before = texts(store)
    Kept(store).keep_compact()
    assert texts(store) == before
    assert len(facts.files(store.home.facts, "verbatims")) == 1
    assert len(list((store.home.facts / "verbatims").glob("*.parquet"))) == 1


# -- backups -----------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    before = texts(store)
    words = Kept(store).keep_backup(tmp_path / "safe", tmp_path / "keys")
    assert not list(words.rglob("keys.db")), "keys are backed up apart"
    done = backup.restore(words, tmp_path / "keys" / f"{words.name}.keys", tmp_path / "again")
    assert (done.erased, done.aside) == (0, None)
    again = Store(tmp_path / "again")
    assert texts(again) == before
    assert problems(again) == []
    again.close()


@pytest.mark.parametrize("lost", [False, True])
def test_a_restored_backup_shows_nothing_of_those_forgotten_since(
    store: Store, tmp_path: Path, lost: bool
) -> None:
    store.add(Coming(TWENTY, people=True), {})
    words = Kept(store).keep_backup(tmp_path / "safe")
    (first, _), (second, _) = forget(store, ADDRESS, "client5@example.org")
    left = texts(store)
    home = tmp_path / ("elsewhere" if lost else "voice")
    store.close()
    done = backup.restore(words, tmp_path / "safe" / f"{words.name}.keys", home)
    assert done.erased == 2
    back = Store(home)
    assert texts(back) == left
    assert back.add(Coming([*TWENTY, "de plus"], people=True), {}).refused == 6
    assert problems(back) == []
    assert holds(back, first)
    assert holds(back, second)
    back.close()


def test_a_restore_over_the_home_goes_on_with_its_log_and_sets_it_aside(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    words = Kept(store).keep_backup(tmp_path / "safe")
    forget(store, ADDRESS)
    with store.ledger.transaction() as db:
        log = store.ledger.entries(db)
    keys = tmp_path / "safe" / f"{words.name}.keys"
    with pytest.raises(Busy, match="open in another process"):
        backup.restore(words, keys, tmp_path / "voice")
    store.close()
    done = backup.restore(words, keys, tmp_path / "voice")
    assert done.aside is not None
    assert done.aside.is_dir()
    back = Store(tmp_path / "voice")
    with back.ledger.transaction() as db:
        assert back.ledger.entries(db)[: len(log)] == log
    back.close()


def test_receipts_given_by_hand_erase_too_and_false_ones_are_refused(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    forget(store, "client0@example.org")
    words = Kept(store).keep_backup(tmp_path / "safe")
    keys = tmp_path / "safe" / f"{words.name}.keys"
    ((receipt, _),) = forget(store, ADDRESS)
    (tmp_path / "safe" / "receipts.jsonl").unlink()
    given = {"statement": receipt.statement, "proof": receipt.proof}
    with pytest.raises(BrokenPromise, match="does not hold"):
        backup.restore(words, keys, tmp_path / "no", [{**given, "statement": {}}])
    assert not (tmp_path / "no").exists()
    assert backup.restore(words, keys, tmp_path / "again", [given]).erased == 1
    again = Store(tmp_path / "again")
    assert texts(again) == texts(store)
    again.close()


def test_an_altered_or_unfinished_backup_is_refused(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    words = Kept(store).keep_backup(tmp_path / "safe")
    keys = tmp_path / "safe" / f"{words.name}.keys"
    with pytest.raises(BadHome, match="other things"):
        backup.restore(words, keys, tmp_path / "safe")
    file = next(words.rglob("*.parquet"))
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"x")
    with pytest.raises(BrokenPromise, match="altered"):
        backup.restore(words, keys, tmp_path / "again")
    file.write_bytes(content)
    (words / "manifest.json").unlink()
    with pytest.raises(WrongUse, match="no finished backup"):
        backup.restore(words, keys, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_restore_killed_between_its_two_moves_is_finished_by_whoever_comes_next(
    store: Store, tmp_path: Path
) -> None:
    store.add(Coming(TWENTY, people=True), {})
    store.close()
    (tmp_path / "voice").rename(tmp_path / f"voice{READY}")
    again = Store(tmp_path / "voice")
    assert texts(again) == sorted(TWENTY)
    again.close()


def test_what_a_killed_restore_left_goes_with_the_next_write(store: Store, tmp_path: Path) -> None:
    for ending in (DRAFT, READY):
        (tmp_path / f"voice{ending}").mkdir()
        (tmp_path / f"voice{ending}" / "keys.db").write_bytes(b"k")
    store.add(Coming(TWENTY, people=True), {})
    assert [child.name for child in tmp_path.iterdir()] == ["voice"]


def test_a_writer_that_waited_while_a_backup_came_back_writes_nothing(store: Store, tmp_path: Path) -> None:
    store.add(Coming(TWENTY, people=True), {})
    (tmp_path / "voice").rename(tmp_path / "aside")
    Store(tmp_path / "voice").close()
    store.home.path = tmp_path / "voice"
    held = os.open(tmp_path / "aside" / "lock", os.O_RDWR)
    with pytest.raises(Busy, match="restored"):
        store.home._wait(held)
    os.close(held)


# -- undo and purge ----------------------------------------------------------------------------------------------


def test_an_undone_batch_leaves_no_trace_and_its_file_can_come_again(store: Store) -> None:
    store.add(Coming(TWENTY, people=True), {})
    store.add(Coming(["faux un", "faux deux"], source="b"), {"Ville": "more"})
    store.add(Coming(["faux trois"], source="c", people=True), {})
    before = store.ledger.sources()
    for number in (2, 3):
        Kept(store).keep_undo(number)
    assert texts(store) == sorted(TWENTY)
    assert store.ledger.sources() == before[:1]
    assert store.ledger.columns() == {}
    assert problems(store) == []
    assert health.counts(store)["keys"] == 7, "people who stay keep their keys, lone words lose theirs"
    assert store.add(Coming(["faux un", "faux deux"], source="b"), {}).new == 2
    with pytest.raises(UnknownName):
        Kept(store).keep_undo(99)


def test_a_home_whose_last_row_is_gone_can_still_be_asked_and_filled(store: Store) -> None:
    store.add(Coming(TWENTY), {})
    assert len(ids(store)) == 20
    Kept(store).keep_undo(1)
    assert ids(store) == set()
    assert problems(store) == []
    assert store.add(Coming(TWENTY), {}).new == 20


def test_what_is_past_its_term_is_purged_with_a_receipt_and_the_rest_stays(store: Store) -> None:
    now = datetime(2026, 6, 15, 12)

    def said(name: str, days: int | None, channel: str, person: str | None) -> dict:
        at = None if days is None else now - timedelta(days=days)
        return {
            "own_id": name,
            "text": name,
            "said_at": at,
            "channel": channel,
            "person": person,
            "author": "customer",
            "more": [],
        }

    rows = [
        said("old", 800, "mail", "lea"),
        said("older tweet", 400, "tweet", "max"),
        said("young tweet", 100, "tweet", "max"),
        said("young", 100, "mail", "zoe"),
        said("undated", None, "mail", None),
        said("old lone", 800, "mail", None),
    ]
    store.add(Given(Verbatim, rows), {})
    cases = [
        {"own_id": "C1", "person": "lea", "opened_at": now - timedelta(days=2000), "more": []},
        {
            "own_id": "C2",
            "person": "zoe",
            "opened_at": now - timedelta(days=2000),
            "solved_at": now,
            "more": [],
        },
    ]
    store.add(Given(Case, cases, "cases", "cas"), {})
    customers = [
        {"person": "lea", "left_at": now - timedelta(days=2000), "more": []},
        {"person": "zoe", "since": now - timedelta(days=2000), "more": []},
    ]
    store.add(Given(Customer, customers, "customers", "clients"), {})
    kept = Kept(store, retention={"verbatims": 24, "verbatims.tweet": 12, "cases": 60, "customers": 36})
    expected = {"verbatims": 3, "cases": 1, "customers": 1}
    assert kept.keep_purge(date(2026, 6, 15), dry_run=True) == (expected, None)
    assert len(ids(store)) == 6
    counts, receipt = kept.keep_purge(date(2026, 6, 15))
    assert counts == expected
    assert receipt is not None
    assert holds(store, receipt)
    assert ids(store) == {"tickets/young tweet", "tickets/young", "tickets/undated"}
    assert store.keys.find("lea") is None
    assert store.keys.find("max") is not None
    assert problems(store) == []
    assert kept.keep_purge(date(2026, 6, 15))[1] is None


@pytest.mark.parametrize(
    "terms", [{"mails": 3}, {"verbatims": 0}, {"verbatims": True}, {"customers.mail": 3}, "36"]
)
def test_terms_that_mean_nothing_are_refused(terms) -> None:
    with pytest.raises(WrongUse, match="retention"):
        Settings(retention=terms)


def test_a_purge_without_terms_says_how_to_set_them(store: Store) -> None:
    with pytest.raises(WrongUse, match=r"\[retention\]"):
        Kept(store).keep_purge(date(2026, 6, 15))


# -- homes that a restore set aside ------------------------------------------------------------------------------


@pytest.fixture
def restored(store: Store, tmp_path: Path) -> Iterator[tuple[Store, Path]]:
    """A home that a backup of before its last batch came back to, and the one that stood there."""
    store.add(Coming(TWENTY, people=True), {})
    words = Kept(store).keep_backup(tmp_path / "safe")
    store.add(Coming([f"depuis {n}" for n in range(21)], source="suite", people=True), {})
    store.add(Coming(["à personne"], source="seul"), {})
    store.close()
    done = backup.restore(words, tmp_path / "safe" / f"{words.name}.keys", tmp_path / "voice")
    back = Store(tmp_path / "voice")
    yield back, done.aside
    back.close()


def told_aside(path: Path) -> list[str]:
    other = Store(path)
    try:
        assert problems(other) == []
        return texts(other)
    finally:
        other.close()


def test_whoever_is_forgotten_is_forgotten_in_the_home_that_a_restore_set_aside(restored) -> None:
    back, aside = restored
    assert len(told_aside(aside)) == 42
    ((receipt, _),) = forget(back, ADDRESS)
    mine = [text for place, text in enumerate(TWENTY) if place % 7 == 3]
    left = told_aside(aside)
    assert not set(mine) & set(left)
    assert len(left) == 42 - 3 - 3
    assert receipt.statement["predicate"]["verification"]["found"] == 0
    assert not any("set it aside" in line for line in receipt.statement["predicate"]["not_proven"])


def test_somebody_whom_only_the_home_set_aside_knows_is_forgotten_too(restored, tmp_path: Path) -> None:
    back, aside = restored
    other = Store(aside)
    (lone,) = [
        name for name in other.run(other.table("verbatims"))["id"].to_pylist() if name.startswith("seul/")
    ]
    committed = other.keys.commitments([lone])[lone].hex()
    other.close()
    ((receipt, _),) = forget(back, lone)
    assert "à personne" not in told_aside(aside)
    assert [key["commitment"] for key in receipt.statement["predicate"]["keys"]] == [committed]
    assert holds(back, receipt)


def test_what_a_killed_erasure_left_in_the_home_set_aside_goes_with_the_next(restored) -> None:
    back, aside = restored
    other = Store(aside)
    other.keys.destroy([str(other.keys.find(ADDRESS))])  # killed before the rows went
    other.close()
    forget(back, "client5@example.org")
    assert len(told_aside(aside)) == 42 - 6 - 6


def test_a_home_set_aside_that_cannot_be_opened_is_named_in_the_receipt(restored) -> None:
    back, aside = restored
    (aside / "keys.db").write_bytes(b"torn" * 2000)
    ((receipt, _),) = forget(back, ADDRESS)
    assert any(aside.name in line for line in receipt.statement["predicate"]["not_proven"])


def test_what_is_past_its_term_goes_from_the_home_set_aside(restored) -> None:
    back, aside = restored
    Kept(back, retention={"verbatims": 1}).keep_purge(date(2026, 11, 25))
    assert told_aside(aside) == []
