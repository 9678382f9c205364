"""Make the tables of FHIR R4 elements and of their required codes.

Both hold facts alone (names, cardinalities, types, codes), read from the core definitions.
"""

from collections.abc import Iterator
from typing import Any

from tools import core_archive, tables, value_sets

Json = dict[str, Any]

PROVENANCE = (
    "facts from package hl7.fhir.r4.core, version 4.0.1, licence CC0-1.0",
    f"sha256 {core_archive.SHA256}",
)
TYPE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"


def element_rows(definitions: list[Json]) -> Iterator[tuple[str, str, str, str, str]]:
    """Give type, element, min, max and types of every element below every type."""
    for name, element in _elements(definitions):
        path = element["path"].removeprefix(name + ".")
        yield name, path, str(element["min"]), element["max"], _types(element)


def code_rows(definitions: list[Json], expand: value_sets.Expand) -> Iterator[tuple[str, str, str]]:
    """Give type, element and the codes allowed, for `code` elements bound as required."""
    for name, element in _elements(definitions):
        if _types(element) == "code" and (bound := _required(element)) and (codes := expand(bound)):
            yield name, element["path"].removeprefix(name + "."), " ".join(sorted(codes))


def _elements(definitions: list[Json]) -> Iterator[tuple[str, Json]]:
    base = (one for one in definitions if _is_base_type(one))
    for definition in sorted(base, key=lambda one: one["type"]):
        for element in definition["snapshot"]["element"]:
            if "." in element["path"]:
                yield definition["type"], element


def _is_base_type(definition: Json) -> bool:
    kind = definition["kind"] in ("resource", "complex-type")
    return kind and definition.get("derivation", "specialization") == "specialization"


def _types(element: Json) -> str:
    if reference := element.get("contentReference"):
        return reference.replace("#", "@")
    if element["base"]["path"] == "Resource.id":
        return "id"  # the definitions say string; the specification's page says id
    return "|".join(dict.fromkeys(_type(one) for one in element["type"]))


def _type(one: Json) -> str:
    native = (e["valueUrl"] for e in one.get("extension", ()) if e["url"] == TYPE_EXTENSION)
    code = next(native, one["code"])
    targets = [target.rpartition("/")[2] for target in one.get("targetProfile", ())]
    return f"{code}({';'.join(targets)})" if targets else code


def _required(element: Json) -> str | None:
    binding = element.get("binding", {})
    return binding.get("valueSet") if binding.get("strength") == "required" else None


def main() -> None:
    """Write elements.csv and codes.csv beside their reader."""
    archive = core_archive.fetch()
    definitions = core_archive.resources(archive, "StructureDefinition")
    expand = value_sets.expander(core_archive.resources(archive, "ValueSet", "CodeSystem"))
    folder = tables.HL7V2 / "r4"
    header = ("type", "element", "min", "max", "types")
    print(tables.write(folder / "elements.csv", PROVENANCE, header, element_rows(definitions)))
    header = ("type", "element", "codes")
    print(tables.write(folder / "codes.csv", PROVENANCE, header, code_rows(definitions, expand)))


if __name__ == "__main__":
    main()
