"""Marked comments, and how well something that finds personal data finds theirs.

A span is `(start, stop, kind)` in code points. Found: every letter and digit of the marked span is hidden, whatever it was taken
for. Right: at least half of what is hidden was marked, or it is the link that a marked key stands in. MENTION (a person told of within a sentence) and ANY (a parcel's number, a
company's address: personal or not, as one sees it) cost no precision when they are hidden.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Span = tuple[int, int, str]
Finder = Callable[[str], Sequence[Span]]

_MARKED = re.compile(r"\[([A-Z]+)\|((?:[^\[\]]|\[at\])*)\]")
FREE = {"MENTION", "ANY"}
FIXED = {"EMAIL", "PHONE", "IBAN", "CARD", "NIR", "SIRET", "SIREN", "PLATE", "IP", "URL", "HANDLE"}
"""Kinds with a checksum or a fixed form."""
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment and its personal data."""

    lang: str
    text: str
    spans: tuple[Span, ...]


def unmarked(lang: str, line: str) -> Comment:
    """A line with `[KIND|words]` in it, and ⏎ for a new line, as a comment."""
    spans: list[Span] = []
    text = ""
    at = 0
    line = line.replace("⏎", "\n")
    for mark in _MARKED.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        at = mark.end()
    return Comment(lang, text + line[at:], tuple(spans))


def written(name: str) -> list[Comment]:
    """The comments of a file of this folder: `fr …` or `en …`, one a line."""
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [unmarked(line[:2], line[3:]) for line in lines if line and not line.startswith("#")]


@dataclass
class Score:
    """What was found of each kind, and what was hidden for each mark."""

    marked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, Comment]] = field(default_factory=list)
    wrong: list[tuple[str, str, Comment]] = field(default_factory=list)

    def recall(self, kinds: Iterable[str]) -> tuple[int, int]:
        """How many spans of these kinds are found, of how many."""
        kinds = list(kinds)
        return sum(self.found[k] for k in kinds), sum(self.marked[k] for k in kinds)

    def precision(self) -> tuple[int, int]:
        """How many hidden stretches are right, of how many."""
        return self.right.total(), self.hidden.total()


def score(comments: Iterable[Comment], finder: Finder) -> Score:
    """How well a finder finds the spans of comments."""
    result = Score()
    for comment in comments:
        said = finder(comment.text)
        covered = {i for start, stop, _ in said for i in range(start, stop)}
        marked = {i for start, stop, _ in comment.spans for i in range(start, stop)}
        for start, stop, kind in comment.spans:
            result.marked[kind] += 1
            if all(i in covered or not comment.text[i].isalnum() for i in range(start, stop)):
                result.found[kind] += 1
            else:
                result.missed.append((kind, comment.text[start:stop], comment))
        for start, stop, kind in said:
            inside = sum(i in marked for i in range(start, stop))
            if any(kind_ in FREE and a < stop and start < b for a, b, kind_ in comment.spans):
                continue
            result.hidden[kind] += 1
            held = any(k == "URL" and start <= a and b <= stop for a, b, k in comment.spans)
            if held or 2 * inside >= stop - start:
                result.right[kind] += 1
            else:
                result.wrong.append((kind, comment.text[start:stop], comment))
    return result


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of k out of n."""
    if n == 0:
        return 0.0, 1.0
    z = 1.959964
    share, spread = k / n, z * math.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    return max(0.0, middle - spread), min(1.0, middle + spread)
