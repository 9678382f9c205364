"""HL7's validator cases: what each one asks, what we find, and how the two compare.

The cases are those of the tier `offline` in `validation/fhir-test-cases/manifest.json` under the folder of corpora;
another folder of the same layout works as well. Each case is one or two checks: the resource alone, and against a profile.
Packages come from the package cache: `~/.fhir/packages`, or the folder in SAMSPIL_PACKAGES.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from samspil_core import Issue
from samspil_definitions import Definitions, load_packages
from samspil_definitions.places import package_cache
from samspil_validation import Settings, Validator
from samspil_validation.reading import Reader

__all__ = ["CORES", "Check", "beside", "checks", "located", "perfect", "places", "plain", "settings", "verdict"]

TIER = "offline"
CORES = {
    "R4": ("hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4", "hl7.fhir.uv.extensions.r4"),
    "R4B": ("hl7.fhir.r4b.core#4.3.0", "hl7.terminology.r4", "hl7.fhir.uv.extensions.r4"),
    "R5": ("hl7.fhir.r5.core#5.0.0", "hl7.terminology.r5", "hl7.fhir.uv.extensions.r5"),
}
_WRONG = frozenset({"error", "fatal"})


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the case, whether against the profile, what is expected, and what was found."""

    case: dict[str, Any] = field(repr=False)
    kind: str
    found: tuple[Issue, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The id of the case, and `profile` where the check is against one."""
        return self.case["id"] if self.kind == "base" else f"{self.case['id']} (profile)"

    @property
    def expected(self) -> list[dict[str, Any]]:
        """The errors expected, without those that only a terminology server can tell."""
        return [each for each in self.case["expected"][self.kind]["errors"] if not each["tx"]]

    @property
    def valid(self) -> bool:
        """Whether no error is expected."""
        return bool(self.case["expected"][self.kind]["valid_without_tx"])

    @property
    def errors(self) -> list[Issue]:
        """The errors found."""
        return [each for each in self.found if each.severity in _WRONG]


def checks(folder: Path, versions: tuple[str, ...], form: str = "") -> Iterator[Check]:
    """The checks of the cases of some releases, in one form (json, xml) or both."""
    yield from _checks(folder / "validation" / "fhir-test-cases", versions, form)


@cache
def _checks(root: Path, versions: tuple[str, ...], form: str) -> tuple[Check, ...]:
    manifest = json.loads((root / "manifest.json").read_text(encoding="utf-8"))
    wanted = [
        case
        for case in manifest["cases"]
        if case["tier"] == TIER and case["version"] in versions and form in ("", case["format"])
    ]
    return tuple(check for case in wanted for check in _of_case(root, case))


def _of_case(root: Path, case: dict[str, Any]) -> Iterator[Check]:
    release = case["version"]
    laid = [_read(root / each["path"], release) for each in beside(case)]
    laid += [_read(root / each["path"], "R5") for each in case.get("supporting5", ())]
    resources = [each for each in laid if each is not None]
    validator = Validator(
        _definitions(root, release, tuple(each["path"] for each in case.get("packages", ()))).with_resources(resources),
        settings=settings(case),
        fetch=_fetcher(root / case["file"], release, resources),
    )
    document = _reader(release).read((root / case["file"]).read_bytes())
    for kind in case["expected"]:
        profiles = _profiles(root, case) if kind == "profile" else []
        if document.resource is None:
            yield Check(case, kind, tuple(document.outcome))
        else:
            yield Check(case, kind, (*document.outcome, *validator.validate(document.resource, profiles)))


def beside(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The files that a case loads beforehand."""
    profile = case.get("profile") or {}
    listed = [*case.get("supporting", ()), *case.get("profiles", ()), *profile.get("supporting", ())]
    own = [profile] if profile.get("path") else []
    return [each for each in (*listed, *own) if isinstance(each, dict) and each.get("path")]


def _profiles(root: Path, case: dict[str, Any]) -> list[str]:
    profile = _read(root / case["profile"]["path"], case["version"]) or {}
    return [str(profile.get("url", ""))]


@cache
def _definitions(root: Path, release: str, archives: tuple[str, ...]) -> Definitions:
    return load_packages([*(root / each for each in archives), *CORES[release]], cache=[package_cache()])


@cache
def _reader(release: str) -> Reader:
    return Reader(_definitions(Path(), release, ()).structure)


@cache
def _read(path: Path, release: str) -> dict[str, Any] | None:
    return _reader(release).read(path.read_bytes()).resource if path.is_file() else None


def _fetcher(file: Path, release: str, beside: list[dict[str, Any]]) -> Callable[[str], dict[str, Any] | None]:
    """Finds `Patient/x` in the files beside the case, as patient-x.json or .xml, or among what it loads."""
    by_name = {f"{each.get('resourceType')}/{each.get('id')}": each for each in beside}

    def fetch(reference: str) -> dict[str, Any] | None:
        if not re.fullmatch(r"[A-Za-z]+/[A-Za-z0-9.-]{1,64}", reference):
            return None
        name = reference.replace("/", "-").lower()
        files = (_read(file.parent / f"{name}.{form}", release) for form in ("json", "xml"))
        return by_name.get(reference) or next((each for each in files if each is not None), None)

    return fetch


def settings(case: dict[str, Any]) -> Settings:
    """The settings that the options of a case ask for."""
    options = case.get("options", {})
    wanted: dict[str, Any] = {
        "unknown_extensions": "error",
        "example_urls": options.get("examples") is not False,
        "extension_domains": tuple(filter(None, [options.get("allowed-extension-domain")])),
        "best_practice": {"Warning": "warning", "Error": "error"}.get(str(options.get("best-practice"))),
        "security": options.get("security-checks") is True,
        "publication": str(options.get("for-publication")).lower() == "true",
        "displays": options.get("wrong-displays", "error"),
        "fetched_targets": "profile" if options.get("validateReference") == "CHECK_VALID" else "type",
        "aggregation_outside_bundles": options.get("enforceAggregationOutsideBundles"),
        "contained": options.get("validateContains") != "IGNORE",
    }
    return Settings(**{key: value for key, value in wanted.items() if key in Settings.__dataclass_fields__})


def verdict(check: Check) -> str | None:
    """Why the verdict is not the expected one, else None."""
    if check.valid is (not check.errors):
        return None
    if check.valid:
        return "false errors: " + "; ".join(f"{each.code} {each.where}" for each in check.errors[:3])
    return "missed: " + "; ".join(f"{each['expression']}: {each['text'][:100]}" for each in check.expected[:3])


def located(check: Check) -> str | None:
    """Why not each place of an expected error is the place of one found, else None."""
    lost = sorted(places(check)[0] - places(check)[1])
    return "not found at " + ", ".join(lost[:4]) if lost else None


def perfect(check: Check) -> bool:
    """Whether the places of the errors expected and found are the same."""
    wanted, found = places(check)
    return wanted == found


def places(check: Check) -> tuple[set[str], set[str]]:
    """The places of the errors expected and found, written alike."""
    found = {plain(each.where) for each in check.errors}
    wanted = {_expected(each["expression"] or "", found) for each in check.expected}
    return wanted, found


def plain(place: str) -> str:
    """A place without comments, names of extensions and types of choices: `value.ofType(Coding)` is `value`."""
    place = re.sub(r"/\*.*?\*/", "", place)
    return re.sub(r"\[(?:url|x)\b.*?\]|\.ofType\(\w+\)", "", place)


def _expected(place: str, found: set[str]) -> str:
    """An expected place, in our writing: XML paths have no indexes, and faults of a whole text no place."""
    if place == "(xml)":
        return next((each for each in found if not each), min(found, default="(xml)"))
    if place.startswith("/"):
        steps = re.sub(r"/\w*\??:?", ".", place).strip(".")
        return next((each for each in sorted(found) if re.sub(r"\[\d+\]", "", each) == steps), steps)
    return plain(place)
