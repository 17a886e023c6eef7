"""Reads comments: language, sentiment, themes with their exact words, emotions, intents, the three questions, the problem.

The door `portevoix.labellers` opens here; nothing but numpy and the model that ships in the package is needed.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from portevoix.label.evidence import first_highest, spans, stretches
from portevoix.label.found import KINDS, Finds, Found
from portevoix.label.language import LANGS, Voters
from portevoix.label.model import Floats, Model, Weights, open_model
from portevoix.label.pieces import Pieces, Reader
from portevoix.label.scoring import Scores, score

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 50_000
"""Pieces read together: large enough for arrays to pay, small enough to stay in the processor's cache."""


def load() -> "Labeller":
    """The default labeller, from the model in the package.

    Raises BadModel, saying what to do, when the model is missing or altered.
    """
    return Labeller(open_model())


class Labeller:
    """Reads comments with one model; deterministic, offline, thousands a second.

    >>> table = load().read(["a"], ["Très satisfait du service, mais les prix augmentent chaque année."])
    >>> table.column("kind").to_pylist()[0], table.column("value").to_pylist()[0]
    ('lang', 'fr')
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name
        self._reader = Reader()
        self._weights = Weights(model, self._reader)
        self._voters = Voters(self._reader)
        self._outputs = model.card["outputs"]
        self._names: list[str] = []

    def read(self, ids: Sequence[str], texts: Sequence[str]) -> "pa.Table":
        """The labels of the texts, in their order, as a table of `schema_of(Label)`.

        Every id gets one `lang` label (fr, en or other); only fr and en get more. `start` and `stop` are code points
        of the text as given. Redaction marks such as [email] are never evidence. No text makes it raise.
        """
        if len(ids) != len(texts):
            raise ValueError(f"There are {len(ids)} ids for {len(texts)} texts; give one id for each text.")
        return self.find(texts).table(ids, self.name)

    def find(self, texts: Sequence[str]) -> Found:
        """The same labels, column by column."""
        found = Finds()
        at = 0
        for batch in _batches(texts):
            if self._reader.crowded:
                self._reader.forget()
            self._read(batch, at, found)
            at += len(batch)
        return found.sorted()

    def _read(self, texts: Sequence[str], at: int, found: Finds) -> None:
        pieces = self._reader.read(texts)
        lang = self._voters.vote(pieces, texts)
        scores = score(pieces, self._reader, self._weights)
        found.add(at + np.arange(len(texts)), 0, [LANGS[code] for code in lang.tolist()], confidence=1.0)
        mine = np.flatnonzero(lang < 2)
        if len(mine) and len(scores.first):
            self._comment_labels(found, at, mine, scores.final[mine])
            self._themes(found, at, mine, scores, pieces)

    def _part(self, final: Floats, group: str) -> tuple[Floats, list[str]]:
        a, b = self._outputs[group]["columns"]
        return final[:, a:b], self._outputs[group]["names"]

    def _comment_labels(self, found: Finds, at: int, mine: npt.NDArray[np.int64], final: Floats) -> None:
        here = at + mine
        odds, _ = self._part(final, "sentiment")
        share = _softmax(odds)
        chosen = (share * np.array(self._outputs["sentiment"]["favour"])).argmax(1)
        lean = share[:, 2] - share[:, 0]
        polarity = np.where(
            chosen == 1,
            np.clip(lean, -0.15, 0.15),
            np.where(chosen == 0, np.minimum(lean, -0.2), np.maximum(lean, 0.2)),
        )
        names = ["negative", "neutral", "positive"]
        found.add(here, 1, [names[c] for c in chosen.tolist()], _chosen(share, chosen), polarity)
        for kind in ("emotion", "intent"):
            odds, names = self._part(final, kind)
            likely = _sigmoid(odds)
            who, what = np.nonzero(likely >= np.array(self._outputs[kind]["cuts"]))
            found.add(here[who], KINDS.index(kind), [names[w] for w in what.tolist()], likely[who, what])
        for kind in ("needs_met", "easy", "enjoyable"):
            share = _softmax(self._part(final, kind)[0])
            chosen = (share * np.array(self._outputs[kind]["favour"])).argmax(1)
            told = np.flatnonzero(chosen != 1)
            sure = _chosen(share, chosen)[told]
            words = ["yes" if c else "no" for c in (chosen[told] == 2).tolist()]
            found.add(here[told], KINDS.index(kind), words, sure, chosen[told] - 1.0)
        share = _softmax(self._part(final, "problem")[0])
        chosen = (share * np.array(self._outputs["problem"]["favour"])).argmax(1)
        names = self._outputs["problem"]["names"]
        found.add(here, KINDS.index("problem"), [names[c] for c in chosen.tolist()], _chosen(share, chosen))

    def _themes(
        self, found: Finds, at: int, mine: npt.NDArray[np.int64], scores: Scores, pieces: Pieces
    ) -> None:
        odds, names = self._part(scores.final[mine], "theme")
        likely = _sigmoid(odds)
        who, column = np.nonzero(likely >= np.array(self._outputs["theme"]["cuts"]))
        clause = _best_clause(scores, mine[who], column)
        shown = scores.clause[clause, column] > -30
        who, column, clause = who[shown], column[shown], clause[shown]
        if not len(who):
            return
        start, stop = spans(clause, column, scores, pieces, self._reader, self._weights)
        themes = [names[c].split(":") for c in column.tolist()]
        found.add(
            at + mine[who],
            2,
            [theme for theme, _ in themes],
            likely[who, column],
            [float(sign) for _, sign in themes],
            start,
            stop,
        )


def _best_clause(
    scores: Scores, text: npt.NDArray[np.int64], column: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The clause of each text that scores highest for a column (the first of equals)."""
    clauses, bounds = stretches(
        np.searchsorted(scores.owner, text), np.searchsorted(scores.owner, text, side="right")
    )
    said = scores.clause[clauses, np.repeat(column, np.diff(bounds))]
    return clauses[first_highest(said, bounds)]


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    """Texts in batches of about as many pieces."""
    batches, first, size = [], 0, 0
    for i, text in enumerate(texts):
        size += len(text) // 3 + 1
        if size > _BATCH:
            batches.append(texts[first : i + 1])
            first, size = i + 1, 0
    return [*batches, texts[first:]] if first < len(texts) else batches


def _softmax(odds: Floats) -> Floats:
    risen = np.exp(odds - odds.max(1, keepdims=True))
    return np.asarray(risen / risen.sum(1, keepdims=True), np.float32)


def _sigmoid(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), np.float32)


def _chosen(share: Floats, chosen: npt.NDArray[np.int64]) -> Floats:
    return np.asarray(share[np.arange(len(chosen)), chosen], np.float32)
