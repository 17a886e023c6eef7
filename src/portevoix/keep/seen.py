"""What a process has read of a home already: a file of a Delta table never changes, so it is looked at once, and after that new files alone."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from portevoix.keep import facts
from portevoix.keep.engines import Engine

_MOST = 50_000_000
"""Verbatims up to which their ids are remembered: 20 bytes each."""


class Seen:
    """Which verbatims and labels the files of a home hold, remembered in the engine's memory: days, counts and digests of ids, no words.

    Whatever was removed or rewritten meanwhile stands in other files, so nothing that is remembered has to be put right.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._versions: tuple[int, int] | None = None
        self._labels: frozenset[str] = frozenset()
        self._older: dict[str, frozenset[str]] = {}
        self._read: dict[str, dict[str, int]] = {"days": {}, "ids": {}}
        self._files = self._ids = 0
        self._fresh: dict[str, set[str]] = {"labels": set(), "verbatims": set()}
        self._rewritten = self._looks = 0
        self._touched: dict[date, int] = {}
        self.counted: dict[object, dict[date, tuple[int, list[dict[str, Any]]]]] = {}
        """What was counted of each day, under the question and the model: see `near.daily`."""
        engine.ask("create temp table seen_days (file integer, day date, n bigint)")
        engine.ask("create temp table seen_ids (file integer, id ubigint, day date)")

    def days(self) -> list[tuple[date, int]]:
        """Customers' verbatims by local day, oldest first; those without a date are left out."""
        self._engine.again(lambda: self._catch_up("days"))
        return self._engine.ask(
            "select day, sum(n)::bigint as n from seen_days where day is not null group by day having n > 0 order by day"
        )

    def holding(self, ids: Sequence[str]) -> list[str]:
        """The files of verbatims that may hold one of these ids."""
        self._know_ids()
        if self._ids > _MOST:
            return sorted(self._older)
        self._engine.load("sought", pa.table({"id": pa.array(ids, pa.string())}))
        found = self._engine.ask(
            "select distinct file from seen_ids where id in (select hash(id) from given_sought)"
        )
        return sorted(path for path, number in self._read["ids"].items() if (number,) in found)

    def labels(self, verbatims: Iterable[str]) -> list[str]:
        """The files of labels that may hold a label of a verbatim of these files.

        Ids that were new when this process first saw their file can have no label in a file that it had seen before.
        """
        self._look()
        older = [self._older.get(path, frozenset()) for path in verbatims]
        return sorted(self._labels - frozenset.intersection(*older)) if older else []

    def changed(self, days: Iterable[date]) -> dict[date, int]:
        """A number for each day, another one as soon as a verbatim of the day, or a label of one, came, went or changed."""
        self._engine.again(self._touch)
        return {day: max(self._rewritten, self._touched.get(day, 0)) for day in days}

    def _touch(self) -> None:
        """Finds the days of what came in new files; all of them where files were rewritten."""
        self._know_ids()
        self._catch_up("days")
        if not any(self._fresh.values()):
            return
        if self._ids > _MOST:
            self._rewritten = self._looks
        numbers = [self._read["ids"][path] for path in self._fresh["verbatims"] & self._read["ids"].keys()]
        days = self._engine.ask(
            "select distinct day from seen_ids where file in (select unnest($1))", numbers
        )
        if self._fresh["labels"] and self._rewritten < self._looks:
            days += self._engine.ask(
                "select distinct day from seen_ids where id in (select hash(verbatim) from read_parquet($1))",
                sorted(self._fresh["labels"]),
            )
        self._touched |= dict.fromkeys((day for (day,) in days), self._looks)
        self._fresh = {"labels": set(), "verbatims": set()}

    def _look(self) -> None:
        """Takes in which files there are now; labels first, so that one of a row that came meanwhile is not taken for older."""
        versions = (facts.version(self._folder, "labels"), facts.version(self._folder, "verbatims"))
        if versions == self._versions:
            return
        labels, verbatims = (frozenset(facts.files(self._folder, name)) for name in ("labels", "verbatims"))
        moved = self._older.keys() - verbatims  # a new file may hold old rows
        self._looks += 1
        if moved or self._labels - labels or self._versions is None:
            self._rewritten = self._looks
        self._fresh["labels"] = (self._fresh["labels"] | (labels - self._labels)) & labels
        self._fresh["verbatims"] |= verbatims - self._older.keys()
        before = frozenset() if moved else self._labels
        self._older = {path: self._older.get(path, before) for path in verbatims}
        self._labels, self._versions = labels, versions

    def _know_ids(self) -> None:
        """Remembers the ids of all files, unless they are too many."""
        if self._ids <= _MOST:
            self._catch_up("ids")
        if self._ids > _MOST:
            self._look()
            self._engine.ask("delete from seen_ids")

    def _catch_up(self, what: str) -> None:
        """Forgets the files that are gone and reads the new ones."""
        self._look()
        known = self._read[what]
        for path in known.keys() - self._older.keys():
            ((rows,),) = self._engine.ask(_FORGET[what], known[path])
            self._ids -= rows if what == "ids" else 0
            del known[path]
        for path in sorted(self._older.keys() - known.keys()):
            self._files += 1
            ((rows,),) = self._engine.ask(_READ[what], self._files, path)
            self._ids += rows if what == "ids" else 0
            known[path] = self._files


_READ = {
    "days": "insert into seen_days select $1, said_on, count(*) filter (author = 'customer') from read_parquet($2) group by said_on",
    "ids": "insert into seen_ids select $1, hash(id), said_on from read_parquet($2)",
}
"""What is remembered of a file: the days, and how many customers' verbatims of each; a digest and the day of each id."""
_FORGET = {
    "days": "delete from seen_days where file = $1",
    "ids": "delete from seen_ids where file = $1",
}
