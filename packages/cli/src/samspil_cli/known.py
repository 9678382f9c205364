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
    "definitions": Module("samspil[definitions]", "FHIR packages: install, list, tree, verify."),
    "fhirpath": Module("samspil[fhirpath]", "FHIRPath expressions on resources."),
    "hl7v2": Module("samspil[hl7v2]", "HL7 v2 messages to FHIR, with a report of every field not carried over."),
    "validate": Module("samspil[validate]", "FHIR resources checked against profiles."),
    "consent": Module("samspil[consent]", "Decisions on consent and their enforcement."),
    "audit": Module("samspil[audit]", "Audit records that can be proved: append, verify, report."),
    "conformance": Module("samspil[conformance]", "Conformance suites against any system, with evidence to file."),
    "serve": Module("samspil[serve]", "One HTTP service over the modules that are installed."),
    "testserver": Module("samspil[testserver]", "A small FHIR R4 server in memory, for tests and demonstrations."),
    "terminology": Module("samspil[terminology]", "Code systems, value sets, concept maps: ask, import, map, serve."),
}
