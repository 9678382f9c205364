"""From the tree of an expression to a plain function on the node, or None where the types do not allow one."""

from __future__ import annotations

from typing import Any

from samspil_fhirpath.errors import FhirPathError
from samspil_fhirpath.externals import fixed
from samspil_fhirpath.model import Model
from samspil_fhirpath.syntax import Call, Chain, Expr, External, Index, Literal, Member, Path, Special, TypeTest

from .comparison import concatenation, equality, membership, ordering
from .functions import ON_EMPTY, WITH_CRITERION, WITH_TEXT, WITHOUT_ARGUMENTS
from .logic import boolean, join
from .native import native
from .shape import BOOLEAN, Deopt, Fast, Function, NotFast, give_up
from .steps import after, member

__all__ = ["Fast", "compile_fast"]

_STRING = frozenset({"System.String"})
_UNKNOWN = frozenset({"?"})
_LONGEST = 20  # each operand is one call deeper
_JOINS = frozenset({"and", "or", "xor", "implies"})


def compile_fast(tree: Expr, text: str, model: Model, context: str) -> Fast | None:
    """The fast form for a node of type `context`, or None.

    It raises `Deopt`, AttributeError, TypeError or KeyError where the full engine must take over.
    """
    if context not in model:
        return None
    made = native(text, model, context) or _attempt(tree, model, context)
    if made is None or made.run is give_up:
        return None
    if not model.is_resource(context) or model.is_abstract(context):
        return made
    return Fast(_guarded(made.run, context), made.types, many=made.many, total=made.total)


def _attempt(tree: Expr, model: Model, context: str) -> Fast | None:
    try:
        return _Compiler(model, context).expr(tree)
    except (NotFast, FhirPathError):
        return None


def _guarded(run: Function, context: str) -> Function:
    def guarded(node: Any) -> Any:
        if node["resourceType"] != context:
            raise Deopt
        return run(node)

    return guarded


class _Compiler:
    """Compiles for nodes of one type."""

    def __init__(self, model: Model, context: str) -> None:
        self.model = model
        self.context = context

    def expr(self, tree: Expr) -> Fast:
        match tree:
            case Literal("String" | "Boolean" | "Integer"):
                value = tree.value
                return Fast(lambda _node: value, frozenset({f"System.{tree.type}"}), total=True)
            case Special("this"):
                return self.this()
            case External() if (own := fixed(tree.name)) is not None:
                return Fast(lambda _node: own, _STRING, total=True)
            case Member():
                return self.head(tree, ())[0]
            case Call():
                return self.steps(self.this(), (tree,), at_head=True)
            case Path(head=Member() as name):
                part, rest = self.head(name, tree.steps)
                return self.steps(part, rest)
            case Path(head=Call() as call):
                return self.steps(self.this(), (call, *tree.steps), at_head=True)
            case Path():
                return self.steps(self.expr(tree.head), tree.steps)
            case TypeTest():
                return self.type_test(tree)
            case Chain():
                return self.chain(tree)
            case _:
                raise NotFast

    def this(self) -> Fast:
        return Fast(lambda node: node, frozenset({self.context}))

    def head(
        self, tree: Member, steps: tuple[Member | Call | Index, ...]
    ) -> tuple[Fast, tuple[Member | Call | Index, ...]]:
        """The name at the head of a path, with the steps it used up."""
        if self.model.element(self.context, tree.name) is None:
            if tree.name in self.model and self.model.is_a(self.context, tree.name):
                return self.this(), steps
            raise NotFast
        return self.read(None, self.context, tree.name, steps)

    def read(
        self, source: Fast | None, type_name: str, name: str, steps: tuple[Member | Call | Index, ...]
    ) -> tuple[Fast, tuple[Member | Call | Index, ...]]:
        element = self.model.element(type_name, name)
        if element is None:
            raise NotFast
        keys = element.keys
        if steps and isinstance(steps[0], Call) and steps[0].name in {"ofType", "as"} and element.choice:
            keys, steps = self.narrowed(keys, steps[0]), steps[1:]
            if not keys:
                raise NotFast
        get, many = member(element, keys)
        return after(source, get, frozenset(one for _, _, one in keys), many=many), steps

    def narrowed(self, keys: tuple[tuple[str, str, str], ...], call: Call) -> tuple[tuple[str, str, str], ...]:
        named = call.arguments[0]
        name = named.name.removeprefix("FHIR.") if isinstance(named, Member) else ""
        primitive = self.model.is_primitive(name)
        return tuple(key for key in keys if key[2] == name or (not primitive and self.model.is_a(key[2], name)))

    def steps(self, part: Fast, steps: tuple[Member | Call | Index, ...], *, at_head: bool = False) -> Fast:
        while steps:
            step, *others = steps
            rest = tuple(others)
            try:
                part, rest = self.step(part, step, rest)
            except NotFast:
                if at_head:
                    raise
                part = self.unless_empty(part, step)
            steps, at_head = rest, False
        return part

    def step(
        self, part: Fast, step: Member | Call | Index, rest: tuple[Member | Call | Index, ...]
    ) -> tuple[Fast, tuple[Member | Call | Index, ...]]:
        match step:
            case Member():
                (type_name,) = part.types if len(part.types) == 1 else ("",)
                return self.read(part, type_name, step.name, rest)
            case Call():
                return self.call(part, step), rest
            case Index(Literal("Integer") as index) if part.many:
                return _indexed(part, int(index.value)), rest
            case _:
                raise NotFast

    def unless_empty(self, part: Fast, step: Member | Call | Index) -> Fast:
        """A step that is not covered: what it gives for nothing, and the full engine's where there is something."""
        run, many = part.run, part.many
        if isinstance(step, Call) and step.name not in ON_EMPTY:
            raise NotFast
        answer = ON_EMPTY[step.name] if isinstance(step, Call) else None
        truth = answer is not None

        def guarded(node: Any) -> Any:
            found = run(node)
            if found if many else found is not None:
                raise Deopt
            return answer if truth else ()

        return Fast(guarded, BOOLEAN if truth else _UNKNOWN, many=not truth, total=truth)

    def call(self, part: Fast, step: Call) -> Fast:
        name, arguments = step.name, step.arguments
        if not arguments and name in WITHOUT_ARGUMENTS:
            return WITHOUT_ARGUMENTS[name](part)
        if len(arguments) != 1:
            raise NotFast
        argument = arguments[0]
        if name in WITH_TEXT and isinstance(argument, Literal) and argument.type == "String":
            return WITH_TEXT[name](part, str(argument.value))
        if name in WITH_CRITERION:
            return WITH_CRITERION[name](part, boolean(self.inner(part).expr(argument)))
        if name == "select":
            return self.select(part, self.inner(part).expr(argument))
        raise NotFast

    def inner(self, part: Fast) -> _Compiler:
        """The compiler of an expression about each item."""
        if len(part.types) != 1:
            raise NotFast
        (name,) = part.types
        if name not in self.model or name == "Resource":
            raise NotFast
        return _Compiler(self.model, name)

    def select(self, part: Fast, projection: Fast) -> Fast:
        return after(part, projection.run, projection.types, many=projection.many)

    def type_test(self, tree: TypeTest) -> Fast:
        if tree.operator == "as":
            operand = tree.operand
            call = Call("as", (Member(tree.type, tree.place),), tree.place)
            if isinstance(operand, Member):
                return self.expr(Path(operand, (call,), tree.place))
            if isinstance(operand, Path):
                return self.expr(Path(operand.head, (*operand.steps, call), tree.place))
        raise NotFast

    def chain(self, tree: Chain) -> Fast:
        sign = tree.operators[0][0]
        if sign in _JOINS:
            return self.joined(tree)
        if len(tree.operators) != 1:
            return self.added(tree)
        left, right = tree.operands
        if sign in {"=", "!="}:
            return equality(sign, self.expr(left), self.expr(right))
        if sign in {"<", ">", "<=", ">="}:
            return ordering(sign, self.expr(left), self.expr(right))
        if sign == "in":
            return self.membership(left, right)
        if sign == "contains":
            return self.membership(right, left)
        return self.added(tree)

    def joined(self, tree: Chain) -> Fast:
        if len(tree.operands) > _LONGEST:
            raise NotFast
        made = self.operand(tree.operands[0])
        if made.run is give_up:
            raise NotFast
        for (sign, _), operand in zip(tree.operators, tree.operands[1:], strict=True):
            made = join(sign, made, self.operand(operand))
        return made

    def operand(self, tree: Expr) -> Fast:
        """An operand of and, or, implies; one that is not covered gives up when it is reached."""
        try:
            return boolean(self.expr(tree))
        except NotFast:
            return Fast(give_up, BOOLEAN, total=True)

    def added(self, tree: Chain) -> Fast:
        if any(sign != "&" for sign, _ in tree.operators) or len(tree.operands) > _LONGEST:
            raise NotFast
        made = self.expr(tree.operands[0])
        for operand in tree.operands[1:]:
            made = concatenation(made, self.expr(operand))
        return made

    def membership(self, item: Expr, collection: Expr) -> Fast:
        constants = _literals(collection)
        if constants is not None:
            return membership(self.expr(item), Fast(give_up, _STRING), constants)
        return membership(self.expr(item), self.expr(collection), None)


def _indexed(part: Fast, at: int) -> Fast:
    run = part.run

    def item(node: Any) -> Any:
        found = run(node)
        return found[at] if len(found) > at else None

    return Fast(item, part.types)


def _literals(tree: Expr) -> frozenset[str] | None:
    """The texts of `('a' | 'b' | ...)`, or None when it is anything else."""
    if isinstance(tree, Path) and not tree.steps:
        return _literals(tree.head)
    operands = tree.operands if isinstance(tree, Chain) and all(sign == "|" for sign, _ in tree.operators) else (tree,)
    texts = [str(each.value) for each in operands if isinstance(each, Literal) and each.type == "String"]
    return frozenset(texts) if len(texts) == len(operands) else None
