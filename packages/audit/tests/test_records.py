"""What the builders make: valid under IHE BALP and our EHDS profile, and the same in R5 and back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from samspil_audit.classify import load_tables, touched, touched_type
from samspil_audit.record import (
    Access,
    Saml,
    Server,
    Token,
    Who,
    authorization_event,
    disclosure_event,
    from_r5,
    log_event,
    rest_events,
    to_dicom,
    to_r5,
    token_event,
)
from samspil_audit.record.codes import EHDS_PROFILE
from tools.audit_profiles import profiles

Json = dict[str, Any]
LAB = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
TABLES = load_tables()


def observation(number: int, patient: str) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "subject": {"reference": patient},
        "category": [{"coding": [LAB]}],
    }


def bundle(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in resources]}


TOKENS = {
    "opaque": Token("opaque", opaque="x" * 40),
    "minimal": Token("minimal", jti="j-1", issuer="https://idp.example.org", subject="u1"),
    "comprehensive": Token("comprehensive", jti="j-1", issuer="https://idp.example.org", subject="u1", client_id="app"),
}


def made(make_access: Callable[..., Access]) -> dict[str, Json]:
    """One event of every kind that the builders make."""
    number = iter(range(1000))
    ids = lambda: f"e{next(number)}"  # noqa: E731
    base = make_access()
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
            token="t-1",
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


@pytest.fixture
def events(make_access: Callable[..., Access]) -> dict[str, Json]:
    return made(make_access)


def test_everything_we_make_is_valid_under_the_profiles_it_names(events: dict[str, Json], corpora: Path) -> None:
    known = profiles(corpora)
    faults = {
        (name, url): wrong
        for name, event in events.items()
        for url in event.get("meta", {}).get("profile", ())
        if (wrong := known.check(event, url))
    }
    assert faults == {}


def test_all_nineteen_profiles_of_balp_are_made(events: dict[str, Json], corpora: Path) -> None:
    named = {url for event in events.values() for url in event.get("meta", {}).get("profile", ())}
    folder = corpora / "audit" / "balp" / "profiles"
    published = {
        f"https://profiles.ihe.net/ITI/BALP/StructureDefinition/{path.stem.removeprefix('StructureDefinition-')}"
        for path in folder.glob("StructureDefinition-IHE.*.json")
    }
    assert published - named == set()
    assert len(published) == 19


def test_everything_we_make_is_an_audit_event_of_fhir_r4_and_its_r5_form_of_r5(events: dict[str, Json]) -> None:
    from fhir.resources import auditevent as r5
    from fhir.resources.R4B import auditevent as r4

    for event in events.values():
        r4.AuditEvent.model_validate(event)
        r5.AuditEvent.model_validate(to_r5(event))


def test_r4_to_r5_and_back_gives_the_same_record(events: dict[str, Json]) -> None:
    for event in events.values():
        assert from_r5(to_r5(event)) == event


def test_the_published_examples_come_back_from_r5_the_same(balp_examples: list[Json]) -> None:
    from fhir.resources.auditevent import AuditEvent

    for event in balp_examples:
        plain = {name: value for name, value in event.items() if name != "text"}
        AuditEvent.model_validate(to_r5(plain))
        assert from_r5(to_r5(event)) == event


def test_what_r5_alone_has_comes_back_too() -> None:
    event = {
        "resourceType": "AuditEvent",
        "id": "x",
        "category": [{"coding": [{"system": "s", "code": "rest"}]}, {"coding": [{"system": "s", "code": "more"}]}],
        "code": {"coding": [{"system": "s", "code": "read"}]},
        "severity": "warning",
        "occurredDateTime": "2026-01-01T00:00:00Z",
        "recorded": "2026-01-01T00:00:00Z",
        "basedOn": [{"reference": "ServiceRequest/1"}, {"reference": "ServiceRequest/2"}],
        "encounter": {"reference": "Encounter/1"},
        "agent": [{"who": {"display": "x"}, "requestor": True, "networkUri": "https://x"}],
        "source": {"observer": {"display": "x"}},
    }
    assert to_r5(from_r5(event)) == {
        **event,
        "agent": [
            {
                **event["agent"][0],
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/4.0/StructureDefinition/extension-AuditEvent.agent.network.type",
                        "valueCode": "5",
                    }
                ],
            }
        ],
    }


def test_a_search_gives_an_event_for_each_patient_found_and_one_for_what_is_about_none(
    make_access: Callable[..., Access],
) -> None:
    body = bundle(
        observation(1, "Patient/1"),
        observation(2, "https://x.org/fhir/Patient/2/_history/3"),
        observation(3, "Patient/1"),
        {"resourceType": "Practitioner", "id": "p"},
    )
    access = make_access(interaction="search-type", touched=touched(body, TABLES))
    found = {
        next((e["what"]["reference"] for e in event["entity"] if e.get("role", {}).get("code") == "1"), ""): [
            e["what"]["reference"]
            for e in event["entity"]
            if e.get("type", {}).get("system") == "http://hl7.org/fhir/resource-types"
        ]
        for event in rest_events(access, lambda: "x")
    }
    assert found == {
        "Patient/1": ["Observation/o1", "Observation/o3"],
        "Patient/2": ["Observation/o2"],
        "": ["Practitioner/p"],
    }


def test_a_record_answers_what_annex_ii_asks(make_access: Callable[..., Access]) -> None:
    (event,) = rest_events(make_access(target="Condition/c1"), lambda: "x")
    assert EHDS_PROFILE in event["meta"]["profile"]
    agents = {each["type"]["coding"][0]["code"]: each for each in event["agent"]}
    assert agents["PROV"]["who"]["reference"] == "Organization/nord"
    assert agents["IRCP"]["who"]["display"] == "Karen Lind"
    data = next(each for each in event["entity"] if each.get("securityLabel"))
    assert data["what"]["reference"] == "Condition/c1"
    assert data["securityLabel"][0]["code"] == "patient-summary"
    told = {each["type"]: each["valueString"] for each in data["detail"]}
    assert told == {
        "origin": "Organization/nord",
        "origin-evidence": "this system",
        "category-evidence": "row 73: problems",
    }


def test_a_grouped_record_still_names_every_resource(make_access: Callable[..., Access]) -> None:
    body = bundle(*(observation(number, "Patient/1") for number in range(50)))
    access = make_access(interaction="search-type", touched=touched(body, TABLES), grouped=True)
    (event,) = rest_events(access, lambda: "x")
    (group,) = [each for each in event["entity"] if each.get("securityLabel")]
    named = [each["valueString"] for each in group["detail"] if each["type"] == "reference"]
    assert named == [f"Observation/o{number}" for number in range(50)]


def test_the_dicom_form_has_the_parts_of_ps3_15_in_their_order(events: dict[str, Json]) -> None:
    order = ["EventIdentification", "ActiveParticipant", "AuditSourceIdentification", "ParticipantObjectIdentification"]
    for event in events.values():
        root = fromstring(to_dicom(event))
        names = [child.tag for child in root]
        assert names == sorted(names, key=order.index)
        assert names.count("ActiveParticipant") == len(event["agent"])
        assert names.count("ParticipantObjectIdentification") == len(event["entity"])
        assert root[0].get("EventDateTime") == event["recorded"]
        for coded in root.iter("EventID"):
            assert {"csd-code", "codeSystemName", "originalText"} <= set(coded.keys())
        for thing in root.iter("ParticipantObjectIdentification"):
            assert thing.get("ParticipantObjectID")
            assert next(child.tag for child in thing) == "ParticipantObjectIDTypeCode"
        for person in root.iter("ActiveParticipant"):
            assert person.get("UserID")


def test_what_the_builders_cannot_do_without_is_asked_for(make_access: Callable[..., Access]) -> None:
    server = Server()
    with pytest.raises(ValueError, match="consents"):
        authorization_event(
            event_id="d", recorded="", who=Who(), authorizer=server, patient={}, consents=[], permitted=True
        )
    with pytest.raises(ValueError, match="disclosed"):
        disclosure_event(
            event_id="d", recorded="", seen_by="source", giver=server, receiver=server, patient={}, data=[]
        )
