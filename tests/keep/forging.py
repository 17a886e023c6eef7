"""Forges a receipt field by field, as issued and as completed, and counts what is accepted.

python -m tests.keep.forging
"""

import json
import sys
import tempfile
from pathlib import Path

from portevoix.keep import anchors, erase, witness
from portevoix.keep.receipt import Signers, written
from portevoix.keep.store import Store
from tests.keep.coming import Coming
from tests.keep.stamping import Authority
from tests.keep.test_receipt import PERSON, accepted, forgeries


def receipts(folder: Path) -> tuple[str, str, str]:
    """A receipt as issued, the same with two witnesses and a time stamp, and the public keys."""
    store = Store(folder / "voice")
    store.add(Coming([f"texte {n}" for n in range(30)], people=True), {})
    (receipt,) = erase.forget(store, [PERSON], lambda *_: None)
    store.add(Coming([f"autre {n}" for n in range(9)], source="suite"), {})
    anchors.hand_out(store, folder)
    request, operator = (folder / "request.txt").read_text("utf-8"), Signers(store.home).public("operator")
    for name in ("auditor.example", "client.example"):
        anchors.take(store, witness.cosign(folder / name, request, operator).encode())
    anchors.take(store, Authority(folder / "authority").reply((folder / "head.tsq").read_bytes()))
    done = anchors.completed(store, json.loads(written(receipt)))
    keys = json.dumps(Signers(store.home).published())
    store.close()
    return written(receipt), written(done), keys


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        issued, completed, keys = receipts(Path(name))
    wrong = 0
    for what, document in (("as issued", issued), ("completed", completed)):
        tried = [json.dumps(forged, ensure_ascii=False) for *_, forged in forgeries(document)]
        taken = sum(accepted(one, keys) for one in tried)
        wrong += taken
        print(f"{what}: {len(document.encode())} bytes, {len(tried)} forgeries, {taken} accepted")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
