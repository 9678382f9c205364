"""One audit event of every kind that the builders of samspil_audit make, for the tests of what they are valid under."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from samspil_audit.classify import load_tables, touched, touched_type
from samspil_audit.record import (
    Access,
    Saml,
    Server,
    Token,
    Who,
    authorization_event,
    disclosure_event,
    log_event,
    rest_events,
    token_event,
)
from samspil_audit.record.codes import EHDS_PROFILE, REASON
from samspil_core import Coding

Json = dict[str, Any]
LAB = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
TABLES = load_tables()


def observation(number: int, patient: str) -> Json:
    """A laboratory result of a patient."""
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "subject": {"reference": patient},
        "category": [{"coding": [LAB]}],
    }


def bundle(*resources: Json) -> Json:
    """What a search finds."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources]}


TOKENS = {
    "opaque": Token("opaque", opaque="x" * 40),
    "minimal": Token("minimal", jti="j-1", issuer="https://idp.example.org", subject="u1"),
    "comprehensive": Token("comprehensive", jti="j-1", issuer="https://idp.example.org", subject="u1", client_id="app"),
}


def made() -> dict[str, Json]:
    """One event of every kind that the builders make."""
    number = iter(range(1000))
    ids = lambda: f"e{next(number)}"  # noqa: E731
    base = access()
    kinds: dict[str, Access] = {
        name: replace(base, interaction=name, target="Condition/c1")
        for name in ("read", "vread", "create", "update", "patch")
    }
    kinds["delete"] = replace(
        base, interaction="delete", target="Condition/c1", touched=[touched_type("Condition", "Condition/c1", TABLES)]
    )
    kinds["delete patient"] = replace(kinds["delete"], patients=({"reference": "Patient/1"},))
    found = touched(bundle(observation(1, "Patient/1"), observation(2, "Patient/1")), TABLES)
    for name in ("search-type", "search-system", "history-instance", "operation"):
        kinds[name] = replace(base, interaction=name, touched=found, url="GET Observation?code=1")
    kinds["grouped"] = replace(kinds["search-type"], grouped=True)
    kinds["nothing found"] = replace(kinds["search-type"], touched=())
    kinds["refused"] = replace(base, touched=(), outcome="4", outcome_text="HTTP 403")
    kinds["nobody known"] = replace(base, who=Who(), target="Condition/c1")
    kinds["machine"] = replace(base, who=Who(machine=True, client={"display": "nightly job"}), target="Condition/c1")
    kinds["no patient"] = replace(
        base, target="Practitioner/p", touched=touched({"resourceType": "Practitioner", "id": "p"}, TABLES)
    )
    for name in ("create", "update"):
        kinds[f"{name} without patient"] = replace(kinds["no patient"], interaction=name)
    for name, token in TOKENS.items():
        kinds[f"token {name}"] = replace(base, target="Condition/c1", who=replace(base.who, token=token))
    for comprehensive in (False, True):
        saml = Saml("_a1", "https://sts.example.org", "u1", comprehensive, "urn:oid:1.2.3", "LOAAP4")
        kinds[f"saml {comprehensive}"] = replace(base, target="Condition/c1", who=replace(base.who, saml=saml))
    events = {
        f"{name} {at}": event for name, access in kinds.items() for at, event in enumerate(rest_events(access, ids))
    }
    server = Server({"reference": "Device/authz"}, "https://authz.example.org")
    patient = {"reference": "Patient/1"}
    recorded = "2026-01-01T12:00:00.000Z"
    for permitted in (True, False):
        events[f"decision {permitted}"] = authorization_event(
            event_id="d",
            recorded=recorded,
            who=base.who,
            authorizer=server,
            patient=patient,
            consents=[{"reference": "Consent/1"}],
            permitted=permitted,
            text="because",
            token="t-1",  # noqa: S106  the id of a token, made up
        )
    events["token given"] = token_event(
        event_id="t", recorded=recorded, who=base.who, authorizer=server, request="grant_type=x"
    )
    for side in ("source", "recipient"):
        events[f"disclosure {side}"] = disclosure_event(
            event_id="p",
            recorded=recorded,
            seen_by=side,
            giver=server,
            receiver=Server({"display": "region"}, "10.0.0.9"),
            patient=patient,
            data=[{"reference": "Bundle/1"}],
            custodian={"display": "c"},
            authorizer={"display": "a"},
        )
    events["own"] = log_event(
        event_id="o",
        recorded=recorded,
        deed="report",
        server=server,
        by={"display": "x"},
        patient=patient,
        details={"rows": "1"},
    )
    return events


def examples() -> tuple[list[Json], list[Json]]:
    """Access records that are valid under our EHDS profile, and records with one fault each, told by their ids."""
    events = made()
    names = ["read 0", "search-type 0", "grouped 0", "history-instance 0", "nobody known 0", "machine 0"]
    valid = [_claims_ehds(events[name], f"ehds-access-{name.removesuffix(' 0').replace(' ', '-')}") for name in names]
    return valid, [_with_fault(events["search-type 0"], fault) for fault in FAULTS]


def _claims_ehds(event: Json, name: str) -> Json:
    return {**event, "id": name, "meta": {"profile": [EHDS_PROFILE]}}


def _with_fault(event: Json, fault: str) -> Json:
    made = json.loads(json.dumps(_claims_ehds(event, f"ehds-access-{fault}")))
    FAULTS[fault](made)
    return made


def _drop_agent(code: str) -> Callable[[Json], None]:
    def drop(event: Json) -> None:
        event["agent"] = [
            each
            for each in event["agent"]
            if code not in {c["code"] for c in each["type"]["coding"]} or "who" not in each
        ]

    return drop


def _drop_detail(name: str) -> Callable[[Json], None]:
    def drop(event: Json) -> None:
        last = event["entity"][-1]
        last["detail"] = [each for each in last["detail"] if each["type"] != name]

    return drop


def _drop_categories(event: Json) -> None:
    for entity in event["entity"]:
        entity.pop("securityLabel", None)


def _drop_patient(event: Json) -> None:
    event["entity"] = [each for each in event["entity"] if each.get("role", {}).get("code") != "1"]


FAULTS: dict[str, Callable[[Json], None]] = {
    "without-person": _drop_agent("IRCP"),
    "without-provider": _drop_agent("PROV"),
    "without-category": _drop_categories,
    "without-origin": _drop_detail("origin"),
    "without-evidence": _drop_detail("category-evidence"),
    "without-patient": _drop_patient,
    "without-outcome": lambda event: event.pop("outcome"),
}


def access(
    body: dict[str, Any] | None = None,
    interaction: str = "read",
    purpose: str = "TREAT",
    person: str = "Karen Lind",
    **more: Any,
) -> Access:
    """An access to one resource, by a person of an organisation."""
    resource = body or {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/1"}}
    who = Who(
        user={"display": person},
        organization={"reference": "Organization/nord", "display": "Region Nord"},
        client={"display": "ward app"},
        address="10.0.0.7",
        purposes=(Coding(REASON, purpose),),
    )
    told: dict[str, Any] = {
        "interaction": interaction,
        "recorded": "2026-01-01T12:00:00.000Z",
        "who": who,
        "server": Server({"reference": "Device/ehr"}, "https://ehr.example.org/fhir", "ehr.example.org"),
        "url": "GET Condition/c1",
        "touched": touched(resource, load_tables(), "Organization/nord"),
        "request_id": "request-1",
    }
    return Access(**{**told, **more})
