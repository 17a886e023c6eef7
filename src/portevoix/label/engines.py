"""Other readers on top of the default one: some heads by another engine, or the comments of which one reader is unsure.

An engine reads texts that are in French or English into `Finds` and says which of them it could read; whatever it
does not read keeps the labels below it. A labeller built here signs every label with one name that tells all its parts.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from portevoix.label.found import KINDS, Finds, Found, of_table

if TYPE_CHECKING:
    import pyarrow as pa


class Engine(Protocol):
    """Reads some heads: `name` with its version, `digest` of all that decides what it says, `kinds` that it feeds."""

    name: str
    digest: str
    kinds: frozenset[str]
    counts: Counter[str]

    def labels(self, texts: Sequence[str]) -> tuple[Finds, Sequence[int]]:
        """Labels of the texts by their places, and the places of those that were read."""


class _Built:
    """What labellers made of others share: the table, the digest, what is worth counting."""

    name: str
    card: dict[str, Any]
    counts: Counter[str]

    @property
    def model(self) -> Any:  # noqa: ANN401 - what has a card
        """Itself: it has a card with a digest, as a model has."""
        return self

    def find(self, texts: Sequence[str]) -> Found:
        """The labels of the texts, column by column."""
        raise NotImplementedError

    def read(self, ids: Sequence[str], texts: Sequence[str]) -> "pa.Table":
        """The labels of the texts as a table of `schema_of(Label)`, in their order."""
        if len(ids) != len(texts):
            raise ValueError(f"There are {len(ids)} ids for {len(texts)} texts; give one id for each text.")
        return self.find(texts).table(ids, self.name)


class Over(_Built):
    """A labeller whose engine reads some heads in place of the reader below."""

    def __init__(self, below: Any, engine: Engine) -> None:  # noqa: ANN401 - a plug-in
        self.below, self.engine = below, engine
        self.name = f"{below.name}+{engine.name}"
        self.card = {"sha256": f"{_digest(below)} {engine.digest}"}
        self.counts = engine.counts

    def find(self, texts: Sequence[str]) -> Found:
        """Labels as the engine says them where it can, as the reader below says them elsewhere."""
        found = find(self.below, texts)
        spoken = found.text[(found.kind == 0) & np.array([value != "other" for value in found.value], bool)]
        mine = spoken.tolist()
        if not mine:
            return found
        fresh, read = self.engine.labels([texts[at] for at in mine])
        places = np.array(mine, np.int64)
        fed = np.isin(found.kind, [KINDS.index(kind) for kind in self.engine.kinds])
        return found.without(fed & np.isin(found.text, places[list(read)])).joined(fresh, places)


class Routed(_Built):
    """A labeller that hands the comments of which it is unsure up to another one."""

    def __init__(self, first: Any, second: Any, below: float) -> None:  # noqa: ANN401 - plug-ins
        self.first, self.second, self.below = first, second, below
        self.name = f"{first.name}<{below:g}>{second.name}"
        self.card = {"sha256": f"{_digest(first)} {_digest(second)}"}
        self.counts = Counter()

    def find(self, texts: Sequence[str]) -> Found:
        """Labels of the first; those of the second for each comment whose sentiment the first gives less than `below`."""
        found = find(self.first, texts)
        unsure = (found.kind == KINDS.index("sentiment")) & (found.confidence < self.below)
        places = found.text[unsure]
        self.counts["routed"] += len(places)
        if not len(places):
            return found
        again = find(self.second, [texts[at] for at in places.tolist()])
        self.counts.update(_counted(self.second))
        return found.without(np.isin(found.text, places)).joined(again.as_finds(), places)


def find(labeller: Any, texts: Sequence[str]) -> Found:  # noqa: ANN401 - a plug-in
    """What a labeller finds, column by column, whether it can say so itself or gives a table only."""
    own = getattr(labeller, "find", None)
    if own is not None:
        found: Found = own(texts)
        return found
    return of_table(labeller.read([str(at) for at in range(len(texts))], texts))


def told(labeller: Any) -> dict[str, int]:  # noqa: ANN401 - a plug-in
    """What a labeller counted since it was last asked: comments routed, calls made, answers set aside."""
    return _counted(labeller)


def _counted(labeller: Any) -> dict[str, int]:  # noqa: ANN401 - a plug-in
    counts = getattr(labeller, "counts", None)
    if not isinstance(counts, Counter):
        return {}
    taken = dict(counts)
    counts.clear()
    return taken


def _digest(labeller: Any) -> str:  # noqa: ANN401 - a plug-in
    return str(getattr(getattr(labeller, "model", None), "card", {}).get("sha256", labeller.name))
