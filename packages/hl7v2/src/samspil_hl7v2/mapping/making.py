"""A message table, and every map it calls, compiled to code."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any
from zlib import compress

from samspil_hl7v2 import rules
from samspil_hl7v2.r4.elements import r4

from .code import Compiled, Part
from .emit import condition_function, datatype_function, segment_function, write_datatype
from .plan import Place, PlanError
from .reading import NO_RULE, TableError, json_of
from .refs import Ref
from .rows import MessageRow, Row, Tables
from .writer import Source, Spec

JOINING = frozenset({"into", "onto"})
"""What a message row may do other than make a resource of its own."""


def faults_of(tables: Tables, names: Iterable[str]) -> list[str]:
    """What of these message tables, and of every map they call, does not fit FHIR R4: a sentence for each row."""
    source, faults = Source(tables, r4(), _nested_defaults(tables), False, datatype_function), list[str]()  # noqa: FBT003  not traced
    for row in (row for name in names for row in tables.messages.get(name, {}).values()):
        with _noted(faults):
            _compile_row(source, row)
    while source.pending:
        for name in list(source.pending):
            with _noted(faults):
                write_datatype(source, name)
    faults += [NO_RULE.format(name) for name in source.rules if not hasattr(rules, name)]
    return sorted(set(faults))


class Maker:
    """Compiles rows of a message table, and the maps they call, onto what is there of them already."""

    def __init__(self, tables: Tables, compiled: Compiled, *, traced: bool) -> None:
        self._compiled = compiled
        self._source = Source(
            tables,
            r4(),
            _nested_defaults(tables),
            traced,
            datatype_function,
            rows=compiled.rows,
            row_index={name: at for at, name in enumerate(compiled.rows)},
            vocabularies=compiled.vocabularies,
            allowed=compiled.allowed,
            rules=set(compiled.rules),
            functions={name: [] for name in compiled.names},
            specs={_spec(*spec): name for spec, name in compiled.datatypes},
        )
        known = set(compiled.names)
        self._source.pending.update({name: spec for spec, name in self._source.specs.items() if name not in known})

    def add(self, rows: Iterable[MessageRow], datatypes: Iterable[str], label: str, *, whole: bool) -> Part:
        """Compile some rows, and some maps of datatypes by the names of their functions; `whole` with all that they call.

        Raises TableError naming each row that does not fit.
        """
        source, faults = self._source, list[str]()
        for row in rows:
            with _noted(faults):
                self._compiled.messages[row.name] = _compile_row(source, row)
        waiting = list(datatypes)
        while waiting or (whole and source.pending):
            for name in waiting or list(source.pending):
                with _noted(faults):
                    write_datatype(source, name)
            waiting.clear()
        if faults:
            raise TableError(sorted(set(faults)))
        return self._finish(label)

    def _finish(self, label: str) -> Part:
        source, compiled = self._source, self._compiled
        fresh = list(source.functions)[len(compiled.names) :]
        text = source.text(fresh)
        part = Part(tuple(_code(text, label)), compress(text.encode(), 1))
        source.functions.update({name: [] for name in fresh})
        compiled.parts.append(part)
        compiled.names.extend(fresh)
        compiled.rules.extend(sorted(source.rules.difference(compiled.rules)))
        specs = list(source.specs.items())[len(compiled.datatypes) :]
        compiled.datatypes.extend(
            ((spec.map, spec.place.type, spec.place.path, spec.depth, spec.many, spec.guard), name)
            for spec, name in specs
        )
        return part


@contextmanager
def _noted(faults: list[str]) -> Generator[None]:
    """Note what does not fit, and go on."""
    try:
        yield
    except PlanError as error:
        faults.append(str(error))


def _spec(map_: str, type_: str, path: str, depth: int, *flags: bool) -> Spec:
    return Spec(map_, Place(type_, path), depth, *flags)


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


def _compile_row(source: Source, row: MessageRow) -> tuple[str, str | None]:
    carrier = _carrier(row)
    if row.map not in source.tables.maps:
        raise PlanError(carrier, f"there is no map {row.map!r}")
    if row.type not in source.elements.types:
        raise PlanError(carrier, f"{row.type!r} is no FHIR R4 resource")
    run = segment_function(source, row.map, Place(row.type), into=row.make in JOINING or _has_into(source, row))
    when = condition_function(source, row.name, carrier, row.when) if row.when is not None else None
    return run, when


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
