"""Consents of every release come into one normal form; what is not understood is named and permits nothing."""

from zoneinfo import ZoneInfo

import pytest

from samspil_consent import decide, read_consent, read_consents, read_request
from samspil_consent.request import BadRequest

REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
LABEL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def r4(effect="permit", exceptions=(), **more):
    return {
        "resourceType": "Consent",
        "id": "a",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"text": "privacy"}],
        "patient": {"reference": "Patient/1"},
        "dateTime": "2026-01-01",
        "provision": {"type": effect, "provision": list(exceptions), **more},
    }


def r5(decision="permit", exceptions=(), **more):
    return {
        "resourceType": "Consent",
        "id": "a",
        "status": "active",
        "category": [{"text": "privacy"}],
        "subject": {"reference": "Patient/1"},
        "date": "2026-01-01",
        "decision": decision,
        "provision": list(exceptions),
        **more,
    }


CONDITIONS = [
    {"purpose": [{"system": REASON, "code": "TREAT"}]},
    {"purpose": [{"system": REASON, "code": "HMARKT"}]},
    {"actor": [{"reference": {"reference": "Practitioner/7"}}]},
    {"actor": [{"reference": {"reference": "http://a.example/fhir/Practitioner/7/_history/2"}}]},
    {"actor": [{"reference": {"reference": "Group/unknown"}}]},
    {"action": [{"coding": [{"code": "access", "system": "http://terminology.hl7.org/CodeSystem/consentaction"}]}]},
    {"securityLabel": [{"system": LABEL, "code": "R"}]},
    {"period": {"start": "2026-01", "end": "2026-01-31"}},
    {"period": {"end": "2026-01-30"}},
    {"dataPeriod": {"start": "2025"}},
    {"data": [{"meaning": "instance", "reference": {"reference": "Observation/1"}}]},
]


@pytest.mark.parametrize("base", ["permit", "deny"])
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda one: f"{next(iter(one))}")
def test_twins_of_r4_and_r5_are_decided_alike(base, condition, treat):
    other = "deny" if base == "permit" else "permit"
    twins = (r4(base, [{"type": other, **condition}]), r5(base, [condition]))
    for resource in (None, {"resourceType": "Observation", "id": "1", "effectiveDateTime": "2026-01-02"}):
        asked = read_request({**treat, "resource": resource} if resource else treat)
        answers = [decide([read_consent(one)], asked) for one in twins]
        assert answers[0].opinion == answers[1].opinion
        assert answers[0].effect == answers[1].effect


@pytest.mark.parametrize(
    ("consent", "source"),
    [
        (r5("deny"), "decision"),
        (r4("deny"), "root type"),
        ({**r4(), "provision": {}, "policyRule": {"coding": [{"code": "OPTOUT"}]}}, "policyRule"),
        ({**r4(), "provision": {}}, "none"),
    ],
)
def test_the_source_of_the_base_rule_is_stated(consent, source):
    assert read_consent(consent).base_source == source


def test_nothing_states_the_base_so_the_profile_does_and_a_finding_says_so(treat):
    answer = decide([read_consent({**r4(), "provision": {}})], read_request(treat), "typed")
    assert answer.effect == "deny"
    assert [issue.code for issue in answer.outcome] == ["SAM-CON-104"]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], ""),
        ("text", ""),
        ({"resourceType": "Patient"}, "Consent.resourceType"),
        ({"resourceType": "Consent"}, "Consent.status"),
        ({**r4(), "status": "perhaps"}, "Consent.status"),
        ({"resourceType": "Permission", "status": "active"}, "Permission.combining"),
    ],
)
def test_an_unreadable_consent_denies_and_names_file_and_path(value, where, treat):
    consent = read_consent(value, source="folder/consent.json")
    answer = decide([consent, read_consent(r4())], read_request(treat), "ehds")
    assert answer.effect == "deny"
    (issue, *_) = answer.outcome
    assert (issue.code, issue.where) == ("SAM-CON-101", where)
    assert "folder/consent.json" in issue.text


def test_a_consent_nested_beyond_all_measure_denies():
    inner = {"type": "deny"}
    for _ in range(200):
        inner = {"type": "deny", "provision": [inner]}
    assert not read_consent(r4("permit", [inner])).readable


@pytest.mark.parametrize(
    "odd",
    [
        {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]},
        {"colour": "red"},
        {"implicitRules": "urn:x"},
    ],
)
def test_an_element_that_is_not_known_permits_nothing_and_is_named(odd, treat):
    answer = decide([read_consent({**r4(), **odd})], read_request(treat), "typed")
    assert answer.effect == "no-consent"
    assert f"Consent.{next(iter(odd))}" in [issue.where for issue in answer.outcome]


@pytest.mark.parametrize(
    "bad",
    [
        {"period": "2020"},
        {"period": {"end": "soon"}},
        {"purpose": [{"text": "care"}]},
        {"actor": [{}]},
        {"actor": "Practitioner/7"},
        {"data": [{"meaning": "all", "reference": {"reference": "Observation/1"}}]},
        {"securityLabel": "R"},
        {"type": "maybe"},
        {"provision": {}},
    ],
    ids=str,
)
def test_a_bad_value_in_an_exception_never_widens(bad, treat):
    granted = decide([read_consent(r4("deny", [{"type": "permit", **bad}]))], read_request(treat), "typed")
    refused = decide([read_consent(r4("permit", [{"type": "deny", **bad}]))], read_request(treat), "typed")
    assert granted.effect == "deny"
    assert refused.effect == "deny" or any(one.rules for one in refused.obligations)


def test_one_bad_consent_does_not_lose_its_neighbours():
    found = read_consents([None, r4(), {"resourceType": "Consent"}])
    assert [one.readable for one in found] == [False, True, False]


def test_a_model_is_read_like_its_json(treat):
    model = pytest.importorskip("fhir.resources.R4B.consent", reason="machine: fhir.resources is not installed")
    consent = r4("permit", [{"type": "deny", "purpose": [{"system": REASON, "code": "TREAT"}]}])
    assert read_consent(model.Consent.model_validate(consent)) == read_consent(consent)


@pytest.mark.parametrize(
    "bad",
    [[], {"at": "2026"}, {"at": "2026-01-31T12:00:00Z", "who": "x"}, {"at": "2026-01-31T12:00:00Z", "actor": 7}],
)
def test_a_bad_request_says_which_member(bad):
    with pytest.raises(BadRequest):
        read_request(bad)


@pytest.mark.parametrize(("zone", "effect"), [("UTC", "permit"), ("Europe/Copenhagen", "no-consent")])
def test_a_date_without_a_zone_ends_with_the_day_of_the_zone_given(zone, effect, treat):
    consent = read_consent(r4(period={"end": "2026-01-30"}), zone=ZoneInfo(zone))
    assert decide([consent], read_request({**treat, "at": "2026-01-30T23:30:00Z"}), "typed").effect == effect


@pytest.mark.parametrize(
    ("period", "at", "effect"),
    [
        ({"start": "2026"}, "2026-01-01T00:00:00Z", "permit"),
        ({"start": "2026"}, "2025-12-31T23:59:59Z", "no-consent"),
        ({"end": "2026-01"}, "2026-01-31T23:59:59Z", "permit"),
        ({"end": "2026-01"}, "2026-02-01T00:00:00Z", "no-consent"),
        ({"end": "2026-01-31T12:00:00+01:00"}, "2026-01-31T11:00:00Z", "permit"),
        ({"end": "2026-01-31T12:00:00+01:00"}, "2026-01-31T11:00:01Z", "no-consent"),
    ],
)
def test_a_period_holds_to_its_very_edges(period, at, effect, treat):
    assert decide([read_consent(r4(period=period))], read_request({**treat, "at": at}), "typed").effect == effect
