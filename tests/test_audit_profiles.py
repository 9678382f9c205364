"""What samspil_audit makes is valid under IHE BALP and our EHDS profile at once, as samspil_validation judges it."""

import asyncio
import json
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from samspil_audit import AuditLog
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.record import Who
from samspil_audit.record.codes import BALP, EHDS_PROFILE
from samspil_audit.report import Notices, Subscriber
from samspil_audit.sinks import Delivery, forward
from samspil_definitions import PackageError, load_packages
from samspil_validation import Validator
from tests.test_audit_story import requests, server
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
    resources = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(PROFILES.glob("*.json"))]
    try:
        base = load_packages(["samspil.fhir.r4", "hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4"])
    except PackageError:
        pytest.skip("corpora: FHIR's core package is not in the package cache; run `make packages`")
    return Validator(base.with_resources(resources))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_valid_under_every_profile_it_names(validator: Validator, name: str) -> None:
    errors = [(each.code, each.where) for each in validator.validate(EVENTS[name]) if each.severity == "error"]
    assert errors == []


def test_every_access_to_a_patients_data_claims_both_profiles() -> None:
    """What only BALP or only EHDS knows claims the one; a failure claims neither, as BALP fixes the outcome to success."""
    for name in (
        "read",
        "vread",
        "create",
        "update",
        "patch",
        "search-type",
        "search-system",
        "machine",
        "nobody known",
    ):
        profiles = EVENTS[f"{name} 0"]["meta"]["profile"]
        assert [each.startswith(BALP) for each in profiles] == [True, False], name
        assert profiles[1] == EHDS_PROFILE


def examples(kind: str) -> dict[str, dict[str, Any]]:
    lines = (ROOT / "profiles/examples" / f"ehds-access-{kind}.ndjson").read_text("utf-8").splitlines()
    return {each["id"]: each for each in map(json.loads, lines)}


def errors(validator: Validator, event: dict[str, Any], *profiles: str) -> list[str]:
    """What is wrong with an event under profiles: the key of a broken constraint, the slice or the element that lacks."""
    found = validator.validate({**event, "meta": {"profile": list(profiles)}})
    details = [(dict(each.detail), each.where) for each in found if each.severity == "error"]
    return sorted({d.get("key") or d.get("slice") or d.get("element") or where for d, where in details})


def balp(event: dict[str, Any]) -> str:
    """The profile of BALP for the interaction of an event."""
    kinds = {"read": "PatientRead", "search-type": "PatientQuery"}
    return BALP + kinds[event["subtype"][0]["code"]]


@pytest.mark.parametrize("name", sorted(examples("valid")))
def test_a_valid_example_is_valid_under_both(validator: Validator, name: str) -> None:
    event = examples("valid")[name]
    assert errors(validator, event, EHDS_PROFILE) == []
    if event["subtype"][0]["code"] != "history-instance":  # BALP has no profile for it
        assert errors(validator, event, balp(event), EHDS_PROFILE) == []


@pytest.mark.parametrize(
    ("fault", "ehds", "under_balp"),
    [
        ("person", "ehds-person", []),
        ("provider", "provider", []),
        ("category", "ehds-category", []),
        ("origin", "ehds-origin", []),
        ("evidence", "ehds-evidence", []),
        ("patient", "patient", ["patient"]),
        ("outcome", "outcome", ["outcome"]),
    ],
)
def test_an_invalid_example_has_its_one_fault_and_balp_asks_less(
    validator: Validator, fault: str, ehds: str, under_balp: list[str]
) -> None:
    event = examples("invalid")[f"ehds-access-without-{fault}"]
    assert errors(validator, event, EHDS_PROFILE) == [ehds]
    assert errors(validator, event, balp(event)) == under_balp


def test_a_notice_is_valid(validator: Validator, tmp_path: Path) -> None:
    with AuditLog.open(tmp_path / "audit.db") as log:
        log.append(EVENTS["read 0"])
        sent: list[dict[str, Any]] = []

        class Inner:
            name = "inner"

            def send(self, deliveries: Sequence[Delivery], /) -> None:
                sent.extend(dict(each.event) for each in deliveries)

        forward(log, Notices(Inner(), log, [Subscriber("Patient/1", "sv")], ids=lambda: "n"))
    assert [each.code for notice in sent for each in validator.validate(notice) if each.severity == "error"] == []
    assert len(sent) == 1


def test_what_a_day_of_requests_leaves_in_the_log_is_valid(validator: Validator, tmp_path: Path) -> None:
    """Each record of the middleware under the profiles it claims; where a patient's data were given, the EHDS one among them."""
    with AuditLog.open(tmp_path / "audit.db") as log:
        app = AuditMiddleware(server(), log=log, who=lambda _scope: Who(user={"display": "Karen Lind"}))

        async def day() -> None:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ehr") as client:
                for method, path, body in requests(random.Random(11))[:120]:
                    await client.request(method, path, json=body)

        asyncio.run(day())
        events = [found.event or {} for found in log.read()]
    assert len(events) > 120
    for event in events:
        found = [(each.code, each.where) for each in validator.validate(event) if each.severity == "error"]
        assert found == [], event["subtype"]
    claims = [EHDS_PROFILE in event.get("meta", {}).get("profile", ()) for event in events]
    gave = [
        event["outcome"] == "0"
        and any(entity.get("securityLabel") for entity in event["entity"])
        and any(entity.get("role", {}).get("code") == "1" for entity in event["entity"])
        for event in events
    ]
    assert claims == gave
    assert sum(claims) > 60
