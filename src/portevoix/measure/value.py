"""Who is worth keeping: what customers are still worth, what those they bring are worth, and whom a revenue ranking loses."""

import re
from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from portevoix.measure import columns, lifetime
from portevoix.measure.effects import Estimate, Z, share_of
from portevoix.measure.figures import Figure, groups, numbers, of_customers, settled, splittable, table
from portevoix.measure.logistic import Vector
from portevoix.measure.referrals import (
    CORNERS,
    corners,
    credited,
    overlap,
    rank_correlation,
    share_of_recruits,
    top,
)
from portevoix.settings import Settings

LEAST_CUSTOMERS = 30
_COUNT = re.compile(r"referrals|parrainages|filleuls|recommandations|recruits", re.I)


class Worth(NamedTuple):
    """By customer: what is still to come, what they pay, whom they brought (how many, and what that is worth).

    `yearly` margins and `tenure` in years make `to_come` by a retention `curve`; without one (None) it is a year's. `money`
    says whether the referrals are in money; `basis` how `to_come` was made, `told` how recruits were counted.
    """

    to_come: Vector
    revenue: Vector
    brought: Vector
    referral: Vector
    yearly: Vector
    tenure: Vector
    curve: lifetime.Retention | None
    money: bool
    basis: str
    told: str

    def of(self, places: NDArray[np.int64]) -> "Worth":
        """The same of some customers."""
        to_come, revenue, brought, referral, yearly, tenure = (part[places] for part in self[:6])
        return self._replace(
            to_come=to_come, revenue=revenue, brought=brought, referral=referral, yearly=yearly, tenure=tenure
        )

    def again(self) -> list[Vector]:
        """`to_come` by other curves that the same leavers would bear; none without a curve."""
        if self.curve is None:
            return []
        return [lifetime.to_come(self.yearly, self.tenure, curve) for curve in lifetime.redrawn(self.curve)]


def value(
    customers: ir.Table, verbatims: ir.Table, by: Sequence[str] = (), settings: Settings | None = None
) -> pa.Table:
    """Lifetime value beside referral value: `value.lifetime` and `value.referral` (means, money), `value.referred` (how
    many came through somebody), `value.overlap_top_decile` (of the tenth that brings most, the share in the tenth worth
    most), `value.rank_correlation` (Spearman), `value.corner` by `corner` (customers: Champions, Affluents, Advocates,
    Misers), `value.from_spenders` (the share of the recruits that the tenth paying most brought), `value.lost_by_revenue`
    (of the tenth that brings most, the share that a ranking by revenue leaves out); with NPS, `value.intended` (promoters
    among those asked) and `value.made` (those of them who brought somebody).

    Customers still here, with a margin or a revenue. Referrals are `referred_by`, each recruit credited once, else a
    column that counts them. Every assumption is in a note. Empty under thirty customers or without any referral.
    """
    splittable(by, ("corner",))
    rows = settled(of_customers(customers, by))
    promoters = _promoters(verbatims)
    if rows.num_rows < LEAST_CUSTOMERS:
        return table([], by, ["corner"])
    currency = (settings or Settings()).currency
    worth = _worth(rows)
    if worth is None:
        return table([], by, ["corner"])
    here = _here(rows)
    everybody = rows.append_column("place", pa.array(np.arange(rows.num_rows)))
    found: list[Figure] = []
    for where, group in groups(everybody.filter(pa.array(here)), by):
        places = group["place"].to_numpy()
        if len(places) < LEAST_CUSTOMERS:
            continue
        mine = worth.of(places)
        figures = _figures(mine, currency) + _said_and_done(group["person"], mine.brought, promoters)
        found += [{"basis": None, **where, **figure} for figure in figures]
    return table(found, by, ["corner"])


def _worth(rows: pa.Table) -> Worth | None:
    margin, revenue = numbers(rows, "margin"), numbers(rows, "revenue")
    pay = revenue if not np.isnan(revenue).all() else margin
    yearly = margin if not np.isnan(margin).all() else revenue
    if np.isnan(pay).all():
        return None
    brought, referral = _brought(rows, margin)
    if brought is None or not brought.sum():
        return None
    yearly = np.nan_to_num(yearly)
    tenure, curve, basis = _lasting(rows, bool(np.isfinite(margin).any()))
    to_come = yearly if curve is None else lifetime.to_come(yearly, tenure, curve)
    told = (
        "each recruit credited once"
        if rows["referred_by"].null_count < rows.num_rows
        else "as the column says"
    )
    value_ = brought if referral is None else referral
    money = referral is not None
    return Worth(to_come, np.nan_to_num(pay), brought, value_, yearly, tenure, curve, money, basis, told)


def _here(rows: pa.Table) -> NDArray[np.bool_]:
    """Who has not left, by date or by a column that speaks of churn."""
    left = numbers(rows, "left")
    stated = columns.outcome(columns.own(rows)) if np.isnan(left).all() else None
    return np.isnan(left) if stated is None else stated[1] == 0


def _brought(rows: pa.Table, margin: Vector) -> tuple[Vector | None, Vector | None]:
    """How many each brought, and the first year's margin of those, discounted a year; None for what can't be said."""
    if rows["referred_by"].null_count < len(rows):
        mean = float(np.nanmean(margin)) if np.isfinite(margin).any() else np.nan
        by = credited(rows["person"], rows["referred_by"], numbers(rows, "since"))
        referrer, own = by[by >= 0], np.where(np.isfinite(margin), margin, mean)[by >= 0]
        count = np.bincount(referrer, minlength=len(by)).astype(np.float64)
        money = np.bincount(referrer, own / (1 + lifetime.DISCOUNT), len(by)).astype(np.float64)
        return count, money if np.isfinite(mean) else None
    for name, texts in columns.own(rows).items():
        told = texts.numbers()
        if _COUNT.search(name) and np.isfinite(told).mean() > 0.9:
            return np.nan_to_num(told, posinf=0, neginf=0).clip(0), None
    return None, None


def _lasting(rows: pa.Table, margins: bool) -> tuple[Vector, lifetime.Retention | None, str]:
    """Tenure in years, the retention curve where leavers were watched for long enough, and how worth is made of them."""
    since, left = numbers(rows, "since"), numbers(rows, "left")
    what = "margin" if margins else "revenue (no margin is known)"
    watch = None if np.isnan(since).any() else lifetime.watched(since, left)
    if watch is None:
        return (
            np.zeros(rows.num_rows),
            None,
            f"ranked by {what}: no dates, or too few or too hurried leavers, to say how long customers stay",
        )
    curve = lifetime.retention(since, left, *watch)
    years, rate, days = lifetime.HORIZON, lifetime.DISCOUNT, round((watch[1] - watch[0]) / 86400)
    how = f"yearly {what} of the next {years} years at {rate:.0%}, by the retention of {curve.leavers} leavers in {days} days"
    return (watch[1] - since) / lifetime.YEAR, curve, how


def _figures(worth: Worth, currency: str) -> list[Figure]:
    n = len(worth.brought)
    tenth = max(1, n // 10)
    shown = {"n": n, "people": n}
    few = {"n": tenth, "people": tenth, "unit": "share"}
    total = int(worth.brought.sum())
    spenders = share_of_recruits(top(worth.revenue, tenth), worth.brought)
    lost = overlap(worth.referral, worth.revenue, tenth)
    again = worth.again()
    found: list[Figure] = [
        {"name": "value.referred", "value": total, **shown, "unit": "customers", "note": worth.told},
        {"name": "value.overlap_top_decile", **_spread(overlap(worth.referral, worth.to_come, tenth)), **few,
         "note": worth.basis},
        {"name": "value.rank_correlation", **_spread(rank_correlation(worth.to_come, worth.referral, again)), **shown,
         "unit": "ratio"},
        {"name": "value.from_spenders", **_spread(spenders), **few, "n": total},
        {"name": "value.lost_by_revenue", "value": 1 - lost.value, "low": 1 - lost.high, "high": 1 - lost.low, **few},
    ]  # fmt: skip
    if worth.curve is not None:
        found.append(
            {
                "name": "value.lifetime",
                **_mean(worth.to_come, again),
                **shown,
                "unit": currency,
                "note": worth.basis,
            }
        )
    if worth.money:
        found += [
            {"name": "value.referral", **_mean(worth.referral), **shown, "unit": currency,
             "note": "first year's margin of the recruits, all taken for type one; rewards, upkeep and the cost of "
                     "winning customers are not known and count 0"},
        ]  # fmt: skip
    counts = np.bincount(corners(worth.to_come, worth.referral), minlength=len(CORNERS)).tolist()
    for corner, count in zip(CORNERS, counts, strict=True):
        range_ = share_of(count, n)
        found.append({"name": "value.corner", "corner": corner, "value": count, "low": range_.low * n,
                      "high": range_.high * n, "n": n, "people": n, "unit": "customers"})  # fmt: skip
    return found


def _promoters(verbatims: ir.Table) -> pa.Table:
    """Who was asked whether they would recommend, and the best that they ever said."""
    asked = verbatims.filter(
        verbatims.person.notnull() & verbatims.nps.between(0, 10) & (verbatims.author == "customer")
    )
    return asked.group_by("person").aggregate(best=asked.nps.max()).to_pyarrow()


def _said_and_done(people: pa.ChunkedArray, brought: Vector, promoters: pa.Table) -> list[Figure]:
    told = promoters["best"].take(pc.index_in(people, value_set=promoters["person"].combine_chunks()))
    asked = told.is_valid().to_numpy()
    willing = asked & (told.fill_null(0).to_numpy() >= 9)
    n, here = int(willing.sum()), int(asked.sum())
    if not n:
        return []
    done = int((brought[willing] > 0).sum())
    return [
        {"name": "value.intended", **_spread(share_of(n, here)), "n": here, "people": here,
         "unit": "share", "basis": "asked"},
        {"name": "value.made", **_spread(share_of(done, n)), "n": n, "people": n,
         "unit": "share", "basis": "asked", "note": "of those who said that they would"},
    ]  # fmt: skip


def _mean(values: Vector, again: Sequence[Vector] = ()) -> Figure:
    """A mean with its normal interval; `again` are the values as they might as well have been estimated."""
    values = np.sort(values)
    middle, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    if again:
        error = hypot(error, float(np.std([np.sort(drawn).mean() for drawn in again], ddof=1)))
    return _spread(Estimate(middle, middle - Z * error, middle + Z * error, error))


def _spread(estimate: Estimate) -> Figure:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
