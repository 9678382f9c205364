"""What is held of a release while it is read."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Gathered", "Progress"]


@dataclass(slots=True)
class Gathered:
    """What is held while a release is read. Numbers are first those of the order of reading."""

    codes: list[str] = field(default_factory=list[str])
    flags: "array[int]" = field(default_factory=lambda: array("b"))
    modules: "array[int]" = field(default_factory=lambda: array("q"))
    effective: "array[int]" = field(default_factory=lambda: array("i"))
    number: dict[str, int] = field(default_factory=dict[str, int])
    dangling: dict[str, int] = field(default_factory=dict[str, int])
    """How many rows of which file speak of concepts that the release does not have."""

    def miss(self, file: str) -> None:
        """Count such a row."""
        self.dangling[file] = self.dangling.get(file, 0) + 1


Progress = Callable[[int], None]
