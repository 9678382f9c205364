"""The catalogue that the suite expects a server to have: FHIR core, and what the tests of a mode are about."""

import tempfile
from pathlib import Path

from samspil_terminology.catalog import Catalog
from samspil_terminology.importing import import_into
from samspil_terminology.store.folder import Store
from samspil_terminology.systems.grammars import StandardSystems
from tools import core_archive

__all__ = ["VERSION", "catalog"]

VERSION = "4.0.1"
"""The FHIR release of the core definitions that are loaded."""

REFERENCE = "tx.fhir.org"
"""The mode of the tests that ask for the code systems of the reference server."""

SNOMED = "http://snomed.info/xsct/31000003106/version/20250909"


def catalog(corpora: Path, modes: frozenset[str]) -> Catalog:
    """Make the catalogue for tests of these modes."""
    made = Catalog(core_archive.resources(core_archive.fetch(), "CodeSystem", "ValueSet"))
    source = corpora / "terminology" / "tx-ecosystem" / "tx-source"
    if modes & {"snomed", REFERENCE} and source.exists():
        store = Store(Path(tempfile.mkdtemp(prefix="samspil-tx-")))
        import_into(store, [source / "snomed"], kind="snomed", version=SNOMED)
        if REFERENCE in modes:
            import_into(store, [source / "loinc"], kind="loinc")
            made.provide(StandardSystems())
        made.provide(store)
    return made
