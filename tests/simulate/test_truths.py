"""The planted truths, counted again in the files with plain Python."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median

import pytest

END = datetime.fromisoformat("2026-11-21T00:00:00+01:00")


def customers_of(run):
    return [row for row in run.verbatims if row["author"] == "customer"]


def mean(values, scale=1.0):
    values = list(values)
    return scale * sum(values) / len(values)


def sign(score, high, low):
    return (int(score) >= high) - (int(score) <= low)


@pytest.mark.parametrize("product", ["", "fibre", "télé"])
def test_scores_are_those_of_the_survey_rows(run, product):
    rows = [row for row in customers_of(run) if product in ("", row["product"])]
    where = {"product": product} if product else {}
    nps = [sign(row["nps"], 9, 6) for row in rows if row["nps"]]
    items = ("needs_met", "easy", "enjoyable")
    index = [sum(sign(row[item], 4, 2) for item in items) / 3 for row in rows if row["easy"]]
    expected = {
        "nps": (mean(nps, 100), len(nps)),
        "experience": (mean(index, 100), len(index)),
        "csat": (mean(int(row["csat"]) >= 4 for row in rows if row["csat"]), None),
        "ces": (mean(int(row["ces"]) >= 5 for row in rows if row["ces"]), None),
    }
    for name, (value, n) in expected.items():
        (truth,) = run.truth("score", name, **where)
        assert truth["value"] == pytest.approx(value, abs=1e-6)
        assert n in (None, truth["n"])


def test_fibre_customers_suffer_and_television_customers_are_content(run):
    (fibre,), (tele,) = (run.truth("score", "experience", product=product) for product in ("fibre", "télé"))
    assert tele["value"] > fibre["value"] + 30


def test_the_outage_fills_one_day_in_one_town(run):
    (truth,) = run.truth("outage", "volume", city="Dijon", theme="reliability")
    days = Counter(row["said_at"][:10] for row in customers_of(run) if row["city"] == "Dijon")
    usual = median(n for day, n in days.items() if day != "2026-11-10")
    assert days["2026-11-10"] == pytest.approx(truth["value"] + usual, abs=8)
    assert days["2026-11-10"] > 3 * usual


def test_the_billing_error_begins_on_its_day_and_doubles(run):
    days = Counter(
        row["said_at"][:10]
        for row in customers_of(run)
        if "rénité" in row["text"].lower() or "renite" in row["text"]
    )
    assert min(days) >= "2026-11-07"
    first = sum(n for day, n in days.items() if day < "2026-11-14")
    second = sum(days.values()) - first
    assert second > 2 * first
    weeks = [truth["value"] for truth in run.truth("growing_error", "volume", theme="billing")]
    assert weeks[1] > 2 * weeks[0]
    before, now = (truth["value"] for truth in run.truth("growing_error", "themes.negative", theme="billing"))
    assert now > 3 * before


def test_complaints_about_the_app_fall_with_the_fix(run):
    rows = [
        row for row in customers_of(run) if "appli" in row["text"].lower() and row["said_at"] >= "2026-10-25"
    ]
    days = Counter(row["said_at"][:10] for row in rows)
    before = mean(days[f"2026-11-{day:02d}"] for day in range(1, 12))
    after = mean(days[f"2026-11-{day:02d}"] for day in range(13, 21))
    assert after < before / 2
    past, now = (truth["value"] for truth in run.truth("fix", "themes.negative", theme="digital"))
    assert now < past / 3


def test_the_line_drops_three_evenings_in_one_town_and_no_case_is_solved(run):
    where = {"city": "Rennes", "theme": "reliability"}
    days = [truth["value"] for truth in run.truth("relapse", "volume", **where)]
    late = Counter(
        row["said_at"][:10]
        for row in customers_of(run)
        if row["city"] == "Rennes" and row["product"] == "fibre" and row["said_at"][11:13] >= "20"
    )
    counted = [late[day] for day in ("2026-11-18", "2026-11-19", "2026-11-20")]
    assert all(planted <= found <= planted + 4 for planted, found in zip(days, counted, strict=True))
    assert max(n for day, n in late.items() if day < "2026-11-18") < min(counted)

    towns = {row["person"]: row["city"] for row in run.customers}
    dropped = [
        row
        for row in run.cases
        if row["theme"] == "reliability"
        and towns[row["person"]] == "Rennes"
        and row["opened_at"] >= "2026-11-18T20"
        and row["opened_at"][11:13] >= "20"
    ]
    (relapsed,) = run.truth("relapse", "cases.relapsed", **where)
    assert abs(len(dropped) - relapsed["n"]) <= 2
    assert sum(not row["solved_at"] for row in dropped) >= relapsed["n"]
    assert run.truth("relapse", "cases.solved", **where)[0]["value"] == 0
    assert run.truth("relapse", "cases.answered", **where)[0]["value"] < 15 * 60


def hours(row, name):
    return (datetime.fromisoformat(row[name]) - datetime.fromisoformat(row["opened_at"])).total_seconds()


def test_one_centre_claims_sooner_and_is_right_less_often(run):
    found = {}
    for provider in ("Tilleul", "Ardoise"):
        claimed = [row for row in run.cases if row["provider"] == provider and row["claimed_at"]]
        old = [row for row in claimed if datetime.fromisoformat(row["claimed_at"]) <= END - timedelta(days=7)]
        found[provider] = {
            "cases.claimed": median(hours(row, "claimed_at") for row in claimed),
            "cases.solved": median(hours(row, "solved_at") for row in claimed if row["solved_at"]),
            "cases.solved_when_claimed": mean(row["claimed_at"] == row["solved_at"] for row in old),
            "cases.relapsed": mean(int(row["relapses"]) > 0 for row in old),
        }
        for name, value in found[provider].items():
            (truth,) = run.truth("provider", name, provider=provider)
            assert truth["value"] == pytest.approx(value, abs=1e-6), name
    solver, closer = found["Tilleul"], found["Ardoise"]
    assert closer["cases.claimed"] < solver["cases.claimed"] / 2
    assert closer["cases.solved"] > solver["cases.solved"]
    assert closer["cases.relapsed"] > 2 * solver["cases.relapsed"]


def rate(rows):
    return mean(bool(row["left_at"]) for row in rows)


def test_both_causes_of_leaving_are_found_at_their_planted_size(run):
    long_ago = (END - timedelta(days=7)).isoformat()
    ignored = {row["person"] for row in run.cases if not row["answered_at"] and row["opened_at"] < long_ago}
    sides = {
        "unanswered": lambda row: row["person"] in ignored,
        "network": lambda row: row["network"] == "mauvaise",
    }

    def gap(rows, cause):
        return rate([row for row in rows if cause(row)]) - rate([row for row in rows if not cause(row)])

    for name, planted in (("unanswered", 0.09), ("network", 0.11)):
        cause, other = sides[name], sides["network" if name == "unanswered" else "unanswered"]
        plain = gap(run.customers, cause)
        strata = [[row for row in run.customers if other(row) is side] for side in (True, False)]
        equal = sum(gap(stratum, cause) * len(stratum) for stratum in strata) / len(run.customers)
        assert run.truth("churn", "churn.difference", cause=name)[0]["value"] == pytest.approx(
            plain, abs=1e-6
        )
        assert run.truth("churn", "churn.adjusted", cause=name)[0]["value"] == pytest.approx(equal, abs=1e-6)
        assert equal == pytest.approx(planted, abs=0.01)
        assert plain > equal


def test_nobody_leaves_before_their_problem_was_left_unanswered(run):
    left = {row["person"]: row["left_at"] for row in run.customers if row["left_at"]}
    ignored = [row for row in run.cases if not row["answered_at"] and row["person"] in left]
    assert ignored
    assert all(row["opened_at"][:10] < left[row["person"]] for row in ignored)


def test_the_best_recommenders_are_not_the_best_spenders(run):
    since = {row["person"]: row["since"] for row in run.customers}
    brought = Counter(row["referred_by"] for row in run.customers if row["referred_by"])
    assert all(since[row["referred_by"]] < row["since"] for row in run.customers if row["referred_by"])
    tenth = len(run.customers) // 10
    spenders = {
        row["person"] for row in sorted(run.customers, key=lambda row: -float(row["revenue"]))[:tenth]
    }
    best = {person for person, _ in brought.most_common(tenth)}
    assert len(best & spenders) / tenth < 0.1
    (truth,) = run.truth("referral", "value.from_spenders")
    assert truth["value"] == pytest.approx(sum(brought[one] for one in spenders) / brought.total(), abs=1e-6)


def test_shares_of_a_theme_are_shares_of_the_messages_with_words(run):
    texts = [row for row in customers_of(run) if row["text"]]
    shares = [truth for truth in run.truths if truth["kind"] == "theme" and truth["since"] == "2026-10-07"]
    assert len({truth["where"]["theme"] for truth in shares}) == 15
    assert 0.98 * len(texts) <= shares[0]["n"] <= len(texts)
    by_theme = {}
    for truth in shares:
        by_theme.setdefault(truth["where"]["theme"], {})[truth["name"]] = truth["value"]
    for parts in by_theme.values():
        assert max(parts["themes.negative"], parts["themes.positive"]) <= parts["themes.share"]
