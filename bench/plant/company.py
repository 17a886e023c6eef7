"""Why customers leave, who is worth keeping and what a point is worth, with a planted truth and with none."""

from functools import cache
from typing import Any

import numpy as np

from bench.plant.tables import Truths, dates, findings, labels, measured, named, people, table, told
from portevoix.measure.churn import churn
from portevoix.measure.lifetime import DISCOUNT, HORIZON, YEAR
from portevoix.measure.revenue import revenue
from portevoix.measure.value import value

_BAD, _IGNORED = 0.3, {False: 0.1, True: 0.3}


def _leavers(rng: Any, n: int, small: float, network: float, base: float = 0.08) -> list[Any]:
    """A bad network makes unanswered problems three times as frequent; problems come first, leaving after."""
    bad = rng.random(n) < _BAD
    ignored = rng.random(n) < np.where(bad, _IGNORED[True], _IGNORED[False])
    gone = rng.random(n) < base + small * ignored + network * bad
    left = np.where(gone, rng.uniform(35, 60, n), np.nan)
    segment, paper, plan = (
        rng.choice(kinds, n) for kinds in (["pro", "senior", "young"], ["yes", "no"], list("abc"))
    )
    more = [
        [("network", "poor" if poor else "good"), ("segment", s), ("paper", p), ("plan", q)]
        for poor, s, p, q in zip(bad, segment, paper, plan, strict=True)
    ]
    customers = table("customers", person=people(range(n)), since=dates(-rng.uniform(100, 2000, n)), left_at=dates(left), more=more)  # fmt: skip
    opened = rng.uniform(0, 28, n)
    has = ignored | (rng.random(n) < 0.3)
    answered = np.where(ignored, np.nan, opened + rng.uniform(0.01, 0.8, n))
    cases = table("cases", person=people(np.flatnonzero(has)), theme=["billing"] * has.sum(),
                  opened_at=dates(opened[has]), answered_at=dates(answered[has]))  # fmt: skip
    return measured(churn, customers, cases, table("verbatims"), labels())


def left(seed: int) -> Truths:
    """An unanswered problem adds ten points to the risk of leaving, a bad network twelve."""
    small, network, base = 0.10, 0.12, 0.08
    unanswered = _BAD * _IGNORED[True] + (1 - _BAD) * _IGNORED[False]
    whole = base + small * unanswered + network * _BAD
    bad_among = _BAD * _IGNORED[True] / unanswered
    bad_rest = _BAD * (1 - _IGNORED[True]) / (1 - unanswered)
    truth = {
        "churn.rate": whole,
        "churn.crude unanswered": small + network * (bad_among - bad_rest),
        "churn.crude network": network + small * (_IGNORED[True] - _IGNORED[False]),
        "churn.adjusted unanswered": small,
        "churn.adjusted network": network,
        "churn.attributable unanswered": small * unanswered / whole,
        "churn.attributable network": network * _BAD / whole,
    }
    return told(truth, _leavers(np.random.default_rng(seed), 1500, small, network, base))


def third(seed: int) -> Truths:
    """Simpson's case: the network alone makes people leave, and makes unanswered problems look guilty."""
    found = _leavers(np.random.default_rng(seed), 1500, 0.0, 0.3)
    crude = named(found)["churn.crude unanswered"]
    shown = told({"churn.adjusted unanswered": 0.0}, found)
    unanswered = _BAD * _IGNORED[True] + (1 - _BAD) * _IGNORED[False]
    gap = 0.3 * (_BAD * _IGNORED[True] / unanswered - _BAD * (1 - _IGNORED[True]) / (1 - unanswered))
    return {**shown, "churn.crude unanswered": (gap, crude)}


def loyal(seed: int) -> list[str]:
    """Nobody leaves for anything."""
    return findings(_leavers(np.random.default_rng(seed), 500, 0.0, 0.0, 0.12), "churn.adjusted")


_HAZARD = 0.2


def _worth(rng: Any, n: int, link: float) -> list[Any]:
    """Customers who pay, and bring others: who pays more brings more (link > 0), or not. A fifth leave in a year."""
    margin = rng.gamma(4, 25, n)
    since = rng.uniform(-2000, 0, n)
    life = rng.exponential(365.25 / _HAZARD, n)
    gone = np.where(life < 365.25, np.maximum(0.0, life), np.nan)
    draw = rng.gamma(0.6, 1, n) * np.exp(link * (margin - 100) / 50)
    by = np.full(n, -1)
    order = np.argsort(since)
    before = np.cumsum(draw[order])
    for rank in range(1, n):
        if rng.random() < 0.3:
            by[order[rank]] = order[np.searchsorted(before, rng.random() * before[rank - 1])]
    names = np.array([*people(range(n)), None], dtype=object)
    return measured(
        value,
        table("customers", person=names[:-1], since=dates(since), left_at=dates(gone), margin=margin,
              revenue=margin * 4, referred_by=names[by]),
        table("verbatims"),
    )  # fmt: skip


@cache
def _large() -> dict[str, float]:
    """What forty thousand such customers say: the truth of rankings, but for their own small error."""
    found = named(_worth(np.random.default_rng(0), 40_000, 0.8))
    names = ("rank_correlation", "overlap_top_decile", "lost_by_revenue", "from_spenders")
    return {f"value.{name}": float(found[f"value.{name}"].value or 0) for name in names}


def worthy(seed: int) -> Truths:
    """Who pays more brings more; what is to come of a customer is known from the planted risk of leaving."""
    found = _worth(np.random.default_rng(seed), 800, 0.8)
    stay = np.exp(-_HAZARD) / (1 + DISCOUNT)
    lifetime = 100 * sum(stay**year for year in range(1, HORIZON + 1))
    return told({**_large(), "value.lifetime": lifetime}, found)


def apart(seed: int) -> list[str]:
    """What customers pay drawn apart from whom they bring."""
    found = named(_worth(np.random.default_rng(seed), 400, 0.0))
    one = found["value.rank_correlation"]
    return (
        [] if one.low is None or one.high is None or one.low <= 0 <= one.high else ["value.rank_correlation"]
    )


def _paying(rng: Any, slope: float, risk: float) -> list[Any]:
    n = 600
    score = rng.integers(0, 11, n)
    gone = rng.random(n) < 0.15 - risk * (score - 5)
    spent = 300 + slope * score + rng.normal(0, 60, n)
    since = -rng.uniform(100, 2000, n)
    customers = table("customers", person=people(range(n)), since=dates(since),
                      left_at=dates(np.where(gone, rng.uniform(40, 60, n), np.nan)), revenue=spent)  # fmt: skip
    rows = table("verbatims", person=people(range(n)), nps=score, said_at=dates(rng.uniform(0, 30, n)))
    return measured(revenue, customers, rows)


def paid(seed: int) -> Truths:
    """A point of NPS goes with 12 more a year, and with one and a half points less risk of leaving."""
    found = _paying(np.random.default_rng(seed), 12.0, 0.015)
    held = named(found)
    here = float(held["revenue.assumed customers"].value or 0)
    mean = float(held["revenue.assumed revenue a year"].value or 0)
    # a score of ten stays ten: one in eleven gains nothing
    truth = {"revenue.purchase": 12.0 * 10 / 11 * here, "revenue.churn": 0.015 * 10 / 11 * here * mean}
    return told(truth, found)


def unpaid(seed: int) -> list[str]:
    """Scores apart from money and from leaving."""
    found = _paying(np.random.default_rng(seed), 0.0, 0.0)
    return findings(found, "revenue.purchase", "revenue.churn", "revenue.word_of_mouth", "revenue.total")


PLANTED = {"churn": left, "churn (Simpson)": third, "value": worthy, "revenue": paid}
NOTHING = {"churn": loyal, "value": apart, "revenue": unpaid}
__all__ = ["NOTHING", "PLANTED", "YEAR"]
