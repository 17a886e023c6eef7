"""The three-question index: did it meet your needs, was it easy, was it enjoyable."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from portevoix.measure.ranges import real
from portevoix.measure.scores import ranged
from portevoix.measure.tallies import (
    Line,
    answered,
    customers,
    ends,
    estimated,
    finished,
    keys_of,
    listed,
    one_basis,
    tally,
    thirds,
)
from portevoix.settings import Settings

ITEMS = ("needs_met", "easy", "enjoyable")
_SIX = 6  # the mean of one, two or three items in sixths is a whole number, and whole numbers add up exactly
EXPERIENCE = (
    Line("experience", "index", "asked", "index_asked", _SIX),
    *(Line(f"experience.{item}", "ticket", "asked", f"{item}_asked") for item in ITEMS),
    Line("experience", "index", "stars", "index_stars", _SIX),
    Line("experience", "index", "words", "index_words", _SIX),
    *(Line(f"experience.{item}", "ticket", "words", f"{item}_words") for item in ITEMS),
)
_BANDS = ("excellent", "good", "okay", "poor")
_BANDED = 30


def experience(
    verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = (), settings: Settings | None = None
) -> ir.Table:
    """The three-question index and its three items, in points: item = %(4-5) - %(1-2), index = mean of the items.

    The index counts respondents who answered all three, the items everybody who answered them. Asked of 30 people or
    more, the note carries the band ("band: poor"). Without five full answers: stars give %(4-5) - %(1-2) and no
    items; else the comments, where the index is the mean, over comments, of the items that each one speaks of.
    Source: Forrester's index of 2007-2014, as in docs/numbers/experience.md.
    """
    keys = keys_of(by)
    rows, worth, lines = answered(customers(verbatims, by), labels, ITEMS, experience_tickets, [EXPERIENCE])
    found = one_basis(listed(tally(rows, keys, worth), keys, lines))
    found = ranged(found.filter(found.n > 0), lines)
    banded = (found.name == "experience") & (found.basis == "asked") & (found.n >= _BANDED)
    note = ibis.ifelse(banded, "band: " + _band(found.value, settings or Settings()), estimated(found.basis))
    return finished(found.mutate(note=note), by)


def experience_tickets(rows: ir.Table) -> dict[str, ir.Value]:
    """Items as +1, 0, -1; the index in sixths, so that it is a whole number on every basis."""
    asked = {item: ends(rows[item], 4, 2, 1, 5) for item in ITEMS}
    words = {item: thirds(rows[f"said_{item}"]) for item in ITEMS}
    known = sum(item.notnull().cast("int64") for item in words.values())
    total = sum(ibis.coalesce(item, 0) for item in words.values())
    sixths = ibis.cases((known == 1, total * 6), (known == 2, total * 3), (known == 3, total * 2))
    return {
        "index_asked": sum(asked.values()) * 2,
        "index_stars": ends(rows.stars, 4, 2, 1, 5) * 6,
        "index_words": sixths.cast("int64"),
        **{f"{item}_asked": value for item, value in asked.items()},
        **{f"{item}_words": value for item, value in words.items()},
    }


def _band(value: ir.Value, settings: Settings) -> ir.Value:
    # 84.99999 that rounding made of 85 is 85: compare a hair below the edge
    hair = real("0.000000001")
    edges = [real(format(edge, "f")) - hair for edge in settings.bands]
    return ibis.cases(*zip([value >= edge for edge in edges], _BANDS, strict=True), else_="very poor")
