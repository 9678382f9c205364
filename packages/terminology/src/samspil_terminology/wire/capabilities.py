"""What the service says of itself: CapabilityStatement and TerminologyCapabilities.

https://hl7.org/fhir/R5/terminology-service.html, https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/requirements.html
"""

from typing import Any

from .operations import Service

__all__ = ["TEST_VERSION", "capability_statement", "terminology_capabilities", "versions"]

TEST_VERSION = "1.9.3"
"""The release of the HL7 terminology tests that this service is measured against."""

_FEATURE = "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature"
_NAME = "samspil-terminology"
_TITLE = "Samspil terminology service"
_OPERATIONS = {
    "CodeSystem": ("lookup", "validate-code", "subsumes"),
    "ValueSet": ("expand", "validate-code", "batch-validate-code"),
    "ConceptMap": ("translate",),
}
_EXPANSION = (
    "activeOnly",
    "check-system-version",
    "count",
    "default-valueset-version",
    "designation",
    "displayLanguage",
    "excludeNested",
    "filter",
    "force-system-version",
    "includeDefinition",
    "includeDesignations",
    "offset",
    "property",
    "system-version",
    "tx-resource",
    "useSupplement",
)


def capability_statement(service: Service, url: str, *, software: str, released: str) -> dict[str, Any]:
    """The CapabilityStatement of a service at a base URL; `software` is its version, `released` the date of that."""
    return {
        "resourceType": "CapabilityStatement",
        "extension": [
            _feature("http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version", "valueCode", TEST_VERSION),
            _feature(
                "http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter",
                "valueBoolean",
                True,  # noqa: FBT003
            ),
        ],
        "url": f"{url}/metadata",
        **_about(software, released),
        "instantiates": ["http://hl7.org/fhir/CapabilityStatement/terminology-server"],
        "software": {"name": _NAME, "version": software, "releaseDate": released},
        "implementation": {"description": _TITLE, "url": url},
        "fhirVersion": service.fhir,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": False,
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "OAuth",
                                }
                            ],
                            "text": "An optional bearer token",
                        }
                    ],
                },
                "resource": [_resource(kind, names) for kind, names in _OPERATIONS.items()],
                "interaction": [{"code": "batch"}],
                "operation": [
                    _operation("closure", "http://hl7.org/fhir/OperationDefinition/ConceptMap-closure"),
                    _operation("versions", "http://hl7.org/fhir/OperationDefinition/-s-versions"),
                ],
            }
        ],
    }


def _about(software: str, released: str) -> dict[str, str]:
    """What both statements say of themselves."""
    return {
        "version": software,
        "name": "SamspilTerminology",
        "title": _TITLE,
        "status": "active",
        "date": released,
        "kind": "instance",
    }


def _feature(definition: str, kind: str, value: Any) -> dict[str, Any]:
    parts = [{"url": "definition", "valueCanonical": definition}, {"url": "value", kind: value}]
    return {"url": _FEATURE, "extension": parts}


def _operation(name: str, definition: str) -> dict[str, str]:
    return {"name": name, "definition": definition}


def _resource(kind: str, names: tuple[str, ...]) -> dict[str, Any]:
    made = [_operation(each, f"http://hl7.org/fhir/OperationDefinition/{kind}-{each}") for each in names]
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": "url", "type": "uri"}, {"name": "version", "type": "token"}],
        "operation": made,
    }


def terminology_capabilities(service: Service, url: str, *, software: str, released: str) -> dict[str, Any]:
    """The TerminologyCapabilities of a service: every code system with its versions, and the parameters understood."""
    catalog = service.catalog
    return {
        "resourceType": "TerminologyCapabilities",
        "url": f"{url}/metadata?mode=terminology",
        **_about(software, released),
        "software": {"name": _NAME, "version": software},
        "implementation": {"description": _TITLE, "url": url},
        "codeSystem": [_system(each, catalog.versions(each)) for each in catalog.system_urls()],
        "expansion": {
            "hierarchical": True,
            "paging": True,
            "parameter": [{"name": each} for each in _EXPANSION],
            "textFilter": "Each word of the filter begins a word of the code, the display or a designation",
        },
        "codeSearch": "in-compose",
        "validateCode": {"translations": False},
        "translation": {"needsMap": False},
        "closure": {"translation": False},
    }


def _system(url: str, versions: list[str]) -> dict[str, Any]:
    return {"uri": url, **({"version": [{"code": each} for each in versions]} if versions else {})}


def versions(service: Service) -> dict[str, Any]:
    """The answer of $versions: https://hl7.org/fhir/R5/capabilitystatement-operation-versions.html."""
    short = ".".join(service.fhir.split(".")[:2])
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": "version", "valueCode": short}, {"name": "default", "valueCode": short}],
    }
