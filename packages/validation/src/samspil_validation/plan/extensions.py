"""The plan of an extension's place: where it may stand, whether it modifies, which parts it has.

https://hl7.org/fhir/R4/structuredefinition-definitions.html#StructureDefinition.context
"""

from __future__ import annotations

from typing import Any

from samspil_validation.shape import nodes, texts

from .patches import CONTEXTS
from .tree import Node, build, value_of

__all__ = ["plan_extension"]


_VERSION_SPECIFIC = "http://hl7.org/fhir/StructureDefinition/version-specific-use"
_NUMBERS = {"R4": (4, 0), "R4B": (4, 3), "R5": (5, 0)}


def plan_extension(structure: dict[str, Any] | None, release: str) -> dict[str, Any] | None:
    """The plan of an extension's definition in a release; None when there is none, or it defines something else."""
    if structure is None or structure.get("type") != "Extension":
        return None
    top = build(structure)
    return {
        "url": structure.get("url"),
        "modifier": top.element.get("isModifier") is True,
        "contexts": [
            [str(each.get("type", "element")), str(each.get("expression", "")) if _holds(each, release) else ""]
            for each in nodes(structure, "context")
        ]
        + [["element", more] for patch in CONTEXTS if patch.url == structure.get("url") for more in patch.contexts],
        "contextInvariants": [str(each) for each in texts(structure, "contextInvariant")],
        "parts": sorted(_parts(top)),
    }


def _holds(context: dict[str, Any], release: str) -> bool:
    """Whether a context holds in a release: one may be kept to a range of them."""
    for each in nodes(context, "extension"):
        if each.get("url") == _VERSION_SPECIFIC:
            bounds = {str(part.get("url")): value_of(part, "value") for part in nodes(each, "extension")}
            first, last = (bounds.get(name) for name in ("startFhirVersion", "endFhirVersion"))
            mine = _NUMBERS[release]
            if (first and mine < _number(first[1])) or (last and mine > _number(last[1])):
                return False
    return True


def _number(version: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in str(version).split(".")[:2] if part.isdecimal())


def _parts(top: Node) -> set[str]:
    extension = top.children.get("extension")
    found: set[str] = set()
    for each in extension.all_slices() if extension else ():
        url = each.children.get("url")
        fixed = value_of(url.element, "fixed") if url else None
        if fixed:
            found.add(str(fixed[1]))
        found.update(
            str(profile).partition("|")[0] for declared in each.types for profile in texts(declared, "profile")
        )
    return found
