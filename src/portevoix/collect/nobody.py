"""Links and handles that name nobody: pages whose address holds no key, and accounts of companies."""

import re

from portevoix.collect.introductions import COMPANIES
from portevoix.collect.known import is_given

_SITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?", re.IGNORECASE)
_PAGE = re.compile(
    r"(?:https?://)?(?P<host>(?:[\w-]+\.)+[a-z]{2,})(?P<path>(?:/[a-z][a-z_.-]{0,60}(?:-\d{1,4})?)+)/?",
    re.IGNORECASE,
)
_END = ".,;:!?)"
_SOCIAL = re.compile(
    r"(?i)(?:^|\.)(?:facebook|fb|instagram|linkedin|twitter|x|tiktok|youtube|snapchat|pinterest|github|medium|threads|t|m|wa|vk|"
    r"whatsapp|telegram|bit|tinyurl|goo|ow|lnkd|is|buff|urlz|paypal|calendly|doodle|leboncoin|vinted|airbnb|strava)\.\w+$"
)
_HIDES = re.compile(r"(?i)/(?:~|in|u|user|users|profile|profil|membre|member|people|author|auteur|account)/")
_PARTS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+")
_DESKS = frozenset(
    """help helps support care sav conseil conseils service services assist assistance officiel officielle official client clients customer customers
    relationclient relation clientele hotline contact media tv store shop news app web bank banque telecom mobile energy energie energies gas water
    mutuelle assurance assurances insurance airlines airways trains rail bus transport transports metro connect business pro france fr uk us usa gb
    europe paris london info infos infotrafic trafic rer ter et toi vous aide eats online parcel parcels part parts air ma magasins
    banque go one mon my official offi cares customercare customerservice technical""".split()
)
_BRANDS = frozenset(
    """britishgas tfl thameswater giffgaff talktalk skyuk sky bt btcare royalmail nationalrail lner gwr avantiwestcoast southernrail ovoenergy octopusenergy
    eonenergy three argos cic uber justeat dhl engie southwest magasinsu fedex dpd evri hermes yodel currys screwfix wickes matalan primark asos boohoo
    jetstar emirates qatar etihad turkish iberia vueling wizz tui jet klm virgin delta united frontier jetblue spirit amtrak greyhound lyft doordash
    verizon comcast xfinity tmobile att sprint cox spectrum vodafone plusnet ee tesco asda morrisons waitrose ocado walmart target costco bestbuy
    chase citibank wellsfargo barclays hsbc lloyds natwest monzo revolut starling n26 boursorama fortuneo hellobank lcl bnp bnpparibas creditmutuel
    maif macif matmut gmf axa allianz groupama generali mma malakoff harmoniemutuelle edf veolia suez totalenergies ekwateur ilek
    chronopost colissimo mondialrelay relaiscolis deliveroo blablacar flixbus thalys eurostar izly navigo idfm ter scottishpower santander halifax nationwide creditagricole societegenerale banquepopulaire caissedepargne labanquepostale laposte
    laposte_fr ingdirect leroymerlin british southwest americanair alaskaair hiltonhotels marriott hyundai nissan ford fiat opel kia volvo xbox
    playstation nintendo windows android youtube twitter facebook instagram whatsapp tiktok linkedin snapchat openai lequipe bfmtv lemonde""".split()
)

_NAMES = COMPANIES | _BRANDS
_ASKED = frozenset(
    "help support care sav service services assistance officiel official conseil clients client".split()
)


def is_plain_link(link: str) -> bool:
    """Whether a link is a site's, or a page's of words alone: no key, no number of five digits, nobody's profile."""
    link = link.rstrip(_END)
    if _SITE.fullmatch(link):
        return True
    page = _PAGE.fullmatch(link)
    return bool(
        page
        and not _SOCIAL.search(page["host"])
        and not _HIDES.search(page["path"] + "/")
        and all(_is_word(part) for part in re.split(r"[/._-]", page["path"]))
    )


def _is_word(part: str) -> bool:
    """Letters as words have them: one case but for the first, a vowel, no longer than words are, and no given name."""
    if part.isdigit() or len(part) < 3 or part == "html":
        return True
    low = part.lower()
    cased = part[1:] in (low[1:], low[1:].upper())
    return cased and len(part) < 18 and not is_given(low) and not set(low).isdisjoint("aeiouy")


def is_company_handle(handle: str) -> bool:
    """Whether a handle is a company's: its name, with what companies add to it, or a desk that answers customers."""
    name = handle.lstrip("@")
    low = name.lower().replace("_", "")
    if low in _NAMES or (name.lower().rstrip("0123456789").removesuffix("_") in _NAMES and "_" in name):
        return True
    parts = [part.lower() for part in _PARTS.findall(name)]
    if not parts or any(part.isdigit() for part in parts):
        return False
    rest = [part for part in parts if part not in _DESKS]
    if not rest or "".join(rest) in _NAMES or not _ASKED.isdisjoint(parts):
        return True
    return any(low[:i] in _NAMES and low[i:] in _DESKS for i in range(3, len(low)))
