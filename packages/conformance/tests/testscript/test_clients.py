"""Client mode: the kit plays the server, and judges what a client sends."""

import json
import threading
import time

import httpx
import pytest
from testscript_support import PATIENT, asserted, operation, script

from samspil_conformance.testscript import Settings, demo, run_script
from samspil_conformance.testscript.clients import ListeningClient, PlayingClient
from samspil_conformance.testscript.examples import Examples
from samspil_conformance.testscript.stand_ins import stand_ins


def message(number, code):
    header = {
        "resourceType": "MessageHeader",
        "id": f"h{number}",
        "eventCoding": {"system": "urn:x", "code": code},
        "source": {"endpoint": "http://example.org"},
    }
    return {
        "resourceType": "Bundle",
        "id": f"m{number}",
        "type": "message",
        "meta": {"profile": ["http://example.org/message"]},
        "entry": [{"fullUrl": f"urn:uuid:{number}", "resource": header}],
    }


@pytest.fixture
def examples(tmp_path):
    folder = tmp_path / "examples"
    folder.mkdir()
    for number, code in ((1, "new"), (2, "reply"), (3, "forward")):
        (folder / f"Bundle-m{number}.json").write_text(json.dumps(message(number, code)))
    (folder / "Bundle-0-other.json").write_text(
        json.dumps({"resourceType": "Bundle", "id": "0-other", "type": "collection"})
    )
    return Examples([folder])


def sending(folder):
    return script(
        folder,
        operation("create", resource="Bundle", origin=1, destination=1, sourceId="sent", responseId="kept"),
        asserted(direction="response", responseCode="200,201", operator="in"),
        asserted(direction="request", resource="Bundle"),
        asserted(
            direction="request",
            expression="Bundle.entry.resource.ofType(MessageHeader).event.as(Coding).code = 'reply'",
        ),
        asserted(direction="request", requestMethod="post"),
        asserted(sourceId="sent", expression="Bundle.type = 'message'"),
        operation("read", resource="Bundle", params="/${id}", origin=1, destination=1),
        asserted(expression="Bundle.entry.resource.ofType(MessageHeader).id = '${header}'"),
        fixture=[{"id": "sent", "resource": {"reference": "../Fixtures/nowhere.xml"}}],
        profile=[{"id": "p", "reference": "http://example.org/message"}],
        variable=[
            {"name": "id", "expression": "Bundle.id", "sourceId": "kept"},
            {"name": "header", "expression": "Bundle.entry[0].resource.id", "sourceId": "sent"},
        ],
        origin=[{"index": 1, "profile": {"code": "FHIR-Client"}}],
        destination=[{"index": 1, "profile": {"code": "FHIR-Server"}}],
    )


def test_a_script_about_requests_judges_a_client(tmp_path):
    assert sending(tmp_path).judges_client
    assert not script(
        tmp_path, operation("read", resource="Patient", params="/ida", origin=1), asserted(response="okay")
    ).judges_client


def test_a_script_whose_tests_alone_come_from_the_origin_judges_a_client(tmp_path):
    """The kit puts a message there in setup, and the client fetches it."""
    made = script(
        tmp_path,
        operation("read", resource="Patient", params="/ida", origin=1),
        asserted(response="okay"),
        setup={"action": [operation("search", resource="Patient")]},
    )
    assert made.judges_client


def test_a_playing_client_sends_the_example_that_most_asserts_hold_of(tmp_path, run, examples):
    client = PlayingClient(examples)
    report = run(sending(tmp_path), client=client)
    assert report.verdict == "pass", [(each.place, each.message) for each in report.results]
    assert client.sent == [("TestScript.test[0].action[0].operation", "Bundle/m2")]


def test_without_an_example_nothing_is_sent_and_nothing_is_green(tmp_path, run):
    report = run(sending(tmp_path), client=PlayingClient(Examples()))
    assert not report.evaluated
    assert "pass" not in {each.verdict for each in report.results}
    assert report.results[0].message == "no request came from the client under test"


def test_each_message_that_a_script_names_has_a_stand_in_of_its_own(tmp_path, run, examples):
    made = script(
        tmp_path,
        operation("create", resource="Bundle", sourceId="one"),
        asserted(direction="request", expression="id = 'm1'"),
        operation("create", resource="Bundle", sourceId="two"),
        asserted(direction="request", expression="id = 'm2'"),
        fixture=[{"id": each, "resource": {"reference": f"/far/{each}.xml"}} for each in ("one", "two")],
        profile=[{"id": "p", "reference": "http://example.org/message"}],
    )
    report = run(made, stand_in=stand_ins(examples))
    assert report.verdict == "pass"
    assert list(report.stand_ins) == [("one", "Bundle/m1"), ("two", "Bundle/m2")]


def test_a_client_may_send_more_than_the_script_waits_for(tmp_path):
    """Requests are taken by method and path, whatever comes between; one that does not come is no pass."""
    with demo.target_of(demo.application([PATIENT])) as target:
        client = ListeningClient("127.0.0.1", 0, target, wait=5.0, told=lambda _: None)
        try:
            thread = threading.Thread(target=_send, args=(client.base,))
            thread.start()
            report = run_script(sending(tmp_path), target, Settings(), client)
            thread.join()
        finally:
            client.close()
    assert [each.verdict for each in report.results] == ["pass"] * 8


def test_a_client_that_sends_nothing_leaves_the_script_inconclusive(tmp_path):
    with demo.target_of(demo.application()) as target:
        client = ListeningClient("127.0.0.1", 0, target, wait=0.05, told=lambda _: None)
        try:
            report = run_script(sending(tmp_path), target, Settings(), client)
        finally:
            client.close()
    assert {each.verdict for each in report.results} == {"inconclusive"}


def _send(base):
    with httpx.Client(base_url=base, timeout=5) as client:
        client.get("/metadata")
        client.get("/Patient/ida")
        made = client.post("/Bundle", json=message(2, "reply"), headers={"content-type": "application/fhir+json"})
        time.sleep(0.05)
        client.get(f"/Bundle/{made.json()['id']}")
