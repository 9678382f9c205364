"""An expansion as a ValueSet resource: https://hl7.org/fhir/R5/valueset-definitions.html#ValueSet.expansion."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from samspil_terminology.concepts import Concept, Designation, Property, extension_value
from samspil_terminology.displays import preferred
from samspil_terminology.expansion import Entry, Expansion
from samspil_terminology.json_system import STANDARDS_STATUS

from .parameters import coding_json

__all__ = ["expansion_resource"]

Json = Mapping[str, Any]

_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
_URI = "http://hl7.org/fhir/concept-properties#"
_FROM_SYSTEM = {
    _STRUCTURE + each for each in ("coding-sctdescid", "rendering-style", "rendering-xhtml", "codesystem-alternate")
}
_FROM_VALUE_SET = {
    _STRUCTURE + each
    for each in (
        "valueset-supplement",
        "valueset-deprecated",
        "structuredefinition-standards-status",
        "valueset-concept-definition",
        "coding-sctdescid",
        "rendering-style",
        "rendering-xhtml",
    )
}
_OF_DESIGNATION = _FROM_SYSTEM | {_STRUCTURE + "structuredefinition-standards-status"}
_MARKS = (
    ("label", "label", "valueString", "codesystem-label", "valueset-label"),
    ("order", "order", "valueDecimal", "codesystem-conceptOrder", "valueset-conceptOrder"),
    ("weight", "itemWeight", "valueDecimal", "itemWeight", "itemWeight"),
)
_TYPES = {
    "filter": "String",
    "designation": "String",
    "displayLanguage": "Code",
    "count": "Integer",
    "offset": "Integer",
}
_LEFT_OUT = (
    "id",
    "meta",
    "text",
    "compose",
    "expansion",
    "contained",
    "extension",
    "purpose",
    "copyright",
    "description",
)


def expansion_resource(expansion: Expansion, *, identifier: str, timestamp: str) -> dict[str, Any]:
    """The ValueSet with its expansion; `identifier` and `timestamp` are of this answer."""
    writer = _Writer(expansion)
    contains = writer.contains()
    made: dict[str, Any] = {"identifier": identifier, "timestamp": timestamp}
    if expansion.extensions:
        made["extension"] = expansion.extensions
    if expansion.total is not None:
        made["total"] = expansion.total
    if expansion.options.offset is not None:
        made["offset"] = expansion.options.offset
    if expansion.parameters:
        made["parameter"] = [_parameter(name, value) for name, value in expansion.parameters]
    if writer.properties:
        made["property"] = [
            {"code": code, **({"uri": uri} if uri else {})}
            for code, uri in sorted(writer.properties.items(), key=lambda pair: (pair[1], pair[0]))
        ]
    if contains:
        made["contains"] = contains
    source = expansion.value_set
    left_out = () if expansion.options.include_definition else _LEFT_OUT
    kept = {name: value for name, value in source.items() if name not in {*left_out, "expansion", "id", "text", "meta"}}
    return {**kept, "expansion": made}


def _parameter(name: str, value: Any) -> dict[str, Any]:
    kind = _TYPES.get(name)
    if kind is None:
        kind = "Boolean" if isinstance(value, bool) else "Uri"
    return {"name": name, f"value{kind}": value}


class _Writer:
    """The entries of an expansion, and the properties they turn out to have."""

    def __init__(self, expansion: Expansion) -> None:
        self.expansion = expansion
        self.options = expansion.options
        self.properties: dict[str, str] = {}

    def contains(self) -> list[dict[str, Any]]:
        """The entries, nested where the expansion is."""
        made = [self._entry(each) for each in self.expansion.entries]
        if not self.expansion.nested:
            return made
        roots: list[dict[str, Any]] = []
        for each, written in zip(self.expansion.entries, made, strict=True):
            if each.parent is None:
                roots.append(written)
            else:
                made[each.parent].setdefault("contains", []).append(written)
        return roots

    def _entry(self, entry: Entry) -> dict[str, Any]:
        concept = entry.concept
        made: dict[str, Any] = {}
        extension = [each for each in concept.extension if each.get("url") in _FROM_SYSTEM]
        extension += [each for each in entry.extension if each.get("url") in _FROM_VALUE_SET]
        if extension:
            made["extension"] = list({str(each.get("url")): each for each in extension}.values())
        made["system"] = entry.system
        if self.expansion.versioned and entry.version:
            made["version"] = entry.version
        if concept.abstract:
            made["abstract"] = True
        if concept.inactive:
            made["inactive"] = True
        made["code"] = concept.code
        chosen = preferred(entry.texts, self.options.languages, fallback=True)
        if chosen is not None:
            made["display"] = chosen.value
        if self.options.include_designations:
            designations = self._designations(entry, chosen)
            if designations:
                made["designation"] = designations
        properties = self._properties(entry, concept)
        if properties:
            made["property"] = properties
        return made

    def _designations(self, entry: Entry, chosen: Designation | None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for each in entry.texts:
            if each is chosen or not each.value or not self._wanted(each) or not each.preferred:
                continue
            written = _designation(each)
            if written not in found:
                found.append(written)
        return found

    def _wanted(self, text: Designation) -> bool:
        asked = self.options.designations
        if not asked:
            return True
        names = {f"urn:ietf:bcp:47|{text.language}"}
        if text.use is not None:
            names.add(f"{text.use.system}|{text.use.code}")
        return not names.isdisjoint(asked)

    def _properties(self, entry: Entry, concept: Concept) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        several: list[dict[str, Any]] = []
        status = concept.status
        if status and status.lower() != "active":
            found["status"] = self._property("status", _URI + "status", "valueCode", status)
        standards = extension_value(concept.extension, STANDARDS_STATUS)
        if standards:
            found["status"] = self._property("status", _URI + "status", "valueCode", str(standards))
        for code, uri, kind, of_system, of_value_set in _MARKS:
            for extensions, name in ((concept.extension, of_system), (entry.extension, of_value_set)):
                value = extension_value(extensions, _STRUCTURE + name)
                if value is not None:
                    value = Decimal(value) if kind == "valueDecimal" and isinstance(value, int) else value
                    found[code] = self._property(code, _URI + uri, kind, value)
        asked = self.options.properties
        if "definition" in asked and concept.definition:
            found["definition"] = self._property("definition", _URI + "definition", "valueString", concept.definition)
        several += [
            self._property(each.code, self._uri(entry, each), f"value{each.type}", each.value)
            for each in concept.properties
            if (each.code in asked or "*" in asked) and each.code not in found
        ]
        return [*found.values(), *several]

    def _uri(self, entry: Entry, each: Property) -> str:
        return self.expansion.property_uri(entry, each.code)

    def _property(self, code: str, uri: str, kind: str, value: Any) -> dict[str, Any]:
        self.properties.setdefault(code, uri)
        return {"code": code, kind: value}


def _designation(text: Designation) -> dict[str, Any]:
    made: dict[str, Any] = {}
    extension = [each for each in text.extension if each.get("url") in _OF_DESIGNATION]
    if extension:
        made["extension"] = extension
    if text.language:
        made["language"] = text.language
    if text.use is not None:
        made["use"] = coding_json(text.use)
    return {**made, "value": text.value}
