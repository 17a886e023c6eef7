"""Collects thirty comments and kills itself (-9) at the given step of what is written to disk."""

import os
import signal
import sys

from portevoix.keep import facts, home, keys, ledger
from portevoix.keep.store import Store
from tests.keep.coming import Coming

steps = 0
instant = int(sys.argv[2])


def deadly(function):
    def wrapped(*args, **kwargs):
        step()
        result = function(*args, **kwargs)
        step()
        return result

    return wrapped


def step() -> None:
    global steps
    steps += 1
    if steps == instant:
        os.kill(os.getpid(), signal.SIGKILL)


home.write_once = deadly(home.write_once)
facts.append = deadly(facts.append)
keys.Keys._create = deadly(keys.Keys._create)
ledger.Ledger.begin = deadly(ledger.Ledger.begin)
ledger.Ledger.finish = deadly(ledger.Ledger.finish)

store = Store(sys.argv[1])
store.add(Coming([f"texte {n}" for n in range(30)], people=True, size=10), {})
store.close()
