"""The engine in this process as the other end of the suite."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from samspil_terminology.catalog import Catalog
from samspil_terminology.wire.capabilities import capability_statement, terminology_capabilities
from samspil_terminology.wire.operations import Service, operate
from tools.tx.cases import Test
from tools.tx.runner import Asked

__all__ = ["engine", "service"]


def service(catalog: Catalog, fhir: str = "4.0.1") -> Service:
    """Make a service over a catalogue, with the clock of this machine."""
    return Service(catalog, clock=lambda: datetime.now(UTC), fhir=fhir)


def engine(made: Service) -> Asked:
    """Ask the engine directly."""

    def ask(test: Test) -> tuple[dict[str, Any], int]:
        if test.operation in {"metadata", "term-caps"}:
            describe = capability_statement if test.operation == "metadata" else terminology_capabilities
            return describe(made, "http://localhost", software="0.1.0", released="2026-01-01"), 200
        answer = operate(made, test.endpoint, test.parameters(), test.language)
        return answer.resource, answer.status

    return ask


def suite_folder(corpora: Path) -> Path:
    """Where the tests lie in the corpora."""
    return corpora / "terminology" / "tx-ecosystem" / "tests"
