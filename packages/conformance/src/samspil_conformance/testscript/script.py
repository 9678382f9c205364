"""What a TestScript says, as values: fixtures, variables, and the actions of setup, tests and teardown.

https://hl7.org/fhir/R4/testscript-definitions.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["Action", "Assert", "Fixture", "Operation", "Script", "Section", "Variable"]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fixture:
    """A resource that a script works with: where it is (`reference`), and whether it is made and deleted of itself."""

    id: str
    reference: str
    type: str = ""
    create: bool = False
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that texts of the script name by `${name}`; at most one of expression, path and header is given."""

    name: str
    expression: str = ""
    path: str = ""
    header: str = ""
    source: str = ""
    default: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A request to send, or, where the origin is a system under test, a request to wait for.

    `place` is the FHIRPath of the operation in its script.
    """

    place: str
    code: str = ""
    method: str = ""
    resource: str = ""
    url: str = ""
    params: str = ""
    target: str = ""
    source: str = ""
    request_id: str = ""
    response_id: str = ""
    accept: str = ""
    content_type: str = ""
    origin: int | None = None
    destination: int | None = None
    encode: bool = True
    headers: Sequence[tuple[str, str]] = ()
    label: str = ""
    description: str = ""
    unknown: Sequence[str] = ()
    """URLs of modifier extensions: without knowing them, the operation cannot be carried out."""
    common: str = ""
    """The key of the common action that stands here (R6), in place of all else."""


@dataclass(frozen=True, slots=True)
class Assert:
    """A judgement on an exchange. The fields are the elements of `TestScript.test.action.assert`, empty where absent."""

    place: str
    direction: Literal["request", "response", ""] = ""
    operator: str = ""
    value: str | None = None
    source: str = ""
    compare_source: str = ""
    compare_expression: str = ""
    compare_path: str = ""
    content_type: str = ""
    expression: str = ""
    header: str = ""
    minimum: str = ""
    navigation_links: bool | None = None
    path: str = ""
    request_method: str = ""
    request_url: str = ""
    resource: str = ""
    response: str = ""
    response_code: str = ""
    profile: str = ""
    warning_only: bool = False
    stop: bool | None = None
    """Whether a failure ends the test, where the script says so."""
    unknown: Sequence[str] = ()
    """Names of rules and extensions that say more than the elements do."""
    extensions: Sequence[Json] = ()
    label: str = ""
    description: str = ""


Action = Operation | Assert


@dataclass(frozen=True, slots=True)
class Section:
    """Setup, one test, or teardown."""

    kind: Literal["setup", "test", "teardown"]
    name: str
    id: str
    description: str
    actions: Sequence[Action]


@dataclass(frozen=True, slots=True)
class Script:
    """A TestScript. `release` is the FHIR release whose form it has; `content` the resource as it was read."""

    path: Path
    id: str
    url: str
    name: str
    title: str
    release: str
    fixtures: Sequence[Fixture]
    profiles: Mapping[str, str]
    variables: Mapping[str, Variable]
    origins: Mapping[int, str]
    destinations: Mapping[int, str]
    sections: Sequence[Section]
    common: Mapping[str, Sequence[Action]] = field(default_factory=dict[str, Sequence[Action]])
    unknown: Sequence[str] = ()
    content: Json = field(default_factory=dict[str, Any], repr=False)

    @property
    def actions(self) -> list[Action]:
        """All actions in their order."""
        return [action for section in self.sections for action in section.actions]

    @property
    def names(self) -> set[str]:
        """What asserts and variables may name: fixtures, recorded requests and answers, what a client is to send."""
        operations = [
            each
            for each in (*self.actions, *(each for actions in self.common.values() for each in actions))
            if isinstance(each, Operation)
        ]
        recorded = {name for each in operations for name in (each.response_id, each.request_id)}
        sent = {each.source for each in operations if each.origin is not None}
        return ({each.id for each in self.fixtures} | recorded | sent) - {""}

    @property
    def judges_client(self) -> bool:
        """Whether the system under test is the client: requests of an origin are judged, or only the tests have one.

        A script whose requests all come from the origin and whose asserts are about responses tests a server.
        """
        operations = [each for each in self.actions if isinstance(each, Operation)]
        coming = [each for each in operations if each.origin is not None]
        if not coming:
            return False
        previous: Operation | None = None
        for action in self.actions:
            if isinstance(action, Operation):
                previous = action
            elif previous in coming and (action.direction == "request" or action.request_method):
                return True
        tests = [each for part in self.sections if part.kind == "test" for each in part.actions]
        own = [each for each in operations if each.origin is None]
        return bool(own) and all(each.origin is not None for each in tests if isinstance(each, Operation))
