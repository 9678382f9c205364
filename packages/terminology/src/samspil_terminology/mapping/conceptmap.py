"""Mappings as a ConceptMap of R4 or R5, and back.

https://hl7.org/fhir/R5/conceptmap.html, https://hl7.org/fhir/R4/conceptmap.html
"""

from collections.abc import Iterable
from typing import Any, Literal

from samspil_terminology.concept_maps import TO_EQUIVALENCE, read_map
from samspil_terminology.plain import as_dict

from .sssom import NO_TERM, PREDICATES, Mapping, MappingSet

__all__ = ["from_concept_map", "to_concept_map"]


def to_concept_map(
    some: MappingSet, url: str, version: str = "", *, release: Literal["R4", "R5"] = "R4", status: str = "draft"
) -> dict[str, Any]:
    """The accepted mappings as a ConceptMap: groups by systems, elements and targets in the order of codes."""
    groups: dict[tuple[str, str], dict[str, list[Mapping]]] = {}
    rows = [each for each in some.mappings if each.review_state == "accepted"]
    usual = next((some.coding(each.object_id).system for each in rows if not each.no_map), "")
    for each in sorted(rows, key=lambda one: (one.subject_id, one.object_id)):
        source = some.coding(each.subject_id).system
        target = usual if each.no_map else some.coding(each.object_id).system
        groups.setdefault((source, target), {}).setdefault(each.subject_id, []).append(each)
    made: dict[str, Any] = {"resourceType": "ConceptMap", "url": url}
    if version:
        made["version"] = version
    made |= {"name": _name(url), "status": status}
    if groups:
        made["group"] = [
            {
                "source": source,
                **({"target": target} if target else {}),
                "element": [_element(subject, targets, release) for subject, targets in elements.items()],
            }
            for (source, target), elements in groups.items()
        ]
    return made


def _name(url: str) -> str:
    plain = "".join(each if each.isalnum() else "_" for each in url.rstrip("/").rpartition("/")[2])
    return plain if plain[:1].isalpha() else f"Map_{plain}"


def _element(subject: str, rows: Iterable[Mapping], release: str) -> dict[str, Any]:
    some = list(rows)
    made: dict[str, Any] = {"code": subject.partition(":")[2]}
    if some[0].subject_label:
        made["display"] = some[0].subject_label
    if some[0].no_map:
        return {**made, "noMap": True} if release == "R5" else {**made, "target": [{"equivalence": "unmatched"}]}
    made["target"] = [_target(each, release) for each in some]
    return made


def _target(each: Mapping, release: str) -> dict[str, Any]:
    made: dict[str, Any] = {"code": each.object_code}
    if each.object_label:
        made["display"] = each.object_label
    relationship = each.relationship
    made |= {"relationship": relationship} if release == "R5" else {"equivalence": TO_EQUIVALENCE[relationship]}
    if each.comment:
        made["comment"] = each.comment
    return made


def from_concept_map(resource: object, *, author: str = "", reviewer: str = "") -> MappingSet:
    """The mappings of a ConceptMap, accepted when a reviewer is named; a dict or a fhir.resources model."""
    read = read_map(as_dict(resource))
    made = MappingSet(facts={"mapping_set_id": read.canonical})
    state = "accepted" if reviewer else "proposed"
    for group in read.groups:
        source, target = made.prefix(group.source, "local"), made.prefix(group.target, "target")
        for element in group.elements:
            subject = f"{source}:{element.code}"
            if element.no_map:
                made.mappings.append(
                    Mapping(
                        subject,
                        NO_TERM,
                        subject_label=element.display,
                        author_id=author,
                        reviewer_id=reviewer,
                        review_state=state,
                    )
                )
            for each in element.targets:
                made.mappings.append(
                    Mapping(
                        subject,
                        f"{target}:{each.code}",
                        PREDICATES[each.relationship],
                        element.display,
                        each.display,
                        "Not" if each.relationship == "not-related-to" else "",
                        "semapv:ManualMappingCuration",
                        author,
                        reviewer,
                        review_state=state,
                        comment=each.comment,
                    )
                )
    return made
