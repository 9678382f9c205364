"""One walk through a resource: what it refers to, and whether single elements of it bear labels of their own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from .parts import is_object, objects, one_of, tail

__all__ = ["INLINE_LABEL", "look", "patients_among", "targets_of"]

INLINE_LABEL: Final = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label"
"""The extension that labels one element: https://hl7.org/fhir/uv/security-label-ds4p/inline_security_labels.html."""


_SCALARS: Final = frozenset({int, float, bool, Decimal, type(None)})


def look(resource: Mapping[str, Any]) -> tuple[set[str], bool]:  # noqa: C901  the hot loop of enforcement, written out
    """Every `reference` in a resource as it is written, and whether any element is labelled."""
    found: set[str] = set()
    labelled = False
    waiting: list[Any] = [resource]
    push = waiting.append
    while waiting:
        for name, value in waiting.pop().items():
            kind = type(value)  # pyright: ignore[reportUnknownVariableType]  any JSON; a cast here would cost
            if kind is str:
                if name == "reference":
                    found.add(value)
            elif kind is list:
                if name == "extension" and not labelled:
                    labelled = any(each.get("url") == INLINE_LABEL for each in objects(value))
                for each in value:
                    if type(each) is dict:
                        push(each)
                    elif type(each) is not str:
                        waiting += _mappings(each)
            elif kind is dict:
                push(value)
            elif kind not in _SCALARS and isinstance(value, Mapping):
                push(cast("Mapping[str, Any]", value))
    return found, labelled


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    """The objects of what is no plain object: a list in a list, or a mapping of another kind."""
    if isinstance(value, list):
        return [one for each in cast("list[Any]", value) for one in _mappings(each)]
    return [value] if is_object(value) else []


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
