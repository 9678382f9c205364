"""One walk through a resource: what it refers to, and whether single elements of it bear labels of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from .parts import is_object, objects, one_of, tail

__all__ = ["INLINE_LABEL", "look", "patients_among", "targets_of"]

INLINE_LABEL: Final = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
"""The extension that labels one element: https://hl7.org/fhir/uv/security-label-ds4p/inline_security_labels.html."""


def look(resource: Mapping[str, Any]) -> tuple[set[str], bool]:
    """Every `reference` in a resource as it is written, and whether any element is labelled."""
    found: set[str] = set()
    labelled = False
    waiting: list[Any] = [resource]
    while waiting:
        one = waiting.pop()
        if type(one) is list:
            waiting += one
            continue
        if type(one) is not dict and not is_object(one):
            continue
        for name, value in cast("Mapping[str, Any]", one).items():
            kind = type(value)
            if kind is str:
                if name == "reference":
                    found.add(value)
                continue
            if kind is list or kind is dict or isinstance(value, Mapping):
                if name == "extension" and not labelled:
                    labelled = any(each.get("url") == INLINE_LABEL for each in objects(value))
                waiting.append(value)
    return found, labelled


def targets_of(written: set[str]) -> set[str]:
    """References as `Type/id`."""
    return {tail(each) for each in written}


def patients_among(written: set[str], resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The patients a resource speaks of anywhere, sorted; a Patient speaks of itself."""
    if len(written) == 1 and not one_of(resource.get("resourceType"), ("Patient",)):
        (only,) = written
        return (tail(only),) if "Patient/" in only and tail(only).startswith("Patient/") else ()
    found = {named for each in written if "Patient/" in each and (named := tail(each)).startswith("Patient/")}
    if resource.get("resourceType") == "Patient":
        found.add(f"Patient/{resource.get('id')}")
    return tuple(sorted(found))
