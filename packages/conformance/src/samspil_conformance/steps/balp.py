"""Steps on the form of audit records, after IHE BALP. https://profiles.ihe.net/ITI/BALP/content.html."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote

from pytest_bdd import parsers, then, when

from samspil_conformance.checks import check
from samspil_conformance.elements import foreign

from .logging import new
from .records import patients, resources, subtypes
from .talk import Json, as_json, as_list, ask, entries, located, objects, part, resource_of, well_formed

__all__: list[str] = []

_ACTIONS, _OUTCOMES = {"C", "R", "U", "D", "E"}, {"0", "4", "8", "12"}
_REST = "http://terminology.hl7.org/CodeSystem/audit-event-type"
_INTERACTION = "http://hl7.org/fhir/restful-interaction"
_PROFILES = {
    "Read": ("R", {"read", "vread"}),
    "Create": ("C", {"create"}),
    "Update": ("U", {"update", "patch"}),
    "Delete": ("D", {"delete"}),
    "Query": ("E", {"search", "search-type", "search-system"}),
}


def _types(agent: Json) -> set[str]:
    return {str(each.get("code")) for each in objects(part(agent, "type").get("coding"))}


def _agent(event: Json, code: str) -> Json:
    found = [each for each in objects(event.get("agent")) if code in _types(each)]
    return found[0] if found else as_json(None)


@then(parsers.parse("it is recorded with the action {code:w}"))
def _recorded_with(sut: Any, world: Any, code: str) -> None:
    world["records"] = [each for each in new(sut, world) if each.get("action") == code]
    check(
        world["records"], f"a record has the action {code}", observed=[each.get("action") for each in new(sut, world)]
    )


@when(parsers.parse("the {who:w} deletes what was created"))
def _deletes(sut: Any, world: Any, requires: Any, who: str) -> None:
    place = located(world["answer"].headers.get("location", ""))
    requires(place is not None, "a create tells what it created")
    world["who"] = who
    ask(sut, world, "DELETE", f"{place[0]}/{place[1]}" if place else "")


@then(parsers.parse('each record is of the interaction "{code}" with the action {action:w}'))
def _interaction(world: Any, code: str, action: str) -> None:
    for each in world["records"]:
        kind = part(each, "type")
        check((kind.get("system"), kind.get("code")) == (_REST, "rest"), "the type is rest", observed=kind)
        told = [(one.get("system"), one.get("code")) for one in objects(each.get("subtype"))]
        check((_INTERACTION, code) in told, f"the subtype is the interaction {code}", observed=told)
        check(each.get("action") == action, f"the action is {action}", observed=each.get("action"))


@then("each record is of a search with the action E")
def _search(world: Any) -> None:
    for each in world["records"]:
        told = set(subtypes(each))
        check(told & _PROFILES["Query"][1], "the subtype is a search", observed=sorted(told))
        check(each.get("action") == "E", "the action is E", observed=each.get("action"))


@then(parsers.parse('the client is the agent of type "{client}" and the server of type "{server}"'))
def _sides(world: Any, client: str, server: str) -> None:
    for each in world["records"]:
        told = sorted(code for agent in objects(each.get("agent")) for code in _types(agent))
        check(_agent(each, client), f"the client is an agent of type {client}", observed=told)
        check(_agent(each, server), f"the server is an agent of type {server}", observed=told)


@then("client and server have network addresses")
def _addresses(world: Any) -> None:
    for each in world["records"]:
        for code in ("110152", "110153"):
            agent = _agent(each, code)
            check(
                part(agent, "network").get("address"), f"the agent {code} has a network address", observed=sorted(agent)
            )
            check(part(agent, "who"), f"the agent {code} is named", observed=sorted(agent))


@then("one agent is marked as the one who asked")
def _requestor(world: Any) -> None:
    for each in world["records"]:
        told = [agent.get("requestor") for agent in objects(each.get("agent"))]
        check(told.count(True) == 1, "one agent is the requestor", observed=told)


@then("each record is an AuditEvent of R4")
def _valid(world: Any) -> None:
    for each in world["records"]:
        check(part(each, "type").get("code"), "type is there", observed=sorted(each))
        agents = objects(each.get("agent"))
        check(agents, "there is an agent")
        check(
            all(isinstance(one.get("requestor"), bool) for one in agents),
            "each agent says whether it asked (requestor)",
        )
        check(each.get("action") in _ACTIONS, "action is one of FHIR's codes", observed=each.get("action"))
        check(each.get("outcome") in _OUTCOMES, "outcome is one of FHIR's codes", observed=each.get("outcome"))
        named = [one for one in objects(each.get("entity")) if "name" in one and "query" in one]
        check(not named, "an entity has a name or a query, not both (sev-1)", observed=len(named))
        broken = well_formed(each)
        check(not broken, "no element is null or empty", observed=broken)
        odd = list(foreign(each))
        check(not odd, "every element is one of R4, in its form", observed=odd)


@then("each record names its source")
def _source(world: Any) -> None:
    for each in world["records"]:
        check(
            part(part(each, "source"), "observer"),
            "source.observer tells who wrote the record",
            observed=each.get("source"),
        )


@then(parsers.parse('the patient "{name}" is an entity in the role of patient'))
def _patient(world: Any, name: str) -> None:
    wanted = str(world["values"][name])
    for each in world["records"]:
        check(wanted in patients(each), "the patient is an entity of role 1", observed=patients(each))
        found = next(one for one in objects(each["entity"]) if part(one, "role").get("code") == "1")
        check(part(found, "type").get("code") == "1", "its type is 1, person", observed=found.get("type"))


@then(parsers.parse('"{name}" is an entity in the role of a domain resource'))
def _data(world: Any, name: str) -> None:
    _judge_data(world, str(world["values"][name]))


@then("what the Location names is an entity in the role of a domain resource")
def _created(world: Any) -> None:
    place = located(world["answer"].headers.get("location", ""))
    _judge_data(world, f"{place[0]}/{place[1]}" if place else "")


def _judge_data(world: Any, wanted: str) -> None:
    for each in world["records"]:
        check(wanted in resources(each), "the data are an entity of role 4", observed=resources(each))


@then("no record names two patients")
def _one_patient(sut: Any, world: Any) -> None:
    found = [each for each in new(sut, world) if len(set(patients(each))) > 1]
    check(not found, "each record is about one patient", observed=len(found))


@then("the query is told as it was asked, in base64")
def _query(world: Any) -> None:
    for each in world["records"]:
        told = [str(one["query"]) for one in objects(each.get("entity")) if "query" in one]
        check(told, "an entity holds the query")
        holders = [one for one in objects(each.get("entity")) if "query" in one]
        roles = [(part(one, "type").get("code"), part(one, "role").get("code")) for one in holders]
        check(
            all(one == ("2", "24") for one in roles),
            "it is a system object (2) in the role of a query (24)",
            observed=roles,
        )
        text = unquote(_decoded(told[0]))
        check(
            "patient=" in text and "category=laboratory" in text,
            "the query is that which was asked",
            observed=text[:80],
        )


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""


@then(parsers.parse('each record holds the request id "{value}"'))
def _request_id(world: Any, value: str) -> None:
    for each in world["records"]:
        told = [part(part(one, "what"), "identifier").get("value") for one in objects(each.get("entity"))]
        check(value in told, "the X-Request-Id is an entity of the record", observed=[one for one in told if one])


@then("the search is a searchset of AuditEvents")
def _searchset(world: Any) -> None:
    bundle = resource_of(world["answer"], "Bundle")
    check(bundle.get("type") == "searchset", "Bundle.type is searchset", observed=bundle.get("type"))
    kinds = {str(part(each, "resource").get("resourceType")) for each in entries(bundle)}
    check(kinds <= {"AuditEvent", "OperationOutcome"}, "it holds AuditEvents", observed=sorted(kinds))


@then("each record keeps the profiles of BALP that it claims")
def _claims(world: Any) -> None:
    for each in world["records"]:
        claimed = [str(one) for one in as_list(part(each, "meta").get("profile"))]
        for profile in [one.rpartition(".")[2] for one in claimed if "IHE.BasicAudit." in one]:
            name = profile.removeprefix("Patient")
            if name not in _PROFILES:
                continue
            action, codes = _PROFILES[name]
            check(each.get("action") == action, f"{profile} has the action {action}", observed=each.get("action"))
            check(set(subtypes(each)) & codes, f"{profile} has its interaction", observed=subtypes(each))
            check(bool(patients(each)) or not profile.startswith("Patient"), f"{profile} has a patient")


@then("each record says what went wrong")
def _went_wrong(world: Any) -> None:
    for each in world["records"]:
        check(each.get("outcomeDesc"), "outcomeDesc says what went wrong", observed=sorted(each))
