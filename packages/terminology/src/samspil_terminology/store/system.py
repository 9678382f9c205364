"""A code system of any kind out of its snapshot: LOINC, ICD-10, SKS, NPU, ATC, and FHIR code systems that are large."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from samspil_core.jsontext import loads
from samspil_terminology.concepts import Concept
from samspil_terminology.json_system import designation_of, property_of
from samspil_terminology.system import Filter, Selection, SystemFacts
from samspil_terminology.systems.loinc_sets import ANSWERS, LOINC, answers, loinc_value_set

from .held import Held
from .ids import Ids, ids
from .reader import Snapshot

__all__ = ["INACTIVE", "StoreSystem"]

INACTIVE, ABSTRACT = 1, 2
_HIERARCHY = {"is-a": "down", "descendent-of": "down", "child-of": "children", "generalizes": "up"}

_RELATIONS = {"parent": "children", "child": "parents", "ancestor": "down", "descendant": "up"}
"""Which codes have a code as their parent, child, ancestor, descendant."""


class StoreSystem(Held):
    """A code system out of its snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        meta = snapshot.meta
        super().__init__(snapshot, self._concepts)
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
            return self.selection(ids([*itself, *some]) if itself else some)
        if wanted.op != "=":
            return None
        if self.facts.url == LOINC and wanted.property in ANSWERS:
            return self.selection(answers(self.snapshot, wanted.property, wanted.value))
        if self._indexed(wanted.property):
            return self.selection(self.snapshot.by_property(wanted.property, wanted.value))
        if wanted.property in _RELATIONS:
            n = self.snapshot.number(wanted.value)
            return self.selection(self.snapshot.set_of(n, _RELATIONS[wanted.property]) if n is not None else ids(()))
        return None

    def _indexed(self, name: str) -> bool:
        row = self.snapshot.connection.execute("SELECT 1 FROM property WHERE name = ? LIMIT 1", (name,)).fetchone()
        return row is not None

    def value_set(self, url: str) -> Mapping[str, Any] | None:
        """The value sets that a code system implies: those of LOINC."""
        return loinc_value_set(url, self.facts.version) if self.facts.url == LOINC else None

    def _concepts(self, numbers: Iterable[int], _light: bool) -> list[Concept]:  # noqa: FBT001  a row has all
        return [self._concept(row) for row in self.snapshot.rows(numbers)]
