"""The bill of materials of the kit that made the run, as CycloneDX 1.6.

https://cyclonedx.org/docs/1.6/json/
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from samspil_conformance.run import Run

__all__ = ["bill_of_materials", "sbom"]

Parts = Mapping[str, Mapping[str, str]]


def sbom(run: Run) -> bytes:
    """The bill of materials of the run's kit, as it stands in the record."""
    head = run.head
    return bill_of_materials("samspil-conformance", head["components"], head["clock"]["started"], run.id)


def bill_of_materials(root: str, parts: Parts, at: str, salt: str) -> bytes:
    """A bill of materials of a distribution and of all it needs; `salt` makes its serial number."""
    made = {name: _component(name, part) for name, part in parts.items()}
    main = made.pop(root)
    told = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'samspil:sbom:{salt}')}",
        "version": 1,
        "metadata": {"timestamp": at, "component": main},
        "components": list(made.values()),
        "dependencies": [
            {"ref": main["bom-ref"], "dependsOn": [one["bom-ref"] for one in made.values()]},
            *({"ref": one["bom-ref"]} for one in made.values()),
        ],
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def _component(name: str, part: Mapping[str, str]) -> dict[str, Any]:
    url = f"pkg:pypi/{name}@{part['version']}"
    licence = [{"license": {"name": part["licence"]}}] if part["licence"] else []
    return {
        "bom-ref": url,
        "type": "library",
        "name": name,
        "version": part["version"],
        "licenses": licence,
        "purl": url,
    }
