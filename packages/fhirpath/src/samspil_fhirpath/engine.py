"""The tree of an expression to one Python function: the full engine, which knows the type of every item."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from . import temporal, typenames
from .collections import integer, string, truth
from .environment import Scope
from .errors import FhirPathError, Place, evaluation, semantic, unknown_function
from .externals import external
from .functions import FUNCTIONS, Function
from .functions.filtering import sort
from .functions.registry import Expression, Items
from .model import Model
from .navigation import as_node, child
from .operators import BINARY, negated
from .output import json_value
from .shapes import is_array, is_object
from .syntax import Call, Chain, Empty, Expr, External, Index, Literal, Member, Path, Sign, Special, TypeTest
from .values import Long, Node, Quantity, TypeInfo

__all__ = ["Engine"]

Step = Callable[[Scope, Items], Items]
_SPREADING = frozenset({"children", "descendants"})
_SHORT = {"and": False, "or": True}


class Engine:
    """Compiles trees. `functions` are the names of the functions that the environment will bring."""

    def __init__(self, model: Model, functions: Collection[str] = ()) -> None:
        self.model = model
        self.functions = functions

    def compile(self, tree: Expr) -> Expression:
        """The function of a tree: from a scope to a collection. Raises `FhirPathError`."""
        match tree:
            case Literal():
                return _constant(_literal(tree))
            case Empty():
                return _constant()
            case Special():
                return _special(tree)
            case External():
                return external(tree)
            case Member():
                return self._head(tree)
            case Call():
                return self._path(_this, (tree,))
            case Path(head=Call() as call):
                return self._path(_this, (call, *tree.steps))
            case Path():
                return self._path(self.compile(tree.head), tree.steps)
            case Sign():
                operand = self.compile(tree.operand)
                return _placed(lambda scope: negated(operand(scope), tree.operator), tree.place)
            case TypeTest():
                return self._type_test(tree)
            case Chain():
                return self._chain(tree)

    def _head(self, tree: Member) -> Expression:
        """A name at the head of a path: an element, or the name of the type of what is there."""
        name, model = tree.name, self.model
        is_type = name in model and name[0].isupper()

        def head(scope: Scope) -> Items:
            found: Items = []
            for item in scope.this:
                if type(item) is Node:
                    made = child(item, name, model)
                    if made or not is_type:
                        found += made
                    elif model.is_a(item.type, name):
                        found.append(item)
                elif not is_type:
                    found += _children(item, name, model)
            return found

        return head

    def _path(self, head: Expression, steps: tuple[Member | Call | Index, ...]) -> Expression:
        made: list[tuple[bool, Any]] = []
        previous: Member | Call | Index | None = None
        for step in steps:
            defines = isinstance(step, Call) and step.name == "defineVariable"
            made.append((defines, self._define(step) if defines else self._step(step, previous)))  # type: ignore[arg-type]
            previous = step

        def path(scope: Scope) -> Items:
            items = head(scope)
            spend = scope.run.spend
            for defines, step in made:
                spend(len(items) + 1)
                if defines:
                    scope = step(scope, items)
                else:
                    items = step(scope, items)
            spend(len(items))
            return items

        return path

    def _step(self, step: Member | Call | Index, previous: Member | Call | Index | None) -> Step:
        match step:
            case Member():
                return self._member(step)
            case Index():
                return self._index(step)
            case Call("is" | "as" | "ofType"):
                return self._by_type(step, filters=isinstance(previous, Call) and previous.name in _SPREADING)
            case Call("sort"):
                return self._sort(step)
            case Call():
                return self._call(step)

    def _member(self, step: Member) -> Step:
        name, model = step.name, self.model

        def member(_scope: Scope, items: Items) -> Items:
            return [each for item in items for each in _children(item, name, model)]

        return member

    def _index(self, step: Index) -> Step:
        index = self.compile(step.at)

        def indexed(scope: Scope, items: Items) -> Items:
            at = integer(index(scope), "an index")
            return [] if at is None or at < 0 else items[at : at + 1]

        return indexed

    def _call(self, step: Call) -> Step:
        function = FUNCTIONS.get(step.name)
        arguments = [self.compile(each) for each in step.arguments]
        if step.name in self.functions:
            return _placed_step(_own(step.name, arguments), step.place)
        if function is None:
            raise unknown_function(f"there is no function {step.name}()", step.place)
        _counted(function, step)
        body = function.body
        if function.lazy:
            return _placed_step(lambda scope, items: body(scope, items, *arguments), step.place)
        if not arguments:
            return _placed_step(body, step.place)
        return _placed_step(lambda scope, items: body(scope, items, *[each(scope) for each in arguments]), step.place)

    def _define(self, step: Call) -> Callable[[Scope, Items], Scope]:
        if not 1 <= len(step.arguments) <= 2:  # noqa: PLR2004  a name and an expression
            raise unknown_function("defineVariable() takes a name and an expression", step.place)
        name, *rest = [self.compile(each) for each in step.arguments]

        def define(scope: Scope, items: Items) -> Scope:
            called = string(name(scope), "defineVariable()") or ""
            if called in scope.variables or called in {
                "context",
                "resource",
                "rootResource",
                "ucum",
                "sct",
                "loinc",
                "",
            }:
                raise evaluation(
                    "defineVariable() cannot define a name a second time, nor one of the language's own", step.place
                )
            return scope.knowing(called, rest[0](scope.on(items)) if rest else items)

        return define

    def _sort(self, step: Call) -> Step:
        keys: list[tuple[Expression, bool]] = []
        for tree, down in zip(step.arguments, step.descending, strict=True):
            turned = isinstance(tree, Sign) and tree.operator == "-"
            keys.append((self.compile(tree.operand if isinstance(tree, Sign) and turned else tree), down != turned))
        return _placed_step(lambda scope, items: sort(scope, items, keys), step.place)

    def _by_type(self, step: Call, *, filters: bool) -> Step:
        named = step.arguments[0]
        wanted = typenames.resolve(named.name if isinstance(named, Member) else "", self.model, named.place)
        model = self.model

        def of_type(_scope: Scope, items: Items) -> Items:
            return [item for item in items if typenames.matches(item, wanted, model)]

        def singly(scope: Scope, items: Items) -> Items:
            if len(items) > 1:
                raise evaluation(f"{step.name}() takes one item and got {len(items)}", step.place)
            if step.name == "as":
                return of_type(scope, items)
            return [typenames.is_of(items[0], wanted, model)] if items else []

        return of_type if step.name == "ofType" or (filters and step.name == "as") else singly

    def _type_test(self, tree: TypeTest) -> Expression:
        operand = self.compile(tree.operand)
        last = tree.operand.steps[-1] if isinstance(tree.operand, Path) and tree.operand.steps else tree.operand
        spread = isinstance(last, Call) and last.name in _SPREADING
        step = self._by_type(Call(tree.operator, (Member(tree.type, tree.place),), tree.place), filters=spread)
        return lambda scope: step(scope, operand(scope))

    def _chain(self, tree: Chain) -> Expression:
        first, *others = [self.compile(each) for each in tree.operands]
        steps = [
            (BINARY[sign], _SHORT.get(sign), other, place)
            for (sign, place), other in zip(tree.operators, others, strict=True)
        ]

        def chain(scope: Scope) -> Items:
            left = first(scope)
            for work, decided, other, place in steps:
                try:
                    if decided is not None and truth(left, "and, or") is decided:
                        left = [decided]
                    else:
                        left = work(scope, left, other(scope))
                except FhirPathError as error:
                    raise error.at(place) from None
            return left

        return chain


def _children(item: Any, name: str, model: Model) -> Items:
    if type(item) is Node:
        return child(item, name, model)
    if isinstance(item, (TypeInfo, Quantity)):
        found = getattr(item, name, None) if name in {"namespace", "name", "value", "unit"} else None
        return [] if found is None or callable(found) else [found]
    return []


def _this(scope: Scope) -> Items:
    return scope.this


def _constant(*items: Any) -> Expression:
    made = list(items)
    return lambda _scope: made


def _placed(work: Expression, place: Place) -> Expression:
    def placed(scope: Scope) -> Items:
        try:
            return work(scope)
        except FhirPathError as error:
            raise error.at(place) from None

    return placed


def _placed_step(work: Step, place: Place) -> Step:
    def placed(scope: Scope, items: Items) -> Items:
        try:
            return work(scope, items)
        except FhirPathError as error:
            raise error.at(place) from None

    return placed


def _counted(function: Function, step: Call) -> None:
    given = len(step.arguments)
    if not function.least <= given <= function.most:
        wanted = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
        raise unknown_function(f"{step.name}() takes {wanted} arguments, here are {given}", step.place)


def _own(name: str, arguments: list[Expression]) -> Step:
    """A function of the environment: JSON values in and out."""

    def call(scope: Scope, items: Items) -> Items:
        work = scope.run.environment.functions.get(name)
        if work is None:
            raise evaluation(f"the environment does not bring {name}()")
        given = [[json_value(item) for item in argument(scope)] for argument in arguments]
        made = work([json_value(item) for item in items], *given)
        listed: list[Any] = made if is_array(made) else [] if made is None else [made]
        return [as_node(each, "", scope.run.model) if is_object(each) else each for each in listed]

    return call


def _special(tree: Special) -> Expression:
    if tree.name == "this":
        return _this

    def index(scope: Scope) -> Items:
        return [] if scope.index is None else [scope.index]

    def total(scope: Scope) -> Items:
        return scope.total or []

    return index if tree.name == "index" else total


def _literal(tree: Literal) -> Any:
    value = tree.value
    match tree.type:
        case "Date" | "DateTime" | "Time":
            made = temporal.read(tree.type, str(value).removesuffix("T"))
            if made is None:
                raise semantic(f"no such {tree.type}", tree.place)
            return made
        case "Quantity":
            return Quantity(Decimal(value), tree.unit, tree.calendar)
        case "Long":
            return Long(value)
        case "Integer" if not -(2**31) <= int(value) < 2**31:
            return Decimal(value) if abs(int(value)) >= 2**63 else Long(value)
        case _:
            return value
