"""The operations of CodeSystem: https://hl7.org/fhir/R5/codesystem-operations.html."""

from collections.abc import Mapping
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.issues import failure
from samspil_terminology.lookup import lookup, subsumes
from samspil_terminology.validation import validate_in_system

from .answers import lookup_parameters, subsumption_parameters, validation_parameters
from .parameters import Reader
from .requested import Service, catalog_of, coded_of, given_resource, options_of

__all__ = [
    "run_lookup",
    "run_subsumes",
    "run_validate_in_system",
]

Json = Mapping[str, Any]


def _asked_code(request: Reader) -> Coding:
    coding = request.coding("coding")
    if coding is None:
        coding = Coding(request.text("system"), request.text("code"), "", request.text("version"))
    if not coding.code or not coding.system:
        raise failure("invalid", "", "NO_CODE_TO_LOOK_UP", status=400)
    return coding


def run_lookup(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    """$lookup."""
    catalog, options = catalog_of(service, request), options_of(request, accept_language)
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


def run_subsumes(service: Service, request: Reader, _accept_language: str) -> dict[str, Any]:
    """$subsumes."""
    catalog = catalog_of(service, request)
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


def run_validate_in_system(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    """$validate-code of a code system."""
    catalog, options = catalog_of(service, request), options_of(request, accept_language)
    mode, codings, concept = coded_of(request, options, of_system=True)
    url, version = request.text("url"), request.text("version")
    given = given_resource(request, "codeSystem")
    if given is not None:
        catalog = catalog.over([given])
        url = str(given.get("url", ""))
    if not url and codings:
        url, version = codings[0].system, version or codings[0].version
    found = validate_in_system(catalog, url, codings, options, mode, version)
    return validation_parameters(found, concept)
