"""Files: whatever people's tools export, read as words, customers or cases, without configuration."""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from portevoix.collect import delimited, documents, sheets, written
from portevoix.collect.events import event_log, folded
from portevoix.collect.grid import Grid, Record
from portevoix.collect.guess import decide
from portevoix.collect.naming import is_known
from portevoix.collect.opening import Opened, look, texts
from portevoix.collect.plan import NOUNS
from portevoix.collect.profiles import profile
from portevoix.collect.reading import Batch, Reading, Refused
from portevoix.collect.shape import Shaper
from portevoix.errors import BadSource, UnknownName
from portevoix.settings import Settings

READER_VERSION = 2
"""Goes up when the same file would give other rows: then it is read again rather than skipped."""
_SAMPLE_ROWS, _SAMPLE_CELLS, _SAMPLE_SIZE = 5000, 400_000, 20_000_000
_TABLES = (".csv", ".tsv", ".txt", ".tab")
_JSONS = (".json", ".jsonl", ".ndjson")


def source(
    path: str | Path,
    *,
    kind: str | None = None,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    settings: Settings | None = None,
    known: Callable[[str], bool] = lambda digest: False,
) -> Reading:
    """Look at a file and understand it: CSV, TSV, JSON, JSON Lines, XLSX or Parquet, or gzip of one.

    `kind` is "verbatims" (default), "customers" or "cases". `mapping` gives columns to fields ("id" is the source's own
    identifier); `more` takes one column or several to keep besides, and any other name keeps its column in `more` under that
    name; an empty column leaves the field without one. Dates without a zone are in the settings' time zone. Nothing is kept
    of a row before it is scrubbed. A file whose digest is `known` is not looked into again: its reading is empty.
    Raises BadSource for what is no such table, UnknownName for a kind, field or column.
    """
    kind = kind or "verbatims"
    if kind not in NOUNS:
        raise UnknownName("kind", kind, NOUNS)
    settings = settings or Settings()
    opened = look(Path(path))
    asked = json.dumps(
        [READER_VERSION, kind, settings.timezone, {k: mapping[k] for k in sorted(mapping)} if mapping else {}]
    )
    digest = hashlib.sha256(f"{opened.sha256} {asked}".encode()).hexdigest()
    if known(digest):
        return Reading(
            source=opened.stem, kind=kind, digest=digest, understood=[], notes=[], read=lambda: iter(())
        )
    grid, notes = grid_of(opened)
    first = sample_of(grid)
    if not first:
        raise BadSource(
            f"{opened.path.name} has a header and no row that can be read below it: there is nothing to read."
        )
    columns = zip(*(cells for _, cells in first), strict=True)
    profiles = [profile(name, cells) for name, cells in zip(grid.columns, columns, strict=True)]
    plan = decide(kind, profiles, mapping or {})
    log = event_log(plan, profiles)
    notes = [*notes, *grid.notes, *plan.notes]

    def read() -> Iterator[Batch]:
        shaper = Shaper(plan, settings.timezone)
        try:
            yield from shaper.batches(grid.records() if log is None else folded(grid.records(), log))
        except (OSError, EOFError, zlib.error) as error:
            raise BadSource(
                f"{opened.path.name} changed or vanished while it was read: try again."
            ) from error
        for note in [*grid.notes, *shaper.notes()]:
            if note not in notes:
                notes.append(note)

    return Reading(
        source=opened.stem,
        kind=kind,
        digest=digest,
        understood=plan.understood(),
        notes=notes,
        read=read,
    )


def grid_of(opened: Opened) -> tuple[Grid, list[str]]:
    """The file as columns and records, by what its first bytes are; its name's extension only settles doubts."""
    name, head = opened.path.name, opened.head
    if head.startswith(b"PAR1"):
        return documents.parquet_grid(opened, name), []
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return sheets.grid(opened, name, is_known), []
    if head.startswith(
        (
            b"%PDF",
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"\x28\xb5\x2f\xfd",
            b"7z\xbc\xaf",
            b"BZh",
            b"Rar!",
            b"\x1f\x8b",
        )
    ):
        raise BadSource(f"{name} is no table: export it as CSV, XLSX, JSON or Parquet.")
    open_text, notes = texts(opened)
    with open_text() as stream:
        start = stream.read(1 << 12).lstrip("\ufeff")
    suffixes = [suffix.lower() for suffix in opened.path.suffixes]
    named = any(suffix in _JSONS for suffix in suffixes) and start.lstrip()[:1] in ("{", "[")
    if named or (documents.is_json(start) and not any(suffix in _TABLES for suffix in suffixes)):
        return documents.json_grid(open_text, name, opened), notes
    grid = delimited.grid(open_text, name, is_known)
    if not any(is_known(column) for column in grid.columns):
        written.refuse_bytes(start, name)
        with open_text() as stream:
            written.refuse_code(stream.read(1 << 16).splitlines(), name)
    return grid, notes


def sample_of(grid: Grid) -> list[Record]:
    """The first rows, as many as their number of cells and their size allow."""
    first: list[Record] = []
    size = 0
    for item in islice(grid.records(), 2 * _SAMPLE_ROWS):
        if isinstance(item, Refused):
            continue
        first.append(item)
        size += sum(map(len, item[1]))
        if (
            len(first) >= _SAMPLE_ROWS
            or len(first) * len(grid.columns) >= _SAMPLE_CELLS
            or size >= _SAMPLE_SIZE
        ):
            break
    return first
