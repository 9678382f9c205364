"""A small FHIR of our own: a core package with a handful of types, and profiles laid over it, so that tests always run."""

import json

import pytest
from hypothesis import settings

from samspil_definitions import load_packages
from samspil_validation import Validator

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine is no fault of a property

BASE = "http://hl7.org/fhir/StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System.String"

TYPES = {
    "Element": ("complex-type", "", ["id 0..1 string", "extension 0..* Extension"]),
    "Extension": ("complex-type", "Element", ["url 1..1 uri", "value[x] 0..1 string|code|Coding|boolean|Quantity"]),
    "BackboneElement": ("complex-type", "Element", ["modifierExtension 0..* Extension"]),
    "Meta": ("complex-type", "Element", ["versionId 0..1 id", "profile 0..* canonical"]),
    "Coding": ("complex-type", "Element", ["system 0..1 uri", "code 0..1 code", "display 0..1 string"]),
    "CodeableConcept": ("complex-type", "Element", ["coding 0..* Coding", "text 0..1 string"]),
    "Identifier": ("complex-type", "Element", ["use 0..1 code", "system 0..1 uri", "value 0..1 string"]),
    "Quantity": ("complex-type", "Element", ["value 0..1 decimal", "unit 0..1 string"]),
    "Reference": ("complex-type", "Element", ["reference 0..1 string", "type 0..1 uri", "identifier 0..1 Identifier"]),
    "HumanName": ("complex-type", "Element", ["use 0..1 code", "family 0..1 string", "given 0..* string"]),
    "Resource": ("resource", "", ["id 0..1 id", "meta 0..1 Meta"]),
    "DomainResource": (
        "resource",
        "Resource",
        ["contained 0..* Resource", "extension 0..* Extension", "modifierExtension 0..* Extension"],
    ),
    "Organization": ("resource", "DomainResource", ["name 0..1 string", "identifier 0..* Identifier"]),
    "Patient": (
        "resource",
        "DomainResource",
        [
            "identifier 0..* Identifier",
            "active 0..1 boolean",
            "name 0..* HumanName",
            "gender 0..1 code",
            "birthDate 0..1 date",
            "deceased[x] 0..1 boolean|dateTime",
            "maritalStatus 0..1 CodeableConcept",
            "contact 0..* BackboneElement",
            "contact.name 0..1 HumanName",
            "contact.relationship 1..* CodeableConcept",
            "managingOrganization 0..1 Reference(Organization)",
        ],
    ),
    "Bundle": (
        "resource",
        "Resource",
        ["type 1..1 code", "entry 0..* BackboneElement", "entry.fullUrl 0..1 uri", "entry.resource 0..1 Resource"],
    ),
}

GENDERS = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/cs/gender",
    "status": "active",
    "content": "complete",
    "valueSet": "http://example.org/vs/gender",
    "concept": [{"code": "male"}, {"code": "female"}, {"code": "other", "concept": [{"code": "unknown"}]}],
}


def element(path, cardinality="0..1", types="", **more):
    """One element of a snapshot; `more` are further keys of ElementDefinition."""
    low, _, high = cardinality.partition("..")
    made = {"id": path, "path": ".".join(part.partition(":")[0] for part in path.split("."))}
    if path.rpartition(".")[2].partition(":")[2]:
        made["sliceName"] = path.rpartition(":")[2]
    made |= {"min": int(low), "max": high}
    if types:
        made["type"] = [_type(each) for each in types.split("|")]
    return made | more


def _type(text):
    code, _, target = text.partition("(")
    return {"code": code, **({"targetProfile": [BASE + target.rstrip(")")]} if target else {})}


def _structures():
    lines = {}
    for name, (kind, base, own) in TYPES.items():
        inherited = lines[base] if base else []
        lines[name] = [*inherited, *own]
        elements = [element(name, "0..*")]
        for line in lines[name]:
            path, cardinality, types = line.split(" ")
            elements.append(element(f"{name}.{path}", cardinality, types))
        yield name, kind, base, elements


def _bind(elements, path, value_set, strength="required"):
    for each in elements:
        if each["path"] == path:
            each["binding"] = {"strength": strength, "valueSet": value_set}


def core():
    """The StructureDefinitions of the small core."""
    for name, kind, base, elements in _structures():
        _bind(elements, "Patient.gender", "http://example.org/vs/gender")
        if name == "Patient":
            contact = next(each for each in elements if each["path"] == "Patient.contact")
            rule = {"key": "pat-1", "severity": "error", "human": "a name", "expression": "name.exists()"}
            contact["constraint"] = [rule]
        yield {
            "resourceType": "StructureDefinition",
            "id": name,
            "url": BASE + name,
            "version": "4.0.1",
            "name": name,
            "status": "active",
            "kind": kind,
            "abstract": name in {"Element", "BackboneElement", "Resource", "DomainResource"},
            "type": name,
            **({"baseDefinition": BASE + base} if base else {}),
            "derivation": "specialization",
            "snapshot": {"element": elements},
        }


@pytest.fixture(scope="session")
def small_core(tmp_path_factory):
    """The definitions of the small core, loaded from a package in a folder."""
    root = tmp_path_factory.mktemp("core")
    folder = root / "hl7.fhir.r4.core" / "package"
    folder.mkdir(parents=True)
    manifest = {"name": "hl7.fhir.r4.core", "version": "4.0.1", "fhirVersions": ["4.0.1"]}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    for number, each in enumerate([*core(), GENDERS]):
        (folder / f"r{number}.json").write_text(json.dumps(each), encoding="utf-8")
    return load_packages([folder.parent], cache=root, index=root / "index")


@pytest.fixture
def validator(small_core):
    """A validator by the small core alone, without the rules beyond snapshots."""
    return made(small_core)


def made(definitions, **options):
    """A validator without the rules beyond snapshots, which tests of their own look at."""
    from samspil_validation.schema import Schema

    validator = Validator(definitions, **options)
    schema = validator.schema
    validator.schema = Schema(
        definitions, settings=schema.settings, beyond=options.get("codes"), fetch=schema.fetch, rules=lambda _name: ()
    )
    return validator


@pytest.fixture
def with_profile(small_core):
    """A function that gives a validator with a profile over the small core, and the profile's URL."""

    def give(type_name, elements, *others, url="http://example.org/profile", **facts):
        base = next(each for each in core() if each["type"] == type_name)["snapshot"]["element"]
        own = {each["id"]: each for each in elements}
        snapshot = [own.pop(each["id"], each) for each in base]
        for each in own.values():
            snapshot.insert(_after(snapshot, each["id"]), each)
        profile = {
            "resourceType": "StructureDefinition",
            "url": url,
            "name": "P",
            "status": "active",
            "kind": "resource" if type_name in {"Patient", "Bundle", "Organization"} else "complex-type",
            "abstract": False,
            "type": type_name,
            "baseDefinition": BASE + type_name,
            "derivation": "constraint",
            "snapshot": {"element": snapshot},
            **facts,
        }
        return made(small_core.with_resources([profile, *others]))

    return give


def _after(snapshot, identity):
    """Where an element belongs: after those whose ids it continues, or at the end of its siblings."""
    around = identity.rpartition(":")[0] if ":" in identity.rpartition(".")[2] else identity.rpartition(".")[0]
    places = [number for number, each in enumerate(snapshot) if (each["id"] + ".").startswith(around)]
    return places[-1] + 1 if places else len(snapshot)


@pytest.fixture
def define():
    """The function that writes one element of a snapshot."""
    return element


@pytest.fixture
def told():
    """A function that gives code and place of every finding."""

    def give(validator, resource, *profiles):
        return [(each.code, each.where) for each in validator.validate(resource, profiles)]

    return give
