"""Parts of a resource that may not be seen: labelled elements, references to what is withheld, and how a search tells of them."""

import json

import pytest
from leaky import Leaky, call
from test_middleware import ACT_CODE, CONSENT, HIDDEN, PSY, SEEN, SUBJECT, guarded, observation

from samspil_consent import Engine, load_profile, read_consent, read_request
from samspil_consent.enforcement import Enforcer
from samspil_consent.middleware import ConsentMiddleware
from samspil_consent.removal import without_references
from samspil_consent.walk import INLINE_LABEL

LABEL = {"url": INLINE_LABEL, "valueCoding": {"system": ACT_CODE, "code": "PSY"}}
PLAIN = {"url": INLINE_LABEL, "valueCoding": {"system": ACT_CODE, "code": "LOCIS"}}
MARK = {"system": ACT_CODE, "code": "PROCESSINLINELABEL"}
LABELLED = {
    "resourceType": "Patient",
    "id": "1",
    "meta": {"security": [MARK], "versionId": "1"},
    "text": {"div": "secret"},
    "birthDate": "2000-01-01",
    "_birthDate": {"extension": [LABEL]},
    "name": [{"family": "Lind"}, {"family": "secret", "extension": [LABEL]}],
    "address": [{"line": ["secret", "plain"], "_line": [{"extension": [LABEL]}, None], "city": "Aarhus"}],
    "contact": [{"name": {"family": "secret", "extension": [LABEL]}}],
}


def enforcer(treat, **more):
    engine = Engine([read_consent(CONSENT)], load_profile("typed"))
    return Enforcer(lambda _patient: engine, read_request(treat), **more)


def test_a_labelled_element_is_taken_out_without_a_trace(treat):
    """Nothing shows where it was: no empty element, no narrative, no mark that elements are labelled."""
    assert enforcer(treat).resource(LABELLED) == {
        "resourceType": "Patient",
        "id": "1",
        "meta": {"versionId": "1"},
        "name": [{"family": "Lind"}],
        "address": [{"city": "Aarhus"}],
    }


def test_an_element_whose_label_permits_stays(treat):
    resource = {**observation("a"), "valueString": "x", "_valueString": {"extension": [PLAIN]}}
    assert enforcer(treat).resource(resource) is resource


def test_a_label_that_cannot_be_read_withholds(treat):
    resource = {
        **observation("a"),
        "method": {"text": "secret", "extension": [{"url": INLINE_LABEL, "valueCoding": {}}]},
    }
    assert "method" not in enforcer(treat).resource(resource)


def test_a_token_limits_elements_as_it_limits_resources(treat):
    def within(resource):
        return all(one["code"] != "LOCIS" for one in resource.get("meta", {}).get("security", ()))

    resource = {**observation("a"), "method": {"text": "secret", "extension": [PLAIN]}}
    assert "method" not in enforcer(treat, within=within).resource(resource)


REFERRING = [
    {"resourceType": "Condition", "id": "k2", **SUBJECT, "evidence": [{"detail": [{"reference": "Observation/h1"}]}]},
    {
        "resourceType": "List",
        "id": "l",
        **SUBJECT,
        "text": {"div": "secret"},
        "entry": [
            {"date": "2020", "item": {"reference": "Observation/h1", "display": "secret"}},
            {"item": {"reference": "Observation/o1"}},
        ],
    },
    observation("o9", encounter={"reference": "Encounter/he", "display": "secret"}),
]


@pytest.mark.parametrize(
    "url",
    [
        "/Condition/k2",
        "/Condition",
        "/List/l",
        "/List",
        "/Observation/o9",
        "/Observation?encounter=he",
        "/Observation?encounter=Encounter/he",
        "/Patient/1/$everything",
        "/Observation/o9/_history",
        "/Observation/o9/_history/1",
    ],
)
def test_a_reference_to_what_is_withheld_is_one_to_what_is_absent(url):
    """It is not there, as on a server that keeps no reference to nothing; nor is the list item that hangs on it."""
    with_it, without = guarded([*SEEN, *REFERRING, *HIDDEN])[0], guarded([*SEEN, *REFERRING])[0]
    answer = call(with_it, "GET", url)
    assert answer == call(without, "GET", url)
    assert answer[0] == 200
    assert b"/h" not in answer[2]
    assert b"secret" not in answer[2]


def test_what_is_found_by_a_reference_that_may_not_be_seen_is_not_found():
    _, _, body = call(guarded([*SEEN, *REFERRING, *HIDDEN])[0], "GET", "/Observation?encounter=he")
    assert "o9" not in [entry["resource"]["id"] for entry in json.loads(body)["entry"]]


def test_other_references_stay():
    _, _, body = call(guarded([*SEEN, *REFERRING, *HIDDEN])[0], "GET", "/List/l")
    assert json.loads(body)["entry"] == [{"item": {"reference": "Observation/o1"}}]


def test_a_bundle_keeps_no_reference_to_what_was_taken_out_of_it(treat):
    entries = [{"resource": one} for one in (*REFERRING, *HIDDEN)]
    left = enforcer(treat).bundle({"resourceType": "Bundle", "type": "collection", "entry": entries})
    assert [entry["resource"]["id"] for entry in left["entry"]] == ["k2", "l", "o9"]
    assert "secret" not in json.dumps(left)


def test_a_resource_without_such_references_is_itself():
    resource = observation("a")
    assert without_references(resource, {"Observation/x"}) is resource


def test_a_document_stays_whole():
    """Its references lead to its own entries, and it may be signed."""
    parts = [
        {
            "resourceType": "Composition",
            "id": "c",
            **SUBJECT,
            "section": [{"entry": [{"reference": "Observation/in"}]}],
        },
        observation("in"),
    ]
    document = {"resourceType": "Bundle", "id": "d", "type": "document", "entry": [{"resource": one} for one in parts]}
    app, server = guarded([*SEEN, document])
    assert json.loads(call(app, "GET", "/Bundle/d")[2]) == document
    assert call(app, "POST", "/Bundle", json.dumps(document).encode())[0] == 200
    assert server.asked[-1][0] == "POST"


MASKED = {
    "resourceType": "Permission",
    "id": "p",
    "status": "active",
    "combining": "deny-overrides",
    "rule": [{"type": "permit", "limit": [{"control": [{"coding": [{"system": ACT_CODE, "code": "MASK"}]}]}]}],
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 5),
        ("?_id=o1", 5),
        ("?patient=1", 5),
        ("?code=x", 0),
        ("?_sort=date", 0),
        ("?_sort=-_id", 5),
        ("?_text=x", 0),
    ],
)
def test_what_is_masked_is_not_found_by_what_it_says(query, found):
    """The test server finds all five whatever is asked; a search by what is masked would tell it."""
    bundle = json.loads(call(guarded(SEEN, consents=[MASKED])[0], "GET", f"/Observation{query}")[2])
    assert bundle["total"] == found


def test_what_is_seen_in_part_is_not_written_over():
    """What its reader did not see would be lost."""
    app, server = guarded([*SEEN, *REFERRING])
    assert call(app, "PUT", "/List/l", json.dumps(REFERRING[1]).encode())[0] == 403
    assert all(asked[0] == "GET" for asked in server.asked)


@pytest.mark.parametrize(
    "target", ["Observation/h1", "Observation/none", "http://x/fhir/Observation/h1", "Observation?code=x"]
)
def test_a_write_may_not_ask_whether_something_is_there(target):
    app, server = guarded([*SEEN, *HIDDEN])
    body = json.dumps(observation("x", hasMember=[{"reference": target}])).encode()
    assert call(app, "POST", "/Observation", body)[0] == 403
    assert all(asked[0] == "GET" for asked in server.asked)


@pytest.mark.parametrize("kind", ["Consent", "Group", "CareTeam", "PractitionerRole", "Subscription"])
def test_what_decides_on_access_is_not_written_through_it(kind):
    app, server = guarded(SEEN)
    body = json.dumps({"resourceType": kind, **SUBJECT, "patient": {"reference": "Patient/1"}}).encode()
    assert call(app, "POST", f"/{kind}", body)[0] == 403
    assert not server.asked


def test_a_deletion_is_let_through_where_it_tells_nothing():
    app, server = guarded(SEEN)
    assert call(app, "DELETE", "/Observation/o1")[0] == 403
    free = ConsentMiddleware(server, app.enforcer_of, deletes=True)
    assert call(free, "DELETE", "/Observation/o1")[0] == 200
    assert server.asked[-1][0] == "DELETE"


HISTORY = [observation("o1", meta={"versionId": "3"}), observation("o1", hidden=True), observation("o1")]
HISTORY[1]["meta"] = {**PSY["meta"], "versionId": "2"}
HISTORY[2]["meta"] = {"versionId": "1"}


class Versioned(Leaky):
    """Three versions of one resource, of which the second may not be seen."""

    def read(self, kind, name):
        return super().read(kind, name) if kind != "Observation" else (200, HISTORY[0], [])

    def answer(self, scope, body):
        steps = scope["path"].split("/")[1:]
        if steps[2:] == ["_history"]:
            entries = [{"resource": one} for one in HISTORY]
            return 200, {"resourceType": "Bundle", "type": "history", "entry": entries}, []
        if len(steps) == 4:
            return 200, HISTORY[3 - int(steps[3])], []
        return super().answer(scope, body)


def test_a_history_ends_at_the_first_version_that_may_not_be_seen():
    """A gap would tell of it; so would an older version that is answered."""
    app = ConsentMiddleware(Versioned(SEEN), guarded(SEEN)[0].enforcer_of)
    entries = json.loads(call(app, "GET", "/Observation/o1/_history")[2])["entry"]
    assert [entry["resource"]["meta"]["versionId"] for entry in entries] == ["3"]
    assert [call(app, "GET", f"/Observation/o1/_history/{at}")[0] for at in (3, 2, 1)] == [200, 404, 404]


EMERGENCY = {
    "actor": "Practitioner/7",
    "role": {"system": "urn:r", "code": "doctor"},
    "purpose": "ETREAT",
    "patient": "Patient/1",
    "at": "2026-01-31T12:00:00Z",
    "emergency": {"reason": "unconscious", "because": "vital-interest-of-subject", "declared": "2026-01-31T11:30:00Z"},
}


def test_an_emergency_opens_the_data_of_one_patient_where_it_is_recorded_and_told():
    from samspil_consent.breakglass import BOUND_TO

    engine = Engine([read_consent({**CONSENT, "patient": {}})], load_profile("ehds"))
    hidden, other = HIDDEN[0], {**HIDDEN[0], "subject": {"reference": "Patient/2"}}

    def guard(does):
        return Enforcer(lambda _patient: engine, read_request(EMERGENCY), does=does)

    assert guard(BOUND_TO).resource(hidden) is hidden
    assert guard(BOUND_TO[:1]).resource(hidden) is None
    assert guard(BOUND_TO).resource(other) is None
    late = read_request({**EMERGENCY, "at": "2026-01-31T14:00:00Z"})
    assert Enforcer(lambda _patient: engine, late, does=BOUND_TO).resource(hidden) is None
