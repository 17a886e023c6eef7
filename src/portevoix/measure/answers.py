"""Answered is not solved: what the desk says, and what became of it once the window has passed."""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from portevoix.measure.contacts import brought
from portevoix.measure.figures import groups
from portevoix.measure.linking import DAY, DEFAULT, gaps, linked, windows, with_return
from portevoix.measure.scorecard import wilson
from portevoix.measure.survival import kaplan_meier, median, restricted_mean
from portevoix.measure.tallies import grouped, keys_of, tally
from portevoix.measure.tickets import Known, Tickets
from portevoix.settings import Settings

MONTH = 30 * DAY
NOT_REACHED = "not reached: less than half of them, as far as they could be watched"
Row = Mapping[str, Any]
_Z = NormalDist().inv_cdf(0.975)
_FIGURES = {
    "name": pa.string(), "value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "n": pa.int64(),
    "people": pa.int64(), "unit": pa.string(), "basis": pa.string(), "note": pa.string(),
}  # fmt: skip


def answers(
    cases: ir.Table,
    verbatims: ir.Table,
    labels: ir.Table,
    by: Sequence[str] = (),
    settings: Settings | None = None,
) -> pa.Table:
    """What the desk says of its cases and what became of them, from its log where it has rows, else from the words.

    In seconds, Kaplan-Meier medians: `answers.first_response`, `.claimed_resolution`, `.real_resolution`, and
    `.unsolved_time`, the mean time without a solution over the first thirty days. Shares 0..1, Wilson: `.relapse_7d`,
    `.relapse_30d`, `.answered_not_solved`, `.fcr`, `.recontact`, `.answered`, `.claimed`; `.reopened`, by the desk's
    own counter (basis "log counter"); `.claimed_gap`, claimed less first-contact resolution. `.contacts` and
    `.returns` a case. `.window`, seconds, by theme, where the data chose it. See docs/numbers/answers.md.
    """
    with brought(cases, verbatims, labels, by) as tickets:
        rows: list[Row] = []
        if tickets is not None:
            sizes = windows(gaps(tickets))
            rows = [*measured(tickets, sizes, by), *_chosen(tickets, sizes, by)]
    return as_table(rows, by, ["theme"])


def measured(
    tickets: Tickets, sizes: Mapping[str, int], by: Sequence[str] = (), default: int = DEFAULT
) -> list[Row]:
    """All the figures of `answers` at given windows by theme, in seconds; the split under its inner names."""
    known, keys = tickets.known, keys_of(by)
    claims = _claims(with_return(tickets.rows), known)
    rows = shares(
        claims, {f"answers.{name}": name for name in ("relapse_7d", "relapse_30d")}, keys, known.basis
    )
    if known.counter:
        counted = tickets.rows.mutate(reopened=(tickets.rows.counter > 0).cast("int64"))
        rows += shares(counted, {"answers.reopened": "reopened"}, keys, "log counter")
    with linked(tickets, sizes, by, default).cache() as told:
        found = outcomes(told, known)
        rows += shares(told.mutate(**found), {f"answers.{name}": name for name in found}, keys, known.basis)
        rows += _means(told.mutate(claimed_gap=_gap(told, known)), keys, known)
        for name, (length, ended) in _times(told, known).items():
            rows += _timed(told.mutate(length=length, ended=ended), name, keys, known.basis)
    return rows


def outcomes(told: ir.Table, known: Known) -> dict[str, ir.Value]:
    """What became of each case, 1 or 0, null where it can't be said yet: the shares of `answers`, by name.

    An unanswered case is no success, nor is one that the log holds unsolved; one that is not mature is neither.
    """
    mature, back = told.mature == 1, told.returns > 0
    answered = ibis.coalesce(told.answered, told.claimed).notnull()
    held = ~back
    held = held & answered if known.answered else held
    held = held & (told.unsolved == 0) if known.solved else held
    found = {"fcr": _asked(mature, held), "recontact": _asked(mature, back)}
    if known.answered:
        still = told["last"] > told.told if known.basis == "words" else back
        if known.solved:
            still = still | (told.unsolved > 0) | (told.solved > told.told)
        passed = told.told + told.window <= _whole(known.end)
        found["answered"] = _asked(mature, answered)
        found["answered_not_solved"] = _asked(ibis.coalesce(passed, False), still)
    if known.claimed:
        found["claimed"] = _asked(mature, told.claimed.notnull())
    return found


def as_table(rows: Sequence[Row], by: Sequence[str], more: Sequence[str] = ()) -> pa.Table:
    """Rows of figures as the contract's table: the split under the names typed, further keys, then the figures."""
    places = dict(zip(by, keys_of(by), strict=True)) | {name: name for name in more if name not in by}
    columns = {name: pa.array([row.get(key) for row in rows], pa.string()) for name, key in places.items()}
    figures = {name: pa.array([row.get(name) for row in rows], kind) for name, kind in _FIGURES.items()}
    return pa.table({**columns, **figures})


def _asked(when: ir.Value, what: ir.Value) -> ir.Value:
    return ibis.ifelse(when, what.cast("int64"), ibis.null("int64"))


def _whole(number: int) -> ir.Value:
    return ibis.literal(number).cast("int64")


def _claims(once: ir.Table, known: Known) -> ir.Table:
    """Of what the desk told its customers: did they come back within so many days; null until these have passed."""
    found = {}
    for days in (7, 30):
        until = once.told + _whole(days * DAY)
        passed = once.motive.notnull() & ibis.coalesce(until <= _whole(known.end), False)
        back = ibis.coalesce(once.return_ <= until, False) | (once.returns > 0)
        found[f"relapse_{days}d"] = _asked(passed, back)
    return once.mutate(**found)


def _gap(told: ir.Table, known: Known) -> ir.Value:
    found = outcomes(told, known)
    return found["claimed"] - found["fcr"] if known.claimed else ibis.null("int64")


def shares(rows: ir.Table, tickets: Mapping[str, str], keys: Sequence[str], basis: str) -> list[Row]:
    """Shares of 1 among 0 and 1 by group, with Wilson's interval; `tickets` maps a measure's name to its column.

    Rows have `hits` besides the figures; groups where nothing was asked have none.
    """
    wide = tally(rows, keys, {column: rows[column] for column in tickets.values()}).to_pyarrow().to_pylist()
    found: list[Row] = []
    for name, column in tickets.items():
        for row in wide:
            n, hits, people = (row[f"{column}_{part}"] for part in "nsp")
            if n:
                low, high = wilson(hits, n)
                figures = {
                    "value": hits / n,
                    "low": low,
                    "high": high,
                    "n": n,
                    "people": people,
                    "hits": hits,
                }
                place = {key: row[key] for key in keys}
                found.append({**place, "name": name, **figures, "unit": "share", "basis": basis})
    return found


def _means(told: ir.Table, keys: Sequence[str], known: Known) -> list[Row]:
    """Contacts and returns a case, and claimed less real: means of whole numbers, with their normal interval."""
    mature = told.mature == 1
    asked = {name: ibis.ifelse(mature, told[name], ibis.null("int64")) for name in ("contacts", "returns")}
    wide = tally(told, keys, {**asked, "claimed_gap": told.claimed_gap}).to_pyarrow().to_pylist()
    units = {"contacts": "contacts", "returns": "returns", "claimed_gap": "share"}
    return [
        {**{key: row[key] for key in keys}, **_mean(row, name), "unit": unit, "basis": known.basis}
        for name, unit in units.items()
        for row in wide
        if row[f"{name}_n"]
    ]


def _mean(row: Row, name: str) -> dict[str, Any]:
    n, total, squares = (row[f"{name}_{part}"] for part in "nsq")
    value = total / n
    # one more case at either end of the scale: ten cases that agree don't make a certainty
    half = _Z * sqrt((squares - total * value + 1) / (n * (n + 1)))
    return {"name": f"answers.{name}", "value": value, "low": value - half, "high": value + half, "n": n,
            "people": row[f"{name}_p"]}  # fmt: skip


def _times(told: ir.Table, known: Known) -> dict[str, tuple[ir.Value, ir.Value]]:
    """How long each took, or how long it was watched without an end, and 1 where it ended; null where not asked."""
    watched = ibis.greatest(_whole(known.end) - told.opened, 0)
    times = {}
    if known.replied:
        waited = ibis.coalesce(told.answered - told.opened, watched)
        times["first_response"] = (waited, told.answered.notnull().cast("int64"))
    if known.claimed:  # what the desk says of itself: cases that it claims, and no others
        times["claimed_resolution"] = (told.claimed - told.opened, ibis.literal(1).cast("int64"))
    solved, ended = _solved(told, known)
    times["real_resolution"] = (ibis.coalesce(solved - told.opened, watched), ended)
    return times


def _solved(told: ir.Table, known: Known) -> tuple[ir.Value, ir.Value]:
    """When each case was really over, as far as it is known, and 1 where its window has passed since.

    What the log itself holds for the real end; else its last claim, once nobody came back; of words, the last contact.
    Unanswered or unclaimed, it is not over. Not mature, it is known not to have been over before.
    """
    nothing = ibis.null("int64")
    if known.solved:
        over = ibis.ifelse(told.unsolved == 0, told.solved, nothing)
        passed = told.solved + told.window <= _whole(known.end)
    elif known.basis == "log" and known.claimed:
        over = ibis.ifelse(told.unclaimed == 0, told.last_claim, nothing)
        passed = told.mature == 1
    else:
        over, passed = told["last"], told.mature == 1
    if known.answered:
        over = ibis.ifelse(ibis.coalesce(told.answered, told.claimed).notnull(), over, nothing)
    return over, (over.notnull() & ibis.coalesce(passed, False)).cast("int64")


def _timed(rows: ir.Table, name: str, keys: Sequence[str], basis: str) -> list[Row]:
    """The median of a time by group; of the real resolution, the mean time without it over thirty days as well."""
    rows = rows.filter(rows.length.notnull())
    counts = rows.group_by([*keys, "length", "ended"]).aggregate(many=rows.count()).to_pyarrow()
    people = grouped(rows, keys, {"n": rows.count(), "people": rows.who.nunique()}).to_pyarrow().to_pylist()
    held = {tuple(row[key] for key in keys): (row["n"], row["people"]) for row in people}
    found: list[Row] = []
    for where, group in groups(counts, keys):
        curve = kaplan_meier(*(group[part].to_numpy() for part in ("length", "ended", "many")))
        figures = {name: median(curve)}
        if name == "real_resolution":
            figures["unsolved_time"] = restricted_mean(curve, MONTH)
        n, persons = held[tuple(where[key] for key in keys)]
        found += [
            {**where, "name": f"answers.{figure}", **timed._asdict(), "n": n, "people": persons, "unit": "seconds",
             "basis": basis, "note": None if timed.value is not None else NOT_REACHED}
            for figure, timed in figures.items()
        ]  # fmt: skip
    return found


def _chosen(tickets: Tickets, sizes: Mapping[str, int], by: Sequence[str]) -> list[Row]:
    """The windows that the data chose, published; where the result is not split."""
    if by or not sizes:
        return []
    rows = tickets.rows.filter(tickets.rows.theme.isin(list(sizes)))
    wide = tally(rows, ["theme"], {"ticket": rows.contacts}).to_pyarrow().to_pylist()
    return [
        {"theme": row["theme"], "name": "answers.window", "value": float(sizes[row["theme"]]), "n": row["ticket_n"],
         "people": row["ticket_p"], "unit": "seconds", "basis": tickets.known.basis, "note": "chosen from the data"}
        for row in wide
    ]  # fmt: skip
