"""Labels that people gave, in a file: what `portevoix label FILE` writes, set right, and who says so."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from portevoix.collect.files import grid_of
from portevoix.collect.naming import WORDS, confidence
from portevoix.collect.opening import look
from portevoix.collect.reading import Batch, Reading, Refused, Understood
from portevoix.collect.scrub import scrub
from portevoix.errors import BadSource, UnknownName

NAMES = {
    "sentiment": ("negative", "neutral", "positive"),
    "emotion": ("joy", "gratitude", "anger", "disappointment", "worry", "surprise"),
    "intent": (
        "complaint",
        "praise",
        "question",
        "request",
        "suggestion",
        "recommend",
        "warn",
        "churn",
        "loyal",
    ),
    "problem": ("none", "open", "solved", "relapsed"),
    "needs_met": ("no", "", "yes"),
    "easy": ("no", "", "yes"),
    "enjoyable": ("no", "", "yes"),
}
"""What a person can say of a comment, by kind of label; themes are those of the codebook."""
COLUMNS = {
    "mentions": "theme",
    "theme": "theme",
    "emotions": "emotion",
    "intents": "intent",
    **{name: name for name in ("sentiment", "problem", "needs_met", "easy", "enjoyable")},
}
"""The kind of label that a column gives."""
NEUTRAL = 0.15
SHAPE = pa.schema(
    [
        pa.field("group", pa.int64(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("text", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("polarity", pa.float64()),
        pa.field("start", pa.int64()),
        pa.field("stop", pa.int64()),
        pa.field("evidence", pa.string()),
        pa.field("by", pa.string(), nullable=False),
    ]
)
"""A label as it comes: `name` is a verbatim's id in full or its source's own, `text` the scrubbed words for want of one.

Labels of one `group`, what one person read in one comment, are kept together or not at all; an empty `value` says that
there is no label of this kind.
"""
_SIGNS = {
    **dict.fromkeys("-1 -1.0 - − negative negatif negatives neg bad mauvais non no".split(), -1),
    **dict.fromkeys("0 0.0 neutral neutre mixed mixte neu".split(), 0),
    **dict.fromkeys("1 1.0 + +1 positive positif pos good bon oui yes".split(), 1),
}
_WHO = re.compile(r"(?:human:)?\w[\w.\- ]{0,39}")
Cells = Mapping[str, str]
_Row = dict[str, Any]


class _Bad(ValueError):
    """A row that can't be read; the message is the reason."""


def corrections(
    path: str | Path,
    themes: Mapping[str, str],
    mapping: Mapping[str, str | Sequence[str]] | None = None,
) -> Reading:
    """Look at a file of labels that people gave: a comment a row with `mentions`, or a mention a row with `theme`.

    A column `by` says who; rows without one were read by nobody and are passed over. A column that is there says all there is
    of its kind: an empty one, that there is none (`sentiment` and `problem`: nothing said). `themes` maps names of themes,
    folded by `folded`, to keys. Raises BadSource where the file has no column `by`, none of labels, or neither identifiers
    nor words; UnknownName for a mapping that names no column.
    """
    opened = look(Path(path))
    grid, notes = grid_of(opened)
    found = _columns(grid.columns, mapping or {})
    missing = [name for name in ("by",) if name not in found]
    labels = [name for name in COLUMNS if name in found]
    if missing or not labels or not {"id", "text", "redacted"} & set(found):
        raise BadSource(
            f"{opened.path.name} holds no labels that people gave: it takes a column 'by' (who read the comment), 'id', and "
            "'mentions' or 'theme', or another column that portevoix label writes. --map by=COLUMN says which one it is."
        )
    unsigned = 0

    def rows() -> Iterator[tuple[int, Cells] | Refused]:
        nonlocal unsigned
        unsigned = 0
        for item in grid.records():
            if isinstance(item, Refused):
                yield item
                continue
            cells = {name: item[1][at] for name, at in found.items()}
            if cells["by"].strip():
                yield item[0], cells
            else:
                unsigned += 1

    def read() -> Iterator[Batch]:
        yield batch(rows(), themes)
        if unsigned:
            notes.append(
                f"Rows that nobody signed in '{grid.columns[found['by']]}', passed over: {unsigned}."
            )

    used = {at: name for name, at in found.items()}
    understood = [
        Understood(column=column, field=used.get(at), why="by its name" if at in used else "no label")
        for at, column in enumerate(grid.columns)
    ]
    asked = json.dumps([sorted(found.items()), sorted(themes.items())])
    digest = hashlib.sha256(f"{opened.sha256} {asked}".encode()).hexdigest()
    return Reading(
        source=opened.stem, kind="labels", digest=digest, understood=understood, notes=notes, read=read
    )


def told(name: str, by: str, read: Mapping[str, object], themes: Mapping[str, str]) -> Reading:
    """What a person reads in one comment, as a Reading; `read` has the columns of a file. Raises UnknownName for another."""
    for column in read:
        if column not in COLUMNS:
            raise UnknownName("label", column, COLUMNS)
    cells = {"id": name, "by": by, **{column: _cell(value) for column, value in read.items()}}
    digest = hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()

    def once() -> Iterator[Batch]:
        yield batch([(1, cells)], themes)

    return Reading(source="correction", kind="labels", digest=digest, understood=[], notes=[], read=once)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, list | tuple) else str(value)


def folded(name: str) -> str:
    """A theme's name as it is looked for: no case, no accents."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(plain.lower().split())


def _columns(columns: Sequence[str], mapping: Mapping[str, str | Sequence[str]]) -> dict[str, int]:
    """Where each field stands. The words are `redacted` and, as given, the column that is named like words."""
    wanted = ("id", "by", "start", "stop", "polarity", "evidence", "redacted", "text", *COLUMNS)
    found = {name: columns.index(name) for name in wanted if name in columns}
    if "text" not in found:
        named = max(columns, key=lambda name: confidence(WORDS, name), default="")
        if named and confidence(WORDS, named) == 1:
            found["text"] = columns.index(named)
    for name, column in mapping.items():
        if name not in wanted:
            raise UnknownName("field of a label", name, wanted)
        if str(column) not in columns:
            raise UnknownName("column", str(column), columns)
        found[name] = columns.index(str(column))
    return found


def batch(rows: Iterable[tuple[int, Cells] | Refused], themes: Mapping[str, str]) -> Batch:
    """The labels of some rows, those of one comment together, and the rows that can't be read."""
    groups: dict[tuple[str, ...], list[tuple[int, list[_Row]]]] = {}
    bad: dict[tuple[str, ...], Refused] = {}
    refused: list[Refused] = []
    for item in rows:
        if isinstance(item, Refused):
            refused.append(item)
            continue
        line, cells = item
        name, text = cells.get("id", "").strip(), _words(cells)
        place: tuple[str, ...] = (
            name,
            "" if name else text,
            cells["by"].strip(),
            "" if "theme" in cells else str(line),
        )
        try:
            own = {"line": line, "name": name or None, "text": text or None, "by": _who(cells["by"])}
            groups.setdefault(place, []).append((line, [{**own, **one} for one in _labels(cells, themes)]))
        except _Bad as error:
            bad[place] = Refused(line=line, reason=str(error))
            groups.setdefault(place, []).append((line, []))
    labels: list[_Row] = []
    for number, (place, parts) in enumerate(groups.items()):
        if place in bad:
            beside = "Another row of the same comment was set aside, so this one was too."
            refused += [
                bad[place] if line == bad[place].line else Refused(line=line, reason=beside)
                for line, _ in parts
            ]
            continue
        labels += [{**one, "group": number} for one in _together([one for _, part in parts for one in part])]
    refused.sort(key=lambda one: one.line)
    return Batch(rows=pa.Table.from_pylist(labels, schema=SHAPE), refused=refused)


def _together(labels: Sequence[_Row]) -> Iterator[_Row]:
    """Labels of rows of one comment: each once, and "none" only of a kind of which there is no other."""
    kinds = {one["kind"] for one in labels if one["value"]}
    seen: set[tuple[Any, ...]] = set()
    for one in labels:
        mark = (one["kind"], one["value"], one.get("polarity"), one.get("start"), one.get("evidence"))
        if mark not in seen and (one["value"] or one["kind"] not in kinds):
            seen.add(mark)
            yield one


def _words(cells: Cells) -> str:
    return scrub(cells.get("redacted") or cells.get("text", ""))


def _who(cell: str) -> str:
    if not _WHO.fullmatch(cell.strip()):
        raise _Bad("The column 'by' takes the short name of the person who read the comment, such as lea.")
    return f"human:{cell.strip().removeprefix('human:')}"


def _labels(cells: Cells, themes: Mapping[str, str]) -> Iterator[_Row]:
    if not cells.get("id", "").strip() and not _words(cells):
        raise _Bad("The row has neither an identifier nor words: it can't be told which comment it is about.")
    for column, kind in COLUMNS.items():
        if column not in cells:
            continue
        cell = cells[column].strip()
        if column == "mentions":
            items = [] if not cell else _listed(cell)
            yield from _some("theme", [_mention(item, cells, themes) for item in items])
        elif column == "theme":
            parts = [part for part in re.split(r"[;|]", cell) if part.strip()]
            one = {name: cells.get(name) for name in ("polarity", "start", "stop", "evidence")}
            yield from _some("theme", [_mention({"theme": part, **one}, cells, themes) for part in parts])
        elif kind in ("emotion", "intent"):
            yield from _some(kind, [{"value": _known(kind, name)} for name in _split(cell)])
        else:
            yield from _head(kind, cell)


def _some(kind: str, found: Sequence[_Row]) -> Iterator[_Row]:
    yield from ({"kind": kind, **one} for one in found or [{"value": ""}])


def _head(kind: str, cell: str) -> Iterator[_Row]:
    if kind == "problem":
        if cell:
            yield {"kind": kind, "value": _known(kind, cell)}
    elif kind == "sentiment":
        if cell:
            lean = _lean(cell)
            name = NAMES["sentiment"][1 + (lean > NEUTRAL) - (lean < -NEUTRAL)]
            yield {"kind": kind, "value": name, "polarity": lean}
    else:
        sign = _sign(cell) if cell and cell != "null" else 0
        name = NAMES[kind][1 + sign]
        yield {"kind": kind, "value": name, "polarity": float(sign) if sign else None}


def _lean(cell: str) -> float:
    try:
        lean = float(cell.replace(",", "."))
    except ValueError:
        return float(_sign(cell))
    if not -1 <= lean <= 1:
        raise _Bad("A sentiment goes from -1 to 1.")
    return lean


def _split(cell: str) -> list[str]:
    items = _listed(cell) if cell.startswith("[") else re.split(r"[,;|]", cell)
    return [str(item).strip() for item in items if str(item).strip()]


def _listed(cell: str) -> list[Any]:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise _Bad("A list of labels is written as JSON, such as [].")
    return found


def _known(kind: str, name: str) -> str:
    if name.lower() not in NAMES[kind]:
        raise _Bad(f"'{kind}' is one of {', '.join(NAMES[kind])}.")
    return name.lower()


def _sign(value: object) -> int:
    plain = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().strip().lower()
    sign = _SIGNS.get(str(value).strip(), _SIGNS.get(plain))
    if sign is None:
        raise _Bad("A polarity is -1, 0 or 1; a theme needs one.")
    return sign


def _mention(item: object, cells: Cells, themes: Mapping[str, str]) -> _Row:
    if not isinstance(item, dict) or not item.get("theme"):
        raise _Bad("A mention has a theme and a polarity.")
    key = themes.get(folded(str(item["theme"])))
    if key is None:
        known = ", ".join(sorted(set(themes.values())))
        raise _Bad(f"The row names a theme that no codebook here knows. Known: {known}.")
    start, stop = _place(item.get("start")), _place(item.get("stop"))
    evidence = str(item.get("evidence") or "")
    given = cells.get("text", "")
    if not evidence and start is not None and stop is not None and "text" in cells:
        if not 0 <= start < stop <= len(given):
            raise _Bad("A start and a stop lie outside the words.")
        evidence = given[start:stop]
    polarity = float(_sign(item.get("polarity")))
    return {
        "value": key,
        "polarity": polarity,
        "start": start,
        "stop": stop,
        "evidence": scrub(evidence).strip() or None,
    }


def _place(value: object) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        raise _Bad("A start and a stop are numbers of characters.") from None
