"""Snapshots generated from differentials: https://hl7.org/fhir/R4/profiling.html#snapshot."""

from .generate import Generated, generate

__all__ = ["Generated", "generate"]
