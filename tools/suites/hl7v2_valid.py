"""Every bundle that the converter makes of the corpus's messages is valid FHIR R4.

A code that a sender gives a foreign code system wrongly stays what it is: such faults are the message's, and are not counted.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from samspil_core.outcome import Issue
from samspil_hl7v2 import convert
from samspil_hl7v2.reader import read_files
from samspil_validation import Settings, Validator
from tools.suites import Case

NAME = "hl7v2-valid"
GROUP = "hl7v2"
PACKAGES = ("hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4#7.0.1", "samspil.fhir.r4")
OF_THE_SENDER = (
    ("SAM-VAL-590", r"\.code", "a code that the system which the message names for it does not have"),
    ("SAM-VAL-204", r"\.value\.(system|code)", "a vital sign in another unit than UCUM's"),
    ("SAM-VAL-115", r"\.value", "a vital sign that is no quantity"),
    ("SAM-VAL-122", r"\.value", "the same, by its slice"),
)
"""Findings on what a message itself says: the code, where it stands, and what it is."""


def run(folder: Path) -> Iterator[Case]:
    """Yield each message of the corpus, and the errors of its bundle."""
    validator = Validator(PACKAGES, settings=Settings(displays="warning"))
    root = folder / "hl7v2" / "messages"
    for raw in read_files([root]):
        if isinstance(raw, OSError) or not raw.data:
            continue
        bundle = convert(raw.data, timezone="Europe/Copenhagen").bundle
        if bundle is not None:
            faults = [f"{issue.code} {issue.where}" for issue in validator.validate(bundle) if counts(issue)]
            yield (
                f"{Path(raw.source).relative_to(root)}#{raw.number}",
                "; ".join(faults) or None,
            )


def counts(issue: Issue) -> bool:
    """Whether a finding is an error, and one of the converter's."""
    own = any(issue.code == code and re.search(f"{place}(\\[0\\])?$", issue.where) for code, place, _ in OF_THE_SENDER)
    return issue.severity in {"error", "fatal"} and not own
