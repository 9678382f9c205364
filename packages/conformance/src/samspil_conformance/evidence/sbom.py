"""The bill of materials of the kit that made the run, as CycloneDX 1.6.

https://cyclonedx.org/docs/1.6/json/
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from samspil_conformance.run import Run

__all__ = ["bill_of_materials", "sbom"]


def sbom(run: Run) -> bytes:
    """The bill of materials of the run's kit, as it stands in the record."""
    head = run.head
    parts: Mapping[str, Mapping[str, str]] = head["components"]
    return bill_of_materials("samspil-conformance", parts, datetime.fromisoformat(head["clock"]["started"]), run.id)


def bill_of_materials(root: str, parts: Mapping[str, Mapping[str, Any]], at: datetime, salt: str) -> bytes:
    """A bill of materials of a distribution and of what it needs; `salt` makes its serial number."""
    made = {name: _component(name, part) for name, part in parts.items()}
    main = made.pop(root)
    bom = Bom(
        components=made.values(),
        metadata=BomMetaData(component=main, timestamp=at),
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"samspil:sbom:{salt}"),
    )
    bom.register_dependency(main, made.values())
    return (JsonV1Dot6(bom).output_as_string(indent=2) + "\n").encode()


def _component(name: str, part: Mapping[str, Any]) -> Component:
    url = PackageURL("pypi", None, name, part["version"])
    return Component(
        name=name,
        version=part["version"],
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        licenses=[DisjunctiveLicense(name=part["licence"])] if part["licence"] else [],
    )
