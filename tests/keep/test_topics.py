"""Topics: what people talk about that no theme holds, under ids that stay, in words that five people share."""

import csv
import random
from collections import Counter
from pathlib import Path

import pytest

from bench.planted import planted
from portevoix.label import topics
from portevoix.voice import Voice

OTHERS = (
    ["Le prix", "La facture", "Le remboursement", "Le conseiller", "Le contrat", "La livraison", "Le site", "Le délai"],
    ["est correct", "est trop élevé", "arrive tard", "est clair", "est parfait", "ne convient pas", "laisse à désirer", "est à revoir"],
    ["cette année", "pour la famille", "depuis mars", "comme toujours", "selon moi", "en général", "à mon avis", "ce mois-ci"],
)  # fmt: skip
EACH = 25


def comments() -> list[tuple[str, str, str]]:
    """Identifier, person, words: planted ones among others of our own."""
    chance = random.Random(3)
    rows = [
        (f"{topic}-{i}", text) for topic, texts in planted(EACH, 7).items() for i, text in enumerate(texts)
    ]
    rows += [(f"other-{i}", " ".join(chance.choice(part) for part in OTHERS) + f" {i}.") for i in range(500)]
    chance.shuffle(rows)
    return [(name, f"{name}@example.org", text) for name, text in rows]


def given(rows: list[tuple[str, str, str]], held: bool | None = None) -> topics.Comments:
    ids, people, texts = (list(column) for column in zip(*rows, strict=True))
    return topics.Comments(ids, people, texts, [name.startswith("other") for name in ids])


def best(topic: topics.Topic) -> tuple[str, float, float]:
    """What most of a topic's comments were planted as, the share that is, and the share of the planted ones found."""
    counted = Counter(name.split("-")[0].rpartition("/")[2] for name in topic.verbatims)
    ((planted_as, n),) = counted.most_common(1)
    return planted_as, n / len(topic.verbatims), n / EACH


def test_planted_topics_are_found_again_among_others():
    found = topics.find([given(comments())], {})
    assert {best(topic)[0] for topic in found} == set(planted(1, 7))
    assert all(purity >= 0.8 for _, purity, _ in map(best, found))
    assert sum(len(topic.verbatims) for topic in found) >= 0.8 * 6 * EACH


def test_the_order_of_portions_is_all_that_matters_and_the_same_comments_give_the_same_topics():
    rows = comments()
    whole = topics.find([given(rows)], {})
    parts = topics.find([given(rows[:300]), given(rows[300:])], {})
    assert [(one.id, one.verbatims) for one in whole] == [(one.id, one.verbatims) for one in parts]


def test_topics_keep_their_ids_when_more_comments_come():
    rows = comments()
    first = topics.find([given(rows[: len(rows) * 2 // 3])], {})
    before = {name: topic.id for topic in first for name in topic.verbatims}
    second = topics.find([given(rows)], before)
    then = {topic.id: best(topic)[0] for topic in first}
    now = {topic.id: best(topic)[0] for topic in second}
    assert len(then) >= 5
    assert all(now.get(id_) == name for id_, name in then.items())


def test_no_comments_have_no_topics():
    assert topics.find([], {}) == []
    assert topics.find([topics.Comments(["a", "b"], [None, None], ["", "!!"], [False, False])], {}) == []


def test_a_name_is_of_words_that_five_people_wrote():
    texts = [f"La véranda ombragée du numéro {i} est bruyante" for i in range(4)]
    assert topics.name(texts, list("abcd"), ["Le prix"] * 50) == ()
    assert topics.name([*texts, texts[0] + " hélas"], list("abcda"), ["Le prix"] * 50) == ()
    named = topics.name([*texts, "Bruyante véranda ombragée"], list("abcde"), ["Le prix"] * 50)
    assert "véranda ombragée" in named


def test_names_of_people_name_no_topic():
    texts = [
        f"Le dossier de Machinchose traîne, {word}"
        for word in ("hier", "encore", "lundi", "mardi", "enfin", "jeudi")
    ]
    assert not any("machinchose" in one for one in topics.name(texts, list("abcdef"), ["Le prix"] * 50))


def write(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "email", "commentaire"), *rows])
    return path


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("topics")
    with Voice(folder / "voice") as opened:
        opened.collect(write(folder / "avis.csv", comments()))
        yield opened


def test_a_home_keeps_its_topics_and_measures_them(voice):
    found = voice.topics()
    assert len(found) >= 3
    assert all(one.name for one in found)
    assert [one.id for one in voice.topics()] == [one.id for one in found]
    measures = voice.measure("topics")
    shares = {m.where["topic"]: m for m in measures if m.name == "topics.share"}
    assert set(shares) == {one.id for one in found}
    assert all(m.low <= m.value <= m.high for m in shares.values())
    assert {m.note for m in shares.values()} >= {" · ".join(found[0].name)}
    (rest,) = [m for m in measures if m.name == "topics.unclassified"]
    assert 0 <= rest.low <= rest.value <= rest.high < 1
    assert [(one.id, one.name) for one in voice._kept_topics()] == sorted((one.id, one.name) for one in found)


def test_nothing_of_a_topic_is_left_of_people_who_are_forgotten(voice):
    """Runs last: all but four of a topic's people go; then it is gone, and so are its words."""
    dogs = next(one for one in voice.topics() if best(one)[0] == "dogs")
    assert any("chien" in word for word in dogs.name)
    people = [f"dogs-{i}@example.org" for i in range(EACH)]
    voice.forget(people[4:], lambda *_: None)
    table = voice._store.engine.table("labels")
    kept = voice._store.run(table.filter(table.kind == "topic"))
    assert not {name for name in kept["verbatim"].to_pylist() if name.startswith("avis/dogs")} - {
        f"avis/dogs-{i}" for i in range(4)
    }
    after = voice.topics()
    assert dogs.id not in {one.id for one in after}
    assert not any("chien" in word for one in after for word in one.name)
    files = [file for file in voice._store.home.path.rglob("*") if file.is_file()]
    assert not [file for file in files if b"gamelle" in file.read_bytes()]
    assert voice.keep_check()[1] == []
