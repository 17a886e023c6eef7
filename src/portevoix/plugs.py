"""The four doors by which code comes in, built-in and foreign alike: entry points.

A door is a mapping from names to what they load: `measures["nps"]` imports that module then, not before;
`list(measures)` imports nothing.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from portevoix.errors import PortevoixError, UnknownName


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


sources = Door("portevoix.sources", "source")
labellers = Door("portevoix.labellers", "labeller")
measures = Door("portevoix.measures", "measure")
posts = Door("portevoix.posts", "post")
DOORS = {"sources": sources, "labellers": labellers, "measures": measures, "posts": posts}
