"""Facts of an invented operator: no customer wrote a word of this."""

import itertools
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from portevoix.nouns import Measure, Period
from portevoix.tell.facts import Base, Facts, Told

FRIDAY = date(2026, 11, 20)
DAY = Period(kind="day", since=FRIDAY, until=FRIDAY + timedelta(days=1))
FOUR_WEEKS = Period(kind="day", since=FRIDAY - timedelta(days=28), until=FRIDAY)
WEEK = Period(kind="week", since=FRIDAY - timedelta(days=6), until=FRIDAY + timedelta(days=1))
WEEKS_BEFORE = Period(kind="week", since=FRIDAY - timedelta(days=34), until=FRIDAY - timedelta(days=6))
UNDATED = Period(kind="all", since=None, until=None)

OPENINGS_FR = [
    "Hier soir encore,",
    "Depuis lundi,",
    "Pour la troisième fois,",
    "Chez nous,",
    "Je vous écris car",
]
BODIES_FR = {
    ("reliability", -1): [
        "la ligne retombe le soir après le dîner",
        "plus de connexion dès que la nuit tombe",
    ],
    ("billing", -1): ["la facture compte deux fois le même mois", "des frais inconnus sont sur la facture"],
    ("advisor", 1): [
        "la personne au téléphone a pris le temps de tout expliquer",
        "on a été très bien reçus au comptoir",
    ],
    ("delivery", -1): ["le colis est annoncé chaque jour et ne vient pas", "personne au rendez-vous de midi"],
    ("refund", -1): [
        "le remboursement promis ne vient toujours pas",
        "mon père est à l'hôpital et l'argent manque",
    ],
    ("price", -1): ["le tarif a doublé sans un mot", "c'est trop cher pour ce que c'est"],
    ("speed", 1): ["tout a été réglé en deux jours", "la réponse est arrivée dans l'heure"],
}
OPENINGS_EN = [
    "Last night again,",
    "Since Monday,",
    "For the third time,",
    "At our place,",
    "I am writing because",
]
BODIES_EN = {
    ("reliability", -1): [
        "the line drops in the evening after dinner",
        "no connection as soon as night falls",
    ],
    ("advisor", 1): [
        "the person on the phone took the time to explain it all",
        "we were very well received at the counter",
    ],
    ("billing", -1): ["the bill counts the same month twice", "unknown fees stand on the bill"],
}


def share(name: str, k: int, n: int, **where: str) -> Measure:
    """A share with its Wilson interval."""
    p, z = k / n, 1.96
    middle, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
    )
    return Measure(
        name=name,
        where=where,
        value=p,
        low=middle - half,
        high=middle + half,
        n=n,
        unit="share",
        basis="words",
    )


def gained(name: str, k: int, n: int, k0: int, n0: int, *, noise: bool = False, **where: str) -> Measure:
    """The change of a share, with the plain interval of a difference."""
    p, p0 = k / n, k0 / n0
    half = 1.96 * math.sqrt(p * (1 - p) / n + p0 * (1 - p0) / n0)
    note = "within noise" if noise else None
    return Measure(
        name=f"change.{name}",
        where=where,
        value=p - p0,
        low=p - p0 - half,
        high=p - p0 + half,
        n=n + n0,
        unit="share",
        basis="words",
        note=note,
    )


def points(
    name: str, value: float, half: float, n: int, basis: str = "asked", note: str | None = None, **where: str
) -> Measure:
    """A score in points."""
    return Measure(
        name=name,
        where=where,
        value=value,
        low=value - half,
        high=value + half,
        n=n,
        unit="points",
        basis=basis,
        note=note,
    )


class Words:
    """A table of invented messages: which theme, which polarity, how many, where."""

    def __init__(self, lang: str = "fr") -> None:
        self.texts: dict[str, str] = {}
        self.rows: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.openings, self.bodies = (OPENINGS_FR, BODIES_FR) if lang == "fr" else (OPENINGS_EN, BODIES_EN)

    def say(
        self,
        theme: str,
        polarity: int,
        n: int,
        *,
        channels: Sequence[str] = ("chat", "email"),
        hour: int | None = None,
        people: bool = True,
        day: date | None = FRIDAY,
        quotable: bool | None = True,
    ) -> "Words":
        bodies = self.bodies.get((theme, polarity), ["il y a beaucoup à dire de cela"])
        rows = self.rows.setdefault((theme, polarity), [])
        for i, (body, opening) in zip(
            range(n), itertools.cycle(itertools.product(bodies, self.openings)), strict=False
        ):
            tail = ["", " Que faire ?", " Merci d'avance.", " C'est long."][
                (i // 10) % 4
            ] + " Bien à vous." * (i // 40)
            text, name = f"{opening} {body}.{tail}", f"m/{theme}{polarity:+d}/{i:04d}"
            self.texts[name] = text
            at = None
            if day is not None:
                at = datetime(
                    day.year, day.month, day.day, (hour if hour is not None else 8 + i % 12), i % 60
                )
            rows.append(
                {
                    "verbatim": name,
                    "person": f"p{theme}{i}" if people else None,
                    "said_at": at,
                    "said_on": day,
                    "channel": channels[i % len(channels)],
                    "quotable": quotable,
                    "product": None,
                    "provider": None,
                    "segment": None,
                    "start": len(opening) + 1,
                    "stop": len(opening) + 1 + len(body),
                    "confidence": 0.9,
                }
            )
        return self

    def mentions(self, theme: str, polarity: int) -> pa.Table:
        fields = {
            "verbatim": pa.string(),
            "person": pa.string(),
            "said_at": pa.timestamp("us"),
            "said_on": pa.date32(),
        }
        fields |= {name: pa.string() for name in ("channel", "product", "provider", "segment")}
        if any("city" in row for row in self.rows.get((theme, polarity), [])):
            fields["city"] = pa.string()
        fields["quotable"] = pa.bool_()
        fields |= {"start": pa.int64(), "stop": pa.int64(), "confidence": pa.float64()}
        return pa.Table.from_pylist(
            self.rows.get((theme, polarity), []), schema=pa.schema(list(fields.items()))
        )

    def words(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {each: self.texts[each] for each in ids if each in self.texts}


def facts(words: Words, /, **given: Any) -> Facts:
    """Facts with sensible rest."""
    usual: dict[str, Any] = {
        "lang": "fr",
        "number": 128,
        "period": DAY,
        "before": FOUR_WEEKS,
        "base": Base(
            verbatims=412,
            before=11200,
            total=20000,
            people=390,
            labelled=405,
            other_language=7,
            refused=3,
            sources=("avis",),
            channels=("chat", "email", "phone"),
        ),
        "measures": [],
        "mentions": words.mentions,
        "words": words.words,
        "company": None,
    }
    return Facts(**(usual | given))


SHARES = {
    "reliability": 40,
    "billing": 33,
    "advisor": 52,
    "speed": 21,
    "digital": 18,
    "price": 15,
    "refund": 12,
}


def shares(n: int = 412) -> list[Measure]:
    return [share("themes.share", k, n, theme=theme) for theme, k in SHARES.items()]


def busy_day(**given: Any) -> Facts:
    """An outage by chat in the evening, a bill that heals, a score that rose."""
    words = Words(given.get("lang", "fr"))
    words.say("reliability", -1, 32, channels=("chat", "chat", "chat", "email"), hour=20)
    words.say("billing", -1, 12).say("advisor", 1, 47)
    n, n0 = 412, 11200
    usual: dict[str, Any] = {
        "measures": [
            *shares(),
            share("themes.negative", 32, n, theme="reliability"),
            share("themes.negative", 12, n, theme="billing"),
            share("themes.positive", 47, n, theme="advisor"),
            share("themes.negative", 10, n, theme="price"),
            points("experience", 61, 4, 240),
        ],
        "changes": [
            gained("themes.negative", 32, n, 299, n0, theme="reliability"),
            gained("themes.negative", 12, n, 1114, n0, theme="billing"),
            gained("themes.negative", 10, n, 250, n0, noise=True, theme="price"),
            points("change.experience", 6, 4.5, 6000),
        ],
        "spread": lambda column: {"chat": 120, "email": 200, "phone": 92} if column == "channel" else {},
        "hours": lambda: dict.fromkeys(range(8, 24), 25),
    }
    return facts(words, **(usual | given))


def quiet_day(**given: Any) -> Facts:
    """As usual, on the usual things."""
    words = Words(given.get("lang", "fr")).say("reliability", -1, 11).say("advisor", 1, 47)
    n = 388
    usual: dict[str, Any] = {
        "base": Base(verbatims=n, before=28 * 390, total=20000, labelled=n, channels=("chat",)),
        "measures": [
            *shares(n),
            share("themes.negative", 11, n, theme="reliability"),
            share("themes.positive", 47, n, theme="advisor"),
            points("experience", 55, 4, 240),
        ],
        "changes": [
            gained("themes.negative", 11, n, 300, 11000, noise=True, theme="reliability"),
            points("change.experience", 1, 5, 6000, note="within noise"),
        ],
    }
    return facts(words, **(usual | given))


def starred_file(**given: Any) -> Facts:
    """One period, stars only, two products that differ."""
    words = Words(given.get("lang", "fr"))
    words.say("billing", -1, 330, people=False, day=None).say("advisor", 1, 500, people=False, day=None)
    words.say("price", -1, 180, people=False, day=None)
    n = 2400
    usual: dict[str, Any] = {
        "number": 1,
        "period": Period(kind="all", since=date(2025, 3, 1), until=date(2026, 11, 1)),
        "before": None,
        "base": Base(verbatims=n, before=None, total=n, labelled=n),
        "measures": [
            *shares(n),
            share("themes.negative", 330, n, theme="billing"),
            share("themes.negative", 180, n, theme="price"),
            share("themes.positive", 500, n, theme="advisor"),
            share("themes.positive", 700, n, theme="overall"),
            Measure(
                name="themes.effect",
                where={"theme": "billing"},
                value=-62.0,
                low=-70.0,
                high=-54.0,
                n=n,
                unit="points",
                basis="stars",
            ),
            points("experience", 12, 3, n, basis="stars"),
        ],
        "splits": [
            points("experience", 31, 6, 800, basis="stars", product="Auto"),
            points("experience", -14, 6, 700, basis="stars", product="Habitation"),
            points("experience", 10, 6, 900, basis="stars", product="Santé"),
        ],
    }
    return facts(words, **(usual | given))


def nps_file(**given: Any) -> Facts:
    """Undated survey answers with an NPS."""
    words = Words(given.get("lang", "fr")).say("delivery", -1, 120, day=None).say("speed", 1, 40, day=None)
    n = 900
    usual: dict[str, Any] = {
        "number": 1,
        "period": UNDATED,
        "before": None,
        "base": Base(verbatims=n, before=None, total=n, labelled=n),
        "measures": [
            *shares(n),
            share("themes.negative", 120, n, theme="delivery"),
            share("themes.positive", 40, n, theme="speed"),
            points("nps", -24.7, 3.5, n),
            points("experience", 3, 2, n, basis="words"),
        ],
    }
    return facts(words, **(usual | given))


def evening_in_rennes(**given: Any) -> Facts:
    """As many outages as on other days, but nearly all of them in one town, in the evening."""
    words = Words(given.get("lang", "fr")).say("reliability", -1, 24, hour=20).say("advisor", 1, 47)
    for i, row in enumerate(words.rows[("reliability", -1)]):
        row["city"] = "Rennes" if i else "Dijon"
    n, n0 = 412, 11200
    usual: dict[str, Any] = {
        "measures": [
            *shares(),
            share("themes.negative", 24, n, theme="reliability"),
            share("themes.positive", 47, n, theme="advisor"),
        ],
        "changes": [gained("themes.negative", 24, n, 560, n0, noise=True, theme="reliability")],
        "spread": lambda column: {"Rennes": 70, "Dijon": 342} if column == "city" else {},
        "hours": lambda: dict.fromkeys(range(8, 24), 25),
    }
    return facts(words, **(usual | given))


def grave_day(**given: Any) -> Facts:
    """A rise about money that comes with illness."""
    words = Words().say("refund", -1, 40)
    n, n0 = 412, 11200
    usual: dict[str, Any] = {
        "measures": [*shares(), share("themes.negative", 40, n, theme="refund")],
        "changes": [gained("themes.negative", 40, n, 330, n0, theme="refund")],
    }
    return facts(words, **(usual | given))


def tiny_file(n: int = 3, **given: Any) -> Facts:
    """Three comments: nothing to conclude."""
    words = Words(given.get("lang", "fr")).say("price", -1, n, day=None)
    usual: dict[str, Any] = {
        "number": 1,
        "period": UNDATED,
        "before": None,
        "base": Base(verbatims=n, before=None, total=n, labelled=n),
        "measures": [share("themes.negative", n, n, theme="price")] if n else [],
    }
    return facts(words, **(usual | given))


def told(subject: str, kind: str, *titles: str) -> list[Told]:
    """The same subject told on the days just before."""
    return [
        Told(day=FRIDAY - timedelta(days=i), subject=subject, kind=kind, title=title)
        for i, title in enumerate(titles, start=1)
    ]
