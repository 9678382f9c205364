"""Bulk export, capabilities, scopes in a batch, a server behind HTTP, equal work, and whatever is asked."""

import base64
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaky import Leaky, call
from test_middleware import GETS, HIDDEN, MIXED, SEEN, batch, guarded, observation

from samspil_consent.middleware import INTERACTION, ConsentMiddleware
from samspil_consent.proxy import server_at
from samspil_consent.scopes import allows, read_scopes

SECRET = b"secret-finding"


class Exporting(Leaky):
    """A leaky server with bulk export: two files a type, counts, and a progress that counts too."""

    done = True

    def answer(self, scope, body):
        path, query = scope["path"], parse_qs(scope["query_string"].decode())
        if path.endswith("$export") and (b"prefer", b"respond-async") in scope["headers"]:
            return 202, b"", [(b"content-location", b"http://x/jobs/1?total=" + str(len(self.resources)).encode())]
        if path == "/jobs/1" and scope["method"] == "DELETE":
            return 202, b"", []
        if path == "/jobs/1" and not self.done:
            return 202, b"", [(b"x-progress", str(len(self.resources)).encode())]
        if path == "/jobs/1":
            kinds = sorted({one["resourceType"] for one in self.resources})
            output = [
                {"type": kind, "url": f"http://x/jobs/1/{kind}?part={part}", "count": 9}
                for kind in kinds
                for part in "01"
            ]
            return 200, {"transactionTime": "2026-01-01T00:00:00Z", "output": output, "error": [], "request": "x"}, []
        if path.startswith("/jobs/1/"):
            found = [one for one in self.resources if one["resourceType"] == path.rpartition("/")[2]]
            lines = [json.dumps(one).encode() for one in found[int(query["part"][0]) :: 2]]
            return 200, b"\n".join([*lines, b"not json"]), []
        return super().answer(scope, body)


def exporting(resources):
    server = Exporting(resources)
    return ConsentMiddleware(server, guarded(resources)[0].enforcer_of), server


def status_of(app):
    status, headers, _ = call(
        app, "GET", "/$export?_type=Observation,Encounter", headers=[(b"prefer", b"respond-async")]
    )
    assert status == 202
    return dict(headers)[b"content-location"].decode()


def test_an_export_is_that_of_what_may_be_seen():
    """The manifest has one file a type, no counts, and no type of which nothing may be seen; the files are filtered."""
    app, _ = exporting(MIXED)
    manifest = json.loads(call(app, "GET", status_of(app))[2])
    assert [one["type"] for one in manifest["output"]] == ["Condition", "Observation", "Patient", "Practitioner"]
    assert all(set(one) == {"type", "url"} for one in manifest["output"])
    files = {one["type"]: call(app, "GET", one["url"])[2] for one in manifest["output"]}
    assert SECRET not in b"".join(files.values())
    assert sorted(json.loads(line)["id"] for line in files["Observation"].splitlines()) == [f"o{at}" for at in range(5)]


def test_an_export_under_way_tells_nothing():
    app, server = exporting(MIXED)
    server.done = False
    status, headers, body = call(app, "GET", status_of(app))
    assert (status, body, [name for name, _ in headers]) == (202, b"", [b"content-length", b"retry-after"])


@pytest.mark.parametrize("where", ["Observation/h1", "/Observation/h1", "http://x/Observation", "", "\xff"])
def test_a_link_of_an_export_reads_nothing_else(where):
    app, _ = exporting(MIXED)
    job = base64.urlsafe_b64encode(where.encode("latin-1")).decode()
    for path in (f"/$export-status?job={job}", f"/$export-file?job={job}&type=Observation", "/$export-status?job=%"):
        status, _, body = call(app, "GET", path)
        assert (status, SECRET in body) == (404, False)


def test_an_export_can_be_given_up():
    app, server = exporting(MIXED)
    assert call(app, "DELETE", status_of(app))[0] == 202
    assert server.asked[-1][:2] == ("DELETE", "/jobs/1")


def test_a_statement_of_capabilities_counts_nothing_and_offers_what_is_let_in():
    class Stating(Leaky):
        def answer(self, _scope, _body):
            counted = {"type": "Observation", "extension": [{"url": "urn:count", "valueDecimal": 7}], "operation": [{}]}
            counted["interaction"] = [{"code": code} for code in ("read", "patch", "history-type")]
            statement = {
                "resourceType": "CapabilityStatement",
                "fhirVersion": "4.0.1",
                "text": {"div": "7 observations"},
                "rest": [{"mode": "server", "security": {"cors": True}, "resource": [counted], "operation": [{}]}],
            }
            return 200, statement, []

    app = ConsentMiddleware(Stating([]), guarded([])[0].enforcer_of)
    (rest,) = json.loads(call(app, "GET", "/metadata")[2])["rest"]
    assert rest["resource"] == [{"type": "Observation", "interaction": [{"code": "read"}]}]
    assert rest["security"] == {"cors": True}


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [("patient/*.c", ["404", "200"]), ("patient/*.r", ["200", "200"]), ("patient/*.s", ["404", "200"])],
)
def test_each_entry_of_a_batch_needs_its_own_scope(scope, statuses):
    """A scope to create reads nothing, though the batch itself is posted."""
    scopes = read_scopes(scope)
    app, _ = guarded(SEEN)

    def enforcer_of(given):
        letter = given[INTERACTION]
        return replace(app.enforcer_of(given), within=lambda one: allows(scopes, one, letter, "Patient/1"))

    asked = batch(("GET", "Observation/o1"), ("GET", "Observation"))
    entries = json.loads(call(replace(app, enforcer_of=enforcer_of), "POST", "/", asked)[2])["entry"]
    assert [entry["response"]["status"] for entry in entries] == statuses
    assert bool(entries[1]["resource"].get("total")) == ("s" in scope.rpartition(".")[2])


@pytest.mark.parametrize("url", [each for each in GETS if "Observation/" in each or "Encounter/he" in each])
def test_withheld_costs_as_many_questions_as_absent(url):
    """So that the time of an answer tells little: see benchmarks/bench_consent.py for the rest."""
    (with_it, asked), (without, asked_too) = guarded(MIXED), guarded([one for one in MIXED if one not in HIDDEN])
    call(with_it, "GET", url)
    call(without, "GET", url)
    assert len(asked.asked) == len(asked_too.asked)


@pytest.mark.parametrize("url", ["/Observation/h1", "/Observation/none", "/nonsense"])
def test_with_a_pace_an_answer_leaves_at_a_multiple_of_it(url, monkeypatch):
    waited, now = [], iter((10.0, 10.7))

    async def sleep(seconds):
        waited.append(round(seconds, 6))

    monkeypatch.setattr("samspil_consent.middleware.sleep", sleep)
    monkeypatch.setattr("samspil_consent.middleware.monotonic", lambda: next(now, 10.7))
    call(replace(guarded(MIXED)[0], pace=0.25), "GET", url)
    assert waited == [0.05]


class Handler(BaseHTTPRequestHandler):
    """A server that answers with what it was asked."""

    def do_GET(self):
        body = json.dumps(
            {"resourceType": "Patient", "id": "1", "path": self.path, "host": self.headers["host"]}
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


def test_a_server_in_another_process_is_asked_by_http():
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        app = ConsentMiddleware(
            server_at(f"http://127.0.0.1:{server.server_port}"), guarded([])[0].enforcer_of, root="/fhir"
        )
        status, _, body = call(app, "GET", "/fhir/Patient/1?_format=x", headers=[(b"host", b"clinic")])
        server.shutdown()
    assert (status, json.loads(body)["path"], json.loads(body)["host"]) == (200, "/fhir/Patient/1", "clinic")
    assert call(app, "GET", "/fhir/Patient/1")[0] == 403


@pytest.mark.parametrize("url", ["file:///etc/passwd", "clinic", "http://"])
def test_only_an_http_origin_is_a_server(url):
    with pytest.raises(ValueError, match="no http or https URL"):
        server_at(url)


STEPS = st.sampled_from(
    [
        "Observation",
        "Patient",
        "Encounter",
        "h1",
        "o1",
        "he",
        "1",
        "_history",
        "$everything",
        "$export",
        "_search",
        "$export-status",
        "$export-file",
        "metadata",
        ".well-known",
        "..",
        ".",
        "",
        "%68",
        "a b",
        "é",
        "*",
    ]
)
NAMES = st.sampled_from(
    [
        "_id",
        "_count",
        "_samspil-page",
        "_sort",
        "_include",
        "_revinclude",
        "_summary",
        "_elements",
        "_has:a:b:c",
        "code",
        "subject",
        "encounter:missing",
        "_total",
        "job",
        "type",
        "_type",
        "_format",
        "é",
        "_offset",
        "",
    ]
)
VALUES = st.sampled_from(
    ["h1", "o1", "0", "-1", "1e9", "count", "true", "data", "id", "*", "Observation:subject", "%", "é"]
)
HEADERS = st.sampled_from(
    [
        (b"prefer", b"respond-async"),
        (b"if-none-match", b'W/"1"'),
        (b"if-match", b"\xff"),
        (b"accept", b"text/html"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"if-none-exist", b"_id=h1"),
        (b"host", b""),
    ]
)
BODIES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"{}", b"[]", b"null", batch(("GET", "Observation/h1"), ("PUT", "x"), ("", "//"), ("GET", ""))]),
    st.sampled_from(
        [observation("h1"), observation("o1", hidden=True), {"resourceType": "Bundle", "type": "batch"}]
    ).map(lambda one: json.dumps(one).encode()),
)
REQUESTS = st.tuples(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", ""]),
    st.lists(STEPS, max_size=5),
    st.lists(st.tuples(NAMES, VALUES), max_size=3),
    st.lists(HEADERS, max_size=3),
    BODIES,
)


@given(REQUESTS)
@settings(max_examples=600, deadline=None)
def test_whatever_is_asked_withheld_and_absent_are_one_answer_and_none_is_a_500(request):
    method, steps, query, headers, body = request
    url = "/" + "/".join(steps) + "?" + "&".join(f"{name}={value}" for name, value in query)
    answers = [call(exporting(each)[0], method, url, body, headers) for each in (MIXED, SEEN)]
    in_order = [one for one in MIXED if one in SEEN]
    if answers[0] != answers[1]:  # the order of what is seen is another in the two lists
        answers[1] = call(exporting(in_order)[0], method, url, body, headers)
    if not urlsplit(url).path.endswith("$export"):
        assert answers[0] == answers[1]
    assert answers[0][0] < 500
    assert SECRET not in answers[0][2]
