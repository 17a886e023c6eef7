"""A team's own codebook at work: the default reader for all the rest, and the team's themes in place of its own."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from portevoix.errors import BadModel
from portevoix.label import bags
from portevoix.label.bags import Read, Vocabulary, unit
from portevoix.label.evidence import LONGEST
from portevoix.label.found import KINDS
from portevoix.label.logistic import Block, Dense, Floats, Ints, Shared, Sparse
from portevoix.label.reader import Labeller
from portevoix.nouns import Label
from portevoix.tables import schema_of

FORMAT = 1
_CONTEXT, _HEADS, _MOOD, _SEEDED = 0.4, 0.7, 0.5, 0.5
_PORTION = 500


@dataclass(slots=True, repr=False)
class Stack:
    """The features of some texts, as the team's weights take them."""

    found: Read
    texts: int
    clause: Sparse
    whole: Sparse
    clause_heads: Floats
    whole_heads: Floats

    def of_texts(self) -> list[Block]:
        """What tells whether a comment is about a theme."""
        seeded = np.zeros((self.texts, self.found.seeded.shape[1]), np.float32)
        np.maximum.at(seeded, self.found.owner, self.found.seeded)
        return [self.whole, _dense(self.whole_heads, seeded)]

    def of_clauses(self) -> list[Block]:
        """What tells whether a clause is."""
        context = Shared(self.whole, self.found.owner, self.texts, _CONTEXT)
        return [self.clause, context, _dense(self.clause_heads, self.found.seeded)]

    def of_moods(self, clause: Ints) -> list[Block]:
        """What tells how some clauses speak of what they are about."""
        owner = self.found.owner[clause]
        context = Shared(self.whole, owner, self.texts, _MOOD)
        heads = np.concatenate([self.clause_heads[clause], self.whole_heads[owner]], 1)
        return [self.clause.take(clause), context, Dense(np.asarray(_MOOD * heads, np.float32))]


def _dense(heads: Floats, seeded: Floats) -> Dense:
    both = [np.float32(_HEADS) * heads, np.float32(_SEEDED) * seeded]
    return Dense(np.asarray(np.concatenate(both, 1), np.float32))


def stacked(found: Read, texts: int, known: Vocabulary, middle: Floats, spread: Floats) -> Stack:
    """The features of texts that were read."""
    return Stack(
        found=found,
        texts=texts,
        clause=known.rows(found.codes),
        whole=known.rows(bags.whole_bags(found, texts)),
        clause_heads=unit(found.heads, middle, spread, 1.0),
        whole_heads=unit(found.whole, middle, spread, 1.0),
    )


def odds(blocks: Sequence[Block], weights: Sequence[Floats], bias: Floats) -> Floats:
    """Log-odds of each question for each row."""
    total = sum((block.times(own) for block, own in zip(blocks, weights, strict=True)), start=np.float32(0))
    return np.asarray(total + bias, np.float32)


def together(whole: Floats, clause: Floats, owner: Ints) -> Floats:
    """A comment's log-odds of a theme: half its own, half its best clause's."""
    best = np.full(whole.shape, -8.0, np.float32)
    np.maximum.at(best, owner, clause)
    return np.asarray((whole + best) * np.float32(0.5), np.float32)


class Taught:
    """A labeller that reads a team's own themes; everything else as the default labeller does."""

    def __init__(
        self, labeller: Labeller, card: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> None:
        self.model = self  # what it stands on is in `card`
        self.labeller, self.card, self.arrays = labeller, card, arrays
        self.name = f"{labeller.name}+{card['name']}@{card['sha256'][:8]}"
        self.themes = [str(theme["key"]) for theme in card["themes"]]
        self._known = Vocabulary(arrays["codes"], arrays["worth"])

    def read(self, ids: Sequence[str], texts: Sequence[str]) -> pa.Table:
        """Labels as `Labeller.read`; evidence is the clause that says it, cut to the stretch that weighs most."""
        base = self.labeller.read(ids, texts)
        lang = {
            str(key): value
            for key, kind, value in zip(
                *(base[c].to_pylist() for c in ("verbatim", "kind", "value")), strict=True
            )
            if kind == "lang"
        }
        mine = [i for i, key in enumerate(ids) if lang.get(key) != "other"]
        rows = []
        for start in range(0, len(mine), _PORTION):
            part = mine[start : start + _PORTION]
            rows += [(part[i], *rest) for i, *rest in self._themes([texts[i] for i in part])]
        return self._merged(base, ids, rows)

    def _themes(self, texts: Sequence[str]) -> list[tuple[Any, ...]]:
        stacked, clause, spoken, both = self._odds(texts)
        likely = 1 / (1 + np.exp(-np.clip(both, -30, 30)))
        found = []
        begins = np.searchsorted(stacked.found.owner, np.arange(len(texts) + 1))
        for text, theme in np.argwhere(likely >= self.card["cut"]).tolist():
            a, b = int(begins[text]), int(begins[text + 1])
            if a < b and spoken[a:b].any():
                best = a + int(clause[a:b, theme].argmax())
                found.append((text, theme, best, float(likely[text, theme])))
        if not found:
            return []
        at = np.array([best for _, _, best, _ in found], np.int64)
        signs, sure = self._moods(stacked, at)
        return [
            (text, self.themes[theme], sign, *self._span(stacked.found, best, theme), confidence * certain)
            for (text, theme, best, confidence), sign, certain in zip(found, signs, sure, strict=True)
        ]

    def odds(self, texts: Sequence[str]) -> Floats:
        """Log-odds of each of the team's themes, in the order of `themes`, for each text."""
        return self._odds(texts)[-1]

    def _odds(self, texts: Sequence[str]) -> tuple[Stack, Floats, npt.NDArray[np.bool_], Floats]:
        """Texts as features, log-odds of their clauses, which clauses have words, and log-odds of the texts."""
        found = bags.read(self.labeller, texts, self.card.get("seeds"))
        middle, spread = self.arrays["middle"], self.arrays["spread"]
        stack = stacked(found, len(texts), self._known, middle, spread)
        spoken = np.array([bool(spots) for spots in stack.found.spots], bool)
        clause = odds(stack.of_clauses(), *self._weights("clause", 3))
        clause[~spoken] = -30
        whole = odds(stack.of_texts(), *self._weights("whole", 2))
        both = together(whole, clause, stack.found.owner) * self.card["slope"] + self.card["shift"]
        return stack, clause, spoken, np.asarray(both, np.float32)

    def _moods(self, stacked: Stack, clause: Ints) -> tuple[list[int], list[float]]:
        if len(self.card["polarities"]) > 1:
            found = odds(stacked.of_moods(clause), *self._weights("mood", 3))
            signs = self.card["polarities"]
        else:  # nobody said, or all the same: as the default model feels the clause
            a, b = self.labeller.model.card["outputs"]["sentiment"]["columns"]
            found, signs = stacked.found.heads[clause, a:b], [-1, 0, 1]
        share = np.exp(found - found.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        return [signs[i] for i in share.argmax(1).tolist()], share.max(1).tolist()

    def _weights(self, name: str, blocks: int) -> tuple[list[Floats], Floats]:
        return [self.arrays[f"{name}{i}"] for i in range(blocks)], self.arrays[f"{name}_bias"]

    def _span(self, found: Read, clause: int, theme: int) -> tuple[int, int]:
        """The stretch of at most nine words of a clause whose features weigh most for a theme."""
        spots = found.spots[clause]
        weights = self.arrays["clause0"][:, theme] * self.arrays["worth"]
        codes = self.arrays["codes"]
        weight = []
        for _, _, mine in spots:
            where = np.minimum(np.searchsorted(codes, np.array(mine, np.uint32)), max(0, len(codes) - 1))
            there = codes[where] == np.array(mine, np.uint32) if len(codes) else np.zeros(len(mine), bool)
            weight.append(float(weights[where[there]].sum()))
        run = np.concatenate(([0.0], np.cumsum(weight)))
        width = min(LONGEST, len(spots))
        low = int((run[width:] - run[: len(run) - width]).argmax())
        return spots[low][0], spots[low + width - 1][1]

    def _merged(self, base: pa.Table, ids: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
        """The default labels without their themes, and the team's, in the order of the comments."""
        place = {key: i for i, key in enumerate(ids)}
        kept = [
            (place[label["verbatim"]], KINDS.index(label["kind"]), -1, n, {**label, "by": self.name})
            for n, label in enumerate(base.to_pylist())
            if label["kind"] != "theme"
        ]
        for n, (text, theme, sign, start, stop, confidence) in enumerate(rows):
            label = {
                "verbatim": ids[text],
                "kind": "theme",
                "value": theme,
                "polarity": float(sign),
                "start": start,
                "stop": stop,
                "confidence": round(confidence, 3),
                "by": self.name,
            }
            kept.append((text, KINDS.index("theme"), start, n, label))
        kept.sort(key=lambda item: item[:4])
        return pa.Table.from_pylist([label for *_, label in kept], schema=schema_of(Label))


def save(folder: Path, card: dict[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, Any]:
    """Writes a codebook's two files; its card with the digest that holds them together."""
    memory = io.BytesIO()
    np.savez_compressed(memory, allow_pickle=False, **arrays)
    raw = memory.getvalue()
    card = {"format": FORMAT, **card, "sha256": hashlib.sha256(raw).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codebook.npz").write_bytes(raw)
    (folder / "codebook.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return card


def load(folder: str | Path, labeller: Labeller) -> Taught:
    """The codebook in a folder. Raises BadModel, saying what to do, where it is missing, altered, or stands on another model."""
    where = Path(folder)
    try:
        card = json.loads((where / "codebook.json").read_text("utf-8"))
        raw = (where / "codebook.npz").read_bytes()
        if card["format"] != FORMAT or hashlib.sha256(raw).hexdigest() != card["sha256"]:
            raise BadModel(f"The codebook in {where} is altered or of another format: learn it again.")
        stands_on = card["stands_on"]
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, BadModel):
            raise
        raise BadModel(
            f"There is no codebook that can be read in {where}: portevoix learn EXAMPLES -o {where} makes one."
        ) from error
    if stands_on != labeller.model.card["sha256"]:
        raise BadModel(f"The codebook in {where} was learned on top of another model: learn it again.")
    return Taught(labeller, card, arrays)
