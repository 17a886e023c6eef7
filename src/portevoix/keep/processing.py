"""The record of processing of a home (article 30 of the GDPR): from what it really holds and what its settings say."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from portevoix.keep import facts
from portevoix.keep.records import now
from portevoix.keep.store import Store
from portevoix.settings import Settings

_SCORES = ("stars", "nps", "csat", "ces", "enjoyable", "easy", "needs_met")
_TRAITS = ("channel", "product", "segment", "provider", "lang", "thread", "reach", "status", "quotable")
_FEWEST, _PEOPLE = 5, ("customers", "cases")
"""People are not counted below so many; these tables have a row a person, or a row a person's problem."""


def record(store: Store, settings: Settings, lang: str) -> dict[str, Any]:
    """The record as data: who, why, about whom, what, until when, for whom, how it is protected. `lang` is fr or en.

    People are counted where they are five or more; below, "fewer than five". Raises KeyError for another language.
    """
    said = tomllib.loads((resources.files("portevoix.keep") / "processing.toml").read_text("utf-8"))[lang]
    counts = {name: _count(store, name) for name in facts.TABLES}
    held, people = _held(store), _people(store)
    backups = {folder for _, folder in store.ledger.records.backups()}
    return {
        "made_at": now(),
        "controller": settings.company or said["to_fill_in"],
        "contact": said["to_fill_in"],
        "purposes": said["purposes"],
        "legal_basis": said["to_fill_in"],
        "people": {"kinds": said["people"], "known_by_name": people if people >= _FEWEST else said["few"]},
        "data": {
            **{
                said["kinds"][name]: said["few"] if name in _PEOPLE and number < _FEWEST else number
                for name, number in counts.items()
                if number
            },
            said["kinds"]["columns"]: [said["columns"].get(name, name) for name in held],
        },
        "period": _period(store),
        "terms": {name: f"{months} {said['months']}" for name, months in sorted(settings.retention.items())}
        or said["no_term"],
        "recipients": [
            *said["recipients"],
            *([said["endpoint"].format(url=settings.endpoint.url)] if settings.endpoint else []),
            *(said["backup"].format(folder=name) for name in sorted(backups)),
        ],
        "transfers": said["endpoint_transfers"] if settings.endpoint else said["transfers"],
        "security": said["security"],
        "erasures": len(store.ledger.records.receipts()),
        "sources": [f"{source} ({said['kinds'][kind]})" for source, kind, _ in store.ledger.sources()],
    }


def markdown(found: Mapping[str, Any], lang: str) -> str:
    """The record as a page to be read, printed and signed."""
    said = tomllib.loads((resources.files("portevoix.keep") / "processing.toml").read_text("utf-8"))[lang]
    lines = [f"# {said['title']}", ""]
    for name, heading in said["headings"].items():
        lines += [f"## {heading}", "", *_listed(found[name], said), ""]
    return "\n".join(lines)


def _listed(value: Any, said: Mapping[str, Any]) -> list[str]:  # noqa: ANN401 - as JSON
    if isinstance(value, Mapping):
        return [
            f"- {said['names'].get(name, name)}{said['colon']} {_short(each)}" for name, each in value.items()
        ]
    if isinstance(value, list):
        return [f"- {each}" for each in value] or [f"- {said['none']}"]
    return [str(value)]


def _short(value: Any) -> str:  # noqa: ANN401 - as JSON
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _count(store: Store, name: str) -> int:
    return int(store.run(store.engine.table(name).aggregate(n=lambda t: t.count()))["n"][0].as_py())


def _people(store: Store) -> int:
    rows = store.engine.table("verbatims")
    return int(store.run(rows.aggregate(n=lambda t: t.person.nunique()))["n"][0].as_py() or 0)


def _held(store: Store) -> list[str]:
    """The fields that some verbatim fills, and the sources' own columns."""
    rows = store.table("verbatims")
    names = ["person", *_TRAITS, *_SCORES]
    filled = store.run(rows.aggregate(**{name: rows[name].notnull().sum() for name in names})).to_pylist()[0]
    own = {column for column, field in store.ledger.columns().items() if field == "more"}
    return ["text", *(name for name in names if filled[name]), *sorted(own)]


def _period(store: Store) -> dict[str, str]:
    rows = store.engine.table("verbatims")
    found = store.run(
        rows.aggregate(since=lambda t: t.said_on.min(), until=lambda t: t.said_on.max())
    ).to_pylist()[0]
    return {name: day.isoformat() for name, day in found.items() if day is not None}
