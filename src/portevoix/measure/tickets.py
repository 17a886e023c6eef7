"""What a customer brought, one row a contact or a helpdesk's case, in the same columns whatever it was read from."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from portevoix.errors import WrongUse
from portevoix.measure.tallies import COLUMNS, SCORES, UNKNOWN, keys_of

OWN = ("id", "who", "motive", "theme", "at", "ends", "answered", "claimed", "solved", "told", "contacts",
       "returns", "counter", "channel", "provider", "product")  # fmt: skip
"""The columns of tickets besides those split by.

`who` is the person (or the row, where persons are unknown), `motive` what may be linked: equal for the same problem, null
where nothing may. Instants are whole seconds since 1970 in UTC: `at` the contact, `ends` from when a gap is counted,
`answered`, `claimed`, `solved`, and `told`, when the company last let it be (its claim, else its answer). `contacts` >= 1
is those that the row stands for, `returns` those of them that came after the company thought it done, `counter` how
often the desk itself reopened it.
"""


class Known(NamedTuple):
    """What a source can tell at all, over the whole table, and until when it was watched (seconds since 1970)."""

    basis: str
    end: int
    replied: bool
    claimed: bool
    solved: bool
    counter: bool

    @property
    def answered(self) -> bool:
        """Whether an unanswered ticket can be told from an answered one."""
        return self.replied or self.claimed


class Tickets(NamedTuple):
    """Tickets as a table held by the engine (columns `OWN`, those split by), and what their source can tell.

    Whoever asked for them lets them go: `rows.release()`. Left to chance, that may come after the engine is closed.
    """

    rows: ir.Table
    known: Known


def split(rows: ir.Table, by: Sequence[str]) -> dict[str, ir.Value]:
    """The columns split by under their inner names; raises WrongUse for one that a result can't show."""
    for name in by:
        if name in (*SCORES, *COLUMNS):
            raise WrongUse(
                f"A measure can't be split by '{name}': it is a score or a result's own column. "
                "Split by a column of categories, such as channel or provider."
            )
    return {key: ibis.coalesce(rows[name], UNKNOWN) for key, name in zip(keys_of(by), by, strict=True)}


def seconds(instant: ir.Value) -> ir.Value:
    """An instant as whole seconds since 1970, rounded down on every engine."""
    return instant.truncate("s").epoch_seconds().cast("int64")


def one(sums: Mapping[str, ir.Value], rows: ir.Table) -> dict[str, int]:
    """Some sums over a whole table, computed now; 0 for a null."""
    (found,) = rows.aggregate(**sums).to_pyarrow().to_pylist()
    return {name: int(value or 0) for name, value in found.items()}


def from_log(cases: ir.Table, by: Sequence[str] = ()) -> Tickets | None:
    """A helpdesk's own log, one ticket a case that has an opening date; None where there is none.

    The log was watched until its last opening: a later return could not be seen. Where it counts contacts, its first
    claim comes before the relapses that it counts, and they are returns. Where it doesn't, its counter is the desk's
    own (a reopening moves the claim), and returns are found by linking alone.
    """
    rows = cases.filter(cases.opened_at.notnull())
    names = ("answered_at", "claimed_at", "solved_at", "contacts", "relapses")
    held = one({"rows": rows.count(), "end": seconds(rows.opened_at.max()),
                **{name: rows[name].count() for name in names}}, rows)  # fmt: skip
    if not held["rows"]:
        return None
    counted = held["contacts"] > 0
    at, claimed = seconds(rows.opened_at), seconds(rows.claimed_at)
    answered, solved = seconds(rows.answered_at), seconds(rows.solved_at)
    told = claimed if held["claimed_at"] else answered
    relapses = ibis.coalesce(rows.relapses, 0).cast("int64")
    tickets = rows.select(
        id=rows.id,
        who=ibis.coalesce(rows.person, rows.id),
        motive=ibis.ifelse(rows.person.notnull(), ibis.coalesce(rows.theme, UNKNOWN), ibis.null("string")),
        theme=rows.theme,
        at=at,
        ends=ibis.greatest(at, ibis.coalesce(claimed, at)),
        answered=_later(answered, at),
        claimed=_later(claimed, at),
        solved=_later(solved, at),
        told=_later(told, at),
        contacts=ibis.greatest(ibis.coalesce(rows.contacts, relapses + 1), 1).cast("int64"),
        returns=relapses if counted else ibis.literal(0).cast("int64"),
        counter=ibis.null("int64") if counted else rows.relapses.cast("int64"),
        channel=rows.channel,
        provider=rows.provider,
        product=rows.more.get("product"),
        **split(rows, by),
    )
    return Tickets(
        tickets.cache(),
        Known(
            basis="log",
            end=held["end"],
            replied=held["answered_at"] > 0,
            claimed=held["claimed_at"] > 0,
            solved=held["solved_at"] > 0,
            counter=held["relapses"] > 0 and not counted,
        ),
    )


def _later(instant: ir.Value, at: ir.Value) -> ir.Value:
    """An instant unless it comes before the opening: then it is not known."""
    return ibis.ifelse(instant >= at, instant, ibis.null("int64"))
