"""Functions of a segment: `f(s, o, x)`, the segment, the resource to fill, the context."""

from __future__ import annotations

from itertools import groupby

from samspil_hl7v2.message import COMPONENT, FIELD, REPETITION

from .conditions import Both, OneOf
from .plan import Leaf, Node, Place, Plan, PlanError, is_constant
from .refs import Ref
from .rows import Row
from .writer import BARE, NAMING, PLACES, WHOLE, Source, Spec, Writer

WORTH_A_CHOICE = 4
"""From how many rows on a common question is asked first."""


def _floor(fields: list[int]) -> int:
    """How many fields a segment must exceed for a block to run, in steps of five: short segments skip the rest at once."""
    return (min(fields) - 1) // 5 * 5


def _choice(row: Row) -> Ref | None:
    """The position that a row's condition asks for certain texts before all else."""
    first = _asked(row)
    return first.ref if first else None


def _asked(row: Row) -> OneOf | None:
    when = row.when.items[0] if isinstance(row.when, Both) else row.when
    return when if isinstance(when, OneOf) else None


def _clusters(leaves: list[Leaf]) -> list[tuple[set[str], list[Leaf]]]:
    """Rows by the texts they ask for; those that share a text stay together, in their order."""
    clusters: list[tuple[set[str], list[Leaf]]] = []
    for leaf in leaves:
        asked = _asked(leaf.row)
        texts, rows = set(asked.texts if asked else ()), [leaf]
        for cluster in [cluster for cluster in clusters if cluster[0] & texts]:
            clusters.remove(cluster)
            texts |= cluster[0]
            rows = [*cluster[1], *rows]
        clusters.append((texts, rows))
    order = {id(leaf): at for at, leaf in enumerate(leaves)}
    return sorted(clusters, key=lambda cluster: order[id(cluster[1][0])])


def _head_lines(r: str, number: str, parts: dict[str, str]) -> list[str]:
    """Read the parts of a repetition that its rows ask for; a text without delimiters is its own first part."""
    if not parts:
        return []
    own = f"p{number}_1_1"
    others = [name for name in parts if name != own]
    plain = [f"{own} = {r}"] if own in parts else []
    if others:
        plain.append(f"{' = '.join(others)} = ''")
    test = f"if {r}.isalnum() or not ('^' in {r} or '&' in {r} or '\\\\' in {r}):"
    split = [f"    {name} = {value}" for name, value in parts.items()]
    return [test, *(f"    {line}" for line in plain), "else:", *split]


class SegmentWriter(Writer):
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
        self.heads[number].setdefault(name, f"part(r{number}, {component}, {part}, x)")
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
                number = stripped.removeprefix("#head ")
                lines.extend(indent + text for text in _head_lines(f"r{number}", number, self.all_heads.pop(0)))
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
                test = (
                    f"if {variable} and not {variable}.isalnum()" if component == 1 and sub == 1 else f"if {variable}"
                )
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
            return f"present(s, {ref.name!r}, x)"
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
        if name in PLACES or name.startswith(NAMING):
            stem, _, argument = name.partition("-") if name.startswith(NAMING) else (name.replace("-", "_"), "", "")
            self.source.rules.add(stem)
            return f"rule_{stem}(x, s, {argument!r})"
        if not refs and row.source.parts:
            name = "numeric" if name == "number" else name.replace("-", "_")
            self.source.rules.add(name)
            return f"rule_{name}(x, {self.raw(row, row.source)})"
        return super().rule(row, name, refs)

    def whole(self, row: Row) -> tuple[str, str, str] | None:
        """As elsewhere; a segment without position is read whole by no row."""
        name = row.value[1:].split(None, 1)[0] if row.value.startswith("@") else ""
        if name not in WHOLE or not row.source.parts:
            return None
        base = self.key_of(row, row.source).rsplit(" | ", 1)[0]
        if row.source.name != self.segment:
            base = f"key({self._near(row.source.name)}, {row.source.parts[0] << FIELD})"
        elif row.source.parts[0] not in self.looping:
            base = f"w | {row.source.parts[0] << FIELD}"
        return self.raw(row, row.source), base, "0"

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
        lines = [f"def {name}(s, o, x):", *self.fields(), "    w = s.base", "    U = x.used.add"]
        if self.source.traced:
            lines.append("    T = x.trace.append")
        return [*lines, *self.head, *(self.lines or ["    pass"])]

    def fields(self) -> list[str]:
        """Lines that give the segment's fields, as many as are read."""
        return ["    f = s.fields", "    m = len(f)", f"    if m <= {self.most}: f = f + [''] * ({self.most + 1} - m)"]

    def _body(self, root: Node) -> None:
        blocks = self._blocks()
        local_of: dict[int, set[int]] = {}
        taken: set[int] = set()
        for fields in blocks:
            nodes = {id(node) for top in root.walk() if top.fields and top.fields <= set(fields) for node in top.walk()}
            local_of[fields[0]] = nodes
            taken |= nodes
        if self.into:
            self.open_up(root)
        self.open_shared()
        shared = [node for node in root.walk() if node is not root and id(node) not in taken and node.sourced()]
        for node in shared:
            node.var = self.variable()
            self.put(f"{node.var} = {self.start_of(node)}")
        self._write_blocks(root, blocks, local_of)
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

    def _write_blocks(self, root: Node, blocks: list[list[int]], local_of: dict[int, set[int]]) -> None:
        for floor, group in groupby(blocks, key=_floor):
            if floor:
                self.put(f"if m > {floor}:")
            for fields in group:
                self.indent = 2 if floor else 1
                self._block(root, fields, local_of[fields[0]])
            self.indent = 1

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
            self.put(f"if {' or '.join(f'f[{number}]' for number in fields)}:")
            self.indent += 1
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
        for choice, run in groupby(leaves, key=lambda leaf: _choice(leaf.row)):
            self._choices(choice, list(run), many=many)
        for number in sorted({self._own(leaf) for leaf in inner}):
            self._inner_loop(root, number, [leaf for leaf in inner if self._own(leaf) == number])
        for node in nodes:
            if id(node.parent) not in local:
                self._assemble_top(node, local, root)

    def _choices(self, choice: Ref | None, leaves: list[Leaf], *, many: bool) -> None:
        """Rows in a row that each ask one position for other texts: the position is asked once for all of them."""
        clusters = _clusters(leaves) if choice is not None and len(leaves) >= WORTH_A_CHOICE else []
        if choice is None or len(clusters) < 2:  # noqa: PLR2004  nothing to choose from
            for leaf in leaves:
                self._leaf(leaf, many=many)
            return
        for at, (texts, chosen) in enumerate(clusters):
            asked = self.text_of(chosen[0].row, choice)
            test = f"in {tuple(sorted(texts))!r}" if len(texts) > 1 else f"== {next(iter(texts))!r}"
            self.put(f"{'elif' if at else 'if'} {asked} {test}:")
            self.indent += 1
            for leaf in chosen:
                self._leaf(leaf, many=many)
            self.indent -= 1

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
            self.put(f"if x.extra: {node.parent.var}.setdefault({node.key!r}, []).extend(x.extra); x.extra.clear()")

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
        if row.value.startswith("@of "):
            self._other(leaf, self.hole(row, row.value.removeprefix("@of ").strip()))
        elif row.value:
            self._valued_expression(leaf)
        elif row.map:
            self._call(leaf, r, b)
        elif not leaf.key:
            raise PlanError(row, f"the target is a {leaf.type}: name the datatype map that makes it")
        else:
            component = row.source.parts[1] if len(row.source.parts) > 1 else 1
            part = row.source.parts[2] if len(row.source.parts) > 2 else 1  # noqa: PLR2004
            text = self._looped(number, component, part)
            self.put(f"if {text}:")
            self.indent += 1
            self.write_value(leaf, text, [(f"{b} | {component << COMPONENT | part}", "")])
        self.indent = depth

    def _valued_expression(self, leaf: Leaf) -> None:
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
            self.write_value(leaf, variable, positions)
            return
        self.put(f"if isinstance({variable}, dict): {leaf.node.var}.update({variable})")
        for position, test in positions:
            self.put(f"if {test}: U({position})")
            if self.source.traced:
                self.put(f"if {test}: T(({leaf.node.var}, '', {position}, {self.source.row(row)}, {self.via(row)}))")
        self.compare_marks(row, leaf.node.var, "")

    def _sourceless(self, leaf: Leaf) -> None:
        """A row whose source is the bare segment or a position of another segment."""
        row = leaf.row
        depth = self.indent
        if row.when is not None:
            self.put(f"if {self.condition(row, row.when)}:")
            self.indent += 1
        if row.value.startswith("@of "):
            self._other(leaf, self.hole(row, row.value.removeprefix("@of ").strip()))
        elif row.value:
            self._valued_expression(leaf)
        elif row.source.parts:
            self._other(leaf, row.source)
        else:
            raise PlanError(row, "a row on the whole segment needs a value")
        self.indent = depth

    def _other(self, leaf: Leaf, ref: Ref) -> None:
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
            self._call(leaf, text, base)
        else:
            self.put(f"{text} = part({text}, {ref.parts[1] if len(ref.parts) > 1 else 1}, 1, x)")
            self.put(f"if {text}:")
            self.indent += 1
            component = ref.parts[1] if len(ref.parts) > 1 else 1
            self.write_value(leaf, text, [(f"{base} | {component << COMPONENT | 1}", "")])
        self.indent = depth

    def _call(self, leaf: Leaf, r: str, b: str) -> None:
        row = leaf.row
        depth, raw, base = 0, r, b
        if len(row.source.parts) > 1 and not row.value:
            component = row.source.parts[1]
            depth, raw, base = 1, f"component({r}, {component})", f"{b} | {component << COMPONENT}"
        if self.source.traced:
            self.put(f"x.row = {self.source.row(row)}")
        vocabulary = self.source.vocabulary(row)
        if leaf.key:
            self._call_primitive(leaf, raw, base, depth, vocabulary)
            return
        self.unless_taken(leaf, base)
        many = leaf.node.repeats and self._has_extra(leaf)
        guard = id(leaf.node) in self.open or self.contests(leaf) or bool(self.shared_with(leaf))
        spec = Spec(row.map, leaf.node.place, depth, many, guard)
        name = self.source.datatype(self.source, row, spec)
        self.call_on_node(leaf, f"{name}({raw}, {base}, x, {vocabulary}, {leaf.node.var})")
        if vocabulary != "None":
            first = f"{base} | {17 if depth == 0 else 1}"
            self.put(f"translate({leaf.node.var}, {vocabulary}, x, {first}, {self.source.row(row)})")
        self.compare_marks_where_filled(row, leaf.node.var)

    def _call_primitive(self, leaf: Leaf, raw: str, base: str, depth: int, vocabulary: str) -> None:
        row = leaf.row
        self.unless_taken(leaf, base)
        place = Place(leaf.type, BARE if leaf.node.url else "")
        name = self.source.datatype(self.source, row, Spec(row.map, place, depth, many=False))
        self.put(f"x.codes = {self.source.codes(leaf.allowed)}")
        self._call_for_value(leaf, name, (raw, base, vocabulary))
