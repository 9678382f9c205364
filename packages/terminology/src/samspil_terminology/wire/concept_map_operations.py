"""The operations of ConceptMap: https://hl7.org/fhir/R5/conceptmap-operations.html."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.closure import ClosureTable
from samspil_terminology.concept_maps import Dependency
from samspil_terminology.issues import failure
from samspil_terminology.json_system import coding_of
from samspil_terminology.plain import is_object
from samspil_terminology.translation import translate
from samspil_terminology.translation_scope import Scope

from .answers import closure_map, translation_parameters
from .parameters import Reader, coding_json, entry
from .requested import Service, catalog_of, given_resource

__all__ = [
    "run_closure",
    "run_translate",
]

Json = Mapping[str, Any]


def run_translate(service: Service, request: Reader, _accept_language: str) -> dict[str, Any]:
    """$translate."""
    catalog = catalog_of(service, request)
    given = given_resource(request, "conceptMap")
    url = request.text("url")
    if given is not None:
        catalog, url = catalog.over([given]), str(given.get("url", ""))
    turned = request.flag("reverse")
    asked, backward = _to_translate(request)
    scope = Scope(
        url,
        request.text("conceptMapVersion"),
        request.text("sourceScope", "source"),
        request.text("targetScope", "target"),
        request.text("targetSystem", "targetsystem"),
        source_system=request.text("sourceSystem", "system") if backward else "",
    )
    if turned:
        scope = replace(scope, source_system=scope.target_system, target_system="")
    if backward and not asked[0].system:
        asked = [replace(each, system=scope.target_system) for each in asked]
    dependencies = [_dependency(each) for each in request.parts("dependency")]
    answers = [translate(catalog, each, scope, reverse=turned or backward, dependencies=dependencies) for each in asked]
    best = next((each for each in answers if each.matches), answers[0])
    made = translation_parameters(best, turned=turned)
    if backward:
        for match, written in zip(best.matches, _matches(made), strict=True):
            written["part"].append(entry("source", "Coding", coding_json(match.source)))
    return made


def _matches(resource: Json) -> list[dict[str, Any]]:
    return [each for each in resource["parameter"] if each["name"] == "match"]


_CODED = ("codeableConcept", "coding", "code")


def _to_translate(request: Reader) -> tuple[list[Coding], bool]:
    """The codings to translate, and whether they are targets (R5: the parameters that begin with `target`)."""
    version = request.text("version")
    for prefix, backward in (("source", False), ("target", True), ("", False)):
        named = {each: prefix + each[0].upper() + each[1:] if prefix else each for each in _CODED}
        concept = request.first(named["codeableConcept"])
        if is_object(concept) and concept.get("coding"):
            return [coding_of(each) for each in concept["coding"]], backward
        coding = request.coding(named["coding"])
        if coding is not None:
            return [coding], backward
        code = request.text(named["code"])
        if code:
            system = request.text("targetSystem") if backward else request.text("sourceSystem", "system")
            return [Coding(system, code, "", "" if backward else request.text("sourceVersion") or version)], backward
    raise failure("invalid", "", "NO_CODE_TO_TRANSLATE", status=400)


def _dependency(part: Reader) -> Dependency:
    value = part.first("value", "concept")
    if is_object(value) and value.get("coding"):
        value = value["coding"][0]
    system = str(value.get("system", "")) if is_object(value) else ""
    return Dependency(part.text("attribute", "element"), value, system)


def run_closure(service: Service, request: Reader, _accept_language: str) -> dict[str, Any]:
    """$closure."""
    name = request.text("name")
    if not name:
        raise failure("invalid", "", "NO_CLOSURE_NAME", status=400)
    codings = [coding_of(each) for each in request.all("concept") if is_object(each)]
    version = request.text("version")
    if version and codings:
        raise failure("invalid", "", "CLOSURE_BOTH", status=400)
    if version:
        table = service.closures.get(name)
        if table is None or not version.isdigit():
            raise failure("not-found", "not-found", "CLOSURE_UNKNOWN", status=404, name=name)
        return closure_map(name, table.version, table.since(int(version)), service.fhir)
    if not codings:
        service.closures[name] = ClosureTable(name)
        return closure_map(name, 0, [], service.fhir)
    table = service.closures.get(name)
    if table is None:
        raise failure("not-found", "not-found", "CLOSURE_UNKNOWN", status=404, name=name)
    return closure_map(name, table.version, table.add(catalog_of(service, request), codings), service.fhir) | {
        "version": str(table.version)
    }
