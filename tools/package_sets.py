"""Package sets for the corpora: a package of the corpora, and for each dependency the version at hand that is nearest.

The corpora hold the packages of Denmark, Europe and IHE. FHIR's own come from the package cache: `~/.fhir/packages`, or
the folder in SAMSPIL_PACKAGES, which `samspil definitions install` fills.
"""

import json
import re
import tarfile
from functools import cache
from pathlib import Path

from samspil_definitions import Definitions, load_packages
from samspil_definitions.places import package_cache

__all__ = ["CONFORMANCE", "CORE", "cached", "closure", "definitions_for"]

CORE = ("hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4", "hl7.fhir.uv.extensions.r4")
CONFORMANCE = frozenset(
    {
        "CapabilityStatement",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "ExampleScenario",
        "GraphDefinition",
        "ImplementationGuide",
        "MessageDefinition",
        "NamingSystem",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "TerminologyCapabilities",
        "ValueSet",
    }
)
"""The types of the resources that define something rather than tell of a patient."""
_ARCHIVE = re.compile(r"(?P<name>[a-z0-9.]+?)-(?P<version>[0-9].*)\.tgz")
_OF_HL7 = re.compile(r"hl7\.(?:fhir\.r[0-9]b?|terminology|fhir\.uv\.extensions)\b.*")


@cache
def definitions_for(folder: Path, archive: str) -> Definitions:
    """The definitions of one archive of the folder of packages, with all it depends on as far as that is at hand."""
    chosen = closure(folder, archive)
    return load_packages([*chosen, *CORE], cache=[folder, package_cache()])


def closure(folder: Path, archive: str) -> list[Path]:
    """The archive of that name in a folder of packages, and those it depends on, as far as they are at hand."""
    found: dict[str, Path] = {}
    waiting = [folder / archive]
    while waiting:
        path = waiting.pop(0)
        name = _name(path)
        if name in found:
            continue
        found[name] = path
        for wanted, version in _manifest(path).get("dependencies", {}).items():
            nearest = None if _OF_HL7.fullmatch(wanted) else _nearest(folder, wanted, version)
            if nearest is not None:
                waiting.append(nearest)
    return list(found.values())


def _name(path: Path) -> str:
    found = _ARCHIVE.fullmatch(path.name)
    return found["name"] if found else path.name


def _nearest(folder: Path, name: str, version: str) -> Path | None:
    """The archive of that version, else of another patch of it, else of the next lower one, else of the lowest.

    Who wrote for a version knew nothing newer.
    """
    there = {
        found["version"]: path for path in folder.glob(f"{name}-*.tgz") if (found := _ARCHIVE.fullmatch(path.name))
    }
    there = {number: path for number, path in there.items() if _name(path) == name}
    wanted, ordered = _key(version), sorted(there, key=_key)
    patches = [number for number in ordered if _key(number)[:2] == wanted[:2]]
    lower = [number for number in ordered if _key(number) <= wanted]
    numbers = ([version] if version in there else patches[-1:]) or lower[-1:] or ordered[:1]
    return there[numbers[0]] if numbers else None


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _manifest(path: Path) -> dict[str, dict[str, str]]:
    with tarfile.open(path) as archive:
        member = archive.extractfile("package/package.json")
        return json.load(member) if member else {}


def cached(name: str) -> Path:
    """The folder or archive of a package in the package cache, in its last version. Raises `FileNotFoundError`."""
    there = [
        *package_cache().glob(f"{name}#*"),
        *package_cache().glob(f"{name}-*.tgz"),
        *package_cache().glob(f"{name}.tgz"),
    ]
    if not there:
        raise FileNotFoundError(f"{name} is not in {package_cache()}: `make packages` fetches it")
    return max(there, key=lambda path: _key(path.name.removeprefix(name)))
