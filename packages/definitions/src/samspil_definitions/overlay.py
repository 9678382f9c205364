"""Resources laid over a package set: held in memory, found before those of the packages."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import dumps
from samspil_core.models import as_json

__all__ = ["Overlay"]


class Overlay:
    """Some resources, by type and canonical URL; those laid on last are found first."""

    def __init__(self, resources: Iterable[Any] = ()) -> None:
        self.resources: list[dict[str, Any]] = [dict(as_json(each)) for each in resources]
        self._by_url: dict[tuple[str, str], list[int]] = {}
        for number, each in reversed(list(enumerate(self.resources))):
            key = (str(each.get("resourceType", "")), str(each.get("url", "")))
            self._by_url.setdefault(key, []).append(number)

    def plus(self, resources: Iterable[Any]) -> "Overlay":
        """These resources and more, which are found before them."""
        return Overlay([*self.resources, *resources])

    def of_url(self, resource_type: str, url: str) -> list[int]:
        """The numbers of the resources of a canonical URL."""
        return self._by_url.get((resource_type, url), []) if url else []

    def of_type(self, resource_type: str) -> Iterator[dict[str, Any]]:
        """The resources of a type, in their order."""
        return (each for each in self.resources if each.get("resourceType") == resource_type)

    def type_named(self, name: str) -> int | None:
        """The number of the StructureDefinition that defines a type of this name."""
        for number, each in enumerate(self.resources):
            defines = each.get("resourceType") == "StructureDefinition" and each.get("derivation") != "constraint"
            if defines and each.get("type") == name:
                return number
        return None

    def hash(self, below: str) -> str:
        """The hash of the package set with these resources over it."""
        lines = [below, *(hashlib.sha256(dumps(each)).hexdigest() for each in self.resources)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest() if self.resources else below
