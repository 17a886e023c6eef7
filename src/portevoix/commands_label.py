"""Commands of reading: label comments, in a home or from a file into another."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from portevoix import terminal
from portevoix.errors import BadHome, WrongUse

Home = Annotated[
    Path | None, typer.Option("--home", help="The folder that keeps everything (default ./voice).")
]
Mapping = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Says which column is what; may be repeated."),
]

Codebook = Annotated[
    Path | None,
    typer.Option("--codebook", metavar="DIR", help="Reads the themes that `learn` learned there."),
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="COLUMN=VALUE", help="Only rows that have this value; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(label)
    app.command()(learn)
    app.command()(evaluate)


def label(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Comments to label once, without a home.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help=".jsonl, .csv, .xlsx or .parquet; JSON Lines on stdout without.",
        ),
    ] = None,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="One row a mention instead of one a comment.")
    ] = False,
    codebook: Codebook = None,
    why: Annotated[
        bool,
        typer.Option("--why", help="For people: each label with its evidence and the words that weighed."),
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="Another reader: endpoint, onnx:FOLDER, hub:OWNER/NAME@COMMIT."
        ),
    ] = None,
    mapping: Mapping = None,
    home: Home = None,
) -> None:
    """Reads comments: themes and polarity with evidence, sentiment, the three questions. Without FILE: those that are new."""
    if file is None:
        if out is not None or mentions or why or codebook or mapping or model:
            raise WrongUse(
                "-o, --mentions, --codebook, --why, --model and --map go with a file to label: portevoix label FILE -o OUT. "
                "For a home, write model in portevoix.toml."
            )
        from portevoix.portions import notes
        from portevoix.voice import Voice

        with Voice(home or "voice", progress=terminal.progress, passphrase=terminal.passphrase) as voice:
            terminal.out(f"{voice.label()} read")
            for line in notes(voice.counted):
                terminal.note(f"  {line}")
        return
    if home is not None:
        raise WrongUse("label FILE opens no home: leave --home out, or collect the file into it first.")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads for sums as small as these only wait
    from portevoix.labelling import label_file, why_file
    from portevoix.settings import load

    if why:
        if out is not None or mentions or model:
            raise WrongUse(
                "--why is read on the terminal, of the default model or a codebook on top of it: leave -o, --mentions and --model out."
            )
        for line in why_file(file, _pairs(mapping), codebook):
            terminal.out(line)
        return
    done = label_file(
        file,
        out,
        stream=sys.stdout.buffer,
        mapping=_pairs(mapping),
        mentions=mentions,
        progress=terminal.progress,
        codebook=codebook,
        settings=load() if model is None else replace(load(), model=model),
    )
    sys.stdout.flush()
    for line in done.notes:
        terminal.note(f"  {line}")
    if out is not None:
        before = f" ({done.before} had been by an earlier run)" if done.before else ""
        terminal.note(f"{out}: {done.rows} comments labelled{before}")


def learn(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Where the codebook is written.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="[EXAMPLES]", help="Comments that people labelled.")
    ] = None,
    themes: Annotated[
        Path | None,
        typer.Option(
            "--themes",
            metavar="TOML",
            help="Names the themes, with seed words if you like; without, those of the examples.",
        ),
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Learns from what people corrected there, too.")
    ] = None,
    where: Where = None,
    mapping: Mapping = None,
) -> None:
    """A codebook of your own from labelled examples: good from 20 examples a theme on; `label --codebook DIR` reads with it."""
    from portevoix.learning import learn_file

    asked = _pairs(where, "--where", "COLUMN=VALUE")
    if home is not None:
        from portevoix.voice import Voice

        if not (home / "home.json").exists():
            raise BadHome(f"There is no home of Portevoix at {home}: name it with --home.")
        with Voice(home, progress=terminal.progress) as voice:
            figures, notes = voice.learn(out, file, themes=themes, mapping=_pairs(mapping), where=asked)
    elif file is None:
        raise WrongUse("Name a file of examples to learn from, or a home whose corrections they are: --home.")
    else:
        figures, notes = learn_file(file, out, themes=themes, mapping=_pairs(mapping), where=asked)
    for note in notes:
        terminal.note(f"  {note}")
    terminal.out(f"{out}: {len(figures['themes'])} themes from {figures['examples']} comments")
    terminal.out(f"on comments held aside: themes F1 {figures['theme_f1']:.3f}")
    if figures["polarity"] is not None:
        terminal.out(f"                        polarity right {figures['polarity']:.3f}")
    for theme, value in figures["themes"].items():
        terminal.out(f"  {theme:<32} {value:.3f}")


def evaluate(
    file: Annotated[Path, typer.Argument(help="Comments that people labelled.")],
    codebook: Codebook = None,
    where: Where = None,
    mapping: Mapping = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
    words: Annotated[bool, typer.Option("--words", help="Shows the words of the worst errors.")] = False,
) -> None:
    """How good the labels are on comments that people labelled: by theme and head, with intervals and the worst errors."""
    from portevoix.label.report import lines
    from portevoix.learning import evaluate_file

    report, notes = evaluate_file(
        file, mapping=_pairs(mapping), where=_pairs(where, "--where", "COLUMN=VALUE"), codebook_in=codebook
    )
    for note in notes:
        terminal.note(f"  {note}")
    if json:
        worst = [{k: v for k, v in row.items() if words or k != "text"} for row in report["worst"]]
        terminal.json_out({**report, "worst": worst})
    else:
        for line in lines(report, words):
            terminal.out(line)


def _pairs(
    mapping: Sequence[str] | None, option: str = "--map", shape: str = "FIELD=COLUMN"
) -> dict[str, str]:
    pairs = {}
    for pair in mapping or []:
        name, sign, column = pair.partition("=")
        if not (name and sign):
            raise WrongUse(
                f"{option} wants {shape}, for instance {option} text=Commentaire; it got '{pair}'."
            )
        pairs[name] = column
    return pairs
