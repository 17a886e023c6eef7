"""What the letter promises, on facts of an invented operator."""

import re
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portevoix.errors import WrongUse
from portevoix.nouns import Letter, Measure, Period
from portevoix.tell import english, french, render
from portevoix.tell.facts import Base, Told
from portevoix.tell.letter import count_words, write
from portevoix.tell.tongue import tongue
from tests.tell import invented
from tests.tell.figures import unsupported

ALL = [
    invented.busy_day,
    invented.quiet_day,
    invented.starred_file,
    invented.nps_file,
    invented.grave_day,
    invented.evening_in_rennes,
    invented.tiny_file,
]
LANGS = ["fr", "en"]


def letters() -> list[Letter]:
    return [write(make(lang=lang)) for make in ALL for lang in LANGS]


def prose(letter: Letter) -> list[str]:
    return [text for brief in letter.briefs for text in (brief.title, brief.text)]


def sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.?])\s+", re.sub(r"«[^»]*»|“[^”]*”", "mots", text)) if each]


def check_rules(letter: Letter) -> None:
    """The rules of the house's voice, on any letter."""
    lang = letter.lang
    assert 1 <= len(letter.briefs) <= 4
    assert letter.words <= {"fr": 180, "en": 220}[lang]
    body = [*prose(letter), *(q.text for q in letter.quotes)]
    assert letter.words == count_words(body)
    assert letter.seconds == round(60 * letter.words / {"fr": 195, "en": 228}[lang])
    lengths = [count_words([each]) for brief in letter.briefs for each in sentences(brief.text)]
    assert max(lengths) <= 25, letter.briefs
    assert len(lengths) < 4 or sum(lengths) / len(lengths) <= 15.5, letter.briefs
    for brief in letter.briefs:
        assert len(brief.title.split()) <= 6
        assert len(brief.title) <= 60
        assert "!" not in brief.text + brief.title
        assert "{" not in brief.text + brief.title
        assert unsupported(brief, lang) == [], (brief.text, brief.measures)
        for each in sentences(brief.text):
            assert each.count("%") <= 1, each
            assert each[0].isupper() or each[0].isdigit(), each
        for word in ("thème", "verbatim", "insight", "parcours client", "theme", "force est", "il convient"):
            assert word not in brief.text.lower()
    for text in prose(letter):
        assert "'" not in text
        assert not re.search(r"\s\s", text)
        if lang == "fr":
            assert not re.search(r"[ \w][;!?»]", text), text
            assert not re.search(r"«[^\u202f]", text), text
            assert not re.search(r"[^\u00a0]:|[^\u00a0]%", text), text
            assert not re.search(r"\b(de le|de les|à le|à les|que il|que on|de [aeéiou]\w+ment)\b", text), (
                text
            )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("make", ALL)
def test_every_letter_keeps_the_rules_of_the_voice(make, lang):
    check_rules(write(make(lang=lang)))


@pytest.mark.parametrize("make", ALL)
def test_the_same_facts_give_the_same_letter_byte_for_byte(make):
    assert render.json(write(make())) == render.json(write(make()))


def test_a_rise_leads_and_the_fall_is_told_as_good_news():
    letter = write(invented.busy_day())
    kinds = [brief.kind for brief in letter.briefs]
    assert kinds[0] == "rise"
    assert "fall" in kinds
    rise = letter.briefs[0]
    assert "32 clients" in rise.text or "Trente-deux clients" in rise.text
    assert "trois fois plus qu’un jour ordinaire" in rise.text
    assert "après 21\u00a0heures" in rise.text
    assert len(rise.verbatims) == 32
    fall = next(brief for brief in letter.briefs if brief.kind == "fall")
    assert re.search("contre 41 un jour ordinaire|passent de 41 un jour ordinaire à 12", fall.text)


def test_a_change_within_noise_is_never_told():
    for letter in (write(invented.busy_day()), write(invented.quiet_day())):
        told = {
            (m.name, m.where.get("theme"))
            for b in letter.briefs
            for m in b.measures
            if m.name.startswith("change.")
        }
        assert ("change.themes.negative", "price") not in told


def test_a_quiet_day_is_short_and_says_so():
    letter = write(invented.quiet_day())
    assert letter.quiet
    assert [brief.kind for brief in letter.briefs] == ["quiet"]
    assert "comme d’habitude" in letter.briefs[0].text
    assert letter.words < 50


def test_a_score_that_moved_without_proof_is_told_as_such():
    facts = invented.busy_day(
        changes=[
            invented.gained("themes.negative", 32, 412, 299, 11200, theme="reliability"),
            invented.points("change.experience", 6, 9, 6000, note="within noise"),
        ]
    )
    score = next(b for b in write(facts).briefs if b.kind == "score")
    assert "de 55 à 61" in score.text
    assert re.search("trop tôt pour le dire|le hasard en fait autant", score.text)
    assert len(sentences(score.text)) == 1


def test_stars_and_words_that_stand_in_for_answers_are_named():
    letter = write(invented.starred_file())
    assert "d’après les étoiles" in letter.briefs[0].text
    assert "estimé d’après les étoiles" in letter.base["text"]
    words = write(
        invented.starred_file(
            measures=[
                invented.share("themes.negative", 330, 2400, theme="billing"),
                invented.points("experience", 12, 3, 2400, basis="words"),
            ]
        )
    )
    assert "estimé d’après les mots" in words.briefs[0].text


def test_an_asked_nps_comes_before_an_estimated_index():
    first = write(invented.nps_file()).briefs[0]
    assert "Le NPS est à −25" in first.text
    assert [m.basis for m in first.measures if m.name == "nps"] == ["asked"]
    assert "indice" not in first.text


def test_a_single_period_says_what_weighs_what_pleases_and_where_it_differs():
    letter = write(invented.starred_file())
    assert [b.kind for b in letter.briefs] == ["pain", "pain", "split", "praise"]
    assert "L’indice d’expérience est à 12" in letter.briefs[0].text
    assert letter.briefs[0].measures[0].where == {"theme": "billing"}
    assert "62 points" in letter.briefs[0].text
    split = letter.briefs[2]
    assert "31 côté auto" in split.text
    assert "côté habitation" in split.text
    assert {m.where["product"] for m in split.measures} == {"Auto", "Habitation"}


def test_segments_whose_gap_chance_explains_are_not_told():
    close = [invented.points("experience", 31, 12, 40, basis="stars", product=f"P{i}") for i in range(9)] + [
        invented.points("experience", 14, 9, 60, basis="stars", product="Bas")
    ]
    assert "split" not in [b.kind for b in write(invented.starred_file(splits=close)).briefs]


@pytest.mark.parametrize("n", [1, 3, 14])
def test_a_handful_of_messages_concludes_nothing(n):
    letter = write(invented.tiny_file(n))
    assert letter.quiet
    assert "rien à conclure" in letter.briefs[0].text.lower()
    assert len(letter.briefs[0].verbatims) == n
    said = {1: "un\u00a0message", 3: "trois messages", 14: "14\u00a0messages"}[n]
    assert said.replace("\u00a0", " ") in letter.briefs[0].text.replace("\u00a0", " ")


def test_a_grave_matter_gets_a_plain_title_and_no_quote_about_it():
    letter = write(invented.grave_day())
    assert letter.briefs[0].title == "Davantage de plaintes sur le remboursement"
    assert all("hôpital" not in quote.text for quote in letter.quotes)
    assert all("hôpital" not in brief.text for brief in letter.briefs)


def test_no_title_comes_back_within_two_weeks():
    seen: list[str] = []
    for _ in range(4):
        title = write(invented.busy_day(told=invented.told("other", "rise", *seen))).briefs[0].title
        assert title not in seen
        seen.append(title)


def test_the_third_day_of_a_problem_says_so():
    facts = invented.busy_day(told=invented.told("reliability-", "rise", "Un", "Deux"))
    assert write(facts).briefs[0].text.startswith("Troisième jour de suite.")
    facts = invented.busy_day(lang="en", told=invented.told("reliability-", "rise", "One", "Two"))
    assert write(facts).briefs[0].text.startswith("Third day running.")
    once = invented.busy_day(told=invented.told("reliability-", "fall", "Un", "Deux"))
    assert "jour de suite" not in write(once).briefs[0].text


def test_complaints_that_gather_in_one_town_are_news_even_when_no_more_of_them_came():
    letter = write(invented.evening_in_rennes())
    assert not letter.quiet
    first = letter.briefs[0]
    assert first.kind == "cluster"
    assert "presque tous à Rennes" in first.text
    assert "après 21\u00a0heures" in first.text or "après 20\u00a0heures" in first.text
    assert "Dans le reste du courrier, un message sur huit seulement" in first.text
    everywhere = invented.evening_in_rennes(spread=lambda column: {"Rennes": 400, "Dijon": 12})
    assert write(everywhere).quiet
    again = invented.evening_in_rennes(told=invented.told("reliability-", "cluster", "Un", "Deux"))
    assert write(again).briefs[0].text.startswith("Troisième jour de suite.")


def test_counts_are_set_beside_an_ordinary_day_only_when_as_much_was_written():
    alike = write(invented.busy_day())
    base = replace(invented.busy_day().base, before=28 * 206)
    twice = write(invented.busy_day(base=base))
    assert "un jour ordinaire" in " ".join(prose(alike))
    assert "un jour ordinaire" not in " ".join(prose(twice))
    assert "prévu" in twice.briefs[0].text
    check_rules(twice)


def test_a_friday_is_set_beside_the_fridays_before_it_where_they_are_known():
    counts = {("reliability", -1): [8, 7, 45, 8], ("billing", -1): [40, 41, 12, 40]}
    fridays = write(invented.busy_day(weekday=lambda theme, polarity: counts[theme, polarity]))
    assert "quatre fois plus qu’un vendredi ordinaire" in fridays.briefs[0].text
    fall = next(b for b in fridays.briefs if b.kind == "fall")
    assert re.search("(contre|de) 40 un vendredi ordinaire", fall.text)
    check_rules(fridays)
    two = write(invented.busy_day(weekday=lambda theme, polarity: [8, 8]))
    assert "vendredi ordinaire" not in " ".join(prose(two))
    otherwise = write(invented.busy_day(weekday=lambda theme, polarity: [30] * 4))
    assert "vendredi ordinaire" not in otherwise.briefs[0].text


def test_a_column_of_opinions_explains_no_opinion():
    splits = [
        invented.points("nps", -60, 3, 500, airline_sentiment="negative"),
        invented.points("nps", 20, 3, 500, airline_sentiment="positive"),
    ]
    assert "split" not in [b.kind for b in write(invented.nps_file(splits=splits)).briefs]


def test_a_flood_of_messages_is_news_even_when_the_topics_stand():
    facts = invented.quiet_day(
        base=Base(verbatims=800, before=28 * 400, total=20000, labelled=800),
        changes=[Measure(name="change.volume", value=2.0, low=1.7, high=2.4, n=12000, unit="ratio")],
    )
    letter = write(facts)
    assert not letter.quiet
    assert letter.briefs[0].kind == "volume"
    assert "deux fois plus qu’un jour ordinaire" in letter.briefs[0].text
    check_rules(letter)


def test_words_without_a_readable_topic_or_score_are_not_made_up():
    base = Base(verbatims=300, before=None, total=300, other_language=290)
    letter = write(invented.nps_file(measures=[], base=base))
    assert letter.quiet
    assert "autre langue" in letter.briefs[0].text
    check_rules(letter)
    check_rules(write(invented.nps_file(measures=[], base=replace(base, other_language=0))))


def test_no_message_at_all_is_said():
    letter = write(invented.tiny_file(0))
    assert "aucun message" in letter.briefs[0].text
    check_rules(letter)


def test_a_language_that_nobody_writes_is_refused():
    with pytest.raises(WrongUse, match="French"):
        write(invented.busy_day(lang="de"))


def test_a_theme_of_ones_own_and_hostile_names_are_told_without_harm():
    evil = "x'{0}<script>alert(1)</script>\u202e«»" + "y" * 80
    words = invented.Words().say(evil, -1, 60)
    facts = invented.facts(
        words,
        measures=[
            invented.share("themes.negative", 60, 412, theme=evil),
            invented.share("themes.share", 60, 412, theme=evil),
        ],
        changes=[invented.gained("themes.negative", 60, 412, 300, 11200, theme=evil)],
        company=evil,
    )
    letter = write(facts)
    assert "{" not in letter.briefs[0].title
    page = render.html(letter)
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_brief_prints_only_words_that_five_people_share():
    words = invented.Words()
    words.say("delivery", -1, 30)
    for row in words.rows[("delivery", -1)]:
        row["person"] = "the same"
    facts = invented.facts(
        words,
        measures=[invented.share("themes.negative", 30, 412, theme="delivery")],
        changes=[invented.gained("themes.negative", 30, 412, 100, 11200, theme="delivery")],
    )
    assert "«" not in write(facts).briefs[0].text
    for i, row in enumerate(words.rows[("delivery", -1)]):
        row["person"] = f"p{i}"
    assert "«" in write(facts).briefs[0].text


def test_a_theme_of_fewer_than_five_people_is_never_told():
    facts = invented.busy_day(
        measures=[
            invented.share("themes.negative", 4, 412, theme="place"),
            invented.share("themes.positive", 3, 412, theme="price"),
        ],
        changes=[invented.gained("themes.negative", 4, 412, 0, 11200, theme="place")],
    )
    letter = write(facts)
    assert letter.quiet
    assert "lieu" not in " ".join(prose(letter))


def test_good_news_alone_is_told_as_news():
    facts = invented.busy_day(
        changes=[invented.gained("themes.positive", 47, 412, 500, 11200, theme="advisor")]
    )
    letter = write(facts)
    assert letter.briefs[0].kind == "better"
    check_rules(letter)


def test_praise_that_falls_is_told():
    words = invented.Words().say("advisor", 1, 12)
    facts = invented.facts(
        words,
        measures=[invented.share("themes.positive", 12, 412, theme="advisor")],
        changes=[invented.gained("themes.positive", 12, 412, 1100, 11200, theme="advisor")],
    )
    letter = write(facts)
    assert letter.briefs[0].kind == "worse"
    check_rules(letter)


def test_mentions_without_times_people_or_spans_are_enough():
    bare = pa.table({"verbatim": [f"v{i}" for i in range(40)]})
    facts = invented.busy_day(mentions=lambda theme, polarity: bare, words=lambda ids: {})
    letter = write(facts)
    assert letter.quotes == ()
    check_rules(letter)


THEMES = sorted(tongue("fr").words["themes"])


@settings(max_examples=150, deadline=None)
@given(
    theme=st.sampled_from(THEMES),
    polarity=st.sampled_from([-1, 1]),
    lang=st.sampled_from(LANGS),
    n=st.integers(20, 100_000),
    now=st.floats(0, 0.9),
    was=st.floats(0, 0.9),
    number=st.integers(1, 9999),
    score=st.floats(-99, 99),
    moved=st.floats(-40, 40),
    kind=st.sampled_from(["day", "week", "month"]),
)
def test_any_figures_give_a_letter_that_keeps_the_rules(
    theme, polarity, lang, n, now, was, number, score, moved, kind
):
    name = "themes.negative" if polarity < 0 else "themes.positive"
    k, n0 = round(now * n), 20 * n
    k0 = round(was * n0)
    measures = [invented.share(name, k, n, theme=theme), invented.points("experience", score, 3, n)]
    changes = [
        invented.gained(name, k, n, k0, n0, theme=theme),
        invented.points("change.experience", moved, 5, n),
    ]
    facts = invented.facts(
        invented.Words(),
        lang=lang,
        number=number,
        measures=measures,
        changes=changes,
        base=Base(verbatims=n, before=n0, total=2 * n0, labelled=n),
        period=replace(invented.DAY, kind=kind),
    )
    check_rules(write(facts))


@pytest.mark.parametrize("lang", LANGS)
def test_every_theme_has_titles_to_last_and_clauses_in_both_numbers(lang):
    words = tongue(lang).words
    titles = []
    for theme, entry in words["themes"].items():
        for shape in ("rise", "fall", "pain", "praise"):
            assert len(entry[shape]) >= 4, (theme, shape)
            titles += entry[shape]
        assert all("|" in clause for clause in entry["neg"] + entry["pos"])
        for shape in ("grave_rise", "grave_fall", "grave_pain"):
            assert len(words["titles"][shape].format(name=entry["name"]).split()) <= 7
    titles += [
        title for options in words["titles"].values() if isinstance(options, list) for title in options
    ]
    assert all(len(title) <= 60 and len(title.split()) <= 6 and "!" not in title for title in titles)
    assert len(words["themes"]) == 15


def test_both_languages_say_the_same_things():
    def keys(node, path=""):
        return {path + k for k in node} | {
            x for k, v in node.items() if isinstance(v, dict) for x in keys(v, f"{path}{k}.")
        }

    assert keys(tongue("fr").words) == keys(tongue("en").words)
    slots = [set(re.findall(r"{(\w+)}", str(tongue(lang).words["say"]))) for lang in LANGS]
    assert slots[0] == slots[1]


def test_numbers_in_letters_come_back():
    assert french.letters(81) == "quatre-vingt-un"
    assert french.letters(91) == "quatre-vingt-onze"
    for grammar in (french, english):
        assert len({grammar.letters(n) for n in range(100)}) == 100


def test_the_base_tells_the_first_of_a_month_and_what_was_left_aside():
    letter = write(invented.starred_file())
    assert "du 1er mars 2025 au 31 octobre 2026" in letter.base["text"]
    assert "Sept\u00a0messages dans une autre langue" in write(invented.busy_day()).base["text"].replace(
        "Sept m", "Sept\u00a0m"
    )
    assert write(invented.nps_file()).period == Period(kind="all", since=None, until=None)
    assert write(invented.nps_file()).day is None


@pytest.mark.parametrize("make", [invented.busy_day, invented.quiet_day, invented.grave_day])
def test_a_month_of_the_same_news_never_repeats_a_title_within_two_weeks(make):
    past: list[Told] = []
    for i in range(30):
        day = invented.FRIDAY + timedelta(days=i)
        recent = [told for told in past if day - told.day <= timedelta(days=14)]
        period = Period(kind="day", since=day, until=day + timedelta(days=1))
        letter = write(make(number=i, period=period, told=recent))
        check_rules(letter)
        titles = [brief.title for brief in letter.briefs]
        assert not set(titles) & {told.title for told in recent}
        assert len(set(titles)) == len(titles)
        past += [Told(day=day, subject=b.subject, kind=b.kind, title=b.title) for b in letter.briefs]
    if make is not invented.quiet_day:
        assert "plus de deux semaines" in letter.briefs[0].text


def test_a_column_that_repeats_the_score_in_other_words_is_no_segment():
    repeated = [
        invented.points("nps", -100, 0, 500, group="detractor"),
        invented.points("nps", 100, 0, 300, group="promoter"),
        invented.points("nps", -10, 5, 500, stage="order"),
        invented.points("nps", -50, 8, 300, stage="delivery"),
    ]
    split = next(b for b in write(invented.nps_file(splits=repeated)).briefs if b.kind == "split")
    assert {key for m in split.measures for key in m.where} == {"stage"}
    assert not [b for b in write(invented.nps_file(splits=repeated[:2])).briefs if b.kind == "split"]
