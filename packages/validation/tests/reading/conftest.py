"""A few small types, enough to read with: no package of FHIR definitions is needed."""

from __future__ import annotations

import pytest

from samspil_validation.reading import Reader


def element(path, *types, most="1", **more):
    return {"path": path, "max": most, "base": {"max": most}, "type": [{"code": each} for each in types], **more}


def structure(name, kind, *elements):
    root = {"path": name, "max": "*"}
    return {"type": name, "kind": kind, "derivation": "specialization", "snapshot": {"element": [root, *elements]}}


def primitive(name):
    return structure(
        name, "primitive-type", *_IDS(name), element(f"{name}.value", "http://hl7.org/fhirpath/System.String")
    )


def _IDS(name):  # noqa: N802
    return (
        element(f"{name}.id", "string", representation=["xmlAttr"]),
        element(f"{name}.extension", "Extension", most="*"),
    )


STRUCTURES = {
    each["type"]: each
    for each in (
        *(
            primitive(name)
            for name in ("string", "boolean", "decimal", "integer", "id", "code", "uri", "xhtml", "date")
        ),
        structure(
            "Extension",
            "complex-type",
            *_IDS("Extension"),
            element("Extension.url", "uri", representation=["xmlAttr"]),
            element("Extension.value[x]", "string", "boolean", "Quantity"),
        ),
        structure(
            "Narrative",
            "complex-type",
            *_IDS("Narrative"),
            element("Narrative.status", "code"),
            element("Narrative.div", "xhtml"),
        ),
        structure(
            "Quantity",
            "complex-type",
            *_IDS("Quantity"),
            element("Quantity.value", "decimal"),
            element("Quantity.unit", "string"),
        ),
        structure("Resource", "resource", element("Resource.id", "id")),
        structure(
            "Patient",
            "resource",
            element("Patient.id", "id"),
            element("Patient.text", "Narrative"),
            element("Patient.contained", "Resource", most="*"),
            element("Patient.extension", "Extension", most="*"),
            element("Patient.active", "boolean"),
            element("Patient.name", "BackboneElement", most="*"),
            element("Patient.name.extension", "Extension", most="*"),
            element("Patient.name.family", "string"),
            element("Patient.name.given", "string", most="*"),
            element("Patient.name.part", most="*", contentReference="#Patient.name"),
            element("Patient.birthDate", "date"),
            element("Patient.multipleBirth[x]", "boolean", "integer"),
        ),
        structure(
            "Bundle",
            "resource",
            element("Bundle.id", "id"),
            element("Bundle.entry", "BackboneElement", most="*"),
            element("Bundle.entry.fullUrl", "uri"),
            element("Bundle.entry.resource", "Resource"),
            element("Bundle.total", "decimal"),
        ),
    )
}


@pytest.fixture(scope="session")
def reader():
    return Reader(STRUCTURES.get)


@pytest.fixture(scope="session")
def shallow():
    return Reader(STRUCTURES.get, most_depth=5, most_bytes=2000)
