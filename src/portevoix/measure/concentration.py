"""Where a theme gathers: the town, the product or the channel that its mentions have in common."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from portevoix.measure.ranges import gap_of_shares, wilson
from portevoix.measure.tallies import ENOUGH, UNKNOWN, customers, keys_of, tally
from portevoix.measure.themes import mentions, read


def concentration(
    verbatims: ir.Table, labels: ir.Table, columns: Sequence[str], theme: str, polarity: int | None = None
) -> ir.Table:
    """For each value of each column: how much of the theme is there, against how much of the rest.

    `concentration` is the share of the theme's verbatims that have the value (0..1, Wilson), `concentration.excess`
    that share less the share among the verbatims that don't mention the theme (-1..1, Agresti-Caffo). A verbatim
    without a value for the column counts on neither side. `polarity` -1 or 1 takes the verbatims that complain or
    praise; None takes all that mention it. `people` is those who do, in that value; under five of them, no row.
    Columns: `theme`, then one per column split by (null where the row speaks of another), then those of a measure.
    """
    keys = keys_of(columns)
    rows = read(customers(verbatims, columns), labels)
    told = mentions(labels)
    told = told.filter(told.theme == theme)
    if polarity is not None:
        told = told.filter(told.worst < 0) if polarity < 0 else told.filter(told.best > 0)
    told = told.select("verbatim", said=ibis.literal(1).cast("int64"))
    rows = rows.left_join(told, rows.id == told.verbatim)
    places = [
        ibis.struct({"column": ibis.literal(place), "here": rows[key]}) for place, key in enumerate(keys)
    ]
    rows = rows.select("who", "said", place=ibis.array(places).unnest()).unpack("place")
    rows = rows.filter(rows.here != UNKNOWN)
    tickets = {
        "said": rows.said,
        "rest": ibis.ifelse(rows.said.isnull(), 1, ibis.null("int64")).cast("int64"),
    }
    found = tally(rows, ["column", "here"], tickets)
    window = ibis.window(group_by="column")
    found = found.mutate(said_all=found.said_n.sum().over(window), rest_all=found.rest_n.sum().over(window))
    return _figures(found.filter(found.said_p >= ENOUGH), columns, theme)


def _figures(found: ir.Table, columns: Sequence[str], theme: str) -> ir.Table:
    share = wilson(found.said_all, found.said_n)
    excess = gap_of_shares(found.said_all, found.said_n, found.rest_all, found.rest_n)
    figures = [
        ibis.struct(
            {
                "name": ibis.literal(name),
                **{part: getattr(figure, part) for part in ("value", "low", "high")},
                "n": n.cast("int64"),
            }
        )
        for name, figure, n in (
            ("concentration", share, found.said_all),
            ("concentration.excess", excess, found.said_all + found.rest_all),
        )
    ]
    rows = found.select("column", "here", "said_p", figure=ibis.array(figures).unnest()).unpack("figure")
    return rows.select(
        theme=ibis.literal(theme),
        **{
            name: ibis.ifelse(rows.column == place, rows.here, ibis.null("string"))
            for place, name in enumerate(columns)
        },
        name=rows["name"],
        value=rows.value,
        low=rows.low,
        high=rows.high,
        n=rows.n,
        people=rows.said_p,
        unit=ibis.literal("share"),
        basis=ibis.literal("words"),
        note=ibis.null("string"),
    )
