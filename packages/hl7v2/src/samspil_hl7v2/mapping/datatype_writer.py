"""Functions of a field's, component's or sub-component's text: `f(r, b, x, v0, o)`.

`r` is the text, `b` its position number, `x` the context, `v0` the vocabulary of the caller's row, `o` the element to fill.
"""

from __future__ import annotations

from itertools import groupby

from samspil_hl7v2.message import COMPONENT
from samspil_hl7v2.r4.elements import PRIMITIVES

from .plan import BESIDE, Leaf, Node, Place, Plan, PlanError, is_constant
from .refs import Ref
from .rows import Row
from .writer import BARE, TEXTS, WHOLE, Source, Spec, Writer, constant_value, is_made


class DatatypeWriter(Writer):
    """A function of a field's, component's or sub-component's text."""

    def __init__(self, source: Source, made: Plan, spec: Spec) -> None:
        super().__init__(source, made)
        self.spec = spec
        self.datatype = spec.map.partition("[")[0]
        self.most = 0

    def text_of(self, row: Row, ref: Ref) -> str:
        number = self._number(row, ref)
        if len(ref.parts) > 1:
            if self.spec.depth == 0 and ref.parts[1] > 1:
                part = f"q[{number - 1}]"
                return f"(sub_of({part}, {ref.parts[1]}, x) if '&' in {part} else '')"
            if ref.parts[1] > 1:
                return "''"
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

    def whole(self, row: Row) -> tuple[str, str, str] | None:
        """As elsewhere; without a source it is the text the function was called with."""
        name = row.value[1:].split(None, 1)[0] if row.value.startswith("@") else ""
        if name not in WHOLE:
            return None
        if not row.source.parts:
            return "r", "b", str(self.spec.depth)
        number = self._number(row, row.source)
        base = f"b | {number << COMPONENT}" if self.spec.depth == 0 else f"b | {number}"
        return f"q[{number - 1}]", base, str(self.spec.depth + 1)

    def function(self, name: str) -> list[str]:
        body = self._primitive() if self.spec.place.type in PRIMITIVES else self._complex()
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
        if is_made(leaf.row):
            self.put(f"w = {text}")
        elif kind in TEXTS:
            self.put(f"w = {text} or None")
        else:
            codes = "x.codes"
            self.put(f"w = as_{kind}({text}, {first}, x, {index}, {self.vocabulary(leaf)}, {codes})")
        self.put("if w is not None:")
        self.indent += 1
        for position, test in positions:
            self.put(f"if {test}: U({position})" if test else f"U({position})")
            if self.source.traced:
                line = f"T((None, '', {position}, {index}, {self.via(leaf.row)}))"
                self.put(f"if {test}: {line}" if test else line)
        self.mark_whole(leaf.row, "None", "")
        self.compare_marks(leaf.row, "None", "")

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
        if self.spec.guard:
            self.open_up(roots[0])
        self.open_shared()
        for root in roots:
            root.var = "o" if root is roots[0] and not self.plan.chain else self.variable()
        for node in nodes:
            if node.parent is not None and node.sourced():
                node.var = self.variable()
        wanted = set(map(id, nodes))
        leaves = [leaf for leaf in self.plan.leaves if id(leaf.node) in wanted and not is_constant(leaf.row)]
        floors = {id(node): self._floor_of(node, leaves) if node.parent is not None else 0 for node in nodes}
        floors |= {id(child): 0 for leaf in leaves for child in self.shared_with(leaf)}
        self._declare([node for node in nodes if node.var not in {"", "o"}], floors)
        for floor, group in groupby(leaves, key=lambda leaf: _floor(leaf.row)):
            depth = self.indent
            self._ask_floor(floor)
            for leaf in group:
                self._leaf(leaf)
            self.indent = depth
        for child in (child for root in roots for child in root.children.values() if child.sourced()):
            depth = self.indent
            self._ask_floor(floors[id(child)])
            self.assemble(child, wanted, child.parent.var if child.parent else "o", into=False)
            self.indent = depth
        self._finish_roots(roots)

    def _ask_floor(self, floor: int) -> None:
        if floor:
            self.put(f"if n > {floor}:")
            self.indent += 1

    def _floor_of(self, node: Node, leaves: list[Leaf]) -> int:
        """With how many parts or fewer nothing is written at a node or below: there it need not exist."""
        inside = {id(inner) for inner in node.walk()}
        return min((_floor(leaf.row) for leaf in leaves if id(leaf.node) in inside), default=0)

    def floor(self, node: Node) -> int:
        return self._floor_of(node, [leaf for leaf in self.plan.leaves if not is_constant(leaf.row)])

    def _declare(self, nodes: list[Node], floors: dict[int, int]) -> None:
        for floor in sorted({floors[id(node)] for node in nodes}):
            depth = self.indent
            self._ask_floor(floor)
            for node in nodes:
                if floors[id(node)] == floor:
                    self.put(f"{node.var} = {self.start_of(node)}")
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
            self.write_value(leaf, text, positions)
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
            name = self.source.datatype(self.source, row, Spec(row.map, place, depth, many=False))
            self.unless_taken(leaf, base)
            self.put(f"x.codes = {self.source.codes(leaf.allowed)}")
            self._call_for_value(leaf, name, (raw, base, vocabulary))
            return
        self.unless_taken(leaf, base)
        guard = self.contests(leaf) or id(leaf.node) in self.open or bool(self.shared_with(leaf))
        name = self.source.datatype(self.source, row, Spec(row.map, leaf.node.place, depth, many=False, guard=guard))
        self.call_on_node(leaf, f"{name}({raw}, {base}, x, {vocabulary}, {leaf.node.var})")
        if vocabulary != "None":
            first = f"{base} | 17" if depth == 0 else f"{base} | 1" if depth == 1 else base
            self.put(f"translate({leaf.node.var}, {vocabulary}, x, {first}, {self.source.row(row)})")
        self.compare_marks_where_filled(row, leaf.node.var)


def _floor(row: Row) -> int:
    """Number of parts a source must exceed for a row to fire, in steps of three: short values skip the rest at once."""
    return (row.source.parts[0] - 1) // 3 * 3 if row.source.parts else 0


def _alike(one: str, other: str) -> bool:
    """CE, CNE, CF and CWE number their components alike; older guide rows name one for the other."""
    coded = {"CE", "CNE", "CF", "CWE"}
    return one in coded and other in coded
