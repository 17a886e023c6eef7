"""Answered is not solved: the vectors of measures.md §3.5 and §4, and what may not be counted as a success."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portevoix.errors import WrongUse
from portevoix.measure.answers import answers, measured
from portevoix.measure.contacts import from_words
from portevoix.measure.linking import DAY, LEAST, gaps, linked, window_of, windows
from portevoix.measure.result import measures_of
from portevoix.measure.survival import kaplan_meier, median, restricted_mean
from portevoix.measure.tickets import from_log
from tests.measure.care import found, hours, tables, talk
from tests.measure.conftest import Bench

HOUR = 3600
CARE = [
    *((("c1", "line_down"), hour, minutes) for hour, minutes in zip((0, 24, 47, 72, 97, 120, 144), (4, 6, 5, 9, 3, 7, 5), strict=True)),
    (("c2", "bill"), 0, 30), (("c3", "bill"), 10, 120), (("c3", "line_down"), 30, 15), (("c4", "bill"), 5, 45),
    (("c4", "bill"), 300, 20), (("c5", "line_down"), 700, 10),
]  # fmt: skip
"""The thirteen contacts of §4.2: who and what, the hour, the minutes until the answer."""
KM = ([1, 2, 2, 3, 5, 7, 7, 8, 10, 14], [1, 1, 1, 1, 1, 1, 0, 0, 1, 0])


def _care(bench: Bench):
    rows, themes = [], []
    for place, ((person, theme), hour, minutes) in enumerate(CARE):
        closed = "open" if place == 10 else "resolved"
        more, said = talk(person, theme, [hour], [minutes], status=closed)
        for row in more:
            row["id"] = row["id"].replace(f"{theme}-0", f"{theme}-{place}")
            if "in_reply_to" in row:
                row["in_reply_to"] = row["in_reply_to"].replace(f"{theme}-0", f"{theme}-{place}")
        rows += more
        themes += [(name.replace(f"{theme}-0", f"{theme}-{place}"), about) for name, about in said]
    rows.append({"id": "src/end", "author": "agent", "person": "nobody", "said_at": hours(720)})
    return tables(bench, verbatims=rows, themes=themes)


def test_km_1_the_curve_its_median_and_its_restricted_mean():
    curve = kaplan_meier(*KM)
    left = dict(zip(curve.times.tolist(), curve.left.tolist(), strict=True))
    expected = {1: 0.9, 2: 0.7, 3: 0.6, 5: 0.5, 7: 0.4, 8: 0.4, 10: 0.2, 14: 0.2}
    assert {time: left[time] for time in expected} == pytest.approx(expected)
    assert median(curve).value == 5.0
    assert restricted_mean(curve, 14).value == pytest.approx(6.8)


def test_the_median_of_the_resolved_alone_would_be_three_days_where_the_truth_is_five():
    times = sorted(time for time, event in zip(*KM, strict=True) if event)
    assert times[len(times) // 2] == 3
    assert median(kaplan_meier(*KM)).value == 5.0


def test_a_million_weeks_of_waiting_are_no_more_than_an_engine_can_add(bench: Bench):
    """The squares of three times sixty years in seconds pass the largest whole number of an engine."""
    waits = [60 * 366 * 24.0] * 3 + [1.0] * 40
    cases = [{"person": f"p{n}", "theme": "bill", "opened_at": hours(0), "answered_at": hours(wait)}
             for n, wait in enumerate(waits)]  # fmt: skip
    first = found(answers(*tables(bench, cases=cases)))["answers.first_response"]
    assert (first["value"], first["n"]) == (HOUR, 43)


@pytest.mark.parametrize("n", [40, 200])
def test_the_interval_of_the_median_is_right_nineteen_times_in_twenty_under_censoring(n: int):
    rng = np.random.default_rng(1)
    times, watched = rng.exponential(10, (600, n)), rng.uniform(5, 40, (600, n))
    medians = [median(kaplan_meier(np.minimum(t, w), t <= w)) for t, w in zip(times, watched, strict=True)]
    truth = 10 * np.log(2)
    assert np.mean([one.low <= truth <= (one.high or np.inf) for one in medians]) > 0.93


def test_the_interval_of_the_restricted_mean_is_right_nineteen_times_in_twenty_under_censoring():
    rng = np.random.default_rng(3)
    times, watched = rng.exponential(10, (1500, 120)), rng.uniform(15, 40, (1500, 120))
    means = [
        restricted_mean(kaplan_meier(np.minimum(t, w), t <= w), 15)
        for t, w in zip(times, watched, strict=True)
    ]
    truth = 10 * (1 - np.exp(-1.5))
    assert np.mean([one.low <= truth <= one.high for one in means]) > 0.93


def test_nobody_solved_among_ten_is_no_certainty():
    one = restricted_mean(kaplan_meier([100] * 10, [0] * 10), 30)
    assert one.value == 30
    assert one.low < 25


def test_counts_stand_for_rows():
    once = kaplan_meier([1, 1, 2, 3, 3], [1, 1, 0, 1, 1])
    counted = kaplan_meier([1, 2, 3], [1, 0, 1], [2, 1, 2])
    assert median(once) == median(counted)


@pytest.mark.parametrize(
    ("window", "cases", "mature", "fcr", "contacts", "lengths"),
    [
        (24, 9, 8, 0.75, 1.444, [0] * 6 + [47, 47]),
        (48, 7, 6, 0.8333, 1.857, [0] * 5 + [144]),
        (168, 7, 6, 0.8333, 1.857, [0] * 5 + [144]),
        (720, 6, 1, 1.0, 2.167, [0]),
    ],
)
def test_care_vectors_at_four_windows(bench: Bench, window, cases, mature, fcr, contacts, lengths):
    _, verbatims, labels = _care(bench)
    tickets = from_words(verbatims, labels)
    assert tickets is not None
    told = linked(tickets, {}, default=window * HOUR).to_pyarrow().to_pylist()
    assert (len(told), sum(case["mature"] for case in told)) == (cases, mature)
    assert sum(case["contacts"] for case in told) == 13
    assert 13 / len(told) == pytest.approx(contacts, abs=1e-3)
    ended = sorted((case["last"] - case["opened"]) // HOUR for case in told if case["mature"])
    assert ended == lengths
    rows = {row["name"]: row for row in measured(tickets, {}, default=window * HOUR)}
    assert rows["answers.fcr"]["value"] == pytest.approx(fcr, abs=1e-4)
    assert rows["answers.fcr"]["n"] == mature
    assert rows["answers.recontact"]["value"] == pytest.approx(1 - fcr, abs=1e-4)


def test_the_median_first_response_of_the_thirteen_contacts_is_nine_minutes(bench: Bench):
    _, verbatims, labels = _care(bench)
    tickets = from_words(verbatims, labels)
    assert tickets is not None
    rows = tickets.rows.to_pyarrow().to_pylist()
    waits = kaplan_meier([row["answered"] - row["at"] for row in rows], [1] * len(rows))
    assert median(waits).value == 9 * 60


def test_the_agents_say_that_92_3_percent_are_resolved(bench: Bench):
    cases = [
        {"person": who, "theme": what, "opened_at": hours(hour), "answered_at": hours(hour + minutes / 60),
         "claimed_at": None if place == 10 else hours(hour + minutes / 60)}
        for place, ((who, what), hour, minutes) in enumerate(CARE)
    ]  # fmt: skip
    tickets = from_log(tables(bench, cases=cases)[0])
    assert tickets is not None
    rows = tickets.rows.to_pyarrow().to_pylist()
    assert sum(row["claimed"] is not None for row in rows) / len(rows) == pytest.approx(0.9231, abs=1e-4)


def test_first_contact_resolution_of_152_in_200_has_wilsons_interval(bench: Bench):
    cases = [{"person": f"p{place}", "theme": "bill", "opened_at": hours(0), "answered_at": hours(1),
              "contacts": 1 if place < 152 else 2, "relapses": 0 if place < 152 else 1} for place in range(200)]  # fmt: skip
    cases.append({"person": "last", "theme": "bill", "opened_at": hours(400)})
    row = found(answers(*tables(bench, cases=cases)))["answers.fcr"]
    assert (row["value"], row["n"]) == (0.76, 200)
    assert (row["low"], row["high"]) == pytest.approx((0.6963, 0.8139), abs=1e-4)


def test_a_week_of_daily_contacts_reads_answered_in_nine_minutes_solved_in_six_days_seven_relapses(
    bench: Bench,
):
    """The line drops again each evening: told in the afternoon, then seven evenings."""
    times = [8.0, *(13.5 + 24 * day for day in range(7))]
    rows, themes = [], []
    for number in range(6):
        more, said = talk(f"p{number}", "reliability", times, [9] * len(times))
        rows += more
        themes += said
    rows.append({"id": "src/end", "author": "agent", "person": "nobody", "said_at": hours(1000)})
    result = found(answers(*tables(bench, verbatims=rows, themes=themes)))
    assert result["answers.first_response"]["value"] == 9 * 60
    assert result["answers.real_resolution"]["value"] // DAY == 6
    assert result["answers.returns"]["value"] == 7
    assert result["answers.fcr"]["value"] == 0
    assert result["answers.relapse_7d"]["value"] == pytest.approx(7 / 8)


def test_a_window_is_never_under_48_hours_so_that_a_week_of_evenings_stays_one_case(bench: Bench):
    again, last = [0.0] * 46, [0.0] * 46
    again[0], last[45] = 500.0, 5000.0
    assert window_of(np.array(again), np.array(last)) == LEAST // DAY


def test_a_window_is_where_people_come_back_no_more_often_than_they_always_do():
    again = np.array([120, 110, 90, 70, 55, 40, 2] + [2] * 38 + [0.0])
    last = np.zeros(46)
    last[45] = 800
    assert window_of(again, last) == 6


def test_too_few_recontacts_choose_no_window(bench: Bench):
    assert window_of(np.ones(46) * 0.5, np.full(46, 50.0)) is None
    tickets = from_words(*_care(bench)[1:])
    assert tickets is not None
    assert windows(gaps(tickets)) == {}


def test_an_unanswered_case_is_censored_not_dropped(bench: Bench):
    cases = [{"person": f"p{place}", "theme": "bill", "opened_at": hours(0),
              "answered_at": hours(1) if place < 4 else None} for place in range(10)]  # fmt: skip
    cases.append({"person": "z", "theme": "bill", "opened_at": hours(900), "answered_at": hours(901)})
    result = found(answers(*tables(bench, cases=cases)))
    row = result["answers.first_response"]
    assert (row["value"], row["n"]) == (None, 11)
    assert "not reached" in row["note"]
    assert result["answers.fcr"]["value"] == pytest.approx(0.4)


def test_an_agents_tick_is_a_claim_and_never_a_resolution(bench: Bench):
    cases = [{"person": f"p{place}", "theme": "line", "opened_at": hours(24 * day), "claimed_at": hours(24 * day + 1)}
             for place in range(8) for day in range(5)]  # fmt: skip
    cases.append({"person": "z", "theme": "bill", "opened_at": hours(900), "claimed_at": hours(901)})
    result = found(answers(*tables(bench, cases=cases)))
    assert result["answers.claimed_resolution"]["value"] == HOUR
    assert result["answers.real_resolution"]["value"] == 97 * HOUR
    assert result["answers.relapse_7d"]["value"] == pytest.approx(4 / 5)
    assert result["answers.answered_not_solved"]["value"] == 1
    assert result["answers.claimed_gap"]["value"] == 1


def test_the_desks_own_counter_stands_apart(bench: Bench):
    cases = [{"person": f"p{place}", "theme": "bill", "opened_at": hours(0), "claimed_at": hours(2),
              "relapses": int(place == 0)} for place in range(50)]  # fmt: skip
    cases.append({"person": "z", "theme": "bill", "opened_at": hours(900)})
    result = found(answers(*tables(bench, cases=cases)))
    assert result["answers.reopened"]["basis"] == "log counter"
    assert result["answers.reopened"]["value"] == pytest.approx(1 / 51, abs=2e-3)
    assert result["answers.relapse_7d"]["value"] == 0


def test_thanks_surveys_and_bystanders_are_no_contacts(bench: Bench):
    rows, themes = talk("p", "bill", [0], [10], thread="T1")
    rows += [
        {"id": "src/thanks", "person": "p", "said_at": hours(3), "thread": "T1"},
        {"id": "src/other", "person": "q", "said_at": hours(2), "thread": "T1"},
        {"id": "src/survey", "person": "p", "said_at": hours(5), "nps": 2},
    ]
    labels = [("src/thanks", "sentiment", "positive", 0.9), ("src/survey", "theme", "bill", -1.0)]
    tickets = from_words(*tables(bench, verbatims=rows, themes=themes, labels=labels)[1:])
    assert tickets is not None
    assert tickets.rows.count().to_pyarrow().as_py() == 1


def test_people_who_are_not_known_are_never_linked(bench: Bench):
    cases = [{"theme": "bill", "opened_at": hours(hour), "claimed_at": hours(hour + 1)} for hour in range(20)]
    cases.append({"theme": "bill", "opened_at": hours(900)})
    result = found(answers(*tables(bench, cases=cases)))
    assert result["answers.fcr"]["value"] == 1
    assert "answers.relapse_7d" not in result


def test_a_chain_of_replies_is_one_conversation_and_one_that_bites_its_tail_ends(bench: Bench):
    rows = [
        {"id": f"s/{place}", "person": "p", "said_at": hours(place), "in_reply_to": str(place - 1)}
        for place in range(1, 200)
    ]
    rows += [
        {"id": f"s/x{place}", "person": "q", "said_at": hours(place), "in_reply_to": f"x{(place + 1) % 3}"}
        for place in range(3)
    ]
    tickets = from_words(*tables(bench, verbatims=rows)[1:])
    assert tickets is not None
    talks = tickets.rows.group_by("motive").aggregate(n=lambda t: t.count()).to_pyarrow().to_pylist()
    assert sorted((row["motive"], row["n"]) for row in talks) == [("s/0", 199), ("s/x0", 3)]


def test_opinions_without_a_desk_nor_a_return_say_nothing_of_answers(bench: Bench):
    rows = [{"id": f"s/{place}", "person": f"p{place}", "said_at": hours(place)} for place in range(40)]
    table = answers(*tables(bench, verbatims=rows, themes=[(row["id"], "bill") for row in rows]))
    assert table.num_rows == 0
    assert "theme" in table.column_names


def test_no_dates_no_answers(bench: Bench):
    assert answers(*tables(bench, cases=[{"person": "p", "theme": "bill"}] * 9)).num_rows == 0
    assert answers(*tables(bench)).num_rows == 0


def test_answers_are_split_by_a_column_and_by_theme(bench: Bench):
    cases = [{"person": f"p{place}", "theme": "bill" if place % 2 else "line", "city": "Pau" if place < 20 else None,
              "opened_at": hours(place), "answered_at": hours(place + 1)} for place in range(60)]  # fmt: skip
    cases.append({"person": "z", "theme": "bill", "opened_at": hours(900)})
    loaded = tables(bench, cases=cases, extra=["city"])
    table = answers(*loaded, by=("city",))
    assert found(table, city="Pau")["answers.first_response"]["n"] == 20
    assert found(table, city="unknown")["answers.first_response"]["n"] == 41
    assert found(answers(*loaded, by=("theme",)), theme="line")["answers.fcr"]["n"] == 30


def test_a_split_by_a_results_own_column_is_refused(bench: Bench):
    loaded = tables(bench, cases=[{"person": "p", "opened_at": hours(0)}])
    with pytest.raises(WrongUse, match="own column"):
        answers(*loaded, by=("n",))


def test_under_five_people_nothing_is_said(bench: Bench):
    cases = [{"person": f"p{place % 4}", "theme": "bill", "opened_at": hours(place)} for place in range(40)]
    cases.append({"person": "p0", "theme": "bill", "opened_at": hours(2000)})
    (only,) = measures_of(answers(*tables(bench, cases=cases)))
    assert (only.value, only.note) == (None, "fewer than 5")


few = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
cases_ = st.lists(
    st.builds(
        lambda person, theme, at, answer, claim: {
            "person": person, "theme": theme, "opened_at": hours(at),
            "answered_at": None if answer is None else hours(at + answer),
            "claimed_at": None if claim is None else hours(at + claim),
        },
        st.sampled_from("abcdefghij"), st.sampled_from(["bill", "line"]), st.integers(0, 900),
        st.none() | st.integers(0, 90), st.none() | st.integers(0, 200),
    ),
    min_size=5, max_size=25,
)  # fmt: skip


@few
@given(cases_, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(bench: Bench, rows, rng):
    named = [{**row, "id": f"log/{place}"} for place, row in enumerate(rows)]
    one = answers(*tables(bench, cases=named)).to_pylist()
    other = answers(*tables(bench, cases=rng.sample(named, len(named)))).to_pylist()
    assert sorted(map(repr, one)) == sorted(map(repr, other))


@few
@given(cases_)
def test_shares_are_shares_and_values_lie_in_their_intervals(bench: Bench, rows):
    for row in answers(*tables(bench, cases=rows)).to_pylist():
        if row["unit"] == "share" and row["name"] != "answers.claimed_gap":
            assert 0 <= row["low"] <= row["value"] + 1e-12
            assert row["value"] <= row["high"] + 1e-12 <= 1 + 1e-9
        if row["value"] is not None and row["low"] is not None:
            assert row["low"] <= row["value"] + 1e-9
        if row["unit"] == "seconds" and row["value"] is not None:
            assert row["value"] >= 0


@few
@given(cases_)
def test_an_immature_case_never_raises_a_success_rate(bench: Bench, rows):
    """A case of the last minute, answered and claimed at once: nothing is known of it yet."""
    last = max(row["opened_at"] for row in rows)
    fresh = {"person": "new", "theme": "bill", "opened_at": last, "answered_at": last, "claimed_at": last}
    before = found(answers(*tables(bench, cases=rows)))
    after = found(answers(*tables(bench, cases=[*rows, fresh])))
    known = any(row["answered_at"] or row["claimed_at"] for row in rows)
    if known and "answers.fcr" in before:
        assert after["answers.fcr"]["value"] <= before["answers.fcr"]["value"]
        assert after["answers.fcr"]["n"] == before["answers.fcr"]["n"]
