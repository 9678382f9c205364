"""Over HTTP, with the middleware in front of the test server: what is withheld and what is absent are one answer."""

import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest

from samspil_consent import Engine, load_profile, read_consent, read_request
from samspil_consent.enforcement import Enforcer
from samspil_consent.middleware import ConsentMiddleware

uvicorn = pytest.importorskip("uvicorn", reason="uvicorn is not installed")
testserver = pytest.importorskip("samspil_testserver", reason="samspil-testserver is not installed")

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
PSY = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}
CONSENT = {
    "resourceType": "Consent",
    "id": "c",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "provision": {"type": "permit", "provision": [{"type": "deny", "securityLabel": PSY["security"]}]},
}
SUBJECT = {"subject": {"reference": "Patient/1"}}
SEEN = [
    {"resourceType": "Patient", "id": "1"},
    *({"resourceType": "Observation", "id": f"o{at}", **SUBJECT, "status": "final"} for at in range(30)),
    {"resourceType": "Encounter", "id": "e", **SUBJECT},
]
HIDDEN = [
    *({"resourceType": "Observation", "id": f"h{at}", "meta": PSY, **SUBJECT, "status": "final"} for at in range(30)),
    {"resourceType": "Encounter", "id": "he", "meta": PSY, **SUBJECT},
]
URLS = [
    "Observation",
    "Observation?_count=7",
    "Observation?_count=7&_samspil-page=5",
    "Observation?_summary=count",
    "Observation?_sort=-_id",
    "Observation?status=final&_elements=id",
    "Observation/h1",
    "Observation/h1/_history",
    "Observation/h1/_history/1",
    "Observation/o1",
    "Observation/o1/_history",
    "Encounter?_revinclude=Observation:encounter",
    "Patient/1/Observation",
    "Patient/1/$everything",
    "Encounter/he",
    "Observation?_has:Provenance:target:agent=x",
    "$export",
]


@pytest.fixture(scope="module")
def addresses():
    """The addresses of two guarded servers: one that holds what is withheld, and one that does not."""
    running = [serve(SEEN + HIDDEN), serve(SEEN)]
    yield [f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}" for server, _ in running]
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


def serve(resources):
    """Run a guarded server in a thread."""
    behind = testserver.TestServer(testserver.Store(lambda: NOW), "http://clinic")
    behind.load([dict(one) for one in resources])
    engine = Engine([read_consent(CONSENT)], load_profile("typed"))
    request = read_request({"actor": "Practitioner/7", "purpose": "TREAT"}, NOW)
    app = ConsentMiddleware(behind, lambda _scope: Enforcer(lambda _patient: engine, request))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    return server, thread


def ask(address, url):
    """One request: status, headers but Date, body."""
    try:
        with urllib.request.urlopen(f"{address}/{url}", timeout=10) as reply:  # noqa: S310  our own server
            found = reply.status, reply.headers.items(), reply.read()
    except urllib.error.HTTPError as error:
        with error:
            found = error.code, error.headers.items(), error.read()
    status, headers, body = found
    return status, sorted(pair for pair in headers if pair[0].lower() != "date"), body


@pytest.mark.parametrize("url", URLS)
def test_withheld_and_absent_are_one_answer(addresses, url):
    with_them, without = (ask(address, url) for address in addresses)
    assert with_them == without


def test_what_may_be_seen_is_seen(addresses):
    assert ask(addresses[0], "Observation/o1")[0] == 200
    assert b'"total":30' in ask(addresses[0], "Observation")[2]
