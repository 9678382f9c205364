"""Where each element of a bundle came from: the v2 position and the row that made it."""

from __future__ import annotations

from typing import Any, NamedTuple

from samspil_core.identity import name_uuid

from .context import Context, Made, Resource
from .identity import copy
from .mapping.compiled import Program
from .message import COMPONENT, FIELD, REPETITION, SEGMENT, Message
from .r4.elements import ABSENT


class Trace(NamedTuple):
    """One element: its FHIRPath from the Bundle, the position its value came from, the row that wrote it, and its layer.

    `via` is the row of the segment's map by whose way a datatype row was reached.
    """

    element: str
    position: str
    row: str
    via: str
    layer: str

    def as_dict(self) -> dict[str, str]:
        """As the command line writes it."""
        return {name: value for name, value in self._asdict().items() if value}


Lineage = tuple[Trace, ...]


def lineage(  # noqa: PLR0913, PLR0917  all that one conversion made
    bundle: Resource, head: Resource, resources: list[Made], x: Context, program: Program, message: Message
) -> Lineage:
    """The traces of a conversion, each with the path of its element. Only what stands in the bundle has a path."""
    paths: dict[int, str] = {}
    _paths(bundle, "Bundle", paths)
    paths[id(head)] = "Bundle"
    for made in resources:
        paths[id(made.origin)] = paths[id(made.body)]
    traces: list[Trace] = []
    for container, key, position, row, via in x.trace:
        path = paths.get(id(x.stands(container)))
        if path is None:
            continue
        element = f"{path}.{key}" if key else path
        name, outer = program.rows[row], program.rows[via] if via != row else ""
        traces.append(Trace(element, position_text(message, position), name, outer, _layer_of(program, name)))
    return tuple(traces)


def _layer_of(program: Program, name: str) -> str:
    """The layer that a row comes from; none for the rows of message tables."""
    map_, _, row = name.rpartition("/")
    found = program.tables.maps.get(map_, {}).get(row)
    return found.layer if found else ""


def position_text(message: Message, number: int) -> str:
    """A position number in words."""
    segment = message.segments[number >> SEGMENT]
    field = number >> FIELD & 0xFFF
    repetition = number >> REPETITION & 0xFFFF
    return segment.place(field, repetition, number >> COMPONENT & 0xFF or 1, number & 0xF or 1)


def _paths(value: Any, path: str, paths: dict[int, str]) -> None:
    if isinstance(value, dict):
        paths[id(value)] = path  # pyright: ignore[reportUnknownArgumentType]
        for key, inner in value.items():  # pyright: ignore[reportUnknownVariableType]
            _paths(inner, f"{path}.{key}", paths)
    elif isinstance(value, list):
        for at, inner in enumerate(value):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            _paths(inner, f"{path}[{at}]", paths)


def provenance(bundle: Resource, traces: Lineage) -> None:
    """Add a Provenance to a bundle that tells, element by element, position and row, in extensions of our own.

    https://hl7.org/fhir/R4/provenance.html
    """
    targets = [{"reference": entry["fullUrl"]} for entry in bundle.get("entry", ())]
    if not targets:
        return
    from importlib.metadata import version  # takes as long to load as ten messages to convert

    resource: Resource = {
        "resourceType": "Provenance",
        "extension": [_extension(trace) for trace in traces],
        "target": targets,
        "_recorded": copy(ABSENT),
        "activity": {"text": "HL7 v2 to FHIR mapping, element by element"},
        "agent": [{"who": {"display": f"samspil-hl7v2 {version('samspil-hl7v2')}"}}],
    }
    identity = name_uuid("Provenance", "lineage", *(target["reference"] for target in targets))
    entry: Resource = {"fullUrl": f"urn:uuid:{identity}", "resource": {**resource, "id": identity}}
    if bundle["type"] == "transaction":
        entry["request"] = {"method": "PUT", "url": f"Provenance/{identity}"}
    bundle["entry"].append(entry)


def _extension(trace: Trace) -> Resource:
    parts = [{"url": name, "valueString": value} for name, value in trace.as_dict().items()]
    return {"url": "urn:samspil:v2:lineage", "extension": parts}
