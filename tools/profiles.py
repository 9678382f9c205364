"""Build our own FHIR package from `profiles/`: `python -m tools.profiles --write`, or `make profiles`.

Plain JSON files are taken as they are. Made here, from what the modules themselves say, are the code system of findings
(`CodeSystem-samspil-findings.json`) and a StructureDefinition for each extension that the HL7 v2 tables write
(`v2-extensions/`), with an example that is valid and one that is not (`examples/`), and examples of the access record of
samspil_audit (`audit/`). The archive has the same bytes on every
machine, and lies in samspil_definitions, whose wheel carries it.
"""

import csv
import io
import json
import re
import struct
import sys
import tarfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samspil_core import FINDINGS_SYSTEM
from samspil_core.findings import load_all
from samspil_core.outcome import Kind
from samspil_hl7v2.r4.elements import PRIMITIVES
from tools import audit_events
from tools.projects import ROOT

FOLDER = ROOT / "profiles"
ARCHIVE = ROOT / "packages/definitions/src/samspil_definitions/own/samspil.fhir.r4.tgz"
TABLES = ROOT / "packages/hl7v2/src/samspil_hl7v2/tables"
EXTENSIONS = "v2-extensions"
AUDIT = "audit"
EXAMPLES = "examples"
_EXTENSION = r"extension(?:\[[^\]]*\])?"
_WRITES = re.compile(
    rf"{_EXTENSION}\((urn:samspil:v2:[a-z0-9-]+)\)(?:\.{_EXTENSION}\(([a-z0-9-]+)\))?"
    r"\.value([A-Z]\w*?)(?:\((\w+)\))?(?=[.\[]|$)"
)
_USE = "urn:samspil:v2:use"
"""Of what was sent as home of an organization: no row writes it, but the last step of a conversion (org-2 and org-3)."""
_CORE = "http://hl7.org/fhir/StructureDefinition/"
_PRIMITIVES = {name[0].upper() + name[1:]: name for name in PRIMITIVES}
_SAMPLES: dict[str, Any] = {
    "string": "x",
    "boolean": True,
    "decimal": 1,
    "dateTime": "2026-01-01",
    "time": "08:00:00",
    "date": "2026-01-01",
    "instant": "2026-01-01T08:00:00Z",
    "code": "x",
    "id": "x",
    "markdown": "x",
    "uri": "urn:x",
    "url": "https://example.org",
    "canonical": "https://example.org",
    "oid": "urn:oid:1.2",
    "uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "integer": 1,
    "unsignedInt": 1,
    "positiveInt": 1,
    "base64Binary": "eA==",
    "Reference": {"display": "x"},
    "Quantity": {"value": 1},
    "Duration": {"value": 1, "unit": "h", "system": "http://unitsofmeasure.org", "code": "h"},
    "Money": {"value": 1, "currency": "DKK"},
    "Coding": {"code": "x"},
    "Period": {"start": "2026-01-01"},
    "Identifier": {"value": "x"},
    "ContactPoint": {"system": "phone", "value": "1"},
    "Annotation": {"text": "x"},
    "Timing": {"code": {"text": "x"}},
}
_TEXT = {"text": "x"}
_BLOCK = 0xFFFF


def files() -> dict[str, bytes]:
    """What is made, by its path below `profiles/`."""
    made = {"CodeSystem-samspil-findings.json": _json(code_system())}
    valid, invalid = [], []
    for url, parts in sorted(extensions().items()):
        name = url.rpartition(":")[2]
        made[f"{EXTENSIONS}/StructureDefinition-samspil-v2-{name}.json"] = _json(extension(url, name, parts))
        valid.append(_example(f"v2-{name}", url, parts))
        invalid.append(_example(f"v2-{name}-other-type", url, parts, right=False))
    for kind, records in zip(("valid", "invalid"), audit_events.examples(), strict=True):
        made[f"{EXAMPLES}/ehds-access-{kind}.ndjson"] = _lines(records)
    made[f"{EXAMPLES}/v2-extensions-valid.ndjson"] = _lines(valid)
    made[f"{EXAMPLES}/v2-extensions-invalid.ndjson"] = _lines(invalid)
    return made


def code_system() -> dict[str, Any]:
    """Every finding code with its wording, severity and issue type."""
    kinds = load_all()
    return {
        "resourceType": "CodeSystem",
        "id": "samspil-findings",
        "url": FINDINGS_SYSTEM,
        "version": version(),
        "name": "SamspilFindingCodes",
        "title": "Finding codes of Samspil",
        "status": "active",
        "experimental": False,
        "description": "What the modules of Samspil find. A code never changes its meaning.",
        "language": "en",
        "caseSensitive": True,
        "valueSet": "urn:samspil:findings:all",
        "content": "complete",
        "count": len(kinds),
        "property": [
            {"code": "severity", "description": "fatal, error, warning or information", "type": "string"},
            {"code": "issue-type", "description": "OperationOutcome.issue.code", "type": "string"},
        ],
        "concept": [_concept(kind) for kind in kinds],
    }


def _concept(kind: Kind) -> dict[str, Any]:
    return {
        "code": kind.code,
        "display": kind.text,
        "definition": kind.fix,
        "designation": [{"language": "da", "value": kind.text_da}],
        "property": [
            {"code": "severity", "valueString": kind.severity},
            {"code": "issue-type", "valueString": kind.issue_type},
        ],
    }


@dataclass
class Part:
    """What the tables write into an extension, or into a part of one: types, targets of references, positions."""

    types: set[str] = field(default_factory=set[str])
    targets: set[str] = field(default_factory=set[str])
    positions: set[str] = field(default_factory=set[str])

    def typed(self) -> list[dict[str, Any]]:
        """The types as an ElementDefinition has them."""
        return [{"code": each, **_targets(each, sorted(self.targets))} for each in sorted(self.types)]


def extensions() -> dict[str, dict[str, Part]]:
    """The extensions the tables write, by URL: their parts by name, a value of its own under no name."""
    found: dict[str, dict[str, Part]] = defaultdict(lambda: defaultdict(Part))
    for path in sorted(TABLES.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for url, name, kind, target in _WRITES.findall(row.get("target") or ""):
                    part = found[url][name]
                    part.types.add(_PRIMITIVES.get(kind, kind))
                    part.targets.update([target] if target and kind == "Reference" else [])
                    part.positions.add(row["source"])
    found[_USE][""].types.add("code")
    found[_USE][""].positions.update(["XAD.7", "XTN.2"])
    return found


def extension(url: str, name: str, parts: dict[str, Part]) -> dict[str, Any]:
    """The StructureDefinition of an extension with one value, or with parts."""
    title = name.replace("-", " ").capitalize()
    positions = sorted({each for part in parts.values() for each in part.positions})
    return {
        "resourceType": "StructureDefinition",
        "id": f"samspil-v2-{name}"[:64],
        "url": url,
        "version": version(),
        "name": "SamspilV2" + "".join(part.capitalize() for part in name.split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "description": f"What FHIR R4 has no element for, kept from HL7 v2: {', '.join(positions)}.",
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "Element"}],
        "type": "Extension",
        "baseDefinition": _CORE + "Extension",
        "derivation": "constraint",
        "differential": {
            "element": [
                {"id": "Extension", "path": "Extension", "short": title},
                *(_of_parts(parts) if "" not in parts else [{**_element("", "extension"), "max": "0"}]),
                {**_element("", "url"), "fixedUri": url},
                {
                    **_element("", "value[x]"),
                    **({"min": 1, "type": parts[""].typed()} if "" in parts else {"max": "0"}),
                },
            ]
        },
    }


def _of_parts(parts: dict[str, Part]) -> list[dict[str, Any]]:
    slicing = {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"}
    made = [{**_element("", "extension"), "slicing": slicing}]
    for name, part in sorted(parts.items()):
        made += [
            {
                **_element("", f"extension:{name}"),
                "path": "Extension.extension",
                "sliceName": name,
                "min": 0,
                "max": "*",
            },
            {**_element(name, "extension"), "max": "0"},
            {**_element(name, "url"), "fixedUri": name},
            {**_element(name, "value[x]"), "min": 1, "type": part.typed()},
        ]
    return made


def _element(part: str, name: str) -> dict[str, Any]:
    below = f"Extension.extension:{part}" if part else "Extension"
    return {"id": f"{below}.{name}", "path": f"{below.partition(':')[0]}.{name}"}


def _targets(kind: str, targets: list[str]) -> dict[str, list[str]]:
    return {"targetProfile": [_CORE + each for each in targets]} if kind == "Reference" and targets else {}


def _example(name: str, url: str, parts: dict[str, Part], *, right: bool = True) -> dict[str, Any]:
    """A resource with the extension, or (not `right`) with one whose values are of another type."""
    told: list[dict[str, Any]] = []
    for part, each in sorted(parts.items()):
        kind = min(each.types) if right else "boolean" if "boolean" not in each.types else "string"
        told.append({"url": part or url, f"value{kind[:1].upper()}{kind[1:]}": _SAMPLES.get(kind, _TEXT)})
    extended = told[0] if "" in parts else {"url": url, "extension": told}
    return {"resourceType": "Basic", "id": name, "extension": [extended], "code": {"text": "An example"}}


def own_name() -> str:
    """The name of the package."""
    return str(json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["name"])


def version() -> str:
    """The version of the package."""
    return str(json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["version"])


def resources() -> Iterator[tuple[str, bytes]]:
    """The files of the package: its manifest and every definition, by name."""
    folders = (FOLDER, FOLDER / EXTENSIONS, FOLDER / AUDIT)
    for path in sorted((path for folder in folders for path in folder.glob("*.json")), key=lambda path: path.name):
        compact = json.dumps(json.loads(path.read_bytes()), ensure_ascii=False, separators=(",", ":"))
        yield f"package/{path.name}", compact.encode()


def archive() -> bytes:
    """The package as an archive with the same bytes everywhere: nothing in it depends on a clock, a user or a zlib."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as opened:
        for name, data in resources():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            opened.addfile(member, io.BytesIO(data))
    return _stored(plain.getvalue())


def _stored(data: bytes) -> bytes:
    """Bytes as gzip without compression: https://www.rfc-editor.org/rfc/rfc1952, https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4."""
    blocks = [data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)] or [b""]
    body = b"".join(
        struct.pack("<BHH", place == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
        for place, block in enumerate(blocks)
    )
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _lines(values: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in values).encode()


def is_current() -> bool:
    """Whether everything made is on disk as it would be made now, and nothing else is."""
    wanted = files()
    there = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / EXTENSIONS).glob("*")}
    same = all((FOLDER / path).exists() and (FOLDER / path).read_bytes() == data for path, data in wanted.items())
    return same and there <= wanted.keys() and ARCHIVE.exists() and ARCHIVE.read_bytes() == archive()


def write() -> None:
    """Write everything that is made."""
    for path in (FOLDER / EXTENSIONS).glob("*"):
        path.unlink()
    for name, data in files().items():
        path: Path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    ARCHIVE.write_bytes(archive())


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
        print(ARCHIVE.relative_to(ROOT))
    elif not is_current():
        sys.exit("profiles are not current: run `make profiles`")
