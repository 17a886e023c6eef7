"""Forgetting and keeping from the command line, as people do it: in their own folder, with the default home."""

import contextlib
import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from portevoix import cli

WORDS = "id;date;client;commentaire\n" + "".join(
    f"{n};2026-10-{1 + n % 28:02d};client{n % 5}@example.org;La livraison {n} est arrivée en retard, service lent\n"
    for n in range(40)
)


@dataclass
class Done:
    stdout: str
    stderr: str


def run(folder: Path, *words: str, code: int = 0) -> Done:
    """The command line in this process, as `portevoix` starts it."""
    out, notes, before, arguments = io.StringIO(), io.StringIO(), Path.cwd(), sys.argv
    os.chdir(folder)
    sys.argv = ["portevoix", *words]
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(notes),
            pytest.raises(SystemExit) as end,
        ):
            cli.main()
    finally:
        os.chdir(before)
        sys.argv = arguments
    assert (end.value.code or 0) == code, notes.getvalue()
    return Done(out.getvalue(), notes.getvalue())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "avis.csv").write_text(WORDS, "utf-8")
    run(tmp_path, "collect", "avis.csv")
    return tmp_path


def test_a_person_is_forgotten_and_the_receipt_checked_offline(folder: Path) -> None:
    done = run(folder, "forget", "client3@example.org")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("claim code")]
    claim = line.split(": ")[1]
    assert "client3" not in done.stdout + done.stderr
    assert claim not in done.stdout
    assert "Not proven" in done.stderr
    (folder / "receipt.json").write_text(done.stdout, "utf-8")
    assert json.loads(done.stdout)["statement"]["predicate"]["erased"]["verbatims"] == 8
    run(folder, "check", "receipt.json")
    run(folder, "check", "receipt.json", "--person", "client3@example.org", "--claim", claim)
    run(folder, "check", "receipt.json", "--person", "client4@example.org", "--claim", claim, code=3)
    run(folder, "check", "receipt.json", "--person", "client4@example.org", code=2)
    (folder / "keys.json").write_bytes((folder / "voice" / "signing" / "public.json").read_bytes())
    run(folder, "check", "receipt.json", "--keys", "keys.json", "--home", "nowhere")
    (folder / "receipt.json").write_text(done.stdout.replace('"verbatims": 8', '"verbatims": 9'), "utf-8")
    run(folder, "check", "receipt.json", code=3)


def test_their_file_comes_in_again_without_them(folder: Path) -> None:
    run(folder, "forget", "client3@example.org")
    assert "32 already known · 8 set aside" in run(folder, "collect", "avis.csv").stdout
    assert run(folder, "collect", "--refused").stdout.count("this person asked to be forgotten") == 8


def test_many_are_forgotten_from_a_file_and_an_unknown_one_changes_nothing(folder: Path) -> None:
    people = folder / "people.txt"
    people.write_text("client0@example.org\nclient1@example.org\n", "utf-8")
    done = run(folder, "forget", "--file", "people.txt")
    assert len(json.loads(done.stdout)) == 2
    people.write_text("client2@example.org\nnobody@example.org\n", "utf-8")
    refused = run(folder, "forget", "--file", "people.txt", code=1)
    assert "nobody@example.org" not in refused.stderr
    assert "24 verbatims" in run(folder, "keep", "check").stdout


def test_a_home_is_checked_backed_up_undone_and_restored(folder: Path) -> None:
    backup = run(folder, "keep", "backup", "safe", "--keys", "vault").stdout.strip()
    run(folder, "forget", "client3@example.org")
    run(folder, "keep", "undo", "1")
    assert "0 verbatims" in run(folder, "keep", "check").stdout
    assert "1 keys destroyed again" in run(folder, "keep", "restore", backup, "--keys", "vault").stdout
    checked = run(folder, "keep", "check")
    assert "32 verbatims" in checked.stdout
    assert "files are of no use" not in checked.stderr


def test_a_home_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    for words in (["forget", "x"], ["keep", "check"], ["keep", "compact"], ["keep", "undo"]):
        assert "no home of Portevoix" in run(tmp_path, *words, code=1).stderr
    assert list(tmp_path.iterdir()) == []
    run(tmp_path, "check", "nothing.json", code=2)
    run(tmp_path, "keep", "restore", "nothing", code=2)
    run(tmp_path, "forget", code=2)


def test_a_witness_outside_co_signs_the_log_and_a_receipt_tells(folder: Path) -> None:
    (folder / "receipt.json").write_text(run(folder, "forget", "client3@example.org").stdout, "utf-8")
    run(folder, "check", "receipt.json", "--witnesses", "1", code=3)
    run(folder, "keep", "receipt", "receipt.json", code=1)
    assert "out/request.txt" in run(folder, "keep", "head", "out").stdout
    public = "voice/signing/public.json"
    run(folder, "keep", "witness", "out/request.txt", "--as", "auditor.example", code=2)
    reply = run(folder, "keep", "witness", "out/request.txt", "--as", "auditor.example", "--keys", public)
    (folder / "reply.txt").write_text(reply.stdout, "utf-8")
    assert "co-signature of auditor.example" in run(folder, "keep", "head", "--take", "reply.txt").stdout
    (folder / "whole.json").write_text(run(folder, "keep", "receipt", "receipt.json").stdout, "utf-8")
    said = run(folder, "check", "whole.json", "--witnesses", "1").stdout
    assert "Co-signed by 1 of the witnesses whose keys were given; auditor.example" in said
    assert "Time stamp: none." in said
    assert "Not proven:" in said
    run(folder, "check", "whole.json", "--witnesses", "2", code=3)
    run(folder, "check", "whole.json", "--tsa", "reply.txt", code=3)
    run(folder, "keep", "head", code=2)
    assert "whole" in run(folder, "keep", "check").stdout
