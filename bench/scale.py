"""Each measure beside the same question written by hand in DuckDB, on simulated tables; printed as ratios.

    .venv/bin/python bench/scale.py [--verbatims 1000000] [--runs 3] [--write]

Both run in one process on one DuckDB, in turn, the best of so many runs; seconds of processor are compared, since other work on
the machine doesn't change them. Memory is bounded at 8 GiB. `--write` puts the table into docs/speed.md.
"""

import argparse
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import ibis

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.by_hand import QUESTIONS  # noqa: E402
from portevoix import plugs  # noqa: E402
from portevoix.simulate.tables import write_tables  # noqa: E402

PAGE = ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- scale -->", "<!-- /scale -->"


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of the wall."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - processor, time.perf_counter() - wall


def compared(con: ibis.BaseBackend, folder: Path, runs: int) -> list[tuple[str, float, float, float]]:
    """For each question: processor seconds of the measure and by hand, wall seconds of the measure."""
    files = {"v": str(folder / "verbatims.parquet"), "l": str(folder / "labels.parquet")}
    verbatims, labels = (con.read_parquet(path, table_name=name) for name, path in files.items())
    found = []
    for name, (sql, by) in QUESTIONS.items():
        function = plugs.measures[name.split()[0]]

        def measure(function: Callable[..., object] = function, by: tuple[str, ...] = by) -> object:
            result = function(verbatims, labels, by=by)
            return result.to_pyarrow() if isinstance(result, ibis.Table) else result

        hand = sql.replace("{v}", files["v"]).replace("{l}", files["l"])
        pairs = [
            (spent(measure), spent(lambda hand=hand: con.con.execute(hand).fetchall())) for _ in range(runs)
        ]
        ours, theirs = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
        found.append((name, ours[0], theirs[0], ours[1]))
        print(
            f"{name}: {ours[0]:.2f} / {theirs[0]:.2f} = {ours[0] / theirs[0]:.2f}",
            file=sys.stderr,
            flush=True,
        )
    return found


def page(rows: list[tuple[str, float, float, float]], verbatims: int, runs: int) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines = [
        f"Printed by `.venv/bin/python bench/scale.py --verbatims {verbatims} --runs {runs} --write`: each measure beside the same question by hand in DuckDB",
        f"(`bench/by_hand.py`), on {verbatims:,} verbatims and {2 * verbatims:,} labels, {os.cpu_count()} cores, peak {peak:.1f} GiB. Seconds of processor, best of {runs}.",
        "",
        "| measure | seconds | by hand | ratio |",
        "|---|--:|--:|--:|",
        *(f"| {name} | {ours:.2f} | {hand:.2f} | {ours / hand:.2f} |" for name, ours, hand, _ in rows),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--verbatims", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        write_tables(Path(name), asked.verbatims, 7)
        con = ibis.duckdb.connect(memory_limit="8GB", temp_directory=str(Path(name) / "spill"))
        text = page(compared(con, Path(name), asked.runs), asked.verbatims, asked.runs)
    print(text)
    if asked.write:
        old = PAGE.read_text("utf-8")
        block = f"{BEGIN}\n{text}\n{END}"
        new = (
            re.sub(f"{BEGIN}.*{END}", lambda _: block, old, flags=re.S)
            if BEGIN in old
            else f"{old}\n## At scale\n\n{block}\n"
        )
        PAGE.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
