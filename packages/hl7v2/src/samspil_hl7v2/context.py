"""The state of one conversion: what the compiled functions write into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue
from samspil_core.ports import Translator

from .grouping import GroupInstance
from .joining import Lists
from .message import COMPONENT, Segment

Resource = dict[str, Any]


@dataclass(slots=True, eq=False)
class Made:
    """A resource of the bundle while it is made: what refers to it, and where its identity will come from."""

    type: str
    body: Resource
    references: list[Resource] = field(default_factory=list[Resource])
    label: str = ""
    segment: Segment | None = None
    id: str = ""
    number: int = 0
    """Place in the order of making: what a body that refers to this one is told apart by before ids exist."""
    origin: Resource | None = None
    """The body as the rows wrote it, once the bundle holds a copy that begins with the type."""


@dataclass(slots=True, eq=False)
class Context:
    """The state of one conversion. Position numbers in `used` are mapped; `notes` tells why others are not."""

    codec: str
    zone: ZoneInfo | None
    offset: str
    now: str | None
    coding_systems: dict[str, str]
    translator: Translator | None = None
    used: set[int] = field(default_factory=set[int])
    notes: dict[int, tuple[str, int, str]] = field(default_factory=dict[int, tuple[str, int, str]])
    trace: list[tuple[Any, str, int, int, int]] = field(default_factory=list[tuple[Any, str, int, int, int]])
    moved: dict[int, tuple[Any, Any]] = field(default_factory=dict[int, tuple[Any, Any]])
    """Containers that vanished, kept so that no other takes their `id`, and what stands for each."""
    aligned: list[tuple[Resource, str]] = field(default_factory=list[tuple[Resource, str]])
    row: int = 0
    always: bool = False
    codes: frozenset[str] | None = None
    extra: list[Resource] = field(default_factory=list[Resource])
    resources: list[Made] = field(default_factory=list[Made])
    twins: dict[tuple[str, bytes], Made] = field(default_factory=dict[tuple[str, bytes], Made])
    pending: list[tuple[Resource, Segment, str]] = field(default_factory=list[tuple[Resource, Segment, str]])
    issues: list[tuple[int, Issue]] = field(default_factory=list[tuple[int, Issue]])
    segments: list[Segment] = field(default_factory=list[Segment])
    lists: Lists = field(default_factory=Lists)

    def full(self, position: int, row: int) -> None:
        """A value finds its single slot taken: it is reported, not dropped."""
        self.notes.setdefault(position, ("cardinality", row, ""))

    def note(self, position: int, reason: str, row: int, detail: str) -> None:
        """A value cannot be placed, and why."""
        self.notes.setdefault(position, (reason, row, detail))

    def issue(self, position: int, issue: Issue) -> None:
        """A finding at a position; its place is filled in at the end."""
        self.issues.append((position, issue))

    def made(self, type_: str, body: Resource) -> Resource:
        """A reference to a resource of this content: the one the message made already, or a new one."""
        key = (type_, dumps(body, sure=True))
        made = self.twins.get(key)
        if made is None:
            made = self.twins[key] = Made(type_, body)
            self.resources.append(made)
            made.number = len(self.resources)
        elif self.trace:
            self.equal(body, made.body)
        reference: Resource = {"reference": f"#{made.number}"}
        made.references.append(reference)
        return reference

    def equal(self, gone: Any, stays: Any) -> None:
        """A value vanishes because an equal one stands for it: the traces of one are traces of the other."""
        for old, new in _pairs(gone, stays):
            self.moved[id(old)] = (old, new)

    def stands(self, container: Any) -> Any:
        """The container that stands in the bundle for one that vanished; itself where it did not."""
        while (found := self.moved.get(id(container))) is not None and found[1] is not container:
            container = found[1]
        return container

    def claim(self, start: int, container: Any, key: str) -> None:
        """Give the traces of a value without a container, made since `start`, the place it got; None: it got none."""
        self.trace[start:] = [
            (container, key, *entry[2:]) if entry[0] is None else entry
            for entry in self.trace[start:]
            if entry[0] is not None or container is not None
        ]

    def trace_whole(self, value: tuple[str, int, int], container: Any, key: str, row: int, via: int) -> None:
        """Trace every populated position of a value, as `mark` takes it."""
        self.trace.extend((container, key, position, row, via) for position in _positions(*value))

    def mark(self, text: str, base: int, depth: int) -> None:
        """Every populated position of a value is mapped: of a repetition (depth 0), a component (1), a sub-component (2)."""
        self.used.update(_positions(text, base, depth))

    @staticmethod
    def extend(container: Resource, name: str, values: Any) -> None:
        """Append a value, or each of a list, to a list element."""
        container.setdefault(name, []).extend(values if isinstance(values, list) else [values])

    def beside(self, container: Resource, name: str, element: Resource, length: int | None) -> None:
        """Put what stands beside a primitive, its `_element`; in a list at the place of the value, the last one."""
        if length is None:
            container[f"_{name}"] = element
            return
        elements = container.setdefault(f"_{name}", [])
        elements.extend([None] * (length - 1 - len(elements)))
        elements.append(element)
        self.aligned.append((container, name))

    def align(self) -> None:
        """A list and what stands beside it are equally long: https://hl7.org/fhir/R4/json.html#primitive."""
        for container, name in self.aligned:
            beside, values = container[f"_{name}"], container.get(name)
            if values is not None:
                beside.extend([None] * (len(values) - len(beside)))
                values.extend([None] * (len(beside) - len(values)))

    def merge(self, into: Resource, other: Resource) -> None:
        """Add the members of one element to another: what both have as object or list is joined, else the first stands."""
        if into is other:
            return
        self.moved[id(other)] = (other, into)
        for name, value in other.items():
            mine = into.get(name)
            if mine is None:
                into[name] = value
            elif isinstance(mine, dict) and isinstance(value, dict):
                self.merge(mine, value)  # pyright: ignore[reportUnknownArgumentType]
            elif isinstance(mine, list):
                mine.extend(value)  # pyright: ignore[reportUnknownMemberType]

    def join(self, values: list[Any], value: Any) -> None:
        """Append unless it stands there already."""
        at = self.lists.place(values, value)
        if at < 0:
            values.append(value)
        elif self.trace:
            self.equal(value, values[at])

    def unite(self, values: list[Any], value: Resource) -> None:
        """Put an instance together with the first one where they say different things; else it is one of its own."""
        if values and values[0].keys().isdisjoint(value):
            self.merge(values[0], value)
        else:
            self.join(values, value)

    def chain(self, type_: str, link: str, bodies: tuple[Resource, ...], first: Resource) -> None:
        """Resources of one type from the smallest to the largest: each populated one refers to the next by `link`.

        The smallest becomes `first`, which the caller places.
        """
        populated = [body for body in bodies if body]
        for inner, outer in zip(populated[-2::-1], populated[:0:-1], strict=True):
            inner[link] = self.made(type_, outer)
        if populated:
            self.moved[id(populated[0])] = (populated[0], first)
            first.update(populated[0])

    def refer(self, container: Resource, segment: Segment, label: str) -> None:
        """Make `container` a reference to the resource of that label, once all are made."""
        container["reference"] = "#"
        self.pending.append((container, segment, label))

    def near(self, segment: Segment, name: str) -> Segment | None:
        """The segment of that name in the same group, else in the nearest group around it."""
        group = segment.group
        while isinstance(group, GroupInstance):
            if name in group.segments:
                return group.segments[name][0]
            group = group.parent
        return None


def present(segment: Segment, name: str, x: Context) -> bool:
    """Whether a segment of that name stands in the same repeating group, at any depth, or in a group around it."""
    group = segment.group
    return x.near(segment, name) is not None or (isinstance(group, GroupInstance) and name in group.home.below)


def _positions(text: str, base: int, depth: int) -> Iterable[int]:
    if depth == 0:
        for number, inner in enumerate(text.split("^")[:255], 1):
            yield from _positions(inner, base | number << COMPONENT, 1)
    elif depth == 1:
        yield from (base | number for number, leaf in enumerate(text.split("&")[:15], 1) if leaf)
    else:
        yield base


def _pairs(gone: Any, stays: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(gone, dict):
        yield gone, stays
        for key, value in gone.items():  # pyright: ignore[reportUnknownVariableType]
            yield from _pairs(value, stays[key])
    elif isinstance(gone, list):
        for one, other in zip(gone, stays, strict=True):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _pairs(one, other)
