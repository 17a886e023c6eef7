"""Kills commands with SIGKILL at chosen instants, and counts what is lost, doubled, or does not open again.

    python -m tests.keep.killing 2000 11 --workers 2

An instant is a system call that changes a file (see `instants`): each command's calls are counted first, then each is a
place to die, in an order drawn by the seed; half of the time one that makes, moves or removes a file or flushes it. A warm
process forks: one child runs the command and dies, one in four times a second one that would have finished it dies too, and
a last one opens the home, checks it, lets the next run finish and checks again. `--write` puts the figures into
docs/reliability.md.
"""

import argparse
import gc
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from portevoix.keep import backup, erase, health, home, verifier
from portevoix.keep.receipt import Signers
from portevoix.settings import Settings
from portevoix.voice import Voice
from tests.keep import instants
from tests.keep.coming import Coming
from tests.keep.figures import PAGE, written
from tests.keep.warm import warm

TEXTS = [f"Le colis numéro {n} est arrivé en retard, service lent" for n in range(24)]
MORE = [f"Très bon accueil, conseiller {n} aimable" for n in range(8)]
LEAVING = "client3@example.org"
STAYING = [text for n, text in enumerate(TEXTS) if n % 7 != 3]
LATER = [text for n, text in enumerate(TEXTS) if n >= 12]
"""Those said after the first day: see Coming."""
TURNING = {
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "link",
    "linkat",
    "fsync",
}
TURNING |= {"fdatasync", "ftruncate"}
WRONGS = ("lost", "doubled", "does not open", "other")


def begin(voice: Voice) -> None:
    voice._store.add(Coming(TEXTS, people=True, numbered=True, size=10), {})


def further(voice: Voice) -> None:
    erase.settle(voice._store)
    voice._store.add(Coming(MORE, source="suite", people=True, size=3), {})


def change(voice: Voice) -> None:
    voice._store.add(Coming([text + "." for text in TEXTS], people=True, numbered=True, size=10), {})


def letter(voice: Voice) -> None:
    further(voice)
    voice.tell()


def forget(voice: Voice) -> None:
    voice.forget([LEAVING], lambda *_: None)


def undo(voice: Voice) -> None:
    erase.settle(voice._store)
    for number, source, *_ in voice.keep_batches():
        if source == "suite":
            voice.keep_undo(number)


def purge(voice: Voice) -> None:
    voice.settings = Settings(retention={"verbatims": 1})
    voice.keep_purge(date(2026, 4, 29))


def back_up(folder: Path) -> None:
    with Voice(folder / "voice") as voice:
        voice.keep_backup(folder / "safe", folder / "keys")


def restore(folder: Path) -> None:
    name = sorted(child.name for child in (folder / "safe").glob("portevoix-*"))[0]
    backup.restore(folder / "safe" / name, folder / "keys" / f"{name}.keys", folder / "voice")


def on(*steps: Callable[[Voice], object]) -> Callable[[Path], None]:
    """Takes steps one after another in the home of a folder, each as a run of its own."""

    def work(folder: Path) -> None:
        for step in steps:
            with Voice(folder / "voice") as voice:
                step(voice)

    return work


def safe(folder: Path) -> None:
    """A home that went on after its backup: others came, one left."""
    on(begin, Voice.label, Voice.tell)(folder)
    back_up(folder)
    on(further, forget)(folder)


@dataclass
class Command:
    """One that writes: what it is tried on, how it runs, and which texts must be there whatever the instant."""

    name: str
    before: Callable[[Path], None]
    run: Callable[[Path], None]
    kept: Sequence[str] = ()
    shares: int = 3
    calls: list[str] = field(default_factory=list)
    expected: dict = field(default_factory=dict)


def commands() -> list[Command]:
    """All of them; `shares` says how often one's turn comes."""
    begun, read = on(begin), on(begin, Voice.label, Voice.tell)
    more = on(begin, further, Voice.label, Voice.tell)
    return [
        Command("collect into a new home", Path.exists, on(begin)),
        Command("collect", begun, on(further), TEXTS),
        Command("collect changed rows", read, on(change), TEXTS),
        Command("label", begun, on(Voice.label), TEXTS),
        Command("tell", on(begin, Voice.label), on(Voice.tell), TEXTS, 1),
        Command("letter", read, on(letter), TEXTS, 1),
        Command("forget", read, on(forget), STAYING, 6),
        Command("keep undo", more, on(undo), TEXTS),
        Command("keep purge", read, on(purge), LATER),
        Command("keep compact", more, on(Voice.keep_compact), TEXTS + MORE),
        Command("keep rotate", read, on(Voice.keep_rotate), TEXTS, 1),
        Command("keep backup", read, back_up, TEXTS),
        Command("keep restore", safe, restore, STAYING, 6),
    ]


def state(voice: Voice) -> dict[str, object]:
    """What a home holds, in words that two homes can be compared by."""
    store = voice._store
    rows = store.run(store.table("verbatims").select("id", "person")).to_pylist()
    texts = store.words([row["id"] for row in rows])
    labels = store.run(store.table("labels").select("verbatim", "kind", "value", "start", "by"))
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["person"], []).append(texts.get(row["id"], "?"))
    ledger = store.ledger
    letters = [[day, lang] for lang in ("fr", "en") for day, _ in ledger.letters(lang, date.min, date.max)]
    return {
        "texts": sorted(texts.values()),
        "people": sorted(sorted(group) for group in groups.values()),
        "labels": sorted(map(str, labels.to_pylist())),
        "letters": sorted(f"{day} {lang}" for day, lang in letters),
        "pending": len(ledger.records.pending()),
        "forgotten": len(ledger.records.suppressed()),
        "sources": sorted(name for name, *_ in ledger.sources()),
    }


def after(folder: Path, command: Command, another: bool) -> dict:
    """Opens a home whose command was killed: what it holds now, and after the next run."""
    place = folder / "voice"
    if command.kept and not home.stands(place):
        raise FileNotFoundError("there is no home any more")
    with Voice(place) as voice:
        now = state(voice)
        if another:  # the next run is one of something else: it finishes what was begun
            erase.settle(voice._store)
            voice._store.add(Coming(["de passage"], source="autre"), {})
            voice.keep_undo(max(number for number, *_ in voice.keep_batches()))
    command.run(folder)
    with Voice(place) as voice:
        problems = [*health.problems(voice._store), *receipts(voice)]
        then = state(voice)
    problems += restored(folder, then) if command.run is back_up else []
    return {"now": now, "then": then, "problems": problems}


def receipts(voice: Voice) -> list[str]:
    """What is wrong with the receipts of a home."""
    public = json.dumps(Signers(voice._store.home).published())
    try:
        for receipt in voice._store.ledger.records.receipts():
            verifier.verify(json.dumps(receipt), public)
    except verifier.Refused as error:
        return [str(error)]
    return []


def restored(folder: Path, whole: dict) -> list[str]:
    """What is wrong with the finished backups: each must come back as the home is."""
    wrong = []
    for words in sorted((folder / "safe").glob("portevoix-*")):
        if not (words / "manifest.json").exists():
            continue
        again = folder / f"again-{words.name}"
        backup.restore(words, folder / "keys" / f"{words.name}.keys", again)
        with Voice(again) as voice:
            found = state(voice)
        wrong += [f"a backup brings other {part}" for part in whole if found[part] != whole[part]]
    return wrong


def judged(command: Command, found: dict) -> list[str]:
    """What is wrong: "lost", "doubled" or "other"; nothing where the home is as it should be."""
    wrong = []
    now, then, expected = found["now"], found["then"], command.expected
    texts = {text.rstrip(".") for text in now["texts"]}
    if not set(command.kept) <= texts or set(expected["texts"]) - set(then["texts"]):
        wrong.append("lost")
    if command.name == "keep restore" and not texts <= {*STAYING, *MORE}:
        wrong.append("other: who was forgotten came back")
    for one in (now, then):
        words = [text.rstrip(".") for text in one["texts"]]
        if any(len(part) != len(set(part)) for part in (words, one["labels"], one["letters"])):
            wrong.append("doubled")
    if different := [part for part in expected if then[part] != expected[part]]:
        wrong.append(f"other: {', '.join(different)}")
    return [*wrong, *(f"other: {problem}" for problem in found["problems"])]


def prepared(root: Path) -> list[Command]:
    """Runs each command once and lets it live: its calls, and what it leaves."""
    found = commands()
    made: dict[object, Path] = {}
    for command in found:
        base, trial = root / command.name, root / "trial"
        if command.before in made:
            shutil.copytree(made[command.before], base)
        else:
            base.mkdir()
            ran = instants.run(partial(command.before, base))
            assert ran.code == 0, ran.answer
            made[command.before] = base
        shutil.copytree(base, trial)
        ran = instants.run(partial(command.run, trial))
        assert ran.code == 0, ran.answer
        command.calls = ran.calls
        ran = instants.run(partial(after, trial, command, False))
        assert ran.code == 0, ran.answer
        command.expected = ran.answer["then"]
        assert not judged(command, ran.answer), (command.name, judged(command, ran.answer))
        shutil.rmtree(trial)
    return found


def place(command: Command, turn: int, seed: int | str) -> tuple[str, int]:
    """The call at which a command dies on its n-th turn: a name, and which one of that name."""
    counts: Counter = Counter()
    every = []
    for name in command.calls:
        counts[name] += 1
        every.append((name, counts[name]))
    some = [each for each in every if each[0] in TURNING]
    chosen = some if turn % 2 else every
    random.Random(f"{seed} {command.name}").shuffle(chosen)
    return chosen[turn // 2 % len(chosen)]


def kill(root: Path, command: Command, turn: int, seed: int) -> tuple[bool, list[str]]:
    """Kills a command at one of its instants and lets the next run go on: whether it was killed, and what is wrong then."""
    call = place(command, turn, seed)
    dice = random.Random(f"{seed} {command.name} {turn}")
    during = dice.random() < 0.25
    twice = place(command, turn, f"{seed} again") if dice.random() < 0.25 else None
    trial = root / f"trial{os.getpid()}"
    shutil.copytree(root / command.name, trial)
    ran = instants.run(partial(command.run, trial), call, during)
    wrong = [] if ran.code in (0, -9) else [f"other: it ended with {ran.code}: {ran.answer}"]
    if twice is not None:
        again = instants.run(partial(command.run, trial), twice)
        wrong += [] if again.code in (0, -9) else [f"does not open: {again.answer}"]
    found = instants.run(partial(after, trial, command, dice.random() < 0.3))
    wrong += [f"does not open: {found.answer}"] if found.code else judged(command, found.answer)
    shutil.rmtree(trial)
    where = f"{command.name}, turn {turn}: {'in' if during else 'before'} {call[0]} {call[1]}"
    where += f", then before {twice[0]} {twice[1]}" if twice else ""
    return ran.code == -9, [f"{what} [{where}]" for what in wrong]


def turns(kills: int) -> list[tuple[int, int]]:
    """Whose turn it is, and which of its own: (command, turn)."""
    order = [place for place, command in enumerate(commands()) for _ in range(command.shares)]
    counts: Counter = Counter()
    found = []
    for number in range(kills):
        place = order[number % len(order)]
        found.append((place, counts[place]))
        counts[place] += 1
    return found


def campaign(
    kills: int, seed: int, workers: int, only: str | None = None
) -> tuple[dict[str, Counter], list[str]]:
    """Kills commands, as many times as asked over all of them; counts by command and outcome, and what went wrong."""
    warm()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        known = prepared(root)
        gc.freeze()
        todo = turns(kills)
        if only:
            todo = [(place, turn) for place, turn in todo if known[place].name == only]
        pipes = []
        for worker in range(workers):
            read, write = os.pipe()
            if not os.fork():
                status = 1
                try:
                    _work(root, known, todo[worker::workers], seed, write)
                    status = 0
                finally:
                    os._exit(status)
            os.close(write)
            pipes.append(read)
        counts = {command.name: Counter() for command in known}
        failures: list[str] = []
        for read in pipes:
            with os.fdopen(read, "r") as lines:
                for line in lines:
                    place, killed, wrong = json.loads(line)
                    counts[known[place].name].update(["killed" if killed else "ended before"])
                    counts[known[place].name].update(re.split(r"[:\s]*[:\[]", one)[0] for one in wrong)
                    failures += wrong
            os.wait()
    if sum(sum(one[each] for each in ("killed", "ended before")) for one in counts.values()) != len(todo):
        failures.append("other: a worker ended before its work was done")
    return counts, failures


def _work(
    root: Path, known: Sequence[Command], todo: Sequence[tuple[int, int]], seed: int, write: int
) -> None:
    for done, (place, turn) in enumerate(todo, start=1):
        killed, wrong = kill(root, known[place], turn, seed)
        os.write(write, json.dumps([place, killed, wrong]).encode() + b"\n")
        for one in wrong:
            print(one, file=sys.stderr, flush=True)
        if done % 100 == 0:
            print(f"{done} of {len(todo)} of this worker", file=sys.stderr, flush=True)


def table(counts: dict[str, Counter]) -> str:
    """The figures as docs/reliability.md shows them."""
    lines = [
        "| command | kills | lost | doubled | does not open | else different |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    total: Counter = Counter()
    for name, one in counts.items():
        total.update(one)
        lines.append(f"| {name} | " + " | ".join(str(one[each]) for each in ("killed", *WRONGS)) + " |")
    lines.append("| in all | " + " | ".join(str(total[each]) for each in ("killed", *WRONGS)) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.keep.killing")
    parser.add_argument("kills", type=int, nargs="?", default=2000)
    parser.add_argument("seed", type=int, nargs="?", default=7)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", help="the kills of one command alone, the same as in the whole")
    parser.add_argument("--write", action="store_true", help="puts the figures into docs/reliability.md")
    asked = parser.parse_args()
    began = time.perf_counter()
    counts, failures = campaign(asked.kills, asked.seed, asked.workers, asked.only)
    early = sum(one["ended before"] for one in counts.values())
    minutes = (time.perf_counter() - began) / 60
    figures = table(counts)
    figures += f"\n\n`python -m tests.keep.killing {asked.kills} {asked.seed} --workers {asked.workers}`: "
    figures += f"{minutes:.0f} minutes; {early} runs ended before their instant."
    print(figures)
    for failure in failures[:20]:
        print(failure)
    if asked.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), "kills", figures), "utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
