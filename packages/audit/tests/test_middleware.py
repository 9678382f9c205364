"""Every request is recorded once, before its answer leaves, and nothing of a person goes anywhere else."""

import asyncio
import gzip
import json
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from samspil_audit import AuditLog
from samspil_audit.middleware import AuditMiddleware, read_request
from samspil_audit.record import Server, Who
from samspil_core import Outcome

Json = dict[str, Any]
CPR = "2512489996"


def condition(number: int | str, patient: int) -> Json:
    return {
        "resourceType": "Condition",
        "id": str(number),
        "subject": {"reference": f"Patient/{patient}"},
        "note": [{"text": CPR}],
    }


def bundle(kind: str, *entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


# method and path -> status, body, headers: a server whose every answer is known beforehand
PATIENT = {"resourceType": "Patient", "id": "1", "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": CPR}]}
BATCH = bundle(
    "batch",
    {"request": {"method": "GET", "url": "Condition/1"}},
    {"request": {"method": "GET", "url": "Condition/404"}},
    {"request": {"method": "POST", "url": "Condition"}, "resource": condition(9, 3)},
)
BATCH_ANSWER = bundle(
    "batch-response",
    {"response": {"status": "200 OK"}, "resource": condition(1, 1)},
    {"response": {"status": "404"}},
    {"response": {"status": "201", "location": "Condition/9/_history/1"}},
)
NDJSON = b"".join(json.dumps(condition(number, number % 3)).encode() + b"\n" for number in range(30))
SERVER: dict[tuple[str, str], tuple[int, Any, dict[str, str]]] = {
    ("GET", "/metadata"): (200, {"resourceType": "CapabilityStatement"}, {}),
    ("GET", "/Patient/1"): (200, PATIENT, {}),
    ("GET", "/Condition/1"): (200, condition(1, 1), {}),
    ("GET", "/Condition/1/_history/2"): (200, condition(1, 1), {}),
    ("GET", "/Condition?page=1"): (
        200,
        bundle("searchset", *({"resource": condition(n, n % 2)} for n in range(4))),
        {},
    ),
    ("GET", "/Condition?page=2"): (
        200,
        bundle("searchset", *({"resource": condition(n, n % 2)} for n in range(4, 6))),
        {},
    ),
    ("POST", "/Condition/_search"): (200, bundle("searchset", {"resource": condition(1, 1)}), {}),
    ("GET", "/Condition?patient=7"): (200, bundle("searchset"), {}),
    ("GET", "/Condition/1/_history"): (
        200,
        bundle("history", {"resource": condition(1, 1)}, {"resource": condition(1, 1)}),
        {},
    ),
    ("GET", "/Patient/1/$everything"): (
        200,
        bundle("searchset", {"resource": PATIENT}, {"resource": condition(1, 1)}),
        {},
    ),
    ("POST", "/"): (200, BATCH_ANSWER, {}),
    ("POST", "/Condition"): (201, None, {"location": "https://x.org/fhir/Condition/5/_history/1"}),
    ("PUT", "/Condition/1"): (200, condition(1, 1), {}),
    ("DELETE", "/Condition/1"): (204, None, {}),
    ("GET", "/Condition/403"): (403, {"resourceType": "OperationOutcome"}, {}),
    ("GET", "/Patient/404"): (404, {"resourceType": "OperationOutcome"}, {}),
    ("GET", "/bulk/1.ndjson"): (200, NDJSON, {"content-type": "application/fhir+ndjson"}),
    ("GET", "/Condition/gz"): (
        200,
        gzip.compress(json.dumps(condition("gz", 8)).encode()),
        {"content-encoding": "gzip"},
    ),
    ("GET", "/Condition/xml"): (200, b"<Condition/>", {"content-type": "application/fhir+xml"}),
}


async def app(scope: Any, receive: Any, send: Any) -> None:
    query = scope["query_string"].decode()
    path = scope["path"] + (f"?{query}" if query else "")
    if path == "/boom":
        raise RuntimeError(CPR)
    await receive()
    status, body, headers = SERVER[scope["method"], path]
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    told = {"content-type": "application/fhir+json", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    for at in range(0, len(data), 700):
        await send({"type": "http.response.body", "body": data[at : at + 700], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def who(_scope: Any) -> Who:
    return Who(
        user={"display": "Karen Lind"}, organization={"reference": "Organization/nord"}, client={"display": "app"}
    )


@pytest.fixture
def wrap(log: AuditLog, clock: Any, entropy: Any) -> Callable[..., AuditMiddleware]:
    def make(**more: Any) -> AuditMiddleware:
        return AuditMiddleware(
            app,
            log=log,
            who=who,
            clock=clock,
            entropy=entropy,
            server=Server({"display": "s"}, "https://x.org/fhir"),
            **more,
        )

    return make


def ask(wrapped: Any, *requests: tuple[str, str], **more: Any) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(wrapped, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return [await client.request(method, url, **more) for method, url in requests]

    return asyncio.run(run())


def told(log: AuditLog) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Each record: interaction, patient, outcome, resources."""
    found = []
    for each in log.read():
        event = each.event or {}
        patient = next(
            (e["what"].get("reference", "") for e in event["entity"] if e.get("role", {}).get("code") == "1"), ""
        )
        resources = tuple(e["what"]["reference"] for e in event["entity"] if e.get("securityLabel") and "what" in e)
        found.append((event["subtype"][0]["code"], patient, event["outcome"], resources))
    return found


TRUTH: list[tuple[tuple[str, str], Json, list[tuple[str, str, str, tuple[str, ...]]]]] = [
    (("GET", "/metadata"), {}, [("capabilities", "", "0", ())]),
    (("GET", "/Patient/1"), {}, [("read", "Patient/1", "0", ("Patient/1",))]),
    (("GET", "/Condition/1"), {}, [("read", "Patient/1", "0", ("Condition/1",))]),
    (("GET", "/Condition/1/_history/2"), {}, [("vread", "Patient/1", "0", ("Condition/1/_history/2",))]),
    (
        ("GET", "/Condition?page=1"),
        {},
        [
            ("search-type", "Patient/0", "0", ("Condition/0", "Condition/2")),
            ("search-type", "Patient/1", "0", ("Condition/1", "Condition/3")),
        ],
    ),
    (
        ("GET", "/Condition?page=2"),
        {},
        [("search-type", "Patient/0", "0", ("Condition/4",)), ("search-type", "Patient/1", "0", ("Condition/5",))],
    ),
    (
        ("POST", "/Condition/_search"),
        {"data": {"patient": "Patient/1"}},
        [("search-type", "Patient/1", "0", ("Condition/1",))],
    ),
    (("GET", "/Condition?patient=7"), {}, [("search-type", "Patient/7", "0", ())]),
    (("GET", "/Condition/1/_history"), {}, [("history-instance", "Patient/1", "0", ("Condition/1", "Condition/1"))]),
    (("GET", "/Patient/1/$everything"), {}, [("operation", "Patient/1", "0", ("Patient/1", "Condition/1"))]),
    (
        ("POST", "/"),
        {"json": BATCH},
        [
            ("batch", "", "0", ()),
            ("read", "Patient/1", "0", ("Condition/1",)),
            ("read", "", "4", ()),
            ("create", "Patient/3", "0", ("Condition/9/_history/1",)),
        ],
    ),
    (("POST", "/Condition"), {"json": condition(5, 4)}, [("create", "Patient/4", "0", ("Condition/5/_history/1",))]),
    (("PUT", "/Condition/1"), {"json": condition(1, 1)}, [("update", "Patient/1", "0", ("Condition/1",))]),
    (("DELETE", "/Condition/1"), {}, [("delete", "", "0", ("Condition/1",))]),
    (("GET", "/Condition/403"), {}, [("read", "", "4", ())]),
    (("GET", "/Patient/404"), {}, [("read", "Patient/404", "4", ())]),
    (("GET", "/Condition/gz"), {}, [("read", "Patient/8", "0", ("Condition/gz",))]),
    (("GET", "/Condition/xml"), {}, [("read", "", "0", ("Condition/xml",))]),
    (("GET", "/boom"), {}, [("operation", "", "8", ())]),
]


@pytest.mark.parametrize(("request_line", "more", "expected"), TRUTH, ids=lambda value: str(value)[:40])
def test_a_request_gives_the_records_that_it_should(
    wrap: Callable[..., AuditMiddleware], log: AuditLog, request_line: tuple[str, str], more: Json, expected: list[Any]
) -> None:
    ask(wrap(), request_line, **more)
    assert told(log) == expected


def test_a_replay_leaves_nothing_out_and_counts_nothing_twice(
    wrap: Callable[..., AuditMiddleware], log: AuditLog
) -> None:
    wrapped = wrap()
    expected: Counter[Any] = Counter()
    for _ in range(5):
        for request_line, more, records in TRUTH:
            ask(wrapped, request_line, **more)
            expected.update(records)
    assert Counter(told(log)) == expected
    ids = [(each.event or {})["id"] for each in log.read()]
    assert len(set(ids)) == len(ids)


def test_bulk_data_is_recorded_line_by_line_as_it_passes(wrap: Callable[..., AuditMiddleware], log: AuditLog) -> None:
    (response,) = ask(wrap(), ("GET", "/bulk/1.ndjson"))
    assert response.content == NDJSON
    listed = [reference for record in told(log) for reference in record[3]]
    assert sorted(listed) == sorted(f"Condition/{number}" for number in range(30))
    assert {record[1] for record in told(log)} == {"Patient/0", "Patient/1", "Patient/2"}


def test_the_ids_that_a_request_is_followed_by_are_kept(wrap: Callable[..., AuditMiddleware], log: AuditLog) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"X-Request-Id": "r-17", "traceparent": trace}
    first, second = ask(wrap(), ("GET", "/Condition/1"), headers=headers)[0], ask(wrap(), ("GET", "/Condition/1"))[0]
    assert first.headers.get("x-request-id") == "r-17"
    assert len(second.headers["x-request-id"]) == 36
    event = next(log.read()).event or {}
    kept = {
        e["type"]["code"]: e["what"]["identifier"]["value"]
        for e in event["entity"]
        if "identifier" in e.get("what", {})
    }
    assert kept == {"XrequestId": "r-17", "traceparent": trace}


def break_log(log: AuditLog) -> None:
    writer = log.store._database._writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages}")


def mend_log(log: AuditLog) -> None:
    log.store._database._writer.execute("PRAGMA max_page_count = 1000000")


def test_a_full_log_withholds_the_answer_and_says_so(wrap: Callable[..., AuditMiddleware], log: AuditLog) -> None:
    said: list[Outcome] = []
    wrapped = wrap(told=said.append)
    break_log(log)
    responses = ask(wrapped, *[("GET", "/Condition?page=1")] * 40)
    refused = [response for response in responses if response.status_code == 503]
    assert refused
    assert CPR not in refused[0].text
    assert refused[0].json()["issue"][0]["details"]["coding"][0]["code"] == "SAM-AUD-201"
    assert len(told(log)) == 2 * (40 - len(refused))
    mend_log(log)
    assert ask(wrapped, ("GET", "/Condition/1"))[0].status_code == 200
    assert {issue.code for outcome in said for issue in outcome} == {"SAM-AUD-201"}


def test_an_open_failure_lets_the_answer_leave_and_writes_the_record_later(
    wrap: Callable[..., AuditMiddleware], log: AuditLog
) -> None:
    said: list[Outcome] = []
    wrapped = wrap(on_failure="open", told=said.append)
    break_log(log)
    responses = ask(wrapped, *[("GET", "/Condition?page=1")] * 40)
    assert {response.status_code for response in responses} == {200}
    assert "SAM-AUD-202" in {issue.code for outcome in said for issue in outcome}
    mend_log(log)
    ask(wrapped, ("GET", "/Condition/1"))
    assert len(told(log)) == 81


def test_nothing_of_a_person_goes_into_logs_or_files(
    wrap: Callable[..., AuditMiddleware],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.CRITICAL)
    wrapped = wrap()
    for request_line, more, _ in TRUTH:
        ask(wrapped, request_line, **more)
    ask(wrapped, ("GET", "/Condition?page=1"), headers={"X-Request-Id": CPR})
    out, err = capfd.readouterr()
    own = "".join(record.getMessage() for record in caplog.records if record.name.startswith("samspil"))
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for number in (CPR, "251248-9996"):
        assert number not in own + out + err
        assert number.encode() not in files


@pytest.mark.parametrize(
    ("method", "path", "query", "code", "kind", "patients"),
    [
        ("GET", "/Patient/1", "", "read", "Patient", ["Patient/1"]),
        ("GET", "/Patient/1/Condition", "", "search-type", "Condition", ["Patient/1"]),
        ("GET", "/", "_type=Condition", "search-system", "", []),
        ("POST", "/_search", "", "search-system", "", []),
        ("GET", "/Condition", "subject:Patient=5", "search-type", "Condition", ["Patient/5"]),
        ("GET", "/Condition", "patient=1,Patient/2", "search-type", "Condition", ["Patient/1", "Patient/2"]),
        ("GET", "/Patient", "_id=3", "search-type", "Patient", ["Patient/3"]),
        ("PUT", "/Condition", "identifier=x", "update", "Condition", []),
        ("PATCH", "/Condition/1", "", "patch", "Condition", []),
        ("GET", "/_history", "", "history-system", "", []),
        ("GET", "/Condition/_history", "", "history-type", "Condition", []),
        ("GET", "/Patient/$export", "", "operation", "Patient", []),
        ("HEAD", "/Condition/1", "", "read", "Condition", []),
        ("GET", "/anything/else", "", "operation", "", []),
        ("DELETE", "/Condition", "code=1", "delete", "Condition", []),
    ],
)
def test_what_a_request_asks_for(method: str, path: str, query: str, code: str, kind: str, patients: list[str]) -> None:
    found = read_request(method, path, query)
    assert (found.code, found.type, [each.get("reference") for each in found.patients]) == (code, kind, patients)


def test_a_patient_asked_for_by_number_is_named() -> None:
    found = read_request("GET", "/Condition", "patient.identifier=s%7Cv&patient:identifier=w")
    assert found.patients == ({"identifier": {"system": "s", "value": "v"}}, {"identifier": {"value": "w"}})


def test_what_is_no_http_request_passes_through(wrap: Callable[..., AuditMiddleware]) -> None:
    seen: list[str] = []

    async def inner(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    wrapped = wrap()
    wrapped.app = inner
    asyncio.run(wrapped({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
