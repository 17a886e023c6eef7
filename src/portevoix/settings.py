"""What a company sets: read from `portevoix.toml`, then from `PORTEVOIX_*`; nothing else reads the environment."""

import os
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from portevoix.errors import UnknownName, WrongUse

_LANGS = ("fr", "en")
_COMMANDS = ("passphrase_command", "kms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings with their defaults.

    `lang`: the letter's language, fr or en; None takes the language of most comments. `timezone`: where the company's
    days begin and where dates without a zone were written. `company`: its name in the letter. `currency`: ISO 4217.
    `bands`: lower edges of the experience index's bands excellent, good, okay, poor, in points.
    `minimum_change`: the smallest change, in points, that is worth telling even when chance can't explain it.
    `retention`: months after which `keep purge` erases rows, by kind ("verbatims", "cases", "customers") or by kind and
    channel ("verbatims.survey"); nothing is purged that has no term. `passphrase_command`: a program and its arguments that
    says the passphrase of the master key on stdout. `kms`: one that wraps and unwraps the master key, on stdin and stdout,
    with "wrap" or "unwrap" as its last argument.
    """

    lang: str | None = None
    timezone: str = "Europe/Paris"
    company: str | None = None
    currency: str = "EUR"
    bands: tuple[float, float, float, float] = (85.0, 75.0, 65.0, 55.0)
    minimum_change: float = 3.0
    retention: Mapping[str, int] = field(default_factory=dict)
    passphrase_command: Sequence[str] = ()
    kms: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.lang not in (None, *_LANGS):
            raise WrongUse(f"The setting 'lang' is '{self.lang}'; it can be fr or en.")
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise WrongUse(
                f"The setting 'timezone' is '{self.timezone}', which is no known time zone."
            ) from error
        if len(self.bands) != 4 or list(self.bands) != sorted(self.bands, reverse=True):
            raise WrongUse("The setting 'bands' wants four numbers, falling: excellent, good, okay, poor.")
        _check_terms(self.retention)
        for name in _COMMANDS:
            command = getattr(self, name)
            if isinstance(command, str) or not all(isinstance(word, str) and word for word in command):
                raise WrongUse(
                    f'The setting \'{name}\' is a list, a program and its arguments: {name} = ["program", "argument"].'
                )


def _check_terms(retention: Mapping[str, int]) -> None:
    if not isinstance(retention, Mapping):
        raise WrongUse("The setting 'retention' is a table of months, for instance verbatims = 36.")
    for name, months in retention.items():
        kind, _, channel = name.partition(".")
        if kind not in ("verbatims", "cases", "customers") or (channel and kind == "customers"):
            raise WrongUse(
                f"The retention '{name}' is about nothing kept here: write verbatims, cases, customers, or "
                'with a channel, "verbatims.survey".'
            )
        if type(months) is not int or not 1 <= months <= 1200:
            raise WrongUse(f"The retention '{name}' is '{months}'; it wants months, 1 to 1200.")


def load(path: str | Path = "portevoix.toml", environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file (absent: the defaults), with `PORTEVOIX_NAME` of the environment over them.

    Raises UnknownName for a name that no setting has and WrongUse for a value outside its range.
    """
    known = {one.name for one in fields(Settings)}
    values: dict[str, Any] = {}
    file = Path(path)
    if file.is_file():
        try:
            values.update(tomllib.loads(file.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WrongUse(f"The settings file {file} is not valid TOML: {error}.") from error
    for name in values:
        if name not in known:
            raise UnknownName("setting", name, known)
    for name, text in (os.environ if environment is None else environment).items():
        setting = name.removeprefix("PORTEVOIX_").lower()
        if name.startswith("PORTEVOIX_") and setting in known:
            values[setting] = _typed(setting, text)
    if "bands" in values:
        values["bands"] = tuple(values["bands"])
    try:
        return Settings(**values)
    except TypeError as error:
        raise WrongUse(f"A setting has a value of the wrong kind: {error}.") from error


def _typed(name: str, text: str) -> Any:  # noqa: ANN401 - the field decides
    try:
        if name == "bands":
            return [float(part) for part in text.split(",")]
        if name == "minimum_change":
            return float(text)
        if name in _COMMANDS:
            return shlex.split(text)
    except ValueError as error:
        kind = "command" if name in _COMMANDS else "number"
        raise WrongUse(f"PORTEVOIX_{name.upper()} is '{text}', which is no {kind}.") from error
    return text
