"""Why a populated position is not mapped, as far as the tables alone tell."""

from __future__ import annotations

from typing import TypeAlias

from samspil_hl7v2.v2.fields import field as field_facts

from .rows import Row, Tables

Place: TypeAlias = tuple[str, int, int, int]
"""Segment, field, component, sub-component."""
Reason: TypeAlias = tuple[str, str, str]
"""The reason, the row concerned, and more on it."""
UNKNOWN_SEGMENT: Reason = ("unknown-segment", "", "")


def reason_of(tables: Tables, table: str, place: Place) -> Reason:
    """Why a position that nothing noted is not mapped, from the tables alone."""
    name, field, component, sub = place
    maps = {row.map for row in tables.messages.get(table, {}).values() if row.segment == name}
    if not maps:
        return ("no-row", "", "") if field_facts(name, field) else UNKNOWN_SEGMENT
    rows = [row for each in sorted(maps) for row in tables.maps[each].values()]
    concerned = [row for row in rows if row.source.parts and row.source.parts[0] == field and row.source.name == name]
    for row in concerned:
        if row.dropped:
            return "dropped", row.name, row.note
    candidates = [row for row in concerned if _reaches(tables, row, component, sub)]
    for row in candidates:
        return "condition-false", row.name, row.when_text
    return "no-row", "", ""


def _reaches(tables: Tables, row: Row, component: int, sub: int) -> bool:
    """Whether a row's source includes a component: itself, or through the datatype maps it calls."""
    if len(row.source.parts) > 1:
        if row.source.parts[1] != component:
            return False
        return _within(tables, row.map, sub, 1) if row.map else sub == 1
    if not row.map:
        return row.value.startswith('"') is False and component == 1 and sub == 1
    return _map_reaches(tables, row.map, component, sub)


def _map_reaches(tables: Tables, name: str, component: int, sub: int) -> bool:
    for row in tables.maps.get(name, {}).values():
        if row.value.startswith('"') or row.dropped:
            continue
        if not row.source.parts:
            if row.map and _map_reaches(tables, row.map, component, sub):
                return True
            continue
        if row.source.parts[0] != component:
            continue
        if row.map and _within(tables, row.map, sub, 1):
            return True
        if not row.map and (row.source.parts[1] if len(row.source.parts) > 1 else 1) == sub:
            return True
    return False


def _within(tables: Tables, name: str, number: int, depth: int) -> bool:
    return depth < 4 and _map_reaches(tables, name, number, 1)  # noqa: PLR2004  maps nest no deeper
