"""The edge to fhir.resources, for every module: its models as plain JSON values, decimals exact."""

from collections.abc import Mapping
from typing import Any, cast

from samspil_core.json_reader import loads

__all__ = ["as_json"]


def as_json(value: Any) -> Any:
    """What a model of fhir.resources (any pydantic model that writes FHIR JSON) writes; anything else as it is.

    A mapping that is no dict becomes one.
    """
    if value.__class__ is dict or value is None:
        return value
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    write = getattr(value, "model_dump_json", None)
    return value if write is None or isinstance(value, type) else loads(write())
