"""Comments with personal data put in by a die: every way of writing each kind, and as many comments with what only looks like it."""

import random

from tests.pii.marked import Comment, unmarked

GIVEN = """Abdel Adama Adèle Agathe Aïcha Alban Alexane Alphonse Amaury Ambre Anatole Anouk Apolline Ariane Armand Arsène Assane Aubin Awa
Aymeric Bakary Barnabé Basile Bérénice Blandine Brieuc Capucine Célestin Chiara Clotilde Corentin Cyprien Dalila Djibril Dorian Edgar Elias
Éloïse Emre Enora Erwan Esteban Fanta Félicie Fleur Gauthier Ghislain Gwenaëlle Hafsa Harold Hermine Hippolyte Ilyes Imane Isaure Iris Jade
Joachim Jonas Kenza Killian Ladislas Leïla Liam Lina Loïc Lou Lubin Maëlys Malo Mariam Maëva Nawel Naomi Nolwenn Octave Oriane Paloma Priscille
Quentin Raphaëlle Rayan Romane Sacha Sélim Sixtine Souleymane Tatiana Titouan Ulysse Violette Walid Wassim Yaël Youri Zélie Zineb Aoife Arjun
Bridget Callum Darren Deepak Eleanor Femi Gareth Imogen Keira Lachlan Maisie Nigel Ravi Rhys Shauna Tyrone Jean Marie Philippe Nathalie Isabelle
Michel Catherine Patrick Sylvie Christophe Sandrine Nicolas Julie Thomas Emma""".split()
FAMILY = """Abadie Aït-Ahmed Arnoux Aucouturier Bachelet Bailly Barthélémy Baudouin Benchekroun Bergeron Besson Blanchard Bonnet Bouchard Bourguignon
Brunel Caillaud Carlier Castagné Chauvin Cohen Coulibaly Cordier Da-Silva Dacosta Delattre Delmas Deschamps Desmoulins Diop Doumbia Ducrocq
Dufresne Escoffier Fabre Faucheux Ferreira Fontaine Fournier Gaillard Garcia Gautier Giraud Gonçalves Grosjean Guichard Haddou Haxaire Hoarau
Jacquemin Joly Kaya Keïta Konaté Kowalczyk Lacroix Lamy Larcher Lebrun Leclercq Lefebvre Legrand Lopez Maréchal Mazurier Meunier Mignot
Monnier Moreau Nguyen Noiret Ouedraogo Pasquier Pelletier Perez Picard Poirier Pruvost Quéméneur Rabier Rault Renaudin Rocher Roussel Sauvage
Schmitt Sissoko Tessier Thiam Tixier Traoré Urbain Vallet Vasseur Verdier Vidal Weiss Yilmaz Zeller Ashworth Bhatt Clarke Dhillon Eastwood
Fitzgerald Goodwin Higgins Iqbal Jenkins Lockhart MacLeod Ncube Ogden Partridge Quinn Rutherford Sutcliffe Tanaka Underwood Wainwright""".split()
CITIES = [
    "Lyon",
    "Rennes",
    "Saint-Étienne",
    "Aix-en-Provence",
    "La Rochelle",
    "Metz",
    "Le Havre",
    "Pau",
    "Boulogne-Billancourt",
    "Sète",
]
STREETS = [
    "rue {}", "rue de la {}", "avenue du {}", "boulevard {}", "place de l'{}", "allée des {}", "impasse du {}", "chemin de la {}",
    "route de {}", "quai {}", "cours {}", "square {}", "{} rue du",
]  # fmt: skip
PLACES = {"rue {}": ["Gambetta", "Pasteur", "Émile Zola", "Jean Moulin", "Sadi Carnot"], "rue de la {}": ["République", "Paix", "Fontaine"],
          "avenue du {}": ["Maréchal Foch", "Général Leclerc", "Parc"], "boulevard {}": ["Voltaire", "Saint-Germain", "Victor Hugo"],
          "place de l'{}": ["Église", "Hôtel de Ville"], "allée des {}": ["Tilleuls", "Cerisiers", "Peupliers"], "impasse du {}": ["Moulin", "Lavoir"],
          "chemin de la {}": ["Croix", "Fontaine", "Garenne"], "route de {}": ["Bordeaux", "Vannes"], "quai {}": ["Voltaire", "Turenne"],
          "cours {}": ["Mirabeau", "Gambetta"], "square {}": ["Pasteur", "Carnot"]}  # fmt: skip


def luhn(die: random.Random, start: str, size: int) -> str:
    """Digits of this size that begin so and pass Luhn's test."""
    body = start + "".join(die.choices("0123456789", k=size - 1 - len(start)))
    total = sum(int(c) * 2 - 9 * (int(c) > 4) if i % 2 == 0 else int(c) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def grouped(digits: str, sizes: tuple[int, ...], by: str) -> str:
    """Digits in groups of these sizes, the last group taking the rest."""
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return by.join([part for part in [*parts, digits[at:]] if part])


def phone(die: random.Random) -> str:
    """A French number kept for fiction, or a British or American one, as people write them."""
    start = die.choice(["0199 00", "0261 91", "0353 01", "0465 71", "0536 49", "0639 98"]).replace(" ", "")
    digits = start + "".join(die.choices("0123456789", k=4))
    pairs = [digits[i : i + 2] for i in range(0, 10, 2)]
    tail = " ".join([digits[1], *pairs[1:]])
    return die.choice(
        [" ".join(pairs), ".".join(pairs), "-".join(pairs), "/".join(pairs), digits, f"+33 {tail}", f"+33{digits[1:]}", f"0033 {tail}",
         f"0033{digits[1:]}", f"+33 (0){tail}", f"(+33) {tail}", f"{digits[:4]} {digits[4:7]} {digits[7:]}", "\u00a0".join(pairs),
         f"+33.{tail.replace(' ', '.')}", f"07700 900{digits[-3:]}", f"+44 7700 900{digits[-3:]}", f"020 7946 0{digits[-3:]}",
         f"(202) 555-01{digits[-2:]}", f"+1 202 555 01{digits[-2:]}", f"+1-202-555-01{digits[-2:]}"]
    )  # fmt: skip


def iban(die: random.Random) -> str:
    """An IBAN with its right key, in groups or in one piece."""
    land, size = die.choice([("FR", 27), ("FR", 27), ("DE", 22), ("BE", 16), ("ES", 24)])
    body = "".join(die.choices("0123456789", k=size - 4))
    key = 98 - int("".join(str(int(c, 36)) for c in body + land) + "00") % 97
    flat = f"{land}{key:02d}{body}"
    return die.choice(
        [
            flat,
            grouped(flat, (4,) * 6, " "),
            grouped(flat, (4,) * 6, "-"),
            grouped(flat, (4,) * 6, " ").lower(),
        ]
    )


def card(die: random.Random) -> str:
    """A card number that passes its test."""
    if die.random() < 0.15:
        digits = luhn(die, die.choice(["34", "37"]), 15)
        return die.choice([digits, grouped(digits, (4, 6), " ")])
    digits = luhn(die, die.choice(["4970", "4539", "51", "53", "2221"]), 16)
    return die.choice([digits, *(grouped(digits, (4, 4, 4), by) for by in " -.")])


def nir(die: random.Random) -> str:
    """A social security number with its right key, Corsican ones among them."""
    place = die.choice(["75", "13", "59", "2A", "2B", "97", "99"])
    body = f"{die.choice('12')}{die.randint(30, 99)}{die.randint(1, 12):02d}{place}{die.randint(1, 990):03d}{die.randint(1, 999):03d}"
    key = 97 - int(body.replace("2A", "19").replace("2B", "18")) % 97
    return die.choice(
        [
            f"{body}{key:02d}",
            *(grouped(body + f"{key:02d}", (1, 2, 2, 2, 3, 3), by) for by in " .-"),
            f"{body} {key:02d}",
        ]
    )


def siret(die: random.Random) -> str:
    """A company's number and its establishment's."""
    digits = luhn(die, "".join(die.choices("3456789", k=1)), 14)
    return die.choice(
        [digits, grouped(digits, (3, 3, 3), " "), grouped(digits, (9,), " "), grouped(digits, (3, 3, 3), ".")]
    )


def plate(die: random.Random) -> str:
    """A French plate of today's form."""
    letters = die.choices("ABCDEFGHJKLMNPQRSTVWXYZ", k=4)
    by = die.choice("- ")
    text = f"{letters[0]}{letters[1]}{by}{die.randint(1, 999):03d}{by}{letters[2]}{letters[3]}"
    return die.choice([text, text, text.lower() if by == "-" else text])


def email(die: random.Random) -> str:
    """An address at a domain kept for examples."""
    given, family = die.choice(GIVEN).lower(), die.choice(FAMILY).lower()
    local = die.choice(
        [
            f"{given}.{family}",
            f"{given[0]}{family}{die.randint(1, 99)}",
            f"{family}_{given}",
            f"{given}-{family}+avis",
            f"{given}{die.randint(1940, 2009)}",
        ]
    )
    whole = f"{local}@{die.choice(['exemple.fr', 'example.org', 'mail.example.com', 'exemple.com', 'poste.exemple.net'])}"
    return die.choice(
        [whole, whole, whole, whole.upper(), whole.replace("@", " [at] "), whole.replace("@", "(at)")]
    )


def number(die: random.Random) -> str:
    """An order's, a customer's or a file's number."""
    n = die.randint(10000, 99_999_999)
    letters = "".join(die.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=3))
    return die.choice(
        [
            str(n),
            f"{letters}{n}",
            f"{letters}-{n}",
            f"2024-{n}",
            f"{letters[:2]}-2024-{n}",
            f"{n}-{letters[0]}",
            f"{n % 1000:03d} {n % 997:03d} {n % 991:03d}",
        ]
    )


def address(die: random.Random) -> str:
    """A French or English postal address."""
    if die.random() < 0.25:
        street = f"{die.randint(1, 240)} {die.choice(['Maple', 'Station', 'Church', 'Mill', 'Oak', 'Victoria'])} {die.choice(['Street', 'Road', 'Lane', 'Avenue', 'Close', 'Drive'])}"
        return street + die.choice(
            ["", ", Leeds LS6 2QT", ", Bristol BS8 1TH", ", Springfield, IL 62704", ", York"]
        )
    form = die.choice([f for f in STREETS if f in PLACES])
    street = f"{die.randint(1, 199)}{die.choice(['', '', '', ' bis', ' ter', ',', 'B'])} {form.format(die.choice(PLACES[form]))}"
    return street + die.choice(
        [
            "",
            f", {die.randint(10000, 95999)} {die.choice(CITIES)}",
            f" {die.randint(10000, 95999)} {die.choice(CITIES)}",
            f"\n{die.randint(10000, 95999)} {die.choice(CITIES).upper()}",
        ]
    )


def name(die: random.Random) -> str:
    """A person's name as people sign."""
    given, family = die.choice(GIVEN), die.choice(FAMILY)
    return die.choice([given, given, f"{given} {family}", f"{given} {family}", f"{given} {family.upper()}", f"{given[0]}. {family}", f"{family.upper()} {given}",
                       f"{given.lower()}", f"{given} {family[0]}", f"{given.upper()} {family.upper()}", f"{given}-{die.choice(GIVEN)} {family}"])  # fmt: skip


def surname(die: random.Random) -> str:
    """A family name as people write it after a title."""
    family = die.choice(FAMILY)
    return die.choice(
        [family, family, family.upper(), f"{die.choice(GIVEN)} {family}", f"de {family}", f"Le {family}"]
    )


def url(die: random.Random) -> str:
    """The part of a link that opens somebody's page."""
    token = "".join(die.choices("abcdef0123456789", k=24))
    return die.choice(
        [
            f"token={token}",
            f"id={die.randint(10**6, 10**8)}&key={token}",
            f"session={token}",
            f"email={die.choice(GIVEN).lower()}%40exemple.fr",
        ]
    )


def birth(die: random.Random) -> str:
    """A day of birth."""
    day, month, year = die.randint(1, 28), die.randint(1, 12), die.randint(1935, 2012)
    name = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()[
        month - 1
    ]
    return die.choice(
        [
            f"{day:02d}/{month:02d}/{year}",
            f"{day} {name} {year}",
            f"{day:02d}.{month:02d}.{year}",
            f"{day:02d}-{month:02d}-{year}",
            f"{year}-{month:02d}-{day:02d}",
        ]
    )


def ip(die: random.Random) -> str:
    """An address on the internet."""
    return ".".join(str(die.randint(1, 254)) for _ in range(4))


def handle(die: random.Random) -> str:
    """A name on a social network."""
    return (
        f"@{die.choice(GIVEN).lower()}_{die.choice(FAMILY).lower()[:5]}{die.choice(['', '59', '_off'])}".encode(
            "ascii", "ignore"
        )
        .decode()
        .replace("-", "")
    )


MAKERS = {"PHONE": phone, "IBAN": iban, "CARD": card, "NIR": nir, "SIRET": siret, "PLATE": plate, "EMAIL": email, "NUMBER": number,
          "ADDRESS": address, "NAME": name, "SURNAME": surname, "URL": url, "BIRTH": birth, "IP": ip, "HANDLE": handle}  # fmt: skip
CARRIERS = {
    "PHONE": ["Rappelez-moi au {}, merci.", "Mon portable : {}", "Tél. {}", "joignable au {} après 18h", "mon numéro est le {}", "({})", "Call me on {} please.", "Ring {} any time.", "My mobile is {}."],
    "IBAN": ["Mon IBAN : {}", "à rembourser sur {} svp", "RIB {} refusé.", "Please refund to {}."],
    "CARD": ["Carte {} débitée deux fois.", "ma carte bancaire {} est refusée", "My card {} was charged twice."],
    "NIR": ["Numéro de sécurité sociale {}", "NIR {} inconnu de vos services.", "mon n° de sécu : {}", "sécurité sociale n° {}, dossier bloqué"],
    "SIRET": ["SIRET {}", "Notre siret est {} et la facture est fausse.", "Siret : {}, TVA non récupérée"],
    "PLATE": ["Mon véhicule immatriculé {} est rayé.", "Plaque {}", "immatriculation {} refusée", "number plate {} misread"],
    "EMAIL": ["Écrivez à {}", "mon mail {} ne reçoit rien", "Mail : {}.", "Reach me at {}", "e-mail: {}, thanks"],
    "NUMBER": ["Commande n° {} jamais reçue.", "dossier {} sans suite", "Numéro client : {}", "Contrat {} résilié", "facture n°{} payée deux fois", "Réf. client {}", "Order {} never came.",
               "Account number {} is locked.", "case {} still open", "Ticket {} fermé.", "My booking reference is {}"],
    "ADDRESS": ["J'habite {}.", "Adresse : {}", "livrez au {}", "I live at {}.", "Delivered to {} by mistake."],
    "NAME": ["Trop long, trop cher.\nCordialement,\n{}", "Cordialement, {}", "Merci d'avance. Bien à vous, {}", "Salutations\n{}", "Cdlt {}", "Je m'appelle {} et j'attends.", "Bonne journée,\n{}",
             "Still waiting.\nRegards,\n{}", "Kind regards, {}", "Best wishes, {}", "Thanks,\n{}", "Sincerely,\n{}", "My name is {}.", "Cordialement\n\n{}", "Bien cordialement {}",
             "Bonjour {},\nmerci de votre réponse.", "Hi {},\nno news yet.", "Hello {}, still broken.", "Best regards\n{}", "Sincères salutations, {}", "Très cordialement, {}."],
    "SURNAME": ["Bonjour Madame {}, j'attends.", "Bonjour Mme {},", "Cher Monsieur {},\nrien ne va.", "Dear Mr {},\nno answer.", "Dear Mrs {}, thank you.", "Je suis Mme {}.", "Bonjour M. {}, merci."],
    "URL": ["Le lien https://exemple.fr/suivi?{} est mort.", "https://www.example.com/reset?{}", "Voir https://espace.exemple.fr/a/b?{}."],
    "BIRTH": ["Je suis né le {}", "née le {} à Tours", "Date de naissance : {}", "born on {}", "DOB {}", "ma fille, née le {}, attend"],
    "IP": ["mon IP {} est bloquée", "Connexion depuis {} refusée", "my IP address {} is blocked"],
    "HANDLE": ["{} vous ne répondez pas", "Mon compte {} est suspendu", "cc {} merci"],
}  # fmt: skip
PLAIN = [
    "Commandé le {d}, reçu le {d}.", "Payé {p} au lieu de {p}.", "Forfait à {p} par mois, {n} Go.", "Attente de {n} minutes, {n} appels.", "Le modèle {m} chauffe trop.", "Version {v} instable.",
    "Rappel prévu à {h}, personne.", "{n} jours sans réseau.", "Réduction de {n} % annoncée.", "Le {s} ne répond pas.", "Depuis le {d} plus rien.", "Taille {n}, couleur {g}.", "Merci {g} !", "{g} était mieux avant.",
    "Bonjour, service nul.", "Cordialement, le service client", "Merci. Cordialement.", "Bien à vous, un client déçu", "Paid {p} for nothing.", "On {d} the engineer did not come.", "Model {m} broke in {n} days.",
    "Thanks {g}, great shop.", "Regards, an unhappy customer", "Version {v} keeps crashing.", "{n} stars out of 5.", "Ouvert de {h} à {h}.", "Le train de {h} est supprimé.", "Distance {n} km, durée {n} h.",
    "La pièce réf {m} manque.", "Article {m} épuisé.", "Le {d} à {h}, toujours rien.", "Entre {p} et {p} selon le magasin.", "Note {n}/100.", "Chambre {n}, étage {n}.", "Écran {n} pouces.", "Bravo {g}, bon travail.",
    "Rue de Rivoli, magasin sale.", "Total : {p}, TVA comprise.", "Bonjour à tous.", "Dear team, no news.", "Le contrat de {n} mois à {p}.", "Ma commande de {n} articles est arrivée le {d}.",
    "Pierre précieuse et marbre rose, très beau.", "Rose, bleu ou vert, au choix.", "Claude répond vite pour une machine.", "Une orange et une olive par personne.",
]  # fmt: skip
BRANDS = [
    "Orange",
    "Rose",
    "Carrefour",
    "Leroy Merlin",
    "Free",
    "Mercedes",
    "Pierre & Vacances",
    "Boulanger",
    "Darty",
    "Marie Blachère",
    "Nespresso",
    "Veolia",
    "Sephora",
    "Picard",
    "Lidl",
    "Virgin",
]
MODELS = [
    "XR-2000",
    "WAN28208FF",
    "WH-1000XM4",
    "S22",
    "PS5",
    "308 SW",
    "RT-AX58U",
    "K750",
    "9310",
    "UE55TU7005",
    "A54 5G",
]


def _trap(die: random.Random) -> str:
    day = f"{die.randint(1, 28):02d}/{die.randint(1, 12):02d}/{die.randint(2019, 2026)}"
    price = die.choice(
        [
            f"{die.randint(1, 99)},{die.randint(0, 99):02d} €",
            f"{die.randint(1, 9)} {die.randint(0, 999):03d} €",
            f"{die.randint(5, 2000)} euros",
            f"£{die.randint(1, 900)}.{die.randint(0, 99):02d}",
        ]
    )
    return die.choice(PLAIN).format(
        d=day, p=price, n=die.randint(2, 90), m=die.choice(MODELS), v=f"{die.randint(1, 15)}.{die.randint(0, 30)}.{die.randint(0, 9)}", h=f"{die.randint(6, 22)}h{die.randint(0, 59):02d}",
        s=die.choice(["3900", "1023", "3639", "118 218"]), g=die.choice(BRANDS),
    )  # fmt: skip


def _place(part: str) -> int:
    """A greeting opens a comment, a signature closes it."""
    if "[NAME|" not in part:
        return 1
    return 0 if part.startswith(("Bonjour", "Hi ", "Hello", "Dear", "Cher")) else 2


def comments(size: int = 6000, seed: int = 7) -> list[Comment]:
    """So many comments: in half of them one or two pieces of personal data, in all of them what only looks like it."""
    die = random.Random(seed)
    kinds = sorted(CARRIERS)
    made = []
    for i in range(size):
        parts = [_trap(die) for _ in range(die.randint(1, 2))]
        if i % 2 == 0:
            for kind in die.sample(kinds, die.choice([1, 1, 2])):
                said = MAKERS[kind](die)
                carrier = die.choice(CARRIERS[kind])
                parts.append(carrier.format(f"[{'NAME' if kind == 'SURNAME' else kind}|{said}]"))
            parts.sort(key=_place)
        made.append(unmarked("", " ".join(parts)))
    return made
