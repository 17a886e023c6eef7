"""Dates as tools write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.collect import dates

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("03/11/2026", "2026-11-02T23:00"),
        ("03/11/2026 14:05", "2026-11-03T13:05"),
        ("3/7/26 14:05:09", "2026-07-03T12:05:09"),
        ("03-11-2026", "2026-11-02T23:00"),
        ("03.11.2026 14h05", "2026-11-03T13:05"),
        ("24-02-2015 11.35", "2015-02-24T10:35"),
        ("2026-11-03", "2026-11-02T23:00"),
        ("2026-11-03T14:05:09Z", "2026-11-03T14:05:09"),
        ("2026-11-03T14:05:09.123456+02:00", "2026-11-03T12:05:09.123456"),
        ("2026-11-03 14:05:09 UTC", "2026-11-03T14:05:09"),
        ("2026/11/03 2:05:09 PM UTC+2", "2026-11-03T12:05:09"),
        ("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47"),
        ("Tue, 31 Oct 2017 22:10:47 +0000", "2017-10-31T22:10:47"),
        ("04-Aug-15", "2015-08-03T22:00"),
        ("3 novembre 2026", "2026-11-02T23:00"),
        ("1er août 2026 à 9h30", "2026-08-01T07:30"),
        ("mardi 3 nov. 2026 14:05", "2026-11-03T13:05"),
        ("Nov 3, 2026 2:05 PM", "2026-11-03T13:05"),
        ("November 3rd, 2026", "2026-11-02T23:00"),
        ("20261103", "2026-11-02T23:00"),
        ("1793692800", "2026-11-03T08:00"),
        ("1793692800000", "2026-11-03T08:00"),
        ("46329,5", "2026-11-03T11:00"),
        ("46329", "2026-11-02T23:00"),
    ],
)
def test_a_date_is_read_as_it_is_meant(written, meant):
    assert dates.reader(PARIS, True)(written) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2026",
        "99/99/2026",
        "12/2026",
        "bientôt",
        "3",
        "1/1/1900",
        "01/01/2101",
        "03/11/2026 25:00",
        "2026-13-01",
        "13 smarch 2026",
        "",
        "1e10",
    ],
)
def test_what_is_no_date_is_none(written):
    assert dates.reader(PARIS, True)(written) is None


def test_the_month_comes_first_only_where_the_values_force_it():
    assert dates.day_first(["03/04/2026", "05/06/2026"]) is None
    assert dates.day_first(["03/04/2026", "25/06/2026"]) is True
    assert dates.day_first(["03/04/2026", "06/25/2026"]) is False
    assert dates.reader(PARIS, False)("06/25/2026") == datetime(2026, 6, 24, 22)


def test_a_time_beside_the_date_is_joined():
    assert dates.reader(PARIS, True)("22-04-2015", "3:53:50 PM") == datetime(2015, 4, 22, 13, 53, 50)


@given(
    st.datetimes(datetime(1991, 1, 1), datetime(2099, 12, 30)),
    st.sampled_from(
        [
            "%d/%m/%Y %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S",
            "%d-%m-%Y %H:%M:%S",
            "%d %b %Y %H:%M:%S",
            "%a %b %d %H:%M:%S +0000 %Y",
        ]
    ),
)
def test_a_moment_written_in_any_shape_comes_back(moment, shape):
    moment = moment.replace(microsecond=0)
    assert dates.reader(UTC, True)(moment.strftime(shape)) == moment


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_dates(text):
    dates.reader(PARIS, True)(text, text)
    dates.is_ambiguous(text)
