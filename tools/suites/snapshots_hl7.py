"""HL7's snapshot generation tests for R5, R4B and others: a differential, and the snapshot the Java tools make of it.

Some differentials must be refused: there the case passes when a finding says what is wrong. The tests of different
releases expect what the tools of their time made, which is not always the same.
"""

import tarfile
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from samspil_definitions import Definitions, PackageError, load_packages
from samspil_definitions.snapshot import Generated, generate
from samspil_validation.reading import Reader
from tools.snapshot_compare import differences
from tools.suites import Case, attempt

NAME = "snapshots-hl7"
GROUP = "snapshots"
SETS = {
    "r5": ("hl7.fhir.r5.core#5.0.0", "hl7.terminology.r5", "hl7.fhir.uv.extensions.r5"),
    "r4b": ("hl7.fhir.r4b.core#4.3.0", "hl7.terminology.r4"),
    "r4": ("hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4", "hl7.fhir.uv.extensions.r4"),
}
SHOWN = 3


def run(folder: Path) -> Iterator[Case]:
    """Run the tests of each release in their order: later ones build on what earlier ones made."""
    root = folder / "validation" / "fhir-test-cases"
    for release in ("r5", "r4b", "rX"):
        files = unpacked(root / f"snapshot-generation-{release}.tar.xz")
        made: list[dict[str, Any]] = []
        for test in ET.fromstring(files["manifest.xml"]).iter("test"):  # noqa: S314  a file of the suite
            facts = dict(test.attrib)
            core = base_of(release, facts)
            if core is not None:
                name = f"{release}/{facts['id']}"
                yield attempt(
                    name, lambda facts=facts, core=core, files=files, made=made: check(facts, core, files, made)
                )


def unpacked(archive: Path) -> dict[str, bytes]:
    """The files of an archive by their names alone."""
    with tarfile.open(archive) as opened:
        members = [each for each in opened if each.isfile()]
        return {PurePosixPath(each.name).name: opened.extractfile(each).read() for each in members}  # type: ignore[union-attr]


def base_of(release: str, facts: dict[str, str]) -> str | None:
    """The set a test starts from; in the mixed collection its version tells, and R3 is none of ours."""
    if release != "rX":
        return release
    return {"4": "r4", "5": "r5"}.get(facts.get("version", "")[:1])


@cache
def definitions(core: str) -> tuple[Definitions, Reader]:
    """A set, and the reader of its XML."""
    loaded = load_packages(SETS[core])
    return loaded, Reader(loaded.structure)


def check(facts: dict[str, str], core: str, files: dict[str, bytes], made: list[dict[str, Any]]) -> str | None:
    """Why a test does not pass."""
    loaded, reader = definitions(core)
    names = [*facts.get("register", "").split(","), *facts.get("include", "").split(",")]
    made.extend(without_snapshot(read(reader, files, name.strip())) for name in names if name.strip())
    given = f"{facts['id']}-input" if has(files, f"{facts['id']}-input") else facts["id"]
    source = {key: value for key, value in read(reader, files, given).items() if key != "snapshot"}
    must_fail = facts.get("fail") == "true"
    try:
        result = generate(source, loaded.with_resources(made))
    except PackageError as error:
        return None if must_fail else str(error)
    if must_fail:
        return (
            None
            if result.outcome.issues
            else f"nothing was found wrong: {facts.get('reason', facts.get('description'))}"
        )
    made.append(result.structure)
    return compare(result, reader, files, facts["id"])


def compare(result: Generated, reader: Reader, files: dict[str, bytes], name: str) -> str | None:
    """The first errors or differences of a generated snapshot."""
    errors = [issue.text for issue in result.outcome if issue.severity == "error"]
    if errors:
        return "; ".join(errors[:SHOWN])
    place = next((f"{name}-{kind}" for kind in ("expected", "output") if has(files, f"{name}-{kind}")), None)
    expected = read(reader, files, place).get("snapshot") if place else None
    if expected is None:
        return None  # a test of rules alone
    return "; ".join(islice(differences(expected["element"], result.structure["snapshot"]["element"]), SHOWN)) or None


def has(files: dict[str, bytes], name: str) -> bool:
    """Whether there is a resource of this name."""
    return f"{name}.json" in files or f"{name}.xml" in files


def read(reader: Reader, files: dict[str, bytes], name: str) -> dict[str, Any]:
    """The resource of a name, as JSON or XML, with or without `-input`."""
    for each in (f"{name}.json", f"{name}.xml", f"{name}-input.json", f"{name}-input.xml"):
        if each in files:
            found = reader.read(files[each]).resource
            if found is None:
                raise ValueError(f"{each} cannot be read")
            return found
    raise ValueError(f"there is no {name}")


def without_snapshot(resource: dict[str, Any]) -> dict[str, Any]:
    """A profile as it would be without its snapshot, which may be of another release, where it has a differential."""
    return {key: value for key, value in resource.items() if key != "snapshot" or "differential" not in resource}
