"""Steps that judge one answer: status, headers, and the resource or the OperationOutcome in it."""

import re
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx
from pytest_bdd import parsers, then

from samspil_conformance.checks import check, equal
from samspil_core import NotAPrimitive, loads, parse_date_time

from .talk import (
    FHIR_JSON,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    OK,
    Json,
    as_json,
    as_list,
    at_path,
    body_of,
    content_type,
    filled,
    json_of,
    located,
    look,
    objects,
    outcome_of,
    part,
    resource_of,
    self_link,
    well_formed,
)

__all__: list[str] = []

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_SEVERITIES = ("fatal", "error", "warning", "information")
_ISSUES = frozenset(
    [
        "business-rule",
        "code-invalid",
        "conflict",
        "deleted",
        "duplicate",
        "exception",
        "expired",
        "extension",
        "forbidden",
        "incomplete",
        "informational",
        "invalid",
        "invariant",
        "lock-error",
        "login",
        "multiple-matches",
        "no-store",
        "not-found",
        "not-supported",
        "processing",
        "required",
        "security",
        "structure",
        "suppressed",
        "throttled",
        "timeout",
        "too-costly",
        "too-long",
        "transient",
        "unknown",
        "value",
    ]
)
"""https://hl7.org/fhir/R4/valueset-issue-type.html"""
_JSON_TYPES = (FHIR_JSON, "application/json")


@then(parsers.parse("the status is {code:d}"))
def _status(world: Any, code: int) -> None:
    check(world["answer"].status_code == code, f"the HTTP status is {code}", observed=world["answer"].status_code)


@then(parsers.parse("the status is {first:d} or {second:d}"))
def _status_or(world: Any, first: int, second: int) -> None:
    status = world["answer"].status_code
    check(status in {first, second}, f"the HTTP status is {first} or {second}", observed=status)


@then("the request succeeds")
def _succeeds(world: Any) -> None:
    status = world["answer"].status_code
    check(httpx.codes.is_success(status), "the HTTP status is one of success (2xx)", observed=status)


@then("the status is 200 without a body, or 405")
def _head(world: Any) -> None:
    answer = world["answer"]
    check(answer.status_code in {200, 405, 501}, "HEAD is answered as GET, or refused", observed=answer.status_code)
    if answer.status_code == OK:
        check(answer.headers.get("content-type"), "HEAD has the headers of GET")


@then("the status is one of success, or 404 with a warning")
def _success_or_missing(world: Any, warn: Any) -> None:
    status = world["answer"].status_code
    if status == NOT_FOUND:
        warn("deleting what is not there should succeed: http.html#delete")
        return
    check(httpx.codes.is_success(status), "the HTTP status is one of success (2xx)", observed=status)


@then("there is no body, or a warning")
def _minimal(world: Any, warn: Any) -> None:
    if world["answer"].content:
        warn("the server should honour Prefer: return=minimal")


@then(parsers.parse('the body is the patient "{name}", or a warning'))
def _representation(world: Any, warn: Any, name: str) -> None:
    found = json_of(world["answer"])
    if found.get("resourceType") == "Patient":
        is_the_patient(world, found, name)
    else:
        warn("the server should honour Prefer: return=representation")


@then("the request is refused, or a warning")
def _strict(world: Any, warn: Any) -> None:
    status = world["answer"].status_code
    if httpx.codes.is_success(status):
        warn("the server should honour Prefer: handling=strict, and refuse a parameter that it does not know")
        return
    check(httpx.codes.is_client_error(status), "the HTTP status is one of the client's faults (4xx)", observed=status)


@then(parsers.parse('the request is refused, or the self link does not tell "{name}"'))
def _passed_over(world: Any, name: str) -> None:
    status = world["answer"].status_code
    if not httpx.codes.is_success(status):
        check(
            httpx.codes.is_client_error(status), "the HTTP status is one of the client's faults (4xx)", observed=status
        )
        return
    check(name not in self_link(world["answer"]), "the self link tells only what was used", observed=name)


@then("the entity tag of the answer is another than before")
def _tag_moves(world: Any) -> None:
    tag = world["answer"].headers.get("etag", "")
    versions = [version for name in world["things"] for version, _ in world["things"][name]["versions"]]
    check(versions[0] not in tag.split('"'), "an update gives another entity tag", observed=tag)


@then(parsers.parse('the patient "{name}" is gone'))
def _gone(sut: Any, world: Any, name: str) -> None:
    status = look(sut, world, f"Patient/{world['things'][name]['id']}").status_code
    check(status in {404, 410}, f"a read of {name} gives 410 or 404", observed=status)


@then("the request is refused")
def _refused(world: Any) -> None:
    status = world["answer"].status_code
    check(httpx.codes.is_client_error(status), "the HTTP status is one of the client's faults (4xx)", observed=status)


@then("the content is refused as wrong")
def _content_refused(world: Any) -> None:
    status = world["answer"].status_code
    check(status in {400, 422}, "the HTTP status is 400 (syntax) or 422 (rules)", observed=status)


@then("the answer is FHIR JSON in UTF-8")
def _fhir_json(world: Any) -> None:
    kind, parameters = content_type(world["answer"])
    check(kind == FHIR_JSON, "the Content-Type is application/fhir+json", observed=kind)
    charset = parameters.get("charset", "utf-8")
    check(
        charset in {"utf-8", "utf8"}, "the charset of the Content-Type, where one is named, is UTF-8", observed=charset
    )
    check(body_of(world["answer"]) is not None, "the body is JSON in UTF-8", observed=world["answer"].content[:40])


@then("the answer is JSON or refused as not acceptable")
def _json_or_not_acceptable(world: Any) -> None:
    kind, _ = content_type(world["answer"])
    status = world["answer"].status_code
    if status == NOT_ACCEPTABLE:
        return
    check(status == OK, "the status is 200, or 406", observed=status)
    check(kind in _JSON_TYPES, "an answer to a client that takes JSON is JSON", observed=kind)
    check(body_of(world["answer"]) is not None, "its body is JSON", observed=world["answer"].content[:40])


@then("the answer is XML or refused as not acceptable")
def _xml_or_not_acceptable(world: Any) -> None:
    answer = world["answer"]
    if answer.status_code == NOT_ACCEPTABLE:
        return
    kind, _ = content_type(answer)
    check(
        "xml" in kind,
        "an answer to a client that takes XML alone is XML, or 406",
        observed=f"{answer.status_code} {kind}",
    )
    check(answer.content.lstrip()[:1] == b"<", "its body is XML", observed=answer.content[:40])


@then("the answer explains itself with an OperationOutcome")
def _explains(world: Any) -> None:
    found = outcome_of(world["answer"])
    check(found is not None, "the body is an OperationOutcome", observed=world["answer"].content[:60])
    issues = objects((found or {}).get("issue"))
    check(issues, "the OperationOutcome has an issue")
    for each in issues:
        severity = each.get("severity")
        check(severity in _SEVERITIES, "each issue has a severity of FHIR", observed=severity)
        check(each.get("code") in _ISSUES, "each issue has a code of FHIR", observed=each.get("code"))
    check(any(each.get("severity") in {"fatal", "error"} for each in issues), "one issue is an error or fatal")


@then("the body is empty")
def _empty(world: Any) -> None:
    check(not world["answer"].content, "the body is empty", observed=world["answer"].content[:40])


@then(parsers.parse('the answer is the patient "{name}"'))
def _is_the_patient(world: Any, name: str) -> None:
    is_the_patient(world, resource_of(world["answer"], "Patient"), name)


@then(parsers.parse('the answer is version {number:d} of the patient "{name}"'))
def _is_version(world: Any, number: int, name: str) -> None:
    found = resource_of(world["answer"], "Patient")
    version, sent = world["things"][name]["versions"][number - 1]
    equal(str(part(found, "meta").get("versionId")), version, "meta.versionId")
    missing = lost(sent, found)
    check(not missing, "the answer holds what was sent in that version", observed=missing)


@then(parsers.parse('the answer holds everything that was sent of "{name}"'))
def _holds_everything(world: Any, name: str) -> None:
    missing = lost(world["things"][name]["resource"], resource_of(world["answer"]))
    check(not missing, "every element that was sent is there, with its value", observed=missing)


@then(parsers.parse('the answer, where it has a body, is the patient "{name}"'))
def _body_is(world: Any, name: str) -> None:
    found = json_of(world["answer"])
    if found.get("resourceType") == "Patient":
        is_the_patient(world, found, name)
    else:
        outcome = outcome_of(world["answer"]) is not None
        check(not world["answer"].content or outcome, "the body is the resource, an OperationOutcome or empty")


@then(parsers.parse('the element "{path}" differs from {value}'))
def _element_not(world: Any, path: str, value: str) -> None:
    found = at_path(resource_of(world["answer"]), path)
    check(found != loads(filled(world, value)), f"{path} is not {value}", observed=found)


@then(parsers.parse('the element "{path}" is {value}'))
def _element(world: Any, path: str, value: str) -> None:
    found = at_path(resource_of(world["answer"]), path)
    wanted = loads(filled(world, value))
    check(found == wanted and str(found) == str(wanted), f"{path} is {value}", observed=found)


@then(parsers.parse('there is no element "{path}"'))
def _no_element(world: Any, path: str) -> None:
    found = resource_of(world["answer"])
    check(path not in found, f"there is no element {path}", observed=found.get(path))


@then(parsers.parse("the resource has an id, a version and a time of last update"))
def _has_meta(world: Any) -> None:
    found = resource_of(world["answer"])
    meta: Json = part(found, "meta")
    check(_ID.fullmatch(str(found.get("id", ""))), "id is a FHIR id", observed=found.get("id"))
    check(_ID.fullmatch(str(meta.get("versionId", ""))), "meta.versionId is a FHIR id", observed=meta.get("versionId"))
    at = meta.get("lastUpdated")
    check(isinstance(at, str) and _INSTANT.fullmatch(at), "meta.lastUpdated is an instant with a zone", observed=at)
    check(_moment(at) is not None, "meta.lastUpdated is a moment that there is", observed=at)


@then("the JSON keeps the rules of FHIR")
def _keeps_json_rules(world: Any) -> None:
    broken = well_formed(resource_of(world["answer"]))
    check(not broken, "no element is null or empty", observed=broken)


@then("the entity tag is that of the version")
def _entity_tag(world: Any) -> None:
    answer = world["answer"]
    tag = answer.headers.get("etag")
    versioned = part(resource_of(answer), "meta").get("versionId") if answer.content else world.get("version")
    check(tag, "the answer has an ETag", observed=dict(answer.headers).keys())
    found = _TAG.fullmatch(tag)
    check(found, 'the ETag is an entity tag in quotes, such as W/"1"', observed=tag)
    if versioned and found:
        check(found[1] == versioned, "the ETag holds the version of the resource", observed=tag)


@then("the entity tag, where there is one, is that of the version")
def _entity_tag_if_any(world: Any) -> None:
    tag = world["answer"].headers.get("etag")
    if tag is None:
        return
    found = _TAG.fullmatch(tag)
    check(found, 'the ETag is an entity tag in quotes, such as W/"1"', observed=tag)
    version = part(json_of(world["answer"]), "meta").get("versionId")
    place = located(world["answer"].headers.get("location", ""))
    wanted = version or (place[2] if place else "")
    check(not wanted or (found and found[1] == wanted), "the ETag holds the version of the resource", observed=tag)


@then("the time of last modification is an HTTP date, and that of the resource")
def _last_modified(world: Any) -> None:
    told = world["answer"].headers.get("last-modified", "")
    check(told, "the answer has a Last-Modified header")
    check(_HTTP_DATE.fullmatch(told), "Last-Modified is an HTTP date (RFC 9110)", observed=told)
    at = _moment(part(resource_of(world["answer"]), "meta").get("lastUpdated"))
    if at is not None:
        away = abs((parsedate_to_datetime(told) - at).total_seconds())
        check(away <= 1, "Last-Modified is meta.lastUpdated, to the second", observed=told)


@then(parsers.parse("the Location names the new {kind:w} and its version"))
def _location(world: Any, kind: str) -> None:
    told = world["answer"].headers.get("location", "")
    check(told, "the answer has a Location header")
    place = located(told)
    check(place is not None and place[0] == kind, f"the Location is a URL of a {kind}", observed=told)
    check(place and place[2], "the Location names the version: .../_history/VERSION", observed=told)
    found = json_of(world["answer"])
    if place and found.get("resourceType") == kind:
        own = (found.get("id"), part(found, "meta").get("versionId", place[2]))
        check(own == (place[1], place[2]), "the Location names what the body holds", observed=(told, own))


@then("what the Location names can be read")
def _location_read(sut: Any, world: Any) -> None:
    place = located(world["answer"].headers.get("location", ""))
    check(place is not None, "the Location names a resource", observed=world["answer"].headers.get("location"))
    answer = look(sut, world, f"{place[0]}/{place[1]}" if place else "")
    check(answer.status_code == OK, "the new resource can be read", observed=answer.status_code)


@then(parsers.parse('reading the patient "{name}" gives status {code:d}'))
def _reading_status(sut: Any, world: Any, name: str, code: int) -> None:
    answer = look(sut, world, f"Patient/{world['things'][name]['id']}")
    check(answer.status_code == code, f"a read of {name} gives {code}", observed=answer.status_code)


@then(parsers.parse('what was asked is refused with a warning, or the patient "{name}" has {element:w} {value}'))
def _conditional_patch(sut: Any, world: Any, warn: Any, name: str, element: str, value: str) -> None:  # noqa: PLR0913, PLR0917  a sentence
    status = world["answer"].status_code
    if httpx.codes.is_client_error(status):
        warn("a server that supports patch and conditional update should support conditional patch: http.html#patch")
        return
    check(httpx.codes.is_success(status), "the HTTP status is one of success (2xx)", observed=status)
    _reading_shows(sut, world, name, element, value)


@then(parsers.parse('the patient "{name}" now has {element:w} {value}'))
def _reading_shows(sut: Any, world: Any, name: str, element: str, value: str) -> None:
    found = resource_of(look(sut, world, f"Patient/{world['things'][name]['id']}"), "Patient")
    check(found.get(element) == loads(value), f"{element} of {name} is {value}", observed=found.get(element))


@then(parsers.parse('reading the patient "{name}" shows the same version as before'))
def _same_version(sut: Any, world: Any, name: str) -> None:
    found = resource_of(look(sut, world, f"Patient/{world['things'][name]['id']}"), "Patient")
    version = part(found, "meta").get("versionId", "")
    equal(version, world["things"][name]["version"], "the version, which a refused change must not touch,")


@then(parsers.parse('reading the patient "{name}" shows another version, updated later or at the same time'))
def _later(sut: Any, world: Any, name: str) -> None:
    before = world["things"][name]["versions"][0][0]
    found = resource_of(look(sut, world, f"Patient/{world['things'][name]['id']}"), "Patient")
    meta: Json = part(found, "meta")
    check(meta.get("versionId") not in {None, before}, "an update makes a new meta.versionId", observed=meta)
    told = world.get("first-update")
    at = _moment(meta.get("lastUpdated"))
    check(at is not None and (told is None or at >= told), "meta.lastUpdated does not go back", observed=meta)


@then("the time of last update is remembered")
def _remember_time(world: Any) -> None:
    world["first-update"] = _moment(part(resource_of(world["answer"]), "meta").get("lastUpdated"))


def is_the_patient(world: Any, found: Json, name: str) -> None:
    """Judge that a resource is the stored one, with everything that was sent."""
    thing = world["things"][name]
    equal(found.get("id"), thing["id"], "the id of the resource")
    missing = lost(thing["resource"], found)
    check(not missing, "the resource holds what was stored", observed=missing)


def lost(sent: Any, found: Any, path: str = "") -> str:
    """The first place where something sent is not found again; a server may add, and sets id, meta and text."""
    if isinstance(sent, dict):
        wanted, there = as_json(sent), as_json(found)
        names = [name for name in wanted if path or name not in {"id", "meta", "text", "resourceType"}]
        told = (lost(wanted[name], there.get(name), f"{path}.{name}".lstrip(".")) for name in names)
        return next((each for each in told if each), "")
    if isinstance(sent, list):
        every, given = as_list(cast("Any", sent)), as_list(found)
        if len(given) < len(every):
            return path
        told = (lost(one, given[at], f"{path}[{at}]") for at, one in enumerate(every))
        return next((each for each in told if each), "")
    same = type(sent) is type(found) and str(sent) == str(found)
    return "" if same else path


def _moment(text: Any) -> Any:
    try:
        return parse_date_time(text).earliest() if isinstance(text, str) else None
    except (NotAPrimitive, ValueError):
        return None
