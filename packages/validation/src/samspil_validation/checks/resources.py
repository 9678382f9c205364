"""A resource, wherever it stands: its type, what being contained asks, its profiles, and the rules.

https://hl7.org/fhir/R4/domainresource.html#invs, https://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["check_resource"]

URL = "http://hl7.org/fhir/StructureDefinition/Resource"
_DOMAIN = "http://hl7.org/fhir/StructureDefinition/DomainResource"


def check_resource(value: Any, place: Any, run: Run) -> None:
    """Check a resource against its type and its profiles, with itself as the present resource."""
    schema = run.schema
    name = value.get("resourceType") if value.__class__ is dict else None
    if name.__class__ is not str:
        run.find(f.NOT_A_RESOURCE, place, URL)
        return
    if name not in schema.resource_types:
        run.find(f.UNKNOWN_TYPE, place, URL, release=schema.release)
        return
    saved = (run.resource, run.here, run.holders, run.root_resource, run.ids, run.id_twice)
    if run.resource is not None:
        run.holders = (*run.holders, (run.resource, run.here))
    if place[1] != "contained":
        run.root_resource = value
    run.resource, run.here = value, place
    run.ids, run.id_twice = set(), False
    try:
        schema.types[name](value, place, run)
        if "contained" in value and schema.settings.contained:
            _contained(value, place, run)
        elif schema.settings.best_practice and "text" not in value and place[1] != "contained":
            _best_practice(value, place, run)
        _profiles(value, place, run)
        run.apply(schema.rules_of(name), value, place)
    finally:
        run.resource, run.here, run.holders, run.root_resource, run.ids, run.id_twice = saved


def _best_practice(value: dict[str, Any], place: Any, run: Run) -> None:
    if value["resourceType"] not in {"Bundle", "Parameters", "Binary"}:
        run.find(f.NO_NARRATIVE, place, _DOMAIN)


def _profiles(value: dict[str, Any], place: Any, run: Run) -> None:
    """Check against the profiles that the resource names and those the caller asks for."""
    if "meta" not in value and not (run.imposed and value is run.root):
        return
    for profile in run.profiles_of(value):
        found = run.against(value, profile, place)
        if found is not None:
            run.found.extend(found)
        elif profile in run.imposed and value is run.root:
            run.find(f.PROFILE_IMPOSED_UNKNOWN, place, profile, profile=profile)
        elif run.schema.type_of(profile) == "":
            broken = run.schema.broken.get(profile)
            if broken:
                run.undecide(f.PROFILE_BROKEN, place, profile, profile=profile, why=broken)
            else:
                run.undecide(f.PROFILE_UNKNOWN, place, profile, profile=profile)


def _contained(value: dict[str, Any], place: Any, run: Run) -> None:
    """The rules of containment, dom-2 to dom-5."""
    contained = value["contained"]
    if contained.__class__ is not list:
        return
    names = _names_used(value)
    for index, each in enumerate(contained):
        if each.__class__ is not dict:
            continue
        here = (place, "contained", index)
        if "contained" in each:
            run.find(f.CONTAINED_NESTED, here, _DOMAIN)
        meta = each.get("meta")
        if meta.__class__ is dict and ("versionId" in meta or "lastUpdated" in meta):
            run.find(f.CONTAINED_VERSION, here, _DOMAIN)
        if meta.__class__ is dict and "security" in meta:
            run.find(f.CONTAINED_SECURITY, here, _DOMAIN)
        name = each.get("id")
        if not (name.__class__ is str and "#" + name in names) and not _points_out(each):
            run.find(f.CONTAINED_UNUSED, here, _DOMAIN)


def _names_used(value: Any) -> set[str]:
    """Every text of the resource that begins with #: references, canonicals and URLs alike."""
    found: set[str] = set()
    waiting: list[Any] = [value]
    while waiting:
        node = waiting.pop()
        for each in node.values() if node.__class__ is dict else node:
            if each.__class__ is str:
                if each[:1] == "#":
                    found.add(each)
            elif each.__class__ is dict or each.__class__ is list:
                waiting.append(each)
    return found


def _points_out(contained: dict[str, Any]) -> bool:
    return "#" in _names_used(contained)
