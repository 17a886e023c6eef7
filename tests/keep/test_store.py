import os
import sqlite3
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.errors import BadHome, BrokenPromise, Busy
from portevoix.keep import home as homes
from portevoix.keep import views
from portevoix.keep.store import Store, local_days
from tests.keep.coming import Coming, Refused

WORDS = ["la tondeuse violette ronronne", "RAS", "RAS", "zanzibar quadrille", ""]


@pytest.fixture
def store(tmp_path: Path):
    opened = Store(tmp_path / "voice")
    yield opened
    opened.close()


def texts(store: Store) -> list[str]:
    ids = store.run(store.table("verbatims").select("id"))["id"].to_pylist()
    return sorted(store.words(ids).values())


def test_words_come_back_as_they_were_kept(store: Store) -> None:
    taken = store.add(Coming(WORDS), {})
    assert (taken.new, taken.known, taken.changed) == (5, 0, 0)
    assert texts(store) == sorted(WORDS)


def test_two_people_who_wrote_the_same_stay_two_and_a_second_reading_adds_nothing(store: Store) -> None:
    store.add(Coming(WORDS), {})
    longer = Coming([*WORDS, "RAS"])
    again = store.add(longer, {})
    assert (again.new, again.known) == (1, 5)
    assert texts(store).count("RAS") == 3


def test_the_very_same_file_is_known_without_being_read(store: Store) -> None:
    store.add(Coming(WORDS), {})

    class Unreadable(Coming):
        def batches(self):
            raise AssertionError("it was read")

    assert store.add(Unreadable(WORDS), {}).known == 5


def test_a_changed_row_of_a_known_id_replaces_it_and_loses_its_machine_labels(store: Store) -> None:
    store.add(Coming(WORDS, numbered=True), {})
    label = {"verbatim": "avis/0", "kind": "lang", "value": "fr", "confidence": 1.0}
    rows = [
        {**label, "by": "cx@1"},
        {**label, "by": "human:lea"},
        {**label, "verbatim": "avis/1", "by": "cx@1"},
    ]
    store.add_labels(pa.Table.from_pylist(rows, schema=store_schema()))
    taken = store.add(Coming(["corrigé", *WORDS[1:]], numbered=True), {})
    assert (taken.new, taken.changed, taken.known) == (0, 1, 4)
    assert store.words(["avis/0"]) == {"avis/0": "corrigé"}
    left = store.run(store.table("labels").select("verbatim", "by").order_by("verbatim")).to_pylist()
    assert left == [{"verbatim": "avis/0", "by": "human:lea"}, {"verbatim": "avis/1", "by": "cx@1"}]


def store_schema() -> pa.Schema:
    from portevoix.nouns import Label
    from portevoix.tables import schema_of

    return schema_of(Label)


def test_two_files_numbered_alike_do_not_collide(store: Store) -> None:
    store.add(Coming(["un"], source="a", numbered=True), {})
    assert store.add(Coming(["deux"], source="b", numbered=True), {}).new == 1
    assert texts(store) == ["deux", "un"]


def test_a_person_is_found_again_under_the_same_random_pseudonym(store: Store) -> None:
    store.add(Coming([f"texte {n}" for n in range(20)], people=True), {})
    store.add(Coming([f"autre {n}" for n in range(20)], source="b", people=True), {})
    people = store.run(store.table("verbatims").select("person").distinct())["person"].to_pylist()
    assert len(people) == 7
    assert all(person.startswith("p-") and "client" not in person for person in people)


def test_no_word_and_no_address_stands_in_clear_in_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deltalake import WriterProperties

    from portevoix.keep import facts

    # compressed pages would hide a word from a search of bytes
    properties = facts._writer
    monkeypatch.setattr(facts, "_writer", lambda table: _uncompressed(properties(table), WriterProperties))
    store = Store(tmp_path / "voice")
    store.add(Coming(WORDS, people=True), {})
    store.close()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(file.suffix == ".parquet" for file in files)
    for file in files:
        content = file.read_bytes()
        assert b"Nantes" in content or file.suffix != ".parquet", (
            "the search must be able to find what is in clear"
        )
        for word in (b"tondeuse", b"zanzibar", b"quadrille", b"example.org", b"client0"):
            assert word not in content, file.name


def _uncompressed(properties, maker):
    return maker(compression="UNCOMPRESSED", column_properties=properties.column_properties)


def test_a_commitment_is_logged_for_every_key(store: Store, tmp_path: Path) -> None:
    store.add(Coming(WORDS, people=True), {})
    store.add(Coming(["seul", "seule"], source="b"), {})
    keys = sqlite3.connect(tmp_path / "voice" / "keys.db").execute("select count(*) from keys").fetchone()[0]
    leaves = sqlite3.connect(tmp_path / "voice" / "ledger.db").execute("select leaf from log").fetchall()
    assert keys == 7
    assert len({leaf for (leaf,) in leaves}) == 7
    assert all(len(leaf) == 32 for (leaf,) in leaves)


def test_words_whose_key_is_gone_are_gone_and_altered_ones_are_refused(store: Store, tmp_path: Path) -> None:
    store.add(Coming(["un", "deux"], numbered=True), {})
    db = sqlite3.connect(tmp_path / "voice" / "keys.db")
    db.execute("delete from keys where name = 'avis/0'")
    db.commit()
    assert store.words(["avis/0", "avis/1"]) == {"avis/1": "deux"}
    sealed = store.keys.encrypt([("avis/1", "avis/1", "deux")])[0]
    with pytest.raises(BrokenPromise, match="altered"):
        store.keys.decrypt([("avis/7", "avis/1", sealed)])


def test_rows_set_aside_are_listed_with_line_and_reason(store: Store) -> None:
    store.add(Coming(WORDS, refused=[Refused(9, "three cells instead of four")]), {})
    assert store.ledger.refused() == [("avis", 9, "three cells instead of four")]


def test_a_one_shot_home_leaves_nothing_behind() -> None:
    store = Store(None)
    store.add(Coming(WORDS), {})
    path = store.home.path
    assert path.is_dir()
    assert not (path / "keys.db").exists()
    store.close()
    assert not path.exists()


def test_a_one_shot_home_gives_the_same_ids_each_time() -> None:
    seen = []
    for _ in range(2):
        store = Store(None)
        store.add(Coming(WORDS), {})
        seen.append(store.run(store.table("verbatims").select("id").order_by("id"))["id"].to_pylist())
        store.close()
    assert seen[0] == seen[1]


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadHome, match="holds other things"):
        Store(tmp_path)


def test_a_home_of_a_newer_format_or_without_its_secret_is_refused(tmp_path: Path) -> None:
    Store(tmp_path / "v").close()
    (tmp_path / "v" / "secret.key").unlink()
    with pytest.raises(BadHome, match=r"secret\.key"):
        Store(tmp_path / "v")
    (tmp_path / "v" / "home.json").write_text('{"format": 99}')
    with pytest.raises(BadHome, match="newer Portevoix"):
        Store(tmp_path / "v")


def test_a_second_writer_is_told_who_holds_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "_PATIENCE", 0.1)
    first, second = Store(tmp_path / "v"), Store(tmp_path / "v")
    with first.home.writing(), pytest.raises(Busy, match=str(os.getpid())), second.home.writing():
        pass
    first.close()
    second.close()


def test_the_home_ignores_itself_in_git(tmp_path: Path) -> None:
    Store(tmp_path / "v").close()
    assert (tmp_path / "v" / ".gitignore").read_text() == "*\n"


def test_columns_are_found_by_field_by_the_source_s_own_name_and_in_any_case(store: Store) -> None:
    store.add(Coming(WORDS), {"Ville du client": "more", "ville": "more"})
    assert views.spread(store, None, "VILLE") == {"Nantes": 5}
    assert views.days(store) == [(date(2026, 3, 28), 5)]


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)) | st.none(), max_size=40))
def test_local_days_are_those_of_the_zone(instants: list[datetime | None]) -> None:
    from datetime import UTC

    zone = ZoneInfo("Europe/Paris")
    days = local_days(pa.chunked_array([pa.array(instants, pa.timestamp("us"))]), zone).to_pylist()
    assert days == [at and at.replace(tzinfo=UTC).astimezone(zone).date() for at in instants]


def test_processes_that_open_a_new_home_at_once_all_get_it(tmp_path: Path) -> None:
    code = "import sys; from portevoix.keep.store import Store; Store(sys.argv[1]).close()"
    crowd = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "v")], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for one in crowd:
        _, stderr = one.communicate(timeout=60)
        assert one.returncode == 0, stderr.decode()
    assert len({(tmp_path / "v" / "secret.key").read_bytes()}) == 1
