"""Plates of vehicles, by their form, by the words that introduce them, and by the vehicles spoken of beside them."""

import re

from portevoix.collect.citing import is_product
from portevoix.collect.pen import Pen, has

_PLATE = re.compile(r"(?<![\w-])[A-HJ-NP-TV-Za-hj-np-tv-z]{2}-\d{3}-[A-HJ-NP-TV-Za-hj-np-tv-z]{2}(?![\w-])")
_PLATE_SAID = re.compile(
    r"(?P<before>\b(?:immatricul\w*|plaques?|plate|reg(?:istration)?)\b[^\n\d]{0,25}?)(?<!\w)"
    r"(?P<it>[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|\d{1,4}[ -]?[A-Z]{2,3}[ -]?(?:\d{2}|2[AB])|[A-Z]{2}\d{2}[ -]?[A-Z]{3}|\d[A-Z]{3}\d{3}|[A-Z]{3}[ -]?\d{4})(?!\w)",
    re.IGNORECASE,
)
_PLATE_NEAR = re.compile(
    r"(?<![\w-])(?:[A-HJ-NP-TV-Z]{2}[ .]?\d{3}[ .]?[A-HJ-NP-TV-Z]{2}|\d{2,4}[ -]?(?!GO|KO|MO|TO|KM|KW|CV|CH|HT|TTC|EUR|AM|PM|DE|DU|ET|EN|LE|LA|AU|ANS|CC|CM|MM|KG|ML|CL|SP|GB|MB|TB)[A-HJ-NP-TV-Z]{2,3}[ -]?(?:\d{2}|2[AB])|"
    r"[A-HJ-PR-Y]{2}\d{2}[ -]?(?!PRO|MAX|GPS|LED|USB|KIT|BIS|TER)[A-Z]{3}|[A-HJ-NP-TV-Y]\d{1,3} (?!PRO|MAX|GPS|LED|USB|KIT|BIS|TER|LVL|BAY|AMG|TDI|TSI|HDI|DCI|GTI|GTD|TRX|CDI)[A-Z]{3})(?![\w-]|\s?(?:€|euro))"
)
"""Older French plates, those without hyphens, British ones: only where a vehicle is spoken of."""
_VEHICLE = re.compile(
    r"(?i)\b(?:v[ée]hicules?|voitures?|auto|autos|automobiles?|motos?|scooters?|camions?|camionnettes?|fourgons?|fourgonnettes?|utilitaires?|carte grise|"
    r"immat\w*|plaques?|plates?|conducteur|garag\w+|constat|radar|fourri[èe]re|p[ée]ages?|stationnement|cars?|vans?|vehicles?|truck|lorry|motorbikes?|motorcycles?|parked|parking|reg|registration|vrn|v5c|mot|dvla|"
    r"toll|caravane?|camping[ -]car|clio|twingo|m[ée]gane|captur|sc[ée]nic|zo[ée]|golf|polo|fiesta|focus|corsa|astra|yaris|sandero|duster|kangoo|berlingo|trafic|partner)\b"
)
_SIZES = ("XL", "XS", "EU", "BK", "WH", "UV", "GB", "TB")
"""What ends a product's name as well as a plate."""
_PLATES = ("mmatric", "laque", "plate", "MATRIC", "eg ", "egistration")
_BESIDE = re.compile(r"\d[ .-]?[A-Z]")
"""A digit and a capital side by side: without them no plate."""
_HYPHENED = re.compile(r"-\d{3}-")
_NEAR = 120
"""Characters before and after a plate within which its vehicle is spoken of."""
_PART = re.compile(
    r"(?i)\b(?:tv|t[ée]l[ée]|[ée]cran|laptop|pc|phone|moteur|engine|classe|class|mod[èe]le?s?|formule|formula|station|emplacement|niveau|level|"
    r"yamaha|holder|norme|version|taille|size)\W{1,2}\Z"
)
"""What stands before a model or a place as well-formed as a plate."""
_WARE = re.compile(
    r"(?i)\b(?:colori?s|couleur|teinte|colou?r|taille|size|drill|perceuse|canap[ée]|tv|[ée]cran|chaise|table|lampe)\W{1,2}\Z"
)
"""What is sold, before a code as well-formed as a plate."""


def mask(text: str, pen: Pen) -> str:
    """A text with the plates that words introduce, or that stand near a vehicle, replaced by [plate]."""
    if has(text, _PLATES):
        text = pen.sub(_PLATE_SAID, r"\g<before>[plate]", text)
    if _BESIDE.search(text) and _PLATE_NEAR.search(text) and _VEHICLE.search(text):
        text = pen.sub(_PLATE_NEAR, _near, text)
    return text


def mask_hyphened(text: str, pen: Pen) -> str:
    """A text with the plates of today's French form, "AB-123-CD", replaced by [plate]."""
    return pen.sub(_PLATE, _plate, text) if "-" in text and _HYPHENED.search(text) else text


def _near(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    after = found.string[found.end() : found.end() + _NEAR]
    spoken = _VEHICLE.search(before) or _VEHICLE.search(after)
    return "[plate]" if spoken and not _PART.search(before) else found[0]


def _plate(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 30) : found.start()]
    product = is_product(before) or _WARE.search(before) or found[0].endswith(_SIZES)
    return found[0] if product and not _VEHICLE.search(found.string) else "[plate]"
