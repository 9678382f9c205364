"""What every code system out of a snapshot does the same way: its codes, what stands above and below, pages, search."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from samspil_terminology.concepts import Concept
from samspil_terminology.system import Selection

from .ids import Ids, has
from .reader import Snapshot

__all__ = ["Held"]


class Held:
    """The codes of a snapshot in their hierarchy. `several` makes concepts of numbers, the way the code system has them."""

    def __init__(self, snapshot: Snapshot, several: Callable[[Iterable[int], bool], list[Concept]]) -> None:
        self.snapshot = snapshot
        self._several = several

    def codes(self) -> Iterator[str]:
        """Every code, a parent before its children."""
        return self.snapshot.all_codes()

    def __len__(self) -> int:
        return self.snapshot.count

    def parents(self, code: str, /) -> Sequence[str]:
        """The codes right above."""
        return self._near(code, "parents")

    def children(self, code: str, /) -> Sequence[str]:
        """The codes right below."""
        return self._near(code, "children")

    def _near(self, code: str, name: str) -> Sequence[str]:
        n = self.snapshot.number(code)
        return list(self.snapshot.codes(self.snapshot.set_of(n, name))) if n is not None else ()

    def selection(self, some: Ids) -> Selection:
        """A set of numbers as the answer of a filter."""

        def contains(code: str) -> bool:
            n = self.snapshot.number(code)
            return n is not None and has(some, n)

        return Selection(contains, lambda: self.snapshot.codes(some), len(some), members=some)

    def page(self, members: Ids | None, start: int, stop: int, *, light: bool) -> list[Concept]:
        """The concepts from one position up to another, of some or of all."""
        numbers = range(start, min(stop, len(self))) if members is None else members[start:stop]
        return self._several(numbers, light)

    def found(  # noqa: PLR0913  where to look, and which part of it
        self, text: str, members: Ids | None, start: int, stop: int, most: int, *, light: bool
    ) -> tuple[list[Concept], int | None]:
        """The same of those that a text finds, best first, and how many there are."""
        numbers, total = self.snapshot.found(text, members, start, stop, most)
        return self._several(numbers, light), total

    def search(self, text: str, /) -> Iterable[str]:
        """The codes found by the beginnings of words, best first."""
        return self.snapshot.codes(self.snapshot.search(text))
