"""churn: causes at equal other causes, on tables whose truth is planted, on the shipped example and on real columns."""

import json
import re
from datetime import timedelta

import numpy as np
import pytest

import portevoix as pv
from portevoix.errors import TooFew, WrongUse
from portevoix.measure.causes import before_leaving, chances, of_cases, of_words
from portevoix.measure.churn import churn
from portevoix.measure.columns import Texts, column
from portevoix.measure.leakage import area, refusal
from portevoix.measure.result import measures_of
from portevoix.measure.revenue import scored
from portevoix.nouns import Measure
from tests.conftest import ROOT
from tests.measure.company import Company, day, leavers
from tests.measure.conftest import Bench


def _measured(company: Company, **options) -> dict[tuple[str, str | None], Measure]:
    table = churn(company.customers, company.cases, company.verbatims, company.labels, **options)
    return {(measure.name, measure.where.get("cause")): measure for measure in measures_of(table)}


def test_both_causes_are_found_and_the_slogan_is_half_true(bench: Bench):
    found = _measured(Company(bench, *leavers(12, n=3000, small=0.12, network=0.15)))
    unanswered, network = found["churn.adjusted", "unanswered"], found["churn.adjusted", "network"]
    assert unanswered.low < 0.12 < unanswered.high
    assert network.low < 0.15 < network.high
    assert unanswered.note == "the slogan is half true: unanswered problems count, and so does the network"
    assert found["churn.crude", "unanswered"].value > unanswered.value
    assert found["churn.crude", "network"].note == "network: poor"
    assert 0 < found["churn.attributable", "unanswered"].low < found["churn.attributable", "network"].high < 1


def test_the_network_alone_makes_the_slogan_wrong(bench: Bench):
    """Unanswered problems go with a bad network: raw, they look guilty; at equal network, nothing is left."""
    found = _measured(Company(bench, *leavers(2, n=4000, network=0.3)))
    assert found["churn.crude", "unanswered"].low > 0
    adjusted = found["churn.adjusted", "unanswered"]
    assert adjusted.low < 0 < adjusted.high
    assert adjusted.note == "the slogan is wrong: the network counts, unanswered problems are not shown to"


def test_small_problems_alone_make_it_true(bench: Bench):
    found = _measured(Company(bench, *leavers(3, n=4000, small=0.3)))
    assert found["churn.adjusted", "unanswered"].note.startswith("the slogan is true here")
    assert found["churn.adjusted", "network"].note == "within noise"


def test_without_a_link_it_is_not_shown(bench: Bench):
    found = _measured(Company(bench, *leavers(4)))
    assert found["churn.adjusted", "unanswered"].note == "not shown"


def test_a_problem_after_leaving_or_not_yet_48_hours_old_is_no_cause(bench: Bench):
    customers = [
        {"person": f"p{n:03d}", "left_at": day(20) if n < 40 else None, "more": {"segment": "ab"[n % 2]}}
        for n in range(160)
    ]
    after = [{"person": f"p{n:03d}", "opened_at": day(25)} for n in range(40)]
    young = [{"person": f"p{n:03d}", "opened_at": day(19)} for n in range(40)]
    waiting = [{"person": f"p{n:03d}", "opened_at": day(3)} for n in range(60, 100)]
    answered = [
        {"person": f"p{n:03d}", "opened_at": day(3), "answered_at": day(3.1)} for n in range(100, 120)
    ]
    found = _measured(Company(bench, customers, after + young + waiting + answered))
    crude = found["churn.crude", "unanswered"]
    assert crude.value == pytest.approx(0 - 40 / 120)
    assert found["churn.adjusted", "unanswered"].n == 160


def test_those_who_left_before_anybody_had_a_cause_are_out_of_the_comparison():
    had = np.array([5.0, 15.0, np.nan, np.nan, np.nan])
    left = np.array([np.nan, 20.0, 4.0, 10.0, np.nan])
    cause = before_leaving(had, left, 30.0)
    assert cause.tolist() == [1, 1, 0, 0, 0]
    assert chances(had, cause, left).tolist() == pytest.approx([1, 1, 0, 0.25 / 0.625, 1])


def test_early_leavers_without_time_to_be_let_down_do_not_make_a_cause_look_kind():
    """Nothing does anything here; but who leaves early can't have had a problem, so a naive count blames the answered."""
    naive, fair = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = 6000
        left = np.where(rng.random(n) < 0.15, rng.uniform(0, 60, n), np.nan)
        had = np.where(rng.random(n) < 0.2, rng.uniform(0, 60, n), np.nan)
        has = before_leaving(had, left, 60.0)
        gone = (~np.isnan(left)).astype(float)
        weights = chances(had, has, left)
        naive.append(np.average(gone, weights=has) - np.average(gone, weights=1 - has))
        fair.append(np.average(gone, weights=has * weights) - np.average(gone, weights=(1 - has) * weights))
    assert np.mean(naive) < -0.06
    assert abs(np.mean(fair)) < 0.012


def test_a_column_that_all_but_decides_the_outcome_is_refused_and_named(bench: Bench):
    customers, cases = leavers(5, small=0.1)
    rng = np.random.default_rng(0)
    for row in customers:
        gone = row["left_at"] is not None
        row["more"] |= {
            "mood": str(rng.choice(["1", "2"]) if gone else rng.choice(["3", "4", "5"])),
            "risk": f"{(80 if gone else 30) + rng.normal() * 5:.2f}",
            "Churn Reason": "price" if gone else "",
            "plan": str(rng.choice(["a", "b"])),
        }
    found = _measured(Company(bench, customers, cases))
    refused = {cause: measure.note for (name, cause), measure in found.items() if name == "churn.refused"}
    assert set(refused) == {"mood", "risk", "Churn Reason"}
    assert "all but decides the outcome" in refused["mood"]
    assert "made from the outcome" in refused["Churn Reason"]
    assert ("churn.adjusted", "plan") in found
    assert ("churn.adjusted", "mood") not in found


def test_chance_never_makes_a_leaking_column():
    rng = np.random.default_rng(3)
    outcome = (rng.random(200) < 0.1).astype(float)
    for size in (2, 8, 60):
        drawn = column("plan", Texts(rng.integers(0, size, 200), tuple(sorted(map(str, range(size))))))
        assert refusal(drawn, outcome) is None
    assert area(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0, 1.0])) == pytest.approx(0.875)


def test_who_left_may_be_said_by_a_column(bench: Bench):
    customers, cases = leavers(6, small=0.2)
    for row in customers:
        row["more"] |= {"Churn": "Yes" if row["left_at"] else "No"}
        row["left_at"] = None
    found = _measured(Company(bench, customers, cases))
    assert found["churn.refused", "Churn"].note == "its name says that it was made from the outcome"
    assert found["churn.adjusted", "unanswered"].low > 0


def test_too_few_leavers_say_nothing_and_the_sentence_says_what_is_missing(bench: Bench):
    customers, cases = leavers(7, n=60, base=0.05)
    assert _measured(Company(bench, customers, cases)) == {}
    with pv.Voice(None) as voice:
        voice.collect(f"cases:{ROOT / 'examples' / 'cases.csv'}")
        with pytest.raises(TooFew, match="ten or more have left"):
            voice.measure("churn")


def test_unread_words_are_said_to_be_unread(bench: Bench):
    customers, cases = leavers(8)
    said = [{"person": "p00001", "said_at": day(2)}]
    found = _measured(Company(bench, customers, cases, said))
    assert found["churn.adjusted", "words"].note == "fewer than 5"
    assert found["churn.adjusted", "words"].basis == "words"


def test_what_the_engine_is_asked_is_the_same_on_every_engine(bench: Bench):
    company = Company(bench, [])
    asked = [
        of_cases(company.cases),
        of_words(company.verbatims, company.labels),
        scored(company.verbatims, company.customers),
    ]
    for sql in (re.sub(r"'[^']*'|\"[^\"]*\"", "", bench.con.compile(expression)) for expression in asked):
        assert re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d+[eE][+-]?\d+|/\s*\d", sql) == []
        assert not re.search(r"MEDIAN|QUANTILE|MODE\(|CORR\(|ROW_NUMBER", sql)


def test_complaints_of_the_price_are_read_in_the_words(bench: Bench):
    customers, cases = leavers(9, n=600)
    said = [
        {"id": f"v{n}", "person": f"p{n:05d}", "said_at": day(1) + timedelta(minutes=n)} for n in range(100)
    ]
    labels = [(f"v{n}", "theme", "price", -1.0) for n in range(60)] + [
        (f"v{n}", "lang", "fr", None) for n in range(100)
    ]
    found = _measured(Company(bench, customers, cases, said, labels))
    assert found["churn.crude", "price"].basis == "words"
    assert found["churn.crude", "price"].n == 600


def test_without_a_helpdesk_threads_say_who_was_not_answered(bench: Bench):
    customers, _ = leavers(12, n=600)
    said, labels = [], []
    for number in range(120):
        thread = {"thread": f"t{number}", "person": f"p{number:05d}"}
        said.append({"id": f"v{number}", **thread, "said_at": day(1)})
        labels += [(f"v{number}", "lang", "fr", None), (f"v{number}", "theme", "billing", -1.0)]
        if number < 40:
            said.append({"id": f"a{number}", **thread, "author": "agent", "said_at": day(1.2)})
        elif number < 60:
            said.append(
                {"id": f"a{number}", "author": "agent", "in_reply_to": f"v{number}", "said_at": day(5)}
            )
    said += [{"id": f"r{n}", "person": f"p{n:05d}", "said_at": day(2)} for n in range(200, 300)]
    labels += [(f"r{n}", "theme", "billing", -1.0) for n in range(200, 300)]  # reviews wait for no answer
    crude = _measured(Company(bench, customers, [], said, labels))["churn.crude", "unanswered"]
    gone = [row["left_at"] is not None for row in customers]
    waiting = gone[40:120]
    assert crude.basis == "words"
    assert crude.value == pytest.approx(sum(waiting) / 80 - (sum(gone) - sum(waiting)) / 520)
    quiet = [row for row in said if row.get("author") != "agent"]
    assert ("churn.crude", "unanswered") not in _measured(Company(bench, customers, [], quiet, labels))


def test_a_split_gives_each_group_its_own_figures_and_amounts_are_no_split(bench: Bench):
    customers, cases = leavers(10, n=3000, small=0.2)
    for row in customers:
        row["region"] = "north" if int(row["person"][1:]) % 3 else "south"
    company = Company(bench, customers, cases, by=["region"])
    table = churn(company.customers, company.cases, company.verbatims, company.labels, by=["region"])
    rates = [measure for measure in measures_of(table) if measure.name == "churn.rate"]
    assert [measure.where["region"] for measure in rates] == ["north", "south"]
    assert [measure.n for measure in rates] == [2000, 1000]
    with pytest.raises(WrongUse, match="left_at"):
        churn(company.customers, company.cases, company.verbatims, company.labels, by=["left_at"])


def test_figures_do_not_depend_on_pseudonyms_or_on_the_order_of_rows(bench: Bench):
    customers, cases = leavers(11, small=0.1)
    other = [{**row, "person": f"x{7919 * int(row['person'][1:]) % 100_003}"} for row in reversed(customers)]
    moved = [{**row, "person": f"x{7919 * int(row['person'][1:]) % 100_003}"} for row in reversed(cases)]
    assert _measured(Company(bench, customers, cases)) == _measured(Company(bench, other, moved))


def test_the_shipped_example_tells_what_was_planted():
    truth = json.loads((ROOT / "examples" / "truth.json").read_text("utf-8"))
    planted = {row["where"]["cause"]: row["value"] for row in truth if row["name"] == "churn.adjusted"}
    plain = {row["where"]["cause"]: row["value"] for row in truth if row["name"] == "churn.difference"}
    with pv.Voice(None) as voice:
        voice.collect(
            f"customers:{ROOT / 'examples' / 'customers.csv'}", f"cases:{ROOT / 'examples' / 'cases.csv'}"
        )
        found = {(m.name, m.where.get("cause")): m for m in voice.measure("churn")}
        with pytest.raises(WrongUse, match="revenue"):
            voice.measure("churn", by="revenue")
    for cause, value in planted.items():
        adjusted = found["churn.adjusted", cause]
        assert adjusted.low <= value <= adjusted.high
        assert found["churn.crude", cause].value == pytest.approx(plain[cause], abs=0.005)
    assert "half true" in found["churn.adjusted", "unanswered"].note


@pytest.mark.data
def test_satisfaction_leaks_in_the_ibm_sample_and_is_refused(data):
    with pv.Voice(None) as voice:
        voice.collect(f"customers:{data / 'care' / 'telco_ibm_joined.csv.gz'}")
        found = {(m.name, m.where.get("cause")): m for m in voice.measure("churn")}
    refused = {cause for name, cause in found if name == "churn.refused"}
    assert {"Satisfaction Score", "Churn Reason", "Churn Score", "Churn Label", "Customer Status"} <= refused
    assert "all but decides" in found["churn.refused", "Satisfaction Score"].note
    assert found["churn.rate", None].value == pytest.approx(1869 / 7043)
    contract = found["churn.adjusted", "Contract"]
    assert 0.1 < contract.low < contract.high < found["churn.crude", "Contract"].value
    twice = found["churn.adjusted", "Referred a Friend"]
    assert twice.value is None  # only the married are asked to: the others have no like among those who did


def test_a_cause_with_its_days_has_curves_and_every_cause_says_how_many_have_likes(bench: Bench):
    found = _measured(Company(bench, *leavers(12, n=3000, small=0.12, network=0.15)))
    with_, without = (found[f"churn.leaving_{side}", "unanswered"] for side in ("with", "without"))
    assert with_.low > without.high
    assert found["churn.hazard_ratio", "unanswered"].low > 1
    assert ("churn.hazard_ratio", "network") not in found  # a column of the customers has no day
    assert found["churn.overlap", "unanswered"].value > 0.9
    strength = found["churn.e_value", "unanswered"]
    assert 1 < strength.low < strength.value


def test_those_without_a_like_are_left_out_and_a_cause_of_strangers_is_not_told(bench: Bench):
    customers, cases = leavers(13, n=1500)
    rng = np.random.default_rng(1)
    for row in customers:
        region = str(rng.choice(["north", "south", "east"], p=[0.35, 0.35, 0.3]))
        club = region == "north" if region != "east" else bool(rng.random() < 0.5)
        row["more"] |= {"region": region, "club": "yes" if club else "no"}
    found = _measured(Company(bench, customers, cases))
    assert found["churn.adjusted", "club"].value is None
    assert found["churn.adjusted", "club"].note.startswith("not told: too few")
    assert found["churn.overlap", "club"].value < 0.4
    assert ("churn.attributable", "club") not in found


def test_what_was_settled_before_betrays_a_hidden_difference(bench: Bench):
    customers, cases = leavers(14, n=2000)
    rng = np.random.default_rng(2)
    for row in customers:
        careful = rng.random() < 0.5
        row["more"] |= {"plan": "a" if rng.random() < (0.8 if careful else 0.2) else "b"}
        row["more"] |= {"paper": "yes" if rng.random() < 0.5 else "no"}
        row["referred_by"] = "p00000" if careful and rng.random() < 0.5 else None
    found = _measured(Company(bench, customers, cases))
    assert "settled before" in found["churn.placebo", "plan"].note
    assert found["churn.placebo", "paper"].note is None


def test_a_column_of_numbers_is_a_cause_by_its_riskiest_fifth(bench: Bench):
    customers, cases = leavers(15, n=3000)
    rng = np.random.default_rng(3)
    for row in customers:
        bill = float(rng.uniform(20, 120))
        if bill > 100 and row["left_at"] is None and rng.random() < 0.25:
            row["left_at"] = day(50)
        row["more"] |= {"monthly bill": f"{bill:.2f}", "noise": f"{rng.normal():.3f}"}
    found = _measured(Company(bench, customers, cases))
    adjusted = found["churn.adjusted", "monthly bill"]
    assert adjusted.low <= 0.23 <= adjusted.high
    assert adjusted.note is None
    assert found["churn.crude", "monthly bill"].note.startswith("monthly bill: from 9")
    assert found["churn.adjusted", "noise"].note == "within noise"
