"""A resource as a dict, whether it comes as one or as a fhir.resources model."""

from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from samspil_core.jsontext import loads

__all__ = ["as_dict", "is_object"]


def as_dict(resource: object) -> Mapping[str, Any]:
    """The resource as a dict. Raises TypeError for anything that is neither a dict nor a model."""
    if isinstance(resource, Mapping):
        return cast("Mapping[str, Any]", resource)
    dump = getattr(resource, "model_dump_json", None)
    if dump is None:
        raise TypeError(f"a resource is a dict or a fhir.resources model, not {type(resource).__name__}")
    return cast("Mapping[str, Any]", loads(dump()))


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value out of JSON is an object."""
    return isinstance(value, Mapping)
