"""FHIR's own R4 examples: each is accepted, or refused for a defect that is looked at and named here.

They come from the package hl7.fhir.r4.examples in the package cache (`~/.fhir/packages`, or SAMSPIL_PACKAGES).
"""

import json
from collections.abc import Iterator
from pathlib import Path

from samspil_core.jsontext import NotJson, loads
from samspil_definitions import load_packages
from samspil_definitions.archive import read_files
from samspil_validation import Validator
from tools.package_sets import cached
from tools.suites import Case, attempt

NAME = "examples-r4"
GROUP = "validation"

DEFECTS = {
    ("ActivityDefinition-", "SAM-VAL-589"): "the narrative is an empty div",
    ("EventDefinition-example", "SAM-VAL-589"): "the narrative is an empty div",
    ("Questionnaire-zika", "SAM-VAL-589"): "the narrative is an empty div",
    ("Bundle-10bb101f", "SAM-VAL-542"): "a fullUrl with another id than its resource",
    ("Bundle-3a0707d3", "SAM-VAL-542"): "a fullUrl with another id than its resource",
    ("Bundle-lri-example", "SAM-VAL-542"): "fullUrls with other ids than their resources",
    ("Bundle-dataelements", "SAM-VAL-301"): "a fullUrl comes twice",
    ("Bundle-dataelements", "SAM-VAL-602"): "an example identifier of the system of URIs without a scheme",
    ("Bundle-resources", "SAM-VAL-602"): "an example identifier of the system of URIs without a scheme",
    ("StructureDefinition-Consent", "SAM-VAL-602"): "an example identifier of the system of URIs without a scheme",
    ("Organization-2.16", "SAM-VAL-602"): "an identifier of the system of URIs without a scheme",
    ("Bundle-hla-1", "SAM-VAL-138"): "a part called uri, where the extension has url",
    ("Bundle-v3-valuesets", "SAM-VAL-581"): "links of the narrative lead nowhere",
    ("CodeSystem-v3-", "SAM-VAL-581"): "links of the narrative lead nowhere",
    ("ValueSet-v3-", "SAM-VAL-581"): "links of the narrative lead nowhere",
    ("Media-sound", "SAM-VAL-581"): "a link of the narrative leads nowhere",
    ("Bundle-valuesets", "SAM-VAL-613"): "a property is defined twice",
    ("Bundle-valuesets", "SAM-VAL-614"): "properties share a URI",
    ("Bundle-valuesets", "SAM-VAL-619"): "a contained code system is named by a fragment",
    ("CodeSystem-snomedct", "SAM-VAL-613"): "a property is defined twice",
    ("CodeSystem-snomedct", "SAM-VAL-614"): "properties share a URI",
    ("ValueSet-example-hierarchical", "SAM-VAL-619"): "a contained code system is named by a fragment",
    ("CapabilityStatement-", "SAM-VAL-636"): "search parameters of other types than their definitions",
    ("CapabilityStatement-example", "SAM-VAL-604"): "a UUID in capitals",
    ("TerminologyCapabilities-example", "SAM-VAL-604"): "a UUID in capitals",
    ("DeviceMetric-example", "SAM-VAL-401"): "the parent is a DeviceDefinition, and must be a Device",
    ("DeviceUseStatement-example", "SAM-VAL-401"): "the reason is a Procedure, which is not allowed there",
    ("MedicationRequest-medrx0301", "SAM-VAL-401"): "the dispenser is a Practitioner, and must be an Organization",
    ("Observation-clinical-gender", "SAM-VAL-401"): "the performer is an Encounter, which is not allowed there",
    ("Observation-f202", "SAM-VAL-110"): "a body temperature without a time, which FHIR asks of its vital signs",
    ("ig-r4", "SAM-VAL-110"): "name and status are missing",
    ("ImplementationGuide-fhir", "SAM-VAL-110"): "name and status are missing",
    ("Library-zika", "SAM-VAL-201"): "urn:oid:X.Y.Z is no OID",
    ("Questionnaire-qs1", "SAM-VAL-110"): "items without linkId",
    ("SearchParameter-codesystem-extensions", "SAM-VAL-110"): "base is missing",
    ("SearchParameter-valueset-extensions", "SAM-VAL-110"): "base is missing",
    ("SearchParameter-questionnaireresponse-extensions", "SAM-VAL-201"): "an id of more than 64 characters",
    ("SearchParameter-questionnaireresponse-extensions", "SAM-VAL-671"): "hasExtension() is no function of FHIRPath",
    (
        "DiagnosticReport-example-pgx",
        "SAM-VAL-571",
    ): "the hash is in hexadecimal digits, and Base64 is what FHIR asks for",
    ("PlanDefinition-example-cardiology-os", "SAM-VAL-219"): "a contained value set is named that is not there",
    ("", "SAM-VAL-209"): "a canonical that is no absolute URL, such as Questionnaire/zika-virus-exposure-assessment",
    ("StructureDefinition-", "SAM-VAL-301"): "a logical model that is not abstract and has no base",
}
"""Start of the file's name and code of the finding, and what is wrong with the example."""


def run(_folder: Path) -> Iterator[Case]:
    """Validate every example of the package; a case is a file."""
    validator = Validator(load_packages(["hl7.fhir.r4.core#4.0.1"]))
    for name, data in examples():
        yield attempt(name, lambda data=data, name=name: check(validator, name, data))


def examples() -> Iterator[tuple[str, bytes]]:
    """The name and text of each example of the package."""
    for path, data in read_files(cached("hl7.fhir.r4.examples")):
        name = Path(path).name
        if name.endswith(".json") and name != "package.json":
            yield name, data


def check(validator: Validator, name: str, data: bytes) -> str | None:
    """The errors of an example that no known defect explains, else None."""
    try:
        resource = loads(data)
    except NotJson as fault:
        return str(fault)
    if not isinstance(resource, dict) or "resourceType" not in resource:
        return None
    errors = [each for each in validator.validate(resource) if each.severity in {"error", "fatal"}]
    unexplained = [
        each for each in errors if not any(name.startswith(start) and each.code == code for start, code in DEFECTS)
    ]
    return json.dumps([f"{each.code} {each.where}" for each in unexplained[:3]]) if unexplained else None
