"""What a differential may not say about an element: a profile constrains, it never widens.

https://hl7.org/fhir/R4/profiling.html#limitations
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .choices import capital
from .node import Element

if TYPE_CHECKING:
    from samspil_definitions.definitions import Definitions

__all__ = ["widened"]

_SYSTEM_TYPES = "http://hl7.org/fhirpath/"
_POINTERS = frozenset({"", "Element", "Base", "Reference", "canonical", "CodeableReference"})
_ANY = frozenset({"", "*", "Element", "Base", "DataType", "Resource", "DomainResource", "BackboneElement"})


def widened(element: Element, change: Mapping[str, Any], definitions: Definitions) -> Iterator[str]:
    """In what a change goes beyond the element it constrains, in words."""
    yield from _counts(element, change)
    yield from _types(element, change, definitions)
    yield from _profiles(change, definitions)
    yield from _values(element, change)
    if element.get("mustSupport") is True and change.get("mustSupport") is False:
        yield "mustSupport is true in its base"


def _counts(element: Element, change: Mapping[str, Any]) -> Iterator[str]:
    least, most = element.get("min", 0), str(element.get("max", "*"))
    if change.get("min", least) < least and not element.get("sliceName"):
        yield f"it may appear {change['min']} times, in its base no less than {least}"
    if int(change.get("min", 0)) > 0 and str(change.get("max", most)) == "0":
        yield "it must appear and may not"


def _types(element: Element, change: Mapping[str, Any], definitions: Definitions) -> Iterator[str]:
    allowed = {str(each.get("code", "")) for each in element.get("type", [])}
    if allowed == {"Resource"}:
        for each in change.get("type", []):
            heading = definitions.heading("StructureDefinition", str(each.get("code", "")))
            if heading is not None and heading.kind != "resource":
                yield f"{each['code']} is no resource"
    if not allowed or allowed & _ANY or any(code.startswith(_SYSTEM_TYPES) for code in allowed):
        return
    for each in change.get("type", []):
        code = str(each.get("code", ""))
        if code not in allowed and not _derives(code, allowed, definitions):
            yield f"{code} is none of its types ({', '.join(sorted(allowed))})"


def _derives(code: str, allowed: set[str], definitions: Definitions) -> bool:
    """Whether a type specializes, or is a name for a profile on, one of those allowed."""
    names = {name.rpartition("/")[2] for name in allowed}
    for _ in range(10):
        heading = definitions.heading("StructureDefinition", code)
        if heading is None:
            return not code.startswith("http://hl7.org/fhir/StructureDefinition/") and "/" in code
        code = heading.base.partition("|")[0].rpartition("/")[2]
        if code in names:
            return True
    return False


def _profiles(change: Mapping[str, Any], definitions: Definitions) -> Iterator[str]:
    """Profiles that are of another type than the one they stand on."""
    for each in change.get("type", []):
        code = str(each.get("code", ""))
        for url in each.get("profile", []):
            heading = definitions.heading("StructureDefinition", str(url).partition("#")[0])
            if heading is None or heading.kind == "logical" or not heading.sd_type or code in _POINTERS:
                continue
            if heading.sd_type != code and not _derives(heading.sd_type, {code}, definitions):
                yield f"{url} is a profile of {heading.sd_type}, not of {code}"


def _values(element: Element, change: Mapping[str, Any]) -> Iterator[str]:
    types = {capital(str(each.get("code", ""))) for each in change.get("type", []) or element.get("type", [])}
    if not types or types & _ANY or any("/" in kind for kind in types):
        return
    for key in change:
        for prefix in ("fixed", "pattern"):
            kind = key.removeprefix(prefix)
            if kind != key and kind[:1].isupper() and kind not in types and not _same_shape(kind, types):
                yield f"{key} is a value of none of its types ({', '.join(sorted(types))})"


def _same_shape(kind: str, types: set[str]) -> bool:
    """Whether the value is one of a type that all the element's types specialize, such as Quantity for Age."""
    quantities = {"Age", "Count", "Distance", "Duration", "Money", "SimpleQuantity", "MoneyQuantity"}
    return kind == "Quantity" and bool(types & quantities)
