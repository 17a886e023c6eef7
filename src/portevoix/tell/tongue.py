"""The letter's two languages: a catalogue of words (TOML) and a grammar (a module) under one roof."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from types import ModuleType
from typing import Any

from portevoix.errors import WrongUse
from portevoix.tell import english, french

_QUOTED = re.compile(r"(«[^»]*»|“[^”]*”)")
_GRAMMARS = {"fr": french, "en": english}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: `words` is its catalogue, `grammar` its module."""

    lang: str
    words: Mapping[str, Any]
    grammar: ModuleType

    def name(self, theme: str) -> str:
        """The everyday name of a theme; one that the house doesn't know stands between quotation marks."""
        known = self.words["themes"].get(theme)
        return str(known["name"]) if known else self.quoted(theme)

    def entry(self, theme: str) -> Mapping[str, Any]:
        """Titles and clauses of a theme."""
        entry: Mapping[str, Any] = self.words["themes"].get(theme, self.words["other"])
        return entry

    def quoted(self, value: str) -> str:
        """A company's own word between the language's quotation marks, on one line, 40 characters at most."""
        value = plain(value)
        return f"« {value} »" if self.lang == "fr" else f"“{value}”"

    def count(self, n: int, feminine: bool = False) -> str:
        """A count inside a sentence: in letters under twelve."""
        return str(self.grammar.letters(n, feminine)) if n < 12 else str(self.grammar.digits(n))

    def opening(self, n: int, feminine: bool = False) -> str:
        """A count that begins a sentence: in letters up to ninety-nine."""
        return capital(self.grammar.letters(n, feminine)) if n < 100 else str(self.grammar.digits(n))

    def form(self, forms: str, n: float) -> str:
        """The singular or plural of "singular|plural"."""
        singular, _, many = forms.partition("|")
        return many if many and self.grammar.plural(n) else singular

    def messages(self, n: int) -> str:
        """As in "onze messages", "412 messages", "un message"."""
        return f"{self.count(n)} {self.form('message|messages', n)}"

    def say(self, template: str, **slots: str) -> str:
        """A template filled, contracted, and set in the language's typography."""
        parts = _QUOTED.split(template.format(**slots))
        parts[::2] = [
            self.grammar.contract(part) for part in parts[::2]
        ]  # what is quoted stays as it was said
        return str(self.grammar.typeset("".join(parts)))


@cache
def tongue(lang: str) -> Tongue:
    """The language "fr" or "en"; any other is refused."""
    if lang not in _GRAMMARS:
        raise WrongUse(f"The letter is written in French (fr) or English (en), not in '{lang}'.")
    text = (resources.files("portevoix.tell") / "words" / f"{lang}.toml").read_text("utf-8")
    return Tongue(lang, tomllib.loads(text), _GRAMMARS[lang])


def capital(text: str) -> str:
    """The first letter in upper case, the rest as it was."""
    return text[:1].upper() + text[1:]


def plain(value: str, limit: int = 40) -> str:
    """A foreign value on one printable line: no control or direction mark, no quotation mark, `limit` characters."""
    kept = "".join(c if c.isprintable() else " " for c in value if c not in '«»“”"')
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def pick(options: Sequence[str], *key: object, avoid: frozenset[str] = frozenset()) -> str:
    """One of several wordings, always the same for the same key; those in `avoid` only when nothing else is left."""
    free = [option for option in options if option not in avoid] or list(options)
    digest = blake2b("\x1f".join(map(str, key)).encode(), digest_size=8).digest()
    return free[int.from_bytes(digest) % len(free)]
