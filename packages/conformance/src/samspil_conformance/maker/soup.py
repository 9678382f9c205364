"""What a maker has to say of a Samspil module that is built into a product: IEC 62304 calls it SOUP (5.3.3, 5.3.4, 7.1.3)."""

import hashlib
import importlib.metadata
from importlib.metadata import Distribution
from typing import Any

from samspil_conformance import data, documents
from samspil_conformance.components import components, licence_of
from samspil_conformance.coverage import coverage
from samspil_conformance.requirements import requirements

__all__ = ["soup"]


def soup(name: str) -> dict[str, Any]:
    """The sheet of an installed distribution, such as `samspil-audit`.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    one = importlib.metadata.distribution(name)
    module = name.removeprefix("samspil-")
    known = documents.read(data.folder() / "anomalies.yaml", "anomalies")
    told: Any = one.metadata
    return {
        "title": name,
        "supplier": "Samspil",
        "version": one.version,
        "description": told.get("Summary"),
        "licence": licence_of(one),
        "python": told.get("Requires-Python"),
        "files_sha256": _digest(one),
        "components": {key: part for key, part in components(name).items() if key != name},
        "known_anomalies": known.get(module, []),
        "anomalies_source": "docs/status.md",
        "requirements": _trace(module),
    }


def _digest(one: Distribution) -> str | None:
    """The SHA-256 over the list of installed files with their digests; none for a development installation."""
    lines = sorted(f"{file}={file.hash.value}" for file in one.files or () if file.hash and file.suffix != ".pyc")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else None


def _trace(module: str) -> list[dict[str, Any]]:
    """The requirements that the module serves, each with the scenarios that test it."""
    tests = coverage()
    return [
        {"id": one.id, "source": one.source, "tests": [scenario for _, scenario in tests.get(one.id, ())]}
        for one in requirements().values()
        if module in one.module.split(",")
    ]
