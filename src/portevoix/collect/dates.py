"""Dates as people's tools write them, in French and English, to instants in UTC."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev feb february february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "aout aou aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_PLAIN = str.maketrans("éèêûùôÉÈÛ", "eeeuuoEEU")
_TIME = (
    r"(?P<h>\d{1,2})\s?[:hH.]\s?(?:(?P<mi>\d{2})(?:\s?[:.m]\s?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?s?"
    r"\s*(?P<ap>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<z>Z|UTC|GMT|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?)?(?:\s*\([A-Za-z ]+\))?"
_TAIL = rf"(?:(?:\s*[T,]\s*|\s+(?:à\s+|a\s+|at\s+|-\s+)?){_TIME}{_ZONE})?"
_DAY = r"(?:[A-Za-z]{2,9}\.?,?\s+)?"
_YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}}){_TAIL}")
_NUMBERS = re.compile(
    rf"{_DAY}(?P<d>\d{{1,2}})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}|\d{{2}}){_TAIL}"
)
_DAY_MONTH = re.compile(
    rf"{_DAY}(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<m>[A-Za-z]{{3,9}})\.?,?[\s-]+(?P<y>\d{{4}}|\d{{2}}){_TAIL}"
)
_MONTH_DAY = re.compile(
    rf"{_DAY}(?P<m>[A-Za-z]{{3,9}})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_TAIL}"
)
_TWITTER = re.compile(
    rf"[A-Za-z]{{3}}\s+(?P<m>[A-Za-z]{{3}})\s+(?P<d>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<y>\d{{4}})"
)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])")
_NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?|\d{10}(?:[.,]\d+)?|\d{13}|\d{16}")
_CLOCK = re.compile(_TIME)
_SHAPES = (_YEAR_FIRST, _NUMBERS, _DAY_MONTH, _MONTH_DAY, _TWITTER, _COMPACT)
_EPOCH = datetime(1970, 1, 1)
_EXCEL = datetime(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1990, 2100
_REMEMBERED = 50_000


def day_first(values: Iterable[str]) -> bool | None:
    """Whether numbers like 03/04/2026 begin with the day: what most of those that can be read one way only say.

    None when no value tells.
    """
    days = months = 0
    for value in values:
        if found := _NUMBERS.fullmatch(value.strip()):
            first, second = int(found["d"]), int(found["m"])
            days += first > 12 >= second
            months += second > 12 >= first
    return None if days == months == 0 else days >= months


def parse(
    value: str, day_is_first: bool = True, numbers: bool = True
) -> tuple[datetime, timedelta | None] | None:
    """The moment that a text names, as written, and its offset from UTC if it has one; None if it names none.

    `numbers` also takes bare numbers: 20261103, Unix seconds, milliseconds and microseconds, Excel's days.
    """
    text = value.strip().translate(_PLAIN)
    for shape in _SHAPES:
        if (found := shape.fullmatch(text)) and (shape is not _COMPACT or numbers):
            return _built(found, day_is_first or shape is not _NUMBERS)
    if numbers and _NUMBER.fullmatch(text):
        return _counted(text.replace(",", "."))
    return None


def _built(found: re.Match[str], day_is_first: bool) -> tuple[datetime, timedelta | None] | None:
    part = found.groupdict()
    day, month = part["d"], part["m"]
    if not day_is_first:
        day, month = month, day
    number = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    year = int(part["y"])
    if len(part["y"]) == 2:
        year += 2000 if year < 70 else 1900
    clock = _time(part)
    if clock is None:
        return None
    try:
        return datetime(year, number, int(day)) + clock, _offset(part.get("z"))
    except (ValueError, OverflowError):
        return None


def _time(part: dict[str, str | None]) -> timedelta | None:
    hour, minute, second = int(part.get("h") or 0), int(part.get("mi") or 0), int(part.get("s") or 0)
    half = (part.get("ap") or "").lower()[:1]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        return None
    return timedelta(
        hours=hour, minutes=minute, seconds=second, microseconds=int((part.get("f") or "0").ljust(6, "0")[:6])
    )


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    digits = re.sub(r"[^\d+-]", "", zone)
    if not digits:
        return timedelta()
    hours, minutes = digits[1:3], digits[3:5]
    shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -shift if digits[0] == "-" else shift


def _counted(text: str) -> tuple[datetime, timedelta | None] | None:
    number, size = float(text), len(text.split(".")[0])
    try:
        if size == 5:
            return _EXCEL + timedelta(days=round(number * 86400) / 86400), None
        return _EPOCH + timedelta(seconds=number / {10: 1, 13: 1e3, 16: 1e6}[size]), timedelta()
    except OverflowError:
        return None


def clock(value: str) -> timedelta | None:
    """A time of day, "3:53:50 PM" or "15h53", as what has passed since midnight; None if it is none."""
    found = _CLOCK.fullmatch(value.strip())
    return _time(found.groupdict()) if found else None


def reader(zone: tzinfo, day_is_first: bool, numbers: bool = True) -> Callable[[str, str], datetime | None]:
    """A function from a date and a time of day (may be empty) to an instant in UTC without zone; None: not readable.

    Dates without a zone are in `zone`. Years outside 1990–2100 are not readable. It remembers what it has read.
    """
    known: dict[tuple[str, str], datetime | None] = {}

    def read(value: str, time: str = "") -> datetime | None:
        key = (value, time)
        if key not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[key] = _instant(value, time)
        return known[key]

    def _instant(value: str, time: str) -> datetime | None:
        found = parse(value, day_is_first, numbers)
        if found is None:
            return None
        moment, offset = found
        if time.strip():
            since_midnight = clock(time)
            if since_midnight is None:
                return None
            moment = datetime(moment.year, moment.month, moment.day) + since_midnight
        try:
            aware = moment.replace(tzinfo=zone if offset is None else timezone(offset))
            instant = aware.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return None
        return instant if FIRST_YEAR <= moment.year <= LAST_YEAR else None

    return read


def is_ambiguous(value: str) -> bool:
    """Whether a date's numbers leave open which is the day, like 03/04/2026."""
    found = _NUMBERS.fullmatch(value.strip())
    return found is not None and int(found["d"]) <= 12 and int(found["m"]) <= 12 and found["d"] != found["m"]
