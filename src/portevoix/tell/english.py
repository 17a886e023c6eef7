"""English as the letter needs it: the same functions as `french`, written for English."""

import re
from datetime import date

MINUS = "\u2212"

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_RANKS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth"
).split()


def letters(n: int, feminine: bool = False) -> str:
    """A whole number from 0 to 99 in letters.

    >>> letters(71)
    'seventy-one'
    """
    if n < 20:
        return _UNITS[n]
    tens, unit = divmod(n, 10)
    return _TENS[tens - 2] + (f"-{_UNITS[unit]}" if unit else "")


def digits(x: float, decimals: int = 0) -> str:
    """A number in digits: commas between thousands, a true minus."""
    return (MINUS if round(x, decimals) < 0 else "") + f"{abs(x):,.{decimals}f}"


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{digits(100 * share)}%"


def plural(n: float) -> bool:
    """Only one is singular in English."""
    return abs(n) != 1


def contract(phrase: str) -> str:
    """English contracts nothing here."""
    return phrase


def fraction(share: float, noun: str) -> tuple[str, bool] | None:
    """A share near a plain fraction as (words, is plural), None when it is near none.

    >>> fraction(0.33, "message")
    ('one message in three', False)
    """
    for top, bottom in ((1, 10), (1, 5), (1, 4), (1, 3), (1, 2), (2, 3), (3, 4), (9, 10)):
        if abs(share - top / bottom) <= min(0.012, 0.08 * top / bottom):
            return f"{_UNITS[top]} {noun}{'s' if top > 1 else ''} in {_UNITS[bottom]}", top > 1
    return None


def part(share: float) -> str:
    """The part of a group, as it stands before where it is found: "two thirds", "mostly"."""
    if share >= 0.995:
        return "all"
    if share >= 0.9:
        return "nearly all"
    for value, words in ((0.5, "half"), (2 / 3, "two thirds"), (0.75, "three quarters")):
        if abs(share - value) <= 0.025:
            return words
    return "mostly"


def times_more(ratio: float) -> str | None:
    """As in "three times" when a ratio is near a whole number from 2 to 10, else None."""
    near = round(ratio)
    if not (2 <= near <= 10 and abs(ratio - near) <= 0.08 * near):
        return None
    return "twice" if near == 2 else f"{_UNITS[near]} times"


def times_less(ratio: float) -> str | None:
    """As in "a third of" when a ratio is near the inverse of a whole number from 2 to 5, else None."""
    near = round(1 / ratio) if ratio > 0.01 else 0
    words = {2: "half", 3: "a third of", 4: "a quarter of", 5: "a fifth of"}.get(near)
    return words if words and abs(1 / ratio - near) <= 0.08 * near else None


def weekday(day: date) -> str:
    """The day's name, as it opens or closes a sentence: "on Friday"."""
    return f"on {_DAYS[day.weekday()]}"


def dated(day: date, year: bool = True, name: bool = True) -> str:
    """As in "Friday 20 November 2026"."""
    words = f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")
    return f"{_DAYS[day.weekday()]} {words}" if name else words


def stretch(first: date, last: date, year: bool = True) -> str:
    """As in "from 14 to 20 November 2026"."""
    if first.year != last.year:
        return f"from {dated(first, True, False)} to {dated(last, True, False)}"
    begin = dated(first, False, False)
    return f"from {begin.split()[0] if first.month == last.month else begin} to {dated(last, year, False)}"


def on(day: date) -> str:
    """As in "on Friday 20 November 2026"."""
    return f"on {dated(day)}"


def rank(n: int, step: str) -> str:
    """As in "third"."""
    return _RANKS[n - 1] if n <= len(_RANKS) else f"{n}th"


def listed(names: list[str]) -> str:
    """As in "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def typeset(text: str) -> str:
    """English typography: curly apostrophes.

    >>> typeset("doesn't")
    'doesn’t'
    """
    return re.sub(r"'", "\u2019", text)
