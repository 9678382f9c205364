"""Read and write a fact table: leading ``#`` lines of provenance, a header row, rows; LF, UTF-8."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

HL7V2 = Path(__file__).parents[1] / "packages" / "hl7v2" / "src" / "samspil_hl7v2"


def write(path: Path, provenance: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write the table and give the number of its rows."""
    out = StringIO()
    out.writelines(f"# {line}\n" for line in provenance)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    kept = list(rows)
    writer.writerows(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")
    return len(kept)


def data_lines(path: Path) -> list[str]:
    """Give a table's lines, header row first, without the leading ``#`` lines."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
