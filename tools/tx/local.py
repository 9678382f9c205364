"""The catalogue that the suite expects a server to have: FHIR core, and what the tests of a mode are about."""

from pathlib import Path

from samspil_terminology.catalog import Catalog
from tools import core_archive

__all__ = ["VERSION", "catalog"]

VERSION = "4.0.1"
"""The FHIR release of the core definitions that are loaded."""


def catalog(corpora: Path, modes: frozenset[str]) -> Catalog:
    """Make the catalogue for tests of these modes."""
    del corpora, modes
    return Catalog(core_archive.resources(core_archive.fetch(), "CodeSystem", "ValueSet"))
