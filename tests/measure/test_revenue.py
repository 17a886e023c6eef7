"""revenue: REV-1 of the measures' reference, planted links, and a third variable that makes one."""

import numpy as np
import pytest

import portevoix as pv
from portevoix.errors import TooFew
from portevoix.measure.curves import straight
from portevoix.measure.result import measures_of
from portevoix.measure.revenue import revenue, three_terms
from tests.conftest import ROOT
from tests.measure.company import Company, day
from tests.measure.conftest import Bench


def _people(seed: int, n: int = 800, spending: float = 0.0, leaving: float = 0.0, hidden: float = 0.0):
    """Customers and their scores: euros a year and risk of leaving by point of score; and a product that moves both."""
    rng = np.random.default_rng(seed)
    rows, said = [], []
    for place in range(n):
        tv = rng.random() < 0.5
        score = int(np.clip(np.rint(rng.normal(6.5 + 2 * tv * (hidden > 0), 2)), 0, 10))
        pay = 300 + spending * score + hidden * tv + rng.normal(0, 60)
        gone = rng.random() < np.clip(0.25 - leaving * score, 0.01, 1)
        rows.append(
            {"person": f"p{place:05d}", "since": day(-int(rng.integers(400, 2000))), "revenue": float(pay),
             "margin": float(pay) / 5, "left_at": day(40) if gone else None, "more": {"product": "tv" if tv else "web"}}
        )  # fmt: skip
        said.append({"person": f"p{place:05d}", "nps": score, "said_at": day(5)})
    return rows, said


def _measured(bench: Bench, rows, said, **options):
    company = Company(bench, rows, said=said)
    found = measures_of(revenue(company.customers, company.verbatims, **options))
    return {(m.name, m.where.get("assumption")): m for m in found}


def test_the_three_terms_of_the_reference():
    found = three_terms(
        10e6,
        buying=0.02,
        extra=60,
        leaving=0.015,
        revenue=300,
        telling=0.05,
        told=3,
        converted=0.02,
        margin=0.1,
    )
    assert found == pytest.approx((12e6, 45e6, 9e6, 66e6, 6.6e6))


def test_planted_spending_and_loyalty_are_found_with_their_assumptions(bench: Bench):
    rows, said = _people(1, n=2000, spending=12, leaving=0.02)
    found = _measured(bench, rows, said)
    here = sum(row["left_at"] is None for row in rows)
    room = np.mean([min(row["nps"] + 1, 10) - row["nps"] for row in said])
    bought = found["revenue.purchase", None]
    assert bought.low < 12 * room * here < bought.high
    assert found["revenue.churn", None].low > 0
    assert found["revenue.total", None].note is None
    assert found["revenue.margin", None].value == pytest.approx(
        found["revenue.total", None].value / 5, rel=1e-6
    )
    assumed = {assumption for name, assumption in found if name == "revenue.assumed"}
    assert assumed == {"customers", "revenue a year", "score", "margin rate"}
    assert found["revenue.assumed", "customers"].value == here


def test_a_product_that_is_dear_and_liked_makes_no_link(bench: Bench):
    rows, said = _people(2, n=2000, hidden=200)
    paid = np.array([row["revenue"] for row in rows])
    raw = straight(np.array([float(row["nps"]) for row in said]), paid, np.zeros((len(paid), 0)))
    assert raw.low > 5
    assert _measured(bench, rows, said)["revenue.purchase", None].note == "within noise"


def test_scores_apart_from_money_are_worth_nothing_that_can_be_shown(bench: Bench):
    false = 0
    for seed in range(10):
        found = _measured(bench, *_people(100 + seed, n=300))
        false += any(m.note is None for (name, _), m in found.items() if name != "revenue.assumed")
    assert false <= 2


def test_figures_do_not_depend_on_pseudonyms_or_on_the_order_of_rows(bench: Bench):
    rows, said = _people(5, n=300, spending=10)

    def moved(table):
        return [{**row, "person": f"x{7919 * int(row['person'][1:]) % 100_003}"} for row in reversed(table)]

    assert _measured(bench, rows, said) == _measured(bench, moved(rows), moved(said))


def test_a_score_given_after_leaving_does_not_count(bench: Bench):
    rows, said = _people(3, n=150)
    late = [{**row, "said_at": day(50)} for row in said]
    gone = sum(row["left_at"] is not None for row in rows)
    found = _measured(bench, rows, late)
    assert found["revenue.purchase", None].n == 150 - gone


def test_too_few_scores_say_what_is_missing(bench: Bench):
    assert _measured(bench, *_people(4, n=80)) == {}
    with pv.Voice(None) as voice:
        voice.collect(f"customers:{ROOT / 'examples' / 'customers.csv'}")
        with pytest.raises(TooFew, match="a revenue and a score"):
            voice.measure("revenue")
