"""References: the type they lead to, and where that may be. https://hl7.org/fhir/R4/references.html."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["contained_canonical", "target_check", "type_in", "types_of"]

BASE = "http://hl7.org/fhir/StructureDefinition/"
_ANY = frozenset({"Resource", "Any", "DomainResource"})


def contained_canonical(value: Any, place: Any, run: Run) -> None:
    """A canonical that is # and an id names a contained resource that is there."""
    if value[0] == "#" and len(value) > 1 and run.target(value) is None:
        run.find(f.CANONICAL_DANGLING, place, BASE + "Resource")


def types_of(targets: list[str], schema: Schema) -> frozenset[str] | None:
    """The resource types that these target profiles allow, or None for any."""
    found = {schema.type_of(each) for each in targets}
    return None if found & _ANY or "" in found else frozenset(found)


def type_in(reference: str, resource_types: frozenset[str]) -> str:
    """The resource type that a literal reference names by its form (`.../Type/id`), or an empty text."""
    path = reference.partition("#")[0].partition("/_history/")[0].partition("?")[0]
    above, _, _last = path.rpartition("/")
    name = above.rpartition("/")[2]
    return name if name in resource_types else ""


def target_check(  # noqa: C901  one closure
    targets: list[str], url: str, schema: Schema, *, inside: bool = False
) -> Check:
    """The check that a Reference leads to one of these types, as far as that can be seen from here."""
    allowed = types_of(targets, schema)
    if allowed is None:
        return _nothing
    shown = ", ".join(sorted(allowed))
    resource_types = schema.resource_types

    def check(value: Any, place: Any, run: Run) -> None:
        if inside:
            value, place = value.get("reference"), (place, "reference", -1)
            if value.__class__ is not dict:
                return
        reference = value.get("reference")
        if reference.__class__ is not str:
            said = value.get("type")
            if said.__class__ is str and said.removeprefix(BASE) in resource_types - allowed:
                run.find(f.REFERENCE_TYPE, place, url, found=said.removeprefix(BASE), allowed=shown)
            return
        if reference.rpartition("/")[0].rpartition("/")[2] in allowed:
            return
        name = type_in(reference, resource_types)
        if not name:
            target = run.target(reference)
            if target is None:
                return
            name = str(target.resource.get("resourceType", ""))
        if name not in allowed and name in resource_types:
            run.find(f.REFERENCE_TYPE, place, url, found=name, allowed=shown)

    return check


def _nothing(_value: Any, _place: Any, _run: Run) -> None:
    """Any type may be referred to."""
