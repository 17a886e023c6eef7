"""Who is worth keeping: what customers are still worth, what those they bring are worth, and whom a revenue ranking loses."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from portevoix.measure import columns, lifetime
from portevoix.measure.effects import Estimate, share_of
from portevoix.measure.figures import Figure, groups, numbers, of_customers, settled, splittable, table
from portevoix.measure.logistic import Vector
from portevoix.measure.referrals import CORNERS, corners, credited, overlap, rank_correlation, top
from portevoix.settings import Settings

LEAST_CUSTOMERS = 30
_COUNT = re.compile(r"referrals|parrainages|filleuls|recommandations|recruits", re.I)


class Worth(NamedTuple):
    """By customer: what is still to come, what they pay, whom they brought (how many, and what that is worth).

    `money` says whether the referrals are in money, `lasting` whether the first is a lifetime's; `basis` how it was made, `told` how recruits were counted.
    """

    to_come: Vector
    revenue: Vector
    brought: Vector
    referral: Vector
    money: bool
    lasting: bool
    basis: str
    told: str

    def of(self, places: NDArray[np.int64]) -> "Worth":
        """The same of some customers."""
        to_come, revenue, brought, referral = (part[places] for part in self[:4])
        return self._replace(to_come=to_come, revenue=revenue, brought=brought, referral=referral)


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
        people = group["person"].to_pylist()
        if len(places) < LEAST_CUSTOMERS:
            continue
        mine = worth.of(places)
        figures = _figures(mine, currency) + _said_and_done(people, mine.brought, promoters)
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
    to_come, basis, lasting = _to_come(rows, np.nan_to_num(yearly), bool(np.isfinite(margin).any()))
    told = (
        "each recruit credited once"
        if rows["referred_by"].null_count < rows.num_rows
        else "as the column says"
    )
    value_ = brought if referral is None else referral
    return Worth(to_come, np.nan_to_num(pay), brought, value_, referral is not None, lasting, basis, told)


def _here(rows: pa.Table) -> NDArray[np.bool_]:
    """Who has not left, by date or by a column that speaks of churn."""
    left = numbers(rows, "left")
    stated = columns.outcome(columns.own(rows)) if np.isnan(left).all() else None
    return np.isnan(left) if stated is None else stated[1] == 0


def _brought(rows: pa.Table, margin: Vector) -> tuple[Vector | None, Vector | None]:
    """How many each brought, and the first year's margin of those, discounted a year; None for what can't be said."""
    by = rows["referred_by"].to_pylist()
    if any(name is not None for name in by):
        count, money = np.zeros(len(by)), np.zeros(len(by))
        mean = float(np.nanmean(margin)) if np.isfinite(margin).any() else np.nan
        for recruit, referrer in enumerate(credited(rows["person"].to_pylist(), by, numbers(rows, "since"))):
            if referrer is not None:
                count[referrer] += 1
                own = margin[recruit] if np.isfinite(margin[recruit]) else mean
                money[referrer] += own / (1 + lifetime.DISCOUNT)
        return count, money if np.isfinite(mean) else None
    for name, values in columns.own(rows).items():
        told = columns.as_numbers(values)
        if _COUNT.search(name) and np.isfinite(told).mean() > 0.9:
            return np.nan_to_num(told).clip(0), None
    return None, None


def _to_come(rows: pa.Table, yearly: Vector, margins: bool) -> tuple[Vector, str, bool]:
    """What each is still worth, how it was made, and whether it is a lifetime's: by the retention curve where leavers
    were watched for long enough, else by a year's margin.
    """
    since, left = numbers(rows, "since"), numbers(rows, "left")
    what = "margin" if margins else "revenue (no margin is known)"
    watch = None if np.isnan(since).any() else lifetime.watched(since, left)
    if watch is None:
        return (
            yearly,
            f"ranked by {what}: no dates, or too few or too hurried leavers, to say how long customers stay",
            False,
        )
    curve = lifetime.retention(since, left, *watch)
    found = lifetime.to_come(yearly, (watch[1] - since) / lifetime.YEAR, curve)
    years, rate, days = lifetime.HORIZON, lifetime.DISCOUNT, round((watch[1] - watch[0]) / 86400)
    how = f"yearly {what} of the next {years} years at {rate:.0%}, by the retention of {curve.leavers} leavers in {days} days"
    return found, how, True


def _figures(worth: Worth, currency: str) -> list[Figure]:
    n = len(worth.brought)
    tenth = max(1, n // 10)
    shown = {"n": n, "people": n}
    few = {"n": tenth, "people": tenth, "unit": "share"}
    total = int(worth.brought.sum())
    most = float(top(worth.revenue, tenth) @ worth.brought) / max(1, total)
    lost = overlap(worth.referral, worth.revenue, tenth)
    found: list[Figure] = [
        {"name": "value.referred", "value": total, **shown, "unit": "customers", "note": worth.told},
        {"name": "value.overlap_top_decile", **_spread(overlap(worth.referral, worth.to_come, tenth)), **few,
         "note": worth.basis},
        {"name": "value.rank_correlation", **_spread(rank_correlation(worth.to_come, worth.referral)), **shown,
         "unit": "ratio"},
        {"name": "value.from_spenders", **_spread(share_of(most * total, total)), **few, "n": total},
        {"name": "value.lost_by_revenue", "value": 1 - lost.value, "low": 1 - lost.high, "high": 1 - lost.low, **few},
    ]  # fmt: skip
    if worth.lasting:
        found.append(
            {"name": "value.lifetime", **_mean(worth.to_come), **shown, "unit": currency, "note": worth.basis}
        )
    if worth.money:
        found += [
            {"name": "value.referral", **_mean(worth.referral), **shown, "unit": currency,
             "note": "first year's margin of the recruits, all taken for type one; rewards, upkeep and the cost of "
                     "winning customers are not known and count 0"},
        ]  # fmt: skip
    names = corners(worth.to_come, worth.referral)
    for corner in CORNERS:
        count = names.count(corner)
        range_ = share_of(count, n)
        found.append({"name": "value.corner", "corner": corner, "value": count, "low": range_.low * n,
                      "high": range_.high * n, "n": n, "people": n, "unit": "customers"})  # fmt: skip
    return found


def _promoters(verbatims: ir.Table) -> dict[str, bool]:
    """Who was asked whether they would recommend, and whether they ever said 9 or 10."""
    asked = verbatims.filter(
        verbatims.person.notnull() & verbatims.nps.between(0, 10) & (verbatims.author == "customer")
    )
    best = asked.group_by("person").aggregate(best=asked.nps.max()).to_pyarrow()
    return {
        person: nps >= 9
        for person, nps in zip(best["person"].to_pylist(), best["best"].to_pylist(), strict=True)
    }


def _said_and_done(people: Sequence[str], brought: Vector, promoters: dict[str, bool]) -> list[Figure]:
    asked = [place for place, person in enumerate(people) if person in promoters]
    willing = [place for place in asked if promoters[people[place]]]
    if not willing:
        return []
    done = sum(int(brought[place] > 0) for place in willing)
    return [
        {"name": "value.intended", **_spread(share_of(len(willing), len(asked))), "n": len(asked), "people": len(asked),
         "unit": "share", "basis": "asked"},
        {"name": "value.made", **_spread(share_of(done, len(willing))), "n": len(willing), "people": len(willing),
         "unit": "share", "basis": "asked", "note": "of those who said that they would"},
    ]  # fmt: skip


def _mean(values: Vector) -> Figure:
    values = np.sort(values)
    middle, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    return _spread(Estimate(middle, middle - 1.96 * error, middle + 1.96 * error, error))


def _spread(estimate: Estimate) -> Figure:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
