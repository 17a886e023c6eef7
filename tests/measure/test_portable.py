"""A measure must give the same number on every engine: what its SQL may not contain."""

import re
from datetime import date

import pytest

from portevoix.measure.change import change
from portevoix.measure.concentration import concentration
from portevoix.measure.experience import experience
from portevoix.measure.scores import ces, csat, nps
from portevoix.measure.themes import themes
from portevoix.nouns import Period
from tests.measure.conftest import Bench

_PERIODS = (
    Period(kind="week", since=date(2026, 1, 8), until=date(2026, 1, 15)),
    Period(kind="week", since=date(2026, 1, 1), until=date(2026, 1, 8)),
)
CALLS = {
    "experience": (experience, {"by": ("channel",)}),
    "nps": (nps, {"by": ("channel",)}),
    "csat": (csat, {"by": ("channel",)}),
    "ces": (ces, {"by": ("channel",)}),
    "themes": (themes, {"by": ("channel",)}),
    "change": (change, {"by": ("channel",), "periods": _PERIODS}),
    "concentration": (concentration, {"columns": ("channel",), "theme": "price", "polarity": -1}),
}


@pytest.fixture(params=CALLS)
def sql(request, bench: Bench) -> str:
    function, options = CALLS[request.param]
    return bench.con.compile(function(bench.verbatims([]), bench.labels(), **options))


def test_no_decimal_is_written_bare(sql: str):
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", sql)
    assert re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d+[eE][+-]?\d+", unquoted) == []


def test_every_division_is_between_doubles_never_by_a_bare_number(sql: str):
    unquoted = re.sub(r"'[^']*'", "", sql)
    assert re.findall(r"/\s*\d", unquoted) == []


def test_every_rank_has_a_total_order(sql: str):
    for over in re.findall(r"ROW_NUMBER\(\) OVER \(([^)]*)\)", sql):
        assert over.count(" ASC") + over.count(" DESC") >= 3


def test_nothing_that_engines_do_differently_is_asked(sql: str):
    for name in (
        "LEVENSHTEIN",
        "HASH(",
        "MODE(",
        "CORR(",
        "LAST(",
        "LAST_VALUE(",
        "ASOF",
        "MEDIAN(",
        "QUANTILE",
    ):
        assert name not in sql.upper()
