"""The edge to fhir.resources, for every module: its models as plain JSON values, decimals exact."""

from typing import Any

from samspil_core.json_reader import loads

__all__ = ["as_json"]


def as_json(value: Any) -> Any:
    """What a model of fhir.resources (any pydantic model that writes FHIR JSON) writes; anything else as it is."""
    write = getattr(value, "model_dump_json", None)
    return value if write is None or isinstance(value, type) else loads(write())
