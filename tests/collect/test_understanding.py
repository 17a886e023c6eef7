"""Which column is what, in exports as French and English tools write them, and how a mapping corrects it."""

import csv
import io

import pytest

from portevoix.collect.files import source
from portevoix.collect.reading import Refused
from portevoix.collect.scales import SCALES, score
from portevoix.errors import BadSource, UnknownName
from portevoix.nouns import Case, Customer, Verbatim
from portevoix.settings import Settings
from portevoix.tables import schema_of

COMMENTS = [
    "Le technicien est venu à l'heure et tout marche.",
    "Trois appels pour rien, personne ne rappelle.",
    "La facture est fausse depuis deux mois.",
    "Très bon accueil en boutique ce matin.",
    "La connexion tombe tous les soirs vers vingt heures.",
    "Livraison rapide mais le colis était ouvert.",
]


def table(tmp_path, header, *rows, name="f.csv", **options):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    writer.writerows(rows)
    (tmp_path / name).write_text(out.getvalue(), "utf-8")
    return source(tmp_path / name, **options)


def fields_of(reading):
    return {line.column: line.field for line in reading.understood}


def rows_of(reading):
    return [row for batch in reading.batches() for row in batch.rows.to_pylist()]


def refused_of(reading) -> list[Refused]:
    return [refused for batch in reading.batches() for refused in batch.refused]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (  # Google Forms
            [
                "Horodateur",
                "Adresse e-mail",
                "Quelle est la probabilité que vous nous recommandiez à un proche ?",
                "Avez-vous trouvé cela facile ?",
                "Pourquoi cette note ?",
            ],
            ["2026/11/03 3:15:33 PM UTC+1", "p{i}@exemple.fr", "{nps}", "{five}", "{words}"],
            ["said_at", "person", "nps", "easy", "text"],
        ),
        (  # Typeform
            [
                "#",
                "How likely are you to recommend us?",
                "How satisfied are you with the service?",
                "Anything to add?",
                "Submit Date (UTC)",
            ],
            ["r{i}x", "{nps}", "{five}", "{words}", "2026-11-03 10:0{i}:00"],
            [None, "nps", "csat", "text", "said_at"],
        ),
        (  # GLPI
            [
                "ID",
                "Titre",
                "Description",
                "Statut",
                "Date d'ouverture",
                "Dernière modification",
                "Demandeur - Demandeur",
            ],
            ["{i}", "Panne {i}", "{words}", "Clos", "2026-09-14 12:00", "2026-09-15 06:59", "client {i}"],
            ["own_id", None, "text", "status", "said_at", None, "person"],
        ),
        (  # Trustpilot
            [
                "Review Id",
                "Review Created",
                "Consumer Name",
                "Review Title",
                "Review Body",
                "Stars",
                "Language",
                "Date of Experience",
            ],
            [
                "a{i}",
                "2026-11-03T10:00:00Z",
                "Lea R{i}",
                "Bof bof {i}",
                "{words}",
                "{five}",
                "fr",
                "2026-11-01",
            ],
            ["own_id", "said_at", "person", None, "text", "stars", "lang", None],
        ),
        (  # Medallia and its like
            [
                "response_id",
                "response_date",
                "Canal",
                "Produit",
                "Prestataire",
                "nps_score",
                "csat_score",
                "Verbatim client",
                "Segment client",
            ],
            ["{i}", "03/11/2026 10:00", "mail", "Fibre", "CC Nord", "{nps}", "{five}", "{words}", "Pro"],
            ["own_id", "said_at", "channel", "product", "provider", "nps", "csat", "text", "segment"],
        ),
        (  # Twitter
            [
                "tweet_id",
                "author_id",
                "inbound",
                "created_at",
                "text",
                "in_response_to_tweet_id",
                "followers_count",
            ],
            ["{i}", "u{i}", "True", "Tue Oct 31 22:10:47 +0000 2017", "{words}", "7", "120"],
            ["own_id", "person", "author", "said_at", "text", "in_reply_to", "reach"],
        ),
        (  # the three questions
            [
                "date",
                "L'échange était-il agréable ?",
                "Était-ce facile ?",
                "A-t-on répondu à vos besoins ?",
                "commentaire",
            ],
            ["03/11/2026", "{five}", "{five}", "{five}", "{words}"],
            ["said_at", "enjoyable", "easy", "needs_met", "text"],
        ),
    ],
)
def test_the_columns_of_a_known_tool_are_understood(tmp_path, header, cells, expected):
    rows = [
        [cell.format(i=i, words=words, nps=(3 * i) % 11, five=1 + i % 5) for cell in cells]
        for i, words in enumerate(COMMENTS)
    ]
    reading = table(tmp_path, header, *rows)
    assert [fields_of(reading)[column] for column in header] == expected
    assert len(rows_of(reading)) == 6


def test_a_score_without_words_counts_and_words_without_score_stay(tmp_path):
    reading = table(
        tmp_path,
        ["nps", "commentaire"],
        ["9", ""],
        ["", "Rien à redire sur le service"],
        ["", " "],
        ["0", COMMENTS[0]],
    )
    assert [(row["nps"], row["text"][:4]) for row in rows_of(reading)] == [
        (9, ""),
        (None, "Rien"),
        (0, "Le t"),
    ]
    assert refused_of(reading) == [Refused(line=4, reason="it has neither words nor a score")]


def test_a_score_off_its_scale_is_set_aside_and_the_words_are_kept(tmp_path):
    rows = [[str(i % 11), words] for i, words in enumerate(COMMENTS * 3)]
    reading = table(tmp_path, ["nps", "commentaire"], *rows, ["42", "Les mots restent quand même"])
    assert rows_of(reading)[-1]["nps"] is None
    assert rows_of(reading)[-1]["text"] == "Les mots restent quand même"
    (refused,) = refused_of(reading)
    assert (refused.line, refused.column) == (20, "nps")
    assert "42" not in refused.reason


def test_a_name_is_not_enough_the_values_must_fit(tmp_path):
    reading = table(
        tmp_path,
        ["Satisfaction", "nps", "avis"],
        *[[str(i), str(10 * i), words] for i, words in enumerate(COMMENTS, 5)],
    )
    assert fields_of(reading) == {"Satisfaction": None, "nps": None, "avis": "text"}
    assert "1–5" in str(reading.understood[0])
    assert "0–10" in str(reading.understood[1])


def test_an_unreadable_date_sets_the_row_aside_and_quotes_no_words(tmp_path):
    rows = [["03/11/2026", words] for words in COMMENTS * 2]
    reading = table(
        tmp_path,
        ["date", "avis"],
        *rows,
        ["hier soir", "secret"],
        ["31/02/2026", "autre"],
        ["", "sans date mais avec des mots"],
    )
    refused = refused_of(reading)
    assert [(r.line, "secret" in r.reason, "hier" in r.reason) for r in refused] == [
        (14, False, False),
        (15, False, False),
    ]
    assert "31/02/2026" in refused[1].reason
    assert rows_of(reading)[-1]["said_at"] is None


def test_dates_without_zone_are_in_the_settings_zone(tmp_path):
    reading = table(
        tmp_path,
        ["date", "avis"],
        *[["03/07/2026 12:00", words] for words in COMMENTS],
        settings=Settings(timezone="America/Montreal"),
    )
    assert rows_of(reading)[0]["said_at"].isoformat() == "2026-07-03T16:00:00"


def test_american_dates_are_read_the_month_first_when_the_values_say_so(tmp_path):
    reading = table(
        tmp_path, ["date", "comment"], *[[f"06/{12 + i}/2026", words] for i, words in enumerate(COMMENTS)]
    )
    assert rows_of(reading)[0]["said_at"].isoformat() == "2026-06-11T22:00:00"
    assert "month first" in str(reading.understood[0])


def test_categories_are_kept_by_their_own_name_and_personal_columns_never(tmp_path):
    rows = [
        [
            words,
            ["Nord", "Sud"][i % 2],
            f"Agent {i % 2}",
            f"p{i % 3}@exemple.fr",
            f"{i}",
            ["Marie Durand", "Paul Petit", "Léa Roux"][i % 3],
            "06 12 34 56 78",
        ]
        for i, words in enumerate(COMMENTS * 5)
    ]
    reading = table(tmp_path, ["avis", "Région", "Agent", "contact mail 2", "rang", "qui", "joindre"], *rows)
    kept = {key for row in rows_of(reading) for key, _ in row["more"]}
    assert kept == {"Région"}
    assert all(line.why for line in reading.understood)
    assert {line.column for line in reading.understood} == {
        "avis",
        "Région",
        "Agent",
        "contact mail 2",
        "rang",
        "qui",
        "joindre",
    }


def test_a_category_that_overflows_further_down_is_cut_and_said(tmp_path):
    rows = [["un commentaire bien réel", "AB"[i % 2] if i < 6000 else f"v{i}"] for i in range(6200)]
    reading = table(tmp_path, ["avis", "code"], *rows)
    values = {value for row in rows_of(reading) for _, value in row["more"]}
    assert len(values) == 50
    assert any("'code'" in note for note in reading.notes)


def test_a_mapping_overrules_the_guess_and_keeps_further_columns(tmp_path):
    rows = [
        [words, f"titre long numéro {i} sans suite", str(i % 11), f"x{i}", "06 12 34 56 78"]
        for i, words in enumerate(COMMENTS)
    ]
    mapping = {"text": "objet", "nps": "", "more": ["libre", "note"], "joint": "tel"}
    reading = table(tmp_path, ["avis", "objet", "note", "libre", "tel"], *rows, mapping=mapping)
    row = rows_of(reading)[0]
    assert row["text"] == "titre long numéro 0 sans suite"
    assert dict(row["more"]) == {"libre": "x0", "note": "0", "joint": "[phone]"}
    assert fields_of(reading)["objet"] == "text"


def test_a_mapping_that_names_nothing_is_told_what_there_is(tmp_path):
    rows = [[words] for words in COMMENTS]
    with pytest.raises(UnknownName, match="avis"):
        table(tmp_path, ["avis"], *rows, mapping={"text": "verbatims"})
    with pytest.raises(UnknownName, match="text"):
        table(tmp_path, ["avis"], *rows, mapping={"texte": "avis"})
    with pytest.raises(UnknownName, match="customers"):
        table(tmp_path, ["avis"], *rows, kind="clients")


def test_no_column_of_words_lists_the_columns_and_says_what_to_do(tmp_path):
    with pytest.raises(BadSource, match=r"Columns: ref, montant\. Say which one with --map text=COLUMN"):
        table(tmp_path, ["ref", "montant"], *[[f"A{i}", "12,5"] for i in range(5)])


def test_comments_one_a_line_without_any_header_are_read(tmp_path):
    (tmp_path / "avis.txt").write_text("\n".join(COMMENTS), "utf-8")
    reading = source(tmp_path / "avis.txt")
    assert [row["text"] for row in rows_of(reading)] == COMMENTS
    assert "no header" in reading.notes[0]


def test_a_table_without_a_header_is_read_and_said(tmp_path):
    (tmp_path / "f.csv").write_text(
        "".join(f"2026-11-0{i + 1};{i};{words}\n" for i, words in enumerate(COMMENTS)), "utf-8"
    )
    reading = source(tmp_path / "f.csv")
    assert len(rows_of(reading)) == 6
    assert rows_of(reading)[0]["line"] == 1


def test_a_preamble_and_a_sep_line_are_seen_through(tmp_path):
    body = "".join(f"{i};{words};{i}\n" for i, words in enumerate(COMMENTS))
    (tmp_path / "f.csv").write_text(
        "Export qualité\nDu 1er au 3 novembre\n\nref;commentaire;nps\n" + body, "utf-8"
    )
    reading = source(tmp_path / "f.csv")
    assert [row["line"] for row in rows_of(reading)] == [5, 6, 7, 8, 9, 10]
    assert [refused.line for refused in refused_of(reading)] == [1, 2]
    (tmp_path / "g.csv").write_text("sep=;\nref;commentaire;nps\n" + body, "utf-8")
    assert [row["nps"] for row in rows_of(source(tmp_path / "g.csv"))] == [0, 1, 2, 3, 4, 5]


def test_two_things_said_under_one_identifier_stay_two(tmp_path):
    rows = [[f"a{i}", f"un commentaire bien réel, le {i}"] for i in range(6000)]
    reading = table(tmp_path, ["id", "avis"], *rows, ["a3", "autre chose sous le même numéro"], rows[4])
    last = rows_of(reading)[-2:]
    assert [row["own_id"] for row in last] == [None, "a4"]
    assert any("other words: 1;" in note for note in reading.notes)


def test_a_note_out_of_ten_is_left_out_with_what_to_do(tmp_path):
    reading = table(
        tmp_path, ["note", "avis"], *[[str(5 + i % 6), words] for i, words in enumerate(COMMENTS * 2)]
    )
    assert "--map nps=note" in str(reading.understood[0])


def test_duplicate_headers_are_numbered(tmp_path):
    reading = table(tmp_path, ["avis", "note", "note"], *[[words, "4", "2"] for words in COMMENTS])
    assert [line.column for line in reading.understood] == ["avis", "note", "note (2)"]
    assert rows_of(reading)[0]["stars"] == 4.0


def test_the_customers_own_name_leaves_the_words(tmp_path):
    rows = [
        [f"nom{i}", f"Bonjour, ici Rouvier{i}, {words}", f"Rouvier{i}"] for i, words in enumerate(COMMENTS)
    ]
    reading = table(tmp_path, ["id client", "avis", "Nom"], *rows)
    assert all("Rouvier" not in row["text"] for row in rows_of(reading))


def test_customers_have_their_dates_amounts_and_covariates(tmp_path):
    rows = [
        [
            f"C{i}",
            "01/02/2020",
            "" if i % 2 else "03/11/2026",
            "1 234,50",
            "12,5 %"[:4],
            f"C{i - 1}" if i else "",
            ["Fibre", "TV"][i % 2],
            str(20 + i),
        ]
        for i in range(12)
    ]
    reading = table(
        tmp_path,
        [
            "Numéro client",
            "Client depuis",
            "Date de résiliation",
            "Chiffre d'affaires",
            "marge",
            "Parrain",
            "offre",
            "âge",
        ],
        *rows,
        kind="customers",
    )
    row = rows_of(reading)[1]
    assert (row["person"], row["revenue"], row["margin"], row["referred_by"], row["left_at"]) == (
        "C1",
        1234.5,
        12.5,
        "C0",
        None,
    )
    assert row["since"].isoformat() == "2020-01-31T23:00:00"
    assert dict(row["more"])["offre"] == "TV"


def test_cases_have_their_four_dates_and_may_come_again(tmp_path):
    rows = [
        [f"T{i // 2}", "client 1", "Facture", "03/11/2026 10:00", "03/11/2026 11:00", "04/11/2026 10:00", "1"]
        for i in range(6)
    ]
    reading = table(
        tmp_path,
        [
            "Numéro",
            "Demandeur",
            "Catégorie",
            "Date d'ouverture",
            "Date de prise en charge",
            "Date de résolution",
            "reopen_count",
        ],
        *rows,
        kind="cases",
    )
    row = rows_of(reading)[0]
    assert (row["own_id"], row["person"], row["theme"], row["relapses"]) == ("T0", "client 1", "Facture", 1)
    assert row["opened_at"] < row["answered_at"] < row["claimed_at"]


@pytest.mark.parametrize(
    ("kind", "noun"), [("verbatims", Verbatim), ("customers", Customer), ("cases", Case)]
)
def test_the_columns_are_the_nouns_own(tmp_path, kind, noun):
    rows = [[f"C{i}", words, "03/11/2026"] for i, words in enumerate(COMMENTS)]
    reading = table(tmp_path, ["id client", "avis", "opened_at"], *rows, kind=kind)
    schema = next(reading.batches()).rows.schema
    assert schema.names == [name for name in schema_of(noun).names if name != "id"] + [
        "own_id",
        "row",
        "line",
    ]


@pytest.mark.parametrize(
    ("cell", "name", "value"),
    [("9", "nps", 9), ("9,0", "nps", 9), ("9/10", "nps", 9), ("10 - Très probable", "nps", 10), ("0 (pas du tout)", "nps", 0), ("4 étoiles", "stars", 4),
     ("★★★★☆", "stars", 4), ("3,5", "stars", 3.5), ("4 sur 5", "csat", 4), ("Très satisfait", "csat", 5), ("Pas du tout d'accord", "easy", 1), ("Promoter", "nps", None),
     ("8/20", "csat", None), ("bien", "csat", None), ("", "nps", None)],
)  # fmt: skip
def test_a_score_is_read_as_people_write_it(cell, name, value):
    assert score(cell, SCALES[name]) == value


def test_nothing_that_is_printed_holds_words(tmp_path):
    reading = table(tmp_path, ["avis", "nps"], *[[words, "3"] for words in COMMENTS])
    shown = repr(reading) + str(reading.understood) + str(reading.notes) + repr(next(reading.batches()))
    assert not any(words[:12] in shown for words in COMMENTS)
