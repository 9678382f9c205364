"""$closure: a table of which of the codes seen so far subsumes which, told step by step.

https://hl7.org/fhir/R5/conceptmap-operation-closure.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from samspil_core.values import Coding

from .catalog import Catalog
from .lookup import subsumes

__all__ = ["ClosureTable", "Pair"]


@dataclass(frozen=True, slots=True)
class Pair:
    """`narrow` is subsumed by `broad`; the version of the table in which that was first told."""

    narrow: Coding
    broad: Coding
    version: int


@dataclass(slots=True)
class ClosureTable:
    """A named closure table. Each call that brings new codes makes a new version of it."""

    name: str
    version: int = 0
    codings: list[Coding] = field(default_factory=list[Coding])
    pairs: list[Pair] = field(default_factory=list[Pair])

    def add(self, catalog: Catalog, codings: Iterable[Coding]) -> list[Pair]:
        """Take codes, and tell the pairs they bring. Raises `OperationFailed` for a code that is not known.

        Nothing is kept of a call that fails.
        """
        fresh: list[Coding] = []
        for each in codings:
            plain = Coding(catalog.known_url(each.system), each.code, "", each.version)
            if plain not in self.codings and plain not in fresh:
                fresh.append(plain)
        if not fresh:
            return []
        found: list[Pair] = []
        version = self.version + 1
        for at, one in enumerate(fresh):
            subsumes(catalog, one.system, one.code, one.code, one.version)
            for other in (*self.codings, *fresh[:at]):
                if other.system != one.system:
                    continue
                answer = subsumes(catalog, one.system, one.code, other.code, one.version or other.version)
                if answer == "subsumes":
                    found.append(Pair(other, one, version))
                elif answer == "subsumed-by":
                    found.append(Pair(one, other, version))
        self.codings += fresh
        self.pairs += found
        self.version = version
        return found

    def since(self, version: int) -> list[Pair]:
        """The pairs told after that version, to catch up."""
        return [each for each in self.pairs if each.version > version]
