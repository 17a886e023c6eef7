"""The two lists by which `collect` tells names from words, in `src/portevoix/collect/lexicon/`.

    pip install faker==40.63.0 names==0.3.0
    PORTEVOIX_DATA=../shared/data PYTHONPATH=src:. python -m training.lexicon

given.txt: those of `training/given_names.txt`, written by hand, and given names of some ninety languages from the lists of Faker (MIT) and of the
United States census (public domain, by the package `names`, MIT). Three sections: names; those that are written in small letters more often than
as a name; those that fewer than three lists have. common.txt: words that at least forty texts write in small letters, and more often so than
with a capital within a sentence: what many people write, never what one wrote. Without accents, in small letters.
"""

import csv
import gzip
import io
import pkgutil
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from training.corpora import folder, rows

OUT = Path(__file__).parents[1] / "src" / "portevoix" / "collect" / "lexicon"
OURS = Path(__file__).with_name("given_names.txt")
FEWEST = 40
OWN = 99
"""How many lists a name of ours counts as."""
ABOUT_GIVEN = """# Given names, without accents: many people's; then those that are everyday words too; then rare ones. Written by training/lexicon.py.
# From lists written by hand for Portevoix (Apache-2.0), from Faker's (https://github.com/joke2k/faker: MIT, Copyright (c) 2012 Daniele
# Faraglia: its text is in faker.LICENSE.txt) and from the United States Census Bureau's of 1990 (public domain)."""
ABOUT_COMMON = """# Everyday words, French and English, without accents: those that at least forty texts of the training data write in small letters.
# Written by training/lexicon.py for Portevoix (Apache-2.0): counts of single words; no text, and no word of few people, is in it."""
_PIECES = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[.!?\n:«\"…]")
_NAME = re.compile(r"[a-z]{3,15}(?:-[a-z]{2,15})?")
_APART = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d"})


def plain(word: str) -> str:
    """A word in small letters, without accents."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in parts if not unicodedata.combining(c)).translate(_APART)


def texts() -> Iterator[str]:
    """Everything there is to read, comment by comment or line by line."""
    import zstandard

    for path in sorted((folder() / "reviews").glob("*.jsonl.gz")):
        yield from (row["text"] for row in rows(path.name.removesuffix(".jsonl.gz")))
    for name in ("twcs_subset", "airline_tweets_crowdflower"):
        with gzip.open(folder() / "care" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            yield from (row["text"] for row in csv.DictReader(file))
    for path in sorted((folder() / "text").glob("*.txt.zst")):
        with path.open("rb") as raw:
            yield from io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), "utf-8")


def counted(said: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """In how many texts each word stands in small letters, and how often it has a capital within a sentence."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in said:
        seen = set()
        begins = True
        for piece in _PIECES.findall(text):
            if piece.islower():
                seen.add(plain(piece))
            elif piece.istitle() and len(piece) > 1 and not begins:
                capital[plain(piece)] += 1
            begins = not piece[0].isalpha()
        small.update(seen)
    return small, capital


def given() -> dict[str, int]:
    """Given names, and how many lists have each: one of ours counts as many."""
    import faker.providers.person as persons
    import names

    lists: Counter[str] = Counter()
    for module in pkgutil.iter_modules(persons.__path__):
        provider = __import__(f"{persons.__name__}.{module.name}", fromlist=["Provider"]).Provider
        some = [getattr(provider, attribute) for attribute in dir(provider) if attribute.startswith("first_")]
        lists.update(
            {plain(n) for s in some if isinstance(s, (dict, list, tuple)) for n in s if isinstance(n, str)}
        )
    census = [path for kind, path in names.FILES.items() if kind.startswith("first:")]
    lists.update(
        {plain(line.split()[0]) for path in census for line in Path(path).read_text("utf-8").splitlines()}
    )
    found = {name: n for name, n in lists.items() if _NAME.fullmatch(name)}
    return found | dict.fromkeys(OURS.read_text("utf-8").split(), OWN)


def main() -> None:
    """Writes both lists."""
    small, capital = counted(texts())
    sections: tuple[list[str], ...] = ([], [], [])
    for name, lists in sorted(given().items()):
        word = small[name] >= 10 and small[name] > 0.6 * capital[name]
        if lists == OWN or small[name] < 10 or small[name] <= 10 * capital[name]:
            sections[1 if word else 2 if lists < 3 else 0].append(name)
    names = {*sections[0], *sections[2]}
    common = sorted(
        word
        for word, n in small.items()
        if n >= FEWEST and n > 0.5 * capital[word] and len(word) > 1 and word not in names
    )
    write("given", ABOUT_GIVEN, *sections)
    write("common", ABOUT_COMMON, common)
    print(sum(map(len, sections)), "given names;", len(common), "words")


def write(name: str, about: str, *sections: Sequence[str]) -> None:
    """A list: what it is and whose, then its sections, a blank line between them."""
    text = "\n\n".join((about, *("\n".join(section) for section in sections)))
    (OUT / f"{name}.txt").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main()
