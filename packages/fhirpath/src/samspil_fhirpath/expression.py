"""`compile_expression`: from a text to something that evaluates it, again and again."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any, NamedTuple

from samspil_core.models import as_json

from .engine import Engine
from .environment import Environment, Run, Scope
from .errors import FhirPathError, evaluation, too_deep
from .fast import Deopt, Fast, compile_fast
from .fast.shape import BOOLEAN
from .functions.registry import Expression as Compiled
from .functions.registry import Items
from .model import Model, load
from .navigation import as_node
from .output import Typed, json_value, typed
from .parser import parse
from .shapes import is_array, is_object
from .static import Checked, check
from .syntax import Expr

__all__ = ["Expression", "Primitive", "compile_expression"]

_PLAIN = Environment()
_GIVEN_UP = (Deopt, AttributeError, TypeError, KeyError, RecursionError)


class Primitive(NamedTuple):
    """A primitive together with its `_x` sibling, and its type if that is known, as the node of an evaluation."""

    value: Any
    sibling: Any = None
    type: str = ""


class Expression:
    """A compiled expression. It keeps nothing of an evaluation, so any number of threads may share it.

    Call it with a node (a dict, a primitive, a `Primitive`, a fhir.resources model, or a list of these) for the
    list of JSON values it gives. `resource` is the resource around the node, `root_resource` the outermost one;
    both are the node itself where it is a resource and nothing else is given.
    """

    __slots__ = ("_checked", "_constants", "_fast", "_forms", "_run", "context", "model", "text", "tree")

    def __init__(  # noqa: PLR0913, PLR0917  its parts, made by compile_expression alone
        self, text: str, tree: Expr, model: Model, context: str, run: Compiled, constants: Collection[str] = ()
    ) -> None:
        self.text = text
        self.tree = tree
        self.model = model
        self.context = context
        self._constants = constants
        self._checked: Checked | None = None
        self._run = run
        self._fast = compile_fast(tree, text, model, context)
        self._forms: dict[str, Fast | None] = {}

    @property
    def checked(self) -> Checked:
        """What the types tell of every step; worked out when first asked for."""
        if self._checked is None:
            try:
                self._checked = check(self.tree, self.model, self.context, self._constants)
            except RecursionError:
                raise too_deep("the expression is nested too deeply", (1, 1)) from None
        return self._checked

    @property
    def problems(self) -> tuple[FhirPathError, ...]:
        """What the types say against the expression; with `strict` the first of these is raised instead."""
        return tuple(self.checked.problems)

    @property
    def is_fast(self) -> bool:
        """Whether there is a fast form for nodes of the context's type."""
        return self._fast is not None

    def __call__(
        self, node: Any, *, resource: Any = None, root_resource: Any = None, environment: Environment = _PLAIN
    ) -> list[Any]:
        """The collection as JSON values. Raises `FhirPathError`."""
        fast = self._fast if self.context else self._form(node)
        if fast is not None and environment.trace is None and node.__class__ is not Primitive:
            try:
                found = fast.run(node)
            except _GIVEN_UP:
                pass
            else:
                if fast.many:
                    return list(found)
                return [] if found is None else [found]
        return [json_value(item) for item in self.items(node, resource, root_resource, environment)]

    def is_true(
        self, node: Any, *, resource: Any = None, root_resource: Any = None, environment: Environment = _PLAIN
    ) -> bool:
        """Whether an invariant holds: one item that is not false; an empty result has failed. Raises `FhirPathError`."""
        fast = self._fast if self.context else self._form(node)
        if fast is not None and environment.trace is None and fast.types is BOOLEAN and node.__class__ is not Primitive:
            try:
                return fast.run(node) is True
            except _GIVEN_UP:
                pass
        items = self.items(node, resource, root_resource, environment)
        return bool(items) and all(json_value(item) is not False for item in items)

    def typed(
        self, node: Any, *, resource: Any = None, root_resource: Any = None, environment: Environment = _PLAIN
    ) -> list[Typed]:
        """The collection, each item with the name of its type. Raises `FhirPathError`."""
        return [typed(item, self.model) for item in self.items(node, resource, root_resource, environment)]

    def items(self, node: Any, resource: Any, root: Any, environment: Environment) -> Items:
        """The collection as the full engine has it."""
        focus = [self._node(each) for each in (node if is_array(node) else [node]) if each is not None]
        resource = as_json(resource)
        if resource is None and focus and is_object(focus[0].value) and "resourceType" in focus[0].value:
            resource = focus[0].value
        root = as_json(root)
        run = Run(self.model, environment, focus, resource, resource if root is None else root)
        try:
            return self._run(Scope(run, focus))
        except RecursionError:
            raise too_deep("the data or the expression is nested too deeply") from None
        except ArithmeticError:
            raise evaluation("a number is too large to reckon with") from None

    def _form(self, node: Any) -> Fast | None:
        """Without a context: the fast form for the type a resource names, made when such a one first comes."""
        name: Any = node.get("resourceType") if node.__class__ is dict else None
        if not isinstance(name, str):
            return None
        if name not in self._forms:
            self._forms[name] = compile_fast(self.tree, self.text, self.model, name) if name in self.model else None
        return self._forms[name]

    def _node(self, given: Any) -> Any:
        if isinstance(given, Primitive):
            return as_node(given.value, given.type or self.context, self.model, given.sibling)
        return as_node(as_json(given), self.context, self.model)

    def __repr__(self) -> str:
        """The call that makes it."""
        return f"compile_expression({self.text!r}, release={self.model.release!r}, context={self.context!r})"


def compile_expression(  # noqa: PLR0913  the text, and what it will meet
    expression: str,
    *,
    release: str = "R4",
    context: str = "",
    functions: Collection[str] = (),
    constants: Collection[str] = (),
    strict: bool = False,
    polymorphic_names: bool = False,
) -> Expression:
    """Compile a FHIRPath expression for a FHIR release (R4, R4B, R5).

    `context` is the type of the node it will be evaluated on, or an element's path (`Patient.contact`); where it
    is left out, a resource's own type is taken. `functions` and `constants` name what the environment will bring.
    With `strict`, what the types say can never mean anything (an element that the type does not have, a number
    added to a date) is an error; without it such a part gives nothing, as the specification allows, and is listed
    in `problems`. `polymorphic_names` lets `valueQuantity` stand for `value.ofType(Quantity)`.

    Raises `FhirPathError`, with line and column, for what is not FHIRPath, for unknown functions and types, and
    ValueError for an unknown release. https://hl7.org/fhirpath/N1/, https://hl7.org/fhir/R4/fhirpath.html
    """
    model = load(release, polymorphic=polymorphic_names)
    known = context if context in model else model.at(context)
    tree, run = _parts(expression, release, frozenset(functions), strict, polymorphic_names)
    made = Expression(expression, tree, model, known, run, tuple(constants))
    if strict and made.problems:
        raise made.problems[0]
    return made


@lru_cache(maxsize=4096)
def _parts(
    text: str,
    release: str,
    functions: frozenset[str],
    strict: bool,  # noqa: FBT001  lru_cache tells arguments apart by position
    polymorphic: bool,  # noqa: FBT001
) -> tuple[Expr, Compiled]:
    """Tree and full engine's form of a text, which are the same for every context."""
    try:
        tree = parse(text, strict=strict)
        return tree, Engine(load(release, polymorphic=polymorphic), functions).compile(tree)
    except RecursionError:
        raise too_deep("the expression is nested too deeply", (1, 1)) from None
