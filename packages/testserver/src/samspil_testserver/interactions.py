"""The interactions of the RESTful API, each a function from the store and the request to an answer.

https://hl7.org/fhir/R4/http.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

from samspil_core import Issue, Outcome, http_status, to_operation_outcome

from .fhirpath_patch import patched_by
from .findings import CONFLICT, GONE, NOT_A_RESOURCE, NOT_FOUND, NOT_SUPPORTED, SEVERAL, TAKEN
from .histories import history_bundle
from .patch import patched
from .refused import Refused
from .search import found, searchset
from .store import Store, Version
from .types import TYPES

__all__ = ["Answer", "Request", "answer", "refusal"]

Json = dict[str, Any]
_OK, _CREATED, _NO_CONTENT, _NOT_MODIFIED, _CONFLICT, _PRECONDITION = 200, 201, 204, 304, 409, 412
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True)
class Request:
    """A request: path under the base without leading slash, query as pairs, headers in lower case, content as JSON.

    `new_id` is the id of what it creates, where a transaction has promised it to other entries.
    """

    method: str
    path: str
    pairs: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: Any
    base: str
    new_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: status, resource or None, headers; `at` is when the version it is about came to be, as an instant.

    `written` is the body where it was written before.
    """

    status: int
    resource: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    at: str = ""
    written: bytes = b""


def answer(store: Store, request: Request) -> Answer:
    """The answer to a request on a type or a resource. Raises `Refused`."""
    steps = [step for step in request.path.split("/") if step]
    _check_path(steps)
    if "_history" in steps:
        return _history(store, request, steps)
    if steps and steps[-1] == "$everything":
        return _everything(store, request, steps)
    if any(step.startswith("$") for step in steps):
        raise Refused(NOT_SUPPORTED.at(what="this operation"), 404)
    if len(steps) == 2 and steps[1] != "_search":  # noqa: PLR2004  type and id
        return _on_resource(store, request, steps[0], steps[1])
    if len(steps) == 3 and request.method in {"GET", "HEAD"}:  # noqa: PLR2004  compartment
        return _compartment(store, request, steps)
    if len(steps) > 1 + (steps[-1:] == ["_search"]):
        raise Refused(NOT_SUPPORTED.at(what="this path"), 404)
    return _on_type(store, request, steps[0] if steps and steps[0] != "_search" else "", steps)


def _check_path(steps: Sequence[str]) -> None:
    """A path begins with a type of R4 or names no type at all. Raises `Refused`."""
    if steps and steps[0] not in TYPES and steps[0] not in {"_search", "_history"} and not steps[0].startswith("$"):
        raise Refused(NOT_SUPPORTED.at(what="this type of resource"), 404)


def refusal(issue: Issue, status: int | None = None) -> Answer:
    """A finding as an answer."""
    outcome = Outcome((issue,))
    return Answer(status or http_status(outcome), to_operation_outcome(outcome))


def _on_type(store: Store, request: Request, kind: str, steps: Sequence[str]) -> Answer:
    if request.method in {"GET", "HEAD"} or steps[-1:] == ["_search"]:
        return Answer(_OK, searchset(store, kind, request.pairs, request.base))
    if not kind:
        raise Refused(NOT_SUPPORTED.at(what="this interaction"), 405)
    match request.method:
        case "POST":
            return _create(store, request, kind)
        case "PUT" | "PATCH":
            target = _one(store, kind, request.pairs)
            if target is None and request.method == "PATCH":
                raise Refused(NOT_FOUND.at())
            sent: Json = request.body or {}
            identifier = target["id"] if target else str(sent.get("id", ""))
            if target is None and identifier and store.is_there(kind, identifier):
                raise Refused(TAKEN.at(), _CONFLICT)
            return _put(store, request, kind, identifier, conditional=True)
        case "DELETE":
            target = _one(store, kind, request.pairs)
            return _delete(store, kind, target["id"]) if target else Answer(_NO_CONTENT)
        case _:
            raise Refused(NOT_SUPPORTED.at(what="this method"), 405)


def _on_resource(store: Store, request: Request, kind: str, identifier: str) -> Answer:
    match request.method:
        case "GET" | "HEAD":
            return _read(store.newest(kind, identifier), request)
        case "PUT" | "PATCH":
            return _put(store, request, kind, identifier)
        case "DELETE":
            return _delete(store, kind, identifier)
        case _:
            raise Refused(NOT_SUPPORTED.at(what="this method"), 405)


def _read(version: Version | None, request: Request) -> Answer:
    if version is None:
        raise Refused(NOT_FOUND.at())
    if version.resource is None:
        raise Refused(GONE.at())
    headers = _headers(version)
    if _is_among(request.headers.get("if-none-match", ""), headers["etag"]):
        return Answer(_NOT_MODIFIED, None, headers, version.at)
    return Answer(_OK, version.resource, headers, version.at)


def _is_among(tags: str, own: str) -> bool:
    """Whether a list of entity tags names one. https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match, weak comparison."""
    return any(each.strip() in {"*", own, own.removeprefix("W/")} for each in tags.split(","))


def _create(store: Store, request: Request, kind: str) -> Answer:
    if condition := request.headers.get("if-none-exist"):
        there = found(store, kind, parse_qsl(condition))
        if len(there) > 1:
            raise Refused(SEVERAL.at(count=len(there)), _PRECONDITION)
        if there:
            newest = store.newest(kind, there[0]["id"])
            return _written(request, newest, _OK) if newest else Answer(_OK)
    return _written(request, store.put(_resource(request.body, kind), "POST", request.new_id), _CREATED)


def _put(store: Store, request: Request, kind: str, identifier: str, *, conditional: bool = False) -> Answer:
    newest = store.newest(kind, identifier) if identifier else None
    _check_match(request, newest)
    there = newest is not None and newest.resource is not None
    if request.method == "PATCH":
        if newest is None or newest.resource is None:
            raise Refused(NOT_FOUND.at())
        made = _resource(_patched(newest.resource, request.body), kind)
        return _written(request, store.put(made, "PATCH", identifier), _OK)
    resource = _resource(request.body, kind)
    if identifier and resource.get("id", identifier if conditional else None) != identifier:
        raise Refused(NOT_A_RESOURCE.at(why="its id is not that of the URL"), 400)
    if identifier and not _ID.fullmatch(identifier):
        raise Refused(NOT_A_RESOURCE.at(why="its id is no FHIR id"), 400)
    return _written(request, store.put(resource, "PUT", identifier or request.new_id), _OK if there else _CREATED)


def _patched(resource: Json, body: Any) -> Json:
    """By a FHIRPath Patch, which is a resource, or a JSON Patch, which is a list."""
    return patched_by(resource, cast("Json", body)) if isinstance(body, dict) else patched(resource, body)


def _delete(store: Store, kind: str, identifier: str) -> Answer:
    version = store.delete(kind, identifier)
    return Answer(_NO_CONTENT, None, {"etag": f'W/"{version.number}"'} if version else {})


def _history(store: Store, request: Request, steps: Sequence[str]) -> Answer:
    if request.method not in {"GET", "HEAD"}:
        raise Refused(NOT_SUPPORTED.at(what="this method"), 405)
    at = steps.index("_history")
    if len(steps) > at + 1:
        return _read(store.version(steps[0], steps[1], steps[at + 1]), request)
    versions = store.history(*steps[:at])
    if at == 2 and not versions:  # noqa: PLR2004  type and id
        raise Refused(NOT_FOUND.at())
    url = "/".join([request.base, *steps])
    return Answer(_OK, history_bundle(versions, request.pairs, url, request.base))


def _everything(store: Store, request: Request, steps: Sequence[str]) -> Answer:
    """All that is about one patient, and what that refers to: https://hl7.org/fhir/R4/patient-operation-everything.html."""
    if len(steps) != 3 or steps[0] != "Patient":  # noqa: PLR2004  Patient/id/$everything
        raise Refused(NOT_SUPPORTED.at(what="this operation"), 404)
    patient = _read(store.newest("Patient", steps[1]), request).resource or {}
    about = [each for each in store.current() if _is_about(each, f"Patient/{steps[1]}")]
    pairs = [*request.pairs, ("_include", "*")]
    asked = [("_count", "1000"), *pairs]
    return Answer(_OK, searchset(store, "", asked, request.base, [patient, *about]))


def _compartment(store: Store, request: Request, steps: Sequence[str]) -> Answer:
    kind = "" if steps[2] == "*" else steps[2]
    chosen = [each for each in found(store, kind, request.pairs) if _is_about(each, "/".join(steps[:2]))]
    return Answer(_OK, searchset(store, kind, request.pairs, request.base, chosen))


def _is_about(resource: Json, reference: str) -> bool:
    from .parameters import parameters_of, references_of

    kind = resource["resourceType"]
    names = {each.name for each in parameters_of(kind) if each.type == "reference"}
    return any(reference in references_of(resource, kind, name) for name in names)


def _one(store: Store, kind: str, pairs: Sequence[tuple[str, str]]) -> Json | None:
    """The one resource that a condition names. Raises `Refused` without a condition, and where several fit."""
    if not pairs:
        raise Refused(NOT_SUPPORTED.at(what="a change without id or condition"), 405)
    there = found(store, kind, pairs)
    if len(there) > 1:
        raise Refused(SEVERAL.at(count=len(there)), _PRECONDITION)
    return there[0] if there else None


def _check_match(request: Request, newest: Version | None) -> None:
    wanted = request.headers.get("if-match")
    if wanted and (newest is None or wanted.strip('W/"') != str(newest.number)):
        raise Refused(CONFLICT.at(version=newest.number if newest else 0), _PRECONDITION)


def _resource(body: Any, kind: str) -> Json:
    if not isinstance(body, dict):
        raise Refused(NOT_A_RESOURCE.at(why="it is no JSON object"), 400)
    if body.get("resourceType") != kind:  # pyright: ignore[reportUnknownMemberType]
        raise Refused(NOT_A_RESOURCE.at(why="it is of another type than the URL"), 400)
    return body  # pyright: ignore[reportUnknownVariableType]


def _written(request: Request, version: Version, status: int) -> Answer:
    headers = _headers(version)
    if status == _CREATED:
        headers["location"] = f"{request.base}/{version.reference}/_history/{version.number}"
    minimal = "return=minimal" in request.headers.get("prefer", "")
    return Answer(status, None if minimal else version.resource, headers, version.at)


def _headers(version: Version) -> dict[str, str]:
    return {"etag": f'W/"{version.number}"', "last-modified": version.http_date}
