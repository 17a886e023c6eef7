"""Spreadsheets: XLSX, and the older XLS that the same reader knows."""

import functools
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator

from python_calamine import CalamineWorkbook, PasswordError

from portevoix.collect.documents import as_cell
from portevoix.collect.grid import MAX_COLUMNS, Grid, Record, find_header
from portevoix.collect.opening import Opened
from portevoix.collect.reading import Refused
from portevoix.errors import BadSource

_WHOLE = 1 << 27
_UNPACKED, _RATIO = 1 << 29, 200
_PROBE = 1000
_AREA = 10_000_000
_PLACE = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,7})["']""")


def grid(opened: Opened, name: str, is_known: Callable[[str], bool]) -> Grid:
    """The first sheet that has rows, held whole: at most 512 MB unpacked. `line` is the sheet's own row number."""
    data = opened.whole(_WHOLE, "save the sheet as CSV.")
    if data.startswith(b"PK"):
        _check_zip(data, name)
    rows, begins, notes = _rows(data, name)
    filled = [(i, row) for i, row in enumerate(rows, start=begins) if any(row)]
    if not filled:
        raise BadSource(f"{name} has no row: its sheets are empty.")
    width = max(len(row) for _, row in filled)
    header = find_header([row for _, row in filled[:_PROBE]], width, is_known)
    top = -1 if header.index is None else header.index

    def records() -> Iterator[Record | Refused]:
        for position, (line, row) in enumerate(filled):
            if position > top:
                yield line, row
            elif position < top:
                yield Refused(line=line, reason="it stands above the header")

    def every() -> Iterator[Record | Refused]:
        above = filled[top][0] if top >= 0 else filled[0][0] - 1
        return ((line, row) for line, row in enumerate(rows, start=begins) if line > above)

    return Grid(header.columns, records, notes + header.notes, every)


def _check_zip(data: bytes, name: str) -> None:
    """Refuses what would unpack, or spread out, to more than a spreadsheet of words."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if not any(
                e.filename.startswith("xl/worksheets/") and e.filename.endswith(".xml") for e in entries
            ):
                raise BadSource(
                    f"{name} is a ZIP archive and no XLSX: unpack it, or save it as XLSX, and name that file."
                )
            unpacked = sum(e.file_size for e in entries)
            if unpacked > _UNPACKED or (unpacked > 1 << 26 and unpacked > _RATIO * len(data)):
                raise BadSource(
                    f"{name} unpacks to {unpacked >> 20} MB, too much for a spreadsheet: save the sheet as CSV."
                )
            area = max(_area(archive, e) for e in entries if not e.filename.endswith("sharedStrings.xml"))
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        if isinstance(error, BadSource):
            raise
        raise BadSource(f"{name} is damaged: it cannot be read as a spreadsheet.") from error
    if area > _AREA:
        raise BadSource(
            f"{name} has cells so far apart that its sheet spans {area:,} cells: delete those far out, or save as CSV."
        )


def _area(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Cells in the rectangle of a sheet: the reader holds them all, even where only two corners are filled."""
    wide = deep = 0
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(1 << 20):
            for letters, digits in _PLACE.findall(tail + chunk):
                deep = max(deep, int(digits))
                if len(letters) >= 1:
                    wide = max(wide, functools.reduce(lambda n, c: n * 26 + c - 64, letters, 0))
            tail = chunk[-32:]
    return wide * deep


def _rows(data: bytes, name: str) -> tuple[list[list[str]], int, list[str]]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for title in book.sheet_names:
                sheet = book.get_sheet_by_name(title)
                if not sheet.height:
                    continue
                if sheet.width > MAX_COLUMNS:
                    raise BadSource(f"The sheet has {sheet.width} columns; at most {MAX_COLUMNS} are read.")
                begins = (sheet.start or (0, 0))[0] + 1
                others = len(book.sheet_names) - 1
                notes = [f"The sheet '{title}' was read, and {others} other(s) were not."] if others else []
                return [[as_cell(cell) for cell in row] for row in sheet.iter_rows()], begins, notes
    except BadSource:
        raise
    except PasswordError as error:
        raise BadSource(f"{name} is protected by a password: save it without.") from error
    except BaseException as error:
        # the reader is compiled code: on damaged files it may panic, which is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise BadSource(f"{name} is damaged: it cannot be read as a spreadsheet.") from error
    return [], 1, []
