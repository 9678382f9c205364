"""A message table, and every map it calls, compiled to code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import CodeType
from typing import Any
from zlib import compress

from samspil_hl7v2.r4.elements import r4

from .code import Compiled
from .emit import condition_function, datatype_function, segment_function
from .plan import Place, PlanError
from .reading import TableError, json_of
from .refs import Ref
from .rows import MessageRow, Row, Tables
from .writer import Source

JOINING = frozenset({"into", "onto"})
"""What a message row may do other than make a resource of its own."""


def compiled_code(tables: Tables, table: str, label: str, *, traced: bool) -> Compiled:
    """Compile a message table. Raises TableError naming each row that does not fit."""
    faults: list[str] = []
    source = Source(tables, r4(), _nested_defaults(tables), traced, datatype_function)
    functions: list[tuple[str, str, str | None]] = []
    for row in tables.messages.get(table, {}).values():
        try:
            functions.append(_compile_row(source, row))
        except PlanError as error:
            faults.append(str(error))
    if faults:
        raise TableError(sorted(set(faults)))
    text = source.text()
    return Compiled(
        tuple(_code(text, label)),
        compress(text.encode(), 1),
        source.rows,
        tuple(functions),
        source.vocabularies,
        source.allowed,
        sorted(source.rules),
    )


def _code(text: str, label: str) -> Iterator[CodeType]:
    """Compile the source a few functions at a time: the compiler takes many times the memory of what it reads."""
    line, part = 0, ""
    for function in re.split(r"^(?=def )", text, flags=re.MULTILINE):
        if len(part) > _AT_ONCE:
            yield compile("\n" * line + part, label, "exec")
            line, part = line + part.count("\n"), ""
        part += function
    yield compile("\n" * line + part, label, "exec")


_AT_ONCE = 50_000


def _compile_row(source: Source, row: MessageRow) -> tuple[str, str, str | None]:
    carrier = _carrier(row)
    if row.map not in source.tables.maps:
        raise PlanError(carrier, f"there is no map {row.map!r}")
    if row.type not in source.elements.types:
        raise PlanError(carrier, f"{row.type!r} is no FHIR R4 resource")
    run = segment_function(source, row.map, Place(row.type), into=row.make in JOINING or _has_into(source, row))
    when = condition_function(source, row.name, carrier, row.when) if row.when is not None else None
    return row.name, run, when


def _has_into(source: Source, row: MessageRow) -> bool:
    """Whether some row adds to the same resource: then each must look before it writes."""
    table = row.name.partition("/")[0]
    return any(
        other.make in JOINING and other.resource == row.resource and other.name != row.name
        for other in source.tables.messages[table].values()
    )


def _carrier(row: MessageRow) -> Row:
    """A message row as the plain row that errors name."""
    return Row(row.name, Ref(row.segment, ()), row.when, (), "", row.map, "", "", "", "", row.layer, row.place)


def _nested_defaults(tables: Tables) -> dict[tuple[str, str], Any]:
    return {
        (rule.type, rule.path): json_of(rule.value, rule.place)
        for rule in tables.resources.values()
        if rule.rule == "default" and "." in rule.path
    }
