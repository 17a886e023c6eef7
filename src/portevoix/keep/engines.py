"""Opens the engine that computes: DuckDB in memory, through Ibis."""

import contextlib
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import ibis
import pyarrow as pa
from deltalake.exceptions import DeltaError
from ibis.backends.duckdb.converter import DuckDBPyArrowData
from ibis.expr.operations import InMemoryTable

from portevoix.errors import BadHome
from portevoix.keep import facts

T = TypeVar("T")
Files = Callable[[], list[str]]
_ATTEMPTS = 20
_PAUSE = 0.05
_QUESTIONS = 128


class Engine:
    """One DuckDB in memory over the Delta tables of a folder; what it holds of its own is gone on close."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._con = ibis.duckdb.connect(temp_directory=str(folder.parent / "spill"))
        self._views: dict[str, tuple[int, Files, Any]] = {}
        self._emptied: set[str] = set()
        self._questions: dict[object, Any] = {}
        self._held: dict[str, tuple[object, Any]] = {}
        self._written = lru_cache(_QUESTIONS)(lambda question: self._con.compile(question.to_expr()))

    def close(self) -> None:
        """Lets the engine go."""
        self._con.disconnect()

    def table(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """A fact table as it is now, as an Ibis table; typed and empty where nothing was kept yet."""
        version = facts.version(self._folder, name)
        if name not in self._views or self._views[name][0] != version:
            self.again(lambda: self._view(name, version, lambda: facts.files(self._folder, name)))
        return self._views[name][2]

    def part(self, name: str, files: Files) -> Any:  # noqa: ANN401 - ibis ships no types
        """Those files of a fact table that `files` lists, as an Ibis table; the next part of the same table takes its place."""
        self.again(lambda: self._view(f"{name}_part", -1, files))
        return self._views[f"{name}_part"][2]

    def _view(self, name: str, version: int, files: Files) -> None:
        schema, paths = facts.TABLES[name.removesuffix("_part")], files()
        if paths:
            found = self._con.read_parquet(paths, table_name=name, union_by_name=True)
        else:
            found = self._empty(name, schema)
        typed = ibis.Schema.from_pyarrow(schema)
        absent = [column for column in typed.names if column not in found.columns]  # the home is older
        found = found.mutate(**{c: ibis.null(typed[c]) for c in absent}) if absent else found
        self._views[name] = (version, files, found)

    def ask(self, sql: str, *values: object) -> list[Any]:
        """The rows that SQL of our own gives, with values for $1, $2 and so on."""
        rows: list[Any] = self._con.con.execute(sql, list(values)).fetchall()
        return rows

    def load(self, name: str, rows: pa.Table) -> Any:  # noqa: ANN401 - ibis ships no types
        """A small Arrow table as a table of the engine, under a name of its own."""
        self._con.con.register("arriving", rows)
        self._con.raw_sql(f'create or replace temporary table "given_{name}" as from arriving')
        self._con.con.unregister("arriving")
        return self._con.table(f"given_{name}")

    def held(self, name: str, of: object, rows: Callable[[], pa.Table]) -> Any:  # noqa: ANN401 - ibis ships no types
        """A small table that stays in the engine's memory under a name; asked for again, it is read anew only if `of` differs."""
        if name not in self._held or self._held[name][0] != of:
            self._held[name] = (of, self.load(name, rows()))
        return self._held[name][1]

    def written(self, key: object, question: Callable[[], Any]) -> Any:  # noqa: ANN401 - ibis ships no types
        """A question in Ibis under a key that says all it depends on: written once, since that takes longer than to count few rows.

        What is no question, but counted already, is handed on.
        """
        if key not in self._questions:
            found = question()
            if not isinstance(found, ibis.Table):
                return found
            self._questions[key] = found
        return self._questions[key]

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table. The SQL of the last questions is remembered: to write it can take longer than to count."""
        found: pa.Table = self.again(lambda: self._run(expression.as_table()), self._refresh)
        return found

    def _run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        if expression.op().find(InMemoryTable):
            return expression.to_pyarrow()  # its rows are no part of its SQL
        found = self._con.con.sql(self._written(expression.op())).to_arrow_table()
        return expression.__pyarrow_result__(found, data_mapper=DuckDBPyArrowData)

    def _refresh(self) -> None:
        for name, (_, files, _) in list(self._views.items()):
            self._view(name, facts.version(self._folder, name), files)

    def again(self, attempt: Callable[[], T], meanwhile: Callable[[], None] = lambda: None) -> T:
        """Tries again where an erasure or a compaction took a file away between its listing and its reading."""
        for _ in range(_ATTEMPTS):
            try:
                return attempt()
            except duckdb.InvalidInputException:
                break  # a torn file, perhaps: it will not mend
            except (duckdb.IOException, DeltaError, OSError):
                time.sleep(_PAUSE)
                with contextlib.suppress(duckdb.IOException, DeltaError, OSError):
                    meanwhile()
        try:
            return attempt()
        except duckdb.Error as error:
            torn = isinstance(error, duckdb.InvalidInputException) and ".parquet'" in str(error)
            if not torn and not isinstance(error, duckdb.IOException) and type(error) is not duckdb.Error:
                raise  # not about files
            raise BadHome(
                f"The facts in {self._folder} cannot be read: a file is missing or damaged; see portevoix keep check."
            ) from None
        except (DeltaError, OSError) as error:
            raise BadHome(
                f"The facts in {self._folder} cannot be read: a file is missing or damaged; see portevoix keep check."
            ) from error

    def stream(self, expression: Any, size: int) -> pa.RecordBatchReader:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table in batches of at most `size` rows; nothing else may run here meanwhile."""
        # ibis 12 asks duckdb 2 for a method that is gone, so its own to_pyarrow_batches fails
        return self._con.con.sql(self._con.compile(expression)).to_arrow_reader(size)

    def _empty(self, name: str, schema: pa.Schema) -> Any:  # noqa: ANN401 - ibis ships no types
        """A table without rows, as a temporary view like those of files: another kind would be hidden by them."""
        if name not in self._emptied:
            self._con.create_table(f"empty_{name}", schema.empty_table(), overwrite=True)
            self._emptied.add(name)
        self._con.raw_sql(f'create or replace temporary view "{name}" as from "empty_{name}"')
        return self._con.table(name)
