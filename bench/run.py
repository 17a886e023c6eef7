"""Speed and memory of the main job, printed; nothing here passes or fails.

    .venv/bin/python bench/run.py

Each command is a whole process, timed from outside (wall seconds, peak memory of the process). Reads the insurance reviews
of `PORTEVOIX_DATA` where they are, else simulated comments. Figures of one run on one machine: compare the ratios.
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("PORTEVOIX_DATA", ROOT.parent / "shared" / "data"))
RUNS = 3


def run(*words: str) -> tuple[float, float]:
    """Wall seconds and peak MiB of one `portevoix` process."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "portevoix", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    stderr = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"portevoix {' '.join(words)}: {stderr.decode()}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def median(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(s for s, _ in pairs), statistics.median(m for _, m in pairs)


def starred(folder: Path) -> list[str]:
    """The starred insurance reviews as JSON lines, or simulated ones where the real are absent."""
    source = DATA / "reviews" / "fr_insurance_reviews.jsonl.gz"
    if source.is_file():
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            return [line for line in lines if json.loads(line).get("stars")]
    run("simulate", "--customers", "4000", "--days", "60", "-o", str(folder / "simulated"))
    import csv

    with (folder / "simulated" / "verbatims.csv").open(encoding="utf-8", newline="") as rows:
        return [json.dumps(row) + "\n" for row in csv.DictReader(rows)]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = starred(folder)
        whole, half = folder / "reviews.jsonl", folder / "half.jsonl"
        whole.write_text("".join(lines), "utf-8")
        half.write_text("".join(lines[: len(lines) // 2]), "utf-8")
        rows = [("`portevoix --help`", *median([run("--help") for _ in range(RUNS)]))]
        rows.append(
            (
                f"`letter`, {len(lines) // 2} comments",
                *median([run("letter", str(half)) for _ in range(RUNS)]),
            )
        )
        rows.append(
            (f"`letter`, {len(lines)} comments", *median([run("letter", str(whole)) for _ in range(RUNS)]))
        )
        home = str(folder / "home")
        rows.append(("`letter --home`, first run", *run("letter", str(whole), "--home", home)))
        again = [run("letter", str(whole), "--home", home) for _ in range(RUNS)]
        rows.append(("`letter --home`, run again", *median(again)))
        print("| command | seconds | peak MiB |")
        print("|---|--:|--:|")
        for what, seconds, peak in rows:
            print(f"| {what} | {seconds:.2f} | {peak:.0f} |")
        print(
            f"\nTwice the comments take {rows[2][1] / rows[1][1]:.2f} times the time and {rows[2][2] / rows[1][2]:.2f} times the memory."
        )


if __name__ == "__main__":
    main()
