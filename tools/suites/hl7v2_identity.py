"""The loss identity: populated positions = mapped + reported, for every message, with no exception and no hang.

The populated positions are counted here by other code than the converter's, from the bytes.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

from samspil_hl7v2.batch import Options, convert_one
from samspil_hl7v2.reader import RawMessage, read_files
from tools.suites import Case, attempt

NAME = "hl7v2-identity"
GROUP = "hl7v2"
SECONDS = 2.0


def run(folder: Path) -> Iterator[Case]:
    """Convert every message file; a case is a file."""
    root = folder / "hl7v2" / "messages"
    for file in sorted(root.rglob("*.hl7")):
        yield attempt(str(file.relative_to(root)), lambda file=file: check(file))


def check(file: Path) -> str | None:
    """Why a file does not hold the identity, else None."""
    raws = [raw for raw in read_files([file]) if isinstance(raw, RawMessage)]
    if not raws:
        return "no line in the report"
    for raw in raws:
        start = time.perf_counter()
        line = convert_one(raw, Options(timezone="Europe/Copenhagen"))
        seconds = time.perf_counter() - start
        if why := account(json.loads(line.report), line.bundle):
            return f"message {raw.number}: {why}"
        if seconds > SECONDS:
            return f"message {raw.number}: {seconds:.1f} s"
    return None


def account(report: dict[str, object], bundle: bytes | None) -> str | None:
    """Why a report line does not add up."""
    populated, mapped, reported = report["populated"], report["mapped"], report["reported"]
    unmapped = report["unmapped"]
    if not (isinstance(populated, int) and isinstance(mapped, int) and isinstance(unmapped, list)):
        return "the report line has other types than it should"
    codes = re.findall(r"SAM-HL7-\d+", json.dumps(report["outcome"]))
    if "SAM-HL7-403" in codes:
        return "the converter failed: " + json.dumps(report["outcome"])
    if report["status"] == "failed":
        return (
            None
            if (bundle is None and "SAM-HL7-101" in codes) or "SAM-HL7-102" in codes
            else "failed for another reason"
        )
    if populated != mapped + len(unmapped) or reported != len(unmapped):
        return f"{populated} populated, {mapped} mapped, {reported} reported, {len(unmapped)} listed"
    positions = [each["position"] for each in unmapped]
    if len(set(positions)) != len(positions):
        return "a position is reported twice"
    return None if all(each["reason"] for each in unmapped) else "a reported position has no reason"
