"""What is asked: who, for which purpose, to do what, with which data, when.

Four forms are read: this package's own JSON, the `context` of the CDS hook `patient-consent-consult`, the port's
`Access`, and the values themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

from samspil_core.primitives import NotAPrimitive, parse_date_time
from samspil_core.values import Access, Coding

from . import parts
from .codes import ACT_REASON
from .directory import identifier_key, role_key
from .parts import is_object

__all__ = ["BadRequest", "Request", "from_access", "read_request"]

CONSENT_ACTION = "http://terminology.hl7.org/CodeSystem/consentaction"
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"


class BadRequest(ValueError):
    """A request cannot be read. Says which member and why, never its value."""


@dataclass(frozen=True, slots=True)
class Request:
    """One access to decide on, as of `at`, which is aware of its zone.

    `actors` are references (`Practitioner/1`), `identifiers` and `roles` keys made by `identifier_key` and `role_key`;
    all of them name one requester. `actions` are names of one action. `classes` are what is asked for where there is
    no `resource`. What is empty is not stated.
    """

    at: datetime
    actors: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    purposes: tuple[Coding, ...] = ()
    actions: tuple[Coding, ...] = ()
    patient: str = field(default="", repr=False)
    categories: tuple[Coding, ...] = ()
    classes: tuple[Coding, ...] = ()
    resource: Mapping[str, Any] | None = field(default=None, repr=False)
    emergency: Mapping[str, Any] | None = None


def from_access(access: Access) -> Request:
    """The port's Access as a request."""
    return Request(
        at=access.at,
        actors=(parts.tail(access.actor),) if access.actor else (),
        purposes=(access.purpose,) if access.purpose.code else (),
        actions=(access.action,) if access.action.code else (),
        patient=parts.tail(access.patient) if access.patient else "",
        resource=access.resource or None,
    )


_MEMBERS = frozenset(
    [
        "at",
        "now",
        "actor",
        "actors",
        "role",
        "purpose",
        "purposeOfUse",
        "action",
        "patient",
        "patientId",
        "scope",
        "category",
        "class",
        "resource",
        "content",
        "emergency",
        "note",
        "breakGlassAuthorised",
    ]
)

_SHOWN: Final = 80
"""How much of a member's name an error repeats."""


def read_request(value: Any, at: datetime | None = None) -> Request:
    """A request from JSON: `{"actor": ..., "purpose": ..., "action": ..., "patient": ..., "at": ...}`.

    An actor is a reference, an identifier `{"system", "value"}` or a list of them; purpose and action are codes,
    Codings or lists; `at` in the JSON is overridden by the argument. Raises `BadRequest`, also for a member that is not known:
    what is not understood must not be passed over.
    """
    if not is_object(value):
        raise BadRequest("it is not a JSON object")
    found = value
    if not _MEMBERS.issuperset(found):
        unknown = min(found.keys() - _MEMBERS)
        raise BadRequest(f"{unknown[:_SHOWN]!r} is not known; known are {', '.join(sorted(_MEMBERS))}")
    references, identifiers = _actors(_listed(found.get("actor", found.get("actors"))))
    scope = _codings(found.get("scope"), CONSENT_SCOPE, "scope")
    resource = _resource(found.get("resource"))
    return Request(
        at=at or _at(found.get("at", found.get("now"))),
        actors=tuple(references),
        identifiers=tuple(identifiers),
        roles=tuple([role_key(one) for one in _codings(found.get("role"), "", "role")]),
        purposes=_codings(found.get("purpose", found.get("purposeOfUse")), ACT_REASON, "purpose"),
        actions=_codings(found.get("action"), CONSENT_ACTION, "action"),
        patient=_patient(found),
        categories=scope + _codings(found.get("category"), "", "category"),
        classes=_codings(found.get("class"), "", "class"),
        resource=resource,
        emergency=_emergency(found.get("emergency")),
    )


def _resource(value: Any) -> Mapping[str, Any] | None:
    try:
        return None if value is None else parts.as_dict(value)
    except ValueError:
        raise BadRequest("resource is neither a JSON object nor a model") from None


def _emergency(value: Any) -> Mapping[str, Any] | None:
    if value is None:
        return None
    if not is_object(value):
        raise BadRequest("emergency is not a JSON object")
    return value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


_PLAIN_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z", re.ASCII)


def _at(value: Any) -> datetime:
    """A time with a zone; the usual form is read at once, any other by the strict reader."""
    try:
        if isinstance(value, str) and _PLAIN_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
        moment = parse_date_time(value) if isinstance(value, str) else None
        if moment is not None and moment.offset is not None:
            return moment.earliest()
    except (NotAPrimitive, ValueError):
        pass
    raise BadRequest("at is no time with a zone, such as 2026-01-31T12:00:00Z")


def _actors(values: Iterable[Any]) -> tuple[list[str], list[str]]:
    references: list[str] = []
    identifiers: list[str] = []
    for each in values:
        if isinstance(each, str) and each:
            references.append(parts.tail(each))
        elif is_object(each) and isinstance(each.get("value"), str):
            one = each
            identifiers.append(identifier_key(str(one.get("system") or ""), one["value"]))
            if not one.get("system") and "/" in one["value"]:
                references.append(parts.tail(one["value"]))
        elif is_object(each) and isinstance(each.get("reference"), str):
            references.append(parts.tail(cast("Mapping[str, str]", each)["reference"]))
        else:
            raise BadRequest("actor is neither a reference nor an identifier")
    return references, identifiers


@lru_cache(maxsize=1024)
def _coding(system: str, code: str) -> Coding:
    return Coding(system, code)


def _codings(value: Any, system: str, name: str) -> tuple[Coding, ...]:
    """The codes of a member: a bare code is of `system`."""
    if value is None:
        return ()
    if isinstance(value, str) and value:
        return (_coding(system, value),)
    made: list[Coding] = []
    for each in _listed(value):
        if isinstance(each, str) and each:
            made.append(_coding(system, each))
        else:
            found = list(parts.codings(each))
            if not found:
                raise BadRequest(f"{name} is neither a code nor a Coding")
            made += [one if one.system else Coding(system, one.code) for one in found]
    return tuple(made)


def _patient(found: Mapping[str, Any]) -> str:
    given = found.get("patient")
    if is_object(given):
        given = given.get("reference")
    if given is None:
        return ""
    if not isinstance(given, str):
        raise BadRequest("patient is no reference")
    return parts.tail(given)
