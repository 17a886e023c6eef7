"""value: lifetime and referral value side by side, on planted tables, the shipped example and the IBM sample."""

import json

import numpy as np
import pytest

import portevoix as pv
from portevoix.measure.result import measures_of
from portevoix.measure.value import value
from portevoix.settings import Settings
from tests.conftest import ROOT
from tests.measure.company import Company, day
from tests.measure.conftest import Bench


def _people(seed: int, n: int = 400, kind: str = "apart"):
    """Customers; the first tenth brings a third of the others, and pays least (apart) or most (same)."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(n):
        star = place < n // 10
        revenue = float(rng.uniform(100, 200) if star == (kind == "apart") else rng.uniform(300, 600))
        by = f"p{rng.integers(0, n // 10):05d}" if not star and rng.random() < 0.33 else None
        rows.append(
            {"person": f"p{place:05d}", "since": day(-3000 if star else -int(rng.integers(100, 2000))), "revenue": revenue,
             "margin": revenue / 4, "referred_by": by, "left_at": day(int(rng.integers(-300, 0))) if not star and rng.random() < 0.1 else None}
        )  # fmt: skip
    return rows


def _measured(company: Company, **options):
    found = measures_of(value(company.customers, company.verbatims, **options))
    return {(m.name, m.where.get("corner")): m for m in found}


def test_those_who_recommend_are_lost_by_a_ranking_of_revenue(bench: Bench):
    found = _measured(Company(bench, _people(1)))
    assert found["value.lost_by_revenue", None].value > 0.9
    assert found["value.overlap_top_decile", None].value < 0.1
    assert found["value.rank_correlation", None].high < 0
    assert found["value.from_spenders", None].value == 0
    assert found["value.corner", "Advocates"].value > found["value.corner", "Champions"].value
    assert sum(
        found["value.corner", corner].value for corner in ("Champions", "Affluents", "Advocates", "Misers")
    ) == (found["value.rank_correlation", None].n)


def test_where_spenders_recommend_the_rankings_agree(bench: Bench):
    found = _measured(Company(bench, _people(2, kind="same")))
    assert found["value.overlap_top_decile", None].value > 0.5
    assert found["value.rank_correlation", None].low > 0
    assert found["value.from_spenders", None].value > 0.5


def test_rankings_drawn_apart_show_no_link(bench: Bench):
    false = 0
    for seed in range(15):
        rng = np.random.default_rng(seed)
        rows = [
            {"person": f"p{n:05d}", "revenue": float(rng.uniform(1, 9)), "margin": float(rng.uniform(1, 9)),
             "referred_by": f"p{rng.integers(0, 300):05d}" if rng.random() < 0.3 else None}
            for n in range(300)
        ]  # fmt: skip
        link = _measured(Company(bench, rows))["value.rank_correlation", None]
        false += not link.low < 0 < link.high
    assert false <= 3


def test_money_is_in_the_currency_of_the_settings_and_says_what_it_assumes(bench: Bench):
    found = _measured(Company(bench, _people(3)), settings=Settings(currency="CHF"))
    assert found["value.lifetime", None].unit == "CHF"
    assert "5 years at 10%" in found["value.lifetime", None].note
    assert "type one" in found["value.referral", None].note
    assert found["value.referral", None].low > 0


def test_a_count_of_referrals_will_do_but_is_no_money(bench: Bench):
    rng = np.random.default_rng(4)
    rows = [
        {
            "person": f"p{n}",
            "revenue": float(rng.uniform(1, 9)),
            "more": {"Number of Referrals": str(rng.integers(0, 9))},
        }
        for n in range(100)
    ]
    found = _measured(Company(bench, rows))
    assert found["value.referred", None].note == "as the column says"
    assert ("value.referral", None) not in found
    assert "no dates" in found["value.overlap_top_decile", None].note


def test_leavers_of_a_single_day_say_nothing_of_how_long_customers_stay(bench: Bench):
    rows = [{**row, "left_at": row["left_at"] and day(30)} for row in _people(7)]
    found = _measured(Company(bench, rows))
    assert ("value.lifetime", None) not in found
    assert "too hurried" in found["value.overlap_top_decile", None].note
    assert found["value.lost_by_revenue", None].value > 0.9


def test_figures_do_not_depend_on_pseudonyms_or_on_the_order_of_rows(bench: Bench):
    rows = _people(8)

    def other(name):
        return name and f"x{7919 * int(name[1:]) % 100_003}"

    moved = [
        {**row, "person": other(row["person"]), "referred_by": other(row["referred_by"])}
        for row in reversed(rows)
    ]
    assert _measured(Company(bench, rows)) == _measured(Company(bench, moved))


def test_without_referrals_or_amounts_there_is_nothing_to_rank(bench: Bench):
    rows = _people(5)
    assert _measured(Company(bench, [{**row, "referred_by": None} for row in rows])) == {}
    assert _measured(Company(bench, [{**row, "revenue": None, "margin": None} for row in rows])) == {}
    assert _measured(Company(bench, rows[:20])) == {}


def test_what_was_meant_is_told_from_what_was_done(bench: Bench):
    rows = _people(6)
    said = [{"person": row["person"], "nps": 10 if place % 2 else 3} for place, row in enumerate(rows)]
    found = _measured(Company(bench, rows, said=said))
    assert found["value.intended", None].value == pytest.approx(0.5, abs=0.05)
    assert found["value.made", None].value < 0.2
    assert found["value.made", None].basis == "asked"


def test_the_shipped_example_has_few_great_payers_among_its_recommenders():
    truth = {row["name"]: row for row in json.loads((ROOT / "examples" / "truth.json").read_text("utf-8"))}
    with pv.Voice(None) as voice:
        voice.collect(f"customers:{ROOT / 'examples' / 'customers.csv'}")
        found = {m.name: m for m in voice.measure("value") if not m.where}
        split = voice.measure("value", by="product")
    lost = found["value.lost_by_revenue"]
    assert lost.low <= truth["value.lost_by_revenue"]["value"] <= lost.high
    spenders = found["value.from_spenders"]
    assert spenders.low <= truth["value.from_spenders"]["value"] <= spenders.high
    # those who left are not worth keeping any more
    assert (
        0.9 * truth["value.referred"]["value"]
        < found["value.referred"].value
        <= truth["value.referred"]["value"]
    )
    assert {m.where["product"] for m in split} == {"fibre", "télé"}


@pytest.mark.data
def test_the_ibm_sample_is_ranked_by_its_count_of_referrals(data):
    with pv.Voice(None) as voice:
        voice.collect(f"customers:{data / 'care' / 'telco_ibm_joined.csv.gz'}")
        found = {(m.name, m.where.get("corner")): m for m in voice.measure("value")}
    assert found["value.rank_correlation", None].n == 7043 - 1869
    assert found["value.rank_correlation", None].low > 0.2
    assert (
        sum(
            found["value.corner", corner].value
            for corner in ("Champions", "Affluents", "Advocates", "Misers")
        )
        == 5174
    )
