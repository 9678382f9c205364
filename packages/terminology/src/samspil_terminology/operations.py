"""The operations as plain functions with few arguments: `expand` and `validate_code` by canonical URL, or by the resource."""

from collections.abc import Mapping
from typing import Any

from samspil_core.values import Coding

from .catalog import Catalog
from .expansion import DEFAULT_LIMIT, Expansion
from .expansion import expand as expand_resource
from .issues import failure
from .options import Options
from .plain import as_dict
from .validation import Validation, validate_in_system, validate_in_value_set

__all__ = ["expand", "validate_code"]

ValueSet = str | Mapping[str, Any] | object


def expand(
    catalog: Catalog, value_set: ValueSet, options: Options | None = None, *, limit: int = DEFAULT_LIMIT
) -> Expansion:
    """Expand a value set: a canonical URL (`url` or `url|version`), a resource as a dict, or a fhir.resources model.

    Raises `OperationFailed` when it is not known or cannot be expanded.
    """
    return expand_resource(catalog, _resource(catalog, value_set), options or Options(), limit=limit)


def validate_code(
    catalog: Catalog, coding: Coding, value_set: ValueSet = "", options: Options | None = None
) -> Validation:
    """Whether a coding is in a value set, or in its own code system when none is named. Raises `OperationFailed`."""
    options = options or Options()
    if not value_set:
        return validate_in_system(catalog, coding.system, [coding], options, version=coding.version)
    return validate_in_value_set(catalog, _resource(catalog, value_set), [coding], options)


def _resource(catalog: Catalog, value_set: ValueSet) -> Mapping[str, Any]:
    if not isinstance(value_set, str):
        given = as_dict(value_set)
        if given.get("resourceType", "ValueSet") != "ValueSet":
            raise failure("invalid", "", "WRONG_RESOURCE", status=400, name="value_set", kind="ValueSet")
        return given
    found = catalog.value_set(value_set)
    if found is None:
        raise failure("not-found", "not-found", "Unable_to_resolve_value_Set_", status=404, value_set=value_set)
    return found
