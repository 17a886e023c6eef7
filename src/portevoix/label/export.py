"""Labels as one row a comment: what `portevoix label FILE` writes, whatever the format."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from portevoix.label.found import Found


def rows(texts: Sequence[str], found: Found) -> Iterator[dict[str, Any]]:
    """One object a comment, in order: id, lang, sentiment (-1..1), mentions, emotions, intents, needs_met, easy,
    enjoyable (1, -1 or None), problem, redacted (the text itself: it comes scrubbed).

    `found` are the labels of the texts; the id of a text is its place, as a text. A comment that has only its language keeps
    null and empty columns. Evidence is `text[start:stop]`.
    """
    groups = groupby(found.rows(), key=lambda label: label[0])
    current = next(groups, None)
    for at, text in enumerate(texts):
        mine: list[tuple[Any, ...]] = []
        if current is not None and current[0] == at:
            mine = list(current[1])
            current = next(groups, None)
        yield _row(str(at), text, mine)


def _row(key: str, text: str, labels: list[tuple[Any, ...]]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": key, "lang": "other", "sentiment": None, "mentions": [], "emotions": [], "intents": [],
        "needs_met": None, "easy": None, "enjoyable": None, "problem": None, "redacted": text,
    }  # fmt: skip
    for _, kind, value, polarity, start, stop, confidence in labels:
        if kind == "theme":
            evidence = None if start is None else text[start:stop]
            row["mentions"].append(
                {"theme": value, "polarity": int(polarity), "start": start, "stop": stop, "evidence": evidence,
                 "confidence": confidence}
            )  # fmt: skip
        elif kind in ("emotion", "intent"):
            row[f"{kind}s"].append(value)
        elif kind == "sentiment":
            row["sentiment"] = polarity
        elif kind in ("needs_met", "easy", "enjoyable"):
            row[kind] = int(polarity)
        else:
            row[kind] = value
    return row
