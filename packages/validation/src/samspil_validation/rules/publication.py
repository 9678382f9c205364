"""What HL7 asks of its own publications, looked for only where a resource is checked for publication.

https://hl7.org/fhir/extensions/StructureDefinition-structuredefinition-wg.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context, Settings
from samspil_validation.findings_rules import COMMITTEE_MISSING
from samspil_validation.shape import nodes, text

__all__ = ["asked_for", "rule"]

_COMMITTEE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-wg"


def asked_for(settings: Settings) -> bool:
    """Only where a resource is checked for publication."""
    return settings.publication


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """A conformance resource of HL7 names the committee that owns it."""
    if not text(resource, "url").startswith("http://hl7.org/"):
        return
    if all(text(each, "url") != _COMMITTEE for each in nodes(resource, "extension")):
        yield COMMITTEE_MISSING.at(context.where())
