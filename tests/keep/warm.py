"""What a process that forks loads before it forks, so that no child does it again: modules alone, no engine and no thread."""

import importlib

from portevoix import plugs
from portevoix.label.reader import load
from portevoix.tell.tongue import tongue

MODULES = (
    "ibis.backends.duckdb",
    "ibis.backends.duckdb.converter",
    "ibis.formats.pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "sqlalchemy.dialects.sqlite",
    "portevoix.briefing",
    "portevoix.tell.letter",
    "portevoix.tell.render",
    "portevoix.measure.result",
)


def warm() -> None:
    """Loads them, the model, and what both languages say."""
    for name in MODULES:
        importlib.import_module(name)
    load()
    for lang in ("fr", "en"):
        tongue(lang)
    for name in ("experience", "nps", "csat", "ces", "themes", "change"):
        plugs.measures[name]
