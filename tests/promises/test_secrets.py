"""No secret in a repr, a traceback, a log line, a message or the arguments of a process."""

import inspect
import json
import logging
import os
import pty
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from portevoix import cli, commands_keep
from portevoix.errors import PortevoixError
from portevoix.keep import erase, master, witness
from portevoix.keep.keys import Keys
from portevoix.keep.master import Unlocking
from portevoix.keep.receipt import Signers
from portevoix.settings import Settings
from portevoix.voice import Voice
from tests.keep.coming import Coming

PASSPHRASE = "une phrase que personne ne devine"
WORDS = "un texte que personne d'autre ne lit"
PERSON = "client0@example.org"


def spellings(secret: bytes) -> list[str]:
    """The ways in which Python would show bytes."""
    import base64

    whole = [secret.hex(), base64.b64encode(secret).decode(), repr(secret)[2:-1]]
    return [*whole, secret.decode()] if secret.isascii() else whole


def shown(secrets: list[bytes], *texts: str) -> list[str]:
    return [one for secret in secrets for one in spellings(secret) if any(one in text for text in texts)]


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Voice]:
    monkeypatch.setattr(master, "_COST", 1 << 10)
    opened = Voice(tmp_path / "voice", passphrase=lambda prompt: PASSPHRASE)
    opened._store.add(Coming([WORDS], people=True), {})
    opened.keep_rotate(passphrase=True)
    yield opened
    opened.close()


def secrets_of(voice: Voice) -> list[bytes]:
    """All that must stay unseen: the home's secret, the master, the keys of people, the signers', the words and the passphrase."""
    home, keys = voice._store.home, voice._store.keys
    name = json.loads((home.path / master.FILE).read_text("utf-8"))["name"]
    unlocking = Unlocking(ask=lambda prompt: PASSPHRASE)
    raw = [key for _, key, _ in keys._raw([name for name, _ in keys.every()])]
    signing = [(home.path / "signing" / f"{role}.key").read_bytes() for role in ("operator", "dpo")]
    own = [home.secret, master.opened(home.path, name, unlocking), *raw, *signing]
    return [*own, WORDS.encode(), PASSPHRASE.encode()]


def test_no_repr_shows_a_secret(voice: Voice, tmp_path: Path) -> None:
    signers = Signers(voice._store.home)
    store = voice._store
    scope = erase.scopes(store, [])
    (receipt,) = voice.forget([PERSON], lambda *_: None)
    witness.public_line(tmp_path / "auditor.example")
    holders = [
        voice,
        store,
        store.home,
        store.keys,
        store.ledger,
        store.ledger.records,
        signers,
        voice.settings,
    ]
    holders += [
        Unlocking(command=("pass",), ask=lambda prompt: PASSPHRASE),
        scope,
        receipt,
        store.keys._master,
    ]
    holders += [
        *store.ledger.records.pending(),
        Settings(passphrase_command=("pass", "voice")),
        signers._keys,
    ]
    secrets = [*secrets_of(voice), (tmp_path / "auditor.example" / "witness.key").read_bytes()]
    for holder in holders:
        assert shown(secrets, repr(holder), str(holder)) == [], type(holder).__name__


def failures(voice: Voice) -> Iterator[tuple[str, object]]:
    """Ways to fail with a secret at hand."""
    store = voice._store
    path, log = store.home.path, store.ledger.commit_keys
    (row,) = store.run(store.engine.table("verbatims").select("id", "person", "words")).to_pylist()
    sealed = (row["id"], row["person"], row["words"])

    def keys(**how: object) -> Keys:
        return Keys(path / "keys.db", store.home.secret, log, Unlocking(**how))

    yield "wrong passphrase", lambda: keys(ask=lambda _: PASSPHRASE + "!").decrypt([sealed])
    yield "nobody to ask", lambda: keys().decrypt([sealed])
    fails = (sys.executable, "-c", f"print({PASSPHRASE!r}); raise SystemExit(3)")
    yield "a command that fails", lambda: keys(command=fails).decrypt([sealed])
    yield (
        "a key management that is not there",
        lambda: keys(ask=lambda _: PASSPHRASE, kms=("/no",)).rotate("kms"),
    )
    leaks = (sys.executable, "-c", "import sys; sys.stdout.write(sys.stdin.read()[:10])")
    yield "a key management that shortens", lambda: keys(ask=lambda _: PASSPHRASE, kms=leaks).rotate("kms")
    altered = (row["id"], row["person"], row["words"][:-1] + bytes([row["words"][-1] ^ 1]))
    yield "altered words", lambda: store.keys.decrypt([altered])
    yield "another's words", lambda: store.keys.decrypt([("other", row["person"], row["words"])])
    yield "nobody of this name", lambda: voice.forget(["somebody@example.org"], lambda *_: None)

    def altered_key() -> None:
        other = keys(ask=lambda _: PASSPHRASE)
        other._db.execute("update keys set wrapped = zeroblob(60)")
        other.decrypt([sealed])

    yield "an altered key", altered_key

    def damaged_signer() -> None:
        file = path / "signing" / "dpo.key"
        file.write_bytes(file.read_bytes()[:-1])
        Signers(store.home)

    yield "a damaged signing key", damaged_signer


def test_no_failure_shows_a_secret(voice: Voice, caplog: pytest.LogCaptureFixture, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    Signers(voice._store.home)
    secrets = secrets_of(voice)
    told = []
    for name, work in failures(voice):
        with pytest.raises(PortevoixError) as failed:
            work()
        chain, error = [], failed.value
        while error is not None:
            chain.append(error)
            error = error.__cause__ or error.__context__
        texts = [repr(one) + str(one) + repr(vars(one)) for one in chain]
        texts.append("".join(traceback.format_exception(failed.value)))
        assert shown(secrets, *texts) == [], name
        assert "somebody@" not in texts[0], name
        told.append(name)
    assert len(told) == 10
    printed = capfd.readouterr()
    assert shown(secrets, caplog.text, printed.out, printed.err) == []


def test_no_option_takes_a_secret() -> None:
    """What must not stand in the list of processes is asked for, or comes from a file or a command."""
    commands = [
        *(one.callback for one in cli.app.registered_commands),
        *(one.callback for one in commands_keep.keep.registered_commands),
    ]
    for command in filter(None, commands):
        for name, option in inspect.signature(command).parameters.items():
            if name in ("passphrase", "kms", "secret", "password", "token"):
                assert "bool" in str(option.annotation), f"{command.__name__} --{name}"


def test_a_passphrase_is_asked_on_the_terminal_without_echo(voice: Voice) -> None:
    home = voice._store.home.path
    voice.close()
    child, terminal = pty.fork()
    if not child:
        command = [sys.executable, "-m", "portevoix", "keep", "check", "--home", str(home)]
        os.execv(sys.executable, command)
    said = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the terminal of a process that ended
            break
        if not part:
            break
        asked, said = b"Passphrase: " in said, said + part
        if not asked and b"Passphrase: " in said:
            os.write(terminal, PASSPHRASE.encode() + b"\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said.decode()
    assert b"The home is whole" in said
    assert PASSPHRASE.encode() not in said
