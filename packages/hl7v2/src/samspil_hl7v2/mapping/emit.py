"""Maps compiled to Python source, one function each."""

from __future__ import annotations

from .conditions import Condition
from .datatype_writer import DatatypeWriter
from .plan import Place, Plan, PlanError, plan
from .rows import Row
from .segment_writer import SegmentWriter
from .writer import Source, Spec, identifier


def segment_function(source: Source, name: str, place: Place, *, into: bool) -> str:
    """Compile a segment map; returns the name of `f(s, o, x)`: segment, resource dict, context. Raises PlanError."""
    named = name.partition("[")[2].rstrip("]").partition("-")[0]
    type_ = "" if named == place.type else f"_{place.type}"
    key = f"{identifier(name)}{type_}{'_into' if into else ''}"
    if key not in source.functions:
        source.functions[key] = []
        rows = list(source.tables.maps[name].values())
        made = plan(name, rows, place, source.elements, segment=True)
        source.functions[key] = SegmentWriter(source, made, into=into).function(key)
    return key


def datatype_function(source: Source, row: Row, spec: Spec) -> str:
    """The name of the function `f(r, b, x, v, o)` of a datatype map; `write_datatype` compiles it. Raises PlanError."""
    if spec in source.specs:
        return source.specs[spec]
    if spec.map not in source.tables.maps:
        raise PlanError(row, f"there is no map {spec.map!r}")
    place = identifier(spec.place.type + spec.place.path)
    flags = f"{'m' if spec.many else ''}{'g' if spec.guard else ''}"
    name = f"{identifier(spec.map)}_{place}_{spec.depth}{flags}"
    source.specs[spec] = name
    source.pending[name] = spec
    return name


def write_datatype(source: Source, name: str) -> None:
    """Compile a datatype map that some function calls. Raises PlanError."""
    spec = source.pending.pop(name)
    source.functions[name] = []
    rows = list(source.tables.maps[spec.map].values())
    made = plan(spec.map, rows, spec.place, source.elements, segment=False)
    source.functions[name] = DatatypeWriter(source, made, spec).function(name)


def condition_function(source: Source, name: str, row: Row, when: Condition) -> str:
    """Compile a condition of a message row; returns the name of `f(s, x)`."""
    key = f"when_{identifier(name)}"
    if key not in source.functions:
        writer = SegmentWriter(source, Plan(row.source.name, Place("Bundle"), {}, []), into=False)
        expression = writer.condition(row, when)
        source.functions[key] = [f"def {key}(s, x):", *writer.fields(), *writer.head, f"    return {expression}"]
    return key
