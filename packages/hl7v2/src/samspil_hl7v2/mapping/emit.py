"""Plans to Python source: one function a map, static paths unrolled, conditions inlined.

The functions read a segment (or a field's text), write FHIR elements as plain dicts, and note the position number of
every value they place. `traced=True` makes the same functions with a line more after each write: where, from what, by
which row.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from ..message import COMPONENT, FIELD, REPETITION, SEGMENT
from ..r4.elements import Elements, NoSuchElementError
from .conditions import Both, Condition, Either, Measure, Not, OneOf, Rule, Valued, atoms
from .plan import BESIDE, PRIMITIVES, Leaf, Node, Place, Plan, PlanError, is_constant, plan
from .refs import Ref, parse_ref
from .rows import Row, Tables

TEXTS = frozenset({"string", "markdown", "id", "xhtml"})
TEMPORAL = frozenset({"date", "dateTime", "instant", "time"})
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
BARE = "bare"
"""Mark of a value that can have nothing beside it."""
WHOLE = frozenset({"whole", "samples", "raw", "text", "base64_of"})
"""Rules that read a value as it stands, delimiters included, and so use every position in it."""
PLACES = frozenset({"first", "county-differs"})
"""Rules on where a segment stands, or on more of it than a position; `@after-PV1` is one too."""
_HOLE = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"\W+")


class Spec(NamedTuple):
    """One compiled form of a datatype map: what its root is, how deep its source lies, whether a list takes its roots."""

    map: str
    place: Place
    depth: int
    many: bool


@dataclass(slots=True)
class Source:
    """The source text made so far, and the constants it refers to by index."""

    tables: Tables
    elements: Elements
    defaults: dict[tuple[str, str], Any]
    traced: bool
    rows: list[str] = field(default_factory=list[str])
    row_index: dict[str, int] = field(default_factory=dict[str, int])
    vocabularies: list[str] = field(default_factory=list[str])
    allowed: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    rules: set[str] = field(default_factory=set[str])
    functions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    specs: dict[Spec, str] = field(default_factory=dict[Spec, str])

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

    def text(self) -> str:
        """All functions."""
        return "\n\n\n".join("\n".join(lines) for lines in self.functions.values()) + "\n"


def segment_function(source: Source, name: str, place: Place, *, into: bool) -> str:
    """Compile a segment map; returns the name of `f(s, o, x)`: segment, resource dict, context. Raises PlanError."""
    key = f"{_ident(name)}{'_into' if into else ''}"
    if key not in source.functions:
        source.functions[key] = []
        rows = list(source.tables.maps[name].values())
        made = plan(name, rows, place, source.elements, segment=True)
        source.functions[key] = _SegmentWriter(source, made, into=into).function(key)
    return key


def datatype_function(source: Source, row: Row, spec: Spec) -> str:
    """Compile a datatype map; returns the name of `f(r, b, x, v, o)`. Raises PlanError."""
    if spec in source.specs:
        return source.specs[spec]
    if spec.map not in source.tables.maps:
        raise PlanError(row, f"there is no map {spec.map!r}")
    name = f"{_ident(spec.map)}_{_ident(spec.place.type + spec.place.path)}_{spec.depth}{'m' if spec.many else ''}"
    source.specs[spec] = name
    source.functions[name] = []
    rows = list(source.tables.maps[spec.map].values())
    made = plan(spec.map, rows, spec.place, source.elements, segment=False)
    source.functions[name] = _DatatypeWriter(source, made, spec).function(name)
    return name


def condition_function(source: Source, name: str, row: Row, when: Condition) -> str:
    """Compile a condition of a message row; returns the name of `f(s, x)`."""
    key = f"when_{_ident(name)}"
    if key not in source.functions:
        writer = _SegmentWriter(source, Plan(name, Place("Bundle"), {}, []), into=False)
        expression = writer.condition(row, when)
        source.functions[key] = [f"def {key}(s, x):", *writer.head, f"    return {expression}"]
    return key


def _ident(text: str) -> str:
    return _WORD.sub("_", text).strip("_")


class _Writer:
    """What both kinds of functions share: lines with indentation, nodes, leaves."""

    def __init__(self, source: Source, made: Plan) -> None:
        self.source = source
        self.plan = made
        self.lines: list[str] = []
        self.indent = 1
        self.count = 0

    def put(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

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

    def compare_marks(self, row: Row) -> None:
        """Mark the positions whose text a true condition compared."""
        if row.when is None:
            return
        for ref, texts, sure in _comparisons(row.when, sure=True):
            line = f"U({self.key_of(row, ref)})"
            test = f"{self.text_of(row, ref)} in {texts!r}"
            self.put(line if sure else f"if {test}: {line}")

    # -- writing a leaf --

    def trace(self, container: str, key: str, position: str, row: Row) -> None:
        if self.source.traced:
            self.put(f"T(({container}, {key!r}, {position}, {self.source.row(row)}, {self.via(row)}))")

    def write_value(self, leaf: Leaf, text: str, positions: list[tuple[str, str]], *, guard: bool) -> None:
        """Write the value in the variable `text` at a leaf; `positions` are (key expression, populated test or "")."""
        row, container, key = leaf.row, leaf.node.var, leaf.key
        index = self.source.row(row)
        first = positions[0][0]
        depth = self.indent
        if (guard or leaf.slots > 1) and not leaf.repeats and key:
            self.put(f"if {key!r} in {container} or {'_' + key!r} in {container}:")
            self.put(f"    x.full({first}, {index})")
            self.put("else:")
            self.indent += 1
        if leaf.type in TEMPORAL and key and not leaf.repeats and not _is_made(row):
            self.put(f"if put_{leaf.type}({container}, {key!r}, {text}, {first}, x, {index}):")
            self.indent += 1
        else:
            value = self._converted(leaf, text, first, index)
            self._place(leaf, container, key, value)
        for position, test in positions:
            self.put(f"if {test}: U({position})" if test else f"U({position})")
        self.mark_whole(row)
        self.compare_marks(row)
        for position, test in positions:
            if self.source.traced:
                line = f"T(({container}, {key!r}, {position}, {index}, {self.via(row)}))"
                self.put(f"if {test}: {line}" if test else line)
        self.indent = depth

    def _converted(self, leaf: Leaf, text: str, first: str, index: int) -> str:
        if leaf.type in TEXTS or _is_made(leaf.row):
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
        if leaf.repeats and _is_made(leaf.row):
            self.put(f"x.extend({container}, {key!r}, {value})")
        elif leaf.repeats:
            self.put(f"if {key!r} in {container}: {container}[{key!r}].append({value})")
            self.put(f"else: {container}[{key!r}] = [{value}]")
        else:
            self.put(f"{container}[{key!r}] = {value}")

    def _call_for_value(self, leaf: Leaf, name: str, arguments: tuple[str, str, str], position: str) -> None:
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
        self.put(f"{value} = {name}({raw}, {base}, x, {vocabulary}, {beside})")
        self.put(f"if {value} is not None:")
        self.indent += 1
        self._place(leaf, container, key, value)
        self.trace(container, key, position, leaf.row)
        self.compare_marks(leaf.row)
        self.indent -= 1
        if beside != "None":
            at = f"len({container}.get({key!r}, ()))" if leaf.repeats else "None"
            self.put(f"if {beside}: x.beside({container}, {key!r}, {beside}, {at})")

    def mark_whole(self, row: Row) -> None:
        """A function of a whole value reads every position of it."""

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
        positions = [(self.key_of(row, ref), self.valued(row, ref)) for ref in refs]
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
            self.put(f"if {key!r} not in {container}: {container}[{key!r}] = {value!r}")
        self.compare_marks(leaf.row)
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
        if node.repeats:
            self.put(
                f"if {key!r} in {parent}: x.join({parent}[{key!r}], {value})"
                if into or node.made
                else f"if {key!r} in {parent}: {parent}[{key!r}].append({value})"
            )
            self.put(f"else: {parent}[{key!r}] = [{value}]")
        elif node.parent is not None and not node.made and any(leaf.row.map and not leaf.key for leaf in node.parent.sources):
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
            self.put(f"if {name!r} not in {node.var}: {node.var}[{key!r}] = {value!r}")


def _is_made(row: Row) -> bool:
    """Whether a rule has made the FHIR value already."""
    return row.value.startswith("@") and not row.value.startswith("@of ")


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


class _DatatypeWriter(_Writer):
    """A function of a field's, component's or sub-component's text."""

    def __init__(self, source: Source, made: Plan, spec: Spec) -> None:
        super().__init__(source, made)
        self.spec = spec
        self.datatype = spec.map.partition("[")[0]
        self.most = 0

    def text_of(self, row: Row, ref: Ref) -> str:
        number = self._number(row, ref)
        if len(ref.parts) > 1:
            if self.spec.depth == 0:
                return f"sub_of(q[{number - 1}], {ref.parts[1]}, x)"
            return f"c[{number - 1}]" if ref.parts[1] == 1 else "''"
        return f"c[{number - 1}]"

    def _number(self, row: Row, ref: Ref) -> int:
        if not ref.parts:
            return 1
        if ref.name != self.datatype and not _alike(ref.name, self.datatype):
            raise PlanError(row, f"{ref} is no position of {self.datatype}")
        self.most = max(self.most, ref.parts[0])
        return ref.parts[0]

    def valued(self, row: Row, ref: Ref) -> str:
        if not ref.parts:
            return "r != ''"
        if len(ref.parts) == 1 and self.spec.depth == 0:
            return f"q[{self._number(row, ref) - 1}] != ''"
        return super().valued(row, ref)

    def key_of(self, row: Row, ref: Ref) -> str:
        number = self._number(row, ref)
        part = ref.parts[1] if len(ref.parts) > 1 else 1
        if self.spec.depth == 0:
            return f"b | {number << COMPONENT | part}"
        return f"b | {number}" if self.spec.depth == 1 else "b"

    def measure(self, row: Row, what: str, ref: Ref) -> str:
        if what == "count":
            raise PlanError(row, "components do not repeat")
        return f"len({self.text_of(row, ref)})"

    def raw(self, row: Row, ref: Ref) -> str:
        return f"q[{self._number(row, ref) - 1}]" if ref.parts else "r"

    def rule(self, row: Row, name: str, refs: tuple[Ref, ...]) -> str:
        """As elsewhere; whether the target takes several is known when the map is compiled."""
        return str(self.spec.many) if name == "repeats" else super().rule(row, name, refs)

    def mark_whole(self, row: Row) -> None:
        name = row.value[1:].split(None, 1)[0] if row.value.startswith("@") else ""
        if name not in WHOLE:
            return
        if not row.source.parts:
            self.put(f"x.mark(r, b, {self.spec.depth})")
        else:
            number = self._number(row, row.source)
            base = f"b | {number << COMPONENT}" if self.spec.depth == 0 else f"b | {number}"
            self.put(f"x.mark(q[{number - 1}], {base}, {self.spec.depth + 1})")

    def function(self, name: str) -> list[str]:
        if self.spec.place.type in PRIMITIVES:
            body = self._primitive()
        else:
            body = self._complex()
        return [f"def {name}(r, b, x, v0, o):", *self._head(), *body]

    def _head(self) -> list[str]:
        separator = {0: "'^'", 1: "'&'"}.get(self.spec.depth)
        split = f"r.split({separator})" if separator else "[r]"
        lines = [f"    c = q = {split}", "    n = len(q)", f"    if n < {self.most}: q += [''] * ({self.most} - n)"]
        if self.spec.depth == 0:
            lines.append("    if '&' in r or '\\\\' in r: c = plain(q, x.codec)")
        else:
            lines.append("    if '\\\\' in r: c = plain(q, x.codec)")
        lines.append("    U = x.used.add")
        if self.source.traced:
            lines.append("    T = x.trace.append")
        return lines

    def vocabulary(self, leaf: Leaf) -> str:
        own = self.source.vocabulary(leaf.row)
        return "v0" if own == "None" and self.spec.place.type in PRIMITIVES else own

    def _primitive(self) -> list[str]:
        """A map whose root is one value: the first row that makes one wins."""
        self.put("w = None")
        beside = self.plan.roots.pop(BESIDE, None)
        aside = {id(node) for node in beside.walk()} if beside else set[int]()
        for leaf in self.plan.leaves:
            if id(leaf.node) in aside:
                continue
            row = leaf.row
            depth = self.indent
            if leaf.node.parent is not None or leaf.key:
                raise PlanError(row, f"in a map used for a {self.spec.place.type} the target must be $this")
            tests = ["w is None"]
            if row.source.parts:
                tests.append(self.valued(row, row.source))
            if row.when is not None:
                tests.append(f"({self.condition(row, row.when)})")
            self.put(f"if {' and '.join(tests)}:")
            self.indent += 1
            if is_constant(row):
                self.put(f"w = {constant_value(leaf)!r}")
            else:
                self._primitive_value(leaf)
            self.indent = depth
        if beside is not None and self.spec.place.path != BARE:
            self.put("if '^' in r or '&' in r:")
            self.indent += 1
            self._fill([beside])
            self.indent -= 1
        self.put("return w")
        return self.lines

    def _primitive_value(self, leaf: Leaf) -> None:
        text, positions = self._value(leaf)
        first, index = positions[0][0], self.source.row(leaf.row)
        kind = self.spec.place.type
        if leaf.row.map:
            raise PlanError(leaf.row, "a map of a primitive cannot call another map")
        if kind in TEXTS or _is_made(leaf.row):
            self.put(f"w = {text}")
        else:
            codes = "x.codes"
            self.put(f"w = as_{kind}({text}, {first}, x, {index}, {self.vocabulary(leaf)}, {codes})")
        self.put("if w is not None:")
        self.indent += 1
        for position, test in positions:
            self.put(f"if {test}: U({position})" if test else f"U({position})")
        self.mark_whole(leaf.row)
        self.compare_marks(leaf.row)

    def _value(self, leaf: Leaf) -> tuple[str, list[tuple[str, str]]]:
        if leaf.row.value:
            made = self.expression(leaf)
            assert made is not None  # noqa: S101  a template or a function always makes a variable
            return made
        return self.text_of(leaf.row, leaf.row.source), [(self.key_of(leaf.row, leaf.row.source), "")]

    def _complex(self) -> list[str]:
        self.put("if o is None: o = {}")
        self._fill(self._roots())
        self.put("return o or None")
        return self.lines

    def _fill(self, roots: list[Node]) -> None:
        nodes = [node for root in roots for node in root.walk()]
        for root in roots:
            root.var = "o" if root is roots[0] and not self.plan.chain else self.variable()
        for node in nodes:
            if node.parent is not None and node.sourced():
                node.var = self.variable()
        wanted = set(map(id, nodes))
        leaves = [leaf for leaf in self.plan.leaves if id(leaf.node) in wanted and not is_constant(leaf.row)]
        floors = {id(node): self._floor_of(node, leaves) if node.parent is not None else 0 for node in nodes}
        self._declare([node for node in nodes if node.var not in {"", "o"}], floors)
        for floor, group in groupby(leaves, key=lambda leaf: _floor(leaf.row)):
            depth = self.indent
            if floor:
                self.put(f"if n > {floor}:")
                self.indent += 1
            for leaf in group:
                self._leaf(leaf)
            self.indent = depth
        for root in roots:
            for child in root.children.values():
                if child.sourced():
                    depth = self.indent
                    if floors[id(child)]:
                        self.put(f"if n > {floors[id(child)]}:")
                        self.indent += 1
                    self.assemble(child, wanted, root.var, into=False)
                    self.indent = depth
        self._finish_roots(roots)

    def _floor_of(self, node: Node, leaves: list[Leaf]) -> int:
        """With how many parts or fewer nothing is written at a node or below: there it need not exist."""
        inside = {id(inner) for inner in node.walk()}
        return min((_floor(leaf.row) for leaf in leaves if id(leaf.node) in inside), default=0)

    def floor(self, node: Node) -> int:
        return self._floor_of(node, [leaf for leaf in self.plan.leaves if not is_constant(leaf.row)])

    def _declare(self, nodes: list[Node], floors: dict[int, int]) -> None:
        for floor in sorted({floors[id(node)] for node in nodes}):
            names = [node.var for node in nodes if floors[id(node)] == floor]
            depth = self.indent
            if floor:
                self.put(f"if n > {floor}:")
                self.indent += 1
            for name in names:
                self.put(f"{name} = {{}}")
            self.indent = depth

    def _roots(self) -> list[Node]:
        roots = list(self.plan.roots.values())
        return roots if self.spec.many or self.plan.chain else roots[:1]

    def _finish_roots(self, roots: list[Node]) -> None:
        for root in roots:
            if root.constants or any(not child.sourced() for child in root.children.values()):
                self.put(f"if {root.var}:")
                self.indent += 1
                self.finish(root)
                self.indent -= 1
        if self.plan.chain:
            chained = ", ".join(root.var for root in roots)
            self.put(f"x.chain({self.spec.place.type!r}, {self.plan.chain!r}, ({chained},), o)")
        else:
            for root in roots[1:]:
                self.put(f"if {root.var}: x.extra.append({root.var})")

    def _leaf(self, leaf: Leaf) -> None:
        row = leaf.row
        depth = self.indent
        tests: list[str] = []
        if row.source.parts:
            tests.append(self.valued(row, row.source))
        if row.when is not None:
            tests.append(self.condition(row, row.when))
        if tests:
            self.put(f"if {' and '.join(f'({test})' for test in tests) if len(tests) > 1 else tests[0]}:")
            self.indent += 1
        if row.map:
            self._call(leaf)
        elif not leaf.key:
            raise PlanError(row, f"the target is a {leaf.type}: name the datatype map that makes it")
        else:
            text, positions = self._value(leaf)
            if row.value:
                self.put(f"if {text} is not None:")
                self.indent += 1
            elif leaf.type in TEXTS and self.spec.depth == 0:
                # valued looks at the raw component; its first sub-component may be empty
                self.put(f"if {text}:")
                self.indent += 1
            self.write_value(leaf, text, positions, guard=False)
        self.indent = depth

    def _call(self, leaf: Leaf) -> None:
        row = leaf.row
        number = self._number(row, row.source)
        whole = not row.source.parts
        if whole:
            raw, base, depth = "r", "b", self.spec.depth
        elif self.spec.depth == 0:
            raw, base, depth = f"q[{number - 1}]", f"b | {number << COMPONENT}", 1
        else:
            raw, base, depth = f"q[{number - 1}]", f"b | {number}" if self.spec.depth == 1 else "b", 2
        vocabulary = self.source.vocabulary(row)
        if leaf.key:
            place = Place(leaf.type, BARE if leaf.node.url else "")
            name = datatype_function(self.source, row, Spec(row.map, place, depth, many=False))
            self.put(f"x.codes = {self.source.codes(leaf.allowed)}")
            self._call_for_value(leaf, name, (raw, base, vocabulary), base if depth == 2 else f"{base} | 1")  # noqa: PLR2004
            return
        name = datatype_function(self.source, row, Spec(row.map, leaf.node.place, depth, many=False))
        self.put(f"{name}({raw}, {base}, x, {vocabulary}, {leaf.node.var})")
        if vocabulary != "None":
            first = f"{base} | 17" if depth == 0 else f"{base} | 1" if depth == 1 else base
            self.put(f"translate({leaf.node.var}, {vocabulary}, x, {first}, {self.source.row(row)})")
        self.put(f"if {leaf.node.var}:")
        self.indent += 1
        self.put("pass")
        self.compare_marks(row)


def _floor(row: Row) -> int:
    """Number of parts a source must exceed for a row to fire, in steps of three: short values skip the rest at once."""
    return (row.source.parts[0] - 1) // 3 * 3 if row.source.parts else 0


def _alike(one: str, other: str) -> bool:
    """CE, CNE, CF and CWE number their components alike; older guide rows name one for the other."""
    coded = {"CE", "CNE", "CF", "CWE"}
    return one in coded and other in coded


class _SegmentWriter(_Writer):
    """A function of a segment."""

    def __init__(self, source: Source, made: Plan, *, into: bool) -> None:
        super().__init__(source, made)
        self.into = into
        self.segment = made.name.partition("[")[0]
        self.most = 0
        self.head: list[str] = []
        self.locals: dict[tuple[str, tuple[int, ...]], str] = {}
        self.nears: dict[str, str] = {}
        self.looping: dict[int, str] = {}
        self.heads: dict[int, dict[str, str]] = {}
        self.all_heads: list[dict[str, str]] = []

    # -- positions --

    def text_of(self, row: Row, ref: Ref) -> str:
        if ref.name != self.segment:
            return self._local(ref)
        if not ref.parts:
            return "''"
        number = ref.parts[0]
        if number in self.looping:
            component = ref.parts[1] if len(ref.parts) > 1 else 1
            part = ref.parts[2] if len(ref.parts) > 2 else 1  # noqa: PLR2004
            return self._looped(number, component, part)
        return self._local(ref)

    def _looped(self, number: int, component: int, part: int) -> str:
        """A part of the repetition at hand, read once at the head of its loop."""
        name = f"p{number}_{component}_{part}"
        head = self.heads[number]
        if name not in head:
            r = self.looping[number]
            if component == 1 and part == 1:
                head[name] = f"{name} = {r} if {r}.isalnum() else part({r}, 1, 1, x)"
            else:
                head[name] = f"{name} = part({r}, {component}, {part}, x) if '^' in {r} or '&' in {r} else ''"
        return name

    def _mark_head(self, number: int) -> None:
        """Keep the place where a loop's parts are to be read."""
        self.heads[number] = {}
        self.all_heads.append(self.heads[number])
        self.put(f"#head {number}")

    def _fill_heads(self) -> None:
        lines: list[str] = []
        for line in self.lines:
            stripped = line.strip()
            if stripped.startswith("#head "):
                indent = line[: len(line) - len(line.lstrip())]
                lines.extend(indent + text for text in self.all_heads.pop(0).values())
            else:
                lines.append(line)
        self.lines = lines

    def _local(self, ref: Ref) -> str:
        key = (ref.name, ref.parts)
        if key not in self.locals:
            number = ref.parts[0]
            component = ref.parts[1] if len(ref.parts) > 1 else 1
            sub = ref.parts[2] if len(ref.parts) > 2 else 1  # noqa: PLR2004
            variable = f"t_{ref.name}_{'_'.join(map(str, ref.parts))}"
            if ref.name == self.segment:
                self.most = max(self.most, number)
                self.head.append(f"    {variable} = f[{number}]")
                if component == 1 and sub == 1:
                    test = f"if {variable} and not {variable}.isalnum()"
                else:
                    test = f"if {variable}"
                self.head.append(f"    {test}: {variable} = first({variable}, {component}, {sub}, x)")
            else:
                self.head.append(f"    {variable} = of({self._near(ref.name)}, {number}, {component}, {sub}, x)")
            self.locals[key] = variable
        return self.locals[key]

    def _near(self, name: str) -> str:
        if name not in self.nears:
            self.nears[name] = f"s_{name}"
            self.head.append(f"    s_{name} = x.near(s, {name!r})")
        return self.nears[name]

    def valued(self, row: Row, ref: Ref) -> str:
        if ref.name == self.segment and len(ref.parts) == 1 and ref.parts[0] not in self.looping:
            self.most = max(self.most, ref.parts[0])
            return f"f[{ref.parts[0]}] != ''"
        if ref.name != self.segment and len(ref.parts) == 1:
            return f"has({self._near(ref.name)}, {ref.parts[0]})"
        if ref.name != self.segment and not ref.parts:
            return f"{self._near(ref.name)} is not None"
        if ref.name == self.segment and len(ref.parts) == 1:
            return f"{self.looping[ref.parts[0]]} != ''"
        return f"{self.text_of(row, ref)} != ''"

    def key_of(self, row: Row, ref: Ref) -> str:
        number = ref.parts[0] if ref.parts else 0
        component = ref.parts[1] if len(ref.parts) > 1 else 1
        part = ref.parts[2] if len(ref.parts) > 2 else 1  # noqa: PLR2004
        low = component << COMPONENT | part
        if ref.name != self.segment:
            return f"key({self._near(ref.name)}, {number << FIELD | low})"
        if number in self.looping:
            return f"b{number} | {low}"
        return f"w | {number << FIELD | low}"

    def measure(self, row: Row, what: str, ref: Ref) -> str:
        if what == "count":
            if ref.name == self.segment:
                self.most = max(self.most, ref.parts[0])
            raw = f"f[{ref.parts[0]}]" if ref.name == self.segment else f"raw({self._near(ref.name)}, {ref.parts[0]})"
            return f"count({raw})"
        return f"len({self.text_of(row, ref)})"

    def raw(self, row: Row, ref: Ref) -> str:
        if not ref.parts:
            return "'|'.join(f)"
        if ref.name != self.segment:
            return f"raw({self._near(ref.name)}, {ref.parts[0]}).split('~', 1)[0]"
        self.most = max(self.most, ref.parts[0])
        return self.looping.get(ref.parts[0], f"f[{ref.parts[0]}].split('~', 1)[0]")

    def rule(self, row: Row, name: str, refs: tuple[Ref, ...]) -> str:
        """As in datatype maps; a predicate without argument takes the source, as it stands, and rules of place the segment."""
        if name in PLACES or name.startswith("after-"):
            stem, _, argument = name.partition("-") if name.startswith("after-") else (name.replace("-", "_"), "", "")
            self.source.rules.add(stem)
            return f"rule_{stem}(x, s, {argument!r})"
        if not refs and row.source.parts:
            name = "numeric" if name == "number" else name.replace("-", "_")
            self.source.rules.add(name)
            return f"rule_{name}(x, {self.raw(row, row.source)})"
        return super().rule(row, name, refs)

    def mark_whole(self, row: Row) -> None:
        name = row.value[1:].split(None, 1)[0] if row.value.startswith("@") else ""
        if name in WHOLE and row.source.parts:
            base = self.key_of(row, row.source).rsplit(" | ", 1)[0]
            if row.source.name != self.segment:
                base = f"key({self._near(row.source.name)}, {row.source.parts[0] << FIELD})"
            elif row.source.parts[0] not in self.looping:
                base = f"w | {row.source.parts[0] << FIELD}"
            self.put(f"x.mark({self.raw(row, row.source)}, {base}, 0)")

    def via(self, row: Row) -> str:
        return str(self.source.row(row))

    # -- the function --

    def function(self, name: str) -> list[str]:
        root = self.plan.roots.get("1")
        if len(self.plan.roots) > 1:
            row = next(leaf.row for leaf in self.plan.leaves if leaf.row.target and not leaf.row.target[0].name)
            raise PlanError(row, "a segment map has one root")
        if root is not None:
            root.var = "o"
            self._body(root)
            self._fill_heads()
        lines = [f"def {name}(s, o, x):", "    f = s.fields", "    w = s.base"]
        lines.append(f"    if len(f) <= {self.most}: f = f + [''] * ({self.most + 1} - len(f))")
        lines.append("    U = x.used.add")
        if self.source.traced:
            lines.append("    T = x.trace.append")
        return [*lines, *self.head, *(self.lines or ["    pass"])]

    def _body(self, root: Node) -> None:
        blocks = self._blocks()
        local_of: dict[int, set[int]] = {}
        taken: set[int] = set()
        for fields in blocks:
            nodes = {id(node) for top in root.walk() if top.fields and top.fields <= set(fields) for node in top.walk()}
            local_of[fields[0]] = nodes
            taken |= nodes
        shared = [node for node in root.walk() if node is not root and id(node) not in taken and node.sourced()]
        for node in shared:
            node.var = self.variable()
            mergeable = self.into and not node.repeats and not node.made and node.parent is root
            self.put(f"{node.var} = o.get({node.key!r}) or {{}}" if mergeable else f"{node.var} = {{}}")
        for fields in blocks:
            self._block(root, fields, local_of[fields[0]])
        for leaf in self.plan.leaves:
            if not is_constant(leaf.row) and not self._own(leaf):
                self._sourceless(leaf)
        wanted = {id(node) for node in shared}
        for child in root.children.values():
            if id(child) in wanted:
                self.assemble(child, wanted, "o", into=self.into)
        if root.constants or any(not child.sourced() for child in root.children.values()):
            self.put("if o or x.always:")
            self.indent += 1
            self.finish(root)
            self.indent -= 1

    def _blocks(self) -> list[list[int]]:
        """Fields in the order of their rows; those that share repeating instances are one block."""
        order: list[int] = []
        for leaf in self.plan.leaves:
            source = leaf.row.source
            if (
                not is_constant(leaf.row)
                and source.name == self.segment
                and source.parts
                and source.parts[0] not in order
            ):
                order.append(source.parts[0])
        group = {number: [number] for number in order}
        for root in self.plan.roots.values():
            for node in root.walk():
                under = {
                    leaf.row.source.parts[0] for inner in node.walk() for leaf in inner.sources if leaf.row.source.parts
                }
                if node.fields:
                    self._join(group, under | node.fields)
        seen: list[list[int]] = []
        for number in order:
            if group[number] not in seen:
                seen.append(group[number])
        return seen

    @staticmethod
    def _join(group: dict[int, list[int]], numbers: set[int]) -> None:
        joined = sorted({each for number in numbers if number in group for each in group[number]})
        for number in joined:
            group[number] = joined

    def _own(self, leaf: Leaf) -> int:
        """Number of the field of this segment that a leaf reads, else 0."""
        source = leaf.row.source
        return source.parts[0] if source.name == self.segment and source.parts and not is_constant(leaf.row) else 0

    def _block(self, root: Node, fields: list[int], local: set[int]) -> None:
        leaves = [leaf for leaf in self.plan.leaves if self._own(leaf) in fields]
        inner = [leaf for leaf in leaves if leaf.spread is not None and leaf.spread.nested(self._own(leaf))]
        outer = [leaf for leaf in leaves if leaf not in inner]
        numbers = sorted({self._own(leaf) for leaf in outer})
        self.most = max(self.most, *fields)
        if len(numbers) == 1 and not inner:
            self._open_single(numbers[0])
        else:
            for number in numbers:
                self.put(f"l{number} = f[{number}].split('~')")
            self.put(f"for i in range(max({', '.join(f'len(l{number})' for number in numbers)}, 1)):")
            self.indent += 1
            for number in numbers:
                self.put(f"r{number} = l{number}[i] if i < len(l{number}) else ''")
        for number in numbers:
            self.put(f"b{number} = w | {number << FIELD} | i << {REPETITION}")
            self.looping[number] = f"r{number}"
            self._mark_head(number)
        inside = {id(node) for leaf in inner if leaf.spread is not None for node in leaf.spread.walk()}
        self._loop_body(root, outer, local - inside, inner, many=len(numbers) > 1 or bool(inner))
        self.looping.clear()
        self.indent = 1

    def _open_single(self, number: int) -> None:
        self.put(f"if f[{number}]:")
        self.indent += 1
        self.put("i = -1")
        self.put(f"for r{number} in f[{number}].split('~'):")
        self.indent += 1
        self.put("i += 1")
        self.put(f"if not r{number}: continue")

    def _loop_body(self, root: Node, leaves: list[Leaf], local: set[int], inner: list[Leaf], *, many: bool) -> None:
        nodes = [node for node in root.walk() if id(node) in local and node.sourced()]
        for node in nodes:
            node.var = self.variable()
            self.put(f"{node.var} = {{}}")
        for leaf in leaves:
            self._leaf(leaf, many=many)
        for number in sorted({self._own(leaf) for leaf in inner}):
            self._inner_loop(root, number, [leaf for leaf in inner if self._own(leaf) == number])
        for node in nodes:
            if id(node.parent) not in local:
                self._assemble_top(node, local, root)

    def _inner_loop(self, root: Node, number: int, leaves: list[Leaf]) -> None:
        """Repetitions inside an instance that another field's repetitions make: all of them go into its first one."""
        local = {id(node) for leaf in leaves if leaf.spread is not None for node in leaf.spread.walk()}
        depth = self.indent
        outside = self.looping.pop(number, None)
        self.put(f"if i == 0 and f[{number}]:")
        self.indent += 1
        self.put(f"for j, r{number} in enumerate(f[{number}].split('~')):")
        self.indent += 1
        self.put(f"if not r{number}: continue")
        self.put(f"b{number} = w | {number << FIELD} | j << {REPETITION}")
        self.looping[number] = f"r{number}"
        self._mark_head(number)
        self._loop_body(root, leaves, local, [], many=False)
        self.indent = depth
        if outside is None:
            self.looping.pop(number)

    def _assemble_top(self, node: Node, local: set[int], root: Node) -> None:
        assert node.parent is not None  # noqa: S101  a root is never local to a loop
        self.assemble(node, local, node.parent.var, into=self.into and node.parent is root)
        if node.repeats and any(self._has_extra(leaf) for leaf in node.sources):
            self.put(f"if x.extra: {node.parent.var}[{node.key!r}].extend(x.extra); x.extra.clear()")

    def _has_extra(self, leaf: Leaf) -> bool:
        rows = self.source.tables.maps.get(leaf.row.map, {})
        labels = {row.target[0].label for row in rows.values() if row.target and not row.target[0].name}
        return bool(labels - {"1"}) and not any(row.value.startswith("@chain") for row in rows.values())

    def _leaf(self, leaf: Leaf, *, many: bool) -> None:
        row = leaf.row
        number = row.source.parts[0]
        r, b = f"r{number}", f"b{number}"
        depth = self.indent
        tests: list[str] = []
        if many or len(row.source.parts) > 1:
            tests.append(self.valued(row, row.source))
        if row.when is not None:
            tests.append(self.condition(row, row.when))
        if tests:
            self.put(f"if {' and '.join(f'({test})' for test in tests)}:")
            self.indent += 1
        if leaf.spread is None and not leaf.spreads_self:
            self.put(f"if i: x.full({b}, {self.source.row(row)})")
            self.put("else:")
            self.indent += 1
        guard = self.into and leaf.node.var == "o"
        if row.value.startswith("@of "):
            self._other(leaf, self.hole(row, row.value.removeprefix("@of ").strip()), guard=guard)
        elif row.value:
            self._valued_expression(leaf, guard=guard)
        elif row.map:
            self._call(leaf, r, b, guard=guard)
        elif not leaf.key:
            raise PlanError(row, f"the target is a {leaf.type}: name the datatype map that makes it")
        else:
            component = row.source.parts[1] if len(row.source.parts) > 1 else 1
            part = row.source.parts[2] if len(row.source.parts) > 2 else 1  # noqa: PLR2004
            text = self._looped(number, component, part)
            self.put(f"if {text}:")
            self.indent += 1
            self.write_value(leaf, text, [(f"{b} | {component << COMPONENT | part}", "")], guard=guard)
        self.indent = depth

    def _valued_expression(self, leaf: Leaf, *, guard: bool) -> None:
        row = leaf.row
        if row.value.startswith("@reference"):
            label = row.value.split(None, 1)[1]
            self.put(f"x.refer({leaf.node.var}, s, {label!r})")
            return
        made = self.expression(leaf)
        assert made is not None  # noqa: S101  a template or a function always makes a variable
        variable, positions = made
        self.put(f"if {variable} is not None:")
        self.indent += 1
        if leaf.key:
            self.write_value(leaf, variable, positions, guard=guard)
            return
        self.put(f"if isinstance({variable}, dict): {leaf.node.var}.update({variable})")
        for position, test in positions:
            self.put(f"if {test}: U({position})")
            if self.source.traced:
                self.put(f"if {test}: T(({leaf.node.var}, '', {position}, {self.source.row(row)}, {self.via(row)}))")
        self.compare_marks(row)

    def _sourceless(self, leaf: Leaf) -> None:
        """A row whose source is the bare segment or a position of another segment."""
        row = leaf.row
        depth = self.indent
        if row.when is not None:
            self.put(f"if {self.condition(row, row.when)}:")
            self.indent += 1
        guard = self.into and leaf.node.var == "o"
        if row.value.startswith("@of "):
            self._other(leaf, self.hole(row, row.value.removeprefix("@of ").strip()), guard=guard)
        elif row.value:
            self._valued_expression(leaf, guard=guard)
        elif row.source.parts:
            self._other(leaf, row.source, guard=guard)
        else:
            raise PlanError(row, "a row on the whole segment needs a value")
        self.indent = depth

    def _other(self, leaf: Leaf, ref: Ref, *, guard: bool) -> None:
        """Write from another field or segment than the one that repeats here: from its first repetition."""
        row = leaf.row
        depth = self.indent
        number = ref.parts[0]
        if ref.name == self.segment:
            self.most = max(self.most, number)
            raw, base = f"f[{number}]", f"(w | {number << FIELD})"
        else:
            near = self._near(ref.name)
            raw, base = f"raw({near}, {number})", f"key({near}, {number << FIELD})"
        text = self.variable("t")
        self.put(f"{text} = {raw}")
        self.put(f"if {text}:")
        self.indent += 1
        self.put(f"{text} = {text}.split('~', 1)[0]")
        if row.map:
            self._call(leaf, text, base, guard=guard)
        else:
            self.put(f"{text} = part({text}, {ref.parts[1] if len(ref.parts) > 1 else 1}, 1, x)")
            self.put(f"if {text}:")
            self.indent += 1
            component = ref.parts[1] if len(ref.parts) > 1 else 1
            self.write_value(leaf, text, [(f"{base} | {component << COMPONENT | 1}", "")], guard=guard)
        self.indent = depth

    def _call(self, leaf: Leaf, r: str, b: str, *, guard: bool) -> None:
        row = leaf.row
        depth, raw, base = 0, r, b
        if len(row.source.parts) > 1 and not row.value:
            component = row.source.parts[1]
            depth, raw, base = 1, f"component({r}, {component})", f"{b} | {component << COMPONENT}"
        if self.source.traced:
            self.put(f"x.row = {self.source.row(row)}")
        vocabulary = self.source.vocabulary(row)
        if leaf.key:
            self._call_primitive(leaf, raw, base, depth, vocabulary, guard=guard)
            return
        many = leaf.node.repeats and self._has_extra(leaf)
        spec = Spec(row.map, leaf.node.place, depth, many)
        name = datatype_function(self.source, row, spec)
        if guard and leaf.node.var == "o":
            pass
        elif leaf.spread is None and len(leaf.node.sources) > 1 and not leaf.node.repeats:
            pass
        self.put(f"{name}({raw}, {base}, x, {vocabulary}, {leaf.node.var})")
        if vocabulary != "None":
            first = f"{base} | {17 if depth == 0 else 1}"
            self.put(f"translate({leaf.node.var}, {vocabulary}, x, {first}, {self.source.row(row)})")
        if any(isinstance(atom, OneOf) for atom in atoms(row.when)) if row.when is not None else False:
            self.put(f"if {leaf.node.var}:")
            self.indent += 1
            self.put("pass")
            self.compare_marks(row)

    def _call_primitive(self, leaf: Leaf, raw: str, base: str, depth: int, vocabulary: str, *, guard: bool) -> None:
        row = leaf.row
        container, key = leaf.node.var, leaf.key
        if (guard or leaf.slots > 1) and not leaf.repeats:
            self.put(f"if {key!r} in {container}: x.full({base}, {self.source.row(row)})")
            self.put("else:")
            self.indent += 1
        place = Place(leaf.type, BARE if leaf.node.url else "")
        name = datatype_function(self.source, row, Spec(row.map, place, depth, many=False))
        self.put(f"x.codes = {self.source.codes(leaf.allowed)}")
        self._call_for_value(leaf, name, (raw, base, vocabulary), f"{base} | {17 if depth == 0 else 1}")


def literal(text: str) -> Any:
    """A default of resources.csv as JSON. Raises ValueError."""
    return json.loads(text)


BASE_SHIFT = SEGMENT
