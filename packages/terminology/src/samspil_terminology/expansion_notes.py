"""What an expansion says of itself: the parameters it was made with, what was used, and whether it is all there is.

https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/ asks for the parameters to be given back.
"""

from collections.abc import Mapping
from typing import Any

from .canonical import split
from .compose import Prepared, said_as
from .finder import Finder
from .status_checks import of_system, of_value_set
from .system import System

__all__ = ["Notes"]

Json = Mapping[str, Any]
_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


class Notes:
    """What is noted on the way of one expansion: `parameters` and `extensions` of the answer, the code systems `used`."""

    def __init__(self, finder: Finder, value_set: Json) -> None:
        self.finder = finder
        self.options = finder.options
        self.value_set = value_set
        self.parameters: list[tuple[str, Any]] = []
        self.extensions: list[Json] = []
        self.used: list[System] = []
        self.reported: set[str] = set()

    def add(self, name: str, value: Any) -> None:
        """Say something once."""
        if (name, value) not in self.parameters:
            self.parameters.append((name, value))

    def echo(self) -> None:
        """Give back the parameters of the request."""
        options = self.options
        if options.text:
            self.add("filter", options.text)
        if options.languages is not None:
            self.add("displayLanguage", options.languages.echo())
        for each in options.designations:
            self.add("designation", each)
        flags = (
            "excludeNested",
            "activeOnly",
            "includeDesignations",
            "includeDefinition",
            "excludeNotForUI",
            "excludePostCoordinated",
        )
        given = dict(options.given)
        for name in flags:
            if name in given:
                self.add(name, given[name] in {True, "true"})
        if options.versions_match:
            self.add("versionsMatch", value=True)
        if options.offset is not None:
            self.add("offset", options.offset)
        if options.count is not None:
            self.add("count", options.count)

    def mind(self, concern: str | None, canonical: str) -> None:
        """Warn of the state of something, if there is any concern."""
        if concern:
            self.add(f"warning-{concern}", canonical)

    def use(self, system: System) -> None:
        """Say that a code system was used, and what is the matter with it."""
        facts = system.facts
        if not any(each is system for each in self.used):
            self.used.append(system)
            self.mind(of_system(system, self.value_set), facts.canonical)
        self.add("used-codesystem", facts.canonical)
        if facts.content != "complete":
            self.add(f"used-{facts.content}", facts.canonical)
            self.unclosed(f"This extension is based on a fragment of the code system {facts.url}")

    def unclosed(self, reason: str) -> None:
        """Say that the list is not all there is."""
        made: list[Json] = [{"url": _STRUCTURE + "valueset-unclosed", "valueBoolean": True}]
        if reason:
            made.append({"url": _STRUCTURE + "valueset-unclosed-reason", "valueString": reason})
        if made[0] not in self.extensions:
            self.extensions += made

    def use_value_set(self, prepared: Prepared) -> None:
        """Say that a value set was used."""
        if not prepared.contained and prepared.canonical:
            self.add("used-valueset", prepared.canonical)
        self.mind(of_value_set(prepared.resource, self.value_set), said_as(prepared.resource))

    def all_systems(self, prepared: Prepared) -> None:
        """Note the code systems of a value set, so that supplements find theirs."""
        for clause in (*prepared.includes, *prepared.excludes):
            if clause.system:
                system = self.finder.system(clause.system, clause.version)
                if system is not None and not any(each is system for each in self.used):
                    self.used.append(system)
            for each in clause.imports:
                self.all_systems(each)

    def supplements(self) -> None:
        """Say which supplements were used. Raises `OperationFailed` when one that was asked for belongs to nothing."""
        if self.finder.supplements:
            self.finder.missing_supplements(self.used)
        used = {name for each in self.used for name in each.facts.supplements if self._asked(name)}
        for name in sorted(self.reported | used):
            self.add("used-supplement", name)

    def _asked(self, canonical: str) -> bool:
        return any(split(name)[0] == split(canonical)[0] for name in self.finder.supplements)

    def open(self, system: System) -> None:
        """Say that a grammar has more codes than can be listed."""
        if not system.facts.closed:
            self.unclosed(f"The code System '{system.facts.url}' has a grammar and so has infinite members")
