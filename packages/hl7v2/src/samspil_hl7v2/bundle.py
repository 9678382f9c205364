"""Finished resources as a FHIR R4 Bundle: a transaction with conditional requests, or a collection.

https://hl7.org/fhir/R4/http.html#transaction, https://hl7.org/fhir/R4/http.html#cond-update
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

from .context import Made, Resource

BundleType = Literal["transaction", "collection"]
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")
SHARED = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location", "Device", "HealthcareService"})
"""Types that other systems own: a message may create them, and must not overwrite them."""


def bundle(head: Resource, resources: list[Made], type_: BundleType) -> Resource:
    """The Bundle: `head` brings identifier and timestamp; resources come in the order they were made."""
    made: Resource = {"resourceType": "Bundle", "type": type_, **{k: v for k, v in head.items() if k != "type"}}
    entries: list[Any] = []
    for each in resources:
        search = _search(each.body) if "identifier" in each.body else ""
        each.origin = each.body
        if type_ == "collection":
            each.body = {"resourceType": each.type, "id": each.id, **each.body}
            entries.append({"fullUrl": "urn:uuid:" + each.id, "resource": each.body})
            continue
        request = _request(each, search)
        if search:
            each.body = {"resourceType": each.type, **each.body}
        else:
            each.body = {"resourceType": each.type, "id": each.id, **each.body}
        entries.append({"fullUrl": "urn:uuid:" + each.id, "resource": each.body, "request": request})
    if entries:
        made["entry"] = entries
    return made


def is_local(system: str) -> bool:
    """Whether a system is a name alone, `urn:id:NAME`: another sender may mean something else by it."""
    return system.startswith("urn:id:")


def _search(body: Resource) -> str:
    """A search that finds this resource by its first identifier whose system is the same everywhere, else nothing."""
    identifiers = body.get("identifier")
    if isinstance(identifiers, list):
        for identifier in identifiers:  # pyright: ignore[reportUnknownVariableType]
            system, value = identifier.get("system"), identifier.get("value")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if system and value and not is_local(system):  # pyright: ignore[reportUnknownArgumentType]
                return query(system, value)  # pyright: ignore[reportUnknownArgumentType]
    return ""


def query(system: str, value: str) -> str:
    """A search by an identifier: https://hl7.org/fhir/R4/search.html#token."""
    return f"identifier={quoted(system)}%7C{token(value)}"


def token(value: str) -> str:
    """A value as it stands in a search."""
    return value if value.isascii() and _UNRESERVED.fullmatch(value) else quote(value, safe="")


@lru_cache(maxsize=1024)
def quoted(system: str) -> str:
    """As `token`, remembered, for what recurs."""
    return quote(system, safe="")


def _request(made: Made, search: str) -> Resource:
    if not search:
        return {"method": "PUT", "url": made.type + "/" + made.id}
    if made.type in SHARED:
        return {"method": "POST", "url": made.type, "ifNoneExist": search}
    return {"method": "PUT", "url": made.type + "?" + search}
