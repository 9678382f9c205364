"""What the builders make: valid under IHE BALP and our EHDS profile, and the same in R5 and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from samspil_audit.classify import touched
from samspil_audit.record import (
    Access,
    Server,
    Who,
    authorization_event,
    disclosure_event,
    from_r5,
    rest_events,
    to_dicom,
    to_r5,
)
from samspil_audit.record.codes import EHDS_PROFILE
from tools.audit_events import TABLES, bundle, made, observation

Json = dict[str, Any]


@pytest.fixture
def events() -> dict[str, Json]:
    return made()


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
