"""A hospital audits its FHIR server: whatever is asked, nothing goes unrecorded, and the patient learns who asked."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from samspil_audit import AuditLog
from samspil_audit.ids import uuid7_maker
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.record import Who
from samspil_audit.report import Reader, access_report
from samspil_audit.verify import verify
from samspil_testserver import TestServer

PATIENTS = 5
REQUESTS = 300


def server() -> TestServer:
    """Five patients with six conditions each."""
    made = TestServer(base="http://ehr")
    made.load({"resourceType": "Patient", "id": str(number)} for number in range(PATIENTS))
    subjects = ({"reference": f"Patient/{number % PATIENTS}"} for number in range(PATIENTS * 6))
    made.load({"resourceType": "Condition", "id": f"c{n}", "subject": subject} for n, subject in enumerate(subjects))
    return made


def requests(chance: random.Random) -> list[tuple[str, str, Any]]:
    """What a day brings, in no order."""
    one = lambda: str(chance.randrange(PATIENTS))  # noqa: E731
    condition = lambda: f"c{chance.randrange(40)}"  # noqa: E731
    new = {"resourceType": "Condition", "subject": {"reference": f"Patient/{one()}"}}
    kinds = [
        lambda: ("GET", f"/Patient/{one()}", None),
        lambda: ("GET", f"/Condition/{condition()}", None),
        lambda: ("GET", f"/Condition?_count=3&_offset={chance.randrange(30)}", None),
        lambda: ("GET", f"/Condition?subject=Patient/{one()}&_include=Condition:subject", None),
        lambda: ("GET", f"/Patient/{one()}/$everything", None),
        lambda: ("GET", f"/Condition/{condition()}/_history", None),
        lambda: ("POST", "/Condition", new),
        lambda: ("DELETE", f"/Condition/{condition()}", None),
        lambda: ("GET", "/Condition?nope=1", None),
        lambda: ("GET", "/metadata", None),
        lambda: (
            "POST",
            "/",
            {
                "resourceType": "Bundle",
                "type": "batch",
                "entry": [{"request": {"method": "GET", "url": f"Patient/{one()}"}}],
            },
        ),
    ]
    return [chance.choice(kinds)() for _ in range(REQUESTS)]


def patients_in(resource: Any) -> set[str]:
    """The patients that an answer is about, found by other code than the audit package's."""
    if not isinstance(resource, dict):
        return set()
    if resource.get("resourceType") == "Bundle":
        return set().union(*(patients_in(entry.get("resource")) for entry in resource.get("entry", ())))
    if resource.get("resourceType") == "Patient":
        return {f"Patient/{resource['id']}"}
    return {resource["subject"]["reference"]} if "subject" in resource else set()


def test_a_day_is_recorded_whole_and_each_patient_can_read_it(tmp_path: Path) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    with AuditLog.open(tmp_path / "audit.db") as log:
        app = AuditMiddleware(server(), log=log, who=lambda _scope: Who(user={"display": "Karen Lind"}))

        async def day() -> None:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ehr") as client:
                for number, (method, path, body) in enumerate(requests(random.Random(7))):
                    answer = await client.request(method, path, json=body, headers={"X-Request-Id": f"r{number}"})
                    whom = patients_in(answer.json()) if answer.content and answer.status_code < 400 else set()
                    for patient in whom:
                        expected[f"r{number}", patient] += 1

        asyncio.run(day())
        recorded: Counter[tuple[str, str]] = Counter()
        asked: set[str] = set()
        for found in log.read():
            entities = (found.event or {})["entity"]
            request = next(
                e["what"]["identifier"]["value"] for e in entities if e.get("type", {}).get("code") == "XrequestId"
            )
            asked.add(request.partition("#")[0])
            data = any(entity.get("securityLabel") for entity in entities)
            for entity in entities:
                if entity.get("role", {}).get("code") == "1" and data:
                    recorded[request.partition("#")[0], entity["what"]["reference"]] += 1
        assert asked == {f"r{number}" for number in range(REQUESTS)}
        assert recorded == expected
        assert verify(log).ok
        for number in range(PATIENTS):
            person = f"Patient/{number}"
            report = access_report(log, person, Reader((person,), {"reference": person}), ids=uuid7_maker(log.clock))
            rows = [row for row in report.rows if row.data]
            assert len(rows) == sum(count for (_, patient), count in expected.items() if patient == person)
