"""`portevoix label FILE` beside the tools that people use for a part of it, in one run; writes its table into docs/speed.md.

    .venv/bin/python -m pip install --require-hashes -r bench/requirements.lock   # what it is compared with; absent ones are said so
    .venv/bin/python bench/label.py [COMMENTS]

Comments of 30 words are cut from what `simulate` writes (the same each time). Each contender is a process of its own that is given
the same file to read, the same scrubbing and the same rows to write, on the same cores, its modules compiled as an installation compiles
them; the rounds are interleaved, and a figure is the median of its rounds. Slow contenders get fewer comments. Seconds are those of the whole process, so that nothing hides in a start.
"""

import csv
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
ROUNDS = 5
BEGIN, END = "<!-- bench/label.py -->", "<!-- end of bench/label.py -->"
# name: (what it needs, the share of the comments that it is given, what it does)
CONTENDERS = {
    "portevoix": (None, 1, "`portevoix label`: all heads, with evidence"),
    "sklearn": ("sklearn", 1, "scikit-learn TF-IDF + linear, sentiment alone"),
    "textblob": ("textblob_fr", 4, "textblob-fr, sentiment alone"),
    "vader": ("vaderSentiment_fr", 20, "vaderSentiment-fr, sentiment alone"),
    "scrubbing": (None, 1, "Portevoix, scrubbing alone"),
    "presidio": ("presidio_analyzer", 20, "presidio, pattern recognizers, scrubbing alone"),
}
AGAINST = {"presidio": "scrubbing"}


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    absent = [
        what for _, (need, _, what) in CONTENDERS.items() if need and not importlib.util.find_spec(need)
    ]
    there = {k: v for k, v in CONTENDERS.items() if not v[0] or importlib.util.find_spec(v[0])}
    with tempfile.TemporaryDirectory() as folder:
        sizes = {name: n // part for name, (_, part, _) in there.items()}
        lines = comments(Path(folder), n)
        files = {size: Path(folder) / f"{size}.jsonl" for size in {1, *sizes.values()}}
        for size, file in files.items():
            file.write_text("".join(lines[:size]), "utf-8")
        if "sklearn" in there:
            command = [sys.executable, __file__, "--fit", str(files[n]), str(Path(folder) / "sklearn.pickle")]
            subprocess.run(
                command, check=True
            )  # apart: what this process holds would count as its children's memory
        runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in [*there, "one"]}
        for _ in range(ROUNDS):
            for name in there:
                runs[name].append(timed(name, files[sizes[name]], Path(folder)))
            runs["one"].append(timed("portevoix", files[1], Path(folder)))
    write(table(there, sizes, runs, absent))


def comments(folder: Path, n: int) -> list[str]:
    """JSON lines of comments of 30 words each, of what simulated customers wrote."""
    run = [
        sys.executable,
        "-m",
        "portevoix",
        "simulate",
        "--customers",
        "4000",
        "-o",
        str(folder / "simulated"),
    ]
    subprocess.run(run, check=True, capture_output=True)
    with (folder / "simulated" / "verbatims.csv").open(encoding="utf-8", newline="") as file:
        words = " ".join(row["text"] for row in csv.DictReader(file) if row["author"] == "customer").split()
    return [
        json.dumps({"id": i, "text": " ".join(words[at : at + 30])}, ensure_ascii=False) + "\n"
        for i, at in enumerate((13 * i) % (len(words) - 30) for i in range(n))
    ]


def timed(name: str, file: Path, folder: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds of all its processes, and peak MiB of the largest one."""
    out = folder / "out.jsonl"
    command = ["-m", "portevoix", "label", str(file), "-o", str(out)]
    if name != "portevoix":
        command = [__file__, "--run", name, str(file), str(out), str(folder / "sklearn.pickle")]
    compiled = {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], stderr=subprocess.PIPE, cwd=folder, env={**os.environ, **compiled}
    )
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{name}: {errors.decode()}")
    out.unlink()
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def table(there: Any, sizes: Any, runs: Any, absent: list[str]) -> str:
    middle = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in runs.items()
    }
    rate = {name: sizes[name] / middle[name][0] for name in there}
    rows = [
        "| what | comments | seconds | comments a second | CPU µs a comment | peak MiB | times as slow |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, (_, _, what) in there.items():
        wall, cpu, peak = middle[name]
        slower = rate[AGAINST.get(name, "portevoix")] / rate[name]
        rows.append(
            f"| {what} | {sizes[name]:,} | {wall:.2f} | {rate[name]:,.0f} | {1e6 * cpu / sizes[name]:,.0f} | {peak:.0f} | {slower:.2f} |"
        )
    said = f"From start to the label of a single comment: {middle['one'][0]:.2f} s ({middle['one'][1]:.2f} s of CPU)."
    gone = [f"Not installed, so not measured: {what}." for what in absent]
    busy = os.getloadavg()[0]
    return "\n".join(
        [
            f"{len(os.sched_getaffinity(0))} cores, load {busy:.0f} at the end; medians of {ROUNDS} interleaved rounds; comments of 30 words.",
            "Times as slow: against `portevoix label`, presidio against Portevoix's own scrubbing.",
            "", *rows, "", said, *gone,
        ]
    )  # fmt: skip


def write(found: str) -> None:
    page = ROOT / "docs" / "speed.md"
    text = page.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text(
        f"{head.rstrip()}\n\n{BEGIN}\n{found}\n{END}\n{tail.lstrip() if tail.strip() else ''}", "utf-8"
    )
    print(found)


# -- a contender, in a process of its own ------------------------------------------------------------------------------


def contend(name: str, file: str, out: str, pickled: str) -> None:
    """Reads, scrubs and writes as `label` does, on as many processes; what is between is the contender's."""
    from portevoix.collect.table import table as read
    from portevoix.label import sheet
    from portevoix.label.crew import Crew, cores
    from portevoix.portions import portions

    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    content = read(file)
    with (
        Crew("label:work", cores()) as crew,
        open(out, "wb") as stream,
    ):
        crew.begin(name, content.columns, content.words, pickled)
        book = sheet.book("jsonl", stream, content.columns, False, False)
        for *_, shaped in crew.each(portions(content, "jsonl")):
            book.write(shaped)
        book.close()


def work(name: str, columns: list[str], words: int, pickled: str) -> Any:
    """The work of one process: portions in, JSON Lines out."""
    from portevoix.portions import Asked, Portion
    from portevoix.portions import work as through
    from portevoix.settings import Settings

    asked = Asked(settings=Settings(), kind="jsonl", columns=columns, words=words, mentions=False)
    if name not in ("scrubbing", "presidio"):
        return through(Moods(name, leaning(name, pickled)), asked)
    hide = scrubber(name)

    def scrubbed(portion: Portion) -> tuple[int, bytes]:
        rows = zip(portion.keys, portion.texts, strict=True)
        told = [
            json.dumps({"id": key, "redacted": hide(text or "")}, ensure_ascii=False) for key, text in rows
        ]
        return len(told), ("\n".join(told) + "\n").encode()

    return name, scrubbed


class Moods:
    """A labeller of sentiment alone, by whatever gives a number to each text."""

    def __init__(self, name: str, lean: Callable[[list[str]], Any]) -> None:
        self.name, self.lean = name, lean

    def find(self, texts: list[str]) -> Any:
        from portevoix.label.found import Finds

        finds, every, lean = Finds(), np.arange(len(texts)), np.clip(self.lean(texts), -1, 1)
        finds.add(every, 0, ["fr"] * len(texts), 1.0)
        finds.add(every, 1, ["negative" if x < 0 else "positive" for x in lean.tolist()], 1.0, lean)
        return finds.sorted()


def leaning(name: str, pickled: str) -> Callable[[list[str]], Any]:
    if name == "sklearn":
        import pickle

        model = pickle.loads(Path(pickled).read_bytes())
        return lambda texts: model.decision_function(texts)
    if name == "textblob":
        from textblob import Blobber
        from textblob_fr import PatternAnalyzer, PatternTagger

        blob = Blobber(pos_tagger=PatternTagger(), analyzer=PatternAnalyzer())
        return lambda texts: [blob(text).sentiment[0] for text in texts]
    from vaderSentiment_fr.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()
    return lambda texts: [vader.polarity_scores(text)["compound"] for text in texts]


def scrubber(name: str) -> Callable[[str], str]:
    if name == "scrubbing":
        from portevoix.collect.scrub import scrub

        return scrub
    from presidio_analyzer import predefined_recognizers as known

    kinds = (known.EmailRecognizer, known.IbanRecognizer, known.CreditCardRecognizer, known.IpRecognizer, known.UrlRecognizer, known.PhoneRecognizer)  # fmt: skip
    recognizers = [kind(supported_language="fr") for kind in kinds]

    def hide(text: str) -> str:
        found = [r for one in recognizers for r in one.analyze(text, one.supported_entities, None) or []]
        for result in sorted(found, key=lambda r: -r.start):
            text = f"{text[: result.start]}[{result.entity_type}]{text[result.end :]}"
        return text

    return hide


def fit(file: str, pickled: str) -> None:
    """The scikit-learn pipeline, on the labels that Portevoix gives the first comments: its speed is what is asked here."""
    import pickle

    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from portevoix.label.reader import load

    texts = [json.loads(line)["text"] for line in Path(file).read_text("utf-8").splitlines()[:20_000]]
    moods = [
        (texts[at], lean > 0)
        for at, kind, _, lean, *_ in load().find(texts).rows()
        if kind == "sentiment" and lean
    ]
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(max_iter=300)
    )
    Path(pickled).write_bytes(
        pickle.dumps(model.fit([text for text, _ in moods], [sign for _, sign in moods]))
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        contend(*sys.argv[2:])
    elif sys.argv[1:2] == ["--fit"]:
        fit(*sys.argv[2:])
    else:
        main()
