"""N requests give N accounted, whatever comes with them; who a record is about is told, or why it cannot be."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from samspil_audit import AuditLog
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.record import Server, Who
from samspil_core import Outcome

Json = dict[str, Any]
Wrap = Callable[..., AuditMiddleware]
FHIR = "application/fhir+json"
SUBSET: Json = {"tag": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}


def condition(number: int | str, patient: int | None = None, **more: Any) -> Json:
    subject = {"subject": {"reference": f"Patient/{patient}"}} if patient else {}
    return {"resourceType": "Condition", "id": str(number), **subject, **more}


def bundle(kind: str, *entries: Any) -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def answering(status: int, body: Any = None, kind: str = FHIR, parts: int = 1, **headers: str) -> Any:
    """An application that gives one answer, in so many parts."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    pairs = [
        (b"content-type", kind.encode()),
        *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()),
    ]

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        size = -(-len(data) // parts) or 1
        for at in range(0, len(data), size):
            await send({"type": "http.response.body", "body": data[at : at + size], "more_body": True})
        await send({"type": "http.response.body"})

    return app


@pytest.fixture
def wrap(log: AuditLog, clock: Any, entropy: Any) -> Wrap:
    def make(app: Any, **more: Any) -> AuditMiddleware:
        given: Json = {
            "who": lambda _scope: Who(user={"display": "Karen Lind"}),
            "server": Server({"display": "s"}, "https://x.org/fhir"),
            "clock": clock,
            "entropy": entropy,
        }
        return AuditMiddleware(app, log=log, **(given | more))

    return make


def ask(wrapped: Any, method: str, url: str, **more: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(wrapped, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.request(method, url, **more)

    return asyncio.run(run())


def told(log: AuditLog) -> list[tuple[str, str, str, dict[str, str]]]:
    """Each record: interaction, patient, outcome, and each resource with the evidence about its patient."""
    found = []
    for each in log.read():
        event = each.event or {}
        patient = next(
            (e["what"].get("reference", "") for e in event["entity"] if e.get("role", {}).get("code") == "1"), ""
        )
        data = {
            e.get("what", {}).get("reference", ""): next(
                (d["valueString"] for d in e["detail"] if d["type"] == "patient-evidence"), ""
            )
            for e in event["entity"]
            if "securityLabel" in e
        }
        found.append((event["subtype"][0]["code"], patient, event["outcome"], data))
    return found


NAMED = "the request names the patient"
LEFT_OUT = "the answer leaves it out"
NO_CONTENT = "the answer holds no content"
SHORT = bundle("searchset", {"resource": condition(1, meta=SUBSET)}, {"resource": condition(2)})
DELETES = bundle(
    "transaction",
    {"request": {"method": "DELETE", "url": "Condition/1"}},
    {"request": {"method": "PATCH", "url": "Condition/2"}},
)

CASES: dict[str, tuple[str, str, Json, Any, list[tuple[str, str, str, dict[str, str]]]]] = {
    "elements, patient named": (
        "GET",
        "/Condition?patient=1&_elements=code",
        {},
        answering(200, SHORT),
        [("search-type", "Patient/1", "0", {"Condition/1": NAMED, "Condition/2": NAMED})],
    ),
    "summary, patient in the path": (
        "GET",
        "/Patient/1/Condition?_summary=true",
        {},
        answering(200, SHORT),
        [("search-type", "Patient/1", "0", {"Condition/1": NAMED, "Condition/2": NAMED})],
    ),
    "elements, nobody named": (
        "GET",
        "/Condition?code=x&_elements=code",
        {},
        answering(200, SHORT),
        [("search-type", "", "0", {"Condition/1": LEFT_OUT, "Condition/2": LEFT_OUT})],
    ),
    "a tag says that it is a subset": (
        "GET",
        "/Condition?code=x",
        {},
        answering(200, SHORT),
        [("search-type", "", "0", {"Condition/1": LEFT_OUT, "Condition/2": "the resource names none"})],
    ),
    "elements in a form": (
        "POST",
        "/Condition/_search",
        {"data": {"patient": "Patient/1", "_elements": "code"}},
        answering(200, SHORT),
        [("search-type", "Patient/1", "0", {"Condition/1": NAMED, "Condition/2": NAMED})],
    ),
    "read of some elements": (
        "GET",
        "/Condition/1?_elements=code",
        {},
        answering(200, condition(1)),
        [("read", "", "0", {"Condition/1": LEFT_OUT})],
    ),
    "delete": ("DELETE", "/Condition/1", {}, answering(204), [("delete", "", "0", {"Condition/1": NO_CONTENT})]),
    "delete of a patient": (
        "DELETE",
        "/Patient/1",
        {},
        answering(204),
        [("delete", "Patient/1", "0", {"Patient/1": ""})],
    ),
    "conditional delete": (
        "DELETE",
        "/Condition?patient=1&code=x",
        {},
        answering(200, {"resourceType": "OperationOutcome"}),
        [("delete", "Patient/1", "0", {"": NAMED})],
    ),
    "conditional delete of nobody named": (
        "DELETE",
        "/Condition?code=x",
        {},
        answering(204),
        [("delete", "", "0", {"": NO_CONTENT})],
    ),
    "head": ("HEAD", "/Condition/1", {}, answering(200), [("read", "", "0", {"Condition/1": NO_CONTENT})]),
    "not modified": ("GET", "/Condition/1", {}, answering(304), [("read", "", "0", {"Condition/1": NO_CONTENT})]),
    "patch without content": (
        "PATCH",
        "/Condition/1",
        {"content": b"[]", "headers": {"content-type": "application/json-patch+json"}},
        answering(204),
        [("patch", "", "0", {"Condition/1": NO_CONTENT})],
    ),
    "conditional create that found one": (
        "POST",
        "/Condition",
        {"json": condition("x", 4), "headers": {"if-none-exist": "identifier=1"}},
        answering(200, None, location="https://x.org/fhir/Condition/7/_history/1"),
        [("create", "Patient/4", "0", {"Condition/7/_history/1": ""})],
    ),
    "conditional update": (
        "PUT",
        "/Condition?identifier=1",
        {"json": condition("x", 4)},
        answering(200, condition(8, 4)),
        [("update", "Patient/4", "0", {"Condition/8": ""})],
    ),
    "bulk export kick-off": (
        "GET",
        "/Patient/$export",
        {"headers": {"prefer": "respond-async"}},
        answering(202, None, content_location="https://x.org/fhir/bulk/1"),
        [("operation", "", "0", {})],
    ),
    "bulk status": (
        "GET",
        "/bulk/1",
        {},
        answering(200, {"output": []}, "application/json"),
        [("operation", "", "0", {"": "it is no resource in FHIR JSON or FHIR XML"})],
    ),
    "graphql of a patient": (
        "POST",
        "/Patient/1/$graphql",
        {"json": {"query": "{name}"}},
        answering(200, {"data": {"name": "x"}}, "application/json"),
        [("operation", "Patient/1", "0", {"Patient/1": NAMED})],
    ),
    "history of a type, with a deletion": (
        "GET",
        "/Condition/_history",
        {},
        answering(
            200,
            bundle("history", {"resource": condition(1, 1)}, {"request": {"method": "DELETE", "url": "Condition/2"}}),
        ),
        [
            ("history-type", "Patient/1", "0", {"Condition/1": ""}),
            ("history-type", "", "0", {"Condition/2": "the resource names none"}),
        ],
    ),
    "history of the system": (
        "GET",
        "/_history",
        {},
        answering(200, bundle("history", {"resource": condition(1, 1)})),
        [("history-system", "Patient/1", "0", {"Condition/1": ""})],
    ),
    "batch of absolute URLs and of one without a response": (
        "POST",
        "/",
        {
            "json": bundle(
                "batch",
                {"request": {"method": "GET", "url": "https://x.org/fhir/Condition/1"}},
                {"request": {"method": "GET", "url": "http://other.org/r4/Condition?patient=2"}},
                {"request": {"method": "GET", "url": "/Condition/3"}},
                {"request": {"method": "DELETE", "url": "Condition/4"}},
            )
        },
        answering(
            200,
            bundle(
                "batch-response",
                {"response": {"status": "200 OK"}, "resource": condition(1, 1)},
                {"response": {"status": "200"}, "resource": bundle("searchset", {"resource": condition(2, 2)})},
                {"response": {"status": "nonsense"}, "resource": condition(3, 3)},
            ),
        ),
        [
            ("batch", "", "0", {}),
            ("read", "Patient/1", "0", {"Condition/1": ""}),
            ("search-type", "Patient/2", "0", {"Condition/2": ""}),
            ("read", "Patient/3", "0", {"Condition/3": ""}),
            ("delete", "", "0", {"Condition/4": NO_CONTENT}),
        ],
    ),
    "chunked and packed": (
        "GET",
        "/Condition/1",
        {},
        answering(200, gzip.compress(json.dumps(condition(1, 8)).encode()), content_encoding="GZIP", parts=5),
        [("read", "Patient/8", "0", {"Condition/1": ""})],
    ),
    "packed in two": (
        "GET",
        "/Condition/1",
        {},
        answering(
            200, gzip.compress(b" ") + gzip.compress(json.dumps(condition(1, 8)).encode()), content_encoding="gzip"
        ),
        [("read", "Patient/8", "0", {"Condition/1": ""})],
    ),
    "packed and cut": (
        "GET",
        "/Condition/1",
        {},
        answering(200, gzip.compress(json.dumps(condition(1, 8)).encode())[:-9], content_encoding="gzip"),
        [("read", "", "0", {"Condition/1": "it is not gzip up to its end"})],
    ),
    "an encoding that is not known": (
        "GET",
        "/Patient/1",
        {},
        answering(200, b"\x00", content_encoding="br"),
        [("read", "Patient/1", "0", {"Patient/1": NAMED})],
    ),
    "a bundle of nonsense": (
        "GET",
        "/Condition?patient=1",
        {},
        answering(200, {"resourceType": "Bundle", "type": "searchset", "entry": [None, 5]}),
        [("search-type", "Patient/1", "0", {"": NAMED})],
    ),
    "a resource of nonsense": (
        "GET",
        "/Patient/1",
        {},
        answering(200, {"resourceType": "Patient", "id": "1", "identifier": 5}),
        [("read", "Patient/1", "0", {"Patient/1": NAMED})],
    ),
    "a batch of nonsense": (
        "POST",
        "/",
        {"json": {"resourceType": "Bundle", "type": "batch", "entry": [None, {"request": {"url": "http://["}}]}},
        answering(200, {"resourceType": "Bundle", "entry": {}}),
        [("batch", "", "0", {}), ("search-system", "", "0", {}), ("operation", "", "0", {})],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_request_is_accounted_for_and_its_patient_or_why_there_is_none(wrap: Wrap, log: AuditLog, case: str) -> None:
    method, url, more, app, expected = CASES[case]
    response = ask(wrap(app), method, url, **more)
    assert response.status_code < 400
    assert told(log) == expected


def test_what_a_delete_removes_is_looked_up_before_it_is_gone(wrap: Wrap, log: AuditLog) -> None:
    there = {"Condition/1": condition(1, 1), "Condition/2": condition(2, 2)}

    async def delete(scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
            there.clear()
            answer = answering(200, bundle("transaction-response", {"response": {"status": "204"}}))
        else:
            there.pop(scope["path"].lstrip("/"), None)
            answer = answering(204)
        await answer(scope, _nothing, send)

    wrapped = wrap(delete, look_up=there.get)
    ask(wrapped, "DELETE", "/Condition/1")
    there["Condition/1"] = condition(1, 3)
    ask(wrapped, "POST", "/", json=DELETES)
    assert told(log) == [
        ("delete", "Patient/1", "0", {"Condition/1": ""}),
        ("transaction", "", "0", {}),
        ("delete", "Patient/3", "0", {"Condition/1": ""}),
        ("patch", "Patient/2", "0", {"Condition/2": ""}),
    ]


async def _nothing() -> Json:
    return {"type": "http.request"}


def test_a_look_up_that_fails_leaves_the_reference_and_why(wrap: Wrap, log: AuditLog) -> None:
    async def look_up(_reference: str) -> Json:
        raise OSError

    ask(wrap(answering(204), look_up=look_up), "DELETE", "/Condition/1")
    assert told(log) == [("delete", "", "0", {"Condition/1": NO_CONTENT})]


LINES = [condition(number, number % 3 + 1) for number in range(200)]
NDJSON = b"\n".join(json.dumps(line).encode() for line in LINES)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_packed_bulk_data_is_recorded_line_by_line_and_leaves_as_it_came(wrap: Wrap, log: AuditLog, pack: Any) -> None:
    encoding = "gzip" if pack is gzip.compress else "deflate"
    app = answering(200, pack(NDJSON), "application/fhir+ndjson", parts=40, content_encoding=encoding)
    assert ask(wrap(app), "GET", "/bulk/1").content == NDJSON
    listed = [(patient, name) for _, patient, _, data in told(log) for name in data]
    assert sorted(listed) == sorted((line["subject"]["reference"], f"Condition/{line['id']}") for line in LINES)


def test_no_packed_byte_leaves_before_the_lines_in_it_are_recorded(wrap: Wrap, log: AuditLog) -> None:
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(line) + packer.flush(zlib.Z_SYNC_FLUSH) for line in NDJSON.splitlines(keepends=True)[:20]]
    parts.append(packer.flush())
    recorded: list[int] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/fhir+ndjson"), (b"content-encoding", b"gzip")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        if body := message.get("body"):
            recorded.append(log.store.head().size)
            sent.extend(body)
            assert unpacker.decompress(body).count(b"\n") + done[0] <= recorded[-1]
            done[0] = recorded[-1]

    sent, done, unpacker = bytearray(), [0], zlib.decompressobj(47)
    scope = {"type": "http", "method": "GET", "path": "/bulk", "headers": [], "query_string": b""}
    asyncio.run(wrap(app)(scope, _nothing, send))
    assert bytes(sent) == b"".join(parts)
    assert recorded[-1] == 20


def test_a_packed_stream_of_nonsense_is_recorded_as_unread(wrap: Wrap, log: AuditLog) -> None:
    app = answering(200, b"no gzip at all" * 9, "application/fhir+ndjson", parts=3, content_encoding="gzip")
    with pytest.raises(httpx.DecodingError):
        ask(wrap(app), "GET", "/bulk/1")
    assert [(code, outcome) for code, _, outcome, _ in told(log)] == [("operation", "0")]


def test_an_empty_stream_does_not_leave_while_the_log_cannot_write(wrap: Wrap, log: AuditLog) -> None:
    wrapped = wrap(answering(200, b"", "application/fhir+ndjson"))
    writer = log.store._database._writer
    writer.execute("PRAGMA query_only = ON")
    assert ask(wrapped, "GET", "/bulk/1").status_code == 503
    full = wrap(answering(200, NDJSON, "application/fhir+ndjson", parts=3))
    assert ask(full, "GET", "/bulk/1").status_code == 503
    writer.execute("PRAGMA query_only = OFF")
    assert ask(wrapped, "GET", "/bulk/1").status_code == 200
    assert len(told(log)) == 1


async def boom(_scope: Any, _receive: Any, _send: Any) -> None:
    raise RuntimeError("2512489996")


async def start_and_boom(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise RuntimeError("2512489996")


async def silent(_scope: Any, receive: Any, _send: Any) -> None:
    await receive()


@pytest.mark.parametrize("app", [boom, start_and_boom, silent], ids=["raises", "raises halfway", "says nothing"])
def test_an_application_that_fails_is_accounted_for(wrap: Wrap, log: AuditLog, app: Any) -> None:
    response = ask(wrap(app), "GET", "/Patient/1") if app is not silent else None
    if response is None:
        with pytest.raises(AssertionError):
            ask(wrap(app), "GET", "/Patient/1")
    else:
        assert response.status_code == 500
    assert told(log) == [("read", "Patient/1", "8", {})]


def test_a_request_whose_sender_cannot_be_told_is_accounted_for(wrap: Wrap, log: AuditLog) -> None:
    def who(_scope: Any) -> Who:
        raise ValueError("2512489996")

    assert ask(wrap(answering(200, condition(1, 1)), who=who), "GET", "/Condition/1").status_code == 500
    assert told(log) == [("read", "", "8", {})]


def test_a_request_that_is_cancelled_is_accounted_for(wrap: Wrap, log: AuditLog) -> None:
    async def run() -> None:
        begun = asyncio.Event()

        async def app(_scope: Any, _receive: Any, _send: Any) -> None:
            begun.set()
            await asyncio.sleep(60)

        scope = {"type": "http", "method": "GET", "path": "/Patient/1", "headers": [], "query_string": b""}
        task = asyncio.ensure_future(wrap(app)(scope, _nothing, _swallow))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert told(log) == [("read", "Patient/1", "8", {})]


async def _swallow(_message: Any) -> None:
    pass


def test_a_client_that_is_gone_has_had_its_record(wrap: Wrap, log: AuditLog) -> None:
    async def gone(_message: Any) -> None:
        raise OSError("gone")

    scope = {"type": "http", "method": "GET", "path": "/Condition/1", "headers": [], "query_string": b""}
    with pytest.raises(OSError, match="gone"):
        asyncio.run(wrap(answering(200, condition(1, 1)))(scope, _nothing, gone))
    assert told(log) == [("read", "Patient/1", "0", {"Condition/1": ""})]


def test_an_application_is_not_offered_ways_past_the_record(wrap: Wrap) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["extensions"])
        await answering(200, condition(1, 1))(scope, receive, send)

    scope = {"type": "http", "method": "GET", "path": "/Condition/1", "headers": [], "query_string": b""}
    scope["extensions"] = {"http.response.pathsend": {}, "http.response.zerocopysend": {}, "tls": {}}
    asyncio.run(wrap(app)(scope, _nothing, _swallow))
    assert seen == [{"tls": {}}]


def test_what_cannot_be_read_is_told_and_no_value_of_it(wrap: Wrap) -> None:
    said: list[Outcome] = []
    nonsense = bundle("searchset", {"resource": {"resourceType": "Patient", "id": "2512489996", "identifier": 5}})
    ask(wrap(answering(200, nonsense), told=said.append), "GET", "/Patient?identifier=2512489996")
    assert {issue.code for outcome in said for issue in outcome} == {"SAM-AUD-112"}
    assert "2512489996" not in str(said)
