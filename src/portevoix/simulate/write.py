"""Writes a run as files: three tables that Portevoix reads, and the truths that were planted in them."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from portevoix.errors import PortevoixError
from portevoix.nouns import Case
from portevoix.simulate.people import Subscriber
from portevoix.simulate.plan import Plan, plan
from portevoix.simulate.planted import Planted
from portevoix.simulate.sayings import Saying
from portevoix.simulate.speech import Speaker
from portevoix.simulate.truth import truths
from portevoix.simulate.world import TWEET, local

_SCORES = ("stars", "nps", "csat", "ces", "enjoyable", "easy", "needs_met")
VERBATIMS = (
    *("id", "said_at", "person", "author", "channel", "text", "thread", "in_reply_to", "provider", "product"),
    *("segment", *_SCORES, "reach", "status", "city"),
)
CUSTOMERS = (
    *("person", "since", "left_at", "revenue", "margin", "referred_by", "product", "segment", "city"),
    *("network", "tenure"),
)
CASES = (
    *("id", "person", "theme", "opened_at", "answered_at", "claimed_at", "solved_at", "contacts", "relapses"),
    *("provider", "channel"),
)
Row = Sequence[object]


def write(
    directory: Path, *, customers: int, days: int, seed: int, planted: Planted | None = None
) -> list[Path]:
    """Writes verbatims.csv, customers.csv, cases.csv and truth.json into the folder; returns their paths.

    UTF-8, commas, lines ended by a line feed; instants in ISO 8601 with the zone of Paris. The same arguments give
    the same bytes on every machine. Raises WrongUse under 50 customers and outside 14 to 730 days, PortevoixError
    where the folder can't be written.
    """
    run = plan(customers, days, seed, planted)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return [
            _table(directory / "verbatims.csv", VERBATIMS, _verbatims(run, seed)),
            _table(directory / "customers.csv", CUSTOMERS, map(_customer, run.people)),
            _table(directory / "cases.csv", CASES, map(_case, run.cases)),
            _truth(directory / "truth.json", run),
        ]
    except OSError as error:
        raise PortevoixError(
            f"The folder {directory} cannot be written ({error.strerror}); name another one with -o."
        ) from error


def _table(path: Path, columns: Row, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def _truth(path: Path, run: Plan) -> Path:
    lines = (json.dumps(entry, ensure_ascii=False) for entry in truths(run))
    path.write_bytes(("[\n" + ",\n".join(lines) + "\n]\n").encode())
    return path


def _verbatims(run: Plan, seed: int) -> Iterator[Row]:
    speaker = Speaker(seed)
    claimed = {case.id: "clos" if case.claimed_at else "ouvert" for case in run.cases}
    for saying in run.sayings:
        yield _verbatim(saying, run, speaker, claimed)


def _verbatim(saying: Saying, run: Plan, speaker: Speaker, claimed: dict[str, str]) -> Row:
    who = saying.who
    return (
        run.ids[saying.key],
        _instant(saying.at),
        who.person,
        "agent" if saying.agent else "customer",
        saying.channel,
        speaker.words(saying),
        saying.thread,
        None if saying.reply_to is None else run.ids[saying.reply_to],
        saying.provider,
        who.product,
        who.segment,
        *(saying.scores.get(name) for name in _SCORES),
        who.reach if saying.channel == TWEET and not saying.agent else None,
        claimed.get(saying.thread or ""),
        who.city,
    )


def _customer(who: Subscriber) -> Row:
    money = (f"{who.revenue:.2f}", f"{who.margin:.2f}")
    return (
        *(who.person, who.since, who.left_at, *money, who.referred_by, who.product, who.segment, who.city),
        *(who.network, who.tenure),
    )


def _case(case: Case) -> Row:
    times = (case.opened_at, case.answered_at, case.claimed_at, case.solved_at)
    return (
        *(case.id, case.person, case.theme, *map(_instant, times), case.contacts, case.relapses),
        *(case.provider, case.channel),
    )


def _instant(when: datetime | None) -> str | None:
    return local(when).isoformat(timespec="seconds") if when else None
