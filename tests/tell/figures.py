"""Reads the figures out of a brief and says which its measures can't give back."""

import re
from collections.abc import Iterable

from portevoix.nouns import Brief, Measure
from portevoix.tell import english, french

_NUMBER = re.compile(r"[−-]?\d+(?:[\u202f,]\d{3})*(?:,\d+|\.\d+)?")
_FRACTIONS = {
    "fr": (re.compile(r"\b(un|deux|trois|neuf) messages? sur (deux|trois|quatre|cinq|dix)\b"), french),
    "en": (re.compile(r"\b(one|two|three|nine) messages? in (two|three|four|five|ten)\b"), english),
}
_PARTS = {
    "fr": {"la moitié": 0.5, "les deux tiers": 2 / 3, "les trois quarts": 0.75},
    "en": {"half": 0.5, "two thirds": 2 / 3, "three quarters": 0.75},
}
_ONES = {"un", "une", "one"}
_HALVES = {"a third of": 3, "a quarter of": 4, "a fifth of": 5, "half the": 2, "twice": 2}


def unsupported(brief: Brief, lang: str) -> list[str]:
    """The figures of a brief's text and title that no measure of it gives, rounding included."""
    title = brief.title if re.search(" points?\\b", brief.title) else ""  # other titles play
    text = re.sub(r"«[^»]*»|“[^”]*”", " ", f"{title}\n{brief.text}".lower())
    bad: list[str] = []
    pattern, grammar = _FRACTIONS[lang]
    shares = [m.value for m in brief.measures if m.unit == "share" and m.value is not None]
    words = [grammar.letters(n) for n in range(100)]
    for match in pattern.finditer(text):
        ratio = words.index(match[1]) / words.index(match[2])
        if not any(abs(s - ratio) <= 0.0125 for s in shares):
            bad.append(match[0])
    text = pattern.sub(" ", text)
    for phrase, ratio in _PARTS[lang].items():
        if f", {phrase} " in text and not any(abs(s - ratio) <= 0.026 for s in shares):
            bad.append(phrase)
        text = text.replace(f", {phrase} ", " ")
    times = [x for m in brief.measures for x in _ratios(m, brief.measures)]
    for phrase, n in _HALVES.items():
        if phrase in text and not any(abs(t - n) <= 0.081 * n for t in times):
            bad.append(phrase)
    known = set(_known(brief.measures)) | {
        5.0,
        30.0,
        2.0 if "deux semaines" in text or "two weeks" in text else 5.0,
    }  # floor, month, memory
    known |= {float(round(t)) for t in times}
    return bad + [
        figure for figure, value in _figures(text, words) if not any(abs(value - k) < 1e-6 for k in known)
    ]


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
        for value in m.where.values():
            yield from (float(x) for x in re.findall(r"\d+", value))
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
    for now, change in _pairs(measures):
        if now is not measure:
            continue
        if now.unit == "count":
            yield from (change.value or 1, 1 / (change.value or 1))
            continue
        was = (now.value or 0) - (change.value or 0)
        if was > 0 and now.value and now.unit == "share":
            yield from (now.value / was, was / now.value)
