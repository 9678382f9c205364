"""What the tests share: the settings of a service with every part."""

import json

import pytest

TOKEN = "a-token-for-the-tests"
CODES = {
    "resourceType": "CodeSystem",
    "id": "sizes",
    "url": "http://example.org/sizes",
    "status": "active",
    "content": "complete",
    "concept": [{"code": "s", "display": "Small"}, {"code": "m", "display": "Medium"}],
}
SIZES = {
    "resourceType": "ValueSet",
    "id": "all-sizes",
    "url": "http://example.org/sizes/vs",
    "status": "active",
    "compose": {"include": [{"system": CODES["url"]}]},
}
MAP = {
    "resourceType": "ConceptMap",
    "id": "to-sizes",
    "url": "http://example.org/map",
    "status": "active",
    "group": [
        {
            "source": "http://example.org/lab",
            "target": CODES["url"],
            "element": [{"code": "1", "target": [{"code": "s", "equivalence": "equivalent"}]}],
        }
    ],
}
CONSENT = {
    "resourceType": "Consent",
    "id": "1",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "provision": {"type": "deny"},
}


@pytest.fixture(scope="session")
def every_part(tmp_path_factory):
    """Settings with every part, as a table."""
    folder = tmp_path_factory.mktemp("service")
    files = {"codes.json": CODES, "sizes.json": SIZES, "map.json": MAP, "consent.json": CONSENT}
    for name, resource in files.items():
        (folder / name).write_text(json.dumps(resource), encoding="utf-8")
    return {
        "token": TOKEN,
        "convert": {"timezone": "Europe/Copenhagen"},
        "validate": {"packages": ["samspil.fhir.r4"]},
        "terminology": {"sources": [str(folder / name) for name in ("codes.json", "sizes.json", "map.json")]},
        "consent": {"profile": "typed", "consents": [str(folder / "consent.json")]},
        "audit": {"log": str(folder / "audit.db")},
    }
