"""The facts as Delta tables: what is stored of each noun, appended and replaced in one commit each."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import ColumnProperties, DeltaTable, Field, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.schema import PrimitiveType

from portevoix.errors import BadHome
from portevoix.nouns import Case, Customer, Label, Verbatim
from portevoix.tables import schema_of


def _stored(noun: type, *extra: pa.Field, without: Sequence[str] = ()) -> pa.Schema:
    kept = [field for field in schema_of(noun) if field.name not in without]
    return pa.schema([*kept, *extra])


_BATCH = pa.field("batch", pa.int64(), nullable=False)
_ROW = pa.field("row", pa.binary(), nullable=False)
TABLES: dict[str, pa.Schema] = {
    "verbatims": _stored(
        Verbatim,
        pa.field("said_on", pa.date32()),
        pa.field("words", pa.binary()),
        _ROW,
        _BATCH,
        without=["text"],
    ),
    "labels": _stored(Label, pa.field("batch", pa.int64())),
    "customers": _stored(Customer, _ROW, _BATCH),
    "cases": _stored(Case, _ROW, _BATCH),
}
"""What each table holds: the noun's fields, with the words sealed; `row` tells a changed row from a known one; a label
has a `batch` where a person gave it.
"""

INNER = ("words", "row", "batch")
"""The columns that no measure sees."""

KEY = {"verbatims": "id", "labels": "verbatim", "customers": "person", "cases": "id"}
"""The column that names a row of each table."""

_INDEXED = "id,verbatim,said_at,said_on,batch,kind,value,opened_at,since"


def _writer(table: str) -> WriterProperties:
    """No statistics of sealed words, of free text or of identities, neither in the log nor in the files."""
    silent = ColumnProperties(statistics_enabled="NONE")
    named = {field.name: silent for field in TABLES[table] if field.name not in _INDEXED.split(",")}
    return WriterProperties(compression="ZSTD", column_properties=named)


def append(folder: Path, table: str, rows: pa.Table) -> None:
    """Appends rows in one commit; the table is made on first use."""
    indexed = ",".join(name for name in _INDEXED.split(",") if name in TABLES[table].names)
    try:
        write_deltalake(
            str(folder / table),
            rows.cast(TABLES[table]),
            mode="append",
            schema_mode="merge",  # a column that came since the table was made
            writer_properties=_writer(table),
            configuration={"delta.dataSkippingStatsColumns": indexed},
        )
    except (DeltaError, OSError) as error:
        raise BadHome(
            f"The table {folder / table} cannot be written; nothing of this batch was kept."
        ) from error


def replace(folder: Path, table: str, rows: pa.Table) -> None:
    """Puts rows in the place of those with the same key, in one commit."""
    key = KEY[table]
    try:
        (
            DeltaTable(str(folder / table))
            .merge(
                rows.cast(TABLES[table]),
                f"kept.{key} = fresh.{key}",
                source_alias="fresh",
                target_alias="kept",
                writer_properties=_writer(table),
            )
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .execute()
        )
    except (DeltaError, OSError) as error:
        raise BadHome(
            f"The table {folder / table} cannot be written; nothing of this batch was kept."
        ) from error


def exchange(folder: Path, table: str, rows: pa.Table, predicate: str) -> None:
    """Puts rows in the place of those that a Delta predicate names, in one commit."""
    try:
        write_deltalake(
            str(folder / table),
            rows.cast(TABLES[table]),
            mode="overwrite",
            predicate=predicate,
            schema_mode="merge",
            writer_properties=_writer(table),
        )
    except (DeltaError, OSError) as error:
        raise BadHome(f"The table {folder / table} cannot be written; it is as it was.") from error


def remove(folder: Path, table: str, predicate: str) -> None:
    """Deletes the rows that a Delta predicate names; a table that isn't there has none."""
    if DeltaTable.is_deltatable(str(folder / table)):
        DeltaTable(str(folder / table)).delete(predicate, writer_properties=_writer(table))


def clear(folder: Path, table: str, column: str, predicate: str) -> None:
    """Empties one column of the rows that a Delta predicate names."""
    if DeltaTable.is_deltatable(str(folder / table)):
        null = "bigint" if pa.types.is_integer(TABLES[table].field(column).type) else "string"
        DeltaTable(str(folder / table)).update(
            {column: f"cast(null as {null})"}, predicate=predicate, writer_properties=_writer(table)
        )


def has(folder: Path, table: str, column: str) -> bool:
    """Whether a table is there and has a column: homes are older than some columns."""
    if not DeltaTable.is_deltatable(str(folder / table)):
        return False
    return column in {field.name for field in DeltaTable(str(folder / table)).schema().fields}


def widen(folder: Path, table: str, column: str, kind: str) -> None:
    """Adds an empty column of a Delta type to a table that lacks it, in its files too, since engines read those."""
    if not DeltaTable.is_deltatable(str(folder / table)):
        return
    try:
        kept = DeltaTable(str(folder / table))
        if column not in [field.name for field in kept.schema().fields]:
            kept.alter.add_columns([Field(column, PrimitiveType(kind))])
        if any(column not in pq.read_schema(file).names for file in files(folder, table)):
            empty = {column: f"cast(null as {'bigint' if kind == 'long' else kind})"}
            DeltaTable(str(folder / table)).update(empty, writer_properties=_writer(table))
    except (DeltaError, OSError) as error:
        raise BadHome(f"The table {folder / table} cannot be written; it is as it was.") from error


def among(column: str, values: Sequence[str]) -> str:
    """The Delta predicate for rows whose column has one of these values."""
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} in ({quoted})"


def scour(folder: Path, table: str) -> None:
    """Leaves on disk nothing but the table as it is now: no file, no log entry, no statistics of earlier versions.

    For one writer alone. A reader that meets a file that is gone reads again.
    """
    if not DeltaTable.is_deltatable(str(folder / table)):
        return
    DeltaTable(str(folder / table)).alter.set_table_properties(
        {
            "delta.logRetentionDuration": "interval 0 seconds",
            "delta.deletedFileRetentionDuration": "interval 0 seconds",
        }
    )
    DeltaTable(str(folder / table)).vacuum(
        retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True
    )
    now = DeltaTable(str(folder / table))
    now.create_checkpoint()
    now.cleanup_metadata()


def compact(folder: Path, table: str) -> None:
    """Puts small files together in one commit."""
    if DeltaTable.is_deltatable(str(folder / table)):
        DeltaTable(str(folder / table)).optimize.compact(writer_properties=_writer(table))


def files(folder: Path, table: str) -> list[str]:
    """The Parquet files that make up a table now; an empty list where it has none."""
    if not DeltaTable.is_deltatable(str(folder / table)):
        return []
    return [unquote(urlparse(uri).path) for uri in DeltaTable(str(folder / table)).file_uris()]


def between(folder: Path, table: str, column: str, low: Any, high: Any) -> list[str]:  # noqa: ANN401 - any ordered value
    """The files of a table that may hold rows whose column is from `low` up to and with `high`, by their statistics."""
    if not DeltaTable.is_deltatable(str(folder / table)):
        return []
    kept = DeltaTable(str(folder / table))
    told = pa.table(kept.get_add_actions(flatten=True))
    if f"min.{column}" not in told.column_names:
        return files(folder, table)
    ends = (told[f"{end}.{column}"].to_pylist() for end in ("min", "max"))
    return [
        str(folder / table / unquote(path))
        for path, least, most in zip(told["path"].to_pylist(), *ends, strict=True)
        if least is None or most is None or (least <= high and most >= low)
    ]


def version(folder: Path, table: str) -> int:
    """The number of the table's last commit, read off its log; -1 where it has none."""
    log = folder / table / "_delta_log"
    try:
        commits = [name.removesuffix(".json") for name in os.listdir(log)]
    except FileNotFoundError:
        return -1
    return max((int(name) for name in commits if name.isdigit()), default=-1)
