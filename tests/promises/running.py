"""Runs the command line as people do: a process of its own, outside the project's folder."""

import os
import subprocess
import sys
from pathlib import Path


def portevoix(
    *words: str | Path, cwd: Path, seed: str = "0", **environment: str
) -> subprocess.CompletedProcess[str]:
    """One `portevoix` process; its exit code, stdout and stderr as text."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTEVOIX_")}
    return subprocess.run(
        [sys.executable, "-m", "portevoix", *map(str, words)],
        cwd=cwd,
        env={**clean, "PYTHONHASHSEED": seed, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
