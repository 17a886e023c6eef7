"""The truths in the company's books: who leaves for what, and who brings others in."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from portevoix.nouns import Measure
from portevoix.simulate.people import Subscriber
from portevoix.simulate.plan import Plan
from portevoix.simulate.world import BAD, LAST

Side = Callable[[Subscriber], bool]


def churn(run: Plan) -> Iterator[Measure]:
    """The risk of leaving that an unanswered problem and a bad network each add: plain, and at equal other cause."""
    causes: dict[str, tuple[Side, Side, float]] = {
        "unanswered": (_ignored, _bad, run.planted.unanswered),
        "network": (_bad, _ignored, run.planted.network),
    }
    yield _risk(
        "churn.risk", {}, 1.0 * sum(map(_left, run.people)) / len(run.people), run, "left within the run"
    )
    for name, (cause, other, planted) in causes.items():
        plain = _gap(run.people, cause)
        yield _risk("churn.difference", {"cause": name}, plain, run, "plain difference of risks")
        equal = _standardised(run.people, cause, other)
        note = f"difference of risks at equal other cause, standardised; planted: {planted}"
        yield _risk("churn.adjusted", {"cause": name}, equal, run, note)


def referrals(run: Plan) -> Iterator[Measure]:
    """How little the best spenders and the best recommenders, the first tenth of each ranking, have in common."""
    brought = Counter(one.referred_by for one in run.people if one.referred_by)
    tenth = max(1, len(run.people) // 10)
    spenders = sorted(run.people, key=lambda one: (-one.revenue, one.person))[:tenth]
    recommenders = sorted(run.people, key=lambda one: (-brought[one.person], one.person))[:tenth]
    names = {one.person for one in spenders}
    common = sum(one.person in names for one in recommenders) / tenth
    from_spenders = sum(brought[name] for name in names) / max(1, brought.total())
    total = brought.total()
    yield Measure(
        name="value.referred",
        value=total,
        n=len(run.people),
        unit="customers",
        note="came through another customer",
    )
    yield Measure(
        name="value.lost_by_revenue",
        value=1 - common,
        n=tenth,
        unit="share",
        note="of the tenth that recommends most, the share that is not in the tenth that pays most",
    )
    yield Measure(
        name="value.from_spenders",
        value=from_spenders,
        n=total,
        unit="share",
        note="of those who were brought in, the share that the tenth that pays most brought",
    )


def _ignored(one: Subscriber) -> bool:
    return one.ignored


def _bad(one: Subscriber) -> bool:
    return one.network == BAD


def _left(one: Subscriber) -> bool:
    return one.left_at is not None


def _rate(people: Sequence[Subscriber]) -> float:
    return sum(map(_left, people)) / len(people) if people else 0.0


def _gap(people: Sequence[Subscriber], cause: Side) -> float:
    return _rate([one for one in people if cause(one)]) - _rate([one for one in people if not cause(one)])


def _standardised(people: Sequence[Subscriber], cause: Side, other: Side) -> float:
    """The gap within each stratum of the other cause, weighed by the whole population."""
    strata = [[one for one in people if other(one) is side] for side in (False, True)]
    return sum(_gap(stratum, cause) * len(stratum) for stratum in strata) / len(people)


def _risk(name: str, where: dict[str, str], value: float, run: Plan, note: str) -> Measure:
    return Measure(
        name=name,
        where=where,
        value=value,
        n=len(run.people),
        since=run.first,
        until=LAST + timedelta(days=1),
        unit="share",
        note=note,
    )
