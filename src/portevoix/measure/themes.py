"""What customers talk about: share of voice, complaints and praise, net sentiment, and what a theme costs the score."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from portevoix.measure.ranges import Sums, gap_of_means, real, whole
from portevoix.measure.scores import nps_tickets, ranged
from portevoix.measure.tallies import (
    Line,
    customers,
    decided,
    estimated,
    finished,
    heard,
    keys_of,
    listed,
    one_basis,
    tally,
    unheard,
)

SHARES = (
    Line("themes.share", "share", "words", "mention"),
    Line("themes.negative", "share", "words", "negative"),
    Line("themes.positive", "share", "words", "positive"),
)
_NET = Line("themes.net", "ticket", "words", "net")
_SCORES = (
    Line("effect", "index", "asked", "score_asked", 1),
    Line("effect", "index", "stars", "score_stars", 4),
    Line("effect", "index", "words", "score_words", 1000),
)


def themes(verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = ()) -> ir.Table:
    """Five figures a theme, over the customers' verbatims that were read (French or English), each counted once.

    `themes.share`, `themes.negative` and `themes.positive`: the share that mentions it, complains of it, praises it
    (0..1, Wilson). `themes.net`: of those that mention it, % positive on balance less % negative on balance, in
    points. `themes.effect`: the score of those that complain of it less the score of the others, in points, with the
    interval of that difference: an association, not a cause. Its score is the NPS where asked, else stars (1 to 5 as
    -100 to 100), else sentiment, which the same words gave: its basis and its note say so.
    """
    rows, keys = read(customers(verbatims, by), labels), keys_of(by)
    mute = unheard(rows, ["sentiment"])
    basis = decided(mute, _scored(mute), _SCORES)
    rows = heard(rows, labels, ["sentiment"]) if basis is None else mute
    scores = {line.ticket: _scored(rows)[line.ticket] for line in _SCORES if basis in (None, line.basis)}
    wide = by_theme(rows, labels, keys, scores)
    shares = listed(wide, [*keys, "theme"], [*SHARES, _NET])
    shares = ranged(shares.filter(shares.n > 0), [*SHARES, _NET]).mutate(note=ibis.null("string"))
    columns = [*keys, "theme", "name", "value", "low", "high", "n", "people", "unit", "basis", "note"]
    both = shares.select(columns).union(
        _effects(wide, keys, [line for line in _SCORES if line.ticket in scores]).select(columns)
    )
    return finished(both, by, ["theme"])


def read(rows: ir.Table, labels: ir.Table) -> ir.Table:
    """The rows whose words a reader understood: those labelled French or English."""
    known = labels.filter((labels.kind == "lang") & labels.value.isin(["fr", "en"]))
    return rows.semi_join(known, rows.id == known.verbatim)


def mentions(labels: ir.Table, kinds: Sequence[str] = ("theme",)) -> ir.Table:
    """One row a verbatim and theme: `theme`, `worst` and `best` polarity, and their sign on `balance`."""
    found = labels.filter(labels.kind.isin(list(kinds)))
    polarity = ibis.coalesce(found.polarity, whole(0))
    each = found.group_by(verbatim=found.verbatim, theme=found.value).aggregate(
        worst=polarity.min(), best=polarity.max(), total=polarity.sum()
    )
    balance = ibis.cases((each.total > 0, 1), (each.total < 0, -1), else_=0).cast("int64")
    return each.select("verbatim", "theme", "worst", "best", balance=balance)


def by_theme(
    rows: ir.Table, labels: ir.Table, keys: Sequence[str], scores: Mapping[str, ir.Value] | None = None
) -> ir.Table:
    """One row a group and theme, also where the group never speaks of it, with sums named as `tally` names them.

    `mention`, `negative`, `positive`: out of all the group's verbatims (and `_by`: the distinct people who do so);
    `net`: of those that mention it. With `scores`, tickets by name: the sums of each over the group, and as
    `against_` over those of its verbatims that complain of the theme.
    """
    scores = scores or {}
    rows = rows.select("id", "who", *keys, **scores)
    one = ibis.literal(1).cast("int64")
    base = tally(rows, keys, {"all": one, **{name: rows[name] for name in scores}})
    told = mentions(labels)
    told = rows.join(told, rows.id == told.verbatim)
    negative, positive = told.worst < 0, told.best > 0
    tickets = {"mention": one, "negative": _where(negative, one), "positive": _where(positive, one)}
    against = {f"against_{name}": _where(negative, told[name]) for name in scores}
    found = tally(told, [*keys, "theme"], {**tickets, "net": told.balance, **against})
    every = base.cross_join(found.select("theme").distinct())
    places = [*keys, "theme"]
    inner = {f"{place}_found": place for place in places}
    joined = every.left_join(
        found.rename(inner), [every[place] == found.rename(inner)[f"{place}_found"] for place in places]
    ).drop(*inner)
    return joined.mutate(**_out_of_all(joined, found, places, tickets))


def _out_of_all(
    joined: ir.Table, found: ir.Table, places: Sequence[str], tickets: Mapping[str, ir.Value]
) -> dict[str, ir.Value]:
    """The sums with 0 where nothing was found, and the three shares put over all the verbatims of the group."""
    sums = {name: ibis.coalesce(joined[name], 0) for name in found.columns if name not in places}
    for name in tickets:
        count = sums[f"{name}_n"]
        sums |= {f"{name}_by": sums[f"{name}_p"]}
        sums |= {f"{name}_n": joined.all_n, f"{name}_s": count, f"{name}_q": count, f"{name}_p": joined.all_p}
    return sums


def _scored(rows: ir.Table) -> dict[str, ir.Value]:
    """The score that a theme weighs on: tickets of -1..1, in quarters for stars and thousandths for sentiment."""
    known = rows.stars.between(1, 5)
    stars = ibis.ifelse(known, (rows.stars * whole(2) - whole(6)).cast("int64"), ibis.null("int64"))
    sentiment = (rows.said_sentiment * whole(1000) + real("0.5")).floor().cast("int64")
    return {"score_asked": nps_tickets(rows)["nps_asked"], "score_stars": stars, "score_words": sentiment}


def _effects(wide: ir.Table, keys: Sequence[str], scores: Sequence[Line]) -> ir.Table:
    """One row a group and theme: the score of the verbatims that complain of it less that of the others."""
    lines = [
        ibis.struct(
            {
                "basis": ibis.literal(line.basis),
                "scale": ibis.literal(line.scale).cast("int64"),
                **{f"{sum_}1": wide[f"against_{line.ticket}_{sum_}"] for sum_ in "nsqp"},
                **{f"{sum_}0": wide[f"{line.ticket}_{sum_}"] for sum_ in "nsqp"},
            }
        )
        for line in scores
    ]
    rows = wide.select(*keys, "theme", line=ibis.array(lines).unnest()).unpack("line")
    # every theme carries the group's whole score, so each one weighs the same in the choice of the basis
    rows = one_basis(rows.mutate(family=ibis.literal("effect"), head=ibis.literal(True), n=rows.n0))
    # a person may stand on both sides: the rest is counted at its least
    rows = rows.mutate(**{f"{sum_}0": rows[f"{sum_}0"] - rows[f"{sum_}1"] for sum_ in "nsqp"})
    rows = rows.filter((rows.n1 > 0) & (rows.n0 > 0))
    against, others = Sums(rows.n1, rows.s1, rows.q1), Sums(rows.n0, rows.s0, rows.q0)
    gap = gap_of_means(against, others, rows.scale)
    return rows.mutate(
        name=ibis.literal("themes.effect"),
        value=gap.value,
        low=gap.low,
        high=gap.high,
        n=rows.n1 + rows.n0,
        people=ibis.least(rows.p1, rows.p0),
        unit=ibis.literal("points"),
        note=estimated(rows.basis),
    )


def _where(condition: ir.Value, value: ir.Value) -> ir.Value:
    return ibis.ifelse(condition, value, ibis.null("int64"))
