"""Which further columns are safe to keep: categories that people share, never words or personal data."""

from collections.abc import Iterator

from portevoix.collect.known import is_surely_given
from portevoix.collect.naming import PERSONAL, TITLES, WORDS, confidence, plain
from portevoix.collect.profiles import Profile
from portevoix.collect.scrub import scrub

MOST = 50
"""Distinct values that a category may have."""
_SHARED = 5
_NUMBERS = 12
LONGEST = 80
"""Characters that a value of a category may have."""


def why_not(p: Profile, *, numbers: bool = False) -> str | None:
    """Why a column is not kept among the further ones; None for a category that is safe to keep.

    `numbers` also keeps columns of numbers (the covariates of a customer's file).
    """
    name = plain(p.name)
    if numbers and p.numbers >= 0.95 and not p.unique and not PERSONAL.search(name):
        return None
    return next((reason for reason, holds in _reasons(p, name) if holds), None)


def _reasons(p: Profile, name: str) -> Iterator[tuple[str, bool]]:
    yield "it is empty", not p.filled
    yield "it may hold personal data", bool(PERSONAL.search(name)) or max(p.emails, p.links) >= 0.05
    yield "it holds nested objects", p.objects >= 0.5
    yield "it may hold words", bool(TITLES.search(name)) or confidence(WORDS, p.name) >= 0.5
    yield "it holds other dates", p.written_dates >= 0.5
    yield "each row has its own value", p.unique and p.rows > MOST
    yield "it holds numbers, not categories", p.numbers >= 0.95 and p.distinct > _NUMBERS
    yield f"it has more than {MOST} values", p.distinct > MOST
    yield f"no value of it is shared by {_SHARED} rows", p.commonest < _SHARED
    yield "its values are sentences", p.longest > LONGEST or p.mean_words > 8
    yield "its values look like people's names", _names(p)
    yield "its values look like personal data", any(scrub(value) != value for value in p.values)


def _names(p: Profile) -> bool:
    first = [value.split()[0].strip(",.").title() for value in p.values if value.split()]
    return p.distinct >= 3 and sum(1 for word in first if is_surely_given(word)) > 0.3 * len(first)
