"""What the terminal shows: progress on stderr where somebody looks, tables on stdout, plain lines in a pipe."""

import csv
import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from portevoix.errors import BadHome

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from portevoix.nouns import Measure
    from portevoix.voice import Step

_bars: "list[RichProgress]" = []
_CONTROL = {code: "\ufffd" for code in (*range(9), *range(11, 32), *range(127, 160))}
"""What a name from outside could steer a terminal with."""
_BREAK = str.maketrans("\t\n", "  ")


@contextmanager
def progress(what: str, total: int | None) -> "Iterator[Step]":
    """A bar on stderr while long work runs; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        _bars.append(bar)
        try:
            yield lambda rows: bar.advance(task, rows)
        finally:
            _bars.remove(bar)


def passphrase(prompt: str) -> str:
    """Asks for a passphrase on the terminal, without echo. Raises BadHome where there is no terminal."""
    if not sys.stdin.isatty():
        raise BadHome(
            "The home is locked by a passphrase, and there is no terminal to ask for it: set passphrase_command in "
            "portevoix.toml."
        )
    for bar in _bars:  # what it draws would write over the question
        bar.stop()
    try:
        return getpass.getpass(prompt)
    finally:
        for bar in _bars:
            bar.start()


def note(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write(text.translate(_CONTROL) + "\n")


def out(text: str) -> None:
    """Text on stdout; what would steer a terminal is replaced."""
    text = text.translate(_CONTROL)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def row(*cells: object) -> None:
    """One row on stdout, its cells apart by tabs, none of which breaks the row or runs as a formula."""
    from portevoix.label.sheet import guarded

    out("\t".join(guarded(str(cell).translate(_BREAK)) for cell in cells))


def json_out(content: Any) -> None:  # noqa: ANN401 - anything that JSON can say
    """One JSON document on stdout."""
    out(json.dumps(content, ensure_ascii=False, indent=2))


def csv_out(measures: "Sequence[Measure]") -> None:
    """Measures for a spreadsheet: one row each, `where` spread over columns, no cell that runs as a formula."""
    from portevoix.label.sheet import guarded

    places = sorted({key for measure in measures for key in measure.where})
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([guarded(name) for name in ("name", *places, *_NUMBERS)])
    for measure in measures:
        said = measure.as_dict()
        cells = [measure.name, *(measure.where.get(place, "") for place in places)]
        writer.writerow(
            [*map(guarded, cells), *("" if said[name] is None else said[name] for name in _NUMBERS)]
        )


_NUMBERS = ("value", "low", "high", "n", "since", "until", "unit", "basis", "note")


def measures_table(measures: "Sequence[Measure]") -> None:
    """Measures for people: aligned, rounded once, the basis in words."""
    rows = [("measure", "value", "between", "n", "stands on", "note")]
    for measure in measures:
        where = " ".join(f"{key}={value}" for key, value in measure.where.items())
        rows.append(
            (
                f"{measure.name} {where}".strip(),
                _shown(measure, measure.value),
                f"{_shown(measure, measure.low)} … {_shown(measure, measure.high)}"
                if measure.low is not None
                else "",
                str(measure.n),
                _BASIS.get(measure.basis or "", measure.basis or ""),
                measure.note or "",
            )
        )
    if not sys.stdout.isatty():
        for cells in rows:  # begins with our own word: an interval may begin with a sign
            out("\t".join(cell.translate(_BREAK) for cell in cells))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="dim", pad_edge=False)
    for name, right in zip(rows[0], (False, True, True, True, False, False), strict=True):
        table.add_column(name, justify="right" if right else "left")
    for cells in rows[1:]:
        table.add_row(*(Text(cell.translate(_CONTROL)) for cell in cells))
    Console().print(table)
    first = measures[0]
    if first.since and first.until:
        note(f"from {first.since} up to {first.until} (not included); intervals at 95 %")


_BASIS = {"asked": "answers", "stars": "stars (estimated)", "words": "words (estimated)"}


def _shown(measure: "Measure", x: float | None) -> str:
    if x is None:
        return "–"
    if measure.unit == "share":
        return f"{100 * x:.1f} %"
    if measure.unit == "seconds":
        return duration(x)
    return f"{x:+.1f}" if measure.unit == "points" else f"{x:,.4g}"


def duration(seconds: float) -> str:
    """Seconds as people say them, in the two largest units.

    >>> duration(19_630), duration(540), duration(1_124_000)
    ('5 h 27 min', '9 min', '13 d 0 h')
    """
    minutes, hours, days = seconds / 60, seconds / 3600, seconds / 86400
    if minutes < 1:
        return f"{seconds:.0f} s"
    if hours < 1:
        return f"{minutes:.0f} min"
    if days < 2:
        return f"{int(hours)} h {int(minutes) % 60} min"
    return f"{int(days)} d {int(hours) % 24} h"
