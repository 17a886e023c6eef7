"""Comments in, usable data out: a file is read, scrubbed, labelled and written again, row by row, without any home."""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Self

from portevoix.collect.scrub import scrub
from portevoix.collect.table import Table, table
from portevoix.errors import Busy, PortevoixError, WrongUse
from portevoix.label import sheet
from portevoix.label.crew import Crew, Work
from portevoix.portions import Asked, Portion, maker, notes, opened, portions, work, workers
from portevoix.settings import Settings, load

_MANY = {True: 500_000, False: 100_000}
"""Bytes, plain (True) or packed, from which it pays to start a process a core: some thousands of comments."""
_PLAIN = (".csv", ".tsv", ".txt", ".tab", ".json", ".jsonl", ".ndjson")
Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]


@dataclass(slots=True)
class Done:
    """What was written: how many comments, how many of them had been written before, and what is worth saying."""

    rows: int = 0
    before: int = 0
    aside: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


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
    settings: Settings | None = None,
) -> Done:
    """Labels the comments of a file into another: one row out for each row in, in order; with `mentions`, one a mention.

    `out`'s name tells the format: .jsonl, .csv, .xlsx, .parquet (.gz after the first two); None writes JSON Lines to
    `stream`. Offsets are code points of the text as given. What is written stands in `out`.part until all is done; a run
    that was stopped is continued by the same call (XLSX and Parquet start again). `codebook` is a folder that `learn` wrote;
    `labeller` is a labeller of your own, which reads in this process; else the settings (default: `portevoix.toml`) name one. Raises BadSource for what can't be read, WrongUse for an `out` that can't be written.
    """
    source, settings = Path(path), settings or load()
    kind = "jsonl" if out is None else sheet.kind_of(Path(out))
    with (
        _crew(source, settings, labeller) as crew,
        (progress or _silence)(f"labelling {source.name}", None) as step,
    ):
        content = table(source, mapping)
        asked = Asked(
            settings=settings,
            codebook=None if codebook is None else str(codebook),
            kind=kind,
            columns=content.columns,
            words=content.words,
            mentions=mentions,
        )
        crew.begin(asked)
        done = Done(notes=list(content.notes))
        job = _Job(content, asked, crew, done, step)
        if out is not None:
            _to_file(job, source, Path(out))
        elif stream is not None:
            book = sheet.book(kind, stream, content.columns, mentions, False)
            for rows in job.portions():
                book.write(rows)
    done.notes += notes(done.counts)
    if done.aside:
        done.notes.append(
            f"Rows that could not be cut into the header's cells: {done.aside}. They are written without labels."
        )
    return done


def why_file(
    path: str | Path,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    codebook: str | Path | None = None,
) -> Iterator[str]:
    """Lines for people to read: each comment scrubbed, each of its labels with its evidence and the words that weighed.

    One comment after the other, some milliseconds each. Raises BadSource and UnknownName as `label_file`.
    """
    from portevoix.label import why

    content = table(path, mapping)
    labeller = opened(Settings(), None if codebook is None else str(codebook))
    for portion in portions(content, "jsonl"):
        for key, text, names in zip(portion.keys, portion.texts, portion.names, strict=True):
            redacted = scrub(text, names) if text else ""
            yield from why.lines(key, redacted, *why.why(labeller, redacted))


class _Alone:
    """A crew of none: the same work in this process."""

    hello: Any

    def __init__(self, make: Callable[[Asked], Work]) -> None:
        self._make = make

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def begin(self, asked: Asked) -> None:
        self.hello, self._through = self._make(asked)

    def each(self, portions: Iterable[Portion]) -> Iterator[Any]:
        return map(self._through, portions)


def _crew(source: Path, settings: Settings, labeller: Any) -> Crew | _Alone:  # noqa: ANN401 - a plug-in
    """Who does the work: a process a core where the file is large, else this one."""
    if labeller is not None:
        return _Alone(lambda asked: work(labeller, asked))
    size = source.stat().st_size if source.is_file() else 0
    hands = workers(settings) if size >= _MANY[source.suffix.lower() in _PLAIN] else 1
    return Crew("portevoix.portions:maker", hands) if hands > 1 else _Alone(maker)


@dataclass(slots=True)
class _Job:
    table: Table
    asked: Asked
    crew: Crew | _Alone
    done: Done
    step: Callable[[int], None]

    def portions(self) -> Iterator[Any]:
        """What to write, a portion of the source at a time, after the rows that were written before."""
        for rows, aside, counts, shaped in self.crew.each(
            portions(self.table, self.asked.kind, self.done.before)
        ):
            self.done.rows += rows
            self.done.aside += aside
            self.done.counts.update(counts)
            self.step(rows)
            yield shaped


def _to_file(job: _Job, source: Path, out: Path) -> None:
    kind = job.asked.kind
    part, mark = out.with_name(f"{out.name}.part"), out.with_name(f"{out.name}.part.json")
    if out.exists() and out.samefile(source):
        raise WrongUse(f"{out} is the file to read: name another one to write.")
    if out.is_dir():
        raise WrongUse(f"{out} is a folder: name a file to write.")
    asked = {
        "input": job.table.digest,
        "by": [*job.crew.hello, version("portevoix")],
        "mentions": job.asked.mentions,
    }
    try:
        with _opened(part) as stream:
            _write(job, stream, mark, asked)
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


def _write(job: _Job, stream: IO[bytes], mark: Path, asked: Mapping[str, Any]) -> None:
    """Writes the rows after those that a run before left complete; after each portion, `mark` says how far it is."""
    kind, size = job.asked.kind, 0
    if sheet.grows(kind):
        job.done.before, size = _begun(mark, asked, stream)
        job.done.rows = job.done.before
    stream.truncate(size)
    stream.seek(size)
    book = sheet.book(kind, stream, job.table.columns, job.asked.mentions, size > 0)
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
