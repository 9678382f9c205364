"""Make the table of the codes of HL7 v2's own tables: which codes are HL7's, so that a site's own are not taken for them."""

from collections.abc import Iterator
from typing import Any

from samspil_definitions.sources import Npm
from tools import core_archive, tables

NAME, VERSION = "hl7.terminology.r4", "7.0.1"
SHA256 = "170c546f761fb51b3355788ca500206f6b772b21c57348c29205de85a6612baa"
KEPT = core_archive.CACHE.parent / "npm" / f"{NAME}-{VERSION}.tgz"
PROVENANCE = (
    f"facts from package {NAME}, version {VERSION}, licence CC0-1.0",
    f"sha256 {SHA256}",
    "and, for tables that it no longer has, from package hl7.fhir.r4.core, version 4.0.1, licence CC0-1.0",
    f"sha256 {core_archive.SHA256}",
    "codes parted by |",
)
PREFIX = "http://terminology.hl7.org/CodeSystem/v2-"


def rows(systems: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Give table number and codes of every HL7 v2 table that has any."""
    for system in sorted(systems, key=lambda one: one.get("url", "")):
        table = system.get("url", "").removeprefix(PREFIX)
        if table.isdigit() and system.get("concept"):
            yield table, "|".join(sorted(_codes(system.get("concept", []))))


def _codes(concepts: list[dict[str, Any]]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _codes(concept.get("concept", []))


def main() -> None:
    """Write table_codes.csv beside its reader."""
    archives = core_archive.fetch(), core_archive.fetch_checked(Npm(), NAME, VERSION, SHA256, KEPT)
    systems = {one["url"]: one for each in archives for one in core_archive.resources(each, "CodeSystem")}
    print(
        tables.write(tables.HL7V2 / "v2" / "table_codes.csv", PROVENANCE, ("table", "codes"), rows([*systems.values()]))
    )


if __name__ == "__main__":
    main()
