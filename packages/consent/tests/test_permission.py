"""R6 Permission: its own combining algorithm decides among its rules."""

import pytest

from samspil_consent import decide, read_consent, read_request

TREAT = {
    "activity": [
        {"purpose": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]}]}
    ]
}


def permission(combining, *rules, **more):
    return {
        "resourceType": "Permission",
        "id": "p",
        "status": "active",
        "combining": combining,
        "rule": list(rules),
        **more,
    }


PERMIT, DENY = {"type": "permit", **TREAT}, {"type": "deny", **TREAT}
OTHER = {"type": "permit", "activity": [{"actor": [{"reference": {"reference": "Practitioner/9"}}]}]}


@pytest.mark.parametrize(
    ("combining", "rules", "effect"),
    [
        ("deny-overrides", (PERMIT, DENY), "deny"),
        ("permit-overrides", (DENY, PERMIT), "permit"),
        ("ordered-deny-overrides", (PERMIT, DENY), "deny"),
        ("ordered-permit-overrides", (DENY, PERMIT), "permit"),
        ("deny-unless-permit", (OTHER,), "deny"),
        ("deny-unless-permit", (OTHER, PERMIT), "permit"),
        ("permit-unless-deny", (OTHER,), "permit"),
        ("permit-unless-deny", (OTHER, DENY), "deny"),
        ("deny-overrides", (OTHER,), "no-consent"),
    ],
)
@pytest.mark.parametrize("profile", ["typed", "leap-flip"])
def test_a_combining_algorithm_decides(combining, rules, effect, treat, profile):
    assert decide([read_consent(permission(combining, *rules))], read_request(treat), profile).effect == effect


def test_a_permission_whose_validity_is_over_says_nothing(treat):
    over = permission("permit-unless-deny", validity={"end": "2025"})
    assert decide([read_consent(over)], read_request(treat), "typed").effect == "no-consent"


def test_a_limit_binds_the_permission(treat):
    limit = {"control": [{"coding": [{"system": "urn:x", "code": "AUDIT"}]}]}
    answer = decide(
        [read_consent(permission("deny-overrides", {**PERMIT, "limit": [limit]}))], read_request(treat), "typed"
    )
    assert [one.coding.code for one in answer.obligations] == ["AUDIT"]


def test_an_element_of_a_rule_that_is_not_known_permits_nothing(treat):
    odd = permission("deny-overrides", {**PERMIT, "justification": "x"})
    assert decide([read_consent(odd)], read_request(treat), "typed").effect == "no-consent"


def test_a_limit_that_is_not_understood_does_not_leave_a_permission_without_limits(treat):
    odd = permission("permit-unless-deny", {**PERMIT, "limit": [{"element": ["Patient.name"]}]})
    assert decide([read_consent(odd)], read_request(treat), "typed").effect == "deny"


def test_a_limit_binds_also_where_it_is_not_known_whether_its_rule_holds(treat):
    limit = {"control": [{"coding": [{"system": "urn:x", "code": "AUDIT"}]}]}
    rule = {**PERMIT, "limit": [limit]}
    asked = {name: value for name, value in treat.items() if name != "purpose"}
    answer = decide([read_consent(permission("permit-unless-deny", rule))], read_request(asked), "typed")
    assert answer.effect == "permit"
    assert [one.coding.code for one in answer.obligations] == ["AUDIT"]
