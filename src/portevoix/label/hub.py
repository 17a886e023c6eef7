"""A model of the Hugging Face hub by its name, at one commit: fetched once, then read from the disk; words are never sent.

The only file of `label/` through which files come in; huggingface_hub opens the connection, keeps its cache where it always
does (HF_HOME), and stays silent where HF_HUB_OFFLINE=1.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portevoix.errors import BadModel, PortevoixError, WrongUse
from portevoix.label.encoder import Encoder
from portevoix.label.engines import Over
from portevoix.label.reader import load as default

_FILES = ["config.json", "labels.json", "tokenizer.json", "model.onnx", "model.onnx_data", "onnx/model.onnx", "onnx/model.onnx_data"]  # fmt: skip
_PLACE = re.compile(r"(?P<name>[\w.-]+(?:/[\w.-]+)?)@(?P<commit>[0-9a-f]{40})")


def load(place: str) -> Over:
    """The default labeller with one head read by a model of the hub: `place` is OWNER/NAME@COMMIT; extra `hub`.

    The model needs an ONNX export (model.onnx or onnx/model.onnx), tokenizer.json and config.json. Raises WrongUse without
    a commit of 40 hexadecimal digits, BadModel where the model can't be had or isn't an encoder that classifies.
    """
    named = _PLACE.fullmatch(place)
    if named is None:
        raise WrongUse(
            f"'{place}' names no model at a commit: write OWNER/NAME@COMMIT, with the 40 digits that its page shows."
        )
    name = named["name"]
    return Over(default(), Encoder(_folder(name, named["commit"]), name.rpartition("/")[2]))


def _folder(name: str, commit: str) -> Path:
    """Where the files are: those that the cache has, else those that are fetched now."""
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise PortevoixError("A model of the hub wants huggingface_hub: install portevoix[hub].") from error
    fetch: Callable[..., Any] = snapshot_download
    try:
        kept = Path(fetch(name, revision=commit, allow_patterns=_FILES, local_files_only=True))
        if (kept / "tokenizer.json").is_file() and any(
            (kept / one).is_file() for one in ("model.onnx", "onnx/model.onnx")
        ):
            return kept
    except OSError:  # nothing of it is there
        pass
    try:
        return Path(fetch(name, revision=commit, allow_patterns=_FILES))
    except Exception as error:  # the library's own, those of its connection, and the disk's
        raise BadModel(
            f"The model {name} at {commit[:8]} is not on this machine and cannot be fetched ({type(error).__name__}): "
            "check its name and commit, or fetch it where there is a connection and bring the cache here."
        ) from None
