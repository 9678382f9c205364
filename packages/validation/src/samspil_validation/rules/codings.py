"""Codings: the code is one of its code system, the display one of the code, and the system a code system.

https://hl7.org/fhir/R4/datatypes.html#Coding, https://hl7.org/fhir/R4/terminologies.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import IN, OUT, UNKNOWN, Context
from samspil_validation.findings_rules import (
    CODE_BEYOND_FRAGMENT,
    CODE_UNKNOWN,
    DISPLAY_OTHER,
    DISPLAY_OTHER_WARNING,
    SYSTEM_IS_SUPPLEMENT,
    SYSTEM_IS_VALUE_SET,
)
from samspil_validation.shape import nodes, text

__all__ = ["rule"]

_IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_COUNTRIES = "urn:iso:std:iso:3166"
_NATIONAL = re.compile(r"NN([A-Z]{3})")


def rule(coding: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check a coding against its own code system, as far as that is among the definitions."""
    system, code = text(coding, "system"), text(coding, "code")
    if not system:
        return
    definition = context.find("CodeSystem", system)
    if definition is None:
        if context.definitions.heading("ValueSet", system) is not None:
            yield SYSTEM_IS_VALUE_SET.at(context.where("system"), system=system)
        return
    if text(definition, "content") == "supplement" or text(definition, "supplements"):
        yield SYSTEM_IS_SUPPLEMENT.at(context.where("system"), system=system)
        return
    if not code:
        return
    answer = context.validate_code(system, code, version=text(coding, "version"))
    if answer.membership == OUT and not _of_pattern(system, code, context) and not _elsewhere(coding, context):
        yield CODE_UNKNOWN.at(context.where("code"), system=system)
    elif answer.membership == UNKNOWN and nodes(definition, "concept"):
        yield context.undecided(CODE_BEYOND_FRAGMENT, "code", system=system)
    elif answer.membership == IN and answer.display and text(coding, "display"):
        yield from _display(coding, definition, context)


def _of_pattern(system: str, code: str, context: Context) -> bool:
    """Whether a code is one of those that table 0203 of HL7 v2 gives as NNxxx: a person identifier of a country.

    https://terminology.hl7.org/CodeSystem-v2-0203.html
    """
    country = _NATIONAL.fullmatch(code) if system == _IDENTIFIER_TYPES else None
    return country is not None and context.validate_code(_COUNTRIES, country[1]).membership != OUT


def _elsewhere(coding: dict[str, Any], context: Context) -> bool:
    """Whether another version of the code system has the code, where the coding names none."""
    system, code = text(coding, "system"), text(coding, "code")
    if text(coding, "version"):
        return False
    others = context.definitions.versions("CodeSystem", system)[1:]
    found = (context.definitions.code_system(f"{system}|{version}") for version in others)
    return any(each is not None and _concept(each, code) is not None for each in found)


def _display(coding: dict[str, Any], definition: dict[str, Any], context: Context) -> Iterator[Issue]:
    concept = _concept(definition, text(coding, "code"))
    if concept is None:
        return
    supplements = context.definitions.supplements(text(coding, "system"))
    known = [concept, *(each for other in supplements if (each := _concept(other, text(coding, "code"))))]
    texts = {text(each, "display") for each in known}
    texts |= {text(each, "value") for holder in known for each in nodes(holder, "designation")}
    if _folded(text(coding, "display")) not in {_folded(each) for each in texts}:
        kind = DISPLAY_OTHER_WARNING if context.settings.displays == "warning" else DISPLAY_OTHER
        yield kind.at(context.where("display"), display=text(concept, "display"))


def _concept(definition: dict[str, Any], code: str) -> dict[str, Any] | None:
    """The concept of a code, wherever it stands in the hierarchy."""
    exact = definition.get("caseSensitive") is not False
    waiting = nodes(definition, "concept")
    while waiting:
        concept = waiting.pop()
        found = text(concept, "code")
        if found == code or (not exact and found.lower() == code.lower()):
            return concept
        waiting.extend(nodes(concept, "concept"))
    return None


def _folded(display: str) -> str:
    return " ".join(display.split()).casefold()
