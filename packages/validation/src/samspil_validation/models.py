"""The edge to fhir.resources: a model is taken as the dict of its JSON."""

from __future__ import annotations

from typing import Any

from samspil_core.jsontext import loads

__all__ = ["as_dict"]


def as_dict(resource: Any) -> dict[str, Any] | None:
    """The resource as a dict: itself, or what a fhir.resources model writes; None for anything else."""
    if resource.__class__ is dict:
        return resource
    write = getattr(resource, "model_dump_json", None) or getattr(resource, "json", None)
    if callable(write):
        text = write()
        content = loads(text) if isinstance(text, str | bytes) else None
        return content if isinstance(content, dict) else None  # pyright: ignore[reportUnknownVariableType]
    return dict(resource) if hasattr(resource, "keys") else None
