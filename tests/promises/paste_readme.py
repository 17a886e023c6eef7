"""Pastes what the commands print today into the READMEs: `make readme`. Blocks that elide (…) are left as they are."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.promises.test_readme import BLOCK, PAGES, ROOT, shell

LANGUAGES = {"README.md": "en", "README.fr.md": "fr"}


def pasted(kind: str, body: str, lang: str, folder: Path) -> str:
    """The body of a block as it should read."""
    if kind == "text letter":
        return shell(f"portevoix letter examples/verbatims.csv --lang {lang}", folder).stdout
    if kind != "console":
        return body
    parts: list[tuple[str, str]] = []
    for line in body.splitlines(keepends=True):
        if line.startswith("$ "):
            parts.append((line, ""))
        else:
            parts[-1] = (parts[-1][0], parts[-1][1] + line)
    text = ""
    for command, shown in parts:
        if not command.startswith("$ make "):
            run = shell(command[2:], folder)
            if run.returncode:
                sys.exit(f"{command}{run.stderr}")
            shown = shown if "…\n" in shown else run.stdout
        text += command + shown
    return text


def main() -> None:
    for page in PAGES:
        with tempfile.TemporaryDirectory() as name:
            renew(ROOT / page, LANGUAGES[page], Path(name))


def renew(page: Path, lang: str, folder: Path) -> None:
    shutil.copytree(ROOT / "examples", folder / "examples")
    text = page.read_text("utf-8")
    new = BLOCK.sub(lambda found: f"```{found[1]}\n{pasted(found[1], found[2], lang, folder)}```", text)
    page.write_text(new, "utf-8")


if __name__ == "__main__":
    main()
