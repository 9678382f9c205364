"""Small TestScripts, made from their actions alone."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samspil_conformance.testscript import read_script
from samspil_conformance.testscript.script import Script

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
PATIENT = {
    "resourceType": "Patient",
    "id": "ida",
    "identifier": [{"system": "urn:oid:1.2.208.176.1.2", "value": "2512489996"}],
    "name": [{"family": "Lind", "given": ["Ida", "Ane"]}],
    "gender": "female",
    "birthDate": "1948-12-25",
}


def operation(code: str, **said: Any) -> dict[str, Any]:
    """An operation of the standard code system."""
    return {"operation": {"type": {"code": code}, "encodeRequestUrl": True, **said}}


def asserted(**said: Any) -> dict[str, Any]:
    """An assert that is no warning."""
    return {"assert": {"warningOnly": False, **said}}


def script(folder: Path, *actions: dict[str, Any], **said: Any) -> Script:
    """A script whose one test is these actions, read from a file."""
    content = {"resourceType": "TestScript", "id": "small", "url": "http://example.org/small", "name": "Small"}
    content |= {"status": "active", "test": [{"name": "One", "action": list(actions)}], **said}
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "small.json"
    file.write_text(json.dumps(content))
    return read_script(file)
