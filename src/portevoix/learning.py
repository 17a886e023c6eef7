"""Comments that people labelled, in a file: the labeller is judged by them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from portevoix import plugs
from portevoix.collect.scrub import scrub
from portevoix.collect.table import table
from portevoix.errors import TooFew, UnknownName
from portevoix.label.evaluate import evaluate
from portevoix.label.examples import Example, examples
from portevoix.label.themes import codebook

MODEL = "cx"


def read_examples(
    path: str | Path,
    *,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    where: Mapping[str, str] | None = None,
) -> tuple[list[Example], list[str]]:
    """The examples of a file in any format and any of the three shapes, and notes in sentences.

    `where` keeps the rows that have these values in these columns. Raises BadSource where there is nothing to read,
    UnknownName for a column that is not there, TooFew where `where` leaves none.
    """
    content = table(path, mapping)
    for name in where or {}:
        if name not in content.columns:
            raise UnknownName("column", name, content.columns)

    def rows() -> Iterator[tuple[str, str, dict[str, str]]]:
        for number, row in enumerate(content.rows(), start=1):
            cells = dict(zip(content.columns, row.cells, strict=True))
            if row.text is not None and all(cells[name] == value for name, value in (where or {}).items()):
                yield row.own_id or cells.get("id") or str(number), row.text, cells

    kept = rows()
    first = next(kept, None)
    if first is None:
        raise TooFew(f"No row of {Path(path).name} is left to read: look at --where.")
    found, aside = examples(content.columns, _again(first, kept))
    notes = list(content.notes)
    if aside:
        some = ", ".join(map(str, aside[:5])) + (", …" if len(aside) > 5 else "")
        notes.append(f"Rows whose labels cannot be read, set aside: {len(aside)} (the rows {some}).")
    return found, notes


def _again(
    first: tuple[str, str, dict[str, str]], rest: Iterator[tuple[str, str, dict[str, str]]]
) -> Iterator[tuple[str, str, dict[str, str]]]:
    yield first
    yield from rest


def evaluate_file(
    path: str | Path,
    *,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    where: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """How well the labeller reads the examples of a file: the report of `label.evaluate`, with `model`, and notes."""
    found, notes = read_examples(path, mapping=mapping, where=where)
    labeller = plugs.labellers[MODEL]()
    texts = [scrub(example.text) for example in found]
    labels = labeller.read([str(i) for i in range(len(texts))], texts)
    return {"model": labeller.name, **evaluate(found, texts, labels, list(codebook()))}, notes
