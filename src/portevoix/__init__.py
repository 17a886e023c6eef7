"""Portevoix reads everything customers write to a company and tells it in a letter of one minute.

The façade: `Voice`, what needs no home (`label_file`, `learn_file`, `evaluate_file`), the nouns, the errors. Nothing heavy is imported until it is used.
"""

from typing import TYPE_CHECKING, Any

from portevoix.errors import (
    BadHome,
    BadModel,
    BadSource,
    BrokenPromise,
    Busy,
    PortevoixError,
    TooFew,
    UnknownName,
    WrongUse,
)
from portevoix.nouns import Brief, Case, Customer, Label, Letter, Measure, Period, Quote, Receipt, Verbatim

if TYPE_CHECKING:
    from portevoix.labelling import label_file
    from portevoix.learning import evaluate_file, learn_file
    from portevoix.voice import Voice

__version__ = "0.1.0"
__all__ = [
    "BadHome",
    "BadModel",
    "BadSource",
    "Brief",
    "BrokenPromise",
    "Busy",
    "Case",
    "Customer",
    "Label",
    "Letter",
    "Measure",
    "Period",
    "PortevoixError",
    "Quote",
    "Receipt",
    "TooFew",
    "UnknownName",
    "Verbatim",
    "Voice",
    "WrongUse",
    "evaluate_file",
    "label_file",
    "learn_file",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute
    if name == "Voice":
        from portevoix.voice import Voice

        return Voice
    if name == "label_file":
        from portevoix.labelling import label_file

        return label_file
    if name in ("evaluate_file", "learn_file"):
        from portevoix import learning

        return getattr(learning, name)
    raise AttributeError(f"module 'portevoix' has no attribute '{name}'")
