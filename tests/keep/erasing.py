"""Forgets some of many simulated people, and searches for what could be left of them everywhere.

python -m tests.keep.erasing 2000 200 --write

`--write` puts the figures into docs/reliability.md.
"""

import argparse
import csv
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from deltalake import WriterProperties

from portevoix.keep import backup, facts
from portevoix.simulate import write
from portevoix.tell import render
from portevoix.voice import Voice
from tests.keep.figures import PAGE, written

FIRST = (
    "Zéphyrine",
    "Ombeline",
    "Gaspardine",
    "Théodulphe",
    "Isidorine",
    "Calixtine",
    "Eudoxine",
    "Flavienne",
)
LAST = (
    "Kerbrazic",
    "Vandelœuvre",
    "Quatresous",
    "Mirabelli",
    "Outrebois",
    "Pèlegrand",
    "Rastignol",
    "Zufferin",
)
SIGNS = ("Cordialement, {}", "Merci de rappeler {}", "{} vous salue", "Mon dossier est au nom de {}")


@dataclass
class Person:
    """Somebody of the simulation: what they are called, and the words that nobody else wrote."""

    address: str
    name: str
    words: list[str]


def people(folder: Path, customers: int) -> tuple[Path, list[Person]]:
    """Simulated comments under invented names and addresses; those who wrote, with their three rarest words."""
    write.write(folder, customers=customers * 8 // 5, days=20, seed=7)  # not every customer writes
    with (folder / "verbatims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = sorted({row["person"] for row in rows if row["author"] == "customer"})[:customers]
    rows = [row for row in rows if row["author"] != "customer" or row["person"] in set(known)]
    named: dict[str, Person] = {}
    for number, code in enumerate(known):
        first, last = FIRST[number % 8], f"{LAST[number // 8 % 8]}{_letters(number)}"
        named[code] = Person(f"{first}.{last}@exemple{number}.fr".lower(), f"{first} {last}", [])
    said: dict[str, set[str]] = {code: set() for code in known}
    all_said: dict[str, str] = {code: "" for code in known}
    for place, row in enumerate(rows):
        if row["person"] not in named:
            row["person"] = ""
            continue
        one = named[row["person"]]
        if row["author"] == "customer":
            row["text"] = (
                f"{row['text']} {_word(place)} {_word(place + 700_000)} {_word(place + 1_400_000)}. "
            )
            row["text"] += SIGNS[place % 4].format(one.name) + f" ({one.address})"
            said[row["person"]] |= set(re.findall(r"\w{6,}", row["text"].lower()))
        all_said[row["person"]] += " " + row["text"].lower()  # what was answered to them is theirs too
        row["person"] = one.address
    often = Counter(word for text in all_said.values() for word in set(re.findall(r"\w{6,}", text)))
    for code, one in named.items():
        own = set(re.findall(r"\w+", f"{one.name} {one.address}".lower()))
        one.words = sorted(said[code] - own, key=lambda word: (often[word], word))[:3]
        assert all(often[word] == 1 for word in one.words), "the rarest words are theirs alone"
    path = folder / "avis.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path, list(named.values())


def _letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(3))


def _word(number: int) -> str:
    """A word that no language has, another for each number."""
    dice = random.Random(number)
    return "".join(dice.choice("bcdfglmnprstvz") + dice.choice("aeiou") for _ in range(5))


def uncompressed(monkey: object) -> None:
    """From now on the tables are written as they are, so that a search of bytes can find words."""
    properties = facts._writer

    def plain(table: str) -> WriterProperties:
        return WriterProperties(
            compression="UNCOMPRESSED", column_properties=properties(table).column_properties
        )

    monkey.setattr(facts, "_writer", plain)


def everything(home: Path, letters: Sequence[str]) -> Iterator[str]:
    """All that could hold a word: every file in raw bytes, every cell decoded, every word that opens, every letter."""
    for file in sorted(home.rglob("*")):
        if file.is_file():
            yield file.read_bytes().decode("utf-8", "replace").lower()
            if file.suffix == ".parquet":
                yield str(pq.read_table(file).to_pydict()).lower()
    with Voice(home) as voice:
        ids = voice._store.run(voice._store.table("verbatims").select("id"))["id"].to_pylist()
        yield "\n".join(voice._store.words(ids).values()).lower()
        yield "\n".join(letters).lower()
        yield str(voice._store.run(voice._store.table("labels")).to_pydict()).lower()


def found(home: Path, leaving: Sequence[Person], letters: Sequence[str]) -> Counter:
    """How many of those people's names, addresses and rarest words are found, by kind."""
    hits: Counter = Counter()
    places = list(everything(home, letters))
    for one in leaving:
        last = one.name.split()[1]
        for kind, needles in (("name", [one.name, last]), ("address", [one.address]), ("word", one.words)):
            for needle in needles:
                whole = re.compile(rf"\b{re.escape(needle.lower())}\b")
                hits[kind] += any(needle.lower() in place and whole.search(place) for place in places)
    return hits


def others(home: Path, addresses: Sequence[str]) -> list[str]:
    """All rows and labels of the people who stay, as text."""
    with Voice(home) as voice:
        store = voice._store
        gone = {store.keys.find(address) for address in addresses} - {None}
        rows = [row for row in store.run(store.table("verbatims")).to_pylist() if row["person"] not in gone]
        ids = {row["id"] for row in rows}
        labels = [row for row in store.run(store.table("labels")).to_pylist() if row["verbatim"] in ids]
        return sorted([*map(str, rows), *map(str, labels), *store.words(sorted(ids)).values()])


def erasure(folder: Path, customers: int, count: int) -> dict[str, object]:
    """Forgets `count` of the people, and what was found of them before and after, at home and in a restored backup."""
    path, known = people(folder / "simulated", customers)
    leaving = random.Random(3).sample(known, count)
    addresses = [one.address for one in leaving]
    ordinary = _not_theirs(folder / "control", path, leaving)
    home = folder / "voice"
    with Voice(home) as voice:
        voice.collect(path)
        voice.label()
        voice.write(voice.tell("fr"), folder / "before")
        words = voice.keep_backup(folder / "safe")
    # before: their words are there to be found, once opened
    before, stay = found(home, leaving, []), others(home, addresses)
    began = time.perf_counter()
    with Voice(home) as voice:
        receipts = voice.forget(addresses, lambda *_: None)
    seconds = time.perf_counter() - began
    same = others(home, addresses) == stay
    letters = letters_of(home)
    after = found(home, leaving, letters)
    backup.restore(words, folder / "safe" / f"{words.name}.keys", folder / "restored")
    restored = found(folder / "restored", leaving, letters_of(folder / "restored"))
    return {
        "people": len(known),
        "forgotten": len(receipts),
        "seconds": round(seconds, 1),
        "before": dict(before),
        "after": dict(after),
        "restored": dict(restored),
        "words searched": sum(len(one.words) for one in leaving),
        "words that stand without them too": ordinary,
        "others unchanged": same and others(folder / "restored", addresses) == stay,
    }


def _not_theirs(folder: Path, path: Path, leaving: Sequence[Person]) -> list[str]:
    """Takes from their rarest words those that stand in a home and a letter which never knew them: Portevoix's own words."""
    addresses = {one.address for one in leaving}
    folder.mkdir()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["person"] not in addresses)
    with Voice(folder / "voice") as voice:
        voice.collect(folder / path.name)
        voice.label()
        stranger = voice._store.keys.find(rows[0]["person"]) or next(iter(voice._store.keys.every()))[0]
        voice.forget([stranger], lambda *_: None)
    places = list(everything(folder / "voice", letters_of(folder / "voice")))
    known = [
        word
        for one in leaving
        for word in one.words
        if any(word in place and re.search(rf"\b{re.escape(word)}\b", place) for place in places)
    ]
    for one in leaving:
        one.words = [word for word in one.words if word not in known]
    return sorted(known)


def letters_of(home: Path) -> list[str]:
    """The letters of a home: those that were kept, and the one that it writes now, in all its forms."""
    with Voice(home) as voice:
        letter = voice.tell("fr")
        ids = sorted({name for brief in letter.briefs for name in brief.verbatims})
        return [
            render.html(letter),
            render.text(letter),
            render.json(letter),
            render.messages_html(letter, voice._store.words(ids)),
        ]


class _Monkey:
    def setattr(self, owner: object, name: str, value: object) -> None:
        setattr(owner, name, value)


def table(figures: dict[str, object]) -> str:
    """The figures as docs/reliability.md shows them."""
    lines = [
        "| found of them | before | after, at home | after, in the backup restored |",
        "|---|--:|--:|--:|",
    ]
    for kind, name in (("name", "names"), ("address", "addresses"), ("word", "rare words")):
        cells = [figures[when][kind] for when in ("before", "after", "restored")]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    ordinary = figures["words that stand without them too"]
    aside = f" ({', '.join(ordinary)})" if ordinary else ""
    lines += [
        "",
        f"{figures['forgotten']} of {figures['people']} people forgotten in one command, {figures['seconds']} s; "
        f"{figures['words searched']} rare words searched, {len(ordinary)} set aside because they also stand in a home "
        f"which never knew their author{aside}. Everyone else's rows, labels and texts are "
        + ("unchanged." if figures["others unchanged"] else "NOT unchanged."),
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.keep.erasing")
    parser.add_argument("people", type=int, nargs="?", default=2000)
    parser.add_argument("leaving", type=int, nargs="?", default=200)
    parser.add_argument("--write", action="store_true", help="puts the figures into docs/reliability.md")
    asked = parser.parse_args()
    uncompressed(_Monkey())
    with tempfile.TemporaryDirectory() as name:
        figures = erasure(Path(name), asked.people, asked.leaving)
    shown = table(figures) + f"\n\n`python -m tests.keep.erasing {asked.people} {asked.leaving}`"
    print(shown)
    if asked.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), "erasure", shown), "utf-8")
    whole = figures["others unchanged"] and figures["people"] == asked.people
    return 0 if whole and not any([*figures["after"].values(), *figures["restored"].values()]) else 1


if __name__ == "__main__":
    sys.exit(main())
