"""Customers go to the web before they pick up the phone: what follows what."""

import pytest

from portevoix.measure.journeys import journeys, way
from portevoix.measure.result import measures_of
from tests.measure.care import found, hours, tables, talk
from tests.measure.conftest import Bench


def _case(person: str, theme: str, hour: float, channel: str | None) -> dict:
    return {"person": person, "theme": theme, "opened_at": hours(hour), "channel": channel}


@pytest.mark.parametrize(
    ("channel", "expected"),
    [("Téléphone", "phone"), ("PHONE_CALL", "phone"), ("Appel entrant", "phone"), ("tchat", "online"),
     ("espace client", "online"), ("Mobile App", "online"), ("phone app", "online"), ("e-mail", "online"), ("Self service", "online"),
     ("boutique", None), ("courrier", None), ("???", None)],
)  # fmt: skip
def test_what_a_channel_is(channel: str, expected: str | None):
    assert way(channel) == expected


def _month(bench: Bench):
    """40 calls about bills, 10 of them after the site; 20 about the line, 15 after the chat; from day 20 on."""
    cases = [_case("first", "bill", 0, "site web")]
    for place in range(40):
        if place < 10:
            cases.append(_case(f"b{place}", "bill", 480 + place, "site web"))
        cases.append(_case(f"b{place}", "bill", 500 + place, "téléphone"))
    for place in range(20):
        if place < 15:
            cases.append(_case(f"l{place}", "line", 480 + place, "tchat"))
        cases.append(_case(f"l{place}", "line", 520 + place, "téléphone"))
    return tables(bench, cases=cases)


def test_the_calls_that_the_web_should_have_spared_overall_and_by_theme(bench: Bench):
    table = journeys(*_month(bench))
    overall = {
        row["name"]: row for row in table.to_pylist() if row["theme"] is None and row["channel"] is None
    }
    assert overall["journeys.spared_calls"]["value"] == pytest.approx(25 / 60)
    assert overall["journeys.spared_count"]["value"] == pytest.approx(25)
    assert overall["journeys.spared_count"]["low"] < 25 < overall["journeys.spared_count"]["high"]
    assert found(table, theme="bill")["journeys.spared_calls"]["value"] == pytest.approx(0.25)
    assert found(table, theme="line")["journeys.spared_calls"]["value"] == pytest.approx(0.75)


def test_where_people_go_next(bench: Bench):
    rows = [row for row in journeys(*_month(bench)).to_pylist() if row["name"] == "journeys.next"]
    assert {(row["channel"], row["to"], row["n"]) for row in rows} == {
        ("site web", "téléphone", 10),
        ("tchat", "téléphone", 15),
    }


def test_another_theme_another_person_or_too_late_is_not_the_webs_failure(bench: Bench):
    cases = [_case("first", "bill", 0, "site")]
    for place in range(10):
        cases += [_case(f"a{place}", "line", 480, "site"), _case(f"a{place}", "bill", 490, "phone")]
        cases += [_case(f"b{place}", "bill", 480, "site"), _case(f"c{place}", "bill", 490, "phone")]
        cases += [_case(f"d{place}", "bill", 280, "site"), _case(f"d{place}", "bill", 490, "phone")]
        cases += [_case(f"e{place}", "bill", 495, "site"), _case(f"e{place}", "bill", 490, "phone")]
    rows = journeys(*tables(bench, cases=cases)).to_pylist()
    (overall,) = [row for row in rows if row["name"] == "journeys.spared_calls" and row["theme"] is None]
    assert (overall["value"], overall["n"]) == (0, 40)


def test_a_call_too_early_to_be_watched_back_is_not_counted(bench: Bench):
    cases = [_case(f"p{place}", "bill", place, "phone") for place in range(30)]
    cases += [_case(f"q{place}", "bill", 400 + place, "phone") for place in range(30)]
    cases += [_case("w", "bill", 399, "site")]
    rows = journeys(*tables(bench, cases=cases)).to_pylist()
    (overall,) = [row for row in rows if row["name"] == "journeys.spared_calls" and row["theme"] is None]
    assert overall["n"] == 30


def test_a_shift_of_channels_is_told_from_noise(bench: Bench):
    cases = [_case(f"p{place}", "bill", place, "phone" if place % 4 else "site") for place in range(400)]
    cases += [
        _case(f"q{place}", "bill", 400 + place, "phone" if place % 4 == 0 else "site") for place in range(401)
    ]
    rows = {
        row["channel"]: row
        for row in journeys(*tables(bench, cases=cases)).to_pylist()
        if row["name"] == "journeys.shift"
    }
    assert rows["site"]["value"] == pytest.approx(0.5, abs=0.01)
    assert rows["phone"]["note"] is None
    same = [_case(f"p{place}", "bill", place, "phone" if place % 4 else "site") for place in range(800)]
    rows = {
        row["channel"]: row
        for row in journeys(*tables(bench, cases=same)).to_pylist()
        if row["name"] == "journeys.shift"
    }
    assert rows["site"]["note"] == "within noise"


def test_journeys_are_read_from_the_words_too(bench: Bench):
    rows, themes = talk("first", "bill", [0], [1])
    for place in range(12):
        first, about = talk(f"p{place}", "bill", [480], [10])
        second, also = talk(f"p{place}", "bill", [500], [10])
        for row in second:
            row["id"] += "b"
            row["channel"] = "phone"
            if "in_reply_to" in row:
                row["in_reply_to"] += "b"
        rows += [*({**row, "channel": "site"} for row in first), *second]
        themes += [*about, *((name + "b", theme) for name, theme in also)]
    shown = journeys(*tables(bench, verbatims=rows, themes=themes)).to_pylist()
    (overall,) = [row for row in shown if row["name"] == "journeys.spared_calls" and row["theme"] is None]
    assert (overall["value"], overall["n"], overall["basis"]) == (1.0, 12, "words")


def test_without_a_channel_there_is_nothing_to_say(bench: Bench):
    assert (
        measures_of(journeys(*tables(bench, cases=[_case(f"p{n}", "bill", n, None) for n in range(30)])))
        == []
    )
