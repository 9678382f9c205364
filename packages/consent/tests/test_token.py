"""The residual of a token lets through what it says, and in doubt less."""

import pytest

from samspil_consent import decide, read_consent, read_request
from samspil_consent.obligations import token_extension
from samspil_consent.token import residual_allows, residual_of_token

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
N, R = ([{"system": CONFIDENTIALITY, "code": code}] for code in "NR")


def observation(labels=(), **more):
    return {"resourceType": "Observation", "id": "1", "meta": {"security": list(labels)}, **more}


@pytest.mark.parametrize(
    ("residual", "resource", "seen"),
    [
        ([], observation(), True),
        ([{"type": "forbid"}], observation(), False),
        ([{"type": "forbid"}, {"type": "permit", "securityLabel": N}], observation(N), True),
        ([{"type": "forbid"}, {"type": "permit", "securityLabel": N}], observation(R), False),
        ([{"type": "forbid"}, {"type": "permit", "securityLabel": N}], observation(), False),
        ([{"type": "forbid", "securityLabel": R}], observation(R), False),
        ([{"type": "forbid", "securityLabel": R}], observation(N), True),
        (
            [{"type": "forbid", "dataPeriod": {"start": "2022", "end": "2022"}}],
            observation(effectiveDateTime="2022-05"),
            False,
        ),
        (
            [{"type": "forbid", "dataPeriod": {"start": "2022", "end": "2022"}}],
            observation(effectiveDateTime="2023"),
            True,
        ),
        ([{"type": "forbid", "dataPeriod": {"start": "2022", "end": "2022"}}], observation(), False),
        (
            [
                {
                    "type": "forbid",
                    "data": [{"meaning": "instance", "reference": {"reference": "http://x/Observation/1"}}],
                }
            ],
            observation(),
            False,
        ),
        (
            [{"type": "forbid", "data": [{"meaning": "instance", "reference": {"reference": "Observation/2"}}]}],
            observation(),
            True,
        ),
        ([{"type": "forbid", "odd": 1, "securityLabel": R}], observation(N), False),
        ([{"type": "forbid"}, {"type": "permit", "odd": 1}], observation(N), False),
        ([{"type": "maybe"}], observation(), False),
        (["text"], observation(), False),
        ("text", observation(), False),
    ],
    ids=str,
)
def test_a_residual_lets_through(residual, resource, seen):
    assert residual_allows(residual)(resource) == seen


def test_a_token_of_no_consent_lets_nothing_through():
    assert not residual_of_token({})(observation())


@pytest.mark.parametrize("label", [N, R])
def test_the_token_and_the_consent_let_the_same_through(treat, label):
    consent = read_consent(
        {
            "resourceType": "Consent",
            "status": "active",
            "patient": {"reference": "Patient/1"},
            "provision": {"type": "permit", "securityLabel": N},
        }
    )
    answer = decide([consent], read_request(treat), "pcf")
    extension, _ = token_extension(answer.used, answer.obligations[0].rules, "http://x")
    one = decide([consent], read_request({**treat, "resource": observation(label)}), "pcf")
    assert residual_of_token({"extensions": extension})(observation(label)) == (one.effect == "permit")
