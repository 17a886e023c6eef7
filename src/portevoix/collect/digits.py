"""Numbers that identify somebody: accounts, cards, phones, plates, addresses, references; dates and amounts are not."""

import re

from portevoix.collect import plates
from portevoix.collect.citing import is_cited, is_cited_or_law, is_product
from portevoix.collect.pen import PLAIN, Edit, Pen, has

_SP = r"[ .\-\u00a0\u202f]"
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0\u202f-]?[A-Za-z0-9]){11,30}")
_IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "MA": 28, "TN": 24,
}  # fmt: skip
_RUN = re.compile(
    rf"[+(\d](?<![\w.,/-].)(?:(?<=\()\+)?(?:(?<=[+(])\d)?(?:(?:{_SP}{{0,2}}|[/()]|{_SP}?\(0\){_SP}?|\){_SP})\d|{_SP}?2[ABab](?={_SP}?\d)){{6,24}}(?!\w)(?P<tail>-[A-Z]{{1,3}}(?!\w))?"
)
_IP = re.compile(r"[0-9](?<![\d.].)\d{0,2}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_IP6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}){1,6}(?![\w:])")
_VERSION = re.compile(
    r"(?i)\b(?:v|version|ios|android|build|update|firmware|app|maj|mise à jour|windows|mac ?os)\W*$"
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:19|20)\d\d(?:\D.*)?|"
    r"(?:19|20)\d\d[-/. ]?(?:0[1-9]|1[0-2])[-/. ]?(?:0[1-9]|[12]\d|3[01])(?:\D.*)?|(?:19|20)\d\d[-/ ](?:19|20)\d\d"
)
_AMOUNT = re.compile(
    r"\s?(?:€|euros?\b|eur\b|\$|£|k€|%|[kmgt]?o\b|[kmgt]b\b|k?ms?\b|m²|kwh\b|fcfa|dollars?|pounds?|ans?\b|jours?\b|mois\b|heures?\b|fois\b)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?:[,.]\d\d?)?")
_BIRTH = re.compile(
    r"(?P<before>\b(?:n[ée]e?s?(?:\(e\))? (?:le|en)|naissance(?: est)?(?: le)?|born(?: on| in)?|d\.?o\.?b\.?(?: is)?|birth ?(?:date|day)(?: is)?|date of birth(?: is)?)"
    r"[\s:=]{1,3}(?:the )?)(?P<it>\d{1,2}(?:er|st|nd|rd|th)?[-/. ](?:\d{1,2}|[a-zéû]{3,9}\.?)[-/. ,]{1,2}(?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d|"
    r"[a-z]{3,9} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d)(?!\w)",
    re.IGNORECASE,
)
_BIRTHS = (
    *(f"{end} {word}" for end in ("né", "née", "nés", "nées", "(e)", "ne", "nee", "nes", "nees") for word in ("le", "en")),
    *("aissance", "born", "irth", "dob", "d.o.b", "do.b", "d.ob"),
)  # fmt: skip
_SURE = r"rue|avenue|av\.|ave\.?|boulevard|bd\.?|bld\.?|blvd\.?|all[ée]es?|faubourg|fbg|lotissement|lot\."
_MAYBE = r"place|pl\.|chemin|impasse|route|quai|cours|square|r[ée]sidence|passage|voie|sentier|hameau|villa|esplanade|lieu[ -]dit"
_OF = (
    r"(?:(?:de|du|des|d['’]|la|le|les|l['’]|aux?|à|en|sur|sous|et|saint|sainte|st|ste|docteur|dr|g[ée]n[ée]ral|mar[ée]chal|"
    r"pr[ée]sident|professeur|jean|victor|georges|charles|paul|pierre|louis|henri|jules|[ée]mile|marie)[ \-]?(?<=[ '’\-]))*"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’\-]*"
_MORE = rf"{_CAPITAL}(?:[ -]{_CAPITAL}|(?:[ ](?:de|du|des|la|le|les)){{1,2}}(?=[ ]{_CAPITAL}))*"
_TOWN = r"[A-ZÀ-ÖØ-Þ][\w'’\-]*"
_LOW_TOWN = (
    r"(?!(?:et|est|mais|depuis|pour|sans|avec|je|on|il|elle|rien|ne|pas|qui|que|où|ou|dans|a|à|en|au|chez|car|merci|svp)\b)"
    r"(?:(?:le|la|les|saint|sainte|st|ste)[ -])?[a-zà-ÿ][a-zà-ÿ-]{1,30}"
)
_CITY = rf"(?:[\s,–-]{{1,3}}(?:F-)?\d{{5}}(?!\w)(?:[ ,]+{_TOWN}(?:[ -]{_TOWN})*|[ ]{_LOW_TOWN})?)?"
_ADDRESS = re.compile(
    rf"\d(?<![\w/.,].)\d{{0,3}}(?:\s?(?:bis|ter|quater|[A-D])\b)?,?\s+"
    rf"(?:(?i:{_SURE})\s+(?i:{_OF})(?:{_MORE}|\w[\w'’\-]+)|(?i:{_MAYBE})\s+(?i:{_OF})(?!\d+(?:\W*\Z|[^\w ])){_MORE}){_CITY}"
)
_ADDRESS_EN = re.compile(
    r"\d(?<![\w/.,].)\d{0,4}[A-D]?,?\s+(?:[A-Z][\w'’]+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Close|"
    r"Crescent|Way|Terrace)\b\.?(?:,?\s+(?:Apt|Apartment|Unit|Suite|Ste|Flat|#)\.?\s?\w{1,5})?(?:,?\s+[A-Z]\w+)?(?:,?\s+(?:[A-Z]{2}\s+\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}))?"
)
_HOUSES = r"\b(?:[Rr][ée]sidence|[Bb][âa]t|[Aa]pp?t|[Aa]ppartement|[Ff]lat|[Uu]nit|[Aa]partment)\b(?:[ .,n°'’-]{1,3}(?:[A-ZÀ-Þ\d][\w'’]{0,30}|d[eu]s?|la|les?|b[âa]t|app?t)){1,7}[., ]{1,2}"
_PLACES = re.compile(
    rf"(?:\b[Ll]ieu[ -]dit,? {_MORE}|\bB\.?P\.? ?\d{{1,5}}){_CITY}|\b{_MORE}(?: n° ?\d{{1,4}})?, \d{{5}} {_TOWN}(?:[ -]{_TOWN})*|{_HOUSES}\[address\]|(?:[A-Z][a-z]+,? )?\b[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}\b"
)
_PLACES_HINTS = ("ieu-dit", "ieu dit", "BP", "B.P", "[address]")
_PLACE_SAID = re.compile(r"\d(?:(?<=, .)\d{4} [A-ZÀ-Þ]|(?<= .)[A-Z]{2}(?!\w))")
_STREET_EN = re.compile(r"\d[A-D]?,?\s+[A-Z]")
_LETTERS_FIRST = re.compile(r"\d\d(?<=[A-Za-z]{2}..)")
_GROUPED = re.compile(r"\d(?<=[A-Z] .)\d\d")
_BODY = re.compile(r"\d[\w\-./]*\w")
_HEAD = re.compile(r"(?<![\w\-./,])#?[A-Za-z]{0,8}[-./]?\Z")
_SERVICES = re.compile(
    r"0(?:8[0129]|969)\d*(?<=\d{10})|(?:0|0044|44)(?:3[0347]|8[047])\d*(?<=\d{11})|1?8(?:00|33|44|55|66|77|88)\d{7}"
)
"""Numbers of companies, French, British and American: nobody's own."""
_DESK = re.compile(
    r"(?i)\b(?:service (?:client\w*|consommateurs?|apr[èe]s[- ]vente|technique)|standard|hotline|help ?line|help ?desk|sav|customer (?:service|care)s?|"
    r"call cent(?:er|re))(?:[\s(:,]|\b(?:joignable|line|phone|t[ée]l|au|at|on|est|is|le|du)\b)*\Z"
)
"""What stands before the telephone number of a company."""
_MOBILE = re.compile(r"(?:0|0033|33|44|0044)[67]")
_SHORT = re.compile(r"(?i)\b(?:le|au) \Z")
"""What stands before the short number of a company: "le 3900", "au 1023"."""
_US = re.compile(r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}")
_CODE = re.compile(
    r"(?P<before>\b(?i:r[ée]servations?|booking(?: ref(?:erence)?)?|confirmation(?: code| number)?|pnr|record locator)(?:[\s:#]|n°|\b(?:is|est|num[ée]ro)\b){1,4})"
    r"(?=[A-Z\d]{0,7}\d)(?=[A-Z\d]{0,7}[A-Z])[A-Z\d]{5,8}(?!\w)"
)
_CODES = ("éserv", "eserv", "ooking", "onfirmation", "PNR", "ocator")
_HASHED = re.compile(r"#(?:[A-Z]{2,4}-?)?\d[\d-]{4,}")
_PRICE = re.compile(r"(?i)(?:€|euros?|eur)$")
_PLAIN_NUMBER = re.compile(
    r"(?:19|20)\d\d|\d{1,3}\.\d{3}|[a-zA-Z]{0,3}\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d){1,2}(?:-\d{1,2}/\d{1,2}/(?:\d\d){1,2})?|\d+[./]\d{1,2}|\d{1,2}-\d{1,2}|(?:19|20)\d\d[-/](?:19|20)\d\d"
)
_REFERENCE = re.compile(r"(?!KB\d)(?:[A-Z]{0,5}-?\d{6,}-?[A-Z]{0,2}|\d[A-Z]\d{8,}|[A-HJ-NPR-Z\d]{12}\d{5})")
_SPACED = re.compile(r"(?<![\w-])[A-Z]{2,5} \d{3,6}(?:[ -]\d{2,6}){0,3}(?!\w)")
_INSURED = re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)")
"""A British national insurance number: two letters, six digits, a letter."""
_INSURED_HINTS = ("NI ", "nsurance", "NINO", "nino")
_COMPANY = re.compile(r"(?i)\b(siren|siret|rcs)\b[^\n]{0,30}$")
_NIR_NEAR = re.compile(r"(?i)\b(nir|s[ée]cu\w*|insee|n[°º] ?ss)\b[^\n]{0,40}$")
_NIR_SPACED = re.compile(r"[12][ .]\d\d[ .]\d\d[ .](?:\d\d|2[ABab])[ .]\d{3}[ .]\d{3}")


def mask(text: str, pen: Pen = PLAIN) -> str:
    """A text with its identifying numbers, addresses and plates replaced by their marks."""
    many = sum(map(text.count, "0123456789"))
    # what each form needs at least, so that most texts are not searched for it
    if many == 0:
        return text
    text = pen.sub(_ADDRESS, "[address]", text)
    if _STREET_EN.search(text):
        text = pen.sub(_ADDRESS_EN, "[address]", text)
    if many >= 2 and (has(text, _PLACES_HINTS) or _PLACE_SAID.search(text)):
        text = pen.sub(_PLACES, "[address]", text)
    if many >= 3 and has(text.lower(), _BIRTHS):
        text = pen.sub(_BIRTH, r"\g<before>[birth]", text)
    if many >= 2:
        text = plates.mask(text, pen)
    if many >= 5 and _GROUPED.search(text):
        text = pen.sub(_SPACED, _spaced, text)
    if many >= 6 and has(text, _INSURED_HINTS):
        text = pen.sub(_INSURED, "[number]", text)
    text = _long(text, many, pen) if many >= 3 else text
    return pen.sub(_CODE, r"\g<before>[number]", text) if has(text, _CODES) else text


def _long(text: str, many: int, pen: Pen) -> str:
    """The same, for what has three digits or more."""
    if many >= 10 and _LETTERS_FIRST.search(text):
        text = pen.sub(_IBAN, _iban, text)
    text = plates.mask_hyphened(text, pen)
    if many >= 4 and text.count(".") > 2:
        text = pen.sub(_IP, _ip, text)
    if many >= 4 and text.count(":") > 2:
        text = pen.sub(_IP6, _ip6, text)
    if many >= 7:
        text = pen.sub(_RUN, _run, text)
    return pen.put(text, _tokens(text)) if many >= 4 else text


def certain(mark: str, hidden: str) -> bool:
    """Whether what a mark hides can be nothing else: by its checksum, or by a form that nothing else has."""
    compact = "".join(c for c in hidden if c.isalnum()).upper()
    if mark == "iban":
        return _IBAN_LENGTHS.get(compact[:2]) == len(compact) and _iban_key(compact)
    if mark == "nir":
        return len(compact) == 15 and _nir_key(compact)
    return mark in ("card", "siret", "email", "link", "handle")


def _ip(found: re.Match[str]) -> str:
    version = _VERSION.search(found.string[max(0, found.start() - 20) : found.start()])
    return "[ip]" if not version and all(int(part) < 256 for part in found[0].split(".")) else found[0]


def _ip6(found: re.Match[str]) -> str:
    it = found[0]
    return "[ip]" if "::" in it or it.count(":") == 7 else it


def _iban(found: re.Match[str]) -> str:
    """Certain by its checksum; masked all the same where the form and the length are an IBAN's but for a slip."""
    text = found[0]
    size = _IBAN_LENGTHS.get(text[:2].upper())
    if size is None:
        return text
    places = [i for i, c in enumerate(text) if c.isalnum()]
    if len(places) < size:
        return text
    stop = places[size - 1] + 1
    if text[stop : stop + 1].isalnum():
        return text
    compact = "".join(text[i] for i in places[:size]).upper()
    digits = sum(c.isdigit() for c in compact)
    return "[iban]" + text[stop:] if _iban_key(compact) or digits >= 0.7 * size else text


def _iban_key(compact: str) -> bool:
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _run(found: re.Match[str]) -> str:
    """What a run of digits is: by its checksum, else by its form; dates, amounts and short numbers stay."""
    tail = found["tail"] or ""
    text = found[0].removesuffix(tail)
    opening = "(" if text[0] == "(" and ")" not in text else ""  # the bracket is the sentence's
    kind = _kind_of(text[len(opening) :], found)
    return opening + kind + ("" if kind == "[number]" else tail)


def _kind_of(text: str, found: re.Match[str]) -> str:
    digits = "".join(c for c in text if c.isalnum())
    size = len(digits)
    before = found.string[max(0, found.start() - 60) : found.start()]
    if size in (13, 15) and digits[0] in "12" and _is_nir(digits, before, text):
        return "[nir]"
    if not digits.isdigit():
        return text
    if _PLAIN_NUMBER.fullmatch(text) or _VERSION.search(before):
        return text
    if _DATE.fullmatch(text) and not (text.isdigit() and is_cited_or_law(before)):
        return text
    if size in (10, 11) and _SERVICES.fullmatch(digits):
        return text
    if (text[0] in "+(" or digits[0] == "0") and _is_phone(text, digits):
        return text if _DESK.search(before) and not _MOBILE.match(digits) else "[phone]"
    if _AMOUNT.match(found.string, found.end()):
        return text
    return _numbered(text, digits, before)


def _numbered(text: str, digits: str, before: str) -> str:
    size = len(digits)
    if is_product(before) or (size == 4 and digits[0] in "13" and _SHORT.search(before)):
        return text
    if 13 <= size <= 19 and size != 14 and _luhn_key(digits):
        return "[card]"
    if (size == 14 or (size == 9 and _COMPANY.search(before))) and _luhn_key(digits):
        return "[siret]"
    if size >= 9 and not is_cited_or_law(before) and _is_phone(text, digits):
        return "[phone]"
    if size < 10 and size < len(text) and is_cited(before):
        return "[number]"
    if _THOUSANDS.fullmatch(text) and size < 10:
        return text
    return "[number]" if size >= 10 or (size >= 8 and size == len(text)) else text


def _nir_key(compact: str) -> bool:
    from stdnum.fr import nir  # late, as those below: most texts have no such number

    return bool(nir.is_valid(compact))


def _luhn_key(digits: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(digits))


def _is_nir(digits: str, before: str, text: str) -> bool:
    if len(digits) == 15:
        return _nir_key(digits.upper()) or bool(_NIR_NEAR.search(before))
    return bool(_NIR_SPACED.fullmatch(text) or _NIR_NEAR.search(before))


def _is_phone(text: str, digits: str) -> bool:
    international = text.lstrip("(").startswith("+") or digits.startswith("00")
    if international and len(digits) >= 10:
        return True
    if not international and digits[0] == "0" and len(digits) == 10:
        return digits[1] != "0"
    import phonenumbers

    number = "+" + digits.removeprefix("00") if international else digits
    if number.startswith("+330"):
        number = "+33" + number[4:]
    for region in (None,) if international else ("FR", "US", "GB"):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return region != "US" or bool(_US.fullmatch(text))
        except phonenumbers.NumberParseException:
            continue
    return False


def _spaced(found: re.Match[str]) -> str:
    """A reference of a few letters, then digits in groups, where something says that it is one."""
    before = found.string[max(0, found.start() - 45) : found.start()]
    cited = sum(c.isdigit() for c in found[0]) >= 5 and is_cited(before)
    return "[number]" if cited else found[0]


def _tokens(text: str) -> list[Edit]:
    """Where the references of one token are: searched from digit to digit, then back over the letters before."""
    edits: list[Edit] = []
    for body in _BODY.finditer(text):
        if sum(map(body[0].count, "0123456789")) < 4:
            continue
        head = _HEAD.search(text, max(0, body.start() - 10), body.start())
        if head and _is_reference(text, head.start(), body.end()):
            edits.append((head.start(), body.end(), "[number]"))
    return edits


def _is_reference(text: str, start: int, stop: int) -> bool:
    """Whether a token is a reference: by what is said before it, or by its own form (letters and five digits or more)."""
    it = text[start:stop]
    if _DATE.fullmatch(it) or _AMOUNT.match(text, stop) or _PRICE.search(it) or _PLAIN_NUMBER.fullmatch(it):
        return False
    if it[0] == "#" and _HASHED.fullmatch(it):
        return True
    before = text[max(0, start - 45) : start]
    if is_product(before) or (len(it) == 4 and it[0] in "13" and _SHORT.search(before)):
        return False
    return bool(not it.isdigit() and len(it) > 7 and _REFERENCE.fullmatch(it)) or is_cited(before)
