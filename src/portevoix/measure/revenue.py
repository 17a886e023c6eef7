"""What a point of experience is worth here, on the company's own customers: three terms, every assumption printed."""

from collections.abc import Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from portevoix.measure import columns
from portevoix.measure.curves import leaving, scaled, straight, summed
from portevoix.measure.effects import Estimate
from portevoix.measure.figures import NOISE, Figure, groups, numbers, of_customers, settled, splittable, table
from portevoix.measure.lifetime import YEAR
from portevoix.measure.logistic import Vector
from portevoix.measure.ranges import whole
from portevoix.measure.referrals import credited
from portevoix.measure.verdict import chance, survivors
from portevoix.settings import Settings

LEAST_ASKED, LEAST_LEAVERS = 100, 10
_SCORES = ("nps", "csat", "stars")
_DISCOVERIES = 0.03
"""Each term is the best of three curves, which tries chance more than once: at 5 % something was found in 7 tables of 100 without any."""


class Terms(NamedTuple):
    """What a change brings in a year: more spending, customers kept, customers brought by word of mouth; the total, and
    the margin on it less what the change costs.
    """

    purchase: float
    churn: float
    word_of_mouth: float
    total: float
    net_margin: float


def three_terms(
    customers: float,
    *,
    buying: float,
    extra: float,
    leaving: float,
    revenue: float,
    telling: float,
    told: float,
    converted: float,
    margin: float,
    cost: float = 0.0,
) -> Terms:
    """The explicit three-term model. Shares are 0..1, money in one currency, all a year.

    `buying`: change in the share who buy more, each `extra`. `leaving`: fall in the share who leave, each `revenue`.
    `telling`: change in the share who recommend, each to `told` people of whom `converted` become customers. A customer
    kept who also recommends counts in both: say so beside the total.

    >>> three_terms(10e6, buying=.02, extra=60, leaving=.015, revenue=300, telling=.05, told=3, converted=.02, margin=.1)
    Terms(purchase=12000000.0, churn=45000000.0, word_of_mouth=9000000.0, total=66000000.0, net_margin=6600000.0)
    """
    one = customers * buying * extra
    two = customers * leaving * revenue
    three = customers * telling * told * converted * revenue
    total = one + two + three
    return Terms(*(round(part, 6) for part in (one, two, three, total, total * margin - cost)))


def revenue(
    customers: ir.Table, verbatims: ir.Table, by: Sequence[str] = (), settings: Settings | None = None
) -> pa.Table:
    """What a year brings if everybody's score were one point (of 0 to 10) higher, as customers of different scores
    differ today: `revenue.purchase`, `revenue.churn`, `revenue.word_of_mouth`, `revenue.total`, `revenue.margin` (money);
    and `revenue.assumed` by `assumption`, each number that went in.

    The score is the mean NPS that a customer gave before leaving, else CSAT or stars put on 0 to 10. Each term takes the
    curve that fits best by BIC (straight, bent, or in steps at 7 and 9), at equal kind of customer (product, segment, town…). The note of a term is "within noise" where
    chance explains it (Benjamini and Hochberg at 3 %). It says what is linked, not what would follow: prove it on
    customers held out. Empty under a hundred customers with a revenue and a score.
    """
    splittable(by, ("assumption",))
    rows = of_customers(customers, by)
    currency = (settings or Settings()).currency
    found: list[Figure] = []
    brought = _brought(rows)
    told = _scores(verbatims, customers, rows["person"])
    rows = rows.append_column("brought", pa.array(brought)).append_column("score", pa.array(told))
    rows = settled(rows, [brought, told])
    for where, group in groups(rows, by):
        found += [{**where, "basis": "asked", **figure} for figure in _figures(group, currency)]
    return table(found, by, ["assumption"])


def scored(verbatims: ir.Table, customers: ir.Table) -> ir.Table:
    """person, and their mean NPS, CSAT and stars on 0 to 10 (null where not asked), before they left."""
    left = customers.select("person", "left_at")
    rows = verbatims.filter((verbatims.author == "customer") & verbatims.person.notnull())
    rows = rows.select(
        "person", "said_at", nps=rows.nps.cast("float64"), csat=_wide(rows.csat), stars=_wide(rows.stars)
    )
    rows = rows.inner_join(left, "person")
    rows = rows.filter(rows.left_at.isnull() | rows.said_at.isnull() | (rows.said_at < rows.left_at))
    inside = {
        name: ibis.ifelse(rows[name].between(0, 10), rows[name], ibis.null("float64")) for name in _SCORES
    }
    return rows.group_by("person").aggregate(**{name: inside[name].mean() for name in _SCORES})


def _scores(verbatims: ir.Table, customers: ir.Table, people: pa.ChunkedArray) -> Vector:
    """The mean score of each of these, of the first kind that a hundred people gave; nan where they gave none."""
    if not len(people):
        return np.zeros(0)
    mean = scored(verbatims, customers).to_pyarrow()
    for name in _SCORES:
        if len(mean) - mean[name].null_count >= LEAST_ASKED:
            told = mean[name].take(pc.index_in(people, value_set=mean["person"].combine_chunks()))
            return np.asarray(told.to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.full(len(people), np.nan)


def _wide(answer: ir.Value) -> ir.Value:
    """1 to 5 put on 0 to 10."""
    return (answer.cast("float64") - whole(1)) * whole(5) / whole(2)


def _brought(rows: pa.Table) -> Vector:
    """How many customers each brought a year; nan where nobody names whom they came through."""
    n = len(rows)
    if rows["referred_by"].null_count == n:
        return np.full(n, np.nan)
    since = numbers(rows, "since")
    by = credited(rows["person"], rows["referred_by"], since)
    count = np.bincount(by[by >= 0], minlength=n).astype(np.float64)
    last = np.fmax(np.nanmax(since, initial=0.0), np.nanmax(numbers(rows, "left"), initial=0.0))
    years = np.where(np.isnan(since), np.nan, np.maximum(0.25, (last - since) / YEAR))
    return count / years if np.isfinite(years).any() else np.full(n, np.nan)


def _figures(rows: pa.Table, currency: str) -> list[Figure]:
    score = numbers(rows, "score")
    pay, left = numbers(rows, "revenue"), numbers(rows, "left")
    asked = np.isfinite(score) & np.isfinite(pay)
    if asked.sum() < LEAST_ASKED or np.ptp(score[asked]) == 0:
        return []
    score, mean = score[asked], float(pay[asked].mean())
    here = float(np.isnan(left).sum())
    held = _held(rows, asked)
    terms = {"purchase": scaled(straight(score, pay[asked], held), here)}
    stated = columns.outcome(columns.own(rows)) if np.isnan(left).all() else None
    gone = ((~np.isnan(left)).astype(np.float64) if stated is None else stated[1])[asked]
    if min(gone.sum(), len(gone) - gone.sum()) >= LEAST_LEAVERS:
        terms["churn"] = scaled(leaving(score, gone, held), -here * mean)
    told = numbers(rows, "brought")[asked]
    if np.isfinite(told).all() and told.sum():
        terms["word_of_mouth"] = scaled(straight(score, told, held), here * mean)
    return _listed(terms, rows, {"customers": here, "revenue a year": mean, "score": float(score.mean())}, currency,
                   int(asked.sum()))  # fmt: skip


def _listed(
    terms: dict[str, Estimate], rows: pa.Table, assumed: dict[str, float], currency: str, n: int
) -> list[Figure]:
    kept = survivors([chance(term.value, term.error) for term in terms.values()], _DISCOVERIES)
    notes = {name: None if shown else NOISE for name, shown in zip(terms, kept, strict=True)}
    whole = summed(list(terms.values()))
    terms = {**terms, "total": whole}
    notes["total"] = None if any(kept) and not whole.low < 0 < whole.high else NOISE
    margin = numbers(rows, "margin")
    both = np.isfinite(margin) & np.isfinite(numbers(rows, "revenue"))
    if both.any() and numbers(rows, "revenue")[both].sum() > 0:
        rate = float(margin[both].sum() / numbers(rows, "revenue")[both].sum())
        terms["margin"], notes["margin"] = scaled(whole, rate), notes["total"]
        assumed = {**assumed, "margin rate": rate}
    units = {"customers": "customers", "score": "points", "margin rate": "share"}
    shown = {"n": n, "people": n}
    found: list[Figure] = [
        {"name": f"revenue.{name}", "value": term.value, "low": term.low, "high": term.high, **shown, "unit": currency,
         "note": notes[name]}
        for name, term in terms.items()
    ]  # fmt: skip
    return found + [
        {"name": "revenue.assumed", "assumption": name, "value": number, **shown, "unit": units.get(name, currency),
         "note": "revenue is taken for a year's" if name == "revenue a year" else None}
        for name, number in assumed.items()
    ]  # fmt: skip


def _held(rows: pa.Table, asked: NDArray[np.bool_]) -> Vector:
    """What is held equal: the customers' categories that say who they are (product, segment, town…)."""
    found = [
        column
        for name, texts in columns.own(rows).items()
        if columns.says_who(name)
        and (column := columns.column(name, texts._replace(codes=texts.codes[asked])))
        and column.numbers is None
    ]
    return columns.covariates(found, int(asked.sum()))
