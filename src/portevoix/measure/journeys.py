"""By which ways customers come: the calls that the web should have spared, what follows what, and what shifts."""

import re
import unicodedata
from collections.abc import Sequence
from math import erfc, sqrt

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from portevoix.measure.answers import Row, as_table, shares
from portevoix.measure.contacts import brought
from portevoix.measure.figures import NOISE
from portevoix.measure.linking import DAY, gaps, sized, windows
from portevoix.measure.ranges import gap_of_shares
from portevoix.measure.tallies import UNKNOWN, keys_of, tally
from portevoix.measure.tickets import Tickets, one
from portevoix.measure.verdict import survivors
from portevoix.settings import Settings

PHONE, ONLINE = "phone", "online"
_PHONE = re.compile(r"\b(phone|telephone|tel|call|calls|appel|appels|voice|voix|hotline|ivr|svi|vocal)\b")
_ONLINE = re.compile(
    r"\b(web|website|site|internet|online|en ligne|app|apps|application|mobile app|portal|portail|espace client|self ?service|form|formulaire|"
    r"faq|bot|chatbot|chat|tchat|livechat|messaging|messagerie|message|messages|messenger|whatsapp|mail|e ?mail|courriel|ticket|tweet|twitter|"
    r"facebook|instagram|forum|social|dm|direct|x)\b"
)
_SPAN = 14 * DAY
_WHERE = ("theme", "channel", "to")


def way(channel: str) -> str | None:
    """Whether a channel is the phone or something online; None for a shop, a letter, or a name that says neither.

    >>> way("Téléphone"), way("tchat"), way("boutique")
    ('phone', 'online', None)
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", channel) if not unicodedata.combining(c))
    name = " ".join(re.split(r"[^a-z0-9]+", bare.lower()))
    if _PHONE.search(name) and not re.search(r"\bapp\b", name):
        return PHONE
    return ONLINE if _ONLINE.search(name) else None


def journeys(
    cases: ir.Table,
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
) -> pa.Table:
    """How contacts follow each other by channel, for the same person and theme within the theme's window.

    `journeys.spared_calls`: of the calls that could be watched back for a whole window, the share that followed something
    online (site, app, chat, message) on the same theme, overall and by `theme` (0..1, Wilson); `.spared_count` is how
    many calls that is. `.next`: of those who came back after `channel`, the share that came by `to`. `.shift`: the
    share of contacts by `channel` in the later half of the time watched less that in the earlier half (Agresti-Caffo),
    "within noise" where it doesn't survive Benjamini and Hochberg at 5 % over the channels.
    """
    with brought(cases, verbatims, labels, by) as tickets:
        if tickets is None:
            return as_table([], by, _WHERE)
        keys, basis = keys_of(by), tickets.known.basis
        with _ordered(tickets).cache() as rows:
            found = [*_spared(rows, keys, basis, "theme" not in by), *_next(rows, keys, basis)]
            if "channel" not in by:
                found += _shift(rows, keys, basis)
    return as_table(found, by, _WHERE)


def _ordered(tickets: Tickets) -> ir.Table:
    """The contacts whose channel is known, each with the last one online before it and the one before of any kind."""
    rows = tickets.rows.filter(tickets.rows.channel.notnull())
    named = rows.select("channel").distinct().to_pyarrow()["channel"].to_pylist()
    ways = {name: way(name) for name in sorted(named)}
    rows = rows.mutate(
        call=rows.channel.isin([name for name, one_ in ways.items() if one_ == PHONE]),
        online=rows.channel.isin([name for name, one_ in ways.items() if one_ == ONLINE]),
        window=sized(rows.theme, windows(gaps(tickets))),
        alone=ibis.ifelse(rows.motive.isnull(), rows.id, ""),
    )
    order = {"group_by": ["who", "motive", "alone"], "order_by": ["at", "id"]}
    before = ibis.window(**order, preceding=(None, 1))
    rows = rows.mutate(
        tried=ibis.ifelse(rows.online, rows.at, ibis.null("int64")).max().over(before),
        came=rows.at.lag().over(ibis.window(**order)),
        by_way=rows.channel.lag().over(ibis.window(**order)),
    )
    return rows.mutate(back=ibis.coalesce(rows.at - rows.came <= rows.window, False))


def _spared(rows: ir.Table, keys: Sequence[str], basis: str, themed: bool) -> list[Row]:
    held = one({"start": rows["at"].min(), "online": rows.online.cast("int64").sum()}, rows)
    if not held["online"]:
        return []
    calls = rows.filter(rows.call & (rows["at"] - rows.window >= held["start"]) & rows.motive.notnull())
    after = ibis.coalesce(calls["at"] - calls.tried <= calls.window, False).cast("int64")
    calls = calls.mutate(theme=ibis.coalesce(calls.theme, UNKNOWN), after=after)
    found = shares(calls, {"journeys.spared_calls": "after"}, keys, basis)
    if themed:
        found += shares(calls, {"journeys.spared_calls": "after"}, [*keys, "theme"], basis)
    count = {"name": "journeys.spared_count", "unit": "calls"}
    return found + [
        {**row, **count, **{part: round(row[part] * row["n"], 6) for part in ("value", "low", "high")}}
        for row in found
    ]


def _next(rows: ir.Table, keys: Sequence[str], basis: str) -> list[Row]:
    """From which channel to which, among those who came back within the window."""
    back = rows.filter(rows.back & rows.by_way.notnull())
    ways = back.select("channel").distinct().to_pyarrow()["channel"].to_pylist()
    found: list[Row] = []
    for name in sorted(ways):
        to = back.select("who", *keys, channel=back.by_way, here=(back.channel == name).cast("int64"))
        after = shares(to, {"journeys.next": "here"}, [*keys, "channel"], basis)
        found += [{**row, "to": name} for row in after if row["value"]]
    return found


def _shift(rows: ir.Table, keys: Sequence[str], basis: str) -> list[Row]:
    held = one({"start": rows["at"].min(), "end": rows["at"].max()}, rows)
    if held["end"] - held["start"] < _SPAN:
        return []
    middle = ibis.literal((held["start"] + held["end"]) // 2).cast("int64")
    ticket, nothing = ibis.literal(1).cast("int64"), ibis.null("int64")
    halves = {
        "now": ibis.ifelse(rows["at"] > middle, ticket, nothing),
        "then": ibis.ifelse(rows["at"] <= middle, ticket, nothing),
    }
    rows = rows.select("who", "channel", *keys, **halves)
    here = tally(rows, [*keys, "channel"], {name: rows[name] for name in halves})
    group = ibis.window(group_by=list(keys)) if keys else ibis.window()
    both = here.mutate(now_all=here.now_n.sum().over(group), then_all=here.then_n.sum().over(group))
    both = both.filter((both.now_all > 0) & (both.then_all > 0))
    gap = gap_of_shares(both.now_all, both.now_n, both.then_all, both.then_n)
    both = both.select(
        *keys,
        "channel",
        value=gap.value,
        low=gap.low,
        high=gap.high,
        n=(both.now_all + both.then_all).cast("int64"),
        people=ibis.greatest(both.now_p, both.then_p),
        score=gap.score,
    )
    found = both.order_by([*keys, "channel"]).to_pyarrow().to_pylist()
    kept = survivors([erfc(abs(row.pop("score")) / sqrt(2)) for row in found])
    return [
        {**row, "name": "journeys.shift", "unit": "share", "basis": basis, "note": None if shown else NOISE}
        for row, shown in zip(found, kept, strict=True)
    ]
