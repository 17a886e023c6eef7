"""A team's own codebook from labelled examples: which comments and clauses speak of a theme, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from portevoix.errors import TooFew
from portevoix.label import bags, taught
from portevoix.label.bags import fold_of
from portevoix.label.examples import Example
from portevoix.label.logistic import Block, Floats, Ints, fit, likeness
from portevoix.label.reader import Labeller

FEWEST, ENOUGH = 5, 20
"""Examples below which a theme is left out, and from which on it can be trusted."""
_FOLDS = 3
_COST, _MOOD_COST = 10.0, 3.0
_OVERLAP = 0.5


@dataclass(slots=True, repr=False)
class Learned:
    """What `taught.save` writes, and what was found on the way: figures on examples that were held aside, and notes."""

    card: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]
    figures: dict[str, Any]
    notes: list[str]


def learn(
    labeller: Labeller,
    examples: Sequence[Example],
    texts: Sequence[str],
    name: str,
    told: Mapping[str, Mapping[str, Any]] | None = None,
) -> Learned:
    """Learns the themes of examples (`texts`: theirs, scrubbed), or those of them that `told` names and describes.

    `told` may give words that speak of a theme (`seeds_fr`, `seeds_en`; one that ends in * stands for all that begin so).

    A feature is learned from five comments at least. Raises TooFew where no theme has five examples.
    """
    themes, notes = _themes(examples, told)
    seeds = _seeds(told or {})
    found = bags.read(labeller, texts, seeds)
    known = bags.vocabulary(bags.whole_bags(found, len(texts)))
    heads = found.whole if len(found.whole) else np.zeros((1, found.heads.shape[1]), np.float32)
    middle, spread = heads.mean(0), np.maximum(heads.std(0), 1e-3)
    stack = taught.stacked(found, len(texts), known, middle, spread)
    whole_answers, clause_answers, clause_counted = _answers(examples, texts, found, themes)
    alike = _alike(stack)
    folds = np.array([fold_of(example.id, _FOLDS) for example in examples])
    held = np.zeros_like(whole_answers)
    held_clause = np.zeros_like(clause_answers)
    for fold in range(_FOLDS):
        aside = folds == fold
        if aside.any() and not aside.all():
            fits = _fit(stack, alike, whole_answers, clause_answers, clause_counted, ~aside)
            clause = taught.odds(stack.of_clauses(), *fits[1])
            both = taught.together(taught.odds(stack.of_texts(), *fits[0]), clause, found.owner)
            held[aside], held_clause[aside[found.owner]] = both[aside], clause[aside[found.owner]]
    cut, slope, shift = _calibrated(held, whole_answers)
    likely = 1 / (1 + np.exp(-(held * slope + shift)))
    whole, clause_fit = _fit(
        stack, alike, whole_answers, clause_answers, clause_counted, np.ones(len(texts), bool)
    )
    arrays: dict[str, npt.NDArray[Any]] = {
        "codes": known.codes,
        "worth": known.worth,
        "middle": middle,
        "spread": spread,
    }
    _put(arrays, "whole", whole)
    _put(arrays, "clause", clause_fit)
    signs, polarity = _moods(stack, examples, themes, held_clause, folds, arrays)
    notes += _overlaps(themes, whole_answers, likely)
    card = {
        "name": name,
        "stands_on": labeller.model.card["sha256"],
        "themes": [
            {
                "key": theme,
                **_described((told or {}).get(theme, {})),
                "examples": int(whole_answers[:, k].sum()),
            }
            for k, theme in enumerate(themes)
        ],
        "cut": cut,
        "slope": slope,
        "shift": shift,
        "polarities": signs,
        "seeds": seeds,
    }
    figures: dict[str, Any] = {
        "theme_f1": _f1(likely >= cut, whole_answers > 0),
        "polarity": polarity,
        "examples": len(texts),
    }
    figures["themes"] = {
        theme: _f1(likely[:, k] >= cut, whole_answers[:, k] > 0) for k, theme in enumerate(themes)
    }
    return Learned(card, arrays, figures, notes)


def _themes(
    examples: Sequence[Example], told: Mapping[str, Mapping[str, Any]] | None
) -> tuple[list[str], list[str]]:
    count: dict[str, int] = {}
    for example in examples:
        for theme in {mention.theme for mention in example.mentions or []}:
            count[theme] = count.get(theme, 0) + 1
    named = sorted(count) if told is None else [theme for theme in told if theme in count]
    themes = [theme for theme in named if count[theme] >= FEWEST]
    if not themes:
        raise TooFew(f"No theme has {FEWEST} examples: label more comments, then learn again.")
    notes = [
        f"'{theme}' has {count[theme]} examples and is left out: it takes {FEWEST}."
        for theme in named
        if count[theme] < FEWEST
    ]
    notes += [
        f"'{theme}' has {count[theme]} examples: trust it from {ENOUGH} on."
        for theme in themes
        if count[theme] < ENOUGH
    ]
    if told is not None and (others := sorted(set(count) - set(told))):
        notes.append(
            f"Themes of the examples that the codebook does not name, left out: {', '.join(others)}."
        )
    return themes, notes


def _described(entry: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(entry[key]) for key in ("fr", "en", "definition") if key in entry}


def _seeds(told: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    seeds = {theme: [*entry.get("seeds_fr", ()), *entry.get("seeds_en", ())] for theme, entry in told.items()}
    return {theme: words for theme, words in seeds.items() if words}


def _answers(
    examples: Sequence[Example], texts: Sequence[str], found: bags.Read, themes: Sequence[str]
) -> tuple[Floats, Floats, Floats]:
    """What is asked of comments and of clauses. A theme whose place nobody gave says nothing of a comment's single clauses,
    unless it has only one.
    """
    at = {theme: k for k, theme in enumerate(themes)}
    whole = np.zeros((len(texts), len(themes)), np.float32)
    clause = np.zeros((len(found.owner), len(themes)), np.float32)
    counted = np.ones_like(clause)
    begins = np.searchsorted(found.owner, np.arange(len(texts) + 1))
    for i, example in enumerate(examples):
        mine = np.arange(begins[i], begins[i + 1])
        for mention in example.mentions or []:
            k = at.get(mention.theme)
            if k is None:
                continue
            whole[i, k] = 1
            hit = mine
            if mention.start is not None and mention.stop is not None:
                hit = mine[(found.begin[mine] < mention.stop) & (found.end[mine] > mention.start)]
            if len(hit) and (mention.start is not None or len(mine) == 1):
                clause[hit, k] = 1
                counted[hit, k] = 1
            else:
                counted[mine[clause[mine, k] == 0], k] = 0
    return whole, clause, counted


def _alike(stack: taught.Stack) -> tuple[Floats | None, Floats | None]:
    return likeness(stack.of_texts(), stack.texts), likeness(stack.of_clauses(), len(stack.found.owner))


def _fit(
    stack: taught.Stack,
    alike: tuple[Floats | None, Floats | None],
    whole: Floats,
    clause: Floats,
    counted: Floats,
    used: npt.NDArray[np.bool_],
) -> tuple[tuple[list[Floats], Floats], tuple[list[Floats], Floats]]:
    weight = np.repeat(used[:, None], whole.shape[1], 1).astype(np.float32)
    first = fit(stack.of_texts(), whole, weight, _COST, alike[0])
    return first, fit(stack.of_clauses(), clause, counted * weight[stack.found.owner], _COST, alike[1])


def _calibrated(held: Floats, answers: Floats) -> tuple[float, float, float]:
    """Where to cut, and the line that makes log-odds of comments held aside say how often they are right (Platt)."""
    from portevoix.label.logistic import Dense

    flat, right = held.reshape(-1, 1), answers.reshape(-1, 1)
    (slope,), shift = fit([Dense(flat)], right, np.ones_like(right), 1.0)
    a, b = float(slope[0, 0]), float(shift[0])
    likely = 1 / (1 + np.exp(-(held * a + b)))
    cuts = np.arange(0.15, 0.66, 0.01)
    scores = [_f1(likely >= cut, answers > 0) for cut in cuts]
    return round(float(cuts[int(np.argmax(scores))]), 2), round(a, 5), round(b, 5)


def _f1(said: npt.NDArray[np.bool_], read: npt.NDArray[np.bool_]) -> float:
    size = int(said.sum() + read.sum())
    return 2 * int((said & read).sum()) / size if size else 0.0


def _moods(
    stack: taught.Stack,
    examples: Sequence[Example],
    themes: Sequence[str],
    clause_odds: Floats,
    folds: Ints,
    arrays: dict[str, npt.NDArray[Any]],
) -> tuple[list[int], float | None]:
    """Learns polarity from the clause that held-aside weights would choose; the polarities there are, and how often right."""
    at = {theme: k for k, theme in enumerate(themes)}
    begins = np.searchsorted(stack.found.owner, np.arange(stack.texts + 1))
    chosen, signs, owners = [], [], []
    for i, example in enumerate(examples):
        a, b = int(begins[i]), int(begins[i + 1])
        for mention in example.mentions or []:
            if mention.theme in at and mention.polarity is not None and a < b:
                chosen.append(a + int(clause_odds[a:b, at[mention.theme]].argmax()))
                signs.append(mention.polarity)
                owners.append(i)
    kinds = sorted(set(signs))
    if len(kinds) < 2:
        return kinds, None
    blocks = stack.of_moods(np.array(chosen, np.int64))
    answers = np.array([[sign == kind for kind in kinds] for sign in signs], np.float32)
    alike = likeness(blocks, len(answers))
    right = _held_moods(blocks, alike, answers, folds[np.array(owners)])
    _put(arrays, "mood", fit(blocks, answers, np.ones_like(answers), _MOOD_COST, alike))
    return kinds, right


def _held_moods(blocks: Sequence[Block], alike: Floats | None, answers: Floats, folds: Ints) -> float:
    right = 0
    for fold in range(_FOLDS):
        aside = folds == fold
        if aside.any() and not aside.all():
            weight = np.repeat(~aside[:, None], answers.shape[1], 1).astype(np.float32)
            found = taught.odds(blocks, *fit(blocks, answers, weight, _MOOD_COST, alike))
            right += int((found.argmax(1) == answers.argmax(1))[aside].sum())
    return right / len(answers)


def _put(arrays: dict[str, npt.NDArray[Any]], name: str, fitted: tuple[list[Floats], Floats]) -> None:
    for i, weights in enumerate(fitted[0]):
        arrays[f"{name}{i}"] = weights
    arrays[f"{name}_bias"] = fitted[1]


def _overlaps(themes: Sequence[str], answers: Floats, likely: npt.NDArray[Any]) -> list[str]:
    """Pairs of themes that share their examples, or that are taken for one another where only one was read."""
    notes = []
    for a in range(len(themes)):
        for b in range(a + 1, len(themes)):
            one, other = answers[:, a] > 0, answers[:, b] > 0
            both = int((one & other).sum())
            share = both / max(1, int((one | other).sum()))
            apart = one ^ other
            taken = np.where(
                one[apart], likely[apart, b] > likely[apart, a], likely[apart, a] > likely[apart, b]
            )
            mixed = float(taken.mean()) if apart.any() else 0.0
            if share >= _OVERLAP or (mixed >= 0.25 and apart.sum() >= ENOUGH):
                notes.append(
                    f"'{themes[a]}' and '{themes[b]}' overlap: {both} comments have both, and one is taken for the other in "
                    f"{100 * mixed:.0f} % of the {int(apart.sum())} that have one."
                )
    return notes
