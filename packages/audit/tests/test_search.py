"""ITI-81: each parameter finds what it should, nothing can be written, and each search is recorded."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from samspil_audit import AuditLog
from samspil_audit.record import rest_events
from samspil_audit.report import Reader
from samspil_audit.search import BadSearch, search
from samspil_audit.server import audit_app

Ids = Callable[[], str]


@pytest.fixture
def filled(log: AuditLog, make_access: Any, ids: Ids) -> AuditLog:
    for day in range(1, 6):
        body = {"resourceType": "Condition", "id": f"c{day}", "subject": {"reference": f"Patient/{day % 2}"}}
        access = make_access(
            body, recorded=f"2026-01-0{day}T12:00:00Z", target=f"Condition/c{day}", outcome="0" if day < 5 else "4"
        )
        log.append_all(rest_events(access, ids))
    return log


def found(log: AuditLog, **parameters: str) -> list[str]:
    bundle = search(log, [(name.replace("__", "."), value) for name, value in parameters.items()])
    return [entry["resource"]["id"][-1] for entry in bundle["entry"]]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("date", "2026-01-02", "1"),
        ("date", "ge2026-01-04", "34"),
        ("date", "gt2026-01-04", "4"),
        ("date", "le2026-01-02", "01"),
        ("date", "lt2026-01-02", "0"),
        ("date", "2026", "01234"),
        ("date", "ge2026-01-02T12:00:00Z", "1234"),
        ("patient", "Patient/1", "024"),
        ("patient", "1", "024"),
        ("patient", "Patient/0,Patient/1", "01234"),
        ("agent", "Organization/nord", "01234"),
        ("agent", "Organization/other", ""),
        ("address", "10.0.0.7", "01234"),
        ("entity", "Condition/c3", "2"),
        ("entity-type", "http://terminology.hl7.org/CodeSystem/audit-entity-type|1", "01234"),
        ("entity-role", "24", ""),
        ("type", "http://terminology.hl7.org/CodeSystem/audit-event-type|rest", "01234"),
        ("type", "rest,x", "01234"),
        ("type", "|rest", ""),
        ("subtype", "read", "01234"),
        ("subtype", "http://hl7.org/fhir/restful-interaction|", "01234"),
        ("outcome", "4", "4"),
        ("action", "R", "01234"),
        ("site", "ehr.example.org", "01234"),
        ("source", "Device/ehr", "01234"),
        ("_id", "id-000003", "3"),
        ("_id", "nope", ""),
        ("agent-role", "x", ""),
        ("policy", "x", ""),
        ("altid", "x", ""),
    ],
)
def test_a_parameter_finds_what_it_should(filled: AuditLog, name: str, value: str, expected: str) -> None:
    assert "".join(entry["resource"]["id"][-1] for entry in search(filled, [(name, value)])["entry"]) == expected


def test_all_parameters_count(filled: AuditLog) -> None:
    assert found(filled, patient="1", date="ge2026-01-02", outcome="0") == ["2"]


def test_a_person_is_found_by_number_without_the_number_being_there(log: AuditLog, make_event: Any) -> None:
    event = make_event(1)
    event["entity"][0]["what"]["identifier"] = {"system": "urn:oid:1.2.208.176.1.2", "value": "251248-9996"}
    log.append(event)
    assert len(search(log, [("patient.identifier", "urn:oid:1.2.208.176.1.2|2512489996")])["entry"]) == 1
    assert len(search(log, [("entity.identifier", "urn:oid:1.2.208.176.1.2|2512489996")])["entry"]) == 1
    assert search(log, [("patient.identifier", "urn:oid:1.2.208.176.1.2|2512489997")])["entry"] == []


def test_several_numbers_find_those_persons_and_nobody_else(log: AuditLog, make_event: Any) -> None:
    system = "urn:oid:1.2.208.176.1.2"
    for number, value in enumerate(["251248-9996", "010180-1234", "311299-4321"]):
        event = make_event(number, f"Patient/{number}")
        event["entity"][0]["what"]["identifier"] = {"system": system, "value": value}
        log.append_all([event, make_event(number + 10, f"Patient/{number}")])
    both = ("patient.identifier", f"{system}|2512489996,{system}|0101801234")
    found = [entry["resource"]["id"] for entry in search(log, [both])["entry"]]
    assert found == ["event-0", "event-10", "event-1", "event-11"]
    assert search(log, [("_id", "event-2"), both])["entry"] == []


def test_pages_lead_through_all_of_it_once(filled: AuditLog) -> None:
    from urllib.parse import parse_qsl, urlsplit

    seen: list[str] = []
    parameters = [("_count", "2")]
    while True:
        bundle = search(filled, parameters, "http://x")
        seen += [entry["resource"]["id"] for entry in bundle["entry"]]
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not following:
            break
        parameters = parse_qsl(urlsplit(following[0]).query)
    assert seen == [f"id-{number:06d}" for number in range(5)]


@pytest.mark.parametrize(
    "pair", [("nope", "1"), ("date", "yesterday"), ("_count", "x"), ("type:not", "rest"), ("date", "sa2026")]
)
def test_what_cannot_be_searched_is_refused(filled: AuditLog, pair: tuple[str, str]) -> None:
    with pytest.raises(BadSearch) as caught:
        search(filled, [pair])
    assert caught.value.issue.code == "SAM-AUD-402"


class Client:
    """Asks the application, as one who may search."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                headers = {"authorization": "Bearer yes", **more.pop("headers", {})}
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(run())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)


@pytest.fixture
def client(filled: AuditLog) -> Client:
    def authorize(request: Any) -> Any:
        return {"display": "auditor"} if request.headers.get("authorization") == "Bearer yes" else None

    def reader(request: Any) -> Any:
        name = request.headers.get("x-patient")
        return Reader((name,), {"reference": name}) if name else None

    return Client(audit_app(filled, authorize, reader=reader))


def test_search_over_http_by_get_and_by_post(client: Client, filled: AuditLog) -> None:
    for response in (client.get("/AuditEvent?patient=1"), client.post("/AuditEvent/_search", data={"patient": "1"})):
        assert response.headers["content-type"] == "application/fhir+json"
        assert len(response.json()["entry"]) == 3
    assert client.get("/AuditEvent/id-000002").json()["id"] == "id-000002"
    assert client.get("/AuditEvent/nope").status_code == 404
    assert client.get("/AuditEvent?nope=1").status_code == 400
    assert client.get("/metadata").json()["rest"][0]["resource"][0]["type"] == "AuditEvent"
    deeds = [(each.event or {})["subtype"][0]["code"] for each in filled.read(5)]
    assert deeds == ["search"] * 4


@pytest.mark.parametrize("path", ["/AuditEvent", "/AuditEvent?patient=1", "/AuditEvent/id-000002", "/metadata"])
def test_xml_is_refused_with_an_outcome_that_says_why(client: Client, path: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}_format=xml"
    for response in (client.get(asked), client.get(path, headers={"accept": "application/fhir+xml"})):
        assert response.status_code == 406
        assert response.json()["resourceType"] == "OperationOutcome"
        assert "JSON" in response.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/AuditEvent"),
        ("PUT", "/AuditEvent/id-000001"),
        ("PATCH", "/AuditEvent/id-000001"),
        ("DELETE", "/AuditEvent/id-000001"),
        ("DELETE", "/AuditEvent"),
        ("POST", "/"),
    ],
)
def test_nothing_is_written_over_http(client: Client, filled: AuditLog, method: str, path: str) -> None:
    response = client.request(method, path, json={"resourceType": "AuditEvent"})
    assert response.status_code == 405
    assert response.json()["issue"][0]["details"]["coding"][0]["code"] == "SAM-AUD-403"
    assert filled.store.head().size == 5


def test_nobody_searches_without_leave(client: Client, filled: AuditLog) -> None:
    for path in ("/AuditEvent", "/AuditEvent/id-000001", "/access-report?subject=Patient/1"):
        assert client.get(path, headers={"authorization": "no"}).status_code == 403
    assert filled.store.head().size == 5


def test_a_person_reads_their_own_report_over_http(client: Client, filled: AuditLog, clock: Any) -> None:
    clock.move(seconds=timedelta(days=1).total_seconds())
    own = {"x-patient": "Patient/1"}
    assert len(client.get("/access-report?subject=Patient/1", headers=own).json()["entry"]) == 3
    page = client.get("/access-report?subject=Patient/1&language=da", headers={**own, "accept": "text/html"})
    assert "Hvem har set" in page.text
    assert client.get("/access-report?subject=Patient/0", headers=own).status_code == 403
