"""Counts on Spark instead of DuckDB: the same Ibis tables over the same Parquet files, for homes that outgrow one machine."""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from portevoix.errors import BadHome, PortevoixError, WrongUse
from portevoix.keep import facts

LOCAL = "spark"
"""The name of a Spark of this machine alone, on all its cores."""
_ATTEMPTS = 3
_GONE = ("FILE_NOT_EXIST", "FileNotFoundException", "NoSuchFileException")
_ALWAYS = {
    "spark.ui.enabled": "false",
    "spark.io.encryption.enabled": "true",  # what it spills tells of people too
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.catalogImplementation": "in-memory",
}


class Spark:
    """The Delta tables of a folder in a `session`, read by their lists of files; every worker must see the folder."""

    def __init__(self, session: Any, folder: Path) -> None:  # noqa: ANN401 - pyspark is imported late
        self._folder = folder
        self._session = session
        self._con = _backend(session)
        self._seen: dict[str, tuple[int, Any]] = {}

    def close(self) -> None:
        """Lets the session's tables go; the machinery of Java stays until the process ends, for the next session."""
        for name in self._seen:
            self._session.catalog.dropTempView(name)
        self._seen.clear()

    def table(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """A fact table as it is now, as an Ibis table without sealed words."""
        return self.batched(name).drop("batch")

    def batched(self, name: str) -> Any:  # noqa: ANN401 - ibis ships no types
        """The same with the batch of each row."""
        version = facts.version(self._folder, name)
        if name not in self._seen or self._seen[name][0] != version:
            self._see(name, version)
        return self._seen[name][1]

    def _see(self, name: str, version: int) -> None:
        from pyspark.sql.pandas.types import from_arrow_schema

        shown = [field for field in facts.TABLES[name] if field.name not in ("words", "row")]
        schema = from_arrow_schema(pa.schema(shown), prefer_timestamp_ntz=True)
        paths = [Path(path).as_uri() for path in facts.files(self._folder, name)]
        reader = self._session.read.schema(schema)
        rows = reader.parquet(*paths) if paths else self._session.createDataFrame([], schema)
        rows.createOrReplaceTempView(name)
        self._seen[name] = (version, self._con.table(name))

    def run(self, expression: Any) -> pa.Table:  # noqa: ANN401 - ibis ships no types
        """Computes an Ibis table."""
        for _ in range(_ATTEMPTS):
            try:
                found: pa.Table = expression.to_pyarrow()
                return found
            except Exception as error:  # Spark's own classes come from a module that may be absent
                if not any(gone in str(error) for gone in _GONE):
                    raise
                # an erasure or a compaction took a file away between its listing and its reading
                for name in list(self._seen):
                    self._see(name, facts.version(self._folder, name))
        raise BadHome(
            f"The facts in {self._folder} cannot be read by Spark: a file is missing, or a worker does not see the folder."
        )


def session(master: str = LOCAL) -> Any:  # noqa: ANN401 - pyspark is imported late
    """A session of its own, on the Spark that this process has already or on one that is started quietly.

    `master` is "spark" (this machine, all its cores) or a cluster's "spark://HOST:PORT"; another name is WrongUse. Raises
    PortevoixError, naming what to install, where PySpark or Java is absent, and where the cluster does not answer.
    """
    if master != LOCAL and not master.startswith("spark://"):
        raise WrongUse(f"An engine is duckdb, spark or spark://HOST:PORT; not '{master}'.")
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise PortevoixError(
            "Counting on Spark takes an extra: pip install 'portevoix[spark]' (and Java 17 or later)."
        ) from None
    running = SparkSession.getActiveSession()
    if running is not None:
        return _told_apart(running, master)
    if shutil.which("java", path=_java()) is None:
        raise PortevoixError(
            "Spark needs Java 17 or later and finds none: install it (Debian: default-jre-headless) or set JAVA_HOME."
        )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    options = {**_ALWAYS, **(_alone() if master == LOCAL else {})}
    builder = SparkSession.builder.master("local[*]" if master == LOCAL else master).appName("portevoix")
    for name, value in options.items():
        builder = builder.config(name, value)
    try:
        with _unheard():
            started = builder.getOrCreate()
    except Exception as error:
        raise PortevoixError(
            f"Spark does not start ({type(error).__name__}): see that java -version says 17 or later and that {master} answers."
        ) from None
    started.sparkContext.setLogLevel("OFF")  # its errors are raised; its log might hold values of rows
    return started


def _backend(session: Any) -> Any:  # noqa: ANN401 - pyspark is imported late
    """Ibis' own way to Spark, but tables cross as Arrow: through pandas, maps come back as something else."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*pandas", category=FutureWarning)
        from ibis.backends.pyspark import Backend

    class ByArrow(Backend):  # type: ignore[misc] # ibis ships no types
        def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:  # noqa: ANN401
            self._run_pre_execute_hooks(expr)
            rows = expr.as_table()
            found = self.raw_sql(self.compile(rows, params=params, limit=limit)).toArrow()
            return expr.__pyarrow_result__(found.cast(rows.schema().to_pyarrow()))

        def _register_in_memory_table(self, op: Any) -> None:  # noqa: ANN401
            rows = op.data.to_pyarrow(op.schema)
            self._session.createDataFrame(rows).createOrReplaceTempView(op.name)

    ByArrow.register_options()
    backend = ByArrow()
    backend.do_connect(session)
    return backend


def _told_apart(running: Any, master: str) -> Any:  # noqa: ANN401 - pyspark is imported late
    """A new session of the Spark that runs in this process: names and settings of its own."""
    other = running.sparkContext.master
    if master != LOCAL and other != master:
        raise WrongUse(f"This process counts on {other} already; it can't count on {master} as well.")
    return running.newSession()


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin") if home else os.environ.get("PATH", os.defpath)


def _alone() -> dict[str, str]:
    """The settings of a Spark of this machine alone: no port beyond it, half its memory, as many parts as cores."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**21
    return {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": f"{max(1024, memory)}m",
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
    }


@contextmanager
def _unheard() -> Iterator[None]:
    """Keeps what the launcher of Java writes off stderr, which Java inherits for good."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
