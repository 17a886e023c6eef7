"""An encoder in a folder: tokenizer.json, model.onnx, and labels.json or config.json, read by onnxruntime.

`labels.json` says which head the model feeds and what each of its outputs means:
{"name": "avis-fr", "head": "sentiment", "labels": ["negative", "neutral", "positive"]}. `labels` follow the outputs; null
is an output that says nothing. Themes are written "price:-1". May be given: "activation" softmax or sigmoid, "cut" 0 to 1
(sigmoid), "longest" in tokens, "sha256" {file: digest} that is checked. Without it, the names in `config.json` must be those
of a head (or 1 to 5 stars).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from portevoix.errors import BadModel, PortevoixError
from portevoix.label import meanings
from portevoix.label.clauses import clauses
from portevoix.label.engines import Over
from portevoix.label.found import KINDS, Finds
from portevoix.label.meanings import Meaning
from portevoix.label.pieces import MARK, SPACE, Reader
from portevoix.label.reader import load as default

_BATCH = 32
_MODELS = ("model.onnx", "onnx/model.onnx")
Floats = npt.NDArray[np.float64]


def load(place: str) -> Over:
    """The default labeller with one head read by the encoder in the folder `place`; extra `onnx`.

    Raises BadModel, saying what to do, for a file that is missing, altered or does not fit the others.
    """
    return Over(default(), Encoder(Path(place)))


class Encoder:
    """One head, read by sequence classification; themes are read clause by clause, and the clause is their evidence."""

    def __init__(self, folder: Path, name: str | None = None) -> None:
        card = _card(folder)
        file = _model_file(folder)
        self.digest = _checked(folder, file, card.sha256)
        self.name = f"{name or card.name}@{self.digest[:8]}"
        self.meaning, self.kinds = card.meaning, frozenset({card.meaning.head})
        self.counts: Counter[str] = Counter()
        self._tokens, self._session, self._padding = _opened(folder, file, card.longest)
        self._inputs = {
            one.name: "int32" if "int32" in one.type else "int64" for one in self._session.get_inputs()
        }
        self._reader = Reader()

    def labels(self, texts: Sequence[str]) -> tuple[Finds, Sequence[int]]:
        """What the encoder says of each text; it reads them all."""
        finds = Finds()
        if self.meaning.head == "theme":
            self._themes(texts, finds)
        else:
            self.meaning.add(finds, np.arange(len(texts)), self._odds(texts))
        return finds, range(len(texts))

    def _themes(self, texts: Sequence[str], finds: Finds) -> None:
        """The best clause of each text for each theme: its opinion and its words."""
        spans = list(self._clauses(texts))
        if not spans:
            return
        odds = self._odds([texts[at][start:stop] for at, start, stop in spans])
        likely = self.meaning.likely(odds)
        best: dict[tuple[int, int], tuple[float, int]] = {}
        for clause, output in np.argwhere(self.meaning.told(likely)).tolist():
            key, sure = (spans[clause][0], output), float(likely[clause, output])
            if sure > best.get(key, (-1.0, 0))[0]:
                best[key] = (sure, clause)
        for (at, output), (sure, clause) in sorted(best.items()):
            value, polarity = self.meaning.values[output]
            finds.add(np.array([at]), KINDS.index("theme"), [value], sure, polarity, *spans[clause][1:])

    def _clauses(self, texts: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """The clauses that say something, marks aside: text, start, stop."""
        if self._reader.crowded:
            self._reader.forget()
        pieces = self._reader.read(texts)
        number = clauses(pieces, self._reader).tolist()
        length, kinds, _ = self._reader.tables()
        long, kind = length[pieces.piece].tolist(), kinds[pieces.piece].tolist()
        for at, text in enumerate(texts):
            begin, place = int(pieces.bounds[at]), 0
            spans: dict[int, list[int]] = {}
            for i in range(begin, int(pieces.bounds[at + 1])):
                if kind[i] == MARK:
                    spans[number[i]] = [0, 0]
                elif kind[i] != SPACE:
                    spans.setdefault(number[i], [place, place])[1] = place + long[i]
                place += long[i]
            yield from ((at, a, b) for a, b in spans.values() if any(c.isalnum() for c in text[a:b]))

    def _odds(self, texts: Sequence[str]) -> Floats:
        """One row of outputs a text; texts of about one length are read together."""
        odds = np.zeros((len(texts), len(self.meaning.values)))
        plain = [text.encode("utf-8", "replace").decode() for text in texts]
        tokens = self._tokens.encode_batch(plain)
        order = sorted(range(len(texts)), key=lambda at: len(tokens[at].ids))
        for first in range(0, len(order), _BATCH):
            part = order[first : first + _BATCH]
            rows = self._run([tokens[at] for at in part])
            if rows.shape != (len(part), odds.shape[1]) or not np.isfinite(rows).all():
                raise BadModel(
                    f"The model {self.name} gives {rows.shape[-1]} numbers a comment, or no numbers at all, where its labels "
                    f"are {odds.shape[1]}: labels.json must name each of its outputs, in their order."
                )
            odds[part] = rows
        return odds

    def _run(self, tokens: Sequence[Any]) -> Floats:
        width = max(1, *(len(one.ids) for one in tokens))
        held = {name: np.zeros((len(tokens), width), kind) for name, kind in self._inputs.items()}
        for row, one in enumerate(tokens):
            told = {
                "input_ids": one.ids,
                "attention_mask": one.attention_mask,
                "token_type_ids": one.type_ids,
            }
            for name, array in held.items():
                array[row, : len(one.ids)] = told[name]
                if name == "input_ids":
                    array[row, len(one.ids) :] = self._padding
        try:
            (rows, *_) = self._session.run(None, held)
        except (
            Exception
        ) as error:  # onnxruntime's own errors have no common type, and may quote what they read
            raise BadModel(f"The model {self.name} cannot read a comment ({type(error).__name__}).") from None
        return np.asarray(rows, np.float64)


@dataclass(frozen=True, slots=True)
class _Card:
    name: str
    meaning: Meaning
    longest: int
    sha256: dict[str, str]


def _card(folder: Path) -> _Card:
    """What labels.json says, over what config.json says."""
    config, own = _json(folder / "config.json"), _json(folder / "labels.json")
    if config is None and own is None:
        raise BadModel(
            f"There is no encoder in {folder}: it takes tokenizer.json, model.onnx, and labels.json or config.json."
        )
    told = own or {}
    names = told.get("labels", _named(config or {}))
    sigmoid = {"softmax": False, "sigmoid": True, None: _multiple(config or {})}.get(
        told.get("activation"), ""
    )
    cut, longest, digests = (
        told.get("cut", 0.5),
        told.get("longest", _longest(config or {})),
        told.get("sha256", {}),
    )
    wrong = [
        *(["labels"] if not isinstance(names, list) or not names else []),
        *(
            ["labels"]
            if isinstance(names, list) and not all(isinstance(n, str | None) for n in names)
            else []
        ),
        *(["activation"] if sigmoid == "" else []),
        *(["cut"] if not isinstance(cut, int | float) or not 0 < cut < 1 else []),
        *(["longest"] if type(longest) is not int or not 8 <= longest <= 100_000 else []),
        *(["sha256"] if not isinstance(digests, dict) else []),
    ]
    if wrong:
        raise BadModel(
            f"The encoder in {folder} says nothing that can be read of: {', '.join(sorted(set(wrong)))}."
        )
    head = told.get("head")
    found = meanings.meaning(str(folder), names, None if head is None else str(head), sigmoid, float(cut))  # type: ignore[arg-type]
    return _Card(str(told.get("name") or folder.resolve().name), found, longest, digests)


def _json(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadModel(f"{file} cannot be read as JSON: lay the file there again.") from error
    if not isinstance(content, dict):
        raise BadModel(f"{file} is no JSON object: lay the file there again.")
    return content


def _named(config: dict[str, Any]) -> list[str | None] | None:
    """The names of the outputs in their order, as `id2label` gives them."""
    names = config.get("id2label")
    if not isinstance(names, dict) or sorted(names) != sorted(str(at) for at in range(len(names))):
        return None
    return [names[str(at)] for at in range(len(names))]


def _multiple(config: dict[str, Any]) -> bool | None:
    problem = config.get("problem_type")
    return None if problem is None else problem == "multi_label_classification"


def _longest(config: dict[str, Any]) -> int:
    """Tokens that the model takes at most; two positions are the padding's in the RoBERTa family."""
    places = config.get("max_position_embeddings")
    return min(512, places - 2) if type(places) is int and places > 10 else 512


def _model_file(folder: Path) -> Path:
    for name in _MODELS:
        if (folder / name).is_file():
            return folder / name
    raise BadModel(f"There is no model.onnx in {folder}: export the model to ONNX there.")


def _checked(folder: Path, file: Path, declared: dict[str, str]) -> str:
    """A digest of the files that decide what the encoder says; each that is declared is checked."""
    whole = hashlib.sha256()
    for one in (file, folder / "tokenizer.json", folder / "labels.json", folder / "config.json"):
        if one.is_file():
            with one.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            whole.update(f"{one.name} {digest}\n".encode())
            name = one.relative_to(folder).as_posix()
            if name in declared and declared[name] != digest:
                raise BadModel(
                    f"{one} is not the file that labels.json declares: lay the right one there again."
                )
    missing = [name for name in declared if not (folder / name).is_file()]
    if missing:
        raise BadModel(f"{folder} lacks {missing[0]}, which labels.json declares: lay it there again.")
    return whole.hexdigest()


def _opened(folder: Path, file: Path, longest: int) -> tuple[Any, Any, int]:
    """The tokenizer, cutting at `longest` tokens, the session, the padding's number. One core: several processes may read."""
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise PortevoixError(
            "An encoder wants onnxruntime and tokenizers: install portevoix[onnx]."
        ) from error
    if not (folder / "tokenizer.json").is_file():
        raise BadModel(f"There is no tokenizer.json in {folder}: save the model's fast tokenizer there.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokens.enable_truncation(longest)
        padding = tokens.padding
        tokens.no_padding()
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # neither library has one type for a file that it cannot read
        raise BadModel(
            f"The files in {folder} are damaged or no encoder ({type(error).__name__}): lay the export there again."
        ) from None
    inputs = {one.name for one in session.get_inputs()}
    if "input_ids" not in inputs or inputs - {"input_ids", "attention_mask", "token_type_ids"}:
        raise BadModel(
            f"The model in {folder} is no sequence classification: it asks for {', '.join(sorted(inputs))}."
        )
    return tokens, session, int(padding["pad_id"]) if padding else _padding(tokens)


def _padding(tokens: Any) -> int:  # noqa: ANN401 - a Tokenizer
    """The number of the padding token, by the names that it has in one tokenizer or another."""
    return next(
        (at for name in ("[PAD]", "<pad>", "<|pad|>") if (at := tokens.token_to_id(name)) is not None), 0
    )
