"""Published snapshots, made anew: the snapshot of every profile is taken away and generated from its differential.

A case is a StructureDefinition of a package of the corpora, or of a core package in the package cache, that carries
both and whose base is at hand.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from samspil_definitions import Definitions, PackageError, load_packages
from samspil_definitions.places import package_cache
from samspil_definitions.snapshot import generate
from tools.package_sets import definitions_for
from tools.snapshot_compare import differences
from tools.suites import Case, attempt

NAME = "snapshots-packages"
GROUP = "snapshots"
CORES = ("hl7.fhir.r4.core#4.0.1", "hl7.fhir.r4b.core#4.3.0", "hl7.fhir.r5.core#5.0.0", "hl7.fhir.uv.extensions.r4")
SHOWN = 3


def run(folder: Path) -> Iterator[Case]:
    """Generate every snapshot that can be compared with a published one."""
    for archive in sorted((folder / "packages").glob("*.tgz")):
        yield from of_set(definitions_for(folder / "packages", archive.name))
    for core in CORES:
        try:
            definitions = load_packages([core])
        except PackageError:
            yield core, f"the suite needs it in {package_cache()}: make packages"
            continue
        yield from of_set(definitions)


def of_set(definitions: Definitions) -> Iterator[Case]:
    """The cases of the first package of a set."""
    package = str(definitions.packages[0])
    for heading in definitions.headings("StructureDefinition"):
        if heading.package != package or not heading.base:
            continue
        found = definitions.find("StructureDefinition", f"{heading.url}|{heading.version}")
        comparable = found and found.get("snapshot", {}).get("element") and found.get("differential", {}).get("element")
        if comparable and definitions.heading("StructureDefinition", heading.base) is not None:
            yield attempt(f"{package}/{heading.id}", lambda found=found: check(found, definitions))


def check(published: dict[str, Any], definitions: Definitions) -> str | None:
    """The first differences between the published snapshot and the generated one."""
    made = generate({key: value for key, value in published.items() if key != "snapshot"}, definitions)
    found = differences(published["snapshot"]["element"], made.structure["snapshot"]["element"])
    return "; ".join(islice(found, SHOWN)) or None
