"""What a rule says and cannot be told, or has lost on the way here, never widens access, and is named."""

import pytest

from samspil_consent import Context, Directory, decide, read_consent, read_request

REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
TREAT = {"system": REASON, "code": "TREAT"}
CONTAINED = {"resourceType": "Practitioner", "id": "p", "identifier": [{"system": "urn:hpr", "value": "123"}]}


def consent(effect, **rule):
    """A consent whose one exception has an effect."""
    base = "permit" if effect == "deny" else "deny"
    given = {name: value for name, value in rule.items() if name not in {"contained", "provision_"}}
    return {
        "resourceType": "Consent",
        "id": "1",
        "status": "active",
        "patient": {"reference": "Patient/1"},
        "dateTime": "2026-01-01",
        "contained": rule.get("contained", []),
        "provision": {"type": base, "provision": rule.get("provision_", [{"type": effect, **given}])},
    }


def effect_of(value, treat, context=None, profile="typed", **change):
    return decide([read_consent(value)], read_request({**treat, **change}), profile, context).effect


LOST = [
    {"actor": [{"reference": {"reference": "#nobody"}}]},
    {"actor": [{"reference": {"reference": "#p"}}], "contained": [{**CONTAINED, "identifier": []}]},
    {"actor": [{"reference": {}}]},
    {"purpose": [{"system": REASON, "code": "HMARKT"}, {"system": REASON, "code": 7}]},
    {"securityLabel": [{"coding": [{"system": "urn:x", "code": "y"}, "lost"]}]},
    {"period": {"start": "2030", "end": "2020"}},
    {"period": {"_end": {"extension": [{"url": "urn:absent", "valueCode": "unknown"}]}}},
    {"data": [{"meaning": "instance", "reference": {"reference": "#x"}}]},
    {"data": [{"meaning": "instance", "reference": {"reference": "urn:uuid:7"}}]},
    {"_purpose": [{"extension": [{"url": "urn:absent", "valueCode": "masked"}]}]},
    {"provision_": ["lost"]},
    {"provision_": [None]},
    {"provision_": {"type": "deny"}},
]


@pytest.mark.parametrize("rule", LOST, ids=str)
def test_a_refusal_that_has_lost_its_meaning_refuses(rule, treat):
    """Whom or what it refuses cannot be told, so it may be this; also where the law permits what nobody refuses."""
    value = consent("deny", **rule)
    request = {"resource": {"resourceType": "Observation", "id": "1", "subject": {"reference": "Patient/1"}}}
    for profile in ("typed", "ehds", "dk", "se"):
        assert effect_of(value, treat, profile=profile, **request) == "deny"
    assert [issue.code for issue in read_consent(value).issues]


BASE = {"resourceType": "Consent", "status": "active", "patient": {"reference": "Patient/1"}}


@pytest.mark.parametrize(
    "change",
    [
        {"provision": "lost"},
        {"provision": {"type": "dney"}},
        {"provision": {"provision": [7]}},
        {"provision": {"provision": [{"type": "dney", "purpose": [TREAT]}]}},
        {"decision": "dney", "date": "2026"},
        {"decision": 7, "date": "2026"},
        {"date": "2026", "provision": ["lost"]},
        {"status": "atcive"},
        {"status": None},
        {"resourceType": "Consnet"},
    ],
    ids=str,
)
@pytest.mark.parametrize("profile", ["typed", "ehds", "dk", "se"])
def test_a_consent_that_may_refuse_refuses_though_the_law_permits(change, profile, treat):
    assert effect_of({**BASE, **change}, treat, profile=profile) == "deny"


@pytest.mark.parametrize("rule", LOST, ids=str)
def test_a_permission_that_has_lost_its_meaning_permits_nothing(rule, treat):
    value = consent("permit", **rule)
    assert effect_of(value, treat) == "deny"
    assert {"SAM-CON-102", "SAM-CON-103"} & {issue.code for issue in read_consent(value).issues}


@pytest.mark.parametrize(("number", "effect"), [("123", "deny"), ("124", "permit")])
def test_a_contained_actor_is_known_by_its_identifiers(number, effect, treat):
    value = consent("deny", actor=[{"reference": {"reference": "#p"}}], contained=[CONTAINED])
    assert effect_of(value, treat, actor={"system": "urn:hpr", "value": number}) == effect


HPR = [{"reference": {"identifier": {"system": "urn:hpr", "value": "123"}}}]
SEVEN = {"resourceType": "Practitioner", "id": "7", "identifier": [{"system": "urn:hpr", "value": "999"}]}


def test_a_refusal_by_identifier_reaches_a_reference_of_which_none_is_known(treat):
    value = consent("deny", actor=HPR)
    assert effect_of(value, treat) == "deny"
    assert effect_of(value, treat, Context(Directory([SEVEN]))) == "permit"


ROLE = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/8"},
    "organization": {"reference": "Organization/1"},
}


@pytest.mark.parametrize("named", ["Practitioner/9", "Organization/2"])
def test_a_refusal_reaches_a_role_whose_holder_is_not_known(named, treat):
    value = consent("deny", actor=[{"reference": {"reference": named}}])
    known = Context(Directory([ROLE, {"resourceType": "Organization", "id": "2"}]))
    assert effect_of(value, treat, actor="PractitionerRole/r") == "deny"
    assert effect_of(value, treat, known, actor="PractitionerRole/r") == "permit"
    assert effect_of(
        consent("permit", actor=[{"reference": {"reference": named}}]), treat, actor="PractitionerRole/r"
    ) == ("deny")
