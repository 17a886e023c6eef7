"""JSON, JSON Lines and Parquet: records with names, nested ones flattened to dotted paths."""

import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, TextIO

from portevoix.collect.grid import MAX_COLUMNS, Grid, Record, tidy_name
from portevoix.collect.opening import Opened, lines
from portevoix.collect.reading import Refused
from portevoix.errors import BadSource

_SAMPLE = 5000
_LATE = 20
_DEPTH = 3
_WHOLE = 1 << 27
_LISTS = (
    "data",
    "results",
    "items",
    "records",
    "rows",
    "reviews",
    "tickets",
    "comments",
    "responses",
    "verbatims",
    "value",
)
_Row = Mapping[str, Any] | Refused
_decoded = json.JSONDecoder().decode


def is_json(head: str) -> bool:
    """Whether a text that begins so can be JSON: an object or an array, not a header in brackets."""
    start = head.lstrip()
    return start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in ("{", "]", "[", '"'))


def json_grid(open_text: Callable[[], TextIO], name: str, opened: Opened) -> Grid:
    """JSON Lines, an array of objects, or an object around one list of objects.

    Lines are streamed; a document must be under 128 MB. `line` is the physical line, or the record's number in a document.
    """
    with open_text() as stream:
        first = [line for line in islice(lines(stream, name), 50) if line.strip()][:2]
    objects = [_object(line) for line in first]
    single = isinstance(objects[0], dict) and (len(objects) > 1 or _inner(objects[0]) is None)
    if single or (len(objects) > 1 and isinstance(objects[1], dict)):

        def streamed() -> Iterator[tuple[int, _Row]]:
            with open_text() as stream:
                for number, line in enumerate(lines(stream, name), start=1):
                    if line.strip():
                        found = _object(line)
                        yield number, found if isinstance(found, dict) else _aside(number, line, found)

        return _grid(streamed, name)
    opened.whole(_WHOLE, "write it as JSON Lines, one object a line.")
    with open_text() as stream:
        rows = _listed(_document(stream.read(), name), name)
    return _grid(lambda: iter(rows), name)


def _aside(number: int, line: str, found: Any) -> Refused:  # noqa: ANN401 - JSON
    reason = "it is no JSON object" if found is None else "it is JSON, but no object"
    return Refused(line=number, reason=reason, cells=[line.rstrip("\r\n")])


def _object(line: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return _decoded(line)
    except (ValueError, RecursionError):
        return None


def _document(text: str, name: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except RecursionError as error:
        raise BadSource(f"{name} is nested too deeply to be a table of words.") from error
    except ValueError as error:
        at = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadSource(f"{name} is not valid JSON{at}: repair it, or export it as CSV.") from None


def _inner(document: dict[str, Any]) -> list[Any] | None:
    """The list of objects inside a document that is an envelope; None for a document that is a record itself."""
    lists = {
        k: v for k, v in document.items() if isinstance(v, list) and v and all(isinstance(x, dict) for x in v)
    }
    known = [lists[k] for k in _LISTS if k in lists]
    if known:
        return known[0]
    words = any(isinstance(v, str) and len(v.split()) > 3 for v in document.values())
    return next(iter(lists.values())) if len(lists) == 1 and not words else None


def _listed(document: Any, name: str) -> list[tuple[int, _Row]]:  # noqa: ANN401 - JSON
    if isinstance(document, dict):
        document = _inner(document) or [document]
    if not isinstance(document, list) or not any(isinstance(item, dict) for item in document):
        raise BadSource(
            f"{name} holds no list of objects: write one object a comment, in an array or one a line."
        )
    return [
        (i, item if isinstance(item, dict) else Refused(line=i, reason="it is JSON, but no object"))
        for i, item in enumerate(document, start=1)
    ]


def parquet_grid(opened: Opened, name: str) -> Grid:
    """A Parquet file, streamed by batches; `line` is the row's number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = opened.whole(_WHOLE, "unpack it first.") if opened.gzipped else None

    def file() -> pq.ParquetFile:
        return pq.ParquetFile(io.BytesIO(data) if data is not None else opened.path)

    def streamed() -> Iterator[tuple[int, _Row]]:
        number = 0
        try:
            with file() as parquet:
                for batch in parquet.iter_batches(batch_size=4096):
                    for row in batch.to_pylist():
                        number += 1
                        yield number, row
        except (pa.ArrowException, ValueError, OverflowError, OSError) as error:
            raise BadSource(f"{name} is damaged after row {number}: it cannot be read as Parquet.") from error

    try:
        with file() as parquet:
            if parquet.metadata.num_rows == 0:
                raise BadSource(f"{name} has columns but no row: there is nothing to read.")
    except (pa.ArrowException, OSError) as error:
        raise BadSource(f"{name} is damaged: it cannot be read as Parquet.") from error
    return _grid(streamed, name)


def _grid(rows: Callable[[], Iterator[tuple[int, _Row]]], name: str) -> Grid:
    columns = _columns(rows(), name)
    notes: list[str] = []

    def records() -> Iterator[Record | Refused]:
        late: dict[str, None] = {}
        for number, row in rows():
            if isinstance(row, Refused):
                yield row
                continue
            cells = [""] * len(columns)
            for key, value in _flat(row).items():
                at = columns.get(key)
                if at is not None:
                    cells[at] = value
                elif len(late) < _LATE:
                    late[key] = None
            yield number, cells
        notes[:] = [
            f"The field '{key}' comes after the first {_SAMPLE} records only; it is left out." for key in late
        ]

    return Grid(list(columns), records, notes)


def _columns(rows: Iterator[tuple[int, _Row]], name: str) -> dict[str, int]:
    columns: dict[str, int] = {}
    for _, row in islice(rows, _SAMPLE):
        for key in () if isinstance(row, Refused) else _flat(row):
            columns.setdefault(key, len(columns))
        if len(columns) > MAX_COLUMNS:
            raise BadSource(f"{name} has more than {MAX_COLUMNS} fields: keep the useful ones and try again.")
    if not columns:
        raise BadSource(f"{name} has no record that can be read: there is no JSON object with fields in it.")
    return columns


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    """Dotted paths to cells: objects are entered three levels deep, lists of plain values joined."""
    if not any(type(value) is dict for value in row.values()):
        return {_name(str(key)): as_cell(value) for key, value in row.items()}
    cells: dict[str, str] = {}
    pending: list[tuple[str, Any, int]] = [(str(key), value, 1) for key, value in row.items()]
    pending.reverse()
    while pending:
        path, value, depth = pending.pop()
        if isinstance(value, Mapping) and depth < _DEPTH:
            pending.extend((f"{path}.{k}", v, depth + 1) for k, v in reversed(list(value.items())))
        else:
            cells[_name(path)] = as_cell(value)
    return cells


def _name(path: str) -> str:
    return path if path.isidentifier() else tidy_name(path)


def as_cell(value: Any) -> str:  # noqa: ANN401 - whatever a cell may hold
    """A value as a person would write it in CSV: integers without point, ISO dates, nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int):
        return _digits(value).lower()  # True is "true"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "portevoix-cp1252")
    if isinstance(value, list | tuple):
        return _as_list(value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return _digits(value)


def _as_list(value: Iterable[Any]) -> str:
    items = list(islice(chain(value), 1000))
    if any(isinstance(item, Mapping | list | tuple) for item in items):
        return json.dumps(items, ensure_ascii=False, default=str)
    return ", ".join(as_cell(item) for item in items)


def _digits(value: Any) -> str:  # noqa: ANN401 - numbers of any kind
    try:
        return str(value)
    except ValueError:  # an integer of thousands of digits
        return ""
