"""NPS, CSAT and CES, asked or estimated, each with its interval."""

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from portevoix.measure.ranges import Range, Sums, mean, ticket, whole, wilson
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

NPS = (
    Line("nps", "ticket", "asked", "nps_asked"),
    Line("nps", "ticket", "stars", "nps_stars"),
    Line("nps", "ticket", "words", "nps_words"),
)
CSAT = (
    Line("csat", "share", "asked", "csat_asked"),
    Line("csat", "share", "stars", "csat_stars"),
    Line("csat", "share", "words", "csat_words"),
)
CES = (
    Line("ces", "share", "asked", "ces_asked"),
    Line("ces.mean", "seven", "asked", "ces_mean", 3),
    Line("ces.net", "ticket", "asked", "ces_net"),
    Line("ces", "share", "words", "ces_words"),
)


def nps(verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """The Net Promoter Score, % of 9-10 less % of 0-6, in points, with the adjusted-Wald interval.

    Without at least five answers: stars (5 promoter, 4 to 4.5 passive, less detractor), else the sentiment of the
    words (positive, neutral, negative); the basis and the note say so. Source: Reichheld 2003; interval: Rocks 2016.
    """
    return _measured(verbatims, labels, by, "sentiment", nps_tickets, NPS)


def csat(verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """The share of satisfied customers, 4 or 5 of 5 (top-2 box), 0..1, with Wilson's interval.

    Without at least five answers: the share of 4 stars and more, else of comments whose sentiment is positive.
    """
    return _measured(verbatims, labels, by, "sentiment", csat_tickets, CSAT)


def ces(verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """The Customer Effort Score 2.0 (1-7, high is easy): `ces` the share of 5-7, `ces.mean`, and `ces.net` in points.

    Without at least five answers: among the comments that speak of effort, the share that found it easy. CES 1.0
    (1-5, low is good) is another question and is never mixed in.
    """
    return _measured(verbatims, labels, by, "easy", ces_tickets, CES)


def nps_tickets(rows: ir.Table) -> dict[str, ir.Value]:
    """+1 promoter, 0 passive, -1 detractor, on each basis."""
    return {
        "nps_asked": ends(rows.nps, 9, 6, 0, 10),
        "nps_stars": ibis.cases(
            (~rows.stars.between(1, 5), ibis.null("int64")),
            (rows.stars >= 5, 1),
            (rows.stars >= 4, 0),
            (rows.stars.notnull(), -1),
        ).cast("int64"),
        "nps_words": thirds(rows.said_sentiment),
    }


def csat_tickets(rows: ir.Table) -> dict[str, ir.Value]:
    """1 satisfied, 0 not, on each basis."""
    return {
        "csat_asked": _yes(ends(rows.csat, 4, 3, 1, 5)),
        "csat_stars": _yes(ends(rows.stars, 4, 3, 1, 5)),
        "csat_words": _yes(thirds(rows.said_sentiment)),
    }


def ces_tickets(rows: ir.Table) -> dict[str, ir.Value]:
    """1 easy, 0 not; the score around its middle, -3..3; and +1, 0, -1 for 5-7, 4, 1-3."""
    net = ends(rows.ces, 5, 3, 1, 7)
    return {
        "ces_asked": _yes(net),
        "ces_mean": ibis.ifelse(net.notnull(), rows.ces - 4, ibis.null("int64")).cast("int64"),
        "ces_net": net,
        "ces_words": _yes(thirds(rows.said_easy)),
    }


def ranged(rows: ir.Table, lines: Sequence[Line]) -> ir.Table:
    """Adds value, low, high and unit to the sums of these lines, each kind by its own interval."""
    sums = Sums(rows.n, rows.s, rows.q)
    ranges = {kind: _RANGES[kind](sums, rows.scale) for kind in sorted({line.kind for line in lines})}
    columns = {
        part: ibis.cases(*((rows.kind == kind, getattr(range_, part)) for kind, range_ in ranges.items()))
        for part in Range._fields
    }
    unit = ibis.cases((rows.kind == "share", "share"), (rows.kind == "seven", "score"), else_="points")
    return rows.mutate(**columns, unit=unit)


def _measured(
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str],
    kind: str,
    tickets: Callable[[ir.Table], dict[str, ir.Value]],
    lines: Sequence[Line],
) -> ir.Table:
    keys = keys_of(by)
    rows, worth, lines = answered(customers(verbatims, by), labels, [kind], tickets, [lines])
    found = one_basis(listed(tally(rows, keys, worth), keys, lines))
    found = ranged(found.filter(found.n > 0), lines)
    return finished(found.mutate(note=estimated(found.basis)), by)


def _yes(ticket_: ir.Value) -> ir.Value:
    return ibis.ifelse(ticket_.isnull(), ibis.null("int64"), (ticket_ == 1).cast("int64"))


def _seven(sums: Sums, scale: ir.Value) -> Range:
    """A mean of 1..7: the interval of `mean`, carried from -100..100 points back to the answers' own scale."""
    return Range(*(whole(4) + column * scale.cast("float64") / whole(100) for column in mean(sums, scale)))


_RANGES: Mapping[str, Callable[[Sums, ir.Value], Range]] = {
    "ticket": lambda sums, scale: ticket(sums),
    "share": lambda sums, scale: wilson(sums.n, sums.s),
    "index": mean,
    "seven": _seven,
}
