"""The trained artefact: whole numbers in one file, checked by its digest before a single one is used.

`cx.npz` holds, for each kind of feature, sorted 32-bit codes, how loud each is, and one row of 8-bit weights over all
columns; then the vectors and the two layers that read words in their order, and the last layer. Sums are made in whole numbers, so that they are the same in any order and on any
machine. `cx.json` names the version, the columns, the thresholds and the digest.
"""

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
import numpy.typing as npt

from portevoix.errors import BadModel
from portevoix.label import features
from portevoix.label.order import nothing, words_of
from portevoix.label.pieces import Column, Reader

Floats = npt.NDArray[np.float32]

KINDS = ("word", "part", "pair", "denied", "seed")


@dataclass(frozen=True)
class Model:
    """Everything learned: `card` is `cx.json`, `arrays` the numbers of `cx.npz`."""

    card: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]

    @property
    def name(self) -> str:
        """What labels carry as `by`: "cx@1"."""
        return f"cx@{self.card['version']}"

    @cached_property
    def sentiment(self) -> slice:
        """The outputs of the last layer that are the sentiment."""
        return slice(*self.card["outputs"]["sentiment"]["columns"])

    @cached_property
    def columns(self) -> dict[str, slice]:
        """Groups of columns of the weights by name: clause, comment, stars, tweets."""
        edges = np.cumsum([0] + [len(group["names"]) for group in self.card["columns"]])
        names = [group["group"] for group in self.card["columns"]]
        return {name: slice(int(a), int(b)) for name, a, b in zip(names, edges, edges[1:], strict=False)}


def open_model(folder: Traversable | None = None) -> Model:
    """The model that ships in the package, or the one in `folder`.

    Raises BadModel, saying what to do, when a file is missing, altered or of another format.
    """
    folder = folder or files("portevoix.label") / "model"
    try:
        card = json.loads((folder / "cx.json").read_text("utf-8"))
        raw = (folder / "cx.npz").read_bytes()
    except (OSError, ValueError) as error:
        raise BadModel(f"The labelling model in {folder} cannot be read. {_REMEDY}") from error
    if not isinstance(card, dict) or hashlib.sha256(raw).hexdigest() != card.get("sha256"):
        raise BadModel(f"The labelling model in {folder} is not the file that its card declares. {_REMEDY}")
    if card.get("format") != 3:
        raise BadModel(
            f"The labelling model in {folder} has a format that this version does not know. {_REMEDY}"
        )
    return Model(card, _arrays(raw))


def _arrays(raw: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz, by name; those that are stored as they are are not copied, which makes `np.load` slow."""
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as member:
                np.lib.format.read_magic(member)
                shape, _, kind = np.lib.format.read_array_header_1_0(member)
                begin = member.tell()
                content = raw
                if (
                    entry.compress_type == zipfile.ZIP_STORED
                ):  # after a header of 30 bytes, a name and what else it says
                    begin += (
                        entry.header_offset
                        + 30
                        + sum(struct.unpack_from("<HH", raw, entry.header_offset + 26))
                    )
                else:
                    begin, content = 0, member.read()
            array = np.frombuffer(content, kind, int(np.prod(shape)), begin).reshape(shape)
            arrays[entry.filename.removesuffix(".npy")] = np.require(array, requirements="A")
    return arrays


_REMEDY = "Install portevoix again, or train the model anew with `python -m training`."


class Weights:
    """Weights of distinct words, computed when a word is first met and kept as long as its reader keeps the word."""

    def __init__(self, model: Model, reader: Reader) -> None:
        self.model, self.reader = model, reader
        self.width = model.arrays["rows_word"].shape[1]
        self._start()

    def _start(self) -> None:
        self._row, self._square = Column(np.int16, self.width), Column(np.int64)
        self._code, self._denied = Column(np.uint32), Column(np.int32)
        self._negator, self._posted = Column(bool), Column(bool)
        size = self.model.arrays["near_word"].shape[1]
        self._made = Column(np.int16, 4, size)
        self._made.add(nothing(size))

    @property
    def made(self) -> npt.NDArray[np.int16]:
        """Nothing, then each word as the layers over words in their order read it."""
        return self._made.values

    @property
    def row(self) -> npt.NDArray[np.int16]:
        """The weights of each word, by its number: of itself, its parts and the seed lists that hold it."""
        return self._row.values

    @property
    def square(self) -> npt.NDArray[np.int64]:
        """The squared loudness of each word."""
        return self._square.values

    @property
    def code(self) -> features.Codes:
        """The code of each word."""
        return self._code.values

    @property
    def denied(self) -> npt.NDArray[np.int32]:
        """Where each word stands among those that were learned under a negation; -1 for the others."""
        return self._denied.values

    @property
    def negator(self) -> npt.NDArray[np.bool_]:
        """Which words deny what follows."""
        return self._negator.values

    @property
    def posted(self) -> npt.NDArray[np.bool_]:
        """Which words mark a post."""
        return self._posted.values

    def catch_up(self) -> None:
        """Takes in the words that the reader has met since the last call."""
        if len(self.code) > len(self.reader.words):
            self._start()
        new = self.reader.words[len(self.code) :]
        if not new:
            return
        code = np.array([features.word_code(word) for word in new], np.uint32)
        row, square = self.find("word", code)
        parts = features.parts_of(new)
        self._made.add(words_of(self._vectors(code, *parts), self.model.arrays))
        for kind, (owner, codes) in (
            ("part", parts),
            ("seed", _flat([features.seed_codes(word) for word in new])),
        ):
            self._put(kind, owner, codes, row, square)
        self._row.add(row)
        self._square.add(square)
        self._code.add(code)
        where, known = self.places("denied", code ^ np.uint32(features.DENIED))
        self._denied.add(np.where(known, where, -1))
        self._negator.add(np.array([word in features.NEGATORS for word in new], bool))
        self._posted.add(np.array([word in features.POSTED for word in new], bool))

    def _put(
        self,
        kind: str,
        owner: npt.NDArray[np.int64],
        codes: features.Codes,
        row: npt.NDArray[np.int16],
        square: npt.NDArray[np.int64],
    ) -> None:
        """Adds the weights of the words' features of a kind; `owner`, sorted, says whose each feature is."""
        _, known = self.places(kind, codes)
        owner = owner[known]
        if len(owner):
            rows, squares = self.find(kind, codes[known])
            begins = np.flatnonzero(np.diff(owner, prepend=-1))
            row[owner[begins]] += np.add.reduceat(rows, begins, axis=0, dtype=np.int16)
            square[owner[begins]] += np.add.reduceat(squares, begins)

    def _vectors(
        self, code: features.Codes, owner: npt.NDArray[np.int64], parts: features.Codes
    ) -> npt.NDArray[np.int32]:
        """The sums of the vectors of words and of their parts; zeros where nothing of a word is known."""
        arrays = self.model.arrays
        where, known = self.places("word", code)
        total: npt.NDArray[np.int32] = np.where(
            known[:, None], arrays["near_word"][where].astype(np.int32), 0
        )
        where, known = self.places("part", parts)
        owner, rows = owner[known], arrays["near_part"][where[known]]
        if len(owner):
            begins = np.flatnonzero(np.diff(owner, prepend=-1))
            total[owner[begins]] += np.add.reduceat(rows, begins, axis=0, dtype=np.int32)
        return total

    def find(self, kind: str, codes: features.Codes) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int64]]:
        """Rows of weights and squared loudness of features by code; zeros for those that nobody learned."""
        where, known = self.places(kind, codes)
        row = self.model.arrays[f"rows_{kind}"][where].astype(np.int16)
        row[~known] = 0
        loud = self.model.arrays[f"loud_{kind}"][where].astype(np.int64)
        return row, np.where(known, loud * loud, 0)

    def places(self, kind: str, codes: features.Codes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Where features stand among those of their kind, and whether they are known at all."""
        known = self.model.arrays[f"codes_{kind}"]
        where = np.minimum(np.searchsorted(known, codes), len(known) - 1)
        return where, known[where] == codes


def _flat(lists: list[list[int]]) -> tuple[npt.NDArray[np.int64], features.Codes]:
    owner = np.repeat(np.arange(len(lists)), [len(codes) for codes in lists])
    return owner, np.array([code for codes in lists for code in codes], np.uint32)
