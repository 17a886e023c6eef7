"""Kills commands with SIGKILL at chosen instants, and counts what is lost, doubled, or does not open again.

    python -m tests.keep.killing 2000

An instant is a line of `portevoix/keep` about to run, counted from the command's start, or a change of a file in the home as
the kernel reports it (inotify), so that kills also fall inside the writes of SQLite and of the Delta tables. A warm process
forks: one child runs the command and dies, another opens the home, checks it, lets the next run finish and checks again.
"""

import ctypes
import gc
import json
import os
import random
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import portevoix.keep
from portevoix.keep import erase, health, verifier
from portevoix.keep.receipt import Signers
from portevoix.label.reader import load
from portevoix.voice import Voice
from tests.keep.coming import Coming

INSIDE = str(Path(portevoix.keep.__file__).parent)
TEXTS = [f"Le colis numéro {n} est arrivé en retard, service lent" for n in range(24)]
MORE = [f"Très bon accueil, conseiller {n} aimable" for n in range(8)]
LEAVING = "client3@example.org"
_CHANGES = 0x2 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200  # modified, closed, moved, made, deleted
load()  # so that every child has the model at once


def gone(n: int) -> bool:
    """Whether the n-th text is of the person who leaves."""
    return n % 7 == 3


def nothing(home: Path) -> None:
    """No home yet."""
    home.mkdir()


def first(home: Path) -> None:
    """Everything that the first home of a test holds."""
    with Voice(home) as voice:
        voice._store.add(Coming(TEXTS, people=True, numbered=True, size=10), {})


def labelled(home: Path) -> None:
    """The same, read."""
    with Voice(home) as voice:
        voice._store.add(Coming(TEXTS, people=True, numbered=True, size=10), {})
        voice.label()
        voice.tell()


def begin(voice: Voice) -> None:
    voice._store.add(Coming(TEXTS, people=True, numbered=True, size=10), {})


def collect(voice: Voice) -> None:
    erase.settle(voice._store)
    voice._store.add(Coming(MORE, source="suite", people=True, size=3), {})


def change(voice: Voice) -> None:
    voice._store.add(Coming([text + "." for text in TEXTS], people=True, numbered=True, size=10), {})


def forget(voice: Voice) -> None:
    voice.forget([LEAVING], lambda *_: None)


def undo(voice: Voice) -> None:
    if any(number == 1 for number, *_ in voice.keep_batches()):
        voice.keep_undo(1)
    erase.settle(voice._store)


COMMANDS: dict[str, tuple[Callable[[Path], None], Callable[[Voice], object]]] = {
    "collect into a new home": (nothing, begin),
    "collect": (first, collect),
    "collect changed rows": (first, change),
    "label": (first, lambda voice: voice.label()),
    "tell": (labelled, lambda voice: voice.tell("en")),
    "forget": (labelled, forget),
    "keep undo": (labelled, undo),
    "keep compact": (labelled, lambda voice: voice.keep_compact()),
}


def state(voice: Voice) -> dict[str, object]:
    """What a home holds, in words that two homes can be compared by."""
    store = voice._store
    ids = store.run(store.table("verbatims").select("id"))["id"].to_pylist()
    texts = store.words(ids)
    labels = store.run(store.table("labels").select("verbatim", "kind", "value", "start", "by"))
    people = store.run(store.table("verbatims").select("id", "person")).to_pylist()
    groups: dict[str, list[str]] = {}
    for row in people:
        groups.setdefault(row["person"], []).append(texts.get(row["id"], "?"))
    letters = [
        content["lang"] for _, content in store.ledger.letters("en", date(2000, 1, 1), date(2100, 1, 1))
    ]
    return {
        "texts": sorted(texts.values()),
        "people": sorted(sorted(group) for group in groups.values()),
        "labels": sorted(map(str, labels.to_pylist())),
        "letters": letters,
        "pending": len(store.ledger.records.pending()),
        "sources": store.ledger.sources(),
    }


def start(work: Callable[[], object], read: int, write: int) -> int:
    """Forks a child that does the work, writes what it returns into a pipe, and ends without any cleaning up."""
    child = os.fork()
    if child:
        os.close(write)
        return child
    os.close(read)
    code = 1
    try:
        os.write(write, json.dumps(work()).encode())
        code = 0
    except BaseException:
        os.write(write, json.dumps(traceback.format_exc()[-1500:]).encode())
    finally:
        os._exit(code)


def ended(child: int, read: int) -> tuple[int, object]:
    """The exit code of a child (-9 when killed) and what it returned."""
    with os.fdopen(read, "rb") as answers:
        answer = answers.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(answer) if answer else None


def fork(work: Callable[[], object]) -> tuple[int, object]:
    """Runs work in a child."""
    read, write = os.pipe()
    return ended(start(work, read, write), read)


def watched(home: Path, command: Callable[[Voice], object], instant: int | None) -> tuple[int, dict]:
    """Runs a command on a home and dies at the line of that number; how many lines of `keep` it took, and what it left."""
    lines = 0

    def local(frame: object, event: str, argument: object) -> object:
        nonlocal lines
        if event == "line":
            lines += 1
            if lines == instant:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def trace(frame: object, event: str, argument: object) -> object:
        return local if frame.f_code.co_filename.startswith(INSIDE) else None

    sys.settrace(trace)
    with Voice(home) as voice:
        command(voice)
        sys.settrace(None)
        return lines, state(voice)


def by_file(home: Path, work: Callable[[], object], instant: int | None) -> tuple[int, object, int]:
    """Runs work in a child and kills it at the n-th change of a file in a home: its exit code, answer, and the changes seen."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init()
    for folder in [home, *(folder for folder in home.rglob("*") if folder.is_dir())]:
        libc.inotify_add_watch(watch, str(folder).encode(), _CHANGES)
    read, write = os.pipe()
    child = start(work, read, write)
    seen, over = 0, False
    while not over:
        ready, _, _ = select.select([watch, read], [], [])
        over = read in ready and watch not in ready
        if watch in ready:
            content, place = os.read(watch, 65536), 0
            while place < len(content):
                (length,) = struct.unpack_from("I", content, place + 12)
                place, seen = place + 16 + length, seen + 1
                if seen == instant:
                    os.kill(child, signal.SIGKILL)
    os.close(watch)
    return *ended(child, read), seen


def after(home: Path, command: Callable[[Voice], object], name: str) -> dict:
    """Opens a home whose command was killed: what it holds now, and after the next run."""
    with Voice(home) as voice:
        now = state(voice)
        if name == "forget" and random.Random(str(home)).random() < 0.5:
            erase.settle(voice._store)  # the next run of anything finishes it
            voice._store.add(Coming(MORE[:1], source="autre", people=False), {})
            voice.keep_undo(max(number for number, *_ in voice.keep_batches()))
        command(voice)
        then = state(voice)
        return {
            "now": now,
            "then": then,
            "problems": list(health.problems(voice._store)),
            "receipts": receipts(voice),
        }


def receipts(voice: Voice) -> bool:
    """Whether every receipt holds."""
    public = json.dumps(Signers(voice._store.home).published())
    for receipt in voice._store.ledger.records.receipts():
        verifier.verify(json.dumps(receipt), public)
    return True


def plain(home: Path, command: Callable[[Voice], object]) -> None:
    with Voice(home) as voice:
        command(voice)


def held(home: Path) -> dict:
    with Voice(home) as voice:
        return state(voice)


def judged(name: str, before: dict, expected: dict, found: dict) -> list[str]:
    """What is wrong: "lost", "doubled" or "other"; nothing where the home is as it should be."""
    wrong = []
    now, then = found["now"], found["then"]
    kept = set(before["texts"])
    if name == "forget":
        kept = {text for n, text in enumerate(TEXTS) if not gone(n)}
    if name == "keep undo":
        kept = set()
    if name == "collect changed rows":
        now = {**now, "texts": [text.rstrip(".") for text in now["texts"]]}
    if not kept <= set(now["texts"]) or set(expected["texts"]) - set(then["texts"]):
        wrong.append("lost")
    for one in (now, then):
        if len(one["texts"]) != len(set(one["texts"])) or len(one["labels"]) != len(set(one["labels"])):
            wrong.append("doubled")
    if name == "tell":
        then = {**then, "letters": then["letters"][:1]}
    if {**then, "sources": 0} != {**expected, "sources": 0}:
        wrong.append(
            "other: "
            + ", ".join(part for part in expected if part != "sources" and then[part] != expected[part])
        )
    if found["problems"]:
        wrong.append("other: " + found["problems"][0])
    return wrong


@dataclass
class Prepared:
    """A command, the home it runs on, how many instants it has, and what the home holds before and after it."""

    name: str
    base: Path
    run: Callable[[Voice], object]
    before: dict
    lines: int = 0
    changes: int = 0
    expected: dict = field(default_factory=dict)


def prepared(root: Path) -> dict[str, Prepared]:
    """Runs each command once and lets it live."""
    found = {}
    for name, (make, run) in COMMANDS.items():
        base, trial = root / make.__name__, root / "trial"
        if not base.exists():
            code, answer = fork(partial(make, base))
            assert code == 0, answer
        shutil.copytree(base, trial)
        one = Prepared(name, base, run, fork(partial(held, trial))[1])
        shutil.rmtree(trial)
        shutil.copytree(base, trial)
        code, answer, one.changes = by_file(trial, partial(watched, trial, run, None), None)
        assert code == 0, answer
        one.lines, one.expected = answer
        shutil.rmtree(trial)
        found[name] = one
    return found


def kill(trial: Path, one: Prepared, dice: random.Random) -> tuple[bool, list[str]]:
    """Kills a command once and lets the next run go on: whether it was killed, and what is wrong afterwards."""
    shutil.copytree(one.base, trial)
    if dice.random() < 1 / 3:
        where = dice.randint(1, one.changes)
        code, _, _ = by_file(trial, partial(plain, trial, one.run), where)
        instant = f"{one.name} at change {where} of a file"
    else:
        where = dice.randint(1, one.lines)
        code, _ = fork(partial(watched, trial, one.run, where))
        instant = f"{one.name} at line {where}"
    wrong = [] if code in (0, -signal.SIGKILL) else [f"other: it ended with {code}"]
    opened, found = fork(partial(after, trial, one.run, one.name))
    wrong += [f"does not open: {found}"] if opened else judged(one.name, one.before, one.expected, found)
    shutil.rmtree(trial)
    return code == -signal.SIGKILL, [f"{what} ({instant})" for what in wrong]


def campaign(kills: int, seed: int, tell: Callable[[str], None]) -> tuple[Counter, list[str]]:
    """Kills commands, as many times as asked over all of them; counts by outcome, and what went wrong in words."""
    dice = random.Random(seed)
    counts: Counter = Counter()
    failures: list[str] = []
    names = [*(name for name in COMMANDS if name != "tell"), "forget"] * 3
    names[-2] = "tell"  # it takes longest and writes least
    with tempfile.TemporaryDirectory() as folder:
        commands = prepared(Path(folder))
        gc.freeze()
        for number in range(kills):
            name = names[number % len(names)]
            killed, wrong = kill(Path(folder) / f"trial{number}", commands[name], dice)
            counts["killed" if killed else "ended before"] += 1
            counts[f"{name}, killed"] += killed
            counts.update(one.split(" (")[0].split(":")[0] for one in wrong)
            failures += wrong
            for one in wrong:
                tell(one)
            if (number + 1) % 100 == 0:
                tell(f"{number + 1} of {kills}: {len(failures)} failures")
    return counts, failures


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    began = time.perf_counter()
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    counts, failures = campaign(kills, seed, tell=lambda line: print(line, file=sys.stderr, flush=True))
    for name in COMMANDS:
        print(f"{name}: {counts[name + ', killed']} kills")
    print(f"in all: {counts['killed']} kills, {counts['ended before']} runs that ended before their instant")
    for name in ("lost", "doubled", "does not open", "other"):
        print(f"{name}: {counts[name]}")
    print(f"{time.perf_counter() - began:.0f} s")
    for failure in failures[:20]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
