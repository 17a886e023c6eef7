"""This period against the one before: what is a change, and what is noise."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from portevoix.measure.experience import EXPERIENCE, ITEMS, experience_tickets
from portevoix.measure.ranges import (
    Gap,
    Sums,
    gap_of_means,
    gap_of_shares,
    gap_of_tickets,
    p_value,
    real,
    whole,
)
from portevoix.measure.scores import CES, CSAT, NPS, ces_tickets, csat_tickets, nps_tickets
from portevoix.measure.tallies import (
    BEFORE,
    ENOUGH,
    NOW,
    answered,
    customers,
    finished,
    grouped,
    keys_of,
    listed,
    one_basis,
    tally,
)
from portevoix.measure.themes import SHARES, by_theme, read
from portevoix.measure.volume import volume
from portevoix.nouns import Period
from portevoix.settings import Settings

_NOISE = "within noise"
# the 5 % that all may spend together: most of it where most of the tests are
_SCORES, _THEMES, _VOLUMES = "0.01", "0.03", "0.01"
_VOLUME = "1.1"  # ten per cent more or less messages a day is the least worth telling
_FAMILIES = (NPS, CSAT, tuple(line for line in CES if line.name == "ces"), EXPERIENCE)
_PLACE = ("name", "family", "kind", "basis", "scale")


def change(
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    periods: tuple[Period, Period | None] | None = None,
    settings: Settings | None = None,
) -> ir.Table:
    """Now less before, as `change.nps`, `change.csat`, `change.ces`, `change.experience` and its items,
    `change.themes.share`, `.negative`, `.positive` by theme, and `change.volume`, a ratio of messages a day.

    `value` is the plain difference, in the unit of the measure; `low` and `high` are the 95 % interval of the
    difference. `n` is the answers of both periods, `people` those of the smaller side; each score keeps one basis for
    both. The note is null for a change and "within noise" otherwise. A change has an interval without zero (one, for
    the ratio), reaches `settings.minimum_change` (points; a share, half as many hundredths; the volume, a tenth),
    survives Benjamini and Hochberg among all the rows of its family (scores at 1 %, themes at 3 %, volumes at 1 %, so
    that where nothing changed something is announced at most once in twenty), and, for a theme, comes from five
    people or more.
    Without two dated periods the table is empty.
    """
    now, before = periods or (None, None)
    if now is None or before is None or now.since is None or before.since is None:
        nothing = Period(kind="all", since=None, until=None)
        rows = _differences(verbatims, labels, by, (nothing, nothing), settings or Settings())
        return rows.filter(ibis.literal(False))
    return _differences(verbatims, labels, by, (now, before), settings or Settings())


def _differences(
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str],
    periods: tuple[Period, Period],
    settings: Settings,
) -> ir.Table:
    keys = keys_of(by)
    rows = customers(verbatims, by, periods)
    scored, worth, lines = answered(rows, labels, ["sentiment", *ITEMS], _tickets, _FAMILIES)
    scores = one_basis(listed(tally(scored, [*keys, "period"], worth), [*keys, "period"], lines))
    scores = scores.mutate(theme=ibis.null("string"), saying=scores.people)

    told = by_theme(read(rows, labels), labels, [*keys, "period"])
    themes = listed(told, [*keys, "period", "theme"], SHARES, more={"saying": "_by"})
    columns = [*keys, "period", "theme", *_PLACE, "n", "s", "q", "people", "saying"]
    both = _side_by_side(scores.select(columns).union(themes.select(columns)), [*keys, "theme", *_PLACE])
    found = _judged(_compared(both), keys, settings)
    columns = [*keys, "theme", "name", "value", "low", "high", "n", "people", "unit", "basis", "note"]
    volumes = _volumes(verbatims, by, periods).select(columns)
    return finished(found.select(columns).union(volumes), by, ["theme"])


def _tickets(rows: ir.Table) -> dict[str, ir.Value]:
    return nps_tickets(rows) | csat_tickets(rows) | ces_tickets(rows) | experience_tickets(rows)


def _side_by_side(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    """One row a figure: the sums of now as n1, s1…, those of before as n0, s0…; both sides have answers."""
    sums = {
        f"{name}{when}": ibis.coalesce(rows[name].sum(where=rows.period == when), 0).cast("int64")
        for name in ("n", "s", "q", "people", "saying")
        for when in (NOW, BEFORE)
    }
    both = grouped(rows, keys, sums)
    return both.filter((both.n1 > 0) & (both.n0 > 0))


def _compared(rows: ir.Table) -> ir.Table:
    now, before = Sums(rows.n1, rows.s1, rows.q1), Sums(rows.n0, rows.s0, rows.q0)
    gaps = {
        "ticket": gap_of_tickets(now, before),
        "share": gap_of_shares(rows.n1, rows.s1, rows.n0, rows.s0),
        "index": gap_of_means(now, before, rows.scale),
    }
    return rows.mutate(
        **{
            part: ibis.cases(*((rows.kind == kind, getattr(gap, part)) for kind, gap in gaps.items()))
            for part in Gap._fields
        }
    )


def _judged(rows: ir.Table, keys: Sequence[str], settings: Settings) -> ir.Table:
    """Adds the note: null for a change, "within noise" for what chance or habit explains."""
    themed = rows.family == "themes"
    rows = rows.mutate(p=p_value(rows.score), themed=themed.cast("int64"))
    share = ibis.ifelse(rows.themed == 1, real(_THEMES), real(_SCORES))
    rows = discovered(rows, "p", "themed", ["name", "theme", *keys], share)
    size = ibis.ifelse(rows.kind == "share", rows.value.abs() * whole(200), rows.value.abs())
    told = rows.discovered & ((rows.themed == 0) | (ibis.greatest(rows.saying1, rows.saying0) >= ENOUGH))
    real_ = _beyond(rows.low, rows.high, 0) & (size >= real(format(settings.minimum_change, "f"))) & told
    return rows.mutate(
        name="change." + rows.name,
        n=rows.n1 + rows.n0,
        people=ibis.least(rows.people1, rows.people0),
        unit=ibis.ifelse(rows.kind == "share", "share", "points"),
        note=ibis.ifelse(real_, ibis.null("string"), _NOISE),
    )


def discovered(
    rows: ir.Table, p: str, family: str, order: Sequence[str], share: ir.Value | None = None
) -> ir.Table:
    """Adds `discovered`: does this p survive Benjamini and Hochberg (1995) within its family, at `share` (5 %).

    `order` breaks ties, so that ranks are the same on every engine; equal p share their fate whatever their order.
    """
    group = ibis.window(group_by=family)
    ranked = ibis.window(group_by=family, order_by=[rows[p], *(rows[name] for name in order)])
    rows = rows.mutate(rank=ibis.row_number().over(ranked) + 1, tests=rows[p].count().over(group))
    share = real("0.05") if share is None else share
    passes = rows[p] * rows.tests.cast("float64") <= share * rows["rank"].cast("float64")
    rows = rows.mutate(passing=ibis.ifelse(passes, rows["rank"], 0))
    last = rows.passing.max().over(ibis.window(group_by=family))
    rows = rows.mutate(last=last)
    return rows.mutate(discovered=rows["rank"] <= rows["last"]).drop("rank", "tests", "passing", "last")


def _volumes(verbatims: ir.Table, by: Sequence[str], periods: tuple[Period, Period]) -> ir.Table:
    rows = volume(verbatims, by, periods)
    rows = rows.mutate(p=p_value(rows.score), family=whole(1).cast("int64"))
    rows = discovered(rows, "p", "family", ["n1", "n0", *keys_of(by)], real(_VOLUMES))
    large = (rows.value >= real(_VOLUME)) | (rows.value <= whole(1) / real(_VOLUME))
    return rows.mutate(
        theme=ibis.null("string"),
        name=ibis.literal("change.volume"),
        unit=ibis.literal("ratio"),
        basis=ibis.null("string"),
        note=ibis.ifelse(
            _beyond(rows.low, rows.high, 1) & large & rows.discovered, ibis.null("string"), _NOISE
        ),
    )


def _beyond(low: ir.Value, high: ir.Value, null: int) -> ir.Value:
    return (low > whole(null)) | (high < whole(null))
