"""What the types alone tell of an expression: the type of every step, and what can never mean anything.

https://hl7.org/fhirpath/N1/#type-safety-and-strict-evaluation
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from .errors import FhirPathError, Place, semantic
from .externals import fixed
from .model import Model
from .signatures import BOOLEANS, INTEGERS, NUMBERS, ON_STRINGS, RESULTS, SAME, STRINGS, TEMPORALS
from .syntax import Call, Chain, Empty, Expr, External, Index, Literal, Member, Path, Sign, Special, TypeTest

__all__ = ["NOTHING", "UNKNOWN", "Checked", "Shape", "check"]


class Shape(NamedTuple):
    """The types a collection's items can have (None: unknown), and whether it can have many, in a known order."""

    types: frozenset[str] | None
    many: bool = True
    ordered: bool = True


UNKNOWN = Shape(None)
NOTHING = Shape(frozenset(), many=False)
_BOOLEAN = Shape(frozenset({"System.Boolean"}), many=False)
_OPEN = frozenset({"Resource", "DomainResource", "Element", "Base", "DataType", "BackboneElement", "BackboneType"})
_OWN_NAMES = frozenset({"context", "resource", "rootResource", "ucum", "sct", "loinc"})
_ORDERED = frozenset({"first", "last", "skip", "tail", "take"})
_SINGLES = frozenset({"first", "last", "single"})
_FILTERS = frozenset(
    {"where", "select", "all", "exists", "repeat", "repeatAll", "aggregate", "sort", "trace", "coalesce"}
)


class Checked(NamedTuple):
    """What a check found: the shape of the whole, its problems, and the shape of every step in the order of the text."""

    shape: Shape
    problems: list[FhirPathError]
    steps: list[tuple[Place, str, Shape]]


def check(tree: Expr, model: Model, context: str, constants: Collection[str] = ()) -> Checked:
    """Check a tree for a node of type `context` (empty: unknown). `constants` are the names the environment brings."""
    this = Shape(frozenset({context}), many=False) if context else UNKNOWN._replace(many=False)
    checker = _Checker(model, this, constants)
    shape = checker.expr(tree, this, {})
    return Checked(shape, checker.problems, sorted(checker.steps, key=lambda step: step[0]))


_Variables = Mapping[str, Shape]


class _Checker:
    def __init__(self, model: Model, root: Shape, constants: Collection[str]) -> None:
        self.model = model
        self.root = root
        self.constants = constants
        self.problems: list[FhirPathError] = []
        self.steps: list[tuple[Place, str, Shape]] = []

    def problem(self, why: str, place: Place) -> None:
        self.problems.append(semantic(why, place))

    def told(self, place: Place, name: str, shape: Shape) -> Shape:
        self.steps.append((place, name, shape))
        return shape

    def expr(self, tree: Expr, this: Shape, variables: _Variables) -> Shape:
        match tree:
            case Literal():
                return self.told(tree.place, str(tree.value), Shape(frozenset({f"System.{tree.type}"}), many=False))
            case Empty():
                return NOTHING
            case Special():
                return self.told(tree.place, f"${tree.name}", self.special(tree, this))
            case External():
                return self.told(tree.place, f"%{tree.name}", self.external(tree, variables))
            case Member():
                return self.told(tree.place, tree.name, self.head(tree, this))
            case Call():
                return self.path(this, (tree,), this, variables)
            case Path(head=Call() as call):
                return self.path(this, (call, *tree.steps), this, variables)
            case Path():
                return self.path(self.expr(tree.head, this, variables), tree.steps, this, variables)
            case Sign():
                return self.sign(tree, this, variables)
            case TypeTest():
                operand = self.expr(tree.operand, this, variables)
                return self.told(
                    tree.place, f"{tree.operator} {tree.type}", self.by_type(tree.operator, tree.type, operand)
                )
            case Chain():
                return self.chain(tree, this, variables)

    def special(self, tree: Special, this: Shape) -> Shape:
        if tree.name == "this":
            return this
        return Shape(frozenset({"System.Integer"}), many=False) if tree.name == "index" else UNKNOWN

    def external(self, tree: External, variables: _Variables) -> Shape:
        name = tree.name
        if name in variables:
            return variables[name]
        if name == "context":
            return self.root
        if name in {"resource", "rootResource"}:
            is_resource = self.root.types is not None and all(map(self.model.is_resource, self.root.types))
            return self.root if is_resource and name == "resource" else UNKNOWN._replace(many=False)
        if fixed(name) is not None:
            return Shape(frozenset({"System.String"}), many=False)
        if name not in self.constants and name != "terminologies":
            self.problem(f"there is no constant or variable %{name}", tree.place)
        return UNKNOWN

    def head(self, tree: Member, this: Shape) -> Shape:
        if this.types is None:
            return UNKNOWN
        name, model = tree.name, self.model
        if name in model and name[0].isupper() and not any(model.element(one, name) for one in this.types):
            near = frozenset(one for one in this.types if model.is_a(one, name) or model.is_a(name, one))
            if not near and this.types:
                self.problem(f"{_told(this.types)} is no {name}", tree.place)
                return NOTHING
            return Shape(frozenset({name if model.is_a(name, one) else one for one in near}), this.many)
        return self.member(tree, this)

    def member(self, step: Member, shape: Shape) -> Shape:
        if shape.types is None:
            return UNKNOWN
        types: set[str] = set()
        many, found = shape.many, False
        for one in shape.types:
            element = self.model.element(one, step.name)
            if element is not None:
                found, many = True, many or element.many
                types.update(element.types)
            elif one in _OPEN or one not in self.model or (self.model.is_primitive(one) and step.name == "value"):
                if one not in _OPEN and one.startswith("System.") and step.name not in _SYSTEM_PARTS:
                    continue
                return UNKNOWN if one in _OPEN or one not in self.model else shape
        if not found and shape.types:
            self.problem(f"{_told(shape.types)} has no element {step.name!r}", step.place)
        return Shape(frozenset(types), many, shape.ordered)

    def path(self, shape: Shape, steps: tuple[Member | Call | Index, ...], this: Shape, variables: _Variables) -> Shape:
        for step in steps:
            match step:
                case Member():
                    shape = self.told(step.place, step.name, self.member(step, shape))
                case Index():
                    self.expr(step.at, this, variables)
                    self.ordered("an index", shape, step.place)
                    shape = self.told(step.place, "[]", shape._replace(many=False))
                case Call("defineVariable"):
                    variables = self.defined(step, shape, this, variables)
                case Call():
                    shape = self.told(step.place, f"{step.name}()", self.call(step, shape, this, variables))
        return shape

    def ordered(self, what: str, shape: Shape, place: Place) -> None:
        if not shape.ordered:
            self.problem(f"{what} on items that have no order", place)

    def defined(self, step: Call, shape: Shape, this: Shape, variables: _Variables) -> _Variables:
        name, *rest = step.arguments
        self.expr(name, this, variables)
        value = self.expr(rest[0], shape, variables) if rest else shape
        if not isinstance(name, Literal):
            return _Anything(variables)
        called = str(name.value)
        if called in variables or called in _OWN_NAMES:
            self.problem(f"%{called} is defined already", step.place)
        return {**variables, called: value}

    def call(self, step: Call, shape: Shape, this: Shape, variables: _Variables) -> Shape:
        name = step.name
        if name in {"is", "as", "ofType"}:
            named = step.arguments[0]
            return self.by_type(name, named.name if isinstance(named, Member) else "", shape)
        if name in _ORDERED:
            self.ordered(f"{name}()", shape, step.place)
        if name == "iif":
            return self.iif(step, shape, variables)
        inner = shape._replace(many=False) if name in _FILTERS else this
        given = [self.expr(each, inner, variables) for each in step.arguments]
        if name in ON_STRINGS and shape.types and not shape.types & STRINGS and all(map(self.known, shape.types)):
            self.problem(f"{name}() takes a String, not {_told(shape.types)}", step.place)
        return self.result(name, shape, given)

    def known(self, name: str) -> bool:
        return name not in _OPEN

    def result(self, name: str, shape: Shape, given: list[Shape]) -> Shape:
        if name in SAME:
            return shape._replace(many=shape.many and name not in _SINGLES)
        if name in RESULTS:
            return Shape(frozenset({RESULTS[name]}), many=False)
        match name:
            case "select":
                return given[0]._replace(many=given[0].many or shape.many)
            case "repeat" | "repeatAll":
                return Shape(given[0].types)
            case "union" | "combine":
                return _union(shape, given[0])
            case "children" | "descendants":
                return UNKNOWN._replace(ordered=False)
            case "extension":
                return Shape(frozenset({"Extension"}))
            case "sort":
                return shape._replace(ordered=True)
            case _:
                return UNKNOWN

    def iif(self, step: Call, shape: Shape, variables: _Variables) -> Shape:
        criterion, *branches = [self.expr(each, shape, variables) for each in step.arguments]
        if criterion.types and not criterion.types & BOOLEANS and not criterion.types & _OPEN:
            self.problem("the criterion of iif() is no Boolean", step.place)
        made = branches[0]
        for each in branches[1:]:
            made = _union(made, each, joined=False)
        return made

    def by_type(self, operator: str, name: str, shape: Shape) -> Shape:
        if operator == "is":
            return _BOOLEAN
        plain = name.removeprefix("FHIR.")
        many = shape.many and operator == "ofType"
        if plain in self.model and not name.startswith("System."):
            return Shape(frozenset({plain}), many, shape.ordered)
        return Shape(frozenset({f"System.{name.removeprefix('System.')}"}), many, shape.ordered)

    def sign(self, tree: Sign, this: Shape, variables: _Variables) -> Shape:
        operand = self.expr(tree.operand, this, variables)
        if operand.types and operand.types <= BOOLEANS:
            self.problem(f"{tree.operator} takes a number", tree.place)
        return operand

    def chain(self, tree: Chain, this: Shape, variables: _Variables) -> Shape:
        left = self.expr(tree.operands[0], this, variables)
        for (operator, place), operand in zip(tree.operators, tree.operands[1:], strict=True):
            left = self.told(place, operator, self.binary(operator, left, self.expr(operand, this, variables), place))
        return left

    def binary(self, operator: str, left: Shape, right: Shape, place: Place) -> Shape:
        if operator == "|":
            return _union(left, right)
        if operator in _LOGIC:
            return _BOOLEAN
        if operator == "&":
            return Shape(frozenset({"System.String"}), many=False)
        if left.types and right.types and not _fits(operator, left.types, right.types):
            self.problem(f"{_told(left.types)} {operator} {_told(right.types)} means nothing", place)
        return Shape(_arithmetic(left.types, right.types), many=False) if operator in _SUMS else _BOOLEAN


_SYSTEM_PARTS = frozenset({"name", "namespace", "value", "unit"})
_LOGIC = frozenset({"and", "or", "xor", "implies", "=", "!=", "~", "!~", "in", "contains"})
_SUMS = frozenset({"+", "-", "*", "/", "div", "mod"})
_KINDS = (TEMPORALS, STRINGS - TEMPORALS, NUMBERS, BOOLEANS)


class _Anything(dict[str, Shape]):
    """Variables of which one has a name that only the evaluation tells."""

    def __contains__(self, name: object) -> bool:
        return name not in _OWN_NAMES

    def __missing__(self, name: str) -> Shape:
        return UNKNOWN


def _union(left: Shape, right: Shape, *, joined: bool = True) -> Shape:
    types = None if left.types is None or right.types is None else left.types | right.types
    return Shape(types, many=joined or left.many or right.many, ordered=left.ordered and right.ordered)


def _kind(types: frozenset[str]) -> frozenset[str] | None:
    """The one group of types that holds them all, or None."""
    return next((kind for kind in _KINDS if types <= kind), None)


def _fits(operator: str, left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether an ordering or an arithmetic operator can mean something between these types; True when in doubt."""
    one, two = _kind(left), _kind(right)
    if one is None or two is None:
        return True
    if operator in {"+", "-"} and one is TEMPORALS:
        return two is NUMBERS and bool(right & _QUANTITIES)
    if operator == "-" or operator in {"*", "/", "div", "mod"}:
        return one is NUMBERS and two is NUMBERS
    return one is two


_QUANTITIES = frozenset({"System.Quantity", "Quantity", "Age", "Duration", "Count", "Distance", "SimpleQuantity"})


def _arithmetic(left: frozenset[str] | None, right: frozenset[str] | None) -> frozenset[str] | None:
    if left is None or right is None:
        return None
    if left <= INTEGERS and right <= INTEGERS:
        return frozenset({"System.Integer", "System.Decimal"})
    return frozenset({"System.String"}) if left <= STRINGS else None


def _told(types: frozenset[str]) -> str:
    listed = sorted(types)
    return " or ".join(listed[:3]) + (" ..." if len(listed) > 3 else "")  # noqa: PLR2004  enough to see
