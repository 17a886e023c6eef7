"""What a careful analyst would read in sentences written for this test; a stated share of the readings must hold."""

import pytest

# (text, what must be read): theme:sign, +/-/0 sentiment, intent, emotion, question:answer, problem
FRENCH = [
    ("Les tarifs sont très attractifs et compétitifs.", ["price:+", "+"]),
    ("C'est beaucoup trop cher pour ce que c'est.", ["price:-", "-"]),
    ("Ce n'est pas cher du tout, je suis satisfait.", ["price:+", "+"]),
    (
        "Personne ne répond jamais au téléphone, service injoignable.",
        ["reach:-", "-", "complaint", "problem:open"],
    ),
    (
        "Conseillère à l'écoute, aimable et très professionnelle.",
        ["advisor:+", "+", "praise", "enjoyable:yes"],
    ),
    ("Le vendeur était désagréable et méprisant.", ["advisor:-", "-", "enjoyable:no"]),
    ("Le site est simple et rapide d'utilisation.", ["digital:+", "+", "easy:yes"]),
    ("L'application plante sans arrêt, impossible de se connecter.", ["-", "problem:open", "easy:no"]),
    ("Toujours pas remboursé après trois mois d'attente !", ["refund:-", "speed:-", "-", "needs_met:no"]),
    ("J'ai été remboursé très rapidement, merci.", ["speed:+", "+", "needs_met:yes"]),
    ("Colis jamais reçu, livraison catastrophique.", ["delivery:-", "-"]),
    ("Livraison rapide et soignée, produit conforme.", ["delivery:+", "product:+", "+"]),
    ("Assurance à fuir absolument !!!", ["overall:-", "-", "warn"]),
    ("Je recommande vivement cette enseigne à tous mes amis.", ["+", "recommend"]),
    ("Je vais résilier mon contrat et partir à la concurrence.", ["churn", "-"]),
    ("Client depuis vingt ans, je reste fidèle.", ["loyal", "+"]),
    ("Les prix sont corrects mais le service client est injoignable.", ["price:+", "reach:-"]),
    ("Le conseiller est sympathique, par contre les délais sont interminables.", ["advisor:+", "speed:-"]),
    ("Bonne cuisine mais salle très bruyante.", ["product:+", "place:-"]),
    ("Cadre magnifique avec une très belle vue.", ["place:+", "+"]),
    ("Arnaque totale, ce sont des voleurs.", ["honesty:-", "-", "anger"]),
    ("Mon problème a été résolu en dix minutes, bravo.", ["resolution:+", "+", "problem:solved"]),
    ("La panne est revenue trois fois malgré les réparations.", ["-", "problem:relapsed"]),
    (
        "Mon dossier n'avance pas, on me renvoie d'un service à l'autre.",
        ["resolution:-", "-", "problem:open"],
    ),
    ("Prélevé deux fois sur mon compte ce mois-ci, c'est inadmissible.", ["billing:-", "-"]),
    ("Je ne suis pas satisfait.", ["-", "overall:-"]),
    ("Je n'ai jamais été déçu.", ["+"]),
    ("Rien à redire, tout est parfait.", ["+", "overall:+"]),
    ("TRES BON ACCUEIL TELEPHONIQUE", ["advisor:+", "+"]),
    ("tjrs pas de rep, sa fait 2 mois ke jattend", ["-", "speed:-"]),
    ("Pourriez-vous ajouter le paiement en trois fois ?", ["request"]),
    ("Souscription en ligne facile et rapide.", ["speed:+", "+", "easy:yes"]),
    (
        "Augmentation de vingt pour cent sans aucune explication, très déçu.",
        ["price:-", "-", "disappointment"],
    ),
    ("Merci beaucoup pour votre aide !", ["+", "gratitude"]),
]
ENGLISH = [
    ("Very friendly and helpful staff.", ["advisor:+", "+"]),
    ("Delivery was late and the parcel was damaged.", ["delivery:-", "-"]),
    ("Great value for money, very happy.", ["price:+", "+"]),
    ("Nobody answers the phone, I have been on hold for an hour.", ["reach:-", "-"]),
    ("The internet keeps dropping every evening.", ["reliability:-", "-"]),
    ("Worst customer service ever.", ["-"]),
    ("I am leaving for another company.", ["churn"]),
    ("Quick and easy to set up.", ["speed:+", "+", "easy:yes"]),
]
SHARE_FR, SHARE_EN = 0.80, 0.60


def readings(labeller, text):
    said = set()
    for row in labeller.read(["a"], [text]).to_pylist():
        kind, value, polarity = row["kind"], row["value"], row["polarity"]
        if kind == "theme":
            said.add(f"{value}:{'+' if polarity > 0 else '-'}")
        elif kind == "sentiment":
            said.add("+" if polarity > 0.15 else "-" if polarity < -0.15 else "0")
        elif kind in ("needs_met", "easy", "enjoyable", "problem"):
            said.add(f"{kind}:{value}")
        else:
            said.add(value)
    return said


@pytest.mark.parametrize(
    ("sentences", "share"), [(FRENCH, SHARE_FR), (ENGLISH, SHARE_EN)], ids=["french", "english"]
)
def test_a_stated_share_of_the_readings_holds(labeller, sentences, share):
    missed, asked = [], 0
    for text, expected in sentences:
        said = readings(labeller, text)
        asked += len(expected)
        missed += [(text, reading) for reading in expected if reading not in said]
    assert 1 - len(missed) / asked >= share, missed


def test_a_contrast_gives_each_side_its_own_evidence(labeller):
    text = "Les prix sont corrects mais le service client est injoignable."
    rows = [r for r in labeller.read(["a"], [text]).to_pylist() if r["kind"] == "theme"]
    shown = {r["value"]: text[r["start"] : r["stop"]] for r in rows}
    assert "prix" in shown["price"]
    assert "injoignable" not in shown["price"]
    assert "injoignable" in shown["reach"]
    assert "prix" not in shown["reach"]


def test_accents_capitals_and_typing_change_little(labeller):
    pairs = [
        ("Très réactif et efficace", "TRES REACTIF ET EFFICACE"),
        ("Service rapide", "service  rapide !!"),
    ]
    for a, b in pairs:
        first, second = readings(labeller, a), readings(labeller, b)
        assert {x for x in first if x in "+-0"} == {x for x in second if x in "+-0"}
