"""The items of a questionnaire by their linkId, and the extensions that limit answers.

https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.linkId
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samspil_validation.shape import choice, nodes, text

__all__ = ["ENABLE_EXPRESSIONS", "all_items", "by_link_id", "extension_value", "extension_values"]

_CORE = "http://hl7.org/fhir/StructureDefinition/"
ENABLE_EXPRESSIONS = frozenset({"http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"})
"""Extensions of the time before Structured Data Capture whose string is an expression."""
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-"


def all_items(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item below a questionnaire or an item, outer ones first."""
    waiting = list(reversed(nodes(holder, "item")))
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(reversed(nodes(item, "item")))


def by_link_id(holder: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The items below a questionnaire by their linkId; of equal ones the first."""
    found: dict[str, dict[str, Any]] = {}
    for item in all_items(holder):
        found.setdefault(text(item, "linkId"), item)
    return found


def extension_values(holder: dict[str, Any], name: str) -> list[Any]:
    """The values of the extensions of this name, be it of the specification or of Structured Data Capture."""
    urls = {_CORE + name, _SDC + name}
    return [choice(each, "value")[1] for each in nodes(holder, "extension") if text(each, "url") in urls]


def extension_value(holder: dict[str, Any], *names: str) -> Any:
    """The value of the first extension of one of these names, or None."""
    return next((value for name in names for value in extension_values(holder, name)), None)
