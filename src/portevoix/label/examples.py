"""Comments that people labelled, in any of the three shapes that are read: the codebook's, aspects, a row a theme."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portevoix.errors import BadSource

CLASSES: dict[str, tuple[str, ...]] = {
    "sentiment": ("negative", "neutral", "positive"),
    "needs_met": ("no", "", "yes"),
    "easy": ("no", "", "yes"),
    "enjoyable": ("no", "", "yes"),
    "problem": ("none", "open", "solved", "relapsed"),
}
"""Heads of which a comment has one value; "" where nothing tells."""
SETS = {"emotions": "emotion", "intents": "intent"}
NEUTRAL = 0.15
"""A sentiment within this of 0 is neutral."""
_SIGNS = {
    **dict.fromkeys("-1 -1.0 - − negative negatif negatives neg bad mauvais".split(), -1),
    **dict.fromkeys("0 0.0 neutral neutre mixed mixte conflict neu".split(), 0),
    **dict.fromkeys("1 1.0 + +1 positive positif pos good bon".split(), 1),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A theme that a person read, its polarity (-1, 0, 1, or None where none was given) and where, in code points."""

    theme: str
    polarity: int | None
    start: int | None = None
    stop: int | None = None


@dataclass(slots=True, repr=False)
class Example:
    """A comment and what a person read in it; `classes` and `sets` hold the heads that the file has, `mentions` None
    where it has no themes.
    """

    id: str
    text: str
    mentions: list[Mention] | None
    classes: dict[str, str] = field(default_factory=dict)
    sets: dict[str, frozenset[str]] = field(default_factory=dict)


class _Unread(ValueError):
    pass


def examples(
    columns: Sequence[str], rows: Iterable[tuple[str, str, Mapping[str, str]]]
) -> tuple[list[Example], list[int]]:
    """The examples of a file's rows (identifier, text, cells by column), and the numbers of the rows that can't be read.

    Shapes: a `mentions` column (theme, polarity -1|0|1, start?, stop?), an `aspects` column (category, polarity
    positive|negative|neutral, from?, to?), or `theme` and `polarity` columns, where rows of one comment belong together.
    Raises BadSource where the columns hold no labels, or no row can be read.
    """
    shape = next((name for name in ("mentions", "aspects", "theme") if name in columns), None)
    heads = [name for name in (*CLASSES, *SETS) if name in columns]
    if shape is None and not heads:
        raise BadSource(
            "The file has no labels to learn from or to judge by: it takes a column 'mentions', 'aspects', or "
            "'theme' and 'polarity'."
        )
    found: dict[tuple[str, str], Example] = {}
    aside: list[int] = []
    for number, (key, text, cells) in enumerate(rows, start=1):
        try:
            mentions = _mentions(shape, cells, len(text)) if shape else None
            one = Example(key, text, mentions, *_heads(heads, cells))
        except _Unread:
            aside.append(number)
            continue
        place = (text, cells.get("id", "")) if shape == "theme" else (key, str(number))
        known = found.setdefault(place, one)
        if known is not one and known.mentions is not None and mentions:
            known.mentions += [mention for mention in mentions if mention not in known.mentions]
    if not found:
        raise BadSource("No row's labels can be read: look at their theme, polarity and offsets.")
    return list(found.values()), aside


def _mentions(shape: str, cells: Mapping[str, str], size: int) -> list[Mention]:
    cell = cells[shape].strip()
    if shape == "theme":
        themes = [theme.strip() for theme in re.split(r"[;|]", cell) if theme.strip()]
        return [Mention(theme, _sign(cells.get("polarity", ""))) for theme in themes]
    if not cell:
        return []
    try:
        items = json.loads(cell)
    except (ValueError, RecursionError):
        raise _Unread from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _Unread
    theme, first, last = ("theme", "start", "stop") if shape == "mentions" else ("category", "from", "to")
    return [
        Mention(str(item[theme]), _sign(item.get("polarity")), *_span(item.get(first), item.get(last), size))
        for item in items
        if item.get(theme)
    ]


def _sign(value: Any) -> int | None:  # noqa: ANN401 - what a file holds
    if value is None or value == "":
        return None
    plain = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode().strip().lower()
    sign = _SIGNS.get(str(value).strip(), _SIGNS.get(plain))
    if sign is None:
        raise _Unread
    return sign


def _span(start: Any, stop: Any, size: int) -> tuple[int | None, int | None]:  # noqa: ANN401 - what a file holds
    if not isinstance(start, int) or not isinstance(stop, int) or not 0 <= start < stop <= size:
        return None, None
    return start, stop


def _heads(
    heads: Sequence[str], cells: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    classes: dict[str, str] = {}
    sets: dict[str, frozenset[str]] = {}
    for head in heads:
        cell = cells[head].strip()
        if head in SETS:
            items = json.loads(cell) if cell.startswith("[") else re.split(r"[,;|]", cell)
            sets[head] = frozenset(str(item).strip() for item in items if str(item).strip())
        elif head == "sentiment":
            classes[head] = _sentiment(cell)
        elif head == "problem":
            classes[head] = cell or "none"
        else:
            sign = _sign(cell)
            classes[head] = "" if not sign else ("yes" if sign > 0 else "no")
    return classes, sets


def _sentiment(cell: str) -> str:
    try:
        value = float(cell)
    except ValueError:
        sign = _sign(cell)
        if sign is None:
            raise _Unread from None
        value = float(sign)
    return CLASSES["sentiment"][1 + (value > NEUTRAL) - (value < -NEUTRAL)]
