"""Small packages of our own: a core with a handful of types, and ways to pack resources into archives and folders."""

import gzip
import io
import json
import tarfile

import pytest
from hypothesis import settings

from samspil_definitions import load_packages

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine is no fault of a property

CORE = "http://hl7.org/fhir/StructureDefinition/"


def element(path, minimum=0, maximum="1", types=(), **more):
    made = {"id": path, "path": path, "min": minimum, "max": maximum, **more}
    if types:
        made["type"] = [{"code": code} for code in types]
    return made


def structure(name, kind, base, elements, **more):
    """A type with its snapshot."""
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": CORE + name,
        "version": "4.0.1",
        "name": name,
        "kind": kind,
        "abstract": False,
        "type": name,
        **({"baseDefinition": CORE + base} if base else {}),
        "derivation": "specialization",
        "snapshot": {"element": elements},
        **more,
    }


def inner(name):
    """The elements every data type has."""
    slicing = {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}
    return [
        element(f"{name}.id", types=["http://hl7.org/fhirpath/System.String"]),
        element(f"{name}.extension", maximum="*", types=["Extension"], slicing=slicing),
    ]


ELE = [{"key": "ele-1", "severity": "error", "human": "x", "expression": "hasValue() or children().exists()"}]
TYPES = [
    structure("Element", "complex-type", "", [element("Element", maximum="*", constraint=ELE), *inner("Element")]),
    structure(
        "BackboneElement",
        "complex-type",
        "Element",
        [element("BackboneElement", maximum="*", constraint=ELE), *inner("BackboneElement")],
    ),
    structure("string", "primitive-type", "Element", [element("string", maximum="*"), *inner("string")]),
    structure("dateTime", "primitive-type", "Element", [element("dateTime", maximum="*"), *inner("dateTime")]),
    structure(
        "Extension",
        "complex-type",
        "Element",
        [
            element("Extension", maximum="*", constraint=ELE),
            *inner("Extension"),
            element("Extension.url", 1, types=["http://hl7.org/fhirpath/System.String"]),
            element("Extension.value[x]", types=["string", "dateTime", "Identifier"]),
        ],
    ),
    structure(
        "Identifier",
        "complex-type",
        "Element",
        [
            element("Identifier", maximum="*", constraint=ELE),
            *inner("Identifier"),
            element("Identifier.system", types=["string"]),
            element("Identifier.value", types=["string"]),
        ],
    ),
    structure(
        "Patient",
        "resource",
        "",
        [
            element("Patient", maximum="*"),
            element("Patient.id", types=["string"]),
            element("Patient.extension", maximum="*", types=["Extension"]),
            element("Patient.identifier", maximum="*", types=["Identifier"], definition="An identifier"),
            element("Patient.name", maximum="*", types=["string"]),
            element("Patient.deceased[x]", types=["string", "dateTime"]),
            element("Patient.contact", maximum="*", types=["BackboneElement"]),
            element("Patient.contact.id", types=["http://hl7.org/fhirpath/System.String"]),
            element("Patient.contact.name", types=["string"]),
            element("Patient.contact.contact", maximum="*", contentReference="#Patient.contact"),
        ],
    ),
]


def profile(name, elements, base="Patient", **more):
    """A profile without a snapshot."""
    return {
        "resourceType": "StructureDefinition",
        "id": name,
        "url": f"http://example.org/{name}",
        "version": "1.0.0",
        "kind": "resource",
        "type": base if "/" not in base else "Patient",
        "baseDefinition": base if "/" in base else CORE + base,
        "derivation": "constraint",
        "differential": {"element": elements},
        **more,
    }


def pack(name, version, resources, **manifest):
    """The files of a package: paths and bytes."""
    facts = {"name": name, "version": version, **manifest}
    files = {"package/package.json": json.dumps(facts).encode()}
    for number, each in enumerate(resources):
        kind = each.get("resourceType", "Thing")
        files[f"package/{kind}-{each.get('id', number)}-{number}.json"] = json.dumps(each).encode()
    return files


def archive_of(files):
    """A gzipped tar archive of files."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for path, data in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


class Kit:
    """What a test needs to make packages in a folder and to load them."""

    types = TYPES
    element = staticmethod(element)
    profile = staticmethod(profile)
    structure = staticmethod(structure)
    pack = staticmethod(pack)
    archive_of = staticmethod(archive_of)

    def __init__(self, folder):
        self.folder = folder
        self.cache = folder / "cache"
        self.index = folder / "index"

    def core(self):
        """Put the small core into the cache."""
        return self.cached("hl7.fhir.r4.core", "4.0.1", TYPES, fhirVersions=["4.0.1"])

    def cached(self, name, version, resources, **manifest):
        """Put a package into the cache, unpacked."""
        return self.unpacked(self.cache / f"{name}#{version}", pack(name, version, resources, **manifest))

    def unpacked(self, folder, files):
        for path, data in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder

    def archive(self, name, version, resources, **manifest):
        """Write a package as an archive; its path."""
        path = self.folder / f"{name}-{version}.tgz"
        path.write_bytes(archive_of(pack(name, version, resources, **manifest)))
        return path

    def load(self, *packages):
        return load_packages(packages, cache=self.cache, index=self.index)


@pytest.fixture
def kit(tmp_path):
    return Kit(tmp_path)


@pytest.fixture
def core(kit):
    """The definitions of the small core."""
    kit.core()
    return kit.load("hl7.fhir.r4.core#4.0.1")
