"""Scores, themes, changes, drivers and rises with a planted truth, and with none."""

from functools import cache
from typing import Any

import numpy as np

from bench.plant.tables import Truths, dates, day, findings, labels, measured, people, period, table, told
from portevoix.measure.change import change
from portevoix.measure.drivers import drivers
from portevoix.measure.emerging import emerging
from portevoix.measure.experience import experience
from portevoix.measure.scores import ces, csat, nps
from portevoix.measure.themes import themes

THEMES = ("billing", "price", "speed", "delivery", "digital", "reach")
ITEMS = ("needs_met", "easy", "enjoyable")


def scores(seed: int) -> Truths:
    """NPS, CSAT, CES and the three-question index of 150 answers each."""
    rng, n = np.random.default_rng(seed), 150
    kind = rng.choice(3, n, p=[0.55, 0.25, 0.20])
    sevens = np.array([0.04, 0.03, 0.05, 0.08, 0.20, 0.35, 0.25])
    content = rng.random(n) < 0.6
    items = {
        item: np.where(
            content, rng.choice([5, 4, 3, 2], n, p=top), rng.choice([5, 3, 2, 1], n, p=[0.1, 0.3, 0.3, 0.3])
        )
        for item, top in zip(
            ITEMS, ([0.5, 0.3, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1], [0.6, 0.3, 0.1, 0.0]), strict=True
        )
    }
    rows = table(
        "verbatims",
        nps=np.array([10, 8, 3])[kind],
        csat=np.where(rng.random(n) < 0.72, 5, 2),
        ces=rng.choice(np.arange(1, 8), n, p=sevens),
        **items,
    )
    none = labels()
    sad = 100 * (0.1 - 0.6)
    truth = {item: 0.6 * good + 0.4 * sad for item, good in zip(ITEMS, (70.0, 60.0, 90.0), strict=True)}
    found = [one for function in (nps, csat, ces, experience) for one in measured(function, rows, none)]
    return told(
        {
            "nps": 35.0,
            "csat": 0.72,
            "ces": 0.80,
            "ces.mean": float(np.arange(1, 8) @ sevens),
            "ces.net": 68.0,
            "experience": sum(truth.values()) / 3,
            **{f"experience.{item}": value for item, value in truth.items()},
        },
        found,
    )


def _said(rng: Any, n: int, shares: dict[str, tuple[float, float]]) -> tuple[Any, dict[str, Any]]:
    """Labels of n verbatims read in French, and by theme the sign of what each says (0: not mentioned)."""
    signs = {}
    for theme, (complaint, praise) in shares.items():
        draw = rng.random(n)
        signs[theme] = np.where(draw < complaint, -1, np.where(draw < complaint + praise, 1, 0))
    said = [
        ("theme", theme, np.flatnonzero(sign), sign[sign != 0]) for theme, sign in signs.items() if sign.any()
    ]
    return labels(("lang", "fr", range(n), None), *said), signs


def themed(seed: int) -> Truths:
    """Complaints of billing in 12 %, praise in 6 %; who complains is a promoter 20 % of the time, others 60 %."""
    rng, n = np.random.default_rng(seed), 400
    said, signs = _said(rng, n, {"billing": (0.12, 0.06), "price": (0.1, 0.1)})
    promoter = rng.random(n) < np.where(signs["billing"] < 0, 0.2, 0.6)
    rows = table("verbatims", nps=np.where(promoter, 10, 2))
    truth = {"share": 0.18, "negative": 0.12, "positive": 0.06, "net": -100 / 3, "effect": -80.0}
    return told(
        {f"themes.{name} billing": value for name, value in truth.items()}, measured(themes, rows, said)
    )


def _two_weeks(
    rng: Any, counts: tuple[int, int], promoters: tuple[float, float], complaints: tuple[float, float]
):
    """Verbatims of one week and of the four before it, with NPS and complaints that may change."""
    now, before = counts
    n = now + before
    late = np.arange(n) < now
    days = np.where(late, rng.integers(28, 35, n), rng.integers(0, 28, n))
    share = np.where(late, *complaints)
    signs = {theme: -(rng.random(n) < (share if theme == "billing" else 0.1)).astype(int) for theme in THEMES}
    rows = table(
        "verbatims",
        said_at=dates(days + 0.5),
        said_on=[day(number).date() for number in days],
        nps=np.where(rng.random(n) < np.where(late, *promoters), 10, 4),
    )
    said = [("theme", theme, np.flatnonzero(sign), sign[sign != 0]) for theme, sign in signs.items()]
    return rows, labels(("lang", "fr", range(n), None), *said)


def changed(seed: int) -> Truths:
    """NPS up by 14 points, complaints of billing doubled, half as many messages again."""
    rng = np.random.default_rng(seed)
    counts = (int(rng.poisson(450)), int(rng.poisson(1200)))
    rows, said = _two_weeks(rng, counts, (0.57, 0.50), (0.2, 0.1))
    found = measured(change, rows, said, periods=(period(28, 35), period(0, 28)))
    return told({"change.nps": 14.0, "change.themes.negative billing": 0.1, "change.volume": 1.5}, found)


def unchanged(seed: int) -> list[str]:
    """The same in both periods."""
    rng = np.random.default_rng(seed)
    counts = (int(rng.poisson(450)), int(rng.poisson(1800)))
    rows, said = _two_weeks(rng, counts, (0.5, 0.5), (0.1, 0.1))
    found = measured(change, rows, said, periods=(period(28, 35), period(0, 28)))
    return findings(found, *{one.name for one in found})


def _items(rng: Any, n: int, weights: tuple[float, float, float]) -> dict[str, Any]:
    mood = rng.normal(0, 1, n)
    cut = [-1.2, -0.4, 0.4, 1.2]
    items = {item: np.searchsorted(cut, 0.6 * mood + 0.8 * rng.normal(0, 1, n)) + 1 for item in ITEMS}
    line = sum(weight * (items[item] - 3) for item, weight in zip(ITEMS, weights, strict=True))
    return {**items, "csat": np.searchsorted(cut, line + rng.normal(0, 1, n)) + 1}


@cache
def _slopes(weights: tuple[float, float, float]) -> Any:
    """What half a million answers say of the same dice: slopes of least squares, in points."""
    drawn = _items(np.random.default_rng(0), 500_000, weights)
    design = np.column_stack([np.ones(500_000), *(drawn[item] for item in ITEMS)])
    return np.linalg.lstsq(design, (drawn["csat"] - 3) * 50.0, rcond=None)[0][1:]


def driven(seed: int) -> Truths:
    """Satisfaction made of needs met, ease a little, and not of joy."""
    weights = (0.6, 0.25, 0.0)
    rows = table("verbatims", **_items(np.random.default_rng(seed), 400, weights))
    truth = {f"drivers.effect {item}": slope for item, slope in zip(ITEMS, _slopes(weights), strict=True)}
    return told(truth, measured(drivers, rows, labels()))


def adrift(seed: int) -> list[str]:
    """Answers drawn apart from satisfaction, and from the words."""
    rng, n = np.random.default_rng(seed), 400
    drawn = _items(rng, n, (0.6, 0.25, 0.1))
    drawn["csat"] = rng.permutation(drawn["csat"])
    said, _ = _said(rng, n, dict.fromkeys(THEMES, (0.08, 0.06)))
    rows = table("verbatims", **drawn)
    found = measured(drivers, rows, said) + measured(themes, rows, said)
    return findings(found, "drivers.effect", "themes.effect")


def _days(rng: Any, times: float) -> list[Any]:
    """Seventy days of some forty messages; in the last seven, complaints of billing are so many times as frequent."""
    n = int(rng.poisson(2800))
    days = np.sort(rng.integers(0, 70, n))
    share = np.where(days >= 63, 0.06 * times, 0.06)
    signs = {theme: rng.random(n) < (share if theme == "billing" else 0.06) for theme in THEMES}
    rows = table(
        "verbatims",
        person=people(rng.integers(0, 900, n)),
        said_at=dates(days + rng.uniform(0, 1, n)),
        said_on=[day(number).date() for number in days],
    )
    said = [("theme", theme, np.flatnonzero(sign), -np.ones(sign.sum())) for theme, sign in signs.items()]
    return measured(emerging, rows, labels(("lang", "fr", range(n), None), *said))


def rising(seed: int) -> Truths:
    """Complaints of billing three times as frequent in the last week."""
    return told({"emerging.ratio billing": 3.0}, _days(np.random.default_rng(seed), 3.0))


def calm(seed: int) -> list[str]:
    """Seventy days alike."""
    return findings(_days(np.random.default_rng(seed), 1.0), "emerging.ratio")


def between(seed: int) -> Truths:
    """Forty fibre and a hundred and sixty television customers: their NPS 60 points apart, complaints by 15 hundredths."""
    rng = np.random.default_rng(seed)
    fibre = np.arange(200) < 40
    said = labels(("lang", "fr", range(200), None), ("theme", "speed", slow := np.flatnonzero(rng.random(200) < np.where(fibre, 0.25, 0.1)), -np.ones(len(slow))))  # fmt: skip
    rows = table(
        "verbatims",
        segment=np.where(fibre, "fibre", "tv"),
        nps=np.where(rng.random(200) < np.where(fibre, 0.3, 0.6), 10, 2),
        csat=np.where(rng.random(200) < np.where(fibre, 0.5, 0.8), 5, 1),
    )
    by = ("segment",)
    found = [one for function in (nps, csat, themes) for one in measured(function, rows, said, by=by)]
    return told(
        {
            "nps.difference tv fibre": -60.0,
            "csat.difference tv fibre": -0.3,
            "themes.negative.difference tv fibre speed": 0.15,
        },
        found,
    )


def same(seed: int) -> list[str]:
    """Four segments drawn apart from everything."""
    rng, n = np.random.default_rng(seed), 600
    said, _ = _said(rng, n, dict.fromkeys(THEMES, (0.08, 0.06)))
    segment = rng.choice(["a", "b", "c", "d"], n)
    rows = table("verbatims", segment=segment, nps=rng.choice([10, 8, 3], n, p=[0.5, 0.2, 0.3]))
    found = measured(themes, rows, said, by=("segment",))
    return findings(found, *{one.name for one in found if "against" in one.where})


PLANTED = {
    "scores": scores,
    "themes": themed,
    "change": changed,
    "drivers": driven,
    "emerging": rising,
    "between segments": between,
}
NOTHING = {"change": unchanged, "drivers": adrift, "emerging": calm, "between segments": same}
