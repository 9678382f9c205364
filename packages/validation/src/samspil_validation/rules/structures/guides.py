"""Implementation guides. https://hl7.org/fhir/R4/implementationguide-definitions.html#ImplementationGuide.dependsOn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import CANONICAL_NO_VERSION
from samspil_validation.shape import entries, text

__all__ = ["rule"]


def rule(guide: dict[str, Any], context: Context) -> Iterable[Issue]:
    """The canonical of a dependency does not end where its version should stand."""
    for index, each in entries(guide, "dependsOn"):
        if text(each, "uri").endswith("|"):
            yield CANONICAL_NO_VERSION.at(context.where("dependsOn", index))
