"""Names, datatypes and repetitions of HL7 v2 fields, and the components of datatypes.

A field stands as the newest version of v2.1 to v2.8.2 has it that has not withdrawn it.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from samspil_hl7v2 import facts

PACKAGE = "samspil_hl7v2.v2"


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name, datatype, repetitions (`max` None = unbounded) and HL7 table.

    `type` is `varies` where another field names it (OBX-5); `table` is `0001` or empty.
    """

    name: str
    type: str
    max: int | None
    table: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a datatype: its name and datatype."""

    name: str
    type: str


@cache
def field(segment: str, number: int) -> Field | None:
    """Give field `number` of `segment` (`field("PID", 3)`), or None where HL7 v2 has none."""
    cells = _fields().get((segment, str(number)))
    if cells is None:
        return None
    name, code, most, table = cells
    return Field(name, code, None if most == "*" else int(most), table)


@cache
def component(datatype: str, number: int) -> Component | None:
    """Give component `number` of `datatype` (`component("CX", 4)`), or None without such."""
    cells = _components().get((datatype, str(number)))
    return None if cells is None else Component(*cells)


def components(datatype: str) -> tuple[Component, ...]:
    """Give all components of `datatype` in order; none for a primitive one."""
    numbers = range(1, 1 + _sizes().get(datatype, 0))
    return tuple(one for number in numbers if (one := component(datatype, number)))


@cache
def _fields() -> dict[tuple[str, str], list[str]]:
    rows = (line.split(",") for line in facts.lines(PACKAGE, "fields.csv"))
    return {(segment, number): cells for segment, number, *cells in rows}


@cache
def _components() -> dict[tuple[str, str], list[str]]:
    rows = (line.split(",") for line in facts.lines(PACKAGE, "components.csv"))
    return {(datatype, number): cells for datatype, number, *cells in rows}


@cache
def _sizes() -> dict[str, int]:
    largest: dict[str, int] = defaultdict(int)
    for datatype, number in _components():
        largest[datatype] = max(largest[datatype], int(number))
    return dict(largest)
