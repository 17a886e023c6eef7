"""What a reader plants in a run by name: the sizes that the measures are to find again."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from portevoix.errors import UnknownName, WrongUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """Shares of 0..1. `base`: the risk of leaving within the run; `unanswered` and `network`: what an unanswered problem and
    a bad network each add to it. `web_first`: of the calls about a usual problem, those that followed a try online.
    """

    base: float = 0.02
    unanswered: float = 0.09
    network: float = 0.11
    web_first: float = 0.0


def planted(pairs: Sequence[str]) -> Planted:
    """From NAME=VALUE; raises WrongUse for what is no share, UnknownName for a name that nothing is planted under.

    >>> planted(["network=0.2"]).network
    0.2
    """
    known = {one.name for one in fields(Planted)}
    values: dict[str, float] = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        if name not in known:
            raise UnknownName("planted truth", name, known)
        try:
            values[name] = float(text)
        except ValueError:
            values[name] = -1.0
        if not sign or not 0 <= values[name] <= 1:
            raise WrongUse(
                f"--plant wants NAME=SHARE with a share of 0 to 1, for instance network=0.2; it got '{pair}'."
            )
    found = Planted(**values)
    if found.base + found.unanswered + found.network > 1:
        raise WrongUse("The risks of leaving add up to more than 1: plant smaller ones.")
    return found
