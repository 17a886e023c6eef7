"""A portion of a file's comments, from its rows to what is written of them: scrubbed, labelled, placed, shaped.

All that a comment costs is in here, so that several processes can each do it to portions of their own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from portevoix import plugs
from portevoix.collect.scrub import scrub, traced
from portevoix.collect.table import Row, Table
from portevoix.label import export, sheet
from portevoix.label.crew import Work

MODEL = "cx"
ROWS, CHARACTERS = 1_000, 1_000_000
"""A portion's rows at most, and the characters at which it ends before."""
_MARK = re.compile(r"\[(?:email|link|handle|ip|iban|card|nir|siret|phone|number|plate|address|name)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of all portions: by which labeller and codebook they are read, and how they are written."""

    model: str = MODEL
    codebook: str | None = None
    kind: str
    columns: Sequence[str]
    words: int
    mentions: bool


@dataclass(frozen=True, slots=True, repr=False)
class Portion:
    """Comments column by column: their keys, texts as given (None: a row that could not be cut), the names of their
    authors, and the source's cells where the format writes them.
    """

    keys: Sequence[str]
    texts: Sequence[str | None]
    names: Sequence[Sequence[str]]
    cells: Sequence[Sequence[str]]


def portions(content: Table, kind: str, skip: int = 0) -> Iterator[Portion]:
    """The rows of a table after the first `skip`, in portions; keys are their own ids, else their numbers from 1."""
    with_cells = sheet.has_cells(kind)
    rows: list[tuple[str, Row]] = []
    size = 0
    for number, row in enumerate(islice(content.rows(), skip, None), start=skip + 1):
        rows.append((row.own_id or str(number), row))
        size += len(row.text or "")
        if len(rows) >= ROWS or size >= CHARACTERS:
            yield _portion(rows, with_cells)
            rows, size = [], 0
    if rows:
        yield _portion(rows, with_cells)


def _portion(rows: Sequence[tuple[str, Row]], with_cells: bool) -> Portion:
    return Portion(
        [key for key, _ in rows],
        [row.text for _, row in rows],
        [row.names for _, row in rows],
        [row.cells for _, row in rows] if with_cells else (),
    )


def maker(asked: Asked) -> Work:
    """The work of a process of the crew: see `work`."""
    return work(opened(asked.model, asked.codebook), asked)


def opened(model: str, codebook: str | None = None) -> Any:  # noqa: ANN401 - a plug-in
    """The labeller that is asked for. Raises UnknownName and BadModel."""
    labeller = plugs.labellers[model]()
    if codebook is None:
        return labeller
    from portevoix.label import taught

    return taught.load(codebook, labeller)


def work(labeller: Any, asked: Asked) -> Work:  # noqa: ANN401 - a plug-in
    """What is told of the labeller (its name and its model's digest), and the function from a portion to
    (rows, rows that could not be cut, what `sheet.shaper` made of them).
    """
    shape = sheet.shaper(asked.kind, asked.columns, asked.words, asked.mentions)
    find = getattr(labeller, "find", None)
    digest = getattr(getattr(labeller, "model", None), "card", {}).get("sha256", "")

    def through(portion: Portion) -> tuple[int, int, Any]:
        given = [text or "" for text in portion.texts]
        redacted = [
            scrub(text, names) if text else "" for text, names in zip(given, portion.names, strict=True)
        ]
        if find is None:
            ids = [str(at) for at in range(len(given))]
            rows = list(export.rows(ids, redacted, labeller.read(ids, redacted)))
        else:
            rows = list(export.found_rows(redacted, find(redacted)))
        for at, row in enumerate(rows):
            row["id"] = portion.keys[at]
            if portion.texts[at] is None:
                row["redacted"] = None
            else:
                _place(row["mentions"], given[at], redacted[at], portion.names[at])
        labelled: list[sheet.Labelled] = list(zip(portion.cells or [()] * len(rows), rows, strict=True))
        if asked.mentions:
            labelled = [
                (own, {"id": row["id"], **mention}) for own, row in labelled for mention in row["mentions"]
            ]
        return len(rows), portion.texts.count(None), shape(labelled)

    return (labeller.name, digest), through


def _place(mentions: Sequence[dict[str, Any]], given: str, redacted: str, names: Sequence[str]) -> None:
    """Puts the evidence where the text as given has it; what touches personal data is none."""
    if given == redacted or not mentions:
        return
    if given.strip() == redacted:
        shift = len(given) - len(given.lstrip())
        for mention in mentions:
            if mention["start"] is not None:
                mention["start"], mention["stop"] = mention["start"] + shift, mention["stop"] + shift
        return
    _, starts, stops = traced(given, names)
    for mention in mentions:
        start, stop = mention["start"], mention["stop"]
        if start is None:
            continue
        if start >= stop or _touches(redacted, start, stop):
            mention["start"] = mention["stop"] = mention["evidence"] = None
            continue
        mention["start"], mention["stop"] = starts[start], stops[stop - 1]
        mention["evidence"] = given[mention["start"] : mention["stop"]]


def _touches(redacted: str, start: int, stop: int) -> bool:
    return any(found.start() < stop and found.end() > start for found in _MARK.finditer(redacted))
