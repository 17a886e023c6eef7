"""Opens the engine that computes: DuckDB in memory, through Ibis."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import ibis
import pyarrow as pa
from deltalake.exceptions import DeltaError

from portevoix.errors import BadHome
from portevoix.keep import facts

T = TypeVar("T")
_ATTEMPTS = 20
_PAUSE = 0.05


class Engine:
    """One DuckDB in memory over the Delta tables of a folder; it holds no data of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._con = ibis.duckdb.connect(temp_directory=str(folder.parent / "spill"))
        self._seen: dict[str, tuple[int, Any]] = {}

    def close(self) -> None:
        """Lets the engine go."""
        self._con.disconnect()

    def table(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """A fact table as it is now, as an Ibis table; typed and empty where nothing was kept yet."""
        version = facts.version(self._folder, name)
        if name not in self._seen or self._seen[name][0] != version:
            self._again(lambda: self._see(name, version), lambda: None)
        return self._seen[name][1]

    def _see(self, name: str, version: int) -> None:
        paths = facts.files(self._folder, name)
        if paths:
            self._con.read_parquet(paths, table_name=name, union_by_name=True)
        else:
            self._empty(name)
        found = self._con.table(name)
        typed = ibis.Schema.from_pyarrow(facts.TABLES[name])
        absent = [column for column in typed.names if column not in found.columns]  # the home is older
        self._seen[name] = (
            version,
            found.mutate(**{c: ibis.null(typed[c]) for c in absent}) if absent else found,
        )

    def load(self, name: str, rows: pa.Table) -> Any:  # noqa: ANN401 - ibis ships no types
        """A small Arrow table as a table of the engine, under a name of its own."""
        return self._con.create_table(f"given_{name}", rows, overwrite=True, temp=True)

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table."""
        found: pa.Table = self._again(expression.to_pyarrow, self._refresh)
        return found

    def _refresh(self) -> None:
        for name in list(self._seen):
            self._see(name, facts.version(self._folder, name))

    def _again(self, attempt: Callable[[], T], meanwhile: Callable[[], None]) -> T:
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

    def _empty(self, name: str) -> None:
        """A table without rows, as a temporary view like those of files: another kind would be hidden by them."""
        self._con.create_table(f"empty_{name}", facts.TABLES[name].empty_table(), overwrite=True)
        self._con.raw_sql(f'create or replace temporary view "{name}" as from "empty_{name}"')
