"""The four doors by which code comes in, built-in and foreign alike: entry points.

A door is a mapping from names to what they load: `measures["nps"]` imports that module then, not before;
`list(measures)` imports nothing.
"""

import inspect
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from portevoix.errors import PortevoixError, UnknownName, WrongUse


class Door(Mapping[str, Any]):
    """The plug-ins of one kind by name; a miss lists what exists.

    >>> "nps" in measures
    True
    """

    def __init__(self, group: str, what: str) -> None:
        self.group, self.what = group, what

    @cached_property
    def points(self) -> dict[str, EntryPoint]:
        """Name to entry point. Two packages that claim one name are refused when the name is asked for."""
        return {point.name: point for point in entry_points(group=self.group)}

    def known(self, name: str) -> None:
        """Raises UnknownName where no plug-in has this name; loads nothing."""
        if name not in self.points:
            raise UnknownName(self.what, name, self.points)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each door loads its own kind of function
        self.known(name)
        try:
            return self.points[name].load()
        except ImportError as error:
            raise PortevoixError(
                f"The {self.what} '{name}' ({self.points[name].value}) cannot be loaded: {error}."
            ) from error

    def __contains__(self, name: object) -> bool:
        return name in self.points

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.points))

    def __len__(self) -> int:
        return len(self.points)


def labeller(told: str, **given: Any) -> Any:  # noqa: ANN401 - a plug-in
    """The labeller that is told: "NAME", "NAME:PLACE", or a folder that holds an encoder; `given` is passed where it takes it.

    Raises UnknownName for a name that no plug-in has, WrongUse where a place is told to one that takes none, or the other way.
    """
    name, _, place = _named(told).partition(":")
    load = labellers[name]
    takes = inspect.signature(load).parameters
    if ("place" in takes) != bool(place):
        hint = f"write {name}:PLACE" if "place" in takes else f"write {name} alone"
        raise WrongUse(f"The labeller '{told}' is not told as it wants: {hint}.")
    return load(
        **{key: value for key, value in {"place": place, **given}.items() if key in takes and value != ""}
    )


def one_process(told: str) -> bool:
    """Whether a labeller wants to be opened once only, as one that has a budget does."""
    return bool(getattr(labellers[_named(told).partition(":")[0]], "one_process", False))


def _named(told: str) -> str:
    name = told.partition(":")[0]
    return f"onnx:{told}" if name not in labellers and Path(told).is_dir() else told


sources = Door("portevoix.sources", "source")
labellers = Door("portevoix.labellers", "labeller")
measures = Door("portevoix.measures", "measure")
posts = Door("portevoix.posts", "post")
DOORS = {"sources": sources, "labellers": labellers, "measures": measures, "posts": posts}
