"""A portion of a file's comments, from its rows to what is written of them: scrubbed, labelled, placed, shaped.

All that a comment costs is in here, so that several processes can each do it to portions of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from portevoix import plugs
from portevoix.errors import WrongUse
from portevoix.label import sheet
from portevoix.label.crew import Work, cores
from portevoix.settings import Settings

if TYPE_CHECKING:
    from portevoix.collect.pen import Tracer
    from portevoix.collect.table import Row, Table

MODEL = "cx"
ROWS, CHARACTERS = 1_000, 1_000_000
"""A portion's rows at most, and the characters at which it ends before."""
_COUNTED = {
    "routed": "Comments of which the model was unsure, handed up to the other one",
    "calls": "Calls of the endpoint",
    "tokens": "Tokens that the endpoint counted",
    "remembered": "Answers that the endpoint's cache held",
    "beyond the budget": "Comments that the endpoint's budget (calls, tokens) did not reach, labelled by the model below",
    "answers out of the schema": "Comments on which the endpoint answered nothing of use, labelled by the model below",
    "evidence dropped": "Mentions dropped, as the comment does not hold the evidence that the endpoint gave",
}
_MARK = re.compile(r"\[(?:email|link|handle|ip|iban|card|nir|siret|phone|number|plate|address|birth|name)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of all portions: by which settings and codebook they are read, and how they are written."""

    settings: Settings
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


def portions(content: "Table", kind: str, skip: int = 0) -> Iterator[Portion]:
    """The rows of a table after the first `skip`, in portions; keys are their own ids, else their numbers from 1."""
    with_cells = sheet.has_cells(kind)
    rows: list[Row] = []
    size, before = 0, skip
    for row in islice(content.rows(), skip, None):
        rows.append(row)
        size += len(row.text or "")
        if len(rows) >= ROWS or size >= CHARACTERS:
            yield _portion(rows, before, with_cells)
            before += len(rows)
            rows, size = [], 0
    if rows:
        yield _portion(rows, before, with_cells)


def _portion(rows: "Sequence[Row]", before: int, with_cells: bool) -> Portion:
    return Portion(
        [row.own_id or str(number) for number, row in enumerate(rows, start=before + 1)],
        [row.text for row in rows],
        [row.names for row in rows],
        [row.cells for row in rows] if with_cells else (),
    )


def ready() -> None:
    """Loads what most work needs."""
    import portevoix.collect.scrub
    import portevoix.label.export
    import portevoix.label.reader  # noqa: F401


def maker(asked: Asked) -> Work:
    """The work of a process of the crew: see `work`."""
    return work(opened(asked.settings, asked.codebook), asked)


def reader(settings: Settings) -> Work:
    """The work of a process that reads for a home: from (ids, texts) to (how many, their labels, what was counted)."""
    from portevoix.label import engines

    labeller = opened(settings)

    def through(portion: tuple[Sequence[str], Sequence[str]]) -> tuple[int, Any, dict[str, int]]:
        ids, texts = portion
        return len(ids), labeller.read(ids, texts), engines.told(labeller)

    return labeller.name, through


def notes(counts: Mapping[str, int]) -> list[str]:
    """What a labeller counted, in sentences: comments handed up, calls made, answers that were of no use."""
    return [f"{_COUNTED[name]}: {n:,}." for name, n in sorted(counts.items()) if n and name in _COUNTED]


def workers(settings: Settings) -> int:
    """How many processes may read with these settings: one for a labeller that has a budget, else one a core."""
    named = [settings.model, *([settings.route.to] if settings.route else [])]
    return 1 if any(name != MODEL and plugs.one_process(name) for name in named) else cores()


def opened(settings: Settings, codebook: str | None = None) -> Any:  # noqa: ANN401 - a plug-in
    """The labeller that the settings name, with a codebook and a route where they are told.

    Raises UnknownName, WrongUse and BadModel, saying what to do.
    """
    labeller = plugs.labeller(settings.model, settings=settings)
    if codebook is not None:
        if settings.model != MODEL:
            raise WrongUse(
                f"A codebook reads on top of the default model: leave out '{settings.model}', or the codebook."
            )
        from portevoix.label import taught

        labeller = taught.load(codebook, labeller)
    if settings.route is None:
        return labeller
    from portevoix.label import engines

    return engines.Routed(
        labeller, plugs.labeller(settings.route.to, settings=settings), settings.route.below
    )


def work(labeller: Any, asked: Asked) -> Work:  # noqa: ANN401 - a plug-in
    """What is told of the labeller (its name and its model's digest), and the function from a portion to
    (rows, rows that could not be cut, what the labeller counted, what `sheet.shaper` made of them).
    """
    # who gives portions out, and does no such work, needs none of these
    from portevoix.collect.scrub import followed
    from portevoix.label import engines, export

    shape = sheet.shaper(asked.kind, asked.columns, asked.words, asked.mentions)
    digest = getattr(getattr(labeller, "model", None), "card", {}).get("sha256", "")

    def through(portion: Portion) -> tuple[int, int, dict[str, int], Any]:
        given = [text or "" for text in portion.texts]
        scrubbed = [followed(text, names) for text, names in zip(given, portion.names, strict=True)]
        redacted = [text for text, _ in scrubbed]
        rows = export.rows(redacted, engines.find(labeller, redacted))
        for at, row in enumerate(rows):
            row["id"] = portion.keys[at]
            if portion.texts[at] is None:
                row["redacted"] = None
            else:
                _place(row["mentions"], given[at], *scrubbed[at])
        labelled: list[sheet.Labelled] = list(zip(portion.cells or [()] * len(rows), rows, strict=True))
        if asked.mentions:
            labelled = [
                (own, {"id": row["id"], **mention}) for own, row in labelled for mention in row["mentions"]
            ]
        return len(rows), portion.texts.count(None), engines.told(labeller), shape(labelled)

    return (labeller.name, digest), through


def _place(mentions: Sequence[dict[str, Any]], given: str, redacted: str, tracer: "Tracer") -> None:
    """Puts the evidence where the text as given has it; what touches personal data is none."""
    if given == redacted or not mentions:
        return
    if given.strip() == redacted:
        shift = len(given) - len(given.lstrip())
        for mention in mentions:
            if mention["start"] is not None:
                mention["start"], mention["stop"] = mention["start"] + shift, mention["stop"] + shift
        return
    starts, stops = tracer.places()
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
