"""Names of persons, by the forms that introduce them: titles, greetings, "je m'appelle", signatures, a given name and a surname."""

import re
from collections.abc import Sequence

from portevoix.collect.given_names import GIVEN_NAMES
from portevoix.collect.pen import PLAIN, Pen

_NAME = r"[A-ZÀ-ÖØ-Þ](?:[\w'’]+(?:-[\w'’]+)*|\.(?:[A-ZÀ-ÖØ-Þ][\w'’-]+)?)"
# the look-behind stands after the capital so that the search jumps from capital to capital
_CHAIN = re.compile(
    r"[A-ZÀ-ÖØ-Þ](?<![\w@#\[].)(?:[\w'’]+(?:-[\w'’]+)*|\.(?:[A-ZÀ-ÖØ-Þ][\w'’-]+)?|(?=[ ][A-ZÀ-Þ]))"
    rf"(?:[ \u00a0](?:(?:de|du|des|le|la|van|von|el|ben)[ \u00a0])?{_NAME}){{0,5}}"
)
_WORD = re.compile(r"[^ \u00a0]+")
_LOW = re.compile(
    r"(?P<before>(?<!\w)(?:(?:[Mm]rs?|[Mm]me|[Mm]lle)\.?|m\.|(?:je suis|ici|c['’]est) (?:madame|monsieur|mademoiselle))[ ])(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,})(?!\w)"
)
_LOW_TITLES = ("mr", "Mr", "mme", "Mme", "mlle", "Mlle", "m. ", "is m", "ci m", "st m")
_PLAIN = str.maketrans("àâäéèêëîïôöùûüçÀÂÄÉÈÊËÎÏÔÖÙÛÜÇ’", "aaaeeeeiioouuucAAAEEEEIIOOUUUC'")
_AROUND = str.maketrans(dict.fromkeys('\n\t\u00a0\u202f([«»",;!?-–—/', " "))
_TITLES = frozenset("monsieur madame mademoiselle mme mlle mr mrs ms miss m dr docteur maitre me".split())
_TITLE_TAILS = (*(f" {t}{end}" for t in _TITLES - {"me"} for end in (" ", ". ")), " m.")
_SURE_TAILS = tuple(f" {tail}" for tail in (
    "je m'appelle ", "je me nomme ", "mon nom est ", "mon nom : ", "mon nom de famille est ", "mon prenom est ", "au nom de ", "my name is ",
    "my name's ", "i am called ", "prenomme ", "prenommee ", "nomme ", "nommee ", "named ", "nom : ", "nom: ", "prenom : ", "signe : ",
))  # fmt: skip
_SIGNED = frozenset("cordialement salutations respectueusement sincerement sincerely regards cdlt".split())
_SIGNED_TAILS = (*_SIGNED, "bien a vous", "distinguees", "kind regards", "yours truly")
_ADDRESSED = (
    "bonjour bonsoir salut hello hi dear cher chere coucou merci bravo thanks conseiller conseillere technicien technicienne vendeur vendeuse"
).split()
_GIVEN = (
    "teleconseiller teleconseillere interlocuteur interlocutrice collegue gerant gerante agent advisor called remercie remercier appelle appele "
    "appelee thank infirmiere assistante assistant avec with de par fille fils mari femme epouse epoux frere soeur pere mere ami amie compagnon compagne s'appelle"
).split()
_GIVEN_TAILS = (
    *(f" {word} " for word in (*_ADDRESSED, *_GIVEN)),
    *(" merci a ", " bravo a ", " thanks to ", " thank you ", " spoke to ", " grace a "),
)
_ADDRESSED_TAILS = tuple(f" {word}" for word in _ADDRESSED)
_PARTICLES = frozenset(("de", "du", "le", "la", "des"))
_OF_A_TEAM = re.compile(
    r"\s(?:du (?:service|sav|support|standard)|de (?:chez|l['’]agence|la hotline)|from (?:the )?(?:support|customer|service))",
    re.IGNORECASE,
)
_BRANDS = ("assur", "banque", "mutuelle", "bank", "insurance")
NOT_NAMES = frozenset(
    """le la les l un une des et ou je j il elle on nous vous ils elles ce c cet cette mon ma mes sa son ses qui que quoi dont pour par avec sans
    plus tout toute tous rien the and you your for from with very not bonjour bonsoir merci madame monsieur client cliente clients service services
    bonne bien tres cordialement directeur directrice president presidente ministre prefet procureur ambassadeur maire juge conseiller conseillere responsable super top vraiment toujours encore
    aucun aucune pas mais donc car si quand comme meme est suis ont avez avons cela ceci ici alors puis apres avant depuis pendant chez vers dans
    sur sous entre en de du au aux lui leur leurs notre votre nos vos a ai eu i it we they he she this that these those all so but because when
    what who how my ne ni y ca tu te se me bon mauvais nul excellent parfait satisfait satisfaite rapide simple assurance assurances banque
    mutuelle internet box fibre site agence agent accueil prix tarif facture contrat dossier commande livraison colis hello hi dear salut great
    good bad thanks thank customer team support order delivery janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    lundi mardi mercredi jeudi vendredi samedi dimanche january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday""".split()
)
_NEVER_FIRST = NOT_NAMES | _TITLES | _SIGNED
_NOT_LOW = NOT_NAMES | frozenset(
    "tout monde votre chers clients bonjour etait avait sont fait dit sera peut doit veut quoi bref non oui aussi ainsi jamais".split()
)


def mask(text: str, pen: Pen = PLAIN) -> str:
    """A text with the names that a form introduces replaced by [name]."""
    text = pen.sub(_CHAIN, _chain, text)
    if any(title in text for title in _LOW_TITLES):
        text = pen.sub(_LOW, _low, text)
    return text


def pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """What finds an author's own names, whole or part by part, in any of the ways that a capital writes them."""
    whole = {name.strip() for name in names if len(name.strip()) > 2 and name.strip()[0].isalpha()}
    parts = {
        part for name in whole for part in re.split(r"[\s,;]+", name) if len(part) > 2 and part[0].isalpha()
    }
    forms = {form for part in parts for form in (part.capitalize(), part.title(), part.upper())} | whole
    forms = {form for form in forms if form[0].isupper() or " " in form}
    if not forms:
        return None
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(forms, key=lambda f: (-len(f), f))))})(?!\w)"
    )


def _chain(found: re.Match[str]) -> str:
    """Walk a chain of capitals: what introduces (in the chain or before it), then what it introduces."""
    text, string = found[0], found.string
    if found.start() == 0 and " " not in text and not _is_given(text):
        return text  # one word, and nothing to introduce it
    low = (
        " " + string[max(0, found.start() - 30) : found.start()].translate(_AROUND).translate(_PLAIN).lower()
    )
    words = [(m.start(), m.end(), m[0].strip(".,'").translate(_PLAIN).lower()) for m in _WORD.finditer(text)]
    i = 0
    while i < len(words) and words[i][2] in _NEVER_FIRST and not _begins(words, i, low):
        low += words[i][2] + " "
        i += 1
    stop = i
    while stop < len(words) and (words[stop][2] not in NOT_NAMES or words[stop][2] in _PARTICLES):
        stop += 1
    while stop > i and words[stop - 1][2] in _PARTICLES:
        stop -= 1
    if i == stop:
        return text
    start, end = words[i][0], words[stop - 1][1]
    name = text[start:end]
    after = string[found.start() + end : found.start() + end + 24]
    if not _introduced(low, name, after):
        return text
    return f"{text[:start]}[name]{text[end:]}"


def _begins(words: list[tuple[int, int, str]], i: int, low: str) -> bool:
    """Whether a particle begins a name after a title: "Le Goff", "de La Tour", but not "le Directeur"."""
    if words[i][2] not in _PARTICLES or not low.endswith(_TITLE_TAILS):
        return False
    after = next((word for _, _, word in words[i:] if word not in _PARTICLES), "")
    return bool(after) and after not in NOT_NAMES


def _is_given(word: str) -> bool:
    return (word if word[1:2].islower() else word.title()) in GIVEN_NAMES


def _introduced(low: str, name: str, after: str) -> bool:
    first = name.split()[0]
    if low.endswith(_TITLE_TAILS):
        return len(first) > 2 and "." not in first[:2] if low.endswith(".") else len(name) > 1
    if low.endswith(_SURE_TAILS):
        return True
    if low.rstrip(" .:").endswith(_SIGNED_TAILS) and not after.strip(" .,!\n"):
        return True
    if low.endswith("l'") or after.lower().lstrip().startswith(_BRANDS):
        return False
    if not _is_given(first):
        return False
    addressed = low.rstrip(" ,").endswith(_ADDRESSED_TAILS) and after[:1] in ("", ",", "\n", "!", ".")
    return " " in name or addressed or low.endswith(_GIVEN_TAILS) or bool(_OF_A_TEAM.match(after))


def _low(found: re.Match[str]) -> str:
    return found[0] if found["it"].translate(_PLAIN) in _NOT_LOW else f"{found['before']}[name]"
