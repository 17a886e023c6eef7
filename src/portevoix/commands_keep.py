"""Commands of keeping: forget a person, check a receipt, and look after the home. Each is a method of Voice."""

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portevoix import terminal
from portevoix.errors import BadHome, BrokenPromise, WrongUse

if TYPE_CHECKING:
    from portevoix.voice import Voice

Home = Annotated[
    Path | None, typer.Option("--home", help="The folder that keeps everything (default ./voice).")
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(forget)
    app.command()(check)


def forget(
    person: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERSON]", help="An address, a customer number, a pseudonym, or a verbatim's id."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Many of them, one a line; - reads stdin.")
    ] = None,
    home: Home = None,
) -> None:
    """Erases a person for good and prints the receipt (JSON); their claim code goes to stderr, once."""
    people = [*([person] if person else []), *(_lines(file) if file else [])]
    if not people:
        raise WrongUse("Name the person to forget, or a file of many with --file.")
    with _voice(home) as voice:
        count = itertools.count(1)
        receipts = voice.forget(people, lambda _, claim: terminal.note(f"claim code {next(count)}: {claim}"))
    documents = [{"statement": one.statement, "proof": one.proof} for one in receipts]
    terminal.json_out(documents[0] if file is None else documents)
    terminal.note("Hand the claim code to the person with the receipt: it is stored nowhere. Not proven:")
    for line in receipts[0].statement["predicate"]["not_proven"]:
        terminal.note(f"- {line}")


def check(
    receipt: Annotated[
        str, typer.Argument(metavar="RECEIPT", help="A receipt that forget printed; - reads stdin.")
    ],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The signers' public keys (default: those of the home).")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ADDRESS", help="Whose the receipt should be.")
    ] = None,
    claim: Annotated[
        str | None, typer.Option("--claim", metavar="CODE", help="The code that was given with it.")
    ] = None,
    home: Home = None,
) -> None:
    """Checks a receipt of erasure offline: exit 0 it holds, 3 it does not."""
    from portevoix.keep import verifier

    if (person is None) != (claim is None):
        raise WrongUse("Whose a receipt is takes both --person and --claim.")
    public = _text(keys or (home or Path("voice")) / "signing" / "public.json", "file of public keys")
    try:
        statement = verifier.verify(_text(receipt, "receipt"), public, person, claim)
    except verifier.Refused as error:
        raise BrokenPromise(f"The receipt does not hold. {error}") from None
    predicate = statement["predicate"]
    terminal.out(f"The receipt holds: erased {predicate['destroyed_at']}, signed {predicate['signed_at']}.")
    terminal.out("Not proven:")
    for line in predicate["not_proven"]:
        terminal.out(f"- {line}")


def _voice(home: Path | None) -> "Voice":
    from portevoix.voice import Voice

    folder = home or Path("voice")
    if not (folder / "home.json").exists():
        raise BadHome(f"There is no home of Portevoix at {folder}: name it with --home.")
    return Voice(folder, progress=terminal.progress)


def _lines(file: Path) -> Sequence[str]:
    return [line.strip() for line in _text(file, "list of people").splitlines() if line.strip()]


def _text(file: Path | str, what: str) -> str:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise WrongUse(f"The {what} {file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise WrongUse(f"The {what} {file} is not UTF-8 text.") from None
