"""Labels as one row a comment: what `portevoix label FILE` writes, whatever the format."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from portevoix.label.found import KINDS, Found

_LISTS = {"emotion": "emotions", "intent": "intents"}
_NUMBERS = {"sentiment": float, "needs_met": int, "easy": int, "enjoyable": int}


def rows(texts: Sequence[str], found: Found) -> list[dict[str, Any]]:
    """One object a comment, in order: id, lang, sentiment (-1..1), mentions, emotions, intents, needs_met, easy,
    enjoyable (1, -1 or None), problem, redacted (the text itself: it comes scrubbed).

    `found` are the labels of the texts; the id of a text is its place, as a text. A comment that has only its language keeps
    null and empty columns. Evidence is `text[start:stop]`.
    """
    made: list[dict[str, Any]] = [
        {
            "id": str(at), "lang": "other", "sentiment": None, "mentions": [], "emotions": [], "intents": [],
            "needs_met": None, "easy": None, "enjoyable": None, "problem": None, "redacted": text,
        }
        for at, text in enumerate(texts)
    ]  # fmt: skip
    for code, kind in enumerate(KINDS):
        these = np.flatnonzero(found.kind == code)
        owners = found.text[these].tolist()
        if kind == "theme":
            _mention(made, texts, owners, these, found)
        elif kind in _NUMBERS:
            number = _NUMBERS[kind]
            for at, polarity in zip(owners, found.polarity[these].tolist(), strict=True):
                made[at][kind] = None if polarity != polarity else number(polarity)
        else:
            values = [found.value[at] for at in these.tolist()]
            if kind in _LISTS:
                for at, value in zip(owners, values, strict=True):
                    made[at][_LISTS[kind]].append(value)
            else:
                for at, value in zip(owners, values, strict=True):
                    made[at][kind] = value
    return made


def _mention(
    made: Sequence[dict[str, Any]],
    texts: Sequence[str],
    owners: Sequence[int],
    these: "np.ndarray[Any, np.dtype[np.int64]]",
    found: Found,
) -> None:
    """Adds the mentions of the texts to their rows."""
    told = (found.polarity, found.start, found.stop, found.confidence)
    columns = [column[these].tolist() for column in told]
    for at, place, polarity, start, stop, confidence in zip(owners, these.tolist(), *columns, strict=True):
        first = None if start != start else int(start)
        last = None if stop != stop else int(stop)
        made[at]["mentions"].append(
            {"theme": found.value[place], "polarity": int(polarity), "start": first, "stop": last,
             "evidence": None if first is None else texts[at][first:last], "confidence": confidence}
        )  # fmt: skip
