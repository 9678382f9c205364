"""Make the type tables of samspil_fhirpath: per release, every type with its base, elements, cardinality and types.

The tables hold facts alone, read from the core packages. Each archive is checked by its hash; where it lies is
named on the command line, and R4 is fetched when it is not: `python -m tools.fhirpath_types [FOLDER]`.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tools import core_archive

Json = dict[str, Any]
TARGET = Path(__file__).parents[1] / "packages" / "fhirpath" / "src" / "samspil_fhirpath" / "types"
TYPE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
SYSTEM = "http://hl7.org/fhirpath/System."
NAMED = "http://hl7.org/fhir/StructureDefinition/"
LETTERS = {"primitive-type": "p", "complex-type": "c", "resource": "r"}


class Package(NamedTuple):
    """One core package: the release it defines and the archive that holds it."""

    release: str
    name: str
    version: str
    file: str
    sha256: str


PACKAGES = (
    Package("r4", "hl7.fhir.r4.core", "4.0.1", "hl7.fhir.r4.core.tgz", core_archive.SHA256),
    Package(
        "r4b",
        "hl7.fhir.r4b.core",
        "4.3.0",
        "hl7.fhir.r4b.core-4.3.0.tgz",
        "2abd390aa5ad25eb269eb46dad45380db2fa7ba653e39926b75973475c3bc4ce",
    ),
    Package(
        "r5",
        "hl7.fhir.r5.core",
        "5.0.0",
        "hl7.fhir.r5.core-5.0.0.tgz",
        "09f22107bef64313545a50d2c127d20f81173c499a395672fae089bc23e72fab",
    ),
)


def lines(definitions: Iterable[Json]) -> Iterator[str]:
    """Give the table line by line: `:Type Base letter` opens a type, the others are its own elements."""
    for definition in sorted(definitions, key=lambda one: one["type"]):
        yield from _type_lines(definition)


def _type_lines(definition: Json) -> Iterator[str]:
    name, elements = definition["type"], definition["snapshot"]["element"]
    base = definition.get("baseDefinition", "").removeprefix(NAMED) or "-"
    letter = LETTERS[definition["kind"]]
    groups: dict[str, list[str]] = {name: [f":{name} {base} {letter.upper() if definition['abstract'] else letter}"]}
    for element in elements[1:]:
        parent, _, _own = element["path"].rpartition(".")
        if element["base"]["path"].partition(".")[0] != name or (letter == "p" and _own == "value"):
            continue
        if _is_backbone(element):
            groups[element["path"]] = [f":{element['path']} {element['type'][0]['code']} b"]
        groups[parent].append(_element_line(element))
    for group in groups.values():
        yield from group


def _is_backbone(element: Json) -> bool:
    return [one["code"] for one in element.get("type", ())] in (["BackboneElement"], ["Element"])


def _element_line(element: Json) -> str:
    name = element["path"].rpartition(".")[2]
    many = "" if element["max"] in {"0", "1"} else "*"
    if reference := element.get("contentReference"):
        types = reference.partition("#")[2]
    elif _is_backbone(element):
        types = element["path"]
    elif element["base"]["path"] == "Resource.id":
        types = "id"  # the definitions of R4 say string; the specification's page says id
    else:
        types = "|".join(dict.fromkeys(_code(one) for one in element["type"]))
    return f"{name}{many} {types}"


def _code(one: Json) -> str:
    native = (e.get("valueUrl") or e.get("valueUri") for e in one.get("extension", ()) if e["url"] == TYPE_EXTENSION)
    return (next(native, None) or one["code"]).removeprefix(SYSTEM)


def base_types(definitions: Iterable[Json]) -> list[Json]:
    """The types themselves: no profiles, no logical models."""
    return [
        one
        for one in definitions
        if one["kind"] in LETTERS and one.get("derivation", "specialization") == "specialization"
    ]


def archive(package: Package, folder: Path | None) -> bytes:
    """The archive's bytes, checked. Raises core_archive.WrongArchiveError, or FileNotFoundError."""
    if folder is None and package.release == "r4":
        return core_archive.fetch()
    data = ((folder or Path()) / package.file).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != package.sha256:
        raise core_archive.WrongArchiveError(f"{package.file} has SHA-256 {found}, expected {package.sha256}")
    return data


def main(folder: str = "") -> None:
    """Write one table a release."""
    for package in PACKAGES:
        data = archive(package, Path(folder) if folder else None)
        definitions = base_types(core_archive.resources(data, "StructureDefinition"))
        head = [
            f"# facts from package {package.name}, version {package.version}, licence CC0-1.0",
            f"# sha256 {package.sha256}",
        ]
        text = "\n".join([*head, *lines(definitions)]) + "\n"
        (TARGET / f"{package.release}.txt").write_text(text, encoding="utf-8", newline="\n")
        print(package.release, len(definitions), len(text))


if __name__ == "__main__":
    main(*sys.argv[1:2])
