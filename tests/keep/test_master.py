"""The master key: no person's key reaches the disk unwrapped, and one master gives way to another at any instant."""

import hmac
import json
import os
import shutil
import signal
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portevoix.errors import BadHome, BrokenPromise, WrongUse
from portevoix.keep import backup, erase, health, master
from portevoix.keep.keys import Keys
from portevoix.keep.master import Unlocking
from portevoix.keep.store import Store
from portevoix.settings import Settings, load
from portevoix.voice import Voice
from tests.keep.coming import Coming

SECRET = b"s" * 32
PEOPLE = [f"client{n}@example.org" for n in range(7)]
PASSPHRASE = "une phrase que personne ne devine"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scrypt with little memory: what is tested is who gets in, not how long a guess takes."""
    monkeypatch.setattr(master, "_COST", 1 << 10)


def opened(folder: Path, unlocking: Unlocking = Unlocking()) -> Keys:  # noqa: B008 - it holds nothing
    folder.mkdir(exist_ok=True)
    return Keys(folder / "keys.db", SECRET, lambda leaves: None, unlocking)


def sealed(folder: Path, unlocking: Unlocking = Unlocking()) -> list[tuple[str, str, bytes]]:  # noqa: B008
    """A folder of keys with a sealed text for each person."""
    keys = opened(folder, unlocking)
    names = keys.pseudonyms(PEOPLE)
    rows = [("v", name, f"texte de {person}") for person, name in names.items()]
    found = [("v", name, content) for (_, name, _), content in zip(rows, keys.encrypt(rows), strict=True)]
    keys.close()
    return found


def asking(*answers: str) -> Unlocking:
    left = list(answers)
    return Unlocking(ask=lambda prompt: left.pop(0))


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def name_under(folder: Path) -> str:
    return json.loads((folder / master.FILE).read_text("utf-8"))["name"]


def test_the_file_of_keys_opens_with_its_master_alone(tmp_path: Path) -> None:
    words = sealed(tmp_path / "keys")
    keys = opened(tmp_path / "keys")
    assert keys.decrypt(words)[0] == f"texte de {PEOPLE[0]}"
    raw = [key for _, key, _ in keys._raw([name for _, name, _ in words])]
    keys.close()
    assert len(raw) == 7
    assert not [key for key in raw if key in everything(tmp_path / "keys")]
    (tmp_path / "keys" / master.FILE).unlink()
    keys = opened(tmp_path / "keys")
    with pytest.raises(BadHome, match=r"has lost its master\.key"):
        keys.decrypt(words)
    keys.close()


def test_a_rotation_changes_no_word_and_leaves_nothing_of_the_old_master(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    words = sealed(folder)
    before = shutil.copytree(folder, tmp_path / "before")
    keys = opened(folder)
    texts, commitments = keys.decrypt(words), dict(keys.every())
    old = master.opened(folder, name_under(folder), Unlocking())
    wrapped = [blob for *_, blob in keys._raw([name for _, name, _ in words])]
    reader = opened(folder)
    assert reader.decrypt(words) == texts
    assert keys.rotate() == 7
    assert reader.decrypt(words) == texts, "who read before reads on"
    assert keys.decrypt(words) == texts
    assert dict(keys.every()) == commitments
    reader.close()
    keys.close()
    left = everything(folder)
    assert not [one for one in (old, *wrapped) if one in left]
    assert name_under(folder) != name_under(before)
    shutil.copy2(before / master.FILE, folder / master.FILE)
    keys = opened(folder)
    with pytest.raises(BadHome):
        keys.decrypt(words)
    keys.close()


def derived(folder: Path) -> None:
    """Puts a folder of keys in the state of the first homes, whose keys lay under their secret."""
    keys = opened(folder)
    name = keys._name()
    old = keys._under(name)
    new = AESGCM(hmac.digest(SECRET, b"portevoix wrapping key v1", "sha256"))
    for each, blob in keys._db.execute("select name, wrapped from keys").fetchall():
        key, nonce = old.decrypt(blob[:12], blob[12:], each.encode()), os.urandom(12)
        again = nonce + new.encrypt(nonce, key, each.encode())
        keys._db.execute("update keys set wrapped = ? where name = ?", (again, each))
    keys._db.execute("drop table master")
    keys.close()
    (folder / master.FILE).unlink()


def test_a_home_of_before_goes_on_and_gets_a_master_by_its_first_rotation(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    words = sealed(folder)
    derived(folder)
    keys = opened(folder)
    texts = [f"texte de {person}" for person in PEOPLE]
    assert sorted(keys.decrypt(words)) == texts
    keys.pseudonyms(["another@example.org"])
    assert not (folder / master.FILE).exists()
    assert keys.rotate() == 8
    assert sorted(keys.decrypt(words)) == texts
    assert master.locked_by(folder) == "file"
    keys.close()


def child(work: Callable[[], object], line: int) -> int:
    """Runs work in a process that is killed before the given line of the keys or the master runs; how many lines ran."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        files, ran = {sys.modules[Keys.__module__].__file__, master.__file__}, [0]

        def trace(frame: object, event: str, _: object) -> object:
            if frame.f_code.co_filename not in files:
                return None
            if event == "line":
                ran[0] += 1
                if ran[0] == line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            sys.settrace(trace)
            work()
            sys.settrace(None)
            os.write(write, str(ran[0]).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    with os.fdopen(read, "rb") as pipe:
        return int(pipe.read() or 0)


@pytest.mark.parametrize("state", ["a master", "none yet"])
def test_a_rotation_killed_at_any_line_leaves_every_word_readable(tmp_path: Path, state: str) -> None:
    folder, place = tmp_path / "keys", tmp_path / "killed"
    words = sealed(folder)
    if state == "none yet":
        derived(folder)
    keys = opened(folder)
    texts = keys.decrypt(words)
    raw = [key for _, key, _ in keys._raw([name for _, name, _ in words])]
    keys.close()
    ways, line = set(), 0

    def work() -> None:
        opened(place).rotate()

    shutil.copytree(folder, place)
    lines = child(work, 0)
    assert lines > 60
    for line in range(1, lines + 1, 3):
        shutil.rmtree(place)
        shutil.copytree(folder, place)
        assert child(work, line) == 0, "the process was killed"
        assert not [key for key in raw if key in everything(place)], f"a key in clear at line {line}"
        keys = opened(place)
        assert keys.decrypt(words) == texts, f"killed at line {line}"
        ways.add((keys.unsettled(), keys._name() is None))
        keys.settle_master()
        assert not (place / master.NEXT).exists()
        assert keys.decrypt(words) == texts, f"killed at line {line}, then settled"
        if line % 20 == 1:
            keys.rotate()
            assert keys.decrypt(words) == texts
        keys.close()
    assert {unsettled for unsettled, _ in ways} == {True, False}, "kills fell before, during and after"


def test_a_first_key_killed_at_any_line_leaves_a_folder_that_goes_on(tmp_path: Path) -> None:
    place = tmp_path / "killed"

    def work() -> None:
        opened(place).pseudonyms(PEOPLE)

    lines = child(work, 0)
    for line in range(1, lines + 1, 7):
        shutil.rmtree(place)
        assert child(work, line) == 0
        words = sealed(place)
        keys = opened(place)
        assert len(keys.decrypt(words)) == 7
        keys.close()


def test_a_passphrase_is_asked_when_a_key_is_needed_and_not_before(tmp_path: Path) -> None:
    words = sealed(tmp_path / "keys")
    keys = opened(tmp_path / "keys", asking(PASSPHRASE, PASSPHRASE))
    keys.rotate("passphrase")
    keys.close()
    prompts: list[str] = []
    keys = opened(tmp_path / "keys", Unlocking(ask=lambda prompt: prompts.append(prompt) or PASSPHRASE))
    assert keys.find(PEOPLE[0]) is not None
    assert prompts == []
    assert keys.decrypt(words)[0] == f"texte de {PEOPLE[0]}"
    keys.decrypt(words)
    assert prompts == ["Passphrase: "], "once"
    keys.close()
    assert PASSPHRASE.encode() not in everything(tmp_path / "keys")


def test_a_wrong_passphrase_is_a_clear_refusal(tmp_path: Path) -> None:
    words = sealed(tmp_path / "keys")
    keys = opened(tmp_path / "keys", asking(PASSPHRASE, PASSPHRASE))
    keys.rotate("passphrase")
    keys.close()
    for wrong in ("", PASSPHRASE + "!", PASSPHRASE.upper()):
        keys = opened(tmp_path / "keys", asking(wrong))  # and nobody is asked twice in one run
        for work in (lambda keys: keys.decrypt(words), lambda keys: keys.rotate("file")):
            with pytest.raises(BadHome, match="passphrase is not the one of this home"):
                work(keys)
        keys.close()
    keys = opened(tmp_path / "keys")
    with pytest.raises(BadHome, match="passphrase_command"):
        keys.decrypt(words)
    keys.close()


def test_a_new_passphrase_that_is_short_or_differs_changes_nothing(tmp_path: Path) -> None:
    words = sealed(tmp_path / "keys")
    before = (tmp_path / "keys" / master.FILE).read_bytes()
    for answers in (("court", "court"), (PASSPHRASE, "autre phrase assez longue")):
        keys = opened(tmp_path / "keys", asking(*answers))
        with pytest.raises(WrongUse, match="nothing was changed"):
            keys.rotate("passphrase")
        assert len(keys.decrypt(words)) == 7
        keys.close()
    assert (tmp_path / "keys" / master.FILE).read_bytes() == before
    assert not (tmp_path / "keys" / master.NEXT).exists()


def test_the_same_letters_in_another_unicode_form_are_the_same_passphrase(tmp_path: Path) -> None:
    composed, apart = (unicodedata.normalize(form, "clé à l'œillet") for form in ("NFC", "NFD"))
    assert composed != apart
    words = sealed(tmp_path / "keys")
    keys = opened(tmp_path / "keys", asking(composed, composed))
    keys.rotate("passphrase")
    keys.close()
    keys = opened(tmp_path / "keys", asking(apart))
    assert len(keys.decrypt(words)) == 7
    keys.close()


def test_a_locked_master_that_was_altered_is_not_opened(tmp_path: Path) -> None:
    words = sealed(tmp_path / "keys")
    keys = opened(tmp_path / "keys", asking(PASSPHRASE, PASSPHRASE))
    keys.rotate("passphrase")
    keys.close()
    file = tmp_path / "keys" / master.FILE
    good = json.loads(file.read_text("utf-8"))
    changes = [
        ("n", 1 << 24),
        ("n", "x"),
        ("n", 1 << 11),
        ("salt", "AAAA"),
        ("key", good["key"][:-8] + "AAAAAAA="),
    ]
    changes += [
        ("locked_by", "file"),
        ("locked_by", "nobody"),
        ("name", "0" * 64),
        ("key", "?"),
        ("salt", None),
    ]
    for name, value in changes:
        file.write_text(json.dumps({**good, name: value}), "utf-8")
        keys = opened(tmp_path / "keys", asking(PASSPHRASE))
        with pytest.raises((BadHome, BrokenPromise)):
            keys.decrypt(words)
        keys.close()
    for text in ("", "[]", "{", "\xff"):
        file.write_text(text, "latin-1")
        keys = opened(tmp_path / "keys", asking(PASSPHRASE))
        with pytest.raises(BadHome):
            keys.decrypt(words)
        keys.close()


KMS = """
import base64, sys
from pathlib import Path
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
with Path(sys.argv[1]).open("a") as log:
    log.write(" ".join(sys.argv[1:]) + chr(10))
content = sys.stdin.buffer.read()
key = AESGCM(b"k" * 32)
sys.stdout.buffer.write(key.encrypt(b"n" * 12, content, None) if sys.argv[-1] == "wrap" else key.decrypt(b"n" * 12, content, None))
"""


def test_a_key_management_wraps_the_master_and_is_told_nothing_by_its_arguments(tmp_path: Path) -> None:
    (tmp_path / "kms.py").write_text(KMS, "utf-8")
    log = tmp_path / "log.txt"
    unlocking = Unlocking(kms=(sys.executable, str(tmp_path / "kms.py"), str(log)))
    words = sealed(tmp_path / "keys", unlocking)
    assert master.locked_by(tmp_path / "keys") == "kms"
    keys = opened(tmp_path / "keys", unlocking)
    assert len(keys.decrypt(words)) == 7
    keys.rotate()
    assert len(keys.decrypt(words)) == 7
    own = master.opened(tmp_path / "keys", name_under(tmp_path / "keys"), unlocking)
    keys.close()
    assert own not in everything(tmp_path / "keys")
    assert {line.split(" ")[1] for line in log.read_text("utf-8").splitlines()} == {"wrap", "unwrap"}
    assert {len(line.split(" ")) for line in log.read_text("utf-8").splitlines()} == {2}
    for broken, reason in (
        (("/does/not/exist",), "cannot be run"),
        ((sys.executable, "-c", "raise SystemExit(7)"), "ended with 7"),
        ((sys.executable, "-c", "print('bonjour')"), "something else than the master key"),
        ((sys.executable, "-c", "print('A' * 70000)"), "answers too much"),
        ((), "set kms"),
    ):
        keys = opened(tmp_path / "keys", Unlocking(kms=broken))
        with pytest.raises(BadHome, match=reason):
            keys.decrypt(words)
        keys.close()


def test_a_key_management_that_does_not_give_back_what_it_took_is_not_trusted(tmp_path: Path) -> None:
    words = sealed(tmp_path / "keys")
    keys = opened(tmp_path / "keys", Unlocking(kms=(sys.executable, "-c", "print('A' * 44)")))
    with pytest.raises(BadHome):
        keys.rotate()
    assert len(keys.decrypt(words)) == 7
    keys.close()


def test_a_home_under_a_passphrase_lives_a_whole_life(tmp_path: Path) -> None:
    command = (sys.executable, "-c", f"print({PASSPHRASE!r})")
    settings = Settings(passphrase_command=command)
    home, texts = tmp_path / "voice", [f"texte {n}" for n in range(14)]
    with Voice(home, settings=settings) as voice:
        voice._store.add(Coming(texts, people=True), {})
        assert master.locked_by(home) == "passphrase"
        saved = voice.keep_backup(tmp_path / "safe")
        assert voice.keep_rotate() == 7
        voice.forget([PEOPLE[3]], lambda *_: None)
        assert list(health.problems(voice._store)) == []
        ids = voice._store.run(voice._store.table("verbatims").select("id"))["id"].to_pylist()
        assert len(voice._store.words(ids)) == 12
    with Voice(home) as voice, pytest.raises(BadHome, match="passphrase_command"):
        voice._store.words(ids)
    unlocking = Unlocking(command=command)
    backup.restore(saved, tmp_path / "safe" / f"{saved.name}.keys", tmp_path / "again", (), unlocking)
    back = Store(tmp_path / "again", unlocking=unlocking)
    assert back.keys.find(PEOPLE[3]) is None, "what was forgotten since is forgotten again"
    assert len(back.words(ids)) == 12
    back.close()
    with Voice(home, settings=settings) as voice:
        voice.keep_rotate(passphrase=False)
    with Voice(home) as voice:
        assert len(voice._store.words(ids)) == 12


def test_whoever_comes_next_ends_a_rotation_that_was_cut(tmp_path: Path) -> None:
    store = Store(tmp_path / "voice")
    store.add(Coming(["texte"], people=True), {})
    present = (tmp_path / "voice" / master.FILE).read_bytes()
    master.make(store.home.path, Unlocking(), "file", master.NEXT)
    assert list(health.problems(store)) == []
    erase.settle(store)
    assert not (tmp_path / "voice" / master.NEXT).exists()
    assert (tmp_path / "voice" / master.FILE).read_bytes() == present
    store.close()


def test_commands_are_lists_in_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "portevoix.toml"
    file.write_text('kms = ["my-kms", "--key", "voice"]\npassphrase_command = ["pass", "voice"]\n', "utf-8")
    assert list(load(file, {}).kms) == ["my-kms", "--key", "voice"]
    assert list(load(file, {"PORTEVOIX_KMS": "other 'a b'"}).kms) == ["other", "a b"]
    for wrong in ('kms = "my-kms"', "kms = [1]", "kms = 3", 'passphrase_command = [""]'):
        file.write_text(wrong, "utf-8")
        with pytest.raises(WrongUse):
            load(file, {})
    with pytest.raises(WrongUse):
        load(tmp_path / "none.toml", {"PORTEVOIX_KMS": "'"})
