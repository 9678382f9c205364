"""The definitions in force as checks: each type, profile and extension is compiled when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from samspil_core.ports import CodeValidator

from .checks.base import Check, compile_type
from .checks.extensions import compile_extension, compile_known
from .checks.resources import check_resource
from .checks.table import REPEATED
from .checks.typeprofiles import type_profile_check
from .context import Settings
from .planstore import PlanStore
from .rules import Guarded, rules_for
from .terminology import PackagedCodes

if TYPE_CHECKING:
    from .plan.library import Library
    from .run import Run

__all__ = ["Schema", "release_of"]

_UNASKED: Any = object()
_MOST_FOUND = 512
BASE = "http://hl7.org/fhir/StructureDefinition/"
_RELEASES = (("4.0", "R4"), ("4.1", "R4B"), ("4.3", "R4B"), ("4", "R4"), ("5", "R5"))


def release_of(version: str) -> str:
    """The release that a FHIR version belongs to: 4.0.1 is R4."""
    return next((release for start, release in _RELEASES if version.startswith(start)), "R4")


class _Types(dict[str, Check]):
    """The checks of types by name, each compiled when first asked for."""

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, name: str) -> Check:
        check = self[name] = self._schema.compile_type(name)
        return check


class Schema:
    """What a `Validator` checks by. It may be shared between threads: what is compiled twice is the same."""

    def __init__(
        self,
        definitions: Any,
        *,
        settings: Settings,
        beyond: CodeValidator | None = None,
        fetch: Callable[[str], dict[str, Any] | None] | None = None,
        rules: Callable[[str], Sequence[Guarded]] = rules_for,
    ) -> None:
        self.definitions = definitions
        self.settings = settings
        self.fetch = fetch
        self.release = release_of(definitions.fhir_version)
        self.rules = rules
        self.store = PlanStore(definitions.folder)
        self.terminology = PackagedCodes(definitions, beyond, self.store)
        self.types: dict[str, Check] = _Types(self)
        self.contexts: dict[Any, bool] = {}
        self.noted: dict[str, set[str]] = {code: set() for code in REPEATED}
        self.codes: dict[str, Mapping[Any, tuple[str, ...]] | None] = {}
        self.broken: dict[str, str] = {}
        self.check_resource: Check = check_resource
        self._profiles: dict[str, Check | None] = {}
        self._extensions: dict[str, Any] = {}
        self._parts: dict[str, frozenset[str] | None] = {}
        self._expressions: dict[tuple[str, str], Any] = {}
        self._type_of: dict[str, str] = {}
        self._names: dict[tuple[str, ...], frozenset[str] | None] = {}
        self._library: Library | None = None
        self._found: dict[tuple[str, str], Any] = {}
        self._plans: dict[str, dict[str, Any] | None] = {}
        self._rules_of: dict[str, tuple[Guarded, ...]] = {}
        kinds: dict[str, list[str]] = self.store.get_or_make("types", self._list_types)
        self.resource_types = frozenset(kinds["resource"])
        self.data_types = frozenset(kinds["complex-type"])

    def _list_types(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {"resource": [], "complex-type": []}
        for each in self.definitions.headings("StructureDefinition"):
            if each.kind in found and each.derivation != "constraint" and each.sd_type:
                found[each.kind].append(each.sd_type)
        return {kind: sorted(set(names)) for kind, names in found.items()}

    @property
    def library(self) -> Library:
        """The structures that plans are made from; a warm start needs none."""
        if self._library is None:
            from .plan.library import Library

            self._library = Library(self.definitions)
        return self._library

    # -------------------------------------------------------------------------------------------------- types
    def type_plan(self, name: str) -> dict[str, Any] | None:
        """The plan of a type, or None where it is not defined."""
        if name not in self._plans:
            self._plans[name] = self.store.get_or_make("type " + name, lambda: self._plan_type(name))
        return self._plans[name]

    def _plan_type(self, name: str) -> dict[str, Any] | None:
        from .plan.types import plan_type, root_keys

        def keys_of(name: str) -> frozenset[str]:
            structure = self.library.structure(name) if name else None
            return root_keys(structure) if structure else frozenset()

        structure = self.library.structure(name)
        return None if structure is None else plan_type(structure, keys_of)

    def compile_type(self, name: str) -> Check:
        """The check of a type; one that is not defined lets everything pass, and says so."""
        plan = self.type_plan(name)
        if plan is None:
            from .findings import PROFILE_UNKNOWN

            def unknown(_value: Any, place: Any, run: Run) -> None:
                run.undecide(PROFILE_UNKNOWN, place, BASE + name, profile=BASE + name)

            return unknown
        return compile_type(plan, self)

    def type_of(self, canonical: str) -> str:
        """The type that a profile constrains; empty when the profile is not known."""
        if canonical not in self._type_of:
            plain = canonical.partition("|")[0].removeprefix(BASE)
            if plain in self.resource_types:
                self._type_of[canonical] = plain
            else:
                self._type_of[canonical] = self.library.type_of(canonical)
        return self._type_of[canonical]

    def names_of(self, keys: tuple[str, ...]) -> frozenset[str] | None:
        """The paths and types of the element that keys lead to, as extension contexts name them; None when unknown."""
        if keys not in self._names:
            from .checks.naming import names_of

            self._names[keys] = names_of(keys, self)
        return self._names[keys]

    # -------------------------------------------------------------------------------------------------- profiles
    def profile(self, canonical: str) -> Check | None:
        """The check of a profile beyond its type, or None when it is not known or broken (`broken` says why)."""
        if canonical not in self._profiles:
            self._profiles[canonical] = _pass  # a profile may lead to itself
            self._profiles[canonical] = self._compile_profile(canonical)
        return self._profiles[canonical]

    def _compile_profile(self, canonical: str) -> Check | None:
        try:
            plan = self.store.get_or_make("profile " + canonical, lambda: self._plan_profile(canonical))
            if plan is None:
                return None
            from .checks.profiles import compile_profile

            return compile_profile(plan, self)
        except Exception as error:  # noqa: BLE001  a profile may be wrong in any way
            self.broken[canonical] = getattr(error, "why", "") or str(error)[:200] or type(error).__name__
            return None

    def _plan_profile(self, canonical: str) -> dict[str, Any] | None:
        from .plan.profiles import plan_profile

        structure = self.library.structure(canonical)
        if structure is None:
            return None
        if structure.get("derivation") != "constraint":
            return {"url": structure.get("url"), "type": structure.get("type"), "k": [], "c": []}
        return plan_profile(structure, self.library)

    def type_profile_check(self, code: str, profiles: Sequence[str], url: str) -> list[Check]:
        """The checks of the profiles that an element's type asks for: one of them must be met."""
        return type_profile_check(code, [str(each) for each in profiles], url, self)

    # -------------------------------------------------------------------------------------------------- extensions
    def extension_check(self, element: str) -> Check:
        """The check of an entry of `extension` or `modifierExtension`."""
        return compile_extension(element, self)

    def extension(self, url: str) -> Any:
        """The check of an extension with this URL in its place, or None when it is not known."""
        if url not in self._extensions:
            self._extensions[url] = None
            plan = self._extension_plan(url)
            profile = self.profile(url) if plan else None
            if plan is not None and profile is not None:
                self._extensions[url] = compile_known(plan, profile, self)
        return self._extensions[url]

    def _extension_plan(self, url: str) -> dict[str, Any] | None:
        return self.store.get_or_make("extension " + url, lambda: self._plan_extension(url)) if ":" in url else None

    def _plan_extension(self, url: str) -> dict[str, Any] | None:
        from .plan.extensions import plan_extension

        return plan_extension(self.library.structure(url), self.release)

    def extension_parts(self, url: str) -> frozenset[str] | None:
        """The urls that the parts of a complex extension may have, or None when that is not known."""
        if url not in self._parts:
            plan = self._extension_plan(url)
            self._parts[url] = None if plan is None else frozenset(plan["parts"])
        return self._parts[url]

    # -------------------------------------------------------------------------------------------------- the rest
    def rules_of(self, resource_type: str) -> tuple[Guarded, ...]:
        """The rules for resources of a type: those for all, then its own."""
        found = self._rules_of.get(resource_type)
        if found is None:
            registered = (*self.rules("*"), *self.rules(resource_type))
            found = tuple(each for each in registered if each.asked_for is None or each.asked_for(self.settings))
            self._rules_of[resource_type] = found
        return found

    def find(self, resource_type: str, canonical: str) -> dict[str, Any] | None:
        """A conformance resource of the definitions, remembered: rules ask for the same few again and again."""
        key = (resource_type, canonical)
        found = self._found.get(key, _UNASKED)
        if found is _UNASKED:
            found = self.definitions.find(resource_type, canonical)
            if len(self._found) < _MOST_FOUND:
                self._found[key] = found
        return found

    def expression(self, text: str, path: str) -> Any:
        """A FHIRPath expression, compiled for this release. Raises ValueError for one that is none."""
        key = (text, path)
        if key not in self._expressions:
            from samspil_fhirpath import compile_expression

            try:
                self._expressions[key] = compile_expression(text, release=self.release, context=path)
            except ValueError:
                if not path:
                    raise
                self._expressions[key] = compile_expression(text, release=self.release)
        return self._expressions[key]

    def environment(self, run: Run) -> Any:
        """What FHIRPath may ask of a run."""

        def resolve(reference: str) -> Any:
            found = run.target(reference)
            if found is None and reference.startswith("#"):
                return run.contained_in_entries(reference[1:])
            return found.resource if found else None

        def member_of(value: Any, value_set: str) -> bool | None:
            return _member_of(value, value_set, self.terminology)

        return _environment_type()(resolve=resolve, member_of=member_of, conforms_to=run.meets)


@cache
def _environment_type() -> Any:
    from samspil_fhirpath import Environment

    return Environment


def _member_of(value: Any, value_set: str, terminology: PackagedCodes) -> bool | None:
    from .checks.bindings import codings_of

    if value.__class__ is str:
        answers = [terminology.ask_plain(value, value_set).membership]
    else:
        kind = "CodeableConcept" if value.__class__ is dict and "coding" in value else "Coding"
        answers = [terminology.ask(system, code, value_set).membership for system, code in codings_of(value, kind)]
    if "in" in answers:
        return True
    return None if "unknown" in answers else False


def _pass(_value: Any, _place: Any, _run: Run) -> None:
    """Stands for a profile while it is being compiled."""
