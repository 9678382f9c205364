"""`samspil demo`: bundled messages become FHIR, and what was not carried over is shown with its reason."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from .batch import Options
from .conversion import Conversion, convert
from .reader import RawMessage, read_files

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 12


def run(console: Console) -> int:
    """Convert the four bundled messages (ADT, ORU, one with a Z-segment, one broken) and show what became of them.

    Returns 0: that one message is broken, and is reported as such, is what the demonstration shows.
    """
    options = Options(timezone="Europe/Copenhagen")
    with as_file(files("samspil_hl7v2") / "demo_messages") as folder:
        for raw in read_files([folder]):
            if isinstance(raw, RawMessage):
                conversion = convert(raw.data, timezone=options.timezone)
                _show(console, raw.source.replace("\\", "/").rpartition("/")[2], conversion)
    console.print("Your own messages: samspil hl7v2 convert FOLDER --report loss.ndjson > bundles.ndjson")
    return 0


def _show(console: Console, name: str, conversion: Conversion) -> None:
    report = conversion.report
    console.print(f"[bold]{name}[/bold]  {report.message_type or 'no message type'}  {report.status}")
    console.print(f"  {report.populated} populated positions = {report.mapped} mapped + {report.reported} reported")
    if conversion.bundle is not None:
        console.print(f"  became {_resources(conversion)}")
    lost = [each for each in report.unmapped if each.reason != "dropped"]
    dropped = report.reported - len(lost)
    for each in lost[:_SHOWN]:
        console.print(f"  not carried over: {each.position}  {each.reason}{'  ' + each.row if each.row else ''}")
    if dropped:
        console.print(f"  {dropped} positions dropped by the tables with a reason (delimiters, set ids)")
    for issue in conversion.outcome:
        if issue.severity in {"error", "warning"} and issue.kind.issue_type != "code-invalid":
            console.print(f"  {issue.severity} {issue.code} {issue.where} {issue.text}")
    console.print()


def _resources(conversion: Conversion) -> str:
    counts: dict[str, int] = {}
    for entry in (conversion.bundle or {}).get("entry", ()):
        type_ = entry["resource"]["resourceType"]
        counts[type_] = counts.get(type_, 0) + 1
    return ", ".join(f"{number} {type_}" if number > 1 else type_ for type_, number in counts.items())
