"""Capability statements: a search parameter has the type of its definition.

https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.rest.resource.searchParam.type
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import PARAMETER_OTHER_TYPE
from samspil_validation.shape import entries, text

__all__ = ["rule"]


def rule(statement: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Compare each search parameter with its definition, where that is at hand."""
    for rest, server in entries(statement, "rest"):
        for resource, served in entries(server, "resource"):
            for index, each in entries(served, "searchParam"):
                named, kind = text(each, "definition"), text(each, "type")
                found = context.find("SearchParameter", named) if named and kind else None
                wanted = text(found, "type") if found else ""
                if wanted and wanted != kind:
                    where = context.where("rest", rest, "resource", resource, "searchParam", index)
                    yield PARAMETER_OTHER_TYPE.at(where, type=wanted, definition=named)
