"""A run as CycloneDX attestations (1.6): requirement, claim, evidence.

https://cyclonedx.org/docs/1.6/json/#declarations
"""

import json
import uuid
from typing import Any

from samspil_conformance.matrix import Row, matrix
from samspil_conformance.run import Run

__all__ = ["claims", "claims_bytes"]

_SHOWN = {"pass", "warning"}


def claims(run: Run) -> dict[str, Any]:
    """The declarations: a claim for each requirement that a test of the run judged; failures are counter-claims.

    Nothing is claimed of a requirement that was not tested, and nothing is affirmed: that is the maker's own act.
    """
    head = run.head
    rows = [row for row in matrix(run) if row.status in {*_SHOWN, "fail"}]
    exchanges = sorted({number for row in rows for number in row.exchanges})
    system = {
        "bom-ref": "sut",
        "type": "application",
        "supplier": {"name": head["sut"]["company"]},
        "name": head["sut"]["name"],
        "version": head["sut"]["version"],
    }
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'samspil:claims:{run.id}')}",
        "version": 1,
        "metadata": {"timestamp": head["clock"]["started"], "component": system},
        "definitions": {"standards": [_standard(run)]},
        "declarations": {
            "assessors": [
                {
                    "bom-ref": "kit",
                    "thirdParty": False,
                    "organization": {"name": head["sut"]["tester"] or "unnamed tester"},
                }
            ],
            "attestations": [
                {
                    "summary": f"Tests of {head['suite']['id']} {head['suite']['version']}",
                    "assessor": "kit",
                    "map": [_mapped(row) for row in rows],
                }
            ],
            "claims": [_claim(row) for row in rows],
            "evidence": [_evidence(number, head["clock"]["started"]) for number in exchanges],
            "targets": {"components": [{**system, "bom-ref": "sut-target"}]},
        },
    }


def claims_bytes(run: Run) -> bytes:
    """The declarations as JSON."""
    return (json.dumps(claims(run), indent=2, ensure_ascii=False) + "\n").encode()


def _standard(run: Run) -> dict[str, Any]:
    found = [
        {
            "bom-ref": f"req:{row.id}",
            "identifier": row.id,
            "text": row.text["en"],
            "properties": [
                {"name": "samspil:source", "value": row.source},
                {"name": "samspil:status", "value": row.status},
            ],
        }
        for row in matrix(run)
    ]
    head = run.head["suite"]
    return {"bom-ref": "standard", "name": head["title"]["en"], "version": head["version"], "requirements": found}


def _mapped(row: Row) -> dict[str, Any]:
    held = row.status in _SHOWN
    return {
        "requirement": f"req:{row.id}",
        "claims" if held else "counterClaims": [f"claim:{row.id}"],
        "conformance": {"score": 1 if held else 0, "rationale": row.reason["en"] or row.status},
    }


def _claim(row: Row) -> dict[str, Any]:
    held = row.status in _SHOWN
    does = "does" if held else "does not do"
    evidence = [f"exchange:{number}" for number in dict.fromkeys(row.exchanges)]
    return {
        "bom-ref": f"claim:{row.id}",
        "target": "sut-target",
        "predicate": f"The system {does} what {row.id} asks, as far as {', '.join(row.tests)} test it",
        "reasoning": f"{row.method}: {row.status}",
        **({"evidence" if held else "counterEvidence": evidence} if evidence else {}),
    }


def _evidence(number: int, created: str) -> dict[str, Any]:
    url = f"exchanges/{number:03}.http"
    data = {"name": url, "contents": {"url": url}, "classification": "test record"}
    return {
        "bom-ref": f"exchange:{number}",
        "description": f"Recorded exchange {number}",
        "created": created,
        "data": [data],
    }
