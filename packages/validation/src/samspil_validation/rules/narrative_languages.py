"""The languages of a narrative that has a section for each, as profiles ask for them.

https://hl7.org/fhir/extensions/StructureDefinition-narrative-language-control.html, https://hl7.org/fhir/R5/languages.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from samspil_core import Issue
from samspil_definitions import PackageError
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    LANGUAGE_SECTION_MISSING,
    LANGUAGE_SECTIONS_MISSING,
    LANGUAGE_SECTIONS_REFUSED,
)
from samspil_validation.shape import as_node, choice, node, nodes, text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

_CONTROL = "http://hl7.org/fhir/StructureDefinition/narrative-language-control"
_SECTION = re.compile(r"<div\b[^>]*?\blang\s*=\s*[\"']([A-Za-z-]+)[\"'][^>]*>")


def needed(resource: dict[str, Any], run: Run) -> bool:
    """Only a resource with a narrative and a profile."""
    return "text" in resource and ("meta" in resource or bool(run.imposed))


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the narrative of a resource against the language control of its profiles."""
    div = text(node(resource, "text"), "div")
    if not div:
        return
    for profile in context.profiles:
        for control in _controls(context.definitions, profile):
            yield from _checked(control, div, resource, context)


@lru_cache(256)
def _controls(definitions: Any, profile: str) -> tuple[str, ...]:
    """What a profile says of the languages of narratives."""
    try:
        structure = as_node(definitions.structure(profile))
    except PackageError:
        return ()
    path = f"{text(structure, 'type')}.text"
    found = [each for each in nodes(node(structure, "snapshot"), "element") if text(each, "path") == path]
    controls = (one for each in found for one in nodes(each, "extension") if text(one, "url") == _CONTROL)
    return tuple(str(choice(each, "value")[1]) for each in controls)


def _checked(control: str, div: str, resource: dict[str, Any], context: Context) -> Iterator[Issue]:
    inner = div[div.find(">") + 1 :]
    sections = set(_SECTION.findall(inner))
    if control == "_yes" and not sections:
        yield LANGUAGE_SECTIONS_MISSING.at(context.where("text"))
    elif control == "_no" and sections:
        yield LANGUAGE_SECTIONS_REFUSED.at(context.where("text"))
    elif control not in {"_yes", "_no"}:
        wanted = text(resource, "language") if control == "_resource" else control
        if wanted and sections and wanted not in sections:
            yield LANGUAGE_SECTION_MISSING.at(context.where("text"), language=wanted)
