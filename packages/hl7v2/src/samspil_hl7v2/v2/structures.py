"""The message structures of HL7 v2.1 to v2.8.2, and which structure a message has.

Each structure is taken from the newest version that defines it. Where the v2-to-FHIR guide's
message maps admit more (v2.9), the table holds that too.
"""

from functools import cache

from samspil_hl7v2 import facts
from samspil_hl7v2.v2.grammar import Group, parse

PACKAGE = "samspil_hl7v2.v2"
ANY = "*"


class NoSuchStructureError(LookupError):
    """HL7 v2 defines no message structure of this `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no message structure {name!r} in HL7 v2")
        self.name = name


@cache
def structure(name: str) -> Group:
    """Give structure `name` (`ADT_A01`) as a group that holds the whole message.

    Raises NoSuchStructureError.
    """
    try:
        grammar = _grammars()[name]
    except KeyError:
        raise NoSuchStructureError(name) from None
    return Group(name, parse(grammar))


def names() -> frozenset[str]:
    """Give the names of all structures."""
    return frozenset(_grammars())


@cache
def structure_of(code: str, trigger: str, declared: str = "") -> str:
    """Give the structure of a message from MSH-9: code, trigger event, declared structure.

    A declared structure in use wins (`ADT_A01`). One that only repeats code and trigger
    (`ADT_A04`) or is unknown gives way to HL7 table 0354, where the event has a structure; an
    empty text means that HL7 v2 knows none.
    """
    triggers = _triggers()
    by_event = triggers.get((code, trigger)) or triggers.get((code, ANY), "")
    candidates = (by_event, declared, f"{code}_{trigger}")
    if declared in _grammars() and declared != f"{code}_{trigger}":
        return declared
    return next((name for name in candidates if name in _grammars()), "")


@cache
def _grammars() -> dict[str, str]:
    parted = (line.split(",") for line in facts.lines(PACKAGE, "structures.csv"))
    return {name: grammar for name, _, grammar in parted}


@cache
def _triggers() -> dict[tuple[str, str], str]:
    rows = facts.rows(PACKAGE, "triggers.csv")
    return {(code, trigger): name for code, trigger, name in rows}
