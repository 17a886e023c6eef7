"""Workbooks made by hand, so that they can be hostile: parts as text, sizes that lie, archives that reach outside."""

import io
import struct
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
STRINGS, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"


def parts(texts: list[str], dtd: str = "", more: str = "") -> dict[str, str]:
    """The parts of a workbook of one column of texts; `dtd` stands before the strings, `more` after the last one."""
    strings = "".join(f"<si><t>{text}</t></si>" for text in ["commentaire", *texts])
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, len(texts) + 2)
    )
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Feuille" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{RELATIONS}">'
            f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ),
        SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        STRINGS: f'<?xml version="1.0"?>{dtd}<sst xmlns="{MAIN}">{strings}{more}</sst>',
    }


def packed(content: Mapping[str, str], lies: Mapping[str, int] | None = None) -> bytes:
    """The parts as a workbook; `lies` says for a part how large it pretends to be."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    raw = bytearray(memory.getvalue())
    for name, size in (lies or {}).items():
        place = -1
        while (place := raw.find(name.encode(), place + 1)) >= 0:
            if raw[place - 46 : place - 42] == b"PK\x01\x02":
                struct.pack_into("<I", raw, place - 22, size)
            elif raw[place - 30 : place - 26] == b"PK\x03\x04":
                struct.pack_into("<I", raw, place - 8, size)
    return bytes(raw)
