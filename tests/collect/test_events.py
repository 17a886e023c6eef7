"""Event logs: one row an event in, one case out, whatever the order of the events."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.collect import events
from portevoix.collect.files import source
from portevoix.errors import BadSource

HEADER = (
    "number,sys_mod_count,caller_id,category,subcategory,assignment_group,reopen_count,opened_at,resolved_at"
)
EVENTS = [
    "I1,0,Caller 1,Network,Wifi,Group 1,0,01/03/2026 08:00,",
    "I1,2,Caller 1,Printing,Toner,Group 2,1,01/03/2026 08:00,02/03/2026 09:00",
    "I1,3,Caller 1,Printing,Toner,Group 2,1,01/03/2026 08:00,04/03/2026 10:00",
    "I2,0,?,?,Mail,Group 1,0,05/03/2026 08:00,?",
    "I2,1,Caller 7,Network,Mail,Group 1,0,05/03/2026 08:00,06/03/2026 08:00",
]


def _read(tmp_path: Path, rows: Sequence[str], header: str = HEADER) -> tuple[list[dict[str, Any]], Any]:
    path = tmp_path / "log.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    reading = source(path, kind="cases")
    tables = [batch.rows for batch in reading.batches()]
    return pa.concat_tables(tables).to_pylist(), reading


def test_the_events_of_a_case_become_one_row(tmp_path: Path):
    (one, two), reading = _read(tmp_path, EVENTS)
    assert (one["own_id"], one["person"], one["theme"]) == ("I1", "Caller 1", "Network / Wifi")
    assert (one["opened_at"].day, one["claimed_at"].day, one["relapses"], one["provider"]) == (
        1,
        4,
        1,
        "Group 2",
    )
    assert dict(one["more"])["category"] == "Network"
    assert dict(one["more"])["subcategory"] == "Wifi"
    assert (two["person"], two["theme"], two["line"]) == ("Caller 7", "Mail", 5)
    assert any("read as events" in note for note in reading.notes)


def test_an_export_of_one_row_a_case_is_not_folded(tmp_path: Path):
    rows = [f"I{place},0,Caller {place},Network,Wifi,Group 1,0,01/03/2026 08:00," for place in range(50)]
    found, reading = _read(tmp_path, rows)
    assert len(found) == 50
    assert {row["theme"] for row in found} == {"Network"}
    assert not any("events" in note for note in reading.notes)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(EVENTS))
def test_the_order_of_the_file_does_not_matter_where_a_column_numbers_the_events(tmp_path_factory, order):
    found, _ = _read(tmp_path_factory.mktemp("log"), order)
    expected, _ = _read(tmp_path_factory.mktemp("log"), EVENTS)

    def kept(rows: list[dict[str, Any]]) -> list[Any]:
        return sorted(
            ({name: value for name, value in row.items() if name not in ("row", "line")} for row in rows),
            key=repr,
        )

    assert kept(found) == kept(expected)


def test_a_row_that_cannot_be_read_is_set_aside_and_the_others_fold(tmp_path: Path):
    found, reading = _read(tmp_path, [*EVENTS, "I3,0,Caller 9,Network,Wifi,Group 1,0,someday,"])
    assert [row["own_id"] for row in found] == ["I1", "I2"]
    (refused,) = [one for batch in reading.batches() for one in batch.refused]
    assert refused.line == 7
    assert "date" in refused.reason


def test_a_mapping_of_the_theme_holds(tmp_path: Path):
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEADER, *EVENTS]) + "\n", "utf-8")
    (batch,) = source(path, kind="cases", mapping={"theme": "subcategory"}).batches()
    assert batch.rows["theme"].to_pylist() == ["Wifi", "Mail"]


def test_a_log_of_too_many_cases_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(events, "MOST_CASES", 1)
    with pytest.raises(BadSource, match="more than 1 cases"):
        _read(tmp_path, EVENTS)


@pytest.mark.data
def test_119_998_events_are_20_769_incidents(data: Path):
    path = data / "care" / "itsm_incident_event_log.csv.gz"
    if not path.is_file():
        pytest.skip(f"needs {path.name} in the folder of real data")
    reading = source(path, kind="cases")
    assert sum(batch.rows.num_rows for batch in reading.batches()) == 20_769
