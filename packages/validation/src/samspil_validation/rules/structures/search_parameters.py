"""Search parameters. https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.derivedFrom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import PARAMETER_BASE
from samspil_validation.shape import text, texts

__all__ = ["rule"]

_ANY = frozenset({"Resource", "DomainResource"})


def rule(parameter: dict[str, Any], context: Context) -> Iterable[Issue]:
    """A search parameter that derives from another one is for the same types of resource, or for fewer."""
    canonical = text(parameter, "derivedFrom")
    base = context.find("SearchParameter", canonical) if canonical else None
    allowed = texts(base or {}, "base")
    if allowed and not _ANY & set(allowed):
        for each in texts(parameter, "base"):
            if each not in allowed:
                yield PARAMETER_BASE.at(context.where(), type=each, base=canonical)
