"""How often each measure's interval holds the planted truth, and how often it finds something where nothing is planted.

    .venv/bin/python bench/truths.py [--seeds 200] [--only churn,value] [--write]

Prints a table; `--write` puts it into docs/truths.md. Some minutes on two cores; nothing here passes or fails.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "truths.md"
ENOUGH, MOST = 0.90, 0.05
Counts = dict[str, dict[str, list[int]]]


def trials() -> dict[tuple[str, str], Callable[[int], object]]:
    """What is tried, by (measure, kind): kind "planted" or "nothing"."""
    from bench.plant import care, company, words

    found: dict[tuple[str, str], Callable[[int], object]] = {}
    for module in (words, care, company):
        found |= {(name, "planted"): trial for name, trial in module.PLANTED.items()}
        found |= {(name, "nothing"): trial for name, trial in module.NOTHING.items()}
    return found


def one(task: tuple[str, str, int]) -> tuple[str, str, dict[str, bool]]:
    """One seed of one trial: by figure, whether its interval held the truth; or what was found where nothing is."""
    name, kind, seed = task
    found = trials()[name, kind](seed)
    if kind == "nothing":
        return name, kind, dict.fromkeys(found, True) | {"": bool(found)}  # type: ignore[call-overload]
    held = {}
    for figure, (truth, shown) in found.items():  # type: ignore[attr-defined]
        ends = shown.low, shown.high
        held[figure] = None not in ends and ends[0] <= truth <= ends[1]
    return name, kind, held


def run(seeds: int, only: Sequence[str] = (), processes: int = 2) -> tuple[Counts, Counts]:
    """Over so many seeds: by measure and figure, (how often it held its truth, of how many); and where something was found.

    Providers are six to a table, and what is promised of them is promised on average: they are counted together.
    """
    tasks = [
        (name, kind, seed)
        for name, kind in trials()
        if not only or name.split()[0] in only
        for seed in range(seeds)
    ]
    held: Counts = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    found: Counts = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    with ProcessPoolExecutor(processes) as pool:
        for name, kind, figures in pool.map(one, tasks, chunksize=5):
            for figure, hit in figures.items():
                shown = figure.split()[0] if name == "providers" and kind == "planted" else figure
                pair = (held if kind == "planted" else found)[name][shown]
                pair[0] += hit
                pair[1] += 1
    return held, found


def page(held: Counts, found: Counts, seeds: int) -> str:
    """The tables as Markdown."""
    lines = [f"| planted, {seeds} seeds | figure | its interval holds the truth |", "|---|---|---|"]
    for name, figures in held.items():
        for figure, (hits, tries) in figures.items():
            low = " (too few)" if hits < ENOUGH * tries else ""
            lines.append(f"| {name} | `{figure}` | {100 * hits / tries:.1f} %{low} |")
    lines += ["", f"| nothing planted, {seeds} tables | something found in |", "|---|---|"]
    for name, figures in found.items():
        hits, tries = figures[""]
        lines.append(f"| {name} | {100 * hits / tries:.1f} %{' (too many)' if hits > MOST * tries else ''} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--only", default="")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--write", action="store_true", help=f"puts the tables into {PAGE.relative_to(ROOT)}")
    given = asked.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    only = [name for name in given.only.split(",") if name]
    held, found = run(given.seeds, only, given.processes)
    text = page(held, found, given.seeds)
    print(text, end="")
    for name, figures in found.items():
        print(
            f"{name}: { {figure: hits for figure, (hits, _) in figures.items() if figure} }", file=sys.stderr
        )
    if given.write:
        PAGE.write_text(
            PAGE.read_text("utf-8").partition("<!-- figures -->")[0] + f"<!-- figures -->\n{text}", "utf-8"
        )


if __name__ == "__main__":
    main()
