"""Which referenced resources are draft, experimental, deprecated, retired or withdrawn while the value set is not.

https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/
"""

from collections.abc import Mapping
from typing import Any, Literal

from .concepts import extension_value
from .json_system import STANDARDS_STATUS
from .system import System

__all__ = ["Concern", "of_system", "of_value_set"]

Json = Mapping[str, Any]
Concern = Literal["deprecated", "withdrawn", "retired", "experimental", "draft"]


def of_system(system: System, source: Json) -> Concern | None:
    """What to mind about a code system that a value set uses."""
    facts = system.facts
    return _concern(facts.status, facts.standards_status, source, experimental=facts.experimental)


def of_value_set(resource: Json, source: Json) -> Concern | None:
    """What to mind about a value set that another one imports, or about the value set itself."""
    standards = str(extension_value(resource.get("extension"), STANDARDS_STATUS) or "")
    status = str(resource.get("status", ""))
    return _concern(status, standards, source, experimental=resource.get("experimental") is True)


def _concern(status: str, standards: str, source: Json, *, experimental: bool) -> Concern | None:
    if standards == "deprecated":
        return "deprecated"
    if standards == "withdrawn":
        return "withdrawn"
    if status == "retired":
        return "retired"
    if experimental and source.get("experimental") is not True:
        return "experimental"
    drafted = "draft" in {source.get("status"), extension_value(source.get("extension"), STANDARDS_STATUS)}
    return "draft" if "draft" in {status, standards} and not drafted else None
