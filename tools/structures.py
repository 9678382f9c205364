"""Make the tables of HL7 v2: message structures, triggers, fields and components."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from samspil_hl7v2.v2 import grammar
from tools import additions, tables
from tools import hl7apy_tables as apy

FOLDER = tables.HL7V2 / "v2"
SOURCE = apy.PROVENANCE
GUIDE = "and of the HL7 v2-to-FHIR guide's message maps, licence CC0-1.0"
EVENT_SOURCE = "and of HL7 table 0354"
EVENTS = Path(__file__).with_name("structures_events.csv")


def structure_rows() -> Iterator[tuple[str, str, str]]:
    """Give name, version and grammar of each structure, with the hand-kept additions."""
    found = apy.structures()
    for addition in additions.read():
        number, nodes = found[addition.structure]
        found[addition.structure] = number, additions.apply(nodes, addition)
    for name, (number, nodes) in sorted(found.items()):
        yield name, number, grammar.text(nodes)


def trigger_rows(structures: set[str]) -> Iterator[tuple[str, str, str]]:
    """Give message code, trigger event and structure.

    The hand-kept events come first; a structure not named there serves the event in its name.
    """
    found = {(name[:3], name[4:]): name for name in structures if name[3:4] == "_"}
    for row in csv.DictReader(tables.data_lines(EVENTS)):
        for trigger in row["triggers"].split():
            found[row["message"], trigger] = row["structure"]
    for (message, trigger), name in sorted(found.items()):
        yield message, trigger, name


def numbered(rows: Iterable[tuple[str, int, *tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    """Sort rows by name and number."""
    for name, number, *rest in sorted(rows):
        yield name, str(number), *rest


def main() -> None:
    """Write structures.csv, triggers.csv, fields.csv and components.csv beside their readers."""
    structures = list(structure_rows())
    names = {name for name, _, _ in structures}
    _write("structures", (SOURCE, GUIDE), ("structure", "version", "grammar"), structures)
    _write("triggers", (SOURCE, EVENT_SOURCE), ("message", "trigger", "structure"), trigger_rows(names))
    _write("fields", (SOURCE,), ("segment", "field", "name", "type", "max", "table"), numbered(apy.fields()))
    _write("components", (SOURCE,), ("datatype", "component", "name", "type"), numbered(apy.components()))


def _write(name: str, where_from: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(name, tables.write(FOLDER / f"{name}.csv", where_from, header, rows))


if __name__ == "__main__":
    main()
