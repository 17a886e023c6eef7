"""Survey scores: their scales, and reading a score from what a cell says."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from portevoix.collect.naming import plain


@dataclass(frozen=True, slots=True)
class Scale:
    """A score's range, both ends included, and its smallest step."""

    low: int
    high: int
    step: float = 1.0

    def __str__(self) -> str:
        return f"{self.low}–{self.high}"

    def holds(self, value: float) -> bool:
        """Whether a number is a point of this scale."""
        return self.low <= value <= self.high and (value / self.step).is_integer()


SCALES = {
    "nps": Scale(0, 10),
    "csat": Scale(1, 5),
    "ces": Scale(1, 7),
    "stars": Scale(1, 5, 0.5),
    "enjoyable": Scale(1, 5),
    "easy": Scale(1, 5),
    "needs_met": Scale(1, 5),
}

_NUMBER = re.compile(r"[-+]?\d{1,18}(?:[.,]\d{1,18})?")
_OUT_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|sur|out of|of)\s*(\d+)(?:\s*(?:stars?|etoiles?))?")
_WITH_UNIT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:stars?|etoiles?|points?|pts?|★|⭐)")
_WITH_LABEL = re.compile(r"(\d{1,2})\s*(?:[-–=:]\s*\D.*|\(\D.*\))")
_LIKERT = {
    5: "tres satisfait; tout a fait satisfait; tout a fait d accord; tres facile; tres agreable; very satisfied; "
    "strongly agree; very easy; completely agree; extremely satisfied; excellent",
    4: "satisfait; plutot satisfait; assez satisfait; d accord; plutot d accord; facile; plutot facile; agreable; "
    "plutot agreable; satisfied; agree; easy; somewhat agree; somewhat satisfied",
    3: "neutre; ni satisfait ni insatisfait; moyennement satisfait; ni d accord ni pas d accord; sans opinion; "
    "ni facile ni difficile; neutral; neither agree nor disagree; neither satisfied nor dissatisfied",
    2: "insatisfait; peu satisfait; plutot insatisfait; pas d accord; plutot pas d accord; difficile; plutot difficile; "
    "desagreable; dissatisfied; disagree; difficult; somewhat disagree; somewhat dissatisfied",
    1: "tres insatisfait; pas du tout satisfait; pas du tout d accord; tres difficile; tres desagreable; "
    "very dissatisfied; strongly disagree; very difficult; extremely dissatisfied",
}
_WORDS = {phrase.strip(): value for value, phrases in _LIKERT.items() for phrase in phrases.split(";")}


def number(value: str) -> float | None:
    """A number written with point or comma; None for anything else."""
    text = value.strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def score(value: str, scale: Scale) -> float | None:
    """The number that a cell states on a scale: 9, 9,0, 9/10, ★★★★☆, "4 étoiles", "10 - Très probable", "Très satisfait".

    Words count on five-point scales only. The number may lie outside the scale; None when there is none.
    """
    found = number(value)
    if found is not None:
        return found
    text = value.strip().lower()
    if text and set(text) <= set("★☆⭐"):
        return float(text.count("★") + text.count("⭐"))
    text = text.replace("é", "e")
    if of := _OUT_OF.fullmatch(text):
        return float(of[1].replace(",", ".")) if int(of[2]) == scale.high else None
    if unit := _WITH_UNIT.fullmatch(text) or _WITH_LABEL.fullmatch(text):
        return float(unit[1].replace(",", "."))
    if scale.high == 5:
        said = (
            plain(value).replace("(e)", "").removesuffix("e")
            if plain(value).endswith("satisfaite")
            else plain(value)
        )
        return _WORDS.get(said)
    return None


def reader(scale: Scale) -> Callable[[str], tuple[float | None, bool]]:
    """A function from a cell to (score, whether the cell is in order); it remembers the cells it has seen."""
    known: dict[str, tuple[float | None, bool]] = {}

    def read(value: str) -> tuple[float | None, bool]:
        if value not in known:
            if len(known) > 1000:
                known.clear()
            found = score(value, scale)
            known[value] = (found, True) if found is not None and scale.holds(found) else (None, False)
        return known[value]

    return read
