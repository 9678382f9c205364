"""Every operation by name: Parameters in, a resource out.

`operate` is what a server, a test runner and a command have in common. https://hl7.org/fhir/R5/terminology-service.html
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.closure import ClosureTable
from samspil_terminology.concept_maps import Dependency
from samspil_terminology.expansion import DEFAULT_LIMIT, expand
from samspil_terminology.issues import OperationFailed, TxIssue, failure, outcome_of
from samspil_terminology.json_system import coding_of
from samspil_terminology.lookup import lookup, subsumes
from samspil_terminology.messages import say
from samspil_terminology.options import Options, languages_of
from samspil_terminology.plain import is_object
from samspil_terminology.shape import misshapen
from samspil_terminology.translation import Scope, translate
from samspil_terminology.validation import Mode, validate_in_system, validate_in_value_set

from .answers import (
    closure_map,
    lookup_parameters,
    subsumption_parameters,
    translation_parameters,
    validation_parameters,
)
from .expansion_json import expansion_resource
from .parameters import Reader, coding_json, entry, parameters

__all__ = ["OPERATIONS", "Answer", "Service", "operate"]

Json = Mapping[str, Any]
_PLAIN = Options()


@dataclass(slots=True)
class Service:
    """What operations work on: a catalogue, the closure tables, and what an answer takes from outside.

    `clock` gives the time of an expansion, `new_id` its identifier, so that the same request can give the same bytes.
    `fhir` is the release whose forms are spoken, such as `4.0.1`; `limit` how many codes an expansion without page has;
    `seconds`, told by `timer`, how long an expansion may take.
    """

    catalog: Catalog
    clock: Callable[[], datetime]
    new_id: Callable[[], str] = lambda: str(uuid4())
    fhir: str = "5.0.0"
    limit: int = DEFAULT_LIMIT
    seconds: float = math.inf
    timer: Callable[[], float] = time.monotonic
    closures: dict[str, ClosureTable] = field(default_factory=dict[str, ClosureTable])


@dataclass(frozen=True, slots=True)
class Answer:
    """A resource, and the HTTP status to send it with."""

    resource: dict[str, Any]
    status: int = 200


def operate(service: Service, name: str, request: Json, accept_language: str = "") -> Answer:
    """Run the operation `Type/$name` on a Parameters resource. What fails is an OperationOutcome with its status."""
    run = OPERATIONS.get(name)
    try:
        if run is None:
            raise failure("not-supported", "", "UNKNOWN_OPERATION", status=404, name=name)
        if request.get("resourceType", "Parameters") != "Parameters":
            raise failure("invalid", "", "NOT_PARAMETERS", status=400, kind=str(request.get("resourceType"))[:40])
        wrong = misshapen(request)
        if wrong:
            raise failure("structure", "", "MISSHAPEN", status=400, expression=wrong, place=wrong)
        return Answer(run(service, Reader(request), accept_language))
    except OperationFailed as failed:
        return Answer(outcome_of(failed.issue), failed.status)


def _options(request: Reader, accept_language: str, service: Service | None = None) -> Options:
    options = _PLAIN
    if service is not None and service.seconds < math.inf:
        timer, end = service.timer, service.timer() + service.seconds
        options = replace(options, give_up=lambda: timer() > end)
    if accept_language:
        options = replace(options, accept_language=_lenient_languages(accept_language))
    for name, value in request:
        if name == "profile" and is_object(value):
            for inner, held in Reader(value):
                options = options.see(inner, held)
        else:
            options = options.see(name, value)
    return options


def _lenient_languages(text: str) -> Any:
    try:
        return languages_of(text)
    except OperationFailed:
        return None


def _catalog(service: Service, request: Reader) -> Catalog:
    return service.catalog.over([each for each in request.all("tx-resource") if is_object(each)])


def _given(request: Reader, name: str) -> Json | None:
    """The resource of a parameter. Raises `OperationFailed` when it is one of another type."""
    found = request.first(name)
    if not is_object(found):
        return None
    kind = name[0].upper() + name[1:]
    if found.get("resourceType") != kind:
        raise failure("invalid", "", "WRONG_RESOURCE", status=400, expression=name, name=name, kind=kind)
    return found


def _value_set(catalog: Catalog, request: Reader, options: Options) -> Json:
    given = _given(request, "valueSet")
    if given is not None:
        return given
    url = request.text("url")
    if not url:
        raise failure("invalid", "", "NO_VALUE_SET", status=400)
    version = request.text("valueSetVersion")
    base, _, inside = url.partition("|")
    version, _rule = options.version_for(base, version or inside)
    found = catalog.value_set(base, version)
    if found is None:
        name = f"{base}|{version}" if version else base
        raise failure("not-found", "not-found", "Unable_to_resolve_value_Set_", status=404, value_set=name)
    return found


# -------------------------------------------------------------------------------------------------------- ValueSet
def _expand(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    catalog, options = _catalog(service, request), _options(request, accept_language, service)
    made = expand(catalog, _value_set(catalog, request, options), options, limit=service.limit)
    now = service.clock().isoformat()
    return expansion_resource(made, identifier=f"urn:uuid:{service.new_id()}", timestamp=now)


def _coded(request: Reader, options: Options, *, of_system: bool) -> tuple[Mode, Sequence[Coding], Json | None]:
    """What to validate: a CodeableConcept, a Coding, or a code with its system."""
    concept = request.first("codeableConcept")
    if is_object(concept):
        return "codeableConcept", [coding_of(each) for each in concept.get("coding", ())], concept
    coding = request.coding("coding")
    if coding is not None:
        return "coding", [coding], None
    code = request.text("code")
    system = request.text("url", "system") if of_system else request.text("system")
    if not code or not (system or options.infer_system or of_system):
        raise OperationFailed(TxIssue("error", "invalid", "", "", say("NO_CODE")), 400)
    version = request.text("version") if of_system else request.text("systemVersion", "version")
    return "code", [Coding(system, code, request.text("display"), version)], None


def _validate_in_value_set(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    catalog, options = _catalog(service, request), _options(request, accept_language)
    value_set = _value_set(catalog, request, options)
    mode, codings, concept = _coded(request, options, of_system=False)
    found = validate_in_value_set(catalog, value_set, codings, options, mode)
    return validation_parameters(found, concept)


def _validate_in_system(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    catalog, options = _catalog(service, request), _options(request, accept_language)
    mode, codings, concept = _coded(request, options, of_system=True)
    url, version = request.text("url"), request.text("version")
    given = _given(request, "codeSystem")
    if given is not None:
        catalog = catalog.over([given])
        url = str(given.get("url", ""))
    if not url and codings:
        url, version = codings[0].system, version or codings[0].version
    found = validate_in_system(catalog, url, codings, options, mode, version)
    return validation_parameters(found, concept)


def _batch_validate(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    common = [each for each in request.entries if each.get("name") != "validation"]
    made: list[dict[str, Any]] = []
    for each in request.all("validation"):
        if not is_object(each) or each.get("resourceType") != "Parameters":
            raise failure("invalid", "", "NOT_PARAMETERS", status=400, kind="what is to be validated")
        own: list[Json] = list(each.get("parameter", ()))
        names = {one.get("name") for one in own}
        asked = {
            "parameter": [
                *own,
                *(one for one in common if one.get("name") not in names or one["name"] == "tx-resource"),
            ]
        }
        answer = operate(service, "ValueSet/$validate-code", asked, accept_language)
        made.append(entry("validation", "resource", answer.resource))
    return parameters(made)


# ------------------------------------------------------------------------------------------------------ CodeSystem
def _asked_code(request: Reader) -> Coding:
    coding = request.coding("coding")
    if coding is None:
        coding = Coding(request.text("system"), request.text("code"), "", request.text("version"))
    if not coding.code or not coding.system:
        raise failure("invalid", "", "NO_CODE_TO_LOOK_UP", status=400)
    return coding


def _lookup(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    catalog, options = _catalog(service, request), _options(request, accept_language)
    coding = _asked_code(request)
    version, _ = options.version_for(coding.system, coding.version)
    found = lookup(
        catalog,
        coding.system,
        coding.code,
        version,
        languages=options.languages,
        supplements=options.supplements,
    )
    return lookup_parameters(found, [str(each) for each in request.all("property")])


def _subsumes(service: Service, request: Reader, _accept_language: str) -> dict[str, Any]:
    catalog = _catalog(service, request)
    system, version = request.text("system", "url"), request.text("version")
    codes: list[str] = []
    for name in ("A", "B"):
        coding = request.coding(f"coding{name}")
        codes.append(coding.code if coding else request.text(f"code{name}"))
        if coding is not None:
            system, version = system or coding.system, version or coding.version
    if not system or not all(codes):
        raise failure("invalid", "", "NO_CODES_TO_COMPARE", status=400)
    return subsumption_parameters(subsumes(catalog, system, codes[0], codes[1], version))


# ------------------------------------------------------------------------------------------------------ ConceptMap
def _translate(service: Service, request: Reader, _accept_language: str) -> dict[str, Any]:
    catalog = _catalog(service, request)
    given = _given(request, "conceptMap")
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


def _closure(service: Service, request: Reader, _accept_language: str) -> dict[str, Any]:
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
    return closure_map(name, table.version, table.add(_catalog(service, request), codings), service.fhir) | {
        "version": str(table.version)
    }


OPERATIONS: dict[str, Callable[[Service, Reader, str], dict[str, Any]]] = {
    "ValueSet/$expand": _expand,
    "ValueSet/$validate-code": _validate_in_value_set,
    "ValueSet/$batch-validate-code": _batch_validate,
    "CodeSystem/$validate-code": _validate_in_system,
    "CodeSystem/$lookup": _lookup,
    "CodeSystem/$subsumes": _subsumes,
    "ConceptMap/$translate": _translate,
    "$closure": _closure,
}
"""The operations by `Type/$name`."""
