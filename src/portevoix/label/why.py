"""Why a comment got its labels: what each label would lose if a word had not been written.

The whole reader is asked again without each word in turn, so that a weight counts everything the word does: by itself, in
pairs, under a negation, and in the last layer. Nothing is approximated; it takes one more reading a distinct word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portevoix.label.model import Floats
from portevoix.label.reader import Labeller
from portevoix.label.scoring import score
from portevoix.label.taught import Taught

MOST_WORDS, LONGEST = 150, 4_000
"""Distinct words that are weighed in a comment, and the characters of it that are read for them."""
_WORD = re.compile(r"\[[a-z]+\]|[^\W_]+(?:['’][^\W_]+)*|[\u2600-\U0010ffff]")
_SHOWN, _LEAST = 4, 0.1
_HEADS = {
    "sentiment": ("negative", "neutral", "positive"),
    **dict.fromkeys(("needs_met", "easy", "enjoyable"), ("no", "", "yes")),
}


@dataclass(frozen=True, slots=True, repr=False)
class Reason:
    """A label of a comment with what shows it: its evidence, and the words that weigh most in log-odds, strongest first.

    A word's weight is what the label's log-odds lose without it; below zero, the word speaks against the label.
    """

    kind: str
    value: str
    polarity: float | None
    confidence: float
    evidence: str | None
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Weighed:
    """Log-odds of a text and of it without each word in turn: the default model's outputs, a codebook's themes."""

    card: Mapping[str, Any]
    final: Floats
    own: Mapping[str, Floats]


def why(labeller: Labeller | Taught, text: str) -> tuple[str, list[Reason]]:
    """The language of a scrubbed text, and a reason for each label that the labeller finds in it."""
    labels = labeller.read(["0"], [text]).to_pylist()
    lang = str(labels[0]["value"])
    found = [label for label in labels if label["kind"] != "lang"]
    if not found:
        return lang, []
    part = text[:LONGEST]
    met = dict.fromkeys(match[0] for match in _WORD.finditer(part) if match[0][0] != "[")
    words = list(met)[:MOST_WORDS]
    weighed = _weighed(labeller, [part, *(_without(part, word) for word in words)])
    return lang, [_reason(weighed, label, text, words) for label in found]


def _weighed(labeller: Labeller | Taught, texts: Sequence[str]) -> _Weighed:
    if isinstance(labeller, Labeller):
        return _Weighed(labeller.model.card, _final(labeller, texts), {})
    own = np.concatenate([labeller.odds(texts[at : at + 50]) for at in range(0, len(texts), 50)])
    below = labeller.labeller
    return _Weighed(below.model.card, _final(below, texts), dict(zip(labeller.themes, own.T, strict=True)))


def _final(labeller: Labeller, texts: Sequence[str]) -> Floats:
    reader, weights = labeller._reader, labeller._weights
    parts = []
    for start in range(0, len(texts), 50):
        pieces = reader.read(texts[start : start + 50])
        parts.append(score(pieces, reader, weights).final)
    return np.concatenate(parts)


def _without(text: str, word: str) -> str:
    """The text as if a word had not been written, wherever it stands."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "", text)


def _reason(weighed: _Weighed, label: dict[str, object], text: str, words: Sequence[str]) -> Reason:
    kind, value, polarity = str(label["kind"]), str(label["value"]), label["polarity"]
    odds = weighed.own[value] if kind == "theme" and weighed.own else _odds(weighed, kind, value, polarity)
    ranked = sorted(zip(words, (odds[0] - odds[1:]).tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    start, stop = label["start"], label["stop"]
    return Reason(
        kind=kind,
        value=value,
        polarity=polarity if isinstance(polarity, float) else None,
        confidence=float(str(label["confidence"])),
        evidence=text[start:stop] if isinstance(start, int) and isinstance(stop, int) else None,
        words=tuple((word, round(weight, 2)) for word, weight in ranked[:_SHOWN] if abs(weight) >= _LEAST),
    )


def _odds(weighed: _Weighed, kind: str, value: str, polarity: object) -> Floats:
    """The log-odds of one label in each row: its own where labels are apart, over the best other where one is chosen."""
    output = weighed.card["outputs"][kind]
    a, b = output["columns"]
    part = weighed.final[:, a:b]
    if kind == "theme":
        sign = int(polarity) if isinstance(polarity, float) else 0
        return np.asarray(part[:, output["names"].index(f"{value}:{sign}")], np.float32)
    if kind in ("emotion", "intent"):
        return np.asarray(part[:, output["names"].index(value)], np.float32)
    at = _HEADS.get(kind, tuple(output["names"])).index(value)
    others = np.delete(part, at, axis=1).max(1)
    return np.asarray(part[:, at] - others, np.float32)


def lines(key: str, text: str, lang: str, reasons: Sequence[Reason]) -> Iterator[str]:
    """A comment and its reasons for people to read: one line a label, then an empty one."""
    yield f"{key} · {lang}"
    if text.strip():
        yield f"  {' '.join(text.split())}"
    for reason in reasons:
        sign = (
            {1: " +", -1: " −"}.get(int(reason.polarity), "")
            if reason.kind == "theme" and reason.polarity
            else ""
        )
        name = f"{reason.kind} {reason.value}{sign}"
        evidence = f"« {' '.join(reason.evidence.split())} »" if reason.evidence else ""
        told = " · ".join(f"{word} {weight:+.1f}".replace("-", "−") for word, weight in reason.words)
        yield f"    {name:<28} {reason.confidence:.2f}  {evidence:<44} {told}".rstrip()
    yield ""
