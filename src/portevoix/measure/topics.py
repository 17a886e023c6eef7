"""What customers talk about that no theme holds, and how much of what they say is still of nothing known."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from portevoix.measure.ranges import whole
from portevoix.measure.scores import ranged
from portevoix.measure.tallies import Line, customers, finished, keys_of, listed, tally
from portevoix.measure.themes import by_theme, read

_SHARES = (
    Line("topics.share", "share", "words", "mention"),
    Line("topics.negative", "share", "words", "negative"),
)
_REST = (Line("topics.unclassified", "share", "words", "nothing"),)


def topics(
    verbatims: ir.Table, labels: ir.Table, names: Mapping[str, str], by: Sequence[str] = ()
) -> pa.Table:
    """By `topic`: `topics.share` (the share of the comments read that are of it) and `topics.negative` (that are of it and
    negative as a whole), its words in the note; and `topics.unclassified`, the share that has neither theme nor topic.

    Wilson's intervals, over customers' verbatims in French or English. `names` are the words of each topic. Empty without a topic.
    """
    rows, keys = read(customers(verbatims, by), labels), keys_of(by)
    told = labels.filter(labels.kind == "topic")
    told = told.mutate(kind=ibis.literal("theme"))
    wide = by_theme(rows, told, keys)
    shares = listed(wide, [*keys, "theme"], _SHARES)
    shares = ranged(shares.filter(shares.n > 0), _SHARES).mutate(note=ibis.null("string"))
    found = finished(shares, by, ["theme"]).to_pyarrow().rename_columns({"theme": "topic"}).to_pylist()
    spoken = labels.filter(labels.kind.isin(["theme", "topic"])).select("verbatim").distinct()
    spoken = spoken.mutate(spoken=whole(1).cast("int64"))
    rest = rows.left_join(spoken, rows.id == spoken.verbatim)
    ticket = ibis.ifelse(rest.spoken.isnull(), 1, 0).cast("int64")
    silent = ranged(listed(tally(rest, keys, {"nothing": ticket}), keys, _REST), _REST)
    left = finished(silent.filter(silent.n > 0).mutate(note=ibis.null("string")), by).to_pyarrow()
    types = {field.name: field.type for field in left.schema}
    figures = [{**row, "note": names.get(row["topic"])} for row in found]
    if not figures:
        return left.append_column("topic", pa.nulls(len(left), pa.string()))
    schema = pa.schema(
        [pa.field("topic", pa.string()), *(pa.field(name, kind) for name, kind in types.items())]
    )
    return pa.Table.from_pylist(
        [*figures, *({**row, "topic": None} for row in left.to_pylist())], schema=schema
    )
