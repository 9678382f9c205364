"""The loss identity: populated positions = mapped + reported, for every message, with no exception and no hang.

Where a message has the usual separators and every line begins a segment, the populated positions are counted here too, by
other code than the converter's, from the bytes.
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
        start = time.process_time()
        line = convert_one(raw, Options(timezone="Europe/Copenhagen"))
        seconds = time.process_time() - start
        report = json.loads(line.report)
        if why := account(report, line.bundle):
            return f"message {raw.number}: {why}"
        counted = count(raw.data)
        if counted is not None and counted != report["populated"]:
            return f"message {raw.number}: {counted} positions are populated, {report['populated']} are accounted for"
        if seconds > SECONDS:
            return f"message {raw.number}: {seconds:.1f} s of processor time"
    return None


def count(data: bytes) -> int | None:
    """Populated positions of a plain message: runs of characters between delimiters, and MSH-1 and MSH-2 as one each."""
    lines = [line for line in re.split(rb"[\r\n]+", data.strip(b"\x0b\x1c\x00\r\n \t")) if line.strip()]
    plain = all(re.match(rb"[A-Z][A-Z0-9]{2}(?:\||$)", line) for line in lines)
    if not lines or not plain or not re.match(rb"MSH\|\^~\\&(?:\||$)", lines[0]):
        return None
    lines[0] = b"MSH|" + lines[0][8:]
    return 2 + sum(len(re.findall(rb"[^|^~&]+", line[3:])) for line in lines)


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
