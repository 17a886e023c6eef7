"""Who may import whom, and through which files words could leave the house."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import portevoix
from portevoix import plugs

SOURCE = Path(portevoix.__file__).parent
FLOORS = {
    "__main__": 6,
    "cli": 5,
    "commands_keep": 4.5,
    "commands_label": 4.5,
    "commands_rights": 4.6,
    "terminal": 4,
    "voice": 3,
    "briefing": 2.5,
    "keeping": 2.5,
    "labelling": 2.5,
    "learning": 2.5,
    "portions": 2.2,
    "collect": 2,
    "keep": 2,
    "label": 2,
    "measure": 2,
    "tell": 2,
    "simulate": 2,
    "plugs": 1,
    "settings": 1,
    "tables": 1,
    "nouns": 0,
    "errors": 0,
}
SOCKETS = {
    "socket",
    "http",
    "urllib.request",
    "smtplib",
    "imaplib",
    "httpx",
    "requests",
    "aiohttp",
    "ftplib",
    "huggingface_hub",
}
DOORS = {"label/endpoint.py": {"http"}, "label/hub.py": {"huggingface_hub"}}
"""The files that may open a connection, and by what: words leave by the first alone, files come in by the second."""
ENGINES = {"duckdb", "deltalake", "pyspark"}


def imports(file: Path) -> Iterator[str]:
    """All imports of a file, deferred and type-only ones included."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> list[tuple[str, Path]]:
    return [
        (file.relative_to(SOURCE).parts[0].removesuffix(".py"), file)
        for file in sorted(SOURCE.rglob("*.py"))
        if file.name != "__init__.py" or file.parent != SOURCE
    ]


@pytest.mark.parametrize(("room", "file"), modules(), ids=lambda x: str(getattr(x, "name", x)))
def test_a_module_imports_strictly_below_or_inside_its_own_folder(room: str, file: Path) -> None:
    assert room in FLOORS, f"{room} stands on no floor: add it to FLOORS and to pyproject.toml"
    for name in imports(file):
        parts = name.split(".")
        if parts[0] == "portevoix" and len(parts) > 1 and parts[1] in FLOORS and parts[1] != room:
            assert FLOORS[parts[1]] < FLOORS[room], (
                f"{file.name} must not import {name}: same floor or higher"
            )


@pytest.mark.parametrize(("room", "file"), modules(), ids=lambda x: str(getattr(x, "name", x)))
def test_sockets_open_at_the_doors_engines_only_in_keep_and_torch_nowhere(room: str, file: Path) -> None:
    found = {name for name in imports(file)}
    tops = {name.split(".")[0] for name in found}
    assert (found | tops) & SOCKETS <= DOORS.get(file.relative_to(SOURCE).as_posix(), set())
    assert "torch" not in tops
    if room != "keep":
        assert not tops & ENGINES


def test_reading_with_the_default_model_loads_no_door_and_no_arrow() -> None:
    code = (
        "import sys; from portevoix.portions import opened; from portevoix.settings import Settings;"
        "opened(Settings()).find(['Trop cher']);"
        "print([m for m in ('portevoix.label.endpoint', 'portevoix.label.hub', 'huggingface_hub', 'onnxruntime', 'pyarrow', 'pandas') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_ground_needs_the_standard_library_alone() -> None:
    for file in (SOURCE / "nouns.py", SOURCE / "errors.py"):
        assert {name.split(".")[0] for name in imports(file)} <= set(sys.stdlib_module_names)


def test_importing_portevoix_loads_nothing_heavy() -> None:
    code = (
        "import sys, portevoix; list(portevoix.__all__);"
        "print([m for m in ('ibis','duckdb','pyarrow','numpy','deltalake','sqlalchemy','typer') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_listing_measures_loads_no_engine() -> None:
    code = "import sys; from portevoix.plugs import measures; assert list(measures); print('ibis' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_every_built_in_comes_in_by_an_entry_point_that_loads() -> None:
    for door in plugs.DOORS.values():
        for point in entry_points(group=door.group):
            if point.value.startswith("portevoix."):
                assert callable(door[point.name])


def test_public_names_are_sorted_complete_and_documented() -> None:
    assert list(portevoix.__all__) == sorted(portevoix.__all__)
    for name in portevoix.__all__:
        assert getattr(portevoix, name).__doc__, name
