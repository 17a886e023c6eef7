"""A home of an earlier format is carried over, whole, with a backup of what it was; one of a later format is refused."""

import json
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from portevoix.errors import BadHome
from portevoix.keep import backup, erase, facts, health
from portevoix.keep.home import FORMAT
from portevoix.keep.store import Store
from tests.keep.coming import Coming
from tests.keep.test_store import texts

TWENTY = [f"texte {n}" for n in range(20)]


def first_format(path: Path) -> None:
    """A home as format 1 had it: no column says whether a verbatim may be quoted."""
    store = Store(path)
    store.add(Coming(TWENTY[:12], people=True, numbered=True), {})
    store.add(Coming(TWENTY[12:], source="b"), {})
    store.close()
    table = path / "facts" / "verbatims"
    rows = DeltaTable(str(table)).to_pyarrow_table().drop_columns(["quotable"])
    for start in (0, 12):
        write_deltalake(
            str(table),
            rows[start : start + 12],
            mode="append" if start else "overwrite",
            schema_mode=None if start else "overwrite",
        )
    labels = pa.Table.from_pylist(
        [{"verbatim": "avis/1", "kind": "lang", "value": "fr", "confidence": 1.0, "by": "cx@0"}],
        schema=facts.TABLES["labels"],
    )
    write_deltalake(str(path / "facts" / "labels"), labels.drop_columns(["batch"]))
    (path / "home.json").write_text(json.dumps({"format": 1}), "utf-8")


def test_a_home_of_the_first_format_is_carried_over_with_all_it_held(tmp_path: Path) -> None:
    first_format(tmp_path / "v")
    store = Store(tmp_path / "v")
    assert store.home.format() == FORMAT
    assert texts(store) == sorted(TWENTY)
    assert "batch" in pq.read_schema(facts.files(store.home.facts, "labels")[0]).names
    assert store.run(store.table("verbatims").filter(lambda t: t.quotable.isnull())).num_rows == 20
    assert store.add(Coming([*TWENTY[:12], "de plus"], people=True, numbered=True), {}).new == 1
    assert list(health.problems(store)) == []
    assert len(erase.forget(store, ["client3@example.org"], lambda *_: None)) == 1
    store.close()
    (kept,) = (tmp_path / "v.format-1").glob("portevoix-*Z")
    backup.restore(kept, kept.with_name(f"{kept.name}.keys"), tmp_path / "again")
    again = Store(tmp_path / "again")
    assert texts(again) == sorted(text for n, text in enumerate(TWENTY) if not (n < 12 and n % 7 == 3))
    assert again.home.format() == FORMAT
    assert list(health.problems(again)) == []
    again.close()
    assert not (tmp_path / "again.restoring.format-1").exists()


def test_an_empty_home_of_the_first_format_is_carried_over(tmp_path: Path) -> None:
    Store(tmp_path / "v").close()
    (tmp_path / "v" / "home.json").write_text(json.dumps({"format": 1}), "utf-8")
    store = Store(tmp_path / "v")
    assert store.home.format() == FORMAT
    assert store.add(Coming(TWENTY), {}).new == 20
    store.close()


def test_a_home_of_a_later_format_is_refused(tmp_path: Path) -> None:
    Store(tmp_path / "v").close()
    (tmp_path / "v" / "home.json").write_text(json.dumps({"format": FORMAT + 1}), "utf-8")
    with pytest.raises(BadHome, match="newer Portevoix"):
        Store(tmp_path / "v")


def test_a_migration_killed_at_each_of_its_turns_is_finished_by_the_next_run(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = "import sys; from tests.keep.test_migrate import killed; killed(sys.argv[1])"
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def killed(folder: str) -> None:
    """Kills a migration before each fourth call that makes, moves or removes a file: a process of its own, since it forks."""
    import shutil

    from tests.keep import instants
    from tests.keep.killing import TURNING
    from tests.keep.warm import warm

    warm()
    base, trial = Path(folder) / "base", Path(folder) / "trial"
    instants.run(partial(_first, str(base)))
    shutil.copytree(base, trial)
    calls = instants.run(partial(_opened, str(trial))).calls
    places = [(name, calls[: at + 1].count(name)) for at, name in enumerate(calls) if name in TURNING]
    assert len(places) > 20
    for place in places[::4]:
        shutil.rmtree(trial)
        shutil.copytree(base, trial)
        assert instants.run(partial(_opened, str(trial)), place).code in (-9, 0)
        after = instants.run(partial(_opened, str(trial)))
        assert after.answer == [sorted(TWENTY), FORMAT, []], (place, after.answer)


def _first(path: str) -> None:
    Path(path).mkdir()
    first_format(Path(path) / "v")


def _opened(path: str) -> list[object]:
    store = Store(Path(path) / "v")
    found = [texts(store), store.home.format(), list(health.problems(store))]
    for file in facts.files(store.home.facts, "verbatims"):
        assert "quotable" in pq.read_schema(file).names
    store.close()
    return found
