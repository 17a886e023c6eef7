"""The words that introduce a person's name, those that never are one, and companies that bear a given name."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from portevoix.collect.known import plain

_AROUND = str.maketrans(dict.fromkeys('\t\u00a0\u202f([«»",;!?-–—/>*_^~|<', " ") | {"\n": " | ", "…": " "})
_GLUED_STOP = re.compile(r"\.(?=[a-z])")
Tails = dict[str, tuple[str, ...]]
"""What may stand before a name, by its last word."""


def heard(before: str) -> str:
    """What stands before a name, in small letters, with one space between words and none before a colon; a new line is " | "."""
    low = plain(before.translate(_AROUND)).replace("..", " ")
    low = " ".join(_GLUED_STOP.sub(". ", low).split()).replace(" :", ":")
    return f" {low} " if low else " "


def _by_last(tails: Iterable[str]) -> Tails:
    kept: dict[str, list[str]] = {}
    for tail in {
        f" {' '.join(t.replace(',', ' ').split()).replace(' :', ':')} " if t[-1] == " " else t for t in tails
    }:
        kept.setdefault(last_word(tail), []).append(tail)
    return {last: tuple(some) for last, some in kept.items()}


def last_word(low: str) -> str:
    """The last word of what stands before a name, without the signs after it."""
    return low.rstrip(" .:,|").rpartition(" ")[2]


def ends(low: str, last: str, tails: Tails) -> bool:
    """Whether a text, whose last word is `last`, ends with one of the tails."""
    some = tails.get(last)
    return some is not None and low.endswith(some)


TITLE_WORDS = frozenset(
    "monsieur madame mademoiselle mme mlle mr mrs ms miss m dr docteur maitre me pr professeur prof sir".split()
)
TITLES = _by_last(
    (
        *(f" {t} " for t in TITLE_WORDS - {"me", "pr", "sir"}),
        *(f" {t}. " for t in ("mr", "mrs", "ms", "mme", "mlle", "dr", "m")),
        " m.",
        " famille ",
        " mme veuve ",
        " madame veuve ",
        " les epoux ",
        " consorts ",
    )
)
SURE = _by_last(f" {tail}" for tail in (
    "je m'appelle ", "je m'appel ", "je me nomme ", "mon nom est ", "mon nom : ", "mon nom de famille est ", "mon prenom est ", "au nom de ", "my name is ",
    "my name's ", "i am called ", "prenomme ", "prenommee ", "nomme ", "nommee ", "named ", "nom : ", "nom: ", "prenom : ", "prenom: ", "signe : ", "signe: ",
    "signe ", "signature : ", "signature: ", "signed ", "signed : ", "attention de ", "attn ", "attn: ", "titulaire ", "titulaire : ", "name : ", "name: ",
    "soussigne ", "soussignee ", "soussigne, ", "soussignee, ", "soussigne(e) ", "the undersigned ", "the undersigned, ", "prenom nom : ", "nom et prenom : ", "nom prenom : ", "destinataire : ",
    "beneficiaire : ", "expediteur : ", "assure : ", "abonne : ", "locataire : ", "demandeur : ", "patient : ", "client : ", "full name : ", "full name: ", "customer : ", "passenger : ", "passager : ",
    "tenant : ", "customer: ", "passenger: ", "tenant: ", "patient: ", "client: ", "signed by ", "signed, ",
    "agent: ", "vendeur: ", "vendeuse: ", "conseiller: ", "conseillere: ", "technicien: ", "interlocuteur: ", "contact: ", "first name: ", "last name: ", "surname: ", "guest: ",
    "account holder: ", "policyholder: ", "cardholder: ", "assigned to: ", "assigned to ", "submitted by ", "reported by ", "opened by ", "closed by ", "redige par ", "ouvert par ", "clos par ", "cree par ",
    "mon nom c'est ", "mon prenom c'est ", "mon nom: ", "prenom ", "my surname is ", "surname is ", "first name is ", "last name is ", "prenommee ", "nee ", "auteur: ", "author: ", "nom complet: ", "nom du client: ",
    "voyageur: ", "proprietaire: ", "gerant: ", "gerante: ", "signataire: ", "usager: ", "adherent: ", "adherente: ", "assuree: ", "abonnee: ", "sender: ", "recipient: ", "deposant: ",
))  # fmt: skip
SELF = _by_last(
    (
        " de : ",
        " from : ",
        " contact : ",
        " contact: ",
        " moi, ",
        " this is ",
        " from: ",
        " it's ",
        " i'm ",
        " i am ",
        " je suis ",
        " c'est ",
        " moi c'est ",
        " ici ",
    )
)
NAMED = _by_last(
    (
        " i'm ",
        " i am ",
        " je suis ",
        " this is ",
        " it's ",
        " moi c'est ",
        " bonjour, c'est ",
        " ici ",
    )
)
SIGNED = _by_last(
    f" {tail}" for tail in (
        "cordialement", "salutations", "respectueusement", "sincerement", "sincerely", "regards", "cdlt", "cdt", "bien a vous", "bien a toi", "distinguees",
        "distingues", "sincerely yours", "yours truly", "yours faithfully", "faithfully", "faithfully yours", "amicalement", "warmly", "bav",
        "devoues", "respectueux", "cordiales", "sentiments les meilleurs", "cordialmt", "cordialemt", "cordialment", "cordialemnt", "cordialemen", "crdt", "cdmt", "cdlmt", "cord.", "slts",
        "sincerement votre", "meilleurs sentiments", "consideration", "distinguee", "hommages", "courtoisement", "fraternellement", "chaleureusement", "cordiale", "rgds", "brgds", "kind rgds",
        "yours", "yours respectfully", "respectfully", "yours ever", "cordially", "faithfuly", "sincerly", "sincerley", "truly", "warmest", "salutation", "devouement", "solidairement",
    )
)  # fmt: skip
PARTING = _by_last(
    f" {tail}" for tail in (
        "merci", "merci d'avance", "merci beaucoup", "par avance", "thanks", "many thanks", "thank you", "thanks in advance", "cheers", "best", "best wishes",
        "all the best", "yours", "take care", "bonne journee", "bonne soiree", "bonne continuation", "bonne reception", "bon courage", "au plaisir", "a bientot", "merci encore", "merci bcp", "mille mercis", "un grand merci", "merci pour tout", "grand merci", "avec mes remerciements", "mes remerciements", "remerciements",
        "merci de votre aide", "merci pour votre aide", "merci de votre comprehension", "merci de votre reponse", "merci pour votre reponse", "merci de votre retour", "merci pour votre retour",
        "votre retour", "votre reponse", "vous lire", "vous relire", "de vous lire", "belle journee", "belle soiree", "excellente journee", "excellente soiree", "bonne fin de journee",
        "bonne fin de semaine", "bon week-end", "bon weekend", "bonne nuit", "bonne annee", "bon apres-midi", "bonne apres-midi", "bel apres-midi", "bonne semaine", "a plus", "a+", "a tres vite",
        "a tres bientot", "tres bientot", "biz", "tchao", "bav", "merki", "thx", "ty", "tks", "tia", "ta", "thank u", "thanks again", "thank you again", "thanks so much", "thank you so much",
        "thank you very much", "thanks a lot", "with thanks", "best of luck", "for your help", "your help", "your time", "your reply", "your response", "from you", "speak soon", "have a nice day",
        "have a good day", "have a great day", "good day", "nice day", "great day", "good evening", "hugs", "xx", "xxx", "much appreciated", "kindly", "cordialement votre", "hope this helps", "peace",
        "goodbye", "bye", "xoxo", "xo", "salut", "bien des choses", "bonne fetes", "bonnes fetes", "joyeuses fetes", "bonnes vacances", "br", "kr",
        "au revoir", "bises", "bise", "bisous", "en vous remerciant", "merci a vous", "kind wishes", "love", "ciao",
    )
)  # fmt: skip
SECOND = _by_last((" name] et ", " name] and ", " name] & "))
_GLUED = re.compile(r"[a-zé]{2}[,.!:–—-][a-zà-ÿ]")
_CLOSES = frozenset(
    """cordialement cordialmt cordialment cordialemnt salutations respectueusement sincèrement amicalement cdlt cdt crdt crdlt cdmt slts distinguées distingués regards rgds
    sincerely faithfully truly vous toi merci beaucoup bcp encore avance d'avance d’avance davance thanks again lot much you u thx cheers best wishes care
    journée soirée continuation semaine année weekend week-end bise bises bisous bientôt revoir retour réponse help reply response time""".split()
)
_GREETINGS = "bonjour bonsoir salut hello hi hey dear cher chere coucou".split()
GREETINGS = _by_last(
    f" {word}" for word in (*_GREETINGS, "good morning", "good afternoon", "good evening", "rebonjour")
)
_ADDRESSED = (
    *_GREETINGS,
    *"merci bravo thanks conseiller conseillere technicien technicienne vendeur vendeuse thx ty tks merki thankyou congrats felicitations hiya yo heya morning evening afternoon".split(),
)
ADDRESSED = _by_last(f" {word}" for word in _ADDRESSED)
_GIVEN = (
    "teleconseiller teleconseillere interlocuteur interlocutrice collegue gerant gerante agent advisor called remercie remercier appelle appele "
    "appelee thank infirmiere assistante assistant avec with de par fille fils mari femme epouse epoux frere soeur pere mere ami amie compagnon compagne "
    "s'appelle by pour certain certaine puis then demandez demander spoke"
).split()
GIVEN = _by_last(
    (
        *(f" {word} " for word in (*_ADDRESSED, *_GIVEN)),
        *(
            " merci a ",
            " speciale a ",
            " specialement a ",
            " particuliere a ",
            " felicitations a ",
            " remerciements a ",
            " parle a ",
            " demande a ",
            " spoken to ",
            " talked to ",
            " kudos to ",
            " thank you to ",
            " bravo a ",
            " bonjour a ",
            " from: ",
            " from : ",
            " de : ",
            " thanks to ",
            " thank you ",
            " spoke to ",
            " grace a ",
        ),
    )
)
ROLES = _by_last(
    f" {role} "
    for role in (
        *"policyholder cardholder tenant passenger customer client cliente locataire abonne abonnee assure assuree agent agente conseiller conseillere".split(),
        *"technicien technicienne vendeur vendeuse livreur chauffeur rep representative technician engineer driver colleague manager clerk".split(),
        *"nurse assistant interlocuteur interlocutrice teleconseiller teleconseillere collegue gestionnaire".split(),
        "account holder",
    )
)
"""What people are to a company: before two capitals, or a given name, a person is told of."""
NOT_BEFORE = frozenset(
    """le la les l un une du des the rue place petit petite avenue av bd boulevard allee impasse quai square saint sainte st ste san santa lycee college ecole parc
    station gare metro hopital hotel restaurant resto chez robe jupe canape table matelas forfait offre pack pull chaise lit modele gamme collection cafe
    bar brasserie boulangerie fondation institut stade theatre musee cinema centre clinique residence villa port aeroport airport prince princess king
    queen lake mount fort cape box appli app application assistant chatbot serie film livre roman article reference poussette chaussures sac parfum
    salle tour pont boutique magasin marque creme vin biere champagne menu plat pizza sandwich album concert ligne line store street road""".split()
)
"""Words after which a given name is a thing's or a place's."""
STATES = frozenset(
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy uk".split()
)
INTRODUCING = frozenset(
    (*TITLES, *SURE, *SELF, *NAMED, *GREETINGS, *SIGNED, *PARTING, *ROLES, "me", "pr", "prof")
)
"""The last words of all that introduces a name which is no given name, wherever it stands."""
PARTICLES = frozenset(("de", "du", "le", "la", "des"))
OF_A_TEAM = re.compile(
    r"\s(?:du (?:service|sav|support|standard)|de (?:chez|l['’]agence|la hotline)|from (?:the )?(?:support|customer|service))",
    re.IGNORECASE,
)
OF_A_CLIENT = re.compile(
    r",? (?:client|abonn|adh[ée]rent|locataire|usag|soci[ée]taire|customer|tenant|subscriber|member|account holder)",
    re.IGNORECASE,
)
BRANDS = ("assur", "banque", "mutuelle", "bank", "insurance")
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
    monday tuesday wednesday thursday friday saturday sunday
    i'm it's i've i'd i'll that's there's he's she's we're we've you're they're don't can't what's here's who's let's how's isn't doesn't didn't won't
    couldn't wasn't haven't sir sirs everyone everybody all folks guys there madam mesdames messieurs equipe collaborateurs mister envoye sent signe signed ps nb ras tel
    telephone mail email adresse address fax mobile portable nul nulle zero etoile etoiles stars star avis note oui non yes no ok okay
    noel paques toussaint ramadan christmas easter france paris lyon marseille london england europe
    president chef manager responsables courrier reponse retour suite fin app application website office windows pack pass sim esim
    ainsi ensuite cependant toutefois enfin however therefore moreover american north south santa chatbot diary heaven webmaster livechat sunshine helpdesk
    landlord recruiter syndic sav hotline karma gents ladies gentlemen lads mods admin admins""".split()
)
NEVER_FIRST = (
    NOT_NAMES
    | TITLE_WORDS
    | frozenset(
        (
            *_GREETINGS,
            "cordialement",
            "salutations",
            "respectueusement",
            "sincerement",
            "sincerely",
            "regards",
            "cdlt",
            "cdt",
            "kind",
            "best",
            "warm",
            "cheers",
            "yours",
            "amicalement",
            "sinceres",
            "meilleures",
            "bonjour",
            "tres",
            "bravo",
            "felicitations",
            "congrats",
        )
    )
)
NOT_LOW = NOT_NAMES | frozenset(
    """tout monde votre chers clients bonjour etait avait sont fait dit sera peut doit veut quoi bref non oui aussi ainsi jamais
    fidele fideles decu decue decus colere content contente mecontent mecontente heureux heureuse votre votres tous toutes equipe team beaucoup
    avance infiniment encore happy unhappy angry loyal former ancien ancienne futur future abonne abonnee usager voyageur
    locataire assure assuree adherent societaire lots much again bye advance guys all mate reponse rapide aide help retour attention comprehension
    patience professionnalisme gentillesse efficacite rapidite disponibilite accueil écoute ecoute reactivite conseils soutien travail
    job work service everything nothing anyway journee soiree week-end weekend courage chance vacances semaine nuit fete fetes annee apres-midi
    seconds minutes anonyme anonymous famille family friends amis madame monsieur pas rien sauf gros grosse""".split()
)
COMPANIES = frozenset(
    """orange sosh sfr free bouygues red mcdo macdo prixtel octopus trainline backmarket manomano amazon carrefour auchan leclerc lidl aldi intermarche monoprix casino franprix picard fnac darty boulanger but
    conforama ikea castorama decathlon zalando shein temu cdiscount veepee vinted ebay aliexpress apple samsung google microsoft netflix spotify disney
    renault peugeot citroen dacia toyota mercedes bmw audi skoda volkswagen tesla sncf ratp ouigo tgv transavia ryanair easyjet lufthansa uber bolt
    deliveroo heetch blablacar booking airbnb expedia accor ibis novotel mercure edf engie totalenergies veolia suez axa maif macif maaf gmf matmut
    allianz groupama generali boursorama boursobank fortuneo hellobank bnp lcl revolut n26 paypal qonto chronopost colissimo ups dhl fedex
    gls dpd hermes evri laposte sephora nocibe kiabi zara primark nespresso tefal dyson bosch siemens whirlpool philips sony xiaomi huawei oppo virgin
    vodafone ee o2 verizon comcast att sprint tmobile tesco sainsbury sainsburys asda morrisons waitrose argos currys boots lloyds barclays hsbc natwest
    monzo starling chase citibank walmart costco target delta united jetblue starbucks alexa siri cortana doctolib ameli malakoff harmonie
    vivendi canal molotov deezer leboncoin meetic manomano showroomprive sarenza asos alan lemonade oscar
    leroy saint sainte marie-blachere yves-rocher
    air-france british airways""".split()
) | frozenset(
    """marie blachere|pierre fabre|yves rocher|yves saint|jean paul|hugo boss|calvin klein|tommy hilfiger|ralph lauren|paul smith|christian dior|louis vuitton|
    nina ricci|thierry mugler|daniel hechter|jacques dessange|franck provost|jean louis|camille albane|jean-claude biguine|marc jacobs|guy degrenne|
    jacques briochin|charles schwab|jack daniel's|jack daniels|sara lee|john lewis|john deere|harry potter|victoria's secret|charlotte tilbury|
    jack jones|jack wolfskin|tim hortons|ben jerry's|marie claire|victor hugo|georges pompidou|charles de|roland garros|jean jaures|jules ferry|air france|
    pierre hermé|paul bocuse|marks spencer|harvey nichols|michael kors|kate spade|jimmy choo|victoria beckham|johnnie walker|harley davidson|jp morgan|j.p. morgan|edward jones|ernst young|
    stanley black|hello kitty|jean slim|jean levi's|jack russell|christian dior|louis xiv|henri iv|ben nevis|dave ramsey|morgan stanley|charlie hebdo|wells fargo|ralph lauren|stella artois|martin luther|emma matelas|emma sleep|simon malls|thomas cook|william hill|ted baker|louis pion|
    andre citroen|marie curie|saint martin|laura ashley|vera bradley|jean-luc lahaye|leon de|bruno saint|maurice lacroix|eric bompard|eric kayser""".replace(
        "\n", ""
    )
    .replace("    ", "")
    .split("|")
)
TITLED_BRANDS = frozenset(
    """mr bricolage|monsieur bricolage|monsieur cuisine|monsieur meuble|monsieur store|monsieur propre|monsieur prix|mr proper|mr clean|mr muscle|mr kipling|mr bean|mr robot|mr porter|
    mr price|mrs browns|mrs brown's|mrs doubtfire|miss dior|miss sixty|miss france|miss selfridge|miss marple|maitre coq|madame figaro|madame michu|madame tussauds|
    madame bovary|dr martens|dr pepper|dr oetker|dr hauschka|dr house|dr who|doctor who|docteur house|doctor strange|dr dre|professeur tournesol|professor layton""".replace(
        "\n", ""
    )
    .replace("    ", "")
    .split("|")
)
"""What bears a title and is nobody: shops, products, heroes."""
COMPANY_WORDS = frozenset(
    """sarl sas sasu sa eurl scp sci ltd llc inc gmbh plc corp fils co associes cie team hotel hotels cafe restaurant bistro brasserie pizzeria grill
    house garden gardens news airport intl international national orchestra university bank group""".split()
)
"""What the name of a company or a place holds, and no person's of two words."""
COMPANY_STARTS = (
    "charlotte aux",
    "jack & jones",
    "ben & jerry",
    "marks & spencer",
    "pierre et vacances",
    "florence foresti",
)


NOT_A_SELF = frozenset(
    """francais francaise belge suisse british english french american irish scottish welsh german italian spanish dutch polish indian chinese african european
    parisien parisienne lyonnais lyonnaise marseillais marseillaise breton bretonne muslim christian catholic jewish handicape handicapee retraite retraitee
    etudiant etudiante premium gold silver platinum prime pro vip freebox livebox android iphone mac disabled retired gutted done fuming sorry sick tired
    stuck locked afraid sure now still just also back out off going getting having trying waiting looking covid corona cancer""".split()
)
"""What people say that they are and that is no name."""
RARE = frozenset(
    "jade lou iris rose violette fleur ambre perle prune capucine clementine ruby hazel poppy daisy amber summer autumn".split()
)
"""Given names that are common words: names after a closing only."""


def closes(words: Sequence[str]) -> bool:
    """Whether one of the words before the last of a comment is one that people sign after."""
    return any(map(_is_closing, words[-4:-1])) or _GLUED.search(words[-1].lower()) is not None


@lru_cache(maxsize=4096)
def _is_closing(word: str) -> bool:
    return word.lower().strip(",.!:;–—-") in _CLOSES


def _cased(words: Iterable[str], before: str = "(,.;:!\"'«-/", after: str = "") -> frozenset[str]:
    """Words as a split by spaces has them: in small letters or with a capital, a sign glued to them or none."""
    return frozenset(
        f"{sign}{form}{end}"
        for word in words
        for form in (word, word.capitalize())
        for sign in ("", *before)
        for end in ("", *after)
    )


LOW_TITLES = _cased(
    (
        *"m. mr mr. mrs mrs. mme mme. mlle mlle. monsieur madame mademoiselle name name's name’s".split(),
        *(
            f"{me}{'p' * p}el{end}"
            for me in ("m'a", "m’a", "ma", "a")
            for p in (1, 2)
            for end in ("", "l", "le", "les", "e", "es", "s")
        ),
    )
)
LOW_GREETS = _cased(
    "merci bcp beaucoup encore bravo thanks thx ty slt cher chère chere dear hi hey bonjour bonsoir salut hello coucou".split()
)
"""The last words of what introduces a name in small letters: without one, none need be looked for."""
ENGLISH_SELF = _cased("is i'm i’m im am".split())
FRENCH_SELF = _cased("c est c'est c’est cest suis ici".split())
GREETS = _cased(
    "slt bjr c c'est c’est cest ici bonjour bonsoir salut hello allo allô coucou moi hi".split(), after=",!"
)
