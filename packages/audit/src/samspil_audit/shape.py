"""The form of an R4 AuditEvent as others send it: which elements there are, of which JSON type, and which must be there.

https://hl7.org/fhir/R4/auditevent-definitions.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

__all__ = ["misshapen"]

Shape = Any
"""`str` or `bool`, a set of codes, a mapping of elements, a list of one shape for what repeats, None for any object."""

_ANY: Final[Shape] = None
_PERIOD: Final = {"start": str, "end": str}
_CODING: Final = {"system": str, "version": str, "code": str, "display": str, "userSelected": bool}
_CONCEPT: Final = {"coding": [_CODING], "text": str}
_IDENTIFIER: Final = {
    "use": str,
    "type": _CONCEPT,
    "system": str,
    "value": str,
    "period": _PERIOD,
    "assigner": {"reference": str, "type": str, "identifier": _ANY, "display": str},
}
_REFERENCE: Final = {"reference": str, "type": str, "identifier": _IDENTIFIER, "display": str}
_AGENT: Final = {
    "type": _CONCEPT,
    "role": [_CONCEPT],
    "who": _REFERENCE,
    "altId": str,
    "name": str,
    "requestor": bool,
    "location": _REFERENCE,
    "policy": [str],
    "media": _CODING,
    "network": {"address": str, "type": frozenset("12345")},
    "purposeOfUse": [_CONCEPT],
}
_ENTITY: Final = {
    "what": _REFERENCE,
    "type": _CODING,
    "role": _CODING,
    "lifecycle": _CODING,
    "securityLabel": [_CODING],
    "name": str,
    "description": str,
    "query": str,
    "detail": [{"type": str, "valueString": str, "valueBase64Binary": str}],
}
_META: Final = {
    "versionId": str,
    "lastUpdated": str,
    "source": str,
    "profile": [str],
    "security": [_CODING],
    "tag": [_CODING],
}
_EVENT: Final = {
    "resourceType": str,
    "id": str,
    "meta": _META,
    "implicitRules": str,
    "language": str,
    "text": {"status": str, "div": str},
    "contained": [_ANY],
    "type": _CODING,
    "subtype": [_CODING],
    "action": frozenset("CRUDE"),
    "period": _PERIOD,
    "recorded": str,
    "outcome": frozenset({"0", "4", "8", "12"}),
    "outcomeDesc": str,
    "purposeOfEvent": [_CONCEPT],
    "agent": [_AGENT],
    "source": {"site": str, "observer": _REFERENCE, "type": [_CODING]},
    "entity": [_ENTITY],
}
_REQUIRED: Final = (
    (_EVENT, ("type", "recorded", "agent", "source")),
    (_AGENT, ("requestor",)),
    (_EVENT["source"], ("observer",)),
)
_EXTENSIONS: Final = frozenset({"extension", "modifierExtension"})


def misshapen(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where an AuditEvent has not the form of one, as a FHIRPath, and what is wrong there; None where all is well."""
    return next(_faults(event, _EVENT, "AuditEvent"), None)


def _faults(value: Any, shape: Shape, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(shape, type):
        if not isinstance(value, shape) or value == "":
            yield place, "it is no text" if shape is str else "it is neither true nor false"
    elif isinstance(shape, frozenset):
        if not isinstance(value, str) or value not in shape:
            yield place, "it is no code of its value set"
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield place, "it is no list of values"
            return
        for at, each in enumerate(cast("list[Any]", value)):
            yield from _faults(each, shape[0], f"{place}[{at}]")
    elif not isinstance(value, dict) or not value:
        yield place, "it is no object"
    elif shape is not None:
        yield from _of_object(cast("dict[str, Any]", value), shape, place)


def _of_object(value: dict[str, Any], shape: Mapping[str, Shape], place: str) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        if name in _EXTENSIONS:
            yield from _faults(each, [_ANY], f"{place}.{name}")
        elif name in shape:
            yield from _faults(each, shape[name], f"{place}.{name}")
        elif name != "id" and name.removeprefix("_") not in shape:
            yield place, "it has an element that AuditEvent has not"
    for holder, names in _REQUIRED:
        if shape is holder:
            yield from ((f"{place}.{name}", "it is missing") for name in names if name not in value)
