"""How well a labeller reads what people read: figures with their intervals, by theme and by head, and its worst errors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from portevoix.label.examples import CLASSES, SETS, Example

Counts = npt.NDArray[np.float64]
TIMES, SEED, BINS, WORST = 1_000, 7, 10, 20
_Z = 1.959963984540054
_MARKS = {-1: "−", 0: "0", 1: "+"}


@dataclass(frozen=True, slots=True)
class _Pair:
    """An example beside the labels of its text."""

    read: Example
    said: list[dict[str, Any]]

    def opinions(self) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        read = {(m.theme, m.polarity) for m in self.read.mentions or [] if m.polarity is not None}
        said = {(m["value"], int(m["polarity"])) for m in self.said if m["kind"] == "theme"}
        return read, said

    def themes(self) -> tuple[set[str], set[str]]:
        return {m.theme for m in self.read.mentions or []}, {
            m["value"] for m in self.said if m["kind"] == "theme"
        }

    def value(self, head: str) -> str:
        default = {"sentiment": "neutral", "problem": "none"}.get(head, "")
        return next((str(m["value"]) for m in self.said if m["kind"] == head), default)


def evaluate(
    examples: Sequence[Example], texts: Sequence[str], labels: pa.Table, known: Sequence[str]
) -> dict[str, Any]:
    """A report over examples and the labels of their scrubbed `texts` (`schema_of(Label)`, ids "0", "1", … in order).

    `known` are the themes that the labeller can say. Shares are 0 to 1, intervals 95 %: Wilson's for precision and recall,
    bootstrap over comments (seeded) for F1. `n` is what the figure stands on.
    """
    pairs = _pairs(examples, texts, labels)
    themed = [pair for pair in pairs if pair.read.mentions is not None]
    heads: list[dict[str, Any]] = []
    if themed:
        heads += _theme_heads(themed)
    for head in CLASSES:
        mine = [pair for pair in pairs if head in pair.read.classes]
        if mine:
            heads.append(_class_head(head, mine))
    for head, kind in SETS.items():
        mine = [pair for pair in pairs if head in pair.read.sets]
        if mine:
            said = [{m["value"] for m in pair.said if m["kind"] == kind} for pair in mine]
            heads.append(_set_head(head, [set(pair.read.sets[head]) for pair in mine], said))
    return {
        "comments": len(pairs),
        "heads": heads,
        "themes": _by_theme(themed),
        "unknown_themes": sorted({t for pair in themed for t in pair.themes()[0]} - set(known)),
        "confusion": _confusion(pairs),
        "calibration": _calibration(pairs),
        "coverage": _coverage(pairs, themed),
        "worst": _worst(pairs),
    }


def _pairs(examples: Sequence[Example], texts: Sequence[str], labels: pa.Table) -> list[_Pair]:
    said: list[list[dict[str, Any]]] = [[] for _ in examples]
    for key, group in groupby(labels.to_pylist(), key=lambda label: str(label["verbatim"])):
        for label in group:
            start = label["start"]
            label["evidence"] = None if start is None else texts[int(key)][start : label["stop"]]
            said[int(key)].append(label)
    return [_Pair(read, mine) for read, mine in zip(examples, said, strict=True)]


def _theme_heads(pairs: Sequence[_Pair]) -> list[dict[str, Any]]:
    opinions = [pair.opinions() for pair in pairs]
    themes = [pair.themes() for pair in pairs]
    heads = [_set_head("theme", [a for a, _ in themes], [b for _, b in themes])]
    if any(read for read, _ in opinions):
        heads.insert(0, _set_head("theme × polarity", [a for a, _ in opinions], [b for _, b in opinions]))
        judged = [
            (polarity, {p for t, p in said if t == theme})
            for read, said in opinions
            for theme, polarity in sorted(read)
            if any(t == theme for t, _ in said)
        ]
        heads.append(_share("polarity of a right theme", [polarity in found for polarity, found in judged]))
    evidence = [shared for pair in pairs for shared in _shared_words(pair)]
    return [*heads, _share("evidence shares a word", evidence)] if evidence else heads


def _shared_words(pair: _Pair) -> list[bool]:
    """For each right opinion with a span on both sides, whether the two have a word in common."""
    found = []
    for m in pair.read.mentions or []:
        for label in pair.said:
            right = label["kind"] == "theme" and (label["value"], label["polarity"]) == (m.theme, m.polarity)
            if right and m.start is not None and label["evidence"]:
                words = set(pair.read.text[m.start : m.stop].lower().split())
                found.append(bool(words & set(label["evidence"].lower().split())))
                break
    return found


def _share(head: str, right: Sequence[bool]) -> dict[str, Any]:
    low, high = wilson(sum(right), len(right))
    value = sum(right) / len(right) if right else None
    return {"head": head, "measure": "accuracy", "value": value, "low": low, "high": high, "n": len(right)}


def _set_head(head: str, read: Sequence[set[Any]], said: Sequence[set[Any]]) -> dict[str, Any]:
    counts = np.array(
        [(len(a & b), len(b), len(a)) for a, b in zip(read, said, strict=True)], np.float64
    ).reshape(-1, 3)
    return {"head": head, "measure": "micro-F1", **_prf(counts)}


def _prf(counts: Counts) -> dict[str, Any]:
    """Precision, recall and F1 with intervals from rows of (right, said, read)."""
    right, said, read = counts.sum(0).tolist()
    low, high = _bootstrap(counts, lambda c: 2 * c[:, 0] / np.maximum(1, c[:, 1] + c[:, 2]))
    found: dict[str, Any] = {
        "value": 2 * right / (said + read) if said + read else None,
        "low": low,
        "high": high,
    }
    for name, size in (("precision", said), ("recall", read)):
        found[name] = right / size if size else None
        found[f"{name}_low"], found[f"{name}_high"] = wilson(right, size)
    return found | {"n": int(read), "said": int(said)}


def _class_head(head: str, pairs: Sequence[_Pair]) -> dict[str, Any]:
    names = sorted({pair.read.classes[head] for pair in pairs})
    every = sorted({*names, *(pair.value(head) for pair in pairs)})
    at = {name: i for i, name in enumerate(every)}
    joint = np.zeros((len(pairs), len(every) ** 2))
    for i, pair in enumerate(pairs):
        joint[i, at[pair.read.classes[head]] * len(every) + at[pair.value(head)]] = 1
    mine = [at[name] for name in names]

    def macro(counts: Counts) -> Counts:
        table = counts.reshape(-1, len(every), len(every))
        hits = np.diagonal(table, axis1=1, axis2=2)
        read, size = table.sum(2), table.sum(2) + table.sum(1)
        scores, there = 2 * hits / np.maximum(1, size), read > 0
        total = (scores * there)[:, mine].sum(1) / np.maximum(1, there[:, mine].sum(1))
        return np.asarray(total, np.float64)

    low, high = _bootstrap(joint, macro)
    value = float(macro(joint.sum(0, keepdims=True))[0])
    return {"head": head, "measure": "macro-F1", "value": value, "low": low, "high": high, "n": len(pairs)}


def _by_theme(pairs: Sequence[_Pair]) -> list[dict[str, Any]]:
    opinions = [pair.opinions() for pair in pairs]
    if not any(read for read, _ in opinions):  # themes without polarity
        opinions = [tuple({(t, 0) for t in some} for some in pair.themes()) for pair in pairs]  # type: ignore[misc]
    found = []
    for theme in sorted({theme for both in opinions for some in both for theme, _ in some}):
        read, said = (
            [{o for o in some if o[0] == theme} for some in side] for side in zip(*opinions, strict=True)
        )
        row = _set_head("", read, said)
        found.append({"theme": theme, **{key: row[key] for key in row if key not in ("head", "measure")}})
    return found


def _confusion(pairs: Sequence[_Pair]) -> dict[str, dict[str, dict[str, int]]]:
    """By head, then by what was read, then by what was said: how many comments."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for head, names in CLASSES.items():
        for pair in pairs:
            if head in pair.read.classes:
                rows = found.setdefault(
                    head, {name or "null": {other or "null": 0 for other in names} for name in names}
                )
                row = rows.setdefault(pair.read.classes[head] or "null", {})
                said = pair.value(head) or "null"
                row[said] = row.get(said, 0) + 1
    return found


def _calibration(pairs: Sequence[_Pair]) -> list[dict[str, Any]]:
    """How far a confidence is from the share that is right, by head, over ten bins of equal width (ECE)."""
    found = []
    judged: dict[str, list[tuple[float, bool]]] = {}
    for pair in pairs:
        read, _ = pair.opinions()
        for label in pair.said:
            kind = label["kind"]
            plural = next((head for head, one in SETS.items() if one == kind), None)
            if kind == "theme" and pair.read.mentions is not None:
                right = (label["value"], int(label["polarity"])) in read
            elif kind in pair.read.classes:
                right = label["value"] == pair.read.classes[kind]
            elif plural in pair.read.sets:
                right = label["value"] in pair.read.sets[plural]
            else:
                continue
            judged.setdefault("theme × polarity" if kind == "theme" else plural or kind, []).append(
                (label["confidence"], right)
            )
    for head, items in judged.items():
        sure, right_ = np.array([c for c, _ in items]), np.array([r for _, r in items], np.float64)
        at = np.minimum((sure * BINS).astype(int), BINS - 1)
        bins = [
            {
                "confidence": float(sure[at == b].mean()),
                "right": float(right_[at == b].mean()),
                "n": int((at == b).sum()),
            }
            for b in range(BINS)
            if (at == b).any()
        ]
        gap = sum(b["n"] * abs(b["confidence"] - b["right"]) for b in bins) / len(items)
        found.append({"head": head, "ece": gap, "n": len(items), "bins": bins})
    return found


def _coverage(pairs: Sequence[_Pair], themed: Sequence[_Pair]) -> dict[str, Any]:
    other = sum(pair.value("lang") == "other" for pair in pairs)
    silent = sum(not pair.themes()[1] for pair in themed)
    missed = sum(bool(pair.themes()[0]) and not pair.themes()[1] for pair in themed)
    return {
        "other_language": other / len(pairs),
        "with_a_theme": 1 - silent / len(themed) if themed else None,
        "theme_read_none_said": missed / len(themed) if themed else None,
    }


def _worst(pairs: Sequence[_Pair]) -> list[dict[str, Any]]:
    """Comments by how surely the labeller was wrong: what it said that was not read, and what it missed."""
    found = []
    for pair in pairs:
        if pair.read.mentions is None:
            continue
        read, said = pair.opinions()
        sure = {(m["value"], int(m["polarity"])): m["confidence"] for m in pair.said if m["kind"] == "theme"}
        wrong, missed = sorted(said - read), sorted(read - said)
        weight = sum(sure[o] for o in wrong) + len(missed)
        if weight:
            found.append((-weight, pair.read.id, wrong, missed, pair.read.text))
    found.sort(key=lambda item: item[:2])
    return [
        {"id": key, "said": [f"{t} {_MARKS[p]}" for t, p in wrong], "missed": [f"{t} {_MARKS[p]}" for t, p in missed], "text": text}
        for _, key, wrong, missed, text in found[:WORST]
    ]  # fmt: skip


def wilson(hits: float, n: float) -> tuple[float | None, float | None]:
    """Wilson's 95 % interval of a share; (None, None) of nothing.

    >>> [round(x, 3) for x in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not n:
        return None, None
    share, z = hits / n, _Z
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _bootstrap(counts: Counts, measure: Callable[[Counts], Counts]) -> tuple[float | None, float | None]:
    """The 95 % percentile interval of a measure of summed rows, over comments drawn again with replacement."""
    n = len(counts)
    if n < 2:
        return None, None
    chance = np.random.default_rng(SEED)
    sums = np.stack([counts[chance.integers(0, n, n)].sum(0) for _ in range(TIMES)])
    low, high = np.quantile(measure(sums), [0.025, 0.975]).tolist()
    return low, high
