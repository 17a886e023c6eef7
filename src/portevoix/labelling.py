"""Comments in, usable data out: a file is read, scrubbed, labelled and written again, row by row, without any home."""

import fcntl
import itertools
import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from portevoix import plugs
from portevoix.collect.scrub import scrub, traced
from portevoix.collect.table import Row, Table, table
from portevoix.errors import Busy, PortevoixError, WrongUse
from portevoix.label import crew, export, sheet, taught, why

MODEL = "cx"
_MANY = 4
"""Portions from which it pays to start a process a core."""
_ROWS, _CHARACTERS = 1_000, 1_000_000
_MARK = re.compile(r"\[(?:email|link|handle|ip|iban|card|nir|siret|phone|number|plate|address|name)\]")
Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]


@dataclass(slots=True)
class Done:
    """What was written: how many comments, how many of them had been written before, and what is worth saying."""

    rows: int = 0
    before: int = 0
    aside: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, repr=False)
class _Comment:
    key: str
    row: Row
    redacted: str


def label_file(
    path: str | Path,
    out: str | Path | None,
    *,
    stream: IO[bytes] | None = None,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    mentions: bool = False,
    progress: Progress | None = None,
    codebook: str | Path | None = None,
    labeller: Any = None,  # noqa: ANN401 - a plug-in
) -> Done:
    """Labels the comments of a file into another: one row out for each row in, in order; with `mentions`, one a mention.

    `out`'s name tells the format: .jsonl, .csv, .xlsx, .parquet (.gz after the first two); None writes JSON Lines to
    `stream`. Offsets are code points of the text as given. What is written stands in `out`.part until all is done; a run
    that was stopped is continued by the same call (XLSX and Parquet start again). `codebook` is a folder that `learn` wrote;
    `labeller` is another than the default; both read in this process. Raises BadSource for what can't be read, WrongUse for an `out` that can't be written.
    """
    source = Path(path)
    kind = "jsonl" if out is None else sheet.kind_of(Path(out))
    content = table(source, mapping)
    if codebook is not None:
        labeller = taught.load(codebook, plugs.labellers[MODEL]())
    reader = labeller or plugs.labellers[MODEL]()
    done = Done(notes=list(content.notes))
    with (progress or _silence)(f"labelling {source.name}", None) as step:
        if out is not None:
            job = _Job(content, reader, labeller is None, mentions, done, step)
            _to_file(job, source, Path(out), kind)
        elif stream is not None:
            job = _Job(content, reader, labeller is None, mentions, done, step)
            book = sheet.book(kind, stream, content.columns, content.words, mentions, False)
            for rows in job.portions():
                book.write(rows)
    if done.aside:
        done.notes.append(
            f"Rows that could not be cut into the header's cells: {done.aside}. They are written without labels."
        )
    return done


def why_file(path: str | Path, mapping: Mapping[str, str | Sequence[str]] | None = None) -> Iterator[str]:
    """Lines for people to read: each comment scrubbed, each of its labels with its evidence and the words that weighed.

    One comment after the other, some milliseconds each. Raises BadSource and UnknownName as `label_file`.
    """
    content = table(path, mapping)
    labeller = plugs.labellers[MODEL]()
    for comments in _portions(content, 0):
        for comment in comments:
            yield from why.lines(comment.key, comment.redacted, *why.why(labeller, comment.redacted))


@dataclass(slots=True)
class _Job:
    table: Table
    labeller: Any
    shared: bool
    mentions: bool
    done: Done
    step: Callable[[int], None]

    def portions(self) -> Iterator[list[sheet.Labelled]]:
        """The rows to write, a portion of the source at a time, after the rows that were written before."""
        for comments, found in _labelled(self.table, self.done.before, self.labeller, self.shared):
            keys = [str(i) for i in range(len(comments))]
            texts = [comment.redacted for comment in comments]
            rows: list[sheet.Labelled] = [
                (comment.row.cells, _placed(comment, row))
                for comment, row in zip(comments, export.rows(keys, texts, found), strict=True)
            ]
            self.done.rows += len(comments)
            self.done.aside += sum(comment.row.text is None for comment in comments)
            self.step(len(comments))
            yield _mentions(rows) if self.mentions else rows


def _mentions(rows: Sequence[sheet.Labelled]) -> list[sheet.Labelled]:
    return [(own, {"id": row["id"], **mention}) for own, row in rows for mention in row["mentions"]]


def _labelled(
    content: Table,
    skip: int,
    labeller: Any,  # noqa: ANN401 - a plug-in
    shared: bool,
) -> Iterator[tuple[list[_Comment], Any]]:
    """Portions of comments with their labels, in order: read here, or by a process a core when they are many."""
    waiting: deque[list[_Comment]] = deque()

    def portions() -> Iterator[crew.Portion]:
        for comments in _portions(content, skip):
            waiting.append(comments)
            yield [str(i) for i in range(len(comments))], [comment.redacted for comment in comments]

    coming = portions()
    first = list(itertools.islice(coming, _MANY))
    workers = crew.cores() if shared and len(first) == _MANY else 1
    if workers < 2:
        for ids, texts in itertools.chain(first, coming):
            found = labeller.read(ids, texts)
            yield waiting.popleft(), found
        return
    for _, found in crew.read(MODEL, itertools.chain(first, coming), workers):
        yield waiting.popleft(), found


def _portions(content: Table, skip: int) -> Iterator[list[_Comment]]:
    comments: list[_Comment] = []
    size = 0
    for number, row in enumerate(itertools.islice(content.rows(), skip, None), start=skip + 1):
        redacted = scrub(row.text, row.names) if row.text else ""
        comments.append(_Comment(row.own_id or str(number), row, redacted))
        size += len(redacted)
        if len(comments) >= _ROWS or size >= _CHARACTERS:
            yield comments
            comments, size = [], 0
    if comments:
        yield comments


def _placed(comment: _Comment, row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is written: under the comment's own id, its evidence where the text as given has it."""
    row["id"] = comment.key
    given = comment.row.text
    if given is None:
        row["redacted"] = None
        return row
    if given == comment.redacted or not row["mentions"]:
        return row
    if given.strip() == comment.redacted:
        shift = len(given) - len(given.lstrip())
        for mention in row["mentions"]:
            if mention["start"] is not None:
                mention["start"], mention["stop"] = mention["start"] + shift, mention["stop"] + shift
        return row
    _, starts, stops = traced(given, comment.row.names)
    for mention in row["mentions"]:
        start, stop = mention["start"], mention["stop"]
        if start is None:
            continue
        if start >= stop or _touches(comment.redacted, start, stop):
            mention["start"] = mention["stop"] = mention["evidence"] = None
            continue
        mention["start"], mention["stop"] = starts[start], stops[stop - 1]
        mention["evidence"] = given[mention["start"] : mention["stop"]]
    return row


def _touches(redacted: str, start: int, stop: int) -> bool:
    return any(found.start() < stop and found.end() > start for found in _MARK.finditer(redacted))


def _to_file(job: _Job, source: Path, out: Path, kind: str) -> None:
    part, mark = out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.part.json")
    if out.exists() and out.samefile(source):
        raise WrongUse(f"{out} is the file to read: name another one to write.")
    if out.is_dir():
        raise WrongUse(f"{out} is a folder: name a file to write.")
    model = getattr(getattr(job.labeller, "model", None), "card", {}).get("sha256", "")
    asked = {
        "input": job.table.digest,
        "by": [job.labeller.name, model, version("portevoix")],
        "mentions": job.mentions,
    }
    try:
        with _opened(part) as stream:
            _write(job, stream, kind, mark, asked)
            os.replace(part, out)
        mark.unlink(missing_ok=True)
    except Busy:
        raise
    except PortevoixError:
        if not sheet.grows(kind):
            part.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise WrongUse(f"{out} cannot be written: {error.strerror or 'the disk refuses it'}.") from error


def _write(job: _Job, stream: IO[bytes], kind: str, mark: Path, asked: Mapping[str, Any]) -> None:
    """Writes the rows after those that a run before left complete; after each portion, `mark` says how far it is."""
    size = 0
    if sheet.grows(kind):
        job.done.before, size = _begun(mark, asked, stream)
        job.done.rows = job.done.before
    stream.truncate(size)
    stream.seek(size)
    book = sheet.book(kind, stream, job.table.columns, job.table.words, job.mentions, size > 0)
    try:
        for rows in job.portions():
            book.write(rows)
            if sheet.grows(kind):
                stream.flush()
                _mark(mark, {**asked, "rows": job.done.rows, "bytes": stream.tell()})
    finally:
        book.close()
    if book.cut:
        job.done.notes.append(sheet.cut_note(book.cut))
    stream.flush()
    os.fsync(stream.fileno())


@contextmanager
def _opened(part: Path) -> Iterator[IO[bytes]]:
    """The file under way, for one process at a time. Raises Busy where another one writes it."""
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"Another process is writing {part}: wait for it, or name another file.") from None
        yield stream


def _begun(mark: Path, asked: Mapping[str, Any], stream: IO[bytes]) -> tuple[int, int]:
    """How many rows and bytes a run that was stopped left complete; 0 where it read or asked something else."""
    try:
        known = json.loads(mark.read_text("utf-8"))
        rows, size = int(known.pop("rows")), int(known.pop("bytes"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0, 0
    whole = 0 < size <= stream.seek(0, os.SEEK_END) and rows > 0
    return (rows, size) if whole and known == asked else (0, 0)


def _mark(mark: Path, content: Mapping[str, Any]) -> None:
    fresh = mark.with_name(f"{mark.name}.new")
    fresh.write_text(json.dumps(content), "utf-8")
    os.replace(fresh, mark)


@contextmanager
def _silence(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    yield lambda rows: None
