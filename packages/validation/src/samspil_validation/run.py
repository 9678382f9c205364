"""The state of one validation: what was found, and the resources around the one being looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from samspil_core.outcome import Issue, Kind
from samspil_core.values import Coding

from .bundles import BundleIndex
from .context import Context, Settings, Target
from .findings import INTERNAL
from .place import Place, render
from .shape import node, nodes

if TYPE_CHECKING:
    from .rules import Guarded
    from .schema import Schema

__all__ = ["Found", "Question", "Run"]

Found = "tuple[Kind, Place, str, dict[str, Any]] | Issue"
"""A finding before it is worded: its kind, its place, the profile that asks for it, and the details."""

_BAD = frozenset({"error", "fatal"})


class Question(NamedTuple):
    """A code that could not be decided, for a server that can: the value set, the codings, the finding if none is in.

    `codings` are all codings of the element: it is in when one of them is.
    """

    where: str
    value_set: str
    codings: tuple[Coding, ...]
    otherwise: Kind


def _entry(value: Any, index: int) -> Any:
    if index < 0:
        return value
    return value[index] if value.__class__ is list and index < len(value) else None


class Run:
    """One validation of one outermost resource."""

    __slots__ = (
        "_contained_by_id",
        "_environment",
        "found",
        "here",
        "holders",
        "id_twice",
        "ids",
        "imposed",
        "indexes",
        "memo",
        "resource",
        "root",
        "root_resource",
        "schema",
        "work",
    )

    def __init__(self, schema: Schema, root: dict[str, Any], imposed: Sequence[str] = ()) -> None:
        self.schema = schema
        self.root = root
        self.imposed = tuple(imposed)
        self.resource: dict[str, Any] | None = None
        self.root_resource: dict[str, Any] = root
        self.here: Any = None
        self.ids: set[str] = set()
        self.id_twice = False
        self.holders: tuple[tuple[dict[str, Any], Place], ...] = ()
        self.found: list[Any] = []
        self.memo: dict[tuple[int, str], list[Any] | None] = {}
        self.indexes: dict[int, BundleIndex] = {}
        self._contained_by_id: dict[int, dict[str, tuple[int, dict[str, Any]]]] = {}
        self._environment: Any = None
        self.work = 0
        """What the regular expressions of the answers took so far."""

    # -------------------------------------------------------------------------------------------------- findings
    def find(self, kind: Kind, place: Any, source: str, /, **detail: Any) -> None:
        """Keep a finding."""
        self.found.append((kind, place, source, detail))

    def undecide(self, kind: Kind, place: Any, source: str, /, **detail: Any) -> None:
        """Keep a finding that says that something could not be decided."""
        self.found.append((kind, place, source, detail))

    def ask_later(  # noqa: PLR0913, PLR0917  the parts of a question
        self, kind: Kind, place: Any, profile: str, value_set: str, why: str, codings: Any, otherwise: Kind
    ) -> None:
        """Keep a code that could not be decided: as a finding, and as a question for a server."""
        self.found.append((kind, place, profile, {"value_set": value_set, "why": why}))
        asked = tuple(Coding(system, code) for system, code in codings)
        self.found.append(Question(render(place), value_set, asked, otherwise))

    def note_id(self, value: Any) -> None:
        """Keep the id of an element in the present resource, so that one that comes twice is seen."""
        if value.__class__ is str:
            self.id_twice = self.id_twice or value in self.ids
            self.ids.add(value)

    def apply(self, rules: Iterable[Guarded], node: dict[str, Any], place: Any) -> None:
        """Run the rules that a node needs; one that fails is a finding, and the next one runs."""
        for needed, rule, _asked_for in rules:
            try:
                if needed is None or needed(node, self):
                    self.found.extend(rule(node, self.context(node, place)))
            except RecursionError:
                raise
            except Exception as error:  # noqa: BLE001  whatever a rule does, the next one runs
                self.find(INTERNAL, place, "", why=f"{getattr(rule, '__name__', 'rule')}: {type(error).__name__}")

    def trial(self, check: Callable[[], object]) -> list[Any]:
        """What a check finds, without keeping it."""
        kept = self.found
        self.found = []
        try:
            check()
            return self.found
        finally:
            self.found = kept

    @staticmethod
    def bad(found: Iterable[Any]) -> bool:
        """Whether there is an error among findings."""
        return any(
            each.__class__ is not Question and (each.severity if isinstance(each, Issue) else each[0].severity) in _BAD
            for each in found
        )

    # -------------------------------------------------------------------------------------------------- neighbours
    @property
    def settings(self) -> Settings:
        """How strict this run is."""
        return self.schema.settings

    @property
    def release(self) -> str:
        """R4, R4B or R5."""
        return self.schema.release

    @property
    def definitions(self) -> Any:
        """The definitions in force."""
        return self.schema.definitions

    @property
    def terminology(self) -> Any:
        """Who answers about codes."""
        return self.schema.terminology

    def context(self, node: dict[str, Any], place: Any) -> Context:
        """The context for a rule at the present resource."""
        return Context(self, node, place, self.resource or self.root, self.root, self.holders)

    def profiles_of(self, resource: dict[str, Any]) -> tuple[str, ...]:
        """The profiles a resource names, and those imposed if it is the outermost one."""
        meta: Any = resource.get("meta")
        named: Any = meta.get("profile") if meta.__class__ is dict else None
        own = tuple(each for each in named if each.__class__ is str) if named.__class__ is list else ()
        return own + tuple(each for each in self.imposed if resource is self.root and each not in own)

    @property
    def in_bundle(self) -> bool:
        """Whether the present resource stands in a bundle."""
        return any(holder.get("resourceType") == "Bundle" for holder, _ in self.holders)

    def index_of(self, bundle: dict[str, Any], place: Any) -> BundleIndex:
        """The index of a bundle's entries, made once."""
        found = self.indexes.get(id(bundle))
        if found is None:
            found = self.indexes[id(bundle)] = BundleIndex(bundle, place)
        return found

    def target(self, reference: str) -> Target | None:
        """What a literal reference in the present resource leads to."""
        if reference.startswith("#"):
            return self._contained(reference[1:])
        here: Any = self.here
        for holder, place in reversed(self.holders):
            if holder.get("resourceType") == "Bundle":
                found = self.index_of(holder, place).resolve(reference, here)
                if found is not None:
                    return found
        if self.root.get("resourceType") == "Bundle" and not self.holders:
            found = self.index_of(self.root, (None, "Bundle", -1)).resolve(reference, None)
            if found is not None:
                return found
        fetched = self.schema.fetch(reference) if self.schema.fetch else None
        return Target(fetched, "fetched", (None, str(fetched.get("resourceType", "")), -1)) if fetched else None

    def _contained(self, name: str) -> Target | None:
        outer = self.root_resource
        place: Any = self.here
        for holder, at in reversed(self.holders):
            if holder is outer:
                place = at
                break
        if not name:
            return Target(outer, "contained", place)
        found = self.contained_in(outer).get(name)
        return Target(found[1], "contained", (place, "contained", found[0])) if found else None

    def contained_in(self, outer: dict[str, Any]) -> dict[str, tuple[int, dict[str, Any]]]:
        """The resources that one contains, by id, each with its index; of those of one id the first. Made once."""
        known = self._contained_by_id.get(id(outer))
        if known is None:
            known = self._contained_by_id[id(outer)] = {}
            contained: Any = outer.get("contained")
            for index, each in enumerate(contained if contained.__class__ is list else ()):
                name: Any = each.get("id") if each.__class__ is dict else None
                if isinstance(name, str):
                    known.setdefault(name, (index, each))
        return known

    def contained_in_entries(self, name: str) -> dict[str, Any] | None:
        """What an expression about a Bundle means by `#name` in one of its entries: the one resource there of that id."""
        resource = self.resource or self.root
        if resource.get("resourceType") != "Bundle":
            return None
        holders = [node(entry, "resource") for entry in nodes(resource, "entry")]
        found = [each for holder in holders for each in nodes(holder, "contained") if each.get("id") == name]
        return found[0] if len(found) == 1 else None

    def resolve(self, reference: str, _context: Context) -> Target | None:
        """As `Context.resolve`."""
        return self.target(reference)

    def find_definition(self, resource_type: str, canonical: str) -> dict[str, Any] | None:
        """A conformance resource: contained, in a bundle around, or among the definitions."""
        if canonical.startswith("#"):
            found = self._contained(canonical[1:])
            return found.resource if found and found.resource.get("resourceType") == resource_type else None
        url = canonical.partition("|")[0]
        for holder, place in reversed(self.holders):
            if holder.get("resourceType") == "Bundle":
                resource = self.index_of(holder, place).canonical(resource_type, url)
                if resource is not None:
                    return resource
        return self.schema.find(resource_type, canonical)

    # -------------------------------------------------------------------------------------------------- profiles
    def against(self, resource: dict[str, Any], profile: str, place: Any) -> list[Any] | None:
        """What a resource lacks for a profile, beyond its type; None when the profile is not known. Kept."""
        key = (id(resource), profile)
        if key not in self.memo:
            self.memo[key] = []  # a circle of references holds while it is being looked at
            check = self.schema.profile(profile)
            if check is None:
                self.memo[key] = None
            else:
                self.memo[key] = self.trial(lambda: self.inside(resource, place, check))
        return self.memo[key]

    def inside(self, resource: dict[str, Any], place: Any, check: Callable[[Any, Any, Run], None]) -> None:
        """Run a check with a resource as the present one, wherever it stands."""
        saved = (self.resource, self.here, self.holders, self.root_resource)
        self.resource, self.here = resource, place
        above, key, _index = place
        if key == "contained":
            self.root_resource = self._holder_at(above) or self.root_resource
            self.holders = self._chain(above, self.root_resource)
        else:
            self.root_resource = resource
            self.holders = self._chain(above, None)
        try:
            check(resource, place, self)
        finally:
            self.resource, self.here, self.holders, self.root_resource = saved

    def _chain(self, place: Any, last: dict[str, Any] | None) -> tuple[tuple[dict[str, Any], Place], ...]:
        """The resources around a place, outermost first."""
        found: list[tuple[dict[str, Any], Place]] = []
        at: Any = place
        if last is not None:
            found.append((last, place))
            at = place[0]
        while at is not None:
            resource = self._holder_at(at)
            if resource is not None:
                found.append((resource, at))
            at = at[0]
        return tuple(reversed(found))

    def _holder_at(self, place: Any) -> dict[str, Any] | None:
        """The resource that stands at a place of the outermost resource, or None."""
        steps: list[Any] = []
        at = place
        while at[0] is not None:
            steps.append(at)
            at = at[0]
        node: Any = self.root
        for _, key, index in reversed(steps):
            node = node.get(key) if node.__class__ is dict else None
            if index >= 0:
                node = node[index] if node.__class__ is list and index < len(node) else None
        return node if node.__class__ is dict and "resourceType" in node else None

    def conforms(self, resource: dict[str, Any], profile: str, _context: Context) -> bool | None:
        """Whether a resource or an element meets a profile; None when the profile is not known."""
        return self.meets(resource, profile)

    def _place_of(self, resource: dict[str, Any]) -> Any:
        if resource is self.resource:
            return self.here
        for holder, place in reversed(self.holders):
            if holder is resource:
                return place
            if holder.get("resourceType") == "Bundle":
                found = self.index_of(holder, place).place_of(resource)
                if found is not None:
                    return found
        return (None, str(resource.get("resourceType", "Element")), -1)

    def lacks(self, value: Any, profile: str, place: Any) -> list[Any] | None:
        """What a value lacks for a profile: a resource as `against`, an element where it stands."""
        if value.__class__ is dict and "resourceType" in value:
            return self.against(value, profile, place)
        check = self.schema.profile(profile)
        return None if check is None else self.trial(lambda: check(value, place, self))

    def meets(self, value: Any, profile: str) -> bool | None:
        """Whether a resource or an element meets a profile; None when the profile is not known."""
        if value.__class__ is not dict:
            return None
        is_resource = "resourceType" in value
        if is_resource and self.schema.type_of(profile) not in {
            value["resourceType"],
            "",
            "Resource",
            "DomainResource",
        }:
            return False
        place = self._place_of(value) if is_resource else (None, "Element", -1)
        found = self.lacks(value, profile, place)
        return None if found is None else not self.bad(found)

    # -------------------------------------------------------------------------------------------------- places
    def at(self, place: Any) -> Any:
        """What stands at a place of the outermost resource; for a primitive with extensions, its sibling."""
        steps: list[Any] = []
        while place[0] is not None:
            steps.append(place)
            place = place[0]
        node: Any = self.root
        for _, key, index in reversed(steps):
            if node.__class__ is not dict:
                return None
            below = _entry(node.get(key), index)
            node = below if below.__class__ is dict else _entry(node.get("_" + key), index) or below
        return node

    def keys_to(self, place: Any) -> tuple[str, ...]:
        """The type of the nearest resource around a place, and the keys from there."""
        keys: list[str] = []
        while place is not self.here and place[0] is not None:
            place, key, _ = place
            keys.append(key)
        resource = self.resource or self.root
        return (str(resource.get("resourceType")), *reversed(keys))

    def element_at(self, place: Any) -> str:
        """The path of an element without indexes, from its resource."""
        return ".".join(self.keys_to(place))

    # -------------------------------------------------------------------------------------------------- FHIRPath
    @property
    def environment(self) -> Any:
        """What FHIRPath may ask of this run."""
        if self._environment is None:
            self._environment = self.schema.environment(self)
        return self._environment

    def forget(self) -> None:
        """Let go of what refers back to this run, so that it ends with its last use."""
        self._environment = None

    def evaluate(self, expression: str, node: Any, _context: Context) -> list[Any]:
        """As `Context.evaluate`."""
        compiled = self.schema.expression(expression, "")
        return compiled(node, resource=self.resource, root_resource=self.root_resource, environment=self.environment)
