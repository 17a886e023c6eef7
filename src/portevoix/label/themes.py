"""The default codebook: fifteen themes of customer experience, as `lexicon/codebook.toml` writes them down."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme: its key, its name in French and in English, and what it is in one sentence."""

    key: str
    fr: str
    en: str
    definition: str


@cache
def codebook() -> Mapping[str, Theme]:
    """The themes by key, in the codebook's order.

    >>> codebook()["reach"].fr
    'Joignabilité'
    """
    text = (files("portevoix.label") / "lexicon" / "codebook.toml").read_text("utf-8")
    entries = tomllib.loads(text)
    return {
        key: Theme(key=key, fr=entry["fr"], en=entry["en"], definition=entry["definition"])
        for key, entry in entries.items()
    }
