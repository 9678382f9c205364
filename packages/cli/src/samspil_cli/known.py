"""The modules that bring a command group, by the name of the group.

The table answers two questions without importing a module: what does this group do, and which package brings it.
A group that is not in the table works all the same, once a package registers it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """What `pip install` needs to bring the group, and the line that `samspil --help` shows for it."""

    requirement: str
    help: str


MODULES = {
    "hl7v2": Module("samspil[hl7v2]", "HL7 v2 messages to FHIR, with a report of every field not carried over."),
    "terminology": Module("samspil[terminology]", "Code systems, value sets, concept maps: ask, import, map, serve."),
}
