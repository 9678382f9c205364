"""FHIR XML is read as FHIR JSON is: the same resources, categories, origins and patients; and nothing harmful is done."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import quoteattr

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_audit import AuditLog
from samspil_audit.classify import load_tables, touched
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.middleware.xml_text import read_xml
from samspil_audit.record import Who

TABLES = load_tables()
LAB = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}


def as_xml(resource: dict[str, Any]) -> str:
    """A resource as FHIR XML; its elements stand in no particular order, and ids and urls of parts are attributes."""
    kind = resource["resourceType"]
    members = "".join(_element(name, value) for name, value in resource.items() if name != "resourceType")
    return f'<{kind} xmlns="http://hl7.org/fhir">{members}</{kind}>'


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, dict):
        inner = as_xml(value) if "resourceType" in value else "".join(_element(*member) for member in value.items())
        return f"<{name}>{inner}</{name}>"
    text = {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return f"<{name} value={quoteattr(text)}/>"


REFERENCES = st.builds(
    lambda kind, number: {"reference": f"{kind}/{number}"},
    st.sampled_from(["Patient", "Organization"]),
    st.integers(1, 3),
)
NUMBERS = st.builds(lambda value: {"system": "urn:x", "value": value}, st.text("ab<&\"'æ", min_size=1, max_size=4))
RESOURCES = st.one_of(
    st.builds(
        lambda n, ids: {"resourceType": "Patient", "id": f"p{n}", "identifier": ids},
        st.integers(1, 9),
        st.lists(NUMBERS, min_size=1, max_size=3),
    ),
    st.builds(
        lambda n, subject, performers, codes: {
            "resourceType": "Observation",
            "id": f"o{n}",
            "meta": {"versionId": "2", "source": "urn:lab#1"},
            "category": codes,
            "subject": subject,
            "performer": performers,
        },
        st.integers(1, 9),
        REFERENCES,
        st.lists(REFERENCES, min_size=1, max_size=3),
        st.lists(st.just(LAB), min_size=1, max_size=2),
    ),
    st.builds(
        lambda target: {
            "resourceType": "Provenance",
            "target": [target],
            "agent": [{"who": {"reference": "Organization/n"}}],
        },
        REFERENCES,
    ),
    st.just({"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}),
)
ANSWERS = st.one_of(
    RESOURCES,
    st.builds(
        lambda kind, found: {
            "resourceType": "Bundle",
            "type": kind,
            "entry": [{"fullUrl": "urn:x", "resource": each} for each in found],
        },
        st.sampled_from(["searchset", "history", "collection", "document"]),
        st.lists(RESOURCES, min_size=1, max_size=4),
    ),
    st.builds(lambda found: {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": found}]}, RESOURCES),
)


@given(ANSWERS)
def test_xml_and_json_of_an_answer_are_classified_the_same(answer: dict[str, Any]) -> None:
    read = read_xml(as_xml(answer).encode())
    assert read is not None
    assert touched(read, TABLES) == touched(answer, TABLES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "<Patient/>",
        "<Patient xmlns='http://hl7.org/fhir'>",
        "<patient xmlns='http://hl7.org/fhir'/>",
        "<!DOCTYPE Patient [<!ENTITY a 'aaa'>]><Patient xmlns='http://hl7.org/fhir'><id value='&a;'/></Patient>",
        "<!DOCTYPE P SYSTEM 'file:///etc/passwd'><Patient xmlns='http://hl7.org/fhir'/>",
        "<Patient xmlns='http://hl7.org/fhir'>" + "<a>" * 100_000,
    ],
)
def test_what_is_no_fhir_xml_is_none_and_no_entity_is_expanded(text: str) -> None:
    assert read_xml(text.encode()) is None


def test_a_narrative_is_passed_over() -> None:
    text = (
        "<Patient xmlns='http://hl7.org/fhir'><id value='1'/><text><status value='generated'/>"
        "<div xmlns='http://www.w3.org/1999/xhtml'><p>name <b>Karen</b></p></div></text></Patient>"
    )
    assert read_xml(text.encode()) == {"resourceType": "Patient", "id": "1", "text": {"status": "generated"}}


def test_a_server_that_answers_in_xml_is_recorded_for_each_patient(log: AuditLog) -> None:
    conditions = [
        {"resourceType": "Condition", "id": f"c{n}", "subject": {"reference": f"Patient/{n % 2}"}} for n in range(4)
    ]
    found = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in conditions]}
    answers = {"/Condition": as_xml(found), "/$graphql": json.dumps({"data": {}})}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        media = b"application/json" if "graphql" in scope["path"] else b"application/fhir+xml; charset=utf-8"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", media)]})
        await send({"type": "http.response.body", "body": answers[scope["path"]].encode()})

    async def ask(*requests: tuple[str, str, bytes]) -> None:
        wrapped = AuditMiddleware(app, log=log, who=lambda _scope: Who(user={"display": "x"}))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(wrapped), base_url="http://t") as client:
            for method, path, content in requests:
                await client.request(method, path, content=content, headers={"content-type": "application/fhir+xml"})

    asyncio.run(ask(("GET", "/Condition", b""), ("POST", "/$graphql", b"<x/>")))
    seen: Callable[[str], list[str]] = lambda patient: [  # noqa: E731
        entity["what"]["reference"]
        for each in log.about(patient)
        for entity in (each.event or {})["entity"]
        if entity.get("securityLabel")
    ]
    assert seen("Patient/0") == ["Condition/c0", "Condition/c2"]
    assert seen("Patient/1") == ["Condition/c1", "Condition/c3"]
    last = list(log.read())[-1].event or {}
    labels = [label["code"] for entity in last["entity"] for label in entity.get("securityLabel", ())]
    assert labels == ["unclassified"]
