"""Tickets read from the words: what customers brought to the desk, who answered, and what it was about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portevoix.measure.ranges import real, whole
from portevoix.measure.tallies import SCORES, keys_of
from portevoix.measure.tickets import Known, Tickets, from_log, one, seconds, split

CLOSED = ("closed", "solved", "resolved", "done", "clos", "close", "clôturé", "cloturé", "cloture", "fermé", "ferme",
          "résolu", "resolu", "traité", "traite", "terminé", "termine")  # fmt: skip
"""What a desk's status says when it counts a conversation as done: its claim, never a resolution."""


@contextmanager
def brought(
    cases: ir.Table, verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = ()
) -> Iterator[Tickets | None]:
    """The tickets of a log where it has rows, else of the words; None where neither has any. Let go at the end."""
    tickets = from_log(cases, by) or from_words(verbatims, labels, by)
    try:
        yield tickets
    finally:
        if tickets is not None:
            tickets.rows.release()


def from_words(verbatims: ir.Table, labels: ir.Table, by: Sequence[str] = ()) -> Tickets | None:
    """Customers' messages that bring a problem, one ticket each; None where there is none, or nothing to link.

    Left out: messages without a date, answers to surveys and reviews (they have a score), messages that are positive on balance or
    say that it is solved, and in a conversation those of anybody but who opened it. Outside a conversation a message
    needs a theme. What may be linked is the theme of the conversation, else of the message; without any, the
    conversation itself. An answer belongs to the customer's last message before it. A claim is the last answer to a
    message whose status says closed.
    """
    rows = _turns(_conversations(verbatims, by))
    tickets = _themed(rows, labels, by)
    tickets = tickets.mutate(told=ibis.coalesce(tickets.claimed, tickets.answered)).cache()
    held = one(
        {"rows": tickets.count(), "claimed": tickets.claimed.count(), "talks": tickets.talk.count()}, tickets
    )
    dated = verbatims.filter(verbatims.said_at.notnull())
    agents = (dated.author == "agent").cast("int64").sum()
    seen = one({"end": seconds(dated.said_at.max()), "agents": agents}, dated)
    if not held["rows"] or not (held["talks"] or seen["agents"] or _comes_back(tickets)):
        tickets.release()
        return None
    known = Known(
        basis="words",
        end=seen["end"],
        replied=seen["agents"] > 0,
        claimed=held["claimed"] > 0,
        solved=False,
        counter=False,
    )
    return Tickets(tickets, known)


def _conversations(verbatims: ir.Table, by: Sequence[str]) -> ir.Table:
    """The dated messages, each with its conversation: `talk` where the source says so, `room` in any case."""
    rows = verbatims.filter(verbatims.said_at.notnull())
    source = rows.id.split("/")[0]
    scored = ibis.literal(False)
    for name in SCORES:
        scored = scored | rows[name].notnull()
    customer = rows.author == "customer"
    rows = rows.select(
        "id",
        "channel",
        "provider",
        "product",
        person=rows.person,
        customer=customer.cast("int64"),
        scored=scored.cast("int64"),
        at=seconds(rows.said_at),
        closed=rows.status.lower().isin(CLOSED).cast("int64"),
        source=source,
        thread=source + "/" + rows.thread,
        parent=source + "/" + rows.in_reply_to,
        **split(rows, by),
    )
    roots = _roots(rows)
    if roots is None:
        rows = rows.mutate(talk=rows.thread)
    else:
        rows = rows.left_join(roots, rows.id == roots.reply).drop("reply")
        rows = rows.mutate(talk=ibis.coalesce(rows.thread, rows.root)).drop("root")
    person = rows.source + "/ of " + rows.person
    room = ibis.coalesce(rows.talk, person, rows.id)
    return rows.mutate(room=room, who=ibis.coalesce(rows.person, room))


def _roots(rows: ir.Table) -> ir.Table | None:
    """For each message that answers another, or is answered, without a thread: the first one of the chain.

    Chains are followed by halving them until nothing moves; one that bites its own tail ends at its smallest link.
    """
    replies = rows.filter(rows.thread.isnull() & rows.parent.notnull()).select("id", "parent").to_pyarrow()
    if not len(replies):
        return None
    child, parent = replies["id"].combine_chunks(), replies["parent"].combine_chunks()
    names = pc.unique(pa.chunked_array([child, parent]))
    names = names.take(pc.sort_indices(names))
    up = np.arange(len(names))
    up[pc.index_in(child, names)] = pc.index_in(parent, names)
    least = up.copy()
    for _ in range(64):
        least = np.minimum(least, least[up])
        further = up[up]
        if (further == up).all():
            break
        up = further
    root = np.where(up[up] == up, up, least[up])
    return ibis.memtable(pa.table({"reply": names, "root": names.take(pa.array(root))}))


def _turns(rows: ir.Table) -> ir.Table:
    """The messages of who opened each conversation, with the first answer to each (`answered`) and the last (`closing`)."""
    order = [rows.at, rows.customer.desc(), rows.id]
    nobody = ibis.null("int64")
    first = ibis.row_number().over(ibis.window(group_by=["room", "customer"], order_by=order)) == 0
    rows = rows.mutate(first=(first & (rows.customer == 1)).cast("int64"))
    opener = rows.who.max(where=rows["first"] == 1).over(ibis.window(group_by="room"))
    mine = (rows.customer == 1) & (rows.who == opener)
    rows = rows.mutate(mine=mine.cast("int64"), agent_at=ibis.ifelse(rows.customer == 0, rows.at, nobody))
    order = [rows.at, rows.customer.desc(), rows.id]
    past = ibis.window(group_by="room", order_by=order, preceding=None, following=0)
    rows = rows.mutate(turn=rows.mine.sum().over(past))
    turn = ibis.window(group_by=["room", "turn"])
    rows = rows.mutate(answered=rows.agent_at.min().over(turn), closing=rows.agent_at.max().over(turn))
    rows = rows.filter((rows.mine == 1) & (rows.scored == 0)).drop("first")
    return rows.mutate(claimed=ibis.ifelse(rows.closed == 1, rows.closing, nobody))


def _themed(rows: ir.Table, labels: ir.Table, by: Sequence[str]) -> ir.Table:
    """The messages that bring a problem, with the theme that they are about and what may be linked."""
    main, mood = _main(labels), _mood(labels)
    rows = rows.left_join(main, rows.id == main.verbatim).drop("verbatim")
    rows = rows.left_join(mood, rows.id == mood.verbatim).drop("verbatim")
    order = [rows.said.isnull().cast("int64"), rows.at, rows.id]
    first = ibis.row_number().over(ibis.window(group_by="room", order_by=order)) == 0
    rows = rows.mutate(first=first.cast("int64"))
    about = rows.said.max(where=rows["first"] == 1).over(ibis.window(group_by="room"))
    rows = rows.mutate(theme=ibis.ifelse(rows.talk.isnull(), rows.said, about))
    rows = rows.filter(ibis.coalesce(rows.happy, 0) == 0)
    rows = rows.filter(
        rows.talk.notnull() | (rows.said.notnull() & (ibis.coalesce(rows.worst, whole(0)) <= 0))
    )
    known = ibis.coalesce(rows.person, rows.talk).notnull()
    motive = ibis.ifelse(known, ibis.coalesce(rows.theme, rows.talk), ibis.null("string"))
    nothing = ibis.null("int64")
    return rows.select(
        "id", "who", "theme", "at", "answered", "claimed", "channel", "provider", "product", "talk", *keys_of(by),
        motive=motive, ends=rows.at, solved=nothing, counter=nothing,
        contacts=ibis.literal(1).cast("int64"), returns=ibis.literal(0).cast("int64"),
    )  # fmt: skip


def _main(labels: ir.Table) -> ir.Table:
    """One theme a verbatim, `said`: the one it complains of most, then the surest, the first, the first by name."""
    found = labels.filter(labels.kind == "theme")
    found = found.select(
        "verbatim",
        "confidence",
        said=found.value,
        worst=ibis.coalesce(found.polarity, whole(-1)),
        place=ibis.coalesce(found.start, 0),
    )
    order = [found.worst, found.confidence.desc(), found.place, found.said]
    rank = ibis.row_number().over(ibis.window(group_by="verbatim", order_by=order))
    return found.mutate(rank=rank).filter(lambda t: t["rank"] == 0).select("verbatim", "said", "worst")


def _mood(labels: ir.Table) -> ir.Table:
    """`happy`, 1 where the words are positive on balance or say that the problem is solved."""
    found = labels.filter(labels.kind.isin(["sentiment", "problem"]))
    read = found.group_by("verbatim").aggregate(
        mood=found.polarity.mean(where=found.kind == "sentiment"),
        solved=((found.kind == "problem") & (found.value == "solved")).cast("int64").max(),
        open=((found.kind == "problem") & found.value.isin(["open", "relapsed"])).cast("int64").max(),
    )
    happy = (read.open == 0) & ((read.solved == 1) | (ibis.coalesce(read.mood, whole(0)) > real("0.15")))
    return read.select("verbatim", happy=happy.cast("int64"))


def _comes_back(tickets: ir.Table) -> int:
    """How many persons bring the same thing twice: without a conversation or an agent, that alone tells of cases."""
    rows = tickets.filter(tickets.motive.notnull())
    each = rows.group_by(["who", "motive"]).aggregate(n=rows.count())
    return one({"n": (each.n > 1).cast("int64").sum()}, each)["n"]
