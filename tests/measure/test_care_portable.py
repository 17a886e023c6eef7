"""The care measures ask of an engine only what all engines do alike: read off every statement that they run."""

import re

import ibis
import pytest

from portevoix.measure.answers import answers
from portevoix.measure.journeys import journeys
from portevoix.measure.providers import providers
from tests.measure.care import hours, tables, talk
from tests.measure.conftest import Bench

MEASURES = {"answers": answers, "providers": providers, "journeys": journeys}


@pytest.fixture(params=[(name, basis) for name in MEASURES for basis in ("log", "words")], ids="-".join)
def statements(request, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a measure runs on a small log, or on a few conversations."""
    name, basis = request.param
    if basis == "log":
        cases = [{"person": f"p{n % 9}", "theme": "bill", "opened_at": hours(9 * n), "answered_at": hours(9 * n + 1), "relapses": 0,
                  "claimed_at": hours(9 * n + 2), "provider": "AB"[n % 2], "channel": "phone"} for n in range(60)]  # fmt: skip
        loaded = tables(bench, cases=cases)
    else:
        rows, themes = [], []
        for n in range(9):
            more, said = talk(f"p{n}", "bill", [9 * n, 9 * n + 30, 500 + n], [5, 6, 7], provider="AB"[n % 2])
            rows, themes = rows + more, themes + said
        loaded = tables(bench, verbatims=rows, themes=themes)
    told: list[str] = []
    monkeypatch.setattr(ibis.options, "verbose", True)
    monkeypatch.setattr(ibis.options, "verbose_log", told.append)
    MEASURES[name](*loaded, by=("provider",) if name == "answers" else ())
    return [re.sub(r"'[^']*'", "''", one) for one in told if "SELECT" in one]


def test_the_statements_are_the_same_on_every_engine(statements: list[str]):
    assert len(statements) > 3
    for sql in statements:
        unquoted = re.sub(r'"[^"]*"', "", sql)
        assert re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d+[eE][+-]?\d+", unquoted) == []
        assert re.findall(r"/\s*\d", unquoted) == []
        for name in ("MODE(", "CORR(", "LAST(", "ASOF", "MEDIAN(", "QUANTILE", "HASH("):
            assert name not in sql.upper()


def test_every_window_that_orders_ends_its_order_with_what_tells_rows_apart(statements: list[str]):
    seen = 0
    for sql in statements:
        flat = re.sub(r"\s+", " ", sql)
        for over in re.findall(r"OVER \(([^)]*ORDER BY[^)]*)\)", flat):
            last = over.split("ORDER BY")[1].split(" ROWS")[0].split(" RANGE")[0].split(",")[-1]
            assert re.search(r'"(id|said)"', last), over
            seen += 1
    assert seen
