"""What the words before a number say of it: that it is somebody's reference, a product's, a law's."""

import re
from functools import lru_cache

_CITING = (
    r"(?:n°|nº|#|\b(?:n\.?|num[ée]ros?|num|no|ref|r[ée]f(?:[ée]rences?)?|dossiers?|contrats?|commandes?|clients?|factures?|sinistres?|tickets?|comptes?|"
    r"polices?|adh[ée]rente?|soci[ée]taire|abonn[ée]e?|devis|colis|suivi|ligne|order|invoice|account|case|reference|customer|contract|policy|booking|"
    r"claim|tracking|compteurs?|pdl|prm|demandes?|r[ée]clamations?|plaintes?|incidents?|interventions?|mandat|matricule|badge|fid[ée]lit[ée]|loyalty|bills?|complaints?|requests?|enquiry|quotes?|forms?|rma|returns?|parcels?|"
    r"shipment|agreement|meter|cust|acct|pass|avoirs?|envoi|exp[ée]dition|r[èe]glement|virement|souscription|adhesion|adh[ée]sion|membership|member|allocataire|s[ée]rie|serial|licen[cs]e|permis|passeport|passport|carte d['’]identit[ée]|subscriber|number|ssn|id|identifiant|r[ée]servation|confirmation)\b)"
)
_BETWEEN = r"(?:[\s:#=.]|n°|nº|\b(?:num[ée]ro|number|no|num|ref|r[ée]f[ée]rence|client|allocataire|adh[ée]rent|abonn[ée]|de|du|est|is|was|id|code|portant|c['’ ]?est|c|le|suivant|sous|my|mon)\b)"
_CITED = re.compile(rf"{_CITING}{_BETWEEN}*$", re.IGNORECASE)
_MAY_CITE = re.compile(rf"(?:{_CITING}|{_BETWEEN}|d['’]identit[ée])$", re.IGNORECASE)
_PRODUCT = re.compile(
    r"(?i)(?:\b(?:(?:flights?|flt|vols?|trains?|tgv|bus|tram|gate|porte|room|chambre|seat|si[èe]ge)(?: ?#| (?:number|no\.?|num[ée]ro|n°))?|codes?[ -]promo\w*|promo(?:tional)? code|discount code|coupons?|vouchers?|codes? (?:d['’])?erreur|error(?: code)?|erreur|ean|gtin|isbn|sku|asin|upc|code[ -]barres?|bar ?code|(?:part|item|model|product) (?:number|no\.?)|(?:mod[èe]le|article|pi[èe]ce|produit) (?:n°|num[ée]ro)|mod[èe]les?|models?|articles?|items?|pi[èe]ces?|parts?|produits?|products?)(?<=[\w#°.])(?!\w)[\s:#]*|\b(?!(?:ma|mon|la|le|sa|votre|notre|my|your|our|the|sous|avec|et|"
    r"dossiers?|contrats?|commandes?|clients?|factures?|sinistres?|tickets?|comptes?|colis|courriers?|mails?|cette|num[ée]ro|"
    r"demandes?|r[ée]clamations?|incidents?|interventions?|virements?|paiements?|forms?|claims?|cases?|orders?|bookings?|policy|accounts?|invoices?|complaints?|payments?|requests?|quotes?|parcels?|avoirs?)\b)[a-zà-ÿ]{3,}\s(?:r[ée]f(?:[ée]rence)?\.?)[\s:n°]*)$"
)
_MAY_SELL = re.compile(
    r"(?i)(?:promo\w*|flights?|flt|vols?|trains?|tgv|bus|tram|gate|porte|room|chambre|seat|si[èe]ge|num[ée]ro|#|codes?|coupons?|vouchers?|erreur|error|ean|gtin|isbn|sku|asin|upc|barres?|number|no|mod[èe]les?|models?|articles?|items?|"
    r"pi[èe]ces?|parts?|produits?|products?|r[ée]f(?:[ée]rence)?\.?[n°:]*|[n°:]+)$"
)
_LAW = re.compile(
    r"(?i)\b(?:loi|d[ée]cret|article|arr[êe]t[ée]?|directive|ordonnance)s?\s(?:n°|nº|no?\.?)?\s?$"
)


def is_cited(before: str) -> bool:
    """Whether the words before a number end on what introduces a reference: "dossier n°", "my order number is"."""
    return is_cited_or_law(before) and not _LAW.search(before)


def is_cited_or_law(before: str) -> bool:
    """The same, laws and decrees included."""
    words = before.split()
    first = len(words)
    while first and _may_cite(words[first - 1]):
        first -= 1
    return first < len(words) and _cites(" ".join(words[max(0, first - 1) :]))


@lru_cache(maxsize=4096)
def _cites(end: str) -> bool:
    return _CITED.search(end) is not None


def is_product(before: str) -> bool:
    """Whether the words before a number end on what introduces a product's code, a voucher's or an error's."""
    return _may_sell(_last(before)) and _PRODUCT.search(before) is not None


def _last(before: str) -> str:
    """The last word, with what is glued to it: alone it tells most texts apart, and is remembered."""
    return (before.rstrip(" \t\n\r\u00a0\u202f:=.").rsplit(None, 1) or ("",))[-1]


@lru_cache(maxsize=4096)
def _may_cite(last: str) -> bool:
    return _MAY_CITE.search(last) is not None


@lru_cache(maxsize=4096)
def _may_sell(last: str) -> bool:
    return _MAY_SELL.search(last) is not None
