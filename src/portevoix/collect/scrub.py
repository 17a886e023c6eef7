"""Personal data out of the words, before anything is kept.

What has a checksum is certain (IBAN, card, NIR, SIRET); the rest is by form and by what stands around, and is masked when
probable. Names without any form around them are not all found: no list of names is complete.
"""

import re
from collections.abc import Callable, Iterable, Sequence

import phonenumbers
from stdnum import luhn
from stdnum.fr import nir as nir_number

from portevoix.collect.clean import clean
from portevoix.collect.given_names import GIVEN_NAMES

__all__ = ["GIVEN_NAMES", "scrub", "scrub_all"]

_SP = r"[ .\-\u00a0\u202f]"
_EMAIL = re.compile(
    r"[\w.+%-]{1,64}(?:@|\s?[\[(](?:at|arobase)[\])]\s?|\sarobase\s)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"«»\[\]]+", re.IGNORECASE)
_SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?[.,;:!?)]*", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@\w{2,30}(?!\w)")
_IP = re.compile(r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.]\d|\d)")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0\u202f-]?[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "MA": 28, "TN": 24,
}  # fmt: skip
_RUN = re.compile(
    rf"(?<![\w.,])(?:\+|\(\+?)?\d(?:(?:{_SP}|[/()]|{_SP}?\(0\){_SP}?)?\d|(?<=\d){_SP}?2[ABab](?={_SP}?\d)){{6,24}}(?![\w])"
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:19|20)\d\d(?:\D.*)?|(?:19|20)\d\d[-/. ]?(?:0[1-9]|1[0-2])[-/. ]?(?:0[1-9]|[12]\d|3[01])(?:\D.*)?"
)
_AMOUNT = re.compile(
    r"\s?(?:€|euros?\b|eur\b|\$|£|k€|%|ko\b|mo\b|go\b|km\b|kms\b|m²|kwh\b|mb|fcfa|dollars?|pounds?)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})+")
_PLATE = re.compile(r"(?<![\w-])[A-HJ-NP-TV-Za-hj-np-tv-z]{2}-\d{3}-[A-HJ-NP-TV-Za-hj-np-tv-z]{2}(?![\w-])")
_PLATE_SAID = re.compile(
    r"(?P<before>\b(?:immatricul\w*|plaques?|plate|registration)\b[^\n\d]{0,25}?)(?<!\w)"
    r"(?P<it>[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}|\d{1,4}[ -]?[A-Z]{2,3}[ -]?(?:\d{2}|2[AB]))(?!\w)",
    re.IGNORECASE,
)
_SURE_STREET = (
    r"rue|avenue|av\.|ave\.?|boulevard|bd\.?|bld\.?|blvd\.?|all[ée]es?|faubourg|fbg|lotissement|lot\."
)
_MAYBE_STREET = r"place|pl\.|chemin|impasse|route|quai|cours|square|r[ée]sidence|passage|voie|sentier|hameau|villa|esplanade|mail|lieu[ -]dit"
_OF = r"(?:(?:de|du|des|d['’]|la|le|les|l['’]|aux?|à|en|sur|sous|et|saint|sainte|st|ste|docteur|dr|g[ée]n[ée]ral|mar[ée]chal|pr[ée]sident|professeur)[ \-]?(?<=[ '’\-]))*"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’.\-]*"
_CITY = rf"(?:[\s,–-]{{1,3}}(?:F-)?\d{{5}}(?:[ ,]+{_CAPITAL}(?:[ -]{_CAPITAL})*)?)?"
_ADDRESS = re.compile(
    rf"(?<![\w/.,])\d{{1,4}}(?:\s?(?:bis|ter|quater|[A-D])\b)?,?\s+"
    rf"(?:(?i:{_SURE_STREET})\s+(?i:{_OF})(?:{_CAPITAL}(?:[ ]{_CAPITAL}|[ ](?:de|du|des|la|le|les)(?=[ ]{_CAPITAL}))*|\w[\w'’\-]+)"
    rf"|(?i:{_MAYBE_STREET})\s+(?i:{_OF}){_CAPITAL}(?:[ ]{_CAPITAL}|[ ](?:de|du|des|la|le|les)(?=[ ]{_CAPITAL}))*){_CITY}"
)
_ADDRESS_EN = re.compile(
    r"(?<![\w/.,])\d{1,5}[A-D]?,?\s+(?:[A-Z][\w'’]+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Close|Crescent|Way|Terrace)\b\.?"
    r"(?:,?\s+[A-Z][\w]+)?(?:,?\s+(?:[A-Z]{2}\s+\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}))?"
)
_REFERENCE = re.compile(
    r"(?P<before>\b(?:n°|nº|n\.|num[ée]ros?|num|no|ref|r[ée]f(?:[ée]rences?)?|dossiers?|contrats?|commandes?|clients?|factures?|sinistres?|tickets?|comptes?|"
    r"polices?|adh[ée]rente?|soci[ée]taire|abonn[ée]e?|devis|colis|suivi|ligne|order|invoice|account|case|reference|customer|contract|policy|booking|claim|"
    r"tracking|number|id)(?:\s?(?:n°|nº|num[ée]ro|number|no\.?|num|ref|r[ée]f[ée]rence|client|de|du|est|is|le|la|id|:|#|-|=|\.))*\s?[#:]?\s?)"
    r"(?P<it>(?=[\w\-./]*\d)[A-Za-z0-9][\w\-./]{2,40}\w)",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w-])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d{5})[A-Z0-9]{8,24}(?![\w-])|(?<!\w)#\d{5,}")
_TITLES = r"(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MONSIEUR|MADAME|MADEMOISELLE|[Mm]me|MME|[Mm]lle|MLLE|[Mm]rs?|MRS?|[Mm]s|[Mm]iss|M|Dr|[Mm]aître|[Dd]octeur)"
_NAME = r"[A-ZÀ-ÖØ-Þ](?:[\w'’]+(?:-[A-ZÀ-ÖØ-Þ]?[\w'’]+)*|\.)"
_LINKED = rf"(?:{_NAME}(?:[ \u00a0](?:(?:de|du|des|le|la|van|von|el|ben|d['’])[ \u00a0]?)?{_NAME}){{0,2}})"
_TITLED = re.compile(rf"(?P<before>(?<!\w){_TITLES}(?:\.[ \u00a0]?|[ \u00a0]))(?P<it>{_LINKED})")
_TITLED_LOW = re.compile(
    r"(?P<before>(?<!\w)(?:mr|mrs|mme|mlle|m\.)\.?[ ])(?P<it>[a-zà-ÿ][a-zà-ÿ'’-]{2,})(?!\w)"
)
_SELF = re.compile(
    r"(?P<before>\b(?:je m['’ ]appelle|je me nomme|mon nom (?:de famille )?(?:est|c['’]est)|mon pr[ée]nom est|au nom de|my name is|my name's|i am called|"
    r"nomm[ée]e?|pr[ée]nomm[ée]e?|s['’]appell?e|appel[ée]e|sign[ée]|conseill(?:er|[èe]re)|t[ée]l[ée]conseill(?:er|[èe]re)|technicien(?:ne)?|vendeu(?:r|se)|interlocut(?:eur|rice)|coll[èe]gue|"
    r"g[ée]rante?|agent|advisor|agent named|named|called|spoke (?:to|with)|remerci(?:e|er|ements à)|merci à|bravo à|thanks to|thank you)\s*:?\s+)(?P<it>(?-i:"
    + _LINKED
    + r"))",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?P<before>\b(?:cordialement|bien à vous|bien cordialement|salutations(?: distingu[ée]es)?|respectueusement|sinc[èe]rement|(?:best |kind )?regards|sincerely|yours(?: truly)?|"
    r"bonne journ[ée]e|merci(?: d['’]avance| beaucoup)?|cdlt|best)[ ]*[,.!;:\n–-][\s,–-]*)(?P<it>(?-i:"
    + _LINKED
    + r"))(?=[\s.,!]*$)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    rf"(?<![\w@#])(?P<first>{_NAME})(?P<last>[ \u00a0](?:de |du |le |la |van |von |el |ben )?{_NAME})?"
)
_GREETING = re.compile(
    rf"(?P<before>\b(?:bonjour|bonsoir|salut|hello|hi|dear|cher|ch[èe]re|coucou)[ ,]+)(?P<it>(?-i:{_NAME}))(?=[ ]?[,!.\n]|$)",
    re.IGNORECASE,
)
_FORMS = re.compile(
    r"monsieur|madame|mademoiselle|\bm(?:me|lle|rs?|s|iss)?\b|appel|nom[m ]|name|call|conseill|technicien|vendeu|interlocut|coll[èe]gue|g[ée]rant|agent|advisor|spoke|"
    r"merci|bravo|thank|cordial|salut|bien [àa] vous|respect|sinc|regard|yours|journ[ée]e|cdlt|best|docteur|\bdr\b|ma[îi]tre|bonjour|bonsoir|hello|\bhi\b|dear|ch[èe]re?\b|coucou|sign",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    """le la les un une des et ou je il elle on nous vous ils ce cet cette mon ma mes sa son ses qui que quoi dont pour par avec sans plus tout
    tous rien the and you your for from with very not bonjour merci madame monsieur client service bonne bien tres cordialement directeur president
    maire juge conseiller responsable super top vraiment toujours encore aucun aucune pas mais donc car si quand comme meme est suis ont avez avons
    cela ceci ici alors puis apres avant depuis pendant chez vers dans sur sous entre en de du au aux lui leur leurs notre votre nos vos ""
    a votre ai eu i it they we he she this that these those all so but because when what who how my""".split()
)
_PLAIN = str.maketrans("àâäéèêëîïôöùûüçÀÂÉÈÊÎÔÙÛÇ", "aaaeeeeiioouuucAAEEEIOUUC")


def scrub(text: str, names: Sequence[str] = ()) -> str:
    """A text that is safe to keep: cleaned (see `clean`), each piece of personal data replaced by what it was.

    Marks: [email] [link] [handle] [ip] [iban] [card] [nir] [siret] [phone] [number] [plate] [address] [name]. `names` are
    the author's own, masked wherever the text has them. Prices, dates, durations and years stay.
    `scrub(scrub(x)) == scrub(x)`.
    """
    text = clean(text)
    own = _own(names) if names else None
    while True:
        masked = _once(text) if own is None else own.sub("[name]", _once(text))
        if masked == text:
            return text
        text = clean(masked)  # each round takes digits, capitals or an @ away: it ends


def scrub_all(texts: Iterable[str]) -> list[str]:
    """`scrub` of each text, in order."""
    return [scrub(text) for text in texts]


def _once(text: str) -> str:
    if "@" in text or "rob" in text or "(at)" in text or "[at]" in text:
        text = _HANDLE.sub("[handle]", _EMAIL.sub("[email]", text))
    if "://" in text or "ww." in text or "WW." in text:
        text = _LINK.sub(lambda found: found[0] if _SITE.fullmatch(found[0]) else "[link]", text)
    if any(map(text.__contains__, "0123456789")):
        text = _numbers(text)
    if _FORMS.search(text):
        text = _forms(text)
    return _PAIR.sub(_pair, text)


def _numbers(text: str) -> str:
    text = _IBAN.sub(_iban, text)
    text = _ADDRESS_EN.sub("[address]", _ADDRESS.sub("[address]", text))
    text = _PLATE_SAID.sub(r"\g<before>[plate]", _PLATE.sub("[plate]", text))
    text = _IP.sub("[ip]", text)
    text = _RUN.sub(_run, text)
    text = _REFERENCE.sub(_reference, text)
    return _CODE.sub("[number]", text)


def _iban(found: re.Match[str]) -> str:
    text = found[0]
    size = _IBAN_LENGTHS.get(text[:2].upper())
    if size is None:
        return text
    taken = stop = 0
    for stop, c in enumerate(text, start=1):  # noqa: B007 - where the last character of the number stands
        taken += c.isalnum()
        if taken == size:
            break
    compact = "".join(c for c in text[:stop] if c.isalnum()).upper()
    if len(compact) < size or (stop < len(text) and text[stop].isalnum()):
        return text
    turned = compact[4:] + compact[:4]
    right = int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
    digits = sum(c.isdigit() for c in compact)
    return "[iban]" + text[stop:] if right or digits >= 0.7 * size else text


def _run(found: re.Match[str]) -> str:
    """What a run of digits is: by its checksum, else by its form; dates, amounts and short numbers stay."""
    text = found[0]
    digits = "".join(c for c in text if c.isalnum())
    before, after = found.string[: found.start()], found.string[found.end() :]
    if len(digits) in (13, 15) and digits[0] in "12" and _is_nir(digits, before, text):
        return "[nir]"
    if not digits.isdigit():
        return text
    if text[0] in "+(" or digits[0] == "0":
        if _is_phone(text, digits):
            return "[phone]"
    if _DATE.fullmatch(text) or _AMOUNT.match(after):
        return text
    if 13 <= len(digits) <= 19 and len(digits) != 14 and luhn.is_valid(digits):
        return "[card]"
    if (
        len(digits) == 14
        or (len(digits) == 9 and re.search(r"(?i)\b(siren|siret|rcs)\b[^\n]{0,30}$", before))
    ) and luhn.is_valid(digits):
        return "[siret]"
    if len(digits) >= 9 and _is_phone(text, digits):
        return "[phone]"
    if _THOUSANDS.fullmatch(text) and len(digits) < 10:
        return text
    return "[number]" if len(digits) >= 8 and (len(digits) == len(text) or len(digits) >= 10) else text


def _is_nir(digits: str, before: str, text: str) -> bool:
    if len(digits) == 15:
        return bool(nir_number.is_valid(digits.upper()))
    spaced = re.fullmatch(r"[12][ .]\d\d[ .]\d\d[ .](?:\d\d|2[ABab])[ .]\d{3}[ .]\d{3}", text)
    return bool(spaced or re.search(r"(?i)\b(nir|s[ée]cu\w*|insee|n[°º] ?ss)\b[^\n]{0,40}$", before))


def _is_phone(text: str, digits: str) -> bool:
    international = text.lstrip("(").startswith("+") or digits.startswith("00")
    if not international and digits[0] == "0" and len(digits) == 10:
        return digits[1] != "0"
    regions: tuple[str | None, ...] = (None,) if international else ("FR", "US", "GB")
    number = "+" + digits.removeprefix("00") if international else digits
    if international and digits.startswith("330"):
        number = "+33" + digits[3:]
    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return region != "US" or bool(re.search(r"\D", text.strip("(")))
        except phonenumbers.NumberParseException:
            continue
    return international and len(digits) >= 10


def _reference(found: re.Match[str]) -> str:
    it = found["it"]
    digits = sum(c.isdigit() for c in it)
    year = digits == 4 and re.fullmatch(r"(?:19|20)\d\d", it)
    if (
        digits < 4
        or year
        or _DATE.fullmatch(it)
        or _AMOUNT.match(found.string[found.end() :])
        or re.search(r"(?i)(?:€|euros?|eur)$", it)
    ):
        return found[0]
    if re.fullmatch(r"\d{1,3}[.]\d{3}|\d+[./]\d{1,2}", it):
        return found[0]
    return f"{found['before']}[number]"


def _forms(text: str) -> str:
    for form, check in _NAME_FORMS:
        text = form.sub(check, text)
    return text


def _masked(found: re.Match[str]) -> str:
    """The name masked, unless its first word is no name; "Monsieur Le Directeur" stays."""
    it = found["it"]
    first = it.split()[0].strip(".,'’").translate(_PLAIN).lower()
    if first in _NOT_NAMES or (len(first) < 2 and " " not in it):
        return found[0]
    return f"{found['before']}[name]"


def _masked_given(found: re.Match[str]) -> str:
    return f"{found['before']}[name]" if _given(found["it"]) else found[0]


def _pair(found: re.Match[str]) -> str:
    last = found["last"]
    if last is None or not _given(found["first"]) or last.split()[-1].translate(_PLAIN).lower() in _NOT_NAMES:
        return found[0]
    return "[name]"


def _given(word: str) -> bool:
    return (word if word[1:2].islower() else word.title()) in GIVEN_NAMES


def _own(names: Sequence[str]) -> re.Pattern[str] | None:
    parts = {
        part
        for name in names
        for part in re.split(r"[\s,;]+", name.strip())
        if len(part) > 2 and part[0].isalpha()
    }
    whole = {name.strip() for name in names if len(name.strip()) > 2 and name.strip()[0].isalpha()}
    if not parts:
        return None
    forms = {
        f
        for part in parts
        for f in (part.capitalize(), part.title(), part.upper(), part if part[0].isupper() else part.title())
    }
    written = "|".join(map(re.escape, sorted(forms | {w for w in whole if " " in w}, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)")


_NAME_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_TITLED, _masked),
    (_TITLED_LOW, _masked),
    (_SELF, _masked),
    (_SIGNED, _masked),
    (_GREETING, _masked_given),
)
