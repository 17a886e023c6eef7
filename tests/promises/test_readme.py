"""The README is executed: its commands, their printed output, its Python; in both languages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = ("README.md", "README.fr.md")
BLOCK = re.compile(r"^```(console|python|text letter)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, kind: str) -> list[str]:
    return [body for found, body in BLOCK.findall((ROOT / page).read_text("utf-8")) if found == kind]


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTEVOIX_")}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env={**clean, "PATH": path},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newcomer's folder: the example beside it, and nothing else."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_run_and_print_what_the_readme_says(page: str, folder: Path) -> None:
    found = [line for block in blocks(page, "console") for line in block.splitlines(keepends=True)]
    assert any(line.startswith("$ portevoix measure") for line in found)
    command, expected = "", ""
    for line in [*found, "$ true\n"]:
        if not line.startswith("$ "):
            expected += line
            continue
        if command and not command.startswith("make "):
            run = shell(command, folder)
            assert run.returncode == 0, f"{command}\n{run.stderr}"
            if expected.strip():
                pattern = ".*".join(re.escape(part) for part in expected.split("…\n"))
                assert re.fullmatch(pattern, run.stdout, re.DOTALL), f"{command} prints\n{run.stdout}"
        command, expected = line[2:].strip(), ""


@pytest.mark.parametrize("page", PAGES)
def test_the_make_targets_exist(page: str) -> None:
    targets = set(re.findall(r"^\$ make (\w+)", (ROOT / page).read_text("utf-8"), re.MULTILINE))
    assert {"letter", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_python_runs(page: str, folder: Path) -> None:
    found = blocks(page, "python")
    assert found
    (folder / "readme.py").write_text("\n".join(found), "utf-8")
    run = shell("python readme.py", folder)
    assert run.returncode == 0, run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("page", "lang"), [("README.md", "en"), ("README.fr.md", "fr")])
def test_the_letter_that_opens_the_readme_is_the_real_one(page: str, lang: str, folder: Path) -> None:
    (shown,) = blocks(page, "text letter")
    run = shell(f"portevoix letter examples/verbatims.csv --lang {lang}", folder)
    assert run.stdout == shown, f"the letter has changed: paste it into {page}"
