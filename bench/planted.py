"""Comments of our own about what no theme of the codebook holds, to be found again among others."""

import itertools
import random

PLANTED = {
    "packaging": (
        ["Encore", "Franchement", "Je commande chaque mois et", "Petit détail :", "Pour une marque qui se dit écolo,"],
        [
            "trois cartons pour un seul flacon", "du plastique partout autour des bouteilles", "un suremballage ridicule",
            "des billes de polystyrène plein le carton", "l'emballage plastique n'est pas recyclable",
            "le carton est trop grand et rempli de plastique", "chaque flacon est emballé dans du plastique",
            "deux emballages là où un carton suffirait",
        ],
        ["", ", pensez à la planète.", ", passez au papier kraft.", ", mon bac de tri déborde.", ", un emballage consigné serait mieux."],
    ),
    "wheelchair": (
        ["Je viens avec ma mère :", "Étant en situation de handicap,", "Mon mari se déplace en fauteuil roulant,", "À noter,", "Avec une poussette ou un fauteuil roulant,"],
        [
            "il n'y a pas de rampe à l'entrée", "deux marches empêchent le fauteuil de passer", "l'ascenseur est trop étroit pour un fauteuil roulant",
            "les toilettes ne sont pas accessibles aux handicapés", "aucune rampe, il faut porter le fauteuil",
            "la rampe est trop raide", "le comptoir est trop haut depuis un fauteuil", "l'accessibilité handicapés n'est pas prévue",
        ],
        ["", ", il faudrait une rampe amovible.", ", l'accessibilité est pourtant obligatoire.", ", on reste dehors.", ", un ascenseur aiderait."],
    ),
    "canvassing": (
        ["Depuis mon inscription,", "Malgré Bloctel,", "Chaque midi,", "J'ai pourtant refusé :", "Ras le bol,"],
        [
            "je reçois des appels de démarchage de vos partenaires", "mon numéro a été revendu à des démarcheurs", "vos partenaires m'envoient des SMS publicitaires",
            "mes coordonnées ont été vendues pour du démarchage", "des démarcheurs appellent trois fois par jour",
            "on me démarche pour des panneaux solaires", "les SMS publicitaires arrivent même la nuit", "mes données personnelles ont été cédées à des partenaires",
        ],
        ["", ", je demande le retrait de mes coordonnées.", ", que faites-vous de mes données personnelles ?", ", stop au démarchage.", ", je saisis la CNIL."],
    ),
    "dogs": (
        ["Nous voyageons avec notre chien :", "Petit plus,", "Mon labrador était du voyage,", "Pour ceux qui ont un animal,", "Avec notre chienne,"],
        [
            "les chiens sont acceptés et une gamelle d'eau attendait", "une gamelle et un coussin pour le chien", "les animaux sont refusés même tenus en laisse",
            "un supplément est demandé pour chaque animal", "le chien a eu droit à sa gamelle de croquettes",
            "aucun chien n'est admis, même en laisse", "les animaux sont les bienvenus, laisse obligatoire", "un coin promenade pour les chiens serait utile",
        ],
        ["", ", toutou a adoré.", ", les maîtres apprécieront.", ", prévoyez la laisse.", ", on a dû laisser le chien au chenil."],
    ),
    "advert": (
        ["Sans rapport avec le reste :", "À propos de votre dernière pub,", "On ne voit que ça à la télé :", "Question de goût,", "Au nom de toute la famille,"],
        [
            "le spot télévisé passe dix fois par soirée", "la musique du spot me reste en tête", "l'acteur du spot hurle",
            "votre slogan est sexiste", "la publicité à la télé est ridicule avec cet acteur",
            "le slogan de la campagne est mal choisi", "l'affiche de la campagne dans le métro est choquante", "le spot radio avec la sonnette est insupportable",
        ],
        ["", ", changez de slogan.", ", cette campagne vous dessert.", ", je zappe à chaque spot.", ", on dirait une pub des années 80."],
    ),
    "points": (
        ["Cliente depuis des années,", "Au moment de payer,", "J'avais gardé mes points pour Noël :", "Rien ne le disait,", "Pour la troisième fois,"],
        [
            "mes points de fidélité ont expiré", "la carte de fidélité ne donne plus de cadeau", "le catalogue cadeaux des points est vide",
            "ma cagnotte a été remise à zéro", "les points fidélité n'ont pas été crédités sur la carte",
            "il faut deux fois plus de points pour le même cadeau", "ma carte de fidélité n'est pas reconnue", "la cagnotte fidélité n'est pas utilisable en ligne",
        ],
        ["", ", à quoi sert la carte ?", ", rendez-moi mes points.", ", drôle de fidélité.", ", j'attendais mon cadeau."],
    ),
}  # fmt: skip
"""By topic, three parts that are put together: a beginning, a core, an end."""


def planted(each: int, seed: int) -> dict[str, list[str]]:
    """`each` different comments a topic."""
    chance = random.Random(seed)
    return {
        topic: [f"{a} {b}{c or '.'}" for a, b, c in chance.sample(list(itertools.product(*parts)), each)]
        for topic, parts in PLANTED.items()
    }
