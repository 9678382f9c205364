"""The operations of ValueSet: https://hl7.org/fhir/R5/valueset-operations.html."""

from collections.abc import Mapping
from typing import Any

from samspil_terminology.catalog import Catalog
from samspil_terminology.expansion import expand
from samspil_terminology.issues import failure
from samspil_terminology.options import Options
from samspil_terminology.validation import validate_in_value_set

from .answers import validation_parameters
from .expansion_json import expansion_resource
from .parameters import Reader
from .requested import Service, catalog_of, coded_of, given_resource, options_of

__all__ = [
    "run_expand",
    "run_validate_in_value_set",
]

Json = Mapping[str, Any]


def _value_set(catalog: Catalog, request: Reader, options: Options) -> Json:
    given = given_resource(request, "valueSet")
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


def run_expand(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    """$expand."""
    catalog, options = catalog_of(service, request), options_of(request, accept_language, service)
    made = expand(catalog, _value_set(catalog, request, options), options, limit=service.limit)
    now = service.clock().isoformat()
    return expansion_resource(made, identifier=f"urn:uuid:{service.new_id()}", timestamp=now)


def run_validate_in_value_set(service: Service, request: Reader, accept_language: str) -> dict[str, Any]:
    """$validate-code of a value set."""
    catalog, options = catalog_of(service, request), options_of(request, accept_language)
    value_set = _value_set(catalog, request, options)
    mode, codings, concept = coded_of(request, options, of_system=False)
    found = validate_in_value_set(catalog, value_set, codings, options, mode)
    return validation_parameters(found, concept)
