"""Resources made to keep a validator busy: answered in seconds of a processor, where without a bound they take hours."""

import time
from typing import Any

from samspil_validation.run import Run

SECONDS = 60


def validated(validator: Any, resource: dict[str, Any], *profiles: str) -> set[str]:
    """The codes found, in time."""
    begun = time.process_time()
    outcome = validator.validate(resource, list(profiles))
    assert time.process_time() - begun < SECONDS
    return {each.code for each in outcome}


def test_a_profile_cannot_hang_the_validator_by_a_regular_expression(with_profile, define):
    constraint = {"key": "x-1", "severity": "error", "human": "x", "expression": "matches('(a+)+$')"}
    validator = with_profile("Organization", [define("Organization.name", "0..1", "string", constraint=[constraint])])
    organization = {"resourceType": "Organization", "name": "a" * 100_000 + "!"}
    found = validated(validator, organization, "http://example.org/profile")
    assert "SAM-VAL-301" in found


def test_a_profile_cannot_hang_the_validator_by_asking_of_everything_about_everything(with_profile, define):
    expression = "descendants().all(%resource.descendants().all(%resource.descendants().all(true)))"
    constraint = {"key": "x-1", "severity": "error", "human": "x", "expression": expression}
    validator = with_profile("Organization", [define("Organization", constraint=[constraint])])
    organization = {"resourceType": "Organization", "name": "x", "alias": [str(n) for n in range(2000)]}
    assert "SAM-VAL-303" in validated(validator, organization, "http://example.org/profile")


def test_thousands_of_contained_resources_are_each_found_at_once():
    patient = {
        "resourceType": "Patient",
        "contained": [{"resourceType": "Organization", "id": f"o{n}", "name": "x"} for n in range(20_000)],
    }
    run = Run(None, patient)  # type: ignore[arg-type]  no definitions are asked
    for n in range(20_000):
        target = run.target(f"#o{n}")
        assert target is not None
        assert target.resource["id"] == f"o{n}"
    assert run.target("#o20000") is None


def test_of_two_contained_resources_of_one_id_the_first_is_meant():
    first, second = ({"resourceType": "Organization", "id": "o", "name": name} for name in "xy")
    run = Run(None, {"resourceType": "Patient", "contained": [7, {"id": []}, first, second]})  # type: ignore[arg-type]
    target = run.target("#o")
    assert target is not None
    assert target.resource is first
