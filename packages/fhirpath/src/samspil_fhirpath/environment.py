"""What an evaluation may ask for, and what it keeps while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from samspil_core.ports import CodeValidator

from .errors import too_deep
from .model import Model

__all__ = ["Environment", "Run", "Scope"]

WORK = 12_000_000
"""Items that the steps of one evaluation may be asked about, texts counted by sixteen characters: seconds of a processor."""

UserFunction = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the caller lends to an evaluation. Everything is optional; what is absent and needed is a clear error.

    `resolve` takes a reference's text and gives the resource or None (contained resources and entries of the
    Bundle at hand are found without it). `code_validator` answers memberOf(), subsumes() and validateVS.
    `member_of` takes a dict (Coding, CodeableConcept) or code and a value set's URL and gives True, False or None
    for unknown; it goes before `code_validator`. `conforms_to` takes a resource or element and a profile's URL and
    gives True, False or None for an unknown profile. `constants` are `%name` values (JSON values or lists of them).
    `now` is the moment of now(), today() and timeOfDay(): aware, and the same for the whole evaluation. `timezone`
    stands for the offset of times that have none when they are compared with others. `trace` gets the name and
    the values of trace(). `functions` are functions of your own: called with the input as a list of JSON values
    and one list an argument; they give a list. `terminologies` is the object behind %terminologies.
    """

    resolve: Callable[[str], Any] | None = None
    code_validator: CodeValidator | None = None
    member_of: Callable[[Any, str], bool | None] | None = None
    conforms_to: Callable[[Any, str], bool | None] | None = None
    constants: Mapping[str, Any] = field(default_factory=dict[str, Any])
    now: datetime | None = None
    timezone: tzinfo | None = None
    trace: Callable[[str, Sequence[Any]], None] | None = None
    functions: Mapping[str, UserFunction] = field(default_factory=dict[str, UserFunction])
    terminologies: Any = None


class Run:
    """One evaluation: the resources around the node, the environment, and how much it may still make."""

    __slots__ = ("budget", "environment", "indexes", "model", "moment", "node", "resource", "root", "trees", "work")

    def __init__(self, model: Model, environment: Environment, node: Any, resource: Any, root: Any) -> None:
        self.model = model
        self.environment = environment
        self.node = node
        self.resource = resource
        self.root = root
        self.moment: datetime | None = environment.now
        self.budget = 2_000_000
        self.work = WORK
        self.indexes: dict[tuple[int, str], tuple[Any, dict[str, list[Any]]]] = {}
        """Entries and contained resources by name, by the identity of what holds them, which is kept with them."""
        self.trees: dict[int, tuple[Any, list[Any]]] = {}
        """Descendants found so far, by the identity of the JSON value they were asked of, which is kept with them."""

    def spend(self, work: int) -> None:
        """Count work done, or about to be done. Raises `FhirPathError` when it is more than one evaluation may do."""
        self.work -= work
        if self.work < 0:
            raise too_deep("an evaluation that takes too many steps")

    def spend_text(self, characters: int) -> None:
        """Count a text of so many characters."""
        self.spend(characters >> 4)


class Scope:
    """Where an expression is evaluated: `$this`, `$index`, `$total`, and the variables defined on the way."""

    __slots__ = ("index", "run", "this", "total", "variables")

    def __init__(
        self,
        run: Run,
        this: list[Any],
        index: int | None = None,
        total: list[Any] | None = None,
        variables: Mapping[str, list[Any]] | None = None,
    ) -> None:
        self.run = run
        self.this = this
        self.index = index
        self.total = total
        self.variables: Mapping[str, list[Any]] = variables or {}

    def item(self, item: Any, index: int) -> Scope:
        """The scope of a criterion or projection for one item."""
        return Scope(self.run, [item], index, self.total, self.variables)

    def on(self, items: list[Any]) -> Scope:
        """The scope of an expression about a whole collection."""
        return Scope(self.run, items, self.index, self.total, self.variables)

    def knowing(self, name: str, value: list[Any]) -> Scope:
        """This scope with one variable more."""
        return Scope(self.run, self.this, self.index, self.total, {**self.variables, name: value})
