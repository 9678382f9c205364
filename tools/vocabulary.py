"""Make the vocabulary tables from the code maps of the HL7 v2-to-FHIR guide.

Run with the folder of the guide's `mappings` (github.com/HL7/v2-to-fhir) as argument.
"""

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple

from tools import guide_codes, tables
from tools.guide_codes import SNOMED, CodeRow

FOLDER = tables.HL7V2 / "tables" / "guide" / "vocabulary"
REPAIRS = Path(__file__).with_name("vocabulary_repairs.csv")
INVENTORY = "v2-to-FHIR Map Inventory - Code System.csv"
PROVENANCE = ("facts of the HL7 v2-to-FHIR guide (hl7.fhir.uv.v2mappings 1.0.0), licence CC0-1.0",)
HEADER = ("code", "target", "system", "display", "when", "note")
TABLE = "http://terminology.hl7.org/CodeSystem/v2-"
OTHER_SOURCE = {"CountryCode": "urn:iso:std:iso:3166"}  # table 0399 is ISO 3166 itself
NOT_VOCABULARY = ("MessageStructure",)

# Where a code has no row and FHIR demands one: the value sets that hold `unknown`.
DEFAULTS = {
    "Event[EncounterStatus]": "unknown",
    "ObservationResultStatusCodesInterpretation": "unknown",
    "OrderControlCode[ServiceRequest.status]": "unknown",
    "OrderStatus": "unknown",
    "PatientClass[EncounterStatus]": "unknown",
    "ResultStatus[Non-Queries]": "unknown",
}


class Repair(NamedTuple):
    """A row to be taken in place of the guide's."""

    name: str
    row: str
    code: str
    target: str
    system: str
    display: str
    note: str


def repaired(name: str, rows: list[CodeRow], repairs: list[Repair]) -> Iterator[CodeRow]:
    """Give the usable rows, those with a code and a target, with the repairs in their place."""
    mine = [repair for repair in repairs if repair.name == name]
    replaced = {repair.row for repair in mine}
    yield from (row for row in rows if row.code and row.target and row.code not in replaced)
    for repair in mine:
        if repair.code:
            yield CodeRow(repair.code, repair.target, repair.system, repair.display, "", repair.note)


def sources(folder: Path) -> dict[str, str]:
    """Give the code system of each map's v2 table, by the guide's inventory."""
    with (folder / INVENTORY).open(encoding="utf-8-sig", newline="") as opened:
        listed = list(csv.reader(opened))
    numbers = {_name(row[0]): row[1].removeprefix("HL7") for row in listed if row[1].startswith("HL7")}
    return {name: TABLE + number for name, number in numbers.items()} | OTHER_SOURCE


def _name(listed: str) -> str:
    """Give the key of a map's name: the inventory differs in capitals, slashes and plurals."""
    return re.sub(r"[^a-z\[\].-]", "", listed.lower()).removesuffix("s")


def main(guide: Path) -> None:
    """Write a table a map, SNOMED CT targets in one of their own, and the index of all maps."""
    repairs = [Repair(**row) for row in csv.DictReader(tables.data_lines(REPAIRS))]
    by_name = sources(guide)
    index: list[tuple[str, str, str, str]] = []
    for name, rows in guide_codes.maps(guide / "codesystems"):
        usable = list(repaired(name, rows, repairs))
        _write(f"{name}.csv", [row for row in usable if row.system != SNOMED])
        _write(f"{name}.snomed.csv", [row for row in usable if row.system == SNOMED])
        targets = " ".join(sorted({row.system for row in usable or rows if ":" in row.system}))
        source = by_name.get(name) or by_name.get(_name(name), "")
        index.append((name, source, targets, DEFAULTS.get(name, "")))
    header = ("name", "source_system", "target_system", "default")
    kept = (row for row in index if row[0] not in NOT_VOCABULARY)
    print("index.csv", tables.write(FOLDER / "index.csv", PROVENANCE, header, kept))


def _write(name: str, rows: list[CodeRow]) -> None:
    if rows:
        print(name, tables.write(FOLDER / name, PROVENANCE, HEADER, (astuple(row) for row in rows)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
