"""What happened to each customer before they left, and when: unanswered problems, the network, the price, a relapse.

A cause counts only from the day it is one, and only before the customer leaves (the immortal-time trap): a problem is
unanswered once 48 hours have passed without an answer.
"""

from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portevoix.measure.figures import seconds
from portevoix.measure.logistic import Vector

UNREAD = "the words have not been read yet"
PATIENCE = 48 * 3600
NETWORK, PRICE = ("reliability", "speed"), ("price",)
DERIVED = ("unanswered", "relapsed", "network", "price")


class Had(NamedTuple):
    """When each customer first had a cause (seconds since 1970, nan for never), where it was read, and since when
    anybody could have had it.
    """

    name: str
    at: Vector
    source: str


def of_cases(cases: ir.Table) -> ir.Table:
    """person, and the first second at which each cause of the helpdesk's log was one; null for never.

    A log that never says when anything was answered says nothing of unanswered problems.
    """
    rows = cases.filter(cases.person.notnull() & cases.opened_at.notnull())
    opened = seconds(rows.opened_at)
    answers = [seconds(rows[name]) for name in ("answered_at", "claimed_at", "solved_at")]
    rows = rows.mutate(opened=opened, answered=ibis.coalesce(*answers))
    known = rows.answered.count().over(ibis.window()) > 0
    late = rows.answered.isnull() | (rows.answered > rows.opened + PATIENCE)
    rows = rows.mutate(waited=ibis.ifelse(known & late, rows.opened + PATIENCE, ibis.null("int64")))
    return rows.group_by("person").aggregate(
        unanswered=rows.waited.min(),
        relapsed=rows.opened.min(where=rows.relapses > 0),
        network=rows.opened.min(where=rows.theme.isin(list(NETWORK))),
        price=rows.opened.min(where=rows.theme.isin(list(PRICE))),
        opened=rows.opened.min(),
        closed=rows.opened.max(),
    )


def of_words(verbatims: ir.Table, labels: ir.Table) -> ir.Table:
    """person, and the first second at which they complained of the network or of the price, or had waited 48 hours for an
    answer to a complaint.

    Only a complaint in a thread waits for an answer: an agent's words that reply to it, or later ones in its thread.
    Where no agent ever speaks, nothing is said of answers.
    """
    said = labels.filter((labels.kind == "theme") & (labels.polarity < 0)).select("verbatim", theme="value")
    rows = verbatims.filter(
        (verbatims.author == "customer") & verbatims.person.notnull() & verbatims.said_at.notnull()
    ).select("id", "person", "thread", said=seconds(verbatims.said_at))
    rows = rows.left_join(_replies(verbatims, rows), "id").drop("id_right")
    rows = rows.left_join(said, rows.id == said.verbatim)
    known = rows.answered.count().over(ibis.window()) > 0
    late = rows.answered.isnull() | (rows.answered > rows.said + PATIENCE)
    waits = known & late & rows.thread.notnull() & rows.theme.notnull()
    rows = rows.mutate(waited=ibis.ifelse(waits, rows.said + PATIENCE, ibis.null("int64")))
    return rows.group_by("person").aggregate(
        unanswered=rows.waited.min(),
        network=rows.said.min(where=rows.theme.isin(list(NETWORK))),
        price=rows.said.min(where=rows.theme.isin(list(PRICE))),
        opened=rows.said.min(),
        closed=rows.said.max(),
    )


def _replies(verbatims: ir.Table, rows: ir.Table) -> ir.Table:
    """id, and the second of the first answer that an agent gave to it."""
    agents = verbatims.filter((verbatims.author != "customer") & verbatims.said_at.notnull())
    agents = agents.select(to="in_reply_to", within="thread", at_=seconds(agents.said_at))
    direct = rows.inner_join(agents, rows.id == agents.to).select("id", "at_")
    later = rows.inner_join(agents, [rows.thread == agents.within, rows.said <= agents.at_]).select(
        "id", "at_"
    )
    both = direct.union(later)
    return both.group_by("id").aggregate(answered=both.at_.min())


def matched(people: pa.ChunkedArray, log: pa.Table) -> dict[str, Vector]:
    """The causes of a log by person, in the order of `people`; nan where there is none."""
    place = pc.index_in(people, value_set=log["person"].combine_chunks())
    return {
        name: log[name].cast(pa.float64()).take(place).to_numpy(zero_copy_only=False).astype(np.float64)
        for name in DERIVED
        if name in log.column_names
    }


def before_leaving(had: Vector, left: Vector, end: float) -> Vector:
    """1 where a cause came before the customer left, and before the end; `left` is nan for those who stay."""
    return (had < np.where(np.isnan(left), np.inf, left)).astype(np.float64) * (had <= end)


def chances(had: Vector, cause: Vector, left: Vector) -> Vector:
    """How much each customer counts in the comparison, 0..1: who left before most causes came hardly could have had one.

    A customer with the cause counts 1, and so does one who stays. Another counts by how likely the cause was to have
    come before they left, out of all who ever get it: the unexposed are dealt the days of the exposed, and one who
    left before their day is out (prescription time-distribution matching, Zhou and others 2005). The days are those of
    Kaplan and Meier, leaving being the end of the watch. A small pull downwards is left where both many leave and most
    have the cause.
    """
    days = np.unique(had[cause == 1])
    if not len(days):
        return np.ones(len(had))
    watched = np.sort(np.fmin(np.where(cause == 1, had, np.inf), np.where(np.isnan(left), np.inf, left)))
    at_risk = len(watched) - np.searchsorted(watched, days, side="left")
    came = np.bincount(np.searchsorted(days, had[cause == 1]), minlength=len(days))
    reached = np.r_[0.0, 1 - np.cumprod(1 - came / at_risk)]
    shares = reached[np.searchsorted(days, left, side="left")] / reached[-1]
    return np.where((cause == 1) | np.isnan(left), 1.0, shares)
