"""The edge to fhir.resources: its models as plain JSON values, decimals exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from samspil_core.jsontext import loads

__all__ = ["as_json"]


def as_json(value: Any) -> Any:
    """A model of fhir.resources (or any pydantic model that writes FHIR JSON) as a dict; anything else as it is.

    A mapping that is no dict becomes one.
    """
    if value.__class__ is dict or value is None:
        return value
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    write = getattr(value, "model_dump_json", None)
    if write is None or isinstance(value, type):
        return value
    return loads(write())
