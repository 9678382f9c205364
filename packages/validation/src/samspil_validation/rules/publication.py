"""What HL7 asks of its own publications, looked for only where a resource is checked for publication.

https://hl7.org/fhir/extensions/StructureDefinition-structuredefinition-wg.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import COMMITTEE_MISSING
from samspil_validation.shape import nodes, text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

_COMMITTEE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-wg"


def needed(_resource: dict[str, Any], run: Run) -> bool:
    """Only where a resource is checked for publication."""
    return run.settings.publication


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """A conformance resource of HL7 names the committee that owns it."""
    if not context.settings.publication or not text(resource, "url").startswith("http://hl7.org/"):
        return
    if all(text(each, "url") != _COMMITTEE for each in nodes(resource, "extension")):
        yield COMMITTEE_MISSING.at(context.where())
