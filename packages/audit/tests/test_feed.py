"""ITI-20: what others send is in the log, durable and provable, before they are answered."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_audit import AuditLog, NotRecorded
from samspil_audit.feed import Feed
from samspil_audit.preparing import NotAnEvent
from samspil_audit.server import audit_app
from samspil_audit.shape import misshapen
from samspil_audit.sinks.fhir_feed import FhirFeed
from samspil_audit.sinks.forward import Delivery
from samspil_core import Outcome
from samspil_core.testing import FakeResourceValidator

EVENT = {
    "resourceType": "AuditEvent",
    "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
    "recorded": "2026-01-01T12:00:00Z",
    "agent": [{"who": {"display": "pump"}, "requestor": True}],
    "source": {"observer": {"display": "ehr"}},
}
FHIR = {"content-type": "application/fhir+json"}


def patient(name: str) -> dict[str, Any]:
    """An entity that is a patient."""
    role = {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"}
    return {"what": {"reference": name}, "type": {"code": "1"}, "role": role}


def bundle(kind: str, *events: Any) -> dict[str, Any]:
    """A Bundle that posts events."""
    entries = [{"resource": each, "request": {"method": "POST", "url": "AuditEvent"}} for each in events]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


@pytest.fixture
def post(log: AuditLog) -> Any:
    def known(request: Any) -> Any:
        return {"display": "pump"} if request.headers.get("authorization") == "yes" else None

    app = audit_app(log, known, writer=known)

    def run(path: str, resource: Any, method: str = "POST", **headers: str) -> httpx.Response:
        content = resource if isinstance(resource, bytes) else json.dumps(resource).encode()

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                asked = {"authorization": "yes", **FHIR, **headers}
                return await client.request(method, path, content=content, headers=asked)

        return asyncio.run(ask())

    return run


def code(response: httpx.Response) -> str:
    """The finding of an OperationOutcome."""
    return response.json()["issue"][0]["details"]["coding"][0]["code"]


def test_one_event_is_created_and_can_be_read_where_the_answer_says(post: Any, log: AuditLog) -> None:
    answer = post("/AuditEvent", EVENT)
    assert answer.status_code == 201
    place = answer.headers["location"].removeprefix("http://t")
    kept = post(place, b"", "GET").json()
    assert kept == {**EVENT, "id": place.rpartition("/")[2]}
    assert log.store.head().size == 2  # the event, and that it was read


def test_an_event_that_is_sent_again_is_one_record_under_an_id_of_the_repository(post: Any, log: AuditLog) -> None:
    """The id of the sender does not decide: another event under the same id is another record, and neither is lost."""
    same = {post("/AuditEvent", {**EVENT, "id": "a1"}).headers["location"] for _ in range(3)}
    other = post("/AuditEvent", {**EVENT, "id": "a1", "action": "R"}).headers["location"]
    assert len(same | {other}) == 2
    assert [each.event and each.event["meta"] for each in log.read()] == [{"source": "AuditEvent/a1"}] * 2
    assert len({post("/AuditEvent", EVENT).headers["location"] for _ in range(3)}) == 3


def test_an_event_of_several_patients_is_a_record_for_each(post: Any, log: AuditLog) -> None:
    answer = post("/AuditEvent", {**EVENT, "entity": [patient("Patient/1"), patient("Patient/2")]})
    assert answer.headers["location"].endswith("-1")
    assert [len(log.about(f"Patient/{number}")) for number in (1, 2, 3)] == [1, 1, 0]


def test_each_entry_of_a_batch_is_answered_by_itself(post: Any, log: AuditLog) -> None:
    wrong = {"resource": EVENT, "request": {"method": "DELETE", "url": "AuditEvent/1"}}
    sent = bundle("batch", EVENT, {**EVENT, "agent": []}, {"resourceType": "Patient"}, EVENT)
    sent["entry"].append(wrong)
    answer = post("/", sent)
    assert (answer.status_code, answer.json()["type"]) == (200, "batch-response")
    told = [each["response"] for each in answer.json()["entry"]]
    assert [each["status"][:3] for each in told] == ["201", "400", "400", "201", "400"]
    assert told[1]["outcome"]["issue"][0]["expression"] == ["AuditEvent.agent"]
    kept = [each.event["id"] for each in log.read() if each.event]
    assert kept == [told[at]["location"].rpartition("/")[2] for at in (0, 3)]


def test_a_transaction_is_kept_whole_or_not_at_all(post: Any, log: AuditLog) -> None:
    answer = post("/", bundle("transaction", EVENT, {**EVENT, "recorded": "today"}))
    assert (answer.status_code, code(answer)) == (400, "SAM-AUD-101")
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.recorded"]
    assert log.store.head().size == 0
    assert post("/", bundle("transaction", EVENT, EVENT)).json()["type"] == "transaction-response"
    assert log.store.head().size == 2


@pytest.mark.parametrize(
    ("path", "sent", "headers", "status", "finding"),
    [
        ("/AuditEvent", b"{", {}, 400, "SAM-AUD-407"),
        ("/AuditEvent", [], {}, 400, "SAM-AUD-101"),
        ("/AuditEvent", {"resourceType": "Patient"}, {}, 400, "SAM-AUD-101"),
        ("/AuditEvent", {**EVENT, "agent": [{"who": "x"}]}, {}, 400, "SAM-AUD-101"),
        ("/AuditEvent", {**EVENT, "diagnosis": "x"}, {}, 400, "SAM-AUD-101"),
        ("/AuditEvent", EVENT, {"content-type": "application/fhir+xml"}, 415, "SAM-AUD-407"),
        ("/AuditEvent", EVENT, {"authorization": "no"}, 403, "SAM-AUD-401"),
        ("/", {**bundle("batch"), "type": "document"}, {}, 400, "SAM-AUD-407"),
        ("/", {**bundle("batch"), "entry": "x"}, {}, 400, "SAM-AUD-407"),
        ("/", EVENT, {}, 400, "SAM-AUD-407"),
    ],
)
def test_what_is_no_event_is_refused_and_nothing_is_kept(
    post: Any, log: AuditLog, path: str, sent: Any, headers: dict[str, str], status: int, finding: str
) -> None:
    answer = post(path, sent, **headers)
    assert (answer.status_code, code(answer)) == (status, finding)
    assert log.store.head().size == 0


@pytest.mark.parametrize(("method", "path"), [("PUT", "/AuditEvent/1"), ("DELETE", "/AuditEvent/1"), ("PUT", "/")])
def test_records_are_not_changed(post: Any, method: str, path: str) -> None:
    answer = post(path, EVENT, method)
    assert (answer.status_code, code(answer), answer.headers["allow"]) == (405, "SAM-AUD-406", "GET, HEAD, POST")


def test_the_statement_tells_what_is_taken(post: Any) -> None:
    rest = post("/metadata", b"", "GET").json()["rest"][0]
    assert [each["code"] for each in rest["resource"][0]["interaction"]] == ["read", "search-type", "create"]
    assert [each["code"] for each in rest["interaction"]] == ["transaction", "batch"]


def test_a_log_that_cannot_write_promises_nothing(post: Any, log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_events: Any) -> Any:
        raise NotRecorded("disk full")

    monkeypatch.setattr(log, "append_async", full)
    answer = post("/AuditEvent", EVENT)
    assert (answer.status_code, code(answer)) == (503, "SAM-AUD-201")


def test_a_validator_has_its_say(log: AuditLog, ids: Any) -> None:
    from samspil_audit.findings import NOT_AN_EVENT

    wrong = FakeResourceValidator({"AuditEvent": Outcome((NOT_AN_EVENT.at("AuditEvent.type", why="no such code"),))})
    with pytest.raises(NotAnEvent, match="no such code"):
        asyncio.run(Feed(log, ids, wrong).create(EVENT))


def test_our_own_feed_is_understood(post: Any, log: AuditLog) -> None:
    """What `samspil audit forward` sends, one by one and in batches, is taken; sent twice it is there once."""

    def answer(request: httpx.Request) -> httpx.Response:
        told = post(request.url.path, request.content)
        return httpx.Response(told.status_code, content=told.content)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    events = [Delivery(at, {**EVENT, "id": f"e{at}"}) for at in range(3)]
    for batch in (True, False):
        FhirFeed("http://t", client, batch=batch).send(events)
    assert log.store.head().size == 3


TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["who", "what", "role", "code", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["agent", "entity", "source", "type", "meta", "action", "recorded"]), TREE)
def test_whatever_stands_in_an_event_is_taken_or_refused(name: str, value: Any) -> None:
    """An element with any content never breaks the reading."""
    misshapen({**EVENT, name: value})
