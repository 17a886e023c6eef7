"""What columns are called, in French and English, in the tools that export customers' words."""

import re
import unicodedata
from functools import cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


def plain(name: str) -> str:
    """A name without accents, case, underscores and punctuation: "Date_d'Ouverture" → "date d ouverture"."""
    split = _CAMEL.sub(" ", name)
    letters = "".join(c for c in unicodedata.normalize("NFKD", split) if not unicodedata.combining(c))
    return _OTHER.sub(" ", letters.lower().replace("œ", "oe").replace("n°", "numero ")).strip()


Patterns = list[tuple[str, float]]
_compiled = cache(re.compile)  # when they are first asked: most files ask the half of them, a worker none


def _any(*patterns: str) -> Patterns:
    """Patterns from the surest to the least sure: the first says 1.0, the last not under 0.4."""
    step = 0.6 / max(1, len(patterns) - 1)
    return [(p, 1.0 - i * step) for i, p in enumerate(patterns)]


_ID = _any(
    r"id|identifiant|uid|uuid|guid|own id",
    r"(review|tweet|ticket|response|reponse|comment|verbatim|feedback|case|incident|message|post|record|survey|avis|dossier)s? ?"
    r"(id|number|numero|no|ref|reference|num)?|.*\b(response|respondent) id",
    r"(id|identifiant|numero|num|no|n|ref|reference)( de| du| d)?( l| la)? ?(avis|ticket|reponse|verbatim|commentaire|incident|dossier|demande)",
    r"number|numero|num|no|ref|reference|key|cle",
)
_PERSON = _any(
    r"person|personne",
    r"(customer|client|user|author|consumer|contact|caller|requester|reviewer|member|subscriber|account|abonne|adherent|societaire|"
    r"utilisateur|submitter|respondent) ?(id|number|numero|no|num|key|code|ref|reference)|account id|user id",
    r"(id|identifiant|numero|num|no|n|code|ref|reference)( de| du| d)?( l| la)? ?(client|clients|customer|abonne|adherent|societaire|utilisateur|"
    r"personne|contact|user|compte)",
    r"(customer|client|user|contact|requester|reviewer)? ?(e ?mail|mail|courriel)( address)?|adresse (e ?mail|mail|courriel|electronique)",
    r"client|customer|demandeur( demandeur)?|caller|requester|author|auteur|user|username|screen name|pseudo|pseudonyme|reviewer|consumer|"
    r"account acct|login|handle|contact",
    r"(customer|client|consumer|reviewer|user|author|display)? ?(full )?name|nom( complet)?( du client)?|nom prenom|nom et prenom",
)
_CHANNEL = _any(
    r"channel|canal|via channel",
    r"(canal|channel|moyen|mode) .*|.* (canal|channel)|received via|recu par|contact type|type de contact|source de la demande|via",
    r"medium|plateforme|platform|origine|touchpoint",
)
_PRODUCT = _any(
    r"product|produit|product name|nom du produit",
    r"(product|produit|offre|offer|service|item|article|contract|contrat) ?(name|nom|title|type|category|categorie|souscrite?)?",
    r"airline|company|entreprise|brand|marque|bank|banque|enseigne|magasin|store|shop|restaurant|hotel|agence|app|application|site|"
    r"business|assureur|insurer",
)
_SEGMENT = _any(
    r"segment|customer segment|segment client",
    r"(type|profil|profile|categorie|gamme)( de| du)? (client|clientele|customer)|customer (type|tier|group|segment)|segmentation|persona|plan|tier",
    r"company|entreprise|brand|marque",
)
_PROVIDER = _any(
    r"provider|prestataire",
    r"(prestataire|provider|sous traitant|subcontractor|partner|partenaire|outsourcer|call center|call centre|centre d appels?|"
    r"centre de contacts?|contact cent(er|re)|vendor|fournisseur) ?(name|nom)?",
)
_SAID = _any(
    r"said at|said on",
    r"(customer |survey |client )?(response|reponse|review|feedback|comment|avis|tweet|post|published|publication|submission|submitted|"
    r"creation|created|verbatim) ?(creation )?(date|at|on|time|timestamp|datetime|created|le)|tweet created|created( at| on)?|cree( le)?|"
    r"date (de |du |d )?(la |l )?(reponse|creation|publication|avis|soumission|commentaire|verbatim|message|enquete|saisie|depot|ouverture).*|"
    r"opened( at)?|date d ouverture|horodateur|timestamp|horodatage|submitted|submit date( utc)?|published|review date|sent at|posted at",
    r"date|datetime|date heure|date time|jour|day",
    r".*\bdate\b.*|.*\b(created|opened|sent|received|recu)\b.*|.*\b(timestamp|horodat\w*)\b.*",
)
LATER_DATES = re.compile(
    r"\b(updated?|modif\w*|closed?|cloture|resol\w*|answer\w*|solved|naissance|birth|dob|expir\w*|due|echeance|delivered|livraison|last|derniere|"
    r"edited|deleted|achat|purchase\w*|experience|estimated|approved|merged|until|fin|end|account|user)\b"
)
TIME = _any(r"time|heure|hour|time of day|heure de .*|.* (time|heure)")

FIELDS = {
    "verbatims": {
        "own_id": _ID,
        "person": _PERSON,
        "said_at": _SAID,
        "author": _any(
            r"author|role|author type|sender type|inbound",
            r"type d auteur|sender|from type|author role|emetteur",
        ),
        "channel": _CHANNEL,
        "lang": _any(r"lang|langue|language", r"locale|(lang|langue|language) .*|.* (lang|langue|language)"),
        "thread": _any(
            r"thread|thread id|conversation|conversation id|fil",
            r"ticket id|discussion|echange|case id|group id",
        ),
        "in_reply_to": _any(
            r"in reply to|in reply to id|in response to tweet id|parent id|reply to|in reply to status id( str)?"
        ),
        "provider": _PROVIDER,
        "product": _PRODUCT,
        "segment": _SEGMENT,
        "nps": _any(
            r"nps|nps ?score|score nps|note nps|net promoter score",
            r".*\b(recommand\w*|recommend\w*|conseilleriez)\b.*|.*\bnps\b.*|ltr|likelihood to recommend",
        ),
        "ces": _any(
            r"ces|ces ?score|score ces|customer effort score",
            r".*\b(effort|efforts)\b.*|.*\bces\b (score|note)",
        ),
        "csat": _any(
            r"csat|csat ?score|score csat|satisfaction|satisfaction score", r".*\b(satisf\w*|csat)\b.*"
        ),
        "enjoyable": _any(r"enjoyable", r".*\b(agreable|plaisant\w*|plaisir|enjoyable|pleasant|enjoy)\b.*"),
        "easy": _any(r"easy", r".*\b(facile\w*|facilite\w*|easy|ease|simple|simplicite|easily)\b.*"),
        "needs_met": _any(r"needs met", r".*\b(besoins?|needs?|attentes?|expectations?)\b.*"),
        "stars": _any(
            r"stars?|etoiles?|star rating|nombre d etoiles",
            r"rating|note|review score|review rating|note globale|overall rating|evaluation|note sur 5|note 5|overall|grade",
            r"score|.*\b(rating|stars?|etoiles?|note)\b.*",
        ),
        "reach": _any(
            r"reach|followers|followers count|abonnes", r".*\b(followers|abonnes)\b( count)?|nombre d abonnes"
        ),
        "quotable": _any(
            r"quotable|citable|publiable|publishable",
            r"(citation|publication) (autorisee|acceptee|permise)|(quote|publication|publishing) (allowed|permitted|permission|consent|ok)|"
            r"(autorisation|accord|consentement|droit)( de| du| d)?( la| l)? ?(citation|citer|publication|publier|diffusion)|"
            r"(consent|permission|ok|leave|may)( we)?( to| for)? ?(quote|quoting|publish|publication|publishing)|peut (on )?(citer|publier|etre cite|etre publie)",
        ),
        "status": _any(
            r"status|statut|etat",
            r"(ticket|case|incident|review|order|complaint) (status|state)|.* (status|statut)",
        ),
    },
    "cases": {
        "own_id": _ID,
        "person": _PERSON,
        "theme": _any(
            r"theme",
            r"categorie|category|motif|reason|sujet|topic|type de demande|request type",
            r"(issue|problem|incident|case|ticket) type|type|subcategory",
        ),
        "opened_at": _any(
            r"opened at",
            r"date d ouverture|opened( on)?|ouvert le|created( at| on)?|cree le|date de creation",
            r"open date|date|.*\b(opened|ouverture|created|creation)\b.*",
        ),
        "answered_at": _any(
            r"answered at",
            r"first (response|reply|answer).*|date de (premiere reponse|prise en (charge|compte))|premiere reponse|replied at|.*\bprise en (charge|compte)\b.*",
        ),
        "claimed_at": _any(
            r"claimed at",
            r"resolved( at| on)?|date de (resolution|solution)|resolu le|solution date|resolution date",
            r"closed( at| on)?|date de (cloture|fermeture)|clos le",
        ),
        "solved_at": _any(r"solved at"),
        "contacts": _any(
            r"contacts",
            r"(number|nombre|nb|count)( of| de)? contacts|contacts? count|interactions|contact number",
        ),
        "relapses": _any(
            r"relapses",
            r"reopen(ed)? ?(count|s)|reopens|reouvertures?|(nombre|nb) de (reouvertures?|rechutes?)|rechutes",
        ),
        "provider": [
            *_PROVIDER,
            *_any(
                r"assignment group|attribue a groupe( de techniciens)?|groupe( en charge)?|group|team|equipe"
            ),
        ],
        "channel": _CHANNEL,
    },
    "customers": {
        "person": [*_PERSON, *_ID],
        "since": _any(
            r"since",
            r"client depuis|customer since|date (d inscription|de souscription|d entree|d adhesion|d abonnement)|signup( date)?|sign up date|start date|joined( at| on)?|created( at)?|date de debut",
        ),
        "left_at": _any(
            r"left at",
            r"churn(ed)?( date| at| on)?|date de (resiliation|depart|sortie|fin)|resilie le|end date|cancel(led|lation)?( date| at)?|left( on)?",
        ),
        "revenue": _any(
            r"revenue",
            r"total revenue|chiffre d affaires|ca|ca annuel|ca total|annual revenue|revenu",
            r".*\b(revenue|chiffre d affaires)\b.*",
        ),
        "margin": _any(r"margin", r"marge|(gross|net) margin|marge (brute|nette)|.*\b(margin|marge)\b.*"),
        "referred_by": _any(r"referred by", r"parrain|parraine par|referrer|referrer id|sponsor|id parrain"),
    },
}
"""For each kind, its fields and the names that columns have for them, from the surest to the least sure."""

WORDS = _any(
    r"text|texte|verbatim|verbatims|comment|commentaire|commentaires|comments|avis|review|review text|message|feedback|content|contenu|"
    r"body|review comment message|customer complaint|review body|tweet|remarques?|full text|plain body",
    r".*\b(verbatim|commentaires?|comments?|complaint|reclamation|remarques?|suggestions?|feedback|pourquoi|why|raisons?|reasons?)\b.*|"
    r"description|texte libre|reponse libre|open text|.*\b(text|texte|message|avis|review)\b",
)
NOT_WORDS = re.compile(
    r"\b(titles?|titres?|subject|objet|sujet|source|url|uri|link|lien|avatar|header|note|bio|name|nom|prenom|firstname|lastname|address|adresse|"
    r"email|city|ville|location|agent|technicien|category|categorie|company|entreprise|product|produit|reply|answer|signature|user agent|raw)\b"
)
NAMES = re.compile(
    r"(customer|client|user|requester|consumer|reviewer|author|account)? ?(first ?name|last ?name|full ?name|sur ?name|family name|given name|"
    r"display name|name)|(nom|prenom|noms|prenoms|nom de famille|nom complet|nom prenom|prenom nom|nom et prenom|nom du client|prenom du client|"
    r"nom client|prenom client)"
)
PERSONAL = re.compile(
    r"\b(names?|noms?|prenoms?|firstname|lastname|surname|e ?mails?|mail|courriel|phone(?! service)|mobile(?! app)|telephone|tel|portable|fax|adresse|address|street|rue|zip|"
    r"postal|postcode|code postal|cp|birth|naissance|iban|card|carte|agent|technicien|conseiller|advisor|assignee|assigned|caller|opened by|"
    r"closed by|resolved by|created by|updated by|user(?! ?(time|type|lang|country|segment))|utilisateur|login|ip|latitude|longitude|password|token|nir|securite sociale|avatar|"
    r"url|uri|requester|submitter|demandeur|username|handle|religion|nationality|health|sante)\b"
)


TITLES = re.compile(r"\b(titles?|titres?|subject|objet|sujet|description|summary|resume)\b")


def confidence(patterns: Patterns, name: str) -> float:
    """How surely a name stands for a field, 0 to 1; dotted paths count by their end as well, a little less."""
    whole = plain(name)
    best = max((sure for pattern, sure in patterns if _compiled(pattern).fullmatch(whole)), default=0.0)
    if not best and "." in name:
        end = plain(name.rsplit(".", 1)[-1])
        best = max(
            (sure * 0.7 for pattern, sure in patterns if _compiled(pattern).fullmatch(end)), default=0.0
        )
    return best


def is_known(name: str) -> bool:
    """Whether Portevoix knows a column of this name, for any kind: then a row that has it is a header."""
    fields = [patterns for kind in FIELDS.values() for patterns in kind.values()]
    return len(name) < 300 and any(confidence(patterns, name) >= 0.5 for patterns in [WORDS, *fields])
