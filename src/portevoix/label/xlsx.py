"""A spreadsheet written row by row: no row is held back, no temporary file, the same bytes for the same rows.

Every text is an inline string: a cell that begins with "=" is a text to a spreadsheet, and is marked to stay one.
"""

import re
import zipfile
from collections.abc import Sequence
from html import escape
from typing import IO

from portevoix.errors import WrongUse

LONGEST = 32_767
"""Characters that a spreadsheet's cell may hold."""
MOST_ROWS = 1_048_576
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a cell begins with that some spreadsheet takes for a formula; the last four are the full-width forms."""
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="portevoix" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}

Cell = str | int | float | None


class Sheet:
    """One sheet in a file that is open for writing; `cut` counts the cells that were too long for any spreadsheet."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(stream, "w")
        for name, content in _PARTS.items():
            with self._zip.open(_entry(name), "w") as part:
                part.write((_HEAD + content).encode())
        self._sheet = self._zip.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self._rows = 0
        self._letters: list[str] = []
        self.cut = 0

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Adds rows. Raises WrongUse beyond the 1,048,576 rows of a sheet."""
        parts: list[str] = []
        for row in rows:
            self._rows += 1
            if self._rows > MOST_ROWS:
                raise WrongUse(
                    f"A spreadsheet holds {MOST_ROWS:,} rows and there are more: write .csv or .parquet."
                )
            while len(self._letters) < len(row):
                self._letters.append(_letters(len(self._letters)))
            cells = [
                self._cell(f"{letter}{self._rows}", cell)
                for letter, cell in zip(self._letters, row, strict=False)
            ]
            parts.append(f'<row r="{self._rows}">{"".join(cells)}</row>')
        self._sheet.write("".join(parts).encode())

    def close(self) -> None:
        """Ends the sheet and the archive; the stream stays open."""
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()

    def _cell(self, place: str, cell: Cell) -> str:
        if cell is None or cell == "":
            return ""
        if not isinstance(cell, str):
            return f'<c r="{place}"><v>{cell!r}</v></c>'
        if len(cell) > LONGEST:
            self.cut += 1
            cell = cell[:LONGEST]
        style = ' s="1"' if cell.startswith(FORMULA) else ""
        text = escape(_ILLEGAL.sub(_escaped, cell), quote=False)
        return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "\ufffd" if 0xD800 <= code < 0xE000 else f"_x{code:04X}_"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
