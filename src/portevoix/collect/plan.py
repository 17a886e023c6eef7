"""What was decided of a source's columns, and the small vocabularies that reading them needs."""

from dataclasses import dataclass, field

from portevoix.collect.naming import plain
from portevoix.collect.reading import Understood
from portevoix.nouns import Case, Customer, Verbatim

NOUNS: dict[str, type] = {"verbatims": Verbatim, "customers": Customer, "cases": Case}
MOMENTS = {"said_at", "opened_at", "answered_at", "claimed_at", "solved_at", "since", "left_at"}
AMOUNTS = {"revenue", "margin"}
COUNTS = {"reach", "contacts", "relapses"}
AUTHORS = {
    **dict.fromkeys(
        (
            "customer",
            "client",
            "user",
            "end user",
            "utilisateur",
            "true",
            "visitor",
            "consumer",
            "1",
            "inbound",
        ),
        "customer",
    ),
    **dict.fromkeys(
        (
            "agent",
            "conseiller",
            "support",
            "admin",
            "false",
            "company",
            "entreprise",
            "brand",
            "bot",
            "0",
            "outbound",
        ),
        "agent",
    ),
}
YES_NO = {
    **dict.fromkeys(
        ("oui", "yes", "true", "vrai", "1", "o", "y", "ok", "x", "accord", "accepte", "allowed"), True
    ),
    **dict.fromkeys(("non", "no", "false", "faux", "0", "n", "refus", "refuse", "denied"), False),
}
"""What people answer when they are asked for leave."""
LANGS = {
    "french": "fr",
    "francais": "fr",
    "english": "en",
    "anglais": "en",
    "fra": "fr",
    "fre": "fr",
    "eng": "en",
    "german": "de",
}


@dataclass(slots=True)
class Plan:
    """How a source's columns become a noun: positions of columns by field, and the keys of `more`."""

    kind: str
    columns: list[str]
    fields: dict[str, int] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)
    forced: set[str] = field(default_factory=set)
    time: int | None = None
    day_first: dict[str, bool] = field(default_factory=dict)
    names: list[int] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def understood(self) -> list[Understood]:
        """One line a column, in the source's order; a column kept twice has two."""
        lines = []
        taken: list[tuple[int, str, str | None]] = [(at, name, None) for name, at in self.fields.items()]
        taken += [(at, "more", key) for key, at in self.more.items()]
        if self.time is not None:
            taken.append((self.time, "said_at", None))
        for at, column in enumerate(self.columns):
            kept: list[tuple[str | None, str | None]] = [
                (name, key) for where, name, key in taken if where == at
            ]
            for name, key in kept or [(None, None)]:
                why = self.why.get(at, "no field of Portevoix by its name")
                lines.append(Understood(column=column, field=name, key=key, why=why))
        return lines


def lang(value: str) -> str | None:
    """A language's two-letter code from a code, a locale or a name; None for anything else."""
    name = plain(value)
    if name in LANGS:
        return LANGS[name]
    code = name.split(" ")[0]
    return (
        code
        if len(code) == 2 and code.isalpha()
        else ("other" if name in ("und", "other", "autre", "unknown") else None)
    )
