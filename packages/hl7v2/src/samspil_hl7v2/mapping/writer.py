"""Rows to lines of Python: what functions of segments and of datatypes have in common.

Static paths are unrolled and conditions inlined. After each value that is placed, a line notes its position number; with
`traced`, another one tells where it went, from what, by which row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from samspil_hl7v2.r4.elements import ABSENT, PRIMITIVES, Elements, NoSuchElementError
from samspil_hl7v2.v2.table_codes import V2, own_system

from .conditions import Both, Condition, Either, Measure, Not, OneOf, Rule, Valued
from .plan import BESIDE, Leaf, Node, Place, Plan, PlanError
from .refs import Ref, parse_ref
from .rows import Row, Tables

TEXTS = frozenset({"string", "markdown", "id", "xhtml"})
TEMPORAL = frozenset({"date", "dateTime", "instant", "time"})
BARE = "bare"
"""Mark of a value that can have nothing beside it."""
WHOLE = frozenset({"whole", "samples", "raw", "text", "base64_of"})
"""Rules that read a value as it stands, delimiters included, and so use every position in it."""
PLACES = frozenset({"first", "county-differs"})
"""Rules on where a segment stands, or on more of it than a position."""
NAMING = ("after-", "closing-")
"""Such rules that name another segment: `@after-PV1`."""
_HOLE = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"\W+")


class Spec(NamedTuple):
    """One compiled form of a datatype map: what its root is, how deep its source lies, whether a list takes its roots.

    With `guard`, single slots of its root may be taken before it is called.
    """

    map: str
    place: Place
    depth: int
    many: bool
    guard: bool = False


@dataclass(slots=True)
class Source:
    """The source text made so far, and the constants it refers to by index."""

    tables: Tables
    elements: Elements
    defaults: dict[tuple[str, str], Any]
    traced: bool
    datatype: Callable[[Source, Row, Spec], str]
    """Gives the name of a datatype map's function, which is compiled later."""
    rows: list[str] = field(default_factory=list[str])
    row_index: dict[str, int] = field(default_factory=dict[str, int])
    vocabularies: list[str] = field(default_factory=list[str])
    allowed: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    rules: set[str] = field(default_factory=set[str])
    functions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    specs: dict[Spec, str] = field(default_factory=dict[Spec, str])
    pending: dict[str, Spec] = field(default_factory=dict[str, Spec])
    """Functions of datatype maps that are called, and not compiled yet."""
    slots: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    touches: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def row(self, row: Row) -> int:
        """Index of a row's name."""
        if row.name not in self.row_index:
            self.row_index[row.name] = len(self.rows)
            self.rows.append(row.name)
        return self.row_index[row.name]

    def vocabulary(self, row: Row) -> str:
        """Expression for a row's vocabulary: `None`, the one handed in, or an indexed one."""
        name = row.vocabulary
        if not name:
            return "None"
        if name not in self.tables.vocabulary:
            raise PlanError(row, f"there is no vocabulary {name!r}")
        if name not in self.vocabularies:
            self.vocabularies.append(name)
        return f"V{self.vocabularies.index(name)}"

    def codes(self, allowed: frozenset[str] | None) -> str:
        """Expression for the codes a required binding allows."""
        if allowed is None:
            return "None"
        if allowed not in self.allowed:
            self.allowed.append(allowed)
        return f"A{self.allowed.index(allowed)}"

    def single_slots(self, name: str) -> frozenset[str]:
        """Elements that a map writes at its root with a text of their own, and at most once."""
        if name not in self.slots:
            self.slots[name] = frozenset()
            rows = self.tables.maps.get(name, {}).values()
            self.slots[name] = frozenset(slot for row in rows if not row.dropped for slot in self._slots_of_row(row))
        return self.slots[name]

    def _slots_of_row(self, row: Row) -> frozenset[str]:
        if row.value.startswith('"'):
            return frozenset()
        if not row.target or (len(row.target) == 1 and not row.target[0].name):
            return self.single_slots(row.map) if row.map else frozenset()
        return frozenset({row.target[0].name}) if len(row.target) == 1 else frozenset()

    def touched(self, name: str) -> frozenset[str]:
        """Elements of its root that a map writes, or writes into."""
        if name not in self.touches:
            self.touches[name] = frozenset()
            rows = [row for row in self.tables.maps.get(name, {}).values() if not row.dropped]
            own = {row.target[0].name for row in rows if row.target and row.target[0].name}
            called = [row.map for row in rows if row.map and (not row.target or not row.target[0].name)]
            self.touches[name] = frozenset(own.union(*(self.touched(each) for each in called)))
        return self.touches[name]

    def text(self, names: Iterable[str]) -> str:
        """These functions."""
        return "\n\n\n".join("\n".join(self.functions[name]) for name in names) + "\n"


def identifier(text: str) -> str:
    """A map's name as a Python name."""
    return _WORD.sub("_", text).strip("_")


class Writer:
    """What both kinds of functions share: lines with indentation, nodes, leaves."""

    def __init__(self, source: Source, made: Plan) -> None:
        self.source = source
        self.plan = made
        self.lines: list[str] = []
        self.indent = 1
        self.count = 0
        self.open: set[int] = set()
        """Nodes (by `id`) that may hold content before the function runs."""

    def put(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def open_up(self, node: Node) -> None:
        """A node may hold content already, and so may the single nodes in it."""
        self.open.add(id(node))
        for child in node.children.values():
            if not child.repeats and not child.made:
                self.open_up(child)

    def shared_with(self, leaf: Leaf) -> list[Node]:
        """Single elements that rows here write into, and that the map which a row calls on their parent writes into too."""
        if leaf.key or not leaf.row.map:
            return []
        touched = self.source.touched(leaf.row.map)
        return [
            child
            for child in leaf.node.children.values()
            if child.step.name in touched and child.sourced() and not child.repeats and not child.made
        ]

    def open_shared(self) -> None:
        """Elements that a called map may have filled are looked at before they are written."""
        for leaf in self.plan.leaves:
            for child in self.shared_with(leaf):
                self.open_up(child)

    def call_on_node(self, leaf: Leaf, line: str) -> None:
        """Call a map on a whole node: it sees what rows have put there, and rows see what it put there."""
        shared = self.shared_with(leaf)
        for child in shared:
            self.put(f"if {child.var}: {leaf.node.var}[{child.key!r}] = {child.var}")
        self.put(line)
        for child in shared:
            self.put(f"{child.var} = {leaf.node.var}.get({child.key!r}) or {child.var}")

    def start_of(self, node: Node) -> str:
        """Expression for what a node holds at first."""
        if id(node) not in self.open or node.parent is None:
            return "{}"
        return f"{node.parent.var}.get({node.key!r}) or {{}}"

    def variable(self, stem: str = "n") -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # -- expressions that the two kinds make differently --

    def text_of(self, row: Row, ref: Ref) -> str:
        raise NotImplementedError

    def valued(self, row: Row, ref: Ref) -> str:
        return f"{self.text_of(row, ref)} != ''"

    def key_of(self, row: Row, ref: Ref) -> str:
        raise NotImplementedError

    def measure(self, row: Row, what: str, ref: Ref) -> str:
        raise NotImplementedError

    def rule(self, row: Row, name: str, refs: tuple[Ref, ...]) -> str:
        """Call a named rule with the texts of positions; one that reads a whole value gets it as it stands."""
        name = name.replace("-", "_")
        self.source.rules.add(name)
        texts = [self.raw(row, ref) if name in WHOLE else self.text_of(row, ref) for ref in refs]
        return f"rule_{name}({', '.join(('x', *texts))})"

    def raw(self, row: Row, ref: Ref) -> str:
        raise NotImplementedError

    def via(self, row: Row) -> str:
        """The segment map's row by whose way a value comes: in a datatype map its caller's, else the row itself."""
        del row
        return "x.row"

    # -- conditions --

    def condition(self, row: Row, tree: Condition) -> str:
        match tree:
            case Valued(ref):
                return self.valued(row, ref)
            case OneOf(ref, (text,)):
                return f"{self.text_of(row, ref)} == {text!r}"
            case OneOf(ref, texts):
                return f"{self.text_of(row, ref)} in {texts!r}"
            case Measure(what, ref, operator, number):
                return f"{self.measure(row, what, ref)} {operator} {number}"
            case Rule(name, refs):
                return self.rule(row, name, refs)
            case Not(item):
                return f"not ({self.condition(row, item)})"
            case Both(items):
                return " and ".join(f"({self.condition(row, item)})" for item in items)
            case Either(items):
                return "(" + " or ".join(f"({self.condition(row, item)})" for item in items) + ")"

    def compare_marks(self, row: Row, container: str, key: str) -> None:
        """Mark the positions whose text a true condition compared: they chose what stands there."""
        if row.when is None:
            return
        for ref, texts, sure in _comparisons(row.when, sure=True):
            position = self.key_of(row, ref)
            lines = [f"U({position})"]
            if self.source.traced:
                lines.append(f"T(({container}, {key!r}, {position}, {self.source.row(row)}, {self.via(row)}))")
            test = f"{self.text_of(row, ref)} in {texts!r}"
            for line in lines:
                self.put(line if sure else f"if {test}: {line}")

    def compare_marks_where_filled(self, row: Row, node: str) -> None:
        """As `compare_marks`, for a map that was called on a whole node: only where it put something there."""
        if row.when is None or not _comparisons(row.when, sure=True):
            return
        self.put(f"if {node}:")
        self.indent += 1
        self.compare_marks(row, node, "")
        self.indent -= 1

    # -- writing a leaf --

    def write_value(self, leaf: Leaf, text: str, positions: list[tuple[str, str]]) -> None:
        """Write the value in the variable `text` at a leaf; `positions` are (key expression, populated test or "")."""
        row, container, key = leaf.row, leaf.node.var, leaf.key
        index = self.source.row(row)
        first = positions[0][0]
        depth = self.indent
        self.unless_taken(leaf, first)
        if leaf.type in TEMPORAL and key and not leaf.repeats and not is_made(row):
            self.put(f"if put_{leaf.type}({container}, {key!r}, {text}, {first}, x, {index}):")
            self.indent += 1
        else:
            value = self._converted(leaf, text, first, index)
            if key == "system" and leaf.node.place.type == "Coding":
                value = f"own_system({value}, {container}.get('code', ''))"
            self._place(leaf, container, key, value)
        for position, test in positions:
            self.put(f"if {test}: U({position})" if test else f"U({position})")
        self.mark_whole(row, container, key)
        self.compare_marks(row, container, key)
        for position, test in positions:
            if self.source.traced:
                line = f"T(({container}, {key!r}, {position}, {index}, {self.via(row)}))"
                self.put(f"if {test}: {line}" if test else line)
        self.indent = depth

    def unless_taken(self, leaf: Leaf, position: str) -> None:
        """Ask before a value is placed whether its single slot, or another type of its choice, is filled already."""
        tests: list[str] = []
        node, key = leaf.node, leaf.key
        if key and not leaf.repeats and (id(node) in self.open or leaf.slots > 1 or self.contested(node, key)):
            tests.append(f"{key!r} in {node.var} or {'_' + key!r} in {node.var}")
        tests += self._rivals(node, key) if key else []
        while node.parent is not None and not node.repeats and not node.made:
            tests += self._rivals(node.parent, node.key)
            node = node.parent
        if tests:
            self.put(f"if {' or '.join(tests)}:")
            self.put(f"    x.full({position}, {self.source.row(leaf.row)})")
            self.put("else:")
            self.indent += 1

    def _rivals(self, node: Node, key: str) -> list[str]:
        if id(node) not in self.open:
            return []
        try:
            others = self.source.elements.rivals(node.place.type, node.place.child(key.removeprefix("_")))
        except NoSuchElementError:
            return []
        return [f"not {self.source.codes(others)}.isdisjoint({node.var})"] if others else []

    def contested(self, node: Node, key: str) -> bool:
        """Whether a map that is called on the whole node writes this single slot of it too."""
        return any(
            key in self.source.single_slots(leaf.row.map) for leaf in node.sources if leaf.row.map and not leaf.key
        )

    def contests(self, leaf: Leaf) -> bool:
        """Whether the map that a row calls on a node writes a single slot that another row of the node writes too."""
        own = self.source.single_slots(leaf.row.map)
        for other in leaf.node.sources:
            theirs = {other.key} if other.key else self.source.single_slots(other.row.map)
            if other is not leaf and own & theirs:
                return True
        return False

    def _converted(self, leaf: Leaf, text: str, first: str, index: int) -> str:
        if leaf.type in TEXTS or is_made(leaf.row):
            return text
        if leaf.type not in PRIMITIVES:
            raise PlanError(leaf.row, f"{leaf.type} is no primitive: name the datatype map that makes it")
        vocabulary = self.vocabulary(leaf)
        self.put(f"v = as_{leaf.type}({text}, {first}, x, {index}, {vocabulary}, {self.source.codes(leaf.allowed)})")
        self.put("if v is not None:")
        self.indent += 1
        return "v"

    def vocabulary(self, leaf: Leaf) -> str:
        return self.source.vocabulary(leaf.row)

    def _place(self, leaf: Leaf, container: str, key: str, value: str) -> None:
        if not key:
            raise PlanError(leaf.row, "a value needs an element to stand in")
        if leaf.repeats and is_made(leaf.row):
            self.put(f"x.extend({container}, {key!r}, {value})")
        elif leaf.repeats:
            self.put(f"if {key!r} in {container}: {container}[{key!r}].append({value})")
            self.put(f"else: {container}[{key!r}] = [{value}]")
        else:
            self.put(f"{container}[{key!r}] = {value}")

    def _call_for_value(self, leaf: Leaf, name: str, arguments: tuple[str, str, str]) -> None:
        """Call a map that makes one value; what it makes beside the value goes into the `_element`."""
        raw, base, vocabulary = arguments
        container, key = leaf.node.var, leaf.key
        beside = "None"
        if leaf.node.url:
            pass  # a value in an extension has nothing beside it: an extension has a value or extensions, not both
        elif any(row.target_text.startswith(f"{BESIDE}.") for row in self.source.tables.maps[leaf.row.map].values()):
            beside = self.variable("e")
            self.put(f"{beside} = {{}}")
        value = self.variable("v")
        if self.source.traced:
            self.put("z = len(x.trace)")
        self.put(f"{value} = {name}({raw}, {base}, x, {vocabulary}, {beside})")
        if self.source.traced:
            self.put(f"x.claim(z, None if {value} is None else {container}, {key!r})")
        self.put(f"if {value} is not None:")
        self.indent += 1
        self._place(leaf, container, key, value)
        self.compare_marks(leaf.row, container, key)
        self.indent -= 1
        if beside != "None":
            at = f"len({container}.get({key!r}, ()))" if leaf.repeats else "None"
            self.put(f"if {beside}: x.beside({container}, {key!r}, {beside}, {at})")

    def mark_whole(self, row: Row, container: str, key: str) -> None:
        """A function of a whole value reads every position of it."""
        value = self.whole(row)
        if value is None:
            return
        self.put(f"x.mark({', '.join(value)})")
        if self.source.traced:
            self.put(
                f"x.trace_whole(({', '.join(value)}), {container}, {key!r}, {self.source.row(row)}, {self.via(row)})"
            )

    def whole(self, row: Row) -> tuple[str, str, str] | None:
        """Text, position number and depth of the value that a row's function reads whole; None where it does not."""
        raise NotImplementedError

    # -- templates and functions --

    def expression(self, leaf: Leaf) -> tuple[str, list[tuple[str, str]]] | None:
        """Put the value of a template or function in a variable; returns it and the positions it reads."""
        row = leaf.row
        if row.value.startswith("@"):
            name, *arguments = row.value[1:].split(None, 1)
            holes = (_HOLE.findall(arguments[0]) or arguments[0].split()) if arguments else []
            if holes and "{" not in arguments[0]:
                holes = [str(row.source), *holes]
            refs = [self.hole(row, hole) for hole in holes] or [row.source]
            value = self.rule(row, name, tuple(refs))
        else:
            refs = [self.hole(row, hole) for hole in _HOLE.findall(row.value)]
            pieces: list[str] = []
            for at, piece in enumerate(_HOLE.split(row.value)):
                pieces.append(repr(piece) if at % 2 == 0 else self.text_of(row, self.hole(row, piece)))
            value = f"fill(({', '.join(pieces)},))"
        variable = self.variable("e")
        self.put(f"{variable} = {value}")
        first_alone = row.value.split(None, 1)[0] == "@text"  # the words of any part count, the first may be empty
        positions = [
            (self.key_of(row, ref), f"{self.text_of(row, ref)} != ''" if first_alone else self.valued(row, ref))
            for ref in refs
        ]
        return variable, positions

    @staticmethod
    def hole(row: Row, text: str) -> Ref:
        ref = parse_ref(text)
        if ref is None:
            raise PlanError(row, f"{text!r} in the value is no position")
        return ref

    # -- assembling nodes --

    def assemble(self, node: Node, local: set[int], parent: str, *, into: bool) -> None:
        """Put together a node's children, constants and defaults, and attach it to its parent; skip what is empty."""
        for child in node.children.values():
            if id(child) in local and child.sourced():
                depth = self.indent
                if floor := self.floor(child):
                    self.put(f"if n > {floor}:")
                    self.indent += 1
                self.assemble(child, local, node.var, into=False)
                self.indent = depth
        self.put(f"if {node.var}:")
        self.indent += 1
        self.finish(node)
        self.attach(node, parent, into=into)
        self.indent -= 1

    def floor(self, node: Node) -> int:
        """With how many parts of the source or fewer nothing stands at a node."""
        del node
        return 0

    def finish(self, node: Node) -> None:
        """Constants, constant-only children and required elements of a node that has content."""
        for leaf in node.constants:
            self.constant(node.var, leaf)
        for child in node.children.values():
            if not child.sourced():
                self.constant_tree(node.var, child)
        if node.url:
            self.put(f"{node.var}['url'] = {node.url!r}")
        if node.parent is not None and not node.made:
            self.required(node)

    def constant(self, container: str, leaf: Leaf) -> None:
        value = constant_value(leaf)
        depth = self.indent
        tests = [self.valued(leaf.row, leaf.row.source)] if self._asks_source(leaf) else []
        if leaf.row.when is not None:
            tests.append(f"({self.condition(leaf.row, leaf.row.when)})")
        if tests:
            self.put(f"if {' and '.join(tests)}:")
            self.indent += 1
        key = leaf.key
        if leaf.repeats:
            self.put(f"{container}.setdefault({key!r}, []).append({value!r})")
        else:
            made = repr(value)
            if key == "system" and str(value).startswith(V2) and not _has_constant_code(leaf.node):
                made = f"own_system({made}, {container}.get('code', ''))"
            self.put(f"if {key!r} not in {container}: {container}[{key!r}] = {made}")
        self.compare_marks(leaf.row, container, key)
        self.indent = depth

    def _asks_source(self, leaf: Leaf) -> bool:
        """Whether a constant must ask for its source: not where everything around it comes from that source."""
        if not leaf.row.source.parts:
            return False
        node: Node | None = leaf.node
        while node is not None and not node.sourced():
            node = node.parent
        if node is None or node.parent is None:
            return True
        return any(other.row.source != leaf.row.source for inner in node.walk() for other in inner.sources)

    def constant_tree(self, parent: str, node: Node) -> None:
        """A subtree that only constants fill."""
        node.var = self.variable()
        self.put(f"{node.var} = {{}}")
        for leaf in node.constants:
            self.constant(node.var, leaf)
        for child in node.children.values():
            self.constant_tree(node.var, child)
        self.put(f"if {node.var}:")
        self.indent += 1
        if node.url:
            self.put(f"{node.var}['url'] = {node.url!r}")
        self.attach(node, parent, into=False)
        self.indent -= 1

    def attach(self, node: Node, parent: str, *, into: bool) -> None:
        value, key = node.var, node.key
        if node.made:
            value = f"x.made({node.made!r}, {node.var})"
        if node.united:
            self.put(f"x.unite({parent}.setdefault({key!r}, []), {value})")
        elif node.repeats:
            self.put(
                f"if {key!r} in {parent}: x.join({parent}[{key!r}], {value})"
                if into or node.made
                else f"if {key!r} in {parent}: {parent}[{key!r}].append({value})"
            )
            self.put(f"else: {parent}[{key!r}] = [{value}]")
            if key.startswith("_"):
                self.put(f"x.aligned.append(({parent}, {key[1:]!r}))")
        elif (
            node.parent is not None
            and not node.made
            and any(leaf.row.map and not leaf.key for leaf in node.parent.sources)
        ):
            self.put(f"if {key!r} in {parent}: x.merge({parent}[{key!r}], {value})")
            self.put(f"else: {parent}[{key!r}] = {value}")
        else:
            self.put(f"{parent}[{key!r}] = {value}")

    def required(self, node: Node) -> None:
        """Fill elements that R4 requires inside a node and that no row has filled."""
        if node.key.startswith("_"):
            return
        try:
            names = self.source.elements.required(node.place.type, node.place.path)
        except NoSuchElementError:
            return
        sure = {leaf.key for leaf in node.constants if leaf.row.when is None} | {
            child.key for child in node.children.values() if not child.sourced() and _unconditional(child)
        }
        for name in names:
            if name in sure or name.endswith("[x]") or (node.url and name == "url"):
                continue
            path = node.place.child(name)
            default = self.source.defaults.get((node.place.type, path))
            element = self.source.elements.lookup(node.place.type, path)
            primitive = element.types[0] in PRIMITIVES
            value: Any = default if default is not None else ABSENT
            key = f"_{name}" if primitive and default is None else name
            if element.repeats and not isinstance(value, list):
                value = [value]
            missing = f"{name!r} not in {node.var}"
            if primitive:
                missing += f" and {'_' + name!r} not in {node.var}"
            self.put(f"if {missing}: {node.var}[{key!r}] = {value!r}")


def is_made(row: Row) -> bool:
    """Whether a rule has made the FHIR value already."""
    return row.value.startswith("@") and not row.value.startswith("@of ")


def _has_constant_code(node: Node) -> bool:
    return any(leaf.key == "code" for leaf in node.constants)


def _unconditional(node: Node) -> bool:
    return any(leaf.row.when is None for leaf in node.constants) or any(
        _unconditional(child) for child in node.children.values()
    )


def constant_value(leaf: Leaf) -> Any:
    """A constant as the JSON value its element's type asks for. Raises PlanError."""
    text = leaf.row.value[1:-1]
    if leaf.type == "boolean":
        return text == "true"
    if leaf.type in {"integer", "positiveInt", "unsignedInt"}:
        return int(text)
    if leaf.type == "decimal":
        return Decimal(text)
    if leaf.type not in PRIMITIVES:
        raise PlanError(leaf.row, f"a constant cannot be a {leaf.type}")
    if leaf.key == "system":
        code = next((other.row.value[1:-1] for other in leaf.node.constants if other.key == "code"), "")
        return own_system(text, code)
    if leaf.allowed is not None and text not in leaf.allowed:
        raise PlanError(leaf.row, f"{text!r} is not among the codes R4 requires there")
    return text


def _comparisons(tree: Condition, *, sure: bool) -> list[tuple[Ref, tuple[str, ...], bool]]:
    match tree:
        case OneOf(ref, texts):
            return [(ref, texts, sure)]
        case Both(items):
            return [found for item in items for found in _comparisons(item, sure=sure)]
        case Either(items):
            return [found for item in items for found in _comparisons(item, sure=False)]
        case _:
            return []
