"""Finding code systems and value sets for an operation, under the version rules of its request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .canonical import join, matches, split
from .catalog import Catalog
from .issues import OperationFailed, TxIssue, failure, issue
from .messages import say
from .options import Options, VersionRule
from .system import System

__all__ = ["USABLE", "Finder", "either"]

Json = Mapping[str, Any]
USABLE = frozenset({"complete", "fragment"})


@dataclass(slots=True)
class Finder:
    """A catalogue seen through the options of one request; `applied` remembers the version rules that counted."""

    catalog: Catalog
    options: Options
    applied: list[VersionRule] = field(default_factory=list[VersionRule])
    supplements: tuple[str, ...] = ()

    def version_for(self, url: str, version: str) -> str:
        """The version to take, after the rules."""
        chosen, rule = self.options.version_for(url, version)
        if rule is not None and rule not in self.applied:
            self.applied.append(rule)
        return chosen

    def system(self, url: str, version: str = "", *, rules: bool = True) -> System | None:
        """The code system, when it has content to work with."""
        if rules:
            version = self.version_for(url, version)
        found = self.catalog.system(url, version, self.supplements)
        if found is None or found.facts.content in USABLE:
            return found
        return found if self.options.incomplete_ok and found.facts.content == "example" else None

    def needed(self, url: str, version: str = "") -> System:
        """The code system to expand. Raises `OperationFailed`, also where a rule forbids its version."""
        found = self.system(url, version)
        if found is None:
            raise self._unknown(url, self.version_for(url, version))
        wrong = self.forbidden(found)
        if wrong is not None:
            raise failure("exception", "version-error", "VALUESET_VERSION_CHECK", status=400, **wrong)
        return found

    def _unknown(self, url: str, version: str) -> Exception:
        if not version:
            return failure("not-found", "not-found", "UNKNOWN_CODESYSTEM_EXP", system=url)
        versions = self.catalog.versions(url)
        if not versions:
            return failure("not-found", "not-found", "UNKNOWN_CODESYSTEM_VERSION_EXP_NONE", system=url, version=version)
        return failure(
            "not-found",
            "not-found",
            "UNKNOWN_CODESYSTEM_VERSION_EXP",
            system=url,
            version=version,
            versions=either(versions),
        )

    def forbidden(self, system: System) -> dict[str, str] | None:
        """The detail of the issue when a check-system-version rule does not allow the version of the system."""
        facts = system.facts
        for required in self.options.checks(facts.url):
            if not matches(required, facts.version):
                return {"version": facts.version, "system": facts.url, "required": required}
        return None

    def unknown_issue(self, url: str, version: str, expression: str) -> tuple[TxIssue, str]:
        """The issue that a code system is not known, and the canonical to report for it."""
        if not version:
            return issue("error", "not-found", "not-found", "UNKNOWN_CODESYSTEM", expression, system=url), url
        versions = self.catalog.versions(url)
        if not versions:
            made = issue(
                "error",
                "not-found",
                "not-found",
                "UNKNOWN_CODESYSTEM_VERSION_NONE",
                expression,
                system=url,
                version=version,
            )
            return made, url
        made = issue(
            "error",
            "not-found",
            "not-found",
            "UNKNOWN_CODESYSTEM_VERSION",
            expression,
            system=url,
            version=version,
            versions=either(versions),
        )
        return made, join(url, version)

    def pinned(self, canonical: str) -> str:
        """The canonical of a value set with the version that the rules give it."""
        url, version = split(canonical)
        return join(url, self.version_for(url, version))

    def value_set(self, canonical: str, inside: Json | None = None) -> Json | None:
        """The value set of that canonical; `#id` is one contained in `inside`."""
        if canonical.startswith("#"):
            contained: Iterable[Json] = (inside or {}).get("contained", ())
            return next((each for each in contained if each.get("id") == canonical[1:]), None)
        return self.catalog.value_set(canonical)

    def missing_supplements(self, systems: Iterable[System]) -> None:
        """Raise `OperationFailed` when a supplement that was asked for belongs to none of the systems."""
        used = {name for each in systems for name in each.facts.supplements}
        absent = [name for name in self.supplements if not any(_means(name, each) for each in used)]
        if absent:
            message = "VALUESET_SUPPLEMENT_MISSING" if len(absent) == 1 else "VALUESET_SUPPLEMENTS_MISSING"
            why = TxIssue(
                "error",
                "not-found",
                "not-found",
                "VALUESET_SUPPLEMENT_MISSING",
                say(message, supplements=",".join(absent)),
            )
            raise OperationFailed(why)


def _means(name: str, canonical: str) -> bool:
    url, version = split(name)
    has_url, has_version = split(canonical)
    return url == has_url and (not version or matches(version, has_version))


def either(items: list[str]) -> str:
    """`a`, `a or b`, `a, b and c`."""
    if len(items) <= 2:  # noqa: PLR2004
        return " or ".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
