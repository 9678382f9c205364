"""Vital signs: an Observation with one of the LOINC codes of the vital signs meets the profile for it, named or not.

https://hl7.org/fhir/R4/observation-vitalsigns.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.place import render
from samspil_validation.shape import node, nodes, text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

_LOINC = "http://loinc.org"
_BASE = "http://hl7.org/fhir/StructureDefinition/"
_UNITS = "http://hl7.org/fhir/ValueSet/ucum-vitals-common"
"""R4 binds the value of every component to the units of vital signs, and so flows and modalities too: that is not asked for."""
_PROFILES = {
    "85353-1": "vitalspanel",
    "9279-1": "resprate",
    "8867-4": "heartrate",
    "2708-6": "oxygensat",
    "8310-5": "bodytemp",
    "8302-2": "bodyheight",
    "9843-4": "headcircum",
    "29463-7": "bodyweight",
    "39156-5": "bmi",
    "85354-9": "bp",
}


def needed(observation: dict[str, Any], _run: Run) -> bool:
    """Only an observation with a code of the vital signs, of whatever system."""
    return any(text(each, "code") in _PROFILES for each in nodes(node(observation, "code"), "coding"))


def rule(observation: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check an observation against the profile that its code asks for."""
    for coding in nodes(node(observation, "code"), "coding"):
        name = _PROFILES.get(text(coding, "code")) if text(coding, "system") == _LOINC else None
        if name is not None and _BASE + name not in {each.partition("|")[0] for each in context.profiles}:
            yield from _lacks(observation, _BASE + name, context)


def _lacks(observation: dict[str, Any], profile: str, context: Context) -> Iterator[Issue]:
    for each in context.run.against(observation, profile, context.place) or ():
        if isinstance(each, Issue):
            yield each
            continue
        kind, place, url, detail = each
        if not (_UNITS in str(detail.get("value_set")) and ".component[" in render(place)):
            yield kind.at(render(place), **{"profile": url, **detail})
