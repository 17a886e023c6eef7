"""Everything that Portevoix refuses, and what it says then.

    PortevoixError
    ├── WrongUse        the command or the call itself is off (exit 2)
    ├── UnknownName     no such source, labeller, measure, post, column
    ├── BadSource       a file or a feed cannot be read as words
    ├── BadModel        a model file is missing or not the one that was declared
    ├── TooFew          not enough answers to say anything
    ├── Busy            another process is writing in this home
    ├── BadHome         the home cannot be opened or written
    └── BrokenPromise   the ledger does not chain, a receipt does not hold (exit 3)

Messages are whole sentences that say what is wrong and what to do. They name files, columns and line numbers,
never a customer's words.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class PortevoixError(Exception):
    """Base of all errors that Portevoix raises on purpose: `except PortevoixError` catches them all."""

    exit_code = 1


class WrongUse(PortevoixError, ValueError):
    """The call itself is off: an option that does not exist, a value outside its range."""

    exit_code = 2


class UnknownName(PortevoixError, LookupError):
    """A name that nobody declared; the message lists those that exist.

    >>> raise UnknownName("measure", "npz", ["nps", "csat"])
    Traceback (most recent call last):
    portevoix.errors.UnknownName: There is no measure named 'npz'. Known: csat, nps. Did you mean 'nps'?
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        self.what, self.name, self.known = what, name, sorted(known)
        super().__init__(what, name, self.known)

    def __str__(self) -> str:
        close = get_close_matches(self.name, self.known, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        known = ", ".join(self.known) or "none"
        return f"There is no {self.what} named '{self.name}'. Known: {known}.{hint}"


class BadSource(PortevoixError, ValueError):
    """A source that cannot be read as customers' words."""


class BadModel(PortevoixError, ValueError):
    """A model file that is missing or altered."""


class TooFew(PortevoixError, ValueError):
    """Not enough answers, or not the right columns, to say anything."""


class Busy(PortevoixError, RuntimeError):
    """Another process is writing in this home."""


class BadHome(PortevoixError, OSError):
    """The home cannot be opened or written."""


class BrokenPromise(PortevoixError, RuntimeError):
    """Something that Portevoix promised does not hold."""

    exit_code = 3
