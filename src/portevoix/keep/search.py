"""The search after an erasure: every byte of every file of a home, and every cell of the tables decoded."""

import mmap
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from portevoix.keep import facts
from portevoix.keep.home import Home

_SHORT = 6


def everywhere(home: Home, needles: Sequence[bytes], addresses: Sequence[str]) -> dict[str, Any]:
    """How many files and bytes were searched, for what, and what was found: `found` pieces of keys, `elsewhere` cells.

    An address or number of at least six characters is also searched in clear, in raw bytes and in decoded cells; what
    then stands in other people's rows is counted in `elsewhere`, since it is theirs.
    """
    files = [file for file in sorted(home.path.rglob("*")) if file.is_file()]
    clear = sorted({address.strip() for address in addresses if len(address.strip()) >= _SHORT})
    words = [word.encode() for address in clear for word in {address, address.casefold()}]
    size = found = elsewhere = 0
    for file in files:
        size += file.stat().st_size
        found += sum(_holds(file, needles))
        elsewhere += sum(_holds(file, words)) if file.suffix != ".parquet" else 0
    cells = 0
    for column in _columns(home):
        cells += len(column)
        elsewhere += _cells(column, clear) if clear else 0
    return {
        "files": len(files),
        "bytes": size,
        "cells": cells,
        "keys_searched": len(needles) // 2,
        "addresses_searched": len(clear),
        "found": found,
        "elsewhere": elsewhere,
    }


def _holds(file: Path, needles: Sequence[bytes]) -> Iterator[bool]:
    if not needles or not file.stat().st_size:
        return
    with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for needle in needles:
            yield content.find(needle) >= 0


def _columns(home: Home) -> Iterator[pa.ChunkedArray]:
    """Every column of text in the fact tables, the maps' values among them, one file at a time."""
    for table in facts.TABLES:
        for path in facts.files(home.facts, table):
            rows = pq.read_table(path)
            for name in rows.column_names:
                column = rows[name]
                if pa.types.is_map(column.type):
                    column = pa.chunked_array([chunk.items for chunk in column.chunks], pa.string())
                if pa.types.is_string(column.type):
                    yield column


def _cells(column: pa.ChunkedArray, addresses: Sequence[str]) -> int:
    pattern = "|".join(re.escape(address) for address in addresses)
    hits = pc.match_substring_regex(pc.unique(column), pattern, ignore_case=True)
    return int(pc.sum(hits.cast(pa.int64())).as_py() or 0)
