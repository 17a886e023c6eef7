"""The words that tell French from English, counted: writes `src/portevoix/label/lexicon/languages.txt`.

    PORTEVOIX_DATA=../shared/data .venv/bin/python -m training.languages

A line a word, folded as the reader folds it: how much more often it stands in French texts than in English ones, as ten times the natural
logarithm. A word enters when at least five texts of one language have it. A fifth of the texts, and all of split dev, are never counted:
`python -m training.evaluate` measures on those.
"""

import csv
import gzip
import hashlib
import io
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from portevoix.label.pieces import WORD, Reader
from training import corpora

OUT = Path(__file__).parent.parent / "src" / "portevoix" / "label" / "lexicon" / "languages.txt"
FRENCH = (*corpora.STARRED.values(), "fr_umsab_tweets", "fr_xed_emotions", "fr_mabsa", "fr_emodift_emotions")
ENGLISH = (
    "en_umsab_tweets",
    "en_xed_emotions",
    "en_mabsa",
    "en_semeval_absa_14_15",
    "en_banking77",
    "en_nlupp",
)
TEXTS = ("mirror_feedback_extra", "forum_construire_qa", "mlma_tweets_fr")
CARE = ("airline_tweets_crowdflower", "nps_verbatims_telecom", "comcast_fcc_complaints")
MOST = 9000
"""Words of each language, the commonest."""
FEWEST = 5


def held(row: dict) -> bool:
    """Whether a row is never counted, so that it can be measured on."""
    digest = hashlib.sha256(row["text"].encode()).digest()[0]
    return row.get("split") not in (None, "train", "unlabelled") or digest % 5 == 0


def texts(lang: str) -> Iterator[str]:
    """The texts of a language that are counted."""
    for name in FRENCH if lang == "fr" else ENGLISH:
        yield from (row["text"] for row in corpora.rows(name) if not held(row))
    if lang == "fr":
        for name in TEXTS:
            with pa.CompressedInputStream(
                pa.OSFile(str(corpora.folder() / "text" / f"{name}.txt.zst")), "zstd"
            ) as file:
                yield from (line for line in io.TextIOWrapper(file, "utf-8") if len(line) > 20)
        return
    for name in CARE:
        with gzip.open(
            corpora.folder() / "care" / f"{name}.csv.gz", "rt", encoding="utf-8", errors="replace"
        ) as file:
            for row in csv.DictReader(file):
                yield max((value for value in row.values() if isinstance(value, str)), key=len, default="")


def count(lang: str) -> tuple[Counter[str], int]:
    """How many texts have each word, and how many words were read."""
    seen: Counter[str] = Counter()
    total = 0
    batch: list[str] = []
    for text in texts(lang):
        batch.append(text[:2000])
        if len(batch) == 2000:
            total += add(seen, batch)
            batch = []
    return seen, total + add(seen, batch)


def add(seen: Counter[str], batch: list[str]) -> int:
    """Counts a batch of texts."""
    reader = Reader()
    pieces = reader.read(batch)
    _, kinds, numbers = reader.tables()
    for i in range(len(batch)):
        mine = pieces.piece[pieces.bounds[i] : pieces.bounds[i + 1]]
        mine = mine[kinds[mine] == WORD]
        seen.update({reader.words[j] for j in numbers[mine].tolist()})
    return len(batch)


def main() -> None:
    """Counts, and writes the list."""
    french, n_french = count("fr")
    english, n_english = count("en")
    kept = {w for w, n in french.most_common(MOST) if n >= FEWEST} | {
        w for w, n in english.most_common(MOST) if n >= FEWEST
    }
    lines = []
    for word in sorted(kept):
        ratio = math.log((french[word] + 0.5) / n_french) - math.log((english[word] + 0.5) / n_english)
        lines.append(f"{word} {round(10 * max(-6.0, min(6.0, ratio)))}")
    OUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(len(lines), "words,", OUT.stat().st_size, "bytes;", n_french, "French texts,", n_english, "English")


if __name__ == "__main__":
    main()
