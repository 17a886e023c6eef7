"""How early a planted rise is seen, day by day, before the company itself would react: the lead that alerts give.

    .venv/bin/python bench/replay.py [--rises 40]

For each size of rise: six themes complained of in 5 % of 50 messages a day, one of which rises on day 90 for ten days; every
evening from day 40 on the alerts of `emerging` are asked for. The company is taken to react on the eighth day of the rise.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
THEMES, USUAL, MESSAGES = 6, 0.05, 50
FIRST, ONSET, PEAK, REACTION, DAYS = 40, 90, 99, 97, 100


def alarms(rng: np.random.Generator, share: float) -> list[int]:
    """The days on which the theme that rises to `share` is an alert, by the rule of `emerging` over the six themes."""
    from portevoix.measure.emerging import rise
    from portevoix.measure.verdict import survivors

    shares = np.full((THEMES, DAYS), USUAL)
    shares[0, ONSET:] = share
    said = rng.binomial(MESSAGES, shares).astype(float)
    out_of, weekdays = np.full(DAYS, float(MESSAGES)), np.arange(DAYS) % 7
    found = []
    for day in range(FIRST, DAYS):
        seen = [rise(one[: day + 1], out_of[: day + 1], weekdays[: day + 1]) for one in said]
        kept = survivors([1.0 if one is None else one.chance for one in seen])
        first = seen[0]
        if first is not None and kept[0] and first.low > 1 and first.spread_out:
            found.append(day)
    return found


def main() -> None:
    from portevoix.measure.counts import judged

    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rises", type=int, default=40)
    rises = asked.parse_args().rises
    print(
        f"| complaints, {rises} rises | seen | days from onset to alert | lead | right alerts | false in 100 days |"
    )
    print("|---|---|---|---|---|---|")
    for times in (2, 3, 4):
        rng = np.random.default_rng(times)
        events, days = [], []
        for place in range(rises):
            start = place * (DAYS - FIRST) - FIRST
            events.append((start + ONSET, start + PEAK, start + REACTION))
            days += [start + day for day in alarms(rng, times * USUAL)]
        told = judged(events, days, rises * (DAYS - FIRST))
        delays = [delay for delay in told.delays if delay is not None]
        leads = [lead for lead in told.leads if lead is not None]
        print(
            f"| {USUAL:.0%} to {times * USUAL:.0%} | {told.found:.0%} | {np.mean(delays):.1f} | {np.mean(leads):.1f} days "
            f"| {told.right:.0%} | {told.false_per_100:.1f} |"
        )


if __name__ == "__main__":
    main()
