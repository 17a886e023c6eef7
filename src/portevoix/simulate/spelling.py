"""How people really type: each has habits, from careful to hasty, and keeps them."""

import re
import unicodedata
from dataclasses import dataclass

from portevoix.simulate.dice import Dice

NEAT, LOOSE, HASTY = 0, 1, 2
_SLIPS = (
    ("connexion", "connection"),
    ("appeler", "apeller"),
    ("malgré", "malgrés"),
    ("vraiment", "vraiement"),
    ("apparaît", "apparait"),
    ("abonnement", "abonement"),
    ("remboursement", "rembourssement"),
    ("technicien", "technitien"),
    ("parmi", "parmis"),
    ("toujours", "toujour"),
    ("client", "clien"),
    ("honnête", "honnete"),
    ("inadmissible", "inadmisible"),
    ("résilier", "resillier"),
    ("attendre", "atendre"),
    ("J'ai été", "J'ai étais"),
)
_SHORT = (
    (r"\bc'est\b", "c"),
    (r"\btoujours\b", "tjrs"),
    (r"\bbeaucoup\b", "bcp"),
    (r"\bproblème\b", "pb"),
    (r"\brendez-vous\b", "rdv"),
    (r"\bvous\b", "vs"),
    (r"\bpour\b", "pr"),
    (r"\bquand\b", "qd"),
    (r"\bquelqu'un\b", "qqn"),
    (r"\bparce que\b", "pcq"),
    (r"\btéléphone\b", "tel"),
    (r"\bordinateur\b", "ordi"),
    (r"\bmaintenant\b", "mtn"),
    (r"\bje suis\b", "jsuis"),
    (r"\bj'ai\b", "jai"),
    (r"\bil y a\b", "ya"),
    (r"\bmerci\b", "mci"),
    (r"\bdepuis\b", "dps"),
    (r"\bavec\b", "avc"),
    (r"\bservice client\b", "SAV"),
    (r"\bs'il vous plaît\b", "svp"),
)
_NOT = re.compile(r"\b(?:ne |n')(\w+) (pas|plus|jamais|rien)\b")
_I_NOT = re.compile(r"\b([Jj])e n'(?=\w+ (?:pas|plus|jamais|rien)\b)")
_PARTICIPLE = re.compile(r"\b(ai|a|été|avons|ont) (\w{3,})é\b")
_BARE = {"œ": "oe", "Œ": "Oe", "æ": "ae", "« ": '"', " »": '"'}


@dataclass(frozen=True, slots=True)
class Habit:
    """One person's way of typing: how careful, on which keyboard, with or without accents and capitals."""

    care: int
    curly: bool
    accents: bool
    capitals: bool


def habit_of(seed: int, person: str) -> Habit:
    """The habit of a person, always the same."""
    dice = Dice(seed, "habit", person)
    care = dice.weighted([(NEAT, 0.52), (LOOSE, 0.32), (HASTY, 0.16)])
    return Habit(care, dice.chance(0.4), care < HASTY or dice.chance(0.35), care < HASTY or dice.chance(0.3))


def as_typed(text: str, habit: Habit, dice: Dice, *, formal: bool) -> str:
    """The text as this person would type it; formal writing (mails, tickets) takes one care more."""
    care = max(NEAT, habit.care - 1) if formal else habit.care
    if care == LOOSE:
        text = _loose(text, dice)
    elif care == HASTY:
        text = _hasty(text, habit, dice)
    return text.replace("'", "’") if habit.curly else text


def bare(text: str) -> str:
    """The text without accents."""
    for accented, plain in _BARE.items():
        text = text.replace(accented, plain)
    marks = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in marks if not "\u0300" <= c <= "\u036f"))


def _loose(text: str, dice: Dice) -> str:
    for right, wrong in _SLIPS:
        if right in text and dice.chance(0.2):
            text = text.replace(right, wrong, 1)
    if dice.chance(0.15):
        text = _PARTICIPLE.sub(r"\1 \2er", text, count=1)
    if dice.chance(0.15):
        text = text.replace(" à ", " a ", 1)
    if dice.chance(0.12):
        text = _unnegated(text)
    if dice.chance(0.12):
        text = text.replace(" ?", "?").replace(" !", "!").replace(" :", ":")
    return text.removesuffix(".") if dice.chance(0.35) else text


def _unnegated(text: str) -> str:
    """Without the "ne" that speech swallows: "je n'ai pas" is "j'ai pas"."""
    return _NOT.sub(r"\1 \2", _I_NOT.sub(r"\1'", text))


def _hasty(text: str, habit: Habit, dice: Dice) -> str:
    if not habit.capitals:
        text = text.lower()
    if dice.chance(0.7):
        text = _unnegated(text)
    for pattern, short in _SHORT:
        if dice.chance(0.45):
            text = re.sub(pattern, short, text)
    if not habit.accents:
        text = bare(text)
    if dice.chance(0.3):
        text = text.replace(", ", " ")
    if dice.chance(0.55):
        text = text.removesuffix(".") + dice.pick(("", "", "...", " !!", "!!!"))
    return text
