"""A code system of any kind out of its snapshot: LOINC, ICD-10, SKS, NPU, ATC, and FHIR code systems that are large."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from samspil_core.jsontext import loads
from samspil_terminology.concepts import Concept
from samspil_terminology.json_system import designation_of, property_of
from samspil_terminology.system import Filter, Selection, SystemFacts
from samspil_terminology.systems.loinc_sets import LOINC, loinc_value_set

from .ids import Ids, has, ids
from .reader import Snapshot

__all__ = ["INACTIVE", "StoreSystem"]

INACTIVE, ABSTRACT = 1, 2
_HIERARCHY = {"is-a": "down", "descendent-of": "down", "child-of": "children", "generalizes": "up"}


class StoreSystem:
    """A code system out of its snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        meta = snapshot.meta
        self.snapshot = snapshot
        self.facts = SystemFacts(
            url=meta["url"],
            version=meta["version"],
            name=meta.get("name", ""),
            title=meta.get("title", ""),
            language=meta.get("language", ""),
            content=meta.get("content", "complete"),
            case_sensitive=meta.get("case_sensitive", "true") == "true",
            status=meta.get("status", "active"),
            nested=meta.get("nested", "true") == "true",
            closed=meta.get("grammar", "") == "",
            value_set=meta.get("value_set", ""),
            properties=loads(meta.get("properties", "{}")),
            license=meta.get("license", ""),
        )
        self.find = lru_cache(maxsize=1024)(self._found)
        self._grammar = meta.get("grammar", "")

    def _found(self, code: str, /) -> Concept | None:
        row = self.snapshot.row(code)
        if row is None and not self.facts.case_sensitive:
            known = self.snapshot.connection.execute(
                "SELECT code FROM concept WHERE code = ? COLLATE NOCASE", (code,)
            ).fetchone()
            row = self.snapshot.row(known[0]) if known else None
        if row is not None:
            return self._concept(row)
        return self._composed(code) if self._grammar == "+" and "+" in code else None

    def _concept(self, row: tuple[Any, ...]) -> Concept:
        _, code, display, flags, _, _, data = row
        held: Mapping[str, Any] = loads(data) if data else {}
        return Concept(
            code=code,
            display=display,
            language=self.facts.language,
            definition=str(held.get("definition", "")),
            designations=tuple(designation_of(each) for each in held.get("designation", ())),
            properties=tuple(property_of(each) for each in held.get("property", ())),
            status=str(held.get("status", "")) or ("retired" if flags & INACTIVE else ""),
            inactive=bool(flags & INACTIVE),
            abstract=bool(flags & ABSTRACT),
        )

    def _composed(self, code: str) -> Concept | None:
        """A code put together of others with `+`: every part must be a code, and stands for itself."""
        parts = [self._found(each) for each in code.split("+")]
        if any(each is None for each in parts):
            return None
        some = [each for each in parts if each is not None]
        return Concept(
            code,
            " + ".join(each.display for each in some),
            self.facts.language,
            status="retired" if any(each.inactive for each in some) else "",
            inactive=any(each.inactive for each in some),
        )

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
        n = self._number(code)
        return list(self.snapshot.codes(self.snapshot.set_of(n, name))) if n is not None else ()

    def _number(self, code: str) -> int | None:
        n = self.snapshot.number(code)
        if n is None and self._grammar == "+" and "+" in code:
            return self.snapshot.number(code.partition("+")[0])
        return n

    def subsumes(self, broad: str, narrow: str, /) -> bool:
        """Whether `broad` is above `narrow`."""
        above, below = self.snapshot.number(broad), self._number(narrow)
        if above is None or below is None:
            return False
        if above == below:
            return broad != narrow
        return self.snapshot.is_above(above, below)

    def select(self, wanted: Filter, /) -> Selection | None:
        """Hierarchy and indexed properties; None for what the general filters do."""
        if wanted.property in {"concept", "code"} and wanted.op in _HIERARCHY:
            n = self.snapshot.number(wanted.value)
            some: Ids = self.snapshot.set_of(n, _HIERARCHY[wanted.op]) if n is not None else ids(())
            itself = [n] if n is not None and wanted.op in {"is-a", "generalizes"} else []
            return self._selection(ids([*itself, *some]) if itself else some)
        if wanted.op == "=" and self._indexed(wanted.property):
            return self._selection(self.snapshot.by_property(wanted.property, wanted.value))
        return None

    def _indexed(self, name: str) -> bool:
        row = self.snapshot.connection.execute("SELECT 1 FROM property WHERE name = ? LIMIT 1", (name,)).fetchone()
        return row is not None

    def _selection(self, some: Ids) -> Selection:
        def contains(code: str) -> bool:
            n = self.snapshot.number(code)
            return n is not None and has(some, n)

        return Selection(
            contains,
            lambda: self.snapshot.codes(some),
            len(some),
            members=some,
        )

    def value_set(self, url: str) -> Mapping[str, Any] | None:
        """The value sets that a code system implies: those of LOINC."""
        return loinc_value_set(url, self.facts.version) if self.facts.url == LOINC else None

    def page(self, members: Ids | None, start: int, stop: int, *, light: bool) -> list[Concept]:
        """The concepts from one position up to another, of some or of all."""
        numbers = range(start, min(stop, len(self))) if members is None else members[start:stop]
        return self._several(numbers, light=light)

    def found(  # noqa: PLR0913  where to look, and which part of it
        self, text: str, members: Ids | None, start: int, stop: int, most: int, *, light: bool
    ) -> tuple[list[Concept], int | None]:
        """The same of those that a text finds, best first, and how many there are."""
        numbers, total = self.snapshot.found(text, members, start, stop, most)
        return self._several(numbers, light=light), total

    def _several(self, numbers: Iterable[int], *, light: bool) -> list[Concept]:  # noqa: ARG002  a row has all
        return [self._concept(row) for row in self.snapshot.rows(numbers)]

    def search(self, text: str, /) -> Iterable[str]:
        """The codes found by the beginnings of words, best first."""
        return self.snapshot.codes(self.snapshot.search(text))
