"""Commands that the law asks for: what is held about a person, and the record of processing. Each is a method of Voice."""

from typing import Annotated

import typer

from portevoix import terminal
from portevoix.commands_keep import Home, _voice, keep
from portevoix.errors import WrongUse


def register() -> None:
    """Adds these commands to those of keeping."""
    keep.command()(export)
    keep.command()(record)


def export(
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON", help="An address, a customer number, a pseudonym, or a verbatim's id."
        ),
    ],
    home: Home = None,
) -> None:
    """Prints all that is held about a person, words included (JSON): what article 15 of the GDPR lets them ask for."""
    with _voice(home) as voice:
        terminal.json_out(voice.keep_export(person))


def record(
    as_json: Annotated[bool, typer.Option("--json", help="As data, not as a page.")] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", help="fr or en (default: the setting, else fr).")
    ] = None,
    home: Home = None,
) -> None:
    """Prints the record of processing (article 30 of the GDPR), from what the home holds and what the settings say."""
    with _voice(home) as voice:
        chosen = lang or voice.settings.lang or "fr"
        if chosen not in ("fr", "en"):
            raise WrongUse(f"The record is written in French (fr) or English (en), not in '{chosen}'.")
        found, page = voice.keep_record(chosen)
    if as_json:
        terminal.json_out(found)
    else:
        terminal.out(page)
