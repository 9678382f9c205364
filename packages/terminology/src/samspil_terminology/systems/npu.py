"""NPU, the terminology of laboratory medicine, out of its monthly csv: `;`, Windows-1252, columns by position.

https://www.npu-terminology.org
"""

from collections.abc import Iterator
from pathlib import Path

from samspil_terminology.store.building import Row
from samspil_terminology.system import SystemFacts

from .tables import BadTable, code, rows, text

__all__ = ["LICENSE", "URL", "facts", "read"]

URL = "http://npu-terminology.org"
LICENSE = "NPU is (c) IFCC and IUPAC, free to use (http://npu-terminology.org)"
_COLUMNS = (
    "changed",
    "change_comment",
    "created",
    "code",
    "short_definition",
    "system",
    "system_specification",
    "prefix",
    "component",
    "component_specification",
    "kind_of_property",
    "procedure",
    "unit",
    "speciality",
    "subspeciality",
    "type",
    "code_value",
    "context_dependent",
    "scale_type",
    "rule",
    "active",
)
_KEPT = frozenset(_COLUMNS) - {"code", "short_definition", "active", "change_comment"}


def facts(version: str, language: str = "en") -> SystemFacts:
    """What NPU is as a code system."""
    return SystemFacts(
        url=URL,
        version=version,
        name="NPU",
        title="NPU Terminology",
        language=language,
        properties={each: f"http://npu-terminology.org/property/{each}" for each in sorted(_KEPT)},
        license=LICENSE,
    )


def read(path: Path) -> Iterator[Row]:
    """Every code, active or not. Raises `BadTable` for a row without a code in the fourth column."""
    lines = rows(path, ";", "utf-8-sig", "cp1252")
    next(lines, None)
    for line, fields in lines:
        held = dict(zip(_COLUMNS, [each.strip() for each in fields], strict=False))
        name = held.get("code", "")
        if len(fields) < 5 or not name:  # noqa: PLR2004  the short definition is the fifth
            raise BadTable(path.name, line, 4, "there is no code in the fourth column")
        active = held.get("active", "1") != "0"
        yield Row(
            name,
            held.get("short_definition", ""),
            properties=[
                (code if len(value) < 16 and " " not in value else text)(key, value)  # noqa: PLR2004  short ones are codes
                for key, value in held.items()
                if key in _KEPT and value
            ],
            inactive=not active,
            status="" if active else "retired",
        )
