"""Data for the bypass suites over HTTP: what may be seen, what may not, and every way to ask for it."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn

from samspil_consent import Engine, load_profile, read_consent, read_request
from samspil_consent.enforcement import Enforcer
from samspil_consent.exchange import App
from samspil_consent.middleware import ConsentMiddleware

PSY = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
CONSENT = {
    "resourceType": "Consent",
    "id": "c",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "provision": {"type": "permit", "provision": [{"type": "deny", "securityLabel": PSY["security"]}]},
}
SUBJECT = {"subject": {"reference": "Patient/1"}}
CODE = {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}
SECRET = "secret-finding"
CLASS = {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}, "status": "finished"}


def observation(name: str, **more: Any) -> dict[str, Any]:
    """An observation on the patient."""
    return {"resourceType": "Observation", "id": name, **SUBJECT, "status": "final", "code": CODE, **more}


SEEN: list[dict[str, Any]] = [
    {"resourceType": "Practitioner", "id": "p1", "name": [{"family": "Holm"}]},
    {"resourceType": "Practitioner", "id": "only-hidden"},
    {"resourceType": "Patient", "id": "1", "name": [{"family": "Lind"}]},
    {"resourceType": "Encounter", "id": "e", **SUBJECT, **CLASS},
    *(observation(f"o{at}", effectiveDateTime=f"2025-01-{at + 1:02}") for at in range(12)),
    observation("oe", encounter={"reference": "Encounter/e"}, performer=[{"reference": "Practitioner/p1"}]),
    {"resourceType": "Condition", "id": "k1", **SUBJECT, "evidence": [{"detail": [{"reference": "Observation/o1"}]}]},
]
HIDDEN: list[dict[str, Any]] = [
    {"resourceType": "Encounter", "id": "he", "meta": PSY, **SUBJECT, **CLASS},
    *(
        observation(
            f"h{at}",
            meta=PSY,
            effectiveDateTime=f"2025-02-{at + 1:02}",
            note=[{"text": SECRET}],
            encounter={"reference": "Encounter/he" if at % 2 else "Encounter/e"},
            performer=[{"reference": "Practitioner/only-hidden"}],
            hasMember=[{"reference": "Observation/o1"}],
        )
        for at in range(12)
    ),
    {"resourceType": "Condition", "id": "hk", "meta": PSY, **SUBJECT, "encounter": {"reference": "Encounter/e"}},
    {"resourceType": "DiagnosticReport", "id": "hd", "meta": PSY, **SUBJECT, "status": "final", "code": CODE},
]


class Asked(NamedTuple):
    """One request."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.headers)
        return f"{self.method} {self.path} {told} {self.body[:60].decode()}".strip()


def batch(*requests: tuple[str, str], **more: Any) -> bytes:
    """A batch of requests without bodies."""
    entries = [{"request": {"method": method, "url": url, **more}} for method, url in requests]
    return json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode()


def _gets(*paths: str) -> list[Asked]:
    return [Asked("GET", path) for path in paths]


FORM = (("content-type", "application/x-www-form-urlencoded"),)
QUESTIONS: list[Asked] = [
    *_gets(
        "Observation",
        "Observation?_count=7",
        "Observation?_count=7&_samspil-page=2",
        "Observation?_count=0",
        "Observation?_count=1&_sort=-_lastUpdated",
        "Observation?_summary=count",
        "Observation?_summary=true",
        "Observation?_summary=data",
        "Observation?_total=accurate",
        "Observation?_total=estimate",
        "Observation?_elements=id",
        "Observation?_sort=-_id",
        "Observation?_sort=-_lastUpdated",
        "Observation?_sort=date",
        "Observation?_sort=subject.name",
        "Observation?code=718-7&_count=3",
        "Observation?date=ge2025-02-01",
        "Observation?_lastUpdated=gt2020-01-01&_sort=-_lastUpdated",
        "Observation?_id=h1",
        "Observation?_id=h1,o1",
        "Observation?_security=PSY",
        "Observation?_security:not=PSY",
        "Observation?_tag=x",
        "Observation?_content=secret-finding",
        "Observation?_text=secret",
        "Observation?encounter=Encounter/he",
        "Observation?encounter=he",
        "Observation?encounter:missing=true",
        "Observation?encounter.status=finished",
        "Observation?encounter:Encounter._id=he",
        "Observation?encounter:Encounter.class=AMB",
        "Observation?has-member.code=718-7",
        "Observation?patient.name=Lind",
        "Observation?performer=only-hidden",
        "Observation?performer:identifier=x|y",
        "Observation?_offset=3",
        "Observation?_getpagesoffset=3",
        "Observation?_getpages=00000000-0000-0000-0000-000000000000",
        "Observation?page=2",
        "Observation?_filter=code%20eq%20718-7",
        "Observation?_list=x",
        "Observation?_query=x",
        "Observation?_contained=true",
        "Observation?_graph=x",
        "Observation?_pid=1",
        "Observation?_cursor=1",
        "Observation?_format=xml",
        "Observation?_include=Observation:encounter&_include=Observation:performer",
        "Observation?_include=Observation:has-member&_include:iterate=Observation:encounter",
        "Observation?_include=*&_count=3",
        "Patient?_has:Observation:patient:code=718-7",
        "Patient?_has:Observation:patient:_security=PSY",
        "Patient?_has:Condition:patient:_has:Observation:encounter:code=x",
        "Patient?_revinclude=Observation:subject",
        "Patient?_revinclude=*",
        "Practitioner?_revinclude=Observation:performer",
        "Practitioner?_has:Observation:performer:_id=h1",
        "Encounter?_revinclude=Observation:encounter&_revinclude:iterate=Condition:encounter",
        "Encounter",
        "Encounter/he",
        "Encounter/he/$everything",
        "Encounter/he/Observation",
        "Encounter/e/Observation",
        "Encounter/e/$everything",
        "Encounter?_id=e&_include=Encounter:subject&_revinclude=Observation:encounter&"
        "_include:iterate=Observation:has-member",
        "DiagnosticReport",
        "DiagnosticReport?_summary=count",
        "Observation/h1",
        "Observation/h1?_summary=count",
        "Observation/h1?_elements=id",
        "Observation/h1/_history",
        "Observation/h1/_history/1",
        "Observation/h1/$meta",
        "Observation/h1/$validate",
        "Observation/h1/$graphql?query={id}",
        "Observation/o1",
        "Observation/o1/_history",
        "Observation/o1/_history/1",
        "Observation/o1/_history/2",
        "Observation/oe",
        "Condition/k1",
        "Condition",
        "Patient/1",
        "Patient/1/_history",
        "Patient/1/Observation",
        "Patient/1/Observation?_summary=count",
        "Patient/1/*",
        "Patient/1/$everything",
        "Patient/1/$everything?_count=3",
        "Patient/1/$everything?_type=Observation,Encounter",
        "Patient/$everything",
        "Patient/$match",
        "Observation/$lastn?patient=1",
        "Observation/_history",
        "Patient/_history",
        "_history",
        "",
        "?_type=Observation",
        "?_getpages=x",
        "_search",
        "$graphql?query={ObservationList{id}}",
        "$meta",
        "$get-resource-counts",
        "$export",
        "$export?_typeFilter=Observation%3Fcode=x",
        "metadata",
        "metadata?mode=full",
        ".well-known/smart-configuration",
        "Observation/%68%31",
        "Observation/%2568%2531",
        "Observation//h1",
        "Observation/h1/",
        "./Observation/h1",
        "Observation/x/../h1",
        "metadata/../Observation/h1",
        "%4fbservation/h1",
        "Observation/h1%3f_format=json",
        "Observation/o1%2f_history%2f1",
        "observation/h1",
        "Observation/h1;x=1",
        "Observation?_ID=h1",
        "Observation?CODE=x",
        "Binary/h1",
        "Subscription",
        "AuditEvent",
        "Provenance",
        "List",
    ),
    Asked("HEAD", "Observation/h1"),
    Asked("HEAD", "Observation"),
    Asked("HEAD", "Observation/o1"),
    Asked("OPTIONS", "Observation/h1"),
    Asked("TRACE", "Observation/h1"),
    Asked("GET", "Observation/h1", headers=(("if-none-match", 'W/"1"'),)),
    Asked("GET", "Observation/h1", headers=(("if-match", 'W/"7"'),)),
    Asked("GET", "Observation/h1", headers=(("if-modified-since", "Mon, 01 Jan 2035 00:00:00 GMT"),)),
    Asked("GET", "Observation/h1", headers=(("accept", "application/fhir+xml"),)),
    Asked("GET", "Observation/h1", headers=(("accept", "text/html"),)),
    Asked("GET", "Observation", headers=(("prefer", "respond-async"),)),
    Asked("GET", "Observation?odd=1", headers=(("prefer", "handling=lenient"),)),
    Asked("GET", "Observation?odd=1", headers=(("prefer", "handling=strict"),)),
    Asked("GET", "Observation", headers=(("cache-control", "no-store, max-results=1"),)),
    Asked("GET", "Observation/h1", headers=(("x-http-method-override", "DELETE"),)),
    Asked("POST", "Observation/h1", headers=(("x-http-method-override", "GET"),)),
    Asked("GET", "x", headers=(("x-original-url", "/Observation/h1"), ("x-rewrite-url", "/Observation/h1"))),
    Asked("POST", "Observation/_search", b"_count=3", FORM),
    Asked("POST", "Observation/_search?_id=h1", b"_id=h1", FORM),
    Asked("POST", "Observation/_search", b"_has:Provenance:target:agent=x", FORM),
    Asked("POST", "Observation/h1/_search", b"", FORM),
    Asked("POST", "Encounter/he/Observation/_search", b"", FORM),
    Asked("POST", "_search", b"_type=Observation", FORM),
    Asked("POST", "Observation/$lastn/_search", b"", FORM),
    Asked("POST", "$graphql/_search", b"query={ObservationList{id}}", FORM),
    Asked("POST", "Observation/_search", b'{"_id": "h1"}', (("content-type", "application/json"),)),
    Asked("POST", "$graphql", b'{"query": "{ObservationList{id}}"}'),
    Asked("POST", "Patient/$match", b'{"resourceType": "Parameters"}'),
    Asked("POST", "Observation/$validate", json.dumps(observation("h1")).encode()),
    Asked("POST", "Patient/1/$everything", b'{"resourceType": "Parameters"}'),
    Asked("POST", "Observation/h1/$meta-add", b'{"resourceType": "Parameters"}'),
    Asked("POST", "$expunge", b'{"resourceType": "Parameters"}'),
    Asked("POST", "", batch(("GET", "Observation/h1"), ("GET", "Observation/none"), ("GET", "Observation?_count=3"))),
    Asked("POST", "", batch(("GET", "http://127.0.0.1/Observation/h1"), ("GET", "//x/Observation/h1"))),
    Asked("POST", "", batch(("HEAD", "Observation/h1"), ("get", "Observation/h1"), ("GET", "/Observation/h1"))),
    Asked("POST", "", batch(("GET", "Observation/h1"), ifNoneMatch='W/"1"')),
    Asked("POST", "", batch(("GET", "Patient?_has:Observation:patient:_security=PSY"), ("GET", "$graphql?query={x}"))),
    Asked("POST", "", batch(("DELETE", "Observation/h1"), ("DELETE", "Observation?_security=PSY"))),
    Asked("POST", "", batch(("GET", "Observation/h1")).replace(b'"batch"', b'"transaction"')),
    Asked("POST", "", b'{"resourceType": "Bundle", "type": "batch", "entry": [null, 3, {}]}'),
    Asked("PUT", "Observation/h1", json.dumps(observation("h1")).encode()),
    Asked("PUT", "Observation/h1", json.dumps(observation("h1")).encode(), (("if-match", 'W/"1"'),)),
    Asked("PUT", "Observation?_id=h1", json.dumps(observation("h1")).encode()),
    Asked("PATCH", "Observation/h1", b"[]", (("content-type", "application/json-patch+json"),)),
    Asked("PATCH", "Observation?_id=h1", b"[]", (("content-type", "application/json-patch+json"),)),
    Asked("DELETE", "Observation/h1"),
    Asked("DELETE", "Observation/h1/_history"),
    Asked("DELETE", "Observation/h1/_history/1"),
    Asked("DELETE", "Observation?_security=PSY"),
    Asked("DELETE", "Encounter/e"),
    Asked("DELETE", "Encounter/he"),
    Asked(
        "POST", "Observation", json.dumps(observation("x")).encode(), (("if-none-exist", "_security=PSY&code=718-7"),)
    ),
    Asked("POST", "Observation", json.dumps(observation("x", encounter={"reference": "Encounter/he"})).encode()),
    Asked(
        "POST",
        "Observation",
        json.dumps(observation("x", encounter={"reference": "Encounter?_security=PSY"})).encode(),
    ),
    Asked(
        "POST",
        "Observation",
        json.dumps(observation("x", hasMember=[{"reference": "http://x/fhir/Observation/h1"}])).encode(),
    ),
    Asked("PUT", "Observation/o2", json.dumps(observation("o2", encounter={"reference": "Encounter/he"})).encode()),
    Asked(
        "POST",
        "Subscription",
        json.dumps(
            {
                "resourceType": "Subscription",
                "status": "requested",
                "criteria": "Observation?",
                "channel": {"type": "rest-hook", "endpoint": "http://127.0.0.1:9/"},
            }
        ).encode(),
    ),
    Asked("POST", "Consent", json.dumps({**CONSENT, "provision": {"type": "permit"}}).encode()),
]
"""Each must be answered alike whether what may not be seen is there or not."""

MEANT: dict[str, tuple[int, str]] = {
    "Observation": (200, '"total":13'),
    "Observation?_summary=count": (200, '"total":13'),
    "Observation/o1": (200, '"id":"o1"'),
    "Observation/oe": (200, "Encounter/e"),
    "Observation?_include=Observation:encounter&_include=Observation:performer": (200, '"Holm"'),
    "Patient/1/$everything": (200, '"id":"k1"'),
    "Observation/o1/_history": (200, '"total":1'),
    "metadata": (200, "CapabilityStatement"),
}
"""What these must still answer: a wall that lets nothing through would pass the comparison."""


class Answer(NamedTuple):
    """An answer: status, headers but Date, body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def ask(port: int, asked: Asked) -> Answer:
    """Send one request over HTTP, its path as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        headers = {"host": "clinic.example", "content-type": "application/fhir+json", **dict(asked.headers)}
        connection.putrequest(asked.method, f"/fhir/{asked.path}", skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "content-length": str(len(asked.body))}.items():
            connection.putheader(name, value)
        connection.endheaders(asked.body)
        reply = connection.getresponse()
        found = sorted((name.lower(), value) for name, value in reply.getheaders() if name.lower() != "date")
        return Answer(reply.status, found, reply.read())
    finally:
        connection.close()


@contextmanager
def guarded(behind: App) -> Iterator[int]:
    """The middleware in front of a server, over HTTP: its port."""
    engine = Engine([read_consent(CONSENT)], load_profile("typed"))
    request = read_request({"actor": "Practitioner/7", "purpose": "TREAT", "at": "2026-01-31T12:00:00Z"})
    app = ConsentMiddleware(behind, lambda _scope: Enforcer(lambda _patient: engine, request), root="/fhir")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
