"""Words rest where the inventory says, and nowhere else: a new file or a new column fails here until it is thought about."""

import re
import sqlite3
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from portevoix.keep import facts
from portevoix.keep.inventory import COLUMNS, PLACES, SEALED
from portevoix.settings import Settings
from portevoix.voice import Voice
from tests.keep.coming import Coming

KNOWN = re.compile(
    r"home\.json|secret\.key|master\.key|lock|\.gitignore|(keys|ledger)\.db(-wal|-shm)?|signing/(\w+\.key|public\.json|log)|"
    r"facts/\w+/part-[\w-]+(\.c000)?(\.\w+)?\.parquet|facts/\w+/_delta_log/(\d{20}\.json|\d{20}\.checkpoint\.parquet|_last_checkpoint)"
)
WORD = "quetschelinchen"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home to which everything was done."""
    folder = tmp_path_factory.mktemp("inventory")
    texts = [f"Le colis {WORD}{chr(97 + n)} est arrivé en retard, livraison trop lente" for n in range(24)]
    with Voice(folder / "voice", settings=Settings(retention={"verbatims": 1})) as voice:
        voice._store.add(Coming(texts, people=True, numbered=True), {"Ville": "more"})
        voice.label()
        voice.tell()
        voice.correct("avis/1", by="lea", sentiment="negative")
        voice._store.add(Coming(["de passage"], source="suite"), {})
        voice.keep_undo(max(number for number, *_ in voice.keep_batches()))
        voice.forget(["client3@example.org"], lambda *_: None)
        voice.keep_backup(folder / "safe")
        voice.keep_rotate()
        voice.keep_purge(date(2026, 4, 29))
        voice.keep_compact()
        voice.write(voice.tell("en"), folder / "letter")
    return folder / "voice"


def test_every_file_of_a_home_is_one_that_is_known(home: Path) -> None:
    found = [str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()]
    assert [name for name in found if not KNOWN.fullmatch(name)] == []
    assert {name.split("/")[0].removesuffix("-wal").removesuffix("-shm") for name in found} <= set(PLACES)


def test_no_file_of_a_home_holds_a_word_in_clear(home: Path) -> None:
    for file in home.rglob("*"):
        if file.is_file():
            assert WORD.encode() not in file.read_bytes(), file.name


def test_every_column_that_could_hold_text_says_what_it_may_hold(home: Path) -> None:
    found: dict[str, set[str]] = {}
    for name, schema in facts.TABLES.items():
        textual = (pa.types.is_string, pa.types.is_binary, pa.types.is_map)
        found[name] = {field.name for field in schema if any(one(field.type) for one in textual)}
    for file in ("ledger.db", "keys.db"):
        db = sqlite3.connect(home / file)
        for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            columns = db.execute(f"select name, type from pragma_table_info('{name}')").fetchall()
            found[name] = {
                column for column, kind in columns if kind in ("TEXT", "VARCHAR", "JSON", "BLOB", "")
            }
        db.close()
    assert found == {name: set(columns) for name, columns in COLUMNS.items()}
    assert [name for columns in COLUMNS.values() for name, what in columns.items() if what == SEALED] == [
        "words"
    ]


def test_an_expression_of_several_leaves_a_kept_letter_with_the_first_of_them(tmp_path: Path) -> None:
    texts = [f"La livraison du {WORD} est en retard depuis {n} jours" for n in range(24)]
    with Voice(tmp_path / "voice", settings=Settings()) as voice:
        voice._store.add(Coming(texts, people=True, numbered=True), {})
        voice.tell()
        ledger = tmp_path / "voice" / "ledger.db"
        assert WORD in str(voice._store.ledger.letters("fr", date.min, date.max)), (
            "twenty-four people share it"
        )
        voice.forget(["client3@example.org"], lambda *_: None)
        ((_, content),) = voice._store.ledger.letters("fr", date.min, date.max)
        assert content["briefs"][0]["text"].endswith(".")
        assert WORD not in str(content)
        assert WORD.encode() not in ledger.read_bytes()
