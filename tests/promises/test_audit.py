"""The audit of pinned dependencies: what was not looked up is never called clean."""

import importlib.util
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "requirements" / "audit.py"


@pytest.fixture(scope="module")
def audit():
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {"name": "weak", "version": "2.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "unknown", "skip_reason": "Dependency not found and could not be audited"}


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ([SOUND, SOUND], 0),
        ([SOUND, WEAK], 1),
        ([WEAK, SKIPPED], 1),
        ([SOUND, SKIPPED], 2),
        ([SKIPPED], 2),
        ([], 2),
    ],
)
def test_a_package_that_was_not_looked_up_is_not_clean(audit, packages, status) -> None:
    assert audit.judged({"dependencies": packages, "fixes": []})[1] == status


def test_a_machine_without_a_network_says_so_and_fails(tmp_path) -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    fresh = {
        name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "PIP_CACHE_DIR")
    }  # nothing remembered
    run = subprocess.run(
        [sys.executable, SCRIPT, "requirements/base.lock"],
        cwd=ROOT,
        env={**os.environ, **fresh, **{name.lower(): value for name, value in nowhere.items()}, **nowhere},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 2
    assert run.stdout.startswith("requirements/base.lock: Not audited:")
    assert "Traceback" not in run.stdout + run.stderr


def test_every_pinned_package_carries_its_hashes() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        pins = [
            part
            for part in lock.read_text("utf-8").split("\n")
            if "==" in part and not part.lstrip().startswith("#")
        ]
        bare = [pin for pin in pins if not pin.rstrip().endswith("\\")]
        assert pins
        assert bare == [], f"{lock.name} pins without a hash"
