"""The catalogue that the suite expects a server to have: FHIR core, and what the tests of a mode are about."""

import tempfile
from pathlib import Path

from samspil_terminology.catalog import Catalog
from samspil_terminology.snomed.importing import import_release
from samspil_terminology.snomed.rf2 import open_release
from samspil_terminology.store.folder import Store
from tools import core_archive

__all__ = ["VERSION", "catalog"]

VERSION = "4.0.1"
"""The FHIR release of the core definitions that are loaded."""

SNOMED = "http://snomed.info/xsct/31000003106/version/20250909"


def catalog(corpora: Path, modes: frozenset[str]) -> Catalog:
    """Make the catalogue for tests of these modes."""
    made = Catalog(core_archive.resources(core_archive.fetch(), "CodeSystem", "ValueSet"))
    source = corpora / "terminology" / "tx-ecosystem" / "tx-source" / "snomed"
    if "snomed" in modes and source.exists():
        store = Store(Path(tempfile.mkdtemp(prefix="samspil-tx-")))
        path = store.place("http://snomed.info/sct", SNOMED)
        import_release(open_release(source), path, version=SNOMED)
        store.use(path)
        made.provide(store)
    return made
