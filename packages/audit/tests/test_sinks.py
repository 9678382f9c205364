"""Sinks get every record, in order, also after they were down."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_audit import AuditLog
from samspil_audit.sinks import Delivery, NdjsonSink, SinkDown, SinkRefused, SyslogSink, forward, frame, syslog_message
from samspil_audit.sinks.fhir_feed import FhirFeed
from samspil_audit.sinks.forward import skip
from samspil_audit.sinks.syslog import connect_tls

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def filled(log: AuditLog, make_event: Make) -> AuditLog:
    log.append_all(make_event(number, outcomeDesc="Ærø") for number in range(25))
    return log


class Repository:
    """A receiver that keeps events by id, and is down or refuses when told to."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.calls = 0
        self.down = False
        self.refuses: set[str] = set()
        self.loses_answer_at = -1

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.down:
            return httpx.Response(503)
        body = json.loads(request.content)
        events = [entry["resource"] for entry in body["entry"]] if body["resourceType"] == "Bundle" else [body]
        statuses = [self._keep(event) for event in events]
        if self.calls == self.loses_answer_at:
            raise httpx.ReadTimeout("lost")
        if body["resourceType"] == "Bundle":
            return httpx.Response(200, json={"entry": [{"response": {"status": f"{status} x"}} for status in statuses]})
        return httpx.Response(statuses[0])

    def _keep(self, event: dict[str, Any]) -> int:
        if event["id"] in self.refuses:
            return 422
        self.kept[event["id"]] = event
        return 201


@pytest.fixture
def repository() -> Repository:
    return Repository()


def feed(repository: Repository, *, batch: bool) -> FhirFeed:
    return FhirFeed(
        "https://arr.example.org/fhir", httpx.Client(transport=httpx.MockTransport(repository)), batch=batch
    )


@pytest.mark.parametrize("batch", [False, True])
def test_after_an_hour_down_the_repository_has_exactly_what_the_log_has(
    filled: AuditLog, repository: Repository, make_event: Make, clock: Any, batch: bool
) -> None:
    sink = feed(repository, batch=batch)
    assert forward(filled, sink, batch=10).sent == 25
    repository.down = True
    for number in range(25, 85):
        clock.move(minutes=1)
        filled.append(make_event(number))
        done = forward(filled, sink, batch=10)
        assert [issue.code for issue in done.outcome] == ["SAM-AUD-211"]
    repository.down = False
    assert forward(filled, sink, batch=10).sent == 60
    assert set(repository.kept) == {f"event-{number}" for number in range(85)}
    assert forward(filled, sink).sent == 0


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audit_entry WHERE idx = 17", "DELETE FROM audit_entry WHERE idx > 16"]
)
def test_a_record_that_is_missing_stops_there_and_is_told(
    filled: AuditLog, repository: Repository, statement: str
) -> None:
    filled.store._database._writer.execute(statement)
    done = forward(filled, feed(repository, batch=True), batch=10)
    assert (done.sent, done.next) == (17, 17)
    assert [issue.code for issue in done.outcome] == ["SAM-AUD-303"]


@pytest.mark.parametrize("batch", [False, True])
def test_an_answer_that_is_lost_sends_again_and_the_id_tells_the_double(
    filled: AuditLog, repository: Repository, batch: bool
) -> None:
    repository.loses_answer_at = 2
    sink = feed(repository, batch=batch)
    assert forward(filled, sink, batch=5).outcome.issues != ()
    forward(filled, sink, batch=5)
    assert set(repository.kept) == {f"event-{number}" for number in range(25)}


@pytest.mark.parametrize("batch", [False, True])
def test_a_record_that_is_refused_stops_there_and_is_named(
    filled: AuditLog, repository: Repository, batch: bool
) -> None:
    repository.refuses = {"event-7"}
    sink = feed(repository, batch=batch)
    done = forward(filled, sink, batch=5)
    assert [(issue.code, dict(issue.detail)["index"]) for issue in done.outcome] == [("SAM-AUD-212", "7")]
    assert done.next == 7
    skip(filled, sink.name, 7)
    assert forward(filled, sink, batch=5).outcome.issues == ()
    assert set(repository.kept) == {f"event-{number}" for number in range(25)} - {"event-7"}


def test_a_file_gets_a_line_for_each_record(filled: AuditLog, tmp_path: Path) -> None:
    forward(filled, NdjsonSink(tmp_path / "out.ndjson"), batch=7)
    forward(filled, NdjsonSink(tmp_path / "out.ndjson"))
    lines = (tmp_path / "out.ndjson").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [f"event-{number}" for number in range(25)]
    stream = BytesIO()
    forward(filled, NdjsonSink(stream))
    assert stream.getvalue().count(b"\n") == 25
    with pytest.raises(SinkDown):
        NdjsonSink(tmp_path).send([])


def read_frames(data: bytes) -> list[bytes]:
    found = []
    while data:
        length, _, rest = data.partition(b" ")
        found.append(rest[: int(length)])
        data = rest[int(length) :]
    return found


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_frames_come_apart_as_they_were_put_together(messages: Sequence[bytes]) -> None:
    """RFC 5425 counts octets, so line ends, NULs and blanks inside a message do no harm."""
    assert read_frames(b"".join(map(frame, messages))) == list(messages)


def test_a_syslog_message_is_that_of_rfc_5424(make_event: Make) -> None:
    message = syslog_message(Delivery(7, make_event(1, outcomeDesc="Ærø")), "host name")
    head, _, body = message.partition(b"\xef\xbb\xbf")
    assert head == b"<85>1 2026-01-01T12:00:00Z host_name samspil-audit 7 IHE+RFC-3881 - "
    assert fromstring(body.decode()).tag == "AuditMessage"
    assert "Ærø".encode() in body
    assert b"\n" not in body


def test_syslog_goes_over_tls_and_comes_again_after_a_break(filled: AuditLog, tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    done = subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key,
            "-out",
            certificate,
        ],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("machine: openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("localhost", 0))
    received: list[bytes] = []

    def receive() -> None:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as secure:
            while data := secure.recv(65536):
                received.append(data)

    thread = threading.Thread(target=receive)
    thread.start()
    trusted = ssl.create_default_context(cafile=str(certificate))
    failing = iter([OSError("down")])

    def connect() -> Any:
        for error in failing:
            raise error
        return connect_tls("localhost", listener.getsockname()[1], trusted)

    sink = SyslogSink("syslog", connect)
    assert [issue.code for issue in forward(filled, sink).outcome] == ["SAM-AUD-211"]
    assert forward(filled, sink).sent == 25
    sink.close()
    thread.join(10)
    listener.close()
    messages = read_frames(b"".join(received))
    assert [int(message.split(b" ")[4]) for message in messages] == list(range(25))


def test_a_sink_that_refuses_raises_with_the_index() -> None:
    assert SinkRefused(3, "HTTP 422").index == 3
