"""The command line: each command is a method of Voice, with the same name.

Results on stdout, progress and notes on stderr. Exit 0 done, 1 refused with a reason, 2 wrong use, 3 a promise broken.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from portevoix import commands_keep, commands_label, commands_rights, terminal
from portevoix.errors import PortevoixError, TooFew, WrongUse

if TYPE_CHECKING:
    from portevoix.nouns import Letter
    from portevoix.voice import Voice

app = typer.Typer(
    name="portevoix",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Reads everything customers write to a company, and tells it in a letter of one minute.",
)

Home = Annotated[
    Path | None, typer.Option("--home", help="The folder that keeps everything (default ./voice).")
]
Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help="Files; customers:FILE and cases:FILE for the company's own."),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Says which column is what; may be repeated."),
]
Lang = Annotated[str | None, typer.Option("--lang", help="The letter's language: fr or en.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Kind = Annotated[
    str | None, typer.Option("--as", help="What the rows are: verbatims, customers, cases or labels.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="A folder for letter.html, letter.txt, letter.json and messages.html."),
]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        terminal.out(f"portevoix {version('portevoix')}")
        raise typer.Exit


@app.callback()
def portevoix(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Says which version this is.")
    ] = False,
) -> None:
    """Reads everything customers write to a company, and tells it in a letter of one minute."""


@app.command()
def letter(
    source: Sources = None,
    home: Home = None,
    out: Out = None,
    lang: Lang = None,
    mapping: Mapping = None,
    json: Json = False,
) -> None:
    """The main job: customers' comments in, a one-minute letter out."""
    with _voice(home, one_shot=bool(source), reads=not source) as voice:
        _collected(voice, source or [], mapping)
        _told(voice, voice.tell(_language(lang)), out, json)


@app.command()
def collect(
    source: Sources = None,
    home: Home = None,
    kind: Kind = None,
    mapping: Mapping = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Says what it understood, and stops.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Lists the rows that were set aside.")] = False,
) -> None:
    """Takes files in: new rows kept, changed ones replaced, known ones left."""
    if not source and not refused:
        raise WrongUse(
            "Name at least one file to collect, or --refused to list the rows that were set aside."
        )
    with _voice(home, one_shot=dry_run) as voice:
        for path in source or []:
            reading = voice.understand(path, kind=kind, mapping=_pairs(mapping))
            say = terminal.out if dry_run else terminal.note
            for line in reading.understood:
                say(f"  {line}")
            if not dry_run:
                terminal.out(_counted(voice.take(reading)))
            for line in reading.notes:
                say(f"  {line}")
        if refused:
            for name, line, reason in voice.refused():
                terminal.row(name, line, reason)


@app.command()
def measure(
    name: Annotated[str, typer.Argument(help="experience, nps, csat, ces, themes, change…")],
    source: Sources = None,
    home: Home = None,
    by: Annotated[str, typer.Option("--by", metavar="COLUMN,...", help="Splits by columns.")] = "",
    since: Annotated[str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="First day.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The day after the last.")
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights", help="Margins (CSV column,value,share or TOML) that answers are weighed to."
        ),
    ] = None,
    mapping: Mapping = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="One row a measure, for spreadsheets.")] = False,
    engine: Annotated[
        str, typer.Option("--engine", help="Where it is counted: duckdb, spark or spark://HOST:PORT.")
    ] = "duckdb",
) -> None:
    """A number that never travels alone: with its interval, its n, its period and what it stands on."""
    from portevoix import plugs

    if json and csv:
        raise WrongUse("--json and --csv are two ways of writing the same: choose one of them.")
    plugs.measures.known(name)
    with _voice(home, one_shot=bool(source), reads=not source, engine=engine) as voice:
        _collected(voice, source or [], mapping)
        found = voice.measure(
            name, by=by, since=_day("--since", since), until=_day("--until", until), weights=weights
        )
    if json:
        terminal.json_out([one.as_dict() for one in found])
    elif csv:
        terminal.csv_out(found)
    else:
        terminal.measures_table(found)


@app.command()
def tell(home: Home = None, out: Out = None, lang: Lang = None, json: Json = False) -> None:
    """Writes the letter of what the home holds."""
    with _voice(home, reads=True) as voice:
        _told(voice, voice.tell(_language(lang)), out, json)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Where to write.")],
    customers: Annotated[int, typer.Option(min=50, help="How many customers.")] = 2000,
    days: Annotated[int, typer.Option(min=14, help="How many days, up to a fixed last one.")] = 60,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 7,
    tables: Annotated[
        int, typer.Option(min=0, help="Parquet tables instead, of so many verbatims without words.")
    ] = 0,
    plant: Annotated[
        list[str] | None,
        typer.Option(
            "--plant", metavar="NAME=SHARE", help="Another truth: base, unanswered, network, web_first."
        ),
    ] = None,
) -> None:
    """A fictional fibre-and-TV operator with planted truths: verbatims, customers, cases, truth."""
    if tables and plant:
        raise WrongUse("--plant goes with the files of words, not with --tables.")
    if tables:
        from portevoix.simulate.tables import write_tables

        for path in write_tables(out, tables, seed):
            terminal.out(str(path))
        return
    from portevoix.simulate import write
    from portevoix.simulate.planted import planted

    for path in write.write(out, customers=customers, days=days, seed=seed, planted=planted(plant or [])):
        terminal.out(str(path))


@app.command()
def plugs() -> None:
    """Lists the plug-ins: who else may see the words."""
    from portevoix import plugs as doors

    for kind, door in doors.DOORS.items():
        for name, point in sorted(door.points.items()):
            package = f"{point.dist.name} {point.dist.version}" if point.dist else "unknown package"
            terminal.row(kind, name, point.value, package)


commands_label.register(app)
commands_keep.register(app)
commands_rights.register()


def _voice(home: Path | None, one_shot: bool = False, reads: bool = False, engine: str = "duckdb") -> "Voice":
    from portevoix.keep.home import stands
    from portevoix.voice import Voice

    if reads and not (one_shot and home is None) and not stands(Path(home or "voice")):
        raise TooFew(f"There is no home at {home or 'voice'} yet: collect a source into it first.")
    where = None if one_shot and home is None else home or "voice"
    return Voice(where, progress=terminal.progress, passphrase=terminal.passphrase, engine=engine)


def _collected(voice: "Voice", sources: list[str], mapping: list[str] | None) -> None:
    for source in sources:
        reading = voice.understand(source, mapping=_pairs(mapping), skim=True)
        terminal.note(_counted(voice.take(reading)))
        for line in reading.notes:
            terminal.note(f"  {line}")


def _counted(taken: "object") -> str:
    from portevoix.keep.ledger import Taken

    if not isinstance(taken, Taken):
        raise TypeError(type(taken))
    parts = [f"{taken.new} new"]
    parts += [f"{taken.changed} changed"] if taken.changed else []
    parts += [f"{taken.known} already known"] if taken.known else []
    parts += [f"{taken.refused} set aside"] if taken.refused else []
    parts += [f"{taken.cells} cells set aside"] if taken.cells else []
    return f"{taken.source}: " + " · ".join(parts)


def _told(voice: "Voice", letter: "Letter", out: Path | None, as_json: bool) -> None:
    from portevoix.tell import render

    if out is not None:
        voice.write(letter, out)
        terminal.note(f"written: {out}/letter.html, letter.txt, letter.json, messages.html")
    if as_json:
        terminal.out(render.json(letter))
    else:
        terminal.out(render.text(letter))


def _language(lang: str | None) -> str | None:
    if lang not in (None, "fr", "en"):
        raise WrongUse(f"A letter is written in fr or en, not in '{lang}'.")
    return lang


def _pairs(mapping: list[str] | None) -> dict[str, str | list[str]]:
    pairs: dict[str, str | list[str]] = {}
    more: list[str] = []
    for pair in mapping or []:
        field, sign, column = pair.partition("=")
        if not (field and sign):
            raise WrongUse(f"--map wants FIELD=COLUMN, for instance --map text=Commentaire; it got '{pair}'.")
        if field == "more":
            more.append(column)
        else:
            pairs[field] = column
    return {**pairs, "more": more} if more else pairs


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{option} wants a day such as 2026-11-20; it got '{text}'.") from None


def _stopped() -> NoReturn:
    terminal.note("portevoix: stopped; what was said to be kept is kept.")
    sys.exit(130)


def main() -> None:
    """Runs the command line; errors in plain words, never a traceback with somebody's words in it."""
    stops: list[int] = []

    def stop(number: int, _: object) -> None:
        stops.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        app()
    except PortevoixError as error:
        terminal.note(f"portevoix: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        _stopped()
    except MemoryError:
        terminal.note("portevoix: not enough memory for this file.")
        sys.exit(1)
    except Exception as error:
        if stops:  # an engine that was stopped says so in an error of its own
            _stopped()
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = (
            f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "unknown place"
        )
        terminal.note(
            f"portevoix: unexpected {type(error).__name__} at {where}. This is a fault of Portevoix: report it."
        )
        sys.exit(1)
