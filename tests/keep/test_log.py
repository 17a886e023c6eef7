"""The log only grows: consistency proofs by the laws and published vectors, and witnesses who catch a fork."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portevoix.errors import BadHome, BrokenPromise, WrongUse
from portevoix.keep import anchors, erase, tree, verifier, witness
from portevoix.keep.receipt import Signers
from portevoix.keep.store import Store
from tests.keep.coming import Coming

# The eight entries, roots and proofs of the Certificate Transparency project's reference tests (also in transparency-dev/merkle).
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PROOFS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
LEAVES = st.lists(st.binary(max_size=6), min_size=1, max_size=70)


def hashed(entries: list[bytes]) -> tree.Levels:
    return tree.levels([hashlib.sha256(b"\x00" + one).digest() for one in entries])


def follows(first: int, second: int, old: bytes, new: bytes, path: list[bytes]) -> bool:
    try:
        verifier.grown(first, second, old, new, path)
    except verifier.Refused:
        return False
    return True


def rfc_follows(first: int, second: int, old: bytes, new: bytes, path: list[bytes]) -> bool:
    """The steps of RFC 9162, section 2.1.4.2, written from its text: another way than the verifier's."""
    if first == second:
        return old == new and not path
    if not path:
        return False
    steps = [old, *path] if first & (first - 1) == 0 else list(path)
    fn, sn, fr, sr = first - 1, second - 1, steps[0], steps[0]
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = verifier.node(step, fr), verifier.node(step, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = verifier.node(sr, step)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr, sn) == (old, new, 0)


def test_roots_and_proofs_are_the_published_ones() -> None:
    entries = [bytes.fromhex(one) for one in ENTRIES]
    for size in range(1, 9):
        assert tree.root(hashed(entries[:size])).hex() == ROOTS[size - 1]
    for (first, second), proof in PROOFS.items():
        assert [one.hex() for one in tree.consistency(hashed(entries[:second]), first)] == proof
        old, new = (bytes.fromhex(ROOTS[size - 1]) for size in (first, second))
        assert follows(first, second, old, new, [bytes.fromhex(one) for one in proof])


def test_the_proofs_of_the_standard_s_own_example() -> None:
    """RFC 9162, section 2.1.5: seven leaves; between brackets, the nodes that it names."""
    leaves = [bytes([n]) for n in range(7)]
    found = hashed(leaves)
    a, b, c, d = found[0][:4]
    g, h, i = found[1][0], found[1][1], found[1][2]
    j, k, last = found[2][0], found[2][1], found[0][6]
    assert verifier.node(g, h) == k or verifier.node(g, h) == j
    assert tree.consistency(found, 3) == [c, d, g, k]
    assert tree.consistency(found, 4) == [k]
    assert tree.consistency(found, 6) == [i, last, j]
    assert tree.path(found, 0) == [b, h, k]
    assert a == hashlib.sha256(b"\x00\x00").digest()


@given(LEAVES, st.data())
def test_every_tree_is_shown_to_begin_with_each_earlier_one(leaves: list[bytes], data: st.DataObject) -> None:
    second = len(leaves)
    first = data.draw(st.integers(0, second))
    old, new = tree.root(hashed(leaves[:first])), tree.root(hashed(leaves))
    proof = tree.consistency(hashed(leaves), first)
    assert follows(first, second, old, new, proof)
    if first:
        assert rfc_follows(first, second, old, new, proof)
    assert len(proof) <= (second.bit_length() + 1)


@given(LEAVES, st.data())
def test_no_other_tree_is_shown_to_begin_it(leaves: list[bytes], data: st.DataObject) -> None:
    second = len(leaves)
    first = data.draw(st.integers(1, second))
    old, new = tree.root(hashed(leaves[:first])), tree.root(hashed(leaves))
    proof = tree.consistency(hashed(leaves), first)
    place = data.draw(st.integers(0, first - 1))
    forked = [*leaves[:place], leaves[place] + b"!", *leaves[place + 1 :]]
    other = tree.root(hashed(forked[:first]))
    for path in (proof, tree.consistency(hashed(forked), first)):
        assert not follows(first, second, other, new, path)
        assert not follows(first, second, old, tree.root(hashed(forked)), path)
    for size in {first - 1, first + 1} & set(range(1, second + 1)):
        if tree.root(hashed(leaves[:size])) != old:
            assert not follows(size, second, old, new, proof)


@given(LEAVES, st.data())
def test_the_verifier_agrees_with_the_standard_on_any_path(leaves: list[bytes], data: st.DataObject) -> None:
    second = len(leaves)
    first = data.draw(st.integers(1, second))
    old, new = tree.root(hashed(leaves[:first])), tree.root(hashed(leaves))
    proof = tree.consistency(hashed(leaves), first)
    nodes = [node for level in hashed(leaves) for node in level]
    change = data.draw(st.sampled_from(["drop", "add", "swap", "none"]))
    path = list(proof)
    if change == "add" or not path:
        path.insert(data.draw(st.integers(0, len(path))), data.draw(st.sampled_from(nodes)))
    elif change == "drop":
        del path[data.draw(st.integers(0, len(path) - 1))]
    elif change == "swap":
        path[data.draw(st.integers(0, len(path) - 1))] = data.draw(st.sampled_from(nodes))
    assert follows(first, second, old, new, path) == rfc_follows(first, second, old, new, path)
    assert follows(first, second, old, new, path) == (path == proof)


# -- witnesses -------------------------------------------------------------------------------------------------------


def grown_store(home: Path, texts: int = 12) -> Store:
    store = Store(home)
    store.add(Coming([f"texte {n}" for n in range(texts)], people=True), {})
    return store


def operator(store: Store) -> bytes:
    return Signers(store.home).public("operator")


def asked(store: Store, folder: Path, name: str = "request.txt", since: int | None = None) -> str:
    anchors.hand_out(store, folder, since)
    return (folder / name).read_text("utf-8")


def test_a_witness_co_signs_a_log_that_grows_as_c2sp_says(tmp_path: Path) -> None:
    store, folder = grown_store(tmp_path / "voice"), tmp_path / "auditor.example"
    reply = witness.cosign(folder, asked(store, tmp_path / "out"), operator(store))
    key, line = reply.splitlines()
    (name, short), public = verifier.read_key(key)
    assert name == "auditor.example"
    assert short == hashlib.sha256(b"auditor.example\n\x04" + public).digest()[:4]
    signature = base64.b64decode(line.split(" ")[2])
    body = "\n".join((tmp_path / "out" / "head.txt").read_text("utf-8").split("\n")[:3]) + "\n"
    when = int.from_bytes(signature[4:12])
    verifier._check(public, signature[12:], f"cosignature/v1\ntime {when}\n{body}".encode(), "co-signature")
    (said,) = [line for line in anchors.take(store, reply.encode()) if line.startswith("co-signature")]
    assert "auditor.example" in said
    store.add(Coming([f"autre {n}" for n in range(9)], source="suite", people=False), {})
    request = asked(store, tmp_path / "out", "request-auditor.example.txt")
    assert request.startswith("old 7\n")
    anchors.take(store, witness.cosign(folder, request).encode())
    anchors.take(store, witness.cosign(folder, request).encode())  # a reply that was lost can be had again
    assert [size for size, *_ in store.ledger.records.anchors()] == [7, 16]
    store.close()


def test_a_fork_shown_to_two_witnesses_is_caught(tmp_path: Path) -> None:
    """Two logs of one operator, alike at first: each witness is shown another one."""
    store = grown_store(tmp_path / "voice")
    request, public = asked(store, tmp_path / "out"), operator(store)
    first, second = tmp_path / "first.example", tmp_path / "second.example"
    for one in (first, second):
        witness.cosign(one, request, public)
    branches = {}
    for branch in ("left", "right"):
        with store.ledger.transaction() as db:
            log = [*store.ledger.entries(db), ("key", hashlib.sha256(branch.encode()).digest())]
        found = tree.levels([verifier.entry(*one) for one in log])
        proof = [base64.b64encode(step).decode() for step in tree.consistency(found, len(log) - 1)]
        head = Signers(store.home).note(len(log), tree.root(found))
        branches[branch] = ("\n".join([f"old {len(log) - 1}", *proof, "", head]), head, found)
    replies = {
        "left": witness.cosign(first, branches["left"][0]),
        "right": witness.cosign(second, branches["right"][0]),
    }
    for one, other in ((first, "right"), (second, "left")):
        with pytest.raises(BrokenPromise, match="forked"):
            witness.cosign(one, branches[other][0])
        kept = (one / "forks.txt").read_text("utf-8")
        assert branches["left"][1] in kept
        assert branches["right"][1] in kept
    # nor does any later head of the other branch go through, with whatever proof can be made
    log = [("key", bytes([n]) * 32) for n in range(3)]
    found = tree.levels([*branches["right"][2][0], *(verifier.entry(*one) for one in log)])
    head = Signers(store.home).note(len(found[0]), tree.root(found))
    size = len(branches["right"][2][0])
    proof = [base64.b64encode(step).decode() for step in tree.consistency(found, size)]
    with pytest.raises(BrokenPromise, match="does not contain the one it was before"):
        witness.cosign(first, "\n".join([f"old {size}", *proof, "", head]))
    witness.cosign(second, "\n".join([f"old {size}", *proof, "", head]))
    # no head bears both: whoever asks for both witnesses is shown a receipt of neither branch
    heads = verifier.read_head(branches["left"][1], Signers(store.home).origin, public)
    known = dict(verifier.read_key(reply.splitlines()[0]) for reply in replies.values())
    lines = tuple(reply.splitlines()[1] for reply in replies.values())
    with pytest.raises(verifier.Refused, match=r"co-signature of second\.example"):
        verifier.witnesses_of(verifier.Head(heads.origin, heads.size, heads.root, heads.signed, lines), known)
    store.close()


def test_a_witness_signs_nothing_that_is_older_forged_or_malformed(tmp_path: Path) -> None:
    store, folder = grown_store(tmp_path / "voice"), tmp_path / "auditor.example"
    request, public = asked(store, tmp_path / "out"), operator(store)
    with pytest.raises(WrongUse, match="--keys"):
        witness.cosign(folder, request)
    with pytest.raises(BrokenPromise, match="another key"):
        witness.cosign(folder, request, Signers(store.home).public("dpo"))
    witness.cosign(folder, request, public)
    store.add(Coming(["autre"], source="suite"), {})
    later = asked(store, tmp_path / "out")
    with pytest.raises(witness.Behind, match="--since 7"):
        witness.cosign(folder, later)
    witness.cosign(folder, asked(store, tmp_path / "out", since=7))
    with pytest.raises(witness.Behind, match="--since 8"):
        witness.cosign(folder, request)
    for wrong in (
        "",
        "old",
        "old 1",
        "old -1\n\n",
        "old 07\n\n",
        "old x\n\nhead",
        "old 7\n????\n\nhead",
        request[6:],
    ):
        with pytest.raises((WrongUse, BrokenPromise)):
            witness.cosign(folder, wrong)
    with pytest.raises(BrokenPromise):
        witness.cosign(folder, later.replace("\n8\n", "\n9\n"))
    (folder / "seen.json").write_text("[", "utf-8")
    with pytest.raises(BadHome, match="damaged"):
        witness.cosign(folder, later)
    with pytest.raises(WrongUse, match="named after their folder"):
        witness.cosign(tmp_path / "an auditor", request, public)
    store.close()


def test_a_reply_is_taken_in_only_where_it_holds(tmp_path: Path) -> None:
    store, other = grown_store(tmp_path / "voice"), grown_store(tmp_path / "other")
    request = asked(store, tmp_path / "out")
    reply = witness.cosign(tmp_path / "auditor.example", request, operator(store))
    with pytest.raises(BrokenPromise, match="no head of this log"):
        anchors.take(other, reply.encode())
    key, line = reply.splitlines()
    for wrong in (f"{key}\n", "bonjour", f"{key[:-4]}AAAA\n{line}", b"\xff\xfe", b""):
        with pytest.raises(WrongUse):
            anchors.take(store, wrong if isinstance(wrong, bytes) else wrong.encode())
    for wrong in (line, f"{key}\n{line[:-8]}AAAAAAA=", b"0\x82\x01\x02"):
        with pytest.raises(BrokenPromise):
            anchors.take(store, wrong if isinstance(wrong, bytes) else wrong.encode())
    assert store.ledger.records.anchors() == []
    assert Signers(store.home).witnesses() == []
    anchors.take(store, reply.encode())
    assert Signers(store.home).witnesses() == [key]
    assert json.loads((tmp_path / "voice" / "signing" / "public.json").read_text())["witnesses"] == [key]
    other.close()
    store.close()


def test_a_receipt_of_before_is_completed_with_what_was_said_since(tmp_path: Path) -> None:
    store = grown_store(tmp_path / "voice")
    (receipt,) = erase.forget(store, ["client3@example.org"], lambda *_: None)
    document = {"statement": receipt.statement, "proof": receipt.proof}
    with pytest.raises(anchors.Alone):
        anchors.completed(store, document)
    store.add(Coming([f"autre {n}" for n in range(5)], source="suite"), {})
    request = asked(store, tmp_path / "out")
    for name in ("first.example", "second.example"):
        anchors.take(store, witness.cosign(tmp_path / name, request, operator(store)).encode())
    done = anchors.completed(store, document)
    text = json.dumps({"statement": done.statement, "proof": done.proof})
    keys = Signers(store.home).published()
    assert [name for name, _ in verifier.verify(text, json.dumps(keys), witnesses=2).witnesses] == [
        "first.example",
        "second.example",
    ]
    # of two witnesses, whoever checks may know one alone; the other then counts for nothing
    found = verifier.verify(text, json.dumps({**keys, "witnesses": keys["witnesses"][:1]}), witnesses=1)
    assert (len(found.witnesses), found.others) == (1, 1)
    with pytest.raises(verifier.Refused, match="asked for: 2"):
        verifier.verify(text, json.dumps({**keys, "witnesses": keys["witnesses"][:1]}), witnesses=2)
    twice = json.dumps({**keys, "witnesses": keys["witnesses"][:1] * 2})
    with pytest.raises(verifier.Refused, match="are the same"):
        verifier.verify(text, twice)
    again = anchors.completed(store, {"statement": done.statement, "proof": done.proof})
    assert again.proof == done.proof
    store.close()
