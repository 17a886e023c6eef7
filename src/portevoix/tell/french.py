"""French as the letter needs it: numbers in letters, fractions, dates, contraction, elision, typography."""

import re
from datetime import date

THIN, FIXED, MINUS, APOSTROPHE = "\u202f", "\u00a0", "\u2212", "\u2019"

_UNITS = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf"
).split()
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
FRACTIONS = (
    *((1, bottom) for bottom in (10, 8, 7, 6, 5, 4, 3, 2)),
    *((2, 5), (3, 5), (2, 3), (3, 4), (4, 5), (9, 10)),
)
"""Shares that are told as fractions, as (top, bottom)."""
_DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_RANKS = (
    "première deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième onzième "
    "douzième treizième quatorzième quinzième"
).split()


def letters(n: int, feminine: bool = False) -> str:
    """A whole number from 0 to 99 in letters, traditional hyphens.

    >>> letters(71), letters(80), letters(21, feminine=True)
    ('soixante et onze', 'quatre-vingts', 'vingt et une')
    """
    one = "une" if feminine else "un"
    if n < 20:
        return one if n == 1 else _UNITS[n]
    tens, unit = divmod(n, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    word = _TENS[tens]
    if unit == 0:
        return "quatre-vingts" if tens == 8 else word
    if unit in (1, 11) and tens != 8:
        return f"{word} et {one if unit == 1 else 'onze'}"
    return f"{word}-{one if unit == 1 else _UNITS[unit]}"


def digits(x: float, decimals: int = 0) -> str:
    """A number in digits: thin spaces between thousands, decimal comma, a true minus.

    >>> digits(-1234.5, 1)
    '−1\u202f234,5'
    """
    text = f"{abs(x):,.{decimals}f}".replace(",", THIN).replace(".", ",")
    return (MINUS if round(x, decimals) < 0 else "") + text


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{digits(100 * share)}{FIXED}%"


def plural(n: float) -> bool:
    """0 and 1 are singular in French, and so is 1.5."""
    return abs(n) >= 2


def contract(phrase: str) -> str:
    """As in "de le" becomes "du", "à les" becomes "aux", "que il" becomes "qu'il".

    >>> contract("se plaint de le prix"), contract("de l'accueil"), contract("plus que à midi")
    ('se plaint du prix', "de l'accueil", "plus qu'à midi")
    """
    for long, short in (("de le", "du"), ("de les", "des"), ("à le", "au"), ("à les", "aux")):
        phrase = re.sub(rf"\b{long}\b(?!['’])", short, phrase)
    return re.sub(r"\b(d|qu)e (?!onze|huit|oui)(?=[aeiouàâéèêîïôûh])", r"\1'", phrase)


def fraction(share: float, noun: str) -> tuple[str, bool] | None:
    """A share near a plain fraction as (words, is plural), None when it is near none.

    >>> fraction(0.33, "message"), fraction(0.66, "client"), fraction(0.45, "message")
    (('un message sur trois', False), ('deux clients sur trois', True), None)
    """
    for top, bottom in FRACTIONS:
        if abs(share - top / bottom) <= min(0.012, 0.08 * top / bottom):
            return f"{_UNITS[top]} {noun}{'s' if top > 1 else ''} sur {_UNITS[bottom]}", top > 1
    return None


def part(share: float) -> str:
    """The part of a group, as it stands before where it is found: "les deux tiers", "surtout"."""
    if share >= 0.995:
        return "tous"
    if share >= 0.9:
        return "presque tous"
    for value, words in ((0.5, "la moitié"), (2 / 3, "les deux tiers"), (0.75, "les trois quarts")):
        if abs(share - value) <= 0.025:
            return words
    return "surtout"


def multiple(ratio: float) -> str | None:
    """How many times more or less, before "que"; None when it is better told with two counts.

    >>> multiple(3.05), multiple(2.5), multiple(2.85), multiple(0.5), multiple(1.1)
    ('trois fois plus', 'deux fois et demie plus', 'près de trois fois plus', 'moitié moins', None)
    """
    for value, words in (
        (4 / 3, "un tiers de plus"),
        (1.5, "moitié plus"),
        (2 / 3, "un tiers de moins"),
        (0.5, "moitié moins"),
    ):
        if abs(ratio / value - 1) <= 0.04:
            return words
    way, many = ("plus", ratio) if ratio > 1 else ("moins", 1 / max(ratio, 1e-9))
    if many > 10.4:
        return f"au moins dix fois {way}"
    whole, rest = divmod(many, 1)
    for value in (round(many), whole + 0.5):
        if value >= 2 and abs(many / value - 1) <= 0.04 and (way == "plus" or value % 1 == 0):
            return f"{_UNITS[int(value)]} fois {'et demie ' if value % 1 else ''}{way}"
    if many >= 1.75 and rest > 0.5:
        return f"près de {_UNITS[int(whole) + 1]} fois {way}"
    return f"au moins {_UNITS[int(whole)]} fois {way}" if many >= 2 and way == "plus" else None


def than(words: str, usual: str) -> str:
    """As in "trois fois plus qu'un jour ordinaire"."""
    return contract(f"{words} que {usual}")


def hour(hour: int) -> str:
    """As in "20 heures"."""
    return f"{hour} heures"


def weekday(day: date) -> str:
    """The day's name, as it opens or closes a sentence: "vendredi"."""
    return _DAYS[day.weekday()]


def ordinary(day: date) -> dict[str, str]:
    """The same weekday as it usually is: after a comparison, and beside a count."""
    name = f"un {_DAYS[day.weekday()]} ordinaire"
    return {"of": name, "ordinary": name}


def dated(day: date, year: bool = True, name: bool = True) -> str:
    """As in "vendredi 20 novembre 2026"; the first of a month is "1er"."""
    number = "1er" if day.day == 1 else str(day.day)
    words = f"{number} {_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")
    return f"{_DAYS[day.weekday()]} {words}" if name else words


def stretch(first: date, last: date, year: bool = True) -> str:
    """As in "du 14 au 20 novembre 2026", with as little repeated as French allows."""
    if first.year != last.year:
        return f"du {dated(first, True, False)} au {dated(last, True, False)}"
    begin = dated(first, False, False)
    return f"du {begin.split()[0] if first.month == last.month else begin} au {dated(last, year, False)}"


def on(day: date) -> str:
    """As in "le vendredi 20 novembre 2026"."""
    return f"le {dated(day)}"


def rank(n: int, step: str) -> str:
    """As in "troisième", in the gender of `step`: jour, semaine or mois."""
    word = _RANKS[n - 1] if n <= len(_RANKS) else f"{n}e"
    return "premier" if n == 1 and step != "semaine" else word


def listed(names: list[str]) -> str:
    """As in "a, b et c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"


def typeset(text: str) -> str:
    """French typography: ’, thin no-break space before ; ! ? » and after «, no-break space before : and %.

    >>> typeset("L'écart") == "L’écart", typeset("3 %").endswith(FIXED + "%"), typeset("oui ;").endswith(THIN + ";")
    (True, True, True)
    """
    text = text.replace("'", APOSTROPHE)
    text = re.sub(r"[ \u00a0\u202f]+([;!?»])", THIN + r"\1", text)
    text = re.sub(r"«[ \u00a0\u202f]*", "«" + THIN, text)
    text = re.sub(r"[ \u202f]+([:%])", FIXED + r"\1", text)
    text = re.sub(r"(\d) (heures?|secondes?)\b", rf"\1{FIXED}\2", text)
    return re.sub(r"\bnº ", f"nº{FIXED}", text)
