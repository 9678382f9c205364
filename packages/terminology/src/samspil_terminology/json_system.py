"""A code system out of a FHIR CodeSystem resource, held in dicts; concepts are made when they are first asked for.

https://hl7.org/fhir/R5/codesystem.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from samspil_core.values import Coding

from .concepts import Concept, Designation, Property, extension_value
from .plain import is_object
from .system import Filter, Selection, SystemFacts

__all__ = ["STANDARDS_STATUS", "JsonSystem", "coding_of", "designation_of", "property_of"]

Json = Mapping[str, Any]

STANDARDS_STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
_URIS = "http://hl7.org/fhir/concept-properties#"
_INACTIVE = frozenset({"inactive", "retired"})
_WITHDRAWN = frozenset({"withdrawn", "inactive"})


class JsonSystem:
    """A FHIR CodeSystem (R4, R4B or R5 JSON); hierarchy from nesting and from `parent` and `child` properties."""

    __slots__ = ("_above", "_below", "_folded", "_made", "_names", "_order", "_raw", "_resource", "facts")

    def __init__(self, resource: Json) -> None:
        self._resource = resource
        self._raw: dict[str, Json] = {}
        self._above: dict[str, list[str]] = {}
        self._below: dict[str, list[str]] = {}
        self._order: list[str] = []
        self._made: dict[str, Concept] = {}
        self._names = _property_names(resource)
        self._take(resource.get("concept", ()), "")
        several = self._link()
        self.facts = _facts(resource, nested=not several)
        self._folded: dict[str, str] | None = None
        if not self.facts.case_sensitive:
            self._folded = {code.casefold(): code for code in reversed(self._order)}

    def _take(self, concepts: Iterable[Json], parent: str) -> None:
        stack = [(parent, iter(concepts))]
        while stack:
            above, rest = stack[-1]
            concept = next(rest, None)
            if concept is None:
                stack.pop()
                continue
            code = str(concept.get("code", ""))
            if code not in self._raw:
                self._raw[code] = concept
                self._order.append(code)
            if above:
                self._tie(above, code)
            if concept.get("concept"):
                stack.append((code, iter(concept["concept"])))

    def _tie(self, above: str, below: str) -> None:
        parents = self._above.setdefault(below, [])
        if above not in parents:
            parents.append(above)
            self._below.setdefault(above, []).append(below)

    def _link(self) -> bool:
        """Take `parent` and `child` properties into the hierarchy; tell whether it is other than the nesting."""
        parent, child = self._names["parent"], self._names["child"]
        by_property = False
        for code in self._order:
            for each in self._raw[code].get("property", ()):
                if each.get("code") == parent or each.get("code") == child:
                    other = _value(each)[1]
                    other = str(other.get("code", "")) if is_object(other) else str(other)
                    if other in self._raw:
                        by_property = True
                        self._tie(*((other, code) if each["code"] == parent else (code, other)))
        return by_property

    @property
    def resource(self) -> Json:
        """The resource itself."""
        return self._resource

    def find(self, code: str, /) -> Concept | None:
        """The concept with that code."""
        made = self._made.get(code)
        if made is not None:
            return made
        raw = self._raw.get(code)
        if raw is None:
            known = self._folded.get(code.casefold()) if self._folded is not None else None
            return self.find(known) if known is not None else None
        made = self._made[code] = self._concept(code, raw)
        return made

    def _concept(self, code: str, raw: Json) -> Concept:
        properties = tuple(property_of(each) for each in raw.get("property", ()))
        extension = tuple(raw.get("extension", ()))
        status = _text(properties, self._names["status"]) or str(extension_value(extension, STANDARDS_STATUS) or "")
        flagged = _text(properties, self._names["inactive"]) == "true"
        return Concept(
            code=code,
            display=str(raw.get("display", "")),
            language=str(self._resource.get("language", "")),
            definition=str(raw.get("definition", "")),
            designations=tuple(designation_of(each) for each in raw.get("designation", ())),
            properties=properties,
            extension=extension,
            status=status or ("inactive" if flagged else ""),
            inactive=flagged or status in _INACTIVE,
            abstract=_text(properties, self._names["notSelectable"]) == "true"
            or extension_value(extension, "http://hl7.org/fhir/StructureDefinition/codesystem-notSelectable") is True,
        )

    def codes(self) -> Iterator[str]:
        """Every code, as the resource orders them."""
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def parents(self, code: str, /) -> Sequence[str]:
        """The codes right above."""
        return self._above.get(code, ())

    def children(self, code: str, /) -> Sequence[str]:
        """The codes right below."""
        return self._below.get(code, ())

    def subsumes(self, broad: str, narrow: str, /) -> bool:
        """Whether `broad` is above `narrow`; circles in the data end the walk."""
        seen: set[str] = set()
        above = list(self._above.get(narrow, ()))
        while above:
            code = above.pop()
            if code == broad:
                return code != narrow
            if code not in seen:
                seen.add(code)
                above.extend(self._above.get(code, ()))
        return False

    def select(self, wanted: Filter, /) -> Selection | None:  # noqa: ARG002  the general filters do
        """None: the general filters answer."""
        return None

    def search(self, text: str, /) -> None:  # noqa: ARG002  there is no index
        """None: there is no index."""
        return


def _facts(resource: Json, *, nested: bool) -> SystemFacts:
    return SystemFacts(
        url=str(resource.get("url", "")),
        version=str(resource.get("version", "")),
        name=str(resource.get("name", "")),
        title=str(resource.get("title", "")),
        language=str(resource.get("language", "")),
        content=str(resource.get("content", "")),
        case_sensitive=resource.get("caseSensitive", True) is not False,
        status=str(resource.get("status", "")),
        standards_status=str(extension_value(resource.get("extension"), STANDARDS_STATUS) or ""),
        experimental=resource.get("experimental") is True,
        nested=nested,
        version_needed=resource.get("versionNeeded") is True,
        value_set=str(resource.get("valueSet", "")),
        properties={str(each.get("code")): str(each.get("uri", "")) for each in resource.get("property", ())},
        license=str(resource.get("copyright", "")),
    )


def _property_names(resource: Json) -> dict[str, str]:
    """The codes the resource has for the properties that FHIR gives a meaning, found by URI, else by their usual code."""
    names = {name: name for name in ("parent", "child", "status", "inactive", "notSelectable")}
    for each in resource.get("property", ()):
        name = str(each.get("uri", "")).removeprefix(_URIS)
        if name in names and "uri" in each:
            names[name] = str(each.get("code"))
    return names


def _text(properties: tuple[Property, ...], code: str) -> str:
    return next((each.text for each in properties if each.code == code), "")


def _value(element: Json) -> tuple[str, Any]:
    return next(((name[5:], value) for name, value in element.items() if name.startswith("value")), ("", ""))


def property_of(element: Json) -> Property:
    """A property as FHIR writes it: `code` and `value[x]`."""
    kind, value = _value(element)
    return Property(str(element.get("code", "")), kind, value, str(element.get("description", "")))


def designation_of(element: Json, source: str = "") -> Designation:
    """A designation as FHIR writes it; `source` is the supplement it stands in."""
    extension = tuple(element.get("extension", ()))
    status = str(extension_value(extension, STANDARDS_STATUS) or "")
    return Designation(
        value=str(element.get("value", "")).strip(),
        language=str(element.get("language", "")),
        use=coding_of(element["use"]) if element.get("use") else None,
        source=source,
        extension=extension,
        active=status not in _WITHDRAWN,
    )


def coding_of(element: Json) -> Coding:
    """A Coding as FHIR writes it."""
    return Coding(*(str(element.get(name) or "") for name in ("system", "code", "display", "version")))
