"""Commands of keeping: forget a person, check a receipt, and look after the home. Each is a method of Voice."""

import itertools
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portevoix import terminal
from portevoix.errors import BadHome, BrokenPromise, WrongUse

if TYPE_CHECKING:
    from portevoix.voice import Voice

Home = Annotated[
    Path | None, typer.Option("--home", help="The folder that keeps everything (default ./voice).")
]


keep = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(forget)
    app.command()(check)
    app.add_typer(keep, name="keep", help="Looks after the home, and lets others vouch for its log.")


def forget(
    person: Annotated[
        str | None,
        typer.Argument(
            metavar="PERSON", help="An address, a customer number, a pseudonym, or a verbatim's id."
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
    witnesses: Annotated[
        int, typer.Option("--witnesses", min=0, help="How many of known key must have co-signed the log.")
    ] = 0,
    tsa: Annotated[
        Path | None,
        typer.Option("--tsa", metavar="PEM", help="The root by which its time stamp must hold."),
    ] = None,
    home: Home = None,
) -> None:
    """Checks a receipt of erasure offline: exit 0 it holds, 3 it does not."""
    from portevoix.keep import verifier

    if (person is None) != (claim is None):
        raise WrongUse("Whose a receipt is takes both --person and --claim.")
    public = _text(keys or (home or Path("voice")) / "signing" / "public.json", "file of public keys")
    root = None if tsa is None else _bytes(tsa, "root")
    text = _text(receipt, "receipt")
    try:
        found = verifier.verify(text, public, person, claim, witnesses=witnesses, tsa=root)
    except verifier.Refused as error:
        raise BrokenPromise(f"The receipt does not hold. {error}") from None
    predicate = found.statement["predicate"]
    terminal.out(f"The receipt holds: erased {predicate['destroyed_at']}, signed {predicate['signed_at']}.")
    for line in found.said():
        terminal.out(line)
    terminal.out("Not proven:")
    for line in predicate["not_proven"]:
        terminal.out(f"- {line}")


@keep.command("check")
def keep_check(home: Home = None) -> None:
    """Verifies that nothing is lost, doubled or altered: exit 0 the home is whole, 3 it is not."""
    with _voice(home) as voice:
        counts, problems, leftovers = voice.keep_check()
    terminal.out(" · ".join(f"{number} {name}" for name, number in counts.items()))
    if leftovers:
        terminal.note(f"{len(leftovers)} files are of no use any more: portevoix keep compact removes them.")
    for problem in problems:
        terminal.out(problem)
    if problems:
        raise BrokenPromise("The home is not whole.")
    terminal.out("The home is whole.")


@keep.command()
def compact(home: Home = None) -> None:
    """Puts small files together and removes those of no use; readers go on meanwhile."""
    with _voice(home) as voice:
        voice.keep_compact()


@keep.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the facts go.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", metavar="DIR", help="Where the keys go: elsewhere, if you can.")
    ] = None,
    home: Home = None,
) -> None:
    """Backs the home up, facts and keys in two folders that can lie apart."""
    with _voice(home) as voice:
        terminal.out(str(voice.keep_backup(folder, keys)))
    if keys is None:
        terminal.note("The keys lie beside the words: whoever has this folder can read them. See --keys.")


@keep.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="A folder that backup printed.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", metavar="DIR", help="Where its keys were put, if elsewhere.")
    ] = None,
    receipts: Annotated[
        list[Path] | None,
        typer.Option("--receipts", metavar="FILE", help="Receipts made since, to erase by."),
    ] = None,
    home: Home = None,
) -> None:
    """Brings a backup back, and first erases again what was erased since."""
    from portevoix.keep import backup as backups
    from portevoix.keeping import unlocking
    from portevoix.settings import load

    known = [receipt for file in receipts or [] for receipt in _receipts(file)]
    secrets = (keys or folder.parent) / f"{folder.name}.keys"
    opener = unlocking(load(), terminal.passphrase)
    done = backups.restore(folder, secrets, home or Path("voice"), known, opener)
    terminal.out(f"restored: {done.receipts} receipts replayed, {done.erased} keys destroyed again")
    if done.aside is not None:
        terminal.note(f"The home that stood there is now {done.aside}: delete it when you need it no more.")
    elif not done.receipts:
        terminal.note(
            "No receipt was found: erasures made since this backup can only be replayed with --receipts."
        )


@keep.command()
def undo(
    batch: Annotated[int | None, typer.Argument(metavar="BATCH", help="Its number; none lists them.")] = None,
    home: Home = None,
) -> None:
    """Takes a batch back, with all that was read in it; without a number, lists the batches."""
    with _voice(home) as voice:
        if batch is None:
            for number, source, kind, when, rows in voice.keep_batches():
                terminal.row(number, when, kind, source, f"{rows} rows")
            return
        receipt = voice.keep_undo(batch)
    erased = receipt.statement["predicate"]["erased"]
    terminal.out(
        " · ".join(f"{erased[name]} {name}" for name in ("verbatims", "labels", "cases", "customers"))
    )


@keep.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only counts.")] = False, home: Home = None
) -> None:
    """Erases what is past the terms of [retention] in portevoix.toml, and prints the receipt (JSON)."""
    with _voice(home) as voice:
        counts, receipt = voice.keep_purge(date.today(), dry_run)
    terminal.note("past their term: " + " · ".join(f"{number} {name}" for name, number in counts.items()))
    if receipt is not None:
        terminal.json_out({"statement": receipt.statement, "proof": receipt.proof})


@keep.command()
def rotate(
    passphrase: Annotated[
        bool | None,
        typer.Option("--passphrase/--no-passphrase", help="Locks it by a passphrase, or no more."),
    ] = None,
    home: Home = None,
) -> None:
    """Makes a new master key, wraps each person's key anew under it, and destroys the old one."""
    with _voice(home) as voice:
        terminal.out(f"{voice.keep_rotate(passphrase)} keys wrapped under a new master key")
    terminal.note("Backups made before open with the master key that lies beside their own keys.")


@keep.command()
def head(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to write what they are to be given.")
    ] = None,
    take: Annotated[
        list[Path] | None, typer.Option("--take", metavar="FILE", help="What one of them answered.")
    ] = None,
    since: Annotated[
        int | None, typer.Option("--since", metavar="SIZE", help="The size that a witness saw last.")
    ] = None,
    home: Home = None,
) -> None:
    """Hands the log's head out to witnesses and a time-stamping authority, in files, and takes in their answers."""
    if folder is None and not take:
        raise WrongUse("Name the folder to write to, or with --take an answer to take in.")
    with _voice(home) as voice:
        for file in take or []:
            for line in voice.keep_reply(_bytes(file, "answer")):
                terminal.out(line)
        for written in voice.keep_head(folder, since) if folder else []:
            terminal.out(str(written))


@keep.command()
def witness(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="A request of keep head; - reads stdin.")],
    folder: Annotated[
        Path,
        typer.Option("--as", metavar="DIR", help="Your own folder, named as you are: auditor.example."),
    ],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The public keys of its signers, for a log new to you.")
    ] = None,
) -> None:
    """For a witness outside: co-signs the head of a log where it only grew, else exit 3 with both heads kept."""
    from portevoix.keep import verifier
    from portevoix.keep import witness as witnesses

    try:
        operator = None if keys is None else verifier.operator_of(_text(keys, "file of public keys"))
    except verifier.Refused as error:
        raise WrongUse(f"The file {keys} holds no public keys. {error}") from None
    terminal.out(witnesses.cosign(folder, _text(request, "request"), operator).rstrip("\n"))


@keep.command("receipt")
def keep_receipt(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="A receipt of this home; - reads stdin.")],
    home: Home = None,
) -> None:
    """Prints a receipt with the co-signatures and the time stamp that came in since (JSON)."""
    try:
        content = json.loads(_text(receipt, "receipt"))
    except ValueError:
        raise WrongUse(f"The receipt {receipt} is no JSON.") from None
    with _voice(home) as voice:
        done = voice.keep_receipt(content)
    terminal.json_out({"statement": done.statement, "proof": done.proof})


def _receipts(file: Path) -> list[dict[str, Any]]:
    """The receipts of a file: one document, an array of them, or one a line."""
    text = _text(file, "file of receipts")
    try:
        try:
            found = json.loads(text)
        except ValueError:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise WrongUse(f"The file of receipts {file} is no JSON.") from None
    return found if isinstance(found, list) else [found]


def _voice(home: Path | None) -> "Voice":
    from portevoix.keep.home import stands
    from portevoix.voice import Voice

    folder = home or Path("voice")
    if not stands(folder):
        raise BadHome(f"There is no home of Portevoix at {folder}: name it with --home.")
    return Voice(folder, progress=terminal.progress, passphrase=terminal.passphrase)


def _lines(file: Path) -> Sequence[str]:
    return [line.strip() for line in _text(file, "list of people").splitlines() if line.strip()]


def _text(file: Path | str, what: str) -> str:
    try:
        return _bytes(file, what).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"The {what} {file} is not UTF-8 text.") from None


def _bytes(file: Path | str, what: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WrongUse(f"The {what} {file} cannot be read: {error.strerror}.") from None
