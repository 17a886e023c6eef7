"""A day more on a large home: what it takes to keep the day's answers and to tell its figures, in a process that told a day before.

    .venv/bin/python bench/daily.py [--verbatims 10000000] [--base DIR] [--write]

The base is simulated: two years of rows in a home, without words, and two labels a verbatim. They come from a source a day, or
all from one source without ids of its own, so that ids are scattered and no file can be passed over by its statistics. Then come
two days of 10,000 answers, half of them with words, and their labels; reading the words is another bench (`label.py`).
`--base` keeps the homes, each two days longer, for another run. `--write` puts the table into docs/speed.md.
"""

import argparse
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from portevoix.keep import facts  # noqa: E402
from portevoix.keep.ledger import Taken  # noqa: E402
from portevoix.keep.store import Store  # noqa: E402
from portevoix.nouns import Label, Verbatim  # noqa: E402
from portevoix.settings import Settings  # noqa: E402
from portevoix.simulate.tables import write_tables  # noqa: E402
from portevoix.tables import schema_of  # noqa: E402
from portevoix.voice import Voice  # noqa: E402

PAGE = ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- daily -->", "<!-- /daily -->"
MODEL, ROWS = "sim@1", 10_000
FIGURES = ("nps", "csat", "ces", "experience", "themes", "emerging")
SAID = "The line drops every evening and nobody calls back, though the bill comes on time and has gone up again: it is the third month"
_PORTION = 1_000_000


class Simulated:
    """The labeller whose labels the base holds; the bench brings the day's labels itself."""

    name = MODEL

    def read(self, ids: list[str], texts: list[str]) -> pa.Table:
        raise AssertionError("every row has its labels")


def scattered(numbers: np.ndarray, sources: np.ndarray) -> pa.Array:
    """Ids as a home gives them to rows without their own: the source, and digits in no order."""
    with np.errstate(over="ignore"):
        mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    return pa.array(
        [f"{source}/{x:016x}00000000" for source, x in zip(sources, mixed.tolist(), strict=True)], pa.string()
    )


def build(home: Path, tables: list[Path], daily: bool) -> None:
    """Fills a home with the simulated tables, each row from the file of its day or all from one."""
    store = Store(home)
    days = pq.read_table(tables[0], columns=["said_on"])["said_on"].to_numpy().astype("datetime64[D]")
    for table, path in zip(("verbatims", "labels"), tables, strict=True):
        key = facts.KEY[table]
        for part in pq.ParquetFile(path).iter_batches(_PORTION):
            rows = pa.Table.from_batches([part])
            numbers = np.array([int(name[4:]) for name in rows[key].to_pylist()])
            sources = days[numbers].astype(str) if daily else np.full(len(rows), "sim")
            rows = rows.set_column(
                rows.schema.get_field_index(key), facts.TABLES[table].field(key), scattered(numbers, sources)
            )
            extra: dict[str, pa.Array] = {"batch": pa.nulls(len(rows), pa.int64())}
            if table == "verbatims":
                batch = store.ledger.begin("sim", "verbatims", "", {})
                marks = np.random.default_rng(batch).bytes(16 * len(rows))
                extra = {
                    "batch": pa.array(np.full(len(rows), batch)),
                    "row": pa.array([marks[at : at + 16] for at in range(0, len(marks), 16)], pa.binary()),
                    "words": pa.nulls(len(rows), pa.binary()),
                }
            for name, column in extra.items():
                rows = rows.append_column(name, column)
            facts.append(store.home.facts, table, rows.select(facts.TABLES[table].names))
            if table == "verbatims":
                store.ledger.finish(batch, Taken(source="sim", kind="verbatims", new=len(rows)))
    store.ledger.has_read(MODEL, store.ledger.last())
    store.close()


@dataclass
class Part:
    rows: pa.Table
    refused: tuple[()] = ()


class Day:
    """A day's answers, as `collect` hands them over; one in two has words, and nobody is named, so that each has a key of its own."""

    kind = "verbatims"

    def __init__(self, source: str, day: date) -> None:
        self.source, self.day = source, day
        self.digest = hashlib.sha256(f"{source} {day}".encode()).hexdigest()
        self._part = self._rows()

    def batches(self) -> Iterator[Part]:
        yield self._part

    def _rows(self) -> Part:
        rng = np.random.default_rng(self.day.toordinal())
        start = datetime(self.day.year, self.day.month, self.day.day, 8)
        given = {
            "text": [f"{SAID} {place}" if place % 2 else "" for place in range(ROWS)],
            "author": ["customer"] * ROWS,
            "more": [[]] * ROWS,
            "said_at": [start + timedelta(seconds=place) for place in range(ROWS)],
            "nps": rng.integers(0, 11, ROWS).tolist(),
            "csat": rng.integers(1, 6, ROWS).tolist(),
            "ces": rng.integers(1, 8, ROWS).tolist(),
            **{name: rng.integers(1, 6, ROWS).tolist() for name in ("needs_met", "easy", "enjoyable")},
        }
        columns = {
            one.name: pa.array(given.get(one.name, [None] * ROWS), one.type)
            for one in schema_of(Verbatim)
            if one.name != "id"
        }
        columns["own_id"] = pa.nulls(ROWS, pa.string())
        columns["row"] = pa.array(
            [hashlib.sha256(f"{self.day} {n}".encode()).digest() for n in range(ROWS)], pa.binary()
        )
        columns["line"] = pa.array(range(2, ROWS + 2), pa.int64())
        return Part(pa.table(columns))


def labelled(store: Store, day: date) -> None:
    """The day's labels: a language, a mood and two themes for each of its rows."""
    rows = store.table("verbatims")
    ids = store.run(rows.filter(rows.said_on == day).select("id"))["id"].to_pylist()
    rng = np.random.default_rng(day.toordinal())
    labels = [
        {"verbatim": name, "kind": kind, "value": value, "polarity": polarity, "confidence": 0.9, "by": MODEL}
        for name in ids
        for kind, value, polarity in (
            ("lang", "fr", None),
            ("sentiment", "mood", float(rng.uniform(-1, 1))),
            ("theme", str(rng.choice(["price", "outage", "billing"])), float(rng.integers(-1, 2))),
            ("theme", "staff", float(rng.integers(-1, 2))),
        )
    ]
    store.add_labels(pa.Table.from_pylist(labels, schema=schema_of(Label)))
    store.ledger.has_read(MODEL, store.ledger.last())


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the wall and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def measured(home: Path, daily: bool) -> list[list[tuple[str, float, float]]]:
    """Two days on a home, each: what was done, seconds of the wall and of the processor."""
    found = []
    with Voice(home, settings=Settings()) as voice:
        voice._labeller_open = Simulated()
        rows = voice._store.table("verbatims")
        last = voice._store.run(rows.aggregate(last=rows.said_on.max()))["last"][0].as_py()
        for day in (last + timedelta(days=1), last + timedelta(days=2)):
            coming = Day(str(day) if daily else "sim", day)
            steps = [("keep 10,000 rows", *spent(lambda c=coming: voice._store.add(c, {})))]
            steps.append(
                ("find what is to be labelled", *spent(lambda: list(voice._store.unlabelled(MODEL))))
            )
            labelled(voice._store, day)
            for name in FIGURES:

                def figure(name: str = name, day: date = day) -> object:
                    if name == "emerging":  # of the nine weeks that end with the day
                        return voice.measure(name)
                    return voice.measure(name, since=day, until=day + timedelta(days=1))

                steps.append((name, *spent(figure)))
            found.append(steps)
    return found


def page(verbatims: int, cases: dict[str, list[list[tuple[str, float, float]]]]) -> str:
    lines = [
        f"Printed by `.venv/bin/python bench/daily.py --verbatims {verbatims} --write`: a day of {ROWS:,} answers onto {verbatims:,} verbatims and {2 * verbatims:,} labels,",
        "then its figures, and what rises in the nine weeks that end with it. Seconds of processor (of the wall): the first day of a process, and the next.",
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.",
        "",
        "| step | " + " | ".join(f"{name}: first day | next" for name in cases) + " |",
        "|---|" + "--:|--:|" * len(cases),
    ]
    steps = [name for name, *_ in next(iter(cases.values()))[0]]
    for place, step in enumerate(steps):
        cells = [f"{day[place][2]:.2f} ({day[place][1]:.2f})" for days in cases.values() for day in days]
        lines.append(f"| {step} | " + " | ".join(cells) + " |")
    sums = [
        f"**{sum(one[2] for one in day):.2f}** ({sum(one[1] for one in day):.2f})"
        for days in cases.values()
        for day in days
    ]
    lines.append("| together | " + " | ".join(sums) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbatims", type=int, default=1_000_000)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = asked.base or Path(name)
        cases = {}
        for case, daily in (("a source a day", True), ("one source", False)):
            home = base / f"{'daily' if daily else 'one'}-{asked.verbatims}"
            if not home.exists():
                build(home, write_tables(base / f"tables-{asked.verbatims}", asked.verbatims, 7), daily)
            cases[case] = measured(home, daily)
        text = page(asked.verbatims, cases)
    print(text)
    if asked.write:
        old = PAGE.read_text("utf-8")
        block = f"{BEGIN}\n{text}\n{END}"
        new = (
            re.sub(f"{BEGIN}.*{END}", lambda _: block, old, flags=re.S)
            if BEGIN in old
            else f"{old}\n## A day more\n\n{block}\n"
        )
        PAGE.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
