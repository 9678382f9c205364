"""The ports, where modules meet without importing each other, and how an implementation is found by name.

Any object with the methods of a port is an implementation. A package offers one under the entry point group
`samspil.ports`, under the name `PORT.NAME` (`translator.embedded`); the entry point names what makes it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from samspil_core.outcome import Outcome
from samspil_core.points import entry_points
from samspil_core.values import (
    Access,
    CodeValidity,
    Coding,
    Decision,
    Equivalence,
    Match,
    Receipt,
    Translation,
)

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "GROUP",
    "PACKAGES",
    "Access",
    "CodeValidator",
    "CodeValidity",
    "Coding",
    "Decider",
    "Decision",
    "Equivalence",
    "Evaluator",
    "Match",
    "PortNotFound",
    "Receipt",
    "Recorder",
    "ResourceValidator",
    "Translation",
    "Translator",
    "available",
    "find",
]

GROUP = "samspil.ports"
"""The entry point group under which a package offers implementations."""

PACKAGES: Mapping[str, str] = {
    "translator": "samspil-terminology",
    "code-validator": "samspil-terminology",
    "resource-validator": "samspil-validation",
    "evaluator": "samspil-fhirpath",
    "decider": "samspil-consent",
    "recorder": "samspil-audit",
}
"""Every port by name, and the pip package that brings an implementation of it."""


class Translator(Protocol):
    """Translates codes from one code system to another, by concept maps."""

    def translate(self, coding: Coding, map_url: str, /) -> Translation:
        """The targets of `coding` in the ConceptMap of that canonical URL (`url` or `url|version`).

        Only `system` and `code` of the coding are looked at, and `version` when it is there. A code or a map
        that is not known is no error but a translation without matches, with a finding in its outcome.
        Called once a coded field, so it must be cheap: a look-up, no I/O.
        https://hl7.org/fhir/R4/conceptmap-operation-translate.html
        """
        ...


class CodeValidator(Protocol):
    """Tells whether a code is valid."""

    def validate_code(self, coding: Coding, value_set_url: str = "", /) -> CodeValidity:
        """Whether `coding` is in the ValueSet of that canonical URL, or in its own code system when it is empty.

        What cannot be decided (an unknown value set) is not valid, with a finding that says so.
        https://hl7.org/fhir/R4/valueset-operation-validate-code.html
        """
        ...


class ResourceValidator(Protocol):
    """Tells what is wrong with a resource."""

    def validate(self, resource: Mapping[str, Any], profiles: Sequence[str] = (), /) -> Outcome:
        """The findings on `resource`, checked against the profiles it names itself and those given by URL.

        Never raises on a bad resource: everything found is in the outcome, with FHIRPath places.
        https://hl7.org/fhir/R4/validation.html
        """
        ...


class Evaluator(Protocol):
    """Evaluates FHIRPath."""

    def evaluate(self, expression: str, resource: Mapping[str, Any], /) -> list[Any]:
        """The collection that `expression` gives on `resource`: a list of JSON values, empty for nothing.

        Raises ValueError, without any value of the resource in it, for an expression that is no FHIRPath or
        cannot be evaluated. https://hl7.org/fhirpath/N1/
        """
        ...


class Decider(Protocol):
    """Decides on access, by consents and policies."""

    def decide(self, access: Access, /) -> Decision:
        """Whether `access` is permitted and why, as of `access.at`. Whatever is not understood is not permitted."""
        ...


class Recorder(Protocol):
    """Keeps audit records."""

    def record(self, event: Mapping[str, Any], /) -> Receipt:
        """Keep an AuditEvent, and return only when it is durable, so that no answer leaves unrecorded.

        Raises OSError when it cannot be kept; the caller must then withhold the answer.
        https://hl7.org/fhir/R4/auditevent.html
        """
        ...


class PortNotFound(LookupError):
    """No implementation of that name is installed. Says what is, and what to install."""

    def __init__(self, port_name: str, name: str = "") -> None:
        self.port_name = port_name
        self.name = name
        self.package = PACKAGES.get(port_name, "")
        super().__init__(self._explained())

    def _explained(self) -> str:
        if not self.package:
            return f"there is no port {self.port_name!r}; the ports are {', '.join(sorted(PACKAGES))}"
        wanted = f"{self.port_name} {self.name!r}" if self.name else self.port_name
        installed = ", ".join(available(self.port_name)) or "none"
        return (
            f"{wanted} not found: it is misspelled or not installed (installed: {installed}); "
            f"`pip install {self.package}` brings one"
        )


def find(port_name: str, name: str) -> Any:
    """What the entry point `PORT.NAME` names: a callable that makes an implementation of the port.

    Raises `PortNotFound`. `find("translator", "embedded")(path)` makes a `Translator`; the arguments are the
    implementation's own.
    """
    found = entry_points(group=GROUP, name=f"{port_name}.{name}")
    if port_name not in PACKAGES or not found:
        raise PortNotFound(port_name, name)
    return next(iter(found)).load()


def available(port_name: str) -> tuple[str, ...]:
    """The names of the installed implementations of a port, sorted. Raises `PortNotFound` for an unknown port."""
    if port_name not in PACKAGES:
        raise PortNotFound(port_name)
    return tuple(sorted({_own_name(each) for each in entry_points(group=GROUP) if _port_of(each) == port_name}))


def _port_of(entry_point: "EntryPoint") -> str:
    return entry_point.name.partition(".")[0]


def _own_name(entry_point: "EntryPoint") -> str:
    return entry_point.name.partition(".")[2]
