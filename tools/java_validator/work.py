"""What both validators are asked: the corpora as jobs for the Java validator, each with what ours finds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from samspil_core import Issue, dumps
from samspil_core.jsontext import NotJson, loads
from samspil_definitions import load_packages
from samspil_definitions.archive import read_files
from samspil_definitions.own import own_package
from samspil_hl7v2 import convert
from samspil_hl7v2.reader import read_files as read_messages
from samspil_validation import Settings, Validator
from tools.package_sets import CONFORMANCE, CORE, cached, closure
from tools.projects import ROOT
from tools.suites import balp, dk_oracle, validator_mutants
from tools.validator_cases import CORES, beside, checks, settings, verdict

__all__ = ["BUILD", "WORK", "Job"]

BUILD = ROOT / "build" / "java-validator"

FHIR = {
    "R4": ("hl7.fhir.r4.core#4.0.1", "4.0.1"),
    "R4B": ("hl7.fhir.r4b.core#4.3.0", "4.3.0"),
    "R5": ("hl7.fhir.r5.core#5.0.0", "5.0.0"),
}
MOST = 1_000_000
"""Longer texts are left out, in characters."""
EVERY = 8
"""Of the examples of conformance resources, and of the mutants, one in so many is asked."""


@dataclass(frozen=True, slots=True)
class Job:
    """One question to both: the packages, the text, the options, and what ours finds."""

    name: str
    release: str
    packages: tuple[str, ...]
    data: bytes = field(repr=False)
    found: tuple[Issue, ...] = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    settled: bool = False
    """Whether a recorded outcome of the Java validator, made with a terminology server, says what ours says."""


def cases(folder: Path) -> Iterator[Job]:
    """HL7's validator cases that need no terminology server."""
    root = folder / "validation" / "fhir-test-cases"
    for check in checks(folder, ("R4", "R4B", "R5")):
        case, asked = check.case, settings(check.case)
        options = {
            "format": case["format"],
            "load": [str(root / each["path"]) for each in beside(case)],
            "profiles": [_url(root / case["profile"]["path"])] if check.kind == "profile" else [],
            "security": asked.security,
            "publication": asked.publication,
            "example_urls": asked.example_urls,
            "any_extension": False,
            "extension_domains": list(asked.extension_domains),
            "beside": [str((root / case["file"]).parent)],
            "references": str(case.get("options", {}).get("validateReference", "IGNORE")),
        }
        own = tuple(str(root / each["path"]) for each in case.get("packages", ()))
        packages = (*(_named(each) for each in CORES[case["version"]][1:]), *own)
        yield Job(
            check.name,
            case["version"],
            packages,
            (root / case["file"]).read_bytes(),
            check.found,
            options,
            not verdict(check),
        )


def danish(folder: Path) -> Iterator[Job]:
    """Published Danish examples, against the profiles that they claim."""
    listed = json.loads((folder / "validation" / "dk-oracle" / "cases.json").read_text(encoding="utf-8"))["cases"]
    for case in listed:
        archive = case["package"]
        name = f"{archive.removesuffix('.tgz')}/{Path(case['path']).stem}"
        data = dumps(dk_oracle.example(folder, case))
        options = {"example_urls": True, "beside": [_laid_out(folder, archive)]}
        settled = bool(case["valid_ignoring_reference_policy"]) and not dk_oracle.accepted(folder, case)
        yield Job(name, "R4", _of(folder, archive), data, tuple(dk_oracle.outcome(folder, case)), options, settled)


def examples(_folder: Path) -> Iterator[Job]:
    """FHIR's own R4 examples: the clinical ones, and one in some of the others."""
    validator = Validator(load_packages(list(CORE)))
    others = 0
    for path, data in read_files(cached("hl7.fhir.r4.examples")):
        resource = _resource(path, data)
        if resource is None or len(data) > MOST:
            continue
        if resource["resourceType"] in CONFORMANCE:
            others += 1
            if others % EVERY:
                continue
        yield Job(Path(path).stem, "R4", _common(), data, tuple(validator.validate(resource)), {"example_urls": True})


def audits(folder: Path) -> Iterator[Job]:
    """IHE's audit profiles: examples and mutants."""
    root = folder / "audit" / "balp"
    validator = balp.validator(root)
    profiles = tuple(str(each) for each in sorted((root / "profiles").glob("*.json")))
    for case in json.loads((root / "manifest.json").read_text(encoding="utf-8")):
        data = (root / case["file"]).read_bytes()
        found = tuple(validator.validate(loads(data), [case["profile"]]))
        options = {"profiles": [case["profile"]], "example_urls": True}
        yield Job(case["file"], "R4", (*_common(), *profiles), data, found, options)


def broken(folder: Path) -> Iterator[Job]:
    """Our own mutants: one in some, over every profile of the packages."""
    made = (
        (archive, profile, name, mutant)
        for archive, file, example, profile in validator_mutants.examples(folder)
        for name, mutant in validator_mutants.named(folder, archive, file, example, profile)
    )
    for archive, profile, name, mutant in islice(made, 0, None, EVERY):
        found = validator_mutants.validator_for(folder, archive).validate(mutant.resource, [profile])
        options = {"profiles": [profile], "example_urls": True}
        yield Job(name, "R4", _of(folder, archive), dumps(mutant.resource), tuple(found), options)


def converted(folder: Path) -> Iterator[Job]:
    """The bundles that `samspil hl7v2` makes of the corpus."""
    validator = Validator(load_packages([*CORE, "samspil.fhir.r4"]), settings=Settings(displays="warning"))
    root = folder / "hl7v2" / "messages"
    for raw in read_messages([root]):
        bundle = None if isinstance(raw, OSError) else convert(raw.data, timezone="Europe/Copenhagen").bundle
        if bundle is not None and not isinstance(raw, OSError):
            name = f"{Path(raw.source).relative_to(root)}#{raw.number}"
            packages = (*_common(), _manifest_name(own_package()))
            yield Job(name, "R4", packages, dumps(bundle), tuple(validator.validate(bundle)), {"example_urls": True})


WORK: dict[str, Callable[[Path], Iterator[Job]]] = {
    "cases": cases,
    "danish": danish,
    "examples": examples,
    "balp": audits,
    "mutants": broken,
    "hl7v2": converted,
}
"""The corpora by name."""


def _common() -> tuple[str, ...]:
    return tuple(_named(each) for each in CORE[1:])


@cache
def _of(folder: Path, archive: str) -> tuple[str, ...]:
    own = [_manifest_name(path) for path in reversed(closure(folder / "packages", archive))]
    return (*_common(), *own)


@cache
def _laid_out(folder: Path, archive: str) -> str:
    """A folder with the examples of an archive, each in a file by its type and id."""
    target = BUILD / "beside" / archive.removesuffix(".tgz")
    target.mkdir(parents=True, exist_ok=True)
    for each in dk_oracle.examples(folder / "packages" / archive).values():
        (target / f"{each.get('resourceType')}-{each.get('id')}.json").write_bytes(dumps(each))
    return str(target)


@cache
def _named(package: str) -> str:
    return package if "#" in package else _manifest_name(cached(package))


@cache
def _manifest_name(path: Path) -> str:
    manifest = next(json.loads(data) for name, data in read_files(path) if name == "package/package.json")
    return f"{manifest['name']}#{manifest['version']}"


def _url(path: Path) -> str:
    text = path.read_text(encoding="utf-8-sig")
    return (
        json.loads(text).get("url", "")
        if path.suffix == ".json"
        else text.partition('<url value="')[2].partition('"')[0]
    )


def _resource(path: str, data: bytes) -> dict[str, Any] | None:
    if not path.endswith(".json"):
        return None
    try:
        resource = loads(data)
    except NotJson:
        return None
    return resource if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str) else None
