"""Values by name, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Made = TypeVar("Made")


class Lazy(Mapping[str, Made]):
    """A mapping that knows its names at once and makes a value when it is first asked for. Two threads get the same one."""

    __slots__ = ("_made", "_makers")

    def __init__(self, makers: dict[str, Callable[[], Made]]) -> None:
        self._makers = makers
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        """The value of a name. Raises KeyError, and what making it raises."""
        made = self._made.get(name)
        return self._made.setdefault(name, self._makers[name]()) if made is None else made

    def __contains__(self, name: object) -> bool:
        """Whether there is one; none is made."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
