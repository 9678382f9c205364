"""The server's statement of what it can do, as it is with consent in front of it.

What a server says of itself may count what it holds, and offers what is refused here.
https://hl7.org/fhir/R4/capabilitystatement.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .parts import is_object, objects
from .writes import DECIDED_BY

__all__ = ["capability"]

_INTERACTIONS: Final = frozenset({"read", "vread", "history-instance", "search-type"})
_WRITES: Final = frozenset({"create", "update"})
_HEAD: Final = (
    "resourceType",
    "url",
    "version",
    "name",
    "title",
    "status",
    "date",
    "publisher",
    "kind",
    "fhirVersion",
    "implementationGuide",
)
_OF_A_TYPE: Final = (
    "type",
    "profile",
    "supportedProfile",
    "versioning",
    "readHistory",
    "searchInclude",
    "searchRevInclude",
    "searchParam",
)
_EXTENDED: Final = frozenset({"extension", "modifierExtension"})


def capability(found: Mapping[str, Any]) -> dict[str, Any]:
    """The statement without counts, operations and interactions that are refused, and without extensions of a type."""
    head = {name: found[name] for name in _HEAD if name in found}
    rest = [
        {
            "mode": "server",
            **({"security": each["security"]} if "security" in each else {}),
            "resource": [_of_type(one) for one in objects(each.get("resource"))],
            "interaction": [{"code": "batch"}],
        }
        for each in objects(found.get("rest"))
        if each.get("mode") == "server"
    ]
    return {**head, "format": ["application/fhir+json"], "rest": rest}


def _of_type(found: Mapping[str, Any]) -> dict[str, Any]:
    wanted = _INTERACTIONS if found.get("type") in DECIDED_BY else _INTERACTIONS | _WRITES
    kept = {name: _bare(found[name]) for name in _OF_A_TYPE if name in found}
    return {**kept, "interaction": [one for one in objects(found.get("interaction")) if one.get("code") in wanted]}


def _bare(value: Any) -> Any:
    """A value without extensions, which may say anything."""
    if isinstance(value, list):
        return [_bare(each) for each in value]  # pyright: ignore[reportUnknownVariableType]  any JSON
    if is_object(value):
        return {name: _bare(each) for name, each in value.items() if name not in _EXTENDED}
    return value
