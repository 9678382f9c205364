"""Whatever stands in a consent, a request or an answer of the server behind: nothing crashes, and nothing opens."""

import copy
import json
from contextlib import suppress
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leaky import Leaky, call

from samspil_consent import Engine, decide, load_profile, read_consent, read_request
from samspil_consent.enforcement import Enforcer
from samspil_consent.explanation import explanation, in_words
from samspil_consent.middleware import ConsentMiddleware
from samspil_consent.page import consent_page
from samspil_consent.profile import BadProfile
from samspil_consent.request import BadRequest
from samspil_consent.service import service
from samspil_core.jsontext import dumps

PROFILE = load_profile("typed")
CODING = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}
RULE = {
    "type": "deny",
    "period": {"start": "2020", "end": "2030-01"},
    "purpose": [CODING],
    "actor": [{"role": {"coding": [CODING]}, "reference": {"reference": "Practitioner/7"}}],
    "action": [{"coding": [CODING]}],
    "securityLabel": [CODING],
    "class": [CODING],
    "code": [{"coding": [CODING]}],
    "dataPeriod": {"start": "2020"},
    "data": [{"meaning": "instance", "reference": {"reference": "Observation/1"}}],
    "expression": {"language": "text/fhirpath", "expression": "true"},
}
CONSENTS = [
    {
        "resourceType": "Consent",
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "provision": {**RULE, "provision": [RULE]},
    },
    {
        "resourceType": "Consent",
        "status": "active",
        "decision": "deny",
        "period": {"start": "2020"},
        "provision": [RULE],
    },
    {
        "resourceType": "Permission",
        "status": "active",
        "combining": "deny-overrides",
        "rule": [{"type": "deny", "data": [RULE], "limit": [{}]}],
    },
]
REQUEST = {"actor": "Practitioner/7", "purpose": "TREAT", "action": "access", "at": "2026-01-31T12:00:00Z"}
RESOURCE = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {"security": [CODING], "profile": ["urn:x"]},
    "subject": {"reference": "Patient/1"},
    "effectivePeriod": {"start": "2020"},
    "performer": [{"reference": "Practitioner/7"}],
    "component": [{"code": {"coding": [CODING]}}],
    "contained": [{"resourceType": "Patient"}],
}
JUNK = st.sampled_from(
    [None, 0, "", "x", [], {}, [None], [[]], {"coding": 7}, {"reference": 3}, [{}], True, "2026-13-99", 1e999]
)


def places(value, path=()):
    """Every place in a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from places(each, (*path, name))


def spoiled(value, path, junk):
    """The value with junk at a place."""
    if not path:
        return junk
    made = copy.deepcopy(value)
    holder = made
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = junk
    return made


def anywhere(value):
    return st.builds(lambda path, junk: spoiled(value, path, junk), st.sampled_from(list(places(value))), JUNK)


@given(st.sampled_from(CONSENTS).flatmap(anywhere), st.sampled_from([None, RESOURCE]))
@settings(max_examples=500, deadline=None)
def test_a_spoiled_consent_never_crashes_nor_permits(value, resource):
    consent = read_consent(value)
    answer = decide([consent], replace(read_request(REQUEST), resource=resource), PROFILE)
    assert answer.effect != "permit" or value.get("decision") == "permit"
    dumps(explanation(answer))
    in_words(answer, "da")
    consent_page(consent, PROFILE)


@given(anywhere(RESOURCE))
@settings(max_examples=300, deadline=None)
def test_a_spoiled_resource_never_crashes_the_middleware(resource):
    engine = Engine([read_consent(one) for one in CONSENTS[:1]], PROFILE)
    request = read_request(REQUEST)
    server = Leaky([])
    server.answer = lambda _scope, _body: (200, json.dumps(resource).encode(), [])
    app = ConsentMiddleware(server, lambda _scope: Enforcer(lambda _patient: engine, request))
    for url in ("/Observation/1", "/Observation", "/Patient/1/$everything", "/Observation/1/_history"):
        assert call(app, "GET", url)[0] in {400, 403, 404}


@given(anywhere(REQUEST))
@settings(max_examples=200, deadline=None)
def test_a_spoiled_request_is_read_or_refused(value):
    with suppress(BadRequest):
        assert read_request(value).at.tzinfo is not None


@given(
    anywhere(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": 1,
            "link": [{"relation": "self", "url": "x"}],
            "entry": [{"resource": RESOURCE}],
        }
    )
)
@settings(max_examples=300, deadline=None)
def test_a_spoiled_bundle_is_filtered_all_the_same(bundle):
    engine = Engine([read_consent(one) for one in CONSENTS[:1]], PROFILE)
    enforcer = Enforcer(lambda _patient: engine, read_request(REQUEST))
    if isinstance(bundle, dict):
        assert not enforcer.bundle(bundle).get("entry")


HOOK = {
    "hook": "patient-consent-consult",
    "hookInstance": "1",
    "context": {
        "patientId": [{"system": "urn:p", "value": "1"}],
        "scope": "patient-privacy",
        "purposeOfUse": "TREAT",
        "actor": [{"system": "urn:a", "value": "7"}],
        "class": [CODING],
        "content": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": RESOURCE}]},
    },
}


@given(st.one_of(anywhere(HOOK), anywhere(REQUEST), st.binary(max_size=10)), st.sampled_from(["GET", "POST", "PUT"]))
@settings(max_examples=300, deadline=None)
def test_a_spoiled_question_to_the_service_is_no_500(value, method):
    app = service(Engine([read_consent(one) for one in CONSENTS], PROFILE), lambda: read_request(REQUEST).at)
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    for path in ("/decide", "/cds-services", "/cds-services/patient-consent-consult", "/x"):
        status, _, answered = call(app, method, path, body)
        assert status in {200, 400, 403, 404}
        assert b"CONSENT_PERMIT" not in answered


@pytest.mark.parametrize(
    "change", [{"ignores": 5}, {"ignores": [["action"]]}, {"default_purposes": None}, {"break_glass": []}]
)
def test_a_profile_with_a_field_of_another_kind_is_refused_by_its_name(change, tmp_path):
    """One that is nested beyond reading is refused too."""
    shipped = json.loads((files("samspil_consent") / "profiles" / "typed.json").read_text(encoding="utf-8"))
    path = tmp_path / "own.json"
    path.write_text(json.dumps(shipped | change), encoding="utf-8")
    with pytest.raises(BadProfile, match=next(iter(change))):
        load_profile(str(path))
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(BadProfile, match="nested"):
        load_profile(str(deep))


@pytest.mark.parametrize(
    "patient",
    [5, [], {}, {"reference": ""}, {"reference": ["Patient/1"]}, {"display": "K"}, {"identifier": {"value": "1"}}],
    ids=str,
)
@pytest.mark.parametrize(
    "rule",
    [
        {"type": "permit"},
        {"type": "deny", "provision": [{"type": "permit"}]},
        {"type": "deny", "provision": [{"type": "permit", "actor": [{"reference": {"reference": "Practitioner/1"}}]}]},
    ],
)
def test_a_consent_that_does_not_say_by_reference_whose_it_is_permits_nothing(patient, rule):
    """It may be somebody else's. What it refuses stays refused, and a finding names the place."""
    consent = {"resourceType": "Consent", "status": "active", "patient": patient}
    request = read_request({"actor": "Practitioner/1", "patient": "Patient/1", "at": "2026-01-01T00:00:00Z"})
    read = read_consent(consent | {"provision": rule})
    engine = Engine([read], load_profile("typed"))
    assert decide([read], request, "typed").effect != "permit"
    assert engine.effect(engine.prepare(request)) != "permit"
    assert ("SAM-CON-103", "Consent.patient") in [(each.code, each.where) for each in read.issues]
    assert decide([read_consent(consent | {"provision": {"type": "deny"}})], request, "dk").effect == "deny"


def test_an_error_does_not_repeat_a_long_name():
    with pytest.raises(BadRequest) as told:
        read_request({"x" * 1_000_000: 1})
    assert len(str(told.value)) < 500
