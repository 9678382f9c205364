"""Typed answers as Parameters resources.

https://hl7.org/fhir/R5/valueset-operation-validate-code.html, https://hl7.org/fhir/R5/codesystem-operation-lookup.html,
https://hl7.org/fhir/R5/conceptmap-operation-translate.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from samspil_terminology.closure import Pair
from samspil_terminology.concept_maps import Dependency, flip_equivalence
from samspil_terminology.concepts import Designation, Property
from samspil_terminology.issues import outcome_of
from samspil_terminology.lookup import Lookup
from samspil_terminology.plain import is_object
from samspil_terminology.system import SystemFacts
from samspil_terminology.translation import TranslationAnswer, TranslationMatch
from samspil_terminology.validation import Validation

from .parameters import coding_json, entry, group, parameters

__all__ = [
    "closure_map",
    "designation_part",
    "lookup_head",
    "lookup_parameters",
    "property_part",
    "subsumption_parameters",
    "translation_parameters",
    "validation_parameters",
]

Json = Mapping[str, Any]


def validation_parameters(validation: Validation, codeable_concept: Json | None = None) -> dict[str, Any]:
    """The answer of $validate-code."""
    coding = validation.coding
    made = [entry("result", "Boolean", validation.result)]
    for name, kind, value in (
        ("system", "Uri", coding.system),
        ("code", "Code", coding.code),
        ("version", "String", coding.version),
        ("display", "String", coding.display),
    ):
        if value:
            made.append(entry(name, kind, value))
    unknown = "x-caused-by-unknown-system" if validation.caused_by_unknown else "x-unknown-system"
    made += [entry(unknown, "Canonical", each) for each in validation.unknown]
    if validation.normalized:
        made.append(entry("normalized-code", "Code", validation.normalized))
    if validation.inactive:
        made.append(entry("inactive", "Boolean", True))  # noqa: FBT003
    if validation.status:
        made.append(entry("status", "Code", validation.status))
    if validation.message:
        made.append(entry("message", "String", validation.message))
    if codeable_concept is not None:
        made.append(entry("codeableConcept", "CodeableConcept", codeable_concept))
    if validation.issues:
        made.append(entry("issues", "resource", outcome_of(*validation.issues)))
    return parameters(made)


def lookup_parameters(found: Lookup, wanted: Sequence[str]) -> dict[str, Any]:
    """The answer of $lookup, with the properties wanted (`*` for all; none named for those of the concept)."""
    facts, concept = found.system, found.concept
    everything = not wanted or "*" in wanted
    made = lookup_head(facts, found.display, concept.code, abstract=concept.abstract)
    if concept.definition and (everything or "definition" in wanted):
        made.append({"name": "definition", "valueString": concept.definition})
    if everything or "designation" in wanted:
        made += [designation_part(each) for each in concept.texts() if each.value]
    if everything or "inactive" in wanted:
        made.append(property_part(Property("inactive", "Boolean", concept.inactive)))
    own = [each for each in found.properties if each.code != "inactive" and (everything or each.code in wanted)]
    made += map(property_part, own)
    if "*" in wanted or "parent" in wanted:
        made += [property_part(each) for each in found.parents if not _has(own, each)]
    if "*" in wanted or "child" in wanted:
        made += [property_part(each) for each in found.children if not _has(own, each)]
    made += [entry("used-supplement", "Canonical", each) for each in facts.supplements]
    return parameters(made)


def lookup_head(facts: SystemFacts, display: str, code: str, *, abstract: bool = False) -> list[Json]:
    """What every answer of $lookup begins with."""
    made: list[Json] = [{"name": "name", "valueString": facts.name or facts.title or facts.url}]
    if facts.version:
        made.append({"name": "version", "valueString": facts.version})
    made += (
        {"name": "display", "valueString": display},
        {"name": "code", "valueCode": code},
        {"name": "system", "valueUri": facts.url},
        {"name": "abstract", "valueBoolean": abstract},
    )
    return made


def _has(own: Sequence[Property], each: Property) -> bool:
    return any(other.code == each.code and other.text == each.text for other in own)


def designation_part(text: Designation) -> dict[str, Any]:
    """A text of a concept in the answer of $lookup."""
    parts: list[dict[str, Any]] = []
    if text.language:
        parts.append({"name": "language", "valueCode": text.language})
    if text.use is not None:
        parts.append({"name": "use", "valueCoding": coding_json(text.use)})
    parts.append({"name": "value", "valueString": text.value})
    if text.source:
        parts.append({"name": "source", "valueCanonical": text.source})
    return {"name": "designation", "part": parts}


def property_part(each: Property) -> dict[str, Any]:
    """A property of a concept in the answer of $lookup."""
    parts = [{"name": "code", "valueCode": each.code}, {"name": "value", f"value{each.type}": each.value}]
    if each.description:
        parts.append({"name": "description", "valueString": each.description})
    return {"name": "property", "part": parts}


def subsumption_parameters(outcome: str) -> dict[str, Any]:
    """The answer of $subsumes."""
    return parameters([entry("outcome", "Code", outcome)])


def translation_parameters(answer: TranslationAnswer, *, turned: bool = False) -> dict[str, Any]:
    """The answer of $translate, with the relationship of R5 and the equivalence of R4 on every match.

    `turned` is the reverse of R4 (parameter `reverse`): the concept of a match is then the source that was found, and the
    relationship reads from the code that was asked for.
    """
    made = [entry("result", "Boolean", answer.result)]
    if answer.message:
        made.append(entry("message", "String", answer.message))
    made += [group("match", _match_parts(each, turned=turned)) for each in answer.matches]
    return parameters(made)


def _match_parts(match: TranslationMatch, *, turned: bool) -> Iterator[dict[str, Any]]:
    concept = match.source if turned else match.target
    if match.no_map:
        yield entry("equivalence", "Code", "unmatched")
    else:
        shown = match.flipped() if turned else match
        equivalence = flip_equivalence(match.equivalence) if turned else match.equivalence
        yield entry("relationship", "Code", shown.relationship)
        yield entry("equivalence", "Code", equivalence)
        if concept.code:
            yield entry("concept", "Coding", coding_json(concept))
    for each in match.properties:
        value = next((each[name] for name in each if name.startswith("value")), None)
        kind = next((name[5:] for name in each if name.startswith("value")), "String")
        yield group("property", [entry("uri", "Uri", each.get("code", "")), entry("value", kind, value)])
    yield from (group("product", _dependency_parts(each)) for each in match.product)
    yield from (group("dependsOn", _dependency_parts(each)) for each in match.unresolved)
    yield from (entry("originMap", "Canonical", each) for each in match.maps)


def _dependency_parts(each: Dependency) -> Iterator[dict[str, Any]]:
    yield entry("attribute", "Uri", each.attribute)
    if is_object(each.value):
        yield entry("value", "Coding", each.value)
    elif each.system:
        yield entry("value", "Coding", {"system": each.system, "code": str(each.value)})
    elif isinstance(each.value, bool):
        yield entry("value", "Boolean", each.value)
    else:
        yield entry("value", "String", str(each.value))


def closure_map(name: str, version: int, pairs: Sequence[Pair], fhir: str) -> dict[str, Any]:
    """The answer of $closure: a ConceptMap of the pairs, narrow to broad."""
    groups: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for each in pairs:
        relation = (
            {"equivalence": "subsumes"} if fhir.startswith("4") else {"relationship": "source-is-narrower-than-target"}
        )
        elements = groups.setdefault(each.narrow.system, {})
        elements.setdefault(each.narrow.code, []).append({"code": each.broad.code, **relation})
    made: dict[str, Any] = {
        "resourceType": "ConceptMap",
        "name": name,
        "title": name,
        "version": str(version),
        "status": "active",
        "experimental": True,
    }
    if groups:
        made["group"] = [
            {
                "source": system,
                "target": system,
                "element": [{"code": code, "target": targets} for code, targets in elements.items()],
            }
            for system, elements in groups.items()
        ]
    return made
