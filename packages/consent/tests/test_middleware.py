"""The bypass suite: every way that a server has let withheld data, or their existence, be known."""

import json
from dataclasses import replace

import pytest
from leaky import Leaky, call

from samspil_consent import Engine, load_profile, read_consent, read_request
from samspil_consent.enforcement import Enforcer
from samspil_consent.middleware import ConsentMiddleware

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PSY = {"meta": {"security": [{"system": ACT_CODE, "code": "PSY"}]}}
SUBJECT = {"subject": {"reference": "Patient/1"}}
SECRET = "secret-finding"
CONSENT = {
    "resourceType": "Consent",
    "id": "c",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "dateTime": "2026-01-01",
    "provision": {
        "type": "permit",
        "provision": [{"type": "deny", "securityLabel": [{"system": ACT_CODE, "code": "PSY"}]}],
    },
}


def observation(name, *, hidden=False, **more):
    text = SECRET if hidden else "plain"
    return {
        "resourceType": "Observation",
        "id": name,
        **SUBJECT,
        **(PSY if hidden else {}),
        "note": [{"text": text}],
        **more,
    }


SEEN = [
    {"resourceType": "Patient", "id": "1"},
    *(observation(f"o{at}") for at in range(5)),
    {"resourceType": "Condition", "id": "k1", **SUBJECT, "evidence": [{"detail": [{"reference": "Observation/o1"}]}]},
    {"resourceType": "Practitioner", "id": "p1"},
]
HIDDEN = [
    observation("h1", hidden=True, performer=[{"reference": "Practitioner/only-hidden"}]),
    observation("h2", hidden=True),
    {"resourceType": "Condition", "id": "hk", **SUBJECT, **PSY, "note": [{"text": SECRET}]},
    {"resourceType": "Encounter", "id": "he", **SUBJECT, **PSY, "text": {"div": SECRET}},
    {
        "resourceType": "Provenance",
        "id": "hp",
        "target": [{"reference": "Observation/h1"}],
        "reason": [{"text": SECRET}],
    },
]
MIXED = [HIDDEN[0], *SEEN[:3], HIDDEN[1], *SEEN[3:], *HIDDEN[2:]]


def guarded(resources, profile="typed", consents=(CONSENT,), **more):
    """The middleware before a leaky server."""
    engine = Engine([read_consent(one) for one in consents], load_profile(profile))
    request = read_request({"actor": "Practitioner/7", "purpose": "TREAT", "at": "2026-01-31T12:00:00Z"})
    server = Leaky(resources, **more)
    return ConsentMiddleware(server, lambda _scope: Enforcer(lambda _patient: engine, request)), server


GETS = [
    "/Observation",
    "/Observation?_count=2",
    "/Observation?_count=1&_samspil-page=3",
    "/Observation?_count=1&_samspil-page=99",
    "/Observation?_count=0",
    "/Observation?_summary=count",
    "/Observation?_summary=true",
    "/Observation?_summary=text",
    "/Observation?_summary=data",
    "/Observation?_elements=id",
    "/Observation?_elements=note,status",
    "/Observation?_total=accurate",
    "/Observation?_total=none",
    "/Observation?_sort=-date",
    "/Observation?_format=xml",
    "/Observation?_include=Observation:performer",
    "/Condition?_revinclude=Observation:subject",
    "/Condition?_include=*",
    "/Encounter",
    "/Observation/h1",
    "/Observation/h1?_summary=count",
    "/Observation/h1?_elements=id",
    "/Observation/h1/_history",
    "/Observation/h1/_history/1",
    "/Encounter/he/$everything",
    "/Encounter/he/Observation",
    "/Patient/1/$everything",
    "/Patient/1/$everything?_count=1",
    "/Patient/1/Observation",
    "/Patient/1/_history",
    "/files/all.ndjson",
    "/Observation/o1",
    "/Observation/o1/_history",
    "/metadata",
    "/Provenance",
    "/Provenance/hp",
]


@pytest.mark.parametrize("url", GETS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_restricted_and_absent_are_one_answer(method, url):
    """Status, headers and body are equal to those where the withheld data do not exist."""
    with_them, without = guarded(MIXED)[0], guarded([one for one in MIXED if one in SEEN])[0]
    answer = call(with_them, method, url)
    assert answer == call(without, method, url)
    assert SECRET.encode() not in answer[2]


@pytest.mark.parametrize(
    "url",
    [
        "/Observation?_has:Provenance:target:agent=x",
        "/Observation?encounter.reason=x",
        "/Observation?subject:Patient.name=x",
        "/Condition?_filter=a eq b",
        "/Observation?_sort=encounter.date",
        "/Observation?_list=x",
        "/Observation/_history",
        "/_history",
        "/",
        "/$export?_typeFilter=x",
        "/files/all.ndjson",
        "/Observation?page=2",
        "/Observation?_offset=2",
        "/Observation?_sort=-_score",
        "/Observation?_in=List/x",
        "/Observation/$lastn",
        "/$graphql?query=x",
        "/Observation/o1/$graphql",
        "/Observation/o1/_history/1/extra",
        "/.well-known/../Observation/h1",
        "/metadata/../Observation/h1",
        "/metadata/Observation",
        "/./Observation/h1",
    ],
)
def test_what_cannot_be_filtered_is_refused(url):
    status, _, body = call(guarded(MIXED)[0], "GET", url.replace(" ", "%20"))
    assert status == 403
    assert b"SAM-CON-303" in body


def test_totals_and_pages_are_those_of_what_may_be_seen():
    app, _ = guarded(MIXED)
    found, url = [], "/Observation?_count=2"
    while url:
        bundle = json.loads(call(app, "GET", url)[2])
        assert bundle["total"] == 5
        assert len(bundle["entry"]) <= 2
        found += [entry["resource"]["id"] for entry in bundle["entry"]]
        url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    assert found == [f"o{at}" for at in range(5)]


def test_the_server_behind_is_never_asked_for_less_than_is_needed_to_filter():
    app, server = guarded(MIXED)
    call(app, "GET", "/Observation?_summary=count&_elements=id&code=x")
    assert all("_summary" not in query and "_elements" not in query for _, _, query in server.asked)


def test_a_conditional_read_tells_nothing():
    app, _ = guarded(MIXED)
    headers = [(b"if-none-match", b'W/"1"')]
    assert call(app, "GET", "/Observation/h1", headers=headers) == call(
        app, "GET", "/Observation/none", headers=headers
    )


def test_a_search_by_post_is_filtered_as_one_by_get():
    app, _ = guarded(MIXED)
    assert call(app, "POST", "/Observation/_search", b"_count=50")[2] == call(app, "GET", "/Observation?_count=50")[2]


def batch(*requests, kind="batch"):
    entries = [{"request": {"method": method, "url": url}} for method, url in requests]
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode()


def test_each_entry_of_a_batch_goes_its_own_way_through():
    asked = batch(
        ("GET", "Observation/h1"),
        ("GET", "Observation/none"),
        ("GET", "Observation/o1"),
        ("GET", "Observation"),
        ("GET", "/"),
    )
    status, _, body = call(guarded(MIXED)[0], "POST", "/", asked)
    entries = json.loads(body)["entry"]
    assert status == 200
    assert entries[0] == entries[1]
    assert [entry["response"]["status"] for entry in entries] == ["404", "404", "200", "200", "403"]
    assert SECRET.encode() not in body


@pytest.mark.parametrize("body", [batch(kind="transaction"), b"no json", b"[]"])
def test_a_transaction_is_refused(body):
    assert call(guarded(MIXED)[0], "POST", "/", body)[0] == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_to_what_may_not_be_seen_is_one_to_what_is_absent(method):
    app, server = guarded(MIXED)
    body = json.dumps(observation("h1")).encode() if method == "PUT" else b""
    answer = call(app, method, "/Observation/h1", body)
    assert answer == call(app, method, "/Observation/none", body)
    assert answer[0] == 404
    assert all(asked[0] == "GET" for asked in server.asked)


def test_what_may_be_written_is_written():
    app, server = guarded(MIXED)
    status, _, _ = call(app, "POST", "/Observation", json.dumps(observation("x")).encode())
    assert status == 200
    assert server.asked[-1][0] == "POST"


@pytest.mark.parametrize("url", ["/Observation?identifier=x", "/Observation/h1/extra"])
def test_a_conditional_write_is_refused(url):
    assert call(guarded(MIXED)[0], "PUT", url, b"{}")[0] == 403


def test_a_broken_server_opens_nothing_and_is_no_500():
    status, _, body = call(guarded(MIXED, broken=True)[0], "GET", "/Observation/o1")
    assert (status, b"SAM-CON-501" in body, b"out of order" in body) == (403, True, False)


@pytest.mark.parametrize("url", ["/Observation", "/Observation/o1", "/Patient/1/$everything"])
def test_an_unreadable_consent_closes_all(url):
    status, _, body = call(guarded(MIXED, consents=(CONSENT, {"resourceType": "Consent"}))[0], "GET", url)
    assert status in {200, 404}
    assert b"plain" not in body


def test_whoever_is_not_told_who_asks_lets_nobody_in():
    def nobody(_scope):
        raise KeyError("user")

    app, _ = guarded(MIXED)
    assert call(replace(app, enforcer_of=nobody), "GET", "/Observation/o1")[0] == 403


def test_sweden_shows_that_something_is_blocked_and_no_more():
    app, _ = guarded(MIXED, profile="se")
    bundle = json.loads(call(app, "GET", "/Observation")[2])
    assert bundle["total"] == 5
    (words,) = [one["resource"] for one in bundle["entry"] if one["search"]["mode"] == "outcome"]
    assert words["issue"][0]["details"]["coding"][0]["code"] == "SAM-CON-304"
    status, _, body = call(app, "GET", "/Observation/h1")
    assert (status, SECRET.encode() in body) == (403, False)
