"""Danish examples and what the HL7 Java validator says of them, as their packages publish it.

A case that Java accepts, apart from where references may lead, passes when no error is found here (apart from the
same); a case is also each place where Java finds a reference that a profile's aggregation forbids.
"""

import json
import re
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from samspil_core.jsontext import loads
from samspil_core.outcome import Outcome
from samspil_validation import Validator
from tools.package_sets import definitions_for
from tools.suites import Case, attempt

NAME = "dk-oracle"
GROUP = "validation"
POLICY = frozenset({"SAM-VAL-404", "SAM-VAL-581"})  # reference policy, and links in narratives
AGGREGATION = "SAM-VAL-404"


def run(folder: Path) -> Iterator[Case]:
    """Validate every example; a case is an example, or a reference of one."""
    cases = json.loads((folder / "validation" / "dk-oracle" / "cases.json").read_text(encoding="utf-8"))["cases"]
    for case in cases:
        name = f"{case['package'].removesuffix('.tgz')}/{Path(case['path']).stem}"
        if case["valid_ignoring_reference_policy"]:
            yield attempt(name, lambda case=case: accepted(folder, case))
        for place in sorted(set(aggregations(case))):
            yield attempt(f"{name}@{place}", lambda case=case, place=place: aggregation_found(folder, case, place))


def accepted(folder: Path, case: dict[str, Any]) -> str | None:
    """The first errors on an example, else None."""
    errors = [each for each in outcome(folder, case) if each.severity == "error" and each.code not in POLICY]
    return "; ".join(f"{each.code} {each.where} {each.text}" for each in errors[:3]) or None


def aggregation_found(folder: Path, case: dict[str, Any], place: str) -> str | None:
    """Why the reference at a place was not found to be forbidden."""
    found = {_plain(each.where) for each in outcome(folder, case) if each.code == AGGREGATION}
    return None if place in found else f"not found; found: {sorted(found)[:3]}"


def aggregations(case: dict[str, Any]) -> Iterator[str]:
    """The places of references that Java refuses for their aggregation."""
    for issue in case["issues"]:
        if issue["severity"] == "error" and issue["messageId"] == "Reference_REF_Aggregation":
            yield _plain(issue["expression"].partition(": ")[2])


def _plain(place: str) -> str:
    """A place without comments, choice types and indexes of 0, which the two write differently."""
    place = re.sub(r"/\*.*?\*/", "", place)
    return re.sub(r"\.ofType\(\w+\)|\[0\]", "", place)


def example(folder: Path, case: dict[str, Any]) -> dict[str, Any]:
    """The resource of a case."""
    return examples(folder / "packages" / case["package"])[case["path"]]


@cache
def validator(folder: Path, package: str) -> Validator:
    """A validator that finds the other examples of the package, as the publisher of the package does."""
    there = examples(folder / "packages" / package).values()
    by_name = {f"{each.get('resourceType')}/{each.get('id')}": each for each in there}
    return Validator(definitions_for(folder / "packages", package), fetch=by_name.get)


@cache
def examples(archive: Path) -> dict[str, Any]:
    """The examples of an archive by their path in it."""
    with tarfile.open(archive) as opened:
        members = [each for each in opened if each.isfile() and "/example" in each.name and each.name.endswith(".json")]
        return {each.name: loads(opened.extractfile(each).read()) for each in members}  # type: ignore[union-attr]


_outcomes: dict[tuple[str, str], Outcome] = {}


def outcome(folder: Path, case: dict[str, Any]) -> Outcome:
    """The outcome of an example against the profiles it names itself."""
    key = (case["package"], case["path"])
    if key not in _outcomes:
        _outcomes[key] = validator(folder, case["package"]).validate(example(folder, case))
    return _outcomes[key]
