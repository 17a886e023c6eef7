"""Fixtures shared by all tests: the real data folder, Debian's Chromium, a small file of comments of our own."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent
COMPLETE = os.environ.get("PORTEVOIX_COMPLETE") == "1"
"""Set where everything must run (.ci/run): a test that lacks a Debian package fails instead of skipping."""


# a developer's run explores further each time; the complete run is the same each time
settings.register_profile("exploring", deadline=None)
settings.register_profile("complete", deadline=None, derandomize=True)
settings.load_profile("complete" if COMPLETE else "exploring")


def lacking(package: str) -> None:
    """Skips a test for want of a Debian package, or fails it where all of them must be there."""
    message = f"needs Debian's {package}: apt-get install {package}"
    if COMPLETE:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    found = shutil.which("chromium")
    if found is None:
        lacking("chromium")
    return str(found)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data, which is not part of the project."""
    folder = Path(os.environ.get("PORTEVOIX_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("needs the folder of real data: set PORTEVOIX_DATA")
    return folder


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No settings of the person who runs the tests reach them."""
    for name in list(os.environ):
        if name.startswith("PORTEVOIX_") and name not in ("PORTEVOIX_DATA", "PORTEVOIX_COMPLETE"):
            monkeypatch.delenv(name)
