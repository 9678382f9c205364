"""Steps that prepare and send requests: what is stored, which statements apply, what is asked."""

from typing import Any
from urllib.parse import quote

import httpx
from pytest_bdd import given, parsers, then, when

from samspil_conformance.checks import Inapplicable
from samspil_core import loads

from .statement import feature_stated, include_stated, interaction_stated, parameter_stated, patch_formats
from .talk import CREATED, OK, Json, address, ask, ask_raw, entries, filled, json_of, located, look, part, self_link

__all__: list[str] = []

SYSTEM = "urn:samspil:conformance"
_CREATED = (OK, CREATED)


@given(parsers.parse('the endpoint "{role}" of the system'))
def _endpoint(sut: Any, world: Any, requires: Any, role: str) -> None:
    there = role in sut.settings.get("endpoints", {}) or role == "fhir"
    requires(there, f"sut.yaml names no endpoint {role!r}")
    world["endpoint"] = role


@given(parsers.parse("the server states that it supports {interaction} of {kind:w}"))
def _states_interaction(sut: Any, world: Any, interaction: str, kind: str) -> None:
    told = interaction_stated(sut, world, kind, interaction)
    _applies(told, f"the CapabilityStatement names no {interaction} of {kind}")


@given(parsers.parse('the server states the search parameter "{name}" of {kind:w}'))
def _states_parameter(sut: Any, world: Any, name: str, kind: str) -> None:
    told = parameter_stated(sut, world, kind, name)
    _applies(told, f"the CapabilityStatement names no search parameter {name} of {kind}")


@given(parsers.parse('the server states the include "{name}" of {kind:w}'))
def _states_include(sut: Any, world: Any, name: str, kind: str) -> None:
    told = include_stated(sut, world, kind, name)
    _applies(told, f"the CapabilityStatement names no include {name} of {kind}")


@given(parsers.parse("the server states {feature} for {kind:w}"))
def _states_feature(sut: Any, world: Any, feature: str, kind: str) -> None:
    told = feature_stated(sut, world, kind, feature)
    _applies(told, f"the CapabilityStatement does not state {feature} of {kind}")


@given(parsers.parse('the server takes patches as "{kind}"'))
def _takes_patches(sut: Any, world: Any, kind: str) -> None:
    """Where the statement says nothing of formats, this one is tried: patchFormat is not required."""
    told = patch_formats(sut, world)
    _applies(not told or kind in told, f"the CapabilityStatement names no patches as {kind}")


@given("the server takes FHIRPath Patch")
def _takes_fhirpath_patch(sut: Any, world: Any) -> None:
    told = {each.partition(";")[0].strip() for each in patch_formats(sut, world)}
    _applies(bool(told & {"application/fhir+json", "json"}), "the CapabilityStatement names no patches as resources")


def _applies(told: bool, reason: str) -> None:  # noqa: FBT001  the truth that decides
    """Go on only where the server states what the scenario tests."""
    if not told:
        raise Inapplicable(reason)


@given("these stored patients")
def _stored_patients(sut: Any, world: Any, requires: Any, seed: Any, datatable: list[list[str]]) -> None:
    names, *rows = datatable
    for row in rows:
        told = {name: value for name, value in zip(names, row, strict=True) if value}
        _store(sut, world, requires, told["name"], patient(seed, world, told))


@given(parsers.parse('a stored patient "{name}"'))
def _stored_patient(sut: Any, world: Any, requires: Any, seed: Any, name: str) -> None:
    _store(sut, world, requires, name, patient(seed, world, {"name": name}))


@given(parsers.parse('a stored {kind:w} "{name}" with'))
def _stored(sut: Any, world: Any, requires: Any, kind: str, name: str, docstring: str) -> None:  # noqa: PLR0913, PLR0917
    _store(sut, world, requires, name, {"resourceType": kind, **loads(filled(world, docstring))})


@given(parsers.parse('the patient "{name}" has been updated to {element} "{value}"'))
def _updated(sut: Any, world: Any, requires: Any, name: str, element: str, value: str) -> None:  # noqa: PLR0913, PLR0917
    thing = world["things"][name]
    changed = {**thing["resource"], "id": thing["id"], element: _primitive(value)}
    answer = ask(sut, world, "PUT", f"Patient/{thing['id']}", changed)
    requires(answer.status_code in _CREATED, "a patient can be updated")
    _keep(sut, world, name, changed, answer)


@given(parsers.parse('the patient "{name}" has been deleted'))
def _deleted(sut: Any, world: Any, requires: Any, name: str) -> None:
    answer = ask(sut, world, "DELETE", f"Patient/{world['things'][name]['id']}")
    requires(answer.is_success, "a patient can be deleted")


@given(parsers.parse('the client has read the patient "{name}" with its entity tag'))
def _has_read(sut: Any, world: Any, requires: Any, name: str) -> None:
    answer = ask(sut, world, "GET", f"Patient/{world['things'][name]['id']}")
    requires("etag" in answer.headers, "a read tells an entity tag")
    world["headers"] = {"If-None-Match": answer.headers["etag"]}


@given(parsers.parse('a text "{name}" that nothing else in the server holds'))
def _unique(world: Any, seed: Any, name: str) -> None:
    world.setdefault("values", {})[name] = seed.uuid(name)


@given(parsers.parse('the request header "{name}" with the value "{value}"'))
@when(parsers.parse('the request header "{name}" has the value "{value}"'))
def _header(world: Any, name: str, value: str) -> None:
    world.setdefault("headers", {})[name] = filled(world, value)


@when(parsers.parse('the {who:w} sends {method:w} "{url}"'))
def _sends(sut: Any, world: Any, who: str, method: str, url: str) -> None:
    world["who"] = who
    world["url"] = address(sut, world, filled(world, url))
    ask(sut, world, method, url)


@when(parsers.parse('the {who:w} sends {method:w} "{url}" with'))
def _sends_body(sut: Any, world: Any, who: str, method: str, url: str, docstring: str) -> None:  # noqa: PLR0913, PLR0917
    world["who"] = who
    world["url"] = address(sut, world, filled(world, url))
    world["sent"] = filled(world, docstring)
    ask(sut, world, method, url, world["sent"].encode())


@when(parsers.parse('the client posts the form "{form}" to "{url}"'))
def _posts_form(sut: Any, world: Any, form: str, url: str) -> None:
    world["url"] = address(sut, world, filled(world, url))
    headers = {"Accept": "application/fhir+json", "Content-Type": "application/x-www-form-urlencoded"}
    ask_raw(sut, world, "POST", world["url"], filled(world, form).encode(), headers)


@when(parsers.parse('the client creates a patient "{name}"'))
def _creates(sut: Any, world: Any, seed: Any, name: str) -> None:
    sent = patient(seed, world, {"name": name})
    answer = ask(sut, world, "POST", "Patient", sent)
    _keep(sut, world, name, sent, answer)


@when(parsers.parse('the client creates a patient "{name}" with'))
def _creates_with(sut: Any, world: Any, seed: Any, name: str, docstring: str) -> None:
    sent = {**patient(seed, world, {"name": name}), **loads(filled(world, docstring))}
    answer = ask(sut, world, "POST", "Patient", sent)
    _keep(sut, world, name, sent, answer)


@when(parsers.parse('the client updates the patient "{name}" with'))
def _updates(sut: Any, world: Any, name: str, docstring: str) -> None:
    thing = world["things"][name]
    sent = {**thing["resource"], "id": thing["id"], **loads(filled(world, docstring))}
    answer = ask(sut, world, "PUT", f"Patient/{thing['id']}", sent)
    if answer.is_success:
        _keep(sut, world, name, sent, answer)


@when("the server does not refuse the modifier")
def _modifier_known(world: Any, requires: Any) -> None:
    known = not httpx.codes.is_client_error(world["answer"].status_code)
    requires(known, "the server does not know the modifier, and says so")


@when(parsers.parse('the server has used the parameter "{name}"'))
def _used(world: Any, requires: Any, name: str) -> None:
    used = name in self_link(world["answer"])
    requires(used, f"the self link does not tell {name}: the server did not use it")


@when(parsers.parse('the client asks for the history of the patient "{name}" since its version {number:d}'))
def _history_since(sut: Any, world: Any, requires: Any, name: str, number: int) -> None:
    _history(sut, world, requires, name, number, "_since")


@when(parsers.parse('the client asks for the history of the patient "{name}" at the time of its version {number:d}'))
def _history_at(sut: Any, world: Any, requires: Any, name: str, number: int) -> None:
    _history(sut, world, requires, name, number, "_at")


def _history(sut: Any, world: Any, requires: Any, name: str, number: int, parameter: str) -> None:  # noqa: PLR0913, PLR0917
    """Ask for the history with the time of a version as parameter; the times of the versions must differ."""
    thing = world["things"][name]
    url = f"Patient/{thing['id']}/_history"
    told = [part(each, "resource") for each in entries(json_of(look(sut, world, url)))]
    times = {str(part(each, "meta").get("versionId")): str(part(each, "meta").get("lastUpdated", "")) for each in told}
    versions = [version for version, _ in thing["versions"]]
    known = all(times.get(each) for each in versions) and len(set(times.values())) == len(versions)
    requires(known, "the history tells when each version was made, and no two at one time")
    world["times"] = [times[each] for each in versions]
    moment = quote(times[versions[number - 1]], safe="")
    world["url"] = address(sut, world, f"{url}?{parameter}={moment}")
    ask(sut, world, "GET", f"{url}?{parameter}={moment}")


@when(parsers.parse('the client reads version {number:d} of the patient "{name}"'))
def _reads_version(sut: Any, world: Any, number: int, name: str) -> None:
    thing = world["things"][name]
    world["version"] = thing["versions"][number - 1][0]
    ask(sut, world, "GET", f"Patient/{thing['id']}/_history/{world['version']}")


@when(parsers.parse('the client reads the patient "{name}"'))
def _reads(sut: Any, world: Any, name: str) -> None:
    ask(sut, world, "GET", f"Patient/{world['things'][name]['id']}")


def patient(seed: Any, world: Any, told: dict[str, str]) -> Json:
    """A patient of the scenario: the family name and the identifier are those of no other scenario."""
    name = told["name"]
    tag = "".join(each for each in seed.uuid("tag") if each.isalpha())[:8]
    world.setdefault("values", {})["tag"] = tag
    family = f"{told.get('family', name)}{tag}"
    world["values"][f"{name}.identifier"] = seed.uuid(f"{name}.identifier")
    made: Json = {
        "resourceType": "Patient",
        "identifier": [{"system": SYSTEM, "value": world["values"][f"{name}.identifier"]}],
        "name": [{"family": family, "given": [told.get("given", "Ida")]}],
        "gender": told.get("gender", "female"),
        "birthDate": told.get("birthDate", "1990-05-17"),
    }
    if "active" in told:
        made["active"] = told["active"] == "true"
    return made


def _store(sut: Any, world: Any, requires: Any, name: str, resource: Json) -> None:
    answer = ask(sut, world, "POST", str(resource["resourceType"]), resource)
    requires(answer.status_code in _CREATED, f"a {resource['resourceType']} can be created (HTTP {answer.status_code})")
    _keep(sut, world, name, resource, answer)
    requires(bool(world["things"][name]["id"]), "the answer to a create names the new resource")


def _keep(sut: Any, world: Any, name: str, sent: Json, answer: httpx.Response) -> None:
    """Remember what was stored, by what the answer tells of it: Location, body, entity tag."""
    found = json_of(answer)
    body: Json = found if found.get("resourceType") == sent["resourceType"] else {}
    place = located(answer.headers.get("location", ""))
    there = world.setdefault("things", {}).setdefault(name, {"versions": []})
    there["id"] = (place[1] if place else "") or body.get("id") or there.get("id") or sent.get("id", "")
    tag = answer.headers.get("etag", "").removeprefix("W/").strip('"')
    version = (place[2] if place else "") or part(body, "meta").get("versionId") or tag
    there["version"] = version or _version_of(sut, world, sent["resourceType"], there["id"])
    there["type"] = sent["resourceType"]
    there["resource"] = sent
    there["versions"].append((there["version"], sent))
    world["answer"] = answer


def _version_of(sut: Any, world: Any, kind: str, identifier: str) -> str:
    read = json_of(ask(sut, world, "GET", f"{kind}/{identifier}")) if identifier else {}
    return str(part(read, "meta").get("versionId", ""))


def _primitive(value: str) -> Any:
    return {"true": True, "false": False}.get(value, value)


@then(parsers.parse("a person confirms: {question}? It should be: {expected}"))
def _attested(attested: Any, question: str, expected: str) -> None:
    attested(f"{question}?", expected)
