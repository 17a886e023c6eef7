"""What the law lets people ask for: all that is held about them, and the record of processing."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path

import pytest

from portevoix.errors import PortevoixError
from portevoix.keep import about
from portevoix.nouns import Case, Customer, Verbatim
from portevoix.settings import Endpoint, Settings
from portevoix.voice import Voice
from tests.keep.coming import Coming
from tests.keep.test_forget import Given

WHEN = datetime(2026, 6, 1, 9)


@pytest.fixture
def voice(tmp_path: Path):
    with Voice(
        tmp_path / "voice", settings=Settings(company="Filandelle", retention={"verbatims": 36})
    ) as opened:
        said = {"author": "customer", "said_at": WHEN, "channel": "mail", "more": [("ville", "Nantes")]}
        rows = [
            {**said, "own_id": "1", "person": "lea@example.org", "text": "Ma facture est fausse", "nps": 3},
            {
                **said,
                "own_id": "2",
                "person": None,
                "author": "agent",
                "text": "Nous regardons",
                "in_reply_to": "1",
            },
            {**said, "own_id": "3", "person": "max@example.org", "text": "Colis perdu"},
            {**said, "own_id": "4", "person": None, "text": "Anonyme et content"},
        ]
        opened._store.add(Given(Verbatim, rows), {"Ville": "more"})
        cases = [{"own_id": "C1", "person": "lea@example.org", "opened_at": WHEN, "more": []}]
        opened._store.add(Given(Case, cases, "cases", "cas"), {})
        books = [{"person": "lea@example.org", "since": WHEN, "revenue": 12.5, "more": []}]
        opened._store.add(Given(Customer, books, "customers", "clients"), {})
        opened.label()
        yield opened


def test_a_person_gets_all_that_is_held_about_them_and_nothing_of_others(voice: Voice) -> None:
    held = voice.keep_export(" LEA@example.org")
    assert [row["text"] for row in held["verbatims"]] == ["Ma facture est fausse"]
    assert held["verbatims"][0]["said_at"] == "2026-06-01T09:00:00Z"
    assert held["verbatims"][0]["more"] == {"ville": "Nantes"}
    assert [row["text"] for row in held["answers"]] == ["Nous regardons"]
    assert {label["verbatim"] for label in held["labels"]} <= {"tickets/1", "tickets/2"}
    assert any(label["kind"] == "theme" for label in held["labels"])
    assert [case["id"] for case in held["cases"]] == ["cas/C1"]
    assert held["customer"]["revenue"] == 12.5
    whole = json.dumps(held, ensure_ascii=False)
    assert "Colis" not in whole
    assert "Anonyme" not in whole
    assert voice.keep_export(held["person"])["verbatims"] == held["verbatims"]


def test_the_author_of_a_lone_verbatim_gets_it_by_its_id(voice: Voice) -> None:
    held = voice.keep_export("tickets/4")
    assert [row["text"] for row in held["verbatims"]] == ["Anonyme et content"]
    assert held["person"] is held["customer"] is None


def test_what_a_person_may_read_is_what_an_erasure_takes(voice: Voice) -> None:
    held = voice.keep_export("lea@example.org")
    (receipt,) = voice.forget(["lea@example.org"], lambda *_: None)
    erased = receipt.statement["predicate"]["erased"]
    assert erased["verbatims"] == len(held["verbatims"])
    assert erased["replies"] == len(held["answers"])
    assert erased["labels"] == len(held["labels"])
    assert erased["cases"] == len(held["cases"])
    with pytest.raises(about.Nobody, match="forgotten") as error:
        voice.keep_export("lea@example.org")
    assert isinstance(error.value, PortevoixError)
    assert "lea" not in str(error.value)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_record_says_what_is_really_there(voice: Voice, lang: str, tmp_path: Path) -> None:
    found, page = voice.keep_record(lang)
    assert found["controller"] == "Filandelle"
    assert found["terms"] == {"verbatims": "36 mois" if lang == "fr" else "36 months"}
    assert found["people"]["known_by_name"] == ("moins de cinq" if lang == "fr" else "fewer than five")
    assert "Ville" in str(found["data"])
    fields = found["data"]["champs remplis" if lang == "fr" else "fields in use"]
    assert ("note de recommandation" if lang == "fr" else "recommendation score") in fields
    assert not {"étoiles", "stars"} & set(fields), "no star was given"
    assert json.loads(json.dumps(found)) == found
    assert "Filandelle" in page
    assert page.count("\n## ") == 14
    sent = dataclasses.replace(voice.settings, endpoint=Endpoint(url="https://modele.example/v1", model="m"))
    assert not any("modele.example" in one for one in found["recipients"])
    voice.settings = sent
    abroad, _ = voice.keep_record(lang)
    assert any("modele.example" in one for one in abroad["recipients"])
    assert abroad["transfers"] != found["transfers"]
    voice._store.add(Coming([f"texte {n}" for n in range(20)], people=True), {})
    voice.forget(["client3@example.org"], lambda *_: None)
    voice.keep_backup(tmp_path / "coffre")
    after, _ = voice.keep_record(lang)
    assert after["people"]["known_by_name"] == 8
    assert after["erasures"] == 1
    assert any("coffre" in one for one in after["recipients"])
