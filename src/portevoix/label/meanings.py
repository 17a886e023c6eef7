"""What the outputs of another model mean: which head they feed, and each of them's value and polarity."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portevoix.errors import BadModel
from portevoix.label.found import KINDS, Finds
from portevoix.label.themes import codebook

Floats = npt.NDArray[np.float64]
EMOTIONS = ("joy", "gratitude", "anger", "disappointment", "worry", "surprise")
INTENTS = ("complaint", "praise", "question", "request", "suggestion", "recommend", "warn", "churn", "loyal")
PROBLEMS = ("none", "open", "solved", "relapsed")
QUESTIONS = ("needs_met", "easy", "enjoyable")
HEADS = ("sentiment", "theme", "emotion", "intent", *QUESTIONS, "problem")
_MOODS = {
    "negative": -1.0, "neg": -1.0, "négatif": -1.0, "negatif": -1.0, "neutral": 0.0, "neu": 0.0, "neutre": 0.0,
    "mixed": 0.0, "positive": 1.0, "pos": 1.0, "positif": 1.0,
    "1 star": -1.0, "2 stars": -0.5, "3 stars": 0.0, "4 stars": 0.5, "5 stars": 1.0,
}  # fmt: skip
_ONE_OF_MANY = frozenset({"sentiment", "problem", *QUESTIONS})


@dataclass(frozen=True, slots=True)
class Meaning:
    """A head, and what each output says of it: (value, polarity), or ("", NaN) for an output that says nothing."""

    head: str
    values: tuple[tuple[str, float], ...]
    sigmoid: bool
    cut: float

    def likely(self, odds: Floats) -> Floats:
        """Probabilities of the outputs, a row a text."""
        if self.sigmoid:
            return np.asarray(1 / (1 + np.exp(-np.clip(odds, -60, 60))))
        risen = np.exp(odds - odds.max(1, keepdims=True))
        return np.asarray(risen / risen.sum(1, keepdims=True))

    def told(self, likely: Floats) -> npt.NDArray[np.bool_]:
        """Which outputs are said of each text: those above the cut, or the likeliest alone."""
        if self.sigmoid:
            said = likely >= self.cut
        else:
            said = np.zeros(likely.shape, bool)
            said[np.arange(len(likely)), likely.argmax(1)] = True
        return np.asarray(said & np.array([bool(value) for value, _ in self.values]))

    def add(self, finds: Finds, text: npt.NDArray[np.int64], odds: Floats) -> None:
        """Adds what rows of outputs say of the texts (every head but themes, which want a place)."""
        likely = self.likely(odds)
        kind = KINDS.index(self.head)
        if self.head == "sentiment":
            self._mood(finds, text, likely)
            return
        who, what = np.nonzero(self.told(likely))
        values = [self.values[output] for output in what.tolist()]
        finds.add(
            text[who],
            kind,
            [value for value, _ in values],
            likely[who, what],
            [polarity for _, polarity in values],
        )

    def _mood(self, finds: Finds, text: npt.NDArray[np.int64], likely: Floats) -> None:
        """Sentiment: the likeliest of the three, and how far the probabilities lean to that side."""
        polarity = np.array([number for _, number in self.values])
        three = np.stack(
            [likely[:, polarity < 0].sum(1), likely[:, polarity == 0].sum(1), likely[:, polarity > 0].sum(1)],
            1,
        )
        three /= np.maximum(1e-9, three.sum(1, keepdims=True))
        chosen = (three + np.array([0, 1e-9, 0])).argmax(1)  # nothing said either way is neutral
        counted = likely / likely.sum(1, keepdims=True)
        lean = np.where(np.isnan(polarity), 0.0, polarity) @ counted.T
        low = np.array([-1.0, -0.15, 0.2])[chosen]
        high = np.array([-0.2, 0.15, 1.0])[chosen]
        names = ["negative", "neutral", "positive"]
        finds.add(
            text,
            KINDS.index("sentiment"),
            [names[at] for at in chosen.tolist()],
            three.max(1),
            np.clip(lean, low, high),
        )


def meaning(
    where: str, names: Sequence[str | None], head: str | None, sigmoid: bool | None, cut: float = 0.5
) -> Meaning:
    """What outputs with these names mean; without `head`, that of which they are the names.

    Raises BadModel where a name says nothing of the head, or no head has such names.
    """
    if head is None:
        head = next((one for one in HEADS if all(_value(one, name) for name in names if name)), None)
        if head is None or not any(names):
            raise BadModel(
                f"Nothing says what the outputs of {where} mean: add a labels.json with head "
                f"({', '.join(HEADS)}) and labels, one for each output."
            )
    if head not in HEADS:
        raise BadModel(f"The head of {where} is '{head}'; it can be {', '.join(HEADS)}.")
    values = []
    for name in names:
        value = ("", float("nan")) if name is None else _value(head, name, declared=True)
        if value is None:
            raise BadModel(
                f"The labels of {where} name '{name[:40] if name else name}', which is no {head}: see labels.json."
            )
        values.append(value)
    signs = {np.sign(polarity) for value, polarity in values if value}
    if head == "sentiment" and not {-1, 1} <= signs:
        raise BadModel(f"The labels of {where} want at least a negative and a positive sentiment.")
    chosen = sigmoid if sigmoid is not None else head not in _ONE_OF_MANY
    return Meaning(head, tuple(values), chosen and head not in _ONE_OF_MANY, cut)


def _value(head: str, name: str, declared: bool = False) -> tuple[str, float] | None:
    """The value and polarity that a name gives to a head; None where it is none of its names."""
    plain = name.strip().lower()
    if head == "sentiment":
        mood = _MOODS.get(plain)
        return (
            None
            if mood is None
            else ("negative" if mood < 0 else "positive" if mood > 0 else "neutral", mood)
        )
    if head == "theme":
        theme, _, sign = name.strip().rpartition(":")
        known = declared or theme in codebook()
        return (theme, float(sign)) if theme and sign in ("-1", "0", "1", "+1") and known else None
    if head in QUESTIONS:
        said = {"yes": ("yes", 1.0), "no": ("no", -1.0)}
        return said.get(plain) if declared else None
    among = {"emotion": EMOTIONS, "intent": INTENTS, "problem": PROBLEMS}[head]
    return (plain, float("nan")) if plain in among else None
