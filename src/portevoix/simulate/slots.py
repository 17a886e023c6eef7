"""What varies inside a phrase: hours, amounts, days, names; true to the speaker and to the day."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portevoix.simulate.dice import Dice
from portevoix.simulate.people import Subscriber
from portevoix.simulate.sayings import Saying
from portevoix.simulate.spelling import bare
from portevoix.simulate.world import local

_EITHER = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([^{}]*)\}")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_NUMBERS = "zéro un deux trois quatre cinq six sept huit neuf dix".split()
_WOMEN = (
    "Camille Élodie Nadia Sylvie Monique Chloé Fatou Hélène Inès Josiane Karima Laure Maëlle Odile Pauline Rosa "
    "Solène Thérèse Yasmine Zoé"
).split()
_MEN = (
    "Antoine Bastien Cédric Driss Émile Fabrice Gaël Henri Idriss Jérôme Kevin Lucien Marcel Noël Olivier Pascal "
    "Rémi Samir Thibault Yannick"
).split()
# families that no directory has: built, not taken
_HEADS = "Brise Verde Larque Pomme Tourne Haute Belle Cour Mont Ros Gran Val".split()
_TAILS = "lande mouche taille fosse pierre nielle chaume varenne borde quaire sault vigne".split()
_STREETS = (
    "des Lucioles|du Vieux-Lavoir|des Trois-Hiboux|de la Garenne-Basse|du Four-à-Pain|des Aubépines".split(
        "|"
    )
)
_AGENTS = (
    ("Léa", True),
    ("Hugo", False),
    ("Sarah", True),
    ("Mehdi", False),
    ("Clara", True),
    ("Théo", False),
)
# the ranges that the French regulator keeps for fiction
_PHONES = ("06 39 98", "01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49")


@dataclass(frozen=True, slots=True)
class Identity:
    """An invented name, with the address and number that go with it."""

    first: str
    last: str
    email: str
    phone: str


def identity_of(seed: int, who: Subscriber) -> Identity:
    """The identity of a subscriber, always the same."""
    dice = Dice(seed, "identity", who.person)
    first, last = dice.pick(_WOMEN if who.woman else _MEN), dice.pick(_HEADS) + dice.pick(_TAILS)
    local_part = dice.pick((f"{first}.{last}", f"{first[0]}{last}", f"{last}{dice.whole(47, 99)}"))
    host = dice.pick(("example.com", "example.org", "example.net"))
    phone = f"{dice.pick(_PHONES)} {dice.whole(0, 99):02d} {dice.whole(0, 99):02d}"
    if dice.chance(0.3):
        phone = dice.pick((phone.replace(" ", ""), phone.replace(" ", "."), "+33 " + phone[1:]))
    return Identity(first, last, bare(f"{local_part}@{host}").lower(), phone)


def filled(template: str, saying: Saying, identity: Identity, dice: Dice, **more: str) -> str:
    """The phrase with its alternatives drawn, its slots filled, its participles agreed, its first letter a capital."""
    text = _EITHER.sub(lambda found: dice.pick(found[1].split("|")), template)
    woman = saying.who.woman
    agent, agent_woman = dice.pick(_AGENTS)

    def slot(found: re.Match[str]) -> str:
        name = found[1]
        if name == "e":
            return "e" if woman else ""
        if name == "e_agent":
            return "e" if agent_woman else ""
        if "/" in name:
            return name.split("/")[woman]
        if name == "agent":
            return agent
        return more[name] if name in more else _value(name, saying, identity, dice)

    text = _SLOT.sub(slot, text)
    return text[:1].upper() + text[1:]


def _value(name: str, saying: Saying, identity: Identity, dice: Dice) -> str:
    """The words of one slot. Raises KeyError for a slot that does not exist."""
    if name in _LISTS:
        return dice.pick(_LISTS[name])
    if name in ("phone", "email"):
        return str(getattr(identity, name))
    if name == "titre":
        return f"{'Madame' if saying.who.woman else 'Monsieur'} {identity.last}"
    return _KNOWN[name](saying, local(saying.at), dice)


def _years(saying: Saying, said: datetime, dice: Dice) -> str:
    years = max(2, (said.date() - saying.who.since).days // 365)
    return f"{_NUMBERS[years] if dice.chance(0.6) else years} ans"


def _earlier(saying: Saying, said: datetime, dice: Dice) -> str:
    return _DAYS[(said.weekday() - dice.whole(1, 5)) % 7]


def _month(saying: Saying, said: datetime, dice: Dice) -> str:
    return _MONTHS[(said.month - 1 - dice.whole(1, 3)) % 12]


def _of_month(saying: Saying, said: datetime, dice: Dice) -> str:
    month = _month(saying, said, dice)
    return ("d'" if month[0] in "ao" else "de ") + month


_KNOWN: dict[str, Callable[[Saying, datetime, Dice], str]] = {
    "ville": lambda saying, said, dice: saying.who.city,
    "produit": lambda saying, said, dice: saying.who.product,
    "annee": lambda saying, said, dice: str(saying.who.since.year),
    "annees": _years,
    "jour": _earlier,
    "day": lambda saying, said, dice: _ENGLISH_DAYS[(said.weekday() - dice.whole(1, 5)) % 7],
    "jour_prochain": lambda saying, said, dice: _DAYS[(said.weekday() + dice.whole(1, 4)) % 7],
    "aujourd_hui": lambda saying, said, dice: _DAYS[said.weekday()],
    "date": lambda saying, said, dice: _dated(said.date() - timedelta(days=dice.whole(2, 24)), dice),
    "mois": _month,
    "de_mois": _of_month,
    "heure": lambda saying, said, dice: _hour(said.hour, said.minute, dice),
    "dossier": lambda saying, said, dice: f"{dice.whole(1000, 9999)}-{dice.whole(10_000, 99_999)}",
    "adresse": lambda saying, said, dice: f"{dice.whole(2, 98)} rue {dice.pick(_STREETS)}",
}


def _dated(day: date, dice: Dice) -> str:
    if dice.chance(0.35):
        return f"{day.day:02d}/{day.month:02d}"
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]}"


def _hour(hour: int, minute: int, dice: Dice) -> str:
    """An hour of the evening, never later than the message itself."""
    if hour < 20:
        return dice.pick(("20h", "21h", "20 heures", "22h30"))
    quarters = min(int((hour - 20) * 4 + minute // 15), 10)
    quarter = dice.whole(0, min(quarters, dice.pick((1, 2, 4))))
    hours, minutes = 20 + quarter // 4, quarter % 4 * 15
    written = f"{minutes:02d}" if minutes else ""
    return dice.pick((f"{hours}h{written}", f"{hours}h{written}", f"{hours} h {written}".strip()))


_LISTS = {
    "mois_nb": ("trois", "six", "huit", "4", "6", "9"),
    "option": ("6,99 €", "6,99 €", "6,99 euros", "6,99€", "6.99 €", "près de 7 euros"),
    "fois": ("deux fois", "trois fois", "quatre fois", "cinq fois", "dix fois", "3 fois", "4 fois"),
    "jours": (
        "trois jours",
        "quatre jours",
        "cinq jours",
        "six jours",
        "dix jours",
        "15 jours",
        "8 jours",
        "quinze jours",
    ),
    "semaines": (
        "deux semaines",
        "trois semaines",
        "quatre semaines",
        "six semaines",
        "3 semaines",
        "un mois",
        "deux mois",
    ),
    "nieme": ("deuxième", "troisième", "quatrième", "cinquième", "3e", "4e", "5e"),
    "nieme_maj": ("Deuxième", "Troisième", "Quatrième", "Cinquième", "Énième"),
    "debit": ("3 Mb/s", "8 Mb/s", "12 mégas", "5 mégas", "20 Mb/s", "2 mégas"),
    "gros_debit": ("900 Mb/s", "940 mégas", "800 Mb/s", "près d'un giga", "700 mégas"),
    "box": ("Lune 4", "Lune 5", "Lune 6", "Lune Max"),
    "decodeur": ("Halo", "Halo 4K", "Halo Mini"),
    "hausse": ("3 €", "4 euros", "5 €", "cinq euros", "10 %", "15 %", "huit euros", "2,50 €"),
    "petit": ("3 €", "5 €", "cinq euros", "4,99 €", "2 euros"),
    "prix": ("29,99 €", "34,99 €", "39,99 €", "44,99 €", "35 euros", "40 €", "près de 50 euros"),
    "euros": (
        "15 €",
        "24,90 €",
        "39 €",
        "45 euros",
        "49 €",
        "59,90 €",
        "64 €",
        "80 euros",
        "112 €",
        "120 €",
        "147,50 €",
    ),
    "appels": ("trois appels", "quatre appels", "cinq appels", "six appels", "7 appels", "dix appels"),
    "minutes": ("vingt minutes", "40 minutes", "45 minutes", "25 min", "une heure", "35 minutes"),
    "rdv": ("de 8h à 12h", "de 13h à 18h", "toute la matinée", "toute la journée", "de 14h à 16h"),
    "heure_jour": ("9h40", "9h30", "9 h 40", "ce matin 9h30"),
    "n": ("3", "4", "5", "6"),
}
