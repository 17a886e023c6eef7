"""Comments that people labelled, in a file: the labeller is judged by them, and a team's own themes are learned from them."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from portevoix import plugs
from portevoix.collect.scrub import scrub
from portevoix.collect.table import table
from portevoix.errors import BadSource, TooFew, UnknownName, WrongUse
from portevoix.label import learn, taught
from portevoix.label.evaluate import evaluate
from portevoix.label.examples import Example, Mention, examples
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
    codebook_in: str | Path | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """How well the labeller, or the codebook in a folder, reads the examples of a file: the report of `label.evaluate`
    with `model`, and notes.
    """
    found, notes = read_examples(path, mapping=mapping, where=where)
    labeller = plugs.labellers[MODEL]()
    known = list(codebook())
    if codebook_in is not None:
        labeller = taught.load(codebook_in, labeller)
        known = labeller.themes
    texts = [scrub(example.text) for example in found]
    labels = labeller.read([str(i) for i in range(len(texts))], texts)
    return {"model": labeller.name, **evaluate(found, texts, labels, known)}, notes


def learn_file(
    path: str | Path,
    out: str | Path,
    *,
    themes: str | Path | None = None,
    mapping: Mapping[str, str | Sequence[str]] | None = None,
    where: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """Learns a codebook from the examples of a file into the folder `out`: figures on comments held aside, and notes.

    `themes`: a TOML file with a table for each theme (fr, en, definition, and words that speak of it:
    seeds_fr, seeds_en); without it, the themes are those of the examples.
    Raises TooFew where no theme has five examples, WrongUse where the folder can't be written.
    """
    found, notes = read_examples(path, mapping=mapping, where=where)
    if not any(example.mentions is not None and example.text.strip() for example in found):
        raise TooFew(
            f"{Path(path).name} names no themes: it takes a column 'mentions', 'aspects', or 'theme'."
        )
    return learn_examples(found, out, themes=themes, notes=notes)


def learn_examples(
    found: Sequence[Example], out: str | Path, *, themes: str | Path | None = None, notes: Sequence[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Learns a codebook from examples, as `learn_file` does; `notes` are said first."""
    told = None if themes is None else _told(Path(themes))
    found = [example for example in found if example.mentions is not None and example.text.strip()]
    texts = [scrub(example.text) for example in found]
    folder = Path(out)
    learned = learn.learn(plugs.labellers[MODEL](), found, texts, folder.resolve().name, told)
    try:
        taught.save(folder, learned.card, learned.arrays)
    except OSError as error:
        raise WrongUse(f"The folder {folder} cannot be written: {error.strerror}.") from error
    return learned.figures, [*notes, *learned.notes]


def corrected(labels: Mapping[str, Sequence[Mapping[str, Any]]], words: Mapping[str, str]) -> list[Example]:
    """Comments in which people corrected the themes, as examples; `labels` are theirs, by verbatim."""
    return [
        Example(
            name,
            words[name],
            [Mention(one["value"], int(one["polarity"] or 0), one["start"], one["stop"]) for one in mine],
        )
        for name, mine in sorted(labels.items())
        if name in words
    ]


def _told(path: Path) -> dict[str, dict[str, Any]]:
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadSource(
            f"{path.name} cannot be read as TOML: a table for each theme, with fr, en, definition."
        ) from error
    if not entries or not all(isinstance(entry, dict) for entry in entries.values()):
        raise BadSource(
            f"{path.name} names no theme: write a table for each, such as [parking] with fr, en, definition."
        )
    for entry in entries.values():
        for name in ("seeds_fr", "seeds_en"):
            seeds = entry.get(name, [])
            if not isinstance(seeds, list) or not all(_is_word(seed) for seed in seeds):
                raise BadSource(
                    f'{path.name}: {name} is a list of single words, for instance {name} = ["parking", "gar*"].'
                )
    return entries


def _is_word(seed: object) -> bool:
    return isinstance(seed, str) and len(seed.split()) == 1 and bool(seed.strip(" *"))
