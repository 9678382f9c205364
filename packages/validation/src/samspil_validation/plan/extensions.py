"""The plan of an extension's place: where it may stand, whether it modifies, which parts it has.

https://hl7.org/fhir/R4/structuredefinition-definitions.html#StructureDefinition.context
"""

from __future__ import annotations

from typing import Any

from samspil_validation.shape import nodes, texts

from .patches import CONTEXTS
from .tree import Node, build, value_of

__all__ = ["plan_extension"]


def plan_extension(structure: dict[str, Any] | None) -> dict[str, Any] | None:
    """The plan of an extension's definition; None when there is none, or it defines something else."""
    if structure is None or structure.get("type") != "Extension":
        return None
    top = build(structure)
    return {
        "url": structure.get("url"),
        "modifier": top.element.get("isModifier") is True,
        "contexts": [
            [str(each.get("type", "element")), str(each.get("expression", ""))] for each in nodes(structure, "context")
        ]
        + [["element", more] for patch in CONTEXTS if patch.url == structure.get("url") for more in patch.contexts],
        "contextInvariants": [str(each) for each in texts(structure, "contextInvariant")],
        "parts": sorted(_parts(top)),
    }


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
