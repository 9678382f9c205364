"""Batch and transaction: many requests in one Bundle. https://hl7.org/fhir/R4/http.html#transaction."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from .findings import NOT_A_RESOURCE
from .interactions import Answer, Request, answer, refusal
from .refused import Refused
from .search import found
from .store import Store

__all__ = ["process"]

Json = dict[str, Any]
_ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
_FAILED = 400
_SEARCH_URI = re.compile(r"[A-Z][A-Za-z]+\?")
_CONDITIONS = {"if-none-exist": "ifNoneExist", "if-match": "ifMatch", "if-none-match": "ifNoneMatch"}


def process(store: Store, request: Request) -> Answer:
    """The answer to a Bundle: of a batch each entry by itself, of a transaction all or nothing. Raises `Refused`."""
    bundle: Json = _object(request.body)
    if bundle.get("type") not in {"batch", "transaction"}:
        raise Refused(NOT_A_RESOURCE.at(why="it is no Bundle of type batch or transaction"), 400)
    entries = _entries(bundle)
    if bundle["type"] == "batch":
        told = [_entry(_one(store, request, entry)) for entry in entries]
        return Answer(200, {"resourceType": "Bundle", "type": "batch-response", "entry": told})
    trial = store.copy()
    told = _transaction(trial, request, entries)
    store.become(trial)
    return Answer(200, {"resourceType": "Bundle", "type": "transaction-response", "entry": told})


def _entries(bundle: Json) -> list[Json]:
    """The entries, each with a request. Raises `Refused`."""
    found: Any = bundle.get("entry", [])
    entries: list[Json] = [_object(each) for each in cast("list[Any]", found)] if isinstance(found, list) else [{}]
    for at, entry in enumerate(entries):
        asked = _object(entry.get("request"))
        if asked.get("method") not in _ORDER or not isinstance(asked.get("url"), str):
            raise Refused(NOT_A_RESOURCE.at(f"Bundle.entry[{at}]", why="an entry has no request that can be done"), 400)
    return entries


def _object(body: Any) -> Json:
    return cast("Json", body) if isinstance(body, dict) else {}


def _transaction(store: Store, request: Request, entries: list[Json]) -> list[Json]:
    _check_once(entries)
    new_ids = _new_ids(store, entries)
    renamed = _searched(store, entries) | _new_references(store, entries, new_ids)
    answers: dict[int, Json] = {}
    order = sorted(range(len(entries)), key=lambda at: _ORDER.index(entries[at]["request"]["method"]))
    for at in order:
        entry = _renamed(entries[at], renamed)
        given = _one(store, request, entry, new_ids[at])
        if given.status >= _FAILED and given.resource:
            raise Refused(
                NOT_A_RESOURCE.at(f"Bundle.entry[{at}]", why="an entry of the transaction fails"), given.status
            )
        answers[at] = _entry(given)
    return [answers[at] for at in range(len(entries))]


def _check_once(entries: list[Json]) -> None:
    """No two entries may change the same resource. https://hl7.org/fhir/R4/http.html#trules. Raises `Refused`."""
    changed = [each["request"]["url"] for each in entries if each["request"]["method"] in {"PUT", "PATCH", "DELETE"}]
    if len(changed) != len(set(changed)):
        raise Refused(NOT_A_RESOURCE.at(why="two entries change the same resource"), 400)


def _new_ids(store: Store, entries: list[Json]) -> list[str]:
    """The id of what each entry creates, if it does, where others may refer to it; no transaction before this had one of them."""
    first = len(store.history()) + 1
    return [f"t{first}-{at}" if "fullUrl" in entry else "" for at, entry in enumerate(entries, 1)]


def _new_references(store: Store, entries: list[Json], new_ids: list[str]) -> dict[str, str]:
    """The reference that each fullUrl of the Bundle becomes."""
    return {
        entry["fullUrl"]: _reference(store, entry, new_id)
        for entry, new_id in zip(entries, new_ids, strict=True)
        if "fullUrl" in entry and entry["request"]["method"] in {"POST", "PUT"}
    }


def _reference(store: Store, entry: Json, new_id: str) -> str:
    """Where a create or an update puts its resource: where the URL says, where a condition finds it, or at a new id."""
    kind, _, query = entry["request"]["url"].partition("?")
    if entry["request"]["method"] == "PUT" and not query:
        return kind
    condition = query or entry["request"].get("ifNoneExist", "")
    there = found(store, kind, parse_qsl(condition)) if condition else []
    own = _object(entry.get("resource")).get("id") if query else None
    return f"{kind}/{there[0]['id'] if there else own or new_id}"


def _searched(store: Store, entries: list[Json]) -> dict[str, str]:
    """The reference that each search URI of the entries becomes. https://hl7.org/fhir/R4/http.html#trules. Raises `Refused`."""
    told = {each for entry in entries for each in _references(entry.get("resource")) if _SEARCH_URI.match(each)}
    return {each: _only(store, each) for each in sorted(told)}


def _only(store: Store, uri: str) -> str:
    kind, _, query = uri.partition("?")
    there = found(store, kind, parse_qsl(query))
    if len(there) != 1:
        raise Refused(NOT_A_RESOURCE.at(why=f"{len(there)} resources fit a conditional reference, and not one"), 412)
    return f"{kind}/{there[0]['id']}"


def _references(value: Any) -> Iterator[str]:
    """The texts of all references in a value."""
    if isinstance(value, dict):
        told = cast("Json", value)
        if isinstance(told.get("reference"), str):
            yield told["reference"]
        value = list(told.values())
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _references(each)


def _renamed(entry: Json, renamed: Mapping[str, str]) -> Json:
    resource = entry.get("resource")
    if resource is None:
        return entry
    return {**entry, "resource": _with(resource, renamed)}


def _with(value: Any, renamed: Mapping[str, str], member: str = "") -> Any:
    """A value with every text that is a fullUrl replaced, and every reference that is a search URI."""
    if isinstance(value, dict):
        return {name: _with(each, renamed, name) for name, each in cast("Json", value).items()}
    if isinstance(value, list):
        return [_with(each, renamed) for each in cast("list[Any]", value)]
    if not isinstance(value, str) or (member != "reference" and _SEARCH_URI.match(value)):
        return value
    return renamed.get(value, value)


def _one(store: Store, request: Request, entry: Json, new_id: str = "") -> Answer:
    asked: Json = entry.get("request") or {}
    path, _, query = str(asked.get("url", "")).partition("?")
    headers = {name: asked.get(field) for name, field in _CONDITIONS.items()}
    told = {name: str(value) for name, value in headers.items() if value}
    method = str(asked.get("method", "GET"))
    one = Request(method, path, parse_qsl(query), told, entry.get("resource"), request.base, new_id)
    try:
        return answer(store, one)
    except Refused as fault:
        return refusal(fault.issue, fault.status)


def _entry(given: Answer) -> Json:
    response: Json = {"status": str(given.status)}
    response |= {name: given.headers[name] for name in ("location", "etag") if name in given.headers}
    if given.at:
        response["lastModified"] = given.at
    if given.status >= _FAILED:
        return {"response": {**response, "outcome": given.resource}}
    return {"response": response, **({"resource": given.resource} if given.resource else {})}
