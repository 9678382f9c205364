"""What samspil_audit makes is valid under IHE BALP and our EHDS profile at once, as samspil_validation judges it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from samspil_definitions import PackageError, load_packages
from samspil_validation import Validator
from tools.audit_events import made
from tools.projects import ROOT

CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or ROOT.parent / "shared" / "corpora")
PROFILES = CORPORA / "audit" / "balp" / "profiles"
EVENTS = made()


@pytest.fixture(scope="module")
def validator() -> Validator:
    """R4 with the terminology its audit profiles use, IHE's profiles, and our own."""
    if not PROFILES.is_dir():
        pytest.skip("corpora: IHE's audit profiles are not at hand")
    own = [*sorted((ROOT / "profiles" / "audit").glob("*.json")), *sorted(PROFILES.glob("*.json"))]
    resources = [json.loads(path.read_text(encoding="utf-8")) for path in own]
    try:
        base = load_packages(["hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4"])
    except PackageError:
        pytest.skip("corpora: FHIR's core package is not in the package cache; run `make packages`")
    return Validator(base.with_resources(resources))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_valid_under_every_profile_it_names(validator: Validator, name: str) -> None:
    errors = [(each.code, each.where) for each in validator.validate(EVENTS[name]) if each.severity == "error"]
    assert errors == []


def test_an_event_without_a_category_breaks_the_ehds_profile(validator: Validator) -> None:
    event: dict[str, Any] = json.loads(json.dumps(next(each for each in EVENTS.values() if "entity" in each)))
    for entity in event["entity"]:
        entity.pop("securityLabel", None)
    assert any(dict(each.detail).get("key") == "ehds-category" for each in validator.validate(event))
