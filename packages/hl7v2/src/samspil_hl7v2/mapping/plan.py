"""A map's rows arranged as the tree of elements they write, each checked against FHIR R4 (types, cardinality, paths)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from samspil_hl7v2.r4.elements import INLINE, PRIMITIVES, Element, Elements, NoSuchElementError

from .paths import Step
from .rows import Row

SYSTEM_TYPES = {"http://hl7.org/fhirpath/System.String": "string"}


BESIDE = "$this"
"""Label of the root that `$this.extension(...)` writes into: what stands beside the value of a primitive."""


class PlanError(ValueError):
    """A row cannot be compiled; names the row and says why."""

    def __init__(self, row: Row, why: str) -> None:
        super().__init__(f"{row.place}: {row.name}: {why}")
        self.row, self.why = row, why


class Place(NamedTuple):
    """Where a path stands in the R4 definitions: a type, and a path of backbone elements in it."""

    type: str
    path: str = ""

    def child(self, name: str) -> str:
        """The path of a child element, as `Elements.lookup` takes it."""
        return f"{self.path}.{name}" if self.path else name


@dataclass(eq=False, slots=True)
class Node:
    """One instance of a complex element that rows write into."""

    step: Step
    key: str
    repeats: bool
    place: Place
    parent: Node | None
    made: str = ""
    children: dict[Step, Node] = field(default_factory=dict["Step", "Node"])
    constants: list[Leaf] = field(default_factory=list["Leaf"])
    sources: list[Leaf] = field(default_factory=list["Leaf"])
    fields: set[int] = field(default_factory=set[int])
    """Fields whose repetitions make instances of this node."""
    var: str = ""
    united: bool = False
    """Whether it is put together with what other segments have made of the same element."""

    @property
    def url(self) -> str:
        """URL of the extension this node is, else empty."""
        return self.step.url

    def walk(self) -> list[Node]:
        """This node and all below, parents first."""
        nodes: list[Node] = [self]
        for child in self.children.values():
            nodes.extend(child.walk())
        return nodes

    def nested(self, number: int) -> bool:
        """Whether repetitions of another field make the instances that this node stands in."""
        above = self.parent
        while above is not None:
            if above.fields - {number}:
                return True
            above = above.parent
        return False

    def sourced(self) -> bool:
        """Whether any row with a source writes here or below."""
        return any(node.sources for node in self.walk())


@dataclass(eq=False, slots=True)
class Leaf:
    """One row at its place: `key` is the JSON name it writes ("" = the node itself), `type` the FHIR type there."""

    row: Row
    node: Node
    key: str
    type: str
    repeats: bool = False
    spread: Node | None = None
    spreads_self: bool = False
    allowed: frozenset[str] | None = None
    slots: int = 1


@dataclass(eq=False, slots=True)
class Plan:
    """The tree of a map: a root for each root label, and the leaves in the order of the rows."""

    name: str
    place: Place
    roots: dict[str, Node]
    leaves: list[Leaf]
    chain: str = ""


def plan(name: str, rows: list[Row], place: Place, elements: Elements, *, segment: bool) -> Plan:
    """Arrange the rows of a map whose root is at `place`. Raises PlanError for the first row that does not fit R4."""
    made = Plan(name, place, {}, [])
    builder = _Builder(made, elements, segment=segment)
    for row in rows:
        if row.dropped:
            continue
        if row.value.startswith("@chain"):
            made.chain = row.value.removeprefix("@chain").strip()
            continue
        builder.add(row)
    _count_slots(made)
    return made


class _Builder:
    def __init__(self, made: Plan, elements: Elements, *, segment: bool) -> None:
        self.plan = made
        self.elements = elements
        self.segment = segment

    def add(self, row: Row) -> None:
        steps = list(row.target)
        label = "1"
        if steps and not steps[0].name:
            label = steps.pop(0).label
        if steps and steps[0].name == "$this":
            steps.pop(0)
            label = BESIDE
        node = self._root(label)
        spread: Node | None = None
        flagged = any(step.flag == "*" for step in steps)
        for step in steps[:-1]:
            node = self._enter(row, node, step)
            spread = self._spread(node, step, spread, flagged=flagged)
        leaf = self._leaf(row, node, steps[-1] if steps else None, spread, flagged=flagged)
        (leaf.node.constants if is_constant(row) else leaf.node.sources).append(leaf)
        self.plan.leaves.append(leaf)
        own = self.segment and row.source.name == self.plan.name.partition("[")[0]
        if own and not is_constant(row) and leaf.spread is not None and row.source.parts:
            leaf.spread.fields.add(row.source.parts[0])

    def _spread(self, node: Node, step: Step, spread: Node | None, *, flagged: bool) -> Node | None:
        """The node that repetitions of the source multiply: the deepest repeating one, or the one marked `*`.

        Inside a datatype nothing multiplies; of extensions in extensions the outermost does.
        """
        if not node.repeats or step.flag in {"!", "="} or (flagged and step.flag != "*"):
            return spread
        parent = node.parent
        if not flagged and parent is not None:
            if not _is_resource(self.elements, parent.place.type):
                return spread
            if node.url and parent.url:
                return spread
        return node

    def _root(self, label: str) -> Node:
        if label not in self.plan.roots:
            place = Place("Element") if label == BESIDE else self.plan.place
            self.plan.roots[label] = Node(Step("", label), "", repeats=False, place=place, parent=None)
        return self.plan.roots[label]

    def _element(self, row: Row, node: Node, name: str) -> Element:
        try:
            return self.elements.lookup(node.place.type, node.place.child(name))
        except NoSuchElementError as error:
            raise PlanError(
                row, f"FHIR R4 has no {error.step!r} in {node.place.type}.{node.place.path}".rstrip(".")
            ) from None

    def _enter(self, row: Row, node: Node, step: Step) -> Node:
        identity = step._replace(flag="")
        if identity in node.children:
            node.children[identity].united |= step.flag == "="
            return node.children[identity]
        element = self._element(row, node, step.name)
        if len(element.types) != 1:
            raise PlanError(row, f"{step.name!r} is a choice: name its type, such as valueString")
        only = SYSTEM_TYPES.get(element.types[0], element.types[0])
        key, place, repeats = step.name, self._place(node, step, only), element.repeats
        if only in PRIMITIVES:
            key, place = f"_{step.name}", Place("Element")
        made = step.made
        if made and only not in {"Reference", "canonical"}:
            raise PlanError(row, f"{step.name!r} is no reference, so it cannot lead to a {made}")
        if made:
            self._check_target(row, element, made, step.name)
        child = Node(identity, key, repeats, Place(made) if made else place, node, made, united=step.flag == "=")
        node.children[identity] = child
        return child

    def _check_target(self, row: Row, element: Element, made: str, name: str) -> None:
        if made not in self.elements.types:
            raise PlanError(row, f"{made!r} is no FHIR R4 resource")
        if element.targets and made not in element.targets and "Resource" not in element.targets:
            raise PlanError(row, f"{name!r} may not refer to a {made}; it may to {', '.join(element.targets)}")

    def _place(self, node: Node, step: Step, only: str) -> Place:
        if only.startswith("@"):
            home, _, inside = only[1:].partition(".")
            return Place(home, inside)
        return Place(node.place.type, node.place.child(step.name)) if only in INLINE else Place(only)

    def _leaf(self, row: Row, node: Node, step: Step | None, spread: Node | None, *, flagged: bool) -> Leaf:
        if step is None:
            return Leaf(row, node, "", node.place.type, spread=spread)
        if self._is_complex(row, node, step):
            inner = self._enter(row, node, step)
            spread = self._spread(inner, step, spread, flagged=flagged)
            return Leaf(row, inner, "", inner.place.type, spread=spread)
        element = self._element(row, node, step.name)
        only = SYSTEM_TYPES.get(element.types[0], element.types[0])
        allowed = self.elements.codes(node.place.type, node.place.child(step.name)) if only == "code" else None
        spreads = element.repeats and step.flag != "!" and (not flagged or step.flag == "*")
        return Leaf(row, node, step.name, only, element.repeats, spread, spreads and not flagged, allowed)

    def _is_complex(self, row: Row, node: Node, step: Step) -> bool:
        element = self._element(row, node, step.name)
        if len(element.types) != 1:
            raise PlanError(row, f"{step.name!r} is a choice: name its type, such as valueString")
        return SYSTEM_TYPES.get(element.types[0], element.types[0]) not in PRIMITIVES


@cache
def _is_resource(elements: Elements, name: str) -> bool:
    """Resources have metadata, datatypes do not."""
    try:
        return bool(elements.lookup(name, "meta"))
    except NoSuchElementError:
        return False


def is_constant(row: Row) -> bool:
    """Whether a row writes a constant."""
    return row.value.startswith('"')


def _count_slots(made: Plan) -> None:
    """How many sourced rows write each single slot: where it is one, no check for a taken slot is needed."""
    counts: dict[tuple[int, str], int] = {}
    for leaf in made.leaves:
        if leaf.key and not leaf.repeats and not is_constant(leaf.row):
            counts[id(leaf.node), leaf.key] = counts.get((id(leaf.node), leaf.key), 0) + 1
    for leaf in made.leaves:
        leaf.slots = counts.get((id(leaf.node), leaf.key), 1)
