"""SOR, the register of Danish health organisations, out of its nightly csv, where an id is written `="123"` for Excel.

https://sundhedsdatastyrelsen.dk/sor
"""

from collections.abc import Iterator
from pathlib import Path

from samspil_terminology.store.building import Row
from samspil_terminology.system import SystemFacts

from .tables import BadTable, code, delimiter_of, rows, text

__all__ = ["LICENSE", "URL", "facts", "read"]

URL = "urn:oid:1.2.208.176.1.1"
LICENSE = "SOR is an open register of Sundhedsdatastyrelsen (https://sundhedsdatastyrelsen.dk/sor)"
_CODE = ("SorId", "SOR-kode", "SORkode", "Id", "SORId")
_NAME = ("EntityName", "Enhedsnavn", "Navn", "Name", "SorName")
_PARENT = ("ParentSorId", "Parent-SOR-kode", "ParentId", "OverordnetSorId")
_END = ("ToDate", "Lukkedato", "Til-dato", "EndDate")


def facts(version: str) -> SystemFacts:
    """What SOR is as a code system."""
    return SystemFacts(
        url=URL,
        version=version,
        name="SOR",
        title="Sundhedsvæsenets Organisationsregister",
        language="da",
        license=LICENSE,
    )


def read(path: Path) -> Iterator[Row]:
    """Every unit; one with an end date is inactive. Raises `BadTable` when there is no column of ids or names."""
    delimiter = delimiter_of(path, ",;")
    lines = rows(path, delimiter, "utf-8-sig", "cp1252")
    empty: tuple[int, list[str]] = (1, [])
    _, header = next(lines, empty)
    names = [_plain(each) for each in header]
    at, name_at = _column(names, _CODE), _column(names, _NAME)
    if at is None or name_at is None:
        raise BadTable(path.name, 1, 1, "there is no column SorId, or none of names")
    parent_at, end_at = _column(names, _PARENT), _column(names, _END)
    for line, fields in lines:
        values = [_plain(each) for each in fields]
        if len(values) <= max(at, name_at):
            raise BadTable(path.name, line, len(values) + 1, f"{len(values)} columns, not {len(names)}")
        if not values[at]:
            continue
        end = values[end_at] if end_at is not None and end_at < len(values) else ""
        parent = values[parent_at] if parent_at is not None and parent_at < len(values) else ""
        yield Row(
            values[at],
            values[name_at],
            [parent] if parent else [],
            properties=[
                (code if value.isalnum() else text)(key, value)
                for key, value in zip(names, values, strict=False)
                if value and key not in {names[at], names[name_at]}
            ],
            inactive=bool(end),
            status="retired" if end else "",
        )


def _plain(value: str) -> str:
    return value.strip().removeprefix("=").strip('"').strip()


def _column(names: list[str], wanted: tuple[str, ...]) -> int | None:
    lowered = [each.lower() for each in names]
    return next((lowered.index(each.lower()) for each in wanted if each.lower() in lowered), None)
