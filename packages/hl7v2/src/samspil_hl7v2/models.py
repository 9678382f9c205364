"""The edge to fhir.resources: bundles as pydantic models of FHIR R4B, which reads R4. Needs the extra `models`."""

from __future__ import annotations

from typing import Any

from fhir.resources.R4B.bundle import Bundle

from samspil_core.jsontext import dumps


def as_model(bundle: dict[str, Any] | None) -> Bundle:
    """A Bundle as fhir.resources R4B model, decimals exact. Raises ValueError where there is none."""
    if bundle is None:
        raise ValueError("no message was read, so there is no bundle")
    return Bundle.model_validate_json(dumps(bundle))
