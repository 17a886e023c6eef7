"""From bytes to text: what a file is by its first bytes, and which encoding it is in."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from portevoix.errors import BadSource

_CHUNK = 1 << 20
_SUFFIXES = {
    ".gz",
    ".csv",
    ".tsv",
    ".txt",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".parquet",
}
MAX_LINE = 1 << 24
"""Characters that one line may have: beyond, it is no table of words."""
_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_BOMB_SIZE, _BOMB_RATIO = 1 << 30, 250


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that a codec can't as cp1252, and those that even cp1252 lacks as the control they stand for."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in wrong), error.end


codecs.register_error("portevoix-cp1252", _as_cp1252)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was looked at: its name, the SHA-256 of its bytes, its first bytes uncompressed."""

    path: Path
    sha256: str
    head: bytes
    gzipped: bool

    @property
    def stem(self) -> str:
        """The file's name without the extensions that tell its format."""
        name = self.path.name
        while Path(name).suffix.lower() in _SUFFIXES:
            name = Path(name).stem
        return name

    def binary(self) -> BinaryIO:
        """The file's bytes, uncompressed."""
        if self.gzipped:
            return cast("BinaryIO", gzip.open(self.path, "rb"))
        return self.path.open("rb")

    def whole(self, limit: int, advice: str) -> bytes:
        """All the bytes at once; refuses more than `limit`, with the advice."""
        with self.binary() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise BadSource(
                f"{self.path.name} is larger than {limit >> 20} MB, too much for this format: {advice}"
            )
        return data


def look(path: Path) -> Opened:
    """Read the file once: its digest, whether it is compressed, how it begins.

    Raises BadSource for a file that is absent, empty, unreadable, cut short or a decompression bomb.
    """
    try:
        if not path.exists():
            raise BadSource(f"There is no file {path}: check the name.")
        if not path.is_file():
            raise BadSource(f"{path} is no file: name the file to read.")
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            start = stream.read(2)
            stream.seek(0)
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        gzipped = start == b"\x1f\x8b"
        if gzipped:
            _check_gzip(path)
        opened = Opened(path, digest.hexdigest(), b"", gzipped)
        with opened.binary() as stream:
            head = stream.read(1 << 16)
    except OSError as error:
        raise BadSource(f"{path} cannot be read: {error.strerror or 'it is damaged'}.") from error
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf\xfe\xff"):
        raise BadSource(f"{path.name} is empty: there is nothing to read.")
    return Opened(path, opened.sha256, head, gzipped)


def _check_gzip(path: Path) -> None:
    size, packed = 0, path.stat().st_size
    try:
        with gzip.open(path, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > _BOMB_SIZE and size > _BOMB_RATIO * packed:
                    raise BadSource(
                        f"{path.name} unpacks to far more than a table of words would: it is not read."
                    )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadSource(f"{path.name} is damaged or cut short: its compressed data do not unpack.") from error


def texts(opened: Opened) -> tuple[Callable[[], TextIO], list[str]]:
    """How to open the file as text, and what is worth saying about its encoding.

    A byte order mark decides, then NULs that alternate (UTF-16), then strict UTF-8, then cp1252. A file that is UTF-8
    for the most part keeps it, and the few bytes that are not are read as cp1252.
    """
    encoding, notes = _encoding(opened)

    def open_text() -> TextIO:
        return io.TextIOWrapper(
            opened.binary(),
            encoding=encoding,
            errors="replace" if encoding.startswith(("utf-16", "utf-32")) else "portevoix-cp1252",
            newline="",
        )

    return open_text, notes


def _encoding(opened: Opened) -> tuple[str, list[str]]:
    for bom, encoding in _BOMS:
        if opened.head.startswith(bom):
            return encoding, []
    even, odd = opened.head[::2].count(0), opened.head[1::2].count(0)
    half = len(opened.head) / 2
    if max(even, odd) > 0.4 * half and min(even, odd) < 0.05 * half:
        return ("utf-16-le" if odd > even else "utf-16-be"), ["The file is UTF-16 without a byte order mark."]
    if _is_utf8(opened):
        return "utf-8", []
    right, wrong = _tally(opened)
    if right > wrong:
        return "utf-8", [f"The file is UTF-8 but for {wrong} bytes, which were read as Windows-1252."]
    return "cp1252", ["The file is not UTF-8; it was read as Windows-1252 (cp1252)."]


def _chunks(opened: Opened) -> Iterator[bytes]:
    with opened.binary() as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _is_utf8(opened: Opened) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(opened):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _tally(opened: Opened) -> tuple[int, int]:
    """Characters beyond ASCII that are right UTF-8, and bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    right = wrong = 0
    for chunk in _chunks(opened):
        text = decoder.decode(chunk)
        beyond = len(text) - len(text.encode("ascii", "ignore"))
        lost = text.count("\ufffd")
        right, wrong = right + beyond - lost, wrong + lost
    return right, wrong


def lines(stream: TextIO, name: str) -> Iterator[str]:
    """The physical lines of a text, with their ends; a line beyond `MAX_LINE` is BadSource."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise BadSource(
                f"Line {number} of {name} is longer than {MAX_LINE >> 20} million characters: it is no table."
            )
        yield line
