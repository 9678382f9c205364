"""What a rule may ask about the resource it looks at: place, neighbours, definitions, codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from samspil_core.outcome import Issue, Kind

from .place import Place, below, render

if TYPE_CHECKING:
    from .run import Run

__all__ = ["IN", "OUT", "UNKNOWN", "Answer", "Context", "Membership", "Settings", "Target"]

Membership = Literal["in", "out", "unknown"]
IN: Membership = "in"
OUT: Membership = "out"
UNKNOWN: Membership = "unknown"


class Answer(NamedTuple):
    """Whether a code is in a value set (or in its code system): three-valued, with the display if it is known."""

    membership: Membership
    display: str = ""
    why: str = ""


class Target(NamedTuple):
    """What a reference leads to, and how: inside the resource, inside the bundle, or fetched from elsewhere."""

    resource: dict[str, Any]
    how: Literal["contained", "bundled", "fetched"]
    place: Place | None
    """Where it stands; None for an entry of a bundle that is read entry by entry, of which only type and id are known."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How strict a run is.

    `best_practice` is the severity at which best-practice invariants are told, or None to leave them out.
    `example_urls` lets URLs at example.org and the like stand for definitions that nobody has.
    `unknown_extensions` is what an extension without definition is: undecided (a warning) or an error, except under
    `extension_domains`; a modifier without definition is always an error.
    `displays` is the severity of a display that is none of its code.
    `contained` is whether contained resources are checked, beyond that they may stand where they stand.
    `fetched_targets` is how far the target of a reference is checked that is fetched from elsewhere: its type, or the
    profiles that the reference asks for. `aggregation_outside_bundles` is whether a profile's aggregation binds a
    resource outside a bundle; None leaves it to the release: it does before R5.
    `security` looks for markup in strings; `publication` asks what HL7 asks of its own publications.
    """

    best_practice: Literal["warning", "error"] | None = None
    example_urls: bool = True
    unknown_extensions: Literal["warning", "error"] = "warning"
    extension_domains: Sequence[str] = ()
    displays: Literal["warning", "error"] = "error"
    contained: bool = True
    fetched_targets: Literal["type", "profile"] = "type"
    aggregation_outside_bundles: bool | None = None
    security: bool = False
    publication: bool = False


@dataclass(slots=True)
class Context:
    """One resource or element under a rule.

    `node` is what the rule was called for; `resource` the resource it stands in (the same for a rule on a
    resource); `root` the outermost resource; `bundles` the Bundles around it, outermost first.
    """

    run: Run
    node: dict[str, Any]
    place: Place
    resource: dict[str, Any]
    root: dict[str, Any]
    holders: tuple[tuple[dict[str, Any], Place], ...] = ()
    """The resources around `resource`, outermost first, each with its place: Bundles and containers."""

    @property
    def release(self) -> str:
        """R4, R4B or R5."""
        return self.run.release

    @property
    def definitions(self) -> Any:
        """The definitions in force (`samspil_definitions.Definitions`)."""
        return self.run.definitions

    @property
    def settings(self) -> Settings:
        """How strict this run is."""
        return self.run.settings

    @property
    def profiles(self) -> tuple[str, ...]:
        """The canonical URLs of the profiles the resource is checked against."""
        return self.run.profiles_of(self.resource)

    @property
    def bundle(self) -> dict[str, Any] | None:
        """The nearest Bundle around the resource, or None."""
        for holder, _ in reversed(self.holders):
            if holder.get("resourceType") == "Bundle":
                return holder
        return None

    def where(self, *steps: str | int) -> str:
        """The FHIRPath of the node, or of something below it: `context.where("item", 0, "linkId")`."""
        return render(below(self.place, *steps))

    def find(self, resource_type: str, canonical: str) -> dict[str, Any] | None:
        """The conformance resource of that type: contained (`#id`), in the bundle, or among the definitions."""
        return self.run.find_definition(resource_type, canonical)

    def is_resource_type(self, name: str) -> bool:
        """Whether the definitions have a type of resource of this name."""
        return name in self.run.schema.resource_types

    def resolve(self, reference: str) -> Target | None:
        """What a literal reference leads to from here, or None when it cannot be found."""
        return self.run.resolve(reference, self)

    def validate_code(
        self, system: str, code: str, value_set: str = "", *, display: str = "", version: str = ""
    ) -> Answer:
        """Whether the code is in the value set, or in its own system where `value_set` is empty."""
        return self.run.terminology.ask(system, code, value_set, display=display, version=version)

    def displays(self, system: str, code: str, version: str = "") -> tuple[str, ...] | None:
        """All displays and designations of a code, the code system's own first; None when the code is not known here.

        This is a look-up in a table made once: use it, and not the concepts of the CodeSystem resource.
        """
        table = self.run.terminology.system(system, version)
        return None if table is None else table.displays.get(code)

    def conforms(self, resource: dict[str, Any], profile: str) -> bool | None:
        """Whether a resource meets a profile and its type, silently; None when the profile is not known."""
        return self.run.conforms(resource, profile, self)

    def evaluate(self, expression: str, node: Any = None) -> list[Any]:
        """The FHIRPath collection of `expression` on `node` (the rule's own by default).

        Raises ValueError for an expression that is no FHIRPath or cannot be evaluated.
        """
        return self.run.evaluate(expression, self.node if node is None else node, self)

    def undecided(self, kind: Kind, *steps: str | int, **detail: str | int) -> Issue:
        """A finding that says that something could not be decided: its kind is one of `findings.UNDECIDED`."""
        return kind.at(self.where(*steps), **detail)
