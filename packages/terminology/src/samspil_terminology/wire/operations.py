"""Every operation by name: Parameters in, a resource out.

`operate` is what a server, a test runner and a command have in common. https://hl7.org/fhir/R5/terminology-service.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from samspil_terminology.issues import OperationFailed, failure, outcome_of
from samspil_terminology.plain import is_object
from samspil_terminology.shape import misshapen

from .code_system_operations import run_lookup, run_subsumes, run_validate_in_system
from .concept_map_operations import run_closure, run_translate
from .parameters import Reader, entry, parameters
from .requested import Service
from .value_set_operations import run_expand, run_validate_in_value_set

__all__ = ["OPERATIONS", "Answer", "Service", "operate"]

Json = Mapping[str, Any]


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


OPERATIONS: dict[str, Callable[[Service, Reader, str], dict[str, Any]]] = {
    "ValueSet/$expand": run_expand,
    "ValueSet/$validate-code": run_validate_in_value_set,
    "ValueSet/$batch-validate-code": _batch_validate,
    "CodeSystem/$validate-code": run_validate_in_system,
    "CodeSystem/$lookup": run_lookup,
    "CodeSystem/$subsumes": run_subsumes,
    "ConceptMap/$translate": run_translate,
    "$closure": run_closure,
}
"""The operations by `Type/$name`."""
