"""Carries a home of an earlier format over to the present one: a backup first, then step by step, the format's number last.

Each step can be taken again, so a run that was killed is finished by the next.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from portevoix.keep import facts
from portevoix.keep.home import FORMAT, write_once

if TYPE_CHECKING:
    from portevoix.keep.store import Store


def carry(store: "Store", spare: bool = True) -> None:
    """Brings a home to the present format; nothing where it is there already.

    `spare`: keeps a backup of the home as it was, in a folder beside it named after its format.
    """
    home = store.home
    if home.one_shot or home.format() >= FORMAT:
        return
    with home.writing():
        known = home.format()  # another process may have done it while this one waited
        if spare and known < FORMAT:
            _spare(store, known)
        for number in range(known, FORMAT):
            STEPS[number](store)
            write_once(home.path / "home.json", json.dumps({"format": number + 1}).encode())


def _spare(store: "Store", known: int) -> None:
    from portevoix.keep.backup import backup, finished

    folder = store.home.path.with_name(f"{store.home.path.name}.format-{known}")
    if not any(map(finished, folder.glob("portevoix-*"))):
        backup(store, folder, folder, held=True)


def _widened(store: "Store") -> None:
    """1 → 2: whether a verbatim may be quoted, and the batch of a correction."""
    facts.widen(store.home.facts, "verbatims", "quotable", "boolean")
    facts.widen(store.home.facts, "labels", "batch", "long")


STEPS: dict[int, Callable[["Store"], None]] = {1: _widened}
"""What leads from each format to the next."""
