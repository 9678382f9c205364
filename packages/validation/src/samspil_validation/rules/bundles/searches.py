"""Search results: each match has an id and is of a type that was searched for; outcomes are OperationOutcomes.

https://hl7.org/fhir/R4/search.html#modes, https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.search.mode
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import RESULT_NO_ID, RESULT_NOT_OUTCOME, RESULT_OTHER_TYPE
from samspil_validation.shape import entries, node, nodes, text

__all__ = ["rule"]

_ASKED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)(?:/_search)?/?(?:\?(.*))?")
_TYPES = re.compile(r"(?:^|&)_type=([^&]+)")


def rule(bundle: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the entries of a search set against their mode and against the search that the self link tells."""
    if text(bundle, "type") != "searchset":
        return
    types = _types(bundle, context)
    for index, entry in entries(bundle, "entry"):
        resource, mode = node(entry, "resource"), text(node(entry, "search"), "mode")
        name, where = text(resource, "resourceType"), ("entry", index, "resource")
        if not resource:
            continue
        if not text(resource, "id") and not (name == "OperationOutcome" and mode != "match"):
            yield RESULT_NO_ID.at(context.where(*where))
        if mode == "outcome" and name != "OperationOutcome":
            yield RESULT_NOT_OUTCOME.at(context.where(*where), type=name)
        if mode == "match" and types and name not in types:
            yield RESULT_OTHER_TYPE.at(context.where(*where), type=name, asked=", ".join(sorted(types)))


def _types(bundle: dict[str, Any], context: Context) -> frozenset[str]:
    """The types of resource a search asked for, as far as its self link tells."""
    url = next((text(each, "url") for each in nodes(bundle, "link") if text(each, "relation") == "self"), "")
    query = url.partition("?")[2]
    if listed := _TYPES.search(query):
        return frozenset(re.split(r",|%2C", listed[1]))
    asked = _ASKED.fullmatch(url)
    if not asked or "_include" in query or "_revinclude" in query:
        return frozenset()
    return frozenset({asked[1]}) if context.is_resource_type(asked[1]) else frozenset()
