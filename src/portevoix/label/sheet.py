"""Labelled comments as files: JSON Lines, CSV, XLSX and Parquet, by the name that the file is given."""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from portevoix.errors import WrongUse
from portevoix.label.xlsx import FORMULA, LONGEST, Cell, Sheet

if TYPE_CHECKING:
    import pyarrow as pa

COMMENT = (
    "id",
    "lang",
    "sentiment",
    "mentions",
    "emotions",
    "intents",
    "needs_met",
    "easy",
    "enjoyable",
    "problem",
    "redacted",
)
MENTION = ("id", "theme", "polarity", "start", "stop", "evidence", "confidence")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{0,5}[1-9])?")
_json = json.JSONEncoder(ensure_ascii=False).encode

Labelled = tuple[Sequence[str], Mapping[str, Any]]
"""The source's own cells of a row, and what is written of it."""


class Book(Protocol):
    """A file under way: what `shaper` made of rows is added in order, then it is closed. `cut`: cells cut to what the
    format holds.
    """

    cut: int

    def write(self, shaped: Any) -> None:  # noqa: ANN401 - the format's own
        """Adds rows that were shaped."""

    def close(self) -> None:
        """Writes what ends the file; the stream stays open."""


def kind_of(path: Path) -> str:
    """The format that a file's name asks for: jsonl, csv, xlsx or parquet, with ".gz" for the two that are text.

    Raises WrongUse for any other name.
    """
    name = path.name.lower()
    zipped = name.endswith(".gz")
    bare = name.removesuffix(".gz")
    kinds = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
    if not zipped:
        kinds |= {".xlsx": "xlsx", ".parquet": "parquet"}
    kind = kinds.get(Path(bare).suffix)
    if kind is None and (path.is_dir() or not path.name):
        raise WrongUse(
            f"{path} is a folder: name the file to write in it, ending with .jsonl, .csv, .xlsx or .parquet."
        )
    if kind is None:
        raise WrongUse(
            f"The name {path.name} tells no format: end it with .jsonl, .csv, .xlsx or .parquet "
            "(.gz may follow the first two)."
        )
    return kind + ".gz" * zipped


def grows(kind: str) -> bool:
    """Whether a file of a format can be continued where it was left: any but XLSX and Parquet, which need their end."""
    return kind.startswith(("jsonl", "csv"))


def has_cells(kind: str) -> bool:
    """Whether a format writes the source's own columns before ours."""
    return kind.startswith(("csv", "xlsx"))


def shaper(kind: str, own: Sequence[str], words: int, mentions: bool) -> Callable[[Sequence[Labelled]], Any]:
    """What makes of rows what a `book` of the same format writes; nothing is shared between its calls.

    `own` are the source's column names, of which number `words` holds the comments.
    """
    names = MENTION if mentions else COMMENT
    if kind == "parquet":
        schema = _schema(names)
        return lambda rows: _arrow([row for _, row in rows], schema)
    if kind == "xlsx":
        return lambda rows: [_cells(own, row, names, words) for own, row in rows]
    lines = _json_lines if kind.startswith("jsonl") else lambda rows: _csv_lines(rows, names)
    return (lambda rows: _zipped(lines(rows))) if kind.endswith(".gz") else lines


def book(kind: str, stream: IO[bytes], own: Sequence[str], mentions: bool, begun: bool) -> Book:
    """Begins a file of a format, or continues it where `begun`.

    `own` are the source's column names; CSV and XLSX write them first. With `mentions`, rows are one a mention.
    """
    names = MENTION if mentions else COMMENT
    if kind == "parquet":
        return _Parquet(stream, _schema(names))
    header = [*own_names(own, names), *names]
    if kind == "xlsx":
        return _Spreadsheet(stream, header)
    head = _csv_rows([[guarded(name) for name in header]]) if kind.startswith("csv") and not begun else b""
    return _Lines(stream, _zipped(head) if kind.endswith(".gz") else head)


def own_names(own: Sequence[str], names: Sequence[str]) -> list[str]:
    """The source's column names; one that clashes with ours becomes `source_<name>`.

    >>> own_names(["id", "text"], COMMENT)
    ['source_id', 'text']
    """
    taken = {*own, *names}
    told = []
    for name in own:
        wanted = name
        if name in names:
            wanted = f"source_{name}"
            while wanted in taken:
                wanted = f"source_{wanted}"
            taken.add(wanted)
        told.append(wanted)
    return told


class _Lines:
    """JSON Lines or CSV; compressed, each `write` is a member of its own, so that the file may be cut after any."""

    cut = 0

    def __init__(self, stream: IO[bytes], head: bytes) -> None:
        self.stream = stream
        self.write(head)

    def write(self, shaped: bytes) -> None:
        self.stream.write(shaped)

    def close(self) -> None:
        pass


def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, 6, mtime=0) if content else b""


class _Spreadsheet:
    def __init__(self, stream: IO[bytes], header: list[str]) -> None:
        self.sheet = Sheet(stream)
        self.sheet.write([header])
        self.cut = 0

    def write(self, shaped: Sequence[Sequence[Cell]]) -> None:
        self.sheet.write(shaped)
        self.cut = self.sheet.cut

    def close(self) -> None:
        self.sheet.close()


def _cells(own: Sequence[str], row: Mapping[str, Any], names: Sequence[str], words: int) -> list[Cell]:
    cells: list[Cell] = [cell if at == words else _numbered(cell) for at, cell in enumerate(own)]
    return [*cells, *(_flat(row[name]) for name in names)]


class _Parquet:
    cut = 0

    def __init__(self, stream: IO[bytes], schema: "pa.Schema") -> None:
        import pyarrow.parquet as pq

        self.writer = pq.ParquetWriter(stream, schema, compression="zstd")
        self.waiting: list[pa.Table] = []

    def write(self, shaped: "pa.Table") -> None:
        self.waiting.append(shaped)
        if sum(part.num_rows for part in self.waiting) >= 20_000:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self.writer.write_table(pa.concat_tables(self.waiting).combine_chunks())
        self.waiting = []

    def close(self) -> None:
        if self.waiting:
            self._flush()
        self.writer.close()


def _schema(names: Sequence[str]) -> "pa.Schema":
    import pyarrow as pa

    text, whole, part = pa.string(), pa.int64(), pa.float64()
    said = [
        ("theme", text),
        ("polarity", whole),
        ("start", whole),
        ("stop", whole),
        ("evidence", text),
        ("confidence", part),
    ]
    types = {
        "sentiment": part,
        "mentions": pa.list_(pa.struct(said)),
        "emotions": pa.list_(text),
        "intents": pa.list_(text),
        **dict.fromkeys(("needs_met", "easy", "enjoyable", "polarity", "start", "stop"), whole),
        "confidence": part,
    }
    return pa.schema([(name, types.get(name, text)) for name in names])


def _arrow(rows: Sequence[Mapping[str, Any]], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    try:
        return pa.Table.from_pylist(rows, schema)
    except (UnicodeEncodeError, pa.ArrowInvalid):
        return pa.Table.from_pylist([_encodable(row) for row in rows], schema)


def _json_lines(rows: Sequence[Labelled]) -> bytes:
    lines = [_json(row) for _, row in rows]
    try:
        return "".join(f"{line}\n" for line in lines).encode()
    except UnicodeEncodeError:  # half a surrogate pair: JSON can say it as an escape
        return "".join(f"{json.dumps(row)}\n" for _, row in rows).encode()


def _csv_lines(rows: Sequence[Labelled], names: Sequence[str]) -> bytes:
    return _csv_rows(
        [
            [*map(guarded, own), *(guarded(flat) if isinstance(flat := _flat(row[name]), str) else flat for name in names)]
            for own, row in rows
        ]
    )  # fmt: skip


def _csv_rows(rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    # with RFC 4180's own line ends, a lone carriage return in a cell is quoted too
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def guarded(text: str) -> str:
    """A cell of CSV that no spreadsheet runs: what begins as a formula gets an apostrophe, which `collect` takes off again.

    A number stays; apostrophes before such a beginning are one more, so that what comes back is what went out.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("-5"), guarded("l'eau")
    ("'=1+1", "''=1+1", '-5', "l'eau")
    """
    runs = text.lstrip("'").startswith(FORMULA) if text.startswith("'") else text.startswith(FORMULA)
    return f"'{text}" if runs and not _NUMBER.fullmatch(text) else text


def _flat(value: Any) -> Cell:  # noqa: ANN401 - text, number or list
    return _json(value) if isinstance(value, list) else value


def _numbered(cell: str) -> Cell:
    """A cell as the number that it writes, where nothing of the writing is lost."""
    if len(cell) > 22 or not _PLAIN_NUMBER.fullmatch(cell) or cell == "-0":
        return cell
    return float(cell) if "." in cell else int(cell)


def _encodable(value: Any) -> Any:  # noqa: ANN401 - anything of a row
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {key: _encodable(item) for key, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, list) else value


def cut_note(cells: int) -> str:
    """What to say of cells that a spreadsheet can't hold whole."""
    return f"{cells} cell(s) were longer than the {LONGEST:,} characters that a spreadsheet holds, and are cut there."
