"""Twenty of two hundred people are forgotten; `python -m tests.keep.erasing 2000 200` forgets two hundred of two thousand."""

from pathlib import Path

import pytest

from tests.keep.erasing import erasure, uncompressed


@pytest.mark.slow
def test_of_the_forgotten_nothing_is_found_in_any_file_backup_or_letter_and_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncompressed(monkeypatch)
    figures = erasure(tmp_path, customers=200, count=20)
    assert figures["forgotten"] == 20
    assert figures["words searched"] >= 55
    assert figures["before"]["word"] >= 55, "the search finds what is there to be found"
    assert figures["after"] == {"name": 0, "address": 0, "word": 0}
    assert figures["restored"] == {"name": 0, "address": 0, "word": 0}
    assert figures["others unchanged"]
