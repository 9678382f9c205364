"""Read the code maps of the HL7 v2-to-FHIR guide, whose columns differ from file to file."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = re.compile(r"HL7 Concept Map_ (.+) - Sheet1\.csv")
HEADERS = 2
SNOMED = "http://snomed.info/sct"
UNITS = "http://unitsofmeasure.org"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of a code map."""

    code: str
    target: str
    system: str
    display: str = ""
    when: str = ""
    note: str = ""


def maps(folder: Path) -> Iterator[tuple[str, list[CodeRow]]]:
    """Give each map's name and all its rows, those without a code or a target too."""
    for path in sorted(folder.glob("*.csv")):
        if named := FILE.fullmatch(path.name):
            with path.open(encoding="utf-8-sig", newline="") as opened:
                yield named[1], list(_rows(list(csv.reader(opened))))


def _rows(lines: list[list[str]]) -> Iterator[CodeRow]:
    columns = _columns(lines[0], [cell.strip() for cell in lines[1]])
    for line in lines[HEADERS:]:
        cells = {name: " ".join(line[at] for at in places if at < len(line)) for name, places in columns.items()}
        yield _row(cells)


def _columns(upper: list[str], lower: list[str]) -> dict[str, list[int]]:
    """Find the columns by header; an unnamed one beside the target holds some displays."""
    target = upper.index("HL7 FHIR")
    system = lower.index("Code System", target)
    return {
        "code": [0],
        "when": list(range(3, target)),
        "target": [target],
        "display": list(range(target + 1, system)),
        "system": [system],
    }


def _row(cells: dict[str, str]) -> CodeRow:
    clean = {name: " ".join(cell.split()) for name, cell in cells.items()}
    code = clean["code"].strip('"')
    note = "stray blanks in the code" if cells["code"].strip(" ") != clean["code"] else ""
    system = UNITS if clean["system"] in ("UCUM", UNITS + "/") else clean["system"]
    display = "" if system == SNOMED else clean["display"]
    return CodeRow(code, clean["target"].strip('"'), system, display, clean["when"], note)
