"""Codings: the code is one of its code system, the display one of the code, and the system a code system.

https://hl7.org/fhir/R4/datatypes.html#Coding, https://hl7.org/fhir/R4/terminologies.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

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
from samspil_validation.shape import as_node, nodes, text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

_IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_COUNTRIES = "urn:iso:std:iso:3166"
_KINDS: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""What each URL is, by definitions: found once, as codings name the same few."""
_MOST = 4096
_NATIONAL = re.compile(r"NN([A-Z]{3})")


def needed(coding: dict[str, Any], run: Run) -> bool:
    """Only a coding of a code system at hand, if it is not plainly a code of it with a display of it."""
    system: Any = coding.get("system")
    if system.__class__ is not str:
        return False
    codes, code = run.schema.codes, coding.get("code")
    known = codes[system] if system in codes else _codes(system, run)
    if known is None or code.__class__ is not str:
        return known is not None and not known
    texts = known.get(code)
    return (
        texts is None or "version" in coding or not ("display" not in coding or not texts or coding["display"] in texts)
    )


def _codes(system: str, run: Run) -> Mapping[Any, tuple[str, ...]] | None:
    """The displays of a system's codes; none where a look at them does not tell, and None where nothing is to be told."""
    kind = _kind(system, run.definitions) if system else ""
    table = run.terminology.system(system) if kind == "system" else None
    found: Mapping[Any, tuple[str, ...]] | None = {} if kind else None
    if table is not None:
        found = table.displays
    if len(run.schema.codes) < _MOST:
        run.schema.codes[system] = found
    return found


def rule(coding: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check a coding against its own code system, as far as that is among the definitions."""
    system = text(coding, "system")
    if not system:
        return
    kind = _kind(system, context.definitions)
    if kind == "system":
        yield from _code(system, text(coding, "code"), coding, context)
    elif kind == "supplement":
        yield SYSTEM_IS_SUPPLEMENT.at(context.where("system"), system=system)
    elif kind == "value set":
        yield SYSTEM_IS_VALUE_SET.at(context.where("system"), system=system)


def _kind(system: str, definitions: Any) -> str:
    """What a URL is among the definitions: a code system with concepts, a supplement, a value set, or nothing known."""
    kinds = _KINDS.setdefault(definitions, {})
    if system not in kinds:
        found = as_node(definitions.code_system(system))
        if text(found, "content") == "supplement" or text(found, "supplements"):
            kinds[system] = "supplement"
        elif not found and definitions.heading("ValueSet", system) is not None:
            kinds[system] = "value set"
        else:
            kinds[system] = "system" if nodes(found, "concept") else ""
    return kinds[system]


def _code(system: str, code: str, coding: dict[str, Any], context: Context) -> Iterator[Issue]:
    if not code:
        return
    answer = context.validate_code(system, code, version=text(coding, "version"))
    if answer.membership == IN:
        if answer.display and text(coding, "display"):
            yield from _display(system, code, coding, context)
    elif answer.membership == UNKNOWN:
        yield context.undecided(CODE_BEYOND_FRAGMENT, "code", system=system)
    elif not _of_pattern(system, code, context) and not _elsewhere(coding, context):
        yield CODE_UNKNOWN.at(context.where("code"), system=system)


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
    return any(context.validate_code(system, code, version=version).membership == IN for version in others)


def _display(system: str, code: str, coding: dict[str, Any], context: Context) -> Iterator[Issue]:
    texts = context.displays(system, code, text(coding, "version")) or ()
    found = text(coding, "display")
    if texts and found not in texts and _folded(found) not in {_folded(each) for each in texts}:
        kind = DISPLAY_OTHER_WARNING if context.settings.displays == "warning" else DISPLAY_OTHER
        yield kind.at(context.where("display"), display=next(iter(texts), ""))


def _folded(display: str) -> str:
    return " ".join(display.split()).casefold()
