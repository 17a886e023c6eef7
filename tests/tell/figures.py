"""Reads the figures out of a brief and says which its measures can't give back."""

import re
from collections.abc import Iterable

from portevoix.nouns import Brief, Measure
from portevoix.tell import english, french

_NUMBER = re.compile(r"[−-]?\d+(?:[\u202f,]\d{3})*(?:,\d+|\.\d+)?")
_SMALL = {
    "fr": "un deux trois quatre cinq six sept huit neuf dix".split(),
    "en": "one two three four five six seven eight nine ten".split(),
}
_FRACTION = {"fr": r"\b(\w+) messages? sur (\w+)\b", "en": r"\b(\w+) messages? in (\w+)\b"}
_FIXED = {
    "fr": {"un tiers de plus": 4 / 3, "moitié plus": 1.5, "un tiers de moins": 2 / 3, "moitié moins": 0.5},
    "en": {
        "a third more than": 4 / 3,
        "half as much again as": 1.5,
        "two thirds of": 2 / 3,
        "half ": 0.5,
        "a third of": 1 / 3,
        "a quarter of": 0.25,
        "a fifth of": 0.2,
        "twice": 2.0,
    },
}
_TIMES = {
    "fr": r"(près de |au moins )?\b(\w+) fois( et demie)? (plus|moins)\b",
    "en": r"(nearly |more than )?\b(twice|\w+)( and a half)?(?: times| (?=an |the |what ))",
}
_NEAR = 0.0401
_PARTS = {
    "fr": {"la moitié": 0.5, "les deux tiers": 2 / 3, "les trois quarts": 0.75},
    "en": {"half": 0.5, "two thirds": 2 / 3, "three quarters": 0.75},
}
_ONES = {"un", "une", "one"}


def unsupported(brief: Brief, lang: str) -> list[str]:
    """The figures of a brief's text and title that no measure of it gives, rounding included."""
    title = brief.title if re.search(" points?\\b", brief.title) else ""  # other titles play
    text = re.sub(r"«[^»]*»|“[^”]*”", " ", f"{title}\n{brief.text}".lower())
    bad: list[str] = []
    grammar = {"fr": french, "en": english}[lang]
    shares = [m.value for m in brief.measures if m.unit == "share" and m.value is not None]
    words = [grammar.letters(n) for n in range(100)]
    small = _SMALL[lang]

    def fraction(match: re.Match[str]) -> str:
        if match[1] not in small or match[2] not in small:
            return match[0]
        ratio = (small.index(match[1]) + 1) / (small.index(match[2]) + 1)
        if not any(abs(s - ratio) <= 0.0125 for s in shares):
            bad.append(match[0])
        return " "

    text = re.sub(_FRACTION[lang], fraction, text)
    for phrase, ratio in _PARTS[lang].items():
        for found in (f", {phrase} ", f". {phrase} "):
            if found in text and not any(abs(s - ratio) <= 0.026 for s in shares):
                bad.append(phrase)
            text = text.replace(found, " ")
    text = _without_multiples(
        text, lang, [x for m in brief.measures for x in _ratios(m, brief.measures)], bad
    )
    known = set(_known(brief.measures)) | {
        5.0,
        30.0,
        2.0 if "deux semaines" in text or "two weeks" in text else 5.0,
    }  # floor, month, memory
    return bad + [
        figure for figure, value in _figures(text, words) if not any(abs(value - k) < 1e-6 for k in known)
    ]


def _without_multiples(text: str, lang: str, ratios: list[float], bad: list[str]) -> str:
    """The text less its "trois fois plus"; those that no ratio of the measures gives are added to `bad`."""

    def times(match: re.Match[str]) -> str:
        about, number, half = match[1] or "", match[2], match[3]
        if number != "twice" and number not in _SMALL[lang]:
            return match[0]
        n = (2 if number == "twice" else _SMALL[lang].index(number) + 1) + (0.5 if half else 0)
        inverse = lang == "fr" and match[4] == "moins"
        low, high = n * (1 - _NEAR), n * (1 + _NEAR)
        if about in ("près de ", "nearly "):
            low, high = n - 0.5, n
        elif about:
            low, high = n, (n + 1 if n < 10 else float("inf"))
        if not any(low <= (1 / t if inverse and t else t) <= high for t in ratios):
            bad.append(match[0])
        return " "

    text = re.sub(_TIMES[lang], times, text)
    for phrase, value in _FIXED[lang].items():
        for found, low, high in (
            (f"less than {phrase}", 0.0, value),
            (phrase, value * (1 - _NEAR), value * (1 + _NEAR)),
        ):
            if found in text and phrase != "twice":
                if not any(low <= t <= high for t in ratios):
                    bad.append(found)
                text = text.replace(found, " ")
    return text


def _figures(text: str, words: list[str]) -> list[tuple[str, float]]:
    found = []
    for match in _NUMBER.finditer(text):
        raw = match[0].replace("\u202f", "").replace("−", "-")
        raw = raw.replace(",", "") if re.search(r",\d{3}\b", raw) else raw.replace(",", ".")
        found.append((match[0], float(raw)))
    spelled = "|".join(sorted((re.escape(w) for w in words if w not in _ONES), key=len, reverse=True))
    for match in re.finditer(rf"(?<![\w-])(?:{spelled})(?![\w-])", text):
        found.append((match[0], float(words.index(match[0]))))
    return found


def _known(measures: Iterable[Measure]) -> Iterable[float]:
    measures = list(measures)
    for m in measures:
        yield float(m.n)
        for x in (m.value, m.low, m.high):
            if x is None:
                continue
            yield from (
                (round(x * m.n), round(100 * x))
                if m.unit == "share"
                else (round(x), abs(round(x)), round(x, 1))
            )
        if m.name == "weekday":
            yield round(m.value or 0)
        for value in m.where.values():
            for x in map(float, re.findall(r"\d+", value)):
                yield from (x, (x - 1) % 12 + 1)  # an hour may be told as a clock shows it
    for now, change in _pairs(measures):
        was = (now.value or 0) - (change.value or 0)
        if now.unit == "share":
            yield from (round(max(0.0, was) * now.n), round(100 * was))
        elif now.unit == "count":
            yield round(now.n / (change.value or 1))
        else:
            yield from (round(was), abs(round(now.value or 0) - round(was)))


def _pairs(measures: Iterable[Measure]) -> Iterable[tuple[Measure, Measure]]:
    measures = list(measures)
    return [(m, c) for m in measures for c in measures if c.name == f"change.{m.name}" and c.where == m.where]


def _ratios(measure: Measure, measures: Iterable[Measure]) -> Iterable[float]:
    if measure.name == "weekday" and measure.value:
        first = next(iter(measures))
        yield round((first.value or 0) * first.n) / measure.value
    for now, change in _pairs(measures):
        if now is not measure:
            continue
        if now.unit == "count":
            yield from (change.value or 1, 1 / (change.value or 1))
            continue
        was = (now.value or 0) - (change.value or 0)
        if was > 0 and now.value and now.unit == "share":
            yield from (now.value / was, was / now.value)
