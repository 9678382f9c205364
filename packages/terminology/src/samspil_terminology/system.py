"""What the engine asks of a code system, whatever it is kept in: FHIR JSON, the SQLite store, a grammar in code."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .concepts import Concept

__all__ = ["Filter", "Paged", "Selection", "System", "SystemFacts"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a value set: https://hl7.org/fhir/R5/valueset-definitions.html#ValueSet.compose.include.filter."""

    property: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The codes a filter takes: asked one by one with `contains`, or listed in the order of the code system.

    `members` is the same set as the code system itself keeps it; `active` tells whether none of the codes is inactive,
    `closed` that nothing else belongs to them.
    """

    contains: Callable[[str], bool]
    codes: Callable[[], Iterable[str]]
    size: int | None = None
    closed: bool = True
    members: Any = None
    active: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What is known of a code system as a whole.

    `content` is `complete`, `fragment`, `example`, `not-present` or `supplement`. `nested` tells that a concept has one
    parent at most, so that an expansion can be nested. `closed` is False where a grammar makes codes without end.
    """

    url: str
    version: str = ""
    name: str = ""
    title: str = ""
    language: str = ""
    content: str = "complete"
    case_sensitive: bool = True
    status: str = "active"
    standards_status: str = ""
    experimental: bool = False
    nested: bool = True
    closed: bool = True
    version_needed: bool = False
    value_set: str = ""
    properties: dict[str, str] = field(default_factory=dict[str, str])
    supplements: tuple[str, ...] = ()
    license: str = ""
    edition: str = ""

    @property
    def canonical(self) -> str:
        """`url|version`."""
        return f"{self.url}|{self.version}" if self.version else self.url


class System(Protocol):
    """A code system."""

    @property
    def facts(self) -> SystemFacts:
        """The code system as a whole."""
        ...

    def find(self, code: str, /) -> Concept | None:
        """The concept with that code, written in any case where case does not matter; None for no such code."""
        ...

    def codes(self) -> Iterator[str]:
        """Every code, in the order of the code system (a parent before its children)."""
        ...

    def __len__(self) -> int:
        """How many codes there are."""
        ...

    def parents(self, code: str, /) -> Sequence[str]:
        """The codes right above."""
        ...

    def children(self, code: str, /) -> Sequence[str]:
        """The codes right below."""
        ...

    def subsumes(self, broad: str, narrow: str, /) -> bool:
        """Whether `broad` is above `narrow`; both are codes of the system, and not the same one."""
        ...

    def select(self, wanted: Filter, /) -> Selection | None:
        """The codes a filter takes; None when the system has no way of its own to answer it."""
        ...

    def search(self, text: str, /) -> Iterable[str] | None:
        """The codes whose texts have every word of `text` as the beginning of a word, best first; None without index."""
        ...


class Paged(Protocol):
    """A code system that gives a page of concepts without the rest. `members` is that of a `Selection` of its own.

    With `light` the concepts have no more than code, display and state.
    """

    def page(self, members: Any, start: int, stop: int, *, light: bool) -> list[Concept]:
        """The concepts from one position up to another; of all when `members` is None."""
        ...

    def found(  # noqa: PLR0913  where to look, and which part of it
        self, text: str, members: Any, start: int, stop: int, most: int, *, light: bool
    ) -> tuple[list[Concept], int | None]:
        """The same of those that a text finds, best first, and how many there are; None for more than `most`."""
        ...
