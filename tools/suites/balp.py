"""IHE's audit profiles (BALP): published examples that must pass, and mutants that must be refused for the rule they break."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from samspil_core.jsontext import loads
from samspil_core.outcome import Issue
from samspil_definitions import load_packages
from samspil_definitions.places import package_cache
from samspil_validation import Validator
from tools.package_sets import CORE
from tools.suites import Case, attempt

NAME = "balp"
GROUP = "validation"

_SLICE = re.compile(r"slice (?P<element>\w+):(?P<slice>\w+) (?P<bound>min|max) \d+")
_PART = re.compile(r"(?P<element>\w+):\w+\.(?P<child>\w+) min \d+")
_TOP = re.compile(r"AuditEvent\.(?P<element>\w+) min \d+")
_VALUE = re.compile(r"AuditEvent\.(?P<element>\w+) must be .*")
_NONE = re.compile(r"(?P<element>\w+) max 0")
_INVARIANT = re.compile(r"invariant (?P<key>[\w-]+)")


def run(folder: Path) -> Iterator[Case]:
    """Validate every example and mutant of the manifest against its profile."""
    root = folder / "audit" / "balp"
    for case in json.loads((root / "manifest.json").read_text(encoding="utf-8")):
        yield attempt(case["file"], lambda case=case: check(root, case))


def check(root: Path, case: dict[str, Any]) -> str | None:
    """Why an example was refused, or a mutant not refused for its rule; else None."""
    resource = loads((root / case["file"]).read_bytes())
    outcome = validator(root).validate(resource, [case["profile"]])
    errors = [each for each in outcome if each.severity == "error"]
    told = "; ".join(f"{each.code} {each.where} {each.text}" for each in errors[:3]) or "no error"
    if case["expect"] == "valid":
        return told if errors else None
    return None if any(is_about(case["rule"], each) for each in errors) else f"{case['rule']}: {told}"


def is_about(rule: str, issue: Issue) -> bool:  # noqa: PLR0911  one return a form of rule
    """Whether a finding tells that a rule of the manifest is broken, at the element it is about."""
    detail = dict(issue.detail)
    if found := _SLICE.fullmatch(rule):
        wanted = {"min": "SAM-VAL-120", "max": "SAM-VAL-121"}[found["bound"]]
        return (issue.code, detail.get("element"), detail.get("slice")) == (wanted, found["element"], found["slice"])
    if found := _PART.fullmatch(rule):
        inside = issue.where.startswith(f"AuditEvent.{found['element']}[")
        return issue.code == "SAM-VAL-110" and inside and detail.get("element") == found["child"]
    if found := _TOP.fullmatch(rule):
        return (issue.code, issue.where, detail.get("element")) == ("SAM-VAL-110", "AuditEvent", found["element"])
    if found := _VALUE.fullmatch(rule):
        at = issue.where.startswith(f"AuditEvent.{found['element']}")
        return issue.code in {"SAM-VAL-204", "SAM-VAL-205"} and at
    if found := _NONE.fullmatch(rule):
        return issue.code == "SAM-VAL-111" and detail.get("element") == found["element"]
    if found := _INVARIANT.fullmatch(rule):
        return issue.code == "SAM-VAL-301" and detail.get("key") == found["key"]
    return False


@cache
def validator(root: Path) -> Validator:
    """A validator of the audit profiles."""
    profiles = [loads(file.read_bytes()) for file in sorted((root / "profiles").glob("*.json"))]
    return Validator(load_packages(CORE, cache=package_cache()).with_resources(profiles))
