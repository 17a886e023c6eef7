"""Opens the engine that computes: DuckDB in memory, through Ibis."""

from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from portevoix.keep import facts


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
            paths = facts.files(self._folder, name)
            if paths:
                self._con.read_parquet(paths, table_name=name, union_by_name=True)
            else:
                self._con.create_view(name, self._empty(name), overwrite=True)
            self._seen[name] = (version, self._con.table(name))
        return self._seen[name][1]

    def load(self, name: str, rows: pa.Table) -> Any:  # noqa: ANN401 - ibis ships no types
        """A small Arrow table as a table of the engine, under a name of its own."""
        return self._con.create_table(f"given_{name}", rows, overwrite=True, temp=True)

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table."""
        return expression.to_pyarrow()

    def stream(self, expression: Any, size: int) -> pa.RecordBatchReader:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table in batches of at most `size` rows; nothing else may run here meanwhile."""
        # ibis 12 asks duckdb 2 for a method that is gone, so its own to_pyarrow_batches fails
        return self._con.con.sql(self._con.compile(expression)).to_arrow_reader(size)

    def _empty(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        rows = facts.TABLES[name].empty_table()
        return self._con.create_table(f"empty_{name}", rows, overwrite=True)
