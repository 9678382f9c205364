"""What the server can do, out of the tables that it does it by. https://hl7.org/fhir/R4/capabilitystatement.html."""

from typing import Any

from .fhirpath_patch import AVAILABLE
from .parameters import parameters_of
from .types import TYPES

__all__ = ["capability_statement"]

_INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)


def capability_statement(base: str, date: str) -> dict[str, Any]:
    """The statement: every type that is served, whatever there is of it, so that it tells nothing of the data."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "implementation": {"description": "Samspil test server, in memory", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "patchFormat": ["application/json-patch+json", *(["application/fhir+json"] if AVAILABLE else [])],
        "rest": [
            {
                "mode": "server",
                "resource": [_resource(kind) for kind in sorted(TYPES)],
                "interaction": [{"code": code} for code in ("transaction", "batch", "search-system", "history-system")],
                "searchParam": [
                    {"name": "_has", "type": "special", "documentation": "By any reference that is a parameter."},
                ],
                "documentation": (
                    "References may be chained. A history takes _since, _at and _count; everything else of a search is "
                    "what each type states."
                ),
            }
        ],
    }


def _resource(kind: str) -> dict[str, Any]:
    named = {each.name: each.type for each in parameters_of(kind)}
    made: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "searchInclude": sorted(f"{kind}:{name}" for name, sort in named.items() if sort == "reference"),
        "searchParam": [{"name": name, "type": sort} for name, sort in sorted(named.items())],
    }
    if kind == "Patient":
        url = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
        made["operation"] = [{"name": "everything", "definition": url}]
    return made
