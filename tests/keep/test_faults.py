"""A full disk, torn files, a clock that jumps back: an error in a sentence, and nothing lost."""

import resource
import signal
import threading
from pathlib import Path

import pytest

from portevoix.errors import BadHome
from portevoix.keep import erase, facts, health, ledger, records
from portevoix.keep.store import Store
from tests.keep.coming import Coming
from tests.keep.test_store import texts

TWENTY = [f"texte {n}" for n in range(20)]


@pytest.fixture
def full():
    """Makes the disk look full: no file may grow beyond a size, as a quota would have it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def limit(size: int | None) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before if size is None else (size, before[1]))

    yield limit
    limit(None)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [100, 4_000, 20_000, 60_000])
def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path: Path, full, size: int) -> None:
    store = Store(tmp_path / "v")
    store.add(Coming(TWENTY, people=True), {})
    full(size)
    with pytest.raises(BadHome) as error:
        store.add(Coming([f"{'mot ' * 40}{n}" for n in range(4000)], source="b", size=4000), {})
    full(None)
    assert "cannot be written" in str(error.value)
    assert "mot" not in str(error.value)
    assert set(TWENTY) <= set(texts(store))
    store.add(Coming([f"{'mot ' * 40}{n}" for n in range(4000)], source="b", size=4000), {})
    assert len(texts(store)) == 4020
    assert list(health.problems(store)) == []
    store.close()


def test_an_erasure_on_a_full_disk_is_finished_by_the_next_run(tmp_path: Path, full) -> None:
    store = Store(tmp_path / "v")
    store.add(Coming(TWENTY, people=True), {})
    full(100)
    with pytest.raises(BadHome):
        erase.forget(store, ["client3@example.org"], lambda *_: None)
    full(None)
    if not store.ledger.records.pending():
        erase.forget(store, ["client3@example.org"], lambda *_: None)
    erase.settle(store)
    assert texts(store) == sorted(f"texte {n}" for n in range(20) if n % 7 != 3)
    store.close()


@pytest.mark.parametrize("name", ["keys.db", "ledger.db", "home.json", "secret.key"])
def test_a_torn_file_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / "v")
    store.add(Coming(TWENTY, people=True), {})
    store.close()
    file = tmp_path / "v" / name
    content = file.read_bytes()
    file.write_bytes(b"\x00" * 16 + content[16 : len(content) // 2] if len(content) > 40 else content[:5])
    with pytest.raises(BadHome, match="backup"):
        Store(tmp_path / "v")
    file.write_bytes(content)
    store = Store(tmp_path / "v")
    assert texts(store) == sorted(TWENTY)
    store.close()


def test_a_clock_that_jumps_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "v")
    store.add(Coming(TWENTY, people=True), {})
    from datetime import datetime

    monkeypatch.setattr(ledger, "_now", lambda: datetime(1999, 1, 1))
    monkeypatch.setattr(records, "now", lambda: "1999-01-01T00:00:00Z")
    store.add(Coming([*TWENTY, "de plus"], people=True), {"Ville": "more"})
    erase.forget(store, ["client3@example.org"], lambda *_: None)
    assert [source for source, _, _ in store.ledger.sources()] == ["avis"]
    assert store.ledger.columns() == {"Ville": "more"}
    assert list(health.problems(store)) == []
    assert "de plus" in texts(store)
    store.close()


@pytest.mark.parametrize("pattern", ["facts/verbatims/*.parquet", "facts/verbatims/_delta_log/*.json"])
def test_a_torn_table_is_told_in_a_sentence_and_nothing_is_written_over_it(
    tmp_path: Path, pattern: str
) -> None:
    store = Store(tmp_path / "v")
    store.add(Coming(TWENTY, people=True), {})
    store.close()
    file = next((tmp_path / "v").glob(pattern))
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    store = Store(tmp_path / "v")
    with pytest.raises(BadHome) as error:
        texts(store)
    assert "texte" not in str(error.value)
    assert any("cannot be read" in one for one in health.problems(store))
    file.write_bytes(content)
    store.close()
    store = Store(tmp_path / "v")
    assert texts(store) == sorted(TWENTY)
    store.close()


def test_a_home_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    store = Store(tmp_path / "v")
    store.add(Coming(TWENTY, people=True), {})
    (tmp_path / "v" / "lock").unlink()
    (tmp_path / "v" / "lock").mkdir()  # nobody, not even root, may open it to write
    with pytest.raises(BadHome, match="cannot be written"):
        store.add(Coming(["de plus"], source="b"), {})
    assert texts(store) == sorted(TWENTY)
    store.close()


def test_readers_never_fail_while_the_home_is_compacted(tmp_path: Path) -> None:
    store = Store(tmp_path / "v")
    for part in range(8):
        store.add(Coming([f"texte {part}-{n}" for n in range(5)], source=f"s{part}"), {})
    before, seen, over = texts(store), [], threading.Event()

    def read() -> None:
        reader = Store(tmp_path / "v")
        while not over.is_set() or not seen:
            seen.append(texts(reader) == before)
        reader.close()

    thread = threading.Thread(target=read)
    thread.start()
    for _ in range(3):
        with store.home.writing():
            facts.compact(store.home.facts, "verbatims")
            facts.scour(store.home.facts, "verbatims")
    over.set()
    thread.join(60)
    store.close()
    assert seen
    assert all(seen)
