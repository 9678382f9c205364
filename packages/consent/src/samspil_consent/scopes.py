"""SMART App Launch v2 scopes: what a token's scopes allow at most. A consent never adds to them, nor they to a consent.

https://hl7.org/fhir/smart-app-launch/STU2/scopes-and-launch-context.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from .enforcement import patients_of
from .features import codes_of
from .parts import as_dict, codings, is_object

__all__ = ["Scope", "allows", "read_scopes"]

_SCOPE = re.compile(r"(patient|user|system)/([A-Z][A-Za-z]+|\*)\.(c?r?u?d?s?|read|write|\*)(?:\?(.+))?")
_VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: for whom, of which type (or `*`), which interactions of `cruds`, with which search conditions."""

    level: str
    type: str
    actions: str
    conditions: tuple[tuple[str, str], ...] = ()


def read_scopes(text: str) -> tuple[Scope, ...]:
    """The resource scopes of a token's `scope`; what is none (such as `openid`) is left out, as it allows no resource."""
    made: list[Scope] = []
    for each in text.split():
        found = _SCOPE.fullmatch(each)
        if found and found[3]:
            conditions = tuple(parse_qsl(found[4] or "", keep_blank_values=True))
            made.append(Scope(found[1], found[2], _VERSION_1.get(found[3], found[3]), conditions))
    return tuple(made)


def allows(scopes: tuple[Scope, ...], resource: Mapping[str, Any] | object, action: str, patient: str = "") -> bool:
    """Whether any scope allows one interaction (a letter of `cruds`) with a resource.

    `patient` is the launch context, for scopes of the level `patient`. A condition that is not understood allows nothing.
    """
    plain = as_dict(resource)
    return any(_allows(one, plain, action, patient) for one in scopes)


def _allows(scope: Scope, resource: Mapping[str, Any], action: str, patient: str) -> bool:
    if action not in scope.actions or scope.type not in {"*", resource.get("resourceType")}:
        return False
    if scope.level == "patient" and patients_of(resource) != ((patient,) if patient else ()):
        return False
    return all(_holds(name, value, resource) for name, value in scope.conditions)


def _holds(name: str, value: str, resource: Mapping[str, Any]) -> bool:
    """A token search parameter: `category` and `code` by their codings, `_security` by the labels."""
    if name == "_security":
        meta = resource.get("meta")
        found = list(codings(meta.get("security") if is_object(meta) else None))
    elif name == "category":
        found = list(codings(resource.get("category")))
    elif name == "code":
        found = list(codes_of(resource)) if resource.get("code") is not None else []
    else:
        return False
    for wanted in value.split(","):
        system, bar, code = wanted.rpartition("|")
        if any(one.code == code and (not bar or one.system == system) for one in found):
            return True
    return False
