"""Steps on consent: restrictions that a patient registers, and what others may see of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import check, equal
from samspil_core import dumps, loads

from .talk import (
    CREATED,
    OK,
    Json,
    address,
    as_json,
    as_list,
    ask_raw,
    body_of,
    entries,
    filled,
    json_of,
    objects,
    pages,
    part,
    persona,
    resource_of,
)

__all__: list[str] = []

_SCOPE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]}
_CATEGORY = {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}
_TREAT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}
_RECIPIENT = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]}
_TYPES = "http://hl7.org/fhir/resource-types"


@given("the professionals' interface of the system")
def _interface(sut: Any, world: Any, requires: Any) -> None:
    settings = sut.settings
    requires("ehr" in settings.get("endpoints", {}), "sut.yaml names no endpoint 'ehr'")
    world["endpoint"] = "ehr"
    data: Json = settings.get("data", {})
    ids = {f"{name}.id": str(reference).rpartition("/")[2] for name, reference in data.items()}
    world.setdefault("values", {}).update({**data, **ids})


@given(parsers.parse('the code of "{name}"'))
def _coded(sut: Any, world: Any, requires: Any, name: str) -> None:
    """The code of a resource, as the patient reads it."""
    found = _code(sut, world, name)
    requires("code" in found, f"{name} has a code that the patient can read")
    world["values"] |= {f"{name}.code": found.get("code"), f"{name}.system": found.get("system", "")}


def _code(sut: Any, world: Any, name: str) -> Json:
    """The first coding of what a resource is about: its `code`, or its medication."""
    headers = {"Accept": "application/fhir+json", **persona(sut, "patient")}
    answer = ask_raw(sut, {}, "GET", address(sut, world, str(world["values"][name])), None, headers)
    found = json_of(answer)
    concept = part(found, "code") or part(found, "medicationCodeableConcept")
    return next(iter(objects(concept.get("coding"))), as_json(None))


@given(parsers.parse("the patient has restricted {what}"))
def _restricted(sut: Any, world: Any, requires: Any, what: str) -> Any:
    yield from _registered(sut, world, requires, _provision(sut, world, what))


@given(parsers.parse("a restriction of the patient, as a provision of a Consent"))
def _restricted_by(sut: Any, world: Any, requires: Any, docstring: str) -> Any:
    yield from _registered(sut, world, requires, loads(filled(world, docstring)))


def _registered(sut: Any, world: Any, requires: Any, provision: Json) -> Any:
    """Register a restriction as the patient, and take it back when the scenario has ended."""
    consent: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": _SCOPE,
        "category": [_CATEGORY],
        "patient": {"reference": world["values"]["patient"]},
        "dateTime": "2026-01-01",
        "policy": [{"authority": "https://eur-lex.europa.eu", "uri": "https://eur-lex.europa.eu/eli/reg/2025/327/oj"}],
        "provision": provision,
    }
    answer = _as_patient(sut, world, "POST", "Consent", consent)
    requires(answer.status_code == CREATED, f"the patient can register a restriction ({answer.status_code})")
    place = answer.headers.get("location", "").partition("/_history")[0].rpartition("/")[2]
    world["consent"] = {**consent, "id": place}
    world.pop("answer", None)
    yield
    _as_patient(sut, world, "PUT", f"Consent/{place}", {**world["consent"], "status": "inactive"})


def _as_patient(sut: Any, world: Any, method: str, url: str, body: Json) -> httpx.Response:
    headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json", **persona(sut, "patient")}
    return ask_raw(sut, {}, method, address(sut, world, url), dumps(body), headers)


def _provision(sut: Any, world: Any, what: str) -> Json:
    """The provision of a restriction in words: `test-result`, `everything from the outsider`, ..."""
    named, _, whom = what.partition(" from the ")
    made: Json = {"type": "deny", "purpose": [_TREAT]}
    if named != "everything":
        reference = str(world["values"][named.strip('"')])
        made["data"] = [{"meaning": "instance", "reference": {"reference": reference}}]
    if whom:
        told = sut.settings["personas"][whom.removeprefix("organisation of the ")]
        kind = "organization" if whom.startswith("organisation") else "person"
        made["actor"] = [{"role": _RECIPIENT, "reference": {"reference": told[kind]}}]
    return made


@when("the patient takes the restriction back")
def _takes_back(sut: Any, world: Any) -> None:
    found = world["consent"]
    answer = _as_patient(sut, world, "PUT", f"Consent/{found['id']}", {**found, "status": "inactive"})
    check(answer.is_success, "a patient can take a restriction back", observed=answer.status_code)


# ------------------------------------------------------------------------------------------------ what is seen
@then(parsers.parse('the {who:w} can read "{name}"'))
def _can_read(sut: Any, world: Any, who: str, name: str) -> None:
    answer = _read(sut, world, who, str(world["values"][name]))
    check(answer.status_code == OK, f"the {who} can read {name}", observed=answer.status_code)
    found = resource_of(answer)
    equal(f"{found['resourceType']}/{found.get('id')}", world["values"][name], "what was read")


@then(parsers.parse('the {who:w} cannot read "{name}"'))
def _cannot_read(sut: Any, world: Any, who: str, name: str) -> None:
    answer = _read(sut, world, who, str(world["values"][name]))
    refused = httpx.codes.is_client_error(answer.status_code)
    check(refused, f"a read of {name} by the {who} is refused (4xx)", observed=answer.status_code)
    check(
        not _mentions(answer, str(world["values"][name])),
        "nothing of what is restricted leaves",
        observed=answer.status_code,
    )


def _read(sut: Any, world: Any, who: str, url: str) -> httpx.Response:
    headers = {"Accept": "application/fhir+json", **persona(sut, who)}
    return ask_raw(sut, world, "GET", address(sut, world, url), None, headers)


def _mentions(answer: httpx.Response, reference: str) -> bool:
    """Whether a resource is in an answer, whole or in part."""
    kind, _, name = reference.partition("/")
    waiting: list[Any] = [body_of(answer)]
    while waiting:
        one = waiting.pop()
        told = as_json(one)
        if told.get("resourceType") == kind and told.get("id") == name:
            return True
        waiting += [*told.values(), *as_list(one)]
    return False


@then(parsers.parse('"{name}" is not in the answer, nor in any page that follows'))
def _not_in_answer(sut: Any, world: Any, name: str) -> None:
    answer = world["answer"]
    reference = str(world["values"][name])
    check(not _mentions(answer, reference), f"{name} is not in the answer", observed=answer.status_code)
    if answer.status_code == OK and isinstance(body_of(answer), dict) and "Bundle" in answer.text[:200]:
        for page in pages(sut, world, resource_of(answer), world.get("url", "")):
            told = json.dumps(page, default=str)
            check(f'"{reference.rpartition("/")[2]}"' not in told, f"{name} is on no page", observed=len(entries(page)))


@then(parsers.parse('"{name}" is no resource of the answer'))
def _no_resource(world: Any, name: str) -> None:
    there = _mentions(world["answer"], str(world["values"][name]))
    check(not there, f"{name} is not included", observed=world["answer"].status_code)


@then(parsers.parse('"{name}" is in the answer'))
def _in_answer(world: Any, name: str) -> None:
    there = _mentions(world["answer"], str(world["values"][name]))
    check(there, f"{name}, which is not restricted, is in the answer", observed=world["answer"].status_code)


@then("the search holds the other observation of the patient")
def _other(world: Any) -> None:
    found = [
        each
        for each in entries(resource_of(world["answer"], "Bundle"))
        if part(each, "resource").get("resourceType") == "Observation"
    ]
    check(found, "what is not restricted is found", observed=len(found))


@then("the total counts what is in the answer")
def _total(sut: Any, world: Any) -> None:
    bundle = resource_of(world["answer"], "Bundle")
    every = [each for page in pages(sut, world, bundle, world["url"]) for each in entries(page)]
    count = sum(part(each, "search").get("mode", "match") == "match" for each in every)
    if "total" in bundle:
        check(bundle["total"] == count, f"Bundle.total counts what may be seen: {count}", observed=bundle["total"])


@then(parsers.parse('the count is that of what the {who:w} may see by "{query}"'))
def _count(sut: Any, world: Any, who: str, query: str) -> None:
    total = resource_of(world["answer"], "Bundle").get("total")
    url = filled(world, query)
    first = resource_of(_read(sut, world, who, url), "Bundle")
    number = sum(len(entries(page)) for page in pages(sut, world, first, address(sut, world, url)))
    check(total == number, f"a count alone counts what may be seen: {number}", observed=total)


# ------------------------------------------------------------------------------------------------ what is not seen
@dataclass(frozen=True, slots=True)
class _Probe:
    """A request on a resource: {0} is its type, {1} its id."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Callable[[str, str, str], Json] | None = None
    """The content, by type, id and patient."""


def _changed(kind: str, name: str, patient: str) -> Json:
    about = {"code": {"text": "x"}, "subject": {"reference": patient}}
    return {"resourceType": kind, "id": name, "status": "final", **about}


def _new(kind: str, _name: str, _patient: str) -> Json:
    """Of no patient: where it is made, no later search of the patient finds it."""
    return {"resourceType": kind, "status": "entered-in-error", "code": {"text": "x"}}


def _bundle(of: str) -> Callable[[str, str, str], Json]:
    return lambda kind, name, _: {
        "resourceType": "Bundle",
        "type": of,
        "entry": [{"request": {"method": "GET", "url": f"{kind}/{name}"}}],
    }


_PROBES = {
    "a read": _Probe("{0}/{1}"),
    "a version": _Probe("{0}/{1}/_history/1"),
    "the history": _Probe("{0}/{1}/_history"),
    "a search": _Probe("{0}?_id={1}"),
    "a count": _Probe("{0}?_id={1}&_summary=count"),
    "an update": _Probe("{0}/{1}", "PUT", body=_changed),
    "a deletion": _Probe("{0}/{1}", "DELETE"),
    "a batch": _Probe("", "POST", body=_bundle("batch")),
    "a HEAD": _Probe("{0}/{1}", "HEAD"),
    "a conditional read": _Probe("{0}/{1}", headers={"If-None-Match": 'W/"1"'}),
    "a count of the history": _Probe("{0}/{1}/_history?_summary=count"),
    "a transaction": _Probe("", "POST", body=_bundle("transaction")),
    "a conditional create": _Probe("{0}", "POST", {"If-None-Exist": "_id={1}"}, _new),
    "a search from the patient": _Probe("Patient?_has:{0}:patient:_id={1}"),
    "a count from the patient": _Probe("Patient?_has:{0}:patient:_id={1}&_summary=count"),
}


@then(parsers.parse('to the {who:w}, {request} of "{name}" looks like that of what is not there'))
def _alike(sut: Any, world: Any, who: str, request: str, name: str) -> None:
    kind, _, own = str(world["values"][name]).partition("/")
    probe = _PROBES[request]
    told = [_bare(_asked(sut, world, who, probe, kind, each), each) for each in (own, "samspil-nobody")]
    _same(request, *told)


@then(parsers.parse('to the {who:w}, GET "{query}" says the same of the code of "{name}" as of another'))
def _same_of_codes(sut: Any, world: Any, requires: Any, who: str, query: str, name: str) -> None:  # noqa: PLR0913, PLR0917  a sentence
    code = str(_code(sut, world, name).get("code", ""))
    requires(bool(code), f"{name} has a code that the patient can read")
    requires(_is_alone(sut, world, name, code), f"no other resource of the patient has the code of {name}")
    url = filled(world, query)
    told = [_bare(_read(sut, world, who, url.replace("CODE", each)), f"={each}") for each in (code, "samspil-nothing")]
    _same(query, *told)


def _is_alone(sut: Any, world: Any, name: str, code: str) -> bool:
    """Whether the patient, who sees everything, finds this resource alone by its code."""
    kind = str(world["values"][name]).partition("/")[0]
    found = json_of(_read(sut, world, "patient", f"{kind}?patient={world['values']['patient']}&code={code}"))
    return len(entries(found)) == 1


def _same(request: str, one: Json, other: Json) -> None:
    statuses = one["status"], other["status"]
    check(statuses[0] == statuses[1], f"the status of {request} is the same", observed=statuses)
    headers = one["headers"], other["headers"]
    check(headers[0] == headers[1], "the headers are the same", observed=headers)
    check(one["body"] == other["body"], "the body is the same but for what was asked for")


def _asked(sut: Any, world: Any, who: str, probe: _Probe, kind: str, name: str) -> httpx.Response:  # noqa: PLR0913, PLR0917
    headers = {"Accept": "application/fhir+json", "X-Request-Id": "samspil-compare", **persona(sut, who)}
    headers |= {key: value.format(kind, name) for key, value in probe.headers.items()}
    body: bytes | None = None
    if probe.body is not None:
        headers["Content-Type"] = "application/fhir+json"
        body = dumps(probe.body(kind, name, str(world["values"]["patient"])))
    return ask_raw(sut, world, probe.method, address(sut, world, probe.url.format(kind, name)), body, headers)


_PASSING = frozenset(
    {"date", "x-request-id", "traceparent", "content-length", "last-modified", "etag", "server-timing"}
)


def _bare(answer: httpx.Response, name: str) -> Json:
    """What an answer tells, without the id or code that was asked for and what differs from moment to moment."""
    headers = sorted(key for key in answer.headers if key not in _PASSING - {"etag", "last-modified"})
    text = answer.text.replace(name, "ID")
    return {"status": answer.status_code, "headers": headers, "body": text}


@then(parsers.parse("the {who:w} finds no consent of the patient"))
def _no_consent(sut: Any, world: Any, who: str) -> None:
    answer = _read(sut, world, who, f"Consent?patient={world['values']['patient']}")
    found = json_of(answer)
    count = len(entries(found))
    check(not count, "that there is a restriction is not shown", observed=count)
    if found.get("resourceType") == "Bundle":
        check(not found.get("total"), "nor counted", observed=found.get("total"))
    one = _read(sut, world, who, f"Consent/{world['consent']['id']}")
    check(httpx.codes.is_client_error(one.status_code), "nor read", observed=one.status_code)


@then(parsers.parse("the answer to the {who:w} says nothing of a restriction"))
def _silent(world: Any, who: str) -> None:
    found = json_of(world["answer"])
    text = json.dumps(found, default=str).casefold()
    told = [
        word for word in ("restrict", "withheld", "consent", "masked", "spær", "samtykke", "redacted") if word in text
    ]
    check(not told, f"no word of a restriction is told to the {who}", observed=told)
    outcomes = [each for each in entries(found) if part(each, "search").get("mode") == "outcome"]
    check(not outcomes, "no entry announces that something is left out", observed=len(outcomes))


@then(parsers.parse("the emergency is recorded, with its purpose"))
def _emergency_recorded(sut: Any, world: Any, requires: Any) -> None:
    requires("audit" in sut.settings.get("endpoints", {}), "sut.yaml names no endpoint 'audit'")
    from .logging import new
    from .records import purposes

    found = [each for each in new(sut, world) if purposes(each) & {"BTG", "ETREAT"} and each.get("outcome") == "0"]
    check(found, "an opening in an emergency is in the log, with the purpose of an emergency", observed=len(found))
    world["records"] = found


@then(parsers.parse('the {who:w} gets nothing of "{name}" by {request}'))
def _gets_nothing(sut: Any, world: Any, who: str, name: str, request: str) -> None:
    url = filled(world, request)
    answer = _read(sut, world, who, url)
    world["url"] = address(sut, world, url)
    reference = str(world["values"][name])
    check(not _mentions(answer, reference), f"{name} does not leave by {request}", observed=answer.status_code)
    tail = reference.rpartition("/")[2]
    links = [str(each.get("url")) for each in objects(json_of(answer).get("link"))]
    own = answer.text
    for each in links:
        own = own.replace(each, "")
    check(
        f'/{tail}"' not in own and f'"{tail}"' not in own,
        f"no word of {name} leaves by {request}",
        observed=answer.status_code,
    )
