"""What the causes of leaving say together: which are shown, and whether "not the network, our small problems" holds."""

import re
from collections.abc import Sequence
from math import erfc, sqrt

from portevoix.measure.effects import Estimate
from portevoix.measure.figures import NOISE

_NETWORK = re.compile(r"network|r[ée]seau|outage|panne|reliab|coverage|couverture", re.I)
Shown = tuple[str, Estimate, int]
"""A cause, its adjusted risk difference, and how many levels it was chosen among."""


def survivors(chances: Sequence[float], share: float = 0.05) -> list[bool]:
    """Which tests survive Benjamini and Hochberg (1995) at this share of false discoveries."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    last = max(
        (rank for rank, at in enumerate(order, 1) if chances[at] <= rank * share / len(chances)), default=0
    )
    kept = set(order[:last])
    return [place in kept for place in range(len(chances))]


def noted(found: Sequence[Shown]) -> list[str | None]:
    """The note of each adjusted difference: null where it is shown, "within noise" otherwise, and the verdict."""
    kept = survivors(
        [min(1.0, levels * chance(estimate.value, estimate.error)) for _, estimate, levels in found]
    )
    notes: list[str | None] = [None if shown else NOISE for shown in kept]
    places = [place for place, (name, _, _) in enumerate(found) if name == "unanswered"]
    networks = [place for place, (name, _, _) in enumerate(found) if _NETWORK.search(name)]
    for place in places:
        notes[place] = _verdict(found, kept, place, networks[0] if networks else None)
    return notes


def _verdict(found: Sequence[Shown], kept: Sequence[bool], small: int, network: int | None) -> str:
    """The sentence on "they don't leave because of the network, but because of our unanswered small problems"."""
    counts = kept[small] and found[small][1].value > 0
    if network is None:
        return "unanswered problems count; the network is not measured" if counts else "not shown"
    other = kept[network] and found[network][1].value > 0
    if counts and other:
        return "the slogan is half true: unanswered problems count, and so does the network"
    if counts:
        apart = found[network][1].high < found[small][1].low
        return (
            "the slogan is true here: unanswered problems count, the network less than any of it"
            if apart
            else "unanswered problems count; for the network it is not shown"
        )
    return (
        "the slogan is wrong: the network counts, unanswered problems are not shown to"
        if other
        else "not shown"
    )


def chance(value: float, error: float) -> float:
    """The two-sided p of a value against zero, by its standard error."""
    return erfc(abs(value) / error / sqrt(2)) if error > 0 else 1.0
