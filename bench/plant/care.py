"""Cases whose end is known: answered is not solved, providers at equal work, calls that the web should have spared."""

from functools import cache
from typing import Any

import numpy as np

from bench.plant.tables import Truths, dates, findings, labels, measured, people, table, told
from portevoix.measure.answers import answers
from portevoix.measure.journeys import journeys
from portevoix.measure.providers import providers

_HOUR = 1 / 24


def _log(rng: Any, back: Any, **more: Any) -> dict[str, Any]:
    """One problem a person, answered, claimed, and for `back` brought again within six days of the claim; none later.

    A last opening on day 75 lets everything before it be watched to its end.
    """
    n = len(back)
    opened = rng.uniform(0, 40, n)
    answered = opened + rng.exponential(5, n) * _HOUR
    claimed = answered + rng.uniform(2, 20, n) * _HOUR
    again = claimed + rng.uniform(0.2, 6, n)
    later = again + rng.exponential(5, n) * _HOUR
    who = np.arange(n)
    parts = [(who, opened, answered, claimed)]
    parts.append(tuple(part[back] for part in (who, again, later, later + rng.uniform(2, 20, n) * _HOUR)))
    parts.append(tuple(np.array([number]) for number in (n, 75.0, 75.1, 75.2)))
    owner, *times = (np.concatenate(column) for column in zip(*parts, strict=True))
    shown = {name: np.append(values, values[:1])[np.minimum(owner, n)] for name, values in more.items()}
    stamps = zip(("opened_at", "answered_at", "claimed_at"), times, strict=True)
    return {"person": people(owner), **{name: dates(at) for name, at in stamps}, **shown}


@cache
def _ends() -> tuple[float, float]:
    """Of half a million such problems: the median seconds to the real end, and the mean seconds unsolved in thirty days."""
    rng, n = np.random.default_rng(0), 500_000
    first = (rng.exponential(5, n) + rng.uniform(2, 20, n)) * _HOUR
    again = rng.uniform(0.2, 6, n) + (rng.exponential(5, n) + rng.uniform(2, 20, n)) * _HOUR
    ends = 86_400 * (first + again * (rng.random(n) < 0.35))
    return float(np.median(ends)), float(np.minimum(ends, 30 * 86_400).mean())


def answered(seed: int) -> Truths:
    """Everything answered, within hours; 35 % come back with the same thing."""
    rng, n, share = np.random.default_rng(seed), 200, 0.35
    cases = table("cases", **_log(rng, rng.random(n) < share, theme=np.full(n, "line")))
    found = measured(answers, cases, table("verbatims"), labels())
    ends, unsolved = _ends()
    truth = {
        "first_response": 5 * 3600 * np.log(2),
        "real_resolution": ends,
        "unsolved_time": unsolved,
        "relapse_7d": share / (1 + share),
        "relapse_30d": share / (1 + share),
        "answered_not_solved": share,
        "fcr": 1 - share,
        "recontact": share,
        "claimed_gap": share,
        "returns": share,
    }
    return told({f"answers.{name}": value for name, value in truth.items()}, found)


PROVIDERS = ("ash", "birch", "cedar", "elm", "fir", "oak")
_HARD = {"line": 0.55, "bill": 0.80}
"""How often an ordinary provider solves a theme at the first contact."""


def _desks(rng: Any, better: Any) -> list[Any]:
    """Six providers, from mostly bills to mostly lines, each so much better or worse than ordinary."""
    n = 1200
    place = rng.integers(0, len(PROVIDERS), n)
    line = rng.random(n) < np.linspace(0.2, 0.8, len(PROVIDERS))[place]
    held = np.where(line, _HARD["line"], _HARD["bill"]) + better[place]
    own = {"theme": np.where(line, "line", "bill"), "provider": np.array(PROVIDERS)[place]}
    cases = table("cases", **_log(rng, rng.random(n) >= held, **own))
    return measured(providers, cases, table("verbatims"), labels())


def compared(seed: int) -> Truths:
    """Two providers are worse by eight points, two better by eight; what they work on differs as well."""
    better = np.array([-0.08, 0.08, 0.0, 0.0, 0.08, -0.08])
    lines = np.linspace(0.2, 0.8, len(PROVIDERS))
    own = lines * _HARD["line"] + (1 - lines) * _HARD["bill"] + better
    common = {"line": _HARD["line"] + lines @ better / lines.sum(), "bill": _HARD["bill"] + (1 - lines) @ better / (1 - lines).sum()}  # fmt: skip
    expected = lines * common["line"] + (1 - lines) * common["bill"]
    overall = own.mean()
    truth = {}
    for place, name in enumerate(PROVIDERS):
        truth[f"providers.raw {name}"] = own[place]
        truth[f"providers.adjusted {name}"] = overall * own[place] / expected[place]
        truth[f"providers.shrunk {name}"] = overall + own[place] - expected[place]
    return told(truth, _desks(np.random.default_rng(seed), better))


def alike(seed: int) -> list[str]:
    """Six providers of the same worth."""
    paid = _desks(np.random.default_rng(seed), np.zeros(len(PROVIDERS)))
    return [one.where["provider"] for one in paid if one.name == "providers.bonus" and one.value]


def _contacts(rng: Any, first: float, chats: tuple[float, float]) -> list[Any]:
    """Calls of which a share follow a message of the day before; others write alone, more or fewer later on."""
    n = 400
    called = rng.uniform(8, 60, n)
    wrote = rng.random(n) < first
    at = np.concatenate([called, (called - rng.uniform(0.1, 1.5, n))[wrote], np.sort(rng.uniform(0, 60, n))])
    who = np.concatenate([np.arange(n), np.flatnonzero(wrote), np.arange(n, 2 * n)])
    chat = rng.random(n) < np.where(at[-n:] > 30, *chats)
    alone = np.where(chat, "chat", "mail")
    channel = np.concatenate([np.full(n, "phone"), np.full(wrote.sum(), "web"), alone])
    cases = table(
        "cases", person=people(who), opened_at=dates(at), channel=channel, theme=np.full(len(at), "line")
    )
    return measured(journeys, cases, table("verbatims"), labels())


def travelled(seed: int) -> Truths:
    """A third of the calls follow something online; chats go from 30 to 50 % of what is written alone."""
    rng, first = np.random.default_rng(seed), 1 / 3
    found = _contacts(rng, first, (0.5, 0.3))
    # calls are spread over 8 to 60 days: 30/52 of them, and of what led to them, fall in the later half
    late, early = 400 * (1 + first) * 30 / 52 + 200, 400 * (1 + first) * 22 / 52 + 200
    shift = 0.5 * 200 / late - 0.3 * 200 / early
    calls = next(one.n for one in found if one.name == "journeys.spared_calls" and not one.where)
    return told(
        {
            "journeys.spared_calls": first,
            "journeys.spared_count": first * calls,
            "journeys.shift chat": shift,
        },
        found,
    )


def settled(seed: int) -> list[str]:
    """As many chats later as before."""
    rng, n = np.random.default_rng(seed), 900
    channel = rng.choice(["phone", "chat", "mail", "web"], n, p=[0.4, 0.2, 0.2, 0.2])
    who, at = rng.integers(0, 700, n), rng.uniform(0, 60, n)
    cases = table("cases", person=people(who), opened_at=dates(at), channel=channel, theme=np.full(n, "line"))
    return findings(measured(journeys, cases, table("verbatims"), labels()), "journeys.shift")


PLANTED = {"answers": answered, "providers": compared, "journeys": travelled}
NOTHING = {"providers": alike, "journeys": settled}
