import base64
import copy
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.keep import anchors, erase, tree, verifier, witness
from portevoix.keep.receipt import Signers, written
from portevoix.keep.store import Store
from tests.keep.coming import Coming
from tests.keep.stamping import Authority

PERSON = "client3@example.org"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """A receipt, the public keys and the claim code."""
    store = Store(tmp_path_factory.mktemp("receipt") / "voice")
    store.add(Coming([f"texte {n}" for n in range(30)], people=True), {})
    claims: list[str] = []
    erase.forget(store, ["client5@example.org"], lambda *_: None)
    (receipt,) = erase.forget(store, [PERSON], lambda _, claim: claims.append(claim))
    keys = json.dumps(Signers(store.home).published())
    store.close()
    return written(receipt), keys, claims[0]


@dataclass
class Completed:
    """A receipt with two witnesses and a time stamp, the public keys with theirs, the authority's root, the claim code."""

    receipt: str
    keys: str
    root: bytes
    claim: str


@pytest.fixture(scope="module")
def completed(tmp_path_factory: pytest.TempPathFactory) -> Completed:
    folder = tmp_path_factory.mktemp("completed")
    store, claims = Store(folder / "voice"), []
    store.add(Coming([f"texte {n}" for n in range(30)], people=True), {})
    (receipt,) = erase.forget(store, [PERSON], lambda _, claim: claims.append(claim))
    store.add(Coming([f"autre {n}" for n in range(9)], source="suite"), {})
    anchors.hand_out(store, folder)
    request, operator = (folder / "request.txt").read_text("utf-8"), Signers(store.home).public("operator")
    for name in ("auditor.example", "client.example"):
        anchors.take(store, witness.cosign(folder / name, request, operator).encode())
    authority = Authority(folder / "authority")
    anchors.take(store, authority.reply((folder / "head.tsq").read_bytes()))
    done = anchors.completed(store, json.loads(written(receipt)))
    keys = json.dumps(Signers(store.home).published())
    store.close()
    return Completed(written(done), keys, authority.root, claims[0])


def accepted(receipt: str, keys: str, person: str | None = None, claim: str | None = None, **asked) -> bool:
    try:
        verifier.verify(receipt, keys, person, claim, **asked)
    except verifier.Refused:
        return False
    return True


def places(content: object, path: tuple = ()) -> Iterator[tuple]:
    """The path of every field and list item of a document."""
    inside = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for name, value in inside:
        yield (*path, name)
        yield from places(value, (*path, name))


def at(content: object, path: tuple) -> object:
    for name in path:
        content = content[name]
    return content


def altered(value: object) -> Iterator[object]:
    """Other values than this one, as near to it as can be."""
    if isinstance(value, bool) or value is None:
        yield 1
    elif isinstance(value, int):
        yield from (value + 1, value - 1, float(value), str(value), True)
    elif isinstance(value, str):
        yield from (
            value + " ",
            value.upper() if value != value.upper() else value.lower(),
            value[:-1],
            "",
            None,
        )
        if value:
            yield chr(ord(value[0]) ^ 1) + value[1:]
            middle = len(value) // 2
            yield value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :]
    elif isinstance(value, list):
        yield from ([], [*value, *value[:1]], [*value, None])
        if value[::-1] != value:
            yield value[::-1]
    elif isinstance(value, dict):
        yield from ({}, {**value, "more": 1}, list(value.items()))


def forgeries(receipt: str) -> Iterator[tuple[tuple, str, object]]:
    """Every field of a receipt removed, and altered in several ways: one at a time."""
    whole = json.loads(receipt)
    for path in places(whole):
        *above, name = path
        removed = copy.deepcopy(whole)
        del at(removed, tuple(above))[name]
        yield path, "removed", removed
        value = at(whole, path)
        for other in altered(value):
            if type(other) is type(value) and other == value:
                continue
            changed = copy.deepcopy(whole)
            at(changed, tuple(above))[name] = other
            yield path, f"altered to {type(other).__name__}", changed


def test_a_receipt_holds_for_its_person_alone(made) -> None:
    receipt, keys, claim = made
    assert accepted(receipt, keys)
    assert accepted(receipt, keys, PERSON, claim)
    assert accepted(receipt, keys, f" {PERSON.upper()} ", claim.lower().replace("-", " "))
    assert not accepted(receipt, keys, "client4@example.org", claim)
    assert not accepted(receipt, keys, PERSON, claim[:-1] + ("A" if claim[-1] != "A" else "B"))
    assert not accepted(receipt, keys, "", claim)


def test_no_single_alteration_or_removal_of_a_field_is_accepted(made) -> None:
    receipt, keys, _ = made
    tried = [(path, how) for path, how, forged in forgeries(receipt)]
    taken = [
        (path, how)
        for path, how, forged in forgeries(receipt)
        if accepted(json.dumps(forged, ensure_ascii=False), keys)
    ]
    assert taken == []
    assert len(tried) >= 200


def test_no_single_alteration_or_removal_of_a_completed_receipt_is_accepted(completed: Completed) -> None:
    """Witnesses, the proof that the log only grew, the time stamp and the seal count as every other field."""
    assert accepted(completed.receipt, completed.keys, witnesses=2, tsa=completed.root)
    tried = [
        (path, how, json.dumps(forged, ensure_ascii=False))
        for path, how, forged in forgeries(completed.receipt)
    ]
    for demands in ({}, {"witnesses": 2, "tsa": completed.root}):
        taken = [(path, how) for path, how, forged in tried if accepted(forged, completed.keys, **demands)]
        assert taken == []
    assert len(tried) >= 480
    assert {path[2] for path, *_ in tried if path[:2] == ("proof", "anchor") and len(path) > 2} == {
        "head",
        "consistency",
        "time",
    }


def test_no_line_of_a_head_can_be_taken_out_or_altered(completed: Completed) -> None:
    whole = json.loads(completed.receipt)
    lines = whole["proof"]["anchor"]["head"].split("\n")
    for place in range(len(lines)):
        for other in ([], [lines[place], lines[place]], [lines[place] + "A"], [lines[place][:-1]], [""]):
            changed = copy.deepcopy(whole)
            changed["proof"]["anchor"]["head"] = "\n".join([*lines[:place], *other, *lines[place + 1 :]])
            if changed != whole:
                assert not accepted(json.dumps(changed), completed.keys)


def test_a_completed_receipt_says_how_many_witnesses_and_when(completed: Completed) -> None:
    found = verifier.verify(completed.receipt, completed.keys, PERSON, completed.claim, tsa=completed.root)
    assert [name for name, _ in found.witnesses] == ["auditor.example", "client.example"]
    assert found.before is not None
    said = " ".join(found.said())
    assert "Co-signed by 2 of the witnesses" in said
    assert f"{found.before:%Y-%m-%d}" in said
    assert not accepted(completed.receipt, completed.keys, "client4@example.org", completed.claim)
    assert not accepted(completed.receipt, completed.keys, witnesses=3)


def test_what_a_receipt_lost_is_missed_by_whoever_asks_for_it(completed: Completed) -> None:
    """As it was first issued a receipt still holds; who wants witnesses or a time stamp says so, and is refused."""
    whole = json.loads(completed.receipt)
    for name in ("anchor", "seal"):
        del whole["proof"][name]
    first = json.dumps(whole)
    assert accepted(first, completed.keys)
    assert not accepted(first, completed.keys, witnesses=1)
    assert not accepted(first, completed.keys, tsa=completed.root)


def test_an_operator_who_seals_what_nobody_said_is_caught(completed: Completed, tmp_path: Path) -> None:
    """The seal is the operator's: witnesses and the time stamp must hold by themselves under it."""
    stranger = Authority(tmp_path / "stranger")
    assert not accepted(completed.receipt, completed.keys, tsa=stranger.root)
    known = json.loads(completed.keys)
    other, (name, public) = known["witnesses"], known["witnesses"][0].split("+")[0::2]
    forged = base64.b64encode(b"\x04" + os.urandom(32)).decode()
    mark = verifier.note_key(name, base64.b64decode(forged)[1:], verifier.WITNESS_KEY).hex()
    with_another = json.dumps({**known, "witnesses": [f"{name}+{mark}+{forged}", other[1]]})
    assert not accepted(completed.receipt, with_another, witnesses=2)
    assert public != forged
    head = verifier.read_head(
        json.loads(completed.receipt)["proof"]["anchor"]["head"],
        json.loads(completed.receipt)["statement"]["predicate"]["origin"],
        base64.b64decode(known["operator"]),
    )
    reply = base64.b64decode(json.loads(completed.receipt)["proof"]["anchor"]["time"])
    assert verifier._stamped(reply, head, "2026-01-01T00:00:00Z", completed.root) is not None
    with pytest.raises(verifier.Refused, match="from before the receipt"):
        verifier._stamped(reply, head, "2126-01-01T00:00:00Z", completed.root)


def test_a_payload_altered_with_its_statement_is_refused(made) -> None:
    receipt, keys, _ = made
    whole = json.loads(receipt)
    whole["statement"]["predicate"]["erased"]["verbatims"] = 0
    payload = base64.b64encode(verifier.canonical(whole["statement"])).decode()
    whole["proof"]["envelope"]["payload"] = payload
    assert not accepted(json.dumps(whole), keys)


def test_a_field_said_twice_and_what_is_no_json_are_refused(made) -> None:
    receipt, keys, _ = made
    assert not accepted('{"statement": {}, ' + receipt.lstrip()[1:], keys)
    for text in ("", "[]", "null", "{", "[" * 100_000, '{"statement": NaN}', receipt + "x"):
        assert not accepted(text, keys)
        assert not accepted(receipt, text)
    for forged in (
        receipt.replace("portevoix/", "\\ud800/", 1),
        receipt.replace('"head": "', '"head": "\\ud800'),
        re.sub(r'"index": \d+', '"index": 1e999', receipt, count=1),
    ):
        assert forged != receipt
        assert not accepted(forged, keys)


def test_other_people_s_keys_and_swapped_roles_are_refused(made, tmp_path: Path) -> None:
    receipt, keys, _ = made
    known = json.loads(keys)
    assert not accepted(receipt, json.dumps({"operator": known["dpo"], "dpo": known["operator"]}))
    assert not accepted(receipt, json.dumps({"operator": known["operator"], "dpo": known["operator"]}))
    stranger = Store(tmp_path / "other")
    other = Signers(stranger.home).published()
    stranger.close()
    assert not accepted(receipt, json.dumps({**known, "dpo": other["dpo"]}))
    assert not accepted(receipt, json.dumps({**known, "operator": other["operator"]}))


def test_a_time_stamp_is_checked_with_a_second_file_beside_the_verifier(
    completed: Completed, tmp_path: Path
) -> None:
    for module in (verifier, verifier.importlib.import_module("portevoix.keep.timestamp")):
        (tmp_path / Path(module.__file__).name).write_bytes(Path(module.__file__).read_bytes())
    (tmp_path / "receipt.json").write_text(completed.receipt, "utf-8")
    (tmp_path / "keys.json").write_text(completed.keys, "utf-8")
    (tmp_path / "root.pem").write_bytes(completed.root)
    words = ["receipt.json", "keys.json", "--tsa", "root.pem", "--witnesses", "2"]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run() -> subprocess.CompletedProcess:
        command = [sys.executable, "verifier.py", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=clean)

    held = run()
    assert held.returncode == 0, held.stderr
    assert "Co-signed by 2" in held.stdout
    (tmp_path / "timestamp.py").unlink()
    assert "put timestamp.py beside" in run().stderr


def test_the_verifier_is_one_file_that_needs_cryptography_alone(made, tmp_path: Path) -> None:
    receipt, keys, claim = made
    alone = tmp_path / "verifier.py"
    alone.write_text(Path(verifier.__file__).read_text("utf-8"), "utf-8")
    (tmp_path / "receipt.json").write_text(receipt, "utf-8")
    (tmp_path / "keys.json").write_text(keys, "utf-8")
    assert "portevoix." not in "".join(
        line for line in alone.read_text("utf-8").splitlines() if line.startswith(("import", "from"))
    )

    def run(*more: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-I", "verifier.py", "receipt.json", "keys.json", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    held = run("--person", PERSON, "--claim", claim)
    assert held.returncode == 0
    assert "that the cells of the disk are physically blank" in held.stdout
    assert run("--person", "someone@example.org", "--claim", claim).returncode == 3
    (tmp_path / "receipt.json").write_text(receipt.replace("person", "people", 1), "utf-8")
    assert run().returncode == 3


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_every_leaf_of_the_tree_is_led_to_its_root_and_no_other(
    leaves: list[bytes], data: st.DataObject
) -> None:
    hashed = [verifier.entry("key", leaf) for leaf in leaves]
    found = tree.levels(hashed)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = tree.path(found, index)
    assert verifier.root_of(hashed[index], index, len(leaves), path) == tree.root(found)
    other = data.draw(st.integers(0, len(leaves) - 1))
    if hashed[other] != hashed[index]:
        with pytest.raises((verifier.Refused, AssertionError)):
            assert verifier.root_of(hashed[other], other, len(leaves), path) == tree.root(found)


def test_the_tree_is_that_of_rfc_9162() -> None:
    """The recursive definition of section 2.1.1, written again here."""

    def head(entries: list[bytes]) -> bytes:
        if not entries:
            return hashlib.sha256(b"").digest()
        if len(entries) == 1:
            return hashlib.sha256(b"\x00" + entries[0]).digest()
        split = 1 << (len(entries) - 1).bit_length() - 1
        return hashlib.sha256(b"\x01" + head(entries[:split]) + head(entries[split:])).digest()

    for size in range(40):
        entries = [bytes([n]) * n for n in range(size)]
        hashed = [hashlib.sha256(b"\x00" + one).digest() for one in entries]
        assert tree.root(tree.levels(hashed)) == head(entries)


def test_the_envelope_signs_what_dsse_says() -> None:
    expected = b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
    assert verifier.pae(b"{}") == expected
