"""From verbatims to sums: who spoke, what each answer is worth, and how many of them there are.

Every answer becomes a whole-number *ticket* (an NPS of 9 is +1). Several tickets are added in one pass, first by person
and then by group, so that distinct people are counted without remembering them once a ticket.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
from ibis.expr.operations import Field, Value

from portevoix.errors import WrongUse
from portevoix.measure.ranges import real
from portevoix.nouns import Period

SCORES = ("stars", "nps", "csat", "ces", "enjoyable", "easy", "needs_met")
COLUMNS = ("name", "value", "low", "high", "n", "people", "unit", "basis", "note")
UNKNOWN, WEIGHT = "unknown", "weight of an answer"
ENOUGH = 5
NOW, BEFORE = 1, 0
_BASES = ("asked", "stars", "words")


class Line(NamedTuple):
    """One figure of a result: its name, how its interval is made, on which basis, from which ticket of which scale."""

    name: str
    kind: str
    basis: str
    ticket: str
    scale: int = 1


def keys_of(by: Sequence[str]) -> list[str]:
    """The inner names of the columns split by: a customer's column may have any name, ours can't clash with it."""
    return [f"by{place}" for place in range(len(by))]


def customers(verbatims: ir.Table, by: Sequence[str], periods: Sequence[Period] = ()) -> ir.Table:
    """What customers said (agents left out): id, who, the split columns, the scores; `period` too with two periods.

    Raises WrongUse for a split that can't be shown: a score, the name of a result's own column, a day in a change.
    """
    for name in by:
        if name in (*SCORES, *COLUMNS, "theme"):
            raise WrongUse(
                f"A measure can't be split by '{name}': it is a score or a result's own column. "
                "Split by a column of categories, such as channel or product."
            )
    if periods and "said_on" in by:
        raise WrongUse("A change can't be split by 'said_on': a day is in one period only.")
    rows = verbatims.filter(verbatims.author == "customer")
    columns = {"id": rows.id, "who": ibis.coalesce(rows.person, rows.id)}
    columns |= {key: ibis.coalesce(rows[name], UNKNOWN) for key, name in zip(keys_of(by), by, strict=True)}
    columns |= {name: rows[name] for name in SCORES}
    if WEIGHT in rows.columns:
        columns |= {WEIGHT: rows[WEIGHT]}
    if not periods:
        return rows.select(**columns)
    now, before = (_inside(rows.said_on, period) for period in periods)
    when = ibis.cases((now, NOW), (before, BEFORE)).cast("int64")
    rows = rows.select(**columns, said_on=rows.said_on, period=when)
    return rows.filter(rows.period.notnull())


def heard(rows: ir.Table, labels: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The rows with the mean polarity of each kind of label, as `said_sentiment` and so on; null where nothing was read."""
    labels = labels.filter(labels.kind.isin(list(kinds)))
    read = labels.group_by("verbatim").aggregate(
        **{f"said_{kind}": labels.polarity.mean(where=labels.kind == kind) for kind in kinds}
    )
    return rows.left_join(read, rows.id == read.verbatim).drop("verbatim")


def answered(
    rows: ir.Table,
    labels: ir.Table,
    kinds: Sequence[str],
    tickets: Callable[[ir.Table], Mapping[str, ir.Value]],
    families: Sequence[Sequence[Line]],
) -> tuple[ir.Table, dict[str, ir.Value], list[Line]]:
    """The rows, what they are worth, and the lines that `one_basis` may keep of each family, of which one has one basis.

    Where five answers, or else five stars, are there, words can't be chosen: then labels of these `kinds` aren't read,
    and rows without an answer are left out.
    """
    mute = unheard(rows, kinds)
    worth, kept, silent = tickets(mute), [], True
    for lines in families:
        basis = decided(mute, worth, lines)
        kept += [line for line in lines if basis in (None, line.basis)]
        silent = silent and basis is not None
    used = sorted({line.ticket for line in kept})
    if silent:  # the columns themselves are asked, not the tickets: an engine skips their nulls as it reads
        asked = {field.name for name in used for field in worth[name].op().find(Field, filter=Value)}
        rows = mute.filter(ibis.or_(*(mute[name].notnull() for name in SCORES if name in asked)))
    else:
        rows = heard(rows, labels, kinds)
    worth = tickets(rows)
    return rows, {name: worth[name] for name in used}, kept


def decided(rows: ir.Table, tickets: Mapping[str, ir.Value], lines: Sequence[Line]) -> str | None:
    """The basis that five answers of these lines make `one_basis` take whatever the words say; None where it hangs on them,
    as it does with weights.
    """
    if WEIGHT in rows.columns:
        return None
    for basis in _BASES[:-1]:
        for line in lines:
            if line.basis == basis and "." not in line.name:
                some = rows.select(ticket=tickets[line.ticket])
                some = some.filter(some.ticket.notnull()).limit(ENOUGH)
                if some.count().to_pyarrow().as_py() == ENOUGH:
                    return basis
    return None


def unheard(rows: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The columns of `heard` where no word was listened to: all null."""
    return rows.mutate(**{f"said_{kind}": ibis.null("float64") for kind in kinds})


def thirds(polarity: ir.Value) -> ir.Value:
    """+1 positive, 0 neutral, -1 negative, cut at ±0.15 as the codebook's own scoring does."""
    edge = real("0.15")
    return ibis.cases((polarity > edge, 1), (polarity < -edge, -1), (polarity.notnull(), 0)).cast("int64")


def ends(answer: ir.Value, top: int, bottom: int, lowest: int, highest: int) -> ir.Value:
    """+1 from `top` up, -1 from `bottom` down, 0 between; null outside the scale."""
    return ibis.cases(
        (~answer.between(lowest, highest), ibis.null("int64")), (answer >= top, 1), (answer <= bottom, -1), (answer.notnull(), 0)
    ).cast("int64")  # fmt: skip


def tally(rows: ir.Table, keys: Sequence[str], tickets: Mapping[str, ir.Value]) -> ir.Table:
    """One row a group; for each ticket: `_n` answers, `_s` sum, `_q` sum of squares, `_p` distinct people.

    Rows with a `weight` (whole numbers) give what they are worth instead: as many answers as (Σw)² / Σw² (Kish 1965),
    with the weighed means.
    """
    if WEIGHT in rows.columns:
        return _weighed(rows, keys, tickets)
    rows = rows.select(*keys, "who", **tickets)
    sums: dict[str, ir.Value] = {}
    for name in tickets:
        ticket = rows[name]
        sums |= {f"{name}_n": ticket.count(), f"{name}_s": ticket.sum(), f"{name}_q": (ticket * ticket).sum()}
    if len(tickets) == 1:  # people need be remembered once alone
        (name,) = tickets
        people = rows.who.nunique(where=rows[name].notnull())
        return grouped(
            rows, keys, {**{part: _whole(total) for part, total in sums.items()}, f"{name}_p": people}
        )
    return _by_person(rows, keys, tickets, sums)


def _weighed(rows: ir.Table, keys: Sequence[str], tickets: Mapping[str, ir.Value]) -> ir.Table:
    rows = rows.select(*keys, "who", WEIGHT, **tickets)
    sums: dict[str, ir.Value] = {}
    for name in tickets:
        ticket = rows[name]
        weight = ibis.ifelse(ticket.notnull(), rows[WEIGHT], 0).cast("int64")
        sums |= {f"{name}_n": weight.sum(), f"{name}_w": (weight * weight).sum()}
        sums |= {f"{name}_s": (ticket * weight).sum(), f"{name}_q": (ticket * ticket * weight).sum()}
    found = _by_person(rows, keys, tickets, sums)
    return found.mutate(**_worth(found, tickets)).drop(*(f"{name}_w" for name in tickets))


def _by_person(
    rows: ir.Table, keys: Sequence[str], tickets: Mapping[str, ir.Value], sums: Mapping[str, ir.Value]
) -> ir.Table:
    """Sums by person, then by group, and how many people have any."""
    each = grouped(rows, [*keys, "who"], sums)
    totals = {name: _total(each[name]) for name in sums}
    totals |= {f"{name}_p": _total((each[f"{name}_n"] > 0).cast("int64")) for name in tickets}
    return grouped(each, keys, totals)


def _worth(rows: ir.Table, tickets: Mapping[str, ir.Value]) -> dict[str, ir.Value]:
    """Weighed sums as those of plain answers that would tell as much."""
    found: dict[str, ir.Value] = {}
    for name in tickets:
        weight = rows[f"{name}_n"].cast("float64")
        n = ibis.coalesce(weight * weight / rows[f"{name}_w"].cast("float64").nullif(0), 0)
        scale = n / weight.nullif(0)
        found |= {
            f"{name}_n": n,
            f"{name}_s": rows[f"{name}_s"] * scale,
            f"{name}_q": rows[f"{name}_q"] * scale,
        }
    return found


def grouped(rows: ir.Table, keys: Sequence[str], sums: Mapping[str, ir.Value]) -> ir.Table:
    """The sums of each group; without keys, those of the whole as one row."""
    return rows.group_by(list(keys)).aggregate(**sums) if keys else rows.aggregate(**sums)


def listed(
    wide: ir.Table, keys: Sequence[str], lines: Sequence[Line], more: Mapping[str, str] | None = None
) -> ir.Table:
    """The sums of `tally` one under the other: keys, name, family, head, kind, basis, scale, n, s, q, people.

    `more` adds columns: a name to the ending of the sum that it takes.
    """
    endings = {"n": "_n", "s": "_s", "q": "_q", "people": "_p", **(more or {})}
    rows = [
        ibis.struct(
            {
                "name": ibis.literal(line.name),
                "family": ibis.literal(line.name.split(".")[0]),
                "head": ibis.literal("." not in line.name),
                "kind": ibis.literal(line.kind),
                "basis": ibis.literal(line.basis),
                "scale": ibis.literal(line.scale).cast("int64"),
                **{name: wide[line.ticket + ending] for name, ending in endings.items()},
            }
        )
        for line in lines
    ]
    return wide.select(*keys, line=ibis.array(rows).unnest()).unpack("line")


def one_basis(rows: ir.Table) -> ir.Table:
    """Keeps, for each family, the best basis that the whole table holds at least five answers of: asked, else stars,
    else words. Short of five everywhere, the first that holds any. Never two bases in one family.
    """
    answers = ibis.ifelse(rows["head"], rows.n, 0).sum()  # rows.head is a method of tables
    rows = rows.mutate(held=answers.over(ibis.window(group_by=["family", "basis"])))
    order = ibis.cases(*((rows.basis == basis, place) for place, basis in enumerate(_BASES)))
    rows = rows.mutate(place=order + ibis.cases((rows.held >= ENOUGH, 0), (rows.held > 0, 3), else_=6))
    rows = rows.mutate(best=rows.place.min().over(ibis.window(group_by="family")))
    return rows.filter(rows.place == rows.best).drop("held", "place", "best")


def finished(rows: ir.Table, by: Sequence[str], more: Sequence[str] = ()) -> ir.Table:
    """The columns of the contract: the split under its own names, further keys, then the figures."""
    split = {name: rows[key] for key, name in zip(keys_of(by), by, strict=True)}
    return rows.select(
        **split, **{name: rows[name] for name in more}, **{name: rows[name] for name in COLUMNS}
    )


def estimated(basis: ir.Value) -> ir.Value:
    """The note that says on what an estimate stands; null for what was asked."""
    return ibis.cases((basis == "stars", "estimated from stars"), (basis == "words", "estimated from words"))


def _inside(day: ir.Value, period: Period) -> ir.Value:
    inside = ibis.literal(True)
    if period.since is not None:
        inside = inside & (day >= ibis.literal(period.since))
    if period.until is not None:
        inside = inside & (day < ibis.literal(period.until))
    return inside


def _total(column: ir.Value) -> ir.Value:
    return _whole(column.sum())


def _whole(total: ir.Value) -> ir.Value:
    return ibis.coalesce(total, 0).cast("int64")
