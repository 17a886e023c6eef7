"""What a company sets: read from `portevoix.toml`, then from `PORTEVOIX_*`; nothing else reads the environment."""

import os
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from portevoix.errors import UnknownName, WrongUse

_LANGS = ("fr", "en")
_COMMANDS = ("passphrase_command", "kms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that speaks as OpenAI's chat completions, to which scrubbed comments may be sent.

    `url`: up to and without /chat/completions; https, or http to this machine. `model`: which of its models. `key_env` names the
    environment variable that holds the key, `key_file` a file; neither: no key. `calls` and `tokens`: what one run may spend.
    `timeout`: seconds a call may take. `cache`: a folder where answers are remembered, without words; None remembers nothing.
    """

    url: str
    model: str
    key_env: str | None = None
    key_file: str | None = None
    calls: int = 1_000
    tokens: int = 2_000_000
    timeout: float = 60.0
    cache: str | None = None

    def __post_init__(self) -> None:
        texts = {"url": self.url, "model": self.model}
        texts |= {"key_env": self.key_env or "", "key_file": self.key_file or "", "cache": self.cache or ""}
        for name, text in texts.items():
            if not isinstance(text, str):
                raise WrongUse(f"The setting 'endpoint.{name}' is a text.")
        _check_address(self.url)
        if not self.model or not self.model.isprintable():
            raise WrongUse("The setting 'endpoint.model' names no model.")
        if self.key_env is not None and self.key_file is not None:
            raise WrongUse("The endpoint's key comes by key_env or by key_file, not by both.")
        for name, number in (("calls", self.calls), ("tokens", self.tokens)):
            if type(number) is not int or number < 0:
                raise WrongUse(
                    f"The setting 'endpoint.{name}' is '{number}'; it wants a whole number, 0 or more."
                )
        if type(self.timeout) not in (int, float) or not 0 < self.timeout <= 600:
            raise WrongUse(
                f"The setting 'endpoint.timeout' is '{self.timeout}'; it wants seconds, up to 600."
            )

    def key(self) -> str | None:
        """The key, read now from where it is said to be. Raises WrongUse where it isn't there."""
        if self.key_env is not None:
            key = os.environ.get(self.key_env, "")
            told = f"The environment variable {self.key_env}"
        elif self.key_file is not None:
            told = f"The file {self.key_file}"
            try:
                key = Path(self.key_file).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                key = ""
        else:
            return None
        if not key or not key.isascii() or not key.isprintable():
            raise WrongUse(f"{told} holds no key for the endpoint.")
        return key


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise WrongUse("The setting 'endpoint.url' is no address.") from None
    here = host in ("localhost", "127.0.0.1", "::1")
    if not host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not here):
        raise WrongUse(
            "The setting 'endpoint.url' wants an https address, or http to this machine (localhost)."
        )
    if parts.username or parts.password or parts.query:
        raise WrongUse(
            "The setting 'endpoint.url' holds no name, password or query: the key goes by key_env or key_file."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Comments whose sentiment the model gives with a confidence below `below` (0 to 1) are read by the labeller `to`."""

    below: float
    to: str

    def __post_init__(self) -> None:
        if type(self.below) not in (int, float) or not 0 < self.below <= 1:
            raise WrongUse(
                f"The setting 'route.below' is '{self.below}'; it wants a confidence, above 0 and up to 1."
            )
        if not isinstance(self.to, str) or not self.to:
            raise WrongUse("The setting 'route.to' names a labeller, for instance endpoint.")


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
    `model`: the labeller, by name ("cx", "endpoint") or with what it takes ("onnx:FOLDER", "hub:OWNER/NAME@COMMIT").
    `endpoint`: see Endpoint; without it no word leaves the machine. `route`: see Route.
    `quotable`: channels whose words a letter may quote though they are private, for instance ["survey"]; "unknown" for
    messages without a channel. Reviews and posts are quoted anyway.
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
    model: str = "cx"
    endpoint: Endpoint | None = None
    route: Route | None = None
    quotable: tuple[str, ...] = ()

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
        if not all(isinstance(name, str) and name for name in self.quotable):
            raise WrongUse(
                'The setting \'quotable\' is a list of channels, for instance ["survey", "ticket"].'
            )
        _check_terms(self.retention)
        _check_kinds(self)


_TABLES: dict[str, Any] = {"endpoint": Endpoint, "route": Route}


def _check_kinds(settings: Settings) -> None:
    for name in _COMMANDS:
        command = getattr(settings, name)
        if isinstance(command, str) or not all(isinstance(word, str) and word for word in command):
            raise WrongUse(
                f'The setting \'{name}\' is a list, a program and its arguments: {name} = ["program", "argument"].'
            )
    if not isinstance(settings.model, str) or not settings.model:
        raise WrongUse("The setting 'model' names a labeller, for instance cx.")
    for name, kind in _TABLES.items():
        if not isinstance(getattr(settings, name), kind | None):
            raise WrongUse(f"The setting '{name}' is a table: write [{name}] in portevoix.toml.")


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
    if isinstance(values.get("quotable"), str):
        raise WrongUse('The setting \'quotable\' is a list of channels, for instance ["survey", "ticket"].')
    values["quotable"] = tuple(values.get("quotable", ()))
    if "bands" in values:
        values["bands"] = tuple(values["bands"])
    try:
        values.update({name: _table(name, values[name]) for name in _TABLES if name in values})
        return Settings(**values)
    except TypeError as error:
        raise WrongUse(f"A setting has a value of the wrong kind: {error}.") from error


def _table(name: str, told: Any) -> Any:  # noqa: ANN401 - what a file holds, and what it becomes
    if not isinstance(told, Mapping):
        return told
    known = {one.name for one in fields(_TABLES[name])}
    for key in told:
        if key not in known:
            raise UnknownName(f"setting of [{name}]", key, known)
    return _TABLES[name](**told)


def _typed(name: str, text: str) -> Any:  # noqa: ANN401 - the field decides
    try:
        if name == "bands":
            return [float(part) for part in text.split(",")]
        if name == "quotable":
            return [part.strip() for part in text.split(",") if part.strip()]
        if name == "minimum_change":
            return float(text)
        if name in _COMMANDS:
            return shlex.split(text)
    except ValueError as error:
        kind = "command" if name in _COMMANDS else "number"
        raise WrongUse(f"PORTEVOIX_{name.upper()} is '{text}', which is no {kind}.") from error
    return text
