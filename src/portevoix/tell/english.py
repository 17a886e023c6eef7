"""English as the letter needs it: the same functions as `french`, written for English."""

import re
from datetime import date

MINUS = "\u2212"

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
FRACTIONS = (
    *((1, bottom) for bottom in (10, 8, 7, 6, 5, 4, 3, 2)),
    *((2, 5), (3, 5), (2, 3), (3, 4), (4, 5), (9, 10)),
)
"""Shares that are told as fractions, as (top, bottom)."""
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
    for top, bottom in FRACTIONS:
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


def multiple(ratio: float) -> str | None:
    """How many times, before what it is compared with; None when it is better told with two counts.

    >>> multiple(3.05), multiple(2.5), multiple(2.85), multiple(0.5), multiple(1.1)
    ('three times', 'two and a half times', 'nearly three times', 'half', None)
    """
    down = (
        (2 / 3, "two thirds of"),
        (0.5, "half"),
        (1 / 3, "a third of"),
        (0.25, "a quarter of"),
        (0.2, "a fifth of"),
    )
    for value, words in ((4 / 3, "a third more than"), (1.5, "half as much again as"), *down):
        if abs(ratio / value - 1) <= 0.04:
            return words
    if ratio < 1:
        return next((f"less than {words}" for value, words in reversed(down) if ratio < value < 0.6), None)
    if ratio > 10.4:
        return "more than ten times"
    whole, rest = divmod(ratio, 1)
    for value in (round(ratio), whole + 0.5):
        if value >= 2 and abs(ratio / value - 1) <= 0.04:
            return (
                "twice" if value == 2 else f"{_UNITS[int(value)]}{' and a half' if value % 1 else ''} times"
            )
    if ratio >= 1.75 and rest > 0.5:
        return "nearly twice" if whole == 1 else f"nearly {_UNITS[int(whole) + 1]} times"
    return None if ratio < 2 else "more than twice" if whole == 2 else f"more than {_UNITS[int(whole)]} times"


def than(words: str, usual: str) -> str:
    """As in "three times an ordinary day"."""
    return f"{words} {usual}"


def hour(hour: int) -> str:
    """As in "eight in the evening"."""
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return f"{letters((hour - 1) % 12 + 1)} in the {part}"


def weekday(day: date) -> str:
    """The day's name, as it opens or closes a sentence: "on Friday"."""
    return f"on {_DAYS[day.weekday()]}"


def ordinary(day: date) -> dict[str, str]:
    """The same weekday as it usually is: after a comparison, and beside a count."""
    name = f"an ordinary {_DAYS[day.weekday()]}"
    return {"of": name, "ordinary": f"on {name}"}


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
